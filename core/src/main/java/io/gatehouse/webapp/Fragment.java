/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A jar of {@code WEB-INF/lib} as a fragment of the application, whether it has a {@code web-fragment.xml} or not.
 *
 * @param jar the file's name
 * @param descriptor what its descriptor says; nothing if it has none
 */
record Fragment(String jar, Descriptor descriptor) {

    /** The name that orderings use; null if it has none. */
    @Nullable String name() {
        return descriptor.name;
    }

    boolean isNamed(Set<String> names) {
        String own = name();
        return own != null && names.contains(own);
    }
}
