/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A request with another one's head and body, which is in memory. Used as every request: by one thread at a time. */
final class RestoredRequest implements Request {

    private final Request carrier;
    private final RequestHead head;
    private final int length;
    private final ByteArrayInputStream body;

    RestoredRequest(Request carrier, RequestHead head, byte[] body) {
        this.carrier = carrier;
        this.head = head;
        this.length = body.length;
        this.body = new ByteArrayInputStream(body);
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Target target() {
        return carrier.target();
    }

    @Override
    public int prefixLength() {
        return carrier.prefixLength();
    }

    @Override
    public @Nullable Object context() {
        return carrier.context();
    }

    @Override
    public int securePort() {
        return carrier.securePort();
    }

    @Override
    public Connection connection() {
        return carrier.connection();
    }

    @Override
    public String protocolId() {
        return carrier.protocolId();
    }

    @Override
    public long contentLength() {
        return length;
    }

    @Override
    public InputStream body() {
        return body;
    }

    @Override
    public int read(ByteBuffer into) {
        if (body.available() == 0) {
            return -1;
        }
        byte[] some = new byte[Math.min(into.remaining(), body.available())];
        int count = body.readNBytes(some, 0, some.length);
        into.put(some, 0, count);
        return count;
    }

    /** All of it is there. */
    @Override
    public void demand(Runnable readable) {
        readable.run();
    }

    @Override
    public Fields trailers() {
        return Fields.EMPTY;
    }

    @Override
    public void onDisconnect(Runnable gone) {
        carrier.onDisconnect(gone);
    }
}
