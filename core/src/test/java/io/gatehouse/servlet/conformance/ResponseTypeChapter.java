/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 5.5 (internationalization): content type, encoding and locale of a response. */
interface ResponseTypeChapter extends Chapter {

    private static String type(String value) {
        return value.toLowerCase(Locale.ROOT).replace(" ", "").replace("\"", "");
    }

    @Section("ServletResponse.getCharacterEncoding")
    @Test
    default void theEncodingIsLatinUnlessSet() throws Exception {
        Reply reply = get((request, response) -> {
            assertEquals("ISO-8859-1", response.getCharacterEncoding());
            assertNull(response.getContentType());
            response.getWriter().print("\u00e4");
        });
        assertEquals("\u00e4", reply.text());
        assertFalse(reply.has("Content-Type"));
    }

    @Section("ServletResponse.getWriter")
    @Test
    default void theWriterTellsItsEncoding() throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentType("text/plain");
            assertEquals("text/plain", response.getContentType());
            response.getWriter().print("\u00e4");
            assertEquals("text/plain;charset=iso-8859-1", type(response.getContentType()));
        });
        assertEquals("text/plain;charset=iso-8859-1", type(reply.field("Content-Type")));
    }

    @Section("ServletResponse.setContentType")
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "text/plain;charset=UTF-8|UTF-8",
        "text/plain; charset=utf-8|utf-8",
        "text/plain; charset=\"UTF-8\"|UTF-8",
        "text/html;charset=ISO-8859-15|ISO-8859-15",
        "application/json;charset=UTF-16BE|UTF-16BE",
    })
    default void theContentTypeSetsTheEncoding(String type, String charset) throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentType(type);
            assertEquals(charset, response.getCharacterEncoding());
            response.getWriter().print("\u00e4");
        });
        assertEquals(type(type), type(reply.field("Content-Type")));
        assertEquals("\u00e4", new String(reply.body(), charset));
    }

    @Section("ServletResponse.setCharacterEncoding")
    @Test
    default void theEncodingIsAddedToTheType() throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentType("text/html");
            response.setCharacterEncoding("UTF-8");
            assertEquals("text/html;charset=utf-8", type(response.getContentType()));
            response.getWriter().print("\u20ac");
        });
        assertEquals("text/html;charset=utf-8", type(reply.field("Content-Type")));
        assertEquals("\u20ac", reply.utf8());
    }

    @Section("ServletResponse.setCharacterEncoding(Charset)")
    @Test
    default void theEncodingCanBeAnObject() throws Exception {
        assertEquals("\u20ac", get((request, response) -> {
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            assertEquals("UTF-8", response.getCharacterEncoding());
            response.getWriter().print("\u20ac");
        }).utf8());
    }

    @Section("ServletResponse.setCharacterEncoding")
    @Test
    default void theLastEncodingCounts() throws Exception {
        get((request, response) -> {
            response.setCharacterEncoding("UTF-8");
            response.setContentType("text/plain;charset=ISO-8859-15");
            assertEquals("ISO-8859-15", response.getCharacterEncoding());
            response.setCharacterEncoding("UTF-16BE");
            assertEquals("UTF-16BE", response.getCharacterEncoding());
            response.setContentType("text/html");
            assertEquals("UTF-16BE", response.getCharacterEncoding());
        });
    }

    @Section("ServletResponse.setCharacterEncoding")
    @Test
    default void nullTakesTheEncodingBack() throws Exception {
        get((request, response) -> {
            response.setContentType("text/plain;charset=UTF-8");
            response.setCharacterEncoding((String) null);
            assertEquals("ISO-8859-1", response.getCharacterEncoding());
            assertEquals("text/plain", response.getContentType());
        });
    }

    @Section("ServletResponse.setContentType")
    @Test
    default void nullTakesTheTypeBack() throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentType("text/plain;charset=UTF-8");
            response.setContentType(null);
            assertNull(response.getContentType());
            assertEquals("ISO-8859-1", response.getCharacterEncoding());
        });
        assertFalse(reply.has("Content-Type"));
    }

    @Section("ServletResponse.setCharacterEncoding")
    @Test
    default void anUnknownEncodingFailsTheWriterAndNotTheStream() throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentType("text/plain");
            response.setCharacterEncoding("x-unheard-of");
            assertThrows(UnsupportedEncodingException.class, response::getWriter);
            response.getOutputStream().print("bytes");
        });
        assertEquals("bytes", reply.text());
        assertEquals("text/plain;charset=x-unheard-of", type(reply.field("Content-Type")));
    }

    @Section("5.5")
    @Test
    default void nothingChangesTheEncodingBehindTheWriter() throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentType("text/plain;charset=UTF-8");
            response.getWriter();
            response.setCharacterEncoding("ISO-8859-1");
            response.setContentType("text/html;charset=ISO-8859-1");
            response.setLocale(Locale.JAPANESE);
            assertEquals("UTF-8", response.getCharacterEncoding());
            response.getWriter().print("\u20ac");
        });
        assertEquals("\u20ac", reply.utf8());
        assertEquals("text/html;charset=utf-8", type(reply.field("Content-Type")));
    }

    @Section("ServletResponse.setLocale")
    @ParameterizedTest
    @CsvSource({"de,de", "de-AT,de-AT", "fr-CA,fr-CA", "zh-Hant,zh-Hant"})
    default void theLocaleIsToldAsContentLanguage(String tag, String expected) throws Exception {
        Reply reply = get((request, response) -> {
            response.setLocale(Locale.forLanguageTag(tag));
            assertEquals(Locale.forLanguageTag(tag), response.getLocale());
        });
        assertEquals(expected, reply.field("Content-Language"));
    }

    @Section("ServletResponse.getLocale")
    @Test
    default void theDefaultLocaleIsNotTold() throws Exception {
        assertFalse(get((request, response) -> assertEquals(Locale.getDefault(), response.getLocale()))
                .has("Content-Language"));
    }

    @Section("ServletResponse.setLocale")
    @Test
    default void aLocaleAfterTheCommitHasNoEffect() throws Exception {
        get((request, response) -> {
            response.setLocale(Locale.GERMAN);
            response.flushBuffer();
            response.setLocale(Locale.FRENCH);
            assertEquals(Locale.GERMAN, response.getLocale());
        });
    }

    private ContractSite mapped() throws Exception {
        return site(ResponseTypeChapter.class, app -> app.contextPath("/mapped")
                .responseEncoding(StandardCharsets.UTF_8)
                .localeCharset(Locale.JAPANESE, java.nio.charset.Charset.forName("Shift_JIS"))
                .servlet("main", Case.servlet((request, response) -> {
                    String how = request.getParameter("how");
                    response.setContentType("text/plain");
                    if (how.contains("e")) {
                        response.setCharacterEncoding("ISO-8859-15");
                    }
                    if (how.contains("j")) {
                        response.setLocale(Locale.JAPAN);
                    }
                    if (how.contains("f")) {
                        response.setLocale(Locale.FRENCH);
                    }
                    if (how.contains("n")) {
                        response.setLocale(null);
                    }
                    response.getWriter().print(response.getCharacterEncoding());
                }), "/*"));
    }

    @Section("5.5")
    @ParameterizedTest
    @CsvSource({"x,UTF-8", "j,Shift_JIS", "ej,ISO-8859-15", "f,UTF-8", "jn,UTF-8"})
    default void aLocaleSetsItsMappedEncodingUnlessOneWasSet(String how, String charset) throws Exception {
        Reply reply = mapped().ask("GET /mapped/?how=" + how);
        assertEquals(charset, reply.text());
        assertEquals("text/plain;charset=" + charset.toLowerCase(Locale.ROOT), type(reply.field("Content-Type")));
    }

    @Section("5.2")
    @Test
    default void theTypeCanBeSetAsAField() throws Exception {
        Reply reply = get((request, response) -> {
            response.setHeader("Content-Type", "text/plain;charset=UTF-8");
            assertEquals("UTF-8", response.getCharacterEncoding());
            response.getWriter().print("\u20ac");
        });
        assertEquals("\u20ac", reply.utf8());
        assertEquals(1, reply.all("Content-Type").size());
    }

    @Section("ServletResponse.getContentType")
    @Test
    default void parametersOfTheTypeAreKept() throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentType("multipart/mixed; boundary=abc");
            response.getOutputStream().print("x");
        });
        assertEquals("multipart/mixed;boundary=abc", type(reply.field("Content-Type")));
    }

    @Section("ServletResponse.getWriter")
    @Test
    default void charactersThatCanNotBeEncodedAreReplaced() throws Exception {
        assertEquals("a?b", get((request, response) -> response.getWriter().print("a\u20acb")).text());
    }

    @Section("ServletResponse.getWriter")
    @Test
    default void surrogatesMayBeSplitBetweenWrites() throws Exception {
        assertEquals("\ud83d\ude00", get((request, response) -> {
            response.setCharacterEncoding("UTF-8");
            response.getWriter().write('\ud83d');
            response.getWriter().write('\ude00');
        }).utf8());
    }

    @Section("ServletResponse.getWriter")
    @Test
    default void theWriterReportsNoErrorOfItsOwn() throws Exception {
        get((request, response) -> {
            response.getWriter().print("x");
            assertFalse(response.getWriter().checkError());
            assertTrue(response.isCommitted());
        });
    }
}
