/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Request;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One run of a handler that others wait for.
 *
 * <pre>
 *   OPEN ──land, once──► LANDED with an outcome; every waiter wakes
 * </pre>
 *
 * <p>Who waits is a worker, whose place among the requests in flight is its own anyway; I/O threads only wake it.
 */
final class Flight {

    /** What became of the run, as far as those who wait are concerned; the last three are each waiter's own. */
    enum Outcome {
        /** There is an answer in the store that they may get, unless they differ in what it varies by. */
        STORED,
        /** The handler failed and the stale answer stands in. */
        STALE,
        /** The answer was for its own client: each runs the handler itself. */
        APART,
        /** This one waited long enough. */
        IMPATIENT,
        /** This one's client is gone. */
        GONE,
        /** This one's thread was interrupted: the server stops. */
        INTERRUPTED
    }

    private static final class Waiter {
        private final Thread thread = Thread.currentThread();
        private volatile boolean gone;

        private void leave() {
            gone = true;
            LockSupport.unpark(thread);
        }
    }

    private final AtomicReference<@Nullable Outcome> landed = new AtomicReference<>();
    private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();

    /** Ends the flight; only the first call counts. Any thread. */
    void land(Outcome outcome) {
        if (landed.compareAndSet(null, outcome)) {
            for (Waiter waiter = waiters.poll(); waiter != null; waiter = waiters.poll()) {
                LockSupport.unpark(waiter.thread);
            }
        }
    }

    /** Waits on this thread, a worker, until the flight has landed, the client is gone, or the patience is over. */
    Outcome await(Request request, long patienceNanos) {
        Waiter waiter = new Waiter();
        waiters.add(waiter);
        request.onDisconnect(waiter::leave);
        long deadline = System.nanoTime() + patienceNanos;
        while (true) {
            Outcome outcome = landed.get();
            if (outcome != null) {
                return waiter.gone ? Outcome.GONE : outcome;
            }
            if (waiter.gone) {
                waiters.remove(waiter);
                return Outcome.GONE;
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                waiters.remove(waiter);
                return Outcome.IMPATIENT;
            }
            if (Thread.currentThread().isInterrupted()) {
                waiters.remove(waiter);
                return Outcome.INTERRUPTED;
            }
            LockSupport.parkNanos(this, left);
        }
    }

    /** How many wait now. */
    int waiting() {
        return waiters.size();
    }
}
