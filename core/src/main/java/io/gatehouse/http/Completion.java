/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/**
 * The end of one operation that another thread may finish: exactly one of the two methods is called, exactly once.
 *
 * <p>Called inline, by the very call that began the operation, or later on an I/O thread. Therefore neither method may
 * block, and neither may throw: what it throws costs the connection it came from.
 */
public interface Completion {

    /** Does nothing on either outcome; for writes whose failure is noticed elsewhere. */
    Completion NOTHING = new Completion() {
        @Override
        public void succeeded() {}

        @Override
        public void failed(Throwable cause) {}
    };

    /** The operation is over and what it borrowed is the caller's again. */
    void succeeded();

    /**
     * The operation is over, what it borrowed is the caller's again, and it was not, or not wholly, carried out.
     *
     * @param cause why; an {@link java.io.IOException} if the peer or the connection is the reason
     */
    void failed(Throwable cause);
}
