/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The listening socket that this process was given as its standard input: by systemd ({@code StandardInput=socket} in a unit with
 * a socket unit), by inetd in wait mode, or by any parent. Whoever gave it keeps it open and its queue with it, so that nobody is
 * refused while processes come and go, or several accept from it at once. Any thread.
 */
public final class InheritedSocket {

    private InheritedSocket() {}

    /**
     * The channel; always the same one. It is not to be closed: it is not this process' alone, and the JDK closes standard output with it.
     *
     * @throws IOException if there is none; the message says what to do
     */
    public static ServerSocketChannel channel(Endpoint.Inherited endpoint) throws IOException {
        return checked(endpoint, System.inheritedChannel());
    }

    static ServerSocketChannel checked(Endpoint.Inherited endpoint, @Nullable Channel inherited) throws IOException {
        if (inherited instanceof ServerSocketChannel channel && channel.isOpen()) {
            return channel;
        }
        throw new IOException("listen=" + endpoint + ": the standard input of this process is "
                + (inherited == null ? "no socket" : "no socket that listens")
                + ": have the one who starts it pass a listening socket there, with systemd by StandardInput=socket, or set listen to an address");
    }

    /** Where a channel listens, as an endpoint. */
    public static Endpoint bound(Endpoint.Inherited endpoint, ServerSocketChannel channel) throws IOException {
        SocketAddress local = channel.getLocalAddress();
        if (local instanceof UnixDomainSocketAddress unix) {
            return new Endpoint.Unix(unix.getPath());
        }
        InetSocketAddress inet = (InetSocketAddress) local;
        String host = inet.getAddress().isAnyLocalAddress() ? "*" : inet.getAddress().getHostAddress();
        return new Endpoint.Tcp(endpoint.scheme(), host.indexOf(':') < 0 ? host : '[' + host + ']', inet.getPort());
    }
}
