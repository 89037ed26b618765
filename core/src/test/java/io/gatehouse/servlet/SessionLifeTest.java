/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionAttributeListener;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EventListener;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.InOrder;
import org.mockito.Mockito;

/** Servlet 6.1 chapter 7: how long sessions live, and who hears of it. */
@ExtendWith(Undeploy.class)
@Timeout(60)
final class SessionLifeTest {

    private final TestClock clock = new TestClock();

    private ServletApplication app(Servlets.Action action, EventListener... listeners) throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder().clock(clock)
                .servlet("s", Servlets.servlet(action), Servlets.async(), "/*");
        for (EventListener listener : listeners) {
            builder.listener(listener);
        }
        return Servlets.deployed(builder);
    }

    private static final Servlets.Action OPEN = (q, r) -> {
        switch (q.getPathInfo()) {
            case "/open" -> q.getSession();
            case "/ask" -> r.getWriter().print(q.getSession(false) != null);
            case "/end" -> q.getSession().invalidate();
            default -> r.getWriter().print("without");
        }
    };

    private static String open(ServletApplication app) throws Exception {
        String cookie = Call.get(app, "/open").header("Set-Cookie");
        return cookie.substring(0, cookie.indexOf(';'));
    }

    private static MemoryResponse get(ServletApplication app, String path, String cookie) throws Exception {
        return Call.of(app, "GET", path).field("Cookie", cookie).send();
    }

    @Test
    @DisplayName("7.6: a request of the session is an access, even if no servlet asks for the session")
    void everyRequestCounts() throws Exception {
        ServletApplication app = app(OPEN);
        String cookie = open(app);
        for (int i = 0; i < 5; i++) {
            clock.advance(Duration.ofMinutes(29));
            assertEquals("without", get(app, "/other", cookie).text());
        }
        assertEquals("true", get(app, "/ask", cookie).text());
        clock.advance(Duration.ofMinutes(30));
        assertEquals("false", get(app, "/ask", cookie).text());
    }

    @ParameterizedTest(name = "7.5: a timeout of {0} s, after {1} ms: living {2}")
    @CsvSource({"1, 999, true", "1, 1000, false", "60, 59999, true", "60, 60000, false", "0, 100000000, true",
        "-1, 100000000, true", "2147483, 2147482999, true", "2147483, 2147483000, false",
        "2147483647, 100000000000, true"})
    void maxInactiveInterval(int seconds, long after, boolean living) throws Exception {
        ServletApplication app = app((q, r) -> {
            HttpSession session = q.getSession(false);
            if (session == null && q.getParameter("new") != null) {
                session = q.getSession();
                session.setMaxInactiveInterval(seconds);
                assertEquals(seconds, session.getMaxInactiveInterval());
            }
            r.getWriter().print(session != null);
        });
        String set = Call.get(app, "/?new").header("Set-Cookie");
        clock.advance(Duration.ofMillis(after));
        assertEquals(String.valueOf(living), get(app, "/", set.substring(0, set.indexOf(';'))).text());
    }

    @Test
    @DisplayName("7.6: the last access is when the request before this one came, not when it ended")
    void lastAccess() throws Exception {
        List<Long> seen = new ArrayList<>();
        ServletApplication app = app((q, r) -> {
            HttpSession session = q.getSession();
            seen.add(session.getLastAccessedTime());
            clock.advance(Duration.ofSeconds(5));
            assertEquals(seen.get(seen.size() - 1), session.getLastAccessedTime());
        });
        long start = clock.millis();
        String set = Call.get(app, "/").header("Set-Cookie");
        String cookie = set.substring(0, set.indexOf(';'));
        clock.advance(Duration.ofSeconds(10));
        get(app, "/", cookie);
        clock.advance(Duration.ofSeconds(10));
        get(app, "/", cookie);
        assertEquals(List.of(start, start, start + 15_000), seen);
    }

    @Test
    @DisplayName("7.5: idleness begins when the request ends: a long one does not eat into it")
    void idleSinceTheEnd() throws Exception {
        ServletApplication app = app((q, r) -> {
            r.getWriter().print(q.getSession(false) != null);
            q.getSession();
            if (q.getParameter("long") != null) {
                clock.advance(Duration.ofHours(2));
                ((Context) q.getServletContext()).sessions().expire();
                assertTrue(q.getSession(false) != null, "in use, so it lives");
            }
        });
        String set = Call.get(app, "/?long").header("Set-Cookie");
        String cookie = set.substring(0, set.indexOf(';'));
        clock.advance(Duration.ofMinutes(29));
        assertEquals("true", get(app, "/", cookie).text());
    }

    @Test
    @DisplayName("7.5: expiry that races with requests: who joined a session keeps it while it is joined")
    void expiryRaces() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        ServletApplication app = app((q, r) -> {
            HttpSession session = q.getSession(false);
            if (session == null) {
                q.getSession().setMaxInactiveInterval(1);
                return;
            }
            for (int i = 0; i < 50; i++) {
                try {
                    session.setAttribute("i", i);
                } catch (IllegalStateException e) {
                    lost.incrementAndGet();
                }
            }
        });
        Sessions sessions = ((Context) app.context()).sessions();
        CountDownLatch over = new CountDownLatch(1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<?> expiring = threads.submit(() -> {
                while (over.getCount() > 0) {
                    sessions.expire();
                }
            });
            for (int i = 0; i < 200; i++) {
                String set = Call.get(app, "/").header("Set-Cookie");
                clock.advance(Duration.ofMillis(999 + i % 3));
                get(app, "/", set.substring(0, set.indexOf(';')));
            }
            over.countDown();
            expiring.get();
        } finally {
            over.countDown();
            threads.shutdownNow();
        }
        assertEquals(0, lost.get());
    }

    /** Throws from every method, and counts. */
    public static final class Rude
            implements HttpSessionListener, HttpSessionAttributeListener, HttpSessionBindingListener {
        final AtomicInteger calls = new AtomicInteger();
        volatile boolean rude = true;

        private void be() {
            calls.incrementAndGet();
            if (rude) {
                throw new IllegalStateException("rude");
            }
        }

        @Override
        public void sessionDestroyed(HttpSessionEvent event) {
            be();
        }

        @Override
        public void attributeRemoved(HttpSessionBindingEvent event) {
            be();
        }

        @Override
        public void valueUnbound(HttpSessionBindingEvent event) {
            be();
        }
    }

    @Test
    @DisplayName("11.3.3: listeners and values that fail at the end keep none of the others from hearing")
    void failuresAtTheEnd() throws Exception {
        Rude listener = new Rude();
        Rude value = new Rude();
        List<String> unbound = new ArrayList<>();
        HttpSessionBindingListener polite = new HttpSessionBindingListener() {
            @Override
            public void valueUnbound(HttpSessionBindingEvent event) {
                unbound.add(event.getName());
            }
        };
        AtomicReference<HttpSession> kept = new AtomicReference<>();
        ServletApplication app = app((q, r) -> {
            HttpSession session = q.getSession();
            kept.set(session);
            session.setAttribute("a", polite);
            session.setAttribute("b", value);
            session.setAttribute("c", polite);
            session.invalidate();
        }, listener);
        // The application has asked for the end: what was thrown is its own to see (section 11.6), once the session has ended.
        assertEquals(500, Call.get(app, "/").status());
        Collections.sort(unbound);
        assertEquals(List.of("a", "c"), unbound);
        assertEquals(1, value.calls.get());
        assertThrows(IllegalStateException.class, () -> kept.get().getAttribute("a"));
        assertEquals(0, ((Context) app.context()).sessions().size());
    }

    @Test
    @DisplayName("11.3: a listener that refuses a new session leaves none behind")
    void creationFails() throws Exception {
        ServletApplication app = app((q, r) -> {
            assertThrows(IllegalArgumentException.class, q::getSession);
            assertNull(q.getSession(false));
            r.getWriter().print("none");
        }, new HttpSessionListener() {
            @Override
            public void sessionCreated(HttpSessionEvent event) {
                throw new IllegalArgumentException("no more");
            }
        });
        MemoryResponse got = Call.get(app, "/");
        assertEquals("none", got.text());
        assertNull(got.header("Set-Cookie"));
        assertEquals(0, ((Context) app.context()).sessions().size());
    }

    @Test
    @DisplayName("7.4, 11.3: the order of binding, listeners and the end")
    void order() throws Exception {
        HttpSessionListener first = Mockito.mock(HttpSessionListener.class);
        HttpSessionListener second = Mockito.mock(HttpSessionListener.class);
        HttpSessionAttributeListener attributes = Mockito.mock(HttpSessionAttributeListener.class);
        HttpSessionIdListener ids = Mockito.mock(HttpSessionIdListener.class);
        HttpSessionBindingListener old = Mockito.mock(HttpSessionBindingListener.class);
        HttpSessionBindingListener fresh = Mockito.mock(HttpSessionBindingListener.class);
        ServletApplication app = app((q, r) -> {
            HttpSession session = q.getSession();
            session.setAttribute("a", old);
            session.setAttribute("a", fresh);
            String before = session.getId();
            assertNotEquals(before, q.changeSessionId());
            session.removeAttribute("a");
            session.setAttribute("b", old);
            session.invalidate();
        }, first, second, attributes, ids);
        assertEquals(200, Call.get(app, "/").status());
        InOrder order = Mockito.inOrder(first, second, attributes, ids, old, fresh);
        order.verify(first).sessionCreated(Mockito.any());
        order.verify(second).sessionCreated(Mockito.any());
        order.verify(old).valueBound(Mockito.any());
        order.verify(attributes).attributeAdded(Mockito.any());
        order.verify(fresh).valueBound(Mockito.any());
        order.verify(old).valueUnbound(Mockito.any());
        order.verify(attributes).attributeReplaced(Mockito.argThat(event -> event.getValue() == old));
        order.verify(ids).sessionIdChanged(Mockito.any(), Mockito.anyString());
        order.verify(fresh).valueUnbound(Mockito.any());
        order.verify(attributes).attributeRemoved(Mockito.argThat(event -> event.getValue() == fresh));
        order.verify(old).valueBound(Mockito.any());
        order.verify(attributes).attributeAdded(Mockito.any());
        order.verify(second).sessionDestroyed(Mockito.any());
        order.verify(first).sessionDestroyed(Mockito.any());
        order.verify(old).valueUnbound(Mockito.any());
        order.verify(attributes).attributeRemoved(Mockito.any());
        order.verifyNoMoreInteractions();
    }

    private record Method(String name, Consumer<HttpSession> call, boolean throwsWhenOver) {}

    @TestFactory
    @DisplayName("7, HttpSession: which methods a session that is over still answers")
    Stream<DynamicTest> afterTheEnd() throws Exception {
        AtomicReference<HttpSession> kept = new AtomicReference<>();
        ServletApplication app = app((q, r) -> {
            kept.set(q.getSession());
            q.getSession().invalidate();
        });
        Call.get(app, "/");
        HttpSession over = kept.get();
        return Stream.of(
                new Method("getCreationTime", HttpSession::getCreationTime, true),
                new Method("getId", HttpSession::getId, false),
                new Method("getLastAccessedTime", HttpSession::getLastAccessedTime, true),
                new Method("getServletContext", HttpSession::getServletContext, false),
                new Method("setMaxInactiveInterval", session -> session.setMaxInactiveInterval(1), false),
                new Method("getMaxInactiveInterval", HttpSession::getMaxInactiveInterval, false),
                new Method("getAttribute", session -> session.getAttribute("a"), true),
                new Method("getAttributeNames", HttpSession::getAttributeNames, true),
                new Method("setAttribute", session -> session.setAttribute("a", 1), true),
                new Method("removeAttribute", session -> session.removeAttribute("a"), true),
                new Method("invalidate", HttpSession::invalidate, true),
                new Method("isNew", HttpSession::isNew, true),
                new Method("getAccessor", HttpSession::getAccessor, true))
                .map(method -> DynamicTest.dynamicTest(method.name, () -> {
                    if (method.throwsWhenOver) {
                        assertThrows(IllegalStateException.class, () -> method.call.accept(over));
                    } else {
                        method.call.accept(over);
                    }
                }));
    }

    @Test
    @DisplayName("6.1, HttpSession.Accessor: an access outside of a request renews, and ends with the session")
    void accessor() throws Exception {
        AtomicReference<HttpSession.Accessor> kept = new AtomicReference<>();
        AtomicReference<HttpSession> session = new AtomicReference<>();
        ServletApplication app = app((q, r) -> {
            session.set(q.getSession());
            kept.set(q.getSession().getAccessor());
        });
        Call.get(app, "/");
        Sessions sessions = ((Context) app.context()).sessions();
        for (int i = 0; i < 3; i++) {
            clock.advance(Duration.ofMinutes(29));
            kept.get().access(found -> {
                assertSame(session.get(), found);
                clock.advance(Duration.ofHours(1));
                sessions.expire();
                assertNotNull(found.getAttributeNames());
            });
        }
        assertThrows(IllegalArgumentException.class, () -> kept.get().access(found -> {
            throw new IllegalArgumentException("use");
        }));
        clock.advance(Duration.ofMinutes(30));
        sessions.expire();
        assertThrows(IllegalStateException.class, () -> kept.get().access(found -> {}));
        assertFalse(sessions.size() > 0);
    }
}
