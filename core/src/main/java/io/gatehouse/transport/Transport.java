/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * One wire: opens endpoints, speaks HTTP on them, hands exchanges to the engine. Started once, stopped once, by any thread.
 */
public interface Transport {

    /**
     * Opens all endpoints or none, and serves from then on. Binds before it starts a thread; when one endpoint fails, closes
     * what it had opened.
     *
     * @return the endpoints as bound, in the order of the configuration: a port of 0 has become a real one
     * @throws IOException if an endpoint can't be opened; the message names it and what to change
     * @throws IllegalStateException if it was started before
     */
    List<Endpoint> start(ExchangeHandler handler) throws IOException;

    /**
     * Stops: closes the listeners, ends every answer with {@code Connection: close}, closes idle connections, lets exchanges
     * in flight finish, and cuts off what is left when the grace is over. Blocks until all threads have ended. Idempotent; a
     * transport that was never started stops at once.
     *
     * @param grace how long exchanges in flight may take; zero cuts off at once
     * @return false if work was cut off
     */
    boolean stop(Duration grace);
}
