/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.route.Prefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with one prefix that is claimed, reserved, or both (a part of {@code netsh http show servicestate}).
 *
 * @param reserved for whom; empty if it is not reserved by itself
 * @param queued requests that wait because nobody serves
 * @param oldestQueued how long the first of them has waited
 * @param waiting requests that wait because all connections to those who serve are in use
 * @param oldestWaiting how long the first of them has waited
 * @param start how the program stands that is started on demand: {@code none}, {@code idle}, {@code running}, {@code backoff}
 * @param claimants those who serve first
 */
public record PrefixStatus(
        Prefix prefix,
        List<Grant> reserved,
        int queued,
        Duration oldestQueued,
        int waiting,
        Duration oldestWaiting,
        String start,
        List<Claimant> claimants) {

    /**
     * One claim.
     *
     * @param user as the kernel says
     * @param pid as the claimant says; -1 if it does not
     * @param pidIsUsers whether the process of that number is the user's, as far as the system tells
     * @param name as the claimant says; null if it does not
     * @param priority the higher serves
     * @param state {@code up}, {@code standby}, {@code draining}, or how its target stands
     * @param outstanding requests that it has and has not answered yet
     * @param requests that it was given so far
     * @param failures of these
     * @param age of the claim
     * @param socket where it listens
     */
    public record Claimant(
            String user,
            long pid,
            boolean pidIsUsers,
            @Nullable String name,
            int priority,
            String state,
            int outstanding,
            long requests,
            long failures,
            Duration age,
            Path socket) {}

    /** Takes copies. */
    public PrefixStatus {
        reserved = List.copyOf(reserved);
        claimants = List.copyOf(claimants);
    }

    /** As the protocol shows it: a line for the prefix, and one for each claimant. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(Line.of("prefix", "name", prefix.toString(),
                "reserved", reserved.isEmpty() ? "no" : String.join(",", reserved.stream().map(Grant::toString).toList()),
                "queued", Integer.toString(queued), "oldest", Long.toString(oldestQueued.toMillis()),
                "waiting", Integer.toString(waiting), "oldest-waiting", Long.toString(oldestWaiting.toMillis()), "start", start));
        for (Claimant claimant : claimants) {
            lines.add(Line.of("claimant", "prefix", prefix.toString(), "user", claimant.user,
                    claimant.pidIsUsers || claimant.pid < 0 ? "pid" : "stated-pid",
                    claimant.pid < 0 ? "-" : Long.toString(claimant.pid),
                    "name", claimant.name == null ? "-" : claimant.name, "priority", Integer.toString(claimant.priority),
                    "state", claimant.state, "outstanding", Integer.toString(claimant.outstanding),
                    "requests", Long.toString(claimant.requests), "failures", Long.toString(claimant.failures),
                    "since", Long.toString(claimant.age.toSeconds()), "socket", claimant.socket.toString()));
        }
        return lines;
    }

    /** A table for a person: a line for the prefix, and one for each claimant. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(prefix.toString());
        out.append(claimants.isEmpty() ? "  nobody serves" : "");
        if (!reserved.isEmpty()) {
            out.append("  reserved for ").append(String.join(", ", reserved.stream().map(Grant::toString).toList()));
        }
        if (!start.equals("none")) {
            out.append("  start ").append(start);
        }
        if (queued > 0) {
            out.append("  ").append(queued).append(" queued, the oldest for ").append(oldestQueued.toMillis()).append(" ms");
        }
        if (waiting > 0) {
            out.append("  ").append(waiting).append(" waiting, the oldest for ").append(oldestWaiting.toMillis()).append(" ms");
        }
        for (Claimant claimant : claimants) {
            out.append("\n    ").append(claimant.name == null ? "" : claimant.name + ", ").append("user ").append(claimant.user);
            if (claimant.pid >= 0) {
                out.append(claimant.pidIsUsers ? ", pid " : ", says pid ").append(claimant.pid);
            }
            out.append(", priority ").append(claimant.priority).append(", ").append(claimant.state).append(", ")
                    .append(claimant.outstanding).append(" outstanding, ").append(claimant.requests).append(" requests, ")
                    .append(claimant.failures).append(" failed, ").append(claimant.age.toSeconds()).append(" s, ")
                    .append(claimant.socket);
        }
        return out.toString();
    }
}
