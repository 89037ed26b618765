/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Many clients that keep their connections and ask for one thing again and again, all at once; driven by one thread.
 */
final class Crowd implements AutoCloseable {

    private final Selector selector;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final byte[] request;
    private final String body;

    private Crowd(Selector selector, String target, String body) {
        this.selector = selector;
        this.request = ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        this.body = body;
    }

    /**
     * Connects a crowd.
     *
     * @param body what each answer must hold
     */
    static Crowd of(URI server, int clients, String target, String body) throws IOException {
        Crowd crowd = new Crowd(Selector.open(), target, body);
        try {
            for (int i = 0; i < clients; i++) {
                SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", server.getPort()));
                crowd.channels.add(channel);
                channel.configureBlocking(false);
                channel.register(crowd.selector, SelectionKey.OP_READ, new StringBuilder());
            }
        } catch (IOException e) {
            crowd.close();
            throw new IOException(
                    "client " + crowd.channels.size() + " of " + clients + " can't connect; raise the limit of open"
                            + " files (ulimit -n) to 8192 or more",
                    e);
        }
        return crowd;
    }

    /** Has every client ask that many times, each time once all have their answers; fails at the first wrong answer. */
    void run(int rounds) throws IOException {
        for (int round = 0; round < rounds; round++) {
            for (SocketChannel channel : channels) {
                // A request fits into an idle socket's buffer whole.
                if (channel.write(ByteBuffer.wrap(request)) != request.length) {
                    throw new IOException("a request was not taken whole");
                }
            }
            ByteBuffer in = ByteBuffer.allocate(8 * 1024);
            for (int answered = 0; answered < channels.size(); ) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    answered += read(key, in) ? 1 : 0;
                }
                selector.selectedKeys().clear();
            }
        }
    }

    /** Returns whether an answer is whole. */
    private boolean read(SelectionKey key, ByteBuffer in) throws IOException {
        in.clear();
        StringBuilder answer = (StringBuilder) key.attachment();
        if (((SocketChannel) key.channel()).read(in) < 0) {
            throw new IOException("the server closed a kept connection after: " + answer);
        }
        answer.append(StandardCharsets.ISO_8859_1.decode(in.flip()));
        int end = answer.indexOf("\r\n\r\n");
        if (end < 0 || answer.length() < end + 4 + body.length()) {
            return false;
        }
        if (!answer.toString().startsWith("HTTP/1.1 200 ") || !answer.substring(end + 4).equals(body)) {
            throw new IOException("a wrong answer: " + answer);
        }
        answer.setLength(0);
        return true;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
        selector.close();
    }
}
