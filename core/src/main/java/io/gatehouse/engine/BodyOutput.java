/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * A response's body as a blocking stream over one buffer, which grows up to the response's buffer size. What does not fit
 * commits the response and leaves in one write with what was held back. For one thread at a time.
 */
final class BodyOutput extends OutputStream {

    private static final int FIRST = 1024;

    private final ExchangeResponse response;
    private byte[] buffer = new byte[0];
    private int count;
    private boolean closed;

    BodyOutput(ExchangeResponse response) {
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        requireOpen();
        if (makeRoom(1)) {
            buffer[count++] = (byte) b;
        } else {
            write(new byte[] {(byte) b}, 0, 1);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        requireOpen();
        if (!makeRoom(length)) {
            if (count > 0) {
                send();
            }
            if (length >= response.bufferSize()) {
                response.writeAndWait(ByteBuffer.wrap(bytes, offset, length), false);
                return;
            }
            makeRoom(length);
        }
        System.arraycopy(bytes, offset, buffer, count, length);
        count += length;
    }

    @Override
    public void flush() throws IOException {
        if (!closed && (count > 0 || !response.committed())) {
            send();
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            if (!response.ended()) {
                response.end();
            }
        }
    }

    /** What is held back, given away: the stream is at its end. */
    ByteBuffer rest() {
        closed = true;
        return ByteBuffer.wrap(buffer, 0, count);
    }

    void discard() {
        count = 0;
    }

    private void send() throws IOException {
        int length = count;
        count = 0;
        response.writeAndWait(ByteBuffer.wrap(buffer, 0, length), false);
    }

    private boolean makeRoom(int length) {
        int needed = count + length;
        if (needed < 0 || needed > response.bufferSize()) {
            return false;
        }
        if (needed > buffer.length) {
            int doubled = Math.max(FIRST, 2 * buffer.length);
            buffer = Arrays.copyOf(buffer, Math.max(needed, Math.min(doubled, response.bufferSize())));
        }
        return true;
    }

    private void requireOpen() throws IOException {
        if (closed || response.ended()) {
            throw new IOException("the body's stream is closed");
        }
    }
}
