/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.InheritedSocket;
import io.gatehouse.transport.SocketFile;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;

/** One endpoint, open: a bound server socket, and what has to be cleared away with it. */
final class Listening {

    private static final System.Logger LOG = System.getLogger(Listening.class.getName());

    private final ServerSocketChannel channel;
    private final Endpoint bound;
    private final boolean lent;

    private Listening(ServerSocketChannel channel, Endpoint bound, boolean lent) {
        this.channel = channel;
        this.bound = bound;
        this.lent = lent;
    }

    /**
     * Binds.
     *
     * @throws IOException with a message that names the endpoint and what to change
     */
    static Listening open(Endpoint endpoint, int backlog, boolean reusePort) throws IOException {
        if (endpoint instanceof Endpoint.Unix unix) {
            return open(unix, backlog);
        }
        if (endpoint instanceof Endpoint.Inherited inherited) {
            ServerSocketChannel channel = InheritedSocket.channel(inherited);
            channel.configureBlocking(false);
            return new Listening(channel, InheritedSocket.bound(inherited, channel), true);
        }
        return open((Endpoint.Tcp) endpoint, backlog, reusePort);
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** The endpoint with its real port. */
    Endpoint bound() {
        return bound;
    }

    /** Closes, and removes the file of a Unix-domain socket; what was lent stays open for whoever lent it. */
    void close() {
        if (lent) {
            return;
        }
        try {
            channel.close();
            if (bound instanceof Endpoint.Unix unix) {
                Files.deleteIfExists(unix.path());
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "closing " + bound + " failed: " + e);
        }
    }

    private static Listening open(Endpoint.Tcp tcp, int backlog, boolean reusePort) throws IOException {
        String host = tcp.host().startsWith("[") ? tcp.host().substring(1, tcp.host().length() - 1) : tcp.host();
        InetSocketAddress address =
                host.equals("*") ? new InetSocketAddress(tcp.port()) : new InetSocketAddress(host, tcp.port());
        if (address.isUnresolved()) {
            throw new IOException(tcp + ": the host " + host
                    + " is unknown: set listen to an address of this machine, or to *");
        }
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (reusePort) {
                channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            channel.bind(address, backlog);
            channel.configureBlocking(false);
            int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            return new Listening(channel, new Endpoint.Tcp(tcp.scheme(), tcp.host(), port), false);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw new IOException(tcp + ": " + reason(tcp, e), e);
        }
    }

    private static String reason(Endpoint.Tcp tcp, Exception e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("Permission denied")) {
            return "port " + tcp.port() + " needs a privilege: set listen to a port from 1024 on";
        }
        if (message.contains("Cannot assign requested address")) {
            return "the host " + tcp.host() + " is no address of this machine: set listen to one that is, or to *";
        }
        if (e instanceof BindException) {
            return "port " + tcp.port() + " is in use: set listen to another";
        }
        return "can't be opened: " + message + "; set listen to another";
    }

    private static Listening open(Endpoint.Unix unix, int backlog) throws IOException {
        ServerSocketChannel channel = SocketFile.listen(unix.path(), backlog);
        try {
            channel.configureBlocking(false);
            return new Listening(channel, unix, false);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}
