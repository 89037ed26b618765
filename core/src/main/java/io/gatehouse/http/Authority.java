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
            if (end == 0 || !isAddress(text, end - 1)) {
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

    /** An IPv6 address between brackets (RFC 3986 section 3.2.2): eight groups, or fewer around one {@code ::}. */
    private static boolean isAddress(String text, int end) {
        int groups = 0;
        boolean shortened = text.startsWith("::", 1);
        int at = shortened ? 3 : 1;
        while (at < end) {
            int start = at;
            while (at < end && at - start < 4 && Character.digit(text.charAt(at), 16) >= 0 && text.charAt(at) < 128) {
                at++;
            }
            if (at < end && text.charAt(at) == '.') {
                groups += 2;
                return isIpv4(text, start, end) && (shortened ? groups < 8 : groups == 8);
            }
            groups++;
            if (at == start || at < end && text.charAt(at) != ':' || at + 1 == end && text.charAt(at) == ':') {
                return false;
            }
            at++;
            if (at < end && text.charAt(at) == ':') {
                if (shortened) {
                    return false;
                }
                shortened = true;
                at++;
            }
        }
        return shortened ? groups < 8 : groups == 8;
    }

    /** Whether a text is an IPv4 address: four numbers up to 255 without zeros in front (RFC 3986 section 3.2.2). */
    public static boolean isIpv4(String text) {
        return isIpv4(text, 0, text.length());
    }

    /** The same of a part of a text, as one may end an IPv6 address. */
    private static boolean isIpv4(String text, int from, int end) {
        int dots = 0;
        int digits = 0;
        int value = 0;
        for (int i = from; i < end; i++) {
            char c = text.charAt(i);
            if (c == '.' && digits > 0) {
                dots++;
                digits = 0;
                value = 0;
            } else if (c >= '0' && c <= '9' && !(digits > 0 && value == 0)) {
                digits++;
                value = 10 * value + c - '0';
                if (value > 255) {
                    return false;
                }
            } else {
                return false;
            }
        }
        return dots == 3 && digits > 0;
    }
}
