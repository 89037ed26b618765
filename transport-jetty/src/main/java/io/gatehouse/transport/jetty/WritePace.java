/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Refusal;
import java.io.IOException;

/** Whether the peer takes a pending write fast enough. Begun by the timer that first sees the write; guarded by its owner's lock. */
final class WritePace {
    private final JettyTransport transport;
    private final JettyEndPoint endPoint;
    private final Pace pace;

    WritePace(JettyTransport transport, JettyEndPoint endPoint, long now) {
        this.transport = transport;
        this.endPoint = endPoint;
        this.pace = new Pace(transport.config().timeouts().write(), transport.config().limits().rate());
        pace.restart(now, endPoint.bytesOut());
    }

    boolean isTooSlow(long now) {
        return pace.tooSlow(now, endPoint.bytesOut());
    }

    /** Tells the listener, and says why the write fails. */
    IOException strike() {
        String detail = "the peer took the answer slower than limits.rate=" + transport.config().limits().rate()
                + " over timeouts.write=" + transport.config().timeouts().write();
        transport.config().listener().refused(endPoint.identity(), Refusal.WRITE_TIMEOUT, detail);
        return new IOException(detail);
    }
}
