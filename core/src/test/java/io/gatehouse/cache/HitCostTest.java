/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.sun.management.ThreadMXBean;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a hit allocates: nothing, whatever the target looks like as long as it is plain. */
class HitCostTest {

    private static final int ROUNDS = 20_000;

    @ParameterizedTest
    @CsvSource({
        "GET, /page, 10, X-A, b", "GET, /page?x=1&y=2, 10, Accept, text/html", "HEAD, /page, 10, X-A, b",
        "GET, /a/b/c/d.html, 0, Accept-Encoding, gzip", "GET, /page, headers, Cookie, a=b", "GET, /vary, headers, Accept, x",
        "GET, /page, 10, If-None-Match, \"v\"",
    })
    void aHitMakesNoGarbage(String method, String raw, String life, String name, String value) throws Exception {
        OutputCache cache = OutputCache.of(1 << 20, () -> 1_700_000_000_000L, Runnable::run);
        CachePolicy policy = switch (life) {
            case "headers" -> CachePolicy.asHeadersSay();
            case "0" -> CachePolicy.untilPurged();
            default -> CachePolicy.forDuration(Duration.ofSeconds(10));
        };
        Handler page = (request, response) -> {
            response.field("Cache-Control", "max-age=60").field("ETag", "\"v\"");
            if (request.path().equals("/vary")) {
                response.field("Vary", "Accept");
            }
            response.send("hello");
        };
        AsyncHandler handler = cache.around("x", AsyncHandler.of(page), policy);
        Fields fields = Fields.of("Host", "localhost:8080", name, value, "User-Agent", "test");
        new io.gatehouse.handler.FakeResponse().handledBy(
                handler, io.gatehouse.handler.FakeRequest.get(raw, "Host", "localhost:8080", name.startsWith("If") ? "X" : name, value));
        Shortcut shortcut = (Shortcut) handler;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        RequestHead[] heads = new RequestHead[ROUNDS];
        Target[] targets = new Target[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) { // each with strings of its own, as a parser makes them
            heads[i] = new RequestHead(
                    method, "http", new Authority(new String("localhost"), 8080), new String(raw), HttpVersion.HTTP_1_1, fields);
            targets[i] = (Target) Target.normalise(heads[i].target(), TargetRules.STRICT);
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) { // the first ones meet the interpreter, and the store's own growth
            long before = threads.getThreadAllocatedBytes(thread);
            for (int i = 0; i < ROUNDS; i++) {
                assertNotNull(shortcut.find(heads[i], targets[i], 1));
            }
            least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
        }
        assertEquals(0, least / ROUNDS, "bytes a hit; " + least + " in all of " + ROUNDS);
    }
}
