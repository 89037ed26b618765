/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.nio.ByteBuffer;

/**
 * Takes a request's body out of the bytes of a connection.
 *
 * <pre>
 *   SIZE ──► EXTENSION ──► SIZE_LF ──► DATA ──► DATA_CR ──► DATA_LF ──► SIZE      a length: DATA ──► END
 *                             └──size 0──► TRAILER ──empty line──► END
 * </pre>
 */
final class MemoryBody {
    private enum State { SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER, END }

    private final Limits limits;
    private final boolean chunked;
    private final StringBuilder line = new StringBuilder();
    private final Fields.Builder trailers = Fields.builder();
    private State state;
    private long left;
    private int size;
    private int count;

    MemoryBody(long length, Limits limits) {
        this.limits = limits;
        this.chunked = length < 0;
        this.left = Math.max(0, length);
        this.state = chunked ? State.SIZE : length == 0 ? State.END : State.DATA;
    }

    boolean ended() {
        return state == State.END;
    }

    Fields trailers() {
        return ended() ? trailers.build() : Fields.EMPTY;
    }

    /** Moves body bytes; consumes all framing in front of them, so that bytes left over are body. */
    int read(ByteBuffer from, ByteBuffer into) throws RefusedException {
        int moved = 0;
        while (from.hasRemaining() && state != State.END) {
            if (state == State.DATA) {
                int part = (int) Math.min(left, Math.min(from.remaining(), into.remaining()));
                if (part == 0) {
                    break;
                }
                into.put(from.slice(from.position(), part));
                from.position(from.position() + part);
                left -= part;
                moved += part;
                if (left == 0) {
                    state = chunked ? State.DATA_CR : State.END;
                }
            } else {
                step((char) (from.get() & 0xFF));
            }
        }
        return moved > 0 ? moved : state == State.END ? -1 : 0;
    }

    private void step(char c) throws RefusedException {
        switch (state) {
            case SIZE -> {
                int digit = Character.digit(c, 16);
                if (c < 128 && digit >= 0 && left < 1L << 56) {
                    left = 16 * left + digit;
                    line.append(c);
                } else {
                    check(line.length() > 0 && (c == '\r' || c == ';'));
                    state = c == ';' ? State.EXTENSION : State.SIZE_LF;
                    size = 0;
                }
            }
            case EXTENSION -> {
                check((c >= ' ' && c != 127 || c == '\t' || c == '\r') && size++ < limits.line());
                state = c == '\r' ? State.SIZE_LF : State.EXTENSION;
            }
            case SIZE_LF -> {
                check(c == '\n');
                line.setLength(0);
                state = left == 0 ? State.TRAILER : State.DATA;
                size = 0;
            }
            case DATA_CR -> {
                check(c == '\r');
                state = State.DATA_LF;
            }
            case DATA_LF -> {
                check(c == '\n');
                state = State.SIZE;
            }
            default -> trailer(c);
        }
    }

    private void trailer(char c) throws RefusedException {
        if (size++ >= limits.head()) {
            throw new RefusedException(Refusal.HEAD_SIZE, "the trailer section is larger than limits.head=" + limits.head());
        }
        boolean afterReturn = line.length() > 0 && line.charAt(line.length() - 1) == '\r';
        check(afterReturn == (c == '\n'));
        line.append(c);
        if (c == '\n') {
            String field = line.substring(0, line.length() - 2);
            line.setLength(0);
            if (field.isEmpty()) {
                state = State.END;
                return;
            }
            if (count++ >= limits.fields()) {
                throw new RefusedException(Refusal.FIELD_COUNT, "more trailers than limits.fields=" + limits.fields());
            }
            MemoryHead.field(field, trailers);
        }
    }

    private static void check(boolean fine) throws RefusedException {
        if (!fine) {
            throw new RefusedException(Refusal.CHUNK, "a chunk breaks the grammar");
        }
    }
}
