/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.Cookie;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 5.2 and 5.3: fields, cookies and trailers of a response. */
interface ResponseHeadChapter extends Chapter {

    @Section("5.2")
    @Test
    default void setReplacesAndAddAdds() throws Exception {
        Reply reply = get((request, response) -> {
            response.addHeader("X-A", "1");
            response.addHeader("x-a", "2");
            assertEquals("1", response.getHeader("X-A"));
            assertEquals(List.of("1", "2"), new ArrayList<>(response.getHeaders("X-a")));
            response.setHeader("X-B", "1");
            response.addHeader("X-B", "2");
            response.setHeader("x-b", "3");
        });
        assertEquals(List.of("1", "2"), reply.all("X-A"));
        assertEquals(List.of("3"), reply.all("X-B"));
    }

    @Section("5.2")
    @Test
    default void numbersAndDatesAreFormatted() throws Exception {
        Reply reply = get((request, response) -> {
            response.setIntHeader("X-Int", 1);
            response.addIntHeader("X-Int", -2);
            response.setDateHeader("X-Date", 1_700_000_000_999L);
            response.addDateHeader("X-Date", 0);
            response.setIntHeader("X-Set", 1);
            response.setIntHeader("X-Set", 2);
        });
        assertEquals(List.of("1", "-2"), reply.all("X-Int"));
        assertEquals(List.of("Tue, 14 Nov 2023 22:13:20 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"), reply.all("X-Date"));
        assertEquals(List.of("2"), reply.all("X-Set"));
    }

    @Section("HttpServletResponse.containsHeader")
    @Test
    default void containsHeaderKnowsWhatWasSet() throws Exception {
        get((request, response) -> {
            assertFalse(response.containsHeader("X-A"));
            response.setHeader("X-A", "1");
            assertTrue(response.containsHeader("x-a"));
        });
    }

    @Section("HttpServletResponse.getHeaders")
    @Test
    default void collectionsAreCopies() throws Exception {
        Reply reply = get((request, response) -> {
            response.setHeader("X-A", "1");
            for (Collection<String> each : List.of(response.getHeaders("X-A"), response.getHeaderNames())) {
                each.add("other");
                each.removeIf(value -> !value.equals("other"));
                assertEquals(List.of("other"), List.copyOf(each));
            }
            assertTrue(response.getHeaderNames().contains("X-A"));
            assertEquals(1, response.getHeaders("X-A").size());
            assertTrue(response.getHeaders("X-None").isEmpty());
            assertNull(response.getHeader("X-None"));
        });
        assertEquals(List.of("1"), reply.all("X-A"));
    }

    @Section("HttpServletResponse.setHeader")
    @Test
    default void noValueRemovesAndNoNameIsIgnored() throws Exception {
        Reply reply = get((request, response) -> {
            response.setHeader("X-A", "1");
            response.setHeader("X-A", null);
            assertFalse(response.containsHeader("X-A"));
            response.setHeader("X-B", "1");
            response.addHeader("X-B", null);
            assertDoesNotThrow(() -> response.setHeader(null, "1"));
            assertDoesNotThrow(() -> response.setHeader("", "1"));
            assertDoesNotThrow(() -> response.addHeader(null, "1"));
        });
        assertFalse(reply.has("X-A"));
        assertEquals(List.of("1"), reply.all("X-B"));
    }

    @Section("HttpServletResponse.setHeader")
    @ParameterizedTest
    @CsvSource({"'a\r\nX-Evil: 1'", "'a\nX-Evil: 1'", "'a\rX-Evil: 1'"})
    default void aValueCanNotBecomeAnotherField(String value) throws Exception {
        Reply reply = site().failing((request, response) -> response.setHeader("X-A", value), null, "GET /app/case");
        assertFalse(reply.has("X-Evil"));
    }

    @Section("5.2")
    @Test
    default void theContentTypeIsNotInvented() throws Exception {
        assertFalse(get((request, response) -> response.getOutputStream().print("x")).has("Content-Type"));
    }

    @Section("HttpServletResponse.addCookie")
    @ParameterizedTest
    @ValueSource(strings = {"plain", "path", "domain", "maxAge", "zero", "secure", "httpOnly", "sameSite", "own"})
    default void cookiesAreSetWithTheirAttributes(String which) throws Exception {
        Reply reply = get((request, response) -> {
            Cookie cookie = new Cookie("a", "1");
            switch (which) {
                case "path" -> cookie.setPath("/x");
                case "domain" -> cookie.setDomain("example.com");
                case "maxAge" -> cookie.setMaxAge(60);
                case "zero" -> cookie.setMaxAge(0);
                case "secure" -> cookie.setSecure(true);
                case "httpOnly" -> cookie.setHttpOnly(true);
                case "sameSite" -> cookie.setAttribute("SameSite", "Lax");
                case "own" -> cookie.setAttribute("Partitioned", "");
                default -> { }
            }
            response.addCookie(cookie);
        });
        String line = reply.field("Set-Cookie");
        assertTrue(line.startsWith("a=1"), line);
        String expected = switch (which) {
            case "path" -> "Path=/x";
            case "domain" -> "Domain=example.com";
            case "maxAge" -> "Max-Age=60";
            case "zero" -> "Max-Age=0";
            case "secure" -> "Secure";
            case "httpOnly" -> "HttpOnly";
            case "sameSite" -> "SameSite=Lax";
            case "own" -> "Partitioned";
            default -> "a=1";
        };
        assertTrue(line.contains(expected), line);
    }

    @Section("HttpServletResponse.addCookie")
    @Test
    default void severalCookiesAreSeveralFields() throws Exception {
        Reply reply = get((request, response) -> {
            response.addCookie(new Cookie("a", "1"));
            response.addCookie(new Cookie("b", "2"));
            assertEquals(2, response.getHeaders("Set-Cookie").size());
        });
        assertEquals(List.of("a=1", "b=2"), reply.all("Set-Cookie"));
    }

    @Section("Cookie")
    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a;b", "a,b", "a=b", "\u00e4", "a\tb"})
    default void cookieNamesAreTokens(String name) throws Exception {
        get((request, response) -> assertThrows(IllegalArgumentException.class, () -> new Cookie(name, "1")));
    }

    @Section("HttpServletResponse.addCookie")
    @ParameterizedTest
    @ValueSource(strings = {"1; Path=/evil", "1\r\nX-Evil: 1", "\u0000"})
    default void aCookiesValueCanNotBecomeMore(String value) throws Exception {
        Reply reply = site().failing((request, response) -> response.addCookie(new Cookie("a", value)), null, "GET /app/case");
        assertFalse(reply.has("X-Evil") || reply.field("Set-Cookie").contains("Path=/evil"), reply.field("Set-Cookie"));
    }

    @Section("5.3")
    @Test
    default void trailersFollowTheBody() throws Exception {
        Reply reply = get((request, response) -> {
            assertNull(response.getTrailerFields());
            Map<String, String> trailers = new java.util.HashMap<>();
            response.setTrailerFields(() -> trailers);
            assertNotNull(response.getTrailerFields());
            response.getWriter().print("body");
            trailers.put("X-Sum", "1");
            trailers.put("X-Other", "2");
        });
        assertEquals("body", reply.text());
        assertEquals("1", reply.trailers().first("X-Sum"));
        assertEquals("2", reply.trailers().first("X-Other"));
    }

    @Section("HttpServletResponse.setTrailerFields")
    @Test
    default void framingFieldsAreNoTrailers() throws Exception {
        Reply reply = get((request, response) -> {
            response.setTrailerFields(() -> Map.of("Content-Length", "1", "Transfer-Encoding", "x", "X-Ok", "1"));
            response.getWriter().print("body");
        });
        assertEquals("1", reply.trailers().first("X-Ok"));
        assertEquals(1, reply.trailers().size());
    }

    @Section("HttpServletResponse.setTrailerFields")
    @Test
    default void trailersAfterTheCommitAreRefused() throws Exception {
        get((request, response) -> {
            response.flushBuffer();
            assertThrows(IllegalStateException.class, () -> response.setTrailerFields(Map::of));
        });
    }

    @Section("HttpServletResponse.setTrailerFields")
    @Test
    default void oldClientsGetNoTrailers() throws Exception {
        run((request, response) ->
                assertThrows(IllegalStateException.class, () -> response.setTrailerFields(Map::of)), "GET /app/case HTTP/1.0");
    }

    @Section("HttpServletResponse.setTrailerFields")
    @Test
    default void trailersComeAfterALargeBodyToo() throws Exception {
        Reply reply = get((request, response) -> {
            response.setTrailerFields(() -> Map.of("X-Sum", "1"));
            response.getOutputStream().write(new byte[100_000]);
        });
        assertEquals(100_000, reply.body().length);
        assertEquals("1", reply.trailers().first("X-Sum"));
    }

    @Section("HttpServletResponse.encodeURL")
    @Test
    default void urlsStayAsTheyAreWithoutASession() throws Exception {
        get((request, response) -> {
            assertEquals("/a/b?c", response.encodeURL("/a/b?c"));
            assertEquals("http://test/x", response.encodeRedirectURL("http://test/x"));
        });
    }
}
