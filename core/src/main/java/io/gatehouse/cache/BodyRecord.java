/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A body in the making, up to a limit. For one thread at a time. */
final class BodyRecord {

    private static final int FIRST = 1024;

    private final int limit;
    private byte @Nullable [] bytes;
    private int count;
    private long expected = -1;

    BodyRecord(int limit) {
        this.limit = limit;
    }

    /** Begins to record; a length that is known beforehand saves copies. */
    void begin(@Nullable String declared) {
        long length = declared == null ? -1 : Freshness.seconds(declared); // digits only, saturated
        expected = length;
        bytes = new byte[length >= 0 && length <= limit ? (int) Math.min(length, 1 << 20) : 0];
    }

    /** Whether it records. */
    boolean isOn() {
        return bytes != null;
    }

    /** Whether it has as many bytes as were declared. */
    boolean isFull() {
        return count == expected;
    }

    boolean fits(long more) {
        return more <= limit - count;
    }

    /** Adds what fits; leaves the buffer as it is. */
    void add(ByteBuffer part) {
        byte[] known = bytes;
        if (known == null) {
            return;
        }
        int length = part.remaining();
        if (count + length > known.length) {
            long doubled = Math.max(FIRST, 2L * known.length);
            known = Arrays.copyOf(known, (int) Math.max(count + length, Math.min(doubled, limit)));
            bytes = known;
        }
        part.get(part.position(), known, count, length);
        count += length;
    }

    /** Stops, and forgets. */
    void giveUp() {
        bytes = null;
    }

    /** All that was recorded, in no more bytes than that; read-only. */
    ByteBuffer whole() {
        byte[] known = bytes == null ? new byte[0] : bytes;
        return ByteBuffer.wrap(known.length == count ? known : Arrays.copyOf(known, count)).asReadOnlyBuffer();
    }
}
