/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The stream that a servlet writes to: a thin way into the response's buffer. */
final class BodyOutput extends ServletOutputStream {

    private final ListenerScope scope;
    private final Response response;
    private final OutputBuffer buffer;
    private @Nullable WriteFlow flow;

    BodyOutput(ListenerScope scope, Response response, OutputBuffer buffer) {
        this.scope = scope;
        this.response = response;
        this.buffer = buffer;
    }

    @Override
    public boolean isReady() {
        WriteFlow writes = flow;
        return writes == null || writes.ready();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        if (listener == null) {
            throw new NullPointerException("the write listener is null: give one");
        }
        if (flow != null) {
            throw new IllegalStateException("there is a write listener already: set one only");
        }
        scope.requireListening("a write listener");
        WriteFlow writes = new WriteFlow(response, scope.called(listener), scope.callbacks());
        flow = writes;
        buffer.flow(writes);
        scope.begin(writes::callListener);
    }

    @Override
    public void write(int b) throws IOException {
        buffer.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        buffer.write(bytes, offset, length);
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        buffer.write(bytes);
    }

    @Override
    public void flush() throws IOException {
        buffer.flush();
    }

    @Override
    public void close() throws IOException {
        buffer.close();
    }
}
