/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.nio.ByteBuffer;

/**
 * Decides what becomes of a body that a {@link Recorder} sees, and is told. Each method is called once at most, by the thread
 * that owns the response, the last one where a write of the client completes.
 */
interface Watch {
    /** The head is about to leave: status and fields of the client's response may still be changed. */
    Recorder.Fate opened();

    /** The body is too long to be kept, or there is no room for it, and goes to the client only. */
    void outgrown(Reason reason);

    /**
     * The head has left, and a part of the body is there or the handler has flushed: whoever waits may read along.
     *
     * @param tape what is there, and will be
     */
    void rolls(Tape tape);

    /**
     * The body is complete as far as the handler says, and its last part is yet to leave for the client: who has all of it
     * finds it stored.
     *
     * @param record all of it
     * @return whether it is as long as it was declared
     */
    boolean kept(ByteBuffer record);

    /**
     * The handler has completed, and its client has all of it unless it was held, dropped, or is gone. What was held is on the
     * tape until the recorder is told to {@linkplain Recorder#letGo let go}.
     */
    void finished();

    /**
     * The handler has failed.
     *
     * @param sent whether something was handed to the client's response
     */
    void failed(Throwable cause, boolean sent);
}
