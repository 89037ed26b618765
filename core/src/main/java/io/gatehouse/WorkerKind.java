/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.engine.WorkerThreads;
import java.util.concurrent.ExecutorService;

/** What kind of thread handlers run on, {@code workers} in the configuration. */
public enum WorkerKind {
    /** {@code auto}: virtual threads from Java 24 on, where a {@code synchronized} servlet does not pin them (JEP 491); else a pool. */
    AUTO,
    /** {@code pool}: platform threads, at most {@code limits.in-flight} of them. */
    POOL,
    /** {@code virtual}: one virtual thread per request in flight; needs Java 21. */
    VIRTUAL;

    /**
     * An executor of these threads.
     *
     * @param max how many tasks are given to it at once, at most
     * @throws IllegalArgumentException if virtual threads are asked for and this Java has none
     */
    ExecutorService open(int max) {
        return switch (this) {
            case POOL -> WorkerThreads.pool(max);
            case VIRTUAL -> WorkerThreads.virtual();
            case AUTO -> Runtime.version().feature() >= 24 ? WorkerThreads.virtual() : WorkerThreads.pool(max);
        };
    }
}
