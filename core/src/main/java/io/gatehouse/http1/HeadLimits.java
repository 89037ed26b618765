/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

/**
 * Bounds of a head or trailer section.
 *
 * @param line bytes of the first line, without its line break; past it {@code LINE_SIZE}
 * @param head bytes of the whole section, line breaks and the empty line included; past it {@code HEAD_SIZE}
 * @param fields field lines; past it {@code FIELD_COUNT}
 */
public record HeadLimits(int line, int head, int fields) {

    /** Checks that every bound is 1 or more. */
    public HeadLimits {
        if (line < 1 || head < 1 || fields < 1) {
            throw new IllegalArgumentException(
                    "limits of " + line + ", " + head + " and " + fields
                            + ": set each of line, head and fields to 1 or more");
        }
    }
}
