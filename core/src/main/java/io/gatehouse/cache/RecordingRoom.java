/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes may lie on all {@linkplain Tape tapes} of a cache together: what is being made, and what slow clients have yet
 * to take of it. The store's bound does not count them before they are stored, nor while only clients hold them. Any thread.
 */
final class RecordingRoom {

    /** There is that much room at least, so that those who meet are answered by one run also where nothing is kept. */
    static final int LEAST = 1 << 20;

    private static final int USUAL = 8 << 20;

    private final long most;
    private final long longest;
    private final AtomicLong held = new AtomicLong();

    /**
     * A room.
     *
     * @param most bytes on all tapes together
     * @param longest bytes on one tape
     */
    RecordingRoom(long most, long longest) {
        this.most = most;
        this.longest = longest;
    }

    /** The room beside a store: an eighth of its bound, or as much as lets one body of the usual limit pass if that is more. */
    static RecordingRoom beside(long bound) {
        return new RecordingRoom(Math.max(LEAST, Math.max(bound / 8, Math.min(bound, USUAL))), Math.max(LEAST, bound));
    }

    /** How many bytes a route's answer may have to be recorded. */
    int longest(CachePolicy policy) {
        return (int) Math.min(policy.maxEntry(), longest);
    }

    /** A tape for a route's answer. */
    Tape tape(CachePolicy policy) {
        return new Tape(longest(policy), this);
    }

    /** Takes room if there is so much. */
    boolean take(long bytes) {
        long now = held.get();
        while (bytes <= most - now) {
            if (held.compareAndSet(now, now + bytes)) {
                return true;
            }
            now = held.get();
        }
        return false;
    }

    /** Counts what lies there already. */
    void exceed(long bytes) {
        held.addAndGet(bytes);
    }

    /** Gives it back. */
    void give(long bytes) {
        held.addAndGet(-bytes);
    }

    /** What is taken now, in bytes. */
    long held() {
        return held.get();
    }
}
