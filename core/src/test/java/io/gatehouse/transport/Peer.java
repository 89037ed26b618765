/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The client's end of one connection, as plain bytes. Used by one sending and one receiving thread. What would wait for
 * ever ends with an exception after {@link #HANG_SECONDS}.
 */
public interface Peer extends AutoCloseable {

    /** Long enough for any machine: only a hang takes longer. */
    int HANG_SECONDS = 30;

    /** Sends all of it; waits while the server takes nothing. */
    void send(ByteBuffer bytes) throws IOException;

    /** Sends what is taken at once, and 0 if nothing was taken for a good while. */
    int offer(ByteBuffer bytes) throws IOException;

    /**
     * Receives some bytes; waits for the first.
     *
     * @return -1 at the end
     * @throws IOException if the connection was reset
     */
    int receive(ByteBuffer into) throws IOException;

    /** Ends the sending direction only. */
    void finish() throws IOException;

    /** Drops the connection in a way that the other side sees as a reset. */
    void reset() throws IOException;

    @Override
    void close() throws IOException;
}
