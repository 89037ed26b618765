/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 2.3.3.3: who wins when several ends of an asynchronous request race. */
@ExtendWith(Undeploy.class)
@Timeout(60)
final class AsyncTableTest {

    private static final String[] ENDS = {"complete", "dispatch", "gone", "error", "write", "undeploy"};

    /** One request that waits, and what is done to it from several threads at once. */
    private static final class Race {
        final AtomicReference<AsyncContext> context = new AtomicReference<>();
        final AtomicInteger completes = new AtomicInteger();
        final AtomicInteger dispatched = new AtomicInteger();
        final List<String> heard = Collections.synchronizedList(new ArrayList<>());
        final ServletApplication app;
        final MemoryResponse response;

        Race() throws Exception {
            app = Servlets.deployed(ServletApplication.builder()
                    .servlet("a", Servlets.servlet((q, r) -> {
                        if (q.getDispatcherType() == DispatcherType.ASYNC) {
                            dispatched.incrementAndGet();
                            r.getWriter().print("again");
                            return;
                        }
                        AsyncContext started = q.startAsync();
                        started.setTimeout(0);
                        Heard listener = new Heard();
                        listener.onComplete = event -> completes.incrementAndGet();
                        listener.onError = event -> heard.add("error");
                        started.addListener(listener);
                        context.set(started);
                    }), Servlets.async(), "/*"));
            response = Call.of(app, "GET", "/").start();
        }

        /** Whether the application was told that its call counted. */
        boolean run(String end) {
            try {
                switch (end) {
                    case "complete" -> context.get().complete();
                    case "dispatch" -> context.get().dispatch();
                    case "gone" -> response.request.disconnect();
                    case "error" -> ((HttpServletResponse) context.get().getResponse()).sendError(599);
                    case "write" -> context.get().getResponse().getWriter().print("text");
                    default -> app.undeploy(Duration.ofSeconds(20));
                }
                return true;
            } catch (IllegalStateException e) {
                return false;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @ParameterizedTest(name = "{0} races {1}: the request ends once, every listener hears it once")
    @CsvSource({"complete, complete", "complete, dispatch", "dispatch, dispatch", "complete, gone", "dispatch, gone",
        "complete, undeploy", "dispatch, undeploy", "gone, undeploy"})
    void pairs(String first, String second) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int i = 0; i < 40; i++) {
                Race race = new Race();
                CyclicBarrier gate = new CyclicBarrier(2);
                Future<Boolean> one = threads.submit(() -> {
                    gate.await();
                    return race.run(first);
                });
                Future<Boolean> other = threads.submit(() -> {
                    gate.await();
                    return race.run(second);
                });
                boolean firstCounted = one.get();
                boolean secondCounted = other.get();
                race.response.await();
                assertTrue(firstCounted || secondCounted);
                assertEquals(1, race.completes.get(), "onComplete");
                if (!first.equals("gone") && !second.equals("gone") && !second.equals("undeploy")) {
                    assertTrue(firstCounted ^ secondCounted, "the second of two is told that it came too late");
                }
                boolean dispatches = first.equals("dispatch") && firstCounted
                        || second.equals("dispatch") && secondCounted;
                assertEquals(dispatches ? 1 : 0, race.dispatched.get());
                assertTrue(race.app.undeploy(Duration.ofSeconds(20)), "nothing is in flight any more");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest(name = "random interleavings of three ends, seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void random(long seed) throws Exception {
        Random random = new Random(seed);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (int i = 0; i < 60; i++) {
                Race race = new Race();
                CyclicBarrier gate = new CyclicBarrier(3);
                List<Future<Boolean>> ends = new ArrayList<>();
                StringBuilder story = new StringBuilder();
                for (int j = 0; j < 3; j++) {
                    String end = ENDS[random.nextInt(3)];
                    story.append(end).append(' ');
                    int spin = random.nextInt(200);
                    ends.add(threads.submit(() -> {
                        gate.await();
                        for (int k = 0; k < spin; k++) {
                            Thread.onSpinWait();
                        }
                        return race.run(end);
                    }));
                }
                for (Future<Boolean> end : ends) {
                    end.get();
                }
                race.response.await();
                assertEquals(1, race.completes.get(), story.toString());
                assertTrue(race.heard.size() <= 1, story.toString());
                assertTrue(race.app.undeploy(Duration.ofSeconds(20)), story.toString());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest(name = "one thread: {0} then complete gives {1} \"{2}\"")
    @CsvSource({"write, 200, text", "error, 599, ''", "none, 200, ''"})
    void sequences(String before, int status, String text) throws Exception {
        Race race = new Race();
        if (!before.equals("none")) {
            assertTrue(race.run(before));
        }
        assertTrue(race.run("complete"));
        race.response.await();
        assertEquals(status, race.response.status());
        if (status == 200) {
            assertEquals(text, race.response.text());
        }
        for (String late : ENDS) {
            assertEquals(late.equals("gone") || late.equals("undeploy"), race.run(late), late + " comes too late");
        }
        assertEquals(1, race.completes.get());
    }

    private static int rounds(ServletApplication app, int wanted) throws Exception {
        MemoryResponse got = Call.get(app, "/?rounds=" + wanted);
        assertEquals(200, got.status());
        return Integer.parseInt(got.text());
    }

    @Test
    @DisplayName("2.3.3.3: start and dispatch again and again, from inside and from a worker")
    void manyRounds() throws Exception {
        AtomicInteger starts = new AtomicInteger();
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    Integer round = (Integer) q.getAttribute("round");
                    int next = round == null ? 1 : round + 1;
                    if (next > Integer.parseInt(q.getParameter("rounds"))) {
                        r.getWriter().print(next - 1);
                        return;
                    }
                    q.setAttribute("round", next);
                    AsyncContext context = q.startAsync();
                    Heard heard = new Heard();
                    heard.onComplete = event -> starts.set(-1000);
                    context.addListener(heard);
                    starts.incrementAndGet();
                    if (next % 2 == 0) {
                        context.dispatch();
                    } else {
                        context.start(context::dispatch);
                    }
                }), Servlets.async(), "/*"));
        for (int wanted : List.of(0, 1, 2, 7)) {
            starts.set(0);
            assertEquals(wanted, rounds(app, wanted));
            assertEquals(wanted == 0 ? 0 : -1000, starts.get(), "the last round's listener hears the end");
        }
        assertEquals(1_000, rounds(app, 1_000), "no stack grows");
    }
}
