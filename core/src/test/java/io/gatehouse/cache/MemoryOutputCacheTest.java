/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.transport.OnMemory;
import io.gatehouse.transport.TransportUnderTest;

/** The contract over a transport without a socket. */
class MemoryOutputCacheTest extends OutputCacheContract {
    private final OnMemory memory = new OnMemory();

    @Override
    protected TransportUnderTest transport() {
        return memory;
    }
}
