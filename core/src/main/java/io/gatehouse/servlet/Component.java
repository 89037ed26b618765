/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ServletException;
import org.jspecify.annotations.Nullable;

/**
 * Where a servlet, filter or listener comes from: an instance of the application's, a class, or the name of one that is
 * loaded when it is needed.
 *
 * @param instance handed in ready-made, or null
 * @param type to be made by the component factory, or null
 * @param className of the instance or the class, or of the class to load
 * @param annotated whether what annotations of its class say about security counts
 */
record Component<T>(
        @Nullable T instance, @Nullable Class<? extends T> type, @Nullable String className, boolean annotated) {

    static <T> Component<T> of(T instance) {
        return new Component<>(instance, null, instance.getClass().getName(), true);
    }

    /** An instance whose class is not asked for its annotations. */
    static <T> Component<T> unasked(T instance) {
        return new Component<>(instance, null, instance.getClass().getName(), false);
    }

    static <T> Component<T> of(Class<? extends T> type) {
        return new Component<>(null, type, type.getName(), true);
    }

    /** One that is loaded by its name; without one, a registration that has no class so far. */
    static <T> Component<T> named(@Nullable String className) {
        return new Component<>(null, null, className, true);
    }

    /** The component's class, loaded if need be. */
    Class<? extends T> load(ClassLoader loader, Class<T> contract) throws ServletException {
        T given = instance;
        if (given != null) {
            return given.getClass().asSubclass(contract);
        }
        if (type != null) {
            return type;
        }
        if (className == null) {
            throw new ServletException("no class was given: complete the registration");
        }
        try {
            return Class.forName(className, true, loader).asSubclass(contract);
        } catch (ClassNotFoundException | ClassCastException | LinkageError e) {
            throw new ServletException(
                    "can't load " + className + " as a " + contract.getSimpleName() + ": put it on the class path", e);
        }
    }
}
