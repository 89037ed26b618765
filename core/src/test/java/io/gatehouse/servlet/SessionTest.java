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

import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionListener;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Servlet 6.1 chapter 7: sessions. */
@ExtendWith(Undeploy.class)
final class SessionTest {

    private final TestClock clock = new TestClock();

    private ServletApplication app(Consumer<ServletApplicationBuilder> with, Servlets.Action action) throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder().clock(clock)
                .servlet("s", Servlets.servlet(action), "/*");
        with.accept(builder);
        return Servlets.deployed(builder);
    }

    private static String idOf(MemoryResponse response) {
        String cookie = response.header("Set-Cookie");
        return cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
    }

    private static Call with(ServletApplication app, String id) {
        return Call.of(app, "GET", "/").field("Cookie", "JSESSIONID=" + id);
    }

    private static final Servlets.Action COUNT = (q, r) -> {
        HttpSession session = q.getSession();
        Integer count = (Integer) session.getAttribute("count");
        session.setAttribute("count", count == null ? 1 : count + 1);
        r.getWriter().print(session.getAttribute("count") + " " + session.isNew());
    };

    @Test
    @DisplayName("7.1.1: the id travels by cookie, and is new until it comes back")
    void byCookie() throws Exception {
        ServletApplication app = app(b -> {}, COUNT);
        MemoryResponse first = Call.get(app, "/");
        assertEquals("1 true", first.text());
        String id = idOf(first);
        assertEquals("JSESSIONID=" + id + "; HttpOnly; Path=/", sorted(first.header("Set-Cookie")));
        MemoryResponse second = with(app, id).send();
        assertEquals("2 false", second.text());
        assertNull(second.header("Set-Cookie"));
        assertEquals("1 true", with(app, "unknown").send().text());
        assertNotEquals(id, idOf(Call.get(app, "/")));
        assertTrue(id.length() >= 22, "128 bits at least");
    }

    private static String sorted(String cookie) {
        String[] parts = cookie.split("; ");
        Arrays.sort(parts, 1, parts.length);
        return String.join("; ", parts);
    }

    @Test
    @DisplayName("7.1.1: the cookie's settings, with any attribute")
    void cookieConfig() throws Exception {
        ServletApplication app = app(b -> b.contextPath("/c").initializer((classes, context) -> {
            SessionCookieConfig config = context.getSessionCookieConfig();
            assertEquals("JSESSIONID", config.getName());
            assertTrue(config.isHttpOnly());
            assertFalse(config.isSecure());
            assertEquals(-1, config.getMaxAge());
            config.setName("SID");
            config.setDomain("example.org");
            config.setHttpOnly(false);
            config.setSecure(true);
            config.setMaxAge(60);
            config.setAttribute("SameSite", "Strict");
            config.setAttribute("X", "y");
            config.setAttribute("X", null);
            assertEquals("Strict", config.getAttribute("samesite"));
            assertEquals("example.org", config.getDomain());
            assertEquals("60", config.getAttributes().get("Max-Age"));
            assertNull(config.getPath());
            assertThrows(IllegalArgumentException.class, () -> config.setAttribute("Max-Age", "x"));
            assertThrows(IllegalArgumentException.class, () -> config.setAttribute("a b", "x"));
            assertThrows(IllegalArgumentException.class, () -> config.setAttribute(null, "x"));
            assertThrows(IllegalArgumentException.class, () -> config.setName("a b"));
        }), COUNT);
        String cookie = Call.get(app, "/c/").header("Set-Cookie");
        assertTrue(cookie.startsWith("SID="));
        assertEquals(Set.of("Path=/c", "Domain=example.org", "Secure", "Max-Age=60", "SameSite=Strict"),
                Arrays.stream(cookie.split("; ")).skip(1).filter(part -> !part.startsWith("Expires="))
                        .collect(Collectors.toSet()));
        MemoryResponse again = Call.of(app, "GET", "/c/").field("Cookie", "SID=" + idOf(Call.get(app, "/c/"))).send();
        assertEquals("2 false", again.text());
    }

    @Test
    @DisplayName("7.1.1: over TLS the cookie is secure")
    void secure() throws Exception {
        ServletApplication app = app(b -> {}, COUNT);
        assertTrue(Call.of(app, "GET", "/").scheme("https").send().header("Set-Cookie").contains("Secure"));
    }

    @Test
    @DisplayName("7.1.3: the id travels in URLs, if that is asked for")
    void byUrl() throws Exception {
        ServletApplication app = app(b -> b.sessionTracking(SessionTrackingMode.URL).contextPath("/c"), (q, r) -> {
            HttpSession session = q.getSession();
            r.getWriter().print(r.encodeURL("/c/x?a#b") + " " + r.encodeRedirectURL("x") + " "
                    + r.encodeURL("http://other.org/") + " " + r.encodeURL("/other") + " " + r.encodeURL("#a") + " "
                    + r.encodeURL("http://www.example.org/c/y") + " " + q.isRequestedSessionIdFromURL() + " "
                    + q.isRequestedSessionIdFromCookie() + " " + session.isNew());
        });
        MemoryResponse first = Call.get(app, "/c/x");
        assertNull(first.header("Set-Cookie"));
        String id = first.text().substring(first.text().indexOf('=') + 1, first.text().indexOf('?'));
        String s = ";jsessionid=" + id;
        assertEquals("/c/x" + s + "?a#b x" + s + " http://other.org/ /other #a http://www.example.org/c/y" + s
                + " false false true", first.text());
        String second = Call.get(app, "/c/x" + s).text();
        assertTrue(second.endsWith("true false false"), second);
        assertTrue(second.startsWith("/c/x" + s), second);
    }

    @Test
    @DisplayName("7.1.3: with a cookie there is no id in URLs")
    void cookieBeatsUrl() throws Exception {
        ServletApplication app = app(b -> b.sessionTracking(SessionTrackingMode.URL, SessionTrackingMode.COOKIE),
                (q, r) -> {
                    q.getSession();
                    r.getWriter().print(r.encodeURL("/x"));
                });
        MemoryResponse first = Call.get(app, "/");
        assertEquals("/x;jsessionid=" + idOf(first), first.text());
        assertEquals("/x", with(app, idOf(first)).send().text());
        ServletApplication cookieOnly = app(b -> {}, (q, r) -> {
            q.getSession();
            r.getWriter().print(r.encodeURL("/x"));
        });
        assertEquals("/x", Call.get(cookieOnly, "/").text());
    }

    @Test
    @DisplayName("7: what the request tells of the id it came with")
    void requestedId() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> r.getWriter().print(q.getRequestedSessionId() + " "
                + q.isRequestedSessionIdValid() + " " + q.isRequestedSessionIdFromCookie() + " "
                + (q.getSession(q.getParameter("make") != null) != null)));
        assertEquals("null false false false", Call.get(app, "/").text());
        assertEquals("x false true false", with(app, "x").send().text());
        String id = idOf(Call.get(app, "/?make"));
        assertEquals(id + " true true true", with(app, id).send().text());
        assertEquals(id + " true true true", Call.of(app, "GET", "/")
                .field("Cookie", "JSESSIONID=stale; JSESSIONID=" + id).send().text());
    }

    @Test
    @DisplayName("7.5: a session ends when it is not used for its time, and not before")
    void timeout() throws Exception {
        ServletApplication app = app(b -> b.sessionTimeout(1), COUNT);
        String id = idOf(Call.get(app, "/"));
        clock.advance(Duration.ofSeconds(59));
        assertEquals("2 false", with(app, id).send().text());
        clock.advance(Duration.ofSeconds(59));
        assertEquals("3 false", with(app, id).send().text());
        clock.advance(Duration.ofSeconds(60));
        assertEquals("1 true", with(app, id).send().text());
        assertEquals(1, app.context().getSessionTimeout());
        ServletApplication forever = app(b -> b.sessionTimeout(0), COUNT);
        String lasting = idOf(Call.get(forever, "/"));
        clock.advance(Duration.ofDays(10_000));
        assertEquals("2 false", with(forever, lasting).send().text());
    }

    @Test
    @DisplayName("7.5: setMaxInactiveInterval of one session")
    void ownTimeout() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            HttpSession session = q.getSession();
            assertEquals(30 * 60, session.isNew() ? session.getMaxInactiveInterval() : 1800);
            session.setMaxInactiveInterval(5);
            r.getWriter().print(session.isNew());
        });
        String id = idOf(Call.get(app, "/"));
        clock.advance(Duration.ofSeconds(4));
        assertEquals("false", with(app, id).send().text());
        clock.advance(Duration.ofSeconds(5));
        assertEquals("true", with(app, id).send().text());
    }

    @Test
    @DisplayName("7.6: creation and last access times")
    void times() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            HttpSession session = q.getSession();
            r.getWriter().print(session.getCreationTime() + " " + session.getLastAccessedTime());
        });
        long start = clock.millis();
        MemoryResponse first = Call.get(app, "/");
        assertEquals(start + " " + start, first.text());
        clock.advance(Duration.ofSeconds(10));
        assertEquals(start + " " + start, with(app, idOf(first)).send().text());
        clock.advance(Duration.ofSeconds(10));
        assertEquals(start + " " + (start + 10_000), with(app, idOf(first)).send().text());
    }

    @Test
    @DisplayName("7.2: after invalidate its methods throw, and the request can have another one")
    void invalidate() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            HttpSession session = q.getSession();
            session.setAttribute("a", 1);
            session.invalidate();
            assertThrows(IllegalStateException.class, session::invalidate);
            assertThrows(IllegalStateException.class, session::getCreationTime);
            assertThrows(IllegalStateException.class, session::getLastAccessedTime);
            assertThrows(IllegalStateException.class, session::isNew);
            assertThrows(IllegalStateException.class, () -> session.getAttribute("a"));
            assertThrows(IllegalStateException.class, () -> session.setAttribute("a", 1));
            assertThrows(IllegalStateException.class, () -> session.removeAttribute("a"));
            assertThrows(IllegalStateException.class, session::getAttributeNames);
            assertThrows(IllegalStateException.class, session::getAccessor);
            assertNotNull(session.getId());
            assertNotNull(session.getServletContext());
            assertNull(q.getSession(false));
            HttpSession other = q.getSession();
            assertNotEquals(session.getId(), other.getId());
            r.getWriter().print(other.getId());
        });
        MemoryResponse got = Call.get(app, "/");
        assertEquals(got.text(), idOf(got));
        assertEquals(1, got.headers("Set-Cookie").size(), "one cookie, that of the living session");
    }

    @Test
    @DisplayName("7.4: attributes of a session")
    void attributes() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            HttpSession session = q.getSession();
            session.setAttribute("a", 1);
            assertEquals(1, session.getAttribute("a"));
            assertEquals(List.of("a"), Collections.list(session.getAttributeNames()));
            session.setAttribute("a", null);
            assertNull(session.getAttribute("a"));
            session.removeAttribute("none");
            assertThrows(IllegalArgumentException.class, () -> session.setAttribute(null, 1));
            assertSame(session, q.getSession());
        });
        assertEquals(200, Call.get(app, "/").status());
    }

    @Test
    @DisplayName("7.3: changeSessionId keeps the session and replaces its cookie")
    void changeId() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            if (q.getParameter("change") != null) {
                if (q.getSession(false) == null) {
                    assertThrows(IllegalStateException.class, q::changeSessionId);
                    return;
                }
                String old = q.getSession().getId();
                String id = q.changeSessionId();
                assertNotEquals(old, id);
                assertEquals(id, q.getSession().getId());
                assertFalse(q.isRequestedSessionIdValid());
            }
            COUNT.run(q, r);
        });
        String old = idOf(Call.get(app, "/"));
        MemoryResponse changed = Call.of(app, "GET", "/?change").field("Cookie", "JSESSIONID=" + old).send();
        assertEquals("2 false", changed.text());
        assertEquals("3 false", with(app, idOf(changed)).send().text());
        assertEquals("1 true", with(app, old).send().text());
        assertEquals(200, Call.get(app, "/?change").status());
    }

    @Test
    @DisplayName("a new session after the commit is refused, as its id can't be sent any more")
    void afterCommit() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            r.flushBuffer();
            assertNull(q.getSession(false));
            r.getWriter().print(assertThrows(IllegalStateException.class, q::getSession).getMessage());
        });
        assertTrue(Call.get(app, "/").text().contains("committed"));
    }

    @Test
    @DisplayName("reset keeps the session's cookie")
    void reset() throws Exception {
        ServletApplication app = app(b -> {}, (q, r) -> {
            q.getSession();
            r.addCookie(new Cookie("gone", "x"));
            r.reset();
        });
        List<String> cookies = Call.get(app, "/").headers("Set-Cookie");
        assertEquals(1, cookies.size());
        assertTrue(cookies.get(0).startsWith("JSESSIONID="));
    }

    @Test
    @DisplayName("limit: past so many sessions a new one is a 503, unless old ones can go")
    void limit() throws Exception {
        ServletApplication app = app(b -> b.limits(ServletLimits.DEFAULT.withSessions(2)).sessionTimeout(1), COUNT);
        Call.get(app, "/");
        Call.get(app, "/");
        MemoryResponse refused = Call.get(app, "/");
        assertEquals(503, refused.status());
        assertTrue(refused.text().contains("limit sessions"), refused.text());
        clock.advance(Duration.ofSeconds(61));
        assertEquals("1 true", Call.get(app, "/").text());
    }

    @Test
    @DisplayName("expiry finds what nobody asks for, and leaves what a request uses")
    void expiry() throws Exception {
        List<String> ended = new ArrayList<>();
        ServletApplication app = app(b -> b.sessionTimeout(1).listener(new HttpSessionListener() {
            @Override
            public void sessionDestroyed(HttpSessionEvent event) {
                ended.add(event.getSession().getId());
            }
        }), (q, r) -> {
            q.getSession();
            Context context = (Context) q.getServletContext();
            clock.advance(Duration.ofMinutes(2));
            context.sessions().expire();
            r.getWriter().print(context.sessions().size());
        });
        MemoryResponse got = Call.get(app, "/");
        assertEquals("1", got.text());
        clock.advance(Duration.ofMinutes(2));
        ((Context) app.context()).sessions().expire();
        assertEquals(List.of(idOf(got)), ended);
    }

    @Test
    @DisplayName("6.1: an accessor reaches the session after the request, and counts as an access")
    void accessor() throws Exception {
        AtomicReference<HttpSession.Accessor> kept = new AtomicReference<>();
        ServletApplication app = app(b -> b.sessionTimeout(1), (q, r) -> kept.set(q.getSession().getAccessor()));
        Call.get(app, "/");
        clock.advance(Duration.ofSeconds(50));
        kept.get().access(session -> session.setAttribute("a", 1));
        clock.advance(Duration.ofSeconds(50));
        kept.get().access(session -> {
            assertEquals(1, session.getAttribute("a"));
            session.invalidate();
        });
        assertThrows(IllegalStateException.class, () -> kept.get().access(session -> {}));
    }

    @Test
    @DisplayName("ids come from the given randomness, and a collision is tried again")
    void randomness() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        SecureRandom fixed = new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                Arrays.fill(bytes, (byte) (calls.getAndIncrement() / 2));
            }
        };
        ServletApplication app = app(b -> b.random(fixed), COUNT);
        assertEquals("A".repeat(24), idOf(Call.get(app, "/")));
        assertEquals("AQEB".repeat(6), idOf(Call.get(app, "/")));
    }
}
