/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import org.jspecify.annotations.Nullable;

/**
 * A request target, normalised once for all readers (RFC 9112 section 3.2, RFC 3986 section 6, Servlet 6.1 section 3.5.2).
 *
 * @param raw as received
 * @param path decoded and without dot segments, with {@code /} in front; {@code *} for asterisk-form
 * @param query as received without {@code ?}, or null
 */
public record Target(String raw, String path, @Nullable String query) implements Normalised {

    /** Characters of a path that mean themselves wherever they stand: visible ASCII but {@code # % . / ; ? \}. */
    private static final boolean[] PLAIN = new boolean[128];

    static {
        for (char c = '!'; c < 127; c++) {
            PLAIN[c] = "#%./;?\\".indexOf(c) < 0;
        }
    }

    /**
     * Normalises a target in origin-form, absolute-form (of http and https; its authority is left out, being the head's
     * business) or asterisk-form. Any thread; a path with nothing to decode or resolve allocates only the result.
     *
     * <p>The path is decoded from UTF-8 and its dot segments are resolved as RFC 3986 section 5.2.4 says. The query is not
     * touched, only checked for characters that no line may hold. Characters that the grammar leaves out but that all read
     * alike, such as {@code |} and {@code [}, are let through: browsers send them.
     *
     * @param raw as received, one character per byte
     * @return a Target, or a RefusedTarget whose message is fit for the peer
     */
    public static Normalised normalise(String raw, TargetRules rules) {
        if (raw.equals("*")) {
            return new Target(raw, raw, null);
        }
        int start = pathStart(raw);
        if (start < 0) {
            return new RefusedTarget(
                    raw,
                    raw.isEmpty() ? "no characters" : '"' + FieldSyntax.printable(raw) + '"',
                    "which is neither a path, nor a URL of http or https, nor *",
                    null);
        }
        int length = raw.length();
        if (start == length || raw.charAt(start) == '?') {
            return withQuery(raw, "/", start, rules); // http://host, http://host?query
        }
        int end = plainEnd(raw, start + 1);
        if (end < length && raw.charAt(end) != '?') {
            return new TargetReader(raw, rules).read(start);
        }
        String path = start == 0 && end == length ? raw : raw.substring(start, end);
        return withQuery(raw, path, end, rules);
    }

    /**
     * The path as received: not decoded, parameters and all, without scheme, authority and query; what Servlet's {@code
     * getRequestURI} is. {@code /} if an absolute-form has none.
     */
    public String rawPath() {
        int start = Math.max(0, pathStart(raw));
        int question = raw.indexOf('?', start);
        int end = question < 0 ? raw.length() : question;
        return start == end ? "/" : raw.substring(start, end);
    }

    /** The result for a path that ends at an index, where the query or nothing follows. */
    static Normalised withQuery(String raw, String path, int pathEnd, TargetRules rules) {
        if (pathEnd == raw.length()) {
            return new Target(raw, path, null);
        }
        for (int i = pathEnd + 1; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c <= ' ' || c >= 127 || c == '#') {
                RefusedTarget refused = TargetReader.refuseRaw(raw, c, rules);
                if (refused != null) {
                    return refused;
                }
            }
        }
        return new Target(raw, path, raw.substring(pathEnd + 1));
    }

    /**
     * Where plain characters end: at the query, at the end, or at the first character that could need decoding, resolving or
     * refusing.
     */
    private static int plainEnd(String raw, int from) {
        int length = raw.length();
        for (int i = from; i < length; i++) {
            char c = raw.charAt(i);
            if (c < 128 && PLAIN[c]) {
                continue;
            }
            boolean opensSegment = raw.charAt(i - 1) == '/';
            if (c == '/' && !opensSegment || c == '.' && !(opensSegment && mayBeDots(raw, i + 1))) {
                continue;
            }
            return i;
        }
        return length;
    }

    /** Whether a segment that begins with a dot could still be a dot segment; {@code .well-known} is none. */
    private static boolean mayBeDots(String raw, int next) {
        if (next == raw.length()) {
            return true;
        }
        char c = raw.charAt(next);
        return c >= 128 || !PLAIN[c];
    }

    /** Where the path begins, or would: 0 in origin-form, behind the authority in absolute-form; -1 in any other form. */
    private static int pathStart(String raw) {
        if (raw.startsWith("/")) {
            return 0;
        }
        int authority = raw.regionMatches(true, 0, "http://", 0, 7) ? 7
                : raw.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
        if (authority < 0) {
            return -1;
        }
        int end = authority;
        while (end < raw.length() && raw.charAt(end) != '/' && raw.charAt(end) != '?') {
            char c = raw.charAt(end);
            if (c <= ' ' || c >= 127 || c == '#' || c == '\\' || c == '@') {
                return -1;
            }
            end++;
        }
        return end == authority ? -1 : end;
    }
}
