/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.Authority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A server to forward to: {@code http://host:port}, {@code https://host:port}, either with {@code /path/} behind it, or {@code unix:/run/app.sock}.
 *
 * @param text as it was written, for messages
 * @param tls whether TLS is spoken to it
 * @param authority what its Host field says unless told otherwise; {@code localhost} for a Unix-domain socket
 * @param socket of a Unix-domain origin, else null
 * @param path put in the place of the prefix, with {@code /} at both ends; null leaves paths as they are
 */
record Origin(String text, boolean tls, Authority authority, @Nullable UnixDomainSocketAddress socket, @Nullable String path) {

    private static final Authority LOCAL = new Authority("localhost", -1);

    /**
     * Reads an origin.
     *
     * @throws IllegalArgumentException if it is none; the message shows what one looks like
     */
    static Origin parse(String text) {
        if (text.startsWith("unix:/")) {
            return new Origin(text, false, LOCAL, UnixDomainSocketAddress.of(text.substring(5)), null);
        }
        boolean tls = text.startsWith("https://");
        if (tls || text.startsWith("http://")) {
            int start = tls ? 8 : 7;
            int slash = text.indexOf('/', start);
            String path = slash < 0 ? null : text.substring(slash);
            Authority authority = Authority.parse(text.substring(start, slash < 0 ? text.length() : slash));
            if (authority != null && (path == null || isPath(path))) {
                return new Origin(text, tls, authority, null, path == null || path.endsWith("/") ? path : path + '/');
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not an origin that can be forwarded to: write "
                + "http://127.0.0.1:9000, https://app/path/ or unix:/run/app.sock");
    }

    String scheme() {
        return tls ? "https" : "http";
    }

    /** The port to connect to. */
    int port() {
        return authority.portOr(scheme());
    }

    /** The host's name or address, an IPv6 address without brackets. */
    String host() {
        String host = authority.host();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /**
     * Checks that it tells who listens, if that matters.
     *
     * @throws IllegalArgumentException if it does not
     */
    void checkPeer(@Nullable String user) {
        if (user != null && socket == null) {
            throw new IllegalArgumentException(
                    text + " can't be bound to the user " + user + ": only a Unix-domain socket tells who listens, as unix:/run/app.sock");
        }
    }

    /** Whether it is an address, so that no name server need be asked. */
    boolean isAddress() {
        return socket != null || authority.host().startsWith("[") || Authority.isIpv4(authority.host());
    }

    /**
     * Where it may be reached, in the order to try. May block for a look-up of its name, whose answers the JVM keeps for a while.
     *
     * @throws UnknownHostException if nobody knows the name
     */
    List<SocketAddress> addresses() throws IOException {
        if (socket != null) {
            return List.of(socket);
        }
        List<SocketAddress> addresses = new ArrayList<>(2);
        for (InetAddress address : InetAddress.getAllByName(host())) {
            addresses.add(new InetSocketAddress(address, port()));
        }
        return addresses;
    }

    @Override
    public String toString() {
        return text;
    }

    /** Whether a text can stand in a request line as path and query. */
    static boolean isTarget(String text) {
        return text.startsWith("/") && text.chars().allMatch(c -> c > ' ' && c < 127 && c != '#');
    }

    /** A path that can stand in a request line as it is, without query, fragment or dot segments. */
    private static boolean isPath(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c <= ' ' || c >= 127 || c == '?' || c == '#' || c == '\\') {
                return false;
            }
        }
        return !(path + '/').contains("/./") && !(path + '/').contains("/../") && !path.contains("//");
    }
}
