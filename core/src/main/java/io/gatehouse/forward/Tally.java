/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.util.concurrent.atomic.AtomicLongArray;

/** The counters behind {@link TargetCounts}: written on the loop's thread only, read on any, so that no write need be atomic. */
final class Tally {

    static final int REQUESTS = 0;
    static final int ANSWERS = 1;
    static final int FAILURES = 2;
    static final int RETRIES = 3;
    static final int CONNECTS = 4;
    static final int SENT = 5;
    static final int RECEIVED = 6;

    private final AtomicLongArray values = new AtomicLongArray(7);

    /** One more. */
    void count(int which) {
        add(which, 1);
    }

    /** So many more. */
    void add(int which, long many) {
        values.setOpaque(which, values.getPlain(which) + many);
    }

    /** How it stands; each number for itself. */
    TargetCounts counts() {
        return new TargetCounts(of(REQUESTS), of(ANSWERS), of(FAILURES), of(RETRIES), of(CONNECTS), of(SENT), of(RECEIVED));
    }

    private long of(int which) {
        return values.getOpaque(which);
    }
}
