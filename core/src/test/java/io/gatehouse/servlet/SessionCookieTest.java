/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Logged;
import io.gatehouse.http.TargetRules;
import jakarta.servlet.ServletContext;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Level;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 7.1: the cookie that carries a session's id, its settings, and when it is sent. */
@ExtendWith(Undeploy.class)
final class SessionCookieTest {

    private final TestClock clock = new TestClock();

    private ServletApplication app(Consumer<SessionCookieConfig> settings, Servlets.Action action) throws Exception {
        return Servlets.deployed(ServletApplication.builder().contextPath("/app").clock(clock)
                .initializer((classes, context) -> settings.accept(context.getSessionCookieConfig()))
                .servlet("s", Servlets.servlet(action), "/*"));
    }

    private String cookie(Consumer<SessionCookieConfig> settings) throws Exception {
        String cookie = Call.get(app(settings, (q, r) -> q.getSession()), "/app/").header("Set-Cookie");
        return cookie.replaceFirst("=[A-Za-z0-9_-]{20,}", "=ID");
    }

    @ParameterizedTest(name = "{0} makes {1}")
    @CsvSource(delimiter = '|', value = {
        "nothing            | JSESSIONID=ID; HttpOnly; Path=/app",
        "name               | SID=ID; HttpOnly; Path=/app",
        "domain             | JSESSIONID=ID; Domain=example.org; HttpOnly; Path=/app",
        "path               | JSESSIONID=ID; HttpOnly; Path=/",
        "not http only      | JSESSIONID=ID; Path=/app",
        "secure             | JSESSIONID=ID; HttpOnly; Path=/app; Secure",
        "same site          | JSESSIONID=ID; HttpOnly; Path=/app; SameSite=Strict",
        "own attribute      | JSESSIONID=ID; HttpOnly; Partitioned; Path=/app",
        "age                | JSESSIONID=ID; HttpOnly; Max-Age=60; Expires=Thu, 01 Jan 1970 00:01:00 GMT; Path=/app",
        "age 0              | JSESSIONID=ID; HttpOnly; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/app",
        "age below 0        | JSESSIONID=ID; HttpOnly; Path=/app",
        "comment            | JSESSIONID=ID; HttpOnly; Path=/app",
        "path taken back    | JSESSIONID=ID; HttpOnly; Path=/app",
    })
    @SuppressWarnings("removal")
    void settings(String what, String expected) throws Exception {
        String got = cookie(config -> {
            switch (what) {
                case "name" -> config.setName("SID");
                case "domain" -> config.setDomain("example.org");
                case "path" -> config.setPath("/");
                case "not http only" -> config.setHttpOnly(false);
                case "secure" -> config.setSecure(true);
                case "same site" -> config.setAttribute("SameSite", "Strict");
                case "own attribute" -> config.setAttribute("Partitioned", "");
                case "age" -> config.setMaxAge(60);
                case "age 0" -> config.setMaxAge(0);
                case "age below 0" -> config.setMaxAge(-5);
                case "comment" -> config.setComment("not sent");
                case "path taken back" -> {
                    config.setPath("/x");
                    config.setPath(null);
                }
                default -> {}
            }
        });
        String date = "Expires=[^;]*";
        assertEquals(parts(expected.replaceAll(date, "Expires")), parts(got.replaceAll(date, "Expires")));
        assertTrue(got.startsWith(expected.substring(0, expected.indexOf('=') + 1)), got);
    }

    private static Set<String> parts(String cookie) {
        return Set.of(cookie.split("; "));
    }

    @Test
    @DisplayName("the settings tell what was set, by their methods and as attributes, without case")
    void readBack() throws Exception {
        app(config -> {
            assertEquals("JSESSIONID", config.getName());
            assertNull(config.getDomain());
            assertNull(config.getPath());
            assertEquals(-1, config.getMaxAge());
            assertTrue(config.isHttpOnly());
            assertFalse(config.isSecure());
            config.setAttribute("domain", "example.org");
            config.setAttribute("max-age", "7");
            config.setAttribute("SECURE", "true");
            config.setAttribute("httponly", "false");
            assertEquals("example.org", config.getDomain());
            assertEquals(7, config.getMaxAge());
            assertTrue(config.isSecure());
            assertFalse(config.isHttpOnly());
            assertEquals("7", config.getAttribute("Max-Age"));
            Map<String, String> attributes = config.getAttributes();
            assertEquals("example.org", attributes.get("DOMAIN"));
            assertThrows(UnsupportedOperationException.class, () -> attributes.put("x", "y"));
            config.setDomain(null);
            assertNull(config.getDomain());
            assertSame(null, config.getAttribute("Domain"));
        }, (q, r) -> {});
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a;b", "a=b", "\u00e4", "a,b"})
    @DisplayName("names that would change the cookie's meaning are refused")
    void wrongNames(String name) throws Exception {
        app(config -> {
            assertThrows(IllegalArgumentException.class, () -> config.setAttribute(name, "x"));
            if (!name.isEmpty()) {
                assertThrows(IllegalArgumentException.class, () -> config.setName(name));
            }
            assertThrows(IllegalArgumentException.class, () -> config.setAttribute(null, "x"));
            assertThrows(IllegalArgumentException.class, () -> config.setAttribute("Max-Age", name + "x"));
        }, (q, r) -> {});
    }

    @Test
    @DisplayName("once the context is initialised nothing can be set any more")
    void fixed() throws Exception {
        SessionCookieConfig config = app(c -> {}, (q, r) -> {}).context().getSessionCookieConfig();
        assertThrows(IllegalStateException.class, () -> config.setName("x"));
        assertThrows(IllegalStateException.class, () -> config.setPath("/"));
        assertThrows(IllegalStateException.class, () -> config.setDomain("x"));
        assertThrows(IllegalStateException.class, () -> config.setMaxAge(1));
        assertThrows(IllegalStateException.class, () -> config.setSecure(true));
        assertThrows(IllegalStateException.class, () -> config.setHttpOnly(true));
        assertThrows(IllegalStateException.class, () -> config.setAttribute("a", "b"));
    }

    @Test
    @DisplayName("the cookie is sent when the session is new or renamed, and not when it is only used")
    void whenItIsSent() throws Exception {
        ServletApplication app = app(c -> {}, (q, r) -> {
            switch (q.getPathInfo()) {
                case "/use" -> assertFalse(q.getSession().isNew());
                case "/look" -> assertNull(q.getSession(false));
                case "/rename" -> q.changeSessionId();
                default -> assertTrue(q.getSession().isNew());
            }
        });
        assertNull(Call.get(app, "/app/look").header("Set-Cookie"));
        String set = Call.get(app, "/app/new").header("Set-Cookie");
        String cookie = set.substring(0, set.indexOf(';'));
        assertNull(Call.of(app, "GET", "/app/use").field("Cookie", cookie).send().header("Set-Cookie"));
        String renamed = Call.of(app, "GET", "/app/rename").field("Cookie", cookie).send().header("Set-Cookie");
        assertNotEquals(set, renamed);
        MemoryResponse old = Call.of(app, "GET", "/app/look").field("Cookie", cookie).send();
        assertEquals(200, old.status());
        MemoryResponse fresh = Call.of(app, "GET", "/app/use")
                .field("Cookie", renamed.substring(0, renamed.indexOf(';'))).send();
        assertEquals(200, fresh.status());
    }

    @Test
    @DisplayName("one request that ends and begins sessions sends the last one's cookie alone")
    void onlyTheLast() throws Exception {
        ServletApplication app = app(c -> {}, (q, r) -> {
            q.getSession().invalidate();
            q.getSession().invalidate();
            HttpSession last = q.getSession();
            q.changeSessionId();
            r.setHeader("X-Id", last.getId());
        });
        MemoryResponse got = Call.get(app, "/app/");
        assertEquals(1, got.headers("Set-Cookie").size(), got.headers("Set-Cookie").toString());
        assertTrue(got.header("Set-Cookie").startsWith("JSESSIONID=" + got.header("X-Id") + ";"));
    }

    @Test
    @DisplayName("the application's own cookies of other names stay beside it, also those that begin alike")
    void beside() throws Exception {
        MemoryResponse got = Call.get(app(c -> {}, (q, r) -> {
            r.addCookie(new jakarta.servlet.http.Cookie("JSESSIONIDX", "1"));
            r.addCookie(new jakarta.servlet.http.Cookie("a", "2"));
            q.getSession();
            q.changeSessionId();
        }), "/app/");
        List<String> cookies = got.headers("Set-Cookie");
        assertEquals(3, cookies.size(), cookies.toString());
        assertTrue(cookies.contains("JSESSIONIDX=1"));
        assertTrue(cookies.contains("a=2"));
    }

    @Test
    @DisplayName("7.1.3: what nobody chooses depends on whether the server lets path parameters in; what is chosen does not")
    void trackingByTheServer() throws Exception {
        for (boolean parameters : List.of(true, false)) {
            for (boolean chosen : List.of(true, false)) {
                ServletApplicationBuilder builder = ServletApplication.builder()
                        .servlet("s", Servlets.servlet((q, r) -> {
                            q.getSession();
                            r.getWriter().print(r.encodeURL("/x").contains(";jsessionid="));
                        }), "/*");
                ServletApplication app = (chosen ? builder.sessionTracking(SessionTrackingMode.URL) : builder).build();
                app.attribute(TargetRules.class.getName(), TargetRules.STRICT.withPathParameters(parameters));
                try (Logged log = new Logged("io.gatehouse.servlet")) {
                    app.deploy();
                    assertEquals(chosen && !parameters ? 1 : 0, log.from(Level.WARNING).stream()
                            .filter(line -> line.contains("target.path-parameters")).count());
                }
                Undeploy.later(app);
                assertEquals(parameters ? Set.of(SessionTrackingMode.COOKIE, SessionTrackingMode.URL)
                        : Set.of(SessionTrackingMode.COOKIE), app.context().getDefaultSessionTrackingModes());
                assertEquals(String.valueOf(chosen || parameters), Call.get(app, "/").text());
            }
        }
    }

    @Test
    @DisplayName("7.1.4: tracking modes: COOKIE unless set, URL alone, both, none, and never SSL")
    void tracking() throws Exception {
        ServletContext context = app(c -> {}, (q, r) -> {}).context();
        assertEquals(Set.of(SessionTrackingMode.COOKIE), context.getDefaultSessionTrackingModes());
        assertEquals(Set.of(SessionTrackingMode.COOKIE), context.getEffectiveSessionTrackingModes());
        Servlets.deployed(ServletApplication.builder().initializer((classes, c) -> {
            c.setSessionTrackingModes(EnumSet.of(SessionTrackingMode.URL, SessionTrackingMode.COOKIE));
            assertEquals(Set.of(SessionTrackingMode.URL, SessionTrackingMode.COOKIE), c.getEffectiveSessionTrackingModes());
            assertThrows(IllegalArgumentException.class,
                    () -> c.setSessionTrackingModes(EnumSet.of(SessionTrackingMode.SSL)));
            c.setSessionTrackingModes(EnumSet.noneOf(SessionTrackingMode.class));
            assertEquals(Set.of(), c.getEffectiveSessionTrackingModes());
        }).servlet("s", Servlets.servlet((q, r) -> {
            assertEquals("/x", r.encodeURL("/x"));
            q.getSession();
        }), "/*"));
        assertThrows(IllegalStateException.class, () -> context.setSessionTrackingModes(Set.of()));
    }

    @Test
    @DisplayName("7.1.3: with another name of the cookie the path parameter has that name, too")
    void parameterName() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .sessionTracking(SessionTrackingMode.URL)
                .initializer((classes, context) -> context.getSessionCookieConfig().setName("sid"))
                .servlet("s", Servlets.servlet((q, r) -> {
                    boolean came = q.getRequestedSessionId() != null;
                    assertEquals(came, q.isRequestedSessionIdFromURL());
                    assertEquals(came, q.isRequestedSessionIdValid());
                    assertFalse(q.isRequestedSessionIdFromCookie());
                    q.getSession();
                    r.getWriter().print(r.encodeURL("/next"));
                }), "/*"));
        MemoryResponse first = Call.get(app, "/");
        assertNull(first.header("Set-Cookie"));
        assertTrue(first.text().startsWith("/next;sid="), first.text());
        assertEquals(first.text(), Call.get(app, first.text()).text());
    }

    @Test
    @DisplayName("7.5: the application's timeout is told to new sessions; a session's own is kept")
    void timeout() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().clock(clock)
                .initializer((classes, context) -> {
                    assertEquals(30, context.getSessionTimeout());
                    context.setSessionTimeout(2);
                })
                .servlet("s", Servlets.servlet((q, r) -> {
                    HttpSession session = q.getSession();
                    r.getWriter().print(session.getMaxInactiveInterval());
                    session.setMaxInactiveInterval(240);
                }), "/*"));
        MemoryResponse first = Call.get(app, "/");
        assertEquals("120", first.text());
        String set = first.header("Set-Cookie");
        clock.advance(Duration.ofSeconds(239));
        assertEquals("240", Call.of(app, "GET", "/").field("Cookie", set.substring(0, set.indexOf(';'))).send().text());
        assertThrows(IllegalStateException.class, () -> app.context().setSessionTimeout(1));
    }
}
