/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import java.time.Duration;

/**
 * Whether a peer keeps up with {@code limits.rate} over a window, of the time that somebody waited for it. The window slides
 * in whole steps: each must have its bytes. Guarded by its owner's lock.
 */
final class Pace {
    private final long window;
    private final long needed;
    private long from;
    private long bytes;

    Pace(Duration window, long rate) {
        this.window = window.toNanos();
        this.needed = Math.max(1, Math.multiplyHigh(rate, window.toNanos()) > 0
                ? Long.MAX_VALUE : rate * window.toMillis() / 1_000);
    }

    /** Begins a window. */
    void restart(long now, long moved) {
        from = now;
        bytes = moved;
    }

    /** Does not count time in which nobody waited. */
    void pause(long nanos) {
        from += nanos;
    }

    /** Whether a window has passed with too few bytes; begins the next one if it had enough. */
    boolean tooSlow(long now, long moved) {
        if (now - from < window) {
            return false;
        }
        boolean slow = moved - bytes < needed;
        restart(now, moved);
        return slow;
    }
}
