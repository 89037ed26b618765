/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way of an answer out of the engine, over exchanges that the test controls: buffering, failures, ends. */
@Timeout(60)
final class EndingTest {

    private final EngineInUse engine = new EngineInUse();

    @AfterEach
    void stop() throws InterruptedException {
        engine.close();
    }

    @Test
    void aSmallAnswerLeavesInOneWriteWithItsLength() throws Exception {
        engine.route("/", (request, response) -> {
            OutputStream out = response.body();
            out.write('a');
            out.write("bc".getBytes(StandardCharsets.UTF_8));
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals("abc", exchange.awaitEnd().body());
        assertEquals("3", exchange.fields().first("Content-Length"));
        assertEquals(1, exchange.writes());
    }

    @Test
    void aLargeAnswerIsCommittedWhenTheBufferIsFull() throws Exception {
        engine.route("/", (request, response) -> {
            response.bufferSize(4);
            OutputStream out = response.body();
            out.write("ab".getBytes(StandardCharsets.UTF_8));
            assertFalse(response.committed());
            out.write("cdefgh".getBytes(StandardCharsets.UTF_8));
            assertTrue(response.committed());
            out.write('i');
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals("abcdefghi", exchange.awaitEnd().body());
        assertNull(exchange.fields().first("Content-Length"));
        assertEquals(3, exchange.writes());
    }

    @Test
    void aBufferOfNothingSendsEveryByteAtOnce() throws Exception {
        engine.route("/", (request, response) -> {
            response.bufferSize(0);
            response.body().write('a');
            response.body().write('b');
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals("ab", exchange.awaitEnd().body());
        assertEquals(3, exchange.writes());
    }

    @Test
    void aFlushCommitsAndAClosedStreamEnds() throws Exception {
        AtomicReference<Throwable> afterwards = new AtomicReference<>();
        engine.route("/", (request, response) -> {
            OutputStream out = response.body();
            out.flush();
            assertTrue(response.committed());
            out.write('x');
            out.close();
            out.close();
            try {
                out.write('y');
            } catch (IOException e) {
                afterwards.set(e);
            }
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals("x", exchange.awaitEnd().body());
        engine.awaitIdle();
        assertInstanceOf(IOException.class, afterwards.get());
    }

    @Test
    void anEmptyAnswerToHeadSaysNothingAboutALength() throws Exception {
        engine.route("/", (request, response) -> response.field("X-Seen", "yes"));
        FakeExchange head = FakeExchange.of("HEAD", "/", Fields.EMPTY);
        engine.handle(head);
        assertNull(head.awaitEnd().fields().first("Content-Length"));
        FakeExchange get = FakeExchange.get("/");
        engine.handle(get);
        assertEquals("0", get.awaitEnd().fields().first("Content-Length"));
    }

    @Test
    void bodilessStatusesGetNoLength() throws Exception {
        engine.route("/", (request, response) -> response.status(304));
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertNull(exchange.awaitEnd().fields().first("Content-Length"));
    }

    @Test
    void aFailureBeforeCommitBecomesAPageWithoutSecrets() throws Exception {
        engine.route("/", (request, response) -> {
            response.field("X-Half", "made").body().write('x');
            throw new IllegalStateException("password=hunter2");
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals(500, exchange.awaitEnd().status());
        assertFalse(exchange.body().contains("hunter2"));
        assertFalse(exchange.body().startsWith("x"));
        assertNull(exchange.fields().first("X-Half"));
    }

    @Test
    void anHttpFailureCarriesItsStatusAndText() throws Exception {
        engine.route("/", (request, response) -> {
            throw new HttpFailure(409, "edited by somebody else");
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals(409, exchange.awaitEnd().status());
        assertEquals("409 Conflict\nedited by somebody else\n", exchange.body());
    }

    @Test
    void aFailureAfterCommitCutsTheAnswerOff() throws Exception {
        engine.route("/", (request, response) -> {
            response.body().write("half".getBytes(StandardCharsets.UTF_8));
            response.body().flush();
            throw new IllegalStateException("lost");
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertInstanceOf(IllegalStateException.class, exchange.awaitEnd().aborted());
        assertFalse(exchange.last());
    }

    @Test
    void anErrorOfAHandlerCostsItsResponseAndNoWorker() throws Exception {
        for (int i = 0; i < 10; i++) {
            FakeExchange exchange = FakeExchange.get("/");
            if (i == 0) {
                engine.route("/", (request, response) -> {
                    throw new StackOverflowError();
                });
            }
            engine.handle(exchange);
            assertEquals(500, exchange.awaitEnd().status());
            engine.awaitIdle();
        }
    }

    @Test
    void anAsyncHandlerEndsWithItsCompletionAndTheSecondOneIsIgnored() throws Exception {
        AtomicReference<Completion> later = new AtomicReference<>();
        CountDownLatch called = new CountDownLatch(1);
        engine.register("/", (request, response, done) -> {
            response.body().write('a');
            later.set(done);
            called.countDown();
        }, null, null, -1);
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertTrue(called.await(30, TimeUnit.SECONDS));
        assertEquals(1, engine.workers.inFlight());
        later.get().succeeded();
        later.get().failed(new IOException("too late"));
        assertEquals("a", exchange.awaitEnd().body());
        assertEquals(0, engine.workers.inFlight());
        assertNull(exchange.aborted());
    }

    @Test
    void anAsyncHandlerThatThrowsHasFailed() throws Exception {
        engine.register("/", (request, response, done) -> {
            throw new HttpFailure(418, "");
        }, null, null, -1);
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals(418, exchange.awaitEnd().status());
    }

    @Test
    void aPeerThatBreaksUnderAWriteEndsTheHandlerWithAnIoException() throws Exception {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        engine.route("/", (request, response) -> {
            try {
                response.bufferSize(1).body().write(new byte[100]);
            } catch (IOException e) {
                seen.set(e);
                throw e;
            }
        });
        FakeExchange exchange = FakeExchange.get("/").failWrites();
        engine.handle(exchange);
        assertNotNull(exchange.awaitEnd().aborted());
        assertEquals("Broken pipe", seen.get().getMessage());
    }

    @Test
    void trailersAndInterimResponsesPassThrough() throws Exception {
        engine.route("/", (request, response) -> {
            response.inform(ResponseHead.of(103, "Link", "</a.css>; rel=preload"));
            response.trailers(Fields.of("X-Sum", "1"));
            response.send(String.valueOf(request.trailers().first("X-Trailer")));
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals("request", exchange.awaitEnd().body());
        assertEquals(103, exchange.informed.get(0).status());
        assertEquals("1", exchange.sentTrailers().first("X-Sum"));
    }
}
