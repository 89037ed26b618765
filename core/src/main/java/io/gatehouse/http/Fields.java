/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a message, immutable and in order: a header section or a trailer section (RFC 9110 sections 5 and 6.5).
 *
 * <p>Names are kept as they came and compared without case. A field that came on several lines is several entries here;
 * joining them is the reader's choice, because not every field may be joined. The two parts of an entry lie side by side in
 * one array: requests have few fields, and a short scan beats a hash.
 */
public final class Fields implements Iterable<Field> {

    /** No fields. */
    public static final Fields EMPTY = new Fields(new String[0]);

    private final String[] pairs;

    private Fields(String[] pairs) {
        this.pairs = pairs;
    }

    /**
     * Fields from names and values in turn, each checked.
     *
     * @throws IllegalArgumentException if a name has no value, or one of them breaks the grammar
     */
    public static Fields of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException("a name without a value: " + namesAndValues[namesAndValues.length - 1]);
        }
        Builder builder = new Builder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            builder.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return builder.build();
    }

    /**
     * Fields from names and values in turn whose syntax a parser has checked already.
     *
     * @param pairs handed over: the caller does not change it any more
     */
    public static Fields parsed(String[] pairs) {
        return pairs.length == 0 ? EMPTY : new Fields(pairs);
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that begins with these fields. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.pairs = Arrays.copyOf(pairs, Math.max(pairs.length + 8, 16));
        builder.length = pairs.length;
        return builder;
    }

    /** How many field lines there are. */
    public int size() {
        return pairs.length / 2;
    }

    /** The name of the field line at an index. */
    public String name(int index) {
        return pairs[2 * index];
    }

    /** The value of the field line at an index. */
    public String value(int index) {
        return pairs[2 * index + 1];
    }

    /** The value of the first field line of that name, or null. */
    public @Nullable String first(String name) {
        int at = indexOf(pairs, pairs.length, name, 0);
        return at < 0 ? null : pairs[at + 1];
    }

    /** Whether there is a field line of that name. */
    public boolean contains(String name) {
        return indexOf(pairs, pairs.length, name, 0) >= 0;
    }

    /** The values of all field lines of that name, in order; empty if there is none. */
    public List<String> all(String name) {
        int at = indexOf(pairs, pairs.length, name, 0);
        if (at < 0) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (; at >= 0; at = indexOf(pairs, pairs.length, name, at + 2)) {
            values.add(pairs[at + 1]);
        }
        return values;
    }

    /** The values of all field lines of that name joined with a comma (RFC 9110 section 5.3), or null if there is none. */
    public @Nullable String joined(String name) {
        int at = indexOf(pairs, pairs.length, name, 0);
        if (at < 0) {
            return null;
        }
        int next = indexOf(pairs, pairs.length, name, at + 2);
        return next < 0 ? pairs[at + 1] : String.join(", ", all(name));
    }

    /** Whether the comma-separated list under that name has the token as a member, compared without case. */
    public boolean lists(String name, String token) {
        for (int at = indexOf(pairs, pairs.length, name, 0); at >= 0; at = indexOf(pairs, pairs.length, name, at + 2)) {
            String value = pairs[at + 1];
            int from = 0;
            while (from <= value.length()) {
                int comma = value.indexOf(',', from);
                int to = comma < 0 ? value.length() : comma;
                if (FieldSyntax.trim(value.substring(from, to)).equalsIgnoreCase(token)) {
                    return true;
                }
                from = to + 1;
            }
        }
        return false;
    }

    /** These fields with one more line at the end. */
    public Fields plus(String name, String value) {
        return toBuilder().add(name, value).build();
    }

    /** These fields with one line of that name in the place of all others of it. */
    public Fields with(String name, String value) {
        return toBuilder().set(name, value).build();
    }

    /** These fields without any line of that name. */
    public Fields without(String name) {
        return contains(name) ? toBuilder().remove(name).build() : this;
    }

    @Override
    public Iterator<Field> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < size();
            }

            @Override
            public Field next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return new Field(name(next), value(next++));
            }
        };
    }

    /** Equal if the same lines stand in the same order; names compare with case here. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fields fields && Arrays.equals(pairs, fields.pairs);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(pairs);
    }

    /** One line per field, for a person to read. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < size(); i++) {
            out.append(name(i)).append(": ").append(value(i)).append('\n');
        }
        return out.toString();
    }

    private static int indexOf(@Nullable String[] pairs, int length, String name, int from) {
        for (int i = from; i < length; i += 2) {
            String candidate = pairs[i];
            if (candidate != null
                    && candidate.length() == name.length()
                    && (candidate.equals(name) || candidate.equalsIgnoreCase(name))) {
                return i;
            }
        }
        return -1;
    }

    /** Fields in the making; used by one thread at a time. Every name and value is checked as it comes in. */
    public static final class Builder {
        private @Nullable String[] pairs = new @Nullable String[16];
        private int length;

        private Builder() {}

        /**
         * Adds a line at the end.
         *
         * @throws IllegalArgumentException if the name or the value breaks the grammar (RFC 9110 section 5)
         */
        public Builder add(String name, String value) {
            FieldSyntax.requireName(name);
            String checked = FieldSyntax.requireValue(name, value);
            if (length == pairs.length) {
                pairs = Arrays.copyOf(pairs, 2 * length);
            }
            pairs[length++] = name;
            pairs[length++] = checked;
            return this;
        }

        /** Adds all lines of other fields at the end. */
        public Builder addAll(Fields fields) {
            for (int i = 0; i < fields.size(); i++) {
                add(fields.name(i), fields.value(i));
            }
            return this;
        }

        /** Puts one line of that name in the place of the first, and removes all others of it. */
        public Builder set(String name, String value) {
            int at = indexOf(pairs, length, name, 0);
            if (at < 0) {
                return add(name, value);
            }
            String checked = FieldSyntax.requireValue(name, value);
            removeFrom(name, at + 2);
            pairs[at + 1] = checked;
            return this;
        }

        /** Removes every line of that name. */
        public Builder remove(String name) {
            removeFrom(name, 0);
            return this;
        }

        /** Removes all lines. */
        public Builder clear() {
            Arrays.fill(pairs, 0, length, null);
            length = 0;
            return this;
        }

        /** The value of the first line of that name, or null. */
        public @Nullable String first(String name) {
            int at = indexOf(pairs, length, name, 0);
            return at < 0 ? null : pairs[at + 1];
        }

        /** Whether there is a line of that name. */
        public boolean contains(String name) {
            return indexOf(pairs, length, name, 0) >= 0;
        }

        /** The fields as they stand now; the builder can be used on. */
        @SuppressWarnings("NullAway") // the array is full up to length
        public Fields build() {
            return length == 0 ? EMPTY : new Fields(Arrays.copyOf(pairs, length));
        }

        private void removeFrom(String name, int from) {
            int kept = from;
            for (int i = from; i < length; i += 2) {
                String candidate = pairs[i];
                if (candidate == null || !candidate.equalsIgnoreCase(name)) {
                    pairs[kept] = candidate;
                    pairs[kept + 1] = pairs[i + 1];
                    kept += 2;
                }
            }
            Arrays.fill(pairs, kept, length, null);
            length = kept;
        }
    }
}
