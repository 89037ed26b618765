/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.servlet.Isolation;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletApplicationBuilder;
import io.gatehouse.servlet.ServletLimits;
import io.gatehouse.transport.Limits;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a broken application costs the others in its process: nothing. */
interface IsolationChapter extends Chapter {

    /** Few places and a short time. */
    Isolation FEW = new Isolation(4, 4, Duration.ofSeconds(30), Duration.ofMillis(50), Duration.ofMillis(50));

    /** A broken application beside a healthy one, on a server with few places, and what the broken one is released by. */
    final class Pair implements AutoCloseable {
        final ServletApplication broken;
        private final Chapter chapter;
        private final Gatehouse gatehouse;
        private final List<Wire> wires = new ArrayList<>();
        private final ExecutorService clients = Executors.newCachedThreadPool();

        Pair(Chapter chapter, Isolation isolation, Case broken) throws Exception {
            this.chapter = chapter;
            this.broken = described(isolation, "/broken", broken).build();
            gatehouse = Gatehouse.builder().configuration(Configuration.DEFAULTS
                            .withEndpoints(chapter.transport().endpoints())
                            .withLimits(Limits.DEFAULTS.withInFlight(16))
                            .withOptions(Map.of(chapter.transport().provider().name(), chapter.transport().options())))
                    .transport(chapter.transport().provider())
                    .application(this.broken)
                    .application(described(isolation, "/healthy", (request, response) ->
                            response.getWriter().print(new String(request.getInputStream().readAllBytes()) + "fine")).build())
                    .start();
        }

        private static ServletApplicationBuilder described(Isolation isolation, String path, Case main) {
            return ServletApplication.builder().contextPath(path).limits(ServletLimits.DEFAULT.withIsolation(isolation))
                    .servlet("main", Case.servlet(main), r -> r.setAsyncSupported(true), "/*");
        }

        Wire connect() throws IOException {
            Wire wire = new Wire(chapter.transport().connect(gatehouse.endpoints().get(0)));
            wires.add(wire);
            return wire;
        }

        Wire send(String... lines) throws IOException {
            Wire wire = connect();
            wire.send(Wire.message(lines));
            return wire;
        }

        /** So many clients that ask at once; their answers as they come. */
        CompletionService<Reply> asking(int count, String line) {
            CompletionService<Reply> replies = new ExecutorCompletionService<>(clients);
            for (int i = 0; i < count; i++) {
                replies.submit(() -> {
                    try (Wire wire = new Wire(chapter.transport().connect(gatehouse.endpoints().get(0)))) {
                        return wire.ask(line);
                    }
                });
            }
            return replies;
        }

        void assertHealthy() throws IOException {
            for (int i = 0; i < 3; i++) {
                assertEquals("body fine", connect().ask("POST /healthy/", "", "body ").text());
            }
        }

        @Override
        public void close() throws IOException {
            for (Wire wire : wires) {
                wire.close();
            }
            gatehouse.close();
            clients.shutdownNow();
        }
    }

    @Section("isolation: endless loops")
    @Test
    default void endlessLoopsTakeNoOtherApplicationWithThem() throws Exception {
        AtomicBoolean release = new AtomicBoolean();
        try (Pair pair = new Pair(this, FEW, (request, response) -> {
            while (!release.get()) {
                Thread.yield();
            }
        })) {
            try {
                List<Wire> asked = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    asked.add(pair.send("GET /broken/"));
                }
                for (Wire each : asked) {
                    assertEquals(503, each.reply(false).status());
                }
                pair.assertHealthy();
                // All its places are taken for as long as its threads don't come back: who comes now waits, or is refused.
                var waiting = pair.asking(6, "GET /broken/wait");
                assertEquals(503, waiting.take().get().status());
                assertEquals(503, waiting.take().get().status());
                pair.assertHealthy();
                release.set(true);
                for (int i = 0; i < 4; i++) {
                    int status = waiting.take().get().status();
                    assertTrue(status == 200 || status == 503, "status " + status);
                }
                while (pair.connect().ask("GET /broken/").status() != 200) {
                    // Its places come back as its threads do.
                    Thread.onSpinWait();
                }
            } finally {
                release.set(true);
            }
        }
    }

    @Section("isolation: interrupts")
    @Test
    default void aThreadThatTakesTooLongIsInterrupted() throws Exception {
        Notes notes = new Notes();
        try (Pair pair = new Pair(this, FEW, (request, response) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                notes.add("interrupted");
                assertThrows(IOException.class, () -> {
                    response.getWriter().print("x".repeat(100_000));
                    response.flushBuffer();
                    response.getOutputStream();
                    if (response.getWriter().checkError()) {
                        throw new IOException("the writer has failed");
                    }
                });
                notes.add("failed");
            }
        })) {
            for (int i = 0; i < 20; i++) {
                assertEquals(503, pair.connect().ask("GET /broken/").status());
            }
            pair.assertHealthy();
            assertEquals(20, notes.toString().split("interrupted", -1).length - 1);
        }
    }

    @Section("isolation: committed answers")
    @Test
    default void aCommittedAnswerThatTakesTooLongIsCut() throws Exception {
        try (Pair pair = new Pair(this, FEW, (request, response) -> {
            response.getWriter().print("begun");
            response.flushBuffer();
            new CountDownLatch(1).await();
        })) {
            Wire wire = pair.send("GET /broken/");
            assertThrows(IOException.class, () -> wire.reply(false));
            pair.assertHealthy();
        }
    }

    @Section("isolation: slow bodies")
    @Test
    default void aReadThatWaitsTooLongEnds() throws Exception {
        Notes notes = new Notes();
        try (Pair pair = new Pair(this, FEW, (request, response) -> {
            try {
                request.getInputStream().readAllBytes();
                notes.add("read");
            } catch (IOException e) {
                notes.add("failed");
            }
        })) {
            Wire wire = pair.send("POST /broken/", "Content-Length: 10", "", "abc");
            assertEquals(503, wire.reply(false).status());
            notes.expect("failed");
            pair.assertHealthy();
        }
    }

    @Section("isolation: leaked asynchronous requests")
    @Test
    default void leakedAsynchronousRequestsEndByTheirLimit() throws Exception {
        Notes notes = new Notes();
        try (Pair pair = new Pair(this, FEW.withRequestTime(Duration.ofSeconds(30)), (request, response) -> {
            request.startAsync().setTimeout(0);
            request.getAsyncContext().addListener(new AsyncChapter.Hearing(notes));
        })) {
            int timeouts = 0;
            for (int round = 0; round < 3; round++) {
                var asked = pair.asking(8, "GET /broken/");
                pair.assertHealthy();
                for (int i = 0; i < 8; i++) {
                    int status = asked.take().get().status();
                    // One may find a place not yet given back behind an answer of the round before.
                    assertTrue(status == 500 || status == 503, "status " + status);
                    timeouts += status == 500 ? 1 : 0;
                }
            }
            assertTrue(timeouts >= 8, timeouts + " timeouts");
            while (notes.toString().split("complete", -1).length - 1 < timeouts) {
                Thread.onSpinWait();
            }
            assertEquals(timeouts, notes.toString().split("timeout", -1).length - 1);
        }
    }

    @Section("isolation: asynchronous work")
    @Test
    default void asynchronousWorkThatTakesTooLongIsCutToo() throws Exception {
        Notes notes = new Notes();
        try (Pair pair = new Pair(this, FEW.withAsyncTime(Duration.ZERO), (request, response) -> {
            request.startAsync().setTimeout(0);
            request.getAsyncContext().addListener(new AsyncChapter.Hearing(notes));
            request.getAsyncContext().start(() -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    notes.add("interrupted");
                }
            });
        })) {
            assertEquals(503, pair.connect().ask("GET /broken/").status());
            notes.expect("interrupted error complete");
            pair.assertHealthy();
        }
    }

    /** A throwable that is neither an exception nor an error of the platform's. */
    final class Strange extends Throwable {
        private static final long serialVersionUID = 1;
    }

    @Section("isolation: failures of any kind")
    @ParameterizedTest
    @ValueSource(strings = {"overflow", "memory", "linkage", "assertion", "strange", "runtime", "null"})
    default void failuresCostTheirOwnAnswerOnly(String kind) throws Exception {
        for (Isolation isolation : List.of(Isolation.NONE, FEW.withRequestTime(Duration.ofSeconds(30)))) {
            try (Pair pair = new Pair(this, isolation, (request, response) -> {
                switch (kind) {
                    case "overflow" -> overflow(0);
                    case "memory" -> throw new OutOfMemoryError("as if");
                    case "linkage" -> throw new NoClassDefFoundError("gone");
                    case "assertion" -> throw new AssertionError("wrong");
                    case "strange" -> IsolationChapter.<RuntimeException>sneak(new Strange());
                    case "runtime" -> throw new IllegalStateException("broken");
                    default -> throw new NullPointerException();
                }
            })) {
                for (int i = 0; i < 20; i++) {
                    assertEquals(500, pair.connect().ask("GET /broken/").status());
                }
                pair.assertHealthy();
            }
        }
    }

    private static int overflow(int depth) {
        return depth < 0 ? depth : overflow(depth + 1) + 1;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    @Section("isolation: floods")
    @Test
    default void aFloodIsRefusedAndHarmsNoOther() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (Pair pair = new Pair(this, FEW.withRequestTime(Duration.ofSeconds(60)), (request, response) -> {
            go.await(60, TimeUnit.SECONDS);
            response.getWriter().print("done");
        })) {
            var asked = pair.asking(40, "GET /broken/");
            assertEquals(503, asked.take().get().status());
            pair.assertHealthy();
            go.countDown();
            for (int i = 1; i < 40; i++) {
                int status = asked.take().get().status();
                assertTrue(status == 200 || status == 503, "status " + status);
            }
        }
    }

    @Section("isolation: waiting")
    @Test
    default void whoWaitsTooLongIsRefused() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Notes notes = new Notes();
        try (Pair pair = new Pair(this, new Isolation(1, 1, Duration.ofMillis(20), Duration.ZERO, Duration.ZERO),
                (request, response) -> {
                    notes.add("begun");
                    go.await(60, TimeUnit.SECONDS);
                })) {
            Wire first = pair.send("GET /broken/");
            notes.expect("begun");
            assertEquals(503, pair.connect().ask("GET /broken/").status());
            pair.assertHealthy();
            go.countDown();
            assertEquals(200, first.reply(false).status());
            notes.expect("begun");
        }
    }

    @Section("isolation: undeploy")
    @Test
    default void aBrokenApplicationCanBeUndeployed() throws Exception {
        AtomicBoolean release = new AtomicBoolean();
        try (Pair pair = new Pair(this, FEW, (request, response) -> {
            while (!release.get()) {
                Thread.yield();
            }
        })) {
            for (int i = 0; i < 4; i++) {
                assertEquals(503, pair.connect().ask("GET /broken/").status());
            }
            Wire waiting = pair.send("GET /broken/");
            assertFalse(pair.broken.undeploy(Duration.ofMillis(20)));
            assertEquals(503, waiting.reply(false).status());
            assertEquals(503, pair.connect().ask("GET /broken/").status());
            pair.assertHealthy();
            release.set(true);
        } finally {
            release.set(true);
        }
    }

    @Section("isolation: undeploy")
    @Test
    default void aDestroyThatDoesNotReturnKeepsNobody() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        ServletApplication stubborn = app("/stubborn").limits(ServletLimits.DEFAULT.withIsolation(FEW))
                .servlet("main", new jakarta.servlet.http.HttpServlet() {
                    @Override
                    public void destroy() {
                        while (never.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                    }
                }, "/*").build();
        stubborn.deploy();
        // The servlet's life begins with its first request; a listener's with the application.
        assertTrue(stubborn.undeploy(Duration.ofMillis(20)));
        ServletApplication listening = app("/listening").limits(ServletLimits.DEFAULT.withIsolation(FEW))
                .listener(new jakarta.servlet.ServletContextListener() {
                    @Override
                    public void contextDestroyed(jakarta.servlet.ServletContextEvent event) {
                        while (never.getCount() > 0) {
                            Thread.onSpinWait();
                        }
                    }
                }).build();
        listening.deploy();
        assertFalse(listening.undeploy(Duration.ofMillis(20)));
        never.countDown();
    }

    @Section("isolation: start")
    @Test
    default void aStartThatFailsTakesNothingElse() throws Exception {
        try (Pair pair = new Pair(this, Isolation.NONE, (request, response) -> { })) {
            ServletApplication failing = app("/failing").initializer((classes, context) -> {
                throw new ServletException("broken");
            }).servlet("main", Case.text("never"), "/*").build();
            assertThrows(ServletException.class, failing::deploy);
            ServletApplication error = app("/error").initializer((classes, context) -> {
                throw new NoClassDefFoundError("gone");
            }).build();
            assertThrows(NoClassDefFoundError.class, error::deploy);
            pair.assertHealthy();
        }
    }

    @Section("isolation: bounds")
    @Test
    default void boundsThatMakeNoSenseAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> Isolation.NONE.withQueue(1));
        assertThrows(IllegalArgumentException.class, () -> Isolation.NONE.withRequestTime(Duration.ofSeconds(1)));
        assertThrows(IllegalArgumentException.class, () -> Isolation.APART.withInFlight(-1));
        assertThrows(IllegalArgumentException.class, () -> Isolation.APART.withQueueTime(Duration.ofSeconds(-1)));
        assertEquals(7, Isolation.APART.withInFlight(7).inFlight());
        assertEquals(Duration.ofSeconds(3), Isolation.NONE.withAsyncTime(Duration.ofSeconds(3)).asyncTime());
    }
}
