/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/**
 * An origin of long bodies, whose every byte is the low byte of its index. It serves one connection, and counts what it could send and what it has read.
 * {@code /length} is sent with its length, {@code /chunks} in chunks; what is posted is answered with its length and sum.
 */
final class BulkOrigin implements AutoCloseable {

    private static final int PART = 256 * 1024;
    /** As long as it takes to be sure that nothing moves. */
    private static final long STILL_MILLIS = 1_500;

    private final ServerSocketChannel server;
    private final long bytes;
    private final Thread thread;
    final AtomicLong sent = new AtomicLong();
    final AtomicLong received = new AtomicLong();
    /** Opens when the origin finds that nobody takes more. */
    final CountDownLatch held = new CountDownLatch(1);
    /** What the origin waits for before it reads a body. */
    final CountDownLatch read = new CountDownLatch(1);

    /** @param bytes of the body that it sends */
    BulkOrigin(long bytes) throws IOException {
        this.bytes = bytes;
        server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        thread = new Thread(this::run, "bulk");
        thread.setDaemon(true);
        thread.start();
    }

    String text() throws IOException {
        return "http://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    /** So many bytes of the endless body, from a multiple of 256 on. */
    static ByteBuffer pattern(int count) {
        ByteBuffer part = ByteBuffer.allocate(count);
        while (part.hasRemaining()) {
            part.put((byte) part.position());
        }
        return part.flip();
    }

    /** CRC-32 of the first so many bytes of the endless body. */
    static long sum(long count) {
        CRC32 sum = new CRC32();
        byte[] part = pattern(PART).array();
        for (long left = count; left > 0; left -= PART) {
            sum.update(part, 0, (int) Math.min(PART, left));
        }
        return sum.getValue();
    }

    private void run() {
        try (SocketChannel channel = server.accept(); Selector selector = Selector.open()) {
            StringBuilder head = new StringBuilder();
            ByteBuffer one = ByteBuffer.allocate(1);
            while (head.indexOf("\r\n\r\n") < 0 && channel.read(one.clear()) > 0) {
                head.append((char) one.get(0));
            }
            if (head.indexOf("GET") == 0) {
                channel.configureBlocking(false);
                SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
                send(channel, selector, head.indexOf("/chunks") > 0);
                key.interestOps(SelectionKey.OP_READ);
                selector.selectedKeys().clear();
                selector.select(); // the end comes from the other side
            } else {
                int at = head.indexOf("Content-Length: ") + 16;
                read.await();
                if (at < 16) {
                    receiveChunks(channel);
                } else {
                    receive(channel, Long.parseLong(head.substring(at, head.indexOf("\r\n", at))));
                }
                channel.read(one.clear());
            }
        } catch (IOException | InterruptedException e) {
            // the test sees it at the other side
        }
    }

    private void send(SocketChannel channel, Selector selector, boolean chunked) throws IOException {
        String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + bytes;
        write(channel, selector, ascii("HTTP/1.1 200 OK\r\n" + framing + "\r\n\r\n"));
        ByteBuffer part = ByteBuffer.allocateDirect(PART).put(pattern(PART)).flip();
        for (long left = bytes; left > 0; left -= PART) {
            ByteBuffer next = part.duplicate().limit((int) Math.min(PART, left));
            if (chunked) {
                write(channel, selector, ascii(Integer.toHexString(next.remaining()) + "\r\n"));
            }
            write(channel, selector, next);
            if (chunked) {
                write(channel, selector, ascii("\r\n"));
            }
        }
        if (chunked) {
            write(channel, selector, ascii("0\r\n\r\n"));
        }
    }

    private void write(SocketChannel channel, Selector selector, ByteBuffer data) throws IOException {
        while (data.hasRemaining()) {
            int written = channel.write(data);
            sent.addAndGet(written);
            if (written == 0) {
                selector.selectedKeys().clear();
                if (selector.select(held.getCount() == 0 ? 0 : STILL_MILLIS) == 0) {
                    held.countDown();
                }
            }
        }
    }

    private void receive(SocketChannel channel, long length) throws IOException {
        CRC32 sum = new CRC32();
        ByteBuffer part = ByteBuffer.allocateDirect(PART);
        for (long left = length; left > 0; ) {
            int count = channel.read(part.clear().limit((int) Math.min(PART, left)));
            if (count < 0) {
                throw new EOFException();
            }
            sum.update(part.flip());
            left -= count;
            received.addAndGet(count);
        }
        answer(channel, length, sum);
    }

    private void receiveChunks(SocketChannel channel) throws IOException {
        CRC32 sum = new CRC32();
        BufferedInputStream in = new BufferedInputStream(Channels.newInputStream(channel), PART);
        long length = 0;
        for (int size = chunk(in); size > 0; size = chunk(in)) {
            byte[] data = in.readNBytes(size);
            if (data.length < size || in.read() != '\r' || in.read() != '\n') {
                throw new EOFException();
            }
            sum.update(data);
            length += size;
            received.addAndGet(size);
        }
        if (in.read() != '\r' || in.read() != '\n') {
            throw new IOException("the last chunk is not the end");
        }
        answer(channel, length, sum);
    }

    private static int chunk(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            line.append((char) c);
        }
        return Integer.parseInt(line.toString().strip(), 16);
    }

    private static void answer(SocketChannel channel, long length, CRC32 sum) throws IOException {
        String text = length + " " + sum.getValue();
        channel.write(ascii("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text));
    }

    /** Waits until the other side has ended the connection. */
    void awaitEnd() throws InterruptedException {
        thread.join(60_000);
        if (thread.isAlive()) {
            throw new AssertionError("the connection is still there, " + sent + " bytes sent");
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        read.countDown();
        server.close();
        thread.join(30_000);
    }
}
