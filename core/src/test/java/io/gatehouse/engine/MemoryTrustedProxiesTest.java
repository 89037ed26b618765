/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.transport.OnMemory;
import io.gatehouse.transport.TransportUnderTest;

/** Clients behind proxies, over a transport without a socket. */
class MemoryTrustedProxiesTest extends TrustedProxiesContract {
    private final OnMemory memory = new OnMemory();

    @Override
    protected TransportUnderTest transport() {
        return memory;
    }
}
