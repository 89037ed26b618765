/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A client's request whose answer others may get: with another head, say with the conditions of what is stored in the place of its
 * own, and without a body. Over HTTP/2 bytes may follow a head that tells of none, and they are not in the key.
 */
final class ChangedRequest implements Request {

    private final Request request;
    private final RequestHead head;

    ChangedRequest(Request request, RequestHead head) {
        this.request = request;
        this.head = head;
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Target target() {
        return request.target();
    }

    @Override
    public int prefixLength() {
        return request.prefixLength();
    }

    @Override
    public @Nullable Object context() {
        return request.context();
    }

    @Override
    public int securePort() {
        return request.securePort();
    }

    @Override
    public Connection connection() {
        return request.connection();
    }

    @Override
    public String protocolId() {
        return request.protocolId();
    }

    @Override
    public long contentLength() {
        return 0;
    }

    @Override
    public InputStream body() {
        return InputStream.nullInputStream();
    }

    @Override
    public int read(ByteBuffer into) {
        return into.hasRemaining() ? -1 : 0;
    }

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
        request.onDisconnect(gone);
    }
}
