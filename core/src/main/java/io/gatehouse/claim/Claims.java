/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.forward.ForwardStatus;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Registration;
import io.gatehouse.route.Route;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What other processes have claimed of this gatehouse, and the control socket at which they do it. Any thread.
 *
 * <pre>
 *   NEW ──keep──► KEEPING: reserved prefixes answer 503 ──open──► OPEN ──leave──► LEFT: what is claimed is still served ──close──► CLOSED
 * </pre>
 */
public final class Claims implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.claim");
    private static final long PAUSE_NANOS = 100_000_000;
    private static final long FAREWELL_NANOS = 1_000_000_000;

    private final ClaimSettings settings;
    private final Path path;
    private final ScheduledExecutorService timer;
    private final ClaimTable table;
    private final ControlConnection.Context context;
    private final Set<ControlConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable ControlSocket socket; // guarded by turn
    private boolean closed; // guarded by turn
    private volatile boolean leaving;

    /** For tests, with other ways to know peers, to forward and to start programs. */
    Claims(ClaimSettings settings, Function<Route, Registration> mounting, Supplier<Map<Prefix, ForwardStatus>> forwards, Pool.Maker pools,
            PeerUser.Look look, Groups groups, String owner) {
        Path control = settings.socket();
        if (control == null) {
            throw new IllegalArgumentException("nothing can be claimed without a control socket: set claims.socket");
        }
        this.settings = settings;
        this.path = control;
        ScheduledThreadPoolExecutor clockwork = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "gatehouse-claims-timer");
            thread.setDaemon(true);
            return thread;
        });
        clockwork.setRemoveOnCancelPolicy(true);
        this.timer = Executors.unconfigurableScheduledExecutorService(clockwork);
        this.table = new ClaimTable(
                settings, pools, mounting, timer, System::nanoTime, prefix -> StartedProcess.launch(prefix, control));
        this.context = new ControlConnection.Context(
                settings, new Reservations(settings.reservations(), owner), table, forwards, look, groups, owner,
                System::nanoTime);
    }

    /**
     * For a gatehouse; opens nothing yet.
     *
     * @param mounting puts a route into the live table, and throws an IllegalStateException that names the holder if its prefix is taken
     * @param forwards how it stands with the prefixes that the gatehouse forwards itself, for the status; asked on any thread
     * @throws IllegalArgumentException if the settings name no control socket
     */
    public static Claims of(
            ClaimSettings settings, Function<Route, Registration> mounting, Supplier<Map<Prefix, ForwardStatus>> forwards) {
        return new Claims(settings, mounting, forwards, ForwardPool::new, PeerUser.KERNEL, Groups.SYSTEM, owner());
    }

    /**
     * Puts reserved prefixes into the table, which answer 503 until they are claimed.
     *
     * @throws IllegalStateException if one is taken
     */
    public void keep() {
        table.keep();
    }

    /**
     * Opens the control socket.
     *
     * @param relieve whether to take its path from a gatehouse that still listens there, whose place this one takes
     * @throws IOException if it can't be opened; the message says what to set
     */
    public void open(boolean relieve) throws IOException {
        turn.lock();
        try {
            if (closed || socket != null) {
                throw new IllegalStateException("the control socket was opened or closed before: make another one");
            }
            ControlSocket opened = ControlSocket.open(path, settings.mode(), settings.group(), relieve);
            socket = opened;
            Thread thread = new Thread(() -> accept(opened), "gatehouse-claims");
            thread.setDaemon(true);
            thread.start();
        } finally {
            turn.unlock();
        }
    }

    /** All prefixes that are claimed or reserved, and how they stand. */
    public List<PrefixStatus> status() {
        return table.status();
    }

    /**
     * Begins the end: nothing can be claimed any more, and claimants are told, so that they look for the next gatehouse; what is
     * claimed is served until {@link #close}.
     */
    public void leave() {
        turn.lock();
        try {
            leaving = true;
            if (socket != null) {
                socket.close();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing the control socket " + path + " failed: " + e);
        } finally {
            turn.unlock();
        }
        connections.forEach(ControlConnection::leave);
    }

    /** Ends every claim, cuts off what is in flight, and asks the programs that were started here to end. Idempotent. */
    @Override
    public void close() {
        leave();
        turn.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            turn.unlock();
        }
        table.close();
        awaitFarewells();
        connections.forEach(ControlConnection::close);
        timer.shutdownNow();
    }

    /** For a person. */
    @Override
    public String toString() {
        return "claims at " + path;
    }

    /** The user of this process, as its peers see it. */
    static String owner() {
        try {
            Path self = Path.of("/proc/self");
            if (Files.exists(self)) {
                return Files.getOwner(self).getName();
            }
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(Level.DEBUG, "the owner of this process is taken from the JVM: " + e);
        }
        return System.getProperty("user.name", "unknown");
    }

    /** Those that were told to leave say so first; who takes longer is cut off. */
    private void awaitFarewells() {
        long until = System.nanoTime() + FAREWELL_NANOS;
        try {
            for (ControlConnection connection : connections) {
                if (!connection.await(until - System.nanoTime())) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(ControlSocket from) {
        while (!leaving) {
            try {
                admit(from.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException | Error e) {
                LOG.log(Level.WARNING, "a connection at " + path + " can't be taken: " + e + "; the next one in a moment");
                LockSupport.parkNanos(PAUSE_NANOS); // as when there are no descriptors left: this thread alone waits
            }
        }
    }

    /** Why a user gets no connection; null if he does. */
    private @Nullable String full(PeerUser peer) {
        String bound = "claims.connections=" + settings.connections();
        if (connections.size() >= settings.connections()) {
            return "there are " + bound + " connections";
        }
        long own = connections.stream().filter(connection -> connection.peer().user().equals(peer.user())).count();
        return own < settings.connectionsOfOne() ? null
                : "user " + peer.user() + " has " + own + " connections, of " + bound + " as many as one may have";
    }

    private void admit(SocketChannel channel) throws IOException {
        PeerUser peer;
        LineChannel lines;
        try {
            peer = context.look().of(channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
        lines = new LineChannel(channel);
        String full = full(peer);
        if (full != null) {
            lines.send(new ClaimFailure(ClaimFailure.Code.LIMIT, full + ": close one, or raise it").line());
            lines.flush();
            lines.close();
            return;
        }
        ControlConnection[] self = new ControlConnection[1];
        self[0] = new ControlConnection(context, lines, peer, () -> connections.remove(self[0]));
        connections.add(self[0]);
        Thread thread = new Thread(self[0], "gatehouse-claimant-" + numbers.incrementAndGet());
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) { // no more threads
            connections.remove(self[0]);
            self[0].close();
            throw e;
        }
        if (leaving) {
            self[0].leave();
        }
    }
}
