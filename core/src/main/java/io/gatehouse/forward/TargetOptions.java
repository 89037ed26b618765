/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is particular to one target among several.
 *
 * @param weight its share in proportion to the others', 1 to 1,000
 * @param rank 0 for those that get requests first; a higher one gets them only while none of a lower rank is in service
 * @param slowStart how long its weight grows from nothing to the whole after it came into service; zero for at once
 * @param peer the user who must be listening on its Unix-domain socket, or null if the {@link ForwardBuilder#peer forward's own rule} holds
 */
public record TargetOptions(int weight, int rank, Duration slowStart, @Nullable String peer) {

    /** Weight 1, rank 0, no slow start, no rule of its own for the peer. */
    public static final TargetOptions DEFAULTS = new TargetOptions(1, 0, Duration.ZERO, null);

    /** Checks the numbers. */
    public TargetOptions {
        if (weight < 1 || weight > 1_000) {
            throw new IllegalArgumentException("a target's weight=" + weight + ": set it to 1 up to 1000");
        }
        if (rank < 0) {
            throw new IllegalArgumentException("a target's rank=" + rank + ": set it to 0 or more");
        }
        if (slowStart.isNegative()) {
            throw new IllegalArgumentException("a target's slowStart=" + slowStart + ": set it to zero or more");
        }
    }

    /** These options with another weight. */
    public TargetOptions withWeight(int value) {
        return new TargetOptions(value, rank, slowStart, peer);
    }

    /** These options with another rank. */
    public TargetOptions withRank(int value) {
        return new TargetOptions(weight, value, slowStart, peer);
    }

    /** These options with another slow start. */
    public TargetOptions withSlowStart(Duration value) {
        return new TargetOptions(weight, rank, value, peer);
    }

    /** These options with another user on the other side. */
    public TargetOptions withPeer(@Nullable String value) {
        return new TargetOptions(weight, rank, slowStart, value);
    }
}
