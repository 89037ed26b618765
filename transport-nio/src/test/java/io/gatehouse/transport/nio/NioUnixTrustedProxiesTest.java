/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.engine.TrustedProxiesContract;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.TransportProvider;
import io.gatehouse.transport.TransportUnderTest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Clients behind proxies, over a Unix-domain socket. */
class NioUnixTrustedProxiesTest extends TrustedProxiesContract {

    @TempDir
    private Path directory;

    @Override
    protected TransportUnderTest transport() {
        return new TransportUnderTest() {
            @Override
            public TransportProvider provider() {
                return new NioTransportProvider();
            }

            @Override
            public List<Endpoint> endpoints() {
                return List.of(new Endpoint.Unix(directory.resolve("s")));
            }
        };
    }
}
