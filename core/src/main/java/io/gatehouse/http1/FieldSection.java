/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Field lines in the making (RFC 9112 section 5): of a head, or of a trailer section. Whoever feeds it lines asks after
 * each what kind of field came last. The scratch array is kept for the next head of the connection; what it held is let
 * go.
 */
final class FieldSection {

    private final int max;
    private @Nullable String[] pairs = new @Nullable String[32];
    private int length;
    private int kind;

    FieldSection(int max) {
        this.max = max;
    }

    /**
     * Takes in one line, without line break, in which no control character but the tab stands.
     *
     * @return null if it is fine
     */
    @Nullable Fault line(byte[] bytes, int from, int to) {
        if (length == 2 * max) {
            return new Fault(Refusal.FIELD_COUNT, "more field lines than limits.fields=" + max);
        }
        int colon = from;
        int hash = 0;
        for (; colon < to; colon++) {
            byte b = bytes[colon];
            if (!FieldSyntax.isTokenChar(b)) {
                break;
            }
            hash = FieldNames.hash(hash, b);
        }
        if (colon == from || colon == to || bytes[colon] != ':') {
            return new Fault(Refusal.SYNTAX, nameTrouble(bytes, from, colon, to));
        }
        int first = colon + 1;
        int end = to;
        while (first < end && isBlank(bytes[first])) {
            first++;
        }
        while (end > first && isBlank(bytes[end - 1])) {
            end--;
        }
        String value = first == end ? "" : new String(bytes, first, end - first, StandardCharsets.ISO_8859_1);
        FieldNames.Known known = FieldNames.find(bytes, from, colon, hash);
        if (known != null) {
            kind = known.kind();
            add(known.name(), value);
        } else {
            String name = new String(bytes, from, colon - from, StandardCharsets.ISO_8859_1);
            kind = FieldNames.kind(name);
            add(name, value);
        }
        return null;
    }

    /** The kind of the last field. */
    int kind() {
        return kind;
    }

    /** The value of the last field. */
    String value() {
        String value = pairs[length - 1];
        return value == null ? "" : value;
    }

    /** The fields so far; empties the section. */
    @SuppressWarnings("NullAway") // the array is full up to length
    Fields take() {
        String[] taken = Arrays.copyOf(pairs, length);
        clear();
        return Fields.parsed(taken);
    }

    /** Lets go what it holds. */
    void clear() {
        Arrays.fill(pairs, 0, length, null);
        length = 0;
    }

    private void add(String name, String value) {
        if (length == pairs.length) {
            pairs = Arrays.copyOf(pairs, 2 * length);
        }
        pairs[length++] = name;
        pairs[length++] = value;
    }

    private static String nameTrouble(byte[] bytes, int from, int at, int to) {
        if (at == from && at < to && isBlank(bytes[at])) {
            return "a field line begins with white space: folded lines are refused";
        }
        if (at == to) {
            return "a field line without a colon";
        }
        if (at == from && bytes[at] == ':') {
            return "a field line without a name";
        }
        if (isBlank(bytes[at])) {
            return "white space before the colon of a field line";
        }
        return String.format("the character 0x%02X in a field name", bytes[at] & 0xFF);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }
}
