/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;

/**
 * What is wrong with a message: an expected outcome, and so a value.
 *
 * @param refusal the row of the table
 * @param detail limit, value and setting, or what breaks the grammar; for a person, printable
 */
public record Fault(Refusal refusal, String detail) {

    /** The same as an exception, for those who read a body. */
    public RefusedException toException() {
        return new RefusedException(refusal, detail);
    }
}
