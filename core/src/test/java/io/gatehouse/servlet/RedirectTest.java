/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 5.3: {@code sendRedirect} in all its forms. */
@ExtendWith(Undeploy.class)
final class RedirectTest {

    private static MemoryResponse answer(Servlets.Action action) throws Exception {
        MemoryResponse response = Call.get(Servlets.app(action), "/p/x?q=1");
        assertNull(response.failure(), () -> String.valueOf(response.failure()));
        return response;
    }

    @Test
    @DisplayName("sendRedirect(location): 302, the buffer is cleared")
    void plainForm() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.getWriter().print("gone");
            r.sendRedirect("/to");
            assertEquals(302, r.getStatus());
            assertEquals("http://www.example.org/to", r.getHeader("Location"));
        });
        assertEquals(302, got.status());
        assertEquals("http://www.example.org/to", got.header("Location"));
        assertEquals("", got.text());
        assertEquals("0", got.header("Content-Length"));
        assertTrue(got.lastSent());
    }

    @ParameterizedTest(name = "sendRedirect(location, {0})")
    @ValueSource(ints = {301, 302, 303, 307, 308, 300})
    void withStatus(int status) throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.getOutputStream().print("gone");
            r.sendRedirect("to", status);
        });
        assertEquals(status, got.status());
        assertEquals("http://www.example.org/p/to", got.header("Location"));
        assertEquals("", got.text());
    }

    @Test
    @DisplayName("sendRedirect(location, clearBuffer): the body stays if it is not to be cleared")
    void withBody() throws Exception {
        MemoryResponse kept = answer((q, r) -> {
            r.setContentType("text/html");
            r.getWriter().print("<a href='/to'>there</a>");
            r.sendRedirect("/to", false);
            r.getWriter().print("late");
        });
        assertEquals(302, kept.status());
        assertEquals("<a href='/to'>there</a>", kept.text());
        assertEquals("23", kept.header("Content-Length"));
        assertEquals("text/html;charset=ISO-8859-1", kept.header("Content-Type"));
        MemoryResponse cleared = answer((q, r) -> {
            r.getWriter().print("<a href='/to'>there</a>");
            r.sendRedirect("/to", true);
        });
        assertEquals("", cleared.text());
    }

    @ParameterizedTest(name = "sendRedirect(location, {0}, {1})")
    @CsvSource({"301, true", "301, false", "308, true", "308, false"})
    void withBoth(int status, boolean clear) throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.getOutputStream().print("body");
            r.sendRedirect("/to", status, clear);
        });
        assertEquals(status, got.status());
        assertEquals(clear ? "" : "body", got.text());
        assertEquals(clear ? "0" : "4", got.header("Content-Length"));
    }

    @Test
    @DisplayName("the response is committed by it: what comes after is refused or dropped")
    void commits() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.sendRedirect("/to");
            assertTrue(r.isCommitted());
            assertThrows(IllegalStateException.class, () -> r.sendRedirect("/again"));
            assertThrows(IllegalStateException.class, () -> r.sendRedirect("/again", 301, false));
            assertThrows(IllegalStateException.class, () -> r.sendError(404));
            assertThrows(IllegalStateException.class, r::reset);
            assertThrows(IllegalStateException.class, r::resetBuffer);
            r.setHeader("X-Late", "1");
            r.setStatus(200);
            r.addCookie(new Cookie("late", "1"));
            r.getWriter().print("late");
            r.flushBuffer();
        });
        assertEquals(302, got.status());
        assertEquals("http://www.example.org/to", got.header("Location"));
        assertNull(got.header("X-Late"));
        assertNull(got.header("Set-Cookie"));
        assertEquals("", got.text());
        assertEquals(1, got.writes());
    }

    @Test
    @DisplayName("after the commit it is refused, and what was sent is whole")
    void afterCommit() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.getWriter().print("sent");
            r.flushBuffer();
            for (boolean clear : new boolean[] {true, false}) {
                assertThrows(IllegalStateException.class, () -> r.sendRedirect("/to", 302, clear));
            }
        });
        assertEquals(200, got.status());
        assertEquals("sent", got.text());
        assertNull(got.header("Location"));
    }

    @Test
    @DisplayName("no location is refused, and the response is as it was")
    void noLocation() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.getWriter().print("kept");
            assertThrows(IllegalArgumentException.class, () -> r.sendRedirect(null));
            assertThrows(IllegalArgumentException.class, () -> r.sendRedirect("../../../x"));
            assertFalse(r.isCommitted());
        });
        assertEquals(200, got.status());
        assertEquals("kept", got.text());
        assertNull(got.header("Location"));
    }

    @Test
    @DisplayName("cookies and other fields stay; a length that was set for the dropped body does not")
    void fieldsStay() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.addCookie(new Cookie("a", "b"));
            r.setHeader("Cache-Control", "no-store");
            r.setHeader("Location", "/overwritten");
            r.setContentLength(1_000);
            r.getOutputStream().print("x");
            r.sendRedirect("/to");
        });
        assertEquals("a=b", got.header("Set-Cookie"));
        assertEquals("no-store", got.header("Cache-Control"));
        assertEquals(List.of("http://www.example.org/to"), got.headers("Location"));
        assertEquals("0", got.header("Content-Length"));
    }

    @Test
    @DisplayName("a new session's cookie goes with the redirect")
    void session() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            q.getSession();
            r.sendRedirect("/to");
        });
        assertTrue(got.header("Set-Cookie").startsWith("JSESSIONID="), got.header("Set-Cookie"));
    }

    @ParameterizedTest(name = "over {0} to {1}, {2} leads to {3}")
    @CsvSource({
        "http, example.org, /a, http://example.org/a",
        "http, example.org:80, /a, http://example.org/a",
        "http, example.org:8080, /a, http://example.org:8080/a",
        "https, example.org:443, /a, https://example.org/a",
        "https, example.org:80, /a, https://example.org:80/a",
        "http, example.org:443, /a, http://example.org:443/a",
        "http, 192.0.2.7:81, /a, http://192.0.2.7:81/a",
        "http, [2001:db8::1]:81, /a, http://[2001:db8::1]:81/a",
        "http, [2001:db8::1], /a, http://[2001:db8::1]/a",
        "https, example.org, //other.org/a, https://other.org/a",
        "http, example.org, //other.org/a, http://other.org/a",
        "http, example.org, https://other.org/a?b#c, https://other.org/a?b#c",
        "http, example.org, mailto:me@example.org, mailto:me@example.org",
        "http, example.org, '', http://example.org/c/d/e",
        "http, example.org, ?x=1, http://example.org/c/d/e?x=1",
        "http, example.org, #frag, http://example.org/c/d/e#frag",
        "http, example.org, ., http://example.org/c/d/",
        "http, example.org, .., http://example.org/c/",
        "http, example.org, ../.., http://example.org/",
        "http, example.org, ../x/./y, http://example.org/c/x/y",
        "http, example.org, x/../y, http://example.org/c/d/y",
        "http, example.org, x?a=../b, http://example.org/c/d/x?a=../b",
        "http, example.org, /x/../y?z#w, http://example.org/y?z#w",
        "http, example.org, a:b, a:b",
        "http, example.org, ./a:b, http://example.org/c/d/a:b",
        "http, example.org, 1:b, http://example.org/c/d/1:b",
    })
    void absolute(String scheme, String host, String location, String expected) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c")
                .servlet("s", Servlets.servlet((q, r) -> r.sendRedirect(location)), "/d/*"));
        MemoryResponse got = Call.of(app, "GET", "/c/d/e?query").scheme(scheme).host(host).send();
        assertEquals(302, got.status());
        assertEquals(expected, got.header("Location"));
    }

    @ParameterizedTest(name = "{0} is encoded as {1}")
    @CsvSource({
        "'/a b', /a%20b", "/\u00e4, /%C3%A4", "/\u20ac?x=\u20ac, /%E2%82%AC?x=%E2%82%AC", "/a%20b, /a%20b", "'/a\"b', /a%22b",
        "/a<b>, /a%3Cb%3E", "/a;p=1, /a;p=1", "'/a?b=c d', /a?b=c%20d",
    })
    void encoded(String location, String path) throws Exception {
        assertEquals("http://www.example.org" + path, answer((q, r) -> r.sendRedirect(location)).header("Location"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a\r\nSet-Cookie: x=y", "/a\nX: y", "/a\r", "/\0"})
    @DisplayName("a line break in a location never becomes one in the head")
    void noSplitting(String location) throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> r.sendRedirect(location)), "/");
        String sent = String.valueOf(got.header("Location"));
        assertTrue(sent.chars().allMatch(c -> c > ' ' && c < 127), sent);
        assertNull(got.header("Set-Cookie"));
    }

    @Test
    @DisplayName("after a forward a relative location is relative to where the request was forwarded")
    void afterForward() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> q.getRequestDispatcher("/x/y/b").forward(q, r)), "/a")
                .servlet("b", Servlets.servlet((q, r) -> r.sendRedirect("c")), "/x/y/b"));
        assertEquals("http://www.example.org/x/y/c", Call.get(app, "/a").header("Location"));
    }

    @Test
    @DisplayName("9.3: in an include it does nothing, and the page goes on")
    void included() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    r.getWriter().print("1");
                    q.getRequestDispatcher("/b").include(q, r);
                    r.getWriter().print("3");
                }), "/a")
                .servlet("b", Servlets.servlet((q, r) -> {
                    r.sendRedirect("/c", 301, true);
                    r.getWriter().print("2");
                }), "/b"));
        MemoryResponse got = Call.get(app, "/a");
        assertEquals(200, got.status());
        assertEquals("123", got.text());
        assertNull(got.header("Location"));
    }

    @Test
    @DisplayName("a wrapper sees every form through the one with three arguments, or its own")
    void wrapped() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter(Servlets.filter((q, r, chain) -> chain.doFilter(q, new HttpServletResponseWrapper(r) {
                    @Override
                    public void sendRedirect(String location, int status, boolean clear) throws java.io.IOException {
                        super.sendRedirect("/wrapped" + location, status, clear);
                    }
                })), "/*")
                .servlet("s", Servlets.servlet((q, r) -> r.sendRedirect("/x", 303, false)), "/*"));
        MemoryResponse got = Call.get(app, "/");
        assertEquals("http://www.example.org/wrapped/x", got.header("Location"));
        assertEquals(303, got.status());
    }

    @Test
    @DisplayName("an error page of the same status is not asked: a redirect is no error")
    void noErrorPage() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().errorPage(302, "/page").errorPage("/page")
                .servlet("s", Servlets.servlet((q, r) -> r.sendRedirect("/x")), "/s")
                .servlet("page", Servlets.text("page"), "/page"));
        assertEquals("", Call.get(app, "/s").text());
    }

    @Test
    @DisplayName("HEAD and POST are redirected alike")
    void methods() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> r.sendRedirect("/x", HttpServletResponse.SC_SEE_OTHER));
        for (String method : List.of("HEAD", "POST", "PUT", "DELETE")) {
            MemoryResponse got = Call.of(app, method, "/").send();
            assertEquals(303, got.status(), method);
            assertEquals("http://www.example.org/x", got.header("Location"));
            assertEquals("0", got.header("Content-Length"));
        }
    }
}
