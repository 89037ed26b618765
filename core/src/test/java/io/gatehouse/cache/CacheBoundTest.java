/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.LiveHeap;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bound under load: a cache over 160 times as many bytes of distinct pages, as 64 MiB are to 10 GiB, asked for by Zipf's
 * law. Scaled down to an eighth; {@code -Dgatehouse.cache.full=true} runs it at that very size, in some minutes.
 */
@Timeout(1200)
class CacheBoundTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final boolean FULL = Boolean.getBoolean("gatehouse.cache.full");
    private static final int BOUND = (FULL ? 64 : 8) << 20;
    private static final int RATIO = 160;
    private static final int LEAST = 1000;
    private static final int MOST = 8000;
    private static final int PAGES = (int) ((long) BOUND * RATIO / ((LEAST + MOST) / 2));

    private static String path(int page) {
        return "/page/" + (10_000_000 + page);
    }

    private static int size(int page) {
        return LEAST + (page * 0x9E3779B9 >>> 1) % (MOST - LEAST);
    }

    private static AsyncHandler pages(OutputCache cache) {
        return cache.around("pages", AsyncHandler.of((request, response) ->
                response.send(new byte[size(Integer.parseInt(request.path().substring(6)) - 10_000_000)])),
                CachePolicy.untilPurged());
    }

    /** Whether it lay there; if not, it does now, unless it was not admitted. */
    private static boolean ask(AsyncHandler pages, int page, String... fields) throws Exception {
        FakeRequest request = FakeRequest.get(path(page), fields);
        if (((Shortcut) pages).find(request.head(), request.target(), 1) != null) {
            return true;
        }
        assertEquals(200, new FakeResponse().handledBy(pages, request).sentStatus());
        return false;
    }

    /** What a page weighs beside its bytes. */
    private static int overhead() throws Exception {
        OutputCache probe = OutputCache.of(BOUND, () -> NOW, Runnable::run);
        ask(pages(probe), 0);
        return (int) probe.bytes() - size(0);
    }

    /**
     * Page numbers by Zipf's law, spread so that neighbours in rank are no neighbours in number.
     *
     * @param changes whether other pages are the favourites in the second half
     */
    private static int[] trace(double skew, int length, boolean changes, Random random) {
        double[] sums = new double[PAGES];
        double sum = 0;
        for (int i = 0; i < PAGES; i++) {
            sum += 1 / Math.pow(i + 1, skew);
            sums[i] = sum;
        }
        int[] trace = new int[length];
        for (int i = 0; i < length; i++) {
            int found = Arrays.binarySearch(sums, random.nextDouble() * sum);
            int rank = Math.min(found < 0 ? -found - 1 : found, PAGES - 1);
            trace[i] = (int) ((changes && i > length / 2 ? PAGES - 1 - rank : rank) * 7919L % PAGES);
        }
        return trace;
    }

    /** How many of them a plain Caffeine of the same bound and weights has. */
    private static int plainHits(int[] trace, int overhead) {
        Cache<Integer, Integer> plain = Caffeine.newBuilder()
                .maximumWeight(BOUND)
                .weigher((Integer page, Integer weight) -> weight)
                .executor(Runnable::run)
                .build();
        int hits = 0;
        for (int page : trace) {
            if (plain.getIfPresent(page) != null) {
                hits++;
            } else {
                plain.put(page, size(page) + overhead);
            }
        }
        return hits;
    }

    @ParameterizedTest
    @CsvSource({"0.8, 80000, HEAP, false", "1.0, 120000, HEAP, false", "0.9, 100000, HEAP, true", "0.9, 80000, DIRECT, false"})
    void theBoundHoldsAndHitsAreThoseOfAPlainCache(double skew, int requests, CacheMemory memory, boolean changes) throws Exception {
        int[] trace = trace(skew, FULL ? 25 * requests : requests, changes, new Random(11));
        int plain = plainHits(trace, overhead());
        long before = LiveHeap.bytes();
        OutputCache cache = OutputCache.of(BOUND, memory, () -> NOW, Runnable::run);
        AsyncHandler pages = pages(cache);
        int hits = 0;
        int asked = 0;
        long most = 0;
        long mostHeap = 0;
        for (int page : trace) {
            hits += ask(pages, page) ? 1 : 0;
            if (++asked % 64 == 0) {
                most = Math.max(most, cache.bytes());
            }
            if (asked % (trace.length / 8) == 0) {
                mostHeap = Math.max(mostHeap, LiveHeap.bytes() - before);
            }
        }
        double rate = 100.0 * hits / asked;
        double plainRate = 100.0 * plain / asked;
        String found = String.format(Locale.ROOT,
                "skew %.1f%s, %d of %d requests for %d pages of %.1f GiB in %s: hits %.2f %%, of a plain cache %.2f %%; bound %d, held %d "
                        + "at most, live heap %d more at most",
                skew, changes ? " with other favourites in the end" : "", hits, asked, PAGES, PAGES * 4500.0 / (1 << 30), memory, rate,
                plainRate, BOUND, most, mostHeap);
        System.out.println(found);
        assertTrue(most <= BOUND * 1.1, found);
        assertTrue(most >= BOUND * 0.9, "it is used: " + found);
        assertTrue(mostHeap <= BOUND * 1.1 + (1 << 20), found); // which is what the JVM itself loads meanwhile
        assertEquals(asked, cache.counters().hits() + cache.counters().misses());
        assertEquals(hits, cache.counters().hits());
        assertTrue(Math.abs(rate - plainRate) <= 2, found);
    }

    /** What a transport keeps of a hit: its head as bytes. */
    private static void encode(AsyncHandler pages, FakeRequest request) {
        Shortcut.Prepared ready = ((Shortcut) pages).find(request.head(), request.target(), 1);
        assertNotNull(ready);
        ready.head().encoded(head -> ("HTTP/1.1 200 OK\r\n" + head.fields()).getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What the store claims to hold is what the heap holds, everything prepared for hits included. */
    @ParameterizedTest
    @CsvSource({"0, 0", "1000, 0", "1000, 3", "8000, 1", "100000, 5"})
    void whatIsClaimedIsWhatTheHeapHolds(int size, int tags) throws Exception {
        StringBuilder tagged = new StringBuilder("all");
        for (int i = 1; i < tags; i++) {
            tagged.append(" group").append(i);
        }
        OutputCache cache = OutputCache.of(1L << 30, () -> NOW, Runnable::run);
        AsyncHandler pages = cache.around("pages", AsyncHandler.of((request, response) -> {
            response.field("ETag", '"' + request.path() + '"').field("Content-Type", "text/html; charset=utf-8");
            if (tags > 0) {
                response.field("Surrogate-Key", tagged + " own" + request.path());
            }
            response.send(new byte[size]);
        }), CachePolicy.untilPurged());
        for (int i = 0; i < 300; i++) {
            ask(pages, 9_999_999);
            encode(pages, FakeRequest.get(path(9_999_999)));
        }
        long before = LiveHeap.bytes();
        long claimedBefore = cache.bytes();
        int entries = (24 << 20) / (size + 1500);
        for (int i = 0; i < entries; i++) {
            ask(pages, i);
            encode(pages, FakeRequest.get(path(i)));
            encode(pages, FakeRequest.get(path(i), "If-None-Match", '"' + path(i) + '"'));
        }
        long heap = LiveHeap.bytes() - before;
        long claimed = cache.bytes() - claimedBefore;
        String found = entries + " entries of " + size + " bytes with " + tags + " tags: heap " + heap + ", claimed " + claimed
                + " bytes, each " + heap / entries + " and " + claimed / entries;
        System.out.println(found);
        assertEquals(entries + 1, cache.size());
        assertTrue(heap <= claimed * 1.05 + (1 << 20), found);
        assertTrue(heap >= claimed * 0.85 - (1 << 20), found);
    }
}
