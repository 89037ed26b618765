/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.lang.annotation.Annotation;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code @RunAs} and {@code @DeclareRoles} say on a servlet's class (Servlet 6.1 sections 15.5.7 and 15.5.9). They are read by
 * name, for the Jakarta Annotations are the application's to bring. Pure.
 */
final class RoleAnnotations {

    private RoleAnnotations() {}

    /** The role that the class runs as; null if it names none. */
    static @Nullable String runAs(Class<?> type) {
        return value(type, "jakarta.annotation.security.RunAs") instanceof String role ? role : null;
    }

    /** The roles that the class declares. */
    static List<String> declared(Class<?> type) {
        Object roles = value(type, "jakarta.annotation.security.DeclareRoles");
        List<String> found = new ArrayList<>();
        for (int i = 0; roles != null && i < Array.getLength(roles); i++) {
            found.add(String.valueOf(Array.get(roles, i)));
        }
        return found;
    }

    private static @Nullable Object value(Class<?> type, String name) {
        for (Annotation each : type.getAnnotations()) {
            if (each.annotationType().getName().equals(name)) {
                try {
                    return each.annotationType().getMethod("value").invoke(each);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException("@" + name + " on " + type.getName() + " can't be read", e);
                }
            }
        }
        return null;
    }
}
