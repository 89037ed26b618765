/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Connection;
import io.gatehouse.http.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Hears what a transport does that never becomes an exchange; for logs and counters. Called on I/O threads: must not block,
 * must not throw.
 */
public interface TransportListener {

    /** Hears nothing. */
    TransportListener NONE = new TransportListener() {};

    /** A connection was accepted. */
    default void opened(Connection connection) {}

    /** A connection has closed, for whatever reason. */
    default void closed(Connection connection) {}

    /**
     * The transport refused a request or cut off a connection.
     *
     * @param connection null if it was refused before there was one
     * @param detail limit, value and setting, or what was wrong; for a person
     */
    default void refused(@Nullable Connection connection, Refusal refusal, String detail) {}

    /** An accept failed, as for want of file descriptors; the transport backs off and tries again. */
    default void acceptFailed(Endpoint endpoint, Throwable cause) {}
}
