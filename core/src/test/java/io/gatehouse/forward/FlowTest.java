/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ClientResponse.Taking;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits for whom: a slow side holds the other back, an end of one side is the end of the other. */
@Timeout(120)
final class FlowTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @Test
    void aSlowClientHoldsItsOriginBack() throws Exception {
        AtomicLong sent = new AtomicLong();
        long size = 64L << 20;
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nContent-Length: " + size + "\r\n\r\n");
            String part = "x".repeat(64 * 1024);
            while (sent.get() < size) {
                line.send(part);
                sent.addAndGet(part.length());
            }
        }, ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse response = new ClientResponse(Taking.HELD).to(forward, ClientRequest.get("/"));
            response.awaitWrite();
            passTurns(forward);
            assertTrue(sent.get() < size, "everything was taken from the origin");
            assertFalse(response.wroteMore(), "a second write began before the first was taken");
            response.takeAll();
            assertEquals(200, response.answered());
            assertEquals(size, response.bytes().length);
        }
    }

    @Test
    void aSlowOriginHoldsItsClientBack() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        long size = 64L << 20;
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            go.await();
            for (long left = size; left > 0; left -= 1 << 20) {
                line.bytes(1 << 20);
            }
            line.send(OK);
        }, ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.of("PUT", "/").length(size);
            for (long left = size; left > 0; left -= 1 << 20) {
                request.feed(ByteBuffer.wrap(new byte[1 << 20]));
            }
            request.end();
            ClientResponse response = new ClientResponse().to(forward, request);
            passTurns(forward);
            assertTrue(request.taken() > 0 && request.taken() < size, "taken from the client: " + request.taken());
            go.countDown();
            assertEquals(200, response.answered());
            assertEquals(size, request.taken());
        }
    }

    /** Lets the loop turn many times, as often as it would need to carry everything. */
    private static void passTurns(Forward forward) throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/turn")).answered());
        }
    }

    /** RFC 9110 section 7.6.1: what Connection names concerns one connection, wherever it stands. */
    @Test
    void trailersThatConnectionNamesGoNoFarther() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            assertEquals("0\r\nX-Keep: 1\r\n\r\n", line.until("\r\n\r\n"));
            line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: x-hop, X-Other\r\n\r\n"
                    + "2\r\nok\r\n0\r\nX-Hop: 1\r\nX-Sum: 2\r\nKeep-Alive: 3\r\n\r\n");
        }); Forward forward = Forward.to(origin.text()).build()) {
            ClientRequest request = ClientRequest.of("PUT", "/", "Connection", "X-Hop").length(-1);
            request.end("x-hop", "1", "X-Keep", "1");
            ClientResponse response = new ClientResponse().to(forward, request);
            assertEquals(200, response.answered());
            assertEquals("ok", response.text());
            assertEquals(Fields.of("X-Sum", "2"), response.sentTrailers());
        }
    }

    @Test
    void bothDirectionsFlowAtOnce() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 50; i++) {
                String part = line.until("\r\n") + line.until("\r\n");
                line.send(part);
            }
            assertEquals("0\r\n\r\n", line.until("\r\n\r\n"));
            line.send("0\r\n\r\n");
            line.send(line.request() == null ? "" : OK);
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.of("POST", "/").length(-1);
            ClientResponse response = new ClientResponse(Taking.ELSEWHERE).to(forward, request);
            response.awaitWrite(); // the head
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                request.feed("part " + i + ";");
                all.append("part ").append(i).append(';');
                response.awaitWrite(); // what the origin sent back of it
            }
            request.end();
            assertEquals(200, response.answered());
            assertEquals(all.toString(), response.text());
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.of("POST", "/")).answered());
            assertEquals(1, origin.connections(), "both bodies were whole: the connection is kept");
        }
    }

    @Test
    void anEarlyAnswerEndsTheUpload() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
            assertTrue(line.ended());
        }, ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.of("POST", "/").length(1000);
            ClientResponse response = new ClientResponse().to(forward, request);
            assertEquals(413, response.answered());
            assertEquals("no", response.text());
            request.feed("late"); // the demand that was outstanding comes after the end
            assertEquals(0, request.taken());
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            assertEquals(2, origin.connections());
        }
    }

    @Test
    void anOriginThatAnswersAndClosesWhileItIsSentTo() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
            line.shutdownOutput();
            line.bytes(1 << 20);
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.of("POST", "/").length(64 << 20);
            ClientResponse response = new ClientResponse().to(forward, request);
            for (int i = 0; i < 64 && !response.isOver(); i++) {
                request.feed(ByteBuffer.wrap(new byte[1 << 20]));
            }
            assertEquals(403, response.answered());
        }
    }

    @Test
    void aClientThatGoesAwayTakesItsRequestWithIt() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            asked.countDown();
            assertTrue(line.ended());
            ended.countDown();
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.get("/slow");
            ClientResponse response = new ClientResponse().to(forward, request);
            asked.await();
            request.disconnect();
            RefusedException gone = assertInstanceOf(RefusedException.class, response.outcome());
            assertEquals(Refusal.DISCONNECTED, gone.refusal());
            ended.await();
        }
    }

    @Test
    void aClientThatTakesNoMoreEndsTheOriginsAnswer() throws Exception {
        IOException broken = new IOException("broken pipe");
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            assertTrue(line.ended());
            ended.countDown();
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse response = new ClientResponse(Taking.ELSEWHERE);
            response.breaks(broken);
            response.to(forward, ClientRequest.get("/"));
            assertSame(broken, response.outcome());
            ended.await();
        }
    }

    @Test
    void aBodyThatBreaksOffNeverLooksWholeToTheOrigin() throws Exception {
        for (long length : new long[] {100, -1}) {
            RefusedException refused = new RefusedException(Refusal.BODY_SIZE, "too large");
            CountDownLatch ended = new CountDownLatch(1);
            CountDownLatch half = new CountDownLatch(1);
            try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
                line.head();
                line.until("half");
                half.countDown();
                assertTrue(line.ended() || line.until("\r\n").equals("\r\n") && line.ended());
                ended.countDown();
            }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
                ClientRequest request = ClientRequest.of("PUT", "/").length(length);
                ClientResponse response = new ClientResponse().to(forward, request);
                request.feed("half");
                half.await();
                request.fail(refused);
                assertSame(refused, response.outcome());
                ended.await();
            }
        }
    }

    @Test
    void aBodyShorterThanItsLengthIsNotPassedOff() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.until("abc");
            assertTrue(line.ended());
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = ClientRequest.of("POST", "/").length(5);
            request.feed("abc");
            request.end();
            assertInstanceOf(IOException.class, new ClientResponse().to(forward, request).outcome());
        }
    }

    @Test
    void theBodyOfAnExpectingRequestWaitsForTheOrigin() throws Exception {
        CompletableFuture<String> early = new CompletableFuture<>();
        ClientRequest request = ClientRequest.of("POST", "/", "Expect", "100-continue").length(4);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            early.complete(line.head());
            assertFalse(request.firstRead().isDone(), "the client was asked before the origin asked");
            line.send("HTTP/1.1 100 Continue\r\n\r\n");
            assertEquals("body", line.bytes(4));
            line.send(OK);
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).via(null).timeouts(t -> t.withProceed(Duration.ofSeconds(50))).build()) {
            ClientResponse response = new ClientResponse().to(forward, request);
            assertEquals("POST / HTTP/1.1\r\nHost: " + origin.authority() + "\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n",
                    early.get());
            request.firstRead().get();
            request.feed("body");
            assertEquals(200, response.answered());
            assertEquals(0, response.interim().size(), "100 is the transport's, at the first read");
        }
    }

    @Test
    void theBodyOfAnExpectingRequestIsNotReadIfTheOriginWillNotHaveIt() throws Exception {
        ClientRequest request = ClientRequest.of("POST", "/", "Expect", "100-continue").length(4);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
            assertTrue(line.ended(), "the body that was announced never comes: the connection is of no use");
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).timeouts(t -> t.withProceed(Duration.ofSeconds(50))).build()) {
            assertEquals(417, new ClientResponse().to(forward, request).answered());
            assertFalse(request.firstRead().isDone());
        }
    }

    @Test
    void anOriginThatDoesNotKnowExpectGetsTheBodyAfterAWhile() throws Exception {
        ClientRequest request = ClientRequest.of("POST", "/", "Expect", "100-continue").body("body");
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            assertEquals("body", line.bytes(4));
            line.send(OK);
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).timeouts(t -> t.withProceed(Duration.ofMillis(50))).build()) {
            assertEquals(200, new ClientResponse().to(forward, request).answered());
        }
    }

    @Test
    void aFailureWaitsForTheInterimAnswerThatIsOnItsWay() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            line.ended();
        })) {
            Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build();
            ClientResponse response = new ClientResponse(Taking.HELD).to(forward, ClientRequest.get("/"));
            response.awaitWrite();
            forward.close();
            assertFalse(response.isOver(), "a page can't be sent before the interim answer was taken");
            response.take();
            assertEquals(503, response.answered());
        }
    }

    @Test
    void whatACompletionMeetsAfterTheEndIsNothing() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
            line.ended();
        })) {
            Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build();
            ClientResponse response = new ClientResponse(Taking.HELD).to(forward, ClientRequest.get("/"));
            response.awaitWrite();
            forward.close();
            assertInstanceOf(OriginFailure.class, response.outcome().getCause());
            response.take();
            ClientRequest late = ClientRequest.get("/");
            assertInstanceOf(HttpFailure.class, new ClientResponse().to(forward, late).outcome());
            late.disconnect();
            assertNull(response.sentTrailers().first("X"));
        }
    }
}
