/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.hk2;

import io.gatehouse.Components;
import io.gatehouse.transport.TransportProvider;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.glassfish.hk2.api.ActiveDescriptor;
import org.glassfish.hk2.api.DynamicConfigurationService;
import org.glassfish.hk2.api.MultiException;
import org.glassfish.hk2.api.ServiceHandle;
import org.glassfish.hk2.api.ServiceLocator;
import org.glassfish.hk2.api.ServiceLocatorFactory;
import org.glassfish.hk2.utilities.ClassLoaderPostProcessor;
import org.glassfish.hk2.utilities.ClasspathDescriptorFileFinder;
import org.glassfish.hk2.utilities.ServiceLocatorUtilities;
import org.jspecify.annotations.Nullable;

/**
 * Components made by a {@link ServiceLocator}: constructed, injected, post-constructed, and pre-destroyed when they are let
 * go of. Each is an object of its own, whatever scope its class names, as the Servlet specification wants it.
 *
 * <pre>
 *   a locator of the user's:   OPEN ──close──► CLOSED       the locator lives on
 *   one of Gatehouse's:  NEW ──first use──► OPEN ──close──► CLOSED       the locator is shut down
 * </pre>
 */
public final class LocatorComponents implements Components {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.hk2");
    private static final AtomicLong NUMBER = new AtomicLong();

    /** Of HK2's locator, whose jar is no module that could be required. */
    private static final String RUNTIME = "org.jvnet.hk2.external.runtime.ServiceLocatorRuntimeBean";

    private final boolean own;
    private final ReentrantLock opening = new ReentrantLock();
    private volatile @Nullable ServiceLocator locator;
    private final Map<Class<?>, Object> provided = new LinkedHashMap<>(); // guarded by opening
    private final Map<Class<?>, ActiveDescriptor<?>> bound = new LinkedHashMap<>(); // guarded by opening
    private volatile boolean closed;

    private LocatorComponents(@Nullable ServiceLocator locator) {
        this.own = locator == null;
        this.locator = locator;
    }

    /** Components of a locator that the program has made, and shuts down itself. */
    public static LocatorComponents of(ServiceLocator locator) {
        return new LocatorComponents(locator);
    }

    /**
     * Components of a locator that is made at the first use, from every {@code META-INF/hk2-locator/default} that the context
     * class loader sees then, with the transports of {@link GatehouseBinder}; shut down by {@link #close}.
     */
    public static LocatorComponents standard() {
        return new LocatorComponents(null);
    }

    /** The locator, made if need be. */
    public ServiceLocator locator() {
        ServiceLocator current = locator;
        if (current != null) {
            return current;
        }
        opening.lock();
        try {
            current = locator;
            if (closed) {
                throw new IllegalStateException("the server's locator is shut down: make components before its stop");
            }
            if (current == null) {
                ServiceLocator made = populated();
                provided.forEach((type, instance) -> bind(made, type, instance));
                locator = made;
                current = made;
            }
            return current;
        } finally {
            opening.unlock();
        }
    }

    @Override
    public <T> T create(Class<T> type) {
        try {
            return locator().createAndInitialize(type);
        } catch (MultiException e) {
            throw new IllegalArgumentException("can't make a " + type.getName() + " with injection: " + reasons(e)
                    + ": bind what it injects, or give it one constructor that HK2 can use", e);
        }
    }

    @Override
    public void destroy(Object component) {
        ServiceLocator current = locator;
        if (current == null || closed) {
            return;
        }
        try {
            current.preDestroy(component);
        } catch (IllegalStateException | MultiException e) {
            LOG.log(System.Logger.Level.WARNING, "the pre-destroy of a " + component.getClass().getName() + " failed", e);
        }
    }

    /** HK2 remembers methods and fields of the classes that it has made, all of which are asked anew then. */
    @Override
    public void forget(ClassLoader loader) {
        ServiceLocator current = locator;
        if (current == null || closed) {
            return;
        }
        try {
            Class<?> contract = Class.forName(RUNTIME, true, current.getClass().getClassLoader());
            Object runtime = current.getService(contract);
            if (runtime != null) {
                contract.getMethod("clearReflectionCache").invoke(runtime);
                contract.getMethod("clearServiceCache").invoke(runtime);
            }
        } catch (ReflectiveOperationException | IllegalStateException | MultiException e) {
            LOG.log(System.Logger.Level.DEBUG, "HK2 keeps what it knows of the classes of " + loader, e);
        }
    }

    @Override
    public @Nullable TransportProvider transport(String name) {
        ServiceHandle<TransportProvider> handle = locator().getServiceHandle(TransportProvider.class, name);
        return handle == null ? null : handle.getService();
    }

    /** Binds it as a constant: at once in a locator of the program's, until {@link #close}; in one of Gatehouse's when that is made. */
    @Override
    public <T> void provide(Class<T> type, T instance) {
        opening.lock();
        try {
            ServiceLocator current = locator;
            provided.put(type, instance);
            if (current != null) {
                bind(current, type, instance);
            }
        } finally {
            opening.unlock();
        }
    }

    @Override
    public void close() {
        opening.lock();
        try {
            ServiceLocator current = locator;
            if (!own && current != null) {
                bound.values().forEach(each -> ServiceLocatorUtilities.removeOneDescriptor(current, each));
                bound.clear();
            }
            if (own && !closed && current != null) {
                current.shutdown();
            }
            closed = true;
        } finally {
            opening.unlock();
        }
    }

    /** For a person. */
    @Override
    public String toString() {
        return own ? "HK2, a locator of Gatehouse's" : "HK2, a locator of the program's";
    }

    private void bind(ServiceLocator into, Class<?> type, Object instance) {
        ActiveDescriptor<?> before = bound.remove(type);
        if (before != null) {
            ServiceLocatorUtilities.removeOneDescriptor(into, before);
        }
        bound.put(type, ServiceLocatorUtilities.addOneConstant(into, instance, null, type));
    }

    /** HK2's own way to populate a locator looks with the class loader of HK2, which in a container sees no application. */
    private static ServiceLocator populated() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context != null ? context : ClassLoader.getSystemClassLoader();
        ServiceLocator made = ServiceLocatorFactory.getInstance().create("gatehouse-" + NUMBER.incrementAndGet());
        try {
            made.getService(DynamicConfigurationService.class).getPopulator()
                    .populate(new ClasspathDescriptorFileFinder(loader), new ClassLoaderPostProcessor(loader));
        } catch (IOException | MultiException e) {
            made.shutdown();
            throw new IllegalStateException(
                    "META-INF/hk2-locator/default can't be read: rebuild the jar that it is in, or leave that out", e);
        }
        ServiceLocatorUtilities.bind(made, new GatehouseBinder());
        return made;
    }

    private static String reasons(MultiException failure) {
        StringBuilder reasons = new StringBuilder();
        for (Throwable error : failure.getErrors()) {
            String message = error.getMessage() == null ? error.toString() : error.getMessage();
            reasons.append(reasons.isEmpty() ? "" : "; ").append(message);
        }
        return reasons.toString();
    }
}
