/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * URL patterns and paths of descriptors and annotations (Servlet 6.1 sections 12.2 and 14.2), checked where it is known where
 * they stand.
 */
final class Patterns {

    private Patterns() {}

    /** The pattern in an element. In 2.2 the slash at its beginning was often left out. */
    static String checked(Element element, Version version) throws DeploymentException {
        String pattern = element.text();
        if (version.before(2, 3) && !pattern.isEmpty() && !pattern.startsWith("/") && !pattern.startsWith("*.")) {
            pattern = "/" + pattern;
        }
        pattern = canonical(pattern, element);
        require(pattern, element.place());
        return pattern;
    }

    /** The path of a resource or a page in an element, without its dot segments. */
    static String path(Element element) throws DeploymentException {
        if (!element.text().startsWith("/")) {
            throw element.wrong("<" + element.name() + "> is '" + element.text() + "': begin it with a slash");
        }
        return canonical(element.text(), element);
    }

    private static String canonical(String path, Element element) throws DeploymentException {
        int query = path.indexOf('?');
        String behind = query < 0 ? "" : path.substring(query);
        String hierarchy = query < 0 ? path : path.substring(0, query);
        if (!hierarchy.startsWith("/") || !hierarchy.contains("/.")) {
            return path;
        }
        Deque<String> kept = new ArrayDeque<>();
        boolean directory = false;
        for (String segment : hierarchy.substring(1).split("/", -1)) {
            directory = segment.equals(".") || segment.equals("..");
            if (segment.equals("..") && kept.pollLast() == null) {
                throw element.wrong("<" + element.name() + "> is '" + path + "', which leads out of the application: take a .. out");
            }
            if (!directory) {
                kept.addLast(segment);
            }
        }
        return "/" + String.join("/", kept) + (directory && !kept.isEmpty() ? "/" : "") + behind;
    }

    /** Refuses what is none of the five kinds. */
    static void require(String pattern, Place place) throws DeploymentException {
        boolean extension = pattern.startsWith("*.") && pattern.length() > 2
                && pattern.indexOf('/') < 0 && pattern.indexOf('*', 1) < 0;
        boolean path = pattern.startsWith("/") && pattern.indexOf('\n') < 0 && pattern.indexOf('\r') < 0;
        if (!pattern.isEmpty() && !extension && !path) {
            throw DeploymentException.at(place, "the URL pattern '" + pattern
                    + "' is none of the five kinds: write \"/exact\", \"/path/*\", \"*.extension\", \"/\" or \"\"");
        }
    }
}
