/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.util.ArrayList;
import java.util.List;

/**
 * What a Range field in bytes means for a representation of a known length (RFC 9110 sections 14.1.2 and 14.2).
 *
 * <p>A field that breaks the grammar, has another unit or more than {@link #MOST} ranges is ignored, as section 14.2
 * allows: the client gets the whole. Ranges that overlap or touch become one (section 15.3.7.2), so that no answer is
 * longer than what it is a part of; the others keep the order that the client asked for.
 */
public sealed interface ByteRanges {

    /** How many ranges one request may ask for; more are ignored together. */
    int MOST = 16;

    /** Answer as if there were no Range field. */
    record Ignored() implements ByteRanges {}

    /** Answer 416: no range lies inside. */
    record Unsatisfiable() implements ByteRanges {}

    /**
     * Answer 206.
     *
     * @param ranges at least one, all inside, none touching another
     */
    record Satisfiable(List<Range> ranges) implements ByteRanges {}

    /**
     * A part of a representation.
     *
     * @param first position of the first byte
     * @param last position of the last byte, not before the first
     */
    record Range(long first, long last) {

        /** How many bytes it has. */
        public long length() {
            return last - first + 1;
        }

        /** The value of Content-Range (section 14.4). */
        public String contentRange(long length) {
            return "bytes " + first + '-' + last + '/' + length;
        }

        private boolean touches(Range other) {
            return first <= other.last + 1 && other.first <= last + 1;
        }

        private Range join(Range other) {
            return new Range(Math.min(first, other.first), Math.max(last, other.last));
        }
    }

    /** The value of Content-Range in a 416 (section 14.4). */
    static String unsatisfiedRange(long length) {
        return "bytes */" + length;
    }

    /**
     * Reads a Range field.
     *
     * @param field its value; several lines of it joined are no valid value, and so ignored
     * @param length of the representation in bytes
     */
    static ByteRanges parse(String field, long length) {
        if (!field.regionMatches(true, 0, "bytes=", 0, 6)) {
            return new Ignored();
        }
        List<Range> ranges = new ArrayList<>(2);
        int specs = 0;
        int from = 6;
        boolean nothingToSend = false;
        while (from <= field.length()) {
            int comma = field.indexOf(',', from);
            int to = comma < 0 ? field.length() : comma;
            String spec = FieldSyntax.trim(field.substring(from, to));
            from = to + 1;
            if (spec.isEmpty()) {
                continue; // empty members are to be accepted (section 5.6.1.2)
            }
            int dash = spec.indexOf('-');
            if (++specs > MOST || dash < 0 || spec.length() == 1 || !isDigits(spec, 0, dash)
                    || !isDigits(spec, dash + 1, spec.length())) {
                return new Ignored();
            }
            if (dash == 0) {
                long suffix = number(spec, 1, spec.length());
                nothingToSend |= suffix > 0 && length == 0;
                if (suffix > 0 && length > 0) {
                    add(ranges, new Range(Math.max(0, length - suffix), length - 1));
                }
                continue;
            }
            long first = number(spec, 0, dash);
            long last = dash + 1 == spec.length() ? Long.MAX_VALUE : number(spec, dash + 1, spec.length());
            if (last < first) {
                return new Ignored();
            }
            if (first < length) {
                add(ranges, new Range(first, Math.min(last, length - 1)));
            }
        }
        if (specs == 0 || ranges.isEmpty() && nothingToSend) {
            return new Ignored(); // a suffix of nothing is satisfiable, but no Content-Range could say so
        }
        return ranges.isEmpty() ? new Unsatisfiable() : new Satisfiable(List.copyOf(ranges));
    }

    /** The new range takes in all that it touches and stands where the first of them stood. */
    private static void add(List<Range> ranges, Range added) {
        Range joined = added;
        int place = ranges.size();
        for (int i = 0; i < ranges.size(); ) {
            if (ranges.get(i).touches(joined)) {
                joined = joined.join(ranges.remove(i));
                place = Math.min(place, i);
                i = 0; // larger now, it may touch one that it did not touch before
            } else {
                i++;
            }
        }
        ranges.add(Math.min(place, ranges.size()), joined);
    }

    private static boolean isDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** A number too large for a long is larger than every file: the largest long says the same. */
    private static long number(String text, int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (number > (Long.MAX_VALUE - digit) / 10) {
                return Long.MAX_VALUE;
            }
            number = 10 * number + digit;
        }
        return number;
    }
}
