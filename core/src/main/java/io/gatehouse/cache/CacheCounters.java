/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.util.Map;
import java.util.TreeMap;

/**
 * What was counted since the cache was made, of one route or of all, hot files among them. Each is exact in itself; together
 * they are not of one moment.
 *
 * @param hits requests answered by a fresh answer from memory
 * @param misses requests for which the handler ran because nothing fresh lay there
 * @param stale requests answered by a stale answer
 * @param validated stored answers that the handler has confirmed with 304, and files that were found as they lie there
 * @param collapsed requests that waited for another's answer
 * @param passed requests that the cache let by without looking, and those for files that are too large to lie there
 * @param stored answers that were stored or updated
 * @param evicted keys that had to leave for their bytes
 * @param bytes that what is kept weighs now, with what finds it; of all routes together with the fragments
 * @param refused answers that were not stored, by the reason's word
 */
public record CacheCounters(
        long hits, long misses, long stale, long validated, long collapsed, long passed, long stored, long evicted,
        long bytes, Map<String, Long> refused) {

    /** Nothing counted. */
    public static final CacheCounters ZERO = new CacheCounters(0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of());

    /** Takes a copy. */
    public CacheCounters {
        refused = Map.copyOf(refused);
    }

    /** The sums of both. */
    public CacheCounters plus(CacheCounters other) {
        Map<String, Long> sum = new TreeMap<>(refused);
        other.refused.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        return new CacheCounters(
                hits + other.hits, misses + other.misses, stale + other.stale, validated + other.validated,
                        collapsed + other.collapsed, passed + other.passed, stored + other.stored, evicted + other.evicted,
                        bytes + other.bytes, sum);
    }
}
