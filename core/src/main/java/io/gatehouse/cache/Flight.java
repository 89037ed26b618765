/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Request;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One run of a handler that others wait for.
 *
 * <pre>
 *   QUEUED ──begin──► OPEN ──roll──► ROLLING: who may shares what is made while it is made
 *     │                 └──── land, once ────► LANDED with an outcome; every waiter wakes
 *     └──take: another runs in its place
 * </pre>
 *
 * <p>Who waits is a worker, whose place among the requests in flight is its own anyway; I/O threads only wake it.
 */
final class Flight {

    /** What became of the run, as far as those who wait are concerned; the last three are each waiter's own. */
    enum Outcome {
        /** There is an answer that they may get, unless they differ in what it varies by. */
        STORED,
        /** The handler failed and the stale answer stands in. */
        STALE,
        /** The answer was for its own client: each runs the handler itself. */
        APART,
        /** The answer is being made, and may be shared. */
        ROLLING,
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

    private record Landing(Outcome outcome, @Nullable StoredAnswer answer) {}

    private final AtomicReference<@Nullable Landing> landed = new AtomicReference<>();
    private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean begun;
    private volatile @Nullable Rolling rolling;

    /**
     * A flight.
     *
     * @param queued whether its run waits for a thread, and may be taken over until it has one
     */
    Flight(boolean queued) {
        begun = new AtomicBoolean(!queued);
    }

    /** Begins a queued run, or takes it over: true for the first who calls it. */
    boolean begin() {
        return begun.compareAndSet(false, true);
    }

    /** What is being made may be shared from here on. */
    void roll(Rolling shared) {
        rolling = shared;
        wake();
    }

    /** What is being made, if it may be shared. */
    @Nullable Rolling rolling() {
        return rolling;
    }

    /**
     * Ends the flight; only the first call counts. Any thread.
     *
     * @param answer what was made, for those who wait: the store need not have it, or not any more; null if it is not theirs
     */
    void land(Outcome outcome, @Nullable StoredAnswer answer) {
        if (landed.compareAndSet(null, new Landing(outcome, answer))) {
            wake();
        }
    }

    /** What was made, if it has landed and is for those who waited. */
    @Nullable StoredAnswer answer() {
        Landing landing = landed.get();
        return landing == null ? null : landing.answer();
    }

    /**
     * Waits on this thread, a worker, until the flight has landed, the client is gone, or the patience is over.
     *
     * @param shares whether to return also when the answer is {@link Outcome#ROLLING}
     */
    Outcome await(Request request, long patienceNanos, boolean shares) {
        Waiter waiter = new Waiter();
        waiters.add(waiter);
        try {
            request.onDisconnect(waiter::leave);
            long deadline = System.nanoTime() + patienceNanos;
            while (true) {
                Landing landing = landed.get();
                if (waiter.gone) {
                    return Outcome.GONE;
                }
                if (landing != null) {
                    return landing.outcome();
                }
                if (shares && rolling != null) {
                    return Outcome.ROLLING;
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return Outcome.IMPATIENT;
                }
                if (Thread.currentThread().isInterrupted()) {
                    return Outcome.INTERRUPTED;
                }
                LockSupport.parkNanos(this, left);
            }
        } finally {
            waiters.remove(waiter);
        }
    }

    /** How many wait now. */
    int waiting() {
        return waiters.size();
    }

    private void wake() {
        for (Waiter waiter : waiters) {
            LockSupport.unpark(waiter.thread);
        }
    }
}
