/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

/** URL patterns of descriptors and annotations (Servlet 6.1 section 12.2), checked where it is known where they stand. */
final class Patterns {

    private Patterns() {}

    /** The pattern in an element. In 2.2 the slash at its beginning was often left out. */
    static String checked(Element element, Version version) throws DeploymentException {
        String pattern = element.text();
        if (version.before(2, 3) && !pattern.isEmpty() && !pattern.startsWith("/") && !pattern.startsWith("*.")) {
            pattern = "/" + pattern;
        }
        require(pattern, element.place());
        return pattern;
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
