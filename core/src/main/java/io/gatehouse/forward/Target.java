/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One of the servers that a {@link Forward} sends requests to. The public methods may be called on any thread; all others belong to the
 * loop's.
 */
public final class Target {

    /** Whether it gets requests. */
    public enum State {
        /** It does. */
        UP,
        /** It does, less than its share for now: it has come into service a short time ago. */
        SLOW_START,
        /** It does not, because requests or checks failed; it may get a single one as a trial. */
        DOWN,
        /** It does not any more; those under way go on. */
        DRAINING,
        /** It is gone. */
        REMOVED
    }

    private final Switchboard board;
    private final Origin origin;
    private final TargetOptions options;
    private final TargetHealth health;
    private final ConnectionPool pool;
    private final Tally tally = new Tally();
    private final long seed;
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile int outstanding; // written on the loop's thread only
    private double credit;

    Target(Switchboard board, Origin origin, TargetOptions options, TargetHealth health) {
        this.board = board;
        this.origin = origin;
        this.options = options;
        this.health = health;
        this.pool = new ConnectionPool(board, this);
        this.seed = Choice.Rendezvous.hash(origin.text());
    }

    /** Where it is, as it was written. */
    public String origin() {
        return origin.text();
    }

    /** What is particular to it. */
    public TargetOptions options() {
        return options;
    }

    /** Whether it gets requests. */
    public State state() {
        return health.state();
    }

    /** Requests under way, from the choice of this target to the end of its answer; tunnels among them. */
    public int outstanding() {
        return outstanding;
    }

    /** What went over it. */
    public TargetCounts counts() {
        return tally.counts();
    }

    /**
     * Gives it no new requests.
     *
     * @return completed when none is under way, on a thread of the common pool; the target stays in the list until it is removed
     */
    public CompletionStage<Void> drain() {
        board.loop().execute(() -> board.drain(this));
        return drained.copy();
    }

    /**
     * Takes it out of the list and closes its connections. Requests under way go to another target if that is safe, else they end
     * in a 502 or are cut off. Idempotent.
     */
    public void remove() {
        board.remove(this);
    }

    /** Where it is, and whether it gets requests. */
    @Override
    public String toString() {
        return origin + " (" + state() + ")";
    }

    Origin parsed() {
        return origin;
    }

    TargetHealth health() {
        return health;
    }

    ConnectionPool pool() {
        return pool;
    }

    Tally tally() {
        return tally;
    }

    /** What tells it from others in a hash, in every process the same. */
    long seed() {
        return seed;
    }

    /** What it has saved up for its next turn. */
    double credit() {
        return credit;
    }

    void credit(double change) {
        credit += change;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void begin() {
        outstanding++;
        tally.count(Tally.REQUESTS);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    void end() {
        outstanding--;
        settle();
    }

    /** Tells who waits for its drain, if nothing is under way any more. */
    void settle() {
        State state = health.state();
        if (outstanding == 0 && (state == State.DRAINING || state == State.REMOVED)) {
            pool.closeIdle();
            drained.completeAsync(() -> null);
        }
    }
}
