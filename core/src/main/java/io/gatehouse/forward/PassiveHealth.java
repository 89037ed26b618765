/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.time.Duration;

/**
 * When requests that fail take their target out of service. A failure is a connection that can't be made, that breaks or stays silent, or an
 * answer against the rules; a status never is.
 *
 * @param failures so many in a row, 1 or more; never with {@link Integer#MAX_VALUE}
 * @param pause how long it gets no requests; then one is sent as a trial, which ends it or begins the next pause
 * @param refused whether a connection that is refused takes it out at once, for nobody listens there: for Unix-domain sockets whose
 *     program comes and goes
 */
public record PassiveHealth(int failures, Duration pause, boolean refused) {

    /** 3 failures, 5 s, not at once. */
    public static final PassiveHealth DEFAULTS = new PassiveHealth(3, Duration.ofSeconds(5), false);

    /** A target is never taken out by its requests. */
    public static final PassiveHealth NONE = new PassiveHealth(Integer.MAX_VALUE, Duration.ofSeconds(5), false);

    /** Checks the numbers. */
    public PassiveHealth {
        if (failures < 1) {
            throw new IllegalArgumentException("a forward's failures=" + failures + ": set it to 1 or more");
        }
        if (pause.isNegative() || pause.isZero()) {
            throw new IllegalArgumentException("a forward's pause=" + pause + ": set it to more than zero");
        }
    }

    /** The same with another number of failures. */
    public PassiveHealth withFailures(int value) {
        return new PassiveHealth(value, pause, refused);
    }

    /** The same with another pause. */
    public PassiveHealth withPause(Duration value) {
        return new PassiveHealth(failures, value, refused);
    }

    /** The same with another rule for refused connections. */
    public PassiveHealth withRefused(boolean value) {
        return new PassiveHealth(failures, pause, value);
    }
}
