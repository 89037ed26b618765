/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A media type taken apart (RFC 9110 section 8.3.1).
 *
 * @param type the type proper in lower case, {@code text/html}
 * @param charset the charset parameter as written, without quotes, or null
 * @param rest all other parameters as they were written, each with {@code ;} in front
 */
record ParsedType(String type, @Nullable String charset, String rest) {

    static ParsedType parse(String text) {
        int semicolon = text.indexOf(';');
        if (semicolon < 0) {
            return new ParsedType(text.trim().toLowerCase(Locale.ROOT), null, "");
        }
        String type = text.substring(0, semicolon).trim().toLowerCase(Locale.ROOT);
        String charset = null;
        StringBuilder rest = new StringBuilder();
        int from = semicolon + 1;
        while (from <= text.length()) {
            int end = end(text, from);
            String parameter = text.substring(from, end).trim();
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).trim().equalsIgnoreCase("charset")) {
                charset = unquote(parameter.substring(equals + 1).trim());
            } else if (!parameter.isEmpty()) {
                rest.append("; ").append(parameter);
            }
            from = end + 1;
        }
        return new ParsedType(type, charset == null || charset.isEmpty() ? null : charset, rest.toString());
    }

    /** The value of a parameter of a field such as Content-Type or Content-Disposition; null if it has none. */
    static @Nullable String parameter(String text, String name) {
        int from = text.indexOf(';') + 1;
        if (from == 0) {
            return null;
        }
        while (from <= text.length()) {
            int end = end(text, from);
            String parameter = text.substring(from, end).trim();
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).trim().equalsIgnoreCase(name)) {
                return unquote(parameter.substring(equals + 1).trim());
            }
            from = end + 1;
        }
        return null;
    }

    /** Where the parameter that begins at an index ends: at a semicolon that is not inside a quoted string. */
    private static int end(String text, int from) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ';' && !quoted) {
                return i;
            }
        }
        return text.length();
    }

    private static String unquote(String value) {
        if (value.length() < 2 || value.charAt(0) != '"' || value.charAt(value.length() - 1) != '"') {
            return value;
        }
        StringBuilder out = new StringBuilder(value.length());
        for (int i = 1; i < value.length() - 1; i++) {
            char c = value.charAt(i);
            // A backslash escapes only what must be escaped: browsers send Windows paths with single ones.
            char next = value.charAt(i + 1);
            if (c == '\\' && i + 2 < value.length() && (next == '"' || next == '\\')) {
                c = value.charAt(++i);
            }
            out.append(c);
        }
        return out.toString();
    }
}
