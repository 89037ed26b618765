/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writing without blocking for a {@link jakarta.servlet.WriteListener} (Servlet 6.1 section 3.7). One part is on its
 * way at
 * a time; while it is, the stream is not ready.
 *
 * <pre>
 *   READY ──send──► SENDING ──sent──► READY
 *                      │ isReady() is asked: false
 *                      ▼
 *                   WAITED FOR ──sent──► READY, and the listener is called
 *
 *   any ──failed──► BROKEN, and the listener's onError is called once
 * </pre>
 *
 * <p>The listener is called on a worker, never on an I/O thread, one call at a time.
 */
final class WriteFlow {

    private enum State { READY, SENDING, WAITED_FOR, BROKEN }

    private final Response response;
    private final WriteListener listener;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    private State state = State.READY;
    private @Nullable ByteBuffer lastPart;
    private boolean calling;
    private boolean possible;
    private boolean errorDue;
    private boolean lastSent;
    private boolean ended;
    private @Nullable Completion whenSent;
    private @Nullable Throwable failure;

    /**
     * @param executor calls the listener, with the application's class loader around it
     */
    WriteFlow(Response response, WriteListener listener, Executor executor) {
        this.response = response;
        this.listener = listener;
        this.executor = executor;
    }

    /** Whether a part can be written; if not, the listener is called when it can. */
    boolean ready() {
        lock.lock();
        try {
            if (state == State.SENDING) {
                state = State.WAITED_FOR;
            }
            return state == State.READY;
        } finally {
            lock.unlock();
        }
    }

    /** Throws if a part is on its way: whoever writes then did not ask {@code isReady}. */
    void requireReady() throws IOException {
        lock.lock();
        try {
            if (state == State.BROKEN) {
                throw new IOException("an earlier write failed", failure);
            }
            if (state != State.READY) {
                throw new IllegalStateException("a write is on its way: write only after isReady() returned true");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sends a part, which is on loan until it is sent. */
    void send(ByteBuffer part) throws IOException {
        lock.lock();
        try {
            requireReady();
            state = State.SENDING;
        } finally {
            lock.unlock();
        }
        hand(part, false);
    }

    /** Sends the last part, after the one that is on its way. */
    void sendLast(ByteBuffer part) {
        lock.lock();
        try {
            if (state != State.READY) {
                lastPart = part;
                return;
            }
            state = State.SENDING;
            lastSent = true;
        } finally {
            lock.unlock();
        }
        hand(part, true);
    }

    /** Completes when the last part is sent, or was. The listener is not called any more. */
    void whenSent(Completion done) {
        Throwable broken;
        lock.lock();
        try {
            ended = true;
            broken = failure;
            if (broken == null && !(lastSent && state == State.READY)) {
                whenSent = done;
                return;
            }
        } finally {
            lock.unlock();
        }
        if (broken != null) {
            done.failed(broken);
        } else {
            done.succeeded();
        }
    }

    /** What the exchange refuses, because it has ended, is a failed write. */
    private void hand(ByteBuffer part, boolean isLast) {
        try {
            response.write(part, isLast, sent());
        } catch (RuntimeException e) {
            afterFailure(e);
        }
    }

    private Completion sent() {
        return new Completion() {
            @Override
            public void succeeded() {
                afterSend();
            }

            @Override
            public void failed(Throwable cause) {
                afterFailure(cause);
            }
        };
    }

    private void afterSend() {
        ByteBuffer last;
        boolean call;
        Completion done = null;
        lock.lock();
        try {
            last = lastPart;
            lastPart = null;
            call = state == State.WAITED_FOR && last == null && !ended;
            possible |= call;
            // The listener may have thrown meanwhile: then nothing is sent any more.
            state = failure != null ? State.BROKEN : last == null ? State.READY : State.SENDING;
            if (failure != null) {
                last = null;
            } else if (last != null) {
                lastSent = true;
            } else if (lastSent) {
                done = whenSent;
                whenSent = null;
            }
        } finally {
            lock.unlock();
        }
        if (last != null) {
            hand(last, true);
        } else if (done != null) {
            done.succeeded();
        } else if (call) {
            executor.execute(this::turn);
        }
    }

    private void afterFailure(Throwable cause) {
        Completion done;
        boolean call;
        lock.lock();
        try {
            call = state != State.BROKEN && !ended;
            state = State.BROKEN;
            failure = cause;
            errorDue |= call;
            done = whenSent;
            whenSent = null;
        } finally {
            lock.unlock();
        }
        if (done != null) {
            done.failed(cause);
        } else if (call) {
            executor.execute(this::turn);
        }
    }

    /** Calls the listener for the first time, on a worker. */
    void callListener() {
        lock.lock();
        try {
            possible = true;
        } finally {
            lock.unlock();
        }
        turn();
    }

    /** Calls the listener, on a worker, for whatever it is to hear; if it is being called, that call goes on with it. */
    private void turn() {
        boolean fresh = true;
        while (true) {
            Throwable error;
            lock.lock();
            try {
                if (fresh && calling) {
                    return;
                }
                fresh = false;
                error = errorDue ? failure : null;
                calling = !ended && (error != null || possible && state != State.BROKEN);
                if (!calling) {
                    return;
                }
                errorDue = false;
                possible = false;
            } finally {
                lock.unlock();
            }
            if (error != null) {
                listener.onError(error);
            } else {
                write();
            }
        }
    }

    private void write() {
        try {
            listener.onWritePossible();
        } catch (Throwable t) {
            lock.lock();
            try {
                // Once the response is being completed, what the listener does is no matter of its any more.
                if (!ended) {
                    errorDue |= state != State.BROKEN;
                    state = State.BROKEN;
                    failure = t;
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
