/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import java.util.function.DoubleSupplier;

/** How long to wait before the next attempt: 100 ms, then twice as long each time up to 5 s, each a fifth more or less. One thread. */
final class Backoff {

    private static final long FIRST_NANOS = 100_000_000L;
    private static final long LONGEST_NANOS = 5_000_000_000L;

    private final DoubleSupplier random;
    private long next = FIRST_NANOS;

    /** With a source of numbers from 0 to 1, so that many who lost the same gatehouse do not come back in step. */
    Backoff(DoubleSupplier random) {
        this.random = random;
    }

    /** Nanoseconds to wait now. */
    long next() {
        long wait = (long) (next * (0.8 + 0.4 * random.getAsDouble()));
        next = Math.min(2 * next, LONGEST_NANOS);
        return wait;
    }

    /** It went well: the next failure is the first again. */
    void reset() {
        next = FIRST_NANOS;
    }
}
