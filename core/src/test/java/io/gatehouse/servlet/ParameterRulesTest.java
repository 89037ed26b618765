/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 sections 3.1 and 3.1.1: parameters, their order and limits, and who else reads the body. */
@ExtendWith(Undeploy.class)
final class ParameterRulesTest {

    private static String all(Map<String, String[]> map) {
        return map.entrySet().stream().map(e -> e.getKey() + "=" + Arrays.toString(e.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static final Servlets.Action ALL = (q, r) -> {
        r.setCharacterEncoding("utf-8");
        r.getWriter().print(all(q.getParameterMap()));
    };

    @ParameterizedTest(name = "?{0} with the form {1} is {2}")
    @CsvSource(delimiter = '|', nullValues = "-", emptyValue = "", value = {
        "-         | a=1         | a=[1]",
        "a=1       | -           | a=[1]",
        "a=1       | a=2         | a=[1, 2]",
        "b=1&a=1   | a=2&c=3     | b=[1] a=[1, 2] c=[3]",
        "a=1&a=2   | a=3&a=4     | a=[1, 2, 3, 4]",
        "a         | b           | a=[] b=[]",
        "a=        | -           | a=[]",
        "=1        | -           | =[1]",
        "&&a=1&&   | -           | a=[1]",
        "a=b=c     | -           | a=[b=c]",
        "a=+x+     | -           | a=[ x ]",
        "a=%2Bx    | -           | a=[+x]",
        "a%3Db=1   | -           | a=b=[1]",
        "a=1%262   | -           | a=[1&2]",
        "a=1;b=2   | -           | a=[1;b=2]",
        "a=%E2%82%AC | %E2%82%AC=1 | a=[\u20ac] \u20ac=[1]",
        "A=1&a=2   | -           | A=[1] a=[2]",
        "a=1?b     | -           | a=[1?b]",
        "a/b=c/d   | -           | a/b=[c/d]",
        "a=%00     | -           | a=[\u0000]",
    })
    void order(String query, String form, String expected) throws Exception {
        Call call = Call.of(Servlets.app(ALL), form == null ? "GET" : "POST", "/" + (query == null ? "" : "?" + query));
        String got = (form == null ? call : call.form(form)).send().text();
        // An array that holds one empty text is printed like an empty one.
        assertEquals(expected, got);
    }

    @ParameterizedTest(name = "{0} is a 400 in the query and in the form")
    @ValueSource(strings = {"a=%", "a=%4", "a=%zz", "%=1", "a=%C3", "a=%C3%28", "a=%FF", "a=%E2%82", "%ff=1", "a=%-1"})
    void malformed(String text) throws Exception {
        ServletApplication app = Servlets.app(ALL);
        MemoryResponse query = Call.get(app, "/?" + text);
        assertEquals(400, query.status());
        assertTrue(query.text().contains("query"), query.text());
        MemoryResponse form = Call.of(app, "POST", "/").form(text).send();
        assertEquals(400, form.status());
        assertTrue(form.text().contains("body"), form.text());
    }

    @Test
    @DisplayName("6.1: parameters that can't be had are an IllegalStateException, from each method, each time")
    void failure() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            for (int i = 0; i < 2; i++) {
                assertThrows(IllegalStateException.class, () -> q.getParameter("good"));
                assertThrows(IllegalStateException.class, () -> q.getParameterValues("good"));
                assertThrows(IllegalStateException.class, q::getParameterMap);
                assertThrows(IllegalStateException.class, q::getParameterNames);
            }
            assertEquals("good=1&bad=%", q.getQueryString());
            r.getWriter().print("handled");
        });
        assertEquals("handled", Call.get(app, "/?good=1&bad=%").text());
    }

    @ParameterizedTest(name = "{0} parameters with a limit of {1}: {2}")
    @CsvSource({"3, 3, 200", "4, 3, 400", "1, 1, 200", "2, 1, 400", "1000, 1000, 200", "1001, 1000, 400"})
    void count(int count, int limit, int status) throws Exception {
        String half = "a=1&".repeat(count / 2);
        String rest = "a=1&".repeat(count - count / 2);
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .limits(ServletLimits.DEFAULT.withParameters(limit)).servlet("s", Servlets.servlet((q, r) ->
                        assertEquals(count, q.getParameterValues("a").length)), "/*"));
        MemoryResponse got = Call.of(app, "POST", "/?" + half).form(rest).send();
        assertEquals(status, got.status());
        assertEquals(status == 400, got.text().contains("servlet limit parameters"), got.text());
    }

    @ParameterizedTest(name = "a form of {0} bytes with a limit of {1}, chunked {2}: {3}")
    @CsvSource({"10, 10, false, 200", "10, 10, true, 200", "11, 10, false, 413", "11, 10, true, 413", "3, 10, true, 200"})
    void formBytes(int length, int limit, boolean chunked, int status) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .limits(ServletLimits.DEFAULT.withFormBytes(limit)).servlet("s", Servlets.servlet((q, r) ->
                        assertEquals(length - 2, q.getParameter("a").length())), "/*"));
        Call call = Call.of(app, "POST", "/").form("a=" + "x".repeat(length - 2));
        MemoryResponse got = (chunked ? call.chunked() : call).send();
        assertEquals(status, got.status());
        assertEquals(status == 413, got.text().contains("servlet limit formBytes"), got.text());
    }

    @ParameterizedTest(name = "{0} with {1}: the body is a form: {2}")
    @CsvSource({
        "POST, application/x-www-form-urlencoded, true", "POST, application/x-www-form-urlencoded;charset=utf-8, true",
        "POST, APPLICATION/X-WWW-FORM-URLENCODED, true", "POST, ' application/x-www-form-urlencoded ', true",
        "POST, text/plain, false", "POST, application/x-www-form-urlencodedx, false", "POST, application/json, false",
        "PUT, application/x-www-form-urlencoded, false", "PATCH, application/x-www-form-urlencoded, false",
        "GET, application/x-www-form-urlencoded, false", "post, application/x-www-form-urlencoded, false",
    })
    void whatIsAForm(String method, String type, boolean form) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals(form ? "1" : null, q.getParameter("a"));
            r.getWriter().print(new String(q.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
        });
        assertEquals(form ? "" : "a=1", Call.of(app, method, "/").field("Content-Type", type).body("a=1").send().text());
    }

    @Test
    @DisplayName("3.1.1: who took the stream or the reader before leaves nothing for the parameters")
    void readBefore() throws Exception {
        for (String how : List.of("stream", "reader", "stream unread", "reader unread")) {
            ServletApplication app = Servlets.app((q, r) -> {
                String read = switch (how) {
                    case "stream" -> new String(q.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                    case "reader" -> q.getReader().readLine();
                    case "stream unread" -> q.getInputStream() == null ? "" : "a=1";
                    default -> q.getReader() == null ? "" : "a=1";
                };
                assertEquals("a=1", read);
                assertNull(q.getParameter("a"));
                assertEquals("2", q.getParameter("b"));
                assertEquals(List.of("b"), Collections.list(q.getParameterNames()));
            });
            assertEquals(200, Call.of(app, "POST", "/?b=2").form("a=1").send().status(), how);
        }
    }

    @Test
    @DisplayName("3.1.1: after the parameters, stream and reader are there, and at their end")
    void readAfterwards() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals("1", q.getParameter("a"));
            if (q.getQueryString() == null) {
                assertEquals(-1, q.getInputStream().read());
                assertTrue(q.getInputStream().isFinished());
            } else {
                assertNull(q.getReader().readLine());
            }
        });
        assertEquals(200, Call.of(app, "POST", "/").form("a=1").send().status());
        assertEquals(200, Call.of(app, "POST", "/?x").form("a=1").send().status());
    }

    @Test
    @DisplayName("6.1: stream or reader, not both; each is the same at every call")
    void streamOrReader() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            if (q.getQueryString() == null) {
                ServletInputStream stream = q.getInputStream();
                assertSame(stream, q.getInputStream());
                assertThrows(IllegalStateException.class, q::getReader);
                assertEquals('b', stream.read());
                assertThrows(IllegalStateException.class, q::getReader);
            } else {
                BufferedReader reader = q.getReader();
                assertSame(reader, q.getReader());
                assertThrows(IllegalStateException.class, q::getInputStream);
                assertEquals('b', reader.read());
                assertThrows(IllegalStateException.class, q::getInputStream);
                assertEquals("ody", reader.readLine());
            }
        });
        assertEquals(200, Call.of(app, "POST", "/").body("body").send().status());
        assertEquals(200, Call.of(app, "POST", "/?x").body("body").send().status());
    }

    @Test
    @DisplayName("the stream: readLine, skip, available, buffers, bounds, its end again and again")
    void stream() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            ServletInputStream in = q.getInputStream();
            assertFalse(in.isFinished());
            assertTrue(in.isReady());
            byte[] line = new byte[20];
            assertEquals(4, in.readLine(line, 0, 20));
            assertEquals("one\n", new String(line, 0, 4, StandardCharsets.US_ASCII));
            assertEquals(2, in.readLine(line, 0, 2));
            assertEquals("tw", new String(line, 0, 2, StandardCharsets.US_ASCII));
            assertEquals(2, in.skip(2));
            ByteBuffer buffer = ByteBuffer.allocateDirect(3);
            int n = in.read(buffer);
            assertEquals(3, n);
            assertEquals('t', buffer.get(0));
            assertEquals(0, in.read(buffer));
            assertThrows(IndexOutOfBoundsException.class, () -> in.read(line, 19, 2));
            assertEquals(0, in.read(line, 0, 0));
            assertEquals("ee", new String(in.readAllBytes(), StandardCharsets.US_ASCII));
            assertTrue(in.isFinished());
            for (int i = 0; i < 3; i++) {
                assertEquals(-1, in.read());
                assertEquals(-1, in.read(line));
                assertEquals(-1, in.readLine(line, 0, 5));
            }
            assertEquals(0, in.available());
        });
        assertEquals(200, Call.of(app, "POST", "/").body("one\ntwo\nthree").send().status());
    }

    @Test
    @DisplayName("a broken connection is an IOException of the stream, and a refusal of the parameters")
    void broken() throws Exception {
        for (String how : List.of("stream", "parameters")) {
            MemoryResponse response = new MemoryResponse("POST");
            ServletApplication app = Servlets.app((q, r) -> {
                response.request.fail(new IOException("reset by peer"));
                if (how.equals("stream")) {
                    assertThrows(IOException.class, () -> q.getInputStream().read());
                } else {
                    assertThrows(IllegalStateException.class, () -> q.getParameter("a"));
                }
                r.getWriter().print("noticed");
            });
            Call.of(app, "POST", "/").form("a=1").into(response).await();
            assertEquals("noticed", response.text());
        }
    }

    @Test
    @DisplayName("the map and its arrays: in order, unmodifiable, one and the same until something changes")
    void map() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            Map<String, String[]> map = q.getParameterMap();
            assertSame(map, q.getParameterMap());
            assertThrows(UnsupportedOperationException.class, () -> map.put("x", new String[0]));
            assertThrows(UnsupportedOperationException.class, () -> map.remove("a"));
            q.getParameterValues("a")[0] = "changed";
            assertArrayEquals(new String[] {"1", "2"}, q.getParameterValues("a"));
            assertEquals("1", q.getParameter("a"));
            assertNull(q.getParameter("none"));
            assertNull(q.getParameterValues("none"));
            assertNull(q.getParameter(null));
            assertEquals(List.of("b", "a"), Collections.list(q.getParameterNames()));
            assertNotNull(q.getParameterNames());
        });
        assertEquals(200, Call.get(app, "/?b=0&a=1&a=2").status());
    }

    @Test
    @DisplayName("no parameters at all: nulls and empty collections")
    void none() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertEquals(Map.of(), q.getParameterMap());
            assertFalse(q.getParameterNames().hasMoreElements());
            assertNull(q.getParameter(""));
        });
        for (String target : List.of("/", "/?", "/?&", "/?&&&")) {
            assertEquals(200, Call.get(app, target).status(), target);
        }
    }
}
