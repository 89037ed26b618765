/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a cache, apart by what waits for them, so that handlers that hang cost nobody but those who want them. Each ends
 * when it has had nothing to do for a while.
 *
 * @param reads files that are to be kept: a client waits
 * @param asks handlers once more, for a client that waits
 * @param refreshes what is stale, and puts texts into gzip: nobody waits
 * @param own those of them that end with the cache
 */
record Background(Executor reads, Executor asks, Executor refreshes, List<ExecutorService> own) implements AutoCloseable {

    /** How many threads there are of each kind. */
    static final int THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());

    private static final int QUEUE = 1000;

    /** Threads of the cache's own. */
    static Background standard() {
        ExecutorService reads = threads("gatehouse-cache-read");
        ExecutorService asks = threads("gatehouse-cache-ask");
        ExecutorService refreshes = threads("gatehouse-cache");
        return new Background(reads, asks, refreshes, List.of(reads, asks, refreshes));
    }

    /** The caller's threads, for everything. */
    static Background of(Executor executor) {
        return new Background(executor, executor, executor, List.of());
    }

    @Override
    public void close() {
        own.forEach(ExecutorService::shutdownNow);
    }

    private static ExecutorService threads(String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), task -> {
                    Thread thread = new Thread(task, name);
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
