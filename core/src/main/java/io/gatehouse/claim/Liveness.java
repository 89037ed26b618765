/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

/**
 * Whether the peer of a control connection is alive: silence makes a ping, and silence after it death. Times are nanoseconds of
 * one clock; one thread.
 *
 * <pre>
 *   heard ──interval──► PING ──interval──► DEAD        without claims, whatever it says: ──IDLE_NANOS──► DEAD
 *     ▲───────any line───┘
 * </pre>
 */
final class Liveness {

    /** What is to be done now. */
    enum Verdict { WAIT, PING, DEAD }

    /** How long somebody may be connected and claim nothing. */
    static final long IDLE_NANOS = 60_000_000_000L;

    private final long interval;
    private long heard;
    private long idleSince;
    private boolean pinged;

    Liveness(long intervalNanos, long now) {
        interval = intervalNanos;
        heard = now;
        idleSince = now;
    }

    /** A line came. */
    void heard(long now) {
        heard = now;
        pinged = false;
    }

    /**
     * Looks at the clock.
     *
     * @param claims whether the peer holds anything
     */
    Verdict look(long now, boolean claims) {
        long silence = now - heard;
        if (!claims) {
            pinged = false;
            return now - idleSince >= Math.max(IDLE_NANOS, 2 * interval) ? Verdict.DEAD : Verdict.WAIT;
        }
        idleSince = now;
        if (pinged) {
            return silence >= 2 * interval ? Verdict.DEAD : Verdict.WAIT;
        }
        if (silence >= interval) {
            pinged = true;
            // Whoever was quiet before its first claim, or while this process was stopped, has its time from now on.
            heard = Math.max(heard, now - interval);
            return Verdict.PING;
        }
        return Verdict.WAIT;
    }

    /** How long until the next look is worth something; at least 1 ns. */
    long patience(long now, boolean claims) {
        long due = claims ? heard + (pinged ? 2 * interval : interval) : idleSince + Math.max(IDLE_NANOS, 2 * interval);
        return Math.max(1, due - now);
    }
}
