/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The threads of an application's asynchronous work: those it was given, or a few of its own while it is deployed. */
final class AppThreads {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** How many threads of its own work at once, and how much waits for them. */
    private static final int WORKERS = 64;
    private static final int QUEUE = 10_000;

    private final Executor workers;
    private final ScheduledExecutorService timer;
    private final List<ExecutorService> own = new ArrayList<>();

    AppThreads(@Nullable Executor givenWorkers, @Nullable ScheduledExecutorService givenTimer) {
        if (givenWorkers == null) {
            ThreadPoolExecutor pool = new ThreadPoolExecutor(
                    WORKERS, WORKERS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE), AppThreads::thread);
            pool.allowCoreThreadTimeOut(true);
            own.add(pool);
            workers = pool;
        } else {
            workers = givenWorkers;
        }
        if (givenTimer == null) {
            ScheduledThreadPoolExecutor single = new ScheduledThreadPoolExecutor(1, AppThreads::thread);
            single.setRemoveOnCancelPolicy(true);
            // What waits when the application ends waits for nothing: it would keep the thread until its time.
            single.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            own.add(single);
            timer = single;
        } else {
            timer = givenTimer;
        }
    }

    Executor workers() {
        return workers;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    /** Stops those of its own. */
    void close() {
        own.forEach(ExecutorService::shutdown);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "gatehouse-servlet-" + NUMBER.getAndIncrement());
        thread.setDaemon(true);
        // Not the class loader of whoever happened to need the first thread: it would never be collected.
        thread.setContextClassLoader(AppThreads.class.getClassLoader());
        return thread;
    }
}
