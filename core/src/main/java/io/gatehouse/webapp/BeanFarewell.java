/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.beans.Introspector;

/** Empties what the JDK remembers of beans, softly but for long. Loaded only where there is {@code java.desktop}. */
final class BeanFarewell {

    private BeanFarewell() {}

    static void run() {
        Introspector.flushCaches();
    }
}
