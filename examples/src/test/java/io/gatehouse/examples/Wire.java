/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A client that sends bytes as they are written here and reads answers as they come. Blocking; used by one thread. */
final class Wire implements AutoCloseable {

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocate(64 * 1024).flip();

    private Wire(SocketChannel channel) {
        this.channel = channel;
    }

    static Wire tcp(URI server) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", server.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new Wire(channel);
    }

    static Wire unix(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        return new Wire(channel);
    }

    /** Sends a text in ISO 8859-1. */
    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        while (out.hasRemaining()) {
            channel.write(out);
        }
        return this;
    }

    /** Sends a GET with fields, each without its line's end. */
    Wire get(String target, String... fields) throws IOException {
        return request("GET", target, fields);
    }

    /** Sends a request without a body. */
    Wire request(String method, String target, String... fields) throws IOException {
        StringBuilder head = new StringBuilder(method + ' ' + target + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String field : fields) {
            head.append(field).append("\r\n");
        }
        return send(head.append("\r\n").toString());
    }

    /** Says that nothing more will be sent. */
    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** Closes as a process that dies does: with a reset. */
    void vanish() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    /** How many bytes the kernel may hold for this reader before the sender has to wait. */
    Wire receiveBuffer(int bytes) throws IOException {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, bytes);
        return this;
    }

    /** The next answer, to a request that wasn't HEAD. */
    Answer answer() throws IOException {
        return answer(false);
    }

    /**
     * The next answer.
     *
     * @param bodiless whether it answers HEAD
     */
    Answer answer(boolean bodiless) throws IOException {
        Answer head = head();
        if (bodiless || head.status() < 200 || head.status() == 204 || head.status() == 304) {
            return head;
        }
        if (head.has("Transfer-Encoding")) {
            return chunked(head);
        }
        String length = head.first("Content-Length");
        return head.withBody(length == null ? rest() : bytes(Integer.parseInt(length)));
    }

    /** The head of the next answer; its body is left to be read. */
    Answer head() throws IOException {
        String status = line();
        return new Answer(status, fields(), new byte[0], List.of());
    }

    /** Reads and drops body bytes; returns whether all of them were zero. */
    boolean zeros(long count) throws IOException {
        boolean zeros = true;
        for (long left = count; left > 0; ) {
            fill();
            int many = (int) Math.min(left, in.remaining());
            for (int i = 0; i < many; i++) {
                zeros &= in.get() == 0;
            }
            left -= many;
        }
        return zeros;
    }

    /** Whether the server has closed and sent nothing more. */
    boolean ended() throws IOException {
        return !in.hasRemaining() && !more();
    }

    private Answer chunked(Answer head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            body.write(bytes(size));
            if (!line().isEmpty()) {
                throw new IOException("a chunk is longer than its size says");
            }
        }
        return new Answer(head.statusLine(), head.fields(), body.toByteArray(), fields());
    }

    private List<String> fields() throws IOException {
        List<String> fields = new ArrayList<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            fields.add(line);
        }
        return fields;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            fill();
            char c = (char) (in.get() & 0xFF);
            if (c == '\n') {
                if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
                    throw new IOException("a line ends without CR: " + line);
                }
                line.setLength(line.length() - 1);
                return line.toString();
            }
            line.append(c);
        }
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count; ) {
            fill();
            int many = Math.min(count - at, in.remaining());
            in.get(bytes, at, many);
            at += many;
        }
        return bytes;
    }

    private byte[] rest() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (in.hasRemaining() || more()) {
            body.write(bytes(in.remaining()));
        }
        return body.toByteArray();
    }

    private void fill() throws IOException {
        if (!in.hasRemaining() && !more()) {
            throw new EOFException("the server closed in the middle of an answer");
        }
    }

    private boolean more() throws IOException {
        in.clear();
        int read;
        try {
            read = channel.read(in);
        } finally {
            in.flip();
        }
        return read > 0;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
