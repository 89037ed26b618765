/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.GenericDeclaration;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Every type that a user of a class meets in what it shows: in parents, members, parameters, bounds and exceptions. */
public final class Signatures {

    private final Set<Class<?>> words = new LinkedHashSet<>();
    private final Set<Type> done = new HashSet<>();

    private Signatures() {}

    /** The types in the public and protected parts of a class; nothing if the class itself can't be seen from outside. */
    static Set<Class<?>> words(Class<?> type) {
        Signatures signatures = new Signatures();
        if (isVisible(type)) {
            signatures.read(type);
        }
        return signatures.words;
    }

    private static boolean isVisible(Class<?> type) {
        for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
            boolean open = isShown(outer.getModifiers()) && !outer.isAnonymousClass() && !outer.isLocalClass();
            if (!open) {
                return false;
            }
        }
        return true;
    }

    private static boolean isShown(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private void read(Class<?> type) {
        bounds(type);
        add(type.getGenericSuperclass());
        for (Type parent : type.getGenericInterfaces()) {
            add(parent);
        }
        for (Field field : type.getDeclaredFields()) {
            if (isShown(field.getModifiers())) {
                add(field.getGenericType());
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            read(constructor);
        }
        for (Method method : type.getDeclaredMethods()) {
            if (read(method)) {
                add(method.getGenericReturnType());
            }
        }
    }

    private boolean read(Executable executable) {
        if (!isShown(executable.getModifiers()) || executable.isSynthetic()) {
            return false;
        }
        bounds(executable);
        for (Type parameter : executable.getGenericParameterTypes()) {
            add(parameter);
        }
        for (Type thrown : executable.getGenericExceptionTypes()) {
            add(thrown);
        }
        return true;
    }

    private void bounds(GenericDeclaration declaration) {
        for (TypeVariable<?> variable : declaration.getTypeParameters()) {
            add(variable);
        }
    }

    private void add(Type type) {
        if (type == null || !done.add(type)) {
            return;
        }
        if (type instanceof Class<?> plain) {
            words.add(plain.isArray() ? element(plain) : plain);
        } else if (type instanceof ParameterizedType generic) {
            add(generic.getRawType());
            addAll(generic.getActualTypeArguments());
        } else if (type instanceof GenericArrayType array) {
            add(array.getGenericComponentType());
        } else if (type instanceof WildcardType wildcard) {
            addAll(wildcard.getUpperBounds());
            addAll(wildcard.getLowerBounds());
        } else if (type instanceof TypeVariable<?> variable) {
            addAll(variable.getBounds());
        }
    }

    private void addAll(Type[] types) {
        for (Type type : types) {
            add(type);
        }
    }

    private static Class<?> element(Class<?> array) {
        Class<?> element = array;
        while (element.isArray()) {
            element = element.getComponentType();
        }
        return element;
    }

    /** One word in each place where one can stand, to test the reading with. */
    public abstract static class Sample<T extends Number & Comparable<T>> implements AutoCloseable {
        protected Thread[][] array;
        private Pattern unseen;

        protected Sample(StringBuilder builder) {}

        public abstract <X extends Process> Map<? super Integer, ? extends List<X>> generic(Path... paths) throws IOException;

        private Pattern unseen() {
            return unseen;
        }
    }
}
