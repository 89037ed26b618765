/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Names of nodes as proxies write them: in the Forwarded field (RFC 7239 section 6), or in X-Forwarded-For. */
public final class ForwardedNode {

    private ForwardedNode() {}

    /**
     * The address of {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code [2001:db8::1]} or {@code [2001:db8::1]:80}. An unresolved one, which
     * is nobody's address, for {@code unknown} and for a name behind an underscore, with a port or without.
     *
     * @return null if it is none of them
     */
    public static @Nullable InetSocketAddress parse(String text) {
        int end;
        InetAddress address = null;
        if (text.startsWith("[")) {
            end = text.indexOf(']') + 1;
            address = end < 2 || text.lastIndexOf(':', end) < 0 ? null : IpLiteral.parse(text.substring(1, end - 1));
        } else {
            int colon = text.indexOf(':');
            end = colon < 0 ? text.length() : colon;
            address = IpLiteral.parse(text.substring(0, end));
        }
        String name = text.substring(0, Math.max(0, end));
        int port = end == text.length() ? 0 : text.charAt(end) == ':' ? port(text.substring(end + 1)) : -1;
        if (port < 0) {
            return null;
        }
        if (address != null) {
            return new InetSocketAddress(address, port);
        }
        boolean hidden = name.equalsIgnoreCase("unknown") || isObfuscated(name);
        return hidden ? InetSocketAddress.createUnresolved(name.toLowerCase(Locale.ROOT), port) : null;
    }

    /** The same, and an IPv6 address without brackets and port, as X-Forwarded-For has it. */
    public static @Nullable InetSocketAddress parseLoosely(String text) {
        InetAddress bare = IpLiteral.parse(text);
        return bare != null ? new InetSocketAddress(bare, 0) : parse(text);
    }

    /** Up to five digits that are a port, or a hidden one, which is 0; -1 if it is neither. */
    private static int port(String text) {
        if (isObfuscated(text)) {
            return 0;
        }
        int port = 0;
        boolean fine = !text.isEmpty() && text.length() <= 5;
        for (int i = 0; i < text.length() && fine; i++) {
            char c = text.charAt(i);
            fine = c >= '0' && c <= '9';
            port = 10 * port + c - '0';
        }
        return fine && port <= 65_535 ? port : -1;
    }

    /** An underscore and letters, digits, dots, underscores and hyphens behind it (section 6.3). */
    private static boolean isObfuscated(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean fine = c == '_' || i > 0
                    && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-');
            if (!fine) {
                return false;
            }
        }
        return text.length() > 1;
    }
}
