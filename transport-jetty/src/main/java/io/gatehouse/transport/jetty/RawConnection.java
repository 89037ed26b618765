/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/** What is left of an HTTP/1.1 connection after a 101: bytes, both ways, for the exchange that asked for it. */
final class RawConnection extends AbstractConnection implements Connection.UpgradeTo {
    private final JettyEndPoint endPoint;
    private final JettyExchange exchange;
    private ByteBuffer early = BufferUtil.EMPTY_BUFFER;
    private boolean ended;
    private volatile boolean writing;
    private volatile long moved = System.nanoTime();
    private volatile long silenceNanos;
    private final Callback readable = Callback.from(Invocable.InvocationType.NON_BLOCKING, this::onFillable, this::onFillInterestedFailed);

    RawConnection(JettyEndPoint endPoint, JettyExchange exchange, JettyTransport transport) {
        super(endPoint.outer(), transport::execute);
        this.endPoint = endPoint;
        this.exchange = exchange;
        this.silenceNanos = transport.config().timeouts().idle().toNanos();
    }

    /** Sets how long nothing may pass either way. */
    void silence(long nanos) {
        silenceNanos = nanos;
    }

    /** What Jetty had read beyond the head comes before what the end point held back. */
    @Override
    public void onUpgradeTo(ByteBuffer buffer) {
        early = BufferUtil.copy(buffer);
    }

    @Override
    public void onOpen() {
        super.onOpen();
        ByteBuffer held = endPoint.switchProtocol();
        ByteBuffer both = ByteBuffer.allocate(BufferUtil.length(early) + held.remaining());
        if (BufferUtil.hasContent(early)) {
            both.put(early);
        }
        early = both.put(held).flip();
        exchange.switched();
    }

    int read(ByteBuffer into) throws IOException {
        if (early.hasRemaining()) {
            int size = Math.min(early.remaining(), into.remaining());
            into.put(early.slice(early.position(), size));
            early.position(early.position() + size);
            moved = System.nanoTime();
            return size;
        }
        int read = ended ? -1 : into.hasRemaining() ? endPoint.read(into) : 0;
        ended = read < 0;
        if (read != 0) {
            moved = System.nanoTime();
        }
        return read;
    }

    /** Asks for {@link JettyExchange#readable}; false if a read is worth trying at once. */
    boolean demand() {
        if (ended || early.hasRemaining()) {
            return false;
        }
        fillInterested(readable);
        return true;
    }

    @Override
    public void onFillable() {
        exchange.readable();
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        exchange.fail(cause, true);
    }

    void write(ByteBuffer bytes, Callback callback) {
        writing = true;
        getEndPoint().write(Callback.from(() -> {
            writing = false;
            moved = System.nanoTime();
        }, callback), bytes);
    }

    /**
     * Looks at the clock. It is silent while the peer's bytes are waited for and none pass either way; also when this side has ended,
     * and nobody reads what the other still may send. While a write waits, its own window counts.
     *
     * @param demanded whether the peer's bytes are waited for
     * @return why it has been silent for too long; null if it has not
     */
    @Nullable RefusedException silent(long now, boolean demanded) {
        if (writing || !demanded && !getEndPoint().isOutputShutdown()) {
            moved = now;
            return null;
        }
        return now - moved <= silenceNanos ? null : new RefusedException(
                Refusal.IDLE, "no byte after the switch of protocols within " + Duration.ofNanos(silenceNanos)
                        + ", which is timeouts.idle unless its owner said otherwise");
    }
}
