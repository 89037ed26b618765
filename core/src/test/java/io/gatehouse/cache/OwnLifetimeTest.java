/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.Handler;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers that say by {@link OutputCache#LIFETIME} how long they live, on a route that keeps nothing by itself. */
class OwnLifetimeTest {

    private static Handler counting(String... fields) {
        AtomicInteger count = new AtomicInteger();
        return (request, response) -> {
            for (int i = 0; i < fields.length; i += 2) {
                response.fields().add(fields[i], fields[i + 1]);
            }
            response.send("answer " + count.incrementAndGet());
        };
    }

    @ParameterizedTest
    @CsvSource({"5, 4, true", "5, 5, false", "until-purged, 100000, true", "headers, 9, true", "headers, 10, false", "never, 0, false"})
    void oneAnswerIsKeptWhereNoneIs(String lifetime, int seconds, boolean kept) {
        CacheSite site = new CacheSite(CachePolicy.never(), counting("Gatehouse-Cache", lifetime, "Cache-Control", "max-age=10"));
        assertEquals("null", site.get("/").field("Gatehouse-Cache"));
        site.pass(seconds);
        CacheSite.Got second = site.get("/");
        assertEquals(kept ? "answer 1" : "answer 2", second.text());
        assertEquals(kept, second.fromMemory());
        assertEquals("null", second.field("Gatehouse-Cache"));
    }

    @Test
    void itIsPurgedAsAnyOther() {
        CacheSite site = new CacheSite(CachePolicy.never(), counting("Gatehouse-Cache", "until-purged", "Cache-Tag", "a"));
        site.get("/");
        assertEquals(1, site.cache.purgeTag("a"));
        assertEquals("answer 2", site.get("/").text());
    }

    /** The handler answers them itself: what it says to them is most likely for nobody else. */
    @Test
    void conditionsAndRangesGoToTheHandler() {
        CacheSite site = new CacheSite(CachePolicy.never(), counting());
        site.get("/", "If-None-Match", "\"a\"", "Range", "bytes=0-1");
        assertEquals("\"a\"", site.seen.get(0).fields().first("If-None-Match"));
        assertEquals("bytes=0-1", site.seen.get(0).fields().first("Range"));
    }

    @Test
    void nobodyWaitsForAnother() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        CacheSite site = new CacheSite(CachePolicy.never(), (request, response) -> {
            both.countDown();
            assertTrue(both.await(60, TimeUnit.SECONDS));
            response.send("x");
        });
        ExecutorService workers = Executors.newFixedThreadPool(2);
        try {
            Future<CacheSite.Got> first = workers.submit(() -> site.get("/"));
            Future<CacheSite.Got> second = workers.submit(() -> site.get("/"));
            assertEquals(200, first.get(60, TimeUnit.SECONDS).status());
            assertEquals(200, second.get(60, TimeUnit.SECONDS).status());
        } finally {
            workers.shutdownNow();
        }
        assertEquals(0, site.cache.size(), "no mark is left of it either");
        assertFalse(site.get("/").fromMemory());
    }
}
