/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of a body that a {@link Recorder} sees, and is told. Each method is called once at most, by the thread
 * that owns the response.
 */
interface Watch {
    /** The head is about to leave: status and fields of the client's response may still be changed. */
    Recorder.Fate opened();

    /** The body is too long to be kept, and goes to the client only. */
    void outgrown();

    /**
     * The body is whole, and its last part is about to leave for the client: who has all of it finds it stored.
     *
     * @param record the body, whole unless the declared length says otherwise
     */
    void kept(ByteBuffer record);

    /**
     * The handler has completed.
     *
     * @param record the body if it was held, else null; whole unless the declared length says otherwise
     */
    void finished(@Nullable ByteBuffer record);

    /**
     * The handler has failed.
     *
     * @param sent whether something was handed to the client's response
     */
    void failed(Throwable cause, boolean sent);
}
