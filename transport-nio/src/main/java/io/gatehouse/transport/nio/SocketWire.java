/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/**
 * The way of a connection's bytes in and out, without blocking; the only place that touches the socket. One thread at a
 * time reads, one at a time writes.
 */
final class Wire {

    // The JDK copies heap buffers through a direct one of the same size, and keeps that: so none may be large.
    private static final int MAX_HEAP = 128 * 1024;

    private final SocketChannel channel;

    Wire(SocketChannel channel) {
        this.channel = channel;
    }

    SocketChannel channel() {
        return channel;
    }

    /** Reads what is there: 0 if nothing is, -1 if the peer has ended its direction. */
    int read(ByteBuffer into) throws IOException {
        if (into.isDirect() || into.remaining() <= MAX_HEAP) {
            return channel.read(into);
        }
        int limit = into.limit();
        into.limit(into.position() + MAX_HEAP);
        try {
            return channel.read(into);
        } finally {
            into.limit(limit);
        }
    }

    /** Writes as much as the socket takes; returns whether that was all. */
    boolean write(ByteBuffer from) throws IOException {
        int limit = from.limit();
        while (from.hasRemaining()) {
            int wanted = from.isDirect() ? from.remaining() : Math.min(from.remaining(), MAX_HEAP);
            from.limit(from.position() + wanted);
            int written;
            try {
                written = channel.write(from);
            } finally {
                from.limit(limit);
            }
            if (written < wanted) {
                return false;
            }
        }
        return true;
    }

    /** Writes as much of all parts, in turn, as the socket takes; returns whether that was all. */
    boolean write(ByteBuffer[] parts) throws IOException {
        long heap = 0;
        for (ByteBuffer part : parts) {
            heap += part.isDirect() ? 0 : part.remaining();
        }
        if (parts.length > 1 && heap <= MAX_HEAP) {
            channel.write(parts);
            return !parts[parts.length - 1].hasRemaining() && written(parts);
        }
        for (ByteBuffer part : parts) {
            if (!write(part)) {
                return false;
            }
        }
        return true;
    }

    /** Sends bytes of a file; returns how many the socket took. */
    long transfer(FileChannel file, long from, long count) throws IOException {
        return file.transferTo(from, count, channel);
    }

    /** Ends this side's direction: what is written reaches the peer, then an end. */
    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** Closes. */
    void close() throws IOException {
        channel.close();
    }

    /** Closes so that the peer sees a failure, not an end. */
    void reset() throws IOException {
        try {
            if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } finally {
            channel.close();
        }
    }

    private static boolean written(ByteBuffer[] parts) {
        for (ByteBuffer part : parts) {
            if (part.hasRemaining()) {
                return false;
            }
        }
        return true;
    }
}
