/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Connection;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http1.Fault;
import io.gatehouse.http1.Framing;
import io.gatehouse.http1.Progress;
import io.gatehouse.http1.RequestParser;
import io.gatehouse.transport.Endpoint;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One connection, as its loop sees it: reads heads, hands out exchanges one after another, and sees to its end.
 *
 * <pre>
 *   WAITING ──bytes──► HEAD ──whole──► EXCHANGE ──over──► WAITING
 *      │                 │                │ └─body unread─► DRAINING ──► WAITING
 *      │                 └─refused─┐      └─to be closed─┐      │
 *      └─idle, stop─► CLOSED       └─────► LINGERING ◄───┴──────┘
 *                        ▲                     │ peer has closed, or a moment has passed
 *                        └─lost, cut, aborted──┴──► CLOSED
 * </pre>
 *
 * <p>LINGERING: this side has ended its direction and throws away what still comes, because closing with unread bytes would
 * make the peer's system throw away the answer. All methods belong to the loop's thread unless they say otherwise.
 *
 * <p>A <em>turn</em> is one run of {@link #serve}: heads are parsed out of the bytes at hand, and answers given inline gather
 * in the loop's buffer, which is written once at the turn's end.
 */
final class HttpConnection implements Ready {

    private enum Phase { WAITING, HEAD, EXCHANGE, DRAINING, FLUSHING, LINGERING, CLOSED }

    private static final System.Logger LOG = System.getLogger(HttpConnection.class.getName());
    private static final int MAX_INLINE = 16;
    private static final long LINGER_NANOS = 2_000_000_000L;
    /** How many more than limits.connections may be open while they are told that there are too many. */
    private static final int TURNED_AWAY = 128;

    final NioContext context;
    final Loop loop;
    final Wire wire;
    final Outbound outbound;
    final Connection connection;
    /** The place in the loop's list. */
    int index;

    private final SelectionKey key;
    private final RequestParser parser;
    private Phase phase = Phase.WAITING;
    private @Nullable NioExchange exchange;
    private long since;
    private long drained;
    private boolean served;
    private boolean resumeAsked;
    private volatile boolean inputClosed;
    private volatile @Nullable Throwable closeCause;
    // Bytes that came and are not used yet, from position to limit. Whose they are: see Inbound.
    private @Nullable ByteBuffer staged;

    private HttpConnection(NioContext context, Loop loop, SocketChannel channel, Connection connection) throws IOException {
        this.context = context;
        this.loop = loop;
        this.wire = new Wire(channel);
        this.connection = connection;
        this.parser = new RequestParser(context.headLimits, "http");
        this.outbound = new Outbound(this, loop, wire);
        this.since = loop.now();
        this.key = channel.register(loop.selector(), SelectionKey.OP_READ, this);
    }

    /** Takes in a new connection. On its loop. */
    static void open(NioContext context, Loop loop, SocketChannel channel, Endpoint endpoint) throws IOException {
        channel.configureBlocking(false);
        if (endpoint instanceof Endpoint.Tcp) {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        Connection value = new Connection(
                context.ids.incrementAndGet(), channel.getRemoteAddress(), channel.getLocalAddress(), null, HttpVersion.HTTP_1_1);
        int open = context.open.incrementAndGet();
        boolean tooMany = open > context.limits.connections();
        if (open > context.limits.connections() + TURNED_AWAY) {
            context.open.decrementAndGet();
            channel.close();
            context.listener.refused(value, Refusal.CONNECTIONS, Refusals.tooMany(context.limits));
            return;
        }
        HttpConnection opened;
        try {
            opened = new HttpConnection(context, loop, channel, value);
        } catch (IOException | RuntimeException e) {
            context.open.decrementAndGet();
            throw e;
        }
        loop.add(opened);
        context.listener.opened(value);
        if (tooMany) {
            opened.refuse(new Fault(Refusal.CONNECTIONS, Refusals.tooMany(context.limits)));
        }
    }

    @Override
    public void ready(int operations) throws IOException {
        if ((operations & SelectionKey.OP_WRITE) != 0 && phase != Phase.CLOSED) {
            outbound.writable();
        }
        if ((operations & SelectionKey.OP_READ) != 0 && phase != Phase.CLOSED) {
            readable();
        }
    }

    @Override
    public void broken(Throwable cause) {
        if (cause instanceof IOException e) {
            lost(e);
        } else {
            LOG.log(Level.ERROR, "serving a connection failed; it is closed", cause);
            close(cause, true);
        }
    }

    boolean closed() {
        return phase == Phase.CLOSED;
    }

    /** Why it closed; any thread. */
    Throwable closeCause() {
        Throwable cause = closeCause;
        return cause == null ? new IOException("the connection is closed") : cause;
    }

    /** Changes what the selector watches. */
    void interest(int more, int less) {
        if (key.isValid()) {
            int now = key.interestOps();
            int wanted = (now | more) & ~less;
            if (wanted != now) {
                key.interestOps(wanted);
            }
        }
    }

    // ---- staged bytes; by whoever the input belongs to

    @Nullable ByteBuffer staged() {
        return staged;
    }

    /** The staging buffer, an empty one if there was none. */
    ByteBuffer stage() {
        ByteBuffer buffer = staged;
        if (buffer == null) {
            buffer = context.pool.take().limit(0);
            staged = buffer;
        }
        return buffer;
    }

    void release(ByteBuffer empty) {
        staged = null;
        context.pool.give(empty);
    }

    /** The peer has ended its direction. */
    void inputClosed() {
        inputClosed = true;
    }

    // ---- from other threads

    /** Notices a failed read or write. Any thread. */
    void lostSoon(IOException cause) {
        loop.execute(() -> lost(cause));
    }

    /** Tells of a refusal inside a body; the exchange's owner answers. Any thread. */
    void refusedSoon(Fault fault) {
        loop.execute(() -> context.listener.refused(connection, fault.refusal(), fault.detail()));
    }

    /** Goes on with what the end of an exchange left to do. Any thread. */
    void resumeSoon() {
        loop.execute(this::resume);
    }

    /** Watches the socket for the exchange's owner. */
    void watch(NioExchange waiting, Inbound inbound) {
        if (phase == Phase.CLOSED || exchange != waiting) {
            inbound.fail(new IOException("the exchange is over", closeCause));
        } else if (inbound.readable() || inputClosed) {
            inbound.fire();
        } else {
            inbound.watch(loop.now());
            interest(SelectionKey.OP_READ, 0);
        }
    }

    /** Watches for the peer's disconnect, if the input belongs to the loop. */
    void watchForLoss() {
        if (phase == Phase.EXCHANGE && exchange != null && exchange.inputIsLoops() && !inputClosed
                && (staged == null || staged.limit() < staged.capacity())) {
            interest(SelectionKey.OP_READ, 0);
        }
    }

    /** Ends an exchange that its owner gave up. */
    void abort(NioExchange aborted, Throwable cause) {
        if (exchange == aborted && !aborted.over() && phase != Phase.CLOSED) {
            close(cause, aborted.endsWithConnection());
        }
    }

    // ---- turns

    private void readable() throws IOException {
        settle();
        switch (phase) {
            case WAITING, HEAD -> {
                if (fill()) {
                    serve();
                }
            }
            case EXCHANGE -> readableInExchange();
            case DRAINING -> drain();
            case LINGERING -> discard();
            default -> {}
        }
    }

    /** Notices that an exchange has ended on another thread. */
    private void settle() {
        if (phase == Phase.EXCHANGE && exchange != null && exchange.over()) {
            exchangeOver();
        }
    }

    private void resume() {
        if (phase == Phase.CLOSED) {
            return;
        }
        resumeAsked = false;
        settle();
        if (phase == Phase.WAITING || phase == Phase.HEAD) {
            if (staged != null || inputClosed) {
                serve();
            }
            watchAgain();
        } else if (phase == Phase.DRAINING) {
            drain();
        }
    }

    /** Reads into the loop's buffer, or behind what is staged; false if nothing came. */
    private boolean fill() throws IOException {
        int read;
        if (staged == null) {
            loop.in.clear();
            try {
                read = wire.read(loop.in);
            } finally {
                loop.in.flip();
            }
        } else {
            read = readAhead(staged);
        }
        if (read < 0) {
            inputClosed = true;
            interest(0, SelectionKey.OP_READ);
        }
        return read != 0;
    }

    private int readAhead(ByteBuffer buffer) throws IOException {
        buffer.compact();
        if (!buffer.hasRemaining()) { // a line longer than the pool's buffers: limits.head allows it
            buffer = ByteBuffer.allocate(2 * buffer.capacity()).put(buffer.flip());
            staged = buffer;
        }
        try {
            return wire.read(buffer);
        } finally {
            buffer.flip();
        }
    }

    private void serve() {
        loop.turn = this;
        try {
            int inline = 0;
            while ((phase == Phase.WAITING || phase == Phase.HEAD) && !outbound.blocked()) {
                ByteBuffer in = staged == null ? loop.in : staged;
                if (inline == MAX_INLINE && in.hasRemaining()) {
                    askToResume();
                    break;
                }
                Progress progress = in.hasRemaining() || !inputClosed ? parser.parse(in) : Progress.MORE;
                if (progress == Progress.DONE) {
                    inline++;
                    begin();
                } else if (progress == Progress.FAULT) {
                    refuse(parser.fault());
                } else {
                    needMore(in);
                    break;
                }
            }
        } finally {
            outbound.flush();
            loop.turn = null;
            stash();
        }
    }

    /** More bytes are needed, and none are at hand. */
    private void needMore(ByteBuffer in) {
        boolean partial = in.hasRemaining() || parser.partial();
        if (inputClosed) {
            if (partial) {
                refuse(new Fault(Refusal.TRUNCATED, "the connection ended inside a request's head"));
            } else {
                linger();
            }
        } else if (partial && phase == Phase.WAITING) {
            phase = Phase.HEAD;
            since = served ? loop.now() : since;
        } else if (!partial && context.stopping) {
            linger();
        }
    }

    /** Keeps what is left in the loop's buffer. */
    private void stash() {
        ByteBuffer in = loop.in;
        if (in.hasRemaining() && phase != Phase.CLOSED && phase != Phase.LINGERING) {
            ByteBuffer buffer = in.remaining() <= 16 * 1024 ? context.pool.take() : ByteBuffer.allocate(in.capacity());
            staged = buffer.put(in).flip();
        }
        in.clear().limit(0);
        ByteBuffer buffer = staged;
        if (buffer != null && !buffer.hasRemaining() && (phase == Phase.WAITING || phase == Phase.HEAD)) {
            release(buffer);
        }
    }

    private void begin() {
        RequestHead head = parser.head();
        if (head.method().equals("CONNECT")) {
            refuse(new Fault(Refusal.UNSUPPORTED, "CONNECT is not served here"));
            return;
        }
        Framing framing = parser.framing();
        Inbound inbound = null;
        boolean body = framing.kind() != Framing.Kind.NONE;
        if (body || head.fields().contains("Upgrade")) {
            stash(); // from now on they are the exchange's
        }
        if (body) {
            inbound = new Inbound(this, framing, false);
        }
        NioExchange begun = new NioExchange(this, head, inbound, parser.persistent(), parser.expectsContinue());
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
        boolean mustHear = !begun.inputIsLoops() || in.hasRemaining() || staged != null || inputClosed || context.stopping
                || (key.interestOps() & SelectionKey.OP_READ) == 0;
        if (begun.leave(mustHear)) {
            exchangeOver();
        }
    }

    private void readableInExchange() throws IOException {
        NioExchange current = exchange;
        if (current == null || !current.inputIsLoops()) {
            interest(0, SelectionKey.OP_READ);
            Inbound inbound = current == null ? null : current.inbound();
            if (inbound != null && inbound.demanded()) {
                inbound.arrived(loop.now());
            }
            return;
        }
        // Read ahead, a buffer full: so a reset is noticed, and the next request is at hand.
        ByteBuffer buffer = stage();
        int read = 0;
        if (buffer.position() == 0 && buffer.limit() == buffer.capacity()) {
            interest(0, SelectionKey.OP_READ);
        } else {
            read = readAhead(buffer);
        }
        if (read < 0) {
            inputClosed = true;
            interest(0, SelectionKey.OP_READ);
        }
        if (!buffer.hasRemaining()) {
            release(buffer);
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
            linger();
        } else if (unread) {
            phase = Phase.DRAINING;
            exchange = over;
            drained = 0;
            if (loop.turn == this) {
                askToResume();
            }
        } else {
            phase = Phase.WAITING;
            if (context.stopping && staged == null && loop.turn != this) {
                linger();
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
            interest(inputClosed ? 0 : SelectionKey.OP_READ, 0);
        }
    }

    /** All older bytes have left. */
    void drained() {
        if (phase == Phase.FLUSHING) {
            linger();
        } else {
            askToResume();
        }
    }

    // ---- bytes that nobody wants

    /** Throws away the rest of a body so that the connection can be kept. */
    private void drain() {
        NioExchange over = exchange;
        Inbound inbound = over == null ? null : over.inbound();
        if (inbound == null) {
            return;
        }
        try {
            int read;
            do {
                read = inbound.read(loop.waste.clear());
                drained += Math.max(read, 0);
            } while (read > 0 && drained <= context.limits.drain());
            if (read == 0) {
                watchAgain();
                return;
            }
            exchange = null;
            phase = Phase.WAITING;
            since = loop.now();
            if (read > 0) {
                linger();
            } else {
                askToResume();
            }
        } catch (IOException e) {
            exchange = null;
            linger();
        }
    }

    private void discard() throws IOException {
        int read;
        int rounds = 0;
        do {
            read = wire.read(loop.waste.clear());
        } while (read > 0 && rounds++ < 16);
        if (read < 0) {
            close(new IOException("the connection has ended"), false);
        }
    }

    // ---- endings

    /** Answers a refusal and ends the connection. */
    private void refuse(Fault fault) {
        context.listener.refused(connection, fault.refusal(), fault.detail());
        phase = Phase.WAITING;
        outbound.append(Refusals.answer(fault, context.date));
        if (phase != Phase.CLOSED) {
            linger();
        }
    }

    /** Ends this side's direction once all is written, and waits a moment for the peer to end its own. */
    private void linger() {
        if (loop.turn == this) {
            outbound.flush();
        }
        if (phase == Phase.CLOSED || phase == Phase.LINGERING) {
            return;
        }
        exchange = null;
        if (outbound.blocked()) {
            phase = Phase.FLUSHING; // only the write window counts
            interest(0, SelectionKey.OP_READ);
            return;
        }
        phase = Phase.LINGERING;
        since = loop.now();
        ByteBuffer buffer = staged;
        if (buffer != null) {
            release(buffer);
        }
        if (inputClosed) {
            close(new IOException("the connection has ended"), false);
            return;
        }
        try {
            wire.endOutput();
            interest(SelectionKey.OP_READ, 0);
        } catch (IOException e) {
            close(e, false);
        }
    }

    /** The peer is gone. */
    void lost(IOException cause) {
        if (phase == Phase.CLOSED) {
            return;
        }
        if (phase == Phase.EXCHANGE) {
            context.listener.refused(connection, Refusal.DISCONNECTED, String.valueOf(cause.getMessage()));
        }
        NioExchange current = exchange;
        close(cause, false);
        if (current != null) {
            current.disconnected();
        }
    }

    /** A limit has struck: closes without an answer. */
    void cut(Refusal refusal, String detail) {
        context.listener.refused(connection, refusal, detail);
        NioExchange current = exchange;
        close(new IOException(detail), current != null && current.endsWithConnection());
        if (current != null) {
            current.disconnected();
        }
    }

    private void close(Throwable cause, boolean reset) {
        if (phase == Phase.CLOSED) {
            return;
        }
        closeCause = cause;
        phase = Phase.CLOSED;
        loop.remove(this);
        context.open.decrementAndGet();
        try {
            if (reset) {
                wire.reset();
            } else {
                wire.close();
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "closing a connection failed", e);
        }
        NioExchange current = exchange;
        outbound.closed(cause);
        if (current != null && current.inbound() != null) {
            current.inbound().fail(cause instanceof IOException e ? e : new IOException(String.valueOf(cause.getMessage()), cause));
        }
        context.listener.closed(connection);
    }

    // ---- the timer, and the transport's end

    /** Looks for what takes too long; a connection's whole clockwork. */
    void tick() {
        settle();
        outbound.tick();
        long waited = loop.now() - since;
        switch (phase) {
            case WAITING -> {
                if (served) {
                    if (waited > context.timeouts.idle().toNanos() && !outbound.blocked()) {
                        expire(Refusal.IDLE, "no request within timeouts.idle=" + context.timeouts.idle());
                    }
                } else if (waited > context.timeouts.head().toNanos()) {
                    refuse(new Fault(
                            Refusal.HEAD_TIMEOUT, "no request within timeouts.head=" + context.timeouts.head()));
                }
            }
            case HEAD -> {
                if (waited > context.timeouts.head().toNanos()) {
                    refuse(new Fault(
                            Refusal.HEAD_TIMEOUT, "the head was not whole within timeouts.head=" + context.timeouts.head()));
                }
            }
            case EXCHANGE -> {
                Inbound inbound = exchange == null ? null : exchange.inbound();
                if (inbound != null && inbound.tooSlow(loop.now())) {
                    interest(0, SelectionKey.OP_READ);
                    inbound.timedOut();
                }
            }
            case DRAINING -> {
                if (waited > context.timeouts.body().toNanos()) {
                    linger();
                }
            }
            case LINGERING -> {
                if (waited > (context.stopping ? LINGER_NANOS / 16 : LINGER_NANOS)) {
                    close(new IOException("the peer did not close"), false);
                }
            }
            default -> {}
        }
    }

    private void expire(Refusal refusal, String detail) {
        context.listener.refused(connection, refusal, detail);
        linger();
    }

    /** The transport stops: an idle connection closes, any other after its exchange. */
    void stopping() {
        settle();
        try {
            if ((phase == Phase.WAITING || phase == Phase.HEAD) && !inputClosed && fill()) {
                serve(); // a request that has already come is answered
            }
        } catch (IOException e) {
            lost(e);
        }
        if (phase == Phase.WAITING) {
            linger();
        } else if (phase == Phase.EXCHANGE && exchange != null && !exchange.mustTell()) {
            resume();
        }
    }

    /** The grace is over; returns whether an exchange was under way. */
    boolean cutOff() {
        settle();
        boolean working = phase == Phase.EXCHANGE || phase != Phase.CLOSED && outbound.blocked();
        NioExchange current = exchange;
        boolean reset = current != null && current.endsWithConnection();
        close(new IOException("the transport has stopped"), reset);
        if (current != null) {
            current.disconnected();
        }
        return working;
    }
}
