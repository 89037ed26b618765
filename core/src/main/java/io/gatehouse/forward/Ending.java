/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.Completion;
import org.jspecify.annotations.Nullable;

/** How a passage tells that it is over: once, and not while an interim answer is on its way. On the loop's thread. */
final class Ending {

    private final Completion done;
    private @Nullable Throwable deferred;

    Ending(Completion done) {
        this.done = done;
    }

    /** The client has the answer, or a connection of its own. */
    void succeed() {
        done.succeeded();
    }

    /**
     * It failed, which is told with its status even if the head is committed here: what stands in between may have sent nothing yet.
     *
     * @param informing whether an interim answer is on its way; {@link #settle} follows
     */
    void fail(Throwable cause, boolean informing) {
        deferred = cause;
        if (!informing) {
            settle();
        }
    }

    /** What happened, where no answer can say so. */
    static Throwable inner(Throwable cause) {
        Throwable inner = cause instanceof HttpFailure ? cause.getCause() : null;
        return inner == null ? cause : inner;
    }

    /** No interim answer is on its way any more. */
    void settle() {
        Throwable cause = deferred;
        if (cause != null) {
            deferred = null;
            done.failed(cause);
        }
    }
}
