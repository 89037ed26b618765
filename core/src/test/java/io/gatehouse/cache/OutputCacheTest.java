/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store behind the API: its bound, its indexes, fragments, counters, and purges while it is used. */
@Timeout(120)
class OutputCacheTest {

    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);

    private OutputCache cache(long bytes) {
        return OutputCache.of(bytes, now::get, Runnable::run);
    }

    private static String get(AsyncHandler handler, String target) throws Exception {
        FakeRequest request = FakeRequest.get(target);
        Shortcut.Prepared ready = ((Shortcut) handler).find(request.head(), request.target(), 1);
        if (ready != null) {
            return StandardCharsets.UTF_8.decode(ready.body().duplicate()).toString();
        }
        return new FakeResponse().handledBy(handler, request).sentText();
    }

    @ParameterizedTest
    @ValueSource(ints = {256 << 10, 1 << 20, 4 << 20})
    void theBoundHolds(int bytes) throws Exception {
        OutputCache cache = cache(bytes);
        String page = "x".repeat(3000);
        AsyncHandler handler = cache.around("r", AsyncHandler.of((request, response) -> response.send(page)), CachePolicy.untilPurged());
        for (int i = 0; i < 3000; i++) {
            get(handler, "/page/" + i);
            if (i % 500 == 499) {
                assertTrue(cache.bytes() <= bytes * 1.1, cache.bytes() + " of " + bytes);
                assertEquals(cache.bytes(), cache.counters().bytes());
            }
        }
        assertTrue(cache.bytes() > bytes / 2, "it is used: " + cache.bytes());
        assertEquals(3000, cache.size() + cache.evictions(), 0);
        assertEquals(cache.evictions(), cache.counters().evicted());
        // What was evicted is in no index: purging everything hits just what is there.
        assertEquals(cache.size(), cache.purgePrefix("/"));
        assertEquals(0, cache.size());
        assertEquals(0, cache.bytes());
        assertEquals(0, cache.purgePrefix("/"));
    }

    @Test
    void whatIsAskedForOftenStays() throws Exception {
        OutputCache cache = cache(1 << 20);
        String page = "x".repeat(3000);
        AtomicInteger runs = new AtomicInteger();
        AsyncHandler handler = cache.around("r", AsyncHandler.of((request, response) -> {
            runs.incrementAndGet();
            response.send(page);
        }), CachePolicy.untilPurged());
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            get(handler, random.nextInt(3) > 0 ? "/often/" + random.nextInt(50) : "/once/" + i);
        }
        int before = runs.get();
        for (int i = 0; i < 50; i++) {
            get(handler, "/often/" + i);
        }
        assertTrue(runs.get() - before < 5, "of 50 that are asked for often " + (runs.get() - before) + " were gone");
    }

    @Test
    void purgesHitWhatTheySay() throws Exception {
        OutputCache cache = cache(16 << 20);
        AsyncHandler handler = cache.around("r", AsyncHandler.of((request, response) -> {
            response.field("Surrogate-Key", "all t" + request.path().length());
            response.send(request.path());
        }), CachePolicy.untilPurged());
        String[] urls = {"/a", "/a?x=1", "/a/", "/a/b", "/ab", "/b", "/b/a", "/%C3%A9", "/a%3Fx=1"};
        for (String url : urls) {
            get(handler, url);
        }
        assertEquals(9, cache.size());
        assertEquals(1, cache.purge("/a"));
        assertEquals(0, cache.purge("/a"));
        assertEquals(2, cache.purge("http://localhost:8080/a?x=1"), "and the path that is written so");
        assertEquals(0, cache.purge("http://localhost/b"));
        assertEquals(0, cache.purge("https://localhost:8080/b"));
        assertEquals(2, cache.purgePrefix("/a/"));
        assertEquals(1, cache.purge("/é".replace("é", "%C3%A9")));
        assertEquals(1, cache.purgeTag("t2"));
        assertEquals(1, cache.purgePrefix("/a"));
        assertEquals(1, cache.purgeTag("all", "t2"));
        assertEquals(0, cache.size());
        for (String wrong : new String[] {"a", "ftp://x/", "http:///x", "/a#b", "http://x y/"}) {
            assertThrows(IllegalArgumentException.class, () -> cache.purge(wrong), wrong);
        }
    }

    @Test
    void routesAreApartAndPurgedTogether() throws Exception {
        OutputCache cache = cache(1 << 20);
        AsyncHandler one = cache.around("one", AsyncHandler.of((q, r) -> r.send("one")), CachePolicy.untilPurged());
        AsyncHandler two = cache.around("two", AsyncHandler.of((q, r) -> r.send("two")), CachePolicy.untilPurged());
        assertEquals("one", get(one, "/"));
        assertEquals("two", get(two, "/"));
        assertEquals("one", get(one, "/"));
        assertEquals(1, cache.countersByRoute().get("one").hits());
        assertEquals(0, cache.countersByRoute().get("two").hits());
        assertEquals(2, cache.purge("/"));
        assertThrows(IllegalArgumentException.class, () -> cache.around("two", one, CachePolicy.never()));
    }

    @Test
    void fragmentsAreKeptAndPutTogether() throws Exception {
        OutputCache cache = cache(1 << 20);
        byte[] bytes = "head ".getBytes(StandardCharsets.UTF_8);
        cache.put("head", bytes, null, "layout");
        bytes[0] = 'X';
        cache.put("body", "body ".getBytes(StandardCharsets.UTF_8), Duration.ofSeconds(5), "layout", "news");
        cache.put("foot", "foot".getBytes(StandardCharsets.UTF_8), null);
        assertEquals("head ", StandardCharsets.UTF_8.decode(cache.get("head")).toString());
        assertTrue(cache.get("head").isReadOnly());
        FakeResponse response = new FakeResponse();
        assertTrue(cache.send(response, "head", "body", "foot"));
        assertEquals("head body foot", response.sentText());
        assertEquals("14", response.sent("Content-Length"));
        now.addAndGet(5000);
        FakeResponse late = new FakeResponse();
        assertFalse(cache.send(late, "head", "body"));
        assertNull(late.sentHead());
        assertNull(cache.get("body"));
        assertEquals(1, cache.purgeTag("layout"), "the body was gone, and its tag with it");
        assertNull(cache.get("head"));
        assertTrue(cache.remove("foot"));
        assertFalse(cache.remove("foot"));
        assertEquals(0, cache.size());
        for (int i = 0; i < 2000; i++) {
            cache.put("f" + i, new byte[2000], null, "t" + i % 7);
        }
        assertTrue(cache.bytes() <= 1.1 * (1 << 20));
        cache.clear();
        assertEquals(0, cache.bytes());
    }

    @Test
    void purgingFewOfManyTouchesFew() throws Exception {
        OutputCache cache = cache(512 << 20);
        AsyncHandler handler = cache.around("r", AsyncHandler.of((request, response) -> {
            response.field("Surrogate-Key", "g" + request.path().length() + " " + request.path());
            response.send("x");
        }), CachePolicy.untilPurged());
        for (int i = 0; i < 30_000; i++) {
            get(handler, "/" + i % 300 + "/" + i);
        }
        assertEquals(30_000, cache.size());
        for (int i = 0; i < 300; i += 3) {
            assertEquals(100, cache.purgePrefix("/" + i + "/"));
        }
        assertEquals(20_000, cache.size());
        assertEquals(1, cache.purgeTag("/1/1"));
        assertEquals(19_999, cache.purgePrefix("/"));
    }

    /**
     * Readers, and a purger that changes what the handler makes and then purges: from then on nobody who asks anew may get the
     * old one, however the two meet.
     */
    @ParameterizedTest
    @ValueSource(strings = {"url", "prefix", "tag", "soft", "all"})
    void noStaleAnswerAfterAPurge(String how) throws Exception {
        OutputCache cache = cache(16 << 20);
        AtomicInteger version = new AtomicInteger();
        AsyncHandler handler = cache.around("r", AsyncHandler.of((request, response) -> {
            int seen = version.get();
            Thread.yield();
            response.field("Surrogate-Key", "page").send("" + seen);
        }), CachePolicy.untilPurged());
        ExecutorService readers = Executors.newFixedThreadPool(3);
        CountDownLatch stop = new CountDownLatch(1);
        AtomicInteger answers = new AtomicInteger();
        try {
            Future<?>[] all = new Future<?>[3];
            for (int i = 0; i < all.length; i++) {
                all[i] = readers.submit(() -> {
                    while (stop.getCount() > 0) {
                        int purged = version.get() - 1; // the purge for the newest version may not have returned yet
                        int got = Integer.parseInt(get(handler, "/dir/page"));
                        assertTrue(got >= purged, got + " after the purge for " + purged);
                        answers.incrementAndGet();
                    }
                    return null;
                });
            }
            for (int i = 0; i < 1500; i++) {
                version.incrementAndGet();
                switch (how) {
                    case "url" -> cache.purge("/dir/page");
                    case "prefix" -> cache.purgePrefix("/dir/");
                    case "tag" -> cache.purgeTag("page");
                    case "soft" -> cache.expire("/dir/page");
                    default -> cache.clear();
                }
                assertEquals("" + version.get(), get(handler, "/dir/page"));
            }
            stop.countDown();
            for (Future<?> each : all) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            stop.countDown();
            readers.shutdownNow();
        }
        assertNotNull(cache.toString());
        assertTrue(answers.get() > 0);
    }

    @Test
    void closedItKeepsNothingMore() throws Exception {
        OutputCache cache = OutputCache.of(1 << 20);
        AsyncHandler handler = cache.around("r", AsyncHandler.of((q, r) -> r.send("x")), CachePolicy.untilPurged());
        get(handler, "/");
        cache.close();
        cache.close();
        assertEquals(0, cache.size());
        assertEquals("x", get(handler, "/"));
        assertThrows(IllegalArgumentException.class, () -> OutputCache.of(-1));
        assertEquals(Runtime.getRuntime().maxMemory() / 4, OutputCache.standard().bound());
    }
}
