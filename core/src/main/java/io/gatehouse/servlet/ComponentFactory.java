/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

/**
 * Makes servlets, filters and listeners that were given as classes, and lets go of them; where injection plugs in.
 * Called on the deploying thread, or on a worker for a servlet that is made at its first request.
 */
public interface ComponentFactory {

    /** Makes components by their public constructor without parameters, and forgets them. */
    ComponentFactory CONSTRUCTOR = new ComponentFactory() {
        @Override
        public <T> T create(Class<T> type) throws Exception {
            return type.getConstructor().newInstance();
        }

        @Override
        public void destroy(Object component) {}
    };

    /**
     * A new component, injected and ready for its {@code init}.
     *
     * @throws Exception if it can't be made; the application's deployment, or the request, fails with it
     */
    <T> T create(Class<T> type) throws Exception;

    /** Lets go of a component that {@link #create} made, after its {@code destroy}. Must not throw. */
    void destroy(Object component);

    /**
     * An application has ended: what is remembered of the classes of its class loader is to be forgotten, after the last of its
     * components was destroyed. Must not throw.
     */
    default void forget(ClassLoader loader) {}
}
