/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.time.Duration;

/** How long an answer of a route may be kept. */
public sealed interface Lifetime {

    /** The answers are not kept at all. */
    record Never() implements Lifetime {}

    /** Until it is purged, or its bytes are needed for something that is asked for more often. */
    record UntilPurged() implements Lifetime {}

    /**
     * For a time, counted from when the answer was made.
     *
     * @param duration longer than nothing
     */
    record For(Duration duration) implements Lifetime {
        /** Checks. */
        public For {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("a lifetime of " + duration + ": give one longer than nothing, or use Never");
            }
        }
    }

    /** As Cache-Control, Expires and the others of its fields say (RFC 9111 section 4.2, RFC 9213). */
    record AsHeadersSay() implements Lifetime {}
}
