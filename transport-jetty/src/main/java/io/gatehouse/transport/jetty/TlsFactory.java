/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.tls.ServerTls;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/** Makes Jetty's connections that speak TLS, with the engines that every transport has. */
final class TlsFactory extends SslConnectionFactory {

    /** Before the factory of a protocol. */
    TlsFactory(ServerTls tls, String next) {
        super(new Engines(tls), next);
        setEnsureSecureRequestCustomizer(false); // the engine above tells hosts apart
    }

    @Override
    protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
        return new TlsConnection(connector.getByteBufferPool(), connector.getExecutor(), getSslContextFactory(), endPoint, engine);
    }

    private static final class Engines extends SslContextFactory.Server {
        private final ServerTls tls;

        Engines(ServerTls tls) {
            this.tls = tls;
            setSslContext(tls.context());
            setRenegotiationAllowed(false);
        }

        @Override
        public SSLEngine newSSLEngine() {
            return tls.engine();
        }

        @Override
        public SSLEngine newSSLEngine(String host, int port) {
            return tls.engine();
        }

        @Override
        public SSLEngine newSSLEngine(@Nullable InetSocketAddress address) {
            return tls.engine();
        }
    }
}
