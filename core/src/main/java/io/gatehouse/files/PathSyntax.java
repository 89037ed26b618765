/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import java.util.Locale;
import java.util.Set;

/**
 * Which decoded paths may name a file at all.
 *
 * <p>The target is normalised before it comes here, but this class trusts nobody: whatever could be read by a file
 * system as a way up, a way around a rule or another name of a hidden file is refused, on every system alike, so that
 * a site behaves the same wherever it runs. Only what is harmless and in use elsewhere - colons, device names, short
 * names - is refused on Windows alone.
 */
final class PathSyntax {

    private static final Set<String> DEVICES = Set.of("con", "prn", "aux", "nul", "conin$", "conout$", "clock$");

    private PathSyntax() {}

    /**
     * Whether every segment is a plain name that is not hidden.
     *
     * @param path decoded, without a slash at either end; empty for the root
     * @param windows whether the rules of Windows' file systems count too
     */
    static boolean isPlain(String path, boolean windows) {
        if (path.isEmpty()) {
            return true;
        }
        int from = 0;
        while (from <= path.length()) {
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            String segment = path.substring(from, to);
            if (!isName(segment) || isHidden(segment) || windows && isSpecialOnWindows(segment)) {
                return false;
            }
            from = to + 1;
        }
        return true;
    }

    /** Whether a file or folder of that name is never served: a dot file, or a part of a web application or jar. */
    static boolean isHidden(String name) {
        return name.startsWith(".") && !name.equals(".well-known")
                || name.equalsIgnoreCase("WEB-INF")
                || name.equalsIgnoreCase("META-INF");
    }

    /** No dot segment, no separator, no control character, nothing that a file system drops from the end of a name. */
    private static boolean isName(String segment) {
        if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
            return false;
        }
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c < ' ' || c == 127 || c == '\\' || c == '\uFFFD') {
                return false;
            }
        }
        char last = segment.charAt(segment.length() - 1);
        return last != '.' && last != ' ';
    }

    private static boolean isSpecialOnWindows(String segment) {
        if (segment.indexOf(':') >= 0 || segment.indexOf('~') >= 0 || segment.startsWith(" ")) {
            return true; // a drive or a stream, perhaps a short name
        }
        int dot = segment.indexOf('.');
        String stem = (dot < 0 ? segment : segment.substring(0, dot)).strip().toLowerCase(Locale.ROOT);
        boolean port = stem.length() == 4 && (stem.startsWith("com") || stem.startsWith("lpt"));
        return port || DEVICES.contains(stem);
    }
}
