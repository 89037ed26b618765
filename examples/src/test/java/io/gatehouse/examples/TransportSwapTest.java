/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A transport swap changes no byte of an answer but Date, Server and the fields of the connection. */
@Timeout(60)
final class TransportSwapTest {

    private static final List<String> MAY_DIFFER =
            List.of("Date", "Server", "Connection", "Keep-Alive", "Transfer-Encoding");

    @TempDir
    private static Path files;

    private static TestSite nio;
    private static TestSite jetty;

    @BeforeAll
    static void start() throws IOException {
        TestSite.write(files);
        nio = TestSite.start("nio", files);
        jetty = TestSite.start("jetty", files);
    }

    @AfterAll
    static void stop() {
        nio.close();
        jetty.close();
    }

    /**
     * Requests that are sent at once over one connection.
     *
     * @param name what it shows
     * @param bytes in ISO 8859-1
     * @param then sent once the first answer is there
     * @param answers for each answer that must come, the method that it answers; {@code CONTINUE} for an interim one
     * @param statuses which must come, so that two transports that fail alike don't pass
     */
    record Script(String name, String bytes, String then, List<String> answers, List<Integer> statuses) {
        Script(String name, String bytes, List<String> answers, List<Integer> statuses) {
            this(name, bytes, "", answers, statuses);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Script one(int status, String line, String... rest) {
        String method = line.substring(0, line.indexOf(' '));
        String name = (line + ' ' + String.join(", ", rest)).replaceAll("(?s)\\s*\r\n.*", "").strip();
        return new Script(name, head(line, rest), List.of(method), List.of(status));
    }

    /** A head of HTTP/1.1 with Host; a rest that begins with an empty line is a body. */
    private static String head(String line, String... rest) {
        StringBuilder out = new StringBuilder(line + " HTTP/1.1\r\nHost: localhost\r\n");
        String body = "";
        for (String field : rest) {
            if (field.startsWith("\r\n")) {
                body = field.substring(2);
            } else {
                out.append(field).append("\r\n");
            }
        }
        return out.append("\r\n").append(body).toString();
    }

    private static String chunked(String... chunks) {
        StringBuilder out = new StringBuilder("\r\n");
        for (String chunk : chunks) {
            out.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk).append("\r\n");
        }
        return out.append("0\r\n\r\n").toString();
    }

    static Stream<Script> scripts() {
        String form = "Content-Type: application/x-www-form-urlencoded";
        return Stream.of(
                // Files.
                one(200, "GET /"),
                one(200, "GET /app.js"),
                one(200, "GET /app.js", "Accept-Encoding: gzip"),
                one(200, "GET /app.js", "Accept-Encoding: gzip;q=0, br"),
                one(200, "HEAD /app.js"),
                one(200, "HEAD /app.js", "Accept-Encoding: gzip"),
                one(200, "GET /large.bin"),
                one(200, "HEAD /large.bin"),
                one(200, "GET /sub/caf%C3%A9.txt"),
                one(301, "GET /sub"),
                one(301, "GET /sub?a=b"),
                one(200, "GET /sub/"),
                one(404, "GET /missing.txt"),
                one(404, "HEAD /missing.txt"),
                one(404, "GET /.hidden"),
                one(404, "GET /WEB-INF/web.xml"),
                one(405, "DELETE /app.js"),
                one(405, "POST /app.js", "Content-Length: 3", "\r\nabc"),
                one(206, "GET /large.bin", "Range: bytes=0-9"),
                one(206, "GET /large.bin", "Range: bytes=-5"),
                one(206, "GET /large.bin", "Range: bytes=262144-"),
                one(206, "GET /app.js", "Range: bytes=2-4"),
                one(200, "HEAD /large.bin", "Range: bytes=0-9"),
                one(416, "GET /large.bin", "Range: bytes=999999999-"),
                one(200, "GET /large.bin", "Range: lines=1-2"),
                one(304, "GET /app.js", "If-Modified-Since: " + TestSite.MODIFIED),
                one(200, "GET /app.js", "If-Modified-Since: Thu, 01 Jan 1998 00:00:00 GMT"),
                one(304, "GET /app.js", "If-None-Match: *"),
                one(200, "GET /app.js", "If-None-Match: \"other\""),
                one(412, "GET /app.js", "If-Match: \"other\""),
                one(412, "GET /app.js", "If-Unmodified-Since: Thu, 01 Jan 1998 00:00:00 GMT"),
                one(200, "GET /large.bin", "Range: bytes=0-9", "If-Range: \"other\""),
                one(204, "OPTIONS /app.js"),
                // Targets.
                one(400, "GET /a%2Fb"),
                one(400, "GET /a%00b"),
                one(400, "GET /../secret"),
                one(400, "GET /sub/%2e%2e/%2e%2e/secret"),
                one(200, "GET http://localhost/app.js"),
                // Servlets.
                one(200, "GET /servlet/a/b%20c?x=1&y=2&x=3"),
                one(200, "HEAD /servlet/a"),
                one(200, "GET /servlet/fields", "X-One: 1", "x-one: 2", "X-Empty:", "Accept-Language: de, en;q=0.5"),
                one(200, "GET /servlet/cookies", "Cookie: a=1; b=\"two\"; c="),
                one(200, "POST /servlet/form?x=0", form, "Content-Length: 12", "\r\nx=1&y=%C3%A9"),
                one(200, "POST /servlet/form", form, "Transfer-Encoding: chunked", chunked("x=1&", "y=2", "&z=3")),
                one(200, "PUT /servlet/body", "Transfer-Encoding: chunked", chunked("one", "two", "x".repeat(5000))),
                one(200, "PUT /servlet/body", "Content-Length: 0"),
                one(200, "POST /servlet/ignore", "Content-Length: 5", "\r\nabcde"),
                one(418, "GET /servlet/error"),
                one(418, "HEAD /servlet/error"),
                one(302, "GET /servlet/redirect"),
                one(500, "GET /servlet/throw"),
                one(200, "GET /servlet/flush"),
                one(200, "GET /servlet/cookie"),
                one(200, "GET /servlet/latin"),
                one(200, "HEAD /servlet/latin"),
                one(200, "GET /servlet/large"),
                one(204, "GET /servlet/empty"),
                one(200, "OPTIONS /servlet/a"),
                one(405, "DELETE /servlet/a"),
                // Handlers.
                one(200, "GET /handler/text"),
                one(200, "HEAD /handler/text"),
                one(200, "GET /handler/async/x"),
                one(200, "GET /handler/parts"),
                one(200, "GET /handler/trailers", "TE: trailers"),
                one(200, "POST /handler/echo", "Content-Length: 4", "\r\necho"),
                one(304, "GET /handler/status/304"),
                one(204, "GET /handler/status/204"),
                one(507, "GET /handler/status/507"),
                one(429, "GET /handler/failure"),
                one(500, "GET /handler/throw"),
                one(413, "POST /handler/echo", "Content-Length: 99999999999"),
                new Script("100-continue",
                        head("POST /handler/echo", "Content-Length: 4", "Expect: 100-continue"), "echo",
                        List.of("CONTINUE", "POST"), List.of(100, 200)),
                new Script("103 early hints", head("GET /handler/hints"),
                        List.of("CONTINUE", "GET"), List.of(103, 200)),
                // Versions and connections.
                new Script("HTTP/1.0", "GET /app.js HTTP/1.0\r\n\r\n", List.of("GET"), List.of(200)),
                new Script("HTTP/1.0 keep-alive",
                        "GET /servlet/old HTTP/1.0\r\nHost: old\r\nConnection: keep-alive\r\n\r\n",
                        List.of("GET"), List.of(200)),
                new Script("HTTP/1.0 of unknown length", "GET /handler/parts HTTP/1.0\r\n\r\n",
                        List.of("GET"), List.of(200)),
                new Script("close", head("GET /app.js", "Connection: close"), List.of("GET"), List.of(200)),
                new Script("pipelined", head("GET /app.js") + head("HEAD /servlet/a") + head("GET /handler/text"),
                        List.of("GET", "HEAD", "GET"), List.of(200, 200, 200)),
                new Script("pipelined after a body",
                        head("POST /handler/echo", "Content-Length: 4", "\r\necho") + head("GET /"),
                        List.of("POST", "GET"), List.of(200, 200)));
    }

    @Test
    void thereAreEnough() {
        assertTrue(scripts().count() >= 50);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void changesNoByte(Script script) throws IOException {
        List<Answer> overNio = answers(nio.uri(), script);
        List<Answer> overJetty = answers(jetty.uri(), script);
        assertEquals(script.statuses(), overNio.stream().map(Answer::status).toList());
        assertEquals(comparable(overNio), comparable(overJetty));
    }

    private static String comparable(List<Answer> answers) {
        StringBuilder all = new StringBuilder();
        answers.forEach(answer -> all.append(answer.without(MAY_DIFFER)).append("\n----\n"));
        return all.toString();
    }

    static List<Answer> answers(URI site, Script script) throws IOException {
        List<Answer> answers = new ArrayList<>();
        try (Wire wire = Wire.tcp(site)) {
            wire.send(script.bytes());
            for (String method : script.answers()) {
                answers.add(wire.answer(method.equals("HEAD")));
                if (answers.size() == 1) {
                    wire.send(script.then());
                }
            }
        }
        return answers;
    }
}
