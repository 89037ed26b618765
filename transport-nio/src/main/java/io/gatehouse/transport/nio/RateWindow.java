/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.time.Duration;

/**
 * Whether a peer makes enough progress: so many bytes over a sliding window of waiting time. Time passes here only
 * between {@link #begin} and {@link #end}, while the transport really waits for the peer; bytes count whenever they
 * pass.
 *
 * <p>The window is a ring of slots, so it slides in steps of an eighth.
 */
final class RateWindow {

    private static final int SLOTS = 8;

    private final long slotNanos;
    private final long need;
    private final long[] bytes = new long[SLOTS + 1];
    private int slot;
    private int full;
    private long inSlot;
    private long mark;
    private long total;
    private boolean waiting;

    /** A window in which {@code rate} bytes a second must pass; at least one byte, whatever the rate. */
    RateWindow(Duration window, long rate) {
        slotNanos = Math.max(1, window.toNanos() / SLOTS);
        need = Math.max(1, (long) (rate * (window.toNanos() / 1e9)));
    }

    /** The waiting begins. */
    void begin(long now) {
        mark = now;
        waiting = true;
    }

    /** The waiting ends. */
    void end(long now, long totalBytes) {
        tooSlow(now, totalBytes);
        waiting = false;
    }

    /** Whether too little has passed; {@code totalBytes} counts from the first call on and never falls. */
    boolean tooSlow(long now, long totalBytes) {
        if (!waiting) {
            return false;
        }
        bytes[slot] += totalBytes - total;
        total = totalBytes;
        inSlot += now - mark;
        mark = now;
        while (inSlot >= slotNanos) {
            inSlot -= slotNanos;
            slot = (slot + 1) % bytes.length;
            bytes[slot] = 0;
            full = Math.min(full + 1, SLOTS);
        }
        if (full < SLOTS) {
            return false;
        }
        long sum = 0;
        for (long b : bytes) {
            sum += b;
        }
        return sum < need;
    }
}
