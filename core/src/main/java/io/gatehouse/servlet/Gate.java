/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stands between an application that is kept apart and the exchange, so that the exchange can be taken from it while one of
 * its threads is somewhere in the request.
 *
 * <pre>
 *   OPEN ──the time of a stretch of work is over──► TAKEN (the peer has its answer; the application's calls fail)
 *     └──the request ends──► ENDED ◄──the thread comes back and the request ends──┘  the place is given back
 * </pre>
 *
 * <p>Every call of the application's on request and response is made with the lock, so that it is over before the exchange has
 * another owner. It is the request's completion too.
 */
final class Gate implements Completion {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final Admission admission;
    private final Completion done;
    private final GatedRequest request;
    private final GatedResponse response;
    final ReentrantLock lock = new ReentrantLock();
    private boolean taken;
    private @Nullable BlockingWrite waiting;

    Gate(Admission admission, Request request, Response response, Completion done) {
        this.admission = admission;
        this.done = done;
        this.request = new GatedRequest(this, request);
        this.response = new GatedResponse(this, response);
    }

    Request request() {
        return request;
    }

    Response response() {
        return response;
    }

    /** Runs a stretch of the application's work, on one of its threads, within its time. */
    void watched(Runnable work) {
        Stretch stretch = new Stretch();
        ScheduledFuture<?> timer = admission.watch(stretch::overtime);
        try {
            work.run();
        } finally {
            stretch.end();
            if (timer != null) {
                timer.cancel(false);
            }
        }
    }

    /** Whether the exchange was taken from the application. */
    boolean taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Throws if the exchange was taken from the application; with the lock. */
    void requireOpen() throws IOException {
        if (taken) {
            throw new InterruptedIOException("the request took longer than its application may: requestTime");
        }
    }

    /** Who waits for the peer, with the lock: it is woken when the exchange is taken. */
    void waiting(@Nullable BlockingWrite wait) {
        waiting = wait;
    }

    private void take() {
        BlockingWrite blocked;
        lock.lock();
        try {
            if (taken) {
                return;
            }
            taken = true;
            blocked = waiting;
            waiting = null;
        } finally {
            lock.unlock();
        }
        LOG.log(System.Logger.Level.WARNING, () -> request.method() + " " + io.gatehouse.http.FieldSyntax.printable(request.path())
                + " took longer than its application may (requestTime): it was cut off, and its thread interrupted");
        done.failed(new HttpFailure(503, "the application took too long"));
        if (blocked != null) {
            blocked.failed(new InterruptedIOException("the request took too long"));
        }
    }

    @Override
    public void succeeded() {
        boolean answered = taken();
        admission.release();
        if (!answered) {
            done.succeeded();
        }
    }

    @Override
    public void failed(Throwable cause) {
        boolean answered = taken();
        admission.release();
        if (!answered) {
            done.failed(cause);
        }
    }

    /** One stretch of work on one thread. */
    private final class Stretch {
        private final ReentrantLock ending = new ReentrantLock();
        private @Nullable Thread thread = Thread.currentThread();

        void end() {
            ending.lock();
            try {
                thread = null;
            } finally {
                ending.unlock();
            }
        }

        /** On the timer's thread. */
        void overtime() {
            take();
            ending.lock();
            try {
                Thread working = thread;
                if (working != null) {
                    working.interrupt();
                }
            } finally {
                ending.unlock();
            }
        }
    }
}
