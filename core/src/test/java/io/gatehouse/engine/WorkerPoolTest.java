/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that are renewed: none is lost with work, and none lives on. */
@Timeout(60)
class WorkerPoolTest {

    private final WorkerPool pool = new WorkerPool(4);

    @AfterEach
    void end() throws InterruptedException {
        pool.shutdownNow();
        assertTrue(pool.awaitTermination(30, TimeUnit.SECONDS));
    }

    private Thread thread() throws InterruptedException {
        AtomicReference<Thread> seen = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        pool.execute(() -> {
            seen.set(Thread.currentThread());
            done.countDown();
        });
        done.await();
        return seen.get();
    }

    @Test
    void idleThreadsEnd() throws Exception {
        Thread before = thread();
        // Idle is a thread that takes what is offered to it.
        while (!pool.getQueue().offer(() -> {})) {
            Thread.onSpinWait();
        }
        while (before.isAlive()) {
            pool.renew();
            Thread.onSpinWait();
        }
        before.join();
        Thread after = thread();
        assertNotSame(before, after);
        assertTrue(after.isAlive());
    }

    @Test
    void busyThreadsEndAfterTheirTask() throws Exception {
        CyclicBarrier busy = new CyclicBarrier(5);
        CountDownLatch go = new CountDownLatch(1);
        Set<Thread> threads = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
        List<String> finished = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 4; i++) {
            pool.execute(() -> {
                threads.add(Thread.currentThread());
                try {
                    busy.await();
                    go.await();
                    finished.add("done");
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        busy.await();
        pool.renew();
        assertTrue(threads.stream().allMatch(Thread::isAlive));
        go.countDown();
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(4, finished.size());
    }

    @Test
    void whatWaitsIsDoneByNewThreads() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(20);
        Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());
        for (int i = 0; i < 20; i++) {
            pool.execute(() -> {
                threads.add(Thread.currentThread());
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                all.countDown();
            });
        }
        pool.renew();
        go.countDown();
        all.await();
        assertTrue(threads.size() > 4, "the first four were renewed: " + threads);
        assertTrue(pool.getPoolSize() <= 4);
    }

    @Test
    void threadLocalValuesGoWithTheirThreads() throws Exception {
        ThreadLocal<String> local = new ThreadLocal<>();
        AtomicReference<String> seen = new AtomicReference<>();
        CountDownLatch set = new CountDownLatch(1);
        pool.execute(() -> {
            local.set("left");
            pool.renew();
            set.countDown();
        });
        set.await();
        CountDownLatch read = new CountDownLatch(1);
        pool.execute(() -> {
            seen.set(local.get());
            read.countDown();
        });
        read.await();
        assertNull(seen.get());
    }

    @Test
    void withoutRenewalThreadsAreKept() throws Exception {
        Thread first = thread();
        while (!pool.getQueue().offer(() -> {})) {
            Thread.onSpinWait();
        }
        assertTrue(first.isAlive());
        assertEquals(1, pool.getPoolSize());
        assertEquals(1, pool.getLargestPoolSize());
    }

    /** A thread that is made in an application's call does not keep that application. */
    @Test
    void newThreadsHaveTheClassLoaderOfThePoolsMaker() throws Exception {
        ClassLoader mine = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader other = new URLClassLoader(new URL[0], mine)) {
            Thread.currentThread().setContextClassLoader(other);
            try {
                assertSame(mine, thread().getContextClassLoader());
            } finally {
                Thread.currentThread().setContextClassLoader(mine);
            }
        }
    }

    @Test
    void anApplicationsFailureIsNotMistakenForARenewal() throws Exception {
        AtomicReference<Throwable> caught = new AtomicReference<>();
        CountDownLatch told = new CountDownLatch(1);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            caught.set(failure);
            told.countDown();
        });
        try {
            pool.execute(() -> {
                pool.renew();
                throw new IllegalStateException("a bug");
            });
            told.await();
            assertEquals("a bug", caught.get().getMessage());
            caught.set(null);
            Thread renewed = thread();
            pool.renew();
            assertFalse(renewed.isInterrupted());
            assertNull(caught.get());
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
