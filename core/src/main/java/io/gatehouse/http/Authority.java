/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The host and port that a request names (RFC 9110 section 7.2, RFC 3986 section 3.2), without user information.
 *
 * @param host in lower case; an IPv6 address keeps its brackets
 * @param port 1 to 65535, or -1 if none was written
 */
public record Authority(String host, int port) {

    /** Reads {@code host}, {@code host:port}, {@code 1.2.3.4:port} or {@code [::1]:port}; null if it is none of them. */
    public static @Nullable Authority parse(String text) {
        int end;
        if (text.startsWith("[")) {
            end = text.indexOf(']') + 1;
            if (end < 4 || !isAddress(text, end - 1)) {
                return null;
            }
        } else {
            end = text.indexOf(':');
            end = end < 0 ? text.length() : end;
            if (end == 0 || end > 255 || !isName(text, end)) {
                return null;
            }
        }
        if (end == text.length()) {
            return new Authority(text.toLowerCase(Locale.ROOT), -1);
        }
        int port = text.charAt(end) == ':' ? port(text, end + 1) : 0;
        return port == 0 ? null : new Authority(text.substring(0, end).toLowerCase(Locale.ROOT), port);
    }

    /** The port, or the scheme's own if none was written: 443 for https, else 80. */
    public int portOr(String scheme) {
        return port >= 0 ? port : scheme.equals("https") ? 443 : 80;
    }

    /** As it is written in a URL. */
    @Override
    public String toString() {
        return port < 0 ? host : host + ':' + port;
    }

    /** An empty port is allowed by the grammar of URIs and means none (RFC 3986 section 3.2.3): -1. */
    private static int port(String text, int from) {
        if (from == text.length()) {
            return -1;
        }
        int port = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9' || i - from > 4) {
                return 0;
            }
            port = 10 * port + c - '0';
        }
        return port <= 65535 ? port : 0;
    }

    /** Registered names as they are met in practice: letters, digits, and {@code - . _ ~}; no percent-encoding, which nobody needs. */
    private static boolean isName(String text, int end) {
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            boolean fine = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                    || c == '-' || c == '.' || c == '_' || c == '~';
            if (!fine) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAddress(String text, int end) {
        for (int i = 1; i < end; i++) {
            char c = text.charAt(i);
            boolean fine = c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == ':' || c == '.';
            if (!fine) {
                return false;
            }
        }
        int colon = text.indexOf(':');
        return colon > 0 && colon < end;
    }
}
