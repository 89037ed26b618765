/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What is given back when an application has ended: loaders are closed, the last first, then the files that were made are
 * removed. Once, by any thread; no step keeps another from being taken.
 */
final class Release implements Runnable {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    private final Unpacked files;
    private final Deque<Closeable> open = new ArrayDeque<>();
    private final AtomicBoolean done = new AtomicBoolean();

    Release(Unpacked files) {
        this.files = files;
    }

    /** While the application is put together: one thread. */
    void add(Closeable closeable) {
        open.push(closeable);
    }

    @Override
    public void run() {
        if (!done.compareAndSet(false, true)) {
            return;
        }
        while (!open.isEmpty()) {
            Closeable each = open.pop();
            try {
                each.close();
            } catch (IOException | RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, each + " can't be closed", e);
            }
        }
        files.remove();
    }
}
