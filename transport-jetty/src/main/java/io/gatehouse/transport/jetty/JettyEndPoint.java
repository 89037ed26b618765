/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatehouse.http.Connection;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http1.Persistence;
import io.gatehouse.http1.ResponseEncoder;
import io.gatehouse.transport.Timeouts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
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
    private final WireGuard guard;
    private final boolean surplus;
    private final long opened = System.nanoTime();
    private final AtomicInteger busy = new AtomicInteger();
    private final Set<JettyExchange> exchanges = ConcurrentHashMap.newKeySet(1);
    private volatile @Nullable Connection identity;
    private volatile long headSince;
    private volatile long idleSince = opened;
    private volatile boolean first = true;
    private volatile long bytesOut;
    private long arrived;
    private boolean resumed; // handed over with the resumption

    // What is held back from Jetty, and why nothing more is passed; used by the thread that fills.
    private volatile @Nullable ByteBuffer held;
    private volatile @Nullable RefusedException refused;
    private volatile boolean refusedInBody;

    JettyEndPoint(JettyTransport transport, SocketChannel channel, ManagedSelector selector, SelectionKey key, boolean surplus) {
        super(channel, selector, key, transport.scheduler());
        this.transport = transport;
        this.selector = selector;
        this.surplus = surplus;
        this.guard = new WireGuard(transport.config().limits(), transport.http2());
    }

    /** What the handlers are told of it; the same for all requests. */
    Connection identity() {
        Connection known = identity;
        if (known == null || isHttp2() && known.protocol() != HttpVersion.HTTP_2) {
            InetSocketAddress unknown = InetSocketAddress.createUnresolved("unknown", 0);
            known = new Connection(
                    known == null ? Connection.newId() : known.id(),
                    Objects.requireNonNullElse(getRemoteSocketAddress(), unknown),
                    Objects.requireNonNullElse(getLocalSocketAddress(), unknown),
                    null,
                    isHttp2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1);
            identity = known;
        }
        return known;
    }

    boolean isHttp2() {
        return guard.isHttp2();
    }

    long bytesOut() {
        return bytesOut;
    }

    @Override
    public void onOpen() {
        super.onOpen();
        if (surplus) {
            transport.config().listener().refused(null, Refusal.CONNECTIONS,
                    "more connections than limits.connections=" + transport.config().limits().connections());
            answerAndClose(new RefusedException(Refusal.CONNECTIONS, "too many connections: come back later"));
        } else {
            transport.opened(this);
        }
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        IOException gone = new IOException("the connection has ended", cause);
        exchanges.forEach(exchange -> exchange.closed(gone));
        if (!surplus) {
            transport.closed(this);
        }
    }

    /** Counts a request that Jetty hands over, and gives its raw target if it is neither in origin-form nor {@code *}. */
    @Nullable String arrived() {
        return guard.target(++arrived);
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
            shutdownOutput();
            close();
        } else if (isHttp2() && getConnection() instanceof HTTP2Connection connection) {
            Future<?> unused = connection.getSession().shutdown(); // its end is the connection's, which is waited for
        }
    }

    /** Cuts off all that is in hand. */
    void cut(IOException cause) {
        exchanges.forEach(exchange -> exchange.abort(cause));
        close(cause);
    }

    /** Ends the connection so that the peer sees a cut even in a body that ends with the connection. */
    void breakOff(Throwable cause) {
        try {
            getChannel().setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            // it is closed already
        } catch (UnsupportedOperationException e) {
            // a Unix-domain socket, which knows no reset
        }
        close(cause);
    }

    /** Resets one stream of an HTTP/2 connection. */
    void resetStream(String id) {
        if (getConnection() instanceof HTTP2Connection connection) {
            Stream stream = connection.getSession().getStream(Integer.parseInt(id));
            if (stream != null) {
                stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
            }
        }
    }

    /** Ends the connection after an answer that has left, whatever the peer still sends. */
    void hangUp() {
        shutdownOutput();
        try {
            ByteBuffer sink = ByteBuffer.allocate(16 * 1024);
            // A close with bytes unread would be a reset, which may overtake the answer.
            int reads = 0;
            while (reads < 16 && getChannel().read(sink.clear()) > 0) {
                reads++;
            }
        } catch (IOException e) {
            // it has ended in the other way
        }
        close();
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
        if (resumed && held == null && refused == null) {
            resumed = false;
            return 0;
        }
        if (guard.isOff() && held == null) {
            return super.fill(buffer);
        }
        if (refused != null) {
            return busy.get() == DEAD ? -1 : 0;
        }
        ByteBuffer back = held;
        int filled = back == null ? fillPlain(buffer) : putBack(back, buffer);
        if (filled < 0 && guard.inBody()) {
            refuse(new RefusedException(Refusal.TRUNCATED, "the body ended before its framing said so"), true);
            return 0;
        }
        return filled <= 0 ? filled : guard(buffer, filled);
    }

    /** As Jetty's own, but a reset is told from an end. */
    private int fillPlain(ByteBuffer buffer) {
        int at = BufferUtil.flipToFill(buffer);
        int filled = -1;
        try {
            filled = getChannel().read(buffer);
        } catch (IOException e) {
            guard.off();
            transport.execute(() -> {
                exchanges.forEach(exchange -> exchange.fail(e, true));
                close(e);
            });
        } finally {
            BufferUtil.flipToFlush(buffer, at);
        }
        if (filled < 0) {
            shutdownInput();
        }
        return filled;
    }

    private int guard(ByteBuffer buffer, int filled) {
        int to = buffer.limit();
        int from = to - filled;
        int passed;
        try {
            passed = guard.scan(buffer, from, to);
        } catch (RefusedException e) {
            buffer.limit(guard.safe());
            refuse(e, guard.refusedInBody());
            return guard.safe() > from ? guard.safe() - from : busy.get() == DEAD ? -1 : 0;
        }
        if (passed < to) {
            held = ByteBuffer.allocate(to - passed).put(buffer.duplicate().position(passed)).flip();
            buffer.limit(passed);
        }
        if (!guard.inHead()) {
            headSince = 0;
        } else if (headSince == 0) {
            headSince = System.nanoTime();
        }
        return passed - from;
    }

    private int putBack(ByteBuffer back, ByteBuffer buffer) {
        int at = BufferUtil.flipToFill(buffer);
        int size = Math.min(back.remaining(), buffer.remaining());
        buffer.put(back.slice(back.position(), size));
        back.position(back.position() + size);
        BufferUtil.flipToFlush(buffer, at);
        held = back.hasRemaining() ? back : null;
        return size;
    }

    private void refuse(RefusedException cause, boolean inBody) {
        refusedInBody = inBody;
        refused = cause;
        settle();
    }

    /** Does what a refusal asks for as soon as what came before it is done. */
    private void settle() {
        RefusedException cause = refused;
        if (cause == null || arrived != guard.heads()) {
            return;
        }
        if (refusedInBody) {
            exchanges.forEach(exchange -> exchange.refuse(cause));
        } else if (busy.compareAndSet(0, DEAD)) {
            tell(cause);
            answerAndClose(cause);
        }
    }

    private void tell(RefusedException cause) {
        transport.config().listener().refused(identity(), cause.refusal(), String.valueOf(cause.getMessage()));
    }

    /** Answers without Jetty, to a peer that has no request in hand, and closes. */
    private void answerAndClose(RefusedException cause) {
        int status = cause.refusal().status();
        byte[] text = (status + " " + cause.getMessage() + "\n").getBytes(US_ASCII);
        byte[] head = ResponseEncoder.encode(ResponseHead.of(status, "Content-Type", "text/plain;charset=utf-8"));
        ByteBuffer answer = ByteBuffer.allocate(ResponseEncoder.bound(head) + text.length);
        ResponseEncoder.put(answer, head, transport.dateLine(), text.length, false, Persistence.CLOSES);
        try {
            getChannel().write(answer.put(text).flip());
        } catch (IOException e) {
            // nobody is there to be told
        }
        hangUp();
    }

    /** The connection carries another protocol from now on: what was held back is its beginning. */
    ByteBuffer switchProtocol() {
        ByteBuffer back = held;
        held = null;
        guard.off();
        return back == null ? ByteBuffer.allocate(0) : back;
    }

    @Override
    protected void needsFillInterest() {
        if (refused != null) {
            return; // nothing more passes
        }
        if (held != null) {
            transport.execute(() -> getFillInterest().fillable());
        } else {
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
        long since = headSince;
        boolean waiting = first && !guard.isOff();
        if (since == 0 && !waiting) {
            if (busy.get() == 0 && now - idleSince > timeouts.idle().toNanos() && (isHttp2() || busy.compareAndSet(0, DEAD))) {
                tell(new RefusedException(Refusal.IDLE, "idle for longer than timeouts.idle=" + timeouts.idle()));
                close();
            }
        } else if (now - (waiting ? opened : Math.max(since, idleSince)) > timeouts.head().toNanos()
                && busy.compareAndSet(0, DEAD)) {
            RefusedException late = new RefusedException(
                    Refusal.HEAD_TIMEOUT, "the head took longer than timeouts.head=" + timeouts.head());
            tell(late);
            answerAndClose(late);
        }
    }
}
