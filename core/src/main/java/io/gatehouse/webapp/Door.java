/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts who is inside, so that nobody is turned away by what is being closed, but sent on before it. Any thread. */
final class Door {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition empty = lock.newCondition();
    private final AtomicInteger inside = new AtomicInteger();
    private volatile boolean closed;

    /** Goes in; false if it is closed. */
    boolean enter() {
        inside.incrementAndGet();
        if (!closed) {
            return true;
        }
        leave();
        return false;
    }

    void leave() {
        if (inside.decrementAndGet() == 0 && closed) {
            lock.lock();
            try {
                empty.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Lets nobody in any more, and waits for the last to leave; false if that takes longer. */
    boolean close(Duration grace) {
        closed = true;
        long nanos = grace.toNanos();
        lock.lock();
        try {
            while (inside.get() > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = empty.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
