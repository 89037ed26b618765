/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * An origin that speaks WebSocket (RFC 6455) and nothing else: every message comes back, frame by frame. {@code /refused} gets 403, at {@code /gone} the
 * first message ends the connection.
 */
final class WebSocketEcho implements AutoCloseable {

    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    /** The heads of all handshakes. */
    final List<String> heads = new CopyOnWriteArrayList<>();
    /** Opens when a connection ends without a close frame. */
    final CountDownLatch lost = new CountDownLatch(1);

    WebSocketEcho() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        begin(this::accept);
    }

    String text() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private static void begin(Runnable task) {
        Thread thread = new Thread(task, "web-socket");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                begin(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket;
                DataInputStream in = new DataInputStream(socket.getInputStream());
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            socket.setTcpNoDelay(true);
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.readUnsignedByte());
            }
            heads.add(head.toString());
            if (head.indexOf("GET /refused ") == 0) {
                out.write(ascii("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno"));
                return;
            }
            out.write(ascii("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                    + accept(field(head.toString(), "Sec-WebSocket-Key")) + "\r\n\r\n"));
            echo(in, out, head.indexOf("GET /gone ") == 0);
        } catch (IOException e) {
            lost.countDown();
        }
    }

    private static void echo(DataInputStream in, DataOutputStream out, boolean leaves) throws IOException {
        int kind;
        do {
            int first = in.readUnsignedByte();
            kind = first & 15;
            byte[] data = payload(in);
            if (leaves) {
                return;
            }
            if (kind != PONG) {
                out.write(frame(first & 0x80 | (kind == PING ? PONG : kind), data));
                out.flush();
            }
        } while (kind != CLOSE);
    }

    /** What a client sends is masked (section 5.3). */
    private static byte[] payload(DataInputStream in) throws IOException {
        int second = in.readUnsignedByte();
        if (second < 128) {
            throw new IOException("a client's frame that is not masked");
        }
        long length = second & 127;
        length = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
        byte[] mask = in.readNBytes(4);
        byte[] data = in.readNBytes(Math.toIntExact(length));
        for (int i = 0; i < data.length; i++) {
            data[i] ^= mask[i % 4];
        }
        return data;
    }

    private static byte[] frame(int first, byte[] data) {
        int head = data.length < 126 ? 2 : data.length < 65_536 ? 4 : 10;
        byte[] frame = new byte[head + data.length];
        frame[0] = (byte) first;
        frame[1] = (byte) (head == 2 ? data.length : head == 4 ? 126 : 127);
        for (int i = 2; i < head; i++) {
            int shift = 8 * (head - 1 - i);
            frame[i] = shift > 24 ? 0 : (byte) (data.length >> shift);
        }
        System.arraycopy(data, 0, frame, head, data.length);
        return frame;
    }

    private static String field(String head, String name) {
        for (String line : head.split("\r\n", -1)) {
            if (line.regionMatches(true, 0, name + ":", 0, name.length() + 1)) {
                return line.substring(name.length() + 1).strip();
            }
        }
        return "";
    }

    private static String accept(String key) throws IOException {
        try {
            byte[] text = ascii(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IOException(e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
