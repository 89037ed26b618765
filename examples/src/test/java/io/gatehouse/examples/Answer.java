/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An answer as it came.
 *
 * @param statusLine without its line's end
 * @param fields the lines, without their ends
 * @param body without its framing
 * @param trailers the lines of the trailer section
 */
record Answer(String statusLine, List<String> fields, byte[] body, List<String> trailers) {

    int status() {
        return Integer.parseInt(statusLine.substring(9, 12));
    }

    @Nullable String first(String name) {
        return fields.stream()
                .filter(field -> named(field, name))
                .map(field -> field.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(null);
    }

    boolean has(String name) {
        return first(name) != null;
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    Answer withBody(byte[] bytes) {
        return new Answer(statusLine, fields, bytes, trailers);
    }

    /**
     * Everything but the fields of these names, for comparison: one character for each byte. Content-Length, which is
     * framing and so its transport's to place, comes last.
     */
    String without(List<String> names) {
        StringBuilder all = new StringBuilder(statusLine).append('\n');
        fields.stream()
                .filter(field -> names.stream().noneMatch(name -> named(field, name)))
                .sorted(Comparator.comparing(field -> named(field, "Content-Length")))
                .forEach(field -> all.append(field).append('\n'));
        all.append('\n').append(new String(body, StandardCharsets.ISO_8859_1)).append('\n');
        trailers.forEach(field -> all.append(field).append('\n'));
        return all.toString();
    }

    private static boolean named(String field, String name) {
        return field.length() > name.length()
                && field.charAt(name.length()) == ':'
                && field.regionMatches(true, 0, name, 0, name.length());
    }

    @Override
    public String toString() {
        return without(List.of());
    }
}
