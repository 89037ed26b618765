/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Starts the program of a prefix when somebody asks for it. Any thread; nothing here waits.
 *
 * <pre>
 *   IDLE ──wanted──► RUNNING ──exit, or no claim within the limit──► BACKOFF ──time──► IDLE, and at once RUNNING if still wanted
 *                       ├─claimed─► RUNNING, and the next pause is short again
 *                       └─lost its claim─► RUNNING, with the limit for the next claim
 * </pre>
 *
 * <p>One process at a time: one that does not end when it is asked to is killed. The pause after its end is a second if it had claimed its prefix, and doubles each time that it had not,
 * up to a minute.
 */
final class DemandStart implements AutoCloseable {

    /** A process. */
    interface Running {
        /** Completed with its exit code. */
        CompletionStage<Integer> exit();

        /** Asks it to end. */
        void end();

        /** Ends it as nobody can refuse. */
        void kill();
    }

    /** How a process is started; tests put another way here. */
    @FunctionalInterface
    interface Launch {
        /** Starts one. */
        Running start(List<String> command) throws IOException;
    }

    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    /** For a process to claim its prefix. */
    static final Duration LIMIT = Duration.ofMinutes(2);
    /** For a process to end when it was asked to. */
    static final Duration END_LIMIT = Duration.ofSeconds(30);

    private static final System.Logger LOG = System.getLogger(DemandStart.class.getName());

    private final String prefix;
    private final List<String> command;
    private final Launch launch;
    private final ScheduledExecutorService timer;
    private final LongSupplier clock;
    private final BooleanSupplier stillWanted;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Running running; // guarded by lock, as all below
    private @Nullable Future<?> limit;
    private @Nullable Future<?> retry;
    private boolean claimed;
    private boolean served; // whether it had claimed at any time
    private boolean closed;
    private int failures;
    private long notBefore;

    /**
     * For one prefix.
     *
     * @param stillWanted whether anybody waits for it; asked after a pause
     */
    DemandStart(String prefix, List<String> command, Launch launch, ScheduledExecutorService timer, LongSupplier clock,
            BooleanSupplier stillWanted) {
        this.prefix = prefix;
        this.command = List.copyOf(command);
        this.launch = launch;
        this.timer = timer;
        this.clock = clock;
        this.stillWanted = stillWanted;
        this.notBefore = clock.getAsLong();
    }

    /** Somebody waits for the program. */
    void wanted() {
        lock.lock();
        try {
            if (closed || running != null || retry != null) {
                return;
            }
            long pause = notBefore - clock.getAsLong();
            if (pause > 0) {
                retry = timer.schedule(this::retry, pause, TimeUnit.NANOSECONDS);
            } else {
                // Not on the caller's thread: the fork of a large process takes a while.
                retry = timer.schedule(this::retry, 0, TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** The prefix has a claimant. */
    void claimed() {
        lock.lock();
        try {
            claimed = true;
            served = true;
            failures = 0;
            cancelLimit();
        } finally {
            lock.unlock();
        }
    }

    /** The prefix has lost its last claimant: a program that runs on has so long to claim it again. */
    void lost() {
        lock.lock();
        try {
            Running current = running;
            if (current != null && claimed && !closed) {
                claimed = false;
                limit = timer.schedule(() -> late(current), LIMIT.toNanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** As the status shows it. */
    String state() {
        lock.lock();
        try {
            return running != null ? "running" : notBefore - clock.getAsLong() > 0 ? "backoff" : "idle";
        } finally {
            lock.unlock();
        }
    }

    /** Starts nothing more, and asks what runs to end. */
    @Override
    public void close() {
        Running last;
        lock.lock();
        try {
            closed = true;
            last = running;
            cancelLimit();
            if (retry != null) {
                retry.cancel(false);
                retry = null;
            }
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.end();
        }
    }

    private void retry() {
        boolean wanted = stillWanted.getAsBoolean();
        lock.lock();
        try {
            retry = null;
            if (closed || running != null || !wanted) {
                return;
            }
            claimed = false;
            served = false;
            Running begun = launch.start(command);
            running = begun;
            LOG.log(Level.INFO, "started for " + prefix + ": " + String.join(" ", command));
            limit = timer.schedule(() -> late(begun), LIMIT.toNanos(), TimeUnit.NANOSECONDS);
            begun.exit().whenComplete((code, failure) -> exited(begun, code == null ? -1 : code));
        } catch (IOException e) {
            LOG.log(Level.ERROR, "start." + prefix + "=" + String.join(" ", command) + " can't be run: " + e.getMessage()
                    + "; write a program that is there, with its full path");
            pause();
        } finally {
            lock.unlock();
        }
    }

    private void late(Running begun) {
        lock.lock();
        try {
            if (running != begun || claimed || closed) {
                return;
            }
            limit = timer.schedule(() -> tooLate(begun), END_LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            lock.unlock();
        }
        LOG.log(Level.WARNING, "the program started for " + prefix + " has not claimed it within " + LIMIT.toSeconds()
                + " s and is asked to end: have it claim that prefix");
        begun.end();
    }

    private void tooLate(Running begun) {
        lock.lock();
        try {
            if (running != begun || claimed || closed) {
                return;
            }
        } finally {
            lock.unlock();
        }
        LOG.log(Level.WARNING, "the program started for " + prefix + " has not ended within " + END_LIMIT.toSeconds()
                + " s after it was asked to, and is killed");
        begun.kill();
    }

    private void exited(Running ended, int code) {
        lock.lock();
        try {
            if (running != ended) {
                return;
            }
            running = null;
            cancelLimit();
            if (closed) {
                return;
            }
            LOG.log(served ? Level.INFO : Level.WARNING, "the program started for " + prefix + " has ended with exit code "
                    + code + (served ? "" : " before it claimed the prefix"));
            pause();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is started for a while; then at once if somebody waits. */
    private void pause() {
        failures = served ? 0 : failures + 1;
        long pause = FIRST_PAUSE.toNanos() << Math.min(10, Math.max(0, failures - 1));
        pause = Math.min(pause, LONGEST_PAUSE.toNanos());
        notBefore = clock.getAsLong() + pause;
        retry = timer.schedule(this::retry, pause, TimeUnit.NANOSECONDS);
    }

    private void cancelLimit() {
        if (limit != null) {
            limit.cancel(false);
            limit = null;
        }
    }
}
