/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * What a constraint is about: the {@code web-resource-collection} of Servlet 6.1 section 13.8.
 *
 * @param name for people; may be empty
 * @param patterns of paths inside the context, of the five kinds of section 12.2, at least one
 * @param methods that are constrained at them
 */
public record WebResources(String name, Set<String> patterns, MethodSet methods) {

    /**
     * Copies the patterns, in their order.
     *
     * @throws IllegalArgumentException if there is none, one of them is none of the five kinds, or there is no method
     */
    public WebResources {
        if (patterns.isEmpty()) {
            throw new IllegalArgumentException("the resources '" + name + "' have no URL pattern: give at least one");
        }
        if (methods.isEmpty()) {
            throw new IllegalArgumentException(
                    "the resources '" + name + "' are of no method, which would leave them open: name methods or omit them");
        }
        patterns.forEach(PathPattern::parse);
        patterns = Collections.unmodifiableSet(new LinkedHashSet<>(patterns));
    }
}
