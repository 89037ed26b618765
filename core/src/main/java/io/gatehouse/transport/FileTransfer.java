/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Completion;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.Executor;

/**
 * The plain way to send a part of a file: buffer by buffer through {@link Exchange#write}, for transports that have none of
 * their own.
 *
 * <p>A loop, not a recursion: a write that completes inline only leaves a note that the loop may go on.
 *
 * <pre>
 *   advance (executor) ──write──► completed inline ──► advance on
 *        ▲                     └► completed later  ──► executor
 *        └───────────────────────────────────────────────┘
 * </pre>
 */
public final class FileTransfer implements Completion {

    private static final int CHUNK = 64 * 1024;

    private final Exchange exchange;
    private final FileChannel file;
    private final boolean last;
    private final Completion done;
    private final Executor executor;
    private final ByteBuffer buffer;
    private long position;
    private long remaining;
    private boolean looping;
    private boolean completed;

    private FileTransfer(
            Exchange exchange, FileChannel file, long from, long count, boolean last, Completion done, Executor executor) {
        this.executor = executor;
        this.exchange = exchange;
        this.file = file;
        this.position = from;
        this.remaining = count;
        this.last = last;
        this.done = done;
        this.buffer = ByteBuffer.allocate((int) Math.min(CHUNK, Math.max(count, 1)));
    }

    /**
     * Does what {@link Exchange#transfer} says.
     *
     * @param executor runs every read of the file, which may block for the disk
     */
    public static void start(
            Exchange exchange, FileChannel file, long from, long count, boolean last, Completion done, Executor executor) {
        FileTransfer transfer = new FileTransfer(exchange, file, from, count, last, done, executor);
        executor.execute(transfer::advance);
    }

    @Override
    public void succeeded() {
        synchronized (this) { // two threads meet here for a moment only: the one that wrote and the one that completes
            completed = true;
            if (looping) {
                return;
            }
        }
        if (remaining == 0) {
            done.succeeded();
        } else {
            executor.execute(this::advance);
        }
    }

    @Override
    public void failed(Throwable cause) {
        done.failed(cause);
    }

    private void advance() {
        do {
            synchronized (this) {
                looping = true;
                completed = false;
            }
            try {
                fill();
            } catch (IOException e) {
                exchange.abort(e);
                done.failed(e);
                return;
            }
            exchange.write(buffer, last && remaining == 0, this);
            synchronized (this) {
                looping = false;
                if (!completed) {
                    return;
                }
            }
        } while (remaining > 0);
        done.succeeded();
    }

    private void fill() throws IOException {
        buffer.clear().limit((int) Math.min(buffer.capacity(), remaining));
        while (buffer.hasRemaining()) {
            int read = file.read(buffer, position);
            if (read < 0) {
                throw new EOFException("the file ended " + remaining + " bytes early: it was cut while it was sent");
            }
            position += read;
            remaining -= read;
        }
        buffer.flip();
    }
}
