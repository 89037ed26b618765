/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Normalised;
import io.gatehouse.http.RefusedTarget;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A subtree of the URL namespace (HTTP.sys' UrlPrefix): {@code http://+:80/app/}, {@code https://example.com/},
 * {@code http://[::1]:8080/}, {@code //example.com/} for both schemes, or {@code /app/} alone, which stands for
 * {@code //*}{@code /app/}.
 *
 * <p>The path is compared with case and the host without. A path always ends in a slash, which is added if it is not written:
 * {@code /app} is the same prefix as {@code /app/}, and both match the request for {@code /app}, but not {@code /apple}.
 *
 * @param scheme {@code http} or {@code https}; null for both
 * @param host {@code +}, {@code *}, a name in lower case, or an IP literal in its shortest form, IPv6 in brackets
 * @param port 1 to 65535, or -1 for any
 * @param path decoded and normalised, with slashes at both ends
 */
public record Prefix(@Nullable String scheme, String host, int port, String path) {

    /**
     * Checks that the parts have the form that a table of routes compares.
     *
     * @throws IllegalArgumentException if one has not; {@link #parse} brings it into that form
     */
    public Prefix {
        boolean fine = (scheme == null || scheme.equals("http") || scheme.equals("https"))
                && !host.isEmpty() && host.equals(host.toLowerCase(Locale.ROOT))
                && (port == -1 || port >= 1 && port <= 65535)
                && path.startsWith("/") && path.endsWith("/");
        if (!fine) {
            throw new IllegalArgumentException("the scheme " + scheme + ", the host '" + host + "', the port " + port
                    + " and the path '" + path + "' make no prefix: use Prefix.parse");
        }
    }

    /**
     * Reads a prefix.
     *
     * @throws IllegalArgumentException if it is none; the message says what to write
     */
    public static Prefix parse(String text) {
        int slashes = text.startsWith("/") && !text.startsWith("//") ? -1 : text.indexOf("//");
        if (slashes < 0) {
            if (!text.startsWith("/")) {
                throw wrong(text, "begins with neither a scheme nor a slash");
            }
            return new Prefix(null, "*", -1, path(text, text));
        }
        String scheme = slashes == 0 ? null : scheme(text, text.substring(0, slashes));
        int start = slashes + 2;
        int end = text.indexOf('/', start);
        if (end < 0) {
            end = text.length();
        }
        String path = path(text, end == text.length() ? "/" : text.substring(end));
        int colon = text.lastIndexOf(':', end - 1);
        boolean port = colon >= start && text.indexOf(']', colon) < 0;
        String host = text.substring(start, port ? colon : end);
        return new Prefix(scheme, host(text, host), port ? port(text, text.substring(colon + 1, end)) : -1, path);
    }

    /** The kind of its host. */
    public Category category() {
        if (host.equals("+")) {
            return Category.STRONG;
        }
        if (host.equals("*")) {
            return Category.WEAK;
        }
        return address() == null ? Category.EXPLICIT : Category.ADDRESS;
    }

    /** The address that an IP literal stands for; null if the host is none. */
    public @Nullable InetAddress address() {
        return literal(host);
    }

    /**
     * How closely scheme and port are named: the higher comes first among prefixes of the same host and path. A port counts
     * for more than a scheme, because it says the scheme too.
     */
    public int closeness() {
        return (port >= 0 ? 2 : 0) + (scheme == null ? 0 : 1);
    }

    /** Whether a request of this scheme on this port is the prefix's, as far as these two go. */
    public boolean takes(String requestScheme, int requestPort) {
        return (port < 0 || port == requestPort) && (scheme == null || scheme.equals(requestScheme));
    }

    /** Whether a normalised path lies in the subtree; {@code /app} lies in {@code /app/}. */
    public boolean covers(String requestPath) {
        int length = path.length();
        return requestPath.startsWith(path)
                || requestPath.length() == length - 1 && path.startsWith(requestPath);
    }

    /** As {@link #parse} reads it, in one form for equal prefixes. */
    @Override
    public String toString() {
        if (scheme == null && port < 0 && host.equals("*")) {
            return encoded();
        }
        return (scheme == null ? "//" : scheme + "://") + host + (port < 0 ? "" : ":" + port) + encoded();
    }

    private String encoded() {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if ("%?#;*".indexOf(c) >= 0 || c == ' ') {
                out.append('%').append(Integer.toHexString(c).toUpperCase(Locale.ROOT));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String scheme(String text, String written) {
        String scheme = written.toLowerCase(Locale.ROOT);
        if (scheme.equals("http:") || scheme.equals("https:")) {
            return scheme.substring(0, scheme.length() - 1);
        }
        throw wrong(text, "has the scheme '" + written + "', which is neither http: nor https:");
    }

    private static String host(String text, String host) {
        if (host.equals("+") || host.equals("*")) {
            return host;
        }
        if (host.indexOf('*') >= 0) {
            throw wrong(text, "has a pattern as host; name each host, or use * for those that are left");
        }
        InetAddress address = literal(host);
        if (address != null) {
            return shortest(address);
        }
        Authority authority = Authority.parse(host);
        if (authority == null || host.startsWith("[")) {
            String next = host.chars().anyMatch(c -> c > 126) ? "; write its form in ASCII, which begins with xn--" : "";
            throw wrong(text, "has '" + host + "' for a host" + next);
        }
        return authority.host();
    }

    private static int port(String text, String digits) {
        int port = 0;
        boolean fine = !digits.isEmpty() && digits.length() <= 5;
        for (int i = 0; i < digits.length() && fine; i++) {
            char c = digits.charAt(i);
            fine = c >= '0' && c <= '9';
            port = 10 * port + c - '0';
        }
        if (!fine || port < 1 || port > 65535) {
            throw wrong(text, "has '" + digits + "' for a port; use 1 to 65535, or leave it out for any port");
        }
        return port;
    }

    /** Decoded and normalised by the strict rules; what is not ASCII may be written as it is. */
    private static String path(String text, String written) {
        if (written.indexOf('?') >= 0 || written.indexOf('#') >= 0) {
            throw wrong(text, "has a query or a fragment, which no prefix has; leave it out");
        }
        if (written.indexOf('*') >= 0) {
            throw wrong(text, "has a * in its path; a prefix takes its whole subtree, so leave it out");
        }
        StringBuilder ascii = new StringBuilder(written.length());
        for (byte octet : written.getBytes(StandardCharsets.UTF_8)) {
            if (octet < 0) {
                ascii.append('%').append(Integer.toHexString(octet & 0xFF).toUpperCase(Locale.ROOT));
            } else {
                ascii.append((char) octet);
            }
        }
        Normalised target = Target.normalise(ascii.toString(), TargetRules.STRICT);
        if (target instanceof RefusedTarget refused) {
            throw wrong(text, "has " + refused.sequence() + ", " + refused.reason());
        }
        String path = ((Target) target).path();
        return path.endsWith("/") ? path : path + '/';
    }

    /** The address of {@code 192.0.2.1} or {@code [2001:db8::1]}; null for anything else. Never asks a name server. */
    private static @Nullable InetAddress literal(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && Authority.parse(host) != null;
        if (!bracketed && !Authority.isIpv4(host)) {
            return null;
        }
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            return null; // in brackets, and yet no address
        }
    }

    /** The longest run of zero groups becomes {@code ::} (RFC 5952), so that an address has one form. */
    private static String shortest(InetAddress address) {
        byte[] octets = address.getAddress();
        if (octets.length == 4) {
            return address.getHostAddress();
        }
        int[] groups = new int[8];
        int bestStart = -1;
        int bestLength = 1;
        int run = 0;
        for (int i = 0; i < 8; i++) {
            groups[i] = (octets[2 * i] & 0xFF) << 8 | octets[2 * i + 1] & 0xFF;
            run = groups[i] == 0 ? run + 1 : 0;
            if (run > bestLength) {
                bestLength = run;
                bestStart = i - run + 1;
            }
        }
        StringBuilder out = new StringBuilder("[");
        for (int i = 0; i < 8; i++) {
            if (i == bestStart) {
                out.append("::");
                i += bestLength - 1;
            } else {
                out.append(i == 0 || out.charAt(out.length() - 1) == ':' ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        return out.append(']').toString();
    }

    private static IllegalArgumentException wrong(String text, String why) {
        return new IllegalArgumentException("the prefix '" + text + "' " + why
                + ": write one like http://+:80/app/, //example.com/app/ or /app/");
    }
}
