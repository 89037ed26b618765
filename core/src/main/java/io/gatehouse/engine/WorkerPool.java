/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Platform threads, made as they are needed, ended when idle for a minute, or when they are renewed.
 *
 * <p>An idle thread takes a task at once; if none is idle and there are fewer than the bound a new one does; else the task waits
 * in the queue, for the moment that a thread needs to come back from its last task.
 */
final class WorkerPool extends ThreadPoolExecutor {

    /** Ends a thread that is to be renewed; the pool makes another one if there is work for it. */
    private static final class Renewed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Renewed() {
            super("this thread is renewed", null, false, false);
        }
    }

    /** Knows at which renewal it was made. */
    private static final class Worker extends Thread {
        private final int age;

        Worker(Runnable task, int number, int age, @Nullable ClassLoader loader) {
            super(task, "gatehouse-worker-" + number);
            this.age = age;
            setDaemon(true);
            // Not the class loader of the application in whose call the thread happens to be made.
            setContextClassLoader(loader);
            setUncaughtExceptionHandler((thread, failure) -> {
                if (!(failure instanceof Renewed)) {
                    thread.getThreadGroup().uncaughtException(thread, failure);
                }
            });
        }
    }

    private static final class Queue extends LinkedTransferQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }
    }

    private final AtomicInteger renewals = new AtomicInteger();

    /**
     * @param max how many threads there are at most; tasks beyond that wait for one
     */
    WorkerPool(int max) {
        super(0, max, 60, TimeUnit.SECONDS, new Queue(), (task, pool) -> {
            requireRunning(pool);
            ((Queue) pool.getQueue()).put(task);
            // The last thread may have gone, or the pool been shut down, just before: then nobody would take it.
            if ((pool.isShutdown() || pool.getPoolSize() == 0) && pool.getQueue().remove(task)) {
                requireRunning(pool);
                pool.execute(task);
            }
        });
        AtomicInteger number = new AtomicInteger();
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        setThreadFactory(task -> new Worker(task, number.getAndIncrement(), renewals.get(), loader));
    }

    /** Lets each thread end when it has done what it does; those that are idle get something that is done at once. */
    void renew() {
        renewals.incrementAndGet();
        for (int i = getPoolSize(); i > 0; i--) {
            if (!getQueue().offer(() -> {})) {
                break; // nobody is idle
            }
        }
    }

    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable failure) {
        if (failure == null && Thread.currentThread() instanceof Worker worker && worker.age != renewals.get()) {
            throw new Renewed();
        }
    }

    private static void requireRunning(ThreadPoolExecutor pool) {
        if (pool.isShutdown()) {
            throw new RejectedExecutionException("the workers are shut down");
        }
    }
}
