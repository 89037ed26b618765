/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.hk2;

import io.gatehouse.transport.TransportProvider;
import java.util.ServiceLoader;
import org.glassfish.hk2.utilities.binding.AbstractBinder;

/**
 * Binds the transports that {@link ServiceLoader} finds to the contract {@link TransportProvider}, each under its name, so
 * that {@code @Inject @Named("nio") TransportProvider} works in any locator:
 *
 * <pre>{@code ServiceLocatorUtilities.bind(locator, new GatehouseBinder());}</pre>
 *
 * <p>A provider that is a service of HK2's by itself ({@code @Service @Named}) ranks above the one that is bound here.
 */
public final class GatehouseBinder extends AbstractBinder {

    private final ServiceLoader<TransportProvider> providers;

    /** Finds the transports that the context class loader of the calling thread sees. */
    public GatehouseBinder() {
        this(ServiceLoader.load(TransportProvider.class));
    }

    GatehouseBinder(ServiceLoader<TransportProvider> providers) {
        this.providers = providers;
    }

    @Override
    protected void configure() {
        for (TransportProvider provider : providers) {
            bind(provider).named(provider.name()).to(TransportProvider.class).ranked(-1);
        }
    }
}
