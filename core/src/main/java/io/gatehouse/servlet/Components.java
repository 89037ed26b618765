/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.ServletException;
import java.lang.reflect.InvocationTargetException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** Makes the application's components by its factory, and remembers which of them the factory must be told about. */
final class Components {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final ComponentFactory factory;
    private final ClassLoader loader;
    private final Set<Object> made = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    Components(ComponentFactory factory, ClassLoader loader) {
        this.factory = factory;
        this.loader = loader;
    }

    ClassLoader loader() {
        return loader;
    }

    /** A new component of a class. */
    <T> T create(Class<T> type) throws ServletException {
        T component;
        try {
            component = factory.create(type);
        } catch (InvocationTargetException e) {
            throw new ServletException("the constructor of " + type.getName() + " failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new ServletException(
                    "can't make a " + type.getName() + ": give it a public constructor without parameters", e);
        } catch (ServletException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException("can't make a " + type.getName(), e);
        }
        made.add(component);
        return component;
    }

    /** Whether it was created here. */
    boolean made(Object component) {
        return made.contains(component);
    }

    /** The instance that was given, or a new one. */
    <T> T instance(Component<T> component, Class<T> contract) throws ServletException {
        T given = component.instance();
        return given != null ? given : create(component.load(loader, contract));
    }

    /** Tells the factory to let go of a component, if it made it. One that fails keeps nothing else from being let go of. */
    void destroy(Object component) {
        if (made.remove(component)) {
            try {
                factory.destroy(component);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "the component factory failed to destroy a "
                        + component.getClass().getName(), e);
            }
        }
    }

    /** Lets go of everything that is left: listeners, and what was created and never registered. */
    void destroyAll() {
        for (Object component : made.toArray()) {
            destroy(component);
        }
    }
}
