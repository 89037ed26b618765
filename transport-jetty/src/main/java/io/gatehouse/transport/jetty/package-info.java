/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * Jetty's core server as a wire of Gatehouse: its selectors, its parser and generator, its HTTP/2; none of its handlers.
 *
 * <p>A {@link io.gatehouse.transport.jetty.JettyTransportProvider} makes a transport of one Jetty {@code Server} with a
 * connector per endpoint. Bytes come in through {@code JettyEndPoint}, and out of TLS through {@code TlsEndPoint} on top of it;
 * {@code WireGuard} checks what Jetty would let pass; Jetty parses them and calls {@code JettyRoot} on the selector's thread, which makes a {@code JettyExchange} and hands it
 * to the engine. An answer that is there in one piece goes to the end point as {@code WholeAnswer}, any other through Jetty's
 * generator, framed by {@code AnswerFraming}. May import core's {@code http}, {@code tls} and {@code transport}, the rules of fields and the
 * encoder of heads in {@code http1}, and Jetty's exported packages.
 */
@NullMarked
package io.gatehouse.transport.jetty;

import org.jspecify.annotations.NullMarked;
