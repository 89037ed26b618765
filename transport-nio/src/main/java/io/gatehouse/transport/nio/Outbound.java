/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What leaves a connection, in order.
 *
 * <pre>
 *   in the connection's turn, small    ─► the loop's buffer ─flush─► socket ─full─► backlog
 *   else, nothing before it            ─► socket, by the caller     ─full─► operation
 *   else                               ─► operation
 *
 *   backlog, operation ──socket writable──► socket        a file's part ──► worker or file thread ──► socket
 * </pre>
 *
 * <p>The thread that owns the exchange writes straight to the socket as long as {@code busy} is false; once it is true,
 * only the loop's thread writes, and sets it back when all is written. The loop sets it before it hands out an exchange
 * while its buffer holds older answers. So no lock is needed, and an answer that the socket takes at once costs no
 * wake-up.
 */
final class Outbound {

    private final HttpConnection connection;
    private final Loop loop;
    private final Wire wire;
    private volatile boolean busy;

    // The loop's own.
    private @Nullable ByteBuffer backlog;
    private @Nullable WriteOperation operation;
    private boolean onFileThread;
    private boolean ending;
    private boolean waiting;
    private long written;
    private @Nullable RateWindow window;

    Outbound(HttpConnection connection, Loop loop, Wire wire) {
        this.connection = connection;
        this.loop = loop;
        this.wire = wire;
    }

    /** Whether the caller may put bytes into the loop's buffer. Any thread. */
    boolean inTurn() {
        return loop.isCurrent() && loop.turn == connection;
    }

    /** Whether older bytes wait for the socket. On the loop's thread. */
    boolean blocked() {
        return backlog != null || operation != null;
    }

    /**
     * To be called before another thread may write: the loop's buffer may hold bytes that must leave first. In the
     * turn.
     */
    void beforeHandOut() {
        if (loop.out.position() > 0) {
            busy = true;
        }
    }

    /**
     * The loop's buffer with that much room, in the connection's turn; null if the bytes must go as an operation.
     */
    @Nullable ByteBuffer room(int bytes) {
        if (bytes > loop.out.capacity() || blocked()) {
            return null;
        }
        if (loop.out.remaining() < bytes) {
            flush();
        }
        return blocked() || connection.closed() ? null : loop.out;
    }

    /** Writes the loop's buffer to the socket. In the connection's turn, and at its end. */
    void flush() {
        ByteBuffer out = loop.out;
        if (out.position() == 0) {
            return;
        }
        out.flip();
        try {
            if (backlog == null && !connection.closed() && !wire.write(out)) {
                backlog = ByteBuffer.allocate(out.remaining()).put(out).flip();
                busy = true;
                waitForSocket();
            }
        } catch (IOException e) {
            connection.ending.lost(e);
        } finally {
            out.clear();
        }
        if (busy && !blocked()) {
            busy = false;
        }
    }

    /** Sends the transport's own bytes: a refusal, or an interim head. On the loop's thread. */
    void append(ByteBuffer bytes) {
        if (inTurn()) {
            ByteBuffer out = room(bytes.remaining());
            if (out != null) {
                out.put(bytes);
                beforeHandOut();
                return;
            }
        }
        try {
            if (blocked()) {
                ByteBuffer old = backlog == null ? ByteBuffer.allocate(0) : backlog;
                backlog = ByteBuffer.allocate(old.remaining() + bytes.remaining()).put(old).put(bytes).flip();
            } else if (!wire.write(bytes)) {
                backlog = bytes;
                busy = true;
                waitForSocket();
            }
        } catch (IOException e) {
            connection.ending.lost(e);
        }
    }

    /**
     * Sends 100 (Continue), by the exchange's owner; returns whether the exchange's later writes must go through the
     * loop.
     */
    boolean interim(ByteBuffer bytes) {
        if (loop.isCurrent()) {
            append(bytes);
            return false;
        }
        try {
            if (!busy && wire.write(bytes)) {
                return false;
            }
        } catch (IOException e) {
            connection.soon(() -> connection.ending.lost(e));
            return false;
        }
        busy = true;
        connection.soon(() -> append(bytes));
        return true;
    }

    /**
     * Carries out an operation, at once or later. By the exchange's owner.
     *
     * @param viaLoop whether something of this exchange is on its way to the loop and must leave before
     */
    void send(WriteOperation operation, boolean viaLoop) {
        if (viaLoop || !loop.isCurrent() && busy) {
            connection.soon(() -> begin(operation));
            return;
        }
        if (inTurn()) {
            flush();
        }
        if (!loop.isCurrent() || !blocked()) {
            try {
                boolean whole = operation.write(wire);
                if (!whole && operation.atFile() && !loop.isCurrent()) { // a worker may wait for the disk as a file thread may
                    operation.transfer(wire);
                    whole = operation.write(wire);
                }
                if (whole) {
                    operation.done.succeeded();
                    return;
                }
            } catch (IOException e) {
                fail(operation, e);
                return;
            }
        }
        busy = true;
        if (loop.isCurrent()) {
            begin(operation);
        } else {
            connection.soon(() -> begin(operation));
        }
    }

    /** Ends this side's direction behind all that was written; false if the socket must take more first. On the loop's thread. */
    boolean end() throws IOException {
        ending = true;
        if (wire.endOutput()) {
            return true;
        }
        backlog = backlog == null ? ByteBuffer.allocate(0) : backlog;
        busy = true;
        waitForSocket();
        return false;
    }

    /** The socket takes bytes again. */
    void writable() {
        proceed();
    }

    /**
     * Looks whether the peer takes too long; also tries the socket, which says that it is writable only when much of it
     * is free.
     */
    void tick() {
        if (!waiting || window == null) {
            return;
        }
        proceed();
        if (waiting && window != null && window.tooSlow(loop.now(), sent())) {
            connection.ending.cut(Refusal.WRITE_TIMEOUT, "the peer took the answer slower than limits.rate="
                    + connection.context.limits.rate() + " bytes a second over timeouts.write="
                    + connection.context.timeouts.write());
        }
    }

    /** The connection has closed: what is pending fails. */
    void closed(Throwable cause) {
        backlog = null;
        waiting = false;
        WriteOperation failed = operation;
        if (failed != null && !onFileThread) {
            operation = null;
            failed.done.failed(cause);
        }
    }

    private void fail(WriteOperation failed, IOException cause) {
        if (loop.isCurrent()) {
            connection.ending.lost(cause);
        } else {
            connection.soon(() -> connection.ending.lost(cause));
        }
        failed.done.failed(cause);
    }

    private void begin(WriteOperation begun) {
        if (connection.closed()) {
            begun.done.failed(connection.ending.cause());
            return;
        }
        operation = begun;
        proceed();
    }

    private void proceed() {
        if (onFileThread || connection.closed()) {
            return;
        }
        try {
            if (backlog != null) {
                int before = backlog.remaining();
                boolean whole = wire.write(backlog);
                written += before - backlog.remaining();
                if (!whole) {
                    waitForSocket();
                    return;
                }
                backlog = null;
            }
            WriteOperation current = operation;
            if (current == null) {
                if (ending && !wire.endOutput()) {
                    backlog = ByteBuffer.allocate(0);
                    waitForSocket();
                    return;
                }
                drained();
                connection.drained();
            } else if (current.write(wire)) {
                written += current.written();
                operation = null;
                drained();
                current.done.succeeded();
                connection.drained();
            } else if (current.atFile()) {
                toFileThread(current);
            } else {
                waitForSocket();
            }
        } catch (IOException e) {
            connection.ending.lost(e);
        }
    }

    private void drained() {
        busy = false;
        if (waiting) {
            waiting = false;
            if (window != null) {
                window.end(loop.now(), written);
            }
            connection.interest.writing(false);
        }
    }

    private void waitForSocket() {
        if (waiting) {
            return;
        }
        waiting = true;
        if (window == null) {
            window = new RateWindow(connection.context.timeouts.write(), connection.context.limits.rate());
        }
        window.begin(loop.now());
        connection.interest.writing(true);
    }

    private long sent() {
        return written + (operation == null ? 0 : operation.written());
    }

    private void toFileThread(WriteOperation current) {
        if (waiting) {
            waiting = false;
            if (window != null) {
                window.end(loop.now(), sent());
            }
            connection.interest.writing(false);
        }
        onFileThread = true;
        loop.hold();
        try {
            connection.context.fileThreads.execute(() -> transfer(current));
        } catch (RejectedExecutionException | OutOfMemoryError e) { // the latter also for want of a thread
            fromFileThread(current, new IOException("no thread reads the file: " + e.getMessage(), e));
        }
    }

    private void transfer(WriteOperation current) {
        IOException failure = null;
        try {
            current.transfer(wire);
        } catch (IOException e) {
            failure = e;
        } catch (Error e) {
            failure = new IOException("sending a file failed: " + e, e);
        }
        IOException result = failure;
        connection.soon(() -> fromFileThread(current, result));
    }

    private void fromFileThread(WriteOperation current, @Nullable IOException failure) {
        loop.release();
        onFileThread = false;
        if (connection.closed()) {
            operation = null;
            current.done.failed(connection.ending.cause());
        } else if (failure != null) {
            connection.ending.lost(failure);
        } else if (current.atFile()) {
            waitForSocket();
        } else {
            proceed();
        }
    }
}
