/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.handler;

import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Target;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Answers from memory, on the I/O thread, without a hand-off: hot files and the output cache. A handler that is registered
 * and implements this too is asked here first.
 *
 * <p>The signature offers nothing to wait on, and an implementation looks things up in memory and does nothing else.
 */
public interface Shortcut {

    /**
     * The answer to a request if it lies ready. Called on an I/O thread, by many at once.
     *
     * @param head of the request, any method
     * @param target its normalised target
     * @param prefixLength how many characters of the target's path the matched prefix took, its last {@code /} included
     * @return null if a worker must answer
     */
    @Nullable Prepared find(RequestHead head, Target target, int prefixLength);

    /**
     * An answer that lies ready.
     *
     * @param head prepared, so that its bytes are made once; with Content-Length
     * @param body whole and read-only; shared by all who send it, none of whom moves its position
     */
    record Prepared(ResponseHead head, ByteBuffer body) {}
}
