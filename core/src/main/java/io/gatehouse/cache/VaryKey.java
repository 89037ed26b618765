/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the Vary of a stored response nominates and what the request that it answered said there (RFC 9111 section
 * 4.1): the name of one variant. Immutable; two keys are equal if they nominate the same fields and match the same
 * requests.
 *
 * <p>A field that was absent matches only an absent one. Of others the lines are joined and compared
 *
 * <ul>
 *   <li>as preferences, without order and case, if they are Accept-Language, Accept-Encoding or Accept-Charset;
 *   <li>as they stand, if they are one value by nature: Cookie, User-Agent and their like, where a blank is part of it;
 *   <li>as lists without the blanks around their members and without empty members, if they are anything else.
 * </ul>
 */
final class VaryKey {

    /** The key of a response without Vary: it matches every request. */
    static final VaryKey NONE = new VaryKey(List.of(), List.of());

    /** Ends a line where lines are not a list; no value has it. */
    private static final char LINE_END = '\n';

    private final List<String> names;
    private final List<Value> values;

    private VaryKey(List<String> names, List<Value> values) {
        this.names = names;
        this.values = values;
    }

    /**
     * What a request said in a field.
     *
     * @param raw the only line, or null: a request that says the same is known without more ado
     * @param normal joined and normalised, or null if the field was absent
     * @param preferences the members, or null if the field is not compared so
     */
    private record Value(@Nullable String raw, @Nullable String normal, @Nullable Preferences preferences) {

        boolean isSame(Value other) {
            return preferences == null && other.preferences == null
                    ? Objects.equals(normal, other.normal) : Objects.equals(preferences, other.preferences);
        }
    }

    /** Whether Vary has a member {@code *} anywhere: the response answers nothing without validation. */
    static boolean isStar(Fields response) {
        return response.contains("Vary") && response.lists("Vary", "*");
    }

    /**
     * The key of a response.
     *
     * @param response its fields; a member of Vary that is no field name is left out
     * @param more names in lower case, which count as if Vary had them
     * @param request the fields of the request that it answers, as the client sent them
     */
    static VaryKey of(Fields response, List<String> more, Fields request) {
        if (more.isEmpty() && !response.contains("Vary")) {
            return NONE;
        }
        TreeSet<String> nominated = new TreeSet<>(more);
        for (String line : response.all("Vary")) {
            for (String member : line.split(",", -1)) {
                String name = FieldSyntax.trim(member);
                if (FieldSyntax.isToken(name) && !name.equals("*")) {
                    nominated.add(name.toLowerCase(Locale.ROOT));
                }
            }
        }
        if (nominated.isEmpty()) {
            return NONE;
        }
        List<Value> values = new ArrayList<>(nominated.size());
        for (String name : nominated) {
            values.add(value(name, request.all(name)));
        }
        return new VaryKey(List.copyOf(nominated), List.copyOf(values));
    }

    /** The key of a response whose Vary tells all. */
    static VaryKey of(Fields response, Fields request) {
        return of(response, List.of(), request);
    }

    /** The nominated fields, in lower case and in order; empty for {@link #NONE}. */
    List<String> names() {
        return names;
    }

    /** Whether the variant may answer a request with these fields. Makes no garbage but in the oddest cases. */
    boolean matches(Fields request) {
        for (int i = 0; i < names.size(); i++) {
            if (!matches(names.get(i), values.get(i), request)) {
                return false;
            }
        }
        return true;
    }

    /** The bytes that the key takes on the heap, roughly: two for each character, and what objects cost. */
    int weight() {
        int weight = 48;
        for (int i = 0; i < names.size(); i++) {
            String normal = values.get(i).normal;
            weight += 96 + 2 * names.get(i).length() + (normal == null ? 0 : 6 * normal.length());
        }
        return names.isEmpty() ? 0 : weight;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof VaryKey that) || !names.equals(that.names)) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (!values.get(i).isSame(that.values.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Of the names alone: values that are equal may be written in several ways. */
    @Override
    public int hashCode() {
        return names.hashCode();
    }

    /** For a person to read. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            String normal = values.get(i).normal;
            out.append(names.get(i)).append(normal == null ? " absent" : ": " + normal).append('\n');
        }
        return out.toString();
    }

    /** Whether two field names are the same but for case. */
    static boolean is(String one, String other) {
        return one.length() == other.length() && one.equalsIgnoreCase(other);
    }

    private static Value value(String name, List<String> lines) {
        if (lines.isEmpty()) {
            return new Value(null, null, null);
        }
        StringBuilder normal = new StringBuilder();
        for (String line : lines) {
            if (isOneValue(name)) {
                normal.append(line).append(LINE_END);
                continue;
            }
            for (int at = memberStart(line, 0); at < line.length(); ) {
                int end = memberEnd(line, at);
                normal.append(normal.length() == 0 ? "" : ",").append(line, at, end);
                at = memberStart(line, end);
            }
        }
        Preferences preferences = isPreferences(name) ? Preferences.of(lines) : null;
        return new Value(lines.size() == 1 ? lines.get(0) : null, normal.toString(), preferences);
    }

    private static boolean matches(String name, Value value, Fields request) {
        int lines = 0;
        String line = null;
        for (int i = 0; i < request.size(); i++) {
            if (is(request.name(i), name)) {
                line = request.value(i);
                lines++;
            }
        }
        String normal = value.normal;
        if (line == null || normal == null) {
            return line == null && normal == null;
        }
        if (lines == 1 && line.equals(value.raw)) {
            return true;
        }
        return value.preferences != null ? value.preferences.matches(request, name) : isNormal(normal, name, request);
    }

    /** Whether {@link #value} would make that text of the request's lines. */
    private static boolean isNormal(String normal, String name, Fields request) {
        boolean oneValue = isOneValue(name);
        int at = 0;
        for (int i = 0; i < request.size(); i++) {
            if (!is(request.name(i), name)) {
                continue;
            }
            String line = request.value(i);
            if (oneValue) {
                at = follow(normal, at, line, 0, line.length());
                if (at < 0 || at == normal.length() || normal.charAt(at++) != LINE_END) {
                    return false;
                }
                continue;
            }
            for (int from = memberStart(line, 0); from < line.length(); ) {
                if (at > 0 && (at == normal.length() || normal.charAt(at++) != ',')) {
                    return false;
                }
                int end = memberEnd(line, from);
                at = follow(normal, at, line, from, end);
                if (at < 0) {
                    return false;
                }
                from = memberStart(line, end);
            }
        }
        return at == normal.length();
    }

    /** Where a text goes on behind a part of a line, or -1 if that does not stand there. */
    private static int follow(String text, int at, String line, int from, int to) {
        return text.regionMatches(at, line, from, to - from) ? at + to - from : -1;
    }

    /** Where the next member of a list begins, past commas and blanks; the line's length if there is none. */
    private static int memberStart(String line, int from) {
        int at = from;
        while (at < line.length() && (line.charAt(at) == ',' || isBlank(line.charAt(at)))) {
            at++;
        }
        return at;
    }

    /** Where the member ends that begins there, without blanks; commas in quoted strings are part of it. */
    private static int memberEnd(String line, int from) {
        boolean quoted = false;
        int end = from;
        for (int i = from; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (quoted && c == '\\' && i + 1 < line.length()) {
                i++;
                c = line.charAt(i);
            } else if (!quoted && c == ',') {
                break;
            }
            end = isBlank(c) ? end : i + 1;
        }
        return end;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isPreferences(String name) {
        return name.equals("accept-language") || name.equals("accept-encoding") || name.equals("accept-charset");
    }

    private static boolean isOneValue(String name) {
        return switch (name) {
            case "authorization", "cookie", "from", "host", "origin", "referer", "user-agent" -> true;
            default -> false;
        };
    }
}
