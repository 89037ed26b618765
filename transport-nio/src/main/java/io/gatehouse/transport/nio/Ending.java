/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Refusal;
import io.gatehouse.http1.Fault;
import java.io.IOException;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which a connection ends: told, in peace, or cut. On the loop's thread unless it says otherwise.
 *
 * <pre>
 *   refuse ─► linger ─► FLUSHING ─► LINGERING ─► close
 *   lost · cut · abort ─────────────────────────► close
 * </pre>
 */
final class Ending {

    private static final System.Logger LOG = System.getLogger(Ending.class.getName());

    private final HttpConnection http;
    private volatile @Nullable Throwable cause;

    Ending(HttpConnection http) {
        this.http = http;
    }

    /** Why the connection closed; any thread. */
    Throwable cause() {
        Throwable known = cause;
        return known == null ? new IOException("the connection is closed") : known;
    }

    /** Throws away what still comes. */
    void discard() throws IOException {
        int read;
        int rounds = 0;
        do {
            read = http.wire.read(http.loop.waste.clear());
        } while (read > 0 && rounds++ < 16);
        if (read < 0) {
            close(new IOException("the connection has ended"), false);
        }
    }

    /** Answers a refusal and ends the http.connection. */
    void refuse(Fault fault) {
        http.context.listener.refused(http.connection, fault.refusal(), fault.detail());
        http.phase = Phase.WAITING;
        http.outbound.append(Refusals.answer(fault, http.context.date));
        if (http.phase != Phase.CLOSED) {
            linger();
        }
    }

    /** Answers a refusal and ends the connection, before its first request; once TLS is agreed on. */
    void turnAway(Fault fault) {
        Handshake handshake = http.handshake;
        if (http.phase == Phase.HANDSHAKE && handshake != null) {
            handshake.refuseAfter(fault);
        } else {
            refuse(fault);
        }
    }

    /** Ends this side's direction once all is written, and waits a moment for the peer to end its own. */
    void linger() {
        if (http.loop.turn == http) {
            http.outbound.flush();
        }
        if (http.phase == Phase.CLOSED || http.phase == Phase.LINGERING) {
            return;
        }
        http.exchange = null;
        if (http.outbound.blocked()) {
            http.phase = Phase.FLUSHING; // only the write window counts
            http.interest.reading(false);
            return;
        }
        http.phase = Phase.LINGERING;
        http.since = http.loop.now();
        http.staging.release();
        try {
            if (!http.outbound.end()) {
                http.phase = Phase.FLUSHING;
                http.interest.reading(false);
            } else if (http.staging.ended()) {
                close(new IOException("the connection has ended"), false);
            } else {
                http.interest.reading(true);
            }
        } catch (IOException e) {
            close(e, false);
        }
    }

    /** Notices a failed read or write. Any thread. */
    void lostSoon(IOException cause) {
        http.soon(() -> lost(cause));
    }

    /** Tells of a refusal inside a body; the exchange's owner answers. Any thread. */
    void refusedSoon(Fault fault) {
        http.soon(() -> http.context.listener.refused(http.connection, fault.refusal(), fault.detail()));
    }

    /** The peer is gone. */
    void lost(IOException cause) {
        if (http.phase == Phase.CLOSED) {
            return;
        }
        if (http.phase == Phase.EXCHANGE) {
            http.context.listener.refused(http.connection, Refusal.DISCONNECTED, String.valueOf(cause.getMessage()));
        }
        NioExchange current = http.exchange;
        close(cause, false);
        if (current != null) {
            current.disconnected();
        }
    }

    /** A limit has struck: closes without an answer. */
    void cut(Refusal refusal, String detail) {
        http.context.listener.refused(http.connection, refusal, detail);
        NioExchange current = http.exchange;
        close(new IOException(detail), current != null && current.endsWithConnection());
        if (current != null) {
            current.disconnected();
        }
    }

    void close(Throwable cause, boolean reset) {
        if (http.phase == Phase.CLOSED) {
            return;
        }
        this.cause = cause;
        http.phase = Phase.CLOSED;
        http.loop.remove(http);
        http.context.open.decrementAndGet();
        try {
            if (reset) {
                http.wire.reset();
            } else {
                http.wire.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a connection failed", e);
        }
        NioExchange current = http.exchange;
        Inbound inbound = current == null ? null : current.inbound();
        guarded(() -> http.outbound.closed(cause));
        if (inbound != null) {
            guarded(() -> inbound.fail(cause instanceof IOException e ? e
                    : new IOException(String.valueOf(cause.getMessage()), cause)));
        }
        guarded(() -> http.context.listener.closed(http.connection));
    }

    // Each of them is told, whatever another throws.
    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable t) {
            LOG.log(Level.ERROR, "what was told of a connection's end failed", t);
        }
    }

    /** Ends an exchange that its owner gave up. */
    void abort(NioExchange aborted, Throwable why) {
        if (http.exchange == aborted && !aborted.over()) {
            close(why, aborted.endsWithConnection());
        }
    }

    /** The grace is over; returns whether an exchange was under way. */
    boolean cutOff() {
        http.settle();
        boolean working = http.phase == Phase.EXCHANGE || http.phase != Phase.CLOSED && http.outbound.blocked();
        NioExchange current = http.exchange;
        close(new IOException("the transport has stopped"), current != null && current.endsWithConnection());
        if (current != null) {
            current.disconnected();
        }
        return working;
    }

    /** The transport stops: an idle connection closes, any other after its exchange. */
    void stopping() {
        http.settle();
        try {
            if ((http.phase == Phase.WAITING || http.phase == Phase.HEAD) && !http.staging.ended() && http.fill()) {
                http.serve(); // a request that has already come is answered
            }
        } catch (IOException e) {
            lost(e);
        }
        if (http.phase == Phase.HANDSHAKE) {
            close(new IOException("the transport is stopping"), false);
        } else if (http.phase == Phase.WAITING) {
            linger();
        } else if (http.phase == Phase.EXCHANGE && http.exchange != null && !http.exchange.mustTell()) {
            http.resume();
        }
        http.interest.remind();
    }
}
