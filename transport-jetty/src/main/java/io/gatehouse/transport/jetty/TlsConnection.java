/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Jetty's TLS over an end point of ours, with one of ours inside. */
final class TlsConnection extends SslConnection {

    TlsConnection(ByteBufferPool pool, Executor executor, SslContextFactory factory, EndPoint endPoint, SSLEngine engine) {
        super(pool, executor, factory, endPoint, engine);
        JettyEndPoint network = (JettyEndPoint) endPoint;
        addHandshakeListener(new SslHandshakeListener() {
            @Override
            public void handshakeSucceeded(Event event) {
                network.established(event.getSSLEngine().getSession());
            }
        });
    }

    @Override
    protected SslEndPoint newSslEndPoint() {
        JettyEndPoint network = (JettyEndPoint) getEndPoint();
        TlsEndPoint opened = new TlsEndPoint(this, network);
        network.sealed(opened);
        return opened;
    }
}
