/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A body in the making: what its maker has put down so far, and who reads along. Each reader has its own place and its own
 * pace; none of them slows the maker, or another.
 *
 * <pre>
 *   RECORDING, up to the limit ──end──► WHOLE, or SHORT of what was declared
 *        │ spill: it has outgrown the limit            ▲
 *        ▼                                             │
 *   SPILLING: a window as long as the limit ───────────┤
 *        └──────────── the maker fails ──► CUT ◄───────┘ (RECORDING too)
 * </pre>
 *
 * <p>One thread at a time makes it, any number read. The lock is held for a few steps in memory; bytes that are on the tape
 * are never written again, so that they can be on loan to all readers at once.
 *
 * <p>What lies on it takes room that all tapes of a cache share, until its maker and the last of its readers let go: a slow
 * client holds what it has yet to take.
 */
final class Tape {

    private static final int FIRST = 1024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private enum State { RECORDING, SPILLING, WHOLE, SHORT, CUT }

    /**
     * What a reader gets next.
     *
     * @param bytes read-only, on loan for as long as anybody likes
     * @param last whether the body is whole with them
     */
    record Piece(ByteBuffer bytes, boolean last) {}

    private final int limit;
    private final RecordingRoom room;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<TapeReader> readers = new CopyOnWriteArrayList<>();
    private long expected = -1; // the maker's own
    private byte[] bytes = new byte[0]; // guarded by lock, as all that follows
    private int count;
    private final Deque<byte[]> window = new ArrayDeque<>();
    private long windowFrom;
    private long end;
    private long taken; // of the room
    private boolean held = true; // by the maker
    private boolean flushed;
    private State state = State.RECORDING;
    private @Nullable Throwable cause;

    /**
     * A tape.
     *
     * @param limit how many bytes are recorded
     * @param room that they take a part of
     */
    Tape(int limit, RecordingRoom room) {
        this.limit = limit;
        this.room = room;
    }

    /** Makes room for a length that is known beforehand, which saves copies. */
    void expect(@Nullable String declared) {
        long length = declared == null ? -1 : Freshness.seconds(declared); // digits only, saturated
        expected = length;
        int first = length >= 0 && length <= limit ? (int) Math.min(length, 1 << 20) : 0;
        bytes = new byte[fits(first) ? first : 0];
    }

    /** Whether it has as many bytes as were declared. By the maker. */
    boolean isFull() {
        return end == expected;
    }

    /** Whether so many more bytes are within the limit. By the maker. */
    boolean isWithinLimit(long more) {
        return more <= limit - end;
    }

    /** Whether so many more bytes can be recorded, for which room is taken. By the maker. */
    boolean fits(long more) {
        if (!isWithinLimit(more)) {
            return false;
        }
        lock.lock();
        try {
            long needed = count + more;
            if (needed > taken) {
                long doubled = Math.min(limit, Math.max(FIRST, 2 * taken));
                long wanted = needed < doubled && room.take(doubled - taken) ? doubled : needed;
                if (wanted == needed && !room.take(needed - taken)) {
                    return false;
                }
                taken = wanted;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Records what {@link #fits}; leaves the buffer as it is. Readers hear of it by {@link #tell}. By the maker. */
    void add(ByteBuffer part) {
        int length = part.remaining();
        byte[] longer = bytes;
        if (count + length > longer.length) {
            longer = Arrays.copyOf(longer, (int) Math.max(count + length, taken));
        }
        part.get(part.position(), longer, count, length);
        lock.lock();
        try {
            bytes = longer;
            count += length;
            end = count;
        } finally {
            lock.unlock();
        }
    }

    /** All that was recorded, in no more bytes than that, which readers share from here on; read-only. By the maker. */
    ByteBuffer whole() {
        byte[] all = bytes.length == count ? bytes : Arrays.copyOf(bytes, count);
        lock.lock();
        try {
            bytes = all;
            room.give(taken - count);
            taken = count;
        } finally {
            lock.unlock();
        }
        return ByteBuffer.wrap(all).asReadOnlyBuffer();
    }

    /** It is longer than what is recorded: from here on readers can fall behind too far. By the maker. */
    void spill() {
        lock.lock();
        try {
            state = State.SPILLING;
            windowFrom = end;
            room.give(taken - bytes.length);
            taken = bytes.length;
        } finally {
            lock.unlock();
        }
    }

    /** Puts down a copy of more than is recorded. By the maker. */
    void pour(ByteBuffer part) {
        byte[] copy = new byte[part.remaining()];
        part.get(part.position(), copy);
        lock.lock();
        try {
            window.add(copy);
            end += copy.length;
            boolean fits = room.take(copy.length);
            while ((!fits || end - windowFrom > limit) && window.size() > 1) {
                int left = bytes.length + window.element().length;
                windowFrom += window.remove().length;
                bytes = new byte[0]; // whoever is there has fallen behind too far
                room.give(left);
                taken -= left;
                fits = fits || room.take(copy.length);
            }
            if (!fits) {
                room.exceed(copy.length);
            }
            taken += copy.length;
        } finally {
            lock.unlock();
        }
        tell();
    }

    /** Sends readers on their way. By the maker. */
    void tell() {
        for (TapeReader reader : readers) {
            reader.advance();
        }
    }

    /** Nothing more comes for now: readers are to send what there is, if only the head. By the maker. */
    void flush() {
        lock.lock();
        try {
            flushed = true;
        } finally {
            lock.unlock();
        }
        tell();
    }

    /**
     * The maker is done.
     *
     * @param whole whether the body is as long as it was declared
     */
    void end(boolean whole) {
        become(whole ? State.WHOLE : State.SHORT, null);
    }

    /** The maker has failed, or goes on where readers can't follow. Nothing if it was ended. */
    void cut(Throwable why) {
        become(State.CUT, why);
    }

    /** Adds a reader, who has yet to {@linkplain TapeReader#advance begin}; false if it comes too late. Any thread. */
    boolean attach(TapeReader reader) {
        lock.lock();
        try {
            if (state == State.CUT || state == State.SPILLING && windowFrom > count) {
                return false;
            }
            readers.add(reader);
            long lying = bytes.length + (window.isEmpty() ? 0 : end - windowFrom);
            if (lying > taken) { // all had let go
                room.exceed(lying - taken);
                taken = lying;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes a reader out, which has nothing on loan any more. Any thread. */
    void detach(TapeReader reader) {
        readers.remove(reader);
        giveRoom();
    }

    /** The maker needs nothing of it any more. Idempotent. */
    void letGo() {
        lock.lock();
        try {
            held = false;
        } finally {
            lock.unlock();
        }
        giveRoom();
    }

    /** How many read along. */
    int readers() {
        return readers.size();
    }

    /** Whether a reader has all that there is. */
    boolean isAtEnd(long position) {
        lock.lock();
        try {
            return position == end;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What follows a place, or null if there is nothing yet.
     *
     * @param begun whether the reader has sent its head
     * @param own whether it is the maker's own client, who is told by the framing if the body is short
     * @throws Interruption if nothing will follow, or the place is lost
     */
    @Nullable Piece next(long position, boolean begun, boolean own) throws Interruption {
        lock.lock();
        try {
            boolean lost = position < windowFrom && position >= count || position < count && bytes.length == 0;
            if (state == State.CUT || state == State.SHORT && !own || lost) {
                throw new Interruption(lost ? "this client has fallen too far behind the one whose answer it shares"
                        : "the answer that this client shares has broken off", cause);
            }
            ByteBuffer found = position < count
                    ? ByteBuffer.wrap(bytes, (int) position, count - (int) position).slice().asReadOnlyBuffer()
                    : later(position);
            boolean over = state == State.WHOLE || state == State.SHORT;
            boolean last = over && position + found.remaining() == end;
            return found.hasRemaining() || last || flushed && !begun ? new Piece(found, last) : null;
        } finally {
            lock.unlock();
        }
    }

    /** Why a reader gets no more. */
    static final class Interruption extends java.io.IOException {
        private static final long serialVersionUID = 1L;

        private Interruption(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private void giveRoom() {
        lock.lock();
        try {
            if (!held && readers.isEmpty()) {
                room.give(taken);
                taken = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    private ByteBuffer later(long position) {
        long from = windowFrom;
        for (byte[] each : window) {
            if (position < from + each.length) {
                int offset = (int) (position - from);
                return ByteBuffer.wrap(each, offset, each.length - offset).slice().asReadOnlyBuffer();
            }
            from += each.length;
        }
        return NOTHING;
    }

    private void become(State next, @Nullable Throwable why) {
        lock.lock();
        try {
            if (state != State.RECORDING && state != State.SPILLING) {
                return;
            }
            state = next;
            cause = why;
        } finally {
            lock.unlock();
        }
        tell();
    }
}
