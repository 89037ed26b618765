/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Reads addresses that are written as numbers. Never asks a name server: a name is none. */
final class IpLiteral {

    private IpLiteral() {}

    /**
     * The address of {@code 192.0.2.1} or {@code 2001:db8::1}, without brackets and zone; null for anything else. An IPv4 address that is
     * mapped into IPv6 is the IPv4 address.
     */
    static @Nullable InetAddress parse(String text) {
        String host = text;
        if (text.indexOf(':') >= 0) {
            host = '[' + text + ']';
            Authority bracketed = Authority.parse(host);
            if (bracketed == null || bracketed.port() >= 0 || bracketed.host().length() != host.length()) {
                return null;
            }
        } else if (!Authority.isIpv4(text)) {
            return null;
        }
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return null; // in brackets, and yet no address
        }
    }
}
