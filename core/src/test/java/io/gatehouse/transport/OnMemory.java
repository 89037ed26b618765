/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;

/** The transport without a socket, for contracts of other packages. */
public final class OnMemory implements TransportUnderTest {
    private final MemoryNetwork network = new MemoryNetwork();

    @Override
    public TransportProvider provider() {
        return new MemoryTransport.Provider(network);
    }

    @Override
    public Peer connect(Endpoint bound) throws IOException {
        return network.connect(((Endpoint.Tcp) bound).port());
    }
}
