/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
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

/** Servlet 6.1 sections 3.1, 3.12, 5.1 and 5.8: parameters, and what bodies hold. */
@ExtendWith(Undeploy.class)
final class BodyTableTest {

    private static final Servlets.Action TELL = (q, r) -> {
        r.setCharacterEncoding("UTF-8");
        r.getWriter().print(q.getParameterMap().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + Arrays.toString(entry.getValue()))
                .collect(Collectors.joining(" ")));
    };

    @ParameterizedTest(name = "3.1: {0} with the form {1} is {2}")
    @CsvSource(quoteCharacter = '`', nullValues = "-", value = {
        "-, -, ``", "``, -, ``", "a=1, -, a=[1]", "a, -, a=[]", "a=, -, a=[]", "=1, -, =[1]", "=, -, =[]",
        "&&a=1&, -, a=[1]",
        "a=1&a=2, -, `a=[1, 2]`", "a=1&b=2&a=3, -, `a=[1, 3] b=[2]`", "a=1, a=2, `a=[1, 2]`", "a=1, b=2, a=[1] b=[2]",
        "-, a=1&a=2, `a=[1, 2]`", "a==, -, a=[=]", "a=b=c, -, a=[b=c]", "a=1;b=2, -, a=[1;b=2]", "a=+b+, -, a=[ b ]",
        "a%3D=b%26, -, a==[b&]", "a=%2B, -, a=[+]", "%61=%62, -, a=[b]", "a=%c3%bc, -, a=[ü]", "a=%E2%82%AC, -, a=[€]",
        "a=%F0%9F%98%80, -, a=[😀]", "a?b=c?d, -, a?b=[c?d]", "a=/b/../c, -, a=[/b/../c]", "-, a=%C3%BC+b, a=[ü b]",
        "a[]=1&a[]=2, -, `a[]=[1, 2]`", "A=1&a=2, -, A=[1] a=[2]",
    })
    void parameters(String query, String form, String expected) throws Exception {
        Call call = Call.of(Servlets.app(TELL), form == null ? "GET" : "POST", query == null ? "/" : "/?" + query);
        MemoryResponse got = (form == null ? call : call.form(form)).send();
        assertEquals(expected, got.text());
    }

    @ParameterizedTest(name = "3.1: {0} is refused, in a query and in a form, again and again")
    @ValueSource(strings = {"a=%", "a=%4", "a=%zz", "%=a", "a=%C3", "a=%C3%28", "a=%80", "a=%FF", "a=%C0%80",
        "a=%ED%A0%80",
        "a=%F8%88%80%80%80", "ok=1&a=%", "a=% 1", "a=%-1", "a=%+1", "a=%u0041"})
    void refused(String text) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            assertThrows(IllegalStateException.class, () -> q.getParameter("ok"));
            if (q.getQueryString() != null) {
                assertThrows(IllegalStateException.class, q::getParameterMap);
                assertThrows(IllegalStateException.class, q::getParameterNames);
                assertThrows(IllegalStateException.class, () -> q.getParameterValues("a"));
            }
            q.getParameter("a");
        });
        assertEquals(400, Call.of(app, "GET", "/?" + text).send().status());
        ServletApplication form = Servlets.app((q, r) -> q.getParameter("a"));
        assertEquals(400, Call.of(form, "POST", "/").form(text).send().status());
    }

    @ParameterizedTest(name = "3.1.1: {0} with {1}: the body is parameters: {2}")
    @CsvSource(nullValues = "-", value = {"POST, application/x-www-form-urlencoded, true",
        "POST, APPLICATION/X-WWW-FORM-URLENCODED, true", "POST, application/x-www-form-urlencoded;charset=UTF-8, true",
        "PUT, application/x-www-form-urlencoded, false", "GET, application/x-www-form-urlencoded, false",
        "PATCH, application/x-www-form-urlencoded, false", "post, application/x-www-form-urlencoded, false",
        "POST, text/plain, false", "POST, -, false", "POST, multipart/form-data; boundary=b, false",
        "POST, application/x-www-form-urlencodedx, false"})
    void whenBodiesAreForms(String method, String type, boolean form) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            String value = q.getParameter("a");
            String rest = new String(q.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            r.getWriter().print(value + " " + rest);
        });
        Call call = Call.of(app, method, "/").body("a=1");
        if (type != null) {
            call.field("Content-Type", type);
        }
        assertEquals(form ? "1 " : "null a=1", call.send().text());
    }

    @ParameterizedTest(name = "3.1, 3.12: a form in {0}")
    @ValueSource(strings = {"UTF-8", "ISO-8859-1", "windows-1252", "ISO-8859-15"})
    void formCharsets(String charset) throws Exception {
        String escaped = URLEncoder.encode("größe", Charset.forName(charset));
        ServletApplication app = Servlets.app(TELL);
        assertEquals("a=[größe]", Call.of(app, "POST", "/")
                .field("Content-Type", "application/x-www-form-urlencoded; charset=" + charset)
                .body("a=" + escaped).send().text());
        ServletApplication set = Servlets.app((q, r) -> {
            q.setCharacterEncoding(charset);
            TELL.run(q, r);
        });
        assertEquals("q=[ü] a=[größe]", Call.of(set, "POST", "/?q=%C3%BC").form("a=" + escaped).send().text(),
                "the query is UTF-8 whatever the body is");
    }

    private static DynamicTest limit(String name, ServletLimits limits, String query, String form, int status) {
        return DynamicTest.dynamicTest(name, () -> {
            ServletApplication app = Servlets.deployed(ServletApplication.builder().limits(limits)
                    .servlet("s", Servlets.servlet((q, r) -> r.getWriter().print(q.getParameterMap().size())), "/*"));
            for (boolean chunked : new boolean[] {false, true}) {
                Call call = Call.of(app, "POST", "/?" + query).form(form);
                assertEquals(status, (chunked ? call.chunked() : call).send().status(), "chunked " + chunked);
            }
        });
    }

    @TestFactory
    @DisplayName("the limits of parameters count exactly, over query and body together")
    Stream<DynamicTest> limits() {
        ServletLimits three = ServletLimits.DEFAULT.withParameters(3);
        ServletLimits bytes = ServletLimits.DEFAULT.withFormBytes(10);
        return Stream.of(
                limit("three of three", three, "a=1&b=2", "c=3", 200),
                limit("four of three", three, "a=1&b=2", "c=3&d=4", 400),
                limit("four of the same name", three, "a=1&a=2&a=3&a=4", "", 400),
                limit("empty pairs do not count", three, "a=1&&&&&b=2", "c=3", 200),
                limit("bare names count", three, "a&b&c&d", "", 400),
                limit("ten bytes of ten", bytes, "", "a=12345678", 200),
                limit("eleven bytes of ten", bytes, "", "a=123456789", 413),
                limit("a long query is not the form's", bytes, "a=" + "x".repeat(100), "b=1", 200));
    }

    @ParameterizedTest(name = "5.1: {0} bytes in writes of {1} with a buffer of {2}: {3} writes, length told {4}")
    @CsvSource({"0, 1, 100, 1, true", "1, 1, 100, 1, true", "99, 1, 100, 1, true", "100, 1, 100, 2, false",
        "101, 1, 100, 2, false", "100, 100, 100, 2, false", "101, 101, 100, 2, false", "1000, 1000, 100, 2, false",
        "250, 50, 100, 3, false", "10, 10, 0, 2, false", "16383, 16383, 16384, 1, true", "300, 60, 100, 5, false"})
    void buffering(int total, int piece, int buffer, int writes, boolean length) throws Exception {
        byte[] content = new byte[total];
        new Random(total).nextBytes(content);
        ServletApplication app = Servlets.app((q, r) -> {
            r.setBufferSize(buffer);
            assertEquals(buffer, r.getBufferSize());
            ServletOutputStream out = r.getOutputStream();
            for (int from = 0; from < total; from += piece) {
                out.write(content, from, Math.min(piece, total - from));
            }
        });
        MemoryResponse got = Call.get(app, "/");
        assertArrayEquals(content, got.bytes());
        assertEquals(writes, got.writes());
        assertEquals(length ? String.valueOf(total) : null, got.header("Content-Length"));
        assertTrue(got.lastSent());
    }

    @ParameterizedTest(name = "5.8: {0} bytes declared, {1} written in pieces of {2}: {3} are sent")
    @CsvSource({"10, 10, 1, 10", "10, 10, 10, 10", "10, 20, 20, 10", "10, 20, 1, 10", "10, 20, 3, 10", "0, 5, 5, 0",
        "40000, 40000, 7000, 40000", "40000, 50000, 7000, 40000", "40000, 50000, 50000, 40000"})
    void contentLength(int declared, int written, int piece, int sent) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            r.setContentLengthLong(declared);
            for (int from = 0; from < written; from += piece) {
                byte[] next = new byte[Math.min(piece, written - from)];
                if (from + next.length > declared) {
                    assertThrows(IOException.class, () -> r.getOutputStream().write(next));
                } else {
                    r.getOutputStream().write(next);
                }
            }
            assertEquals(declared > 0, r.isCommitted(), "all that was declared is there: the answer leaves");
        });
        MemoryResponse got = Call.get(app, "/");
        assertNull(got.failure());
        assertEquals(sent, got.bytes().length);
        assertEquals(String.valueOf(declared), got.header("Content-Length"));
    }

    @ParameterizedTest(name = "5.5: text in {0} cut between its characters' halves is whole")
    @ValueSource(strings = {"UTF-8", "UTF-16", "UTF-16LE", "UTF-32BE", "GB18030"})
    void cutText(String charset) throws Exception {
        String text = "a😀ü€\uD83D\uDE00b".repeat(700);
        ServletApplication app = Servlets.app((q, r) -> {
            r.setCharacterEncoding(charset);
            Random random = new Random(5);
            for (int from = 0; from < text.length();) {
                int to = Math.min(text.length(), from + 1 + random.nextInt(5));
                r.getWriter().write(text, from, to - from);
                from = to;
            }
        });
        assertEquals(text, new String(Call.get(app, "/").bytes(), Charset.forName(charset)));
    }

    @ParameterizedTest(name = "3.12: reading {0} bytes by {1}")
    @CsvSource({"0, array", "1, array", "10000, array", "10000, byte", "10000, heap", "10000, direct", "20000, line",
        "10000, all", "0, heap", "0, direct"})
    void reading(int size, String how) throws Exception {
        byte[] content = "0123456789\n".repeat(size / 11 + 1).substring(0, size).getBytes(StandardCharsets.US_ASCII);
        ServletApplication app = Servlets.app((q, r) -> {
            var in = q.getInputStream();
            assertSame(in, q.getInputStream());
            assertThrows(IllegalStateException.class, q::getReader);
            byte[] array = new byte[700];
            ByteBuffer buffer = how.equals("direct") ? ByteBuffer.allocateDirect(700) : ByteBuffer.allocate(700);
            int n = 0;
            while (n >= 0) {
                switch (how) {
                    case "byte" -> {
                        int b = in.read();
                        array[0] = (byte) b;
                        n = b < 0 ? -1 : 1;
                    }
                    case "line" -> n = in.readLine(array, 0, array.length);
                    case "heap", "direct" -> {
                        n = in.read(buffer.clear());
                        buffer.flip().get(array, 0, Math.max(0, n));
                    }
                    case "all" -> {
                        byte[] all = in.readAllBytes();
                        r.getOutputStream().write(all);
                        n = -1;
                    }
                    default -> n = in.read(array, 0, array.length);
                }
                r.getOutputStream().write(array, 0, Math.max(0, n));
            }
            assertTrue(in.isFinished());
            assertEquals(-1, in.read());
            assertEquals(0, in.available());
            assertEquals(0, in.read(ByteBuffer.allocate(0)));
        });
        assertArrayEquals(content, Call.of(app, "POST", "/").body(content).send().bytes());
        assertArrayEquals(content, Call.of(app, "POST", "/").body(content).chunked().send().bytes());
    }

    @Test
    @DisplayName("3.12: the reader is one, and the stream is out of reach then")
    void reader() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            BufferedReader reader = q.getReader();
            assertSame(reader, q.getReader());
            assertThrows(IllegalStateException.class, q::getInputStream);
            assertNull(q.getParameter("a"), "the body is the reader's");
            assertEquals("a=1", reader.readLine());
            assertNull(reader.readLine());
        });
        MemoryResponse got = Call.of(app, "POST", "/").form("a=1").send();
        assertEquals(200, got.status(), got.text());
    }

    @Test
    @DisplayName("a peer that breaks off a form: 400, and the failure is the request's own")
    void brokenForm() throws Exception {
        MemoryResponse response = new MemoryResponse("POST");
        Call.of(Servlets.app((q, r) -> {
            response.request.fail(new IOException("reset"));
            q.getParameter("a");
        }), "POST", "/").form("a=1").into(response);
        assertEquals(400, response.await().status());
        ServletApplication unknown = Servlets.app((q, r) -> q.getParameter("a"));
        assertEquals(415, Call.of(unknown, "POST", "/")
                .field("Content-Type", "application/x-www-form-urlencoded;charset=x-none").body("a=1").send().status());
    }
}
