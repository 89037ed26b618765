/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How it stands with one {@link Forward}.
 *
 * @param held requests that wait because no target is in service
 * @param oldestHeld how long the first of them has waited; zero if there is none
 * @param waiting requests that wait because all connections of the targets in service are in use
 * @param oldestWaiting how long the first of them has waited; zero if there is none
 * @param targets in the order they were added
 */
public record ForwardStatus(int held, Duration oldestHeld, int waiting, Duration oldestWaiting, List<Of> targets) {

    /**
     * One target.
     *
     * @param origin as it was written
     * @param outstanding requests under way
     */
    public record Of(String origin, Target.State state, int outstanding, TargetCounts counts) {}

    /** Takes a copy. */
    public ForwardStatus {
        targets = List.copyOf(targets);
    }

    /** A table for a person: a line for those who wait, and one for each target. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        out.append(held).append(" held");
        if (held > 0) {
            out.append(", the oldest for ").append(oldestHeld.toMillis()).append(" ms");
        }
        out.append("; ").append(waiting).append(" waiting");
        if (waiting > 0) {
            out.append(", the oldest for ").append(oldestWaiting.toMillis()).append(" ms");
        }
        for (Of target : targets) {
            out.append("\n    ").append(target.origin).append(", ").append(target.state.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .append(", ").append(target.outstanding).append(" outstanding, ").append(target.counts.requests()).append(" requests, ")
                    .append(target.counts.failures()).append(" failed");
        }
        return out.toString();
    }
}
