/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.route.Prefix;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * This process as a tenant of a gatehouse: claims prefixes for a socket on which it listens, and keeps them claimed, whatever
 * becomes of the gatehouse meanwhile. One thread, {@code gatehouse-tenant}; any thread may call any method.
 *
 * <pre>
 *   NEW ──start──► CONNECTING ──greeting──► CLAIMING ──answers──► CLAIMED ──drain──► DRAINING ──► OVER
 *                      ▲  wait, longer each time    │                │ the gatehouse is gone, or stops
 *                      └────────────────────────────┴────────────────┘
 * </pre>
 */
public final class Tenant implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.claim");
    private static final Duration GREETING = Duration.ofSeconds(10);

    private final Path control;
    private final Path socket;
    private final List<Prefix> prefixes;
    private final int priority;
    private final DoubleSupplier random;
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "gatehouse-tenant");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable TenantSession session; // guarded by lock
    private boolean closed; // guarded by lock
    private boolean draining; // guarded by lock
    private volatile boolean claimed;

    Tenant(Path control, Path socket, List<Prefix> prefixes, int priority, DoubleSupplier random) {
        this.control = control;
        this.socket = socket.toAbsolutePath();
        this.prefixes = List.copyOf(prefixes);
        this.priority = priority;
        this.random = random;
        if (prefixes.isEmpty()) {
            throw new IllegalArgumentException(
                    "nothing to claim at " + control + ": register a route, or set tenant.claims, as in tenant.claims=http://+:80/orders/");
        }
        thread.setDaemon(true);
    }

    /**
     * A tenant; claims nothing yet.
     *
     * @param control the control socket of the gatehouse
     * @param socket where this process listens already when {@link #start} is called
     * @param prefixes at least one
     * @param priority -1000 to 1000: the higher serves
     */
    public static Tenant of(Path control, Path socket, List<Prefix> prefixes, int priority) {
        return new Tenant(control, socket, prefixes, priority, () -> ThreadLocalRandom.current().nextDouble());
    }

    /**
     * Claims. Blocks until the gatehouse has answered. One that is not there is no failure: it is looked for until it is.
     *
     * @param patience how long to wait for the answer
     * @throws IOException if the gatehouse refuses; then nothing is claimed, and this is closed
     */
    public void start(Duration patience) throws IOException {
        thread.start();
        try {
            first.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            close();
            Throwable refusal = e.getCause() == null ? e : e.getCause();
            throw new IOException("listen=gatehouse:" + control + ": " + refusal.getMessage(), refusal);
        } catch (TimeoutException e) {
            LOG.log(Level.WARNING, "the gatehouse at " + control + " takes its time to answer; it is waited for");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether all prefixes are this tenant's now. */
    public boolean isClaimed() {
        return claimed;
    }

    /**
     * Has the gatehouse send nothing new, and waits until it has all answers that it waits for. Nothing is claimed after that.
     *
     * @param grace how long to wait
     * @return false if it took longer
     */
    public boolean drain(Duration grace) {
        lock.lock();
        try {
            draining = true;
            TenantSession current = session;
            if (current == null) {
                drained.complete(null);
            } else {
                current.drain();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            drained.get(grace.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Ends the connection, and with it every claim. Waits for the thread. Idempotent. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (session != null) {
                session.close();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For a person. */
    @Override
    public String toString() {
        return "tenant of " + control + (claimed ? "" : ", not claimed now,") + " for " + prefixes;
    }

    private void run() {
        Backoff backoff = new Backoff(random);
        String lastComplaint = "";
        while (true) {
            String complaint;
            try {
                complaint = converse(backoff);
            } catch (IOException e) {
                complaint = String.valueOf(e.getMessage());
            } catch (RuntimeException | Error e) {
                LOG.log(Level.ERROR, "the connection to the gatehouse at " + control + " ended by a fault", e);
                complaint = String.valueOf(e);
            }
            claimed = false;
            first.complete(null); // it was not there: that is no refusal
            lock.lock();
            try {
                session = null;
                if (draining || closed) {
                    drained.complete(null);
                    return;
                }
                // An attempt each few seconds would fill the log with one line.
                LOG.log(complaint.equals(lastComplaint) ? Level.DEBUG : Level.WARNING,
                        "no claim at the gatehouse " + control + ": " + complaint + "; it is tried again until it is there");
                lastComplaint = complaint;
                long left = backoff.next();
                while (left > 0 && !closed && !draining) {
                    left = changed.awaitNanos(left);
                }
            } catch (InterruptedException e) {
                drained.complete(null);
                return; // nobody interrupts this thread but to end it
            } finally {
                lock.unlock();
            }
        }
    }

    /** One connection, until its end; returns or throws why it ended. */
    private String converse(Backoff backoff) throws IOException {
        LineChannel lines;
        try {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(control));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            lines = new LineChannel(channel);
        } catch (IOException e) {
            throw new IOException("it can't be reached: " + e.getMessage(), e);
        }
        TenantSession current = new TenantSession(lines, prefixes, socket, priority, System::nanoTime);
        lock.lock();
        try {
            if (closed || draining) {
                lines.close();
                return "it is over";
            }
            session = current;
        } finally {
            lock.unlock();
        }
        try (lines) {
            current.greeted(GREETING);
            return current.converse(outcome -> outcome(outcome, backoff), drained);
        } catch (ClaimFailure e) {
            throw new IOException("it speaks otherwise than expected: " + e.text(), e);
        }
    }

    /** What became of an attempt to claim all: null, or the refusal. */
    private void outcome(@Nullable String refusal, Backoff backoff) {
        if (refusal == null) {
            backoff.reset();
            claimed = true;
            first.complete(null);
            LOG.log(Level.INFO, "claimed at the gatehouse " + control + ": " + prefixes);
        } else if (!first.completeExceptionally(new IOException(refusal))) {
            LOG.log(Level.WARNING, "the gatehouse at " + control + " refuses: " + refusal);
        }
    }
}
