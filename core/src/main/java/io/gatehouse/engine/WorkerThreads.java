/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that handlers run on, {@code workers} in the configuration.
 *
 * <p>Virtual threads where a {@code synchronized} servlet does not pin its carrier, which is from JDK 24 on (JEP 491); before
 * that a pool, unless the user asks for virtual ones. The baseline is Java 17, so this is the one place that reaches for
 * them by reflection.
 */
public enum WorkerThreads {
    /** {@code workers=auto}: virtual from JDK 24 on, else a pool. */
    AUTO,
    /** {@code workers=pool}: platform threads, made as they are needed, ended when idle for a minute. */
    POOL,
    /** {@code workers=virtual}: one virtual thread per request; needs JDK 21. */
    VIRTUAL;

    /**
     * An executor of these threads.
     *
     * @param max how many tasks are given to it at once, at most
     * @throws IllegalArgumentException if virtual threads are asked for and this Java has none
     */
    public ExecutorService open(int max) {
        int feature = Runtime.version().feature();
        return switch (this) {
            case POOL -> pool(max);
            case VIRTUAL -> virtual(feature);
            case AUTO -> feature >= 24 ? virtual(feature) : pool(max);
        };
    }

    /**
     * An idle thread takes a task at once; if none is idle and there are fewer than {@code max} a new one does; else the
     * task waits in the queue, for the moment that a thread needs to come back from its last task.
     */
    private static ExecutorService pool(int max) {
        LinkedTransferQueue<Runnable> queue = new LinkedTransferQueue<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean offer(Runnable task) {
                return tryTransfer(task);
            }
        };
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, "gatehouse-worker-" + number.getAndIncrement());
            thread.setDaemon(true);
            return thread;
        };
        return new ThreadPoolExecutor(0, max, 60, TimeUnit.SECONDS, queue, factory, (task, pool) -> {
            requireRunning(pool);
            queue.put(task);
            // The last thread may have gone, or the pool been shut down, just before: then nobody would take it.
            if ((pool.isShutdown() || pool.getPoolSize() == 0) && queue.remove(task)) {
                requireRunning(pool);
                pool.execute(task);
            }
        });
    }

    private static void requireRunning(ThreadPoolExecutor pool) {
        if (pool.isShutdown()) {
            throw new RejectedExecutionException("the workers are shut down");
        }
    }

    private static ExecutorService virtual(int feature) {
        if (feature < 21) {
            throw new IllegalArgumentException(
                    "workers=virtual needs Java 21 or later and this is Java " + feature + ": set workers to auto or pool");
        }
        try {
            Class<?> builderType = Class.forName("java.lang.Thread$Builder");
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            builder = builderType.getMethod("name", String.class, long.class).invoke(builder, "gatehouse-worker-", 0L);
            ThreadFactory factory = (ThreadFactory) builderType.getMethod("factory").invoke(builder);
            return (ExecutorService) Executors.class
                    .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
                    .invoke(null, factory);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Java " + feature + " does not give virtual threads: set workers to pool", e);
        }
    }
}
