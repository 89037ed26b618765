/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.handler;

/** Answers requests, blocking where it likes: on a worker, one call per request, and its return ends the exchange. */
@FunctionalInterface
public interface Handler {

    /**
     * Answers one request. A response that was not committed when this returns is sent then, with what was buffered.
     *
     * @throws HttpFailure to answer with a status and a public text
     * @throws Exception for anything else: a 500 with a generic text before the response is committed, after that the
     *     connection is cut
     */
    void handle(Request request, Response response) throws Exception;
}
