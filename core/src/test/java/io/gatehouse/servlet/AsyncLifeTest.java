/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servlet 6.1 section 2.3.3.3: what an asynchronous request may do when, and how it ends with its application. */
@ExtendWith(Undeploy.class)
@Timeout(60)
final class AsyncLifeTest {

    private static final Consumer<ServletApplicationBuilder> PLAIN = builder -> {};

    private static ServletApplication app(Consumer<ServletApplicationBuilder> settings, Servlets.Action action)
            throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder()
                .servlet("a", Servlets.servlet(action), Servlets.async(), "/a/*")
                .servlet("b", Servlets.servlet((q, r) -> r.getWriter().print("b " + q.getDispatcherType())),
                        Servlets.async(), "/b/*")
                .errorPage(503, "/b/503");
        settings.accept(builder);
        return Servlets.deployed(builder);
    }

    @ParameterizedTest(name = "undeploy ends a request that waits: timeout {0} ms, flushed {1}, listener {2}")
    @CsvSource({"0, false, none", "100000, false, none", "0, true, none", "0, false, completes",
        "0, false, dispatches", "100000, false, throws"})
    void undeployEndsWaiting(long timeout, boolean flushed, String listener) throws Exception {
        Heard heard = new Heard();
        heard.onError = event -> {
            switch (listener) {
                case "completes" -> event.getAsyncContext().complete();
                case "dispatches" -> event.getAsyncContext().dispatch("/b/late");
                case "throws" -> throw new IllegalStateException("listener");
                default -> assertNotNull(event.getThrowable());
            }
        };
        ServletApplication app = app(PLAIN, (q, r) -> {
            AsyncContext context = q.startAsync();
            context.setTimeout(timeout);
            context.addListener(heard);
            if (flushed) {
                r.flushBuffer();
            }
        });
        MemoryResponse response = Call.of(app, "GET", "/a").start();
        assertFalse(response.ended());
        AppThreads threads = ((Context) app.context()).threads();
        assertFalse(app.undeploy(Duration.ZERO), "it was in flight");
        assertTrue(response.ended(), "nobody waits for an application that is gone");
        switch (listener) {
            case "completes" -> assertEquals(200, response.status());
            case "dispatches" -> assertEquals("b ASYNC", response.text());
            default -> {
                assertEquals(flushed ? 200 : 503, response.status());
                assertEquals(flushed, response.failure() != null, "what is flushed is cut");
            }
        }
        assertEquals(List.of("error the application is undeployed", "complete"), heard.calls);
        ScheduledThreadPoolExecutor timer = (ScheduledThreadPoolExecutor) threads.timer();
        assertTrue(timer.awaitTermination(20, TimeUnit.SECONDS), "no timer is left");
        assertEquals(0, timer.getQueue().size());
        assertTrue(((ExecutorService) threads.workers()).awaitTermination(20, TimeUnit.SECONDS), "no worker is left");
    }

    @Test
    @DisplayName("a timer that others share keeps nothing of an application that is gone")
    void sharedTimer() throws Exception {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
        timer.setRemoveOnCancelPolicy(true);
        try {
            ServletApplication app = app(builder -> builder.timer(timer), (q, r) -> q.startAsync().setTimeout(100_000));
            Call.of(app, "GET", "/a").start();
            assertEquals(2, timer.getQueue().size(), "expiry and timeout");
            app.undeploy(Duration.ZERO);
            assertEquals(0, timer.getQueue().size());
            assertFalse(timer.isShutdown(), "it is not ours");
        } finally {
            timer.shutdownNow();
        }
    }

    @ParameterizedTest(name = "2.3.3.3: after {0}, the request and response of the AsyncContext are out of reach")
    @CsvSource({"complete", "dispatch"})
    void closedContext(String how) throws Exception {
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        ServletApplication app = app(PLAIN, (q, r) -> {
            AsyncContext context = q.startAsync();
            kept.set(context);
            assertSame(q, context.getRequest());
            assertSame(r, context.getResponse());
            if (how.equals("complete")) {
                context.complete();
            } else {
                context.dispatch("/b");
            }
            assertThrows(IllegalStateException.class, context::getRequest);
            assertThrows(IllegalStateException.class, context::getResponse);
            assertThrows(IllegalStateException.class, context::complete);
            assertThrows(IllegalStateException.class, context::dispatch);
            assertThrows(IllegalStateException.class, () -> context.dispatch("/b"));
            assertThrows(IllegalStateException.class, () -> context.setTimeout(1));
            assertThrows(IllegalStateException.class, () -> context.addListener(new Heard()));
            assertThrows(IllegalStateException.class, () -> context.addListener(new Heard(), q, r));
            assertThrows(IllegalStateException.class, q::startAsync);
        });
        assertNull(Call.get(app, "/a").failure());
        assertThrows(IllegalStateException.class, kept.get()::getRequest);
        assertEquals(30_000, kept.get().getTimeout());
    }

    @Test
    @DisplayName("9.7: wrapped request and response go through the dispatch; the event has those of addListener")
    void wrapped() throws Exception {
        List<Object> supplied = Collections.synchronizedList(new ArrayList<>());
        ServletApplication app = app(PLAIN, (q, r) -> {
            if (q.getDispatcherType() == DispatcherType.ASYNC) {
                r.getWriter().print(q.getParameter("a") + q.getClass().getSimpleName().isEmpty());
                return;
            }
            HttpServletRequestWrapper request = new HttpServletRequestWrapper(q) {
                @Override
                public String getParameter(String name) {
                    return "wrapped ";
                }
            };
            HttpServletResponse response = new HttpServletResponseWrapper(r);
            AsyncContext context = q.startAsync(request, response);
            assertFalse(context.hasOriginalRequestAndResponse());
            Heard heard = new Heard();
            context.addListener(heard, request, response);
            heard.onComplete = event -> {
                supplied.add(event.getSuppliedRequest());
                supplied.add(event.getSuppliedResponse());
                assertSame(request, event.getSuppliedRequest());
                assertSame(context, event.getAsyncContext());
            };
            context.dispatch();
        });
        assertEquals("wrapped true", Call.get(app, "/a?a=1").text());
        assertEquals(2, supplied.size());
    }

    @ParameterizedTest(name = "9.7: dispatch() to {0} comes back to the very same path and query")
    @CsvSource({"/a, /a, null, null", "/a/x%20y, /a, /x y, null", "/a/%25, /a, /%, null",
        "/a/x?q=1&q=2, /a, /x, q=1&q=2",
        "/a/%3Bx, /a, /;x, null", "/a/%C3%BC?%3D, /a, /ü, %3D"})
    void dispatchBack(String target, String servletPath, String info, String query) throws Exception {
        ServletApplication app = app(PLAIN, (q, r) -> {
            if (q.getDispatcherType() == DispatcherType.REQUEST) {
                q.startAsync().dispatch();
                return;
            }
            r.setCharacterEncoding("UTF-8");
            r.getWriter().print(q.getServletPath() + ", " + q.getPathInfo() + ", " + q.getQueryString() + " "
                    + (q.getParameterValues("q") == null ? 0 : q.getParameterValues("q").length));
        });
        int values = target.contains("q=1") ? 2 : 0;
        assertEquals(servletPath + ", " + info + ", " + query + " " + values, Call.get(app, target).text());
    }

    @Test
    @DisplayName("9.7, 10.10: dispatch() of a welcome file comes back to it")
    void dispatchWelcome(@TempDir Path root) throws Exception {
        Files.createDirectory(root.resolve("d"));
        ServletApplication app = app(builder -> builder.resources(Resources.directory(root))
                .welcomeFiles("hello.do").servlet("w", Servlets.servlet((q, r) -> {
                    if (q.getDispatcherType() == DispatcherType.REQUEST) {
                        q.startAsync().dispatch();
                    } else {
                        r.getWriter().print("welcome " + q.getServletPath());
                    }
                }), Servlets.async(), "*.do"), (q, r) -> {});
        assertEquals("welcome /d/hello.do", Call.get(app, "/d/").text());
    }

    @Test
    @DisplayName("createListener: the factory gets it back when the request is over, not when the application is")
    void listenersAreGivenBack() throws Exception {
        List<Object> given = Collections.synchronizedList(new ArrayList<>());
        ComponentFactory counting = new ComponentFactory() {
            @Override
            public <T> T create(Class<T> type) throws Exception {
                return type.getConstructor().newInstance();
            }

            @Override
            public void destroy(Object component) {
                given.add(component);
            }
        };
        AtomicReference<Heard> made = new AtomicReference<>();
        ServletApplication app = app(builder -> builder.components(counting), (q, r) -> {
            AsyncContext context = q.startAsync();
            Heard heard = context.createListener(Heard.class);
            made.set(heard);
            context.addListener(heard);
            context.complete();
            assertEquals(List.of(), given);
        });
        assertEquals(200, Call.get(app, "/a").status());
        assertEquals(List.of(made.get()), given);
        assertEquals(List.of("complete"), made.get().calls);
    }

    @Test
    @DisplayName("an executor that refuses does not lose the request: it is cut, and its listeners hear the end")
    void refusedWork() throws Exception {
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        Heard heard = new Heard();
        ServletApplication app = app(builder -> builder.workers(work -> {
            throw new RejectedExecutionException("full");
        }), (q, r) -> {
            kept.set(q.startAsync());
            kept.get().addListener(heard);
        });
        MemoryResponse response = Call.of(app, "GET", "/a").start();
        assertThrows(RejectedExecutionException.class, () -> kept.get().start(() -> {}));
        assertFalse(response.ended(), "refused work is the application's to handle");
        kept.get().dispatch("/b");
        assertNotNull(response.await().failure());
        assertEquals(List.of("complete"), heard.calls);
        assertTrue(app.undeploy(Duration.ofSeconds(10)));
    }

    @Test
    @DisplayName("an executor that runs work on the caller's thread works as well")
    void inlineExecutor() throws Exception {
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        Consumer<ServletApplicationBuilder> inline = builder -> builder.workers(Runnable::run);
        ServletApplication app = app(inline, (q, r) -> {
            AsyncContext context = q.startAsync();
            kept.set(context);
            r.getOutputStream().setWriteListener(new Written("hello", r.getOutputStream(), context::complete));
        });
        assertEquals("hello", Call.get(app, "/a").text());
        ServletApplication dispatching = app(inline, (q, r) -> kept.set(q.startAsync()));
        MemoryResponse response = Call.of(dispatching, "GET", "/a").start();
        kept.get().dispatch("/b");
        assertTrue(response.ended());
        assertEquals("b ASYNC", response.text());
    }

    @Test
    @DisplayName("a peer that leaves while the dispatch still runs is heard of when it returns")
    void goneBeforeReturn() throws Exception {
        Heard heard = new Heard();
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch left = new CountDownLatch(1);
        AtomicReference<AsyncContext> again = new AtomicReference<>();
        ServletApplication app = app(PLAIN, (q, r) -> {
            if (q.getDispatcherType() == DispatcherType.REQUEST) {
                again.set(q.startAsync());
                started.countDown();
            } else {
                AsyncContext context = q.startAsync();
                context.setTimeout(0);
                context.addListener(heard);
                left.await();
            }
        });
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            MemoryResponse response = Call.of(app, "GET", "/a").start();
            started.await();
            again.get().dispatch();
            response.request.disconnect();
            left.countDown();
            assertNotNull(response.await().failure());
            assertEquals(List.of("error the peer is gone", "complete"), heard.calls);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @DisplayName("2.3.3.3: sendError in a round that then dispatches shows the error's page")
    void errorThenDispatch() throws Exception {
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        ServletApplication app = app(PLAIN, (q, r) -> kept.set(q.startAsync()));
        MemoryResponse response = Call.of(app, "GET", "/a").start();
        ((HttpServletResponse) kept.get().getResponse()).sendError(503);
        kept.get().dispatch("/b");
        assertEquals(503, response.await().status());
        assertEquals("b ERROR", response.text());
    }
}
