/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets the requests of an application that is kept apart in, onto threads of its own: so many at once, so many waiting, and not
 * for ever. Never blocks the one who asks.
 *
 * <pre>
 *   submitted ──a place is free──► on a thread ──► place given back, to the next that waits
 *       └──► waiting ──its time is over, or the application ends──► refused
 * </pre>
 *
 * <p>A place belongs to a request until it has ended and no thread is in it any more.
 */
final class Admission {

    /** A request that wants a place. */
    interface Job extends Runnable {
        /** There is no place for it. */
        void refuse(String why);
    }

    private record Waiting(Job job, ScheduledFuture<?> timer) {}

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Isolation bounds;
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor timer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private int taken;
    private boolean closed;

    Admission(Isolation bounds, String name) {
        this.bounds = bounds;
        this.threads = new ThreadPoolExecutor(bounds.inFlight(), bounds.inFlight(), 30, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), work -> thread(work, name + NUMBER.getAndIncrement()));
        threads.allowCoreThreadTimeOut(true);
        this.timer = new ScheduledThreadPoolExecutor(1, work -> thread(work, name + "timer"));
        timer.setRemoveOnCancelPolicy(true);
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, "gatehouse-app" + name);
        thread.setDaemon(true);
        thread.setContextClassLoader(Admission.class.getClassLoader());
        return thread;
    }

    /** Watches the time of a stretch of work; what it does then must not block. */
    @Nullable ScheduledFuture<?> watch(Runnable overtime) {
        if (bounds.requestTime().isZero()) {
            return null;
        }
        try {
            return timer.schedule(overtime, bounds.requestTime().toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    /** Runs a job on a thread of the application, now or when there is a place, or refuses it. Any thread. */
    void submit(Job job) {
        String refusal = null;
        lock.lock();
        try {
            if (closed) {
                refusal = "the application is not in service";
            } else if (taken < bounds.inFlight()) {
                taken++;
                threads.execute(job);
            } else if (queue.size() < bounds.queue()) {
                queue.add(new Waiting(job, timer.schedule(
                        () -> expire(job), bounds.queueTime().toMillis(), TimeUnit.MILLISECONDS)));
            } else {
                refusal = "the application has all it may answer at once: inFlight=" + bounds.inFlight() + ", queue="
                        + bounds.queue();
            }
        } finally {
            lock.unlock();
        }
        if (refusal != null) {
            job.refuse(refusal);
        }
    }

    /** A request has given its place back: it goes to the one that waits longest. */
    void release() {
        lock.lock();
        try {
            Waiting next = closed ? null : queue.poll();
            if (next == null) {
                taken--;
                return;
            }
            next.timer.cancel(false);
            threads.execute(next.job);
        } finally {
            lock.unlock();
        }
    }

    /** How many places are taken. */
    int taken() {
        lock.lock();
        try {
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Refuses who waits, lets none in any more. */
    void close() {
        List<Waiting> refused;
        lock.lock();
        try {
            closed = true;
            refused = new ArrayList<>(queue);
            queue.clear();
        } finally {
            lock.unlock();
        }
        refused.forEach(waiting -> waiting.job.refuse("the application is not in service"));
    }

    /** Interrupts whoever is still at work: its threads end when they come back. */
    void stop() {
        close();
        timer.shutdownNow();
        threads.shutdownNow();
    }

    private void expire(Job job) {
        boolean waited;
        lock.lock();
        try {
            waited = queue.removeIf(waiting -> waiting.job == job);
        } finally {
            lock.unlock();
        }
        if (waited) {
            job.refuse("no place became free within queueTime=" + bounds.queueTime());
        }
    }
}
