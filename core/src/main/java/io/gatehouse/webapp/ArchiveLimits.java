/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

/**
 * What a WAR file may unpack to.
 *
 * @param entries how many files and directories it may have
 * @param bytes how much all of them may be together, in bytes
 * @param ratio how many times the archive's own size they may be together, past 64 MiB
 */
public record ArchiveLimits(int entries, long bytes, int ratio) {

    /** The limits unless set: 100,000 entries, 4 GiB, 100 times the archive. */
    public static final ArchiveLimits DEFAULT = new ArchiveLimits(100_000, 4L << 30, 100);

    /** What is not looked at for its ratio: small archives of long texts pack well. */
    private static final long SMALL = 64L << 20;

    /**
     * Checks that each bound allows something.
     *
     * @throws IllegalArgumentException if one is less than 1
     */
    public ArchiveLimits {
        if (entries < 1 || bytes < 1 || ratio < 1) {
            throw new IllegalArgumentException("archive limits are entries=" + entries + ", bytes=" + bytes + ", ratio=" + ratio
                    + ": set each to 1 or more");
        }
    }

    /** How many bytes an archive of a size may unpack to. */
    long bytesOf(long archive) {
        long byRatio = archive > Long.MAX_VALUE / ratio ? Long.MAX_VALUE : archive * ratio;
        return Math.min(bytes, Math.max(SMALL, byRatio));
    }
}
