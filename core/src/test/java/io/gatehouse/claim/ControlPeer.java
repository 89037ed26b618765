/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** One end of a control connection, as a test plays it: blocking, and byte by byte. */
final class ControlPeer implements AutoCloseable {

    private final SocketChannel channel;
    private final ByteBuffer one = ByteBuffer.allocate(1);

    ControlPeer(SocketChannel channel) {
        this.channel = channel;
    }

    /** A claimant that has read its greeting. */
    static ControlPeer greeted(Path control) throws IOException {
        ControlPeer peer = connect(control);
        String greeting = peer.line();
        if (!greeting.startsWith("gatehouse claims=1 user=")) {
            throw new IOException("a greeting was expected: " + greeting);
        }
        return peer;
    }

    static ControlPeer connect(Path control) throws IOException {
        return new ControlPeer(SocketChannel.open(UnixDomainSocketAddress.of(control)));
    }

    /** Somebody who listens there, as a claimant's program or as a gatehouse. */
    static ServerSocketChannel listen(Path path) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
    }

    ControlPeer send(String... lines) throws IOException {
        return raw(String.join("\n", lines) + "\n");
    }

    ControlPeer raw(String text) throws IOException {
        for (ByteBuffer out = StandardCharsets.UTF_8.encode(text); out.hasRemaining(); ) {
            channel.write(out);
        }
        return this;
    }

    /** The next line; pings are answered and passed over. */
    String line() throws IOException {
        while (true) {
            String line = anyLine();
            if (!line.startsWith("ping ")) {
                return line;
            }
            send("pong" + line.substring(4));
        }
    }

    /** The next line, be it a ping. */
    String anyLine() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (channel.read(one.clear()) < 0) {
                throw new EOFException("closed after '" + line + "'");
            }
            if (one.get(0) == '\n') {
                return line.toString();
            }
            line.append((char) (one.get(0) & 0xFF));
        }
    }

    /** The answer to a line. */
    String ask(String line) throws IOException {
        return send(line).line();
    }

    /** Whether the other side has closed, once it has. */
    boolean ended() throws IOException {
        return channel.read(one.clear()) < 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
