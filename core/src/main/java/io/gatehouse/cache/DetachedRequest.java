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
 * A request without a client: made of one that was answered already, so that its answer can be made anew in the background.
 * It has no body, and nobody who goes away.
 */
record DetachedRequest(
        RequestHead head, Target target, int prefixLength, @Nullable Object context, Connection connection)
        implements Request {

    static DetachedRequest of(Request request) {
        return new DetachedRequest(
                request.head(), request.target(), request.prefixLength(), request.context(), request.connection());
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
    public void onDisconnect(Runnable gone) {}
}
