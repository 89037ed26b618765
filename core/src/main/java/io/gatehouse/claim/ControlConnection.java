/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.claim.ClaimFailure.Code;
import io.gatehouse.forward.ForwardStatus;
import io.gatehouse.route.Prefix;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One claimant at the control socket, on a thread of its own. Its claims are over when this is.
 *
 * <pre>
 *   GREETED ──claim──► HOLDING ──drain, release──► GREETED        each ──end, silence, malformed line──► CLOSED: claims are lost
 *   each ──the gatehouse stops──► LEFT: closed, but its claims stay until the table closes
 * </pre>
 */
final class ControlConnection implements Runnable {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.claim");

    /** What all connections share. */
    record Context(
            ClaimSettings settings,
            Reservations reservations,
            ClaimTable table,
            Supplier<Map<Prefix, ForwardStatus>> forwards,
            PeerUser.Look look,
            Groups groups,
            String owner,
            LongSupplier clock) {}

    private final Context context;
    private final LineChannel lines;
    private final PeerUser peer;
    private final Liveness liveness;
    private final Map<Prefix, ClaimTable.Claim> claims = new LinkedHashMap<>(); // on its thread
    private final Runnable ended;
    private volatile @Nullable SocketChannel probe;
    private volatile boolean left;
    private final CountDownLatch over = new CountDownLatch(1);

    /**
     * A connection of a known peer.
     *
     * @param ended called last
     */
    ControlConnection(Context context, LineChannel lines, PeerUser peer, Runnable ended) {
        this.context = context;
        this.lines = lines;
        this.peer = peer;
        this.ended = ended;
        this.liveness = new Liveness(context.settings.ping().toNanos(), context.clock.getAsLong());
    }

    PeerUser peer() {
        return peer;
    }

    @Override
    public void run() {
        String why = "the connection failed";
        try {
            lines.send(Line.of("gatehouse", "claims", "1", "user", context.owner, "ping",
                    Long.toString(context.settings.ping().toMillis())));
            why = converse();
        } catch (IOException e) {
            why = String.valueOf(e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a control connection of user " + peer.user() + " ended by a fault", e);
        } finally {
            end(why);
        }
    }

    /** The gatehouse stops: the claimant is told and let go, and its claims stay while requests that are in flight finish. Any thread. */
    void leave() {
        left = true;
        lines.wakeup();
    }

    /** Waits for its end; false if it has not come by then. */
    boolean await(long nanos) throws InterruptedException {
        return over.await(nanos, TimeUnit.NANOSECONDS);
    }

    /** Ends it now. Any thread. */
    void close() {
        try {
            SocketChannel probing = probe;
            if (probing != null) {
                probing.close();
            }
            lines.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a control connection failed: " + e);
        }
    }

    /** Until it ends; returns why. */
    private String converse() throws IOException {
        long pings = 0;
        while (!left) {
            long now = context.clock.getAsLong();
            boolean holding = !claims.isEmpty();
            switch (liveness.look(now, holding)) {
                case DEAD -> {
                    return holding ? "it was silent for twice claims.ping=" + context.settings.ping().toMillis() + "ms" : "it was idle";
                }
                case PING -> lines.send(Line.of("ping", "id", Long.toString(++pings)));
                case WAIT -> {}
            }
            String text;
            try {
                text = lines.next(liveness.patience(context.clock.getAsLong(), holding));
            } catch (ClaimFailure e) {
                lines.send(e.line());
                lines.flush();
                return "it sent what is no line: " + e.text();
            }
            claims.values().removeIf(ClaimTable.Claim::isOver);
            if (text == null) {
                continue;
            }
            liveness.heard(context.clock.getAsLong());
            try {
                obey(Line.parse(text));
            } catch (ClaimFailure e) {
                lines.send(e.line());
                LOG.log(e.code() == Code.FORBIDDEN ? Level.WARNING : Level.DEBUG, () -> "a claimant was refused: " + e.text());
                if (e.code() == Code.MALFORMED) {
                    lines.flush();
                    return "it sent a malformed line: " + e.text();
                }
            }
        }
        lines.send("bye");
        lines.flush();
        return "the gatehouse stops";
    }

    private void obey(Line line) throws ClaimFailure {
        switch (line.verb()) {
            case "claim" -> claim(line.only(Set.of("prefix", "socket", "pid", "name", "priority")));
            case "drain" -> {
                List<ClaimTable.Claim> those = named(line);
                lines.send("ok"); // first, whenever the draining is done
                for (ClaimTable.Claim claim : those) {
                    String drained = Line.of("drained", "prefix", claim.prefix().toString());
                    context.table.drain(claim).whenComplete((done, failure) -> lines.send(drained));
                }
            }
            case "release" -> {
                for (ClaimTable.Claim claim : named(line)) {
                    claims.remove(claim.prefix());
                    context.table.release(claim);
                }
                lines.send("ok");
            }
            case "status" -> {
                line.only(Set.of());
                List<PrefixStatus> status = context.table.status();
                status.forEach(prefix -> prefix.lines().forEach(lines::send));
                Map<Prefix, ForwardStatus> forwards = context.forwards.get();
                forwards.forEach((prefix, forward) -> ForwardLines.of(prefix, forward).forEach(lines::send));
                lines.send(Line.of("ok", "prefixes", Integer.toString(status.size()), "forwards", Integer.toString(forwards.size())));
            }
            case "ping" -> {
                line.only(Set.of("id"));
                lines.send("ok");
            }
            case "pong" -> line.only(Set.of("id"));
            default -> throw new ClaimFailure(Code.UNKNOWN,
                    "there is no verb " + line.verb() + ": use claim, drain, release, status, ping or pong");
        }
    }

    private void claim(Line line) throws ClaimFailure {
        Prefix prefix = prefix(line);
        Path socket = socket(line.need("socket"));
        long pid = line.number("pid", 1, Long.MAX_VALUE / 2, -1);
        int priority = (int) line.number("priority", -ClaimTable.MAX_PRIORITY, ClaimTable.MAX_PRIORITY, 0);
        if (claims.containsKey(prefix)) {
            throw new ClaimFailure(Code.CONFLICT, "this connection has claimed " + prefix + " already: release it first");
        }
        context.reservations.check(prefix, peer, context.groups);
        probe(socket);
        claims.put(prefix, context.table.claim(new ClaimTable.Wish(
                prefix, socket, peer.user(), pid, pid > 0 && isUsers(pid), line.get("name"), priority)));
        LOG.log(Level.INFO, () -> "user " + peer.user() + (pid < 0 ? "" : ", pid " + pid) + ", has claimed " + prefix);
        lines.send(Line.of("ok", "prefix", prefix.toString()));
    }

    /** The claims that a line is about: that of its prefix, or all. */
    private List<ClaimTable.Claim> named(Line line) throws ClaimFailure {
        if (line.only(Set.of("prefix")).get("prefix") == null) {
            if (claims.isEmpty()) {
                throw new ClaimFailure(Code.NOT_CLAIMED, "this connection has no claim: claim a prefix first");
            }
            return new ArrayList<>(claims.values());
        }
        Prefix prefix = prefix(line);
        ClaimTable.Claim claim = claims.get(prefix);
        if (claim == null) {
            throw new ClaimFailure(Code.NOT_CLAIMED, "this connection has no claim of " + prefix + ": name one that it has");
        }
        return List.of(claim);
    }

    /** The path of a claimant's socket. */
    static Path socket(String text) throws ClaimFailure {
        try {
            Path socket = Path.of(text);
            if (socket.isAbsolute()) {
                return socket;
            }
        } catch (InvalidPathException e) { // such as letters that the system's own encoding has not
            throw new ClaimFailure(Code.SOCKET, "socket=" + Line.printable(text) + " is no path here: " + e.getReason() + ": write another");
        }
        throw new ClaimFailure(Code.SOCKET, "socket=" + text + " is no absolute path: write the whole path, from / on");
    }

    private static Prefix prefix(Line line) throws ClaimFailure {
        try {
            return Prefix.parse(line.need("prefix"));
        } catch (IllegalArgumentException e) {
            throw new ClaimFailure(Code.UNKNOWN, String.valueOf(e.getMessage()));
        }
    }

    /** Connects once, so that a wrong socket is told at once, and nobody points the gatehouse at a socket that is not his own. */
    private void probe(Path socket) throws ClaimFailure {
        PeerUser listener;
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe = channel;
            channel.connect(UnixDomainSocketAddress.of(socket));
            listener = context.look.of(channel);
        } catch (IOException | IllegalArgumentException e) {
            String denied = String.valueOf(e.getMessage()).contains("Permission denied")
                    ? ": let the gatehouse's user " + context.owner + " pass its directory and write to it"
                    : ": listen there before the claim, with a path that is short enough";
            throw new ClaimFailure(Code.SOCKET, "the socket " + socket + " can't be reached: " + e.getMessage() + denied);
        } finally {
            probe = null;
        }
        if (!listener.user().equals(peer.user())) {
            throw new ClaimFailure(Code.SOCKET, "the socket " + socket + " is listened on by user " + listener.user() + " and not by "
                    + peer.user() + ": listen there as the user that claims");
        }
    }

    private boolean isUsers(long pid) {
        try {
            return Files.getOwner(Path.of("/proc", Long.toString(pid))).getName().equals(peer.user());
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private void end(String why) {
        if (!left) {
            for (ClaimTable.Claim claim : claims.values()) {
                if (!claim.isOver()) {
                    LOG.log(Level.WARNING, "the claimant of " + claim.prefix() + ", user " + peer.user() + ", is gone: " + why);
                    context.table.lost(claim);
                }
            }
        }
        close();
        over.countDown();
        ended.run();
    }
}
