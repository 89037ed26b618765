/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.io.IOException;

/**
 * The body of a request can't be read on: its framing is broken, it came too slowly, or it is too large.
 *
 * <p>Thrown by {@code read}; before the response is committed the engine answers with the refusal's status, and the
 * transport closes the connection afterwards.
 */
public final class RefusedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Refusal refusal;
    private final String detail;

    /** A refusal with a text that names limit, value and setting where there is one; the peer may see it. */
    public RefusedException(Refusal refusal, String detail) {
        super(detail);
        this.refusal = refusal;
        this.detail = detail;
    }

    /** The text: what {@link #getMessage} says too. */
    public String detail() {
        return detail;
    }

    /** The row of the table. */
    public Refusal refusal() {
        return refusal;
    }
}
