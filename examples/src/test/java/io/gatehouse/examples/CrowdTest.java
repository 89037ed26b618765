/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Gatehouse;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two thousand clients that keep their connections, in the company of a slow reader of a large file, of clients that
 * vanish in the middle of an upload, of handlers that throw and of handlers that block: nobody else notices, memory
 * stays flat, no thread is lost.
 */
@Timeout(240)
final class CrowdTest {

    private static final int CLIENTS = 2_000;
    private static final int ROUNDS = 10;
    private static final int TROUBLES = 50;
    private static final int BLOCKED = 20;
    private static final long GIBIBYTE = 1L << 30;
    private static final long MEBIBYTE = 1L << 20;

    /** Held, because a logger that nobody holds forgets its level. */
    private static final Logger LOG = Logger.getLogger("io.gatehouse");

    @TempDir
    private Path files;

    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch blocked = new CountDownLatch(BLOCKED);
    private final AtomicInteger vanished = new AtomicInteger();

    /** What is thrown here on purpose would fill the build's output. */
    @BeforeAll
    static void silence() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void speak() {
        LOG.setLevel(null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void nobodyNoticesTheOthers(String transport) throws Exception {
        Files.writeString(files.resolve("small.txt"), "small");
        try (RandomAccessFile sparse = new RandomAccessFile(files.resolve("large.bin").toFile(), "rw")) {
            sparse.setLength(GIBIBYTE);
        }
        Set<Thread> before = gatehouseThreads();
        ExecutorService helpers = Executors.newCachedThreadPool();
        try (Gatehouse gatehouse = start(transport)) {
            URI uri = gatehouse.uri();
            Crowd.of(uri, 50, "/files/small.txt", "small").run(5);
            Crowd.of(uri, 50, "/ok/", "fine").run(5);
            Set<Thread> ioThreads = ioThreads();
            assertTrue(!ioThreads.isEmpty(), "no I/O thread has a name of Gatehouse's");
            long heapBefore = heap();

            // The troublesome ones.
            Wire slow = Wire.tcp(uri).receiveBuffer(64 * 1024).get("/files/large.bin");
            Answer slowHead = slow.head();
            assertEquals(200, slowHead.status());
            assertTrue(slow.zeros(MEBIBYTE));
            List<Wire> waiting = new ArrayList<>();
            for (int i = 0; i < BLOCKED; i++) {
                waiting.add(Wire.tcp(uri).get("/block/"));
            }
            blocked.await();
            Future<?> trouble = helpers.submit(() -> {
                trouble(uri);
                return null;
            });

            // The crowd, half of it for a file and half of it for a handler, while the slow reader reads on a little.
            long heapWithCrowd;
            try (Crowd fileReaders = Crowd.of(uri, CLIENTS / 2, "/files/small.txt", "small");
                    Crowd handlerCallers = Crowd.of(uri, CLIENTS / 2, "/ok/", "fine")) {
                for (int round = 0; round < ROUNDS; round++) {
                    Future<?> one = helpers.submit(() -> {
                        fileReaders.run(1);
                        return null;
                    });
                    handlerCallers.run(1);
                    one.get();
                    assertTrue(slow.zeros(64 * 1024));
                }
                trouble.get();
                heapWithCrowd = heap();
                long direct = direct();
                assertTrue(direct < 128 * MEBIBYTE, direct + " bytes of direct buffers");
                assertTrue(
                        heapWithCrowd - heapBefore < 96 * MEBIBYTE,
                        "the heap grew from " + heapBefore + " to " + heapWithCrowd + " with the crowd");
            }

            // Who was blocked gets an answer, and the slow reader the rest of its file.
            release.countDown();
            for (Wire wire : waiting) {
                assertEquals("released", wire.answer().text());
                wire.close();
            }
            assertTrue(slow.zeros(GIBIBYTE - MEBIBYTE - ROUNDS * 64L * 1024));
            assertEquals("fine", slow.get("/ok/").answer().text());
            slow.close();
            assertEquals(TROUBLES, vanished.get());

            assertTrue(ioThreads.stream().allMatch(Thread::isAlive), "an I/O thread died");
            assertEquals(ioThreads, ioThreads(), "I/O threads came or went");
            long heapAfter = heap();
            assertTrue(
                    heapAfter - heapBefore < 32 * MEBIBYTE,
                    "the heap grew from " + heapBefore + " to " + heapAfter + " once all were gone");
            System.out.printf(
                    "%s: heap %d KiB before, %d KiB with %d connections, %d KiB after%n",
                    transport, heapBefore / 1024, heapWithCrowd / 1024, CLIENTS, heapAfter / 1024);
        } finally {
            release.countDown();
            helpers.shutdownNow();
        }
        for (Thread thread : gatehouseThreads()) {
            if (!before.contains(thread)) {
                thread.join(10_000);
                assertTrue(!thread.isAlive(), thread + " outlives its gatehouse");
            }
        }
    }

    private Gatehouse start(String transport) throws IOException {
        return TestSite.builder(transport)
                // All of the crowd may ask in one moment, which is a load to serve here and not one to turn away.
                .limits(limits -> limits.withQueue(2 * CLIENTS))
                .files("/files/", files)
                .handle("/ok/", (request, response) -> response.send("fine"))
                .handle("/throw/", (request, response) -> {
                    throw new IllegalStateException("thrown on purpose");
                })
                .handle("/block/", (request, response) -> {
                    blocked.countDown();
                    release.await();
                    response.send("released");
                })
                .handle("/upload/", (request, response) -> {
                    try {
                        request.body().readAllBytes();
                    } catch (IOException e) {
                        vanished.incrementAndGet();
                        throw e;
                    }
                })
                .start();
    }

    /** Throwing handlers, and uploads whose client goes away half-way. */
    private void trouble(URI uri) throws IOException, InterruptedException {
        for (int i = 0; i < TROUBLES; i++) {
            try (Wire wire = Wire.tcp(uri)) {
                assertEquals(500, wire.get("/throw/").answer().status());
                assertEquals("fine", wire.get("/ok/").answer().text());
            }
            try (Wire wire = Wire.tcp(uri)) {
                wire.request("POST", "/upload/", "Content-Length: 1000000").send("x".repeat(100_000));
                if (i % 2 == 0) {
                    wire.vanish();
                }
            }
        }
        while (vanished.get() < TROUBLES) {
            Thread.onSpinWait();
        }
    }

    private static Set<Thread> gatehouseThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("gatehouse"))
                .collect(Collectors.toSet());
    }

    /** Those that must stay: workers of a pool may come and go. */
    private static Set<Thread> ioThreads() {
        return gatehouseThreads().stream()
                .filter(thread -> thread.getName().matches("gatehouse-(nio|jetty)-\\d+"))
                .collect(Collectors.toSet());
    }

    /** Bytes in use once the garbage is gone. */
    private static long heap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
