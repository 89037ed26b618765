/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Normalised;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import org.jspecify.annotations.Nullable;

/**
 * References as Location and Content-Location carry them, resolved against the request that they answer (RFC 9110
 * sections 8.7 and 10.2.2, RFC 3986 section 5.2), as far as they stay on its origin (RFC 6454): the same scheme, host
 * and port.
 */
final class Reference {

    private Reference() {}

    /**
     * The target that a reference means, in origin-form ({@code /path?query}, as a client would send it, not
     * normalised); null if it is of another origin, or can't be read.
     */
    static @Nullable String resolve(RequestHead request, String reference) {
        for (int i = 0; i < reference.length(); i++) {
            if (reference.charAt(i) <= ' ' || reference.charAt(i) >= 127 || reference.charAt(i) == '\\') {
                return null;
            }
        }
        int fragment = reference.indexOf('#');
        String rest = fragment < 0 ? reference : reference.substring(0, fragment);
        int colon = rest.indexOf(':');
        if (colon >= 0 && colon < segmentEnd(rest)) {
            if (!rest.substring(0, colon).equalsIgnoreCase(request.scheme()) || !rest.startsWith("//", colon + 1)) {
                return null;
            }
            rest = rest.substring(colon + 1);
        }
        if (rest.startsWith("//")) {
            String other = rest.substring(2);
            int end = segmentEnd(other);
            Authority authority = Authority.parse(other.substring(0, end));
            return authority != null && isOrigin(request, authority) ? absolute(other.substring(end)) : null;
        }
        String own = own(request);
        if (own == null || rest.startsWith("/")) {
            return rest.startsWith("/") ? absolute(rest) : null;
        }
        if (rest.isEmpty()) {
            return own;
        }
        String path = own.substring(0, pathEnd(own));
        return absolute(rest.startsWith("?") ? path + rest : path.substring(0, path.lastIndexOf('/') + 1) + rest);
    }

    /** Whether a reference means the very target of the request, once both are normalised. */
    static boolean isTarget(RequestHead request, String reference) {
        String meant = resolve(request, reference);
        String own = own(request);
        if (meant == null || own == null) {
            return false;
        }
        Normalised one = Target.normalise(meant, TargetRules.STRICT);
        Normalised other = Target.normalise(own, TargetRules.STRICT);
        if (one instanceof Target first && other instanceof Target second) {
            String query = first.query();
            return first.path().equals(second.path())
                    && (query == null ? second.query() == null : query.equals(second.query()));
        }
        return meant.equals(own);
    }

    /** The request's target in origin-form, or null if it has none: {@code *}, or the authority of a CONNECT. */
    static @Nullable String own(RequestHead request) {
        String target = request.target();
        if (target.startsWith("/")) {
            return target;
        }
        int authority = target.indexOf("://");
        if (authority < 0) {
            return null;
        }
        String rest = target.substring(authority + 3);
        return absolute(rest.substring(segmentEnd(rest)));
    }

    private static boolean isOrigin(RequestHead request, Authority authority) {
        Authority own = request.authority();
        return own != null && own.host().equals(authority.host())
                && own.portOr(request.scheme()) == authority.portOr(request.scheme());
    }

    /** A path and query behind an authority, without dot segments; the path may be empty. */
    private static String absolute(String target) {
        int end = pathEnd(target);
        String path = end == 0 ? "/" : target.substring(0, end);
        return (path.contains("/.") ? withoutDots(path) : path) + target.substring(end);
    }

    /** RFC 3986 section 5.2.4. */
    private static String withoutDots(String path) {
        StringBuilder out = new StringBuilder(path.length());
        int from = 0; // at a slash
        while (from < path.length()) {
            int next = path.indexOf('/', from + 1);
            int to = next < 0 ? path.length() : next;
            String segment = path.substring(from + 1, to);
            boolean up = segment.equals("..");
            if (up) {
                out.setLength(Math.max(0, out.lastIndexOf("/")));
            }
            if (!up && !segment.equals(".")) {
                out.append('/').append(segment);
            } else if (next < 0) {
                out.append('/');
            }
            from = to;
        }
        return out.toString();
    }

    private static int pathEnd(String target) {
        int question = target.indexOf('?');
        return question < 0 ? target.length() : question;
    }

    /** Where the first of {@code / ?} stands, or the end. */
    private static int segmentEnd(String text) {
        int slash = text.indexOf('/');
        int end = slash < 0 ? text.length() : slash;
        return Math.min(end, pathEnd(text));
    }
}
