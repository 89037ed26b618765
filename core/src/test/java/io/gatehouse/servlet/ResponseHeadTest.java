/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.Cookie;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servlet 6.1 sections 5.2 to 5.5: the head of the response. */
@ExtendWith(Undeploy.class)
final class ResponseHeadTest {

    private static MemoryResponse answer(Servlets.Action action) throws Exception {
        MemoryResponse response = Call.get(Servlets.app(action), "/p/x?q=1");
        assertNull(response.failure(), () -> String.valueOf(response.failure()));
        return response;
    }

    @Test
    @DisplayName("5.2: fields: set, add, remove, count")
    void fields() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.setHeader("X-A", "1");
            r.setHeader("x-a", "2");
            r.addHeader("X-A", "3");
            r.setIntHeader("X-Int", 42);
            r.addIntHeader("X-Int", 43);
            r.setDateHeader("X-Date", 784111777000L);
            r.addDateHeader("X-Date", 0);
            r.setHeader("X-Gone", "1");
            r.setHeader("X-Gone", null);
            r.addHeader("X-Gone", null);
            r.setHeader(null, "x");
            r.setHeader("", "x");
            r.addHeader(null, "x");
            r.setHeader("X-Empty", "");
            r.setHeader("X-Wide", "a€b");
            assertTrue(r.containsHeader("X-a"));
            assertFalse(r.containsHeader("X-Gone"));
            assertEquals("2", r.getHeader("X-A"));
            assertEquals(List.of("2", "3"), List.copyOf(r.getHeaders("X-A")));
            assertEquals(List.of(), List.copyOf(r.getHeaders("X-None")));
            assertNull(r.getHeader("X-None"));
            assertTrue(r.getHeaderNames().contains("X-Int"));
            assertThrows(IllegalArgumentException.class, () -> r.setHeader("X-B", "a\r\nSet-Cookie: b"));
            assertThrows(IllegalArgumentException.class, () -> r.setHeader("X B", "a"));
        });
        assertEquals(List.of("2", "3"), got.headers("X-A"));
        assertEquals(List.of("42", "43"), got.headers("X-Int"));
        assertEquals(List.of("Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"), got.headers("X-Date"));
        assertNull(got.header("X-Gone"));
        assertEquals("", got.header("X-Empty"));
        assertEquals("a?b", got.header("X-Wide"));
    }

    @Test
    @DisplayName("5.4: cookies out: all attributes, SameSite and any other")
    void cookies() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            Cookie cookie = new Cookie("a", "b");
            cookie.setPath("/p");
            cookie.setDomain("example.org");
            cookie.setSecure(true);
            cookie.setHttpOnly(true);
            cookie.setAttribute("SameSite", "Lax");
            cookie.setAttribute("Partitioned", "");
            r.addCookie(cookie);
            cookie = new Cookie("old", "");
            cookie.setMaxAge(0);
            r.addCookie(cookie);
            r.addCookie(new Cookie("q", "\"x\""));
            r.addCookie(null);
            assertThrows(IllegalArgumentException.class, () -> r.addCookie(new Cookie("c", "a b")));
            assertThrows(IllegalArgumentException.class, () -> r.addCookie(new Cookie("c", "a;b")));
            assertThrows(IllegalArgumentException.class, () -> r.addCookie(new Cookie("c", "ü")));
            Cookie path = new Cookie("c", "x");
            path.setAttribute("X-Custom", "a;b");
            assertThrows(IllegalArgumentException.class, () -> r.addCookie(path));
        });
        List<String> sent = got.headers("Set-Cookie");
        assertEquals(3, sent.size());
        Set<String> parts = Set.of(sent.get(0).split("; "));
        assertEquals(Set.of("a=b", "Path=/p", "Domain=example.org", "Secure", "HttpOnly", "SameSite=Lax",
                "Partitioned"), parts);
        assertTrue(sent.get(0).startsWith("a=b; "));
        assertEquals("old=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT", sent.get(1));
        assertEquals("q=\"x\"", sent.get(2));
    }

    @Test
    @DisplayName("5.5: content type and encoding, before the writer and after it")
    void contentType() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            assertNull(r.getContentType());
            assertEquals("ISO-8859-1", r.getCharacterEncoding());
            r.setContentType("text/html");
            assertEquals("text/html", r.getContentType());
            r.setCharacterEncoding("UTF-8");
            assertEquals("text/html;charset=UTF-8", r.getContentType());
            r.setContentType("text/plain; charset=ISO-8859-15");
            assertEquals("ISO-8859-15", r.getCharacterEncoding());
            r.setCharacterEncoding((String) null);
            assertEquals("text/plain", r.getContentType());
            assertEquals("ISO-8859-1", r.getCharacterEncoding());
            r.setCharacterEncoding(StandardCharsets.UTF_8);
            r.setContentType(null);
            assertNull(r.getContentType());
            assertEquals("ISO-8859-1", r.getCharacterEncoding());
            r.setContentType("text/plain");
            r.getWriter().print("ü");
            assertEquals("text/plain;charset=ISO-8859-1", r.getContentType());
            r.setCharacterEncoding("UTF-8");
            assertEquals("ISO-8859-1", r.getCharacterEncoding());
            r.setContentType("text/html;charset=UTF-8");
            assertEquals("text/html;charset=ISO-8859-1", r.getContentType());
        });
        assertEquals("text/html;charset=ISO-8859-1", got.header("Content-Type"));
        assertArrayEquals(new byte[] {(byte) 0xFC}, got.bytes());
        MemoryResponse byHeader = answer((q, r) -> {
            r.setHeader("content-type", "text/plain;charset=utf-8");
            assertEquals("utf-8", r.getCharacterEncoding());
            r.getWriter().print("€");
        });
        assertEquals("€", byHeader.text());
        assertEquals("text/plain;charset=utf-8", byHeader.header("Content-Type"));
        assertEquals("image/png", answer((q, r) -> {
            r.setContentType("image/png");
            r.getOutputStream().print("x");
        }).header("Content-Type"));
        assertEquals("multipart/mixed; boundary=x", answer((q, r) ->
                r.setContentType("multipart/mixed;boundary=x")).header("Content-Type"));
    }

    @Test
    @DisplayName("5.5: an unknown encoding fails at the writer")
    void unknownEncoding() throws Exception {
        answer((q, r) -> {
            r.setCharacterEncoding("x-none");
            assertEquals("x-none", r.getCharacterEncoding());
            assertThrows(UnsupportedEncodingException.class, r::getWriter);
            r.getOutputStream().print("bytes are fine");
        });
    }

    @Test
    @DisplayName("5.5: the locale gives an encoding, unless one is given explicitly")
    void locale() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .localeCharset(Locale.JAPANESE, Charset.forName("Shift_JIS"))
                .localeCharset(Locale.GERMANY, StandardCharsets.UTF_16)
                .servlet("s", Servlets.servlet((q, r) -> {
                    assertEquals(Locale.getDefault(), r.getLocale());
                    r.setContentType("text/html");
                    r.setLocale(Locale.JAPAN);
                    assertEquals("text/html;charset=Shift_JIS", r.getContentType());
                    assertEquals(Locale.JAPAN, r.getLocale());
                    r.setLocale(Locale.GERMANY);
                    assertEquals("UTF-16", r.getCharacterEncoding());
                    r.setLocale(null);
                    assertEquals("ISO-8859-1", r.getCharacterEncoding());
                    assertNull(r.getHeader("Content-Language"));
                    r.setCharacterEncoding("UTF-8");
                    r.setLocale(Locale.JAPAN);
                    assertEquals("UTF-8", r.getCharacterEncoding());
                    r.getWriter();
                    r.setLocale(Locale.GERMANY);
                    assertEquals("UTF-8", r.getCharacterEncoding());
                }), "/*"));
        MemoryResponse got = Call.get(app, "/");
        assertEquals("de-DE", got.header("Content-Language"));
        assertEquals(200, got.status());
    }

    @Test
    @DisplayName("5.5: the application's default encoding")
    void defaultEncoding() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .responseEncoding(StandardCharsets.UTF_8).servlet("s", Servlets.servlet((q, r) -> {
                    assertEquals("UTF-8", r.getCharacterEncoding());
                    r.setContentType("text/plain");
                    r.getWriter().print("€");
                }), "/*"));
        MemoryResponse got = Call.get(app, "/");
        assertEquals("text/plain;charset=UTF-8", got.header("Content-Type"));
        assertEquals("€", got.text());
        assertEquals("UTF-8", app.context().getResponseCharacterEncoding());
    }

    @ParameterizedTest(name = "5.3: a redirect to {0} goes to {1}")
    @CsvSource({
        "http://other.org/x, http://other.org/x", "//other.org/x, http://other.org/x", "/y, http://www.example.org/y",
        "y, http://www.example.org/p/y", "../y, http://www.example.org/y",
        "./y?a=b#c, http://www.example.org/p/y?a=b#c",
        "?a=b, http://www.example.org/p/x?a=b", "/ü, http://www.example.org/%C3%BC", "mailto:a@b, mailto:a@b",
        "/a b, http://www.example.org/a%20b", "/y:z, http://www.example.org/y:z", "'', http://www.example.org/p/x",
        "/y?u=../x, http://www.example.org/y?u=../x",
    })
    void redirects(String location, String expected) throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.getWriter().print("gone");
            r.sendRedirect(location);
            assertTrue(r.isCommitted());
            r.getWriter().print("late");
        });
        assertEquals(302, got.status());
        assertEquals(expected, got.header("Location"));
        assertEquals("", got.text());
    }

    @Test
    @DisplayName("5.3, 6.1: redirects with a status, and with the buffer kept")
    void redirectForms() throws Exception {
        MemoryResponse kept = answer((q, r) -> {
            r.setContentType("text/plain");
            r.getWriter().print("see there");
            r.sendRedirect("/there", 307, false);
        });
        assertEquals(307, kept.status());
        assertEquals("see there", kept.text());
        MemoryResponse status = answer((q, r) -> {
            r.setContentLength(50);
            r.sendRedirect("/there", 303);
        });
        assertEquals(303, status.status());
        assertEquals("0", status.header("Content-Length"));
        assertEquals("x", answer((q, r) -> {
            r.getWriter().print("x");
            r.sendRedirect("/there", false);
        }).text());
        answer((q, r) -> {
            assertThrows(IllegalArgumentException.class, () -> r.sendRedirect(null));
            assertThrows(IllegalArgumentException.class, () -> r.sendRedirect("../../.."));
            r.flushBuffer();
            assertThrows(IllegalStateException.class, () -> r.sendRedirect("/x"));
        });
        MemoryResponse split = answer((q, r) -> r.sendRedirect("/x\r\nSet-Cookie: a=b"));
        assertNull(split.header("Set-Cookie"));
        assertEquals("http://www.example.org/x%0D%0ASet-Cookie:%20a=b", split.header("Location"));
    }
}
