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
import jakarta.servlet.ReadListener;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;

/** Servlet 6.1 sections 2.3.3.3 and 9.7: asynchronous processing. */
@ExtendWith(Undeploy.class)
@Timeout(60)
final class AsyncTest {

    private static ServletApplication app(Servlets.Action action) throws Exception {
        return Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet(action), Servlets.async(), "/a/*")
                .servlet("b", Servlets.servlet((q, r) -> r.getWriter().print(q.getDispatcherType() + " "
                        + q.getRequestURI() + " " + q.getAttribute(AsyncContext.ASYNC_REQUEST_URI) + " "
                        + q.isAsyncStarted() + " " + q.getParameter("x"))), Servlets.async(), "/b/*")
                .errorPage(599, "/b/page"));
    }

    @Test
    @DisplayName("complete from another thread ends the response")
    void completeLater() throws Exception {
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        Heard heard = new Heard();
        ServletApplication app = app((q, r) -> {
            assertTrue(q.isAsyncSupported());
            assertFalse(q.isAsyncStarted());
            AsyncContext context = q.startAsync();
            context.addListener(heard);
            assertTrue(q.isAsyncStarted());
            assertSame(context, q.getAsyncContext());
            assertTrue(context.hasOriginalRequestAndResponse());
            assertEquals(30_000, context.getTimeout());
            r.getWriter().print("now ");
            kept.set(context);
        });
        MemoryResponse response = Call.of(app, "GET", "/a").start();
        assertFalse(response.ended());
        assertEquals(List.of(), heard.calls);
        kept.get().getResponse().getWriter().print("later");
        kept.get().complete();
        assertEquals("now later", response.await().text());
        assertEquals(List.of("complete"), heard.calls);
        assertThrows(IllegalStateException.class, () -> kept.get().complete());
        assertThrows(IllegalStateException.class, () -> kept.get().dispatch());
        assertThrows(IllegalStateException.class, () -> kept.get().setTimeout(1));
        assertThrows(IllegalStateException.class, () -> kept.get().addListener(heard));
    }

    @Test
    @DisplayName("complete inside of the dispatch waits for its return")
    void completeInside() throws Exception {
        Heard heard = new Heard();
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.addListener(heard);
            context.complete();
            assertTrue(q.isAsyncStarted());
            assertEquals(List.of(), heard.calls);
            r.getWriter().print("still");
            assertThrows(IllegalStateException.class, q::startAsync);
        });
        assertEquals("still", Call.get(app, "/a").text());
        assertEquals(List.of("complete"), heard.calls);
    }

    @Test
    @DisplayName("9.7: dispatch to a path, with attributes of the original one, and with a query")
    void dispatchToPath() throws Exception {
        ServletApplication app = app((q, r) -> q.startAsync().dispatch("/b/c?x=2"));
        assertEquals("ASYNC /b/c /a/1 false 2", Call.get(app, "/a/1?x=1").text());
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        ServletApplication later = app((q, r) -> kept.set(q.startAsync()));
        MemoryResponse response = Call.of(later, "GET", "/a/1?x=1").start();
        assertFalse(response.ended());
        kept.get().dispatch("/b/d");
        assertEquals("ASYNC /b/d /a/1 false 1", response.await().text());
        ServletApplication nowhere = app((q, r) ->
                assertThrows(IllegalArgumentException.class, () -> q.startAsync().dispatch("nowhere")));
        MemoryResponse open = Call.of(nowhere, "GET", "/a").start();
        assertFalse(open.ended());
    }

    @Test
    @DisplayName("9.7: dispatch without a path goes to the request's own")
    void dispatchAgain() throws Exception {
        Heard heard = new Heard();
        ServletApplication app = app((q, r) -> {
            Integer round = (Integer) q.getAttribute("round");
            if (round == null) {
                q.setAttribute("round", 1);
                AsyncContext context = q.startAsync();
                context.addListener(heard);
                context.dispatch();
            } else if (round == 1) {
                assertEquals(DispatcherType.ASYNC, q.getDispatcherType());
                q.setAttribute("round", 2);
                q.startAsync(q, r).dispatch();
            } else {
                r.getWriter().print(q.getDispatcherType() + q.getRequestURI() + q.getQueryString());
            }
        });
        assertEquals("ASYNC/a/1x=1", Call.get(app, "/a/1?x=1").text());
        assertEquals(List.of("start"), heard.calls, "a listener of an earlier round hears of the next start");
    }

    @Test
    @DisplayName("9.7: after a forward, startAsync() goes to the original path, startAsync(q, r) to the forwarded one")
    void dispatchAfterForward() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    if (q.getDispatcherType() == DispatcherType.ASYNC) {
                        r.getWriter().print("a");
                    } else {
                        q.getRequestDispatcher("/b").forward(q, r);
                    }
                }), Servlets.async(), "/a")
                .servlet("b", Servlets.servlet((q, r) -> {
                    if (q.getDispatcherType() == DispatcherType.ASYNC) {
                        r.getWriter().print("b");
                    } else if (q.getParameter("named") == null) {
                        q.startAsync().dispatch();
                    } else {
                        q.startAsync(q, r).dispatch();
                    }
                }), Servlets.async(), "/b"));
        assertEquals("a", Call.get(app, "/a").text());
        assertEquals("b", Call.get(app, "/a?named").text());
    }

    @Test
    @DisplayName("start runs work on a thread of the container's, with the application's class loader")
    void startWork() throws Exception {
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            Thread caller = Thread.currentThread();
            context.start(() -> {
                try {
                    assertFalse(caller == Thread.currentThread());
                    assertSame(q.getServletContext().getClassLoader(),
                            Thread.currentThread().getContextClassLoader());
                    r.getWriter().print("worked");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                context.complete();
            });
        });
        assertEquals("worked", Call.get(app, "/a").text());
    }

    @Test
    @DisplayName("a timeout is told to the listeners; if none ends it, a 500 does")
    void timeout() throws Exception {
        Heard heard = new Heard();
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.setTimeout(1);
            assertEquals(1, context.getTimeout());
            context.addListener(heard);
        });
        MemoryResponse got = Call.get(app, "/a");
        assertEquals(500, got.status());
        assertEquals(List.of("timeout", "complete"), heard.calls);
    }

    @Test
    @DisplayName("a listener can end a timeout by complete or dispatch")
    void timeoutHandled() throws Exception {
        Heard completing = new Heard();
        completing.onTimeout = event -> {
            try {
                ((HttpServletResponse) event.getSuppliedResponse()).setStatus(503);
                event.getSuppliedResponse().getWriter().print("slow");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            event.getAsyncContext().complete();
        };
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.setTimeout(1);
            context.addListener(completing, q, r);
        });
        MemoryResponse got = Call.get(app, "/a");
        assertEquals(503, got.status());
        assertEquals("slow", got.text());
        Heard dispatching = new Heard();
        dispatching.onTimeout = event -> event.getAsyncContext().dispatch("/b/late");
        ServletApplication other = app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.setTimeout(1);
            context.addListener(dispatching);
        });
        assertEquals("ASYNC /b/late /a false null", Call.get(other, "/a").text());
        assertEquals(List.of("timeout", "complete"), dispatching.calls);
    }

    @Test
    @DisplayName("an exception after startAsync is told to the listeners, then answered")
    void error() throws Exception {
        Heard heard = new Heard();
        ServletApplication app = app((q, r) -> {
            q.startAsync().addListener(heard);
            throw new IllegalStateException("inside");
        });
        assertEquals(500, Call.get(app, "/a").status());
        assertEquals(List.of("error inside", "complete"), heard.calls);
        Heard handling = new Heard();
        handling.onError = event -> event.getAsyncContext().dispatch("/b/handled");
        ServletApplication other = app((q, r) -> {
            q.startAsync().addListener(handling);
            throw new IllegalStateException("inside");
        });
        assertEquals("ASYNC /b/handled /a false null", Call.get(other, "/a").text());
    }

    @Test
    @DisplayName("an exception after complete is answered all the same")
    void errorAfterComplete() throws Exception {
        ServletApplication app = app((q, r) -> {
            q.startAsync().complete();
            throw new IllegalStateException("inside");
        });
        assertEquals(500, Call.get(app, "/a").status());
    }

    @Test
    @DisplayName("sendError from another thread goes to the error page at complete")
    void sendErrorLater() throws Exception {
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        ServletApplication app = app((q, r) -> kept.set(q.startAsync()));
        MemoryResponse response = Call.of(app, "GET", "/a").start();
        ((HttpServletResponse) kept.get().getResponse()).sendError(599);
        kept.get().complete();
        assertEquals("ERROR /b/page null false null", response.await().text());
        assertEquals(599, response.status());
        ServletApplication inside = app((q, r) -> {
            q.startAsync();
            r.sendError(599);
        });
        assertEquals(599, Call.get(inside, "/a").status());
    }

    @Test
    @DisplayName("a listener that throws does not keep the others from hearing")
    void listenerThrows() throws Exception {
        Heard good = new Heard();
        Heard bad = new Heard();
        bad.onTimeout = event -> {
            throw new IllegalStateException("listener");
        };
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.setTimeout(1);
            context.addListener(bad);
            context.addListener(good);
        });
        assertEquals(500, Call.get(app, "/a").status());
        assertEquals(List.of("timeout", "complete"), good.calls);
    }

    @Test
    @DisplayName("where a filter or servlet does not support it, startAsync is refused")
    void unsupported() throws Exception {
        ServletApplication servlet = Servlets.app((q, r) -> {});
        assertEquals(200, Call.get(servlet, "/").status());
        Servlets.Action refused = (q, r) -> {
            assertFalse(q.isAsyncSupported());
            r.getWriter().print(assertThrows(IllegalStateException.class, q::startAsync).getMessage());
        };
        ServletApplication plain = Servlets.deployed(ServletApplication.builder()
                .servlet("s", Servlets.servlet(refused), "/*"));
        assertTrue(Call.get(plain, "/").text().contains("asyncSupported"));
        ServletApplication filtered = Servlets.deployed(ServletApplication.builder()
                .filter(Servlets.filter((q, r, chain) -> chain.doFilter(q, r)), "/*")
                .servlet("s", Servlets.servlet(refused), Servlets.async(), "/*"));
        assertTrue(Call.get(filtered, "/").text().contains("asyncSupported"));
    }

    @Test
    @DisplayName("startAsync after the response is closed, getAsyncContext before startAsync")
    void wrongTimes() throws Exception {
        ServletApplication app = app((q, r) -> {
            assertThrows(IllegalStateException.class, q::getAsyncContext);
            assertThrows(IllegalStateException.class, () -> r.getOutputStream().setWriteListener(
                    Mockito.mock(WriteListener.class)));
            assertThrows(IllegalStateException.class, () -> q.getInputStream().setReadListener(
                    Mockito.mock(ReadListener.class)));
            r.getOutputStream().close();
            assertThrows(IllegalStateException.class, q::startAsync);
        });
        MemoryResponse got = Call.get(app, "/a");
        assertEquals(200, got.status());
        assertNull(got.failure());
    }

    @Test
    @DisplayName("a peer that leaves is told to the listeners, and the request ends")
    void peerLeaves() throws Exception {
        Heard heard = new Heard();
        CountDownLatch started = new CountDownLatch(1);
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.setTimeout(0);
            context.addListener(heard);
            started.countDown();
        });
        MemoryResponse response = Call.of(app, "GET", "/a").start();
        started.await();
        while (!response.request.watched()) {
            Thread.onSpinWait();
        }
        response.request.disconnect();
        assertNotNull(response.await().failure());
        assertEquals(List.of("error the peer is gone", "complete"), heard.calls);
        assertTrue(app.undeploy(Duration.ofSeconds(10)));
    }

    @Test
    @DisplayName("of complete and a timeout that race, one ends the request, exactly once")
    void race() throws Exception {
        for (int i = 0; i < 100; i++) {
            AtomicReference<AsyncContext> kept = new AtomicReference<>();
            Heard heard = new Heard();
            ServletApplication app = shared(kept, heard);
            MemoryResponse response = Call.of(app, "GET", "/a").start();
            try {
                kept.get().complete();
            } catch (IllegalStateException e) {
                // The timeout was first.
                assertTrue(e.getMessage().contains("asynchronous"));
            }
            response.await();
            assertEquals(1, heard.calls.stream().filter("complete"::equals).count());
            app.undeploy(Duration.ofSeconds(10));
        }
    }

    private static ServletApplication shared(AtomicReference<AsyncContext> kept, Heard heard) throws Exception {
        return app((q, r) -> {
            AsyncContext context = q.startAsync();
            context.setTimeout(1);
            context.addListener(heard);
            kept.set(context);
        });
    }

    @Test
    @DisplayName("createListener uses the component factory")
    void createListener() throws Exception {
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            assertNotNull(context.createListener(Heard.class));
            context.complete();
        });
        assertEquals(200, Call.get(app, "/a").status());
    }
}
