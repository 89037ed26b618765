/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.http.MappingMatch;

/**
 * A URL pattern (Servlet 6.1 section 12.2), for servlets and filters alike.
 *
 * @param text as it was given
 * @param match which of the five kinds it is
 * @param key what is compared: the whole path of an exact pattern, the prefix without {@code /*} of a path pattern, the
 *     extension without {@code *.}; empty for the others
 */
record UrlPattern(String text, MappingMatch match, String key) {

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is none of the five kinds; a pattern that silently matched nothing would
     *     leave the part of the application open that a filter was to guard
     */
    static UrlPattern parse(String text) {
        if (text.isEmpty()) {
            return new UrlPattern(text, MappingMatch.CONTEXT_ROOT, "");
        }
        if (text.equals("/")) {
            return new UrlPattern(text, MappingMatch.DEFAULT, "");
        }
        if (text.startsWith("*.")) {
            String extension = text.substring(2);
            if (extension.isEmpty() || extension.indexOf('/') >= 0 || extension.indexOf('*') >= 0) {
                throw wrong(text);
            }
            return new UrlPattern(text, MappingMatch.EXTENSION, extension);
        }
        if (!text.startsWith("/") || text.indexOf('\r') >= 0 || text.indexOf('\n') >= 0) {
            throw wrong(text);
        }
        if (text.endsWith("/*")) {
            String prefix = text.substring(0, text.length() - 2);
            return new UrlPattern(text, MappingMatch.PATH, prefix);
        }
        return new UrlPattern(text, MappingMatch.EXACT, text);
    }

    /** Whether a filter with this pattern is in the chain for a path (section 6.2.4). */
    boolean matches(String path) {
        return switch (match) {
            case EXACT -> path.equals(key);
            case PATH -> path.startsWith(key) && (path.length() == key.length() || path.charAt(key.length()) == '/');
            case EXTENSION -> hasExtension(path);
            case DEFAULT, CONTEXT_ROOT -> path.equals("/");
        };
    }

    private boolean hasExtension(String path) {
        int dot = path.length() - key.length() - 1;
        return dot > path.lastIndexOf('/') && path.charAt(dot) == '.' && path.endsWith(key);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException("the URL pattern '" + text
                + "' is none of the five kinds: use \"/exact\", \"/path/*\", \"*.extension\", \"/\" or \"\"");
    }
}
