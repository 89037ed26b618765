/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * HTTP/1.1 on plain {@code java.nio}, inside TLS where an endpoint asks for it: the transport named {@code nio}.
 *
 * <p>Bytes come in at a {@link io.gatehouse.transport.nio.Loop}'s selector, pass the connection's {@link
 * io.gatehouse.transport.nio.Wire}, become a head in {@code http1}'s parser and an exchange in {@link
 * io.gatehouse.transport.nio.HttpConnection}; answers go back through {@link io.gatehouse.transport.nio.Outbound}. May
 * import {@code http}, {@code http1}, {@code tls} and {@code transport} of core.
 */
@NullMarked
package io.gatehouse.transport.nio;

import org.jspecify.annotations.NullMarked;
