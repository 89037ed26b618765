/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Named values of a context, a request or a session, and who hears of their changes. */
final class Attributes {

    /** Hears of changes, on the thread that makes them. */
    interface Changes {

        /** A value is about to be there, under a name that has another one or none. */
        default void adding(String name, Object value) {}

        /** A name has a value that had none. */
        void added(String name, Object value);

        /** A name has another value. */
        void replaced(String name, Object old, Object value);

        /** A name has no value any more. */
        void removed(String name, Object old);
    }

    private final Map<String, Object> values;
    private final Changes changes;

    /**
     * @param values where they are kept: a concurrent map if several threads share them
     */
    Attributes(Map<String, Object> values, Changes changes) {
        this.values = values;
        this.changes = changes;
    }

    @Nullable Object get(String name) {
        return values.get(name);
    }

    /** A copy of the names. */
    List<String> names() {
        return new ArrayList<>(values.keySet());
    }

    void set(String name, @Nullable Object value) {
        if (value == null) {
            remove(name);
            return;
        }
        if (values.get(name) != value) {
            changes.adding(name, value);
        }
        Object old = values.put(name, value);
        if (old == null) {
            changes.added(name, value);
        } else {
            changes.replaced(name, old, value);
        }
    }

    void remove(String name) {
        Object old = values.remove(name);
        if (old != null) {
            changes.removed(name, old);
        }
    }

    /** Sets or, with null, removes a value of the container's own, of which no listener hears; returns the old one. */
    @Nullable Object setQuietly(String name, @Nullable Object value) {
        return value == null ? values.remove(name) : values.put(name, value);
    }
}
