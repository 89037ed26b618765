/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Status;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Puts the registered reason phrase into a status line where Jetty has another, so that all transports send the same. */
final class OwnReason extends HttpStream.Wrapper {
    private static final boolean[] DIFFERS = new boolean[600];

    static {
        for (int status = 100; status < DIFFERS.length; status++) {
            DIFFERS[status] = !Status.reason(status).equals(HttpStatus.getMessage(status));
        }
    }

    private OwnReason(HttpStream wrapped) {
        super(wrapped);
    }

    /** To be called before the response is committed, over HTTP/1. Most statuses need nothing. */
    static void mend(Request request, int status) {
        if (DIFFERS[status]) {
            request.addHttpStreamWrapper(OwnReason::new);
        }
    }

    @Override
    public void send(MetaData.Request request, MetaData.@Nullable Response response, boolean last, @Nullable ByteBuffer content,
            Callback callback) {
        MetaData.Response mended = response == null ? null : new MetaData.Response(response.getStatus(),
                Status.reason(response.getStatus()), response.getHttpVersion(), response.getHttpFields(),
                response.getContentLength(), response.getTrailersSupplier());
        super.send(request, mended, last, content, callback);
    }
}
