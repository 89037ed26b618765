/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The connections to one target. On the loop's thread.
 *
 * <pre>
 *   request ── an idle connection ──► the one used last: it is the least likely to be closed by the other side
 *           ── room for one more ───► a new one
 *           ── neither: it was not to be given here, but waits at the {@link Switchboard}
 * </pre>
 */
final class ConnectionPool {

    private final Switchboard board;
    private final Target target;
    private final NameLookup names;
    private final Set<OriginConnection> connections = new LinkedHashSet<>();
    private final ArrayDeque<OriginConnection> idle = new ArrayDeque<>();
    private boolean closed;

    ConnectionPool(Switchboard board, Target target) {
        this.board = board;
        this.target = target;
        this.names = new NameLookup(board.loop(), target.parsed(), board.settings().names());
    }

    ForwardLoop loop() {
        return board.loop();
    }

    Target target() {
        return target;
    }

    ForwardSettings settings() {
        return board.settings();
    }

    /** Whether nothing is here that time could change. */
    boolean isEmpty() {
        return connections.isEmpty();
    }

    /** Whether one more request can have a connection. */
    boolean hasRoom() {
        return !idle.isEmpty() || connections.size() < board.settings().limits().connections();
    }

    /** Gives the passage a connection, at once or when it stands. */
    void acquire(Passage passage) {
        for (OriginConnection kept = idle.pollLast(); kept != null; kept = idle.pollLast()) {
            // The selector may not have told yet: what lies there was sent before the question, and must not become its answer.
            if (kept.isAlive()) {
                kept.use(passage);
                passage.connected(kept);
                return;
            }
            drop(kept);
        }
        open(passage);
    }

    /** Gives the passage a new connection in the place of one that had ended. */
    void replace(OriginConnection ended, Passage passage) {
        drop(ended);
        open(passage);
    }

    /** Gives the passage a new connection, whatever others there are. */
    void open(Passage passage) {
        OriginConnection connection = new OriginConnection(this, passage);
        connections.add(connection);
        passage.connecting(connection);
        names.connect(connection);
    }

    /**
     * A connection whose answer came whole; it is used on.
     *
     * @param idleNanos how long the target keeps it; 0 if it may not be used again
     */
    void release(OriginConnection connection, long idleNanos) {
        boolean wanted = board.isWaitedFor();
        if (closed || idleNanos <= 0 || !connection.isClean() || !wanted && idle.size() >= board.settings().limits().idle()) {
            discard(connection);
        } else {
            connection.idle(Math.min(idleNanos, board.settings().timeouts().idle().toNanos()));
            idle.addLast(connection);
            if (wanted) {
                board.serveWaiting();
            }
        }
    }

    /** Closes a connection; its place is free for who waits. */
    void discard(OriginConnection connection) {
        drop(connection);
        board.placeIsFree();
    }

    void tick(long now) {
        if (connections.isEmpty()) {
            return;
        }
        for (OriginConnection connection : new ArrayList<>(connections)) {
            Passage user = connection.user();
            if (user != null) {
                connection.tick(now);
                user.tick(now);
            } else if (connection.idleIsOver(now)) {
                discard(connection);
            }
        }
    }

    /** Closes what nobody uses, now and later. */
    void closeIdle() {
        closed = true;
        new ArrayList<>(idle).forEach(this::drop);
    }

    /** Has whoever uses a connection look for another, or end. */
    void close() {
        closeIdle();
        for (Passage passage : users()) {
            passage.targetIsGone();
        }
        new ArrayList<>(connections).forEach(this::drop);
    }

    /** Who uses a connection. */
    List<Passage> users() {
        List<Passage> users = new ArrayList<>();
        for (OriginConnection connection : connections) {
            Passage user = connection.user();
            if (user != null) {
                users.add(user);
            }
        }
        return users;
    }

    private void drop(OriginConnection connection) {
        connections.remove(connection);
        idle.remove(connection);
        connection.close();
    }
}
