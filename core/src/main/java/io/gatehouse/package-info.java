/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The front door: what a program needs to run a server, and its configuration.
 *
 * <p>May import every other package of core but {@code hk2}, which nothing imports. {@link io.gatehouse.Configuration} is
 * read once, before the start, from a properties file, the environment and system properties; {@link io.gatehouse.Setting}
 * lists what can be set.
 */
@NullMarked
package io.gatehouse;

import org.jspecify.annotations.NullMarked;
