/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a response does with the text of its fields. */
final class ResponseText {

    /** The fields that describe a body, and go with it. */
    static final List<String> DESCRIBES_BODY = List.of(
            "Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "ETag", "Last-Modified");

    private ResponseText() {}

    /** A field holds ISO-8859-1 only; other characters become question marks, as in every container. */
    static String latin(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > 0xFF) {
                return new String(value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
            }
        }
        return value;
    }

    /** The number in a Content-Length that the application set as text. */
    static long length(String value) {
        try {
            return Long.parseLong(value.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a length: '" + FieldSyntax.printable(value) + "'", e);
        }
    }

    /** The names of fields, each once. */
    static Collection<String> names(Fields fields) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        fields.forEach(field -> names.add(field.name()));
        return names;
    }

    /** Adds a cookie in the place of those of its name and path. */
    static void replaceCookie(Fields.Builder fields, String value) {
        String prefix = value.substring(0, value.indexOf('=') + 1);
        List<String> others = fields.build().all("Set-Cookie");
        fields.remove("Set-Cookie");
        for (String other : others) {
            if (!other.startsWith(prefix) || !path(other).equals(path(value))) {
                fields.add("Set-Cookie", other);
            }
        }
        fields.add("Set-Cookie", value);
    }

    /** The path of a cookie that was set here; empty if it has none. */
    private static String path(String cookie) {
        int at = cookie.indexOf("; Path=");
        int end = cookie.indexOf(';', at + 1);
        return at < 0 ? "" : cookie.substring(at, end < 0 ? cookie.length() : end);
    }
}
