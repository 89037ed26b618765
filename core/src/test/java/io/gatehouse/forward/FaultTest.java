/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ScriptedOrigin.Cut;
import io.gatehouse.handler.HttpFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an origin can do wrong, each in one piece and byte by byte: nothing wrong is passed on as if it were right. */
@Timeout(120)
final class FaultTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    /** How an answer ends after its bytes. */
    private enum End { CLOSE, RESET, STAYS }

    /**
     * A wrong answer.
     *
     * @param passed of a body before it was found wrong, at most
     */
    private record Fault(String name, String bytes, End end, String passed) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Found wrong before anything of it could be passed on. */
    private static Fault head(String name, String bytes) {
        return new Fault(name, bytes, End.STAYS, null);
    }

    /** Found wrong when some of it has left already. */
    private static Fault body(String name, String bytes, End end, String passed) {
        return new Fault(name, bytes, end, passed);
    }

    private static String fields(String fields) {
        return "HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\nabcde";
    }

    static Stream<Fault> faults() {
        return Stream.of(
                new Fault("closes at once", "", End.CLOSE, null),
                new Fault("resets at once", "", End.RESET, null),
                new Fault("closes in the status line", "HTTP/1.1 20", End.CLOSE, null),
                new Fault("closes in the head", "HTTP/1.1 200 OK\r\nContent-Le", End.CLOSE, null),
                new Fault("resets in the head", "HTTP/1.1 200 OK\r\nContent-Le", End.RESET, null),
                new Fault("closes after an interim answer", "HTTP/1.1 102 Processing\r\n\r\n", End.CLOSE, null),
                head("garbage", "\u0000\u0001\u0002\u0003\r\n\r\n"),
                head("another protocol", "SSH-2.0-OpenSSH_9.6\r\n"),
                head("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
                head("HTTP/0.9", "<html>hello</html>\r\n"),
                head("no such version", "HTTP/2.0 200 OK\r\n\r\n"),
                head("version without digits", "HTTP/x.y 200 OK\r\n\r\n"),
                head("space in front", " HTTP/1.1 200 OK\r\n\r\n"),
                head("no status", "HTTP/1.1 OK\r\n\r\n"),
                head("two digits", "HTTP/1.1 20 OK\r\n\r\n"),
                head("four digits", "HTTP/1.1 2000 OK\r\n\r\n"),
                head("status 999", "HTTP/1.1 999 What\r\n\r\n"),
                head("status 99", "HTTP/1.1 099 What\r\n\r\n"),
                head("bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"),
                head("bare CR", fields("X: a\rContent-Length: 5")),
                head("NUL in a value", fields("X: a\u0000b\r\nContent-Length: 5")),
                head("folded line", fields("X: a\r\n b\r\nContent-Length: 5")),
                head("space before the colon", fields("Content-Length : 5")),
                head("no colon", fields("Content-Length 5")),
                head("no name", fields(": 5")),
                head("name with a space", fields("X Y: 5")),
                head("length and chunks", fields("Content-Length: 5\r\nTransfer-Encoding: chunked")),
                head("chunks and length", fields("Transfer-Encoding: chunked\r\nContent-Length: 5")),
                head("two lengths", fields("Content-Length: 5\r\nContent-Length: 4")),
                head("one length twice", fields("Content-Length: 5\r\nContent-Length: 5")),
                head("a list of lengths", fields("Content-Length: 5, 5")),
                head("signed length", fields("Content-Length: +5")),
                head("negative length", fields("Content-Length: -5")),
                head("hexadecimal length", fields("Content-Length: 0x5")),
                head("empty length", fields("Content-Length: ")),
                head("overflowing length", fields("Content-Length: 18446744073709551621")),
                head("length with a space in it", fields("Content-Length: 5 5")),
                head("unknown coding", fields("Transfer-Encoding: rot13")),
                head("coding under chunked", fields("Transfer-Encoding: gzip, chunked")),
                head("chunked not last", fields("Transfer-Encoding: chunked, gzip")),
                head("chunked twice", fields("Transfer-Encoding: chunked, chunked")),
                head("obfuscated coding", fields("Transfer-Encoding: xchunked")),
                head("chunked in quotes", fields("Transfer-Encoding: \"chunked\"")),
                head("chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                head("switches unasked", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
                head("too long a line", "HTTP/1.1 200 " + "x".repeat(9000) + "\r\n\r\n"),
                head("too large a head", "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(100) + "Z: " + "z".repeat(40_000)),
                head("too many fields", "HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(201) + "\r\n"),
                head("too many interim answers", "HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n".repeat(17) + OK),
                head("too many continues", "HTTP/1.1 100 Continue\r\n\r\n".repeat(17) + OK),
                body("closes before the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", End.CLOSE, ""),
                body("closes in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd", End.CLOSE, "abcd"),
                body("resets in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcd", End.RESET, "abcd"),
                body("resets a body without length", "HTTP/1.1 200 OK\r\n\r\nabcd", End.RESET, "abcd"),
                body("closes before a chunk", CHUNKED, End.CLOSE, ""),
                body("closes in a chunk's size", CHUNKED + "4", End.CLOSE, ""),
                body("closes in a chunk", CHUNKED + "4\r\nabc", End.CLOSE, "abc"),
                body("closes after a chunk", CHUNKED + "4\r\nabcd\r\n", End.CLOSE, "abcd"),
                body("closes before the end of the trailers", CHUNKED + "4\r\nabcd\r\n0\r\nX: y\r\n", End.CLOSE, "abcd"),
                body("closes in the last chunk", CHUNKED + "4\r\nabcd\r\n0", End.CLOSE, "abcd"),
                body("resets in a chunk", CHUNKED + "4\r\nabc", End.RESET, "abc"),
                body("chunk size that is none", CHUNKED + "4\r\nabcd\r\nxyz\r\n", End.STAYS, "abcd"),
                body("signed chunk size", CHUNKED + "+4\r\nabcd\r\n0\r\n\r\n", End.STAYS, ""),
                body("empty chunk size", CHUNKED + "\r\nabcd\r\n0\r\n\r\n", End.STAYS, ""),
                body("overflowing chunk size", CHUNKED + "10000000000000004\r\nabcd\r\n0\r\n\r\n", End.STAYS, ""),
                body("chunk longer than its size", CHUNKED + "3\r\nabcd\r\n0\r\n\r\n", End.STAYS, "abc"),
                body("chunk without CR LF", CHUNKED + "4\r\nabcd0\r\n\r\n", End.STAYS, "abcd"),
                body("chunk size line with a bare LF", CHUNKED + "4\nabcd\r\n0\r\n\r\n", End.STAYS, ""),
                body("malformed trailer", CHUNKED + "4\r\nabcd\r\n0\r\nX y\r\n\r\n", End.STAYS, "abcd"),
                body("too large trailers", CHUNKED + "0\r\nX: " + "y".repeat(40_000) + "\r\n\r\n", End.STAYS, ""));
    }

    static Stream<Arguments> cutFaults() {
        return faults().flatMap(fault -> Stream.of(Cut.values()).map(cut -> Arguments.of(fault, cut)));
    }

    @Test
    void thereAreEnough() {
        assertTrue(faults().count() >= 60);
    }

    @ParameterizedTest
    @MethodSource("cutFaults")
    void isNeverPassedOnAsRight(Fault fault, Cut cut) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.cut(cut).send(fault.bytes);
            if (fault.end == End.RESET) {
                line.reset();
            } else if (fault.end == End.STAYS) {
                assertTrue(line.ended(), "the connection is given up");
            }
        }, ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).build()) {
            ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
            Throwable outcome = response.outcome();
            assertNotNull(outcome, "it was passed on: " + response.text());
            if (response.committed()) {
                assertInstanceOf(OriginFailure.class, outcome.getCause());
                assertNotNull(fault.passed, "nothing of it may be passed on");
                assertTrue(fault.passed.startsWith(response.text()), response.text());
                assertFalse(response.isWhole(), "it was said to be whole");
            } else {
                HttpFailure failure = assertInstanceOf(HttpFailure.class, outcome);
                assertEquals(502, failure.status());
                assertEquals("The server behind this address gave no valid answer.", failure.publicMessage());
                assertFalse(failure.publicMessage().contains("127.0.0.1"));
                assertInstanceOf(OriginFailure.class, failure.getCause());
            }
            ClientResponse next = new ClientResponse().to(forward, ClientRequest.get("/next"));
            assertEquals(200, next.answered());
            assertEquals("ok", next.text());
            assertEquals(2, origin.connections());
        }
    }

    /** What an origin sends behind an answer is not the answer to anything. */
    @ParameterizedTest
    @MethodSource("extras")
    void bytesBehindAnAnswerAreNobodysAnswer(String answer, String extra, Cut cut) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.cut(cut).send(answer + extra);
            assertTrue(line.ended() || line.request() == null);
        }, ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).build()) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
                int status = response.answered();
                texts.add(status == 502 ? "502" : response.text());
            }
            assertEquals("ok", texts.get(0));
            assertFalse(texts.contains("evil"));
            assertEquals("ok", texts.get(2));
        }
    }

    static Stream<Arguments> extras() {
        String evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";
        return Stream.of(
                        Arguments.of(OK, evil),
                        Arguments.of(CHUNKED + "2\r\nok\r\n0\r\n\r\n", evil),
                        Arguments.of("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "okok"),
                        Arguments.of(OK, "\r\n"))
                .map(arguments -> Arguments.of(arguments.get()[0], arguments.get()[1], Cut.WHOLE));
    }

    @Test
    void aForeignCodingPassesWhereThatIsSet() throws Exception {
        String answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\nX: y\r\n\r\nnopqr";
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send(answer);
        }, line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13, chunked\r\n\r\n0\r\n\r\n");
            assertTrue(line.ended());
        }); Forward forward = Forward.to(origin.text()).foreignCodings().build()) {
            ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
            assertEquals(200, response.answered());
            assertEquals("nopqr", response.text());
            assertEquals("[Field[name=X, value=y]]", list(response));
            assertEquals(502, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
        }
    }

    private static String list(ClientResponse response) throws InterruptedException {
        List<Object> fields = new ArrayList<>();
        response.head().fields().forEach(fields::add);
        return fields.toString();
    }
}
