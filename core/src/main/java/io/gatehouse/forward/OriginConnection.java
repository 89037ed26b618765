/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a target. On the loop's thread.
 *
 * <pre>
 *   CONNECTING ──stands──► IN USE ──answer whole──► IDLE ──next request──► IN USE
 *       │ next address        │ anything else         │ bytes, its end, its time
 *       └─────────────────────┴────────► CLOSED ◄─────┘
 * </pre>
 *
 * <p>It is in use while it has a passage. The bytes' way in and out is here and nowhere else, through TLS if the target wants it, whose handshake
 * is part of CONNECTING.
 */
final class OriginConnection {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ForwardLoop loop;
    private final ConnectionPool pool;
    private final Tally tally;
    private List<SocketAddress> addresses = List.of();
    private int next;
    private long begun;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable TlsLayer tls;
    private @Nullable TlsHandshake handshake;
    private boolean connecting = true;
    private boolean wantsWrite;
    private boolean reused;
    private @Nullable Passage user;
    private long idleSince;
    private long idleNanos;

    /** A connection that {@link #connect(List)} will open for its first user. */
    OriginConnection(ConnectionPool pool, Passage user) {
        this.loop = pool.loop();
        this.pool = pool;
        this.tally = pool.target().tally();
        this.user = user;
    }

    /** Begins to connect, to whichever address lets it; tells the user when it stands, perhaps at once. */
    void connect(List<SocketAddress> known) {
        addresses = known;
        begun = loop.now();
        if (user != null) { // it has not lost patience
            user.progress(); // the time for a connection is that for the addresses
            connectNext(null);
        }
    }

    /** An address that stays silent has its share of the time, and then gives way to the next one. */
    void tick(long now) {
        long share = pool.settings().timeouts().connect().toNanos() / Math.max(1, addresses.size());
        if (connecting && tls == null && channel != null && next < addresses.size() && now - begun >= share * next) {
            closeChannel();
            connectNext(null);
        }
    }

    private void connectNext(@Nullable IOException before) {
        IOException last = before;
        while (next < addresses.size()) {
            SocketAddress address = addresses.get(next++);
            try {
                begin(address);
                return;
            } catch (IOException | RuntimeException e) { // an address that can't be used, or no descriptor for it
                closeChannel();
                last = e instanceof IOException io ? io : new IOException(e.getMessage(), e);
            }
        }
        refused(last, last instanceof ConnectException || pool.target().parsed().socket() != null);
    }

    /** What it is used for; null while nobody uses it. */
    @Nullable Passage user() {
        return user;
    }

    ConnectionPool pool() {
        return pool;
    }

    /** Whether an earlier request went over it, so that the origin may have closed it by now. */
    boolean reused() {
        return reused;
    }

    /** Gives it to its next user. */
    void use(Passage passage) {
        user = passage;
        reused = true;
        wantRead(true);
    }

    /** Whether all that was written has left. */
    boolean isClean() {
        return !isUnsent();
    }

    /** Nobody uses it any more, and it may stay for some time. */
    void idle(long nanos) {
        user = null;
        idleSince = loop.now();
        idleNanos = nanos;
        TlsLayer layer = tls;
        if (layer != null) {
            layer.rest();
        }
        wantWrite(false);
        wantRead(true); // its end shows as readable
    }

    boolean idleIsOver(long now) {
        return user == null && now - idleSince >= idleNanos;
    }

    /** Whether an idle connection still stands, and is silent, by a look at the socket. */
    boolean isAlive() {
        try {
            return read(loop.probe()) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether it is this handshake that is waited for. */
    boolean isIn(TlsHandshake one) {
        return handshake == one;
    }

    /** Reads as {@link SocketChannel#read}. */
    int read(ByteBuffer into) throws IOException {
        SocketChannel open = channel;
        TlsLayer layer = tls;
        int count = open == null ? -1 : layer == null ? open.read(into) : layer.read(into);
        if (layer != null && layer.isUnsent()) {
            wantWrite(wantsWrite); // TLS had something to say itself
        }
        if (count > 0) {
            tally.add(Tally.RECEIVED, count);
        }
        return count;
    }

    /** Writes as {@link SocketChannel#write(ByteBuffer[])}: both or less. */
    long write(ByteBuffer first, @Nullable ByteBuffer second) throws IOException {
        long count = send(first, second);
        tally.add(Tally.SENT, count);
        return count;
    }

    private long send(ByteBuffer first, @Nullable ByteBuffer second) throws IOException {
        SocketChannel open = channel;
        if (open == null) {
            throw new IOException("the connection is closed");
        }
        TlsLayer layer = tls;
        if (layer != null) {
            long count = layer.write(first, second);
            wantWrite(wantsWrite); // for what was taken and could not be sent
            return count;
        }
        if (!first.hasRemaining()) {
            return open.write(second == null ? NOTHING : second);
        }
        return second == null ? open.write(first) : open.write(new ByteBuffer[] {first, second});
    }

    /** Watches for bytes or the end, or no longer. */
    void wantRead(boolean wanted) {
        change(SelectionKey.OP_READ, wanted);
    }

    /** Watches for room to write, or no longer. */
    void wantWrite(boolean wanted) {
        wantsWrite = wanted;
        change(SelectionKey.OP_WRITE, wanted || isUnsent());
    }

    /** The selector found it ready. */
    void ready(int operations) {
        Passage passage = user;
        TlsLayer layer = tls;
        TlsHandshake shaking = handshake;
        if (shaking != null) {
            shaking.goOn();
        } else if (connecting) {
            finishConnect();
        } else if (passage == null) {
            if (layer == null || !isAlive()) { // TLS has words of its own
                pool.discard(this); // it closed, or said something that nobody asked for
            }
        } else {
            if (layer != null && (operations & SelectionKey.OP_WRITE) != 0) {
                flush(layer, passage);
            }
            if (wantsWrite && (operations & SelectionKey.OP_WRITE) != 0) {
                passage.writable(this);
            }
            if ((operations & SelectionKey.OP_READ) != 0) {
                passage.readable(this);
            }
        }
    }

    /** Something was thrown while it was served: it ends, alone. */
    void broken(Throwable cause) {
        Passage passage = user;
        if (passage == null) {
            pool.discard(this);
        } else {
            passage.fail(cause);
        }
    }

    /** Sends no more, and says so; what comes can still be read. */
    void endOutput() throws IOException {
        SocketChannel open = channel;
        TlsLayer layer = tls;
        if (layer != null) {
            layer.closeOutput();
        }
        if (open != null && !isUnsent()) {
            open.shutdownOutput();
        }
    }

    /** Closes the socket; idempotent. */
    void close() {
        user = null;
        closeChannel();
    }

    private void begin(SocketAddress address) throws IOException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        SocketChannel opened = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        channel = opened;
        opened.configureBlocking(false);
        if (!unix) {
            opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        if (opened.connect(address)) {
            key = opened.register(loop.selector(), SelectionKey.OP_READ, this);
            stands();
        } else {
            key = opened.register(loop.selector(), SelectionKey.OP_CONNECT, this);
        }
    }

    private void finishConnect() {
        SocketChannel open = channel;
        SelectionKey own = key;
        if (open == null || own == null) {
            return;
        }
        try {
            if (!open.finishConnect()) {
                return;
            }
        } catch (IOException e) {
            closeChannel();
            connectNext(e);
            return;
        }
        own.interestOps(SelectionKey.OP_READ);
        stands();
    }

    private void stands() {
        tally.count(Tally.CONNECTS);
        SocketChannel open = channel;
        Origin origin = pool.target().parsed();
        if (!origin.tls() || open == null) {
            standsSafely();
            return;
        }
        try {
            TlsLayer layer = new TlsLayer(TlsLayer.engine(pool.settings().tlsContext(), origin.host(), origin.port()), open);
            TlsHandshake begun = new TlsHandshake(loop, this, layer);
            tls = layer;
            handshake = begun;
            begun.begin();
        } catch (IOException | RuntimeException e) {
            refused(new IOException("TLS can't begin: " + e.getMessage(), e), false);
        }
    }

    /** The handshake goes on when the socket lets it, or when the thread is back that works for it. */
    void awaitHandshake(TlsLayer.Step step) {
        change(SelectionKey.OP_WRITE, step == TlsLayer.Step.WRITE);
        change(SelectionKey.OP_READ, step == TlsLayer.Step.READ);
    }

    /** It is made. */
    void handshakeIsDone() {
        handshake = null;
        change(SelectionKey.OP_WRITE, false);
        change(SelectionKey.OP_READ, true);
        standsSafely();
    }

    private void flush(TlsLayer layer, Passage passage) {
        try {
            layer.flush();
            wantWrite(wantsWrite);
        } catch (IOException e) {
            passage.unwritable(e);
        }
    }

    private boolean isUnsent() {
        TlsLayer layer = tls;
        return layer != null && layer.isUnsent();
    }

    private void standsSafely() {
        connecting = false;
        Passage passage = user;
        String objection = objection();
        if (passage != null && objection != null) {
            passage.distrusts(objection);
        } else if (passage != null) {
            passage.connected(this);
        }
    }

    /** What speaks against who is on the other side; null if nothing does. */
    private @Nullable String objection() {
        String own = pool.target().options().peer();
        String peer = own == null ? pool.settings().peer() : own;
        SocketChannel open = channel;
        return peer == null || open == null ? null : PeerCheck.objection(open, peer);
    }

    /**
     * It can't be made.
     *
     * @param nobody whether that is because nobody listens
     */
    void refused(@Nullable IOException cause, boolean nobody) {
        Passage passage = user;
        if (passage != null) {
            passage.unreachable(cause, nobody);
        }
    }

    private void closeChannel() {
        SocketChannel open = channel;
        TlsLayer layer = tls;
        channel = null;
        key = null;
        tls = null;
        handshake = null;
        if (open != null) {
            try {
                if (layer != null && !connecting) {
                    layer.closeOutput();
                }
            } catch (IOException e) {
                // It was to be polite only.
            }
            try {
                open.close();
            } catch (IOException e) {
                // There is nothing to be done about it, and nobody whom it concerns.
            }
        }
    }

    // A change costs a system call at the next select, so one that changes nothing is not made.
    private void change(int operation, boolean wanted) {
        SelectionKey own = key;
        if (own != null && own.isValid()) {
            int before = own.interestOps();
            int after = wanted ? before | operation : before & ~operation;
            if (after != before) {
                own.interestOps(after);
            }
        }
    }
}
