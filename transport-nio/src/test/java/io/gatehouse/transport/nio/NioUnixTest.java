/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Peer;
import io.gatehouse.transport.ReadingContract;
import io.gatehouse.transport.RequestContract;
import io.gatehouse.transport.SwitchingContract;
import io.gatehouse.transport.TransferContract;
import io.gatehouse.transport.TransportProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What differs on Unix-domain sockets, if anything does: requests, bodies, files and raw bytes. The whole contract asks
 * for a peer that can reset, which such a socket cannot: its close looks like an end.
 */
@Timeout(value = 2 * Peer.HANG_SECONDS, unit = TimeUnit.SECONDS)
class NioUnixTest implements RequestContract, ReadingContract, TransferContract, SwitchingContract {

    @TempDir
    private Path directory;

    @Override
    public TransportProvider provider() {
        return new NioTransportProvider();
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(new Endpoint.Unix(directory.resolve("s")));
    }
}
