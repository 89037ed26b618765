/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one origin, and the requests that wait for one. On the loop's thread.
 *
 * <pre>
 *   request ── an idle connection ──► the one used last: it is the least likely to be closed by the origin
 *           ── room for one more ───► a new one
 *           ── room in the queue ───► waits for whichever comes first
 *           ── none of them ────────► 503
 * </pre>
 */
final class ConnectionPool {

    private final ForwardLoop loop;
    private final Origin origin;
    private final boolean foreignCodings;
    private final ForwardLimits limits;
    private final ForwardTimeouts timeouts;
    private final Set<OriginConnection> connections = new LinkedHashSet<>();
    private final ArrayDeque<OriginConnection> idle = new ArrayDeque<>();
    private final Set<Passage> waiting = new LinkedHashSet<>();
    private boolean closed;

    ConnectionPool(
            ForwardLoop loop, Origin origin, boolean foreignCodings, ForwardLimits limits, ForwardTimeouts timeouts) {
        this.loop = loop;
        this.origin = origin;
        this.foreignCodings = foreignCodings;
        this.limits = limits;
        this.timeouts = timeouts;
    }

    ForwardLoop loop() {
        return loop;
    }

    /** Whether answers in unknown transfer codings are taken. */
    boolean foreignCodings() {
        return foreignCodings;
    }

    ForwardLimits limits() {
        return limits;
    }

    ForwardTimeouts timeouts() {
        return timeouts;
    }

    Origin origin() {
        return origin;
    }

    /** Whether nothing is here that time could change. */
    boolean isEmpty() {
        return connections.isEmpty() && waiting.isEmpty();
    }

    /** Gives the passage a connection, now or later, or fails it. */
    void acquire(Passage passage) {
        if (closed) {
            passage.fail(new OriginFailure("the way to " + origin + " is closed").busy());
            return;
        }
        for (OriginConnection kept = idle.pollLast(); kept != null; kept = idle.pollLast()) {
            // The selector may not have told yet: what lies there was sent before the question, and must not become its answer.
            if (kept.isAlive()) {
                kept.use(passage);
                passage.connected(kept);
                return;
            }
            drop(kept);
        }
        if (connections.size() < limits.connections()) {
            open(passage);
        } else if (waiting.size() < limits.queue()) {
            waiting.add(passage);
        } else {
            passage.fail(new OriginFailure("connections=" + limits.connections() + " to " + origin + " are in use and queue="
                    + limits.queue() + " requests wait").busy());
        }
    }

    /** Gives the passage a new connection in the place of one that had ended. */
    void replace(OriginConnection ended, Passage passage) {
        drop(ended);
        open(passage);
    }

    /** A connection whose answer came whole; it is used on. */
    void release(OriginConnection connection, long idleNanos) {
        Passage next = nextWaiting();
        if (next != null) {
            connection.use(next);
            next.connected(connection);
        } else if (closed || idle.size() >= limits.idle() || idleNanos <= 0) {
            drop(connection);
        } else {
            connection.idle(idleNanos);
            idle.addLast(connection);
        }
    }

    /** Closes a connection; its place is free for who waits. */
    void discard(OriginConnection connection) {
        drop(connection);
        if (!waiting.isEmpty()) {
            loop.execute(this::serveWaiting); // not from here: one that fails at once would come here again, and deeper each time
        }
    }

    /** The passage does not wait any more. */
    void leave(Passage passage) {
        waiting.remove(passage);
    }

    void tick(long now) {
        for (OriginConnection connection : new ArrayList<>(connections)) {
            Passage user = connection.user();
            if (user != null) {
                user.tick(now);
            } else if (connection.idleIsOver(now)) {
                discard(connection);
            }
        }
        for (Passage passage : new ArrayList<>(waiting)) {
            passage.tick(now);
        }
    }

    /** Fails what is under way and closes every connection. */
    void close() {
        closed = true;
        List<Passage> passages = new ArrayList<>(waiting);
        for (OriginConnection connection : connections) {
            Passage user = connection.user();
            if (user != null) {
                passages.add(user);
            }
        }
        for (Passage passage : passages) {
            passage.fail(new OriginFailure("the way to " + origin + " is closed").busy());
        }
        new ArrayList<>(connections).forEach(this::drop);
    }

    private @Nullable Passage nextWaiting() {
        Iterator<Passage> iterator = waiting.iterator();
        if (!iterator.hasNext()) {
            return null;
        }
        Passage next = iterator.next();
        iterator.remove();
        return next;
    }

    private void serveWaiting() {
        Passage next = closed || connections.size() >= limits.connections() ? null : nextWaiting();
        if (next != null) {
            open(next);
        }
    }

    private void open(Passage passage) {
        OriginConnection connection = new OriginConnection(loop, this, passage.addresses(), passage);
        connections.add(connection);
        passage.connecting(connection);
        connection.connect();
    }

    private void drop(OriginConnection connection) {
        connections.remove(connection);
        idle.remove(connection);
        connection.close();
    }
}
