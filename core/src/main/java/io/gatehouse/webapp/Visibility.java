/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which classes an application gets from whom (Servlet 6.1 sections 10.7.1 and 10.7.2): its own before the server's, but never
 * its own copy of the JDK's or of the Servlet API's, and nothing of the container's inside.
 *
 * @param shared packages, with those below them, that come from the parent if it has them
 * @param hidden packages, with those below them, that the parent does not show
 */
record Visibility(List<String> shared, List<String> hidden) {

    /** What the container speaks with applications: one class of each for both sides. */
    static final List<String> SHARED = List.of(
            "jakarta.servlet", "jakarta.annotation", "jakarta.inject", "io.gatehouse.cache", "io.gatehouse.handler",
            "io.gatehouse.http");

    /** The container's inside; what it hands to applications on purpose is not in it. */
    private static final Set<String> INSIDE = Set.of(
            "io.gatehouse", "io.gatehouse.engine", "io.gatehouse.files", "io.gatehouse.forward", "io.gatehouse.hk2",
            "io.gatehouse.http1", "io.gatehouse.route", "io.gatehouse.security", "io.gatehouse.servlet",
            "io.gatehouse.transport", "io.gatehouse.transport.nio", "io.gatehouse.transport.jetty", "io.gatehouse.webapp");

    /** The packages of the JDK's own modules. */
    private static final Set<String> JDK = ModuleLayer.boot().modules().stream()
            .filter(module -> module.getName().startsWith("java.") || module.getName().startsWith("jdk."))
            .flatMap(module -> module.getPackages().stream()).collect(Collectors.toUnmodifiableSet());

    Visibility {
        shared = Stream.concat(SHARED.stream(), shared.stream()).distinct().toList();
        hidden = List.copyOf(hidden);
    }

    /** Whether a class of this package is the JDK's alone. */
    static boolean isJdk(String packageName) {
        return packageName.startsWith("java.") || JDK.contains(packageName);
    }

    /** Whether the parent is asked before the application's own. */
    boolean isShared(String packageName) {
        return isIn(shared, packageName);
    }

    /** Whether the parent is not asked at all. */
    boolean isHidden(String packageName) {
        return INSIDE.contains(packageName) || isIn(hidden, packageName);
    }

    private static boolean isIn(List<String> packages, String name) {
        for (String each : packages) {
            if (name.startsWith(each) && (name.length() == each.length() || name.charAt(each.length()) == '.')) {
                return true;
            }
        }
        return false;
    }

    /** The package of a class, or of a resource's path. */
    static String packageOf(String name, char separator) {
        int end = name.lastIndexOf(separator);
        return end < 0 ? "" : separator == '.' ? name.substring(0, end) : name.substring(0, end).replace(separator, '.');
    }
}
