/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.FieldSyntax;

/**
 * Reads one line of Cache-Control: {@code token [ "=" ( token / quoted-string ) ]} between commas (RFC 9111 section
 * 5.2).
 *
 * <p>A quoted string is opaque, commas and all; one that has no end is not quoted at all, so that what stands behind
 * the stray quote still binds. Blanks around {@code =} are not of the grammar: a number behind them is not usable.
 */
final class DirectiveReader {

    private final String line;
    private final CacheControl.Draft draft;

    DirectiveReader(String line, CacheControl.Draft draft) {
        this.line = line;
        this.draft = draft;
    }

    /** Adds what the line says to the draft. */
    void read() {
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            at = c == ',' || isBlank(c) ? at + 1 : member(at);
        }
    }

    /** Reads one member and returns where it ends: at a comma or at the end of the line. */
    private int member(int start) {
        int nameEnd = start;
        while (nameEnd < line.length() && FieldSyntax.isTokenChar(line.charAt(nameEnd))) {
            nameEnd++;
        }
        Directive directive = Directive.find(line, start, nameEnd);
        int at = blanks(nameEnd);
        boolean valued = at < line.length() && line.charAt(at) == '=';
        if (!valued) {
            int end = comma(nameEnd);
            if (directive != null) {
                bare(directive, at == end);
            }
            return end;
        }
        int from = at + 1;
        int close = from < line.length() && line.charAt(from) == '"' ? closing(from) : -1;
        int end = comma(close < 0 ? from : close + 1);
        if (directive != null) {
            boolean fine = at == nameEnd && (close < 0 || blanks(close + 1) == end);
            String value = close < 0 ? line.substring(from, trimmed(from, end)) : line.substring(from + 1, close);
            valued(directive, value, fine);
        }
        return end;
    }

    private void bare(Directive directive, boolean fine) {
        switch (directive.kind()) {
            case SECONDS -> draft.seconds(
                    directive, directive == Directive.MAX_STALE && fine ? CacheControl.MOST : 0, false);
            case PERMITTING -> {
                if (fine) {
                    draft.flag(directive);
                }
            }
            case FIELDS, BINDING -> draft.flag(directive);
        }
    }

    private void valued(Directive directive, String value, boolean fine) {
        switch (directive.kind()) {
            case SECONDS -> draft.seconds(directive, fine ? Math.max(0, Freshness.seconds(value)) : 0, false);
            case FIELDS -> draft.fields(directive, fine ? value : "");
            case BINDING -> draft.flag(directive);
            case PERMITTING -> { }
        }
    }

    /** The quote that ends the quoted string that begins there, or -1. */
    private int closing(int open) {
        for (int i = open + 1; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                return i;
            }
            if (c == '\\') {
                i++;
            }
        }
        return -1;
    }

    private int comma(int from) {
        int comma = line.indexOf(',', from);
        return comma < 0 ? line.length() : comma;
    }

    private int blanks(int from) {
        int at = from;
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
        return at;
    }

    private int trimmed(int from, int to) {
        int end = to;
        while (end > from && isBlank(line.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
