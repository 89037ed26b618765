/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import io.gatehouse.claim.ClaimFailure.Code;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries lines, for either end of it. One thread, its owner, waits for lines and writes; any thread may
 * {@link #send} and {@link #close}. Nobody waits for a peer that does not read: what it leaves lying is bounded, and more breaks
 * the connection.
 */
final class LineChannel implements AutoCloseable {

    private static final int MAX_WAITING_BYTES = 4 << 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocate(Line.LIMIT);
    private final Queue<ByteBuffer> out = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /** Takes a connected channel over, which is closed with this, or here if it fails. */
    LineChannel(SocketChannel channel) throws IOException {
        this.channel = channel;
        Selector opened = null;
        try {
            channel.configureBlocking(false);
            opened = Selector.open();
            this.key = channel.register(opened, SelectionKey.OP_READ);
            this.selector = opened;
        } catch (IOException | RuntimeException e) {
            channel.close();
            if (opened != null) {
                opened.close();
            }
            throw e;
        }
    }

    SocketChannel channel() {
        return channel;
    }

    /** Has the owner write a line. */
    void send(String line) {
        byte[] bytes = (line + '\n').getBytes(StandardCharsets.UTF_8);
        waiting.addAndGet(bytes.length);
        out.add(ByteBuffer.wrap(bytes));
        selector.wakeup();
    }

    /** Ends the owner's waiting now, or its next one. */
    void wakeup() {
        selector.wakeup();
    }

    /**
     * Waits for the next line; called by the owner.
     *
     * @param nanos how long at most
     * @return null if none came in that time, or somebody woke the owner
     * @throws EOFException if the peer has ended
     * @throws ClosedChannelException if this was closed
     * @throws ClaimFailure if what came can't become a line: the bytes behind it mean nothing then
     */
    @Nullable String next(long nanos) throws IOException, ClaimFailure {
        String ready = take();
        if (ready != null) {
            return ready;
        }
        flush();
        try {
            if (nanos > 0) {
                selector.select(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
            } else {
                selector.selectNow();
            }
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            throw closed();
        }
        flush();
        if (channel.read(in) < 0) {
            throw new EOFException("the peer has closed the connection");
        }
        return take();
    }

    /** Writes what the peer takes now. */
    void flush() throws IOException {
        for (ByteBuffer head = out.peek(); head != null; head = out.peek()) {
            waiting.addAndGet(-channel.write(head));
            if (head.hasRemaining()) {
                break;
            }
            out.remove();
        }
        if (waiting.get() > MAX_WAITING_BYTES) {
            throw new IOException("the peer reads nothing of what it is told");
        }
        try {
            key.interestOps(out.isEmpty() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        } catch (CancelledKeyException e) {
            throw closed();
        }
    }

    private static ClosedChannelException closed() {
        return new ClosedChannelException();
    }

    /** Ends both sides; the owner's wait fails. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            selector.close();
        }
    }

    private @Nullable String take() throws ClaimFailure {
        for (int i = 0; i < in.position(); i++) {
            if (in.get(i) == '\n') {
                ByteBuffer line = in.duplicate().position(0).limit(i);
                String text;
                try {
                    text = StandardCharsets.UTF_8.newDecoder().decode(line).toString();
                } catch (CharacterCodingException e) {
                    throw new ClaimFailure(Code.MALFORMED, "the line is not UTF-8: write it so");
                }
                in.flip().position(i + 1);
                in.compact();
                return text;
            }
        }
        if (!in.hasRemaining()) {
            throw new ClaimFailure(Code.MALFORMED, "the line is longer than " + Line.LIMIT + " bytes: write a shorter one");
        }
        return null;
    }
}
