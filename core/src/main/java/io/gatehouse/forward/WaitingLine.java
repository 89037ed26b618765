/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToLongFunction;

/** Requests that wait for the same thing, the longest first. On the loop's thread, but for {@link #count} and {@link #oldest}. */
final class WaitingLine {

    private final ForwardLoop loop;
    private final ToLongFunction<Deadlines> since;
    private final Set<Passage> passages = new LinkedHashSet<>();
    private volatile int count;
    private volatile long oldestSince;

    /**
     * An empty one.
     *
     * @param since when a passage began to wait here
     */
    WaitingLine(ForwardLoop loop, ToLongFunction<Deadlines> since) {
        this.loop = loop;
        this.since = since;
    }

    /** How many wait. Any thread. */
    int count() {
        return count;
    }

    /** How long the first of them has waited; zero if there is none. Any thread. */
    Duration oldest() {
        long begun = oldestSince;
        return count == 0 ? Duration.ZERO : Duration.ofNanos(Math.max(0, loop.time() - begun));
    }

    int size() {
        return passages.size();
    }

    boolean isEmpty() {
        return passages.isEmpty();
    }

    void add(Passage passage) {
        passages.add(passage);
        told();
    }

    /** Takes one out; false if it is not here. */
    boolean remove(Passage passage) {
        boolean there = passages.remove(passage);
        if (there) {
            told();
        }
        return there;
    }

    /** Takes out the one that waits longest; there must be one. */
    Passage poll() {
        Passage first = passages.iterator().next();
        remove(first);
        return first;
    }

    /** Those that wait now, who may leave while they are looked at. */
    List<Passage> all() {
        return new ArrayList<>(passages);
    }

    /** Takes out all, who come back or not; what is told of them changes when they do. */
    List<Passage> take() {
        List<Passage> all = all();
        passages.clear();
        return all;
    }

    /** Has others see how it stands. */
    void told() {
        if (!passages.isEmpty()) {
            oldestSince = since.applyAsLong(passages.iterator().next().deadlines());
        }
        count = passages.size();
    }
}
