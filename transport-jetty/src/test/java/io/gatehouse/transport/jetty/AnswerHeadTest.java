/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Status;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The head and the trailers of an answer, byte by byte, where Jetty has words of its own. */
@Timeout(60)
final class AnswerHeadTest {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final Transport transport =
            new JettyTransportProvider().create(TransportConfig.of(new Endpoint.Tcp("http", "localhost", 0)));

    /** All that comes for one request that asks for the connection's end. */
    private String answer(ExchangeHandler handler, String fields) throws IOException {
        int port = ((Endpoint.Tcp) transport.start(handler).get(0)).port();
        try (Socket socket = new Socket("localhost", port)) {
            socket.getOutputStream().write(
                    ("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields + "\r\n").getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        }
    }

    @AfterEach
    void stop() {
        assertTrue(transport.stop(Duration.ofSeconds(20)));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 204, 304, 302, 404, 413, 418, 421, 422, 426, 431, 500, 503, 508, 511, 499, 599})
    void theReasonIsTheRegisteredOneOrEmpty(int status) throws IOException {
        String answer = answer(exchange -> exchange.commit(ResponseHead.of(status), NONE, true, Completion.NOTHING), "");
        assertEquals("HTTP/1.1 " + status + " " + Status.reason(status), answer.substring(0, answer.indexOf("\r\n")));
    }

    @Test
    void theReasonIsKeptWhenTheBodyComesInParts() throws IOException {
        String answer = answer(exchange -> exchange.commit(ResponseHead.of(500), ascii("a"), false,
                then(() -> exchange.write(ascii("b"), true, Completion.NOTHING))), "");
        assertTrue(answer.startsWith("HTTP/1.1 500 Internal Server Error\r\n"), answer);
        assertTrue(answer.endsWith("\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"), answer);
    }

    @Test
    void aMalformedRequestIsAnsweredWithTheRegisteredReason() throws IOException {
        String answer = answer(exchange -> {
            throw new AssertionError("must not come");
        }, "Expect: miracles\r\n");
        assertTrue(answer.startsWith("HTTP/1.1 417 Expectation Failed\r\n"), answer);
    }

    @Test
    void trailersSetBeforeTheCommitLeaveAndAreAnnounced() throws IOException {
        String answer = answer(exchange -> {
            exchange.trailers(Fields.of("Digest", "x"));
            exchange.commit(ResponseHead.of(200, "Trailer", "Digest"), ascii("a"), false,
                    then(() -> exchange.write(NONE, true, Completion.NOTHING)));
        }, "TE: trailers\r\n");
        assertTrue(answer.contains("\r\nTrailer: Digest\r\n"), answer);
        assertTrue(answer.endsWith("\r\n1\r\na\r\n0\r\nDigest: x\r\n\r\n"), answer);
    }

    @Test
    void trailersSetAfterTheCommitLeaveWithoutWhatMayNotBeInThem() throws IOException {
        String answer = answer(exchange -> exchange.commit(ResponseHead.of(200), ascii("a"), false, then(() -> {
            exchange.trailers(Fields.of("Content-Length", "3", "Digest", "x"));
            exchange.write(ascii("b"), true, Completion.NOTHING);
        })), "");
        assertTrue(answer.endsWith("\r\n1\r\na\r\n1\r\nb\r\n0\r\nDigest: x\r\n\r\n"), answer);
    }

    @Test
    void anUpgradeThatIsRequiredIsNamed() throws IOException {
        String answer = answer(exchange -> exchange.commit(
                ResponseHead.of(426, "Upgrade", "echo"), NONE, true, Completion.NOTHING), "");
        assertTrue(answer.contains("\r\nUpgrade: echo\r\n"), answer);
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    private static Completion then(Runnable next) {
        return new Completion() {
            @Override
            public void succeeded() {
                next.run();
            }

            @Override
            public void failed(Throwable cause) {
                throw new AssertionError(cause);
            }
        };
    }
}
