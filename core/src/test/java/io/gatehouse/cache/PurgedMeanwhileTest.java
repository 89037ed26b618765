/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Purges that fall between a request's look into the store and the run of the handler: the clock is asked in between. */
class PurgedMeanwhileTest {

    private long now = 1_700_000_000_000L;
    private @Nullable Runnable atNextLook;
    private final AtomicInteger version = new AtomicInteger(1);
    private final OutputCache cache = OutputCache.of(1 << 20, this::look, task -> {});

    private long look() {
        Runnable once = atNextLook;
        atNextLook = null;
        if (once != null) {
            once.run();
        }
        return now;
    }

    private static String ask(AsyncHandler handler, String method, String... fields) throws Exception {
        FakeRequest request = FakeRequest.of(method, "/page", fields);
        Shortcut.Prepared ready = ((Shortcut) handler).find(request.head(), request.target(), 1);
        return ready != null ? StandardCharsets.UTF_8.decode(ready.body().duplicate()).toString()
                : new FakeResponse().handledBy(handler, request).sentText();
    }

    /** What a HEAD says about an answer that was dropped meanwhile does not bring it back. */
    @ParameterizedTest
    @CsvSource({"HEAD, max-age=10, 200", "HEAD, max-age=10, 404", "HEAD, 'max-age=10, stale-while-revalidate=1000', 404",
        "GET, max-age=10, 200", "GET, 'max-age=10, stale-while-revalidate=1000', 200"})
    void whatWasDroppedStaysAway(String method, String control, int status) throws Exception {
        AsyncHandler handler = cache.around("r", AsyncHandler.of((request, response) -> {
            response.field("Cache-Control", control).field("Surrogate-Key", "t");
            if (request.head().isHead()) {
                response.status(status);
            } else {
                response.send("version " + version.get());
            }
        }), CachePolicy.asHeadersSay());
        assertEquals("version 1", ask(handler, "GET"));
        now += 11_000;
        FakeRequest second = FakeRequest.of(method, "/page", "Cache-Control", "no-cache");
        atNextLook = () -> {
            version.set(2);
            assertEquals(1, cache.purgeTag("t"));
        };
        new FakeResponse().handledBy(handler, second);
        assertEquals("version 2", ask(handler, "GET"));
    }
}
