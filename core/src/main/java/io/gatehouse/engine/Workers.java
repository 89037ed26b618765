/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Refusal;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Admission to the workers: so many jobs in flight, so many waiting, and not for ever, the next one refused.
 *
 * <p>The bound holds before a thread exists, so that neither a flood of requests nor a slow application grows the number of
 * threads, virtual ones included. A job holds its place until {@link #release}, which is when its handler has completed, on
 * whatever thread that was, or has returned if it bounds itself; the place then passes to the job that waits longest.
 *
 * <p>All jobs wait equally long at most, so the first in the queue is the first whose time is over, and one timer, set for
 * that one, is enough. Whoever takes a job out of the queue answers for it: the holder of a place, the timer or the stop.
 */
public final class Workers {

    /** A request that waits for, or has, a place. */
    interface Job extends Runnable {
        /** Called instead of {@code run}: there is no place for it. Must not throw. */
        void refuse(Refusal refusal, String detail);
    }

    /** A job in the queue, and the clock's reading up to which it stays there. */
    private record Waiting(Job job, long until) {}

    private static final System.Logger LOG = System.getLogger("io.gatehouse.engine");

    private final ExecutorService threads;
    private final ScheduledExecutorService timer;
    private final LongSupplier clock;
    private final int inFlightLimit;
    private final int queueLimit;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();
    private final Duration patience;
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean timed = new AtomicBoolean();

    /**
     * Workers over an executor that starts every task at once, or soon.
     *
     * @param threads shut down by {@link #stop}
     * @param patience how long a job waits for a place at most
     */
    public Workers(ExecutorService threads, int inFlightLimit, int queueLimit, Duration patience) {
        this(threads, inFlightLimit, queueLimit, patience, timer(), System::nanoTime);
    }

    /**
     * @param timer ends jobs whose time is over; shut down by {@link #stop}
     * @param clock nanoseconds, as {@link System#nanoTime} has them
     */
    Workers(
            ExecutorService threads,
            int inFlightLimit,
            int queueLimit,
            Duration patience,
            ScheduledExecutorService timer,
            LongSupplier clock) {
        this.threads = threads;
        this.inFlightLimit = inFlightLimit;
        this.queueLimit = queueLimit;
        this.patience = patience;
        this.timer = timer;
        this.clock = clock;
    }

    /** Has no thread while nothing waits. */
    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gatehouse-queue");
            thread.setDaemon(true);
            return thread;
        });
        timer.setKeepAliveTime(10, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
        return timer;
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
            queue.add(new Waiting(job, clock.getAsLong() + patience.toNanos()));
            if (take(inFlight, inFlightLimit)) { // a place became free while this job queued up: nobody else may notice
                passOn();
            }
            setTimer();
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
     * Lets each thread end when its job is done, and others take their places: what an application has hung on them is gone
     * then. Nothing where every job has a thread of its own. Any thread; does not wait.
     */
    public void renew() {
        if (threads instanceof WorkerPool pool) {
            pool.renew();
        }
    }

    /**
     * Ends the threads: interrupts those that still work, and refuses the jobs that have not begun.
     *
     * @return false if one of them did not end in time
     */
    public boolean stop(Duration grace) throws InterruptedException {
        timer.shutdownNow();
        for (Runnable task : threads.shutdownNow()) {
            if (task instanceof Job job) { // it had a place, but no thread yet
                refuseForStop(job);
                passOn();
            }
        }
        for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
            waiting.decrementAndGet();
            refuseForStop(next.job());
        }
        return threads.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Uses a place that the caller holds for the next job that can be started, or frees it. */
    private void passOn() {
        do {
            for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
                waiting.decrementAndGet();
                if (start(next.job())) {
                    return;
                }
            }
            inFlight.decrementAndGet();
            // A job may have queued up between the poll and the decrement: whoever sees it takes the place again.
        } while (!queue.isEmpty() && take(inFlight, inFlightLimit));
    }

    /** Sets the timer for the first in the queue, unless it is set or nobody waits. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it, and the stop takes it back with the timer
    private void setTimer() {
        Waiting first = queue.peek();
        if (first != null && timed.compareAndSet(false, true)) {
            try {
                timer.schedule(this::endPatience, Math.max(0, first.until() - clock.getAsLong()), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                LOG.log(Level.DEBUG, "the workers stop: who waits hears of that", e);
            }
        }
    }

    /** Refuses those whose time is over. On the timer's thread. */
    private void endPatience() {
        timed.set(false);
        for (Waiting first = queue.peek(); first != null && first.until() - clock.getAsLong() <= 0; first = queue.peek()) {
            if (queue.remove(first)) {
                waiting.decrementAndGet();
                first.job().refuse(Refusal.QUEUE_TIMEOUT, "no place among limits.in-flight=" + inFlightLimit
                        + " became free within timeouts.queue=" + patience);
            }
        }
        setTimer();
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
