/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.route.RouteSettings;
import io.gatehouse.route.Routes;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.TransportListener;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way of a request above the wire, over exchanges that the test controls. */
@Timeout(60)
final class EngineTest {

    private final Routes routes = new Routes();
    private final List<Refusal> refusals = Collections.synchronizedList(new ArrayList<>());
    private final Limits limits = Limits.DEFAULTS.withInFlight(2).withQueue(1).withBody(10);
    private final Workers workers = new Workers(WorkerThreads.POOL.open(2), limits.inFlight(), limits.queue());
    private final Engine engine = new Engine(routes, TargetRules.STRICT, limits, workers, new TransportListener() {
        @Override
        public void refused(Connection connection, Refusal refusal, String detail) {
            refusals.add(refusal);
        }
    });

    @AfterEach
    void stop() throws InterruptedException {
        assertTrue(workers.stop(Duration.ofSeconds(30)));
    }

    @Test
    void anAmbiguousTargetIsRefusedInPlaceAndNamesTheSetting() {
        route("/", (request, response) -> response.send("handled"));
        FakeExchange exchange = FakeExchange.get("/a%2Fb");
        engine.handle(exchange);
        assertEquals(400, exchange.status());
        assertTrue(exchange.body().contains("target.encoded-slash"), exchange.body());
        assertEquals(List.of(Refusal.TARGET), refusals);
    }

    @Test
    void anUnregisteredPathIs404() {
        FakeExchange exchange = FakeExchange.get("/nowhere");
        engine.handle(exchange);
        assertEquals(404, exchange.status());
        assertEquals(Integer.toString(exchange.body().length()), exchange.fields().first("Content-Length"));
        assertEquals("nosniff", exchange.fields().first("X-Content-Type-Options"));
    }

    @Test
    void optionsOfTheWholeServerIsAnsweredAndOtherMethodsOfItAreRefused() {
        FakeExchange options = FakeExchange.of("OPTIONS", "*", Fields.EMPTY);
        engine.handle(options);
        assertEquals(200, options.status());
        assertNotNull(options.fields().first("Allow"));
        FakeExchange get = FakeExchange.get("*");
        engine.handle(get);
        assertEquals(400, get.status());
    }

    @Test
    void aShortcutAnswersOnTheCallingThreadWithoutAHandler() {
        ShortcutHandler handler = new ShortcutHandler();
        register("/hot/", AsyncHandler.of(handler), handler, null, -1);
        FakeExchange hit = FakeExchange.get("/hot/a");
        engine.handle(hit);
        assertEquals("from memory", hit.body());
        assertSame(Thread.currentThread(), handler.asked);
        assertEquals(5, handler.prefixLength);
        assertNull(handler.handledOn.get());
    }

    @Test
    void aShortcutThatHasNothingLeavesItToTheHandlerOnAWorker() throws Exception {
        ShortcutHandler handler = new ShortcutHandler();
        register("/hot/", AsyncHandler.of(handler), handler, null, -1);
        FakeExchange miss = FakeExchange.get("/hot/miss");
        engine.handle(miss);
        assertEquals("from a worker", miss.awaitEnd().body());
        assertNotSame(Thread.currentThread(), handler.handledOn.get());
    }

    @Test
    void theRequestKnowsItsPrefixAndContext() throws Exception {
        Object context = new Object();
        AtomicReference<Object> seen = new AtomicReference<>();
        register("/a/b/", AsyncHandler.of((request, response) -> {
            seen.set(request.context());
            response.send(request.pathInPrefix() + '|' + request.prefixLength() + '|' + request.query() + '|'
                    + request.path() + '|' + request.target().raw());
        }), null, context, -1);
        FakeExchange exchange = FakeExchange.get("/a/b/c%20d/e?x=1");
        engine.handle(exchange);
        assertEquals("c d/e|5|x=1|/a/b/c d/e|/a/b/c%20d/e?x=1", exchange.awaitEnd().body());
        assertSame(context, seen.get());
    }

    @Test
    void thePrefixItselfWithoutItsSlashIsInsideIt() throws Exception {
        route("/a/b/", (request, response) -> response.send('[' + request.pathInPrefix() + ']'));
        FakeExchange exchange = FakeExchange.get("/a/b");
        engine.handle(exchange);
        assertEquals("[]", exchange.awaitEnd().body());
    }

    @Test
    void aDeclaredLengthOverTheLimitIsRefusedBeforeAWorkerSeesIt() {
        route("/", (request, response) -> response.send("handled"));
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Content-Length", "11"), "01234567890");
        engine.handle(exchange);
        assertEquals(413, exchange.status());
        assertTrue(exchange.body().contains("limits.body=10"), exchange.body());
        assertEquals(List.of(Refusal.BODY_SIZE), refusals);
    }

    @Test
    void aPrefixMayHaveALimitOfItsOwn() throws Exception {
        register("/big/", AsyncHandler.of((request, response) -> response.send(request.body().readAllBytes())), null, null, 20);
        FakeExchange exchange = FakeExchange.of("POST", "/big/", Fields.of("Content-Length", "11"), "01234567890");
        engine.handle(exchange);
        assertEquals("01234567890", exchange.awaitEnd().body());
    }

    @Test
    void anUndeclaredBodyOverTheLimitIsRefusedWhereItIsRead() throws Exception {
        route("/", (request, response) -> response.send(request.body().readAllBytes()));
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Transfer-Encoding", "chunked"), "01234567", "89ab");
        engine.handle(exchange);
        assertEquals(413, exchange.awaitEnd().status());
        assertEquals(List.of(Refusal.BODY_SIZE), refusals);
    }

    @Test
    void aBodyThatBreaksIsAnsweredWithItsRefusal() throws Exception {
        route("/", (request, response) -> response.send(request.body().readAllBytes()));
        FakeExchange exchange = FakeExchange.of(
                "POST", "/", Fields.of("Transfer-Encoding", "chunked"), "0123",
                new RefusedException(Refusal.CHUNK, "a chunk size is no number"));
        engine.handle(exchange);
        assertEquals(400, exchange.awaitEnd().status());
        assertEquals(List.of(Refusal.CHUNK), refusals);
    }

    @Test
    void aWorkerWaitsForTheBodyAndGoesOnWhenItArrives() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        route("/", (request, response) -> {
            byte[] first = request.body().readNBytes(3);
            running.countDown();
            byte[] rest = request.body().readAllBytes();
            response.send(new String(first, StandardCharsets.UTF_8) + '+' + new String(rest, StandardCharsets.UTF_8));
        });
        FakeExchange exchange = FakeExchange.of(
                "POST", "/", Fields.of("Content-Length", "6"), "ab", FakeExchange.NOTHING_YET, "c",
                FakeExchange.NOTHING_YET, FakeExchange.NOTHING_YET, "def");
        engine.handle(exchange);
        assertTrue(running.await(30, TimeUnit.SECONDS));
        assertEquals("abc+def", exchange.awaitEnd().body());
    }

    @Test
    void aSmallAnswerLeavesInOneWriteWithItsLength() throws Exception {
        route("/", (request, response) -> {
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
        route("/", (request, response) -> {
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
        route("/", (request, response) -> {
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
        route("/", (request, response) -> {
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
        awaitIdle();
        assertInstanceOf(IOException.class, afterwards.get());
    }

    @Test
    void anEmptyAnswerToHeadSaysNothingAboutALength() throws Exception {
        route("/", (request, response) -> response.field("X-Seen", "yes"));
        FakeExchange head = FakeExchange.of("HEAD", "/", Fields.EMPTY);
        engine.handle(head);
        assertNull(head.awaitEnd().fields().first("Content-Length"));
        FakeExchange get = FakeExchange.get("/");
        engine.handle(get);
        assertEquals("0", get.awaitEnd().fields().first("Content-Length"));
    }

    @Test
    void bodilessStatusesGetNoLength() throws Exception {
        route("/", (request, response) -> response.status(304));
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertNull(exchange.awaitEnd().fields().first("Content-Length"));
    }

    @Test
    void aFailureBeforeCommitBecomesAPageWithoutSecrets() throws Exception {
        route("/", (request, response) -> {
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
        route("/", (request, response) -> {
            throw new HttpFailure(409, "edited by somebody else");
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals(409, exchange.awaitEnd().status());
        assertEquals("409 Conflict\nedited by somebody else\n", exchange.body());
    }

    @Test
    void aFailureAfterCommitCutsTheAnswerOff() throws Exception {
        route("/", (request, response) -> {
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
                route("/", (request, response) -> {
                    throw new StackOverflowError();
                });
            }
            engine.handle(exchange);
            assertEquals(500, exchange.awaitEnd().status());
            awaitIdle();
        }
    }

    @Test
    void anAsyncHandlerEndsWithItsCompletionAndTheSecondOneIsIgnored() throws Exception {
        AtomicReference<Completion> later = new AtomicReference<>();
        CountDownLatch called = new CountDownLatch(1);
        register("/", (request, response, done) -> {
            response.body().write('a');
            later.set(done);
            called.countDown();
        }, null, null, -1);
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertTrue(called.await(30, TimeUnit.SECONDS));
        assertEquals(1, workers.inFlight());
        later.get().succeeded();
        later.get().failed(new IOException("too late"));
        assertEquals("a", exchange.awaitEnd().body());
        assertEquals(0, workers.inFlight());
        assertNull(exchange.aborted());
    }

    @Test
    void anAsyncHandlerThatThrowsHasFailed() throws Exception {
        register("/", (request, response, done) -> {
            throw new HttpFailure(418, "");
        }, null, null, -1);
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals(418, exchange.awaitEnd().status());
    }

    @Test
    void moreThanInFlightWaitsAndMoreThanTheQueueIsRefused() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(2);
        route("/", (request, response) -> {
            busy.countDown();
            go.await();
            response.send("done");
        });
        List<FakeExchange> exchanges = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            exchanges.add(FakeExchange.get("/" + i));
        }
        exchanges.subList(0, 3).forEach(engine::handle);
        assertTrue(busy.await(30, TimeUnit.SECONDS));
        assertEquals(2, workers.inFlight());
        assertEquals(1, workers.waiting());
        engine.handle(exchanges.get(3));
        assertEquals(503, exchanges.get(3).status());
        assertNotNull(exchanges.get(3).fields().first("Retry-After"));
        assertEquals(List.of(Refusal.OVERLOAD), refusals);
        go.countDown();
        for (FakeExchange exchange : exchanges.subList(0, 3)) {
            assertEquals("done", exchange.awaitEnd().body());
        }
        awaitIdle();
        assertEquals(0, workers.waiting());
    }

    @Test
    void aPeerThatBreaksUnderAWriteEndsTheHandlerWithAnIoException() throws Exception {
        AtomicReference<Throwable> seen = new AtomicReference<>();
        route("/", (request, response) -> {
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
        route("/", (request, response) -> {
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

    private void route(String prefix, Handler handler) {
        register(prefix, AsyncHandler.of(handler), null, null, -1);
    }

    private void register(String prefix, AsyncHandler handler, Shortcut shortcut, Object context, long bodyLimit) {
        routes.register(new Route(Prefix.parse(prefix), handler, shortcut, context, RouteSettings.DEFAULTS.withBodyLimit(bodyLimit)));
    }

    private void awaitIdle() {
        while (workers.inFlight() > 0) {
            Thread.onSpinWait();
        }
    }

    private static final class ShortcutHandler implements Handler, Shortcut {
        private final Prepared prepared = new Prepared(
                ResponseHead.of(200, "Content-Length", "11").prepared(),
                ByteBuffer.wrap("from memory".getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer());
        private final AtomicReference<Thread> handledOn = new AtomicReference<>();
        private volatile Thread asked;
        private volatile int prefixLength;

        @Override
        public Prepared find(RequestHead head, Target target, int prefix) {
            asked = Thread.currentThread();
            prefixLength = prefix;
            return target.path().endsWith("miss") ? null : prepared;
        }

        @Override
        public void handle(io.gatehouse.handler.Request request, io.gatehouse.handler.Response response) throws IOException {
            handledOn.set(Thread.currentThread());
            response.send("from a worker");
        }
    }
}
