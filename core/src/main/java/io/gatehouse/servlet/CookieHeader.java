/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.HttpDate;
import jakarta.servlet.http.Cookie;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cookies in and out of their fields (RFC 6265). */
final class CookieHeader {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private CookieHeader() {}

    /**
     * The cookies of a request. A pair that is no cookie is skipped, the others are kept; past the limit all are
     * skipped.
     *
     * @param lines the Cookie fields
     */
    static List<Cookie> parse(List<String> lines, int limit) {
        List<Cookie> cookies = new ArrayList<>();
        int skipped = 0;
        for (String line : lines) {
            int from = 0;
            while (from < line.length()) {
                int semicolon = line.indexOf(';', from);
                int end = semicolon < 0 ? line.length() : semicolon;
                String pair = FieldSyntax.trim(line.substring(from, end));
                from = end + 1;
                if (pair.isEmpty()) {
                    continue;
                }
                Cookie cookie = cookies.size() < limit ? cookie(pair) : null;
                if (cookie == null) {
                    skipped++;
                } else {
                    cookies.add(cookie);
                }
            }
        }
        if (skipped > 0) {
            LOG.log(System.Logger.Level.DEBUG, skipped + " cookies skipped, malformed or past the limit of " + limit);
        }
        return cookies;
    }

    private static @Nullable Cookie cookie(String pair) {
        int equals = pair.indexOf('=');
        if (equals <= 0) {
            return null;
        }
        String name = FieldSyntax.trim(pair.substring(0, equals));
        String value = FieldSyntax.trim(pair.substring(equals + 1));
        if (!FieldSyntax.isToken(name)) {
            return null;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > 126) {
                return null;
            }
        }
        try {
            return new Cookie(name, value);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * The value of a Set-Cookie field (RFC 6265 section 4.1).
     *
     * @throws IllegalArgumentException if name, value or an attribute has a character that would change its meaning
     */
    static String format(Cookie cookie, Clock clock) {
        StringBuilder out = new StringBuilder(64);
        out.append(requireName(cookie.getName())).append('=').append(requireValue(cookie.getName(), cookie.getValue()));
        for (Map.Entry<String, String> attribute : cookie.getAttributes().entrySet()) {
            String name = attribute.getKey();
            String value = attribute.getValue();
            if (name.equalsIgnoreCase("Max-Age")) {
                maxAge(out, cookie.getMaxAge(), clock);
            } else if (name.equalsIgnoreCase("Secure") || name.equalsIgnoreCase("HttpOnly")) {
                if (!"false".equalsIgnoreCase(value)) {
                    out.append("; ").append(name);
                }
            } else if (value != null) {
                out.append("; ").append(requireName(name));
                if (!value.isEmpty()) {
                    out.append('=').append(requireAttribute(name, value));
                }
            }
        }
        return out.toString();
    }

    private static void maxAge(StringBuilder out, int seconds, Clock clock) {
        if (seconds >= 0) {
            long expires = seconds == 0 ? 0 : clock.millis() / 1000 + seconds;
            out.append("; Max-Age=").append(seconds).append("; Expires=").append(HttpDate.format(expires));
        }
    }

    private static String requireName(String name) {
        if (!FieldSyntax.isToken(name)) {
            throw new IllegalArgumentException("not the name of a cookie: '" + FieldSyntax.printable(name) + "'");
        }
        return name;
    }

    private static String requireValue(String name, @Nullable String value) {
        if (value == null) {
            return "";
        }
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        int to = quoted ? value.length() - 1 : value.length();
        for (int i = quoted ? 1 : 0; i < to; i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c > 126 || c == '"' || c == ',' || c == ';' || c == '\\') {
                throw new IllegalArgumentException("the value of cookie " + name + " has the character U+"
                        + String.format("%04X", (int) c) + " at " + i + "; encode it");
            }
        }
        return value;
    }

    private static String requireAttribute(String name, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' || c > 126 || c == ';') {
                throw new IllegalArgumentException("the cookie attribute " + name + " has the character U+"
                        + String.format("%04X", (int) c) + " at " + i + "; encode it");
            }
        }
        return value;
    }
}
