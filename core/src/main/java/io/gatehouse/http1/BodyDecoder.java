/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes one body out of its framing, whichever that is. Used by one thread at a time.
 *
 * <pre>
 *   OPEN ──last byte of the framing──► done        OPEN ──broken, or end() too early──► fault
 * </pre>
 */
public final class BodyDecoder {

    private final Framing.Kind kind;
    private final @Nullable ChunkedDecoder chunks;
    private long remaining;
    private boolean done;
    private @Nullable Fault fault;

    /** A decoder for one body; {@code limits} bound its trailer section. */
    public BodyDecoder(Framing framing, HeadLimits limits) {
        kind = framing.kind();
        remaining = framing.length();
        chunks = kind == Framing.Kind.CHUNKED ? new ChunkedDecoder(limits) : null;
        done = kind == Framing.Kind.NONE;
    }

    /**
     * Moves body bytes from {@code in} to {@code out} until one of them is used up, the body ends, or its framing is
     * found broken. Takes nothing from {@code in} that comes after the body.
     *
     * @return how many; with 0, look at {@link #done} and {@link #fault}, else it wants more bytes or more room
     */
    public int decode(ByteBuffer in, ByteBuffer out) {
        if (done || fault != null) {
            return 0;
        }
        if (chunks != null) {
            int moved = chunks.decode(in, out);
            done = chunks.done();
            fault = chunks.fault();
            return moved;
        }
        int count = Math.min(in.remaining(), out.remaining());
        count = kind == Framing.Kind.LENGTH ? (int) Math.min(count, remaining) : count;
        out.put(out.position(), in, in.position(), count);
        in.position(in.position() + count);
        out.position(out.position() + count);
        took(count);
        return count;
    }

    /**
     * How many bytes from the connection are body without any framing between them, so that they may be read straight
     * to where they are wanted; 0 if they have to pass {@link #decode}.
     */
    public long direct() {
        return done || fault != null || chunks != null ? 0 : kind == Framing.Kind.LENGTH ? remaining : Long.MAX_VALUE;
    }

    /** Counts bytes that were read past this decoder, at most {@link #direct}. */
    public void took(int count) {
        if (kind == Framing.Kind.LENGTH) {
            remaining -= count;
            done = remaining == 0;
        }
    }

    /** The connection has no more bytes: the end of the body, or a fault. */
    public void end() {
        if (kind == Framing.Kind.UNTIL_CLOSE) {
            done = true;
        } else if (!done && fault == null) {
            fault = new Fault(Refusal.TRUNCATED, "the connection ended before the body was whole");
        }
    }

    /** Whether the body has been taken out whole. */
    public boolean done() {
        return done;
    }

    /** What is wrong with the framing, or null. */
    public @Nullable Fault fault() {
        return fault;
    }

    /** How many bytes are still to come, if that is known; else -1. */
    public long remaining() {
        return done ? 0 : remaining;
    }

    /** The trailer section, once {@link #done}; empty if there is none. */
    public Fields trailers() {
        return chunks == null ? Fields.EMPTY : chunks.trailers();
    }
}
