/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import java.util.concurrent.Executor;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.util.thread.TryExecutor;

/**
 * The executor of a connector. Jetty gives it a connection to go on with when its exchange was ended by another thread
 * than the one that reads, as every answer of a worker does. Those go to the connection's selector, which has to be woken
 * for them in any case: a thread of the pool would cost a switch to it, and a read that finds nothing. All else goes to
 * the pool.
 */
record Resumption(TryExecutor pool) implements TryExecutor {

    static Resumption before(Executor pool) {
        return new Resumption(TryExecutor.asTryExecutor(pool));
    }

    @Override
    public void execute(Runnable task) {
        if (task instanceof AbstractConnection connection) {
            JettyEndPoint.of(connection.getEndPoint()).resume(task);
        } else {
            pool.execute(task);
        }
    }

    @Override
    public boolean tryExecute(Runnable task) {
        return pool.tryExecute(task);
    }
}
