/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Peer;
import io.gatehouse.transport.ReadingContract;
import io.gatehouse.transport.RequestContract;
import io.gatehouse.transport.SwitchingContract;
import io.gatehouse.transport.TransferContract;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportProvider;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What differs on Unix-domain sockets, if anything does, as on NIO: such a socket knows no reset, which the whole contract asks for. */
@Timeout(value = 2 * Peer.HANG_SECONDS, unit = TimeUnit.SECONDS)
class JettyUnixTest implements RequestContract, ReadingContract, TransferContract, SwitchingContract {

    @TempDir
    private Path directory;

    @Override
    public TransportProvider provider() {
        return new JettyTransportProvider();
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(new Endpoint.Unix(directory.resolve("s")));
    }

    @Test
    void theFileGoesWithTheTransportAndAStaleOneMakesWay() throws Exception {
        Path file = directory.resolve("t");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(file));
        }
        assertTrue(Files.exists(file), "left behind");
        Transport transport = transport(file);
        assertEquals(List.of(new Endpoint.Unix(file)), transport.start(exchange -> {}));
        IOException taken = assertThrows(IOException.class, () -> transport(file).start(exchange -> {}));
        assertTrue(taken.getMessage().contains("in use") && taken.getMessage().contains("set listen"), taken.getMessage());
        assertTrue(transport.stop(Duration.ZERO));
        assertFalse(Files.exists(file));
    }

    @Test
    void aPathThatIsNoSocketIsLeftAlone() throws Exception {
        Path file = Files.writeString(directory.resolve("u"), "mine");
        IOException taken = assertThrows(IOException.class, () -> transport(file).start(exchange -> {}));
        assertTrue(taken.getMessage().contains("no socket"), taken.getMessage());
        assertEquals("mine", Files.readString(file));
    }

    private Transport transport(Path file) {
        return provider().create(TransportConfig.of(new Endpoint.Unix(file)));
    }
}
