/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

/** What kind of thread handlers run on, {@code workers} in the configuration. */
public enum WorkerKind {
    /** {@code auto}: virtual threads from Java 24 on, where a {@code synchronized} servlet does not pin them; else a pool. */
    AUTO,
    /** {@code pool}: platform threads, at most {@code limits.in-flight} of them. */
    POOL,
    /** {@code virtual}: one virtual thread per request in flight; needs Java 21. */
    VIRTUAL
}
