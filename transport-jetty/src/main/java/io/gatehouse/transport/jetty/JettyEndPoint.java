/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Connection;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.transport.Timeouts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * One connection: Jetty's end point with a guard over what comes in, and the times that Jetty does not keep.
 *
 * <pre>
 *   IDLE ──begin──► BUSY ──ended──► IDLE        IDLE ──timeout, refusal, stop──► DEAD
 * </pre>
 *
 * <p>Over HTTP/1 at most one exchange is in hand; over HTTP/2 there are several, and BUSY counts them.
 */
final class JettyEndPoint extends SocketChannelEndPoint {
    private static final int DEAD = -1;

    private final JettyTransport transport;
    private final ManagedSelector selector;
    private final GuardedInput input;
    private final Farewell farewell;
    private final boolean secure;
    private final boolean surplus;
    private final long opened = System.nanoTime();
    private final AtomicInteger busy = new AtomicInteger();
    private final Set<JettyExchange> exchanges = ConcurrentHashMap.newKeySet(1);
    private volatile @Nullable Connection identity;
    private volatile long idleSince = opened;
    private volatile boolean first = true;
    private volatile long bytesOut;
    private long arrived;
    private boolean resumed; // handed over with the resumption
    private volatile @Nullable TlsEndPoint sealed;
    private volatile @Nullable SSLSession session;
    private boolean begun;
    // Why nothing more is passed to Jetty; set by the thread that fills.
    private volatile @Nullable RefusedException refused;
    private volatile boolean refusedInBody;

    JettyEndPoint(JettyTransport transport, SocketChannel channel, ManagedSelector selector, SelectionKey key, boolean secure,
            boolean surplus) {
        super(channel, selector, key, transport.scheduler());
        this.transport = transport;
        this.selector = selector;
        this.secure = secure;
        this.surplus = surplus;
        this.farewell = new Farewell(this, transport);
        this.input = new GuardedInput(this, new WireGuard(transport.config().limits(), transport.http2()));
    }

    /** The end of a connection of Jetty's that we made. */
    static JettyEndPoint of(EndPoint endPoint) {
        return endPoint instanceof TlsEndPoint opened ? opened.network() : (JettyEndPoint) endPoint;
    }

    /** TLS is spoken over it, and this is the end of what is inside. */
    void sealed(TlsEndPoint opened) {
        sealed = opened;
    }

    /** TLS is agreed on. */
    void established(SSLSession agreed) {
        session = agreed;
        Connection unused = identity(); // while its addresses are known
        if (surplus) {
            busy.set(DEAD);
            transport.execute(this::turnAway);
        }
    }

    /** The end that Jetty's HTTP connection has. */
    AbstractEndPoint outer() {
        TlsEndPoint opened = sealed;
        return opened == null ? this : opened;
    }

    /** The ways to end it without Jetty. */
    Farewell farewell() {
        return farewell;
    }

    /** What comes in, as Jetty's HTTP connection gets it. */
    GuardedInput input() {
        return input;
    }

    boolean secure() {
        return secure;
    }

    boolean isEstablished() {
        return session != null;
    }

    /** Why nothing more is passed to Jetty; null while all is. */
    @Nullable RefusedException refused() {
        return refused;
    }

    /** Whether it has been given up. */
    boolean isDead() {
        return busy.get() == DEAD;
    }

    /** Runs a task on an I/O thread. */
    void execute(Runnable task) {
        transport.execute(task);
    }

    /** Whether the fill that follows a resumption would find nothing; once. */
    boolean takeResumed() {
        boolean was = resumed;
        resumed = false;
        return was && !secure;
    }

    /** What the handlers are told of it; the same for all requests. */
    Connection identity() {
        Connection known = identity;
        SSLSession agreed = session;
        if (known == null || isHttp2() && known.protocol() != HttpVersion.HTTP_2 || agreed != known.tls()) {
            InetSocketAddress unknown = InetSocketAddress.createUnresolved("unknown", 0);
            known = new Connection(
                    known == null ? Connection.newId() : known.id(),
                    Objects.requireNonNullElse(getRemoteSocketAddress(), unknown),
                    Objects.requireNonNullElse(getLocalSocketAddress(), unknown),
                    agreed,
                    isHttp2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1);
            identity = known;
        }
        return known;
    }

    boolean isHttp2() {
        return input.guard().isHttp2();
    }

    long bytesOut() {
        return bytesOut;
    }

    @Override
    public void onOpen() {
        super.onOpen();
        if (!surplus || secure && transport.mayTurnAway()) {
            transport.opened(this);
        } else {
            turnAway();
        }
    }

    private void turnAway() {
        transport.config().listener().refused(null, Refusal.CONNECTIONS,
                "more connections than limits.connections=" + transport.config().limits().connections());
        farewell.say(new RefusedException(Refusal.CONNECTIONS, "too many connections: come back later"));
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        IOException gone = new IOException("the connection has ended", cause);
        exchanges.forEach(exchange -> exchange.closed(gone));
        transport.closed(this);
    }

    /** Counts a request that Jetty hands over, and gives its raw target if it is neither in origin-form nor {@code *}. */
    @Nullable String arrived() {
        return input.guard().target(++arrived);
    }

    /** Takes an exchange in hand; false if the connection has been given up meanwhile. */
    boolean begin(JettyExchange exchange) {
        int now = busy.get();
        while (now != DEAD && !busy.compareAndSet(now, now + 1)) {
            now = busy.get();
        }
        if (now == DEAD) {
            return false;
        }
        first = false;
        exchanges.add(exchange);
        settle();
        return true;
    }

    /** An exchange has ended, and its response has left. */
    void ended(JettyExchange exchange) {
        if (exchanges.remove(exchange)) {
            idleSince = System.nanoTime();
            busy.decrementAndGet();
            settle();
            if (transport.stopping()) {
                closeIfIdle();
            }
        }
    }

    /** Closes the connection if no exchange is in hand. */
    void closeIfIdle() {
        if (!isHttp2() && busy.compareAndSet(0, DEAD) || isHttp2() && busy.get() == 0) {
            endOutput();
            end();
        } else if (isHttp2() && outer().getConnection() instanceof HTTP2Connection connection) {
            Future<?> unused = connection.getSession().shutdown(); // its end is the connection's, which is waited for
        }
    }

    /** Cuts off all that is in hand. */
    void cut(IOException cause) {
        exchanges.forEach(exchange -> exchange.abort(cause));
        close(cause);
    }

    /** Ends this side's direction. */
    void endOutput() {
        outer().shutdownOutput();
    }

    /** Closes in peace. */
    void end() {
        outer().close();
    }

    /** Whether an exchange in hand wants to know when the peer goes; over HTTP/2 Jetty reads all the time, and tells. */
    boolean isAsked() {
        return !isHttp2() && exchanges.stream().anyMatch(JettyExchange::isAsked);
    }

    /** The peer has reset the connection, which nobody reads from. */
    void peerIsGone() {
        IOException gone = new IOException("the peer has reset the connection");
        transport.execute(() -> exchanges.forEach(exchange -> exchange.fail(gone, true)));
    }

    // ---- what comes in

    /** Has the selector's thread go on with the connection. It is told then if there is something to read: no look is needed. */
    void resume(Runnable connection) {
        selector.submit(unused -> {
            resumed = true;
            connection.run();
            resumed = false;
        });
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        return secure ? fillSealed(buffer) : input.fill(buffer);
    }

    /** Bytes of TLS, on their way to be opened; or a plain request, by whose first byte it can be told. */
    private int fillSealed(ByteBuffer buffer) throws IOException {
        int filled = fillPlain(buffer);
        if (filled > 0 && !begun) {
            begun = true;
            byte initial = buffer.get(buffer.limit() - filled);
            if (initial >= 'A' && initial <= 'Z') { // no record of TLS begins so, but a method does
                RefusedException plain =
                        new RefusedException(Refusal.PLAIN, "this port speaks TLS: write https:// in front of its address");
                tell(plain);
                farewell.bare(plain);
                return -1;
            }
        }
        return filled;
    }

    /** Reads without TLS. A reset is told from an end, which Jetty's own way to read does not. */
    int fillPlain(ByteBuffer buffer) {
        int at = BufferUtil.flipToFill(buffer);
        int filled = -1;
        try {
            filled = getChannel().read(buffer);
        } catch (IOException e) {
            broken(e);
        } finally {
            BufferUtil.flipToFlush(buffer, at);
        }
        if (filled < 0) {
            shutdownInput();
        }
        return filled;
    }

    /** Reads from the connection once its bytes are not HTTP/1 any more. */
    int fillOff(ByteBuffer buffer) throws IOException {
        return super.fill(buffer);
    }

    /** What comes in can't be read. */
    void broken(IOException cause) {
        input.guard().off();
        transport.execute(() -> {
            exchanges.forEach(exchange -> exchange.fail(cause, true));
            close(cause);
        });
    }

    /** Reads as a channel does, for whoever speaks another protocol. */
    int read(ByteBuffer into) throws IOException {
        TlsEndPoint opened = sealed;
        return opened == null ? getChannel().read(into) : opened.read(into);
    }

    /** Passes nothing more of what comes in. */
    void refuse(RefusedException cause, boolean inBody) {
        refusedInBody = inBody;
        refused = cause;
        settle();
    }

    /** Does what a refusal asks for as soon as what came before it is done. */
    private void settle() {
        RefusedException cause = refused;
        if (cause == null || arrived != input.guard().heads()) {
            return;
        }
        if (refusedInBody) {
            exchanges.forEach(exchange -> exchange.refuse(cause));
        } else if (busy.compareAndSet(0, DEAD)) {
            tell(cause);
            farewell.say(cause);
        }
    }

    void tell(RefusedException cause) {
        transport.config().listener().refused(identity(), cause.refusal(), String.valueOf(cause.getMessage()));
    }

    /** The connection carries another protocol from now on: what was held back is its beginning. */
    ByteBuffer switchProtocol() {
        return input.switchProtocol();
    }

    @Override
    protected void needsFillInterest() {
        if (secure || input.isWanted()) {
            super.needsFillInterest();
        }
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = 0;
        for (ByteBuffer buffer : buffers) {
            before += buffer.remaining();
        }
        boolean all = super.flush(buffers);
        for (ByteBuffer buffer : buffers) {
            before -= buffer.remaining();
        }
        long sent = bytesOut;
        bytesOut = sent + before; // one thread at a time flushes
        return all;
    }

    // ---- what takes too long

    /** Looks at the clock. */
    void tick(long now) {
        exchanges.forEach(exchange -> exchange.tick(now));
        Timeouts timeouts = transport.config().timeouts();
        long since = input.headSince();
        boolean waiting = first && !input.guard().isOff();
        if (since == 0 && !waiting) {
            if (busy.get() == 0 && now - idleSince > timeouts.idle().toNanos() && (isHttp2() || busy.compareAndSet(0, DEAD))) {
                tell(new RefusedException(Refusal.IDLE, "idle for longer than timeouts.idle=" + timeouts.idle()));
                end();
            }
        } else if (now - (waiting ? opened : Math.max(since, idleSince)) > timeouts.head().toNanos()
                && busy.compareAndSet(0, DEAD)) {
            RefusedException late = new RefusedException(
                    Refusal.HEAD_TIMEOUT, "the head took longer than timeouts.head=" + timeouts.head());
            tell(late);
            farewell.say(late);
        }
    }
}
