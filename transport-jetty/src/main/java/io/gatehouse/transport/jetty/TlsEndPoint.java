/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.jspecify.annotations.Nullable;

/** What is inside TLS, on its way to and from Jetty's HTTP connection: the guard looks at the same bytes as without TLS. */
final class TlsEndPoint extends SslConnection.SslEndPoint {
    private final JettyEndPoint network;
    private volatile @Nullable IOException forged;

    TlsEndPoint(SslConnection connection, JettyEndPoint network) {
        connection.super();
        this.network = network;
    }

    /** The end of the socket. */
    JettyEndPoint network() {
        return network;
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        return network.input().fill(buffer);
    }

    /** Fills a buffer with what TLS held. */
    int fillOpened(ByteBuffer buffer) {
        try {
            return super.fill(buffer);
        } catch (IOException e) {
            forged = e;
            if (network.isEstablished()) {
                network.broken(e);
            } else {
                network.tell(new RefusedException(Refusal.TLS, "the TLS handshake failed: " + e.getMessage()));
            }
            return -1;
        }
    }

    /** As a channel reads. An end of the socket without close_notify is a failure: what came may not be all. */
    int read(ByteBuffer into) throws IOException {
        ByteBuffer room = into.slice().limit(0);
        int filled = fillOpened(room);
        IOException cause = forged;
        if (cause != null) { // what broke ends the input too, and must not look like its orderly end
            throw new SSLException("what came was not what TLS would have sent", cause);
        }
        if (filled < 0 && !getSslConnection().getSSLEngine().isInboundDone()) {
            throw new SSLException("the connection ended without close_notify: it may have been cut off");
        }
        into.position(into.position() + Math.max(filled, 0));
        return filled;
    }

    @Override
    protected void needsFillInterest() {
        if (network.input().isWanted()) {
            super.needsFillInterest();
        }
    }
}
