/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import java.io.IOException;

/** What hangs at a key of a loop's selector. Called by the loop's thread only. */
interface Ready {

    /** The channel is ready for some of the operations. */
    void ready(int operations) throws IOException;

    /** Something was thrown while it was served: it must end, alone. */
    void broken(Throwable cause);
}
