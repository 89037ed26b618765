/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * Frameworks as their projects publish them, on Gatehouse: what each of their users would write, over each transport.
 *
 * <p>{@link io.gatehouse.examples.frameworks.GatehouseServletWebServerFactory} and its two neighbours are all that Spring Boot
 * needs: copy them into a program of your own.
 */
@NullMarked
package io.gatehouse.examples.frameworks;

import org.jspecify.annotations.NullMarked;
