/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import io.gatehouse.http.FieldSyntax;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of an {@code Authorization} field (RFC 9110 section 11.4), strictly. */
final class AuthorizationField {

    /** No scheme has as many. */
    private static final int MAX_PARAMETERS = 32;

    private final String text;
    private final Map<String, String> parameters = new HashMap<>();
    private int at;

    private AuthorizationField(String text, int at) {
        this.text = text;
        this.at = at;
    }

    /** The parameters of a field of this scheme, by lower name; null if it is another's, or malformed, or names one twice. */
    static @Nullable Map<String, String> parse(String text, String scheme) {
        int space = text.indexOf(' ');
        if (space < 0 || !text.substring(0, space).equalsIgnoreCase(scheme)) {
            return null;
        }
        AuthorizationField field = new AuthorizationField(text, space);
        return field.list() ? field.parameters : null;
    }

    private boolean list() {
        while (true) {
            skipSpace();
            if (!parameter() || parameters.size() > MAX_PARAMETERS) {
                return false;
            }
            skipSpace();
            if (at == text.length()) {
                return true;
            }
            if (text.charAt(at++) != ',') {
                return false;
            }
        }
    }

    private boolean parameter() {
        String name = token();
        skipSpace();
        if (name.isEmpty() || at == text.length() || text.charAt(at++) != '=') {
            return false;
        }
        skipSpace();
        String value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
        boolean quotedEmpty = value != null && value.isEmpty() && at > 1 && text.charAt(at - 1) == '"';
        return value != null && (!value.isEmpty() || quotedEmpty)
                && parameters.put(name.toLowerCase(Locale.ROOT), value) == null;
    }

    private String token() {
        int from = at;
        while (at < text.length() && FieldSyntax.isTokenChar(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at);
    }

    private @Nullable String quoted() {
        StringBuilder out = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return out.toString();
            }
            if (c == '\\') {
                if (at == text.length()) {
                    return null;
                }
                c = text.charAt(at++);
            }
            out.append(c);
        }
        return null;
    }

    private void skipSpace() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }
}
