/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

/** One route's place in the live table, held by whoever registered it. Any thread. */
public interface Registration extends AutoCloseable {

    /** The route as it is registered, or was when this was closed. */
    Route route();

    /**
     * Puts another route in its place at once: no request meets a table without either.
     *
     * @throws IllegalArgumentException if the prefix is another one
     * @throws IllegalStateException if this is closed
     */
    void replace(Route route);

    /** Takes the route out. Requests that found it before go on with it. Idempotent. */
    @Override
    void close();
}
