/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.ResponseHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTest {

    private static final HeadLimits LIMITS = new HeadLimits(100, 300, 5);

    private static List<String> outcome(String text, int[] sizes) {
        ResponseParser parser = new ResponseParser(LIMITS);
        List<String> seen = new ArrayList<>();
        Cuts.feed(text, sizes, in -> {
            Progress progress;
            while ((progress = parser.parse(in)) == Progress.DONE) {
                seen.add(parser.head() + " " + parser.version() + parser.framing("GET") + parser.persistent());
            }
            if (progress == Progress.FAULT && (seen.isEmpty() || !seen.get(seen.size() - 1).startsWith("refused"))) {
                seen.add("refused " + parser.fault());
            }
        });
        return seen;
    }

    private static ResponseParser parse(String text) {
        ResponseParser parser = new ResponseParser(LIMITS);
        assertEquals(Progress.DONE, parser.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        return parser;
    }

    @ParameterizedTest
    @CsvSource({"rot13, true", "'gzip, deflate', true", "xchunked, true", "chunked, false", "'gzip, chunked', false",
        "'chunked, gzip', false", "'chunked, chunked', false", "'\"chunked\"', false", "'a b', false", "'', false", "'a,,b', false"})
    void foreignCodingsLastUntilTheEndWhereTheyAreTaken(String codings, boolean taken) {
        String text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + codings + "\r\n\r\n";
        ResponseParser strict = new ResponseParser(LIMITS);
        ResponseParser lax = new ResponseParser(LIMITS, true);
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        boolean plain = codings.equals("chunked");
        assertEquals(plain ? Progress.DONE : Progress.FAULT, strict.parse(ByteBuffer.wrap(bytes)));
        assertEquals(plain || taken ? Progress.DONE : Progress.FAULT, lax.parse(ByteBuffer.wrap(bytes)));
        if (plain || taken) {
            assertEquals(taken ? Framing.UNTIL_CLOSE : Framing.CHUNKED, lax.framing("GET"));
            assertEquals(Framing.NONE, lax.framing("HEAD"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: rot13\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: rot13\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
    })
    void foreignCodingsExcuseNothingElse(String text) {
        ResponseParser lax = new ResponseParser(LIMITS, true);
        assertEquals(Progress.FAULT, lax.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200\r\n\r\n",
        "HTTP/1.1 200 \r\nServer: x\r\n\r\n",
        "HTTP/1.0 404 Not Found \u00e4\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
    })
    void readsTheSameHoweverItIsCut(String text) {
        List<String> whole = outcome(text, new int[] {text.length()});
        assertTrue(whole.stream().noneMatch(line -> line.startsWith("refused")), whole::toString);
        assertEquals(text.split("\r\n\r\n", -1).length - 1, whole.size());
        for (int[] cut : Cuts.of(text.length())) {
            assertEquals(whole, outcome(text, cut));
        }
    }

    static Stream<Arguments> refused() {
        String ok = "HTTP/1.1 200 OK\r\n";
        return Stream.of(
                Arguments.of("\r\n" + ok, Refusal.SYNTAX),
                Arguments.of("HTTP/2.0 200 OK\r\n", Refusal.SYNTAX),
                Arguments.of("HTTP/1.2 200 OK\r\n", Refusal.SYNTAX),
                Arguments.of("http/1.1 200 OK\r\n", Refusal.SYNTAX),
                Arguments.of("HTTP/1.1  200 OK\r\n", Refusal.SYNTAX),
                Arguments.of("HTTP/1.1 20 OK\r\n", Refusal.SYNTAX),
                Arguments.of("HTTP/1.1 2000 OK\r\n", Refusal.SYNTAX),
                Arguments.of("HTTP/1.1 2x0 OK\r\n", Refusal.SYNTAX),
                Arguments.of("HTTP/1.1 600 OK\r\n", Refusal.SYNTAX),
                Arguments.of("HTTP/1.1 099 OK\r\n", Refusal.SYNTAX),
                Arguments.of("HTTP/1.1 200 OK\n\n", Refusal.SYNTAX),
                Arguments.of("HTTP/1.1 200 " + "a".repeat(88) + "\r\n", Refusal.LINE_SIZE),
                Arguments.of(ok + "A : b\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(ok + "A: b\r\n c\r\n\r\n", Refusal.SYNTAX),
                Arguments.of(ok + "A: " + "b".repeat(300), Refusal.HEAD_SIZE),
                Arguments.of(ok + "A:\r\n".repeat(6), Refusal.FIELD_COUNT),
                Arguments.of(ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", Refusal.FRAMING),
                Arguments.of(ok + "Content-Length: -1\r\n\r\n", Refusal.FRAMING),
                Arguments.of(ok + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", Refusal.FRAMING),
                Arguments.of("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Refusal.FRAMING),
                Arguments.of(ok + "Transfer-Encoding: br, chunked\r\n\r\n", Refusal.UNSUPPORTED));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesTheSameHoweverItIsCut(String text, Refusal refusal) {
        List<String> whole = outcome(text, new int[] {text.length()});
        assertEquals(1, whole.size(), whole::toString);
        assertTrue(whole.get(0).startsWith("refused Fault[refusal=" + refusal), whole::toString);
        for (int[] cut : Cuts.of(text.length())) {
            assertEquals(whole, outcome(text, cut));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, 200, '', UNTIL_CLOSE, -1",
        "GET, 200, 'Content-Length: 5', LENGTH, 5",
        "GET, 200, 'Content-Length: 0', NONE, 0",
        "GET, 200, 'Transfer-Encoding: chunked', CHUNKED, -1",
        "HEAD, 200, 'Content-Length: 5', NONE, 0",
        "HEAD, 200, 'Transfer-Encoding: chunked', NONE, 0",
        "GET, 204, 'Content-Length: 5', NONE, 0",
        "GET, 304, 'Content-Length: 5', NONE, 0",
        "GET, 100, '', NONE, 0",
        "CONNECT, 200, 'Content-Length: 5', NONE, 0",
        "CONNECT, 400, 'Content-Length: 5', LENGTH, 5",
    })
    void tellsHowTheBodyIsFramed(String method, int status, String field, Framing.Kind kind, long length) {
        ResponseParser parser = parse("HTTP/1.1 " + status + " x\r\n" + (field.isEmpty() ? "" : field + "\r\n")
                + "\r\n");
        assertEquals(new Framing(kind, length), parser.framing(method));
    }

    @Test
    void keepsWhatWasSent() {
        ResponseParser parser = parse("HTTP/1.0 404 x y\r\nA: 1\r\na: 2\r\nConnection: Keep-Alive\r\n\r\n");
        assertEquals(ResponseHead.of(404, Fields.of("A", "1", "a", "2", "Connection", "Keep-Alive")), parser.head());
        assertEquals(HttpVersion.HTTP_1_0, parser.version());
        assertTrue(parser.persistent());
    }

    @Test
    void misuseIsSaid() {
        ResponseParser parser = new ResponseParser(LIMITS);
        assertThrows(IllegalStateException.class, parser::head);
        assertThrows(IllegalStateException.class, parser::fault);
    }
}
