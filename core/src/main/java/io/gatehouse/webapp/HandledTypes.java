/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.annotation.HandlesTypes;
import java.lang.annotation.Inherited;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/** Finds the classes that an initialiser wants to handle (Servlet 6.1 section 8.2.4). */
final class HandledTypes {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    private HandledTypes() {}

    /** What an initialiser names in its annotation; nothing if it has none, or names what is not there. */
    static Set<Class<?>> wanted(Class<? extends ServletContainerInitializer> initializer) {
        try {
            HandlesTypes annotation = initializer.getAnnotation(HandlesTypes.class);
            return annotation == null ? Set.of() : new LinkedHashSet<>(Arrays.asList(annotation.value()));
        } catch (TypeNotPresentException | ArrayStoreException | LinkageError e) {
            LOG.log(System.Logger.Level.WARNING, "a type that " + initializer.getName()
                    + " handles is not on the class path: it is called without classes", e);
            return Set.of();
        }
    }

    /**
     * The application's classes that extend, implement, or carry one of the wanted types, as annotation of the class, a field
     * or a method. They are loaded, not initialised; one that can't be is left out.
     */
    static Set<Class<?>> find(ClassIndex index, Set<Class<?>> wanted, ClassLoader loader) {
        Set<Class<?>> found = new LinkedHashSet<>();
        for (ScannedClass each : index.classes()) {
            if (matches(index, each, wanted)) {
                try {
                    found.add(Class.forName(each.name(), false, loader));
                } catch (ClassNotFoundException | LinkageError e) {
                    LOG.log(System.Logger.Level.DEBUG,
                            each.name() + " can't be loaded, an optional jar may be missing: no initialiser gets it", e);
                }
            }
        }
        return found;
    }

    private static boolean matches(ClassIndex index, ScannedClass type, Set<Class<?>> wanted) {
        Set<String> supertypes = null;
        for (Class<?> each : wanted) {
            String name = each.getName();
            if (each.isAnnotation() && (type.marks().contains(name) || type.memberMarks().contains(name)
                    || each.isAnnotationPresent(Inherited.class) && inherits(index, type, name))) {
                return true;
            }
            supertypes = supertypes == null ? index.supertypes(type) : supertypes;
            if (supertypes.contains(name)) {
                return true;
            }
        }
        return false;
    }

    private static boolean inherits(ClassIndex index, ScannedClass type, String annotation) {
        String above = type.parent();
        while (above != null) {
            ScannedClass parent = index.find(above);
            if (parent == null) {
                return false;
            }
            if (parent.marks().contains(annotation)) {
                return true;
            }
            above = parent.parent();
        }
        return false;
    }
}
