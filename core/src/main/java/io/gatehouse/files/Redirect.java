/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.http.Target;
import java.nio.charset.StandardCharsets;

/**
 * Where a folder lies whose slash was left out: the same path with a slash, and the same query.
 *
 * <p>The path goes back as it was received, so that whatever was encoded stays so. It must stay on this host: a
 * Location that begins with two slashes, or with something that a browser takes for them, would name another (RFC
 * 3986 section 4.2).
 */
final class Redirect {

    private static final String UNSAFE = "\"<>\\^`{|}#";

    private Redirect() {}

    /** The value of Location. */
    static String toFolder(Target target) {
        String raw = target.rawPath();
        StringBuilder out = new StringBuilder(raw.length() + 16);
        if (isPlain(raw)) {
            append(out, raw);
        } else {
            out.append('/');
            append(out, encoded(target.path().replaceFirst("^[/\\\\]+", "")));
        }
        out.append('/');
        String query = target.query();
        if (query != null) {
            append(out.append('?'), query);
        }
        return out.toString();
    }

    /** One slash in front, and nothing that a client would normalise before it looks at it. */
    private static boolean isPlain(String raw) {
        return raw.startsWith("/") && raw.length() > 1 && !raw.endsWith("/") && raw.indexOf('\\') < 0
                && !raw.contains("//") && !raw.contains("/.") && !raw.regionMatches(true, 0, "/%5c", 0, 4)
                && !raw.regionMatches(true, 0, "/%2f", 0, 4) && !raw.regionMatches(true, 0, "/%09", 0, 4);
    }

    private static void append(StringBuilder out, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > ' ' && c < 127 && UNSAFE.indexOf(c) < 0) {
                out.append(c);
            } else {
                percent(out, c & 0xFF); // a target came as bytes, one to a character
            }
        }
    }

    private static String encoded(String path) {
        StringBuilder out = new StringBuilder(path.length() + 16);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c == '/' || c == '-' || c == '.' || c == '_' || c == '~' || c < 128 && Character.isLetterOrDigit(c)) {
                out.append(c);
            } else {
                percent(out, c);
            }
        }
        return out.toString();
    }

    private static void percent(StringBuilder out, int value) {
        out.append('%').append(Character.toUpperCase(Character.forDigit(value >> 4, 16)))
                .append(Character.toUpperCase(Character.forDigit(value & 15, 16)));
    }
}
