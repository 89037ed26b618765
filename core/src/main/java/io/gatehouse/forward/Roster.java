/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The targets of one forward, and the counts of those that were. Any thread; readers see the list before a change or after it, whole. */
final class Roster {

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Target> leaving = new ArrayList<>(); // guarded by the lock, as the next two
    private TargetCounts gone = new TargetCounts(0, 0, 0, 0, 0, 0, 0);
    private boolean closed;
    private volatile Target[] targets = {}; // replaced whole, under the lock

    /** Those that are there. Not to be changed. */
    Target[] targets() {
        return targets;
    }

    /** Adds one; false if it is closed. */
    boolean add(Target target) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            Target[] more = Arrays.copyOf(targets, targets.length + 1);
            more[targets.length] = target;
            targets = more;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes one out, whose counts go on until it is {@linkplain #forget forgotten}; false if it is not there. */
    boolean remove(Target target) {
        lock.lock();
        try {
            List<Target> rest = new ArrayList<>(Arrays.asList(targets));
            if (!rest.remove(target)) {
                return false;
            }
            targets = rest.toArray(Target[]::new);
            leaving.add(target);
            target.health().remove();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps the counts of a removed one, and nothing else of it. */
    void forget(Target target) {
        lock.lock();
        try {
            leaving.remove(target);
            gone = gone.plus(target.counts());
        } finally {
            lock.unlock();
        }
    }

    /** The sums over all that are and were. */
    TargetCounts counts() {
        lock.lock();
        try {
            return Stream.concat(Arrays.stream(targets), leaving.stream()).map(Target::counts).reduce(gone, TargetCounts::plus);
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more; returns those that are there. */
    Target[] close() {
        lock.lock();
        try {
            closed = true;
            return targets;
        } finally {
            lock.unlock();
        }
    }

    /** Their names, for a message. */
    @Override
    public String toString() {
        return Arrays.stream(targets).map(Target::origin).collect(Collectors.joining(" and "));
    }
}
