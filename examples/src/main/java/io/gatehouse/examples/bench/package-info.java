/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The benchmark: Gatehouse on each of its transports, and plain Jetty, side by side.
 *
 * <p>{@link io.gatehouse.examples.bench.Benchmark} starts each {@link io.gatehouse.examples.bench.Contender} in a JVM
 * of its own, whose main is {@link io.gatehouse.examples.bench.Peer}, has {@code wrk} drive them in turn, and prints
 * medians. May import anything; nothing imports it.
 */
@NullMarked
package io.gatehouse.examples.bench;

import org.jspecify.annotations.NullMarked;
