/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

/**
 * What the application asked for can't be had from this request, and the request is to blame: thrown where the
 * Servlet API
 * provides for an {@link IllegalStateException}. If the application lets it pass, its status answers the request.
 */
final class RefusedRequest extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * @param message names limit, value and setting; the peer may see it
     */
    RefusedRequest(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
