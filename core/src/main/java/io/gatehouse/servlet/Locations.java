/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import jakarta.servlet.http.HttpServletRequest;

/** Where relative references lead (RFC 3986 section 5), for redirects and relative dispatches. */
final class Locations {

    private Locations() {}

    /** Scheme, host and, unless it is the scheme's own, port. */
    static String origin(HttpServletRequest request) {
        String scheme = request.getScheme();
        int port = request.getServerPort();
        boolean usual = port <= 0 || port == (scheme.equals("https") ? 443 : 80);
        String host = request.getServerName();
        boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
        return scheme + "://" + (bare ? "[" + host + "]" : host) + (usual ? "" : ":" + port);
    }

    /**
     * The absolute form of a redirect's location (Servlet 6.1 section 5.3, {@code sendRedirect}).
     *
     * @throws IllegalArgumentException if it climbs above the root
     */
    static String absolute(HttpServletRequest request, String location) {
        String encoded = PercentCoding.encodeUri(location);
        if (hasScheme(encoded)) {
            return encoded;
        }
        if (encoded.startsWith("//")) {
            return request.getScheme() + ":" + encoded;
        }
        int end = encoded.length();
        for (int i = 0; i < end; i++) {
            if (encoded.charAt(i) == '?' || encoded.charAt(i) == '#') {
                end = i;
            }
        }
        String path = encoded.substring(0, end);
        String rest = encoded.substring(end);
        String base = request.getRequestURI();
        String full = path.isEmpty() ? base : path.startsWith("/") ? path : sibling(base, path);
        String normal = full.contains("/.") ? DispatchPath.normalise(full) : full;
        if (normal == null) {
            throw new IllegalArgumentException("the redirect '" + FieldSyntax.printable(location)
                    + "' climbs above the root: take out a \"..\"");
        }
        return origin(request) + normal + rest;
    }

    /** A relative path beside another one. */
    static String sibling(String path, String relative) {
        return path.substring(0, path.lastIndexOf('/') + 1) + relative;
    }

    private static boolean hasScheme(String text) {
        int colon = text.indexOf(':');
        for (int i = 0; i < colon; i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (!letter && (i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'))) {
                return false;
            }
        }
        return colon > 0;
    }
}
