/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole responses as one who forwards reads them: interim heads, head, body and trailers from one connection, until the
 * connection ends. Each is read whole, byte by byte and cut at random, and must come out the same.
 */
class ResponseExchangeTest {

    private static final HeadLimits LIMITS = new HeadLimits(100, 400, 6);
    private static final String OK = "HTTP/1.1 200 OK\r\n";

    /** Reads the answers to some requests and writes down what it saw. */
    private static final class Reader {
        private final List<String> methods;
        private final ResponseParser parser = new ResponseParser(LIMITS);
        private final StringBuilder seen = new StringBuilder();
        private BodyDecoder body;
        private int answered;
        private boolean over;

        Reader(String methods) {
            this.methods = List.of(methods.split(" ", -1));
        }

        void read(ByteBuffer in) {
            while (!over && (body == null ? head(in) : body(in))) {
                assertTrue(seen.length() < 100_000, "never ends");
            }
        }

        private boolean head(ByteBuffer in) {
            if (answered == methods.size()) {
                return false;
            }
            Progress progress = parser.parse(in);
            if (progress == Progress.FAULT) {
                seen.append("!").append(parser.fault().refusal());
                over = true;
            }
            if (progress != Progress.DONE) {
                return false;
            }
            int status = parser.head().status();
            seen.append(status).append('(');
            body = new BodyDecoder(parser.framing(methods.get(answered)), LIMITS);
            return true;
        }

        private boolean body(ByteBuffer in) {
            ByteBuffer out = ByteBuffer.allocate(7);
            int moved = body.decode(in, out);
            seen.append(Cuts.text(out.flip()));
            if (body.fault() != null) {
                seen.append(")!").append(body.fault().refusal());
                over = true;
                return false;
            }
            if (!body.done()) {
                return moved > 0;
            }
            finish();
            return true;
        }

        private void finish() {
            seen.append(')').append(body.trailers().toString().replace("\n", ";"));
            body = null;
            if (parser.head().status() >= 200 || parser.head().status() == 101) {
                answered++;
                over = !parser.persistent();
                seen.append(over ? "x " : " ");
            }
        }

        String end(ByteBuffer rest) {
            if (!over && body != null) {
                body.end();
                if (body.fault() == null) {
                    finish();
                } else {
                    seen.append(")!").append(body.fault().refusal());
                }
            }
            return seen.toString().strip() + (over || !rest.hasRemaining() ? "" : "|" + Cuts.text(rest));
        }
    }

    private static String outcome(String methods, String text, int[] sizes) {
        Reader reader = new Reader(methods);
        return reader.end(Cuts.feed(text, sizes, reader::read));
    }

    static List<Arguments> exchanges() {
        String chunked = "Transfer-Encoding: chunked\r\n\r\n";
        return List.of(
                Arguments.of("GET", OK + "Content-Length: 5\r\n\r\nhello", "200(hello)"),
                Arguments.of("GET", OK + "Content-Length: 5\r\n\r\nhello!", "200(hello)|!"),
                Arguments.of("GET", OK + "Content-Length: 0\r\n\r\n", "200()"),
                Arguments.of("GET", OK + "Content-Length: 5\r\n\r\nhel", "200(hel)!TRUNCATED"),
                Arguments.of("GET", OK + "Content-Length: 5\r\n\r\n", "200()!TRUNCATED"),
                Arguments.of("GET", OK + "\r\nuntil the end", "200(until the end)"),
                Arguments.of("GET", OK + "\r\n", "200()"),
                Arguments.of("GET", OK + "Connection: close\r\n\r\nbody", "200(body)x"),
                Arguments.of("GET", "HTTP/1.0 200 OK\r\n\r\nbody", "200(body)x"),
                Arguments.of("GET", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "200(ok)x"),
                Arguments.of("GET", OK + chunked + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "200(abcde)"),
                Arguments.of("GET", OK + chunked + "3\r\nabc\r\n0\r\nX-Sum: 9\r\n\r\nrest", "200(abc)X-Sum: 9;|rest"),
                Arguments.of("GET", OK + chunked + "0\r\nSet-Cookie: a=b\r\nX: y\r\n\r\n", "200()X: y;"),
                Arguments.of("GET", OK + chunked + "3\r\nabc\r\n", "200(abc)!TRUNCATED"),
                Arguments.of("GET", OK + chunked + "3\r\nab", "200(ab)!TRUNCATED"),
                Arguments.of("GET", OK + chunked + "0\r\n", "200()!TRUNCATED"),
                Arguments.of("GET", OK + chunked + "0\r\nX: y\r\n", "200()!TRUNCATED"),
                Arguments.of("GET", OK + chunked + "3\r\nabcd\r\n", "200(abc)!CHUNK"),
                Arguments.of("GET", OK + chunked + "xyz\r\n", "200()!CHUNK"),
                // interim answers have no body and answer nothing
                Arguments.of("GET", "HTTP/1.1 100 Continue\r\n\r\n" + OK + "Content-Length: 1\r\n\r\na", "100()200(a)"),
                Arguments.of("GET", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(3) + "HTTP/1.1 204 \r\n\r\n",
                        "103()103()103()204()"),
                Arguments.of("GET", "HTTP/1.1 102 Processing\r\nContent-Length: 9\r\n\r\n" + OK + "Content-Length: 1\r\n\r\nz",
                        "102()200(z)"),
                Arguments.of("GET", "HTTP/1.1 100 Continue\r\n\r\n", "100()"),
                Arguments.of("GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\nraw", "101()|raw"),
                // no body, whatever the fields say
                Arguments.of("HEAD", OK + "Content-Length: 5\r\n\r\n", "200()"),
                Arguments.of("HEAD GET", OK + "Content-Length: 5\r\n\r\n" + OK + "Content-Length: 1\r\n\r\nb", "200() 200(b)"),
                Arguments.of("HEAD GET", OK + chunked + OK + chunked + "1\r\nb\r\n0\r\n\r\n", "200() 200(b)"),
                Arguments.of("HEAD GET", OK + "\r\n" + OK + "Content-Length: 1\r\n\r\nb", "200() 200(b)"),
                Arguments.of("GET GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n" + OK
                        + "Content-Length: 1\r\n\r\nb", "304() 200(b)"),
                Arguments.of("GET GET", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 404 \r\n"
                        + "Content-Length: 2\r\n\r\nno", "204() 404(no)"),
                Arguments.of("CONNECT", OK + "Content-Length: 5\r\n\r\ntunnel", "200()|tunnel"),
                Arguments.of("CONNECT", "HTTP/1.1 502 Bad\r\nContent-Length: 2\r\n\r\nno", "502(no)"),
                Arguments.of("CONNECT", "HTTP/1.1 300 x\r\nContent-Length: 2\r\n\r\nno", "300(no)"),
                // several answers, one after another
                Arguments.of("GET POST GET", (OK + "Content-Length: 2\r\n\r\nab").repeat(3), "200(ab) 200(ab) 200(ab)"),
                Arguments.of("GET GET", OK + chunked + "1\r\na\r\n0\r\n\r\n" + OK + chunked + "1\r\nb\r\n0\r\n\r\n",
                        "200(a) 200(b)"),
                Arguments.of("GET GET", OK + "Connection: close\r\nContent-Length: 1\r\n\r\na" + OK + "\r\n", "200(a)x"),
                Arguments.of("GET GET", "HTTP/1.0 200 x\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\na" + OK
                        + "Content-Length: 1\r\n\r\nb", "200(a) 200(b)"),
                Arguments.of("GET GET", OK + "Content-Length: 1\r\n\r\na\r\n" + OK + "\r\n", "200(a) !SYNTAX"),
                Arguments.of("GET GET", OK + "Content-Length: 1\r\n\r\naHTTP/1.1 200", "200(a)|HTTP/1.1 200"));
    }

    @ParameterizedTest
    @MethodSource("exchanges")
    void readsTheSameHoweverItIsCut(String methods, String text, String expected) {
        for (int[] cut : Cuts.of(text.length())) {
            assertEquals(expected, outcome(methods, text, cut));
        }
    }

    /** Where one who forwards must not guess. Each is refused before its body, or as far as its body is sound. */
    static List<String> malformed() {
        String te = "Transfer-Encoding: chunked\r\n";
        return List.of(
                // the status line
                "\r\n" + OK + "\r\n", "\n" + OK + "\r\n", " " + OK + "\r\n", "200 OK\r\n\r\n", "OK\r\n\r\n", "\r\n\r\n",
                "HTTP/1.1\r\n\r\n", "HTTP/1.1 \r\n\r\n", "HTTP/1.1 2\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000\r\n\r\n",
                "HTTP/1.1 200OK\r\n\r\n", "HTTP/1.1 200\tOK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
                "HTTP/1.1 +20 OK\r\n\r\n", "HTTP/1.1 -20 OK\r\n\r\n", "HTTP/1.1 2 0 OK\r\n\r\n", "HTTP/1.1 0x2 OK\r\n\r\n",
                "HTTP/1.1 000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1 999 OK\r\n\r\n",
                "HTTP/1.1 2\u00b20 OK\r\n\r\n", "HTTP/1.1 OK 200\r\n\r\n", "HTTP/1.1: 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n",
                "HTTP/0.9 200 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/11 200 OK\r\n\r\n",
                "HTTP/1. 200 OK\r\n\r\n", "HTTP/1,1 200 OK\r\n\r\n", "HTTP 1.1 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n",
                "HTTPS/1.1 200 OK\r\n\r\n", "HTTP/1.10 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "XTTP/1.1 200 OK\r\n\r\n",
                "HXTP/1.1 200 OK\r\n\r\n", "HTXP/1.1 200 OK\r\n\r\n", "HTTX/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 O\0K\r\n\r\n",
                "HTTP/1.1 200 O\33K\r\n\r\n", "HTTP/1.1 200 OK\177\r\n\r\n", "HTTP/1.1 200 OK\n\r\n", "HTTP/1.1 200 OK\r\r\n\r\n",
                "HTTP/1.1 200 O\rK\r\n\r\n", "HTTP/1.1 200 " + "x".repeat(88) + "\r\n\r\n",
                "\25\3\3\0\2\2\50", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                // field lines
                OK + " A: b\r\n\r\n", OK + "\tA: b\r\n\r\n", OK + "A : b\r\n\r\n", OK + "A\t: b\r\n\r\n", OK + "A b\r\n\r\n",
                OK + "A\r\n\r\n", OK + ": b\r\n\r\n", OK + ":\r\n\r\n", OK + "A B: c\r\n\r\n", OK + "A;: c\r\n\r\n",
                OK + "\"A\": c\r\n\r\n", OK + "\u00c4: c\r\n\r\n", OK + "A: b\n\r\n", OK + "A: b\rC: d\r\n\r\n",
                OK + "A: b\r\n c\r\n\r\n", OK + "A: b\r\n\tc\r\n\r\n", OK + "A: \0\r\n\r\n", OK + "A: \b\r\n\r\n",
                OK + "A: \f\r\n\r\n", OK + "A: \13\r\n\r\n", OK + "A: \177\r\n\r\n", OK + "A: b\r\n\n", OK + "\n", OK + "\r\r\n",
                OK + "A:\r\n".repeat(7) + "\r\n", OK + "A: " + "b".repeat(400) + "\r\n\r\n",
                // framing
                OK + "Content-Length: 1\r\n" + te + "\r\n", OK + te + "Content-Length: 1\r\n\r\n",
                OK + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", OK + "Content-Length: 1\r\ncontent-length: 2\r\n\r\n",
                OK + "Content-Length: 1,1\r\n\r\n", OK + "Content-Length: 1, 2\r\n\r\n", OK + "Content-Length:\r\n\r\n",
                OK + "Content-Length: +1\r\n\r\n", OK + "Content-Length: -1\r\n\r\n", OK + "Content-Length: 1.0\r\n\r\n",
                OK + "Content-Length: 0x1\r\n\r\n", OK + "Content-Length: 1e1\r\n\r\n", OK + "Content-Length: one\r\n\r\n",
                OK + "Content-Length: 9223372036854775808\r\n\r\n", OK + "Content-Length: 99999999999999999999\r\n\r\n",
                OK + "Content-Length: 00000000000000000001\r\n\r\n", OK + "Content-Length: \u00b9\r\n\r\n",
                OK + "Transfer-Encoding:\r\n\r\n", OK + "Transfer-Encoding: identity\r\n\r\n", OK + "Transfer-Encoding: gzip\r\n\r\n",
                OK + "Transfer-Encoding: gzip, chunked\r\n\r\n", OK + "Transfer-Encoding: chunked, gzip\r\n\r\n",
                OK + "Transfer-Encoding: chunked, chunked\r\n\r\n", OK + te + te + "\r\n",
                OK + "Transfer-Encoding: chunked;q=1\r\n\r\n", OK + "Transfer-Encoding: chunke\r\n\r\n",
                OK + "Transfer-Encoding: \"chunked\"\r\n\r\n", OK + "Transfer-Encoding: chunked,\r\n\r\n",
                OK + "Transfer-Encoding: , chunked\r\n\r\n", OK + "Transfer-Encoding: chun ked\r\n\r\n",
                "HTTP/1.0 200 OK\r\n" + te + "\r\n", "HTTP/1.0 200 OK\r\n" + te + "Connection: keep-alive\r\n\r\n",
                "HTTP/1.1 204 \r\nContent-Length: 1\r\n" + te + "\r\n", "HTTP/1.1 304 \r\nContent-Length: x\r\n\r\n",
                "HTTP/1.1 100 \r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void neverGuesses(String text) {
        String whole = outcome("GET", text + "body", new int[] {text.length() + 4});
        assertTrue(whole.startsWith("!"), whole);
        for (int[] cut : Cuts.of(text.length() + 4)) {
            assertEquals(whole, outcome("GET", text + "body", cut));
        }
    }

    @Test
    void noTextOfAFaultCarriesTheServersBytesOn() {
        for (String text : malformed()) {
            ResponseParser parser = new ResponseParser(LIMITS);
            parser.parse(bytes(text));
            String detail = parser.fault().detail();
            assertTrue(detail.chars().allMatch(c -> c >= ' ' && c < 127), detail);
            assertTrue(detail.length() < 200, detail);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "1.1||true", "1.1|close|false", "1.1|Close|false", "1.1|a,close|false", "1.1|a , close , b|false", "1.1|closed|true",
        "1.1|keep-alive|true", "1.1|keep-alive, close|false", "1.1|\"close\"|true", "1.1|close;x|true",
        "1.0||false", "1.0|keep-alive|true", "1.0|Keep-Alive|true", "1.0|a,keep-alive|true", "1.0|keep-alive, close|false",
        "1.0|close|false", "1.0|keepalive|false", "1.0|keep-alive;timeout=5|false",
    })
    void tellsWhetherTheConnectionMayStay(String row) {
        String[] cells = row.split("\\|", -1);
        ResponseParser parser = new ResponseParser(LIMITS);
        String connection = cells[1].isEmpty() ? "" : "Connection: " + cells[1] + "\r\n";
        assertEquals(Progress.DONE, parser.parse(bytes("HTTP/" + cells[0] + " 200 OK\r\n" + connection + "\r\n")));
        assertEquals(Boolean.parseBoolean(cells[2]), parser.persistent(), row);
    }

    @Test
    void severalConnectionLinesCountTogether() {
        ResponseParser parser = new ResponseParser(LIMITS);
        parser.parse(bytes(OK + "Connection: a\r\nConnection: close\r\nConnection: b\r\n\r\n"));
        assertFalse(parser.persistent());
        ResponseParser old = new ResponseParser(LIMITS);
        old.parse(bytes("HTTP/1.0 200 OK\r\nConnection: x\r\nconnection: keep-alive\r\n\r\n"));
        assertTrue(old.persistent());
    }

    @Test
    void nothingOfAHeadIsLeftForTheNext() {
        ResponseParser parser = new ResponseParser(LIMITS);
        ByteBuffer in = bytes("HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Length: 5\r\nA: b\r\n\r\n"
                + "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 202 \r\n\r\n");
        assertEquals(Progress.DONE, parser.parse(in));
        assertFalse(parser.persistent());
        assertEquals(Framing.ofLength(5), parser.framing("GET"));
        assertEquals(Progress.DONE, parser.parse(in));
        assertTrue(parser.persistent());
        assertEquals(Framing.CHUNKED, parser.framing("GET"));
        assertEquals(1, parser.head().fields().size());
        assertNull(parser.head().fields().first("A"));
        assertEquals(Progress.DONE, parser.parse(in));
        assertEquals(Framing.UNTIL_CLOSE, parser.framing("GET"));
        assertEquals(0, parser.head().fields().size());
    }

    @Test
    void whatOneHeadSaysOfTheConnectionIsNotTheNexts() {
        ResponseParser parser = new ResponseParser(LIMITS);
        ByteBuffer in = bytes("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nHTTP/1.0 200 OK\r\n\r\n"
                + OK + "Connection: close\r\n\r\n" + OK + "\r\n");
        for (boolean persistent : new boolean[] {true, false, false, true}) {
            assertEquals(Progress.DONE, parser.parse(in));
            assertEquals(persistent, parser.persistent());
        }
    }

    @Test
    void everyStatusOfTheRangeIsRead() {
        for (int status = 100; status <= 599; status++) {
            ResponseParser parser = new ResponseParser(LIMITS);
            assertEquals(Progress.DONE, parser.parse(bytes("HTTP/1.1 " + status + " x\r\nContent-Length: 3\r\n\r\n")));
            assertEquals(status, parser.head().status());
            boolean bodiless = status < 200 || status == 204 || status == 304;
            assertEquals(bodiless ? Framing.NONE : Framing.ofLength(3), parser.framing("GET"), "" + status);
            assertEquals(Framing.NONE, parser.framing("HEAD"));
            boolean tunnel = status < 300;
            assertEquals(tunnel || bodiless ? Framing.NONE : Framing.ofLength(3), parser.framing("CONNECT"), "" + status);
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
