/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * Programs that can be run, and that the README quotes.
 *
 * <p>{@link io.gatehouse.examples.Quickstart} is the least one, {@link io.gatehouse.examples.Launcher} is the one that
 * {@code exec:exec} runs, {@link io.gatehouse.examples.Injected} has its servlet made by HK2, the pages of {@link
 * io.gatehouse.examples.Catalogue} are kept by the output cache, {@link io.gatehouse.examples.Orders} shares the port of
 * another gatehouse if it is told to, and {@link io.gatehouse.examples.ServiceState} shows who shares it. They use Gatehouse as any
 * program would: its exported packages only. Nothing imports this package.
 */
@NullMarked
package io.gatehouse.examples;

import org.jspecify.annotations.NullMarked;
