/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;

/** The contract, kept by a transport without a socket. */
final class MemoryTransportTest extends TransportContract {
    private final MemoryNetwork network = new MemoryNetwork();

    @Override
    public TransportProvider provider() {
        return new MemoryTransport.Provider(network);
    }

    @Override
    public Peer connect(Endpoint bound) throws IOException {
        return network.connect(((Endpoint.Tcp) bound).port());
    }

    @Override
    public Occupied occupy() throws IOException {
        int port = network.bind(0, (up, down) -> {});
        return new Occupied() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public void close() {
                network.release(port);
            }
        };
    }
}
