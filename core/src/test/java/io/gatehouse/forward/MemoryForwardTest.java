/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.transport.OnMemory;
import io.gatehouse.transport.TransportUnderTest;

/** The contract of forwarding for clients without a socket; the origin's side is one all the same. */
class MemoryForwardTest extends ForwardContract {
    private final OnMemory memory = new OnMemory();

    @Override
    public TransportUnderTest transport() {
        return memory;
    }
}
