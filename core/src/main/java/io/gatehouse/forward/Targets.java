/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.time.Duration;
import java.util.List;

/** The targets of a {@link Forward}, which may come and go while it runs. Any thread. */
public final class Targets {

    private final Switchboard board;

    Targets(Switchboard board) {
        this.board = board;
    }

    /**
     * Adds a target; it gets requests from now on, those that were held first.
     *
     * @param origin as {@link Forward#to} reads it; one that is there already is added once more
     * @throws IllegalArgumentException if it is none
     * @throws IllegalStateException if the forward is closed
     */
    public Target add(String origin) {
        return add(origin, TargetOptions.DEFAULTS);
    }

    /** The same with options. */
    public Target add(String origin, TargetOptions options) {
        return board.add(Origin.parse(origin), options);
    }

    /** Those that are there, in the order they were added; draining ones among them, removed ones not. */
    public List<Target> list() {
        return List.of(board.targets());
    }

    /** Requests that wait because no target is in service. */
    public int held() {
        return board.held().count();
    }

    /** How long the oldest of them has been waiting; zero if there is none. */
    public Duration oldestHeld() {
        return board.held().oldest();
    }

    /** Requests that wait because all connections of the targets in service are in use. */
    public int waiting() {
        return board.waiting().count();
    }

    /** How long the oldest of them has been waiting; zero if there is none. */
    public Duration oldestWaiting() {
        return board.waiting().oldest();
    }

    /** The sums over all targets that there are and were. */
    public TargetCounts counts() {
        return board.counts();
    }
}
