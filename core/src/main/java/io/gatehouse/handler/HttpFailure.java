/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.handler;

import org.jspecify.annotations.Nullable;

/** Ends a request with a status: thrown by handlers, turned into an error response by the engine. */
public final class HttpFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * A failure without a cause.
     *
     * @param status 400 to 599
     * @param publicMessage shown to the peer: no secrets
     */
    public HttpFailure(int status, String publicMessage) {
        this(status, publicMessage, null);
    }

    /**
     * A failure.
     *
     * @param status 400 to 599
     * @param publicMessage shown to the peer: no secrets
     * @param cause logged, never shown; null if there is none
     * @throws IllegalArgumentException if the status is not one of an error
     */
    public HttpFailure(int status, String publicMessage, @Nullable Throwable cause) {
        // The status says it all: a stack trace is worth its cost only for the cause, which has its own.
        super(publicMessage, cause, false, false);
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status " + status + " is no failure: use 400 to 599");
        }
        this.status = status;
    }

    /** The status that answers it. */
    public int status() {
        return status;
    }

    /** The text for the peer. */
    public String publicMessage() {
        String message = getMessage();
        return message == null ? "" : message;
    }
}
