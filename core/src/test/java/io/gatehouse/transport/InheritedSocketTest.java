/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process does with the socket that it was given, and what it says if it was given none. A real one is given in examples. */
@Timeout(60)
final class InheritedSocketTest {

    private static final Endpoint.Inherited HTTP = new Endpoint.Inherited("http");

    @TempDir
    private Path directory;

    @Test
    void endpointsAreRead() {
        assertEquals(HTTP, Endpoint.parse("inherited:http"));
        assertEquals("inherited:https", Endpoint.parse("inherited:https").toString());
        for (String wrong : new String[] {"inherited:", "inherited:ftp", "inherited", "inherited:http/", "Inherited:http"}) {
            IllegalArgumentException failure = assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(wrong));
            assertTrue(failure.getMessage().contains("inherited:http"), failure.getMessage());
        }
        assertEquals(new Endpoint.Shared(Path.of("/run/g")), Endpoint.parse("gatehouse:/run/g"));
        assertEquals("gatehouse:/run/g", new Endpoint.Shared(Path.of("/run/g")).toString());
        for (String wrong : new String[] {"gatehouse:", "gatehouse:run/g", "gatehouse"}) {
            assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(wrong));
        }
    }

    @Test
    void withoutASocketItIsSaidWhatToDo() {
        IOException none = assertThrows(IOException.class, () -> InheritedSocket.checked(HTTP, null));
        assertEquals("listen=inherited:http: the standard input of this process is no socket: have the one who starts it pass a listening "
                + "socket there, with systemd by StandardInput=socket, or set listen to an address", none.getMessage());
    }

    @Test
    void aConnectionIsNoListener() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
            for (Channel wrong : new Channel[] {client, closed()}) {
                IOException failure = assertThrows(IOException.class, () -> InheritedSocket.checked(HTTP, wrong));
                assertTrue(failure.getMessage().contains("is no socket that listens: have"), failure.getMessage());
            }
            assertSame(server, InheritedSocket.checked(HTTP, server));
        }
    }

    private static Channel closed() throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.close();
        return channel;
    }

    @Test
    void whereItListensIsTold() throws IOException {
        try (ServerSocketChannel one = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
                ServerSocketChannel all = ServerSocketChannel.open().bind(new InetSocketAddress(0));
                ServerSocketChannel file = SocketFile.listen(directory.resolve("s"), 5)) {
            assertEquals(new Endpoint.Tcp("http", "127.0.0.1", port(one)), InheritedSocket.bound(HTTP, one));
            assertEquals(new Endpoint.Tcp("https", "*", port(all)), InheritedSocket.bound(new Endpoint.Inherited("https"), all));
            assertEquals(new Endpoint.Unix(directory.resolve("s")), InheritedSocket.bound(HTTP, file));
        }
    }

    private static int port(ServerSocketChannel channel) throws IOException {
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    @Test
    void aConfigurationMaySharePorts() {
        TransportConfig config = TransportConfig.of(HTTP);
        assertTrue(!config.reusePort() && config.withReusePort(true).reusePort());
        TransportConfig shared = config.withReusePort(true);
        assertTrue(shared.withIoThreads(2).withLimits(Limits.DEFAULTS).withTimeouts(Timeouts.DEFAULTS).withListener(TransportListener.NONE)
                .withOptions(Map.of()).reusePort(), "and keeps that");
    }
}
