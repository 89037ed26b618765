/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.Completion;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Counts the requests that are being answered, so that an application ends after the last of them. Any thread. */
final class InFlight {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean open;

    /** Lets requests in. */
    void open() {
        open = true;
    }

    /** A request comes in; false if none are let in. */
    boolean enter() {
        count.incrementAndGet();
        if (open) {
            return true;
        }
        leave();
        return false;
    }

    /** The completion, which counts the request out as well, once; a second end would be a mistake of the container's. */
    Completion leaving(Completion done) {
        AtomicBoolean left = new AtomicBoolean();
        return new Completion() {
            @Override
            public void succeeded() {
                if (left.compareAndSet(false, true)) {
                    leave();
                    done.succeeded();
                } else {
                    ended(null);
                }
            }

            @Override
            public void failed(Throwable cause) {
                if (left.compareAndSet(false, true)) {
                    leave();
                    done.failed(cause);
                } else {
                    ended(cause);
                }
            }
        };
    }

    private static void ended(@Nullable Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, "a request was ended twice: the first end counts, and this is to be mended",
                new IllegalStateException("the second end", cause));
    }

    /** Lets none in any more and waits for the last one to leave; false if it takes longer. */
    boolean close(Duration grace) {
        open = false;
        long nanos = grace.toNanos();
        lock.lock();
        try {
            while (count.get() > 0) {
                if (nanos <= 0) {
                    return false;
                }
                nanos = quiet.awaitNanos(nanos);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** A request, or who was let in without one, leaves. */
    void leave() {
        if (count.decrementAndGet() == 0 && !open) {
            lock.lock();
            try {
                quiet.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
