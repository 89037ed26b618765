/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionBindingEvent;
import jakarta.servlet.http.HttpSessionBindingListener;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Chapter 7: sessions, as the application sees them. */
interface SessionChapter extends Chapter {

    /** A value that notes when it is bound. */
    record Bound(String name, Notes notes) implements HttpSessionBindingListener {
        @Override
        public void valueBound(HttpSessionBindingEvent event) {
            notes.add(name + ":bound");
        }

        @Override
        public void valueUnbound(HttpSessionBindingEvent event) {
            notes.add(name + ":unbound:" + event.getName());
        }
    }

    /** A new session of the shared application; its id. */
    private String session() throws Exception {
        return get((request, response) -> request.getSession()).session();
    }

    private Reply with(String id, Case action) throws Exception {
        return run(action, "GET /app/case", "Cookie: JSESSIONID=" + id);
    }

    @Section("7.1.1")
    @Test
    default void aNewSessionIsSentAsACookie() throws Exception {
        Reply reply = get((request, response) -> assertEquals(request.getSession().getId(),
                response.getHeader("Set-Cookie").replaceAll("JSESSIONID=([^;]*).*", "$1")));
        assertTrue(reply.field("Set-Cookie").contains("HttpOnly"), reply.field("Set-Cookie"));
        assertTrue(reply.field("Set-Cookie").contains("Path=/app"), reply.field("Set-Cookie"));
    }

    @Section("7.1.1")
    @Test
    default void theCookieLeadsBackToTheSession() throws Exception {
        String id = get((request, response) -> request.getSession().setAttribute("a", 1)).session();
        Reply reply = with(id, (request, response) -> {
            assertEquals(1, request.getSession(false).getAttribute("a"));
            assertEquals(id, request.getSession().getId());
            assertEquals(id, request.getRequestedSessionId());
            assertTrue(request.isRequestedSessionIdValid());
            assertTrue(request.isRequestedSessionIdFromCookie());
            assertFalse(request.isRequestedSessionIdFromURL());
        });
        assertFalse(reply.has("Set-Cookie"));
    }

    @Section("HttpServletRequest.getSession(boolean)")
    @Test
    default void noSessionIsMadeUnlessAskedFor() throws Exception {
        Reply reply = get((request, response) -> {
            assertNull(request.getSession(false));
            assertNull(request.getRequestedSessionId());
            assertFalse(request.isRequestedSessionIdValid());
            assertFalse(request.isRequestedSessionIdFromCookie());
        });
        assertFalse(reply.has("Set-Cookie"));
    }

    @Section("HttpServletRequest.getSession")
    @Test
    default void theSessionOfARequestIsOne() throws Exception {
        get((request, response) -> {
            HttpSession session = request.getSession();
            assertSame(session, request.getSession());
            assertSame(session, request.getSession(false));
        });
    }

    @Section("7.2")
    @Test
    default void aSessionIsNewUntilTheClientJoins() throws Exception {
        AtomicReference<String> id = new AtomicReference<>();
        get((request, response) -> {
            assertTrue(request.getSession().isNew());
            id.set(request.getSession().getId());
        });
        with(id.get(), (request, response) -> assertFalse(request.getSession().isNew()));
    }

    @Section("7.2")
    @Test
    default void anIdThatNobodyGaveMakesNoSession() throws Exception {
        Reply reply = with("invented", (request, response) -> {
            assertEquals("invented", request.getRequestedSessionId());
            assertFalse(request.isRequestedSessionIdValid());
            assertNull(request.getSession(false));
            assertNotEquals("invented", request.getSession().getId());
        });
        assertNotEquals("invented", reply.session());
    }

    @Section("7.3")
    @Test
    default void sessionsBelongToOneContext() throws Exception {
        Case telling = (request, response) -> response.getWriter().print(String.valueOf(request.getSession(false)));
        try (ContractSite site = open(app("/one").servlet("one", Case.servlet((request, response) -> request.getSession()), "/*"),
                app("/two").servlet("two", Case.servlet(telling), "/*"))) {
            String id = site.ask("GET /one/").session();
            assertEquals("null", site.ask("GET /two/", "Cookie: JSESSIONID=" + id).text());
        }
    }

    @Section("7.4")
    @Test
    default void sessionAttributesAreSetReplacedAndRemoved() throws Exception {
        String id = get((request, response) -> {
            HttpSession session = request.getSession();
            assertNull(session.getAttribute("a"));
            session.setAttribute("a", 1);
            session.setAttribute("a", 2);
            session.setAttribute("b", 3);
            session.removeAttribute("b");
            session.removeAttribute("none");
            assertEquals(List.of("a"), Collections.list(session.getAttributeNames()));
        }).session();
        with(id, (request, response) -> {
            assertEquals(2, request.getSession().getAttribute("a"));
            request.getSession().setAttribute("a", null);
            assertFalse(request.getSession().getAttributeNames().hasMoreElements());
        });
    }

    @Section("7.4")
    @Test
    default void valuesHearWhenTheyAreBound() throws Exception {
        Notes notes = new Notes();
        get((request, response) -> {
            HttpSession session = request.getSession();
            session.setAttribute("x", new Bound("one", notes));
            session.setAttribute("x", new Bound("two", notes));
            session.removeAttribute("x");
            session.setAttribute("y", new Bound("three", notes));
            session.invalidate();
        });
        List<String> seen = List.of(notes.toString().split(" "));
        assertEquals(List.of("one:bound", "one:unbound:x", "three:bound", "three:unbound:y", "two:bound", "two:unbound:x"),
                seen.stream().sorted().toList());
        assertTrue(seen.indexOf("two:bound") < seen.indexOf("two:unbound:x"));
        assertTrue(seen.indexOf("one:bound") < seen.indexOf("one:unbound:x"));
    }

    @Section("7.4")
    @Test
    default void aValueIsUnboundAfterItIsGone() throws Exception {
        AtomicReference<Object> during = new AtomicReference<>("unset");
        get((request, response) -> {
            HttpSession session = request.getSession();
            session.setAttribute("x", new HttpSessionBindingListener() {
                @Override
                public void valueUnbound(HttpSessionBindingEvent event) {
                    during.set(event.getSession().getAttribute("x"));
                }
            });
            session.removeAttribute("x");
        });
        assertNull(during.get());
    }

    @Section("HttpSession.invalidate")
    @ParameterizedTest
    @ValueSource(strings = {"getAttribute", "getAttributeNames", "setAttribute", "removeAttribute", "invalidate", "isNew",
        "getCreationTime", "getLastAccessedTime", "getAccessor"})
    default void anInvalidSessionRefuses(String method) throws Exception {
        get((request, response) -> {
            HttpSession session = request.getSession();
            session.setAttribute("a", 1);
            session.invalidate();
            assertThrows(IllegalStateException.class, () -> {
                switch (method) {
                    case "getAttribute" -> session.getAttribute("a");
                    case "getAttributeNames" -> session.getAttributeNames();
                    case "setAttribute" -> session.setAttribute("a", 1);
                    case "removeAttribute" -> session.removeAttribute("a");
                    case "invalidate" -> session.invalidate();
                    case "isNew" -> session.isNew();
                    case "getCreationTime" -> session.getCreationTime();
                    case "getLastAccessedTime" -> session.getLastAccessedTime();
                    default -> session.getAccessor();
                }
            });
            assertNotNull(session.getId());
            assertNotNull(session.getServletContext());
            session.getMaxInactiveInterval();
            session.setMaxInactiveInterval(5);
        });
    }

    @Section("HttpServletRequest.getSession")
    @Test
    default void anInvalidatedSessionIsReplacedByANewOne() throws Exception {
        String id = session();
        with(id, (request, response) -> {
            HttpSession old = request.getSession();
            old.invalidate();
            assertNull(request.getSession(false));
            assertFalse(request.isRequestedSessionIdValid());
            HttpSession next = request.getSession();
            assertNotEquals(id, next.getId());
            assertTrue(next.isNew());
        });
        with(id, (request, response) -> assertNull(request.getSession(false)));
    }

    @Section("HttpServletRequest.getSession")
    @Test
    default void aNewSessionAfterTheCommitIsRefused() throws Exception {
        get((request, response) -> {
            response.flushBuffer();
            assertNull(request.getSession(false));
            assertThrows(IllegalStateException.class, request::getSession);
        });
    }

    @Section("HttpServletRequest.changeSessionId")
    @Test
    default void theIdCanBeChangedAndTheSessionStays() throws Exception {
        String old = get((request, response) -> request.getSession().setAttribute("a", 1)).session();
        AtomicReference<String> changed = new AtomicReference<>();
        Reply reply = with(old, (request, response) -> {
            HttpSession session = request.getSession();
            changed.set(request.changeSessionId());
            assertEquals(changed.get(), session.getId());
            assertEquals(1, session.getAttribute("a"));
        });
        assertNotEquals(old, changed.get());
        assertEquals(changed.get(), reply.session());
        with(changed.get(), (request, response) -> assertEquals(1, request.getSession(false).getAttribute("a")));
        with(old, (request, response) -> assertNull(request.getSession(false)));
    }

    @Section("HttpServletRequest.changeSessionId")
    @Test
    default void withoutASessionThereIsNoIdToChange() throws Exception {
        get((request, response) -> assertThrows(IllegalStateException.class, request::changeSessionId));
    }

    @Section("HttpSession.getAccessor")
    @Test
    default void anAccessorOpensTheSessionAfterTheRequest() throws Exception {
        AtomicReference<HttpSession.Accessor> accessor = new AtomicReference<>();
        String id = get((request, response) -> accessor.set(request.getSession().getAccessor())).session();
        accessor.get().access(session -> {
            assertEquals(id, session.getId());
            session.setAttribute("a", 5);
        });
        with(id, (request, response) -> assertEquals(5, request.getSession().getAttribute("a")));
    }

    @Section("HttpSession.Accessor")
    @Test
    default void anAccessorEndsWithTheSession() throws Exception {
        AtomicReference<HttpSession.Accessor> accessor = new AtomicReference<>();
        get((request, response) -> {
            accessor.set(request.getSession().getAccessor());
            request.getSession().invalidate();
        });
        assertThrows(IllegalStateException.class, () -> accessor.get().access(session -> { }));
    }

    @Section("HttpSession.Accessor")
    @Test
    default void anAccessorEndsWithTheId() throws Exception {
        AtomicReference<HttpSession.Accessor> accessor = new AtomicReference<>();
        get((request, response) -> {
            accessor.set(request.getSession().getAccessor());
            request.changeSessionId();
        });
        assertThrows(IllegalStateException.class, () -> accessor.get().access(session -> { }));
    }

    @Section("7.5")
    @Test
    default void theTimeOfASessionIsToldInMinutesAndSeconds() throws Exception {
        get((request, response) -> {
            assertEquals(60 * request.getServletContext().getSessionTimeout(), request.getSession().getMaxInactiveInterval());
            request.getSession().setMaxInactiveInterval(7);
            assertEquals(7, request.getSession().getMaxInactiveInterval());
            request.getSession().setMaxInactiveInterval(-1);
            assertTrue(request.getSession().getMaxInactiveInterval() <= 0);
        });
    }

    @Section("7.5")
    @Test
    default void aSessionEndsWithItsTimeAndNotBefore() throws Exception {
        Clocked clock = new Clocked();
        Case telling = (request, response) -> response.getWriter().print(request.getSession(request.getParameter("new") != null) == null);
        try (ContractSite site = open(app("/timed").clock(clock).sessionTimeout(1).servlet("main", Case.servlet(telling), "/*"),
                app("/never").clock(clock).sessionTimeout(0).servlet("main", Case.servlet(telling), "/*"))) {
            String id = "Cookie: JSESSIONID=" + site.ask("GET /timed/?new").session();
            clock.pass(59);
            assertEquals("false", site.ask("GET /timed/", id).text());
            clock.pass(59);
            assertEquals("false", site.ask("GET /timed/", id).text());
            clock.pass(61);
            assertEquals("true", site.ask("GET /timed/", id).text());
            String forever = "Cookie: JSESSIONID=" + site.ask("GET /never/?new").session();
            clock.pass(1_000_000);
            assertEquals("false", site.ask("GET /never/", forever).text());
        }
    }

    @Section("7.6")
    @Test
    default void theLastAccessIsThatOfTheRequestBefore() throws Exception {
        Clocked clock = new Clocked();
        Case telling = (request, response) -> {
            HttpSession session = request.getSession();
            response.getWriter().print((session.getCreationTime() - Clocked.START) / 1000 + " "
                    + (session.getLastAccessedTime() - Clocked.START) / 1000);
        };
        try (ContractSite site = open(app("/timed").clock(clock).servlet("main", Case.servlet(telling), "/*"))) {
            Reply first = site.ask("GET /timed/");
            String id = "Cookie: JSESSIONID=" + first.session();
            assertEquals("0 0", first.text());
            clock.pass(10);
            assertEquals("0 0", site.ask("GET /timed/", id).text());
            clock.pass(10);
            assertEquals("0 10", site.ask("GET /timed/", id).text());
        }
    }

    @Section("HttpSession.getServletContext")
    @Test
    default void theSessionKnowsItsContext() throws Exception {
        get((request, response) -> assertSame(request.getServletContext(), request.getSession().getServletContext()));
    }

    @Section("HttpSession.setAttribute")
    @Test
    default void anAttributeNeedsAName() throws Exception {
        get((request, response) -> assertThrows(RuntimeException.class, () -> request.getSession().setAttribute(null, 1)));
    }

    @Section("7.1.1")
    @Test
    default void ofSeveralCookiesTheOneThatLeadsToASessionCounts() throws Exception {
        String id = session();
        run((request, response) -> assertEquals(id, request.getSession(false).getId()),
                "GET /app/case", "Cookie: JSESSIONID=stale; JSESSIONID=" + id);
    }

    @Section("7.7.1")
    @Test
    default void theAttributesStandManyThreads() throws Exception {
        get((request, response) -> {
            HttpSession session = request.getSession();
            Thread[] threads = new Thread[4];
            for (int t = 0; t < threads.length; t++) {
                int number = t;
                threads[t] = new Thread(() -> {
                    for (int i = 0; i < 500; i++) {
                        session.setAttribute("a" + number, i);
                        session.getAttribute("a" + (number + 1) % 4);
                        Collections.list(session.getAttributeNames());
                    }
                });
                threads[t].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (int t = 0; t < threads.length; t++) {
                assertEquals(499, session.getAttribute("a" + t));
            }
        });
    }
}
