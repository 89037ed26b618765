/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The stream that a servlet reads from: blocking, until a read listener is set (Servlet 6.1 section 3.7). Used by one
 * thread
 * at a time.
 */
final class BodyInput extends ServletInputStream {

    private final ListenerScope scope;
    private final Request request;
    private @Nullable ReadFlow flow;
    private long left;
    private boolean finished;

    /**
     * @param length of what is to be read, or -1 if its end says it
     */
    BodyInput(ListenerScope scope, Request request, long length) {
        this.scope = scope;
        this.request = request;
        this.left = length;
        this.finished = left == 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        int n = read(one, 0, 1);
        return n < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        ReadFlow reads = flow;
        if (reads != null) {
            return reads.read(ByteBuffer.wrap(into, offset, length));
        }
        if (finished && left != 0) {
            return -1;
        }
        return count(request.body().read(into, offset, length));
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!into.hasRemaining()) {
            return 0;
        }
        ReadFlow reads = flow;
        if (reads != null) {
            return reads.read(into);
        }
        if (into.hasArray()) {
            int n = read(into.array(), into.arrayOffset() + into.position(), into.remaining());
            if (n > 0) {
                into.position(into.position() + n);
            }
            return n;
        }
        byte[] chunk = new byte[Math.min(into.remaining(), 8 << 10)];
        int n = read(chunk, 0, chunk.length);
        if (n > 0) {
            into.put(chunk, 0, n);
        }
        return n;
    }

    @Override
    public int available() throws IOException {
        return flow != null || finished ? 0 : request.body().available();
    }

    @Override
    public boolean isFinished() {
        ReadFlow reads = flow;
        return reads != null ? reads.finished() : finished;
    }

    @Override
    public boolean isReady() {
        ReadFlow reads = flow;
        return reads == null || reads.ready();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        if (listener == null) {
            throw new NullPointerException("the read listener is null: give one");
        }
        if (flow != null) {
            throw new IllegalStateException("there is a read listener already: set one only");
        }
        scope.requireListening("a read listener");
        ReadFlow reads = new ReadFlow(request, scope.called(listener), scope.callbacks());
        flow = reads;
        scope.cleanUp(reads::stop);
        scope.begin(reads::begin);
    }

    /** The connection is lost: true if there is a listener, which hears of it as a failed read. */
    boolean lost(IOException cause) {
        ReadFlow reads = flow;
        if (reads != null) {
            reads.lost(cause);
        }
        return reads != null;
    }

    /** Reads no more, and has the rest of what comes thrown away. */
    void discard(Discard rest) {
        ReadFlow reads = flow;
        if (reads != null) {
            reads.discard(rest);
        } else {
            rest.run();
        }
    }

    private int count(int n) {
        if (n < 0) {
            finished = true;
        } else if (left > 0) {
            left -= n;
            finished = left == 0;
        }
        return n;
    }
}
