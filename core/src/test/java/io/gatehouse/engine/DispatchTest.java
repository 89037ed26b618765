/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Logged;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.TargetRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.route.RouteSettings;
import io.gatehouse.route.Routes;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.SameThread;
import io.gatehouse.transport.TransportListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One exchange in the hands of a handler: how it ends, what is logged of it, and that its place is given back. */
@Timeout(60)
final class DispatchTest {

    private final Routes routes = new Routes();
    private final Limits limits = Limits.DEFAULTS.withBody(10);
    /** The caller is the worker, so that a call of the engine returns when the handler has. */
    private final Workers workers = new Workers(new SameThread(), 1, 0, Duration.ofDays(1));
    private final Engine engine = new Engine(routes, TargetRules.STRICT, ProxyRules.NONE, limits, workers, TransportListener.NONE);
    private final Logged log = new Logged("io.gatehouse.engine");

    @AfterEach
    void everyPlaceWasGivenBack() throws InterruptedException {
        log.close();
        assertEquals(0, workers.inFlight());
        assertTrue(workers.stop(Duration.ZERO));
    }

    @Test
    void aBodyThatBreaksItsContentLengthIsA500AndAWarningForItsAuthor() {
        handle((request, response) -> {
            response.field("Content-Length", "5");
            response.body().write(new byte[3]);
        });
        FakeExchange exchange = FakeExchange.get("/short");
        engine.handle(exchange);
        assertEquals(500, exchange.status());
        assertFalse(exchange.body().contains("Content-Length"), exchange.body());
        assertEquals(List.of("GET /short was answered with 500"), log.from(Level.WARNING));
    }

    @Test
    void aLastWriteThatTheTransportRefusesLateIsAWarningToo() {
        handle((request, response) -> response.body().write('x'));
        FakeExchange exchange = FakeExchange.get("/late").delay();
        engine.handle(exchange);
        exchange.failNext(new IllegalStateException("the body is shorter than its Content-Length"));
        assertEquals(List.of("GET /late was cut off"), log.from(Level.WARNING));
    }

    @Test
    void aPeerThatLeavesBeforeItHasTheLastByteIsNoWarning() {
        handle((request, response) -> response.body().write('x'));
        FakeExchange exchange = FakeExchange.get("/gone").delay();
        engine.handle(exchange);
        exchange.failNext(new IOException("Broken pipe"));
        assertEquals(List.of(), log.from(Level.INFO));
        assertEquals(List.of("GET /gone was cut off"), log.from(Level.FINE));
    }

    @Test
    void aPeerThatLeavesUnderAReadIsNoWarning() {
        handle((request, response) -> response.send(request.body().readAllBytes()));
        FakeExchange exchange = FakeExchange.of(
                "POST", "/upload", Fields.of("Content-Length", "9"), "half", new IOException("Connection reset"));
        engine.handle(exchange);
        assertEquals(List.of(), log.from(Level.INFO));
    }

    @Test
    void anExchangeThatCanNotBeAnsweredAnyMoreIsCutOffAndNothingIsThrown() {
        handle((request, response) -> {
            throw new HttpFailure(404, "");
        });
        FakeExchange exchange = FakeExchange.get("/").refuseWrites(new IllegalStateException("the exchange has ended"));
        engine.handle(exchange);
        assertInstanceOf(IllegalStateException.class, exchange.aborted());
        assertEquals(List.of(), log.from(Level.WARNING));
    }

    @Test
    void aRefusalThatCanNotBeSaidIsCutOffToo() {
        handle((request, response) -> request.body().readAllBytes());
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Transfer-Encoding", "chunked"), "0123456789ab")
                .refuseWrites(new IllegalStateException("the exchange has ended"));
        engine.handle(exchange);
        assertNotNull(exchange.aborted());
    }

    @Test
    void aTransportThatFailsUnderTheLastWriteDoesNotLeaveTheExchangeHanging() {
        handle((request, response) -> response.body().write('x'));
        FakeExchange exchange = FakeExchange.get("/").refuseWrites(new UnsupportedOperationException("bug"));
        engine.handle(exchange);
        assertInstanceOf(UnsupportedOperationException.class, exchange.aborted());
    }

    @Test
    void anOverloadThatCanNotBeSaidIsCutOff() {
        AtomicReference<Completion> held = new AtomicReference<>();
        register((request, response, done) -> held.set(done), null);
        engine.handle(FakeExchange.get("/"));
        FakeExchange second = FakeExchange.get("/").refuseWrites(new IllegalStateException("the exchange has ended"));
        engine.handle(second);
        assertNotNull(second.aborted());
        held.get().succeeded();
    }

    @Test
    void theCauseOfAnHttpFailureIsLoggedAndNotShown() {
        handle((request, response) -> {
            throw new HttpFailure(403, "not yours", new IOException("/etc/shadow"));
        });
        FakeExchange exchange = FakeExchange.get("/f");
        engine.handle(exchange);
        assertEquals("403 Forbidden\nnot yours\n", exchange.body());
        assertEquals(List.of("GET /f was answered with 403"), log.from(Level.WARNING));
    }

    @Test
    void aHandlerThatStopsBecauseThePeerIsGoneIsNoNews() {
        handle((request, response) -> {
            throw new RefusedException(Refusal.DISCONNECTED, "the client is gone");
        });
        engine.handle(FakeExchange.get("/gone"));
        assertEquals(List.of(), log.from(Level.INFO));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 409, 503})
    void anHttpFailureWithoutACauseIsNoNews(int status) {
        handle((request, response) -> {
            throw new HttpFailure(status, "");
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals(status, exchange.status());
        assertEquals(status == 503 ? "1" : null, exchange.fields().first("Retry-After"));
        assertEquals(List.of(), log.from(Level.FINE));
    }

    @Test
    void aFailurePageDoesNotCarryTheTrailersOfWhatItReplaces() {
        handle((request, response) -> {
            response.trailers(Fields.of("X-Sum", "1"));
            throw new IllegalStateException("lost");
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals(Fields.EMPTY, exchange.sentTrailers());
    }

    @Test
    void aRefusedBodyAfterTheCommitCutsTheAnswerOff() {
        handle((request, response) -> {
            response.body().flush();
            request.body().readAllBytes();
        });
        RefusedException refused = new RefusedException(Refusal.CHUNK, "no number");
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Transfer-Encoding", "chunked"), refused);
        engine.handle(exchange);
        assertSame(refused, exchange.aborted());
        assertFalse(exchange.last());
    }

    @Test
    void anExceptionAfterTheCompletionIsADebugLineAndNoMore() {
        register((request, response, done) -> {
            response.body().write('a');
            done.succeeded();
            throw new IllegalStateException("too late");
        }, null);
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals("a", exchange.body());
        assertNull(exchange.aborted());
        assertEquals(List.of(), log.from(Level.INFO));
        assertEquals(1, log.from(Level.FINE).size());
    }

    @Test
    void whoCompletesWhileAPartIsUnderWayIsCutOff() {
        AtomicReference<Completion> held = new AtomicReference<>();
        register((request, response, done) -> {
            held.set(done);
            response.write(ByteBuffer.wrap(new byte[1]), false, Completion.NOTHING);
        }, null);
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        exchange.refuseWrites(new IllegalStateException("a write is outstanding"));
        held.get().succeeded();
        assertNotNull(exchange.aborted());
        assertEquals(1, log.from(Level.WARNING).size());
    }

    @Test
    void aShortcutThatFailsIsA500AndCostsNoConnection() {
        register(AsyncHandler.of((request, response) -> response.send("handled")), (head, target, prefixLength) -> {
            throw new IllegalStateException("secret");
        });
        FakeExchange exchange = FakeExchange.get("/");
        engine.handle(exchange);
        assertEquals(500, exchange.status());
        assertFalse(exchange.body().contains("secret"));
        assertEquals(List.of("GET / was answered with 500"), log.from(Level.WARNING));
    }

    @Test
    void aBodyOfExactlyTheLimitIsWhole() {
        handle((request, response) -> response.send(request.body().readAllBytes()));
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Transfer-Encoding", "chunked"), "01234", "56789");
        engine.handle(exchange);
        assertEquals("0123456789", exchange.body());
    }

    @Test
    void whoReadsOnPastTheLimitGetsNothingMore() {
        StringBuilder seen = new StringBuilder();
        handle((request, response) -> {
            byte[] some = new byte[8];
            for (int i = 0; i < 3; i++) {
                try {
                    int read = request.body().read(some);
                    seen.append(new String(some, 0, read, StandardCharsets.US_ASCII));
                } catch (RefusedException e) {
                    seen.append('!');
                }
            }
            response.send(seen.toString());
        });
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Transfer-Encoding", "chunked"), "01234567", "89abcdef", "ghijklmn");
        engine.handle(exchange);
        assertEquals("01234567!!", exchange.body());
    }

    @Test
    void theStreamOfTheBodyKeepsTheContractOfStreams() {
        handle((request, response) -> {
            var in = request.body();
            assertSame(in, request.body());
            assertEquals(0, in.read(new byte[0]));
            assertThrows(IndexOutOfBoundsException.class, () -> in.read(new byte[2], 1, 2));
            assertEquals('a', in.read());
            assertEquals('b', in.read());
            assertEquals(-1, in.read());
            assertEquals(-1, in.read(new byte[1]));
            in.close();
            assertThrows(IOException.class, in::read);
            response.send("fine");
        });
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Content-Length", "2"), "ab");
        engine.handle(exchange);
        assertEquals("fine", exchange.body());
    }

    @Test
    void anInterruptEndsTheWaitForABody() {
        handle((request, response) -> {
            Thread.currentThread().interrupt();
            response.send(request.body().readAllBytes());
        });
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Content-Length", "3")).open();
        engine.handle(exchange);
        assertTrue(Thread.interrupted());
        assertNotNull(exchange.aborted());
        assertFalse(exchange.demanding());
    }

    @Test
    void aWaitForABodyEndsWhenThePeerGoesOn() throws Exception {
        handle((request, response) -> response.send(request.body().readAllBytes()));
        FakeExchange exchange = FakeExchange.of("POST", "/", Fields.of("Transfer-Encoding", "chunked")).open();
        Thread worker = new Thread(() -> engine.handle(exchange));
        worker.start();
        for (Object part : new Object[] {"ab", "cd", FakeExchange.END}) {
            while (!exchange.demanding()) {
                Thread.onSpinWait();
            }
            exchange.arrive(part);
        }
        worker.join();
        assertEquals("abcd", exchange.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 7", "Transfer-Encoding: chunked", "X: y"})
    void theLengthOfTheBodyIsWhatTheHeadSays(String field) {
        int colon = field.indexOf(':');
        AtomicReference<Long> length = new AtomicReference<>();
        handle((request, response) -> length.set(request.contentLength()));
        engine.handle(FakeExchange.of("POST", "/", Fields.of(field.substring(0, colon), field.substring(colon + 2))));
        assertEquals(field.startsWith("C") ? 7 : field.startsWith("T") ? -1 : 0, length.get());
    }

    /** Bounds itself, and keeps the completion. */
    private static final class Keeping implements AsyncHandler {
        private final List<Completion> kept = new ArrayList<>();
        private boolean early;
        private boolean fails;

        @Override
        public void handle(Request request, Response response, Completion done) {
            kept.add(done);
            if (early) {
                done.succeeded();
            }
            if (fails) {
                throw new IllegalStateException("no way on");
            }
        }

        @Override
        public boolean boundsItself() {
            return true;
        }
    }

    @Test
    void whoBoundsItselfHoldsItsPlaceUntilItReturnsAndNoLonger() {
        Keeping keeping = new Keeping();
        register(keeping, null);
        List<FakeExchange> exchanges = new ArrayList<>();
        for (int i = 0; i < 3; i++) { // there is one place, and no queue
            exchanges.add(FakeExchange.get("/" + i));
            engine.handle(exchanges.get(i));
            assertEquals(0, workers.inFlight());
        }
        assertEquals(3, keeping.kept.size());
        keeping.kept.get(0).succeeded();
        keeping.kept.get(1).failed(new HttpFailure(504, ""));
        keeping.kept.get(2).succeeded();
        keeping.kept.get(2).succeeded();
        assertEquals(0, workers.inFlight(), "given back once each");
        assertEquals(List.of(200, 504, 200), exchanges.stream().map(FakeExchange::status).toList());
    }

    @Test
    void whoBoundsItselfAndEndsOrFailsAtOnceGivesOnePlaceBack() {
        Keeping keeping = new Keeping();
        register(keeping, null);
        keeping.early = true;
        engine.handle(FakeExchange.get("/"));
        assertEquals(0, workers.inFlight());
        keeping.fails = true;
        engine.handle(FakeExchange.get("/"));
        assertEquals(0, workers.inFlight());
        keeping.early = false;
        FakeExchange failed = FakeExchange.get("/");
        engine.handle(failed);
        assertEquals(500, failed.status());
        assertEquals(0, workers.inFlight());
    }

    private void handle(Handler handler) {
        register(AsyncHandler.of(handler), null);
    }

    private void register(AsyncHandler handler, Shortcut shortcut) {
        routes.register(new Route(Prefix.parse("/"), handler, shortcut, null, RouteSettings.DEFAULTS));
    }
}
