/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A client's request with another head: with the conditions of what is stored, say, in the place of its own. */
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
    public Connection connection() {
        return request.connection();
    }

    @Override
    public long contentLength() {
        return request.contentLength();
    }

    @Override
    public InputStream body() {
        return request.body();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return request.read(into);
    }

    @Override
    public void demand(Runnable readable) {
        request.demand(readable);
    }

    @Override
    public Fields trailers() {
        return request.trailers();
    }

    @Override
    public void onDisconnect(Runnable gone) {
        request.onDisconnect(gone);
    }
}
