/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Refusal;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Admission to the workers: so many jobs in flight, so many waiting, the next one refused.
 *
 * <p>The bound holds before a thread exists, so that neither a flood of requests nor a slow application grows the number of
 * threads, virtual ones included. A job holds its place until {@link #release}, which is when its handler has completed, on
 * whatever thread that was; the place then passes to the job that waits longest.
 */
public final class Workers {

    /** A request that waits for, or has, a place. */
    interface Job extends Runnable {
        /** Called instead of {@code run}: there is no place for it. Must not throw. */
        void refuse(Refusal refusal, String detail);
    }

    private final ExecutorService threads;
    private final int inFlightLimit;
    private final int queueLimit;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Job> queue = new ConcurrentLinkedQueue<>();

    /**
     * Workers over an executor that starts every task at once, or soon.
     *
     * @param threads shut down by {@link #stop}
     */
    public Workers(ExecutorService threads, int inFlightLimit, int queueLimit) {
        this.threads = threads;
        this.inFlightLimit = inFlightLimit;
        this.queueLimit = queueLimit;
    }

    /** How many jobs have a place now. */
    public int inFlight() {
        return inFlight.get();
    }

    /** How many jobs wait for one now. */
    public int waiting() {
        return waiting.get();
    }

    /** Runs the job on a worker, now or when a place is free, or refuses it. Any thread; never blocks. */
    void submit(Job job) {
        if (take(inFlight, inFlightLimit)) {
            if (!start(job)) {
                passOn();
            }
        } else if (take(waiting, queueLimit)) {
            queue.add(job);
            if (take(inFlight, inFlightLimit)) { // a place became free while this job queued up: nobody else may notice
                passOn();
            }
        } else {
            job.refuse(Refusal.OVERLOAD, "too many requests: limits.in-flight=" + inFlightLimit
                    + " are being answered and limits.queue=" + queueLimit + " wait");
        }
    }

    /** Gives a job's place to the next that waits. Any thread, once per job that was run. */
    void release() {
        passOn();
    }

    /**
     * Ends the threads: interrupts those that still work, and refuses the jobs that have not begun.
     *
     * @return false if one of them did not end in time
     */
    public boolean stop(Duration patience) throws InterruptedException {
        for (Runnable task : threads.shutdownNow()) {
            if (task instanceof Job job) { // it had a place, but no thread yet
                refuseForStop(job);
                passOn();
            }
        }
        for (Job job = queue.poll(); job != null; job = queue.poll()) {
            waiting.decrementAndGet();
            refuseForStop(job);
        }
        return threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Uses a place that the caller holds for the next job that can be started, or frees it. */
    private void passOn() {
        do {
            for (Job next = queue.poll(); next != null; next = queue.poll()) {
                waiting.decrementAndGet();
                if (start(next)) {
                    return;
                }
            }
            inFlight.decrementAndGet();
            // A job may have queued up between the poll and the decrement: whoever sees it takes the place again.
        } while (!queue.isEmpty() && take(inFlight, inFlightLimit));
    }

    /** Gives a job to a thread, or refuses it if there is none; then the place that it had is still the caller's. */
    private boolean start(Job job) {
        try {
            threads.execute(job);
            return true;
        } catch (RejectedExecutionException e) {
            refuseForStop(job);
        } catch (OutOfMemoryError e) { // no thread to be had
            job.refuse(Refusal.OVERLOAD, "no thread is to be had: lower limits.in-flight=" + inFlightLimit);
        }
        return false;
    }

    private static void refuseForStop(Job job) {
        job.refuse(Refusal.STOPPING, "the server is stopping");
    }

    private static boolean take(AtomicInteger places, int limit) {
        int taken = places.get();
        while (taken < limit) {
            if (places.compareAndSet(taken, taken + 1)) {
                return true;
            }
            taken = places.get();
        }
        return false;
    }
}
