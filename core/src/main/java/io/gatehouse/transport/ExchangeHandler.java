/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

/** What a transport calls for each request: the engine. */
public interface ExchangeHandler {

    /**
     * Takes over an exchange. Called on an I/O thread, once per well-formed request; must not block. Until it returns or
     * hands the exchange to another thread, the exchange belongs to this thread.
     *
     * <p>What it throws aborts the exchange.
     */
    void handle(Exchange exchange);
}
