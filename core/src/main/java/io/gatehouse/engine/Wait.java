/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Completion;
import io.gatehouse.transport.Exchange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Lets one worker wait for one completion. Made anew for each operation by the thread that will wait.
 *
 * <p>Interrupted, it aborts the exchange, and still waits: a buffer stays on loan until the transport gives it back, which
 * after an abort it does at once.
 */
final class Wait implements Completion {

    private static final Object SUCCESS = new Object();

    private final Exchange exchange;
    private final Thread waiter = Thread.currentThread();
    private volatile @Nullable Object outcome;

    Wait(Exchange exchange) {
        this.exchange = exchange;
    }

    @Override
    public void succeeded() {
        complete(SUCCESS);
    }

    @Override
    public void failed(Throwable cause) {
        complete(cause);
    }

    /**
     * Returns when the operation has succeeded.
     *
     * @throws IOException if it has failed, or the thread was interrupted, whose flag is then set
     */
    void await() throws IOException {
        boolean interrupted = false;
        Object result = outcome;
        while (result == null) {
            LockSupport.park(this);
            if (Thread.interrupted() && !interrupted) {
                interrupted = true;
                exchange.abort(new InterruptedIOException("the worker was interrupted"));
            }
            result = outcome;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the peer");
        }
        if (result instanceof IOException e) {
            throw e;
        }
        if (result instanceof Throwable cause) {
            throw new IOException(cause.getMessage(), cause);
        }
    }

    /** Whether it was the peer or the connection that failed, and not a call that breaks the rules. */
    boolean peerFailed() {
        return outcome instanceof IOException;
    }

    private void complete(Object result) {
        outcome = result;
        if (Thread.currentThread() != waiter) {
            LockSupport.unpark(waiter);
        }
    }
}
