/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The way of a connection's bytes in and out, without blocking; the only place that touches the socket. One thread at a
 * time reads, one at a time writes.
 */
sealed interface Wire permits SocketWire, TlsWire {

    /** Reads what is there: 0 if nothing is, -1 if the peer has ended its direction. */
    int read(ByteBuffer into) throws IOException;

    /** Whether a read may find something although the selector does not say so. By who reads. */
    boolean pending();

    /**
     * Writes as much as the socket takes; returns whether that was all. Also bytes that were taken out of the buffer may
     * still wait: then the next write sends them first, if need be one of nothing else.
     */
    boolean write(ByteBuffer from) throws IOException;

    /** Writes as much of all parts, in turn, as the socket takes; returns whether that was all. */
    boolean write(ByteBuffer[] parts) throws IOException;

    /** Sends bytes of a file; returns how many were taken, which may still wait as those of a buffer do. */
    long transfer(FileChannel file, long from, long count) throws IOException;

    /**
     * Ends this side's direction: what is written reaches the peer, then an end. Returns whether that has left; if not, to
     * be called again when the socket takes more.
     */
    boolean endOutput() throws IOException;

    /** Closes. */
    void close() throws IOException;

    /** Closes so that the peer sees a failure, not an end. */
    void reset() throws IOException;
}
