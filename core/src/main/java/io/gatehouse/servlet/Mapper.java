/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the servlet for a path (Servlet 6.1 section 12.1): exact, then the longest path prefix, then the extension,
 * then
 * the default. Immutable; patterns compare with case.
 */
final class Mapper {

    /**
     * What a path leads to.
     *
     * @param servlet the one that answers
     * @param mapping how it was found
     * @param servletPath the part of the path that the pattern took
     * @param pathInfo the rest, or null if there is none
     */
    record Match(ServletInstance servlet, Mapping mapping, String servletPath, @Nullable String pathInfo) {}

    private record Entry(UrlPattern pattern, ServletInstance servlet) {}

    private final Map<String, Entry> exact = new HashMap<>();
    private final Map<String, Entry> prefixes = new HashMap<>();
    private final Map<String, Entry> extensions = new HashMap<>();
    private @Nullable Entry contextRoot;
    private @Nullable Entry fallback;

    /**
     * A mapper for the servlets' patterns.
     *
     * @param servlets by pattern, without conflicts
     */
    Mapper(Map<UrlPattern, ServletInstance> servlets) {
        servlets.forEach((pattern, servlet) -> {
            Entry entry = new Entry(pattern, servlet);
            switch (pattern.match()) {
                case EXACT -> exact.put(pattern.key(), entry);
                case PATH -> prefixes.put(pattern.key(), entry);
                case EXTENSION -> extensions.put(pattern.key(), entry);
                case CONTEXT_ROOT -> contextRoot = entry;
                case DEFAULT -> fallback = entry;
            }
        });
    }

    /** The servlet for a path inside the context, which begins with {@code /}; null if no pattern matches. */
    @Nullable Match find(String path) {
        Entry root = contextRoot;
        if (root != null && path.equals("/")) {
            return match(root, "", "", "/");
        }
        Entry entry = exact.get(path);
        if (entry != null) {
            return match(entry, path.substring(1), path, null);
        }
        Match match = byPrefix(path);
        if (match == null) {
            match = byExtension(path);
        }
        Entry last = fallback;
        return match != null ? match : last == null ? null : match(last, "", path, null);
    }

    private @Nullable Match byPrefix(String path) {
        if (prefixes.isEmpty()) {
            return null;
        }
        for (int end = path.length(); end >= 0; end = path.lastIndexOf('/', end - 1)) {
            String prefix = path.substring(0, end);
            Entry entry = prefixes.get(prefix);
            if (entry != null) {
                return end == path.length()
                        ? match(entry, "", prefix, null)
                        : match(entry, path.substring(end + 1), prefix, path.substring(end));
            }
            if (end == 0) {
                return null;
            }
        }
        return null;
    }

    private @Nullable Match byExtension(String path) {
        int slash = path.lastIndexOf('/');
        for (int dot = path.indexOf('.', slash); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            // Only the last dot counts for a request; an extension with a dot in it can still be meant by a pattern.
            Entry entry = extensions.get(path.substring(dot + 1));
            if (entry != null) {
                return match(entry, path.substring(1, dot), path, null);
            }
        }
        return null;
    }

    private static Match match(Entry entry, String value, String servletPath, @Nullable String pathInfo) {
        Mapping mapping = new Mapping(
                value, entry.pattern.text(), entry.servlet.name(), entry.pattern.match());
        return new Match(entry.servlet, mapping, servletPath, pathInfo);
    }
}
