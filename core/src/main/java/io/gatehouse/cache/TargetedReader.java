/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.FieldSyntax;
import org.jspecify.annotations.Nullable;

/**
 * Reads a targeted field: a dictionary of structured fields (RFC 9213 section 2.1, RFC 9651 section 4.2.2).
 *
 * <p>All or nothing: a value that breaks the grammar anywhere, is empty, or gives a known directive another type than
 * it has, is as if it were not there. Of a key that stands there twice the last counts; parameters are read and
 * ignored.
 */
final class TargetedReader {

    /** The most digits of an integer (RFC 9651 section 3.3.1). */
    private static final int INTEGER_DIGITS = 15;

    /** The most digits in front of a decimal's point (RFC 9651 section 3.3.2). */
    private static final int DECIMAL_DIGITS = 12;

    private enum Type { INTEGER, STRING, BOOLEAN, OTHER }

    /** The value breaks the grammar; thrown and caught in here. */
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1;

        Broken() {
            super("not a dictionary", null, false, false);
        }
    }

    private final String text;
    private int at;
    private long number;
    private boolean truth;
    private String string = "";

    TargetedReader(String text) {
        this.text = text;
    }

    /** What the field says, or null if it is to be ignored. */
    CacheControl.@Nullable Draft read() {
        try {
            return dictionary();
        } catch (Broken e) {
            return null;
        }
    }

    private CacheControl.@Nullable Draft dictionary() throws Broken {
        Members members = new Members();
        spaces();
        if (at == text.length()) {
            return null;
        }
        while (true) {
            int start = at;
            key();
            Directive directive = Directive.find(text, start, at); // keys are in lower case, or broken
            Type type = Type.BOOLEAN;
            truth = true;
            if (peek() == '=') {
                at++;
                type = peek() == '(' ? innerList() : item();
            }
            Type found = type;
            long foundNumber = number;
            boolean foundTruth = truth;
            String foundString = string;
            parameters();
            if (directive != null && !members.put(directive, found, foundNumber, foundTruth, foundString)) {
                return null;
            }
            blanks();
            if (at == text.length()) {
                return members.draft();
            }
            expect(',');
            blanks();
            if (at == text.length()) {
                throw new Broken(); // a comma with nothing behind it
            }
        }
    }

    /** What the last member of each known key says. */
    private static final class Members {
        private static final Directive[] ALL = Directive.values();
        private final long[] numbers = new long[ALL.length];
        private final boolean[] set = new boolean[ALL.length];
        private final @Nullable String[] names = new @Nullable String[ALL.length];

        /** Whether the value is of the directive's type. */
        boolean put(Directive directive, Type type, long number, boolean truth, String string) {
            int i = directive.ordinal();
            names[i] = null;
            if (directive.kind() == Directive.Kind.SECONDS) {
                boolean bare = directive == Directive.MAX_STALE && type == Type.BOOLEAN && truth;
                numbers[i] = bare ? CacheControl.MOST : Math.max(0, number);
                set[i] = true;
                return bare || type == Type.INTEGER;
            }
            if (directive.kind() == Directive.Kind.FIELDS && type == Type.STRING) {
                names[i] = string;
                set[i] = true;
                return true;
            }
            set[i] = truth;
            return type == Type.BOOLEAN;
        }

        CacheControl.Draft draft() {
            CacheControl.Draft draft = new CacheControl.Draft();
            for (Directive directive : ALL) {
                int i = directive.ordinal();
                String fields = names[i];
                if (!set[i]) {
                    continue;
                }
                if (directive.kind() == Directive.Kind.SECONDS) {
                    draft.seconds(directive, numbers[i], true);
                } else if (fields != null) {
                    draft.fields(directive, fields);
                } else {
                    draft.flag(directive);
                }
            }
            return draft;
        }
    }

    private void key() throws Broken {
        char c = peek();
        if (c != '*' && (c < 'a' || c > 'z')) {
            throw new Broken();
        }
        while (isKeyChar(peek())) {
            at++;
        }
    }

    private Type innerList() throws Broken {
        at++;
        while (true) {
            spaces();
            if (peek() == ')') {
                at++;
                return Type.OTHER;
            }
            item();
            parameters();
            if (peek() != ' ' && peek() != ')') {
                throw new Broken();
            }
        }
    }

    private void parameters() throws Broken {
        while (peek() == ';') {
            at++;
            spaces();
            key();
            if (peek() == '=') {
                at++;
                item();
            }
        }
    }

    private Type item() throws Broken {
        char c = peek();
        if (c == '-' || isDigit(c)) {
            return number();
        }
        if (c == '*' || isAlpha(c)) {
            while (isTokenChar(peek())) {
                at++;
            }
            return Type.OTHER;
        }
        at++;
        return switch (c) {
            case '"' -> string();
            case '?' -> bool();
            case ':' -> bytes();
            case '@' -> date();
            case '%' -> displayString();
            default -> throw new Broken();
        };
    }

    private Type bool() throws Broken {
        char bit = next();
        if (bit != '0' && bit != '1') {
            throw new Broken();
        }
        truth = bit == '1';
        return Type.BOOLEAN;
    }

    private Type date() throws Broken {
        if (number() != Type.INTEGER) {
            throw new Broken();
        }
        return Type.OTHER;
    }

    private Type number() throws Broken {
        boolean negative = peek() == '-';
        at += negative ? 1 : 0;
        int start = at;
        long value = 0;
        while (isDigit(peek()) && at - start <= INTEGER_DIGITS) {
            value = 10 * value + peek() - '0';
            at++;
        }
        int digits = at - start;
        if (digits == 0 || digits > INTEGER_DIGITS) {
            throw new Broken();
        }
        if (peek() != '.') {
            number = negative ? -value : value;
            return Type.INTEGER;
        }
        int point = at++;
        while (isDigit(peek())) {
            at++;
        }
        int behind = at - point - 1;
        if (digits > DECIMAL_DIGITS || behind < 1 || behind > 3) {
            throw new Broken();
        }
        return Type.OTHER;
    }

    private Type string() throws Broken {
        StringBuilder out = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                string = out.toString();
                return Type.STRING;
            }
            if (c == '\\') {
                c = next();
                if (c != '"' && c != '\\') {
                    throw new Broken();
                }
            } else if (c < ' ' || c > '~') {
                throw new Broken();
            }
            out.append(c);
        }
    }

    private Type bytes() throws Broken {
        char c = next();
        while (c != ':') {
            if (!isAlpha(c) && !isDigit(c) && c != '+' && c != '/' && c != '=') {
                throw new Broken();
            }
            c = next();
        }
        return Type.OTHER;
    }

    private Type displayString() throws Broken {
        expect('"');
        for (char c = next(); c != '"'; c = next()) {
            if (c < ' ' || c > '~') {
                throw new Broken();
            }
            if (c == '%') {
                lowerHex();
                lowerHex();
            }
        }
        return Type.OTHER;
    }

    private void lowerHex() throws Broken {
        char c = next();
        if (!isDigit(c) && (c < 'a' || c > 'f')) {
            throw new Broken();
        }
    }

    /** The character that stands next, or NUL at the end, which no value has. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\0';
    }

    private char next() throws Broken {
        if (at == text.length()) {
            throw new Broken();
        }
        return text.charAt(at++);
    }

    private void expect(char c) throws Broken {
        if (next() != c) {
            throw new Broken();
        }
    }

    private void spaces() {
        while (peek() == ' ') {
            at++;
        }
    }

    private void blanks() {
        while (peek() == ' ' || peek() == '\t') {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isAlpha(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean isKeyChar(char c) {
        return c >= 'a' && c <= 'z' || isDigit(c) || c == '_' || c == '-' || c == '.' || c == '*';
    }

    private static boolean isTokenChar(char c) {
        return FieldSyntax.isTokenChar(c) || c == ':' || c == '/';
    }
}
