/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.io.IOException;
import java.nio.channels.SelectionKey;

/** What the selector watches a connection for. On the loop's thread. */
final class Interest {

    private final SelectionKey key;
    private final HttpConnection http;
    private boolean reminded;

    Interest(SelectionKey key, HttpConnection http) {
        this.key = key;
        this.http = http;
    }

    /** Watches for bytes to read, or no longer. */
    void reading(boolean wanted) {
        change(SelectionKey.OP_READ, wanted);
        remind();
    }

    /**
     * To be called when the connection's turn is over: what its wire has read from the socket beyond what was taken, the
     * selector will not tell of, so a task does.
     */
    void remind() {
        if (http.wire.pending() && !reminded && reading()) {
            reminded = true;
            http.soon(this::again);
        }
    }

    private void again() {
        reminded = false;
        try {
            if (reading() && http.wire.pending()) {
                http.ready(SelectionKey.OP_READ);
            }
        } catch (IOException e) {
            http.ending.lost(e);
        }
    }

    /** Watches for room to write, or no longer. */
    void writing(boolean wanted) {
        change(SelectionKey.OP_WRITE, wanted);
    }

    /**
     * Watches for the one thing that a connected channel can never be, connectable: the selector says that it is when
     * the connection is dead in both directions, and only then. Bytes that nobody wants to read yet do not hide it. To
     * be taken back after one select, since the system finds the socket ready all the time.
     */
    void probing(boolean wanted) {
        change(SelectionKey.OP_CONNECT, wanted);
    }

    /** Whether it watches for bytes to read. */
    boolean reading() {
        return key.isValid() && (key.interestOps() & SelectionKey.OP_READ) != 0;
    }

    // A change costs a system call at the next select, so one that changes nothing is not made.
    private void change(int operation, boolean wanted) {
        if (key.isValid()) {
            int now = key.interestOps();
            int then = wanted ? now | operation : now & ~operation;
            if (then != now) {
                key.interestOps(then);
            }
        }
    }
}
