/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way of a request to its handler, over exchanges that the test controls: target, route, shortcut, body, admission. */
@Timeout(60)
final class EngineTest {

    private final EngineInUse engine = new EngineInUse();

    @AfterEach
    void stop() throws InterruptedException {
        engine.close();
    }

    @Test
    void anAmbiguousTargetIsRefusedInPlaceAndNamesTheSetting() {
        engine.route("/", (request, response) -> response.send("handled"));
        FakeExchange exchange = FakeExchange.get("/a%2Fb");
        engine.handle(exchange);
        assertEquals(400, exchange.status());
        assertTrue(exchange.body().contains("target.encoded-slash"), exchange.body());
        assertEquals(List.of(Refusal.TARGET), engine.refusals);
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
        engine.register("/hot/", AsyncHandler.of(handler), handler, null, -1);
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
        engine.register("/hot/", AsyncHandler.of(handler), handler, null, -1);
        FakeExchange miss = FakeExchange.get("/hot/miss");
        engine.handle(miss);
        assertEquals("from a worker", miss.awaitEnd().body());
        assertNotSame(Thread.currentThread(), handler.handledOn.get());
    }

    @Test
    void theRequestKnowsItsPrefixAndContext() throws Exception {
        Object context = new Object();
        AtomicReference<Object> seen = new AtomicReference<>();
        engine.register("/a/b/", AsyncHandler.of((request, response) -> {
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
        engine.route("/a/b/", (request, response) -> response.send('[' + request.pathInPrefix() + ']'));
        FakeExchange exchange = FakeExchange.get("/a/b");
        engine.handle(exchange);
        assertEquals("[]", exchange.awaitEnd().body());
    }

    @Test
    void aDeclaredLengthOverTheLimitIsRefusedBeforeAWorkerSeesIt() {
        engine.route("/", (request, response) -> response.send("handled"));
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Content-Length", "11"), "01234567890");
        engine.handle(exchange);
        assertEquals(413, exchange.status());
        assertTrue(exchange.body().contains("limits.body=10"), exchange.body());
        assertEquals(List.of(Refusal.BODY_SIZE), engine.refusals);
    }

    @Test
    void aPrefixMayHaveALimitOfItsOwn() throws Exception {
        engine.register("/big/", AsyncHandler.of((request, response) -> response.send(request.body().readAllBytes())), null, null, 20);
        FakeExchange exchange = FakeExchange.of("POST", "/big/", Fields.of("Content-Length", "11"), "01234567890");
        engine.handle(exchange);
        assertEquals("01234567890", exchange.awaitEnd().body());
    }

    @Test
    void anUndeclaredBodyOverTheLimitIsRefusedWhereItIsRead() throws Exception {
        engine.route("/", (request, response) -> response.send(request.body().readAllBytes()));
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Transfer-Encoding", "chunked"), "01234567", "89ab");
        engine.handle(exchange);
        assertEquals(413, exchange.awaitEnd().status());
        assertEquals(List.of(Refusal.BODY_SIZE), engine.refusals);
    }

    @Test
    void aBodyThatBreaksIsAnsweredWithItsRefusal() throws Exception {
        engine.route("/", (request, response) -> response.send(request.body().readAllBytes()));
        FakeExchange exchange = FakeExchange.of(
                "POST", "/", Fields.of("Transfer-Encoding", "chunked"), "0123",
                new RefusedException(Refusal.CHUNK, "a chunk size is no number"));
        engine.handle(exchange);
        assertEquals(400, exchange.awaitEnd().status());
        assertEquals(List.of(Refusal.CHUNK), engine.refusals);
    }

    @Test
    void aWorkerWaitsForTheBodyAndGoesOnWhenItArrives() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        engine.route("/", (request, response) -> {
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
    void moreThanInFlightWaitsAndMoreThanTheQueueIsRefused() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(2);
        engine.route("/", (request, response) -> {
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
        assertEquals(2, engine.workers.inFlight());
        assertEquals(1, engine.workers.waiting());
        engine.handle(exchanges.get(3));
        assertEquals(503, exchanges.get(3).status());
        assertNotNull(exchanges.get(3).fields().first("Retry-After"));
        assertEquals(List.of(Refusal.OVERLOAD), engine.refusals);
        go.countDown();
        for (FakeExchange exchange : exchanges.subList(0, 3)) {
            assertEquals("done", exchange.awaitEnd().body());
        }
        engine.awaitIdle();
        assertEquals(0, engine.workers.waiting());
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
