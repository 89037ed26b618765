/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Fields;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/** A cached handler with a clock and a background of the test's, asked as the engine asks it; no engine, no transport. */
final class CacheSite {

    /** An answer as a client gets it; fromMemory tells whether the I/O thread had it. */
    record Got(int status, Fields fields, String text, boolean fromMemory) {
        String field(String name) {
            return String.valueOf(fields.joined(name));
        }
    }

    final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    final Queue<Runnable> background = new ArrayDeque<>();
    final List<Request> seen = Collections.synchronizedList(new ArrayList<>());
    final OutputCache cache;
    final AsyncHandler handler;

    CacheSite(CachePolicy policy, Handler inner) {
        this(policy, AsyncHandler.of(inner));
    }

    CacheSite(CachePolicy policy, AsyncHandler inner) {
        Executor later = background::add;
        cache = OutputCache.of(64 << 20, now::get, later);
        handler = cache.around("/", (request, response, done) -> {
            seen.add(request);
            inner.handle(request, response, done);
        }, policy);
    }

    /** How often the handler ran. */
    int runs() {
        return seen.size();
    }

    /** Seconds pass. */
    void pass(long seconds) {
        now.addAndGet(1000 * seconds);
    }

    /** Runs what waits in the background. */
    int runBackground() {
        int count = 0;
        for (Runnable task = background.poll(); task != null; task = background.poll()) {
            task.run();
            count++;
        }
        return count;
    }

    Got get(String target, String... fields) {
        return ask(FakeRequest.get(target, fields));
    }

    Got ask(String method, String target, String... fields) {
        return ask(FakeRequest.of(method, target, fields));
    }

    /** Asks on the I/O thread, then on a worker, and waits for the whole answer. */
    Got ask(FakeRequest request) {
        Shortcut.Prepared ready = ((Shortcut) handler).find(request.head(), request.target(), request.prefixLength());
        if (ready != null) {
            boolean bodiless = request.head().isHead();
            String text = bodiless ? "" : StandardCharsets.UTF_8.decode(ready.body().duplicate()).toString();
            return new Got(ready.head().status(), ready.head().fields(), text, true);
        }
        FakeResponse response = new FakeResponse();
        try {
            response.handledBy(handler, request);
            if (!response.ended()) { // it goes on in the background
                runBackground();
            }
            int status = response.sentStatus();
            Fields fields = response.sentHead() == null ? Fields.EMPTY : response.sentHead().fields();
            return new Got(status, fields, request.head().isHead() ? "" : response.sentText(), false);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
