/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Completion;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Lets one worker wait for one completion. Made anew for each by the thread that will wait. */
final class Awaited implements Completion {

    private static final Object SUCCESS = new Object();

    private final Thread waiter = Thread.currentThread();
    private volatile @Nullable Object outcome;

    @Override
    public void succeeded() {
        outcome = SUCCESS;
        LockSupport.unpark(waiter);
    }

    @Override
    public void failed(Throwable cause) {
        outcome = cause;
        LockSupport.unpark(waiter);
    }

    /**
     * Returns when it has succeeded.
     *
     * @throws IOException if it has failed, or the thread was interrupted, whose flag stays set
     */
    void await() throws IOException {
        Object result = outcome;
        while (result == null) {
            if (waiter.isInterrupted()) {
                throw new InterruptedIOException("interrupted while the client takes its answer");
            }
            LockSupport.park(this);
            result = outcome;
        }
        if (result instanceof IOException e) {
            throw e;
        }
        if (result instanceof Throwable cause) {
            throw new IOException(cause.getMessage(), cause);
        }
    }
}
