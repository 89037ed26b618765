/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.handler.Request;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Throws away what a peer still sends on a connection that was closed here, so that its end is seen, and the connection ends
 * too. Blocks nobody; a peer that goes on sending is cut off. One thread at a time.
 */
final class Discard {

    /** How much is thrown away, in bytes, before the connection is cut. */
    private static final int LIMIT = 256 << 10;

    private final Request request;
    private final Runnable cut;
    private final ByteBuffer waste = ByteBuffer.allocate(1 << 10);
    private int count;

    /**
     * @param cut ends the connection of a peer that sends on and on
     */
    Discard(Request request, Runnable cut) {
        this.request = request;
        this.cut = cut;
    }

    /** Begins, or goes on: on the thread that closes, or on an I/O thread. */
    void run() {
        try {
            while (true) {
                int n = request.read(waste.clear());
                if (n < 0) {
                    return;
                }
                if (n == 0) {
                    request.demand(this::run);
                    return;
                }
                count += n;
                if (count > LIMIT) {
                    cut.run();
                    return;
                }
            }
        } catch (IOException | IllegalStateException e) {
            // That is an end too: of the connection, or of the exchange, which has both its directions behind it.
        }
    }
}
