/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.transport.TransportProvider;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Finds a transport by its name: on the class path, then among the components. */
final class TransportFinder {

    private static final System.Logger LOG = System.getLogger("io.gatehouse");
    private static final String PREFERRED = "nio";

    private TransportFinder() {}

    /**
     * The provider of that name; without a name {@code nio} if it is found, else the only one that is.
     *
     * @throws IllegalArgumentException if there is none; the message lists what was found and names the artifact to add
     */
    static TransportProvider find(@Nullable String name, Components components) {
        Map<String, TransportProvider> found = onClassPath();
        if (name != null) {
            TransportProvider provider = found.get(name);
            provider = provider != null ? provider : components.transport(name);
            if (provider == null) {
                throw new IllegalArgumentException("there is no transport '" + name + "': found "
                        + (found.isEmpty() ? "none" : String.join(", ", found.keySet()))
                        + "; set transport to one of these, or add the artifact io.gatehouse:gatehouse-transport-" + name
                        + " to the class path");
            }
            return provider;
        }
        TransportProvider preferred = found.get(PREFERRED);
        if (preferred != null) {
            return preferred;
        }
        if (found.size() == 1) {
            return found.values().iterator().next();
        }
        throw new IllegalArgumentException(found.isEmpty()
                ? "no transport is on the class path: add the artifact io.gatehouse:gatehouse-transport-nio, or -jetty"
                : "several transports are on the class path: set transport to one of " + String.join(", ", found.keySet()));
    }

    /** A provider that can't be loaded is passed over with a warning: another one may be wanted. */
    private static Map<String, TransportProvider> onClassPath() {
        Map<String, TransportProvider> found = new TreeMap<>();
        var providers = ServiceLoader.load(TransportProvider.class).iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    return found;
                }
                TransportProvider provider = providers.next();
                found.putIfAbsent(provider.name(), provider);
            } catch (ServiceConfigurationError e) {
                LOG.log(System.Logger.Level.WARNING, "a transport on the class path can't be loaded", e);
            }
        }
    }
}
