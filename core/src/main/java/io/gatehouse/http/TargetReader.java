/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import org.jspecify.annotations.Nullable;

/**
 * The careful way through a path: segment by segment, cut off parameters, decode, then judge what came out.
 *
 * <pre>
 *   segment ──► without parameters ──► decoded ──► empty?  merged or refused
 *                                            ├───► . or ..  resolved or refused
 *                                            └───► kept
 * </pre>
 *
 * <p>The first fault ends the reading and is kept in {@code refused}. Used by one thread, for one target.
 */
final class TargetReader {

    private final String raw;
    private final TargetRules rules;
    /** The path so far. Between segments it ends in the slash that opens the next one. */
    private final StringBuilder path;
    private @Nullable RefusedTarget refused;
    private boolean dotEncoded;
    private boolean percentEncoded;
    private int slashesEncoded;

    TargetReader(String raw, TargetRules rules) {
        this.raw = raw;
        this.rules = rules;
        this.path = new StringBuilder(raw.length()).append('/');
    }

    /** Reads the path that begins with the slash at an index, and the query behind it. */
    Normalised read(int start) {
        int end = raw.indexOf('?', start);
        end = end < 0 ? raw.length() : end;
        int from = start + 1;
        while (true) {
            int slash = raw.indexOf('/', from);
            boolean last = slash < 0 || slash >= end;
            int to = last ? end : slash;
            segment(from, to, last);
            if (refused != null) {
                return refused;
            }
            if (last) {
                return Target.withQuery(raw, path.toString(), end, rules);
            }
            from = to + 1;
        }
    }

    /** Why a raw character can't stand in a path or query, or null if the rules let it in. */
    static @Nullable RefusedTarget refuseRaw(String raw, char c, TargetRules rules) {
        if (c == '#') {
            return new RefusedTarget(raw, "#", "which begins a fragment (send %23 for the character)", null);
        }
        String sequence = String.format("the byte 0x%02X", (int) c);
        if (c <= ' ' || c == 127) {
            return new RefusedTarget(raw, sequence, "which is a space or a control character", null);
        }
        if (c > 0xFF) {
            return new RefusedTarget(raw, String.format("U+%04X", (int) c), "which is not a byte", null);
        }
        return rules.nonAscii()
                ? null
                : new RefusedTarget(raw, sequence, "which is not ASCII and not percent-encoded", "target.non-ascii");
    }

    private void segment(int from, int to, boolean last) {
        int mark = path.length();
        int semicolon = from;
        while (semicolon < to && raw.charAt(semicolon) != ';') {
            semicolon++;
        }
        boolean parameters = semicolon < to;
        if (parameters && !rules.pathParameters()) {
            refuse(";", "which begins path parameters", "target.path-parameters");
            return;
        }
        decode(from, semicolon);
        if (parameters && refused == null) {
            checkParameters(semicolon + 1, to);
        }
        if (refused != null) {
            return;
        }
        if (path.length() == mark) {
            if (!last && !rules.emptySegments()) {
                refuse(parameters ? "/;" : "//", "an empty segment", "target.empty-segments");
            }
        } else if (isDots(mark)) {
            resolve(mark, parameters, raw.substring(from, to));
        } else {
            checkSlashes(mark);
            if (!last) {
                path.append('/');
            }
        }
    }

    /** Decodes a part of the raw target onto the end of the path. */
    private void decode(int from, int to) {
        dotEncoded = false;
        percentEncoded = false;
        slashesEncoded = 0;
        int i = from;
        while (i < to && refused == null) {
            char c = raw.charAt(i);
            if (c == '%') {
                int octet = octet(i, to);
                if (octet < 0) {
                    refuse(FieldSyntax.printable(raw.substring(i, Math.min(i + 3, to))), "a malformed percent-encoding", null);
                } else if (octet >= 0x80) {
                    i = multibyte(i, to);
                } else {
                    encoded(octet, i);
                    i += 3;
                }
            } else if (c == '\\') {
                backslash("\\");
                i++;
            } else if (c <= ' ' || c >= 127 || c == '#') {
                refused = refuseRaw(raw, c, rules);
                i = refused == null ? multibyte(i, to) : i;
            } else {
                path.append(c);
                i++;
            }
        }
    }

    /** One encoded character of ASCII. */
    private void encoded(int octet, int at) {
        String sequence = raw.substring(at, at + 3);
        if (octet < ' ' || octet == 127) {
            refuse(sequence, "an encoded control character", null);
        } else if (octet == '\\') {
            backslash(sequence);
        } else if (octet != '/') {
            dotEncoded |= octet == '.';
            percentEncoded |= octet == '%';
            path.append((char) octet);
        } else if (rules.encodedSlash()) {
            slashesEncoded++;
            path.append("%2F");
        } else {
            refuse(sequence, "an encoded slash", "target.encoded-slash");
        }
    }

    /** One character of UTF-8 beyond ASCII, its bytes encoded or raw; strict as in RFC 3629 section 4. Returns where it ends. */
    private int multibyte(int from, int to) {
        int lead = octet(from, to);
        int more = lead >= 0xC2 && lead <= 0xDF ? 1 : lead >= 0xE0 && lead <= 0xEF ? 2 : lead >= 0xF0 && lead <= 0xF4 ? 3 : 0;
        int code = more == 0 ? -1 : lead & (0x3F >> more);
        int at = from + width(from);
        for (int i = 0; i < more && code >= 0; i++) {
            int octet = octet(at, to);
            code = octet >= 0x80 && octet <= 0xBF ? code << 6 | octet & 0x3F : -1;
            at = Math.min(to, at + width(Math.min(at, to - 1)));
        }
        boolean overlong = more == 2 && code < 0x800 || more == 3 && code < 0x10000;
        if (code < 0 || overlong || code >= 0xD800 && code <= 0xDFFF || code > 0x10FFFF) {
            String sequence = raw.substring(from, at);
            boolean printable = sequence.chars().allMatch(c -> c > ' ' && c < 127);
            refuse(printable ? sequence : String.format("the byte 0x%02X", lead), "which is not UTF-8", null);
            return from;
        }
        path.appendCodePoint(code);
        return at;
    }

    private void backslash(String sequence) {
        if (rules.backslash()) {
            path.append('\\');
        } else {
            refuse(sequence, "a backslash, which some take for a slash", "target.backslash");
        }
    }

    /** Parameters are no part of the path, yet what may not stand in a target may not stand there either. */
    private void checkParameters(int from, int to) {
        int mark = path.length();
        boolean dot = dotEncoded;
        boolean percent = percentEncoded;
        int slashes = slashesEncoded;
        decode(from, to);
        path.setLength(mark);
        dotEncoded = dot; // what the segment itself had is what it is judged by
        percentEncoded = percent;
        slashesEncoded = slashes;
    }

    private boolean isDots(int mark) {
        int length = path.length() - mark;
        return path.charAt(mark) == '.' && (length == 1 || length == 2 && path.charAt(mark + 1) == '.');
    }

    private void resolve(int mark, boolean parameters, String segment) {
        boolean up = path.length() - mark == 2;
        path.setLength(mark);
        if (parameters) {
            refuse(FieldSyntax.printable(segment), "a dot segment with a parameter", null);
        } else if (dotEncoded && !rules.encodedDots()) {
            refuse(segment, "an encoded dot segment", "target.encoded-dots");
        } else if (up && mark == 1) {
            refuse(segment, "which leaves the root", null);
        } else if (up) {
            path.setLength(path.lastIndexOf("/", mark - 2) + 1);
        }
    }

    /** While %2F keeps its form in the path, nothing else may decode to it. */
    private void checkSlashes(int mark) {
        if (!rules.encodedSlash() || !percentEncoded) {
            return;
        }
        int count = 0;
        for (int i = mark; i + 2 < path.length(); i++) {
            boolean match = path.charAt(i) == '%' && path.charAt(i + 1) == '2' && (path.charAt(i + 2) | 0x20) == 'f';
            count += match ? 1 : 0;
        }
        if (count != slashesEncoded) {
            refuse("%252F", "a slash encoded twice, while target.encoded-slash is on", null);
        }
    }

    /** The byte at an index, encoded or raw; -1 if there is none. */
    private int octet(int at, int to) {
        if (at >= to) {
            return -1;
        }
        char c = raw.charAt(at);
        if (c != '%') {
            return c < 128 || c <= 0xFF && rules.nonAscii() ? c : -1;
        }
        int high = at + 2 < to ? Character.digit(raw.charAt(at + 1), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(raw.charAt(at + 2), 16);
        // Character.digit knows digits beyond ASCII, which are none here.
        boolean ascii = low >= 0 && raw.charAt(at + 1) < 128 && raw.charAt(at + 2) < 128;
        return ascii ? 16 * high + low : -1;
    }

    private int width(int at) {
        return raw.charAt(at) == '%' ? 3 : 1;
    }

    private void refuse(String sequence, String reason, @Nullable String setting) {
        refused = new RefusedTarget(raw, sequence, reason, setting);
    }
}
