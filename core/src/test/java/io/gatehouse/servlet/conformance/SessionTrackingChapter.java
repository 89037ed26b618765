/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 7.1 and {@code SessionCookieConfig}: how a session's id travels. */
interface SessionTrackingChapter extends Chapter {

    private static ServletApplicationBuilder with(ServletApplicationBuilder app, Consumer<ServletContext> settings) {
        return app.listener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                settings.accept(event.getServletContext());
            }
        });
    }

    private ContractSite cookie(Consumer<SessionCookieConfig> settings) throws Exception {
        return open(with(app("/shop"), context -> settings.accept(context.getSessionCookieConfig()))
                .servlet("main", Case.servlet((request, response) -> {
                    request.getSession();
                    response.getWriter().print(request.isRequestedSessionIdValid());
                }), "/*"));
    }

    /** The server of these tests lets path parameters in; one that does not has only cookies, as SessionCookieTest says. */
    @Section("ServletContext.getDefaultSessionTrackingModes")
    @Test
    default void idsTravelByCookieAndElseByUrl() throws Exception {
        run((request, response) -> {
            assertEquals("none", request.getRequestedSessionId());
            assertTrue(request.isRequestedSessionIdFromURL());
            assertFalse(request.isRequestedSessionIdFromCookie());
            assertFalse(request.isRequestedSessionIdValid());
            Set<SessionTrackingMode> both = Set.of(SessionTrackingMode.COOKIE, SessionTrackingMode.URL);
            assertEquals(both, request.getServletContext().getDefaultSessionTrackingModes());
            assertEquals(both, request.getServletContext().getEffectiveSessionTrackingModes());
        }, "GET /app/case;jsessionid=none");
        Reply first = get((request, response) -> {
            String id = request.getSession().getId();
            assertEquals("/app/x;jsessionid=" + id, response.encodeURL("/app/x"));
        });
        run((request, response) -> {
            assertEquals(first.session(), request.getSession(false).getId());
            assertTrue(request.isRequestedSessionIdFromURL());
        }, "GET /app/case;jsessionid=" + first.session());
        run((request, response) -> {
            assertTrue(request.isRequestedSessionIdFromCookie());
            assertEquals("/app/x", response.encodeURL("/app/x"));
            assertEquals("/app/x", response.encodeRedirectURL("/app/x"));
        }, "GET /app/case", "Cookie: JSESSIONID=" + first.session());
    }

    @Section("7.1.1")
    @Test
    default void theCookieCanHaveAnotherName() throws Exception {
        try (ContractSite site = cookie(config -> config.setName("OWN"))) {
            String line = site.ask("GET /shop/").field("Set-Cookie");
            assertTrue(line.startsWith("OWN="), line);
            String id = line.substring(4, line.indexOf(';'));
            assertEquals("true", site.ask("GET /shop/", "Cookie: OWN=" + id).text());
            assertEquals("false", site.ask("GET /shop/", "Cookie: JSESSIONID=" + id).text());
        }
    }

    @Section("SessionCookieConfig.setAttribute")
    @Test
    default void theCookieHasTheAttributesThatWereSet() throws Exception {
        try (ContractSite site = cookie(config -> {
            config.setDomain("example.com");
            config.setPath("/other");
            config.setMaxAge(60);
            config.setSecure(true);
            config.setHttpOnly(false);
            config.setAttribute("SameSite", "Strict");
            config.setAttribute("Own", "x");
            assertEquals("60", config.getAttribute("max-age"));
            assertEquals("Strict", config.getAttributes().get("SameSite"));
            assertEquals(60, config.getMaxAge());
            assertTrue(config.isSecure());
            assertFalse(config.isHttpOnly());
        })) {
            String line = site.ask("GET /shop/").field("Set-Cookie");
            for (String each : new String[] {"Domain=example.com", "Path=/other", "Max-Age=60", "Secure", "SameSite=Strict", "Own=x"}) {
                assertTrue(line.contains("; " + each), line);
            }
            assertFalse(line.contains("HttpOnly"), line);
        }
    }

    @Section("SessionCookieConfig")
    @Test
    default void theDefaultsAreTold() throws Exception {
        try (ContractSite site = cookie(config -> {
            assertTrue(config.getName() == null || config.getName().equals("JSESSIONID"));
            assertNull(config.getDomain());
            assertEquals(-1, config.getMaxAge());
            assertFalse(config.isSecure());
            assertNull(config.getAttribute("SameSite"));
        })) {
            String line = site.ask("GET /shop/").field("Set-Cookie");
            assertFalse(line.contains("Max-Age") || line.contains("Domain") || line.contains("Secure"), line);
        }
    }

    @Section("SessionCookieConfig.setAttribute")
    @Test
    default void wrongAttributesAreRefused() throws Exception {
        try (ContractSite site = cookie(config -> {
            assertThrows(IllegalArgumentException.class, () -> config.setAttribute(null, "x"));
            assertThrows(IllegalArgumentException.class, () -> config.setAttribute("a b", "x"));
            assertThrows(IllegalArgumentException.class, () -> config.setAttribute("Max-Age", "soon"));
        })) {
            assertEquals(200, site.ask("GET /shop/").status());
        }
    }

    @Section("SessionCookieConfig")
    @Test
    default void theCookieCanNotBeChangedOnceTheContextIsInitialised() throws Exception {
        get((request, response) -> {
            SessionCookieConfig config = request.getServletContext().getSessionCookieConfig();
            assertThrows(IllegalStateException.class, () -> config.setName("x"));
            assertThrows(IllegalStateException.class, () -> config.setDomain("x"));
            assertThrows(IllegalStateException.class, () -> config.setPath("/"));
            assertThrows(IllegalStateException.class, () -> config.setHttpOnly(true));
            assertThrows(IllegalStateException.class, () -> config.setSecure(true));
            assertThrows(IllegalStateException.class, () -> config.setMaxAge(1));
            assertThrows(IllegalStateException.class, () -> config.setAttribute("a", "b"));
        });
    }

    private ContractSite rewriting() throws Exception {
        return site(SessionTrackingChapter.class, app -> with(app.contextPath("/url"),
                context -> context.setSessionTrackingModes(EnumSet.of(SessionTrackingMode.URL)))
                .servlet("main", Case.servlet((request, response) -> {
                    boolean known = request.getSession(false) != null;
                    String id = request.getSession().getId();
                    String url = request.getHeader("X-Url");
                    String encoded = url == null ? id : response.encodeURL(url).replace(id, "ID");
                    response.getWriter().print(known + " " + request.isRequestedSessionIdFromURL() + " "
                            + request.isRequestedSessionIdFromCookie() + " " + encoded);
                }), "/*"));
    }

    @Section("7.1.3")
    @Test
    default void theIdCanTravelInThePath() throws Exception {
        ContractSite site = rewriting();
        Reply first = site.ask("GET /url/");
        assertFalse(first.has("Set-Cookie"));
        String id = first.text().split(" ")[3];
        assertEquals("true true false " + id, site.ask("GET /url/;jsessionid=" + id).text());
        assertEquals("true true false " + id, site.ask("GET /url/a/b;jsessionid=" + id + "?q=1").text());
        assertTrue(site.ask("GET /url/", "Cookie: JSESSIONID=" + id).text().startsWith("false false false"));
        assertTrue(site.ask("GET /url/;jsessionid=invented").text().startsWith("false true false"));
    }

    @Section("HttpServletResponse.encodeURL")
    @ParameterizedTest
    @CsvSource({
        "/url/a,/url/a;jsessionid=ID",
        "a,a;jsessionid=ID",
        "a?b=c,a;jsessionid=ID?b=c",
        "a#b,a;jsessionid=ID#b",
        "?b=c,;jsessionid=ID?b=c",
        "a;x=y?b,a;x=y;jsessionid=ID?b",
        "http://test/url/a,http://test/url/a;jsessionid=ID",
        "http://other/url/a,http://other/url/a",
        "/elsewhere,/elsewhere",
        "mailto:x@y,mailto:x@y",
        "#top,#top",
        "//other/url/a,//other/url/a",
    })
    default void urlsOfTheContextGetTheId(String url, String expected) throws Exception {
        assertEquals("false false false " + expected, rewriting().ask("GET /url/", "X-Url: " + url).text());
    }

    @Section("HttpServletResponse.encodeURL")
    @Test
    default void whoSendsTheCookieNeedsNoIdInUrls() throws Exception {
        try (ContractSite site = open(with(app("/both"), context -> context.setSessionTrackingModes(
                EnumSet.of(SessionTrackingMode.URL, SessionTrackingMode.COOKIE)))
                .servlet("main", Case.servlet((request, response) -> {
                    request.getSession();
                    response.getWriter().print(response.encodeURL("/both/x").contains("jsessionid"));
                }), "/*"))) {
            Reply first = site.ask("GET /both/");
            assertEquals("true", first.text());
            assertEquals("false", site.ask("GET /both/", "Cookie: JSESSIONID=" + first.session()).text());
        }
    }

    @Section("ServletContext.setSessionTrackingModes")
    @Test
    default void modesAreToldAndFixed() throws Exception {
        get((request, response) -> {
            ServletContext context = request.getServletContext();
            assertTrue(context.getDefaultSessionTrackingModes().contains(SessionTrackingMode.COOKIE));
            assertEquals(context.getDefaultSessionTrackingModes(), context.getEffectiveSessionTrackingModes());
            assertThrows(IllegalStateException.class,
                    () -> context.setSessionTrackingModes(EnumSet.of(SessionTrackingMode.COOKIE)));
        });
    }

    @Section("ServletContext.setSessionTrackingModes")
    @Test
    default void sslExcludesTheOthers() throws Exception {
        try (ContractSite site = open(with(app("/ssl"), context -> assertThrows(IllegalArgumentException.class, () ->
                context.setSessionTrackingModes(Set.of(SessionTrackingMode.SSL, SessionTrackingMode.COOKIE))))
                .servlet("main", Case.text("up"), "/*"))) {
            assertEquals("up", site.ask("GET /ssl/").text());
        }
    }

    @Section("ServletContext.setSessionTrackingModes")
    @Test
    default void withoutAModeASessionLastsOneRequest() throws Exception {
        try (ContractSite site = open(with(app("/none"),
                context -> context.setSessionTrackingModes(EnumSet.noneOf(SessionTrackingMode.class)))
                .servlet("main", Case.servlet((request, response) ->
                        response.getWriter().print(response.encodeURL(request.getSession().getId()))), "/*"))) {
            Reply reply = site.ask("GET /none/");
            assertFalse(reply.has("Set-Cookie"));
            assertFalse(reply.text().contains("jsessionid"));
        }
    }
}
