/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Refusal;
import io.gatehouse.http1.Fault;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The TLS handshake of one connection: on the loop, but for signatures and the checks of certificates, which cost
 * milliseconds and run on threads beside it.
 *
 * <pre>
 *   proceed ─► READ, WRITE: when the socket lets it ─► proceed      DONE ─► the connection waits for a request
 *      └─────► TASK: when a thread has run it ───────► proceed      failed ─► an alert, closed
 * </pre>
 */
final class Handshake {

    private final HttpConnection http;
    private final TlsWire wire;
    private final ExecutorService threads;
    private @Nullable Fault refusal;
    private boolean onThread;

    Handshake(HttpConnection http, TlsWire wire, ExecutorService threads) {
        this.http = http;
        this.wire = wire;
        this.threads = threads;
    }

    /** The connection is refused once it can be told so. */
    void refuseAfter(Fault fault) {
        refusal = fault;
    }

    /** Goes as far as the socket allows. */
    void proceed() {
        if (onThread || http.phase != Phase.HANDSHAKE) {
            return;
        }
        try {
            TlsWire.Step step = wire.handshake();
            http.interest.writing(step == TlsWire.Step.WRITE);
            http.interest.reading(step == TlsWire.Step.READ || step == TlsWire.Step.DONE);
            switch (step) {
                case DONE -> done();
                case TASK -> runTasks();
                default -> {}
            }
        } catch (IOException e) {
            failed(e);
        }
    }

    private void done() {
        http.established(wire.engine().getSession());
        Fault fault = refusal;
        if (fault != null) {
            http.ending.refuse(fault);
        }
    }

    private void failed(IOException cause) {
        http.interest.writing(false);
        int first = wire.firstByte();
        if (first >= 'A' && first <= 'Z') { // no record of TLS begins so, but a method does
            wire.bare();
            http.ending.refuse(new Fault(Refusal.PLAIN, "this port speaks TLS: write https:// in front of its address"));
            return;
        }
        http.context.listener.refused(http.connection, Refusal.TLS, "the TLS handshake failed: " + cause.getMessage());
        wire.alert();
        wire.bare(); // what still comes is thrown away, so that the alert arrives
        http.phase = Phase.WAITING;
        http.ending.linger();
    }

    private void runTasks() {
        onThread = true;
        http.loop.hold();
        SSLEngine engine = wire.engine();
        try {
            threads.execute(() -> {
                try {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                } finally {
                    http.soon(this::back); // a task that failed has told the engine, which tells the next step
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) { // the latter also for want of a thread
            http.soon(() -> {
                http.loop.release();
                onThread = false;
                if (http.phase == Phase.HANDSHAKE) {
                    failed(new IOException("no thread for the handshake: " + e.getMessage(), e));
                }
            });
        }
    }

    private void back() {
        http.loop.release();
        onThread = false;
        proceed();
    }
}
