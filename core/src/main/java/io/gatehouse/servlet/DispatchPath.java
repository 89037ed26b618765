/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A path that the application asks a dispatcher for, taken apart (Servlet 6.1 sections 9.1 and 9.1.1).
 *
 * @param uri inside the context as it was given, without query: encoded, with parameters
 * @param path decoded, without path parameters, without dot segments
 * @param query without {@code ?}, or null
 */
record DispatchPath(String uri, String path, @Nullable String query) {

    /** Takes a path apart; null if it does not begin with a slash, climbs out of the context, or is badly encoded. */
    static @Nullable DispatchPath parse(String text) {
        if (!text.startsWith("/")) {
            return null;
        }
        int mark = text.indexOf('?');
        String query = mark < 0 ? null : text.substring(mark + 1);
        String uri = mark < 0 ? text : text.substring(0, mark);
        int hash = uri.indexOf('#');
        uri = hash < 0 ? uri : uri.substring(0, hash);
        String decoded = PercentCoding.decodePath(withoutParameters(uri));
        String path = decoded == null ? null : normalise(decoded);
        return path == null ? null : new DispatchPath(uri, path, query);
    }

    /** The path without {@code ;name=value} at the ends of its segments. */
    static String withoutParameters(String path) {
        int semicolon = path.indexOf(';');
        if (semicolon < 0) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        int from = 0;
        while (semicolon >= 0) {
            out.append(path, from, semicolon);
            int slash = path.indexOf('/', semicolon);
            from = slash < 0 ? path.length() : slash;
            semicolon = path.indexOf(';', from);
        }
        return out.append(path, from, path.length()).toString();
    }

    /** The path without {@code .} and {@code ..} segments and doubled slashes; null if it climbs above the root. */
    static @Nullable String normalise(String path) {
        if (!path.contains("/.") && !path.contains("//")) {
            return path;
        }
        Deque<String> segments = new ArrayDeque<>();
        String[] parts = path.substring(1).split("/", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            boolean last = i == parts.length - 1;
            if (part.equals("..")) {
                if (segments.pollLast() == null) {
                    return null;
                }
            } else if (!part.equals(".") && !part.isEmpty()) {
                segments.addLast(part);
            }
            if (last && (part.isEmpty() || part.equals(".") || part.equals(".."))) {
                segments.addLast("");
            }
        }
        return "/" + String.join("/", segments);
    }
}
