/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Connection;
import io.gatehouse.http.Refusal;
import io.gatehouse.transport.Exchange;

/** Answers an exchange that reaches no handler, and tells whoever counts. */
@FunctionalInterface
interface Refuser {

    /**
     * Commits the refusal's status with the detail as text. Any thread, which owns the exchange.
     *
     * @param connection with the client's address, as it is told to whoever counts
     */
    void refuse(Exchange exchange, Connection connection, Refusal refusal, String detail);
}
