/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import io.gatehouse.transport.OnMemory;
import io.gatehouse.transport.TransportUnderTest;

/** The contract over a transport without a socket. */
class MemoryWebApplicationTest extends WebApplicationContract {
    private final OnMemory memory = new OnMemory();

    @Override
    public TransportUnderTest transport() {
        return memory;
    }
}
