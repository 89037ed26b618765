/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often the bounded store has what is asked for, against a plain Caffeine cache that is fed the same trace. */
@Timeout(120)
class HitRateTest {

    private static final int KEYS = 20_000;
    private static final int REQUESTS = 120_000;
    private static final int BOUND = 6 << 20;
    private static final String PAGE = "x".repeat(2000);

    /** Popularities that fall as Zipf's law says, drawn by a seed; the favourites change halfway. */
    private static int[] trace(double skew, long seed) {
        double[] sums = new double[KEYS];
        double sum = 0;
        for (int i = 0; i < KEYS; i++) {
            sum += 1 / Math.pow(i + 1, skew);
            sums[i] = sum;
        }
        Random random = new Random(seed);
        int[] trace = new int[REQUESTS];
        for (int i = 0; i < REQUESTS; i++) {
            int at = java.util.Arrays.binarySearch(sums, random.nextDouble() * sum);
            int rank = at < 0 ? Math.min(KEYS - 1, -at - 1) : at;
            trace[i] = i < REQUESTS / 2 ? rank : KEYS - 1 - rank;
        }
        return trace;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.7, 0.9, 1.1})
    void itIsWithinTwoPointsOfCaffeines(double skew) throws Exception {
        int[] trace = trace(skew, 17);
        OutputCache cache = OutputCache.of(BOUND, () -> 1_700_000_000_000L, Runnable::run);
        AsyncHandler handler = cache.around("r", AsyncHandler.of((q, r) -> r.send(PAGE)), CachePolicy.untilPurged());
        Shortcut shortcut = (Shortcut) handler;
        int hits = 0;
        for (int each : trace) {
            FakeRequest request = FakeRequest.get("/page/" + each);
            if (shortcut.find(request.head(), request.target(), 1) != null) {
                hits++;
            } else {
                new FakeResponse().handledBy(handler, request);
            }
        }
        int weight = (int) (cache.bytes() / cache.size());
        Cache<Integer, Integer> plain = Caffeine.newBuilder()
                .maximumWeight(BOUND).weigher((Integer key, Integer value) -> weight).executor(Runnable::run).build();
        int plainHits = 0;
        for (int each : trace) {
            if (plain.getIfPresent(each) != null) {
                plainHits++;
            } else {
                plain.put(each, each);
            }
        }
        double rate = 100.0 * hits / REQUESTS;
        double plainRate = 100.0 * plainHits / REQUESTS;
        assertTrue(rate > plainRate - 2, "%.1f %% of hits, and Caffeine has %.1f %%".formatted(rate, plainRate));
    }

    @Test
    void theBoundHoldsAllTheWhile() throws Exception {
        OutputCache cache = OutputCache.of(BOUND, () -> 1_700_000_000_000L, Runnable::run);
        AsyncHandler handler = cache.around("r", AsyncHandler.of((q, r) -> r.send(PAGE)), CachePolicy.untilPurged());
        int step = 0;
        for (int each : trace(0.8, 3)) {
            FakeRequest request = FakeRequest.get("/page/" + each);
            if (((Shortcut) handler).find(request.head(), request.target(), 1) == null) {
                new FakeResponse().handledBy(handler, request);
            }
            if (++step % 1000 == 0) {
                assertTrue(cache.bytes() <= BOUND * 1.1, "" + cache.bytes());
            }
        }
    }
}
