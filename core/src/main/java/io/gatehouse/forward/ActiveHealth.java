/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.time.Duration;

/**
 * Asks each target for a path every so often, on a new connection each time, and takes it out of service and back by what it answers. Begins
 * with the first use of the forward.
 *
 * @param path of the GET, as the target is to see it
 * @param every how often
 * @param timeout for the whole of one answer
 * @param least the lowest status that is good
 * @param most the highest status that is good
 * @param rise so many good answers in a row bring it into service
 * @param fall so many bad ones in a row take it out
 */
public record ActiveHealth(String path, Duration every, Duration timeout, int least, int most, int rise, int fall) {

    /** Checks the settings. */
    public ActiveHealth {
        if (!Origin.isTarget(path)) {
            throw new IllegalArgumentException("a health check's path '" + path + "': write it as in a URL, as /health");
        }
        if (every.isNegative() || every.isZero() || timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "a health check's every=" + every + " and timeout=" + timeout + ": set both to more than zero");
        }
        if (least < 200 || most > 599 || least > most) {
            throw new IllegalArgumentException(
                    "a health check's statuses " + least + " to " + most + ": set them within 200 to 599");
        }
        if (rise < 1 || fall < 1) {
            throw new IllegalArgumentException("a health check's rise=" + rise + " and fall=" + fall + ": set both to 1 or more");
        }
    }

    /** Asks for a path every 5 s, with 2 s for a 2xx or 3xx; 2 good ones bring the target in, 3 bad ones take it out. */
    public static ActiveHealth of(String path) {
        return new ActiveHealth(path, Duration.ofSeconds(5), Duration.ofSeconds(2), 200, 399, 2, 3);
    }

    /** The same with another interval. */
    public ActiveHealth withEvery(Duration value) {
        return new ActiveHealth(path, value, timeout, least, most, rise, fall);
    }

    /** The same with another timeout. */
    public ActiveHealth withTimeout(Duration value) {
        return new ActiveHealth(path, every, value, least, most, rise, fall);
    }

    /** The same with other good statuses. */
    public ActiveHealth withStatus(int lowest, int highest) {
        return new ActiveHealth(path, every, timeout, lowest, highest, rise, fall);
    }

    /** The same with other numbers in a row. */
    public ActiveHealth withCounts(int good, int bad) {
        return new ActiveHealth(path, every, timeout, least, most, good, bad);
    }
}
