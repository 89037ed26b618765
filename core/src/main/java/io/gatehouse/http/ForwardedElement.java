/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy says in the Forwarded field about the request as it came to it (RFC 7239 section 4). Values are as written, without
 * their quotes; parameters that the RFC does not name are left out.
 *
 * @param client {@code for}: whom the proxy was asked by; null if it does not say
 * @param by where the proxy was asked; null if it does not say
 * @param host what the request's Host said; null if it does not say
 * @param proto the scheme; null if it does not say
 */
public record ForwardedElement(
        @Nullable String client, @Nullable String by, @Nullable String host, @Nullable String proto) {

    /**
     * Reads all lines of a Forwarded field. Strict: no white space but around commas, no parameter twice in an element. Each line must be
     * whole for itself, so that no quote that one client leaves open swallows what a proxy adds in a line of its own.
     *
     * @return the elements in order, that of the nearest proxy last; null if the field breaks the grammar anywhere
     */
    public static @Nullable List<ForwardedElement> parse(List<String> lines) {
        List<ForwardedElement> elements = new ArrayList<>();
        for (String line : lines) {
            if (!new Reader(line, elements).read()) {
                return null;
            }
        }
        return elements;
    }

    /** One line, from the left to the right. */
    private static final class Reader {
        private final String text;
        private final List<ForwardedElement> elements;
        private int at;
        private @Nullable String client;
        private @Nullable String by;
        private @Nullable String host;
        private @Nullable String proto;
        private List<String> seen = new ArrayList<>(4);

        Reader(String text, List<ForwardedElement> elements) {
            this.text = text;
            this.elements = elements;
        }

        /** An empty place in the list is no element, and allowed (RFC 9110 section 5.6.1.2). */
        boolean read() {
            while (true) {
                skipBlanks();
                if (!atEnd() && text.charAt(at) != ',' && !element()) {
                    return false;
                }
                skipBlanks();
                if (atEnd()) {
                    return true;
                }
                if (text.charAt(at++) != ',') {
                    return false;
                }
            }
        }

        private boolean element() {
            client = null;
            by = null;
            host = null;
            proto = null;
            seen = new ArrayList<>(4);
            while (true) {
                if (!atEnd() && FieldSyntax.isTokenChar(text.charAt(at)) && !pair()) {
                    return false;
                }
                if (atEnd() || text.charAt(at) != ';') {
                    elements.add(new ForwardedElement(client, by, host, proto));
                    return true;
                }
                at++;
            }
        }

        private boolean pair() {
            String name = token().toLowerCase(Locale.ROOT);
            if (atEnd() || text.charAt(at) != '=' || seen.contains(name)) {
                return false;
            }
            at++;
            seen.add(name);
            String value = atEnd() ? null : text.charAt(at) == '"' ? quoted() : token();
            if (value == null || value.isEmpty()) {
                return false;
            }
            switch (name) {
                case "for" -> client = value;
                case "by" -> by = value;
                case "host" -> host = value;
                case "proto" -> proto = value;
                default -> {} // of an extension (section 5.5)
            }
            return true;
        }

        private String token() {
            int from = at;
            while (!atEnd() && FieldSyntax.isTokenChar(text.charAt(at))) {
                at++;
            }
            return text.substring(from, at);
        }

        /** A quoted string (RFC 9110 section 5.6.4); null if it does not end. */
        private @Nullable String quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; !atEnd(); at++) {
                char c = text.charAt(at);
                if (c == '"') {
                    at++;
                    return value.toString();
                }
                if (c == '\\' && ++at < text.length()) {
                    c = text.charAt(at);
                } else if (c == '\\') {
                    return null;
                }
                if (!FieldSyntax.isValueChar(c)) {
                    return null;
                }
                value.append(c);
            }
            return null;
        }

        private void skipBlanks() {
            while (!atEnd() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }

        private boolean atEnd() {
            return at >= text.length();
        }
    }
}
