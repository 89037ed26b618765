/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask for what, {@code <security-constraint>} (Servlet 6.1 section 13.8).
 *
 * @param collections what it protects
 * @param roles who may; null for everybody, empty for nobody
 * @param guarantee of the transport: {@code NONE}, {@code INTEGRAL} or {@code CONFIDENTIAL}
 */
record ConstraintElement(
        List<ResourceCollection> collections, @Nullable Set<String> roles, String guarantee, Place place) {

    /**
     * A part of the application.
     *
     * @param methods to which it is limited; empty for all but the omitted ones
     * @param omitted methods; not empty only if methods is
     */
    record ResourceCollection(String name, List<String> patterns, Set<String> methods, Set<String> omitted) {}
}
