/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import jakarta.servlet.ReadListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reading without blocking for a {@link jakarta.servlet.ReadListener} (Servlet 6.1 section 3.7).
 *
 * <pre>
 *   IDLE ──isReady(): nothing there──► DEMANDED ──bytes or the end came──► CALLING ──the listener returned──► IDLE
 *                                                                            │ the end was read
 *   any ──failed, or the listener threw──► OVER (onError)                    └──► OVER (onAllDataRead)
 *   any ──the request is over──► OVER
 * </pre>
 *
 * <p>The listener is called on a worker, one call at a time; a demand that is met while it is called waits for its
 * return.
 */
final class ReadFlow {

    private final Request request;
    private final ReadListener listener;
    private final Executor executor;
    private final ByteBuffer held = ByteBuffer.allocate(8 << 10).flip();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean calling;
    private boolean callAgain;
    private boolean demanded;
    private boolean over;
    private volatile boolean end;
    private @Nullable IOException failure;
    private @Nullable Discard discard;

    /**
     * @param executor calls the listener, with the application's class loader around it
     */
    ReadFlow(Request request, ReadListener listener, Executor executor) {
        this.request = request;
        this.listener = listener;
        this.executor = executor;
    }

    /** Begins, on a worker: the listener is called when the first bytes, or the end, are there. */
    void begin() {
        lock.lock();
        try {
            // A write listener may have come first, and have read, or found the end.
            if (calling || over) {
                return;
            }
            if (!held.hasRemaining() && !fill()) {
                demand();
                return;
            }
            calling = true;
        } finally {
            lock.unlock();
        }
        call();
    }

    boolean finished() {
        return end && !held.hasRemaining();
    }

    /** Whether bytes can be read; if not, the listener is called when they can, or when all are read. */
    boolean ready() {
        lock.lock();
        try {
            if (held.hasRemaining()) {
                return true;
            }
            if (!fill()) {
                demand();
                return false;
            }
            if (held.hasRemaining()) {
                return true;
            }
            if (calling || over) {
                return false;
            }
            calling = true;
        } finally {
            lock.unlock();
        }
        // The end, or a failure, found outside of a call: the listener hears of it by a call of its own.
        executor.execute(this::call);
        return false;
    }

    /** The request is over: the listener is not called any more. */
    void stop() {
        lock.lock();
        try {
            over = true;
        } finally {
            lock.unlock();
        }
    }

    /** The connection is lost, which is the listener's next news. */
    void lost(IOException cause) {
        lock.lock();
        try {
            if (over) {
                return;
            }
            if (failure == null) {
                failure = cause;
            }
            if (calling) {
                callAgain = true;
                return;
            }
            calling = true;
        } finally {
            lock.unlock();
        }
        executor.execute(this::call);
    }

    /** The connection is closed here: the listener is not called any more, and the rest of what comes is thrown away. */
    void discard(Discard rest) {
        lock.lock();
        try {
            over = true;
            discard = rest;
            if (demanded) {
                return;
            }
        } finally {
            lock.unlock();
        }
        rest.run();
    }

    int read(ByteBuffer into) throws IOException {
        lock.lock();
        try {
            if (!held.hasRemaining() && !fill()) {
                throw new IllegalStateException("nothing is there: read only after isReady() returned true");
            }
            IOException broken = failure;
            if (broken != null) {
                throw broken;
            }
            if (!held.hasRemaining()) {
                return -1;
            }
            int n = Math.min(held.remaining(), into.remaining());
            int limit = held.limit();
            into.put(held.limit(held.position() + n));
            held.limit(limit);
            return n;
        } finally {
            lock.unlock();
        }
    }

    /** Reads what is there; true if that was something: bytes, the end or a failure. */
    private boolean fill() {
        if (end || failure != null) {
            return true;
        }
        if (demanded) {
            return false;
        }
        held.clear();
        try {
            int n = request.read(held);
            end = n < 0;
            return n != 0;
        } catch (IOException e) {
            failure = e;
            return true;
        } finally {
            held.flip();
        }
    }

    private void demand() {
        if (!demanded && !over) {
            demanded = true;
            request.demand(this::readable);
        }
    }

    /** On an I/O thread. */
    private void readable() {
        Discard rest;
        lock.lock();
        try {
            demanded = false;
            rest = discard;
            if (!over) {
                if (calling) {
                    callAgain = true;
                    return;
                }
                calling = true;
            } else if (rest == null) {
                return;
            }
        } finally {
            lock.unlock();
        }
        if (rest != null) {
            rest.run();
        } else {
            executor.execute(this::call);
        }
    }

    private void call() {
        while (true) {
            try {
                if (!step()) {
                    return;
                }
            } catch (Throwable t) {
                stop();
                listener.onError(t);
                return;
            }
        }
    }

    /** One call of the listener; whether another one follows. */
    private boolean step() throws IOException {
        boolean data;
        lock.lock();
        try {
            if (over) {
                return false;
            }
            if (!held.hasRemaining() && !fill()) {
                demand();
                calling = callAgain;
                callAgain = false;
                return calling;
            }
            data = held.hasRemaining();
        } finally {
            lock.unlock();
        }
        if (data) {
            listener.onDataAvailable();
        }
        boolean all;
        lock.lock();
        try {
            IOException broken = failure;
            if (broken != null) {
                throw broken;
            }
            all = finished();
            if (!all) {
                calling = callAgain;
                callAgain = false;
                return calling;
            }
            over = true;
        } finally {
            lock.unlock();
        }
        listener.onAllDataRead();
        return false;
    }
}
