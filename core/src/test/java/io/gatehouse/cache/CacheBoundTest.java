/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The bound under load: a small cache over 160 times as many bytes of distinct pages, as 64 MiB are to 10 GiB, asked for by
 * Zipf's law.
 */
@Timeout(120)
class CacheBoundTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final int BOUND = 8 << 20;
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

    /** Page numbers by Zipf's law, spread so that neighbours in rank are no neighbours in number. */
    private static int[] trace(double skew, int length, Random random) {
        double[] sums = new double[PAGES];
        double sum = 0;
        for (int i = 0; i < PAGES; i++) {
            sum += 1 / Math.pow(i + 1, skew);
            sums[i] = sum;
        }
        int[] trace = new int[length];
        for (int i = 0; i < length; i++) {
            int rank = Math.abs(Arrays.binarySearch(sums, random.nextDouble() * sum) + 1);
            trace[i] = (int) (Math.min(rank, PAGES - 1) * 7919L % PAGES);
        }
        return trace;
    }

    @ParameterizedTest
    @CsvSource({"0.8, 80000", "1.0, 120000"})
    void hitsAreThoseOfAPlainCacheOfTheSameBound(double skew, int length) throws Exception {
        int overhead = overhead();
        Cache<Integer, Integer> plain = Caffeine.newBuilder()
                .maximumWeight(BOUND)
                .weigher((Integer page, Integer weight) -> weight)
                .executor(Runnable::run)
                .build();
        OutputCache cache = OutputCache.of(BOUND, () -> NOW, Runnable::run);
        AsyncHandler pages = pages(cache);
        int hits = 0;
        int plainHits = 0;
        long most = 0;
        int asked = 0;
        for (int page : trace(skew, length, new Random(11))) {
            hits += ask(pages, page) ? 1 : 0;
            if (plain.getIfPresent(page) != null) {
                plainHits++;
            } else {
                plain.put(page, size(page) + overhead);
            }
            if (++asked % 64 == 0) {
                most = Math.max(most, cache.bytes());
            }
        }
        assertTrue(most <= BOUND * 1.1, most + " bytes of " + BOUND);
        assertTrue(most >= BOUND * 0.9, "it is used: " + most + " bytes of " + BOUND);
        assertEquals(asked, cache.counters().hits() + cache.counters().misses());
        assertEquals(hits, cache.counters().hits());
        double rate = 100.0 * hits / asked;
        double plainRate = 100.0 * plainHits / asked;
        String found = String.format(Locale.ROOT, "hits %.2f %%, of a plain cache %.2f %%, at most %d bytes", rate, plainRate, most);
        System.out.println("skew " + skew + ": " + found);
        assertTrue(rate >= plainRate - 2, found);
    }

    /** Used bytes of the heap after a collection, the least of a few looks. */
    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
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
        ask(pages, 9_999_999);
        long before = used();
        long claimedBefore = cache.bytes();
        int entries = (24 << 20) / (size + 1500);
        for (int i = 0; i < entries; i++) {
            ask(pages, i);
            assertTrue(ask(pages, i));
            assertTrue(ask(pages, i, "If-None-Match", '"' + path(i) + '"'));
        }
        long heap = used() - before;
        long claimed = cache.bytes() - claimedBefore;
        String found = entries + " entries of " + size + " bytes with " + tags + " tags: heap " + heap + ", claimed " + claimed
                + " bytes, each " + heap / entries + " and " + claimed / entries;
        System.out.println(found);
        assertEquals(entries + 1, cache.size());
        assertTrue(heap <= claimed * 1.1 + (1 << 20), found);
        assertTrue(heap >= claimed * 0.5, found);
    }
}
