/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/** Bytes as they are on the socket. */
final class SocketWire implements Wire {

    // The JDK copies heap buffers through a direct one of the same size, and keeps that: so none may be large.
    private static final int MAX_HEAP = 128 * 1024;

    private final SocketChannel channel;

    SocketWire(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
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

    @Override
    public boolean write(ByteBuffer from) throws IOException {
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

    @Override
    public boolean write(ByteBuffer[] parts) throws IOException {
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

    @Override
    public long transfer(FileChannel file, long from, long count) throws IOException {
        return file.transferTo(from, count, channel);
    }

    @Override
    public boolean endOutput() throws IOException {
        channel.shutdownOutput();
        return true;
    }

    /** The selector tells of all there is. */
    @Override
    public boolean pending() {
        return false;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public void reset() throws IOException {
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
