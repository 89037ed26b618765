/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Request;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Peer;
import io.gatehouse.transport.TransportUnderTest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A whole server with one cached handler at the root, a clock of the test's, and clients. */
final class ServedSite implements AutoCloseable {

    final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    final List<Request> seen = new CopyOnWriteArrayList<>();
    final OutputCache cache;
    final Gatehouse gatehouse;
    private final TransportUnderTest transport;
    private final ExecutorService background = Executors.newCachedThreadPool();
    private final ExecutorService clients = Executors.newCachedThreadPool();

    ServedSite(TransportUnderTest transport, CachePolicy policy, Handler handler) throws IOException {
        this(transport, policy, handler, null);
    }

    /** One with a cache of its own, and that one's clock. */
    ServedSite(TransportUnderTest transport, CachePolicy policy, Handler handler, @Nullable OutputCache given) throws IOException {
        this.transport = transport;
        cache = given != null ? given : OutputCache.of(32 << 20, now::get, background);
        Configuration configuration = Configuration.DEFAULTS
                .withEndpoints(transport.endpoints())
                .withLimits(Limits.DEFAULTS.withInFlight(300))
                .withOptions(Map.of(transport.provider().name(), transport.options()));
        AsyncHandler inner = (request, response, done) -> {
            seen.add(request);
            handler.handle(request, response);
            done.succeeded();
        };
        gatehouse = Gatehouse.builder()
                .configuration(configuration)
                .transport(transport.provider())
                .cache(cache)
                .handle("/", inner)
                .cache("/", policy)
                .start();
    }

    RawClient client() throws IOException {
        Peer peer = transport.connect(gatehouse.endpoints().get(0));
        return new RawClient(peer);
    }

    int runs() {
        return seen.size();
    }

    void pass(long seconds) {
        now.addAndGet(1000 * seconds);
    }

    /** A client on its own thread and connection that asks once. */
    Future<RawClient.Reply> later(String line, String... fields) {
        return clients.submit(() -> {
            try (RawClient client = client()) {
                return client.ask(line, fields);
            }
        });
    }

    /** Does something on another thread. */
    <T> Future<T> later(Callable<T> task) {
        return clients.submit(task);
    }

    /** Waits until so many requests have been made to wait for another. */
    void awaitCollapsed(long count) {
        while (cache.counters().collapsed() < count) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws InterruptedException {
        gatehouse.close();
        cache.close();
        background.shutdownNow();
        clients.shutdownNow();
        if (!background.awaitTermination(30, TimeUnit.SECONDS) || !clients.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new AssertionError("threads hang");
        }
    }
}
