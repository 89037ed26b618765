/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import io.gatehouse.transport.OnMemory;
import io.gatehouse.transport.TransportUnderTest;

/** The Servlet specification, over a transport without a socket. */
class MemoryServletTest extends ServletContract {
    private final OnMemory memory = new OnMemory();

    @Override
    public TransportUnderTest transport() {
        return memory;
    }

    /** The others are real, and have fewer. */
    @Override
    public int faultRuns() {
        return 10_000;
    }
}
