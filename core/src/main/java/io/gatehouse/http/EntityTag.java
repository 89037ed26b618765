/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import org.jspecify.annotations.Nullable;

/**
 * A validator that names one state of one representation (RFC 9110 section 8.8.3).
 *
 * @param opaque what stands between the quotes
 * @param weak whether representations of the same tag may differ in their bytes
 */
public record EntityTag(String opaque, boolean weak) {

    /**
     * A tag.
     *
     * @throws IllegalArgumentException if the opaque part has a quote, a blank, a control or a character beyond
     *     U+00FF
     */
    public EntityTag {
        for (int i = 0; i < opaque.length(); i++) {
            if (!isTagChar(opaque.charAt(i))) {
                throw new IllegalArgumentException(
                        "not an entity tag: '" + FieldSyntax.printable(opaque)
                        + "'; use visible characters without quotes");
            }
        }
    }

    /** A strong tag. */
    public static EntityTag strong(String opaque) {
        return new EntityTag(opaque, false);
    }

    /** The tag that the text is, with its quotes; null if it is none. */
    public static @Nullable EntityTag parse(String text) {
        int end = end(text, 0);
        if (end != text.length()) {
            return null;
        }
        boolean weak = text.charAt(0) == 'W';
        return new EntityTag(text.substring(weak ? 3 : 1, end - 1), weak);
    }

    /** Whether both are strong and equal (section 8.8.3.2). */
    public boolean matchesStrongly(EntityTag other) {
        return !weak && !other.weak && opaque.equals(other.opaque);
    }

    /** Whether both are equal, strong or not (section 8.8.3.2). */
    public boolean matchesWeakly(EntityTag other) {
        return opaque.equals(other.opaque);
    }

    /**
     * Whether this tag is a member of a list as If-Match and If-None-Match carry it (sections 13.1.1 and 13.1.2).
     * Makes no garbage. A list that breaks the grammar has no members: nobody knows what its author meant.
     *
     * @param list the field's value, not {@code *}
     * @param strongly which comparison counts
     */
    public boolean isListedIn(String list, boolean strongly) {
        boolean found = false;
        int at = blanks(list, 0);
        while (at < list.length()) {
            if (list.charAt(at) == ',') {
                at = blanks(list, at + 1);
                continue;
            }
            int end = end(list, at);
            if (end < 0) {
                return false;
            }
            found |= is(list, at, end, strongly);
            at = blanks(list, end);
            if (at < list.length() && list.charAt(at) != ',') {
                return false;
            }
        }
        return found;
    }

    /** As it stands in a field, with quotes. */
    @Override
    public String toString() {
        return weak ? "W/\"" + opaque + '"' : '"' + opaque + '"';
    }

    private boolean is(String list, int at, int end, boolean strongly) {
        boolean otherWeak = list.charAt(at) == 'W';
        if (strongly && (weak || otherWeak)) {
            return false;
        }
        int from = otherWeak ? at + 3 : at + 1;
        return end - 1 - from == opaque.length() && list.startsWith(opaque, from);
    }

    /** Where the tag that begins there ends, or -1 if none does. */
    private static int end(String text, int at) {
        int i = text.startsWith("W/", at) ? at + 2 : at;
        if (i >= text.length() || text.charAt(i) != '"') {
            return -1;
        }
        for (i++; i < text.length() && text.charAt(i) != '"'; i++) {
            if (!isTagChar(text.charAt(i))) {
                return -1;
            }
        }
        return i < text.length() ? i + 1 : -1;
    }

    private static boolean isTagChar(char c) {
        return c == '!' || c > '"' && c < 127 || c >= 128 && c <= 255;
    }

    private static int blanks(String text, int at) {
        int i = at;
        while (i < text.length() && (text.charAt(i) == ' ' || text.charAt(i) == '\t')) {
            i++;
        }
        return i;
    }
}
