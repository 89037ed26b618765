/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Connection;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http1.Fault;
import io.gatehouse.http1.Framing;
import io.gatehouse.http1.Progress;
import io.gatehouse.http1.RequestParser;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * One connection, as its loop sees it: reads heads, hands out exchanges one after another, and sees to its end.
 *
 * <pre>
 *   HANDSHAKE ──agreed on (TLS)──► WAITING; failed ─► LINGERING
 *   WAITING ──bytes──► HEAD ──whole──► EXCHANGE ──over──► WAITING
 *      │                 │                │ └─body unread─► DRAINING ──► WAITING
 *      │                 └─refused─┐      └─to be closed─┐      │
 *      └─idle, stop─► CLOSED       └─────► LINGERING ◄───┴──────┘
 *                        ▲                     │ peer has closed, or a moment has passed
 *                        └─lost, cut, aborted──┴──► CLOSED
 * </pre>
 *
 * <p>LINGERING: this side has ended its direction and throws away what still comes, because closing with unread bytes
 * would make the peer's system throw away the answer; see {@link Ending}. All methods belong to the loop's thread
 * unless they say otherwise.
 *
 * <p>A <em>turn</em> is one run of {@link #serve}: heads are parsed out of the bytes at hand, and answers given inline
 * gather in the loop's buffer, which is written once at the turn's end.
 */
final class HttpConnection implements Ready {

    private static final System.Logger LOG = System.getLogger(HttpConnection.class.getName());
    private static final int MAX_INLINE = 16;

    final NioContext context;
    final Loop loop;
    final Wire wire;
    final Outbound outbound;
    final Staging staging;
    final Ending ending = new Ending(this);
    /** What is known of it; with its TLS session once that is agreed on. */
    Connection connection;
    /** Where it is. */
    Phase phase;
    /** The exchange under way. */
    @Nullable NioExchange exchange;
    /** When it came there, for timeouts. */
    long since;
    /** Whether it has had a request. */
    boolean served;
    /** The place in the loop's list. */
    int index;

    final Interest interest;
    /** Until TLS is agreed on; null on a plain connection. */
    final @Nullable Handshake handshake;
    private final RequestParser parser;
    private @Nullable Drain drain;
    private boolean resumeAsked;

    /** Over a channel; with TLS if it is not null. */
    HttpConnection(
            NioContext context, Loop loop, SocketChannel channel, Connection connection, @Nullable TlsContext tls)
            throws IOException {
        this.context = context;
        this.loop = loop;
        SocketWire socket = new SocketWire(channel);
        TlsWire sealed = tls == null ? null : tls.wire(socket);
        this.wire = sealed == null ? socket : sealed;
        this.handshake = tls == null || sealed == null ? null : new Handshake(this, sealed, tls.threads());
        this.phase = handshake == null ? Phase.WAITING : Phase.HANDSHAKE;
        this.staging = new Staging(loop, wire);
        this.connection = connection;
        this.parser = new RequestParser(context.headLimits, tls == null ? "http" : "https");
        this.outbound = new Outbound(this, loop, wire);
        this.since = loop.now();
        this.interest = new Interest(channel.register(loop.selector(), SelectionKey.OP_READ, this), this);
    }

    @Override
    public void ready(int operations) throws IOException {
        if ((operations & SelectionKey.OP_CONNECT) != 0) {
            ending.lost(new IOException("the peer has closed the connection"));
            return;
        }
        if (phase == Phase.HANDSHAKE && handshake != null) {
            handshake.proceed();
            return;
        }
        if ((operations & SelectionKey.OP_WRITE) != 0 && phase != Phase.CLOSED) {
            outbound.writable();
        }
        if ((operations & SelectionKey.OP_READ) != 0 && phase != Phase.CLOSED) {
            readable();
        }
        interest.remind();
    }

    @Override
    public void broken(Throwable cause) {
        if (cause instanceof IOException e) {
            ending.lost(e);
        } else {
            LOG.log(Level.ERROR, "serving a connection failed; it is closed", cause);
            ending.close(cause, true);
        }
    }

    /** TLS is agreed on. */
    void established(SSLSession session) {
        connection = new Connection(
                connection.id(), connection.remote(), connection.local(), session, connection.protocol());
        phase = Phase.WAITING; // since the beginning: one timeout holds for the handshake and the first head
    }

    boolean closed() {
        return phase == Phase.CLOSED;
    }

    // ---- from other threads

    /** Runs a task on the loop; one that throws closes this connection. Any thread. */
    void soon(Runnable task) {
        loop.execute(this, task);
    }

    /** Goes on with what the end of an exchange left to do. Any thread. */
    void resumeSoon() {
        soon(this::resume);
    }

    /** Watches the socket for the exchange's owner. */
    void watch(NioExchange waiting, Inbound inbound) {
        if (!inbound.demanded()) {
            return; // it was called meanwhile, and the input is with its owner
        }
        if (phase == Phase.CLOSED || exchange != waiting) {
            inbound.fail(new IOException("the exchange is over", ending.cause()));
        } else if (inbound.readable() || staging.ended()) {
            inbound.fire();
        } else {
            inbound.watch(loop.now());
            interest.reading(true);
        }
    }

    /** Watches for the peer's disconnect, if the input belongs to the loop. */
    void watchForLoss() {
        if (phase == Phase.EXCHANGE && exchange != null && exchange.inputIsLoops()
                && !staging.ended() && !staging.full()) {
            interest.reading(true);
        }
    }

    // ---- turns

    private void readable() throws IOException {
        settle();
        switch (phase) {
            case WAITING, HEAD -> {
                if (outbound.blocked()) {
                    interest.reading(false); // who does not take answers is not asked for requests
                } else if (fill()) {
                    serve();
                }
            }
            case EXCHANGE -> readableInExchange();
            case DRAINING -> drain();
            case LINGERING -> ending.discard();
            default -> {}
        }
    }

    /** Notices that an exchange has ended on another thread. */
    void settle() {
        if (phase == Phase.EXCHANGE && exchange != null && exchange.over()) {
            exchangeOver();
        }
    }

    /** Goes on with what the end of an exchange left to do. */
    void resume() {
        if (phase == Phase.CLOSED) {
            return;
        }
        resumeAsked = false;
        settle();
        if (phase == Phase.WAITING || phase == Phase.HEAD) {
            if (staging.any() || staging.ended() || context.stopping) {
                serve();
            }
            watchAgain();
        } else if (phase == Phase.DRAINING) {
            drain();
        }
    }

    /** Reads; false if nothing came. */
    boolean fill() throws IOException {
        int read = staging.fill();
        if (read < 0) {
            interest.reading(false);
        }
        return read != 0;
    }

    /** Takes requests out of the bytes at hand. */
    void serve() {
        loop.turn = this;
        try {
            int inline = 0;
            while ((phase == Phase.WAITING || phase == Phase.HEAD) && !outbound.blocked()) {
                ByteBuffer in = staging.atHand();
                if (inline == MAX_INLINE && in.hasRemaining()) {
                    askToResume();
                    break;
                }
                Progress progress = in.hasRemaining() || !staging.ended() ? parser.parse(in) : Progress.MORE;
                if (progress == Progress.DONE) {
                    inline++;
                    begin();
                } else if (progress == Progress.FAULT) {
                    ending.refuse(parser.fault());
                } else {
                    needMore(in);
                    break;
                }
            }
        } finally {
            try {
                outbound.flush();
            } finally {
                loop.turn = null;
                staging.endTurn(phase);
            }
        }
    }

    /** More bytes are needed, and none are at hand. */
    private void needMore(ByteBuffer in) {
        boolean partial = in.hasRemaining() || parser.partial();
        if (staging.ended()) {
            if (partial) {
                ending.refuse(new Fault(Refusal.TRUNCATED, "the connection ended inside a request's head"));
            } else {
                ending.linger();
            }
        } else if (partial && phase == Phase.WAITING) {
            phase = Phase.HEAD;
            since = served ? loop.now() : since;
        } else if (!partial && context.stopping) {
            ending.linger();
        }
    }

    private void begin() {
        RequestHead head = parser.head();
        if (head.method().equals("CONNECT")) {
            ending.refuse(new Fault(Refusal.UNSUPPORTED, "CONNECT is not served here"));
            return;
        }
        Framing framing = parser.framing();
        Inbound inbound = null;
        boolean body = framing.kind() != Framing.Kind.NONE;
        if (body || parser.upgrade()) {
            staging.keep(); // from now on they are the exchange's
        }
        if (body) {
            inbound = new Inbound(this, framing, false);
        }
        NioExchange begun = new NioExchange(this, head, inbound, parser);
        exchange = begun;
        phase = Phase.EXCHANGE;
        served = true;
        outbound.beforeHandOut();
        try {
            context.handler.handle(begun);
        } catch (Throwable t) {
            LOG.log(Level.ERROR, "the exchange handler failed; the connection is closed", t);
            begun.abort(t);
        }
        if (phase != Phase.EXCHANGE) {
            return;
        }
        ByteBuffer in = loop.in;
        boolean mustHear = !begun.inputIsLoops() || in.hasRemaining() || staging.any() || staging.ended()
                || context.stopping
                || !interest.reading();
        if (begun.leave(mustHear)) {
            exchangeOver();
        }
    }

    private void readableInExchange() throws IOException {
        NioExchange current = exchange;
        if (current == null || !current.inputIsLoops()) {
            interest.reading(false);
            Inbound inbound = current == null ? null : current.inbound();
            if (inbound != null && inbound.demanded()) {
                inbound.arrived(loop.now());
            }
            return;
        }
        // Read ahead, a buffer full: so a reset is noticed, and the next request is at hand.
        if (staging.full() || staging.readBehind() < 0) {
            interest.reading(false);
        }
        if (!current.mustTell()) {
            resume();
        }
    }

    private void exchangeOver() {
        NioExchange over = exchange;
        if (over == null) {
            return;
        }
        exchange = null;
        since = loop.now();
        Inbound inbound = over.inbound();
        if (inbound != null && inbound.demanded()) {
            inbound.fail(new IOException("the exchange is over"));
        }
        boolean unread = inbound != null && !inbound.done();
        if (!over.persistent() || inbound != null && unread && !inbound.drainable(context.limits.drain())) {
            phase = Phase.WAITING;
            ending.linger();
        } else if (inbound != null && unread) {
            phase = Phase.DRAINING;
            drain = new Drain(this, inbound);
            if (loop.turn == this) {
                askToResume();
            }
        } else {
            phase = Phase.WAITING;
            if (context.stopping && !staging.any() && loop.turn != this) {
                ending.linger();
            }
        }
    }

    private void askToResume() {
        if (!resumeAsked) {
            resumeAsked = true;
            resumeSoon();
        }
    }

    private void watchAgain() {
        if (phase == Phase.WAITING || phase == Phase.HEAD || phase == Phase.DRAINING) {
            interest.reading(!staging.ended() && !(outbound.blocked() && phase != Phase.DRAINING));
        }
    }

    private void drain() {
        Drain rest = drain;
        Drain.Outcome outcome = rest == null ? Drain.Outcome.DONE : rest.proceed();
        if (phase != Phase.DRAINING || outcome == Drain.Outcome.MORE) {
            watchAgain();
            return;
        }
        drain = null;
        phase = Phase.WAITING;
        since = loop.now();
        if (outcome == Drain.Outcome.DONE) {
            askToResume();
        } else {
            ending.linger();
        }
    }

    /** All older bytes have left. */
    void drained() {
        if (phase == Phase.FLUSHING) {
            ending.linger();
        } else {
            askToResume();
        }
    }

    // ---- the timer, and the transport's end

    /** Looks for what takes too long. */
    void tick() {
        settle();
        outbound.tick();
        Patience.check(this);
    }
}
