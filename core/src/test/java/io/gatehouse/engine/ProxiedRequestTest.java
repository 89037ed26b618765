/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.ResponseHead;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The way of a request that came through a trusted proxy, to the places that ask who sent it. */
@Timeout(60)
final class ProxiedRequestTest {

    private final EngineInUse engine =
            new EngineInUse(Duration.ofDays(1), ProxyRules.NONE.withTrusted("127.0.0.1", "::1").withHost(true));

    @AfterEach
    void stop() throws InterruptedException {
        engine.close();
    }

    private static FakeExchange get(String target, String... fields) {
        return FakeExchange.of("GET", target, Fields.of(fields));
    }

    @Test
    void aShortcutIsAskedWithWhatTheClientUsed() {
        AtomicReference<String> asked = new AtomicReference<>();
        engine.register("/hot/", AsyncHandler.of((request, response) -> response.send("made")), (head, target, length) -> {
            asked.set(head.scheme() + " " + head.authority());
            return new Shortcut.Prepared(ResponseHead.of(200, "Content-Length", "0"), ByteBuffer.allocate(0));
        }, null, -1);
        engine.handle(get("/hot/a", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "shop.test"));
        assertEquals("https shop.test", asked.get());
        engine.handle(get("/hot/a"));
        assertEquals("http localhost:8080", asked.get());
    }

    @Test
    void aHandlerIsAskedWithWhatTheClientUsed() throws InterruptedException {
        engine.route("/", (request, response) -> response.send(
                request.head().scheme() + ' ' + request.head().authority() + ' ' + request.connection().remote()));
        FakeExchange exchange = get("/a", "X-Forwarded-For", "192.0.2.1:80", "X-Forwarded-Proto", "https", "X-Forwarded-Port", "444");
        engine.handle(exchange);
        assertEquals("https localhost:444 /192.0.2.1:80", exchange.awaitEnd().body());
    }

    /** Before anything else: the target may well be ambiguous too. */
    @Test
    void whatIsUnclearIsRefusedFirstAndTold() {
        FakeExchange exchange = get("/a%2Fb", "X-Forwarded-For", "client.test");
        engine.handle(exchange);
        assertEquals(400, exchange.status());
        assertTrue(exchange.body().contains("X-Forwarded-For"), exchange.body());
        assertEquals(List.of(Refusal.FORWARDED), engine.refusals);
        FakeExchange all = FakeExchange.of("OPTIONS", "*", Fields.of("X-Forwarded-For", "client.test"));
        engine.handle(all);
        assertEquals(400, all.status());
    }

    /** The text goes to whoever sent the value: nothing of it is markup or a control character. */
    @Test
    void aRefusalRepeatsNothingThatHarms() {
        FakeExchange exchange = get("/", "X-Forwarded-For", "<script>\t\u00e4" + "x".repeat(500));
        engine.handle(exchange);
        assertEquals("text/plain; charset=utf-8", exchange.fields().first("Content-Type"));
        assertEquals("nosniff", exchange.fields().first("X-Content-Type-Options"));
        assertTrue(exchange.body().length() < 250 && exchange.body().chars().allMatch(c -> c == '\n' || c >= ' ' && c < 127), exchange.body());
    }

    @Test
    void theRestIsAsItWas() {
        FakeExchange nowhere = get("/nowhere", "X-Forwarded-For", "192.0.2.1");
        engine.handle(nowhere);
        assertEquals(404, nowhere.status());
        FakeExchange options = FakeExchange.of("OPTIONS", "*", Fields.of("X-Forwarded-For", "192.0.2.1"));
        engine.handle(options);
        assertEquals(200, options.status());
        FakeExchange get = get("*", "X-Forwarded-For", "192.0.2.1");
        engine.handle(get);
        assertEquals(400, get.status());
        engine.route("/", (request, response) -> response.send("handled"));
        FakeExchange large = get("/", "Content-Length", "11", "X-Forwarded-For", "192.0.2.1");
        engine.handle(large);
        assertEquals(413, large.status());
        assertEquals(List.of(Refusal.TARGET, Refusal.BODY_SIZE), engine.refusals);
    }
}
