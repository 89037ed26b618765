/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.transport.Endpoint;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** One endpoint's connector: one thread that accepts, and end points of our own. */
final class JettyConnector extends ServerConnector {
    private static final long BACK_OFF_NANOS = 100_000_000;

    private final JettyTransport transport;
    private final Endpoint endpoint;

    JettyConnector(JettyTransport transport, Endpoint endpoint, Server server, int selectors, ConnectionFactory... factories) {
        super(server, Resumption.before(server.getThreadPool()), null, null, 1, selectors, factories);
        this.transport = transport;
        this.endpoint = endpoint;
        setIdleTimeout(0); // Jetty's idle time would also run while a handler thinks: see JettyEndPoint.tick
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        SocketChannelEndPoint endPoint = new JettyEndPoint(transport, channel, selector, key, transport.isFull());
        endPoint.setIdleTimeout(getIdleTimeout());
        return endPoint;
    }

    @Override
    protected boolean handleAcceptFailure(Throwable cause) {
        if (!isRunning() || transport.stopping()) {
            return false;
        }
        transport.config().listener().acceptFailed(endpoint, cause);
        LockSupport.parkNanos(BACK_OFF_NANOS); // the accepting thread alone waits
        return true;
    }
}
