/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.http.EntityTag;
import io.gatehouse.http.HttpDate;
import java.nio.ByteBuffer;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state of a file's content: equal stamps, equal bytes.
 *
 * @param size in bytes
 * @param modified when it was changed last; null if unknown
 * @param tag strong; null if the file changes faster than it can be read, and so has no validator
 */
record Stamp(long size, @Nullable Instant modified, @Nullable EntityTag tag) {

    private static final long FNV_START = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /**
     * The stamp of a file: its tag is made of size, time in nanoseconds, and the key that the file system knows it
     * by, so that one file moved over another of the same size and time is told from it. They are mixed: an inode is
     * nobody's business.
     */
    static Stamp of(BasicFileAttributes attributes) {
        Instant modified = attributes.lastModifiedTime().toInstant();
        long mixed = mix(mix(FNV_START, modified.getEpochSecond()), modified.getNano());
        String key = String.valueOf(attributes.fileKey());
        for (int i = 0; i < key.length(); i++) {
            mixed = (mixed ^ key.charAt(i)) * FNV_PRIME;
        }
        mixed = finish(mix(mixed, attributes.size()));
        String opaque = Long.toHexString(attributes.size()) + '-' + Long.toHexString(mixed);
        return new Stamp(attributes.size(), modified, EntityTag.strong(opaque));
    }

    /** The stamp of a file that does not hold still. */
    static Stamp unsettled(long size) {
        return new Stamp(size, null, null);
    }

    /**
     * Last-Modified in seconds since 1970, or {@link HttpDate#NONE}: also for a time to come (RFC 9110 section
     * 8.8.2.1).
     */
    long lastModified(Instant now) {
        Instant time = modified;
        return time == null || time.isAfter(now) || time.getEpochSecond() < -62_167_219_200L
                ? HttpDate.NONE
                : time.getEpochSecond();
    }

    /** Whether it is not older than the other; unknown times are equal to all. */
    boolean notOlderThan(Stamp other) {
        return modified == null || other.modified == null || !modified.isBefore(other.modified);
    }

    /**
     * Whether it was changed so shortly before that it may change again unnoticed: file systems count time in steps,
     * some of two seconds.
     */
    boolean isYoung(Instant now) {
        return tag == null || modified != null && modified.isAfter(now.minusSeconds(2));
    }

    /**
     * The stamp to be told to clients: of a file that may change again unnoticed, the tag is made of its bytes if they are
     * here, and else nothing is said; or two states of it would have one tag. A time far in the future says nothing about
     * how old the file is, and is believed.
     *
     * @param bytes of it, from 0 to the limit, or null
     */
    Stamp told(@Nullable ByteBuffer bytes, Instant now) {
        if (tag == null || !isYoung(now) || modified != null && modified.isAfter(now.plusSeconds(2))) {
            return this;
        }
        if (bytes == null) {
            return unsettled(size);
        }
        long mixed = FNV_START;
        for (int i = 0; i < bytes.limit(); i++) {
            mixed = (mixed ^ bytes.get(i) & 0xFF) * FNV_PRIME;
        }
        return new Stamp(size, modified, EntityTag.strong(tag.opaque() + '-' + Long.toHexString(finish(mixed))));
    }

    private static long mix(long hash, long value) {
        long mixed = hash;
        for (int shift = 0; shift < 64; shift += 8) {
            mixed = (mixed ^ (value >>> shift & 0xFF)) * FNV_PRIME;
        }
        return mixed;
    }

    /** Spreads every bit over all others, which FNV alone does not do for the last bytes. */
    private static long finish(long hash) {
        long mixed = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
