/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the end of an exchange out of a read that is under way: Jetty takes its buffer back when its callback is completed, and
 * a thread that still reads would fill a buffer that another connection has by then. Any thread.
 *
 * <pre>
 *   OPEN ──close──► CLOSED, only what is left is read ──close──► OVER
 *
 *   nobody inside: what close was asked to do runs at once; a read inside: when the last one leaves
 * </pre>
 */
final class BodyGate {
    private int inside;
    private boolean closed;
    private boolean over;
    private @Nullable Runnable after;

    /** Whether a read may begin; if so, {@link #leave} must follow. Reads nest: one may run the call-back of another. */
    synchronized boolean enter() {
        if (closed) {
            return false;
        }
        inside++;
        return true;
    }

    /** As {@link #enter}, for who closed the gate and reads what is left; false once it was closed again. */
    synchronized boolean enterLast() {
        if (over) {
            return false;
        }
        inside++;
        return true;
    }

    /** A read has ended. Runs what waited for it. */
    void leave() {
        Runnable run = null;
        synchronized (this) {
            inside--;
            if (inside == 0) {
                run = after;
                after = null;
            }
        }
        if (run != null) {
            run.run();
        }
    }

    /** Lets no further read begin, and runs the task as soon as none is under way; a later task takes the place of one that waits. */
    void close(Runnable task) {
        synchronized (this) {
            over = closed;
            closed = true;
            if (inside > 0) {
                after = task;
                return;
            }
        }
        task.run();
    }
}
