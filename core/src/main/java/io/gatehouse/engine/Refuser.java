/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Refusal;
import io.gatehouse.transport.Exchange;

/** Answers an exchange that reaches no handler, and tells whoever counts. */
@FunctionalInterface
interface Refuser {

    /** Commits the refusal's status with the detail as text. Any thread, which owns the exchange. */
    void refuse(Exchange exchange, Refusal refusal, String detail);
}
