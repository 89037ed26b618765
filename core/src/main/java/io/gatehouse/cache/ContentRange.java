/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a representation a 206 carries (RFC 9110 section 14.4).
 *
 * @param first position of its first byte
 * @param last position of its last byte, not before the first
 * @param length of the whole in bytes, or -1 if it is not known
 */
record ContentRange(long first, long last, long length) {

    /** The most digits of a position that is believed: a long holds them. */
    private static final int MOST_DIGITS = 18;

    /**
     * The one Content-Range of a response, or null if it has none, several, or one that breaks the grammar, has
     * another unit, is unsatisfied, or lies outside of the whole. A multipart answer has none, and so is none of
     * these.
     */
    static @Nullable ContentRange of(Fields response) {
        String text = response.first("Content-Range");
        return text == null || response.all("Content-Range").size() > 1 ? null : parse(text);
    }

    /** Reads {@code bytes first-last/length} and {@code bytes first-last/*}; null if it is none. */
    static @Nullable ContentRange parse(String text) {
        int dash = text.indexOf('-');
        int slash = text.indexOf('/');
        if (!text.regionMatches(true, 0, "bytes ", 0, 6) || dash < 0 || slash < dash) {
            return null;
        }
        long first = number(text, 6, dash);
        long last = number(text, dash + 1, slash);
        boolean open = text.length() == slash + 2 && text.charAt(slash + 1) == '*';
        long length = open ? -1 : number(text, slash + 1, text.length());
        boolean fine = first >= 0 && last >= first && (open || length > last);
        return fine ? new ContentRange(first, last, length) : null;
    }

    /** How many bytes the part has. */
    long size() {
        return last - first + 1;
    }

    /** Whether it is the whole. */
    boolean isWhole() {
        return first == 0 && size() == length;
    }

    /** Whether the positions lie in this part. */
    boolean contains(long from, long to) {
        return from >= first && to <= last;
    }

    /**
     * The part that bytes received make, which is shorter than announced if the answer was cut or its arithmetic is
     * wrong (RFC 9111 section 3.3); null if there are none, or more than announced.
     *
     * @param received how many bytes there are
     */
    @Nullable ContentRange holding(long received) {
        return received < 1 || received > size() ? null : new ContentRange(first, first + received - 1, length);
    }

    /** The value of the field. */
    String text() {
        return "bytes " + first + '-' + last + '/' + (length < 0 ? "*" : Long.toString(length));
    }

    private static long number(String text, int from, int to) {
        if (to <= from || to - from > MOST_DIGITS) {
            return -1;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = 10 * number + c - '0';
        }
        return number;
    }
}
