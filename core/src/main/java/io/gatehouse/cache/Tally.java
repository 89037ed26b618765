/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What one route counts. Any thread; counting neither waits nor makes garbage. */
final class Tally {

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder stale = new LongAdder();
    private final LongAdder validated = new LongAdder();
    private final LongAdder collapsed = new LongAdder();
    private final LongAdder passed = new LongAdder();
    private final LongAdder stored = new LongAdder();
    private final LongAdder evicted = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final Map<Reason, LongAdder> refused = new ConcurrentHashMap<>();

    void hit() {
        hits.increment();
    }

    void missed() {
        misses.increment();
    }

    void staleServed() {
        stale.increment();
    }

    void validated() {
        validated.increment();
    }

    void collapsed() {
        collapsed.increment();
    }

    void passed() {
        passed.increment();
    }

    void stored() {
        stored.increment();
    }

    void evicted() {
        evicted.increment();
    }

    /** What is kept weighs so much more, or less. */
    void weighs(long change) {
        bytes.add(change);
    }

    void refused(Reason reason) {
        refused.computeIfAbsent(reason, key -> new LongAdder()).increment();
    }

    CacheCounters snapshot() {
        Map<String, Long> reasons = new TreeMap<>();
        refused.forEach((reason, count) -> reasons.put(reason.text(), count.sum()));
        return new CacheCounters(hits.sum(), misses.sum(), stale.sum(), validated.sum(), collapsed.sum(), passed.sum(),
                stored.sum(), evicted.sum(), bytes.sum(), reasons);
    }
}
