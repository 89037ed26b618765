/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Connection;
import io.gatehouse.http.RequestHead;

/** Who sent a request and how, once trusted proxies were heard. */
sealed interface Arrival {

    /**
     * What handlers, the cache and the log go by.
     *
     * @param head with the scheme and, if so configured, the authority that the client used; all else as received
     * @param connection with the client's address for its remote end; all else as it is
     */
    record Seen(RequestHead head, Connection connection) implements Arrival {}

    /**
     * A trusted proxy said what can't be understood.
     *
     * @param detail fit for the peer
     */
    record Refused(String detail) implements Arrival {}
}
