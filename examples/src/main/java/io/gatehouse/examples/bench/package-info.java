/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The benchmark: Gatehouse on each of its transports, its peers and a bare loop, side by side.
 *
 * <p>{@link io.gatehouse.examples.bench.Benchmark} goes through the {@link io.gatehouse.examples.bench.Scenario}s, starts
 * each {@link io.gatehouse.examples.bench.Contender} in a process of its own - for those in Java a JVM whose main is
 * {@link io.gatehouse.examples.bench.Peer} - has {@code wrk} drive them in turn, and prints medians. May import anything;
 * nothing imports it.
 */
@NullMarked
package io.gatehouse.examples.bench;

import org.jspecify.annotations.NullMarked;
