/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/**
 * The blocking stream of a recorded response. Holds back as many bytes as the response's buffer has room for, so that the
 * head can change until then, and so that small parts leave together after that. Where the body passes by it holds back
 * nothing after the head, because the client's own stream does.
 */
final class RecorderBody extends OutputStream {

    static final int DEFAULT_BUFFER = 16 * 1024;
    private static final int FIRST = 512;

    private final Recorder recorder;
    private byte[] buffer = new byte[0];
    private int count;
    private boolean closed;

    RecorderBody(Recorder recorder) {
        this.recorder = recorder;
    }

    @Override
    public void write(int b) throws IOException {
        requireOpen();
        if (makeRoom(1)) {
            buffer[count++] = (byte) b;
        } else {
            release(true);
            recorder.put(new byte[] {(byte) b}, 0, 1, true);
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        requireOpen();
        if (makeRoom(length)) {
            System.arraycopy(bytes, offset, buffer, count, length);
            count += length;
        } else {
            release(true);
            recorder.put(bytes, offset, length, true);
        }
    }

    @Override
    public void flush() throws IOException {
        if (!closed) {
            release(true);
            recorder.pass(false);
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            finish();
            recorder.pass(true);
        }
    }

    /** Gives on what is held back: nothing more comes. */
    void finish() throws IOException {
        closed = true;
        release(false);
    }

    void discard() {
        count = 0;
    }

    private void release(boolean more) throws IOException {
        int length = count;
        count = 0;
        recorder.open();
        if (length > 0) {
            recorder.put(buffer, 0, length, more);
        }
    }

    private boolean makeRoom(int length) {
        int needed = count + length;
        if (recorder.passes() || needed < 0 || needed > recorder.bufferSize()) {
            return false;
        }
        if (needed > buffer.length) {
            int doubled = Math.max(FIRST, 2 * buffer.length);
            buffer = Arrays.copyOf(buffer, Math.max(needed, Math.min(doubled, recorder.bufferSize())));
        }
        return true;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the body's stream is closed");
        }
    }
}
