/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.transport.Endpoint;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/** One endpoint's connector: one thread that accepts, and end points of our own. */
final class JettyConnector extends ServerConnector {
    private static final long BACK_OFF_NANOS = 100_000_000;

    private static final System.Logger LOG = System.getLogger(JettyConnector.class.getName());

    private final JettyTransport transport;
    private final Endpoint endpoint;
    private volatile @Nullable ServerSocketChannel unix;

    JettyConnector(JettyTransport transport, Endpoint endpoint, Server server, int selectors, ConnectionFactory... factories) {
        super(server, Resumption.before(server.getThreadPool()), null, null, 1, selectors, factories);
        this.transport = transport;
        this.endpoint = endpoint;
        setIdleTimeout(0); // Jetty's idle time would also run while a handler thinks: see JettyEndPoint.tick
    }

    /** Takes over a channel that is bound already: Jetty's own way asks it for its port, which a Unix-domain one has not. */
    @Override
    public void open(ServerSocketChannel channel) throws IOException {
        if (endpoint instanceof Endpoint.Unix) {
            channel.configureBlocking(true);
            unix = channel;
        } else {
            super.open(channel);
        }
    }

    @Override
    public void open() throws IOException {
        if (unix == null) {
            super.open();
        }
    }

    @Override
    public boolean isOpen() {
        ServerSocketChannel channel = unix;
        return channel == null ? super.isOpen() : channel.isOpen();
    }

    @Override
    public void accept(int acceptor) throws IOException {
        ServerSocketChannel channel = unix;
        if (channel == null) {
            super.accept(acceptor);
        } else if (channel.isOpen()) {
            SocketChannel accepted = channel.accept();
            accepted.configureBlocking(false);
            getSelectorManager().accept(accepted);
        }
    }

    @Override
    public void close() {
        super.close();
        ServerSocketChannel channel = unix;
        if (channel == null || !channel.isOpen()) {
            return;
        }
        try {
            channel.close();
            if (endpoint instanceof Endpoint.Unix file) {
                Files.deleteIfExists(file.path());
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing " + endpoint + " failed: " + e);
        }
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key) {
        SocketChannelEndPoint endPoint = new JettyEndPoint(transport, channel, selector, key, endpoint.secure(), transport.isFull());
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
