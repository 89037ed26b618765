/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Connection;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.TargetRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.route.RouteSettings;
import io.gatehouse.route.Routes;
import io.gatehouse.transport.Exchange;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.TransportListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** An engine with two workers, a queue of one, and room for bodies of ten bytes. */
final class EngineInUse implements AutoCloseable {

    final List<Refusal> refusals = Collections.synchronizedList(new ArrayList<>());
    final Workers workers;
    private final Routes routes = new Routes();
    private final Engine engine;

    EngineInUse() {
        this(Duration.ofDays(1));
    }

    /** @param patience how long a request waits for a worker */
    EngineInUse(Duration patience) {
        this(patience, ProxyRules.NONE);
    }

    EngineInUse(Duration patience, ProxyRules proxies) {
        Limits limits = Limits.DEFAULTS.withInFlight(2).withQueue(1).withBody(10);
        workers = new Workers(WorkerThreads.pool(2), limits.inFlight(), limits.queue(), patience);
        engine = new Engine(routes, TargetRules.STRICT, proxies, limits, workers, new TransportListener() {
            @Override
            public void refused(Connection connection, Refusal refusal, String detail) {
                refusals.add(refusal);
            }
        });
    }

    void handle(Exchange exchange) {
        engine.handle(exchange);
    }

    void route(String prefix, Handler handler) {
        register(prefix, AsyncHandler.of(handler), null, null, -1);
    }

    void register(String prefix, AsyncHandler handler, Shortcut shortcut, Object context, long bodyLimit) {
        routes.register(
                new Route(Prefix.parse(prefix), handler, shortcut, context, RouteSettings.DEFAULTS.withBodyLimit(bodyLimit)));
    }

    void awaitIdle() {
        while (workers.inFlight() > 0) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws InterruptedException {
        assertTrue(workers.stop(Duration.ofSeconds(30)));
    }
}
