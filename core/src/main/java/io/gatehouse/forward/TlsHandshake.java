/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.io.IOException;

/**
 * The handshake of one connection. On the loop's thread, but for the engine's long tasks, which get a thread of their own: checking
 * a certificate may take milliseconds and ask others, and happens once for many requests.
 */
final class TlsHandshake {

    private final ForwardLoop loop;
    private final OriginConnection connection;
    private final TlsLayer layer;

    TlsHandshake(ForwardLoop loop, OriginConnection connection, TlsLayer layer) {
        this.loop = loop;
        this.connection = connection;
        this.layer = layer;
    }

    void begin() throws IOException {
        layer.begin();
        goOn();
    }

    /** Goes as far as the socket allows; the connection is told what comes next. */
    void goOn() {
        try {
            TlsLayer.Step step = layer.handshake();
            if (step == TlsLayer.Step.DONE) {
                connection.handshakeIsDone();
                return;
            }
            connection.awaitHandshake(step);
            if (step == TlsLayer.Step.TASK) {
                runTasks();
            }
        } catch (IOException e) {
            connection.refused(new IOException("TLS failed: " + reason(e), e), false);
        }
    }

    private void runTasks() {
        Thread thread = new Thread(() -> {
            layer.runTasks();
            loop.execute(() -> {
                if (connection.isIn(this)) {
                    goOn();
                }
            });
        }, "gatehouse-forward-tls");
        thread.setDaemon(true);
        thread.start();
    }

    /** With the innermost message, which says what is wrong with a certificate. */
    private static String reason(IOException e) {
        Throwable inner = e;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner == e || inner.getMessage() == null ? String.valueOf(e.getMessage()) : e.getMessage() + " (" + inner.getMessage() + ')';
    }
}
