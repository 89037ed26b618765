/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.io.IOException;

/**
 * Throws away the rest of a request's body after its answer, so that the connection can be kept. On the loop's thread.
 */
final class Drain {

    /** How far it has come. */
    enum Outcome {
        MORE,
        DONE,
        /** The body has more than limits.drain left, is broken, or the peer is gone: the connection can't be kept. */
        HOPELESS
    }

    private final HttpConnection http;
    private final Inbound inbound;
    private long drained;

    Drain(HttpConnection http, Inbound inbound) {
        this.http = http;
        this.inbound = inbound;
    }

    /** Reads what is there. */
    Outcome proceed() {
        try {
            int read;
            do {
                read = inbound.read(http.loop.waste.clear());
                drained += Math.max(read, 0);
            } while (read > 0 && drained <= http.context.limits.drain());
            return read == 0 ? Outcome.MORE : read < 0 ? Outcome.DONE : Outcome.HOPELESS;
        } catch (IOException e) {
            return Outcome.HOPELESS;
        }
    }
}
