/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.servlet.ComponentFactory;
import io.gatehouse.transport.TransportProvider;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Makes what is given as a class - servlets, filters, listeners, handlers - and lets go of it; where injection plugs in. Any
 * thread, several at once.
 *
 * <p>With HK2 on the class path {@link #standard} injects, without it constructors are called, and nothing else differs.
 */
public interface Components extends ComponentFactory, AutoCloseable {

    /** Calls public constructors without parameters, and knows no transport. */
    Components PLAIN = new Components() {
        @Override
        public <T> T create(Class<T> type) throws ReflectiveOperationException {
            return type.getConstructor().newInstance();
        }

        @Override
        public void destroy(Object component) {}

        @Override
        public @Nullable TransportProvider transport(String name) {
            return null;
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return "constructors";
        }
    };

    /** A transport that is known here and not by {@link ServiceLoader}, by its name; null if there is none. */
    @Nullable TransportProvider transport(String name);

    /**
     * Offers an object of the server's for injection, before any component is made. Nothing happens where there is no
     * injection.
     *
     * @param type what it is asked for by
     */
    default <T> void provide(Class<T> type, T instance) {}

    /** Ends what was opened for this. Components that live are let go of before. Idempotent. */
    @Override
    void close();

    /**
     * What the class path offers: injection by a locator of Gatehouse's own if HK2 is there, else {@link #PLAIN}. Cheap: the
     * locator is made when something is asked of it first.
     */
    static Components standard() {
        for (Source source : ServiceLoader.load(Source.class, Components.class.getClassLoader())) {
            Components components = source.open();
            if (components != null) {
                return components;
            }
        }
        return PLAIN;
    }

    /** Opens components of one kind if what they need is on the class path; found by {@link ServiceLoader}. */
    interface Source {

        /** The components; null if they can't be had here. Must not load what may be missing before it knows. */
        @Nullable Components open();
    }
}
