/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The target that the origin gets (RFC 9112 section 3.2.1): path and query as the client sent them, in origin-form.
 *
 * <p>Two things are changed, lest the origin see another path than the one that was routed: dot segments are resolved, for an
 * origin that did not resolve them would be asked for something outside of the prefix; and bytes beyond ASCII, which are let in
 * on request only, are percent-encoded. Everything else, percent-encoding above all, stays as it came.
 */
final class OutwardTarget {

    private OutwardTarget() {}

    /**
     * Makes the target.
     *
     * @param path put in the place of the prefix, {@code /} at its end; null if the path stays whole
     * @param prefixLength characters of the normalised path that the prefix took
     */
    static String of(Target target, @Nullable String path, int prefixLength) {
        String raw = resolved(target.rawPath());
        if (path != null) {
            raw = path + withoutSegments(raw, segments(target.path(), prefixLength));
        }
        String query = target.query();
        return ascii(query == null ? raw : raw + '?' + query);
    }

    /** The path without dot segments (RFC 3986 section 5.2.4), the same string if it has none. */
    private static String resolved(String raw) {
        if (raw.indexOf("/.") < 0 && raw.indexOf("/%2") < 0) {
            return raw;
        }
        String[] segments = raw.substring(1).split("/", -1);
        List<String> kept = new ArrayList<>(segments.length);
        boolean changed = false;
        for (int i = 0; i < segments.length; i++) {
            int dots = dots(segments[i]);
            if (dots == 0) {
                kept.add(segments[i]);
                continue;
            }
            changed = true;
            if (dots == 2 && !kept.isEmpty()) {
                kept.remove(kept.size() - 1);
            }
            if (i == segments.length - 1) {
                kept.add("");
            }
        }
        return changed ? '/' + String.join("/", kept) : raw;
    }

    /** 1 or 2 for a dot segment, percent-encoded or not; else 0. One with parameters behind it comes this far under no setting. */
    private static int dots(String segment) {
        return switch (segment.toLowerCase(Locale.ROOT).replace("%2e", ".")) {
            case "." -> 1;
            case ".." -> 2;
            default -> 0;
        };
    }

    /** How many segments the prefix has. */
    private static int segments(String path, int prefixLength) {
        int count = 0;
        for (int i = 1; i < Math.min(prefixLength, path.length() + 1); i++) {
            count += i == path.length() || path.charAt(i) == '/' ? 1 : 0;
        }
        return count;
    }

    /** What stands behind so many segments; empty ones don't count, as they don't for the router where they are let in. */
    private static String withoutSegments(String raw, int count) {
        int at = 0;
        for (int i = 0; i < count && at < raw.length(); i++) {
            while (at < raw.length() && raw.charAt(at) == '/') {
                at++;
            }
            int slash = raw.indexOf('/', at);
            at = slash < 0 ? raw.length() : slash;
        }
        return at < raw.length() ? raw.substring(at + 1) : "";
    }

    private static String ascii(String text) {
        StringBuilder out = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 127 && out == null) {
                out = new StringBuilder(text.length() + 16).append(text, 0, i);
            }
            if (out != null && c >= 127) {
                out.append(String.format("%%%02X", (int) c));
            } else if (out != null) {
                out.append(c);
            }
        }
        return out == null ? text : out.toString();
    }
}
