/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import jakarta.servlet.ServletConnection;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.BufferedReader;
import java.io.UnsupportedEncodingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servlet 6.1 chapter 3: the request. */
@ExtendWith(Undeploy.class)
final class RequestTest {

    private static String answer(Servlets.Action action, Consumer<Call> with) throws Exception {
        Call call = Call.of(Servlets.app(action), "POST", "/p?q=1");
        with.accept(call);
        MemoryResponse response = call.send();
        assertEquals(200, response.status(), response.text());
        return response.text();
    }

    @Test
    @DisplayName("3.3: attributes of the request")
    void attributes() throws Exception {
        answer((q, r) -> {
            assertNull(q.getAttribute("a"));
            q.setAttribute("a", 1);
            q.setAttribute("b", 2);
            assertEquals(List.of("a", "b"), Collections.list(q.getAttributeNames()));
            q.setAttribute("a", null);
            q.removeAttribute("b");
            assertFalse(q.getAttributeNames().hasMoreElements());
        }, call -> {});
    }

    @Test
    @DisplayName("3.4: fields of the request")
    void fields() throws Exception {
        answer((q, r) -> {
            assertEquals("1", q.getHeader("x-a"));
            assertEquals(List.of("1", "2"), Collections.list(q.getHeaders("X-A")));
            assertNull(q.getHeader("x-none"));
            assertFalse(q.getHeaders("x-none").hasMoreElements());
            assertTrue(Collections.list(q.getHeaderNames()).contains("X-A"));
            assertEquals(42, q.getIntHeader("X-Int"));
            assertEquals(-1, q.getIntHeader("x-none"));
            assertThrows(NumberFormatException.class, () -> q.getIntHeader("X-Date"));
            assertEquals(784111777000L, q.getDateHeader("X-Date"));
            assertEquals(784111777000L, q.getDateHeader("X-Asctime"));
            assertEquals(784111777000L, q.getDateHeader("X-Rfc850"));
            assertEquals(-1, q.getDateHeader("x-none"));
            assertThrows(IllegalArgumentException.class, () -> q.getDateHeader("X-Int"));
        }, call -> call.field("X-A", "1").field("X-A", "2").field("X-Int", "42")
                .field("X-Date", "Sun, 06 Nov 1994 08:49:37 GMT").field("X-Asctime", "Sun Nov  6 08:49:37 1994")
                .field("X-Rfc850", "Sunday, 06-Nov-94 08:49:37 GMT"));
    }

    @Test
    @DisplayName("3: method, protocol, addresses, URL")
    void addresses() throws Exception {
        answer((q, r) -> {
            assertEquals("POST", q.getMethod());
            assertEquals("HTTP/1.1", q.getProtocol());
            assertEquals("http", q.getScheme());
            assertFalse(q.isSecure());
            assertEquals("www.example.org", q.getServerName());
            assertEquals(80, q.getServerPort());
            assertEquals("192.0.2.1", q.getRemoteAddr());
            assertEquals("192.0.2.1", q.getRemoteHost());
            assertEquals(4711, q.getRemotePort());
            assertEquals("192.0.2.2", q.getLocalAddr());
            assertEquals("192.0.2.2", q.getLocalName());
            assertEquals(8080, q.getLocalPort());
            assertEquals("q=1", q.getQueryString());
            assertEquals("/p", q.getRequestURI());
            assertEquals("http://www.example.org/p", q.getRequestURL().toString());
            assertNull(q.getAuthType());
            assertNull(q.getRemoteUser());
            assertNull(q.getUserPrincipal());
            assertFalse(q.isUserInRole("x"));
            assertThrows(ServletException.class, () -> q.login("a", "b"));
            assertThrows(ServletException.class, () -> q.authenticate(r));
            q.logout();
            assertEquals(-1, q.getContentLength());
            assertEquals(-1, q.getContentLengthLong());
            assertNull(q.getContentType());
            assertNull(q.getCharacterEncoding());
        }, call -> {});
        ServletApplication app = Servlets.app((q, r) ->
                r.getWriter().print(q.getRequestURL() + " " + q.getServerName() + " " + q.isSecure()));
        assertEquals("https://[::1]:8443/x [::1] true",
                Call.of(app, "GET", "/x").scheme("https").host("[::1]:8443").send().text());
        assertEquals("https://a.org/x a.org true",
                Call.of(app, "GET", "/x").scheme("https").host("A.org:443").send().text());
    }

    @Test
    @DisplayName("3.3.4: request ids and the connection (6.0)")
    void ids() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            ServletConnection connection = q.getServletConnection();
            assertEquals("7", connection.getConnectionId());
            assertEquals("http/1.1", connection.getProtocol());
            assertEquals("", connection.getProtocolConnectionId());
            assertFalse(connection.isSecure());
            assertEquals("", q.getProtocolRequestId());
            r.getWriter().print(q.getRequestId());
        });
        String first = Call.get(app, "/").text();
        assertFalse(first.isEmpty());
        assertFalse(first.equals(Call.get(app, "/").text()));
    }

    @ParameterizedTest(name = "3.9: Accept-Language {0} is {1}")
    @CsvSource(value = {
        "en-us,en;q=0.5|en_US en", "da, en-gb;q=0.8, en;q=0.7|da en_GB en", "en;q=0.1, de|de en", "de;q=0, fr|fr",
        "*|DEFAULT", "x y z!, de|de", "de;q=abc, fr;q=1|fr", "de;level=1, fr|de fr",
        "zh-Hant-TW|zh_TW_#Hant", ",,de|de",
        "''|DEFAULT", "de, de;q=0.3|de",
    }, delimiter = '|')
    void locales(String header, String expected) throws Exception {
        String got = answer((q, r) -> {
            StringJoiner out = new StringJoiner(" ");
            Collections.list(q.getLocales()).forEach(locale -> out.add(locale.toString()));
            assertEquals(q.getLocale(), q.getLocales().nextElement());
            r.getWriter().print(out);
        }, call -> call.field("Accept-Language", header));
        assertEquals(expected.equals("DEFAULT") ? Locale.getDefault().toString() : expected, got);
    }

    @ParameterizedTest(name = "3.11: Cookie {0} is {1}")
    @CsvSource(value = {
        "a=1|a:1", "a=1; b=2|a:1 b:2", "a=1;b=2|a:1 b:2", "a=1; a=2|a:1 a:2", "a=|a:", "bad; b=2|b:2", "=x; b=2|b:2",
        "a b=1; c=3|c:3", "a=\"q\"|a:\"q\"", "a=b=c|a:b=c", ";;; a=1;|a:1",
        "a=1; b={\"x\":1,\"y\":2}|a:1 b:{\"x\":1,\"y\":2}",
        "$Version=1; a=1|$Version:1 a:1", "a=ü; b=2|b:2", "[x]=1; b=2|b:2", "none|",
    }, delimiter = '|', quoteCharacter = '~')
    void cookies(String header, String expected) throws Exception {
        String got = answer((q, r) -> {
            StringJoiner out = new StringJoiner(" ");
            if (q.getCookies() != null) {
                for (Cookie cookie : q.getCookies()) {
                    out.add(cookie.getName() + ":" + cookie.getValue());
                }
            }
            r.getWriter().print(out);
        }, call -> call.field("Cookie", header));
        assertEquals(expected == null ? "" : expected, got);
    }

    @Test
    @DisplayName("3.11: no cookies are null; several fields are one list; past the limit they are skipped")
    void cookieLimit() throws Exception {
        answer((q, r) -> assertNull(q.getCookies()), call -> {});
        answer((q, r) -> {
            assertEquals(2, q.getCookies().length);
            q.getCookies()[0].setValue("changed");
            assertEquals("1", q.getCookies()[0].getValue());
        }, call -> call.field("Cookie", "a=1").field("Cookie", "b=2"));
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .limits(ServletLimits.DEFAULT.withCookies(2)).servlet("s",
                        Servlets.servlet((q, r) -> r.getWriter().print(q.getCookies().length)), "/*"));
        assertEquals("2", Call.of(app, "GET", "/").field("Cookie", "a=1; b=2; c=3").send().text());
    }

    @Test
    @DisplayName("3.2: the body by stream or by reader, not both")
    void streamOrReader() throws Exception {
        answer((q, r) -> {
            q.getInputStream();
            assertThrows(IllegalStateException.class, q::getReader);
            q.getInputStream();
        }, call -> call.body("x"));
        assertEquals("ü\nx", answer((q, r) -> {
            BufferedReader reader = q.getReader();
            assertThrows(IllegalStateException.class, q::getInputStream);
            assertEquals(reader, q.getReader());
            q.setCharacterEncoding("ISO-8859-1");
            r.setCharacterEncoding("UTF-8");
            r.getWriter().print(reader.readLine() + "\n" + reader.readLine());
            assertNull(reader.readLine());
        }, call -> call.field("Content-Type", "text/plain; charset=\"utf-8\"").body("ü\nx")));
    }

    @Test
    @DisplayName("3.12: encodings of the request")
    void encodings() throws Exception {
        answer((q, r) -> {
            assertEquals("utf-8", q.getCharacterEncoding());
            assertThrows(UnsupportedEncodingException.class, () -> q.setCharacterEncoding("x-none"));
            assertThrows(UnsupportedEncodingException.class, () -> q.setCharacterEncoding("not a name"));
            q.setCharacterEncoding(StandardCharsets.UTF_16);
            assertEquals("UTF-16", q.getCharacterEncoding());
            q.setCharacterEncoding("ISO-8859-1");
            assertEquals("\u00C3", String.valueOf((char) q.getReader().read()));
        }, call -> call.field("Content-Type", "text/plain;charset=utf-8").body("ü"));
        assertEquals("500", String.valueOf(Call.of(Servlets.app((q, r) -> q.getReader()), "POST", "/")
                .field("Content-Type", "text/plain;charset=x-none").body("x").send().status()));
    }

    @Test
    @DisplayName("3.2, 6.1: the stream reads into arrays and buffers, and knows its end")
    void inputStream() throws Exception {
        answer((q, r) -> {
            ServletInputStream in = q.getInputStream();
            assertFalse(in.isFinished());
            assertTrue(in.isReady());
            assertEquals('a', in.read());
            assertEquals(0, in.read(new byte[3], 0, 0));
            ByteBuffer heap = ByteBuffer.allocate(4).position(1).limit(3);
            assertEquals(2, in.read(heap));
            assertEquals(3, heap.position());
            ByteBuffer direct = ByteBuffer.allocateDirect(2);
            assertEquals(2, in.read(direct));
            assertEquals('d', direct.get(0));
            assertEquals(0, in.read(direct));
            byte[] line = new byte[10];
            assertEquals(2, in.readLine(line, 0, 10));
            assertFalse(in.isFinished());
            assertEquals('g', in.read());
            assertTrue(in.isFinished());
            assertEquals(-1, in.read());
            assertEquals(-1, in.read(new byte[4]));
            assertEquals(-1, in.read(ByteBuffer.allocate(4)));
            assertEquals(0, in.available());
        }, call -> call.body("abcdef\ng"));
        answer((q, r) -> assertTrue(q.getInputStream().isFinished()), call -> {});
        answer((q, r) -> {
            assertEquals(5, q.getInputStream().readAllBytes().length);
            assertTrue(q.getInputStream().isFinished());
        }, call -> call.body("12345").chunked());
    }

    @Test
    @DisplayName("3.1: content length and type")
    void contentLength() throws Exception {
        answer((q, r) -> {
            assertEquals(3, q.getContentLength());
            assertEquals(3, q.getContentLengthLong());
            assertEquals("a/b", q.getContentType());
        }, call -> call.field("Content-Type", "a/b").body("xyz"));
        answer((q, r) -> assertEquals(-1, q.getContentLength()), call -> call.body("xyz").chunked());
    }

    @Test
    @DisplayName("trailers of the request are there after the body, with lower-case names")
    void trailers() throws Exception {
        answer((q, r) -> {
            assertFalse(q.isTrailerFieldsReady());
            assertThrows(IllegalStateException.class, q::getTrailerFields);
            q.getInputStream().readAllBytes();
            assertTrue(q.isTrailerFieldsReady());
            assertEquals("1,2", q.getTrailerFields().get("x-sum"));
            assertEquals("1,2", q.getTrailerFields().get("X-Sum"));
        }, call -> call.body("abc").chunked().trailers("X-Sum", "1", "X-Sum", "2"));
        answer((q, r) -> assertEquals(Map.of(), q.getTrailerFields()), call -> {});
    }

    @Test
    @DisplayName("a refused body passes as its status: 413, not 500")
    void refusedBody() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            throw new ServletException("wrapped", new RefusedException(Refusal.BODY_SIZE, "limits.body is 10"));
        });
        MemoryResponse got = Call.get(app, "/");
        assertEquals(413, got.status());
        assertTrue(got.text().contains("limits.body is 10"));
    }

    @Test
    @DisplayName("upgrade says that it can't")
    void upgrade() throws Exception {
        answer((q, r) -> assertNotNull(assertThrows(ServletException.class,
                () -> q.upgrade(HttpUpgradeHandler.class)).getMessage()), call -> {});
    }

    @ParameterizedTest(name = "media type {0}")
    @CsvSource(value = {
        "text/html|text/html|NULL|''", "Text/HTML; charset=UTF-8|text/html|UTF-8|''",
        "a/b;x=1;charset=\"q;d\";y=2|a/b|q;d|; x=1; y=2", "a/b; charset=|a/b|NULL|''", "a/b;;|a/b|NULL|''",
    }, delimiter = '|', nullValues = "NULL")
    void mediaTypes(String text, String type, String charset, String rest) {
        ParsedType parsed = ParsedType.parse(text);
        assertEquals(type, parsed.type());
        assertEquals(charset, parsed.charset());
        assertEquals(rest, parsed.rest());
    }
}
