/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A list of preferences, such as Accept-Language, as a set of members with weights: neither their order nor their case
 * nor how a weight is written changes what it asks for (RFC 9110 section 12.4.2).
 *
 * @param names in lower case, in order; at most {@link #MOST}
 * @param weights of each, in thousandths
 */
record Preferences(List<String> names, List<Integer> weights) {

    /** The most members that are compared so; a longer list is compared as it stands. */
    static final int MOST = 64;

    private static final int FULL = 1000;

    /**
     * The members of all lines, or null if one of them breaks the grammar, stands there twice, or there are too many.
     */
    static @Nullable Preferences of(List<String> lines) {
        List<String> names = new ArrayList<>();
        for (String line : lines) {
            for (int from = 0; from <= line.length(); ) {
                int to = end(line, from);
                int start = start(line, from, to);
                if (start < to) {
                    int nameEnd = nameEnd(line, start, to);
                    int weight = weight(line, nameEnd, to);
                    String name = line.substring(start, nameEnd).toLowerCase(Locale.ROOT);
                    if (weight < 0 || name.isEmpty()) {
                        return null;
                    }
                    names.add(name + ' ' + (FULL + weight)); // four digits, to be split off again once it is in order
                }
                from = to + 1;
            }
        }
        if (names.size() > MOST) {
            return null;
        }
        names.sort(null);
        List<Integer> weights = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String text = names.get(i);
            String name = text.substring(0, text.length() - 5);
            if (i > 0 && names.get(i - 1).equals(name)) {
                return null;
            }
            names.set(i, name);
            weights.add(Integer.parseInt(text.substring(text.length() - 4)) - FULL);
        }
        return new Preferences(List.copyOf(names), List.copyOf(weights));
    }

    /** Whether a request's lines of that name ask for the same. Makes no garbage. */
    boolean matches(Fields request, String field) {
        long seen = 0;
        boolean any = false;
        for (int i = 0; i < request.size(); i++) {
            if (!VaryKey.is(request.name(i), field)) {
                continue;
            }
            any = true;
            String line = request.value(i);
            for (int from = 0; from <= line.length(); ) {
                int to = end(line, from);
                int start = start(line, from, to);
                if (start < to) {
                    int index = find(line, start, to);
                    if (index < 0 || (seen & 1L << index) != 0) {
                        return false;
                    }
                    seen |= 1L << index;
                }
                from = to + 1;
            }
        }
        return any && Long.bitCount(seen) == names.size();
    }

    /** Which member stands there with its own weight; -1 if none does. */
    private int find(String line, int start, int to) {
        int nameEnd = nameEnd(line, start, to);
        int weight = weight(line, nameEnd, to);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (name.length() == nameEnd - start && line.regionMatches(true, start, name, 0, name.length())) {
                return weights.get(i) == weight ? i : -1;
            }
        }
        return -1;
    }

    private static int end(String line, int from) {
        int comma = line.indexOf(',', from);
        return comma < 0 ? line.length() : comma;
    }

    private static int start(String line, int from, int to) {
        int start = from;
        while (start < to && isBlank(line.charAt(start))) {
            start++;
        }
        return start;
    }

    private static int nameEnd(String line, int start, int to) {
        int end = start;
        while (end < to && line.charAt(end) != ';' && !isBlank(line.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Thousandths of what follows a name: nothing, or {@code ;q=} and a weight; -1 if it is anything else. */
    private static int weight(String line, int from, int to) {
        int end = to;
        while (end > from && isBlank(line.charAt(end - 1))) {
            end--;
        }
        int at = start(line, from, end);
        if (at == end) {
            return FULL;
        }
        if (line.charAt(at) != ';') {
            return -1;
        }
        at = start(line, at + 1, end);
        if (at + 2 >= end || (line.charAt(at) | 0x20) != 'q' || line.charAt(at + 1) != '=') {
            return -1;
        }
        at += 2;
        int whole = line.charAt(at++) - '0';
        if (whole != 0 && whole != 1 || end - at > 4 || at < end && line.charAt(at++) != '.') {
            return -1;
        }
        int weight = whole * FULL;
        for (int place = 100; at < end; at++, place /= 10) {
            int digit = line.charAt(at) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            weight += digit * place;
        }
        return weight <= FULL ? weight : -1;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
