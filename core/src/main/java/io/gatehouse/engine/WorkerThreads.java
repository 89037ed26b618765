/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * The threads that handlers run on: a pool of platform threads, or virtual ones.
 *
 * <p>The baseline is Java 17, so this is the one place that reaches for virtual threads by reflection.
 */
public final class WorkerThreads {

    private WorkerThreads() {}

    /**
     * Platform threads, made as they are needed, ended when idle for a minute.
     *
     * @param max how many there are at most; tasks beyond that wait for one
     */
    public static ExecutorService pool(int max) {
        return new WorkerPool(max);
    }

    /**
     * One virtual thread per task.
     *
     * @throws IllegalArgumentException if this Java has none
     */
    public static ExecutorService virtual() {
        int feature = Runtime.version().feature();
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
