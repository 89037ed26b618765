/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.claim.ClaimFailure.Code;
import io.gatehouse.route.Prefix;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's side of one control connection: claims, answers pings, and drains when asked. On the tenant's thread, but for {@link
 * #drain} and {@link #close}.
 */
final class TenantSession {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.claim");

    private final LineChannel lines;
    private final List<Prefix> prefixes;
    private final Path socket;
    private final int priority;
    private final LongSupplier clock;
    private final Set<Prefix> held = new HashSet<>();
    private final Deque<Prefix> asked = new ArrayDeque<>(); // claims that are not answered yet
    private boolean drainAsked;
    private volatile boolean draining;
    private long silence = TimeUnit.SECONDS.toNanos(30);

    TenantSession(LineChannel lines, List<Prefix> prefixes, Path socket, int priority, LongSupplier clock) {
        this.lines = lines;
        this.prefixes = prefixes;
        this.socket = socket;
        this.priority = priority;
        this.clock = clock;
    }

    /** Has the gatehouse send no new requests. Any thread. */
    void drain() {
        draining = true;
        lines.wakeup();
    }

    /** Ends it. Any thread. */
    void close() {
        try {
            lines.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing the connection to the gatehouse failed: " + e);
        }
    }

    /** Waits for the gatehouse's first line. */
    void greeted(Duration patience) throws IOException, ClaimFailure {
        long until = clock.getAsLong() + patience.toNanos();
        String text = null;
        while (text == null) {
            long left = until - clock.getAsLong();
            if (left <= 0) {
                throw new IOException("it listens and says nothing");
            }
            text = lines.next(left);
        }
        if (text.startsWith("error ")) {
            throw new IOException("it refuses: " + text);
        }
        Line greeting = Line.parse(text);
        if (!greeting.verb().equals("gatehouse") || !"1".equals(greeting.get("claims"))) {
            throw new ClaimFailure(Code.UNKNOWN, "'" + text + "' is no greeting of a gatehouse that speaks version 1");
        }
        // Told whenever the claimant is quiet for one of these; after three the gatehouse hangs.
        silence = 3 * TimeUnit.MILLISECONDS.toNanos(greeting.number("ping", 1, 3_600_000, 10_000));
    }

    /**
     * Claims all prefixes, and talks until the connection ends.
     *
     * @param outcome told of each attempt: null if all are claimed, else the refusal
     * @param drained completed when nothing is left after {@link #drain}
     * @return why it ended
     */
    String converse(Consumer<@Nullable String> outcome, CompletableFuture<Void> drained) throws IOException, ClaimFailure {
        for (Prefix prefix : prefixes) {
            lines.send(Line.of("claim", "prefix", prefix.toString(), "socket", socket.toString(),
                    "pid", Long.toString(ProcessHandle.current().pid()), "priority", Integer.toString(priority)));
            asked.add(prefix);
        }
        String refusal = null;
        long heard = clock.getAsLong();
        while (true) {
            if (draining && !drainAsked && asked.isEmpty()) {
                drainAsked = true;
                if (held.isEmpty()) {
                    drained.complete(null);
                    return "nothing was claimed";
                }
                lines.send("drain");
            }
            long left = heard + silence - clock.getAsLong();
            if (left <= 0) {
                return "it has been silent for too long";
            }
            String text;
            try {
                text = lines.next(left);
            } catch (EOFException e) {
                return "it has closed the connection";
            } catch (ClosedChannelException e) {
                return "it was closed here";
            }
            if (text == null) {
                continue;
            }
            heard = clock.getAsLong();
            if (text.startsWith("error ")) {
                Prefix prefix = asked.poll();
                refusal = prefix == null ? refusal : text.substring(6);
            } else {
                Line line = Line.parse(text);
                switch (line.verb()) {
                    case "ok" -> {
                        Prefix prefix = asked.poll();
                        if (prefix != null) {
                            held.add(prefix);
                        }
                    }
                    case "ping" -> lines.send(Line.of("pong", "id", line.need("id")));
                    case "drained" -> {
                        held.remove(Prefix.parse(line.need("prefix")));
                        if (held.isEmpty() && drainAsked) {
                            drained.complete(null);
                            return "it is drained";
                        }
                        continue;
                    }
                    case "bye" -> {
                        return "it stops";
                    }
                    default -> LOG.log(Level.DEBUG, "a line of the gatehouse is passed over: " + line);
                }
                if (!line.verb().equals("ok")) {
                    continue;
                }
            }
            if (asked.isEmpty() && !drainAsked) {
                outcome.accept(refusal);
                if (refusal != null) {
                    return refusal; // all or none: what it holds falls with the connection, and the next attempt asks for all
                }
            }
        }
    }
}
