/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

/** Where a connection is; {@link HttpConnection} draws the ways between them. */
enum Phase {
    /** TLS is being agreed on. */
    HANDSHAKE,
    /** For the first byte of a head. */
    WAITING,
    /** A head has begun and is not whole. */
    HEAD,
    /** An exchange is under way. */
    EXCHANGE,
    /** The rest of a request's body is thrown away. */
    DRAINING,
    /** The last bytes wait for the socket. */
    FLUSHING,
    /** This side has ended; what still comes is thrown away. */
    LINGERING,
    /** Over. */
    CLOSED
}
