/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.handler;

import io.gatehouse.http.Completion;

/** Answers requests on its own time: called on a worker, and the exchange ends when the completion is completed. */
@FunctionalInterface
public interface AsyncHandler {

    /**
     * Begins to answer one request. What it throws counts as {@code done.failed}, unless {@code done} was completed.
     *
     * @param done to be completed once, by any thread: succeeded sends what is left of the response; failed does what a
     *     {@link Handler}'s exception does. A second completion is ignored
     */
    void handle(Request request, Response response, Completion done) throws Exception;

    /**
     * Whether this handler bounds by itself how many requests it has in hand, and refuses what is too much. Such a request holds its
     * place among the requests in flight only until {@link #handle} has returned, so that one who waits for others does not keep
     * everybody else waiting; any other holds it until {@code done} is completed. Asked for each request, on its worker. A
     * handler in front of another one says what that one says.
     */
    default boolean boundsItself() {
        return false;
    }

    /** The handler as an asynchronous one whose return completes it. */
    static AsyncHandler of(Handler handler) {
        return (request, response, done) -> {
            handler.handle(request, response);
            done.succeeded();
        };
    }
}
