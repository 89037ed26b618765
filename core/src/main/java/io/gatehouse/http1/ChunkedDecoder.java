/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes a body out of its chunks (RFC 9112 section 7.1), byte by byte where it is framing and in bulk where it is data.
 *
 * <pre>
 *   SIZE ─► EXTENSION ─► SIZE_LF ─► DATA ─► DATA_CR ─► DATA_LF ─► SIZE
 *                           └ size 0 ─► TRAILER ─► DONE
 * </pre>
 *
 * <p>Trailer fields that may not come in a trailer section are dropped (RFC 9110 section 6.5.1). Extensions are
 * skipped; all of them together may take as much as a head.
 */
final class ChunkedDecoder {

    private enum State { SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER, DONE }

    private static final int MAX_DIGITS = 16;

    private final HeadLimits limits;
    private State state = State.SIZE;
    private int digits;
    private long size;
    private int extensionBytes;
    private boolean afterSize;
    private ByteBuffer trailer = ByteBuffer.allocate(0);
    private Fields trailers = Fields.EMPTY;
    private @Nullable Fault fault;

    ChunkedDecoder(HeadLimits limits) {
        this.limits = limits;
    }

    /** Moves body bytes until one of the buffers is used up, the body ends, or there is a fault; returns how many. */
    int decode(ByteBuffer in, ByteBuffer out) {
        int moved = 0;
        while (fault == null && state != State.DONE && in.hasRemaining()) {
            if (state == State.DATA) {
                int count = (int) Math.min(size, Math.min(in.remaining(), out.remaining()));
                if (count == 0) {
                    return moved;
                }
                out.put(out.position(), in, in.position(), count);
                in.position(in.position() + count);
                out.position(out.position() + count);
                moved += count;
                size -= count;
                state = size == 0 ? State.DATA_CR : State.DATA;
            } else {
                step(in.get());
            }
        }
        return moved;
    }

    boolean done() {
        return state == State.DONE;
    }

    @Nullable Fault fault() {
        return fault;
    }

    Fields trailers() {
        return trailers;
    }

    private void step(byte b) {
        switch (state) {
            case SIZE -> size(b);
            case EXTENSION -> extension(b);
            case SIZE_LF -> {
                if (expect(b, '\n', "a chunk's size line ends in CR without LF")) {
                    state = size == 0 ? State.TRAILER : State.DATA;
                    digits = 0;
                }
            }
            case DATA_CR -> {
                if (expect(b, '\r', "a chunk is longer than its size, or does not end in CR LF")) {
                    state = State.DATA_LF;
                }
            }
            case DATA_LF -> {
                if (expect(b, '\n', "a chunk ends in CR without LF")) {
                    state = State.SIZE;
                    size = 0;
                }
            }
            default -> trailer(b);
        }
    }

    private void size(byte b) {
        int digit = b < 0 ? -1 : Character.digit(b, 16);
        if (digit >= 0) {
            if (++digits > MAX_DIGITS || size > (Long.MAX_VALUE - digit >> 4)) {
                fail(Refusal.CHUNK, "a chunk's size does not fit");
                return;
            }
            size = size << 4 | digit;
        } else if (digits == 0) {
            fail(Refusal.CHUNK, "a chunk without a size in hexadecimal digits");
        } else if (b == '\r') {
            state = State.SIZE_LF;
        } else if (b == ';' || b == ' ' || b == '\t') {
            afterSize = b != ';';
            state = State.EXTENSION;
        } else {
            fail(Refusal.CHUNK, String.format("the character 0x%02X in a chunk's size", b & 0xFF));
        }
    }

    /** White space may come before the semicolon (RFC 9112 section 7.1.1), but not instead of it. */
    private void extension(byte b) {
        if (b == '\r' && !afterSize) {
            state = State.SIZE_LF;
        } else if (b == '\r' || b < ' ' && b >= 0 && b != '\t' || b == 127) {
            fail(Refusal.CHUNK, String.format("the character 0x%02X in a chunk's size line", b & 0xFF));
        } else if (afterSize && b != ' ' && b != '\t' && b != ';') {
            fail(Refusal.CHUNK, "a chunk's size is followed by something that is not an extension");
        } else if (++extensionBytes > limits.head()) {
            fail(Refusal.CHUNK, "the chunk extensions are larger than limits.head=" + limits.head());
        } else if (b == ';') {
            afterSize = false;
        }
    }

    /** Keeps the section's bytes itself, because it has to end before the next message begins. */
    private void trailer(byte b) {
        if (trailer.position() == trailer.capacity()) {
            if (trailer.capacity() > limits.head()) {
                fail(Refusal.HEAD_SIZE, "the trailer section is larger than limits.head=" + limits.head());
                return;
            }
            int larger = (int) Math.min(Math.max(64L, 2L * trailer.capacity()), limits.head() + 1L);
            trailer = ByteBuffer.wrap(Arrays.copyOf(trailer.array(), larger)).position(trailer.position());
        }
        trailer.put(b);
        int end = trailer.position();
        if (b == '\n' && (end == 2 || end > 3 && trailer.get(end - 3) == '\n')) {
            readTrailer();
        }
    }

    private void readTrailer() {
        LineScanner lines = new LineScanner();
        FieldSection section = new FieldSection(limits.fields());
        trailer.flip();
        while (true) {
            LineScanner.Found found = lines.next(trailer, Integer.MAX_VALUE, limits.head());
            if (found == LineScanner.Found.HEAD_SIZE) {
                fail(Refusal.HEAD_SIZE, "the trailer section is larger than limits.head=" + limits.head());
                return;
            }
            if (found != LineScanner.Found.LINE) {
                fail(Refusal.CHUNK, "the trailer section has a line that does not end in CR LF, or a control "
                        + "character");
                return;
            }
            if (lines.from() == lines.to()) {
                break;
            }
            Fault wrong = section.line(trailer.array(), lines.from(), lines.to());
            if (wrong != null) {
                fail(wrong.refusal() == Refusal.SYNTAX ? Refusal.CHUNK : wrong.refusal(), wrong.detail()
                        + ", in the trailer section");
                return;
            }
        }
        trailers = FieldRules.trailers(section.take());
        trailer = ByteBuffer.allocate(0);
        state = State.DONE;
    }

    private boolean expect(byte b, char wanted, String detail) {
        if (b != wanted) {
            fail(Refusal.CHUNK, detail);
            return false;
        }
        return true;
    }

    private void fail(Refusal refusal, String detail) {
        fault = new Fault(refusal, detail);
    }
}
