/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import org.jspecify.annotations.Nullable;

/**
 * Whether one target gets requests, by what became of those before and of the checks. On the loop's thread; the state is read on any.
 *
 * <pre>
 *   UP ◄──ramp over── SLOW_START ◄──a trial, or so many checks, went well── DOWN ◄──so many failures in a row── UP, SLOW_START
 *
 *   DOWN for its pause, then a trial: one request; while the checks say no, no trial either
 *   any ──drain──► DRAINING        any ──remove──► REMOVED
 * </pre>
 */
final class TargetHealth {

    private final PassiveHealth passive;
    private final @Nullable ActiveHealth active;
    private final TargetOptions options;
    private volatile Target.State state;
    private int failures;
    private int good;
    private int bad;
    private boolean failing; // by its checks
    private boolean trial;
    private long pausedUntil;
    private long since;
    private boolean heard;
    private long lastHeard;

    /** A target that comes into service. */
    TargetHealth(PassiveHealth passive, @Nullable ActiveHealth active, TargetOptions options, long now) {
        this.passive = passive;
        this.active = active;
        this.options = options;
        this.since = now;
        this.state = options.slowStart().isZero() ? Target.State.UP : Target.State.SLOW_START;
    }

    /** Any thread. */
    Target.State state() {
        return state;
    }

    /** Whether it may get a request now, be it as a trial. */
    boolean admits(long now) {
        return switch (state) {
            case UP, SLOW_START -> true;
            case DOWN -> !failing && !trial && now - pausedUntil >= 0;
            case DRAINING, REMOVED -> false;
        };
    }

    /** A request is given to it; returns whether it is its trial. */
    boolean begins() {
        boolean first = state == Target.State.DOWN;
        trial |= first;
        return first;
    }

    /** It has begun to answer. */
    void heard(long now) {
        heard = true;
        lastHeard = now;
    }

    /** Whether it has begun to answer anybody since then. */
    boolean isHeardSince(long then) {
        return heard && lastHeard - then >= 0;
    }

    /** It answered as it should; returns whether it has come into service by that. */
    boolean answered(long now) {
        failures = 0;
        if (state == Target.State.DOWN && !failing) {
            rise(now);
            return true;
        }
        return false;
    }

    /**
     * A request failed by its fault; returns whether it has gone out of service by that.
     *
     * @param wasTrial as {@link #begins} said
     * @param refused whether nobody listened there
     * @param spared whether it stays in service all the same
     */
    boolean failed(long now, boolean wasTrial, boolean refused, boolean spared) {
        failures = Math.min(failures + 1, Integer.MAX_VALUE - 1);
        if (wasTrial || !spared && (failures >= passive.failures() || refused && passive.refused())) {
            return fall(now);
        }
        return false;
    }

    /** Takes it out of service at once; returns whether it was in. */
    boolean fall(long now) {
        trial = false;
        pausedUntil = now + passive.pause().toNanos();
        if (state == Target.State.UP || state == Target.State.SLOW_START) {
            state = Target.State.DOWN;
            return true;
        }
        return false;
    }

    /** Its trial ended without telling anything. */
    void abandoned() {
        trial = false;
    }

    /** What a check found; returns whether it came into service or went out of it. */
    boolean checked(long now, boolean fine) {
        ActiveHealth rules = active;
        if (rules == null) {
            return false;
        }
        good = fine ? good + 1 : 0;
        bad = fine ? 0 : bad + 1;
        if (fine && good >= rules.rise()) {
            good = 0;
            failing = false;
            if (state == Target.State.DOWN) {
                rise(now);
                return true;
            }
        } else if (!fine && bad >= rules.fall()) {
            bad = 0;
            failing = true;
            return fall(now);
        }
        return false;
    }

    /** Its weight at this time: all of it, or as much as the slow start has reached, never nothing. */
    double weight(long now) {
        if (state != Target.State.SLOW_START) {
            return options.weight();
        }
        long ramp = options.slowStart().toNanos();
        long gone = now - since;
        if (gone >= ramp) {
            state = Target.State.UP;
            return options.weight();
        }
        return options.weight() * Math.max(0.01, (double) gone / ramp);
    }

    /** No new requests. */
    void drain() {
        if (state != Target.State.REMOVED) {
            state = Target.State.DRAINING;
        }
    }

    /** Nothing any more. */
    void remove() {
        state = Target.State.REMOVED;
    }

    private void rise(long now) {
        trial = false;
        failures = 0;
        since = now;
        state = options.slowStart().isZero() ? Target.State.UP : Target.State.SLOW_START;
    }
}
