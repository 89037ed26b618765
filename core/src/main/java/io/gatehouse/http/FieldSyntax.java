/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/** The grammar of field names and values (RFC 9110 sections 5.1, 5.5 and 5.6.2), for every place that must check them. */
public final class FieldSyntax {

    private static final boolean[] TOKEN = new boolean[128];

    static {
        for (char c = '0'; c <= '9'; c++) {
            TOKEN[c] = true;
        }
        for (char c = 'a'; c <= 'z'; c++) {
            TOKEN[c] = true;
            TOKEN[c - 32] = true;
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private FieldSyntax() {}

    /** Whether the character or byte may stand in a token, such as a field name or a method. */
    public static boolean isTokenChar(int c) {
        return c >= 0 && c < 128 && TOKEN[c];
    }

    /** Whether the text is a token: not empty, and of token characters only. */
    public static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenChar(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** Whether the character or byte may stand in a field value: tab, space, visible ASCII, and 0x80 to 0xFF. */
    public static boolean isValueChar(int c) {
        return c >= ' ' && c != 127 && c <= 0xFF || c == '\t';
    }

    /**
     * The name itself, if it is a token.
     *
     * @throws IllegalArgumentException if it is not; a name with a line break in it would split the message
     */
    public static String requireName(String name) {
        if (!isToken(name)) {
            throw new IllegalArgumentException("not a field name: '" + printable(name) + "'; use token characters only");
        }
        return name;
    }

    /**
     * The value without the white space around it, if it may stand in a field.
     *
     * @throws IllegalArgumentException if it has a control character or one beyond U+00FF; encode it first
     */
    public static String requireValue(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            if (!isValueChar(value.charAt(i))) {
                throw new IllegalArgumentException(
                        "the value of field " + name + " has the character U+"
                                + String.format("%04X", (int) value.charAt(i))
                                + " at " + i + "; encode it, or leave it out");
            }
        }
        return trim(value);
    }

    /** The text without spaces and tabs at its ends (OWS, RFC 9110 section 5.6.3). */
    public static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** The text fit for a message: control and non-ASCII characters replaced, at most 64 characters. */
    public static String printable(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), 65));
        for (int i = 0; i < text.length() && i < 64; i++) {
            char c = text.charAt(i);
            out.append(c >= ' ' && c < 127 ? c : '?');
        }
        return text.length() > 64 ? out.append("...").toString() : out.toString();
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
