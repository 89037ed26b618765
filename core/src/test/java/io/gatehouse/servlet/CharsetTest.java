/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.servlet.ServletContext;
import java.io.UnsupportedEncodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 sections 3.12 and 5.5: which character encoding holds, and what decides it. */
@ExtendWith(Undeploy.class)
final class CharsetTest {

    private static final String TEXT = "\u00e4\u20ac";

    private static MemoryResponse answer(Servlets.Action action) throws Exception {
        MemoryResponse response = Call.get(Servlets.app(action), "/");
        assertNull(response.failure(), () -> String.valueOf(response.failure()));
        assertEquals(200, response.status(), response.text());
        return response;
    }

    /** The steps: t=setContentType, c=setCharacterEncoding, l=setLocale, h=setHeader, w=getWriter, r=reset. */
    @ParameterizedTest(name = "{0} makes {1}")
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "                                   | -                          | ISO-8859-1",
        "w                                  | -                          | ISO-8859-1",
        "t=text/html                        | text/html                  | ISO-8859-1",
        "t=text/html w                      | text/html;charset=ISO-8859-1 | ISO-8859-1",
        "t=text/html;charset=utf-8          | text/html;charset=utf-8    | utf-8",
        "t=text/html;charset=utf-8 w        | text/html;charset=utf-8    | utf-8",
        "t=text/html;charset=\"utf-8\"      | text/html;charset=utf-8    | utf-8",
        "t=text/html;CHARSET=utf-8          | text/html;charset=utf-8    | utf-8",
        "t=text/html;level=1;charset=utf-8  | text/html; level=1;charset=utf-8 | utf-8",
        "c=utf-8                            | -                          | utf-8",
        "c=utf-8 w                          | -                          | utf-8",
        "c=utf-8 t=text/html                | text/html;charset=utf-8    | utf-8",
        "t=text/html c=utf-8                | text/html;charset=utf-8    | utf-8",
        "t=text/html;charset=utf-8 c=utf-16 | text/html;charset=utf-16   | utf-16",
        "c=utf-16 t=text/html;charset=utf-8 | text/html;charset=utf-8    | utf-8",
        "t=text/html;charset=utf-8 t=text/plain | text/plain;charset=utf-8 | utf-8",
        "h=text/html;charset=utf-8          | text/html;charset=utf-8    | utf-8",
        "h=text/html;charset=utf-8 w        | text/html;charset=utf-8    | utf-8",
        "c=utf-8 c=-                        | -                          | ISO-8859-1",
        "t=text/html;charset=utf-8 c=-      | text/html                  | ISO-8859-1",
        "t=text/html;charset=utf-8 t=-      | -                          | ISO-8859-1",
        "t=text/html l=ja                   | text/html;charset=Shift_JIS | Shift_JIS",
        "l=ja t=text/html                   | text/html;charset=Shift_JIS | Shift_JIS",
        "l=ja t=text/html l=ru              | text/html;charset=KOI8-R   | KOI8-R",
        "l=ja t=text/html l=fr              | text/html                  | ISO-8859-1",
        "c=utf-8 l=ja t=text/html           | text/html;charset=utf-8    | utf-8",
        "l=ja c=utf-8 t=text/html           | text/html;charset=utf-8    | utf-8",
        "t=text/html;charset=utf-8 l=ja     | text/html;charset=utf-8    | utf-8",
        "c=utf-8 c=- l=ja t=text/html       | text/html;charset=Shift_JIS | Shift_JIS",
        "l=ja-JP t=text/html                | text/html;charset=Shift_JIS | Shift_JIS",
        "l=ru-UA t=text/html                | text/html;charset=windows-1251 | windows-1251",
        "t=text/html w c=utf-8              | text/html;charset=ISO-8859-1 | ISO-8859-1",
        "t=text/html w t=text/plain;charset=utf-8 | text/plain;charset=ISO-8859-1 | ISO-8859-1",
        "t=text/html w l=ja                 | text/html;charset=ISO-8859-1 | ISO-8859-1",
        "c=utf-8 w t=text/html              | text/html;charset=utf-8    | utf-8",
        "t=text/html;charset=utf-8 w r      | -                          | ISO-8859-1",
        "t=text/html w r c=utf-8 t=text/x w | text/x;charset=utf-8       | utf-8",
    })
    void steps(String steps, String type, String charset) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .localeCharset(Locale.JAPANESE, Charset.forName("Shift_JIS"))
                .localeCharset(new Locale.Builder().setLanguage("ru").build(), Charset.forName("KOI8-R"))
                .localeCharset(new Locale.Builder().setLanguage("ru").setRegion("UA").build(), Charset.forName("windows-1251"))
                .servlet("s", Servlets.servlet((q, r) -> {
                    for (String step : steps == null ? new String[0] : steps.split(" ")) {
                        String value = step.length() < 3 || step.substring(2).equals("-") ? null : step.substring(2);
                        switch (step.charAt(0)) {
                            case 't' -> r.setContentType(value);
                            case 'c' -> r.setCharacterEncoding(value);
                            case 'l' -> r.setLocale(Locale.forLanguageTag(value));
                            case 'h' -> r.setHeader("Content-Type", value);
                            case 'w' -> r.getWriter();
                            default -> r.reset();
                        }
                    }
                    assertEquals(charset, r.getCharacterEncoding());
                    assertEquals(type, r.getContentType());
                    assertEquals(type, r.getHeader("Content-Type"));
                }), "/*"));
        MemoryResponse got = Call.get(app, "/");
        assertEquals(200, got.status());
        assertEquals(type, got.header("Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf-8", "UTF-16BE", "windows-1252", "ISO-8859-15", "GB18030"})
    @DisplayName("5.5: the writer writes in the encoding that the head tells")
    void bytes(String charset) throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.setContentType("text/plain;charset=" + charset);
            r.getWriter().print(TEXT);
        });
        assertArrayEquals(TEXT.getBytes(charset), got.bytes());
        assertEquals("text/plain;charset=" + charset, got.header("Content-Type"));
    }

    @Test
    @DisplayName("what the encoding does not have becomes a question mark")
    void unmappable() throws Exception {
        assertArrayEquals(new byte[] {(byte) 0xE4, '?'}, answer((q, r) -> r.getWriter().print(TEXT)).bytes());
        assertArrayEquals("??".getBytes(StandardCharsets.US_ASCII), answer((q, r) -> {
            r.setCharacterEncoding(StandardCharsets.US_ASCII);
            r.getWriter().print(TEXT);
        }).bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-such-charset", "\u00e4", "utf 8", "x/y"})
    @DisplayName("6.1: an encoding that is not known is told by setCharacterEncoding's reader or writer, and then corrected")
    void unknown(String charset) throws Exception {
        assertEquals("fine", answer((q, r) -> {
            r.setCharacterEncoding(charset);
            assertEquals(charset, r.getCharacterEncoding());
            assertThrows(UnsupportedEncodingException.class, r::getWriter);
            r.setCharacterEncoding("utf-8");
            r.getWriter().print("fine");
        }).text());
        answer((q, r) -> assertThrows(UnsupportedEncodingException.class, () -> q.setCharacterEncoding(charset)));
    }

    @Test
    @DisplayName("4.8: the application's encodings hold where nothing else is said")
    void ofTheApplication() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().initializer((classes, context) -> {
            context.setRequestCharacterEncoding("ISO-8859-15");
            context.setResponseCharacterEncoding("utf-8");
            assertEquals("ISO-8859-15", context.getRequestCharacterEncoding());
        }).servlet("s", Servlets.servlet((q, r) -> {
            assertEquals("ISO-8859-15", q.getCharacterEncoding());
            assertEquals("utf-8", r.getCharacterEncoding());
            r.setContentType("text/plain");
            r.getWriter().print(q.getReader().readLine());
        }), "/*"));
        MemoryResponse got = Call.of(app, "POST", "/").body(new byte[] {(byte) 0xA4}).send();
        assertArrayEquals("\u20ac".getBytes(StandardCharsets.UTF_8), got.bytes());
        assertEquals("text/plain;charset=utf-8", got.header("Content-Type"));
        ServletContext context = app.context();
        assertThrows(IllegalStateException.class, () -> context.setRequestCharacterEncoding("utf-8"));
        assertThrows(IllegalStateException.class, () -> context.setResponseCharacterEncoding("utf-8"));
    }

    @Test
    @DisplayName("5.5: the locale is told by Content-Language, the default one is not")
    void contentLanguage() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            assertEquals(Locale.getDefault(), r.getLocale());
            assertNull(r.getHeader("Content-Language"));
            r.setLocale(Locale.forLanguageTag("zh-Hans-CN"));
            assertEquals("zh-Hans-CN", r.getHeader("Content-Language"));
            r.setLocale(Locale.CANADA_FRENCH);
            assertEquals(Locale.CANADA_FRENCH, r.getLocale());
        });
        assertEquals("fr-CA", got.header("Content-Language"));
        assertNull(answer((q, r) -> {
            r.setLocale(Locale.FRENCH);
            r.setLocale(null);
            assertEquals(Locale.getDefault(), r.getLocale());
        }).header("Content-Language"));
        assertNull(answer((q, r) -> {
            r.flushBuffer();
            r.setLocale(Locale.FRENCH);
            assertEquals(Locale.getDefault(), r.getLocale());
        }).header("Content-Language"));
    }

    @ParameterizedTest(name = "3.12: Content-Type {0}, set {1}: getCharacterEncoding is {2}")
    @CsvSource(nullValues = "-", value = {
        "-, -, -", "text/plain, -, -", "text/plain;charset=utf-8, -, utf-8", "text/plain; Charset=\"utf-8\", -, utf-8",
        "text/plain;charset=utf-8, UTF-16, UTF-16", "-, UTF-16, UTF-16", "text/plain;charset=, -, -",
        "text/plain;charset=no-such, -, no-such", "text/plain;charset=no-such, utf-8, utf-8",
        "text/plain;x=\"a;charset=utf-16\";charset=utf-8, -, utf-8",
    })
    void ofRequests(String type, String set, String expected) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            if (set != null) {
                q.setCharacterEncoding(set);
            }
            assertEquals(expected, q.getCharacterEncoding());
            if ("no-such".equals(expected)) {
                assertThrows(UnsupportedEncodingException.class, q::getReader);
            } else {
                Charset charset = expected == null ? StandardCharsets.ISO_8859_1 : Charset.forName(expected);
                assertEquals(new String(TEXT.getBytes(StandardCharsets.UTF_8), charset).length(),
                        q.getReader().lines().collect(java.util.stream.Collectors.joining("\n")).length());
            }
        });
        Call call = Call.of(app, "POST", "/").body(TEXT);
        MemoryResponse got = (type == null ? call : call.field("Content-Type", type)).send();
        assertEquals(200, got.status(), got.text());
    }

    @Test
    @DisplayName("3.12: after the reader or the parameters were taken, setting an encoding has no effect")
    void tooLate() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            if (q.getRequestURI().equals("/reader")) {
                q.getReader();
            } else {
                q.getParameter("a");
            }
            q.setCharacterEncoding("UTF-16");
            q.setCharacterEncoding(StandardCharsets.UTF_16);
            assertNull(q.getCharacterEncoding());
        });
        assertEquals(200, Call.of(app, "POST", "/reader").body("x").send().status());
        assertEquals(200, Call.of(app, "POST", "/form").form("a=b").send().status());
    }

    @Test
    @DisplayName("3.12: a request without body may be given an encoding, before and after its query was read")
    void withoutBody() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals("\u00e4", q.getParameter("a"), "queries are UTF-8, whatever is set");
            q.setCharacterEncoding("ISO-8859-1");
            assertEquals("ISO-8859-1", q.getCharacterEncoding());
            assertEquals("\u00e4", q.getParameter("a"));
        });
        assertEquals(200, Call.get(app, "/?a=%C3%A4").status());
    }

    @Test
    @DisplayName("a charset that is null: back to what was sent, for requests and for responses")
    void none() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            q.setCharacterEncoding("UTF-16");
            q.setCharacterEncoding((String) null);
            assertEquals("utf-8", q.getCharacterEncoding());
            r.setCharacterEncoding("UTF-16");
            r.setCharacterEncoding((Charset) null);
            assertEquals("ISO-8859-1", r.getCharacterEncoding());
        });
        MemoryResponse got = Call.of(app, "POST", "/").field("Content-Type", "text/plain;charset=utf-8").body("x").send();
        assertEquals(200, got.status(), got.text());
    }
}
