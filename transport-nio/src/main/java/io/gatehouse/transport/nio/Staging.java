/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that came on a connection and are not used yet. Most of the time there are none: the loop reads into its own
 * buffer and the head is taken from there, and only what is left at the end of a turn, or belongs to a body, is kept
 * here, in a pooled buffer.
 *
 * <p>Belongs to whom the connection's input belongs to: see {@link Inbound}.
 */
final class Staging {

    private final Loop loop;
    private final Wire wire;
    private final BufferPool pool;
    // From position to limit.
    private @Nullable ByteBuffer staged;
    private volatile boolean ended;

    Staging(Loop loop, Wire wire) {
        this.loop = loop;
        this.wire = wire;
        this.pool = loop.context.pool;
    }

    /** What is staged, or null for nothing. */
    @Nullable ByteBuffer peek() {
        return staged;
    }

    /** Whether there is something. */
    boolean any() {
        return staged != null;
    }

    /** Whether no more can be put behind it without making it larger. */
    boolean full() {
        ByteBuffer buffer = staged;
        return buffer != null && buffer.position() == 0 && buffer.limit() == buffer.capacity();
    }

    /** Whether the peer has ended its direction. Any thread. */
    boolean ended() {
        return ended;
    }

    /** The peer has ended its direction. */
    void end() {
        ended = true;
    }

    /** Where the bytes at hand are: what is staged, else the loop's buffer. In the connection's turn. */
    ByteBuffer atHand() {
        ByteBuffer buffer = staged;
        return buffer == null ? loop.in : buffer;
    }

    /** Reads into the loop's buffer, or behind what is staged. */
    int fill() throws IOException {
        if (staged != null) {
            return readBehind();
        }
        int read;
        loop.in.clear();
        try {
            read = wire.read(loop.in);
        } finally {
            loop.in.flip();
        }
        ended |= read < 0;
        return read;
    }

    /** Reads behind what is staged. */
    int readBehind() throws IOException {
        ByteBuffer buffer = staged == null ? pool.take().limit(0) : staged;
        buffer.compact();
        if (!buffer.hasRemaining()) { // a line longer than the pool's buffers: limits.head allows it
            buffer = ByteBuffer.allocate(2 * buffer.capacity()).put(buffer.flip());
        }
        staged = buffer;
        int read;
        try {
            read = wire.read(buffer);
        } finally {
            buffer.flip();
        }
        if (read < 0) {
            ended = true;
        }
        releaseIfEmpty();
        return read;
    }

    /** Keeps what is left in the loop's buffer, which is empty then. In the connection's turn. */
    void keep() {
        ByteBuffer in = loop.in;
        if (in.hasRemaining()) {
            ByteBuffer buffer = pool.take();
            if (buffer.capacity() < in.remaining()) {
                pool.give(buffer);
                buffer = ByteBuffer.allocate(in.capacity());
            }
            staged = buffer.put(in).flip();
        }
        drop();
    }

    /** Empties the loop's buffer, which the next connection needs: nothing of this one may stay in it. */
    void endTurn(Phase phase) {
        if (phase == Phase.LINGERING || phase == Phase.CLOSED) {
            drop();
        } else {
            keep();
        }
        if (phase == Phase.WAITING || phase == Phase.HEAD) {
            releaseIfEmpty();
        }
    }

    /** Forgets what is left in the loop's buffer. In the connection's turn. */
    void drop() {
        loop.in.clear().limit(0);
    }

    /** Gives back the buffer if all its bytes are used. */
    void releaseIfEmpty() {
        ByteBuffer buffer = staged;
        if (buffer != null && !buffer.hasRemaining()) {
            release();
        }
    }

    /** Forgets what is staged. */
    void release() {
        ByteBuffer buffer = staged;
        if (buffer != null) {
            staged = null;
            pool.give(buffer);
        }
    }
}
