/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Completion;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * One write that is under way: buffers, then perhaps a part of a file, then buffers. Belongs to one thread at a time:
 * the owner's, the loop's, or a file thread's.
 */
final class WriteOperation {

    private static final ByteBuffer[] NOTHING = {};

    /** How many bytes of a file a thread sends before others have their turn: a fast reader does not keep it for itself. */
    private static final long AT_ONCE = 1024 * 1024;

    final Completion done;
    private ByteBuffer[] parts;
    private final ByteBuffer[] tail;
    private final @Nullable FileChannel file;
    private long position;
    private long count;
    private boolean inTail;
    private long written;

    /** Buffers alone; they are the operation's to move. */
    WriteOperation(Completion done, ByteBuffer... parts) {
        this(done, parts, null, 0, 0, NOTHING);
    }

    /** Buffers, a part of a file, buffers. */
    WriteOperation(
            Completion done, ByteBuffer[] parts, @Nullable FileChannel file, long position, long count,
                    ByteBuffer... tail) {
        this.done = done;
        this.parts = parts;
        this.file = file;
        this.position = position;
        this.count = count;
        this.tail = tail;
    }

    /** Whether the next bytes are a file's, which only a file thread may read. */
    boolean atFile() {
        return count > 0 && remaining() == 0;
    }

    /**
     * Writes buffers until a file's turn comes, all is written, or the socket is full; returns whether all is written.
     */
    boolean write(Wire wire) throws IOException {
        long before = remaining();
        boolean whole = wire.write(parts);
        written += before - remaining();
        if (!whole || count > 0) {
            return false;
        }
        if (!inTail) {
            inTail = true;
            parts = tail;
            return parts.length == 0 || write(wire);
        }
        return true;
    }

    /**
     * Sends bytes of the file until they are all sent, the socket is full or others have waited long enough. On a
     * thread that may wait for a disk.
     */
    void transfer(Wire wire) throws IOException {
        long end = written + AT_ONCE;
        while (count > 0 && file != null && written < end) {
            long sent = transfer(wire, file);
            if (sent <= 0) {
                if (position >= file.size()) {
                    throw new EOFException("the file ended " + count + " bytes early: it was cut while it was sent");
                }
                return;
            }
            position += sent;
            count -= sent;
            written += sent;
        }
    }

    private long transfer(Wire wire, FileChannel from) throws IOException {
        try {
            return wire.transfer(from, position, Math.min(count, AT_ONCE));
        } catch (RuntimeException e) {
            throw new IOException("sending a file failed: " + e, e);
        }
    }

    /** How many bytes have left. */
    long written() {
        return written;
    }

    private long remaining() {
        long sum = 0;
        for (ByteBuffer part : parts) {
            sum += part.remaining();
        }
        return sum;
    }
}
