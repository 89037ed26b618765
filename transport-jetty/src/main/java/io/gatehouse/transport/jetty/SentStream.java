/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.TunnelSupport;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * A stream whose answer has left without Jetty. What Jetty sends at the end, an empty answer since it knows of none, goes
 * nowhere; everything else is the stream's. Jetty's own wrapper leaves nobody say that it is committed.
 */
final class SentStream implements HttpStream {
    private final HttpStream stream;

    SentStream(HttpStream stream) {
        this.stream = stream;
    }

    @Override
    public void send(MetaData.Request request, MetaData.@Nullable Response response, boolean last,
            @Nullable ByteBuffer content, Callback callback) {
        callback.succeeded();
    }

    @Override
    public boolean isCommitted() {
        return true;
    }

    @Override
    public void prepareResponse(HttpFields.Mutable fields) {
        // it has left
    }

    @Override
    public String getId() {
        return stream.getId();
    }

    @Override
    public Content.@Nullable Chunk read() {
        return stream.read();
    }

    @Override
    public void demand() {
        stream.demand();
    }

    @Override
    public @Nullable Runnable cancelSend(Throwable cause, Callback callback) {
        return stream.cancelSend(cause, callback);
    }

    @Override
    public void push(MetaData.Request resource) {
        stream.push(resource);
    }

    @Override
    public long getIdleTimeout() {
        return stream.getIdleTimeout();
    }

    @Override
    public void setIdleTimeout(long millis) {
        stream.setIdleTimeout(millis);
    }

    @Override
    public @Nullable TunnelSupport getTunnelSupport() {
        return stream.getTunnelSupport();
    }

    @Override
    public @Nullable Throwable consumeAvailable() {
        return stream.consumeAvailable();
    }

    @Override
    public void succeeded() {
        stream.succeeded();
    }

    @Override
    public void failed(Throwable cause) {
        stream.failed(cause);
    }

    @Override
    public InvocationType getInvocationType() {
        return stream.getInvocationType();
    }
}
