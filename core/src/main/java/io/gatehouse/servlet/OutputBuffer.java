/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the application has written and the peer has not got: everything a response sends leaves through here, by the
 * response's one write primitive (Servlet 6.1 section 5.1). Used by one thread at a time.
 *
 * <pre>
 *   OPEN ──write past the size, flush──► COMMITTED ──close, content length reached──► CLOSED
 *     └────────────────────────────close──────────────────────────────────────────────┘
 * </pre>
 *
 * <p>What is written after the close is dropped (section 5.8); but what is more than the declared length fails, for the peer
 * would miss it and nobody know. A buffer begins small and grows to its size, so that a short answer costs little.
 */
final class OutputBuffer {

    private static final byte[] EMPTY = {};
    private static final int FIRST = 1 << 10;

    /** Who is sending: nobody (null), a thread that waits (BUSY, or the completion it is to go on with), or nobody any more. */
    private static final Object BUSY = "busy";
    private static final Object ENDED = "ended";

    /** The size unless set, in bytes. */
    static final int SIZE = 16 << 10;

    private final Response response;
    private final Supplier<Fields> trailers;
    private final AtomicReference<@Nullable Object> sending = new AtomicReference<>();
    private byte[] bytes = EMPTY;
    private int count;
    private int size = SIZE;
    private long declared = -1;
    private long taken;
    private boolean suspended;
    private boolean closed;

    /** Closed by nobody, but because all that was declared is written. */
    private boolean full;
    private @Nullable IOException failure;
    private @Nullable WriteFlow flow;

    /**
     * @param trailers asked for the trailer section when the last part leaves
     */
    OutputBuffer(Response response, Supplier<Fields> trailers) {
        this.response = response;
        this.trailers = trailers;
    }

    int size() {
        return size;
    }

    /** Sets how many bytes are held back; only before anything was written. */
    void size(int bytesHeld) {
        if (taken > 0 || response.committed()) {
            throw new IllegalStateException("something was written already: set the buffer size before");
        }
        size = Math.max(0, bytesHeld);
    }

    /** Holds nothing back from now on. */
    void unbuffered() {
        size = 0;
    }

    /** Sets the content length that the application declared, or -1. */
    void declare(long length) {
        declared = length;
    }

    boolean closed() {
        return closed;
    }

    /** Whether all that was declared is written, so that the peer misses nothing. */
    boolean full() {
        return full;
    }

    /** Whether nothing was written so far. */
    boolean untouched() {
        return taken == 0 && !sent();
    }

    /** Whether anything was handed to the peer, so that nothing else can be said any more. */
    boolean sent() {
        return closed || response.committed();
    }

    /** Whether a write failed: the peer is gone. */
    boolean broken() {
        return failure != null;
    }

    /** Whether the response is committed for the application: sent, closed or answered by an error or a redirect. */
    boolean committed() {
        return closed || suspended || response.committed();
    }

    /** Drops all that is written from now on, until it is resumed. */
    void suspend(boolean on) {
        suspended = on;
    }

    /** Hands writing to a write listener's flow from now on. */
    void flow(WriteFlow writes) {
        flow = writes;
    }

    /** Forgets what is held. */
    void reset() {
        if (response.committed()) {
            throw new IllegalStateException("the response is committed: reset before the buffer is full or flushed");
        }
        count = 0;
        taken = 0;
    }

    void write(int b) throws IOException {
        if (!open(1)) {
            return;
        }
        if (fitting(1) < 1) {
            throw tooMuch();
        }
        ensure(1);
        bytes[count++] = (byte) b;
        written(1);
    }

    void write(byte[] from, int offset, int length) throws IOException {
        if (!open(length)) {
            return;
        }
        int fits = fitting(length);
        if (fits > 0) {
            take(from, offset, fits);
        }
        if (fits < length) {
            throw tooMuch();
        }
    }

    private void take(byte[] from, int offset, int fits) throws IOException {
        if (flow == null && fits > size - count) {
            // Too much to hold: what is held and what came go out as they are, without a copy of the latter.
            boolean last = taken + fits == declared;
            taken += fits;
            sendHeld();
            closed = last;
            full = last;
            send(ByteBuffer.wrap(from, offset, fits), last);
            return;
        }
        ensure(fits);
        System.arraycopy(from, offset, bytes, count, fits);
        count += fits;
        written(fits);
    }

    void write(ByteBuffer from) throws IOException {
        int length = from.remaining();
        if (from.hasArray()) {
            write(from.array(), from.arrayOffset() + from.position(), length);
            from.position(from.limit());
            return;
        }
        // A write listener writes once per isReady(): not in pieces.
        byte[] chunk = new byte[flow != null ? length : Math.min(length, 8 << 10)];
        while (from.hasRemaining()) {
            int part = Math.min(chunk.length, from.remaining());
            from.get(chunk, 0, part);
            write(chunk, 0, part);
        }
    }

    /** Commits, and sends what is held. */
    void flush() throws IOException {
        if (suspended || closed) {
            return;
        }
        requireUnbroken();
        WriteFlow writes = flow;
        if (writes != null) {
            writes.requireReady();
        }
        sendHeld();
        if (!response.committed()) {
            send(ByteBuffer.wrap(EMPTY), false);
        }
    }

    /** Sends what is held and ends the body; nothing the second time. */
    void close() throws IOException {
        full = false;
        if (suspended || closed) {
            return;
        }
        closed = true;
        ByteBuffer rest = lastPart();
        WriteFlow writes = flow;
        if (writes != null) {
            writes.sendLast(rest);
            return;
        }
        requireUnbroken();
        send(rest, true);
    }

    /**
     * Ends the body without blocking, for the container: the completion is completed when all is sent. If another thread is
     * sending, which the application should not have let happen, that one ends the body when it has sent.
     */
    void complete(Completion done) {
        while (true) {
            if (sending.compareAndSet(null, ENDED)) {
                end(done);
                return;
            }
            if (sending.get() == ENDED || sending.compareAndSet(BUSY, done)) {
                return;
            }
        }
    }

    private void end(Completion done) {
        IOException broken = failure;
        if (broken != null) {
            done.failed(broken);
            return;
        }
        WriteFlow writes = flow;
        if (closed) {
            if (writes != null) {
                writes.whenSent(done);
            } else {
                done.succeeded();
            }
            return;
        }
        closed = true;
        ByteBuffer rest = lastPart();
        if (writes != null) {
            writes.sendLast(rest);
            writes.whenSent(done);
        } else {
            response.write(rest, true, done);
        }
    }

    /** Ends the application's part of it and gives what is held to whoever goes on with the connection. */
    ByteBuffer handOver() {
        closed = true;
        ByteBuffer held = ByteBuffer.wrap(bytes, 0, count);
        count = 0;
        return held;
    }

    /** Whether bytes that are to be written are wanted; after the end they are not. */
    private boolean open(int length) throws IOException {
        if (suspended || length == 0 || closed && !full) {
            return false;
        }
        if (full) {
            throw tooMuch();
        }
        requireUnbroken();
        WriteFlow writes = flow;
        if (writes != null) {
            writes.requireReady();
        }
        return true;
    }

    /** How many of so many bytes are not more than the declared length. */
    private int fitting(int length) {
        return declared < 0 ? length : (int) Math.max(0, Math.min(length, declared - taken));
    }

    private IOException tooMuch() {
        return new IOException("more is written than the Content-Length of " + declared
                + " bytes: set the length of what is written, or none");
    }

    /** After bytes went into the buffer: sends what is full or, if it is all that was declared, whole. */
    private void written(int length) throws IOException {
        taken += length;
        if (declared > 0 && taken == declared) {
            close();
            full = true;
        } else if (count >= size) {
            sendHeld();
        }
    }

    private void sendHeld() throws IOException {
        if (count > 0) {
            ByteBuffer held = ByteBuffer.wrap(bytes, 0, count);
            count = 0;
            if (flow != null) {
                // On loan until it is sent, while the application may fill the next one.
                bytes = EMPTY;
            }
            send(held, false);
        }
    }

    private void send(ByteBuffer part, boolean last) throws IOException {
        WriteFlow writes = flow;
        if (writes != null) {
            writes.send(part);
            return;
        }
        if (!sending.compareAndSet(null, BUSY)) {
            throw new IOException("the response is being sent or completed by another thread: write by one, before complete");
        }
        try {
            BlockingWrite write = new BlockingWrite();
            response.write(part, last, write);
            write.await();
        } catch (IOException e) {
            failure = e;
            throw e;
        } finally {
            if (!sending.compareAndSet(BUSY, null) && sending.getAndSet(ENDED) instanceof Completion done) {
                endHere(done);
            }
        }
    }

    private void endHere(Completion done) {
        try {
            end(done);
        } catch (RuntimeException | Error e) {
            done.failed(e);
        }
    }

    private ByteBuffer lastPart() {
        if (!response.committed() && declared < 0 && mayHaveLength()) {
            response.fields().set("Content-Length", Integer.toString(count));
        }
        Fields section = trailers.get();
        if (section.size() > 0) {
            response.fields().remove("Content-Length");
            response.trailers(section);
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count);
        count = 0;
        return rest;
    }

    /** Those without a body have no length of one (RFC 9110 section 8.6). */
    private boolean mayHaveLength() {
        int status = response.status();
        return status >= 200 && status != 204 && status != 304;
    }

    private void requireUnbroken() throws IOException {
        IOException broken = failure;
        if (broken != null) {
            throw new IOException("an earlier write failed", broken);
        }
    }

    private void ensure(int more) {
        if (count + more > bytes.length) {
            int wanted = Math.max(count + more, Math.min(size, Math.max(FIRST, 2 * bytes.length)));
            bytes = Arrays.copyOf(bytes, wanted);
        }
    }
}
