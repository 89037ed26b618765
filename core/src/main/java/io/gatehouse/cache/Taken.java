/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Completion;

/**
 * Does something when a client has taken its answer, or is gone, before its request ends.
 *
 * @param then short
 */
record Taken(Runnable then, Completion done) implements Completion {
    @Override
    public void succeeded() {
        then.run();
        done.succeeded();
    }

    @Override
    public void failed(Throwable cause) {
        then.run();
        done.failed(cause);
    }
}
