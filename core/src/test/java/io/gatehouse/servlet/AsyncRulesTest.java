/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 sections 2.3.3.3 and 9.7: what may be called when, and who is told of what. */
@ExtendWith(Undeploy.class)
@Timeout(60)
final class AsyncRulesTest {

    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    /** Writes down what it hears. */
    private final class Hearing implements AsyncListener {
        private final String name;

        Hearing(String name) {
            this.name = name;
        }

        private void note(String what, AsyncEvent event) {
            heard.add(name + " " + what);
            assertNotNull(event.getAsyncContext());
        }

        @Override
        public void onComplete(AsyncEvent event) {
            note("complete", event);
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            note("timeout", event);
        }

        @Override
        public void onError(AsyncEvent event) {
            note("error " + event.getThrowable().getMessage(), event);
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            note("start", event);
        }
    }

    @Test
    @DisplayName("before startAsync there is no context; after it there is one, until it is dispatched or complete")
    void lifeOfAContext() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertTrue(q.isAsyncSupported());
            if (q.getDispatcherType() == DispatcherType.ASYNC) {
                assertFalse(q.isAsyncStarted());
                assertNotNull(q.getAsyncContext(), "the one that dispatched here");
                return;
            }
            assertFalse(q.isAsyncStarted());
            assertThrows(IllegalStateException.class, q::getAsyncContext);
            AsyncContext context = q.startAsync();
            assertTrue(q.isAsyncStarted());
            assertSame(context, q.getAsyncContext());
            assertSame(q, context.getRequest());
            assertSame(r, context.getResponse());
            assertTrue(context.hasOriginalRequestAndResponse());
            assertThrows(IllegalStateException.class, q::startAsync, "once in a dispatch");
            context.dispatch("/again");
            assertTrue(q.isAsyncStarted());
            assertThrows(IllegalStateException.class, context::complete);
            assertThrows(IllegalStateException.class, context::dispatch);
            assertThrows(IllegalStateException.class, () -> context.dispatch("/"));
            assertThrows(IllegalStateException.class, context::getRequest);
            assertThrows(IllegalStateException.class, context::getResponse);
            assertThrows(IllegalStateException.class, () -> context.setTimeout(1));
            assertThrows(IllegalStateException.class, () -> context.addListener(new Hearing("late")));
        });
        MemoryResponse got = Call.get(app, "/");
        assertEquals(200, got.status(), got.text());
    }

    @Test
    @DisplayName("after complete everything but looking is refused, from inside and from another thread")
    void afterComplete() throws Exception {
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            kept.set(context);
            r.getWriter().print("done");
            context.complete();
            assertTrue(q.isAsyncStarted());
            assertThrows(IllegalStateException.class, context::complete);
            assertThrows(IllegalStateException.class, () -> context.dispatch("/"));
            assertThrows(IllegalStateException.class, q::startAsync);
        });
        assertEquals("done", Call.get(app, "/").text());
        assertThrows(IllegalStateException.class, () -> kept.get().complete());
        assertThrows(IllegalStateException.class, () -> kept.get().getRequest());
        assertEquals(30_000, kept.get().getTimeout());
    }

    @Test
    @DisplayName("a dispatch to nowhere or to another context is refused, and the round stays open")
    void wrongTargets() throws Exception {
        ServletApplication other = Servlets.app((q, r) -> {});
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("s", Servlets.servlet((q, r) -> {
                    AsyncContext context = q.startAsync();
                    assertThrows(IllegalArgumentException.class, () -> context.dispatch("relative"));
                    assertThrows(IllegalArgumentException.class, () -> context.dispatch("/../x"));
                    assertThrows(IllegalArgumentException.class, () -> context.dispatch(other.context(), "/"));
                    assertTrue(q.isAsyncStarted());
                    context.dispatch(q.getServletContext(), "/there");
                }), Servlets.async(), "/s")
                .servlet("there", Servlets.servlet((q, r) -> r.getWriter().print("there")), Servlets.async(), "/there"));
        assertEquals("there", Call.get(app, "/s").text());
    }

    @ParameterizedTest(name = "filter supports it: {0}, servlet: {1}")
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void supported(boolean filter, boolean servlet) throws Exception {
        boolean both = filter && servlet;
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("f", Servlets.filter((q, r, chain) -> {
                    assertEquals(filter, q.isAsyncSupported());
                    chain.doFilter(q, r);
                    assertEquals(filter, q.isAsyncSupported());
                }), f -> {
                    f.setAsyncSupported(filter);
                    f.addMappingForUrlPatterns(null, true, "/*");
                })
                .servlet("s", Servlets.servlet((q, r) -> {
                    assertEquals(both, q.isAsyncSupported());
                    if (both) {
                        q.startAsync().complete();
                    } else {
                        IllegalStateException e = assertThrows(IllegalStateException.class, q::startAsync);
                        assertTrue(e.getMessage().contains("asyncSupported"), e.getMessage());
                    }
                    r.getWriter().print("fine");
                }), s -> s.setAsyncSupported(servlet), "/*"));
        assertEquals("fine", Call.get(app, "/").text());
    }

    @Test
    @DisplayName("listeners hear in order, each round those of the rounds before hear of the next start")
    void rounds() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            int round = q.getAttribute("round") == null ? 1 : 1 + (Integer) q.getAttribute("round");
            q.setAttribute("round", round);
            AsyncContext context = q.startAsync();
            context.addListener(new Hearing(round + "a"));
            context.addListener(new Hearing(round + "b"));
            if (round < 3) {
                context.dispatch();
            } else {
                context.complete();
            }
        });
        Call.get(app, "/");
        assertEquals(List.of("1a start", "1b start", "2a start", "2b start", "3a complete", "3b complete"), heard);
    }

    @Test
    @DisplayName("an event has the request and response that its listener was added with, else none of its own")
    void eventContents() throws Exception {
        List<Object> seen = new ArrayList<>();
        AtomicReference<List<Object>> expected = new AtomicReference<>();
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.addListener(new AsyncListener() {
                @Override
                public void onComplete(AsyncEvent event) {
                    seen.add(event.getSuppliedRequest());
                    seen.add(event.getSuppliedResponse());
                    seen.add(event.getAsyncContext());
                    assertNull(event.getThrowable());
                }

                @Override
                public void onTimeout(AsyncEvent event) {}

                @Override
                public void onError(AsyncEvent event) {}

                @Override
                public void onStartAsync(AsyncEvent event) {}
            }, q, r);
            expected.set(List.of(q, r, context));
            context.complete();
        });
        Call.get(app, "/");
        assertEquals(expected.get(), seen);
    }

    @ParameterizedTest
    @ValueSource(strings = {"servlet", "io", "runtime", "error"})
    @DisplayName("an exception after startAsync: the listeners hear it itself, then the error page, then complete")
    void exceptions(String kind) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().errorPage("/page")
                .servlet("s", Servlets.servlet((q, r) -> {
                    q.startAsync().addListener(new Hearing("l"));
                    switch (kind) {
                        case "servlet" -> throw new ServletException("thrown");
                        case "io" -> throw new IOException("thrown");
                        case "runtime" -> throw new IllegalStateException("thrown");
                        default -> throw new StackOverflowError("thrown");
                    }
                }), Servlets.async(), "/s")
                .servlet("page", Servlets.servlet((q, r) -> {
                    heard.add("page");
                    r.getWriter().print("sorry");
                }), "/page"));
        MemoryResponse got = Call.get(app, "/s");
        assertEquals(500, got.status());
        assertEquals("sorry", got.text());
        assertEquals(List.of("l error thrown", "page", "l complete"), heard);
    }

    @Test
    @DisplayName("a listener that dispatches or completes in onError spares the error page")
    void rescued() throws Exception {
        for (boolean dispatch : new boolean[] {true, false}) {
            ServletApplication app = Servlets.deployed(ServletApplication.builder()
                    .servlet("s", Servlets.servlet((q, r) -> {
                        q.startAsync().addListener(new AsyncListener() {
                            @Override
                            public void onComplete(AsyncEvent event) {}

                            @Override
                            public void onTimeout(AsyncEvent event) {}

                            @Override
                            public void onError(AsyncEvent event) throws IOException {
                                AsyncContext context = event.getAsyncContext();
                                if (dispatch) {
                                    context.dispatch("/rescue");
                                } else {
                                    context.getResponse().getWriter().print("rescued");
                                    context.complete();
                                }
                            }

                            @Override
                            public void onStartAsync(AsyncEvent event) {}
                        });
                        throw new IllegalStateException("in trouble");
                    }), Servlets.async(), "/s")
                    .servlet("rescue", Servlets.servlet((q, r) -> r.getWriter().print("rescued")), Servlets.async(),
                            "/rescue"));
            MemoryResponse got = Call.get(app, "/s");
            assertEquals("rescued", got.text(), "dispatch " + dispatch);
            assertEquals(200, got.status());
        }
    }

    @Test
    @DisplayName("a timeout: the listeners hear, then 500 unless one of them ends it; 0 and less is never")
    void timeouts() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            assertEquals(30_000, context.getTimeout());
            context.setTimeout(1);
            assertEquals(1, context.getTimeout());
            context.addListener(new Hearing("l"));
        });
        MemoryResponse got = Call.get(app, "/");
        assertEquals(500, got.status());
        assertEquals(List.of("l timeout", "l complete"), heard);
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        ServletApplication endless = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.setTimeout(q.getQueryString() == null ? 0 : -1);
            kept.set(context);
        });
        for (String target : List.of("/", "/?below")) {
            MemoryResponse waiting = Call.of(endless, "GET", target).start();
            assertFalse(waiting.ended());
            kept.get().complete();
            assertEquals(200, waiting.await().status());
        }
    }

    @Test
    @DisplayName("start: on another thread, where the request is still in asynchronous mode; what it throws ends nothing")
    void start() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        CountDownLatch thrown = new CountDownLatch(1);
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.start(() -> {
                thrown.countDown();
                throw new IllegalStateException("only logged");
            });
            context.start(() -> {
                try {
                    assertTrue(thrown.await(30, TimeUnit.SECONDS));
                    context.getResponse().getWriter().print("from a thread");
                    ran.complete(Thread.currentThread());
                } catch (Exception e) {
                    ran.completeExceptionally(e);
                }
                context.complete();
            });
        });
        assertEquals("from a thread", Call.get(app, "/").text());
        assertNotSame(Thread.currentThread(), ran.get());
    }

    @Test
    @DisplayName("attributes, parameters and the body's rest are there in the next round")
    void stateStays() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            if (q.getDispatcherType() == DispatcherType.REQUEST) {
                q.setAttribute("a", 1);
                assertEquals('b', q.getInputStream().read());
                r.setHeader("X-First", "1");
                r.getWriter().print("first ");
                q.startAsync().dispatch("/next?n=2");
                return;
            }
            assertEquals(1, q.getAttribute("a"));
            assertEquals("1", q.getParameter("m"));
            assertEquals("2", q.getParameter("n"));
            assertEquals("ody", new String(q.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII));
            assertEquals("/next", q.getRequestURI());
            assertEquals("/first", q.getAttribute(AsyncContext.ASYNC_REQUEST_URI));
            assertEquals("m=1", q.getAttribute(AsyncContext.ASYNC_QUERY_STRING));
            assertEquals("", q.getAttribute(AsyncContext.ASYNC_CONTEXT_PATH));
            assertNotNull(q.getAttribute(AsyncContext.ASYNC_MAPPING));
            r.getWriter().print("second");
        });
        MemoryResponse got = Call.of(app, "POST", "/first?m=1").body("body").send();
        assertEquals("first second", got.text());
        assertEquals("1", got.header("X-First"));
    }

    @Test
    @DisplayName("createListener: one that can't be made is a ServletException")
    void createListener() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            assertThrows(ServletException.class, () -> context.createListener(Hearing.class));
            context.complete();
        });
        assertEquals(200, Call.get(app, "/").status());
    }

    @Test
    @DisplayName("sendError in asynchronous mode is answered by its page when the request is completed")
    void sendError() throws Exception {
        AtomicReference<HttpServletRequest> request = new AtomicReference<>();
        AtomicReference<HttpServletResponse> response = new AtomicReference<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().errorPage(418, "/page")
                .servlet("s", Servlets.servlet((q, r) -> {
                    q.startAsync().setTimeout(0);
                    request.set(q);
                    response.set(r);
                }), Servlets.async(), "/s")
                .servlet("page", Servlets.text("teapot"), "/page"));
        MemoryResponse waiting = Call.of(app, "GET", "/s").start();
        response.get().sendError(418);
        assertFalse(waiting.ended());
        request.get().getAsyncContext().complete();
        waiting.await();
        assertEquals(418, waiting.status());
        assertEquals("teapot", waiting.text());
    }
}
