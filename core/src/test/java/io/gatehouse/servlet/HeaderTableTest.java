/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.HttpVersion;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 chapters 3 and 5: what fields mean, each in a table. */
@ExtendWith(Undeploy.class)
final class HeaderTableTest {

    private static MemoryResponse answer(Servlets.Action action) throws Exception {
        return Call.get(Servlets.app(action), "/p/x");
    }

    @ParameterizedTest(name = "3.5, getDateHeader: {0} is {1}")
    @CsvSource(quoteCharacter = '`', value = {
        "`Sun, 06 Nov 1994 08:49:37 GMT`, 784111777000", "`Sunday, 06-Nov-94 08:49:37 GMT`, 784111777000",
        "Sun Nov  6 08:49:37 1994, 784111777000", "`Thu, 01 Jan 1970 00:00:00 GMT`, 0",
        "`Tue, 29 Feb 2000 00:00:00 GMT`, 951782400000", "`Sat, 31 Dec 2016 23:59:60 GMT`, 1483228800000",
        "`Mon, 06 Nov 1994 08:49:37 GMT`, refused", "`Sun, 06 Nov 1994 08:49:37`, refused",
        "`Sun, 06 Nov 1994 08:49:37 CET`, refused", "`Sun, 6 Nov 1994 08:49:37 GMT`, refused",
        "`Sun, 06 nov 1994 08:49:37 GMT`, refused", "`Tue, 30 Feb 2000 00:00:00 GMT`, refused",
        "`Sun, 06 Nov 1994 24:49:37 GMT`, refused", "1994-11-06T08:49:37Z, refused", "784111777, refused",
        "now, refused", "`Sun, 06 Nov 1994 08:49:37 GMT, x`, refused",
    })
    void dates(String value, String expected) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            if (expected.equals("refused")) {
                assertThrows(IllegalArgumentException.class, () -> q.getDateHeader("X"));
            } else {
                assertEquals(Long.parseLong(expected), q.getDateHeader("x"));
            }
        });
        assertEquals(200, Call.of(app, "GET", "/").field("X", value).send().status());
    }

    @ParameterizedTest(name = "5.2, setDateHeader: {0} ms is {1}")
    @CsvSource(quoteCharacter = '`', value = {"0, `Thu, 01 Jan 1970 00:00:00 GMT`",
        "999, `Thu, 01 Jan 1970 00:00:00 GMT`", "1000, `Thu, 01 Jan 1970 00:00:01 GMT`",
        "-1, `Wed, 31 Dec 1969 23:59:59 GMT`", "784111777000, `Sun, 06 Nov 1994 08:49:37 GMT`",
        "253402300799000, `Fri, 31 Dec 9999 23:59:59 GMT`"})
    void datesOut(long millis, String expected) throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.setDateHeader("X", millis);
            r.addDateHeader("Y", millis);
            assertThrows(IllegalArgumentException.class, () -> r.setDateHeader("Z", Long.MAX_VALUE));
        });
        assertEquals(expected, got.header("X"));
        assertEquals(expected, got.header("Y"));
        assertNull(got.header("Z"));
    }

    @ParameterizedTest(name = "3.5, getIntHeader: {0} is {1}")
    @CsvSource({"0, 0", "42, 42", "-7, -7", "2147483647, 2147483647", "2147483648, refused", "1.5, refused",
        "0x10, refused", "ten, refused", "4 2, refused"})
    void integers(String value, String expected) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            if (expected.equals("refused")) {
                assertThrows(NumberFormatException.class, () -> q.getIntHeader("X"));
            } else {
                assertEquals(Integer.parseInt(expected), q.getIntHeader("X"));
            }
        });
        assertEquals(200, Call.of(app, "GET", "/").field("X", value).send().status());
    }

    @ParameterizedTest(name = "3.9, Accept-Language: {0} prefers {1}")
    @CsvSource(quoteCharacter = '`', nullValues = "-", value = {
        "de, de", "de-AT, de_AT", "`de, en`, de en",
        "`de;q=0.5, en`, en de", "`de;q=0.5, en;q=0.6, fr;q=0.55`, en fr de",
        "`de; q=0.1, en;Q=0.2`, en de", "`de;q=0, en`, en", "`de;q=1.001, en;q=0.1`, en", "`de;q=0.1234, en`, en",
        "`de;q=-1, en`, en", "`de;q=NaN, en`, en", "`de;q=1e3, en`, en", "`de;q=, en`, en", "`de;q=.5, en`, en",
        "`de;q=0.999, en;q=1.000`, en de", "`de, de, en`, de en", "`*, de`, de", "`de;q=0.5, *;q=0.9`, de",
        "zh-Hans-CN, zh_CN_#Hans", "sr-Latn, sr__#Latn", "x, DEFAULT", "`d, e`, DEFAULT", "`de_AT, en`, en",
        "`,, ,`, DEFAULT", "-, DEFAULT", "i-klingon, tlh", "es-419, es_419",
    })
    void locales(String header, String expected) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            List<Locale> locales = Collections.list(q.getLocales());
            assertEquals(locales.get(0), q.getLocale());
            r.getWriter().print(locales.stream().map(Locale::toString).collect(Collectors.joining(" ")));
        });
        Call call = Call.of(app, "GET", "/");
        if (header != null) {
            call.field("Accept-Language", header);
        }
        assertEquals(expected.equals("DEFAULT") ? Locale.getDefault().toString() : expected, call.send().text());
    }

    @ParameterizedTest(name = "3.6, RFC 6265: the cookies of {0} are {1}")
    @CsvSource(quoteCharacter = '`', value = {
        "a=b, a=b", "a=b; c=d, a=b c=d", "a=b;c=d, a=b c=d", "a=b ; c=d, a=b c=d", "a=, a=", "a==, a==", "a=b=c, a=b=c",
        "`a=\"b\"`, `a=\"b\"`", "`a=\"b c\"`, `a=\"b c\"`", "a, NONE", "=b, NONE", "`;`, NONE", "`; ;a=b`, a=b",
        "a b=c; d=e, d=e", "`a=b,c=d`, `a=b,c=d`", "a=ä; d=e, d=e", "$Version=1; a=b; $Path=/, $Version=1 a=b $Path=/",
        "a=1; a=2, a=1 a=2", "A=1; a=2, A=1 a=2", "(a)=1; b=2, b=2", "`a=\\\"b`, `a=\\\"b`", "a=%20, a=%20",
        "Path=/; Domain=x, Path=/ Domain=x", "a=b\tc; d=e, d=e",
    })
    void cookiesIn(String header, String expected) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            Cookie[] cookies = q.getCookies();
            r.getWriter().print(cookies == null ? "NONE" : Arrays.stream(cookies)
                    .map(cookie -> cookie.getName() + "=" + cookie.getValue()).collect(Collectors.joining(" ")));
        });
        assertEquals(expected, Call.of(app, "GET", "/").field("Cookie", header).send().text());
    }

    @Test
    @DisplayName("3.6: several Cookie fields are one list, and its cookies are copies")
    void cookieFields() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            q.getCookies()[0].setValue("changed");
            r.getWriter().print(q.getCookies()[0].getValue() + q.getCookies().length);
        });
        assertEquals("b3", Call.of(app, "GET", "/").field("Cookie", "a=b").field("Cookie", "c=d; e=f").send().text());
    }

    private static DynamicTest cookie(String expected, Consumer<Cookie> settings) {
        return DynamicTest.dynamicTest(expected, () -> {
            TestClock clock = new TestClock();
            Cookie cookie = new Cookie("n", "v");
            settings.accept(cookie);
            List<String> parts = Arrays.asList(CookieHeader.format(cookie, clock).split("; "));
            assertEquals(parts.get(0), expected.split("; ")[0]);
            assertEquals(Arrays.stream(expected.split("; ")).sorted().toList(), parts.stream().sorted().toList());
        });
    }

    @TestFactory
    @DisplayName("5.4, RFC 6265 section 4.1: cookies out")
    Stream<DynamicTest> cookiesOut() {
        return Stream.of(
                cookie("n=v", c -> {}),
                cookie("n=", c -> c.setValue("")),
                cookie("n=", c -> c.setValue(null)),
                cookie("n=\"v\"", c -> c.setValue("\"v\"")),
                cookie("n=v; Path=/", c -> c.setPath("/")),
                cookie("n=v; Domain=example.org", c -> c.setDomain("Example.ORG")),
                cookie("n=v; HttpOnly", c -> c.setHttpOnly(true)),
                cookie("n=v; Secure", c -> c.setSecure(true)),
                cookie("n=v; HttpOnly; Secure", c -> {
                    c.setSecure(true);
                    c.setHttpOnly(true);
                }),
                cookie("n=v", c -> {
                    c.setSecure(true);
                    c.setSecure(false);
                }),
                cookie("n=v", c -> c.setMaxAge(-1)),
                cookie("n=v; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT", c -> c.setMaxAge(0)),
                cookie("n=v; Max-Age=100; Expires=Tue, 14 Nov 2023 22:15:00 GMT", c -> c.setMaxAge(100)),
                cookie("n=v; Max-Age=5; Expires=Tue, 14 Nov 2023 22:13:25 GMT", c -> c.setAttribute("Max-Age", "5")),
                cookie("n=v; SameSite=None", c -> c.setAttribute("SameSite", "None")),
                cookie("n=v; Partitioned", c -> c.setAttribute("Partitioned", "")),
                cookie("n=v", c -> {
                    c.setAttribute("SameSite", "Lax");
                    c.setAttribute("samesite", null);
                }),
                cookie("n=v; X=a b,c=d", c -> c.setAttribute("X", "a b,c=d")));
    }

    @ParameterizedTest(name = "5.4: a cookie with value {0} is refused")
    @ValueSource(strings = {"a b", "a,b", "a;b", "a\"b", "\"", "a\\b", "\"a\"b\"", "a\tb", "a\r\nb", "\u007f", "é", "€",
        "a\0", "\"a b\""})
    void badCookieValues(String value) throws Exception {
        MemoryResponse got = answer((q, r) ->
                assertThrows(IllegalArgumentException.class, () -> r.addCookie(new Cookie("n", value))));
        assertNull(got.header("Set-Cookie"));
        assertEquals(200, got.status());
    }

    @ParameterizedTest(name = "5.5: {0}, {1} and {2} make {3} in {4}")
    @CsvSource(quoteCharacter = '`', nullValues = "-", value = {
        "-, -, -, -, ISO-8859-1", "text/plain, -, -, text/plain;charset=ISO-8859-1, ISO-8859-1",
        "text/plain;charset=UTF-8, -, -, text/plain;charset=UTF-8, UTF-8",
        "text/plain; charset=\"UTF-8\", -, -, text/plain;charset=UTF-8, UTF-8",
        "text/plain;CHARSET=utf-8, -, -, text/plain;charset=utf-8, utf-8",
        "text/plain; charset=, -, -, text/plain;charset=ISO-8859-1, ISO-8859-1",
        "text/plain;charset=UTF-8, UTF-16, -, text/plain;charset=UTF-16, UTF-16",
        "text/plain, UTF-8, -, text/plain;charset=UTF-8, UTF-8", "-, UTF-8, -, -, UTF-8",
        "text/plain, -, ja, text/plain;charset=Shift_JIS, Shift_JIS", "-, -, ja, -, Shift_JIS",
        "text/plain, UTF-8, ja, text/plain;charset=UTF-8, UTF-8",
        "text/plain;charset=UTF-8, -, ja, text/plain;charset=UTF-8, UTF-8",
        "text/plain, -, ja-JP, text/plain;charset=Shift_JIS, Shift_JIS",
        "text/plain, -, zh-TW, text/plain;charset=Big5, Big5",
        "text/plain, -, zh, text/plain;charset=ISO-8859-1, ISO-8859-1",
        "text/plain, -, de, text/plain;charset=ISO-8859-1, ISO-8859-1",
        "`text/plain;a=\"x;charset=y\"`, -, -, `text/plain; a=\"x;charset=y\";charset=ISO-8859-1`, ISO-8859-1",
        "application/json, UTF-8, -, application/json;charset=UTF-8, UTF-8",
    })
    void charsets(String type, String encoding, String locale, String sent, String charset) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .localeCharset(Locale.JAPANESE, Charset.forName("Shift_JIS"))
                .localeCharset(Locale.TAIWAN, Charset.forName("Big5"))
                .servlet("s", Servlets.servlet((q, r) -> {
                    if (locale != null) {
                        r.setLocale(Locale.forLanguageTag(locale));
                    }
                    if (type != null) {
                        r.setContentType(type);
                    }
                    if (encoding != null) {
                        r.setCharacterEncoding(encoding);
                    }
                    assertEquals(charset, r.getCharacterEncoding());
                    r.getWriter().print("x");
                    assertEquals(charset, r.getCharacterEncoding());
                    assertEquals(sent, r.getContentType());
                }), "/*"));
        MemoryResponse got = Call.get(app, "/");
        assertEquals(200, got.status(), got.text());
        assertEquals(sent, got.header("Content-Type"));
        assertEquals(locale, got.header("Content-Language"));
    }

    @ParameterizedTest(name = "3.12: a body of {0}, set to {1}, default {2}, is read as {3}")
    @CsvSource(nullValues = "-", value = {"-, -, -, ISO-8859-1", "text/plain, -, -, ISO-8859-1",
        "text/plain;charset=UTF-8, -, -, UTF-8", "text/plain;charset=UTF-8, -, UTF-16BE, UTF-8",
        "text/plain, -, UTF-8, UTF-8", "text/plain, UTF-8, -, UTF-8", "text/plain;charset=UTF-8, UTF-16BE, -, UTF-16BE",
        "text/plain;charset=ISO-8859-1, UTF-8, UTF-16BE, UTF-8", "-, UTF-16BE, UTF-8, UTF-16BE"})
    void bodyCharsets(String type, String set, String byDefault, String read) throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder();
        if (byDefault != null) {
            builder.requestEncoding(Charset.forName(byDefault));
        }
        ServletApplication app = Servlets.deployed(builder.servlet("s", Servlets.servlet((q, r) -> {
            if (set != null) {
                q.setCharacterEncoding(set);
            }
            assertEquals("größe", q.getReader().readLine());
            q.setCharacterEncoding("US-ASCII");
            String known = set != null || byDefault != null || type != null && type.contains("charset") ? read : null;
            assertEquals(known, q.getCharacterEncoding(), "set too late");
        }), "/*"));
        Call call = Call.of(app, "POST", "/").body("größe".getBytes(Charset.forName(read)));
        if (type != null) {
            call.field("Content-Type", type);
        }
        MemoryResponse got = call.send();
        assertEquals(200, got.status(), got.text());
    }

    @ParameterizedTest(name = "RFC 9112: field value {0} is refused")
    @ValueSource(strings = {"a\r\nb", "a\nb", "a\rb", "a\0b", "\u0001", "a\u007f"})
    void badFieldValues(String value) throws Exception {
        MemoryResponse got = answer((q, r) -> {
            assertThrows(IllegalArgumentException.class, () -> r.setHeader("X", value));
            assertThrows(IllegalArgumentException.class, () -> r.addHeader("X", value));
        });
        assertNull(got.header("X"));
    }

    private static DynamicTest after(String name, Consumer<HttpServletResponse> change) {
        return DynamicTest.dynamicTest(name, () -> {
            MemoryResponse got = answer((q, r) -> {
                r.setHeader("X", "before");
                r.setContentType("text/plain;charset=UTF-8");
                r.setLocale(Locale.GERMAN);
                r.flushBuffer();
                change.accept(r);
                assertEquals(200, r.getStatus());
                assertEquals("before", r.getHeader("X"));
                assertEquals("text/plain;charset=UTF-8", r.getContentType());
                assertEquals(Locale.GERMAN, r.getLocale());
                assertTrue(r.isCommitted());
            });
            assertEquals("before", got.header("X"));
            assertEquals(200, got.status());
            assertNull(got.failure());
        });
    }

    @TestFactory
    @DisplayName("5.1, 5.2: after the commit no change of the head has an effect")
    Stream<DynamicTest> afterCommit() {
        return Stream.of(
                after("setHeader", r -> r.setHeader("X", "after")),
                after("setHeader null", r -> r.setHeader("X", null)),
                after("addHeader", r -> r.addHeader("X", "after")),
                after("setIntHeader", r -> r.setIntHeader("X", 1)),
                after("addIntHeader", r -> r.addIntHeader("X", 1)),
                after("setDateHeader", r -> r.setDateHeader("X", 1)),
                after("addDateHeader", r -> r.addDateHeader("X", 1)),
                after("setStatus", r -> r.setStatus(201)),
                after("setContentType", r -> r.setContentType("a/b")),
                after("setCharacterEncoding", r -> r.setCharacterEncoding("UTF-16")),
                after("setCharacterEncoding Charset", r -> r.setCharacterEncoding(StandardCharsets.UTF_16)),
                after("setContentLength", r -> r.setContentLength(1)),
                after("setContentLengthLong", r -> r.setContentLengthLong(1)),
                after("setLocale", r -> r.setLocale(Locale.FRENCH)),
                after("addCookie", r -> r.addCookie(new Cookie("a", "b"))),
                after("sendError", r -> assertThrows(IllegalStateException.class, () -> r.sendError(500))),
                after("sendRedirect", r -> assertThrows(IllegalStateException.class, () -> r.sendRedirect("/"))),
                after("reset", r -> assertThrows(IllegalStateException.class, r::reset)),
                after("resetBuffer", r -> assertThrows(IllegalStateException.class, r::resetBuffer)),
                after("setBufferSize", r -> assertThrows(IllegalStateException.class, () -> r.setBufferSize(1))),
                after("setTrailerFields", r ->
                        assertThrows(IllegalStateException.class, () -> r.setTrailerFields(Map::of))));
    }

    @Test
    @DisplayName("5.2, setTrailerFields: HTTP/1.0 has none")
    void trailersNeedChunks() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertThrows(IllegalStateException.class, () -> r.setTrailerFields(Map::of));
            r.setTrailerFields(null);
            assertNull(r.getTrailerFields());
        });
        assertEquals(200, Call.of(app, "GET", "/").version(HttpVersion.HTTP_1_0).send().status());
    }
}
