/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The transport SPI: how the engine and a wire meet, and nothing else.
 *
 * <p>A {@link io.gatehouse.transport.TransportProvider}, found by its name, makes a
 * {@link io.gatehouse.transport.Transport} out of a {@link io.gatehouse.transport.TransportConfig}; the transport turns bytes
 * into {@link io.gatehouse.transport.Exchange}s and hands each to the engine's
 * {@link io.gatehouse.transport.ExchangeHandler} on an I/O thread. May import {@code http} and {@code tls} only. The contract is written at
 * {@link io.gatehouse.transport.Exchange} and tested, line by line, by {@code TransportContract} in core's test-jar.
 */
@NullMarked
package io.gatehouse.transport;

import org.jspecify.annotations.NullMarked;
