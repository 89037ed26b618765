/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

/**
 * A URL pattern of a constraint, taken apart (Servlet 6.1 section 12.2).
 *
 * @param kind which of the five it is
 * @param key what is compared: the whole path of an exact pattern, the prefix without {@code /*} of a path pattern, the
 *     extension without {@code *.}; empty for the others
 */
record PathPattern(Kind kind, String key) {

    /** The kinds, the closest match first. */
    enum Kind { ROOT, EXACT, PREFIX, EXTENSION, DEFAULT }

    /**
     * Reads a pattern.
     *
     * @throws IllegalArgumentException if it is none of the five kinds: what it was to protect would lie open
     */
    static PathPattern parse(String text) {
        if (text.isEmpty()) {
            return new PathPattern(Kind.ROOT, "");
        }
        if (text.equals("/")) {
            return new PathPattern(Kind.DEFAULT, "");
        }
        if (text.startsWith("*.")) {
            String extension = text.substring(2);
            if (!extension.isEmpty() && extension.indexOf('/') < 0 && extension.indexOf('*') < 0) {
                return new PathPattern(Kind.EXTENSION, extension);
            }
        } else if (text.startsWith("/") && text.indexOf('\r') < 0 && text.indexOf('\n') < 0) {
            return text.endsWith("/*")
                    ? new PathPattern(Kind.PREFIX, text.substring(0, text.length() - 2))
                    : new PathPattern(Kind.EXACT, text);
        }
        throw new IllegalArgumentException("the URL pattern '" + text
                + "' is none of the five kinds: use \"/exact\", \"/path/*\", \"*.extension\", \"/\" or \"\"");
    }
}
