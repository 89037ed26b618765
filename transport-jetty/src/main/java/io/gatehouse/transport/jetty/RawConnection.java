/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/** What is left of an HTTP/1.1 connection after a 101: bytes, both ways, for the exchange that asked for it. */
final class RawConnection extends AbstractConnection implements Connection.UpgradeTo {
    private final JettyEndPoint endPoint;
    private final JettyExchange exchange;
    private ByteBuffer early = BufferUtil.EMPTY_BUFFER;
    private boolean ended;
    private final Callback readable = Callback.from(Invocable.InvocationType.NON_BLOCKING, this::onFillable, this::onFillInterestedFailed);

    RawConnection(JettyEndPoint endPoint, JettyExchange exchange, JettyTransport transport) {
        super(endPoint, transport::execute);
        this.endPoint = endPoint;
        this.exchange = exchange;
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
            return size;
        }
        int read = ended ? -1 : into.hasRemaining() ? endPoint.getChannel().read(into) : 0;
        ended = read < 0;
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
        endPoint.write(callback, bytes);
    }
}
