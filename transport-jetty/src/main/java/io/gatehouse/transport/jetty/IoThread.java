/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

/** A thread of the transport: completions may run on it. Told apart by its type, which costs nothing to ask. */
final class IoThread extends Thread {
    IoThread(Runnable task) {
        super(task);
    }

    static boolean isCurrent() {
        return Thread.currentThread() instanceof IoThread;
    }
}
