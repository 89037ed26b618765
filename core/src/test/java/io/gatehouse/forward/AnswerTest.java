/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ClientResponse.Taking;
import io.gatehouse.forward.ScriptedOrigin.Cut;
import io.gatehouse.http.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers in every framing, cut anywhere on their way here, and taken inline, elsewhere or late on their way on. */
@Timeout(120)
final class AnswerTest {

    /**
     * A right answer.
     *
     * @param kept whether its connection may be used on
     */
    private record Sample(String name, String bytes, int status, String body, boolean kept) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Sample> samples() {
        return Stream.of(
                new Sample("length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
                new Sample("no reason", "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
                new Sample("no body", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, "", true),
                new Sample("many fields", "HTTP/1.1 200 OK\r\n" + "X-Field: value\r\n".repeat(150) + "Content-Length: 1\r\n\r\nx",
                        200, "x", true),
                new Sample("large head", "HTTP/1.1 200 OK\r\nX: " + "y".repeat(30_000) + "\r\nContent-Length: 1\r\n\r\nx", 200, "x", true),
                new Sample("one chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 200, "hello", true),
                new Sample("chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\nh\r\n003\r\nell\r\n1;x=y\r\no\r\n0\r\n\r\n", 200,
                        "hello", true),
                new Sample("hexadecimal chunk",
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n",
                        200, "01234567890123456789", true),
                new Sample("no chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, "", true),
                new Sample("trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n", 200, "hi", true),
                new Sample("until the end", "HTTP/1.1 200 OK\r\n\r\nhello", 200, "hello", false),
                new Sample("empty until the end", "HTTP/1.1 200 OK\r\n\r\n", 200, "", false),
                new Sample("HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false),
                new Sample("HTTP/1.0 kept", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
                new Sample("HTTP/1.0 until the end", "HTTP/1.0 200 OK\r\n\r\nhello", 200, "hello", false),
                new Sample("close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false),
                new Sample("closes soon", "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false),
                new Sample("hints", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x", true),
                new Sample("a continue that nobody asked for", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200,
                        "x", true));
    }

    static Stream<Arguments> ways() {
        return samples().flatMap(sample -> Stream.of(Cut.values())
                .flatMap(cut -> Stream.of(Taking.INLINE, Taking.ELSEWHERE).map(taking -> Arguments.of(sample, cut, taking))));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void anyCutGivesTheSame(Sample sample, Cut cut, Taking taking) throws Exception {
        ScriptedOrigin.Script script = line -> {
            while (line.request() != null) {
                line.cut(cut).send(sample.bytes);
                if (!sample.kept && sample.bytes.indexOf("timeout=1") < 0) {
                    return;
                }
            }
        };
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(script); Forward forward = Forward.to(origin.text()).build()) {
            for (int i = 0; i < 2; i++) {
                ClientResponse response = new ClientResponse(taking).to(forward, ClientRequest.get("/" + i));
                assertEquals(sample.status, response.answered());
                assertEquals(sample.body, response.text());
                assertTrue(response.isWhole());
                List<Integer> interim = response.interim().stream().map(ResponseHead::status).toList();
                assertEquals(sample.name.equals("hints") ? List.of(103) : List.of(), interim);
            }
            assertEquals(sample.kept ? 1 : 2, origin.connections());
        }
    }

    /** Bodies of sizes around those of the buffers, each byte of which must arrive in its place. */
    @ParameterizedTest
    @EnumSource(Taking.class)
    void largeBodiesArriveWhole(Taking taking) throws Exception {
        for (int size : new int[] {1, 16_383, 16_384, 16_385, 100_000, 1_000_000}) {
            byte[] body = ClientRequest.pattern(size);
            String text = new String(body, StandardCharsets.ISO_8859_1);
            StringBuilder chunks = new StringBuilder();
            for (int at = 0, step = 1; at < size; at += step, step = Math.min(step * 3, size - at)) {
                step = Math.min(step, size - at);
                chunks.append(Integer.toHexString(step)).append("\r\n").append(text, at, at + step).append("\r\n");
            }
            for (String answer : List.of(
                    "HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n" + text,
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n\r\n",
                    "HTTP/1.1 200 OK\r\n\r\n" + text)) {
                try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
                    line.request();
                    line.send(answer);
                }); Forward forward = Forward.to(origin.text()).build()) {
                    ClientResponse response = new ClientResponse(taking);
                    response.takeAll();
                    response.to(forward, ClientRequest.get("/"));
                    assertEquals(200, response.answered());
                    assertTrue(Arrays.equals(body, response.bytes()), "a body of " + size);
                }
            }
        }
    }

    /** The same the other way: by length and in chunks, fed in pieces that have nothing to do with any buffer. */
    @ParameterizedTest
    @MethodSource("uploads")
    void largeRequestsArriveWhole(int size, boolean chunked) throws Exception {
        byte[] body = ClientRequest.pattern(size);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            StringBuilder got = new StringBuilder();
            if (chunked) {
                for (int length = size(line); length > 0; length = size(line)) {
                    got.append(line.bytes(length));
                    assertEquals("\r\n", line.bytes(2));
                }
                assertEquals("\r\n", line.bytes(2));
            } else {
                got.append(line.bytes(size));
            }
            line.send("HTTP/1.1 200 OK\r\nContent-Length: " + got.length() + "\r\n\r\n" + got);
            line.request();
        }); Forward forward = Forward.to(origin.text()).build()) {
            ClientRequest request = ClientRequest.of("POST", "/").length(chunked ? -1 : size);
            ClientResponse response = new ClientResponse().to(forward, request);
            for (int at = 0, step = 1; at < size; at += step, step = step * 2 + 1) {
                step = Math.min(step, size - at);
                request.feed(new String(body, at, step, StandardCharsets.ISO_8859_1));
            }
            request.end();
            assertEquals(200, response.answered());
            assertArrayEquals(body, response.bytes());
        }
    }

    static Stream<Arguments> uploads() {
        return Stream.of(1, 16_364, 16_384, 100_000, 1_000_000)
                .flatMap(size -> Stream.of(Arguments.of(size, true), Arguments.of(size, false)));
    }

    private static int size(ScriptedOrigin.Line line) throws Exception {
        return Integer.parseInt(line.until("\r\n").strip(), 16);
    }
}
