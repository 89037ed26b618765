/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ScriptedOrigin.Script;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A kept connection that has ended: what may be sent once more is, once, and nothing else ever twice. */
@Timeout(60)
final class RetryTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /** Answers one request, reads the next and closes without a word. */
    private static final Script CLOSES_AT_THE_SECOND = line -> {
        line.request();
        line.send(OK);
        line.request();
    };

    private static final Script RESETS_AT_THE_SECOND = line -> {
        line.request();
        line.send(OK);
        line.request();
        line.reset();
    };

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
    void whatMayBeRepeatedIs(String method) throws Exception {
        for (Script script : new Script[] {CLOSES_AT_THE_SECOND, RESETS_AT_THE_SECOND}) {
            try (ScriptedOrigin origin = ScriptedOrigin.tcp(script, line -> {
                while (line.request() != null) {
                    line.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                }
            }); Forward forward = Forward.to(origin.text()).build()) {
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/1")).answered());
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.of(method, "/2")).answered());
                assertEquals(2, origin.connections());
                assertEquals(3, origin.requests().size());
                assertEquals(origin.requests().get(1), origin.requests().get(2), "byte for byte the same");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "LOCK", "get"})
    void whatMayNotBeRepeatedIsNot(String method) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(CLOSES_AT_THE_SECOND, ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/1")).answered());
            assertEquals(502, new ClientResponse().to(forward, ClientRequest.of(method, "/2")).answered());
            assertEquals(2, origin.requests().size());
            assertEquals(1, origin.connections());
        }
    }

    @Test
    void aBodyThatHasBegunIsNotRepeated() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(CLOSES_AT_THE_SECOND, ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/1")).answered());
            ClientRequest request = ClientRequest.of("PUT", "/2", "Content-Length", "5").body("hello");
            assertEquals(502, new ClientResponse().to(forward, request).answered());
            assertEquals(1, origin.connections());
        }
    }

    /** An empty body in chunks is nothing but its end, which is said as often as the request. */
    @ParameterizedTest
    @CsvSource({"PUT, kept", "DELETE, kept", "GET, kept", "PUT, other", "GET, other"})
    void theEndOfAnEmptyBodyIsSentOnceMoreToo(String method, String to) throws Exception {
        for (String[] trailers : new String[][] {{}, {"X-Sum", "0"}}) {
            Script reads = line -> {
                for (String head = line.head(); head != null; head = line.head()) {
                    if (head.contains("chunked")) {
                        assertEquals(trailers.length == 0 ? "0\r\n\r\n" : "0\r\nX-Sum: 0\r\n\r\n", line.until("\r\n\r\n"), "its end");
                    }
                    line.send(OK);
                }
            };
            Script closes = line -> {
                boolean kept = to.equals("kept");
                if (kept) {
                    line.head();
                    line.send(OK);
                }
                line.head();
                line.until("\r\n\r\n");
            };
            try (ScriptedOrigin origin = ScriptedOrigin.tcp(closes, reads);
                    Forward forward = (to.equals("kept") ? Forward.to(origin.text())
                            : Forward.to(origin.text(), origin.text()).balance(Balance.roundRobin())).build()) {
                if (to.equals("kept")) {
                    assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/1")).answered());
                }
                ClientRequest empty = ClientRequest.of(method, "/2").length(-1);
                empty.end(trailers);
                assertEquals(200, new ClientResponse().to(forward, empty).answered());
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/3")).answered(), "the next one is read as one");
                assertEquals(2, origin.connections());
            }
        }
    }

    @Test
    void aNewConnectionIsNotTriedTwice() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> line.request(), ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).build()) {
            assertEquals(502, new ClientResponse().to(forward, ClientRequest.get("/1")).answered());
            assertEquals(1, origin.connections());
        }
    }

    @Test
    void itIsTriedOnceMoreAndNotOftener() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(CLOSES_AT_THE_SECOND, line -> line.request(), ScriptedOrigin.always(OK));
                Forward forward = Forward.to(origin.text()).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/1")).answered());
            assertEquals(502, new ClientResponse().to(forward, ClientRequest.get("/2")).answered());
            assertEquals(2, origin.connections());
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/3")).answered());
        }
    }

    @Test
    void anAnswerThatHasBegunIsNotTriedAgain() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send(OK);
            line.request();
            line.send("H");
        }, ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/1")).answered());
            assertEquals(502, new ClientResponse().to(forward, ClientRequest.get("/2")).answered());
            assertEquals(1, origin.connections());
        }
    }

    @Test
    void aKeptConnectionThatWasClosedInTheMeantimeIsNotUsed() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send(OK);
            line.shutdownOutput();
            closed.countDown();
            assertTrue(line.ended(), "nothing is sent into it");
        }, ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/1")).answered());
            closed.await();
            // Not repeatable, so that the socket is looked at even if the selector has not told yet.
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.of("POST", "/2")).answered());
            assertEquals(2, origin.connections());
            assertEquals(2, origin.requests().size());
        }
    }
}
