/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.Refusal;
import java.nio.ByteBuffer;

/**
 * Cuts a head into lines, strictly: each ends with CR LF, and no control character but the tab stands in one.
 *
 * <p>Looks at each byte once, whatever the cut: a line that is not whole yet stays in the buffer, and how far it was
 * looked at is kept here.
 */
final class LineScanner {

    enum Found {
        MORE,
        LINE,
        /** The line alone is too long. */
        LINE_SIZE,
        /** The lines together are too long. */
        HEAD_SIZE,
        /** A control character, a CR without LF, or a LF without CR. */
        CONTROL
    }

    private static final byte[] NOTHING = {};

    private int scanned;
    private int used;
    private int from;
    private int to;
    private int control;
    private byte[] bytes = NOTHING;

    /** Begins a new section. */
    void reset() {
        scanned = 0;
        used = 0;
        bytes = NOTHING;
    }

    /** Counts the bytes of no line: they were skipped. */
    void forget() {
        used = 0;
    }

    /**
     * Finds the next line and moves the buffer's position past it.
     *
     * @param in backed by an accessible array
     * @param lineMax most bytes of this line, without line break
     * @param totalMax most bytes of all lines since {@link #reset}, with line breaks
     */
    Found next(ByteBuffer in, int lineMax, int totalMax) {
        byte[] line = in.array();
        bytes = line;
        int start = in.arrayOffset() + in.position();
        int end = in.arrayOffset() + in.limit();
        int left = totalMax - used - 2;
        int max = Math.min(lineMax, left);
        int bound = max >= end - start ? end : start + Math.max(max, 0);
        int i = start + scanned;
        while (i < bound && isText(line[i])) {
            i++;
        }
        if (i == end) {
            scanned = i - start;
            return Found.MORE;
        }
        byte stop = line[i];
        if (max < 0 || i - start >= max && stop != '\r') {
            return lineMax <= left ? Found.LINE_SIZE : Found.HEAD_SIZE;
        }
        if (stop != '\r') {
            control = stop;
            return Found.CONTROL;
        }
        if (i + 1 == end) {
            scanned = i - start;
            return Found.MORE;
        }
        if (line[i + 1] != '\n') {
            control = stop;
            return Found.CONTROL;
        }
        from = start;
        to = i;
        scanned = 0;
        used += to - from + 2;
        in.position(in.position() + to - from + 2);
        return Found.LINE;
    }

    /** Where the line begins in the buffer's array. */
    int from() {
        return from;
    }

    /** Where it ends, without its line break. */
    int to() {
        return to;
    }

    /** Whether bytes of a line have been seen that is not whole. */
    boolean partial() {
        return scanned > 0;
    }

    /** The array that {@link #from} and {@link #to} are about. */
    byte[] bytes() {
        return bytes;
    }

    /** What is wrong, after a call that found neither a line nor the want of more. */
    Fault fault(Found found, String firstLine, HeadLimits limits) {
        return switch (found) {
            case LINE_SIZE ->
                new Fault(Refusal.LINE_SIZE, "the " + firstLine + " is longer than limits.line=" + limits.line()
                        + " bytes");
            case HEAD_SIZE -> new Fault(Refusal.HEAD_SIZE, "the head is larger than limits.head=" + limits.head()
                    + " bytes");
            default -> new Fault(Refusal.SYNTAX, switch (control) {
                case '\r' -> "a CR without LF in the head";
                case '\n' -> "a LF without CR in the head";
                default -> String.format("the control character 0x%02X in the head", control & 0xFF);
            });
        };
    }

    private static boolean isText(byte b) {
        return b >= ' ' ? b != 127 : b < 0 || b == '\t';
    }
}
