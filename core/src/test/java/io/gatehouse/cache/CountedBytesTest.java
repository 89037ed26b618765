/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Shortcut;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the cache says that each route weighs: in step with the store, whatever changes there. */
@Timeout(120)
class CountedBytesTest {

    private static final String TEXT = "All work and no play. ".repeat(100);

    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final OutputCache cache = OutputCache.of(8 << 20, now::get, background::add);

    /** Something on a shelf. */
    private record Thing(int weight) implements Shelf.Entry {}

    private static void get(AsyncHandler handler, String target, String... fields) throws Exception {
        FakeRequest request = FakeRequest.get(target, fields);
        if (((Shortcut) handler).find(request.head(), request.target(), 1) == null) {
            new FakeResponse().handledBy(handler, request);
        }
    }

    private static <E extends Shelf.Entry> boolean keep(Shelf<E> shelf, String path, E entry) {
        try (Shelf<E>.Filling filling = shelf.begin(path, 1)) {
            filling.keep(entry);
        }
        return shelf.holds(path, 1, entry);
    }

    private long of(String route) {
        return cache.countersByRoute().get(route).bytes();
    }

    private void assertInStep() {
        long sum = cache.countersByRoute().values().stream().mapToLong(CacheCounters::bytes).sum();
        long fragments = cache.counters().bytes() - sum;
        assertTrue(fragments >= 0, "fragments: " + fragments);
        assertEquals(cache.bytes(), cache.counters().bytes());
    }

    @Test
    void eachRouteHasItsOwn() throws Exception {
        Handler page = (request, response) -> response.field("Surrogate-Key", "page").send(TEXT);
        AsyncHandler one = cache.around("one", AsyncHandler.of(page), CachePolicy.untilPurged());
        AsyncHandler two = cache.around("two", AsyncHandler.of(page), CachePolicy.untilPurged());
        Shelf<Thing> shelf = cache.shelf("things", Thing.class);
        assertEquals(0, cache.counters().bytes());
        get(one, "/1");
        long first = of("one");
        assertTrue(first > TEXT.length());
        get(one, "/2");
        get(two, "/1");
        assertEquals(2 * first, of("one"));
        assertEquals(first, of("two"));
        assertTrue(keep(shelf, "/1", new Thing(5_000)));
        assertTrue(of("things") > 5_000 && of("things") < 6_000, "" + of("things"));
        assertInStep();
        cache.put("fragment", new byte[3_000], null, "page");
        assertInStep();
        assertEquals(2 * first, of("one"), "fragments are no route's");
        assertEquals(3, cache.purge("/1"));
        assertEquals(first, of("one"));
        assertEquals(0, of("two"));
        assertEquals(0, of("things"));
        assertInStep();
        assertEquals(2, cache.purgeTag("page"));
        assertEquals(0, cache.counters().bytes());
        assertInStep();
    }

    @Test
    void whatIsReplacedIsNotCountedTwice() throws Exception {
        int[] length = {1_000};
        AsyncHandler page = cache.around("page", AsyncHandler.of((q, r) -> r.send("x".repeat(length[0]))),
                CachePolicy.forDuration(Duration.ofSeconds(1)));
        Shelf<Thing> shelf = cache.shelf("things", Thing.class);
        get(page, "/");
        long small = of("page");
        length[0] = 9_000;
        now.addAndGet(2_000);
        get(page, "/");
        assertEquals(small + 8_000, of("page"));
        Thing before = new Thing(100);
        Thing after = new Thing(700);
        assertTrue(keep(shelf, "/", before));
        long light = of("things");
        assertTrue(shelf.replace("/", 1, before, after));
        assertEquals(light + 600, of("things"));
        assertFalse(shelf.replace("/", 1, before, new Thing(9)), "it is not there any more");
        assertFalse(shelf.replace("/elsewhere", 1, before, after));
        assertTrue(shelf.holds("/", 1, after));
        assertFalse(shelf.holds("/", 1, before));
        assertFalse(shelf.holds("/", 2, after));
        assertTrue(keep(shelf, "/", before));
        assertEquals(light, of("things"));
        assertEquals(2, cache.countersByRoute().get("things").stored());
        assertInStep();
        cache.put("f", new byte[100], null);
        cache.put("f", new byte[4_000], null);
        assertInStep();
        assertTrue(cache.remove("f"));
        assertInStep();
    }

    @Test
    void variantsSoftPurgesMarksAndGzipAreInStep() throws Exception {
        Handler page = (request, response) -> response.field("Vary", "X").field("Content-Type", "text/plain")
                .field("ETag", "\"e\"").field("Cache-Control", request.path().equals("/private") ? "private" : "max-age=60")
                .send(TEXT);
        AsyncHandler site = cache.around("site", AsyncHandler.of(page), CachePolicy.asHeadersSay().withGzip(true));
        for (int i = 0; i < 5; i++) {
            get(site, "/", "X", "" + i);
            assertInStep();
        }
        get(site, "/private");
        assertInStep();
        long plain = of("site");
        for (Runnable task = background.poll(); task != null; task = background.poll()) {
            task.run();
            assertInStep();
        }
        assertTrue(of("site") > plain + 1_000, "gzip of five variants weighs " + (of("site") - plain));
        assertEquals(5, cache.expirePrefix("/"));
        assertInStep();
        now.addAndGet(120_000);
        get(site, "/", "X", "3");
        assertInStep();
        assertTrue(cache.purge("/") > 0);
        assertInStep();
        cache.clear();
        assertEquals(0, cache.counters().bytes());
    }

    @Test
    void whatGoesTakesItsBytesAlong() throws Exception {
        AsyncHandler page = cache.around("page", AsyncHandler.of((q, r) -> r.send(TEXT)), CachePolicy.untilPurged());
        Shelf<Thing> shelf = cache.shelf("things", Thing.class);
        Shelf<Thing> again = cache.shelf("things", Thing.class);
        get(page, "/");
        keep(shelf, "/", new Thing(100));
        long one = of("things");
        keep(again, "/", new Thing(100));
        assertEquals(2 * one, of("things"), "who has the same name is counted together");
        assertEquals(2, cache.countersByRoute().get("things").stored());
        again.close();
        assertEquals(one, of("things"));
        assertInStep();
        shelf.close();
        cache.release(page);
        assertEquals(java.util.Map.of(), cache.countersByRoute());
        assertEquals(0, cache.counters().bytes());
        assertFalse(keep(shelf, "/", new Thing(100)), "nothing is kept of a closed one");
        assertInStep();
    }

    @Test
    void whatIsEvictedIsNotCounted() throws Exception {
        OutputCache tight = OutputCache.of(60_000, now::get, background::add);
        AsyncHandler page = tight.around("page", AsyncHandler.of((q, r) -> r.send(TEXT)), CachePolicy.untilPurged());
        Shelf<Thing> shelf = tight.shelf("things", Thing.class);
        keep(shelf, "/too/large", new Thing(100_000));
        for (int i = 0; i < 400; i++) {
            get(page, "/" + i % 70);
            keep(shelf, "/" + i % 30, new Thing(1_000 + 10 * i));
            tight.put("f" + i % 9, new byte[900], null, "t");
            assertEquals(tight.bytes(), tight.counters().bytes(), "turn " + i);
        }
        assertEquals(tight.evictions(), tight.counters().evicted());
        CacheCounters things = tight.countersByRoute().get("things");
        assertTrue(things.evicted() > 10 && things.stored() == 401, things::toString);
        tight.clear();
        assertEquals(0, tight.counters().bytes());
    }

    @Test
    void shelvesCountWhatTheirOwnersSay() {
        Shelf<Thing> shelf = cache.shelf("things", Thing.class);
        shelf.countHit();
        shelf.countHit();
        shelf.countStale();
        shelf.countMiss();
        shelf.countPassed();
        shelf.countValidated();
        CacheCounters counters = cache.countersByRoute().get("things");
        assertEquals(new CacheCounters(2, 1, 1, 1, 0, 1, 0, 0, 0, java.util.Map.of()), counters);
        assertEquals(counters, cache.counters());
        assertEquals(new CacheCounters(4, 2, 2, 2, 0, 2, 0, 0, 0, java.util.Map.of()), counters.plus(counters));
        assertFalse(Shelf.isCounted(new FakeResponse()));
    }

    /** All that changes the store, at once and under a bound that evicts all the time: the sums agree when it is quiet. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void theSumsAgreeAfterAStorm(long seed) throws Exception {
        OutputCache shared = OutputCache.of(150_000, now::get, Runnable::run);
        Handler page = (request, response) -> response.field("Surrogate-Key", "t" + request.path().length()).field("Vary", "X")
                .field("Content-Type", "text/plain").send(TEXT.substring(request.path().length() * 20));
        AsyncHandler site = shared.around("site", AsyncHandler.of(page), CachePolicy.untilPurged().withGzip(true));
        Shelf<Thing> shelf = shared.shelf("things", Thing.class);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(seed * 10 + i);
                all.add(threads.submit(() -> {
                    for (int turn = 0; turn < 4_000; turn++) {
                        step(shared, site, shelf, random);
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get(100, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(shared.bytes(), shared.counters().bytes());
        assertTrue(shared.bytes() > 0 && shared.evictions() > 0);
        shared.clear();
        assertEquals(0, shared.bytes());
        assertEquals(0, shared.counters().bytes());
        shared.countersByRoute().forEach((name, counters) -> assertEquals(0, counters.bytes(), name));
    }

    private static void step(OutputCache shared, AsyncHandler site, Shelf<Thing> shelf, Random random) throws Exception {
        String path = "/" + "p".repeat(random.nextInt(40));
        switch (random.nextInt(40)) {
            case 0 -> shared.purge(path);
            case 1 -> shared.expire(path);
            case 2 -> shared.purgeTag("t" + random.nextInt(40));
            case 3 -> shared.expireTag("t" + random.nextInt(40));
            case 4 -> shared.purgePrefix(path);
            case 5 -> shared.remove(path);
            case 6, 7, 8, 9 -> shared.put(path, new byte[random.nextInt(3_000)], null, "t" + random.nextInt(40));
            case 10, 11, 12, 13, 14, 15 -> keep(shelf, path, new Thing(random.nextInt(9_000)));
            case 16, 17, 18 -> {
                Thing there = shelf.find(path, 1);
                if (there != null) {
                    shelf.replace(path, 1, there, new Thing(there.weight() + 500));
                }
            }
            default -> get(site, path, "X", "" + random.nextInt(3));
        }
    }
}
