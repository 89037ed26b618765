/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.hk2;

import io.gatehouse.Components;
import org.jspecify.annotations.Nullable;

/** Opens {@link LocatorComponents} where HK2 is on the class path. Mentions no type of HK2's itself, so that it loads without. */
public final class LocatorSource implements Components.Source {

    /** The API, and the generator behind it: one without the other is of no use. */
    private static final String[] NEEDED = {
        "org.glassfish.hk2.api.ServiceLocator", "org.jvnet.hk2.external.generator.ServiceLocatorGeneratorImpl",
    };

    private final @Nullable ClassLoader loader;

    /** Looks where this class was loaded. */
    public LocatorSource() {
        this(LocatorSource.class.getClassLoader());
    }

    LocatorSource(@Nullable ClassLoader loader) {
        this.loader = loader;
    }

    @Override
    public @Nullable Components open() {
        for (String name : NEEDED) {
            try {
                Class.forName(name, false, loader);
            } catch (ClassNotFoundException | LinkageError e) {
                return null;
            }
        }
        return LocatorComponents.standard();
    }
}
