/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.Completion;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waits for one write: the application's thread waits, an I/O thread, or the write itself, ends the wait. */
final class BlockingWrite implements Completion {

    private static final Object DONE = new Object();

    private volatile @Nullable Object outcome;
    private final Thread waiter = Thread.currentThread();

    @Override
    public void succeeded() {
        end(DONE);
    }

    @Override
    public void failed(Throwable cause) {
        end(cause);
    }

    private void end(Object result) {
        outcome = result;
        LockSupport.unpark(waiter);
    }

    /**
     * Waits. An interrupt does not end the wait, because the buffer is on loan until the write is over; it is kept for
     * whoever waits next.
     *
     * @throws IOException if the write failed
     */
    void await() throws IOException {
        boolean interrupted = false;
        Object result = outcome;
        while (result == null) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
            result = outcome;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (result instanceof Throwable cause) {
            throw cause instanceof IOException io ? io : new IOException("the response can't be written", cause);
        }
    }
}
