/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The least that a server in Java can do: one thread, one selector, and for each empty line that comes in one canned
 * answer, all that are due in one write. It reads nothing, checks nothing and serves nobody; it is there to show what the
 * sockets alone cost, and behind those who forward, as the cheapest origin.
 */
final class BareLoop implements AutoCloseable {

    private static final int AT_ONCE = 64;
    private static final int END_OF_HEAD = 0x0D0A0D0A;

    private final Selector selector;
    private final List<ServerSocketChannel> listeners = new ArrayList<>();
    private final ByteBuffer in = ByteBuffer.allocateDirect(32 * 1024);
    private final ByteBuffer answers;
    private final int length;

    private BareLoop(byte[] body, @Nullable Path socket) throws IOException {
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + body.length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        length = head.length + body.length;
        answers = ByteBuffer.allocateDirect(AT_ONCE * length);
        while (answers.hasRemaining()) {
            answers.put(head).put(body);
        }
        selector = Selector.open();
        listen(ServerSocketChannel.open(), new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        if (socket != null) {
            Files.deleteIfExists(socket);
            listen(ServerSocketChannel.open(StandardProtocolFamily.UNIX), UnixDomainSocketAddress.of(socket));
        }
    }

    private void listen(ServerSocketChannel listener, SocketAddress address) throws IOException {
        listeners.add(listener);
        listener.bind(address, 2_048);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /**
     * Starts it, to answer everything with that body.
     *
     * @param socket where it listens too, besides a free TCP port; null for nowhere
     */
    static Contender.Running start(byte[] body, @Nullable Path socket) throws IOException {
        BareLoop loop = new BareLoop(body, socket);
        Thread thread = new Thread(loop::run, "bare-loop");
        thread.setDaemon(true);
        thread.start();
        return new Contender.Running(loop.listeners.get(0).socket().getLocalPort(), loop);
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(this::serve);
            }
        } catch (ClosedSelectorException e) {
            // that is its end
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void serve(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                SocketChannel accepted = ((ServerSocketChannel) key.channel()).accept();
                accepted.configureBlocking(false);
                if (accepted.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                    accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
                }
                accepted.register(selector, SelectionKey.OP_READ);
            } else {
                answer(key, (SocketChannel) key.channel());
            }
        } catch (IOException e) {
            lost(key); // the peer is gone, which ends its connection and not the loop
        }
    }

    private static void lost(SelectionKey key) {
        try {
            if (!key.isAcceptable()) {
                key.channel().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(SelectionKey key, SocketChannel channel) throws IOException {
        int read = channel.read(in.clear());
        if (read < 0) {
            key.cancel();
            channel.close();
            return;
        }
        int due = 0;
        for (int i = 3; i < read; i++) {
            if (in.getInt(i - 3) == END_OF_HEAD) {
                due++;
            }
        }
        ByteBuffer out = answers.duplicate().position(0).limit(due * length);
        while (out.hasRemaining()) {
            channel.write(out); // which waits for nobody: a client that does not read holds the loop
        }
    }

    @Override
    public void close() throws IOException {
        for (ServerSocketChannel listener : listeners) {
            listener.close();
        }
        selector.close();
    }
}
