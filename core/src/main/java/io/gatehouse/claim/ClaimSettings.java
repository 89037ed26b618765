/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.route.Prefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a gatehouse lets other processes claim.
 *
 * @param socket of the control connections, {@code claims.socket}; null if nothing can be claimed
 * @param mode of that file in octal digits, {@code claims.mode}
 * @param group of that file, {@code claims.group}; null for the gatehouse's own
 * @param connections at once at the control socket, {@code claims.connections}; three quarters of them for one user
 * @param claims at once of all of them, {@code claims.limit}
 * @param ping how long a claimant may be silent before it is asked whether it lives, {@code claims.ping}; after twice that it counts as dead
 * @param linger how long a prefix that is not reserved stays its claimant's after a loss, {@code claims.linger}; it answers 503 then
 * @param hold how long a request waits for a claimant, {@code claims.hold}; zero for not at all
 * @param queue how many requests of one prefix wait, {@code claims.queue}
 * @param answer how long a claimant may take for the head of an answer, {@code claims.answer}; past it 504, and after three in a row 503
 *     for some seconds
 * @param reservations who may claim each of these prefixes and what is below, {@code reservation.<prefix>}
 * @param starts the command that brings a prefix its claimant, {@code start.<prefix>}
 * @param holds the same as {@code hold} for exactly these prefixes, {@code hold.<prefix>}
 */
public record ClaimSettings(
        @Nullable Path socket,
        String mode,
        @Nullable String group,
        int connections,
        int claims,
        Duration ping,
        Duration linger,
        Duration hold,
        int queue,
        Duration answer,
        Map<Prefix, List<Grant>> reservations,
        Map<Prefix, List<String>> starts,
        Map<Prefix, Duration> holds) {

    /** Nothing can be claimed. */
    public static final ClaimSettings NONE = new ClaimSettings(
            null, "660", null, 64, 256, Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ZERO, 1_000,
            Duration.ofSeconds(60), Map.of(), Map.of(), Map.of());

    /** How long a request waits for a program that has to be started, unless it is said. */
    private static final Duration START_HOLD = Duration.ofSeconds(30);

    /** Takes copies, and checks. */
    public ClaimSettings {
        reservations = Map.copyOf(reservations);
        starts = Map.copyOf(starts);
        holds = Map.copyOf(holds);
        if (!mode.matches("[0-7]{3}")) {
            throw new IllegalArgumentException("claims.mode=" + mode + ": set it to three octal digits, as in 660");
        }
        if (connections < 1 || connections > 10_000) {
            throw new IllegalArgumentException("claims.connections=" + connections + ": set it to 1 up to 10000");
        }
        if (claims < 1 || claims > 10_000) {
            throw new IllegalArgumentException("claims.limit=" + claims + ": set it to 1 up to 10000");
        }
        if (ping.toMillis() < 10 || ping.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("claims.ping=" + ping.toMillis() + "ms: set it to 10ms up to 1h");
        }
        if (linger.isNegative() || linger.toDays() > 365) {
            throw new IllegalArgumentException("claims.linger=" + linger + ": set it to 0s up to 8760h");
        }
        if (queue < 0) {
            throw new IllegalArgumentException("claims.queue=" + queue + ": set it to 0 or more");
        }
        if (answer.isNegative() || answer.isZero() || answer.compareTo(Duration.ofHours(24)) > 0) {
            throw new IllegalArgumentException("claims.answer=" + answer + ": set it to 1ms up to 24h");
        }
        checkHold("claims.hold", hold);
        holds.forEach((prefix, time) -> checkHold("hold." + prefix, time));
        Map<Prefix, Duration> times = holds;
        starts.forEach((prefix, command) -> {
            if (command.isEmpty()) {
                throw new IllegalArgumentException("start." + prefix + "= has no command: set it to a program and its arguments");
            }
            Duration own = times.get(prefix);
            if (own != null && own.isZero()) {
                throw new IllegalArgumentException("hold." + prefix + "=0s lets nobody wait for the program of start." + prefix
                        + ": set it to a longer time, or remove it");
            }
            if (queue == 0) {
                throw new IllegalArgumentException("claims.queue=0 lets nobody wait for the program of start." + prefix
                        + ": set it to 1 or more");
            }
        });
        Set<Prefix> some = new LinkedHashSet<>(reservations.keySet());
        some.addAll(starts.keySet());
        some.addAll(holds.keySet());
        if (socket == null && !some.isEmpty()) {
            throw new IllegalArgumentException("the prefix " + some.iterator().next()
                    + " is for claimants, and nobody can claim it: set claims.socket, as in claims.socket=/run/gatehouse.sock");
        }
    }

    /** The same at another control socket. */
    public ClaimSettings withSocket(@Nullable Path value) {
        return new ClaimSettings(
                value, mode, group, connections, claims, ping, linger, hold, queue, answer, reservations, starts, holds);
    }

    /** The same with a claimants' silence of another length. */
    public ClaimSettings withPing(Duration value) {
        return new ClaimSettings(
                socket, mode, group, connections, claims, value, linger, hold, queue, answer, reservations, starts, holds);
    }

    /** The same with another time for which a lost prefix stays its claimant's. */
    public ClaimSettings withLinger(Duration value) {
        return new ClaimSettings(
                socket, mode, group, connections, claims, ping, value, hold, queue, answer, reservations, starts, holds);
    }

    /** The same with another time and another number of waiting requests. */
    public ClaimSettings withHold(Duration value, int requests) {
        return new ClaimSettings(
                socket, mode, group, connections, claims, ping, linger, value, requests, answer, reservations, starts, holds);
    }

    /** The same with another time for an answer. */
    public ClaimSettings withAnswer(Duration value) {
        return new ClaimSettings(
                socket, mode, group, connections, claims, ping, linger, hold, queue, value, reservations, starts, holds);
    }

    /** The same with other bounds for the control socket. */
    public ClaimSettings withBounds(int connectionBound, int claimBound) {
        return new ClaimSettings(
                socket, mode, group, connectionBound, claimBound, ping, linger, hold, queue, answer, reservations, starts, holds);
    }

    /** The same with other reservations. */
    public ClaimSettings withReservations(Map<Prefix, List<Grant>> value) {
        return new ClaimSettings(socket, mode, group, connections, claims, ping, linger, hold, queue, answer, value, starts, holds);
    }

    /** The same with other commands. */
    public ClaimSettings withStarts(Map<Prefix, List<String>> value) {
        return new ClaimSettings(socket, mode, group, connections, claims, ping, linger, hold, queue, answer, reservations, value, holds);
    }

    /**
     * Splits a command into program and arguments, at spaces; what stands between double quotes stays together.
     *
     * @throws IllegalArgumentException if a quote is not closed; the message ends in what to write
     */
    public static List<String> command(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        boolean begun = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean space = !quoted && (c == ' ' || c == '\t');
            if (c == '"') {
                quoted = !quoted;
            } else if (!space) {
                word.append(c);
            } else if (begun) {
                words.add(word.toString());
                word.setLength(0);
            }
            begun = !space;
        }
        if (quoted) {
            throw new IllegalArgumentException("has a quote that is not closed: write a second one");
        }
        if (begun) {
            words.add(word.toString());
        }
        return List.copyOf(words);
    }

    /** How many of the connections one user may have, so that nobody keeps all others out: three quarters. */
    int connectionsOfOne() {
        return connections - connections / 4;
    }

    /** How long a request of a prefix waits for a claimant. */
    Duration holdOf(Prefix prefix) {
        Duration fallback = starts.containsKey(prefix) && hold.isZero() ? START_HOLD : hold;
        return holds.getOrDefault(prefix, fallback);
    }

    /** The prefixes that stay in the table when nobody has claimed them. */
    Set<Prefix> kept() {
        Set<Prefix> kept = new LinkedHashSet<>(reservations.keySet());
        kept.addAll(starts.keySet());
        return kept;
    }

    private static void checkHold(String key, Duration time) {
        if (time.isNegative() || time.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(key + "=" + time + ": set it to 0s up to 1h");
        }
    }
}
