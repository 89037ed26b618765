/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** A peer on a socket: TCP on the loopback, or Unix-domain. */
public final class SocketPeer implements Peer {
    private static final long TAKEN_NOTHING_MILLIS = 400;

    private final SocketChannel channel;
    private final Selector sending;
    private final Selector receiving;

    private SocketPeer(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        sending = Selector.open();
        channel.register(sending, SelectionKey.OP_WRITE);
        receiving = Selector.open();
        channel.register(receiving, SelectionKey.OP_READ);
    }

    /** Connects to an endpoint as the transport bound it. */
    public static SocketPeer connect(Endpoint endpoint) throws IOException {
        SocketChannel channel;
        if (endpoint instanceof Endpoint.Tcp tcp) {
            String host = tcp.host().equals("*") ? "localhost" : tcp.host();
            SocketAddress address = new InetSocketAddress(host, tcp.port());
            channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(address, HANG_SECONDS * 1000);
        } else {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(((Endpoint.Unix) endpoint).path()));
        }
        return new SocketPeer(channel);
    }

    @Override
    public void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(sending, HANG_SECONDS * 1000L);
            }
        }
    }

    @Override
    public int offer(ByteBuffer bytes) throws IOException {
        int taken = channel.write(bytes);
        if (taken == 0) {
            sending.selectedKeys().clear();
            sending.select(TAKEN_NOTHING_MILLIS);
            taken = channel.write(bytes);
        }
        return taken;
    }

    @Override
    public int receive(ByteBuffer into) throws IOException {
        int received = channel.read(into);
        while (received == 0) {
            await(receiving, HANG_SECONDS * 1000L);
            received = channel.read(into);
        }
        return received;
    }

    @Override
    public void finish() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void reset() throws IOException {
        if (channel.getRemoteAddress() instanceof InetSocketAddress) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        close();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        sending.close();
        receiving.close();
    }

    private static void await(Selector selector, long millis) throws IOException {
        selector.selectedKeys().clear();
        if (selector.select(millis) == 0) {
            throw new SocketTimeoutException("nothing moved for " + millis + " ms");
        }
    }
}
