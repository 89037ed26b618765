/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.ServletLimits;
import jakarta.servlet.http.HttpServletRequest;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 3.1 and 3.12: parameters from query and body, and their encoding. */
interface ParametersChapter extends Chapter {

    /** The type of a form. */
    String FORM = "Content-Type: application/x-www-form-urlencoded";

    private static String all(HttpServletRequest request) {
        StringBuilder out = new StringBuilder();
        request.getParameterMap().forEach((name, values) -> out.append(name).append('=').append(List.of(values)).append(' '));
        return out.toString().trim();
    }

    @Section("3.1")
    @Test
    default void queryComesBeforeBody() throws Exception {
        run((request, response) -> {
            assertArrayEquals(new String[] {"hello", "goodbye", "world"}, request.getParameterValues("a"));
            assertEquals("hello", request.getParameter("a"));
        }, "POST /app/case?a=hello", FORM, "", "a=goodbye&a=world");
    }

    @Section("3.1")
    @Test
    default void getParameterIsTheFirstOfTheValues() throws Exception {
        run((request, response) -> {
            assertEquals("1", request.getParameter("a"));
            assertArrayEquals(new String[] {"1", "2"}, request.getParameterValues("a"));
            assertArrayEquals(new String[] {"1", "2"}, request.getParameterMap().get("a"));
        }, "GET /app/case?a=1&b=3&a=2");
    }

    @Section("3.1")
    @Test
    default void unknownParametersAreNull() throws Exception {
        run((request, response) -> {
            assertNull(request.getParameter("x"));
            assertNull(request.getParameterValues("x"));
            assertNull(request.getParameterMap().get("x"));
        }, "GET /app/case?a=1");
    }

    @Section("3.1")
    @Test
    default void noParametersAreAnEmptyEnumeration() throws Exception {
        get((request, response) -> {
            assertFalse(request.getParameterNames().hasMoreElements());
            assertTrue(request.getParameterMap().isEmpty());
        });
    }

    @Section("3.1")
    @Test
    default void namesKeepTheOrderOfTheRequest() throws Exception {
        run((request, response) -> assertEquals(List.of("z", "a", "m"),
                Collections.list(request.getParameterNames())), "GET /app/case?z=1&a=2&m=3&z=4");
    }

    @Section("ServletRequest.getParameterMap")
    @Test
    default void theMapIsImmutable() throws Exception {
        run((request, response) -> {
            Map<String, String[]> map = request.getParameterMap();
            assertThrows(UnsupportedOperationException.class, () -> map.put("b", new String[] {"2"}));
            assertThrows(UnsupportedOperationException.class, () -> map.remove("a"));
            assertThrows(UnsupportedOperationException.class, map::clear);
        }, "GET /app/case?a=1");
    }

    @Section("3.1")
    @Test
    default void pathParametersAreNoParameters() throws Exception {
        run((request, response) -> {
            assertEquals("b=[2]", all(request));
            assertTrue(request.getRequestURI().contains(";a=1"), request.getRequestURI());
        }, "GET /app/case/x;a=1?b=2");
    }

    @Section("3.1")
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", value = {
        "a=1&b=2|a=[1] b=[2]",
        "a|a=[]",
        "a=|a=[]",
        "a=&a=1|a=[, 1]",
        "a=b=c|a=[b=c]",
        "&&a=1&|a=[1]",
        "=1&a=2|=[1] a=[2]",
        "a+b=c+d|a b=[c d]",
        "a%20b=c%2Bd|a b=[c+d]",
        "%61=%62|a=[b]",
        "a=%26%3D|a=[&=]",
        "a;b=1|a;b=[1]",
        "a=1%3B2|a=[1;2]",
    })
    default void queriesAreRead(String query, String expected) throws Exception {
        run((request, response) -> assertEquals(expected, all(request)), "GET /app/case?" + query);
    }

    @Section("3.1")
    @Test
    default void queriesAreUtf8() throws Exception {
        run((request, response) -> assertEquals("\u00e4\u20ac\ud83d\ude00", request.getParameter("a")),
                "GET /app/case?a=%C3%A4%E2%82%AC%F0%9F%98%80");
    }

    @Section("ServletRequest.getParameter")
    @ParameterizedTest
    @ValueSource(strings = {"a=%", "a=%4", "a=%zz", "a=%ff", "%c3=1", "a=1&b=%e2%82"})
    default void malformedQueriesAreRefused(String query) throws Exception {
        List<Throwable> thrown = new ArrayList<>();
        Reply reply = site().failing((request, response) -> {
            try {
                request.getParameter("a");
            } catch (IllegalStateException e) {
                thrown.add(e);
                throw e;
            }
        }, null, "GET /app/case?" + query);
        assertEquals(400, reply.status());
        assertEquals(1, thrown.size());
    }

    @Section("ServletRequest.getParameter")
    @ParameterizedTest
    @ValueSource(strings = {"getParameter", "getParameterNames", "getParameterValues", "getParameterMap"})
    default void malformedBodiesThrowFromEachMethod(String method) throws Exception {
        Reply reply = run((request, response) -> {
            assertThrows(IllegalStateException.class, () -> {
                switch (method) {
                    case "getParameter" -> request.getParameter("a");
                    case "getParameterNames" -> request.getParameterNames();
                    case "getParameterValues" -> request.getParameterValues("a");
                    default -> request.getParameterMap();
                }
            });
            response.getWriter().print("caught");
        }, "POST /app/case", FORM, "", "a=%GG");
        assertEquals("caught", reply.text());
    }

    @Section("3.1.1")
    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "DELETE", "OPTIONS"})
    default void formsOfOtherMethodsAreLeftInTheStream(String method) throws Exception {
        run((request, response) -> {
            assertEquals("q=[1]", all(request));
            assertEquals("a=2", new String(request.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        }, method + " /app/case?q=1", FORM, "", "a=2");
    }

    @Section("3.1.1")
    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/json", "application/x-www-form-urlencoded2", "multipart/mixed; boundary=b"})
    default void bodiesOfOtherTypesAreLeftInTheStream(String type) throws Exception {
        run((request, response) -> {
            assertNull(request.getParameter("a"));
            assertEquals("a=2", new String(request.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        }, "POST /app/case", "Content-Type: " + type, "", "a=2");
    }

    @Section("3.1.1")
    @Test
    default void bodiesWithoutATypeAreLeftInTheStream() throws Exception {
        run((request, response) -> {
            assertNull(request.getParameter("a"));
            assertEquals(3, request.getInputStream().readAllBytes().length);
        }, "POST /app/case", "", "a=2");
    }

    @Section("3.1.1")
    @ParameterizedTest
    @ValueSource(strings = {
        "Content-Type: APPLICATION/X-WWW-FORM-URLENCODED", "Content-Type: application/x-www-form-urlencoded ; charset=utf-8",
        "content-type: application/x-www-form-urlencoded;foo=bar"
    })
    default void theTypeOfAFormHasManyForms(String line) throws Exception {
        run((request, response) -> assertEquals("2", request.getParameter("a")), "POST /app/case", line, "", "a=2");
    }

    @Section("3.1.1")
    @Test
    default void aFormThatWasReadAsParametersIsGoneFromTheStream() throws Exception {
        run((request, response) -> {
            assertEquals("2", request.getParameter("a"));
            assertEquals(-1, request.getInputStream().read());
        }, "POST /app/case", FORM, "", "a=2");
    }

    @Section("3.1.1")
    @Test
    default void aFormThatWasReadAsStreamHasNoParameters() throws Exception {
        run((request, response) -> {
            assertEquals(3, request.getInputStream().readAllBytes().length);
            assertNull(request.getParameter("a"));
            assertEquals("1", request.getParameter("q"));
        }, "POST /app/case?q=1", FORM, "", "a=2");
    }

    @Section("3.1.1")
    @Test
    default void chunkedFormsAreRead() throws Exception {
        run((request, response) -> assertEquals("a=[1] b=[22]", all(request)), "POST /app/case", FORM,
                "Transfer-Encoding: chunked", "", "3\r\na=1\r\n5\r\n&b=22\r\n0\r\n\r\n");
    }

    @Section("3.12")
    @ParameterizedTest
    @CsvSource({"UTF-8,%C3%A4", "ISO-8859-1,%E4", "windows-1252,%E4", "UTF-16BE,%00%E4", "'\"utf-8\"',%C3%A4"})
    default void theCharsetOfTheContentTypeDecodesForms(String charset, String encoded) throws Exception {
        run((request, response) -> assertEquals("\u00e4", request.getParameter("a")),
                "POST /app/case", FORM + "; charset=" + charset, "", charset.equals("UTF-16BE") ? "%00a=" + encoded : "a=" + encoded);
    }

    @Section("3.12")
    @Test
    default void setCharacterEncodingComesBeforeTheContentType() throws Exception {
        run((request, response) -> {
            request.setCharacterEncoding("ISO-8859-1");
            assertEquals("ISO-8859-1", request.getCharacterEncoding());
            assertEquals("\u00e4", request.getParameter("a"));
        }, "POST /app/case", FORM + "; charset=UTF-8", "", "a=%E4");
    }

    @Section("ServletRequest.setCharacterEncoding(Charset)")
    @Test
    default void theCharsetCanBeAnObject() throws Exception {
        run((request, response) -> {
            request.setCharacterEncoding(StandardCharsets.ISO_8859_1);
            assertEquals("ISO-8859-1", request.getCharacterEncoding());
            assertEquals("\u00e4", request.getParameter("a"));
        }, "POST /app/case", FORM, "", "a=%E4");
    }

    @Section("ServletRequest.setCharacterEncoding")
    @Test
    default void unknownEncodingsAreRefused() throws Exception {
        get((request, response) -> {
            assertThrows(UnsupportedEncodingException.class, () -> request.setCharacterEncoding("no-such"));
            assertThrows(UnsupportedEncodingException.class, () -> request.setCharacterEncoding("not a name"));
        });
    }

    @Section("3.12")
    @Test
    default void anEncodingThatComesTooLateHasNoEffect() throws Exception {
        run((request, response) -> {
            assertEquals("\u00e4", request.getParameter("a"));
            request.setCharacterEncoding("ISO-8859-1");
            assertEquals("\u00e4", request.getParameter("a"));
        }, "POST /app/case", FORM + ";charset=UTF-8", "", "a=%C3%A4");
    }

    @Section("3.12")
    @Test
    default void theEncodingIsNullIfNobodySays() throws Exception {
        run((request, response) -> assertNull(request.getCharacterEncoding()), "POST /app/case", FORM, "", "a=1");
    }

    @Section("3.12")
    @ParameterizedTest
    @CsvSource({"text/plain;charset=utf-8,utf-8", "text/plain; charset=ISO-8859-15; x=y,ISO-8859-15", "'text/html; CHARSET=\"utf-8\"',utf-8"})
    default void theEncodingIsReadFromTheContentType(String type, String expected) throws Exception {
        run((request, response) -> assertEquals(expected.toLowerCase(java.util.Locale.ROOT),
                request.getCharacterEncoding().toLowerCase(java.util.Locale.ROOT)),
                "POST /app/case", "Content-Type: " + type, "", "x");
    }

    @Section("ServletContext.setRequestCharacterEncoding")
    @Test
    default void theApplicationsEncodingIsTheDefault() throws Exception {
        ContractSite site = site(ParametersChapter.class, app -> app.contextPath("/latin")
                .requestEncoding(StandardCharsets.ISO_8859_1)
                .limits(ServletLimits.DEFAULT.withParameters(10).withFormBytes(100))
                .servlet("main", Case.servlet((request, response) -> response.getWriter().print(
                        request.getCharacterEncoding() + " " + (int) request.getParameter("a").charAt(0)
                        + " " + request.getParameterMap().size())), "/*"));
        assertEquals("ISO-8859-1 228 1", site.ask("POST /latin/", FORM, "", "a=%E4").text());
        assertEquals("UTF-8 228 1", site.ask("POST /latin/", FORM + ";charset=UTF-8", "", "a=%C3%A4").text());
        assertEquals(400, site.ask("GET /latin/?a=1&b&c&d&e&f&g&h&i&j&k&l").status());
        assertEquals(400, site.ask("POST /latin/?a=1&b&c&d&e&f", FORM, "", "g&h&i&j&k&l").status());
        assertEquals(413, site.ask("POST /latin/", FORM, "", "a=" + "1".repeat(100)).status());
        assertEquals("ISO-8859-1 49 10", site.ask("GET /latin/?a=1&b&c&d&e&f&g&h&i&j").text());
    }
}
