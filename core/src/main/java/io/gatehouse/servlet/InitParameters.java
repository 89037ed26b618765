/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The initialisation parameters of a servlet, a filter or the context; set while deploying, read by any thread after.
 */
final class InitParameters {

    private final Map<String, String> values = Collections.synchronizedMap(new LinkedHashMap<>());

    @Nullable String get(String name) {
        return values.get(name);
    }

    Enumeration<String> names() {
        return Collections.enumeration(asMap().keySet());
    }

    /** A copy, in the order of setting. */
    Map<String, String> asMap() {
        synchronized (values) {
            return Collections.unmodifiableMap(new LinkedHashMap<>(values));
        }
    }

    /** Sets one that is not set yet; false if it is (Servlet 6.1 section 4.4.1). */
    boolean set(@Nullable String name, @Nullable String value) {
        return values.putIfAbsent(required(name, "name"), required(value, "value")) == null;
    }

    /** Sets all, or none if some are set already, and returns the names of those. */
    Set<String> setAll(Map<String, String> parameters) {
        parameters.forEach((name, value) -> {
            required(name, "name");
            required(value, "value");
        });
        Set<String> conflicts = new LinkedHashSet<>(parameters.keySet());
        synchronized (values) {
            conflicts.retainAll(values.keySet());
            if (conflicts.isEmpty()) {
                values.putAll(parameters);
            }
        }
        return conflicts;
    }

    private static String required(@Nullable String text, String what) {
        if (text == null) {
            throw new IllegalArgumentException("the " + what + " of an init parameter is null: give a text");
        }
        return text;
    }
}
