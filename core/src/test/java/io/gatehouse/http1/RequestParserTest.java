/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RequestHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {

    private static final HeadLimits LIMITS = new HeadLimits(100, 300, 5);
    private static final String HOST = "Host: example.com\r\n";

    /** What a parser makes of a text: heads and how their bodies are framed, then perhaps a refusal. */
    private static List<String> outcome(String text, int[] sizes) {
        RequestParser parser = new RequestParser(LIMITS, "http");
        List<String> seen = new ArrayList<>();
        ByteBuffer rest = Cuts.feed(text, sizes, in -> {
            Progress progress;
            while ((progress = parser.parse(in)) == Progress.DONE) {
                seen.add(parser.head() + " " + parser.framing() + parser.persistent() + parser.expectsContinue());
            }
            if (progress == Progress.FAULT && (seen.isEmpty() || !seen.get(seen.size() - 1).startsWith("refused"))) {
                seen.add("refused " + parser.fault());
            }
        });
        if (seen.isEmpty() || !seen.get(seen.size() - 1).startsWith("refused")) {
            seen.add("left " + Cuts.text(rest));
        }
        return seen;
    }

    private static RequestParser parse(String text, HeadLimits limits) {
        RequestParser parser = new RequestParser(limits, "http");
        assertEquals(Progress.DONE, parser.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        return parser;
    }

    private static RequestHead head(String text) {
        return parse(text, LIMITS).head();
    }

    static Stream<Arguments> refused() {
        String end = "\r\n" + HOST + "\r\n";
        String get = "GET / HTTP/1.1\r\n";
        String post = "POST / HTTP/1.1\r\n" + HOST;
        return Stream.of(
                // the request line
                Arguments.of("GET /" + end, Refusal.SYNTAX),
                Arguments.of("GET  / HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET / HTTP/1.1 " + end, Refusal.SYNTAX),
                Arguments.of("GET /  HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of(" GET / HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET\t/ HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("G@T / HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET /a b HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET /\u00e4 HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET /#top HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET index.html HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET * HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET ftp://example.com/ HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("CONNECT / HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET / HTTP/1" + end, Refusal.SYNTAX),
                Arguments.of("GET / http/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET / HTTP/1.1\n" + HOST + "\r\n", Refusal.SYNTAX),
                Arguments.of("GET / HTTP/1.1\r" + HOST + "\r\n", Refusal.SYNTAX),
                Arguments.of("GET /\0 HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("GET /\177 HTTP/1.1" + end, Refusal.SYNTAX),
                Arguments.of("\26\3\1\2\0\1\0\1\374\3\3", Refusal.SYNTAX),
                Arguments.of("\r\n\r\n" + get + HOST + "\r\n", Refusal.SYNTAX),
                Arguments.of("GET / HTTP/1.2" + end, Refusal.VERSION),
                Arguments.of("GET / HTTP/0.9" + end, Refusal.VERSION),
                Arguments.of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Refusal.VERSION),
                Arguments.of("GET /" + "a".repeat(87) + " HTTP/1.1" + end, Refusal.LINE_SIZE),
                Arguments.of("A".repeat(101), Refusal.LINE_SIZE),
                // field lines
                Arguments.of(get + HOST + "X : a\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "X\t: a\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "X: a\r\n b\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + " X: a\r\n" + HOST + "\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "X\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + ": a\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "X(: a\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "\u00c4: a\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "X: a\nY: b\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "X: a\rb\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "X: a\0b\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "X: a\13b\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "X: a\r\n\n", Refusal.SYNTAX),
                Arguments.of(get + HOST + "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n\r\n", Refusal.FIELD_COUNT),
                Arguments.of(get + HOST + "X: " + "a".repeat(300), Refusal.HEAD_SIZE),
                Arguments.of(get + HOST + "X: " + "a".repeat(259) + "\r\n\r\n", Refusal.HEAD_SIZE),
                // Host
                Arguments.of(get + "\r\n", Refusal.HOST),
                Arguments.of(get + HOST + HOST + "\r\n", Refusal.HOST),
                Arguments.of(get + "Host: a b\r\n\r\n", Refusal.HOST),
                Arguments.of(get + "Host: a,b\r\n\r\n", Refusal.HOST),
                Arguments.of(get + "Host: user@a\r\n\r\n", Refusal.HOST),
                Arguments.of(get + "Host: a:99999\r\n\r\n", Refusal.HOST),
                Arguments.of(get + "Host: a:x\r\n\r\n", Refusal.HOST),
                Arguments.of(get + "Host: [::1\r\n\r\n", Refusal.HOST),
                Arguments.of("GET / HTTP/1.0\r\n" + HOST + HOST + "\r\n", Refusal.HOST),
                Arguments.of("GET http://other/ HTTP/1.1" + end, Refusal.HOST),
                Arguments.of("GET http://example.com:81/ HTTP/1.1" + end, Refusal.HOST),
                Arguments.of("GET http://u@example.com/ HTTP/1.1" + end, Refusal.HOST),
                Arguments.of("GET http:/// HTTP/1.1" + end, Refusal.HOST),
                Arguments.of("GET http://example.com/ HTTP/1.1\r\nHost:\r\n\r\n", Refusal.HOST),
                Arguments.of("GET http://example.com/ HTTP/1.1\r\n\r\n", Refusal.HOST),
                // framing
                Arguments.of(post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Content-Length: 1, 1\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Content-Length: +1\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Content-Length: -1\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Content-Length: 0x1\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Content-Length: 1 2\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Content-Length:\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Content-Length: 9223372036854775808\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Content-Length: 18446744073709551621\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "content-LENGTH: 1\r\ncontent-length: 2\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: xchunked\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: chunked, chunked\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                        Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: chunked, identity\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: chunked;q=1\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: \"chunked\"\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: ,chunked\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding:\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: identity\r\n\r\n", Refusal.FRAMING),
                Arguments.of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Refusal.FRAMING),
                Arguments.of(post + "Transfer-Encoding: gzip, chunked\r\n\r\n", Refusal.UNSUPPORTED),
                Arguments.of(post + "Transfer-Encoding: foo\r\ntransfer-encoding: chunked\r\n\r\n",
                        Refusal.UNSUPPORTED),
                // expectations
                Arguments.of(post + "Expect: 200-ok\r\n\r\n", Refusal.EXPECTATION),
                Arguments.of(post + "Expect: 100-continue, x\r\n\r\n", Refusal.EXPECTATION));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesTheSameHoweverItIsCut(String text, Refusal refusal) {
        List<String> whole = outcome(text, new int[] {text.length()});
        assertEquals(1, whole.size(), () -> whole.toString());
        assertTrue(whole.get(0).startsWith("refused Fault[refusal=" + refusal), () -> whole.toString());
        for (int[] cut : Cuts.of(text.length())) {
            assertEquals(whole, outcome(text, cut));
        }
    }

    @Test
    void textOfARefusalIsPrintableAndNamesTheLimit() {
        refused().forEach(row -> {
            String text = (String) row.get()[0];
            String detail = outcome(text, new int[] {text.length()}).get(0);
            assertTrue(detail.chars().allMatch(c -> c >= ' ' && c < 127), detail);
        });
        assertTrue(outcome("A".repeat(101), new int[] {101}).get(0).contains("limits.line=100"));
        assertTrue(outcome("GET / HTTP/1.1\r\nX: " + "a".repeat(300),
                new int[] {319}).get(0).contains("limits.head=300"));
        assertTrue(outcome("GET / HTTP/1.1\r\n" + "X: a\r\n".repeat(6),
                new int[] {52}).get(0).contains("limits.fields=5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "\r\nGET /a?b=c;d HTTP/1.1\r\nhost:a:80  \r\nX:\r\nX: \t v \t\r\n\r\nGET /2 HTTP/1.0\r\n\r\n",
        "POST http://A.b/x HTTP/1.1\r\nHOST: a.B:80\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: x, Close\r\n\r\n",
        "PURGE /{a}|\"b\" HTTP/1.1\r\nHost:\r\ntransfer-encoding: Chunked\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.1\r\nHo",
    })
    void readsTheSameHoweverItIsCut(String text) {
        List<String> whole = outcome(text, new int[] {text.length()});
        assertFalse(whole.get(0).startsWith("refused"), () -> whole.toString());
        for (int[] cut : Cuts.of(text.length())) {
            assertEquals(whole, outcome(text, cut));
        }
    }

    @Test
    void keepsWhatWasSent() {
        RequestHead head = head("GET /a?b HTTP/1.1\r\nhOsT: Example.COM:81\r\nX-A: \u00e4 "
                + "b\r\nx-a:c\r\nEmpty:\r\n\r\n");
        assertEquals("GET", head.method());
        assertEquals("/a?b", head.target());
        assertEquals("http", head.scheme());
        assertEquals(HttpVersion.HTTP_1_1, head.version());
        assertEquals(new Authority("example.com", 81), head.authority());
        assertEquals(
                Fields.parsed(new String[] {"hOsT", "Example.COM:81", "X-A", "\u00e4 b", "x-a", "c", "Empty", ""}),
                        head.fields());
    }

    @Test
    void commonNamesAndMethodsAreTheSameStrings() {
        RequestHead one = head("PUT / HTTP/1.1\r\nHost: a\r\nuser-agent: x\r\nUser-Agent: y\r\n\r\n");
        RequestHead two = head("PUT / HTTP/1.1\r\nHost: a\r\nuser-agent: x\r\nUser-Agent: y\r\n\r\n");
        assertSame(one.method(), two.method());
        for (int i = 0; i < 3; i++) {
            assertSame(one.fields().name(i), two.fields().name(i));
        }
        assertEquals("user-agent", one.fields().name(1));
    }

    @Test
    void repeatedHostIsParsedOnce() {
        RequestParser parser = new RequestParser(LIMITS, "http");
        String one = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        ByteBuffer two = ByteBuffer.wrap((one + one).getBytes(StandardCharsets.US_ASCII));
        parser.parse(two);
        Authority first = parser.head().authority();
        parser.parse(two);
        assertSame(first, parser.head().authority());
    }

    @Test
    void absoluteTargetNamesTheAuthority() {
        assertEquals(new Authority("a", -1), head("GET http://a HTTP/1.1\r\nHost: a:80\r\n\r\n").authority());
        assertEquals(new Authority("a", 81), head("GET HTTP://A:81?q HTTP/1.0\r\n\r\n").authority());
        assertEquals("HTTP://A:81?q", head("GET HTTP://A:81?q HTTP/1.0\r\n\r\n").target());
        assertNull(head("GET / HTTP/1.0\r\n\r\n").authority());
        assertNull(head("GET / HTTP/1.1\r\nHost:\r\n\r\n").authority());
    }

    static Stream<Arguments> bodies() {
        return Stream.of(
                Arguments.of("", Framing.NONE),
                Arguments.of("Content-Length: 0\r\n", Framing.NONE),
                Arguments.of("Content-Length: 007\r\n", Framing.ofLength(7)),
                Arguments.of("content-length: 9223372036854775807\r\n", Framing.ofLength(Long.MAX_VALUE)),
                Arguments.of("Transfer-Encoding: chunked\r\n", Framing.CHUNKED),
                Arguments.of("TRANSFER-ENCODING:CHUNKED\r\n", Framing.CHUNKED));
    }

    @ParameterizedTest
    @MethodSource("bodies")
    void tellsHowTheBodyIsFramed(String field, Framing framing) {
        assertEquals(framing, parse("POST / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n", LIMITS).framing());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "1.1::true", "1.1:Connection: close:false", "1.1:connection: Keep-Alive, CLOSE:false",
                "1.1:Connection: closed:true",
        "1.0::false", "1.0:Connection: keep-alive:true", "1.0:Connection: a ,Keep-Alive :true",
        "1.0:Connection: keep-alive, close:false",
    })
    void tellsWhetherTheConnectionMayStay(String row) {
        String version = row.substring(0, 3);
        String field = row.substring(4, row.lastIndexOf(':'));
        String text = "GET / HTTP/" + version + "\r\nHost: a\r\n" + (field.isEmpty() ? "" : field + "\r\n") + "\r\n";
        assertEquals(row.endsWith("true"), parse(text, LIMITS).persistent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Upgrade", "upgrade", "UPGRADE", "uPGRADE"})
    void tellsWhetherAnotherProtocolIsAskedForAndForgetsItWithTheNextHead(String name) {
        RequestParser parser = parse("GET / HTTP/1.1\r\nHost: a\r\n" + name + ": x\r\n\r\n", LIMITS);
        assertTrue(parser.upgrade());
        parser.parse(ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: a\r\nUpgrades: x\r\n\r\n"
                .getBytes(StandardCharsets.ISO_8859_1)));
        assertFalse(parser.upgrade());
    }

    @Test
    void expectationNeedsABodyAndVersion11() {
        assertTrue(parse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n",
                LIMITS).expectsContinue());
        assertFalse(parse("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n",
                LIMITS).expectsContinue());
        assertFalse(parse("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", LIMITS).expectsContinue());
        assertFalse(parse("PUT / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n",
                LIMITS).expectsContinue());
        assertFalse(parse("PUT / HTTP/1.0\r\nContent-Length: 1\r\nExpect: x\r\n\r\n", LIMITS).expectsContinue());
    }

    @Test
    void limitsAreMetToTheByte() {
        String line = "GET /" + "a".repeat(86) + " HTTP/1.1";
        assertEquals(100, line.length());
        assertEquals(87, head(line + "\r\n" + HOST + "\r\n").target().length());
        String text = "GET / HTTP/1.1\r\n" + HOST + "X: " + "a".repeat(300 - 16 - 19 - 7) + "\r\n\r\n";
        assertEquals(300, text.length());
        assertEquals(2, head(text).fields().size());
        assertEquals(5, head("GET / HTTP/1.1\r\n" + HOST + "A:\r\nB:\r\nC:\r\nD:\r\n\r\n").fields().size());
    }

    @Test
    void manyFieldsAreKept() {
        StringBuilder text = new StringBuilder("GET / HTTP/1.1\r\n" + HOST);
        for (int i = 0; i < 99; i++) {
            text.append("X-").append(i).append(": ").append(i).append("\r\n");
        }
        RequestHead head = parse(text.append("\r\n").toString(), new HeadLimits(8192, 16384, 100)).head();
        assertEquals(100, head.fields().size());
        assertEquals("98", head.fields().first("x-98"));
    }

    @Test
    void whatComesBehindIsLeft() {
        RequestParser parser = new RequestParser(LIMITS, "http");
        ByteBuffer in = ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody".getBytes(StandardCharsets.US_ASCII));
        assertEquals(Progress.DONE, parser.parse(in));
        assertEquals("body", Cuts.text(in));
        assertFalse(parser.partial());
        parser.parse(in);
        assertTrue(parser.partial());
    }

    @Test
    void misuseIsSaid() {
        RequestParser parser = new RequestParser(LIMITS, "http");
        assertThrows(IllegalStateException.class, parser::head);
        assertThrows(IllegalStateException.class, parser::fault);
        ByteBuffer in = ByteBuffer.wrap("\n".getBytes(StandardCharsets.US_ASCII));
        assertEquals(Progress.FAULT, parser.parse(in));
        assertEquals(Progress.FAULT, parser.parse(in));
        assertThrows(IllegalStateException.class, parser::head);
        assertThrows(IllegalArgumentException.class, () -> new HeadLimits(0, 1, 1));
    }
}
