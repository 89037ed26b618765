/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The least that a server in Java can do: one thread, one selector, and for each empty line that comes in one canned
 * answer, all that are due in one write. It reads nothing, checks nothing and serves nobody; it is there to show what the
 * sockets alone cost.
 */
final class BareLoop implements AutoCloseable {

    private static final int AT_ONCE = 64;
    private static final int END_OF_HEAD = 0x0D0A0D0A;

    private final Selector selector;
    private final ServerSocketChannel listener;
    private final ByteBuffer in = ByteBuffer.allocateDirect(32 * 1024);
    private final ByteBuffer answers;
    private final int length;

    private BareLoop(byte[] body) throws IOException {
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " + body.length
                        + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        length = head.length + body.length;
        answers = ByteBuffer.allocateDirect(AT_ONCE * length);
        while (answers.hasRemaining()) {
            answers.put(head).put(body);
        }
        selector = Selector.open();
        listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2_048);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Starts it, to answer everything with that body. */
    static Contender.Running start(byte[] body) throws IOException {
        BareLoop loop = new BareLoop(body);
        Thread thread = new Thread(loop::run, "bare-loop");
        thread.setDaemon(true);
        thread.start();
        return new Contender.Running(loop.listener.socket().getLocalPort(), loop);
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
                SocketChannel accepted = listener.accept();
                accepted.configureBlocking(false);
                accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
                accepted.register(selector, SelectionKey.OP_READ);
            } else {
                answer(key, (SocketChannel) key.channel());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(SelectionKey key, SocketChannel channel) throws IOException {
        int read;
        try {
            read = channel.read(in.clear());
        } catch (IOException e) {
            read = -1; // a reset
        }
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
        listener.close();
        selector.close();
    }
}
