/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportProvider;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListeningTest {

    @TempDir
    private Path directory;

    private static String refused(Endpoint endpoint) {
        return String.valueOf(assertThrows(IOException.class, () -> Listening.open(endpoint, 10, false)).getMessage());
    }

    @Test
    void aStaleSocketFileIsRemoved() throws Exception {
        Path path = directory.resolve("s");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path), "closing leaves the file");
        Listening listening = Listening.open(new Endpoint.Unix(path), 10, false);
        assertEquals(new Endpoint.Unix(path), listening.bound());
        listening.close();
        assertFalse(Files.exists(path));
    }

    @Test
    void aSocketThatSomebodyAnswersAtIsLeftAlone() throws Exception {
        Endpoint.Unix endpoint = new Endpoint.Unix(directory.resolve("s"));
        Listening listening = Listening.open(endpoint, 10, false);
        String message = refused(endpoint);
        assertTrue(message.contains("in use") && message.contains("set listen to another path"), message);
        assertTrue(Files.exists(endpoint.path()));
        listening.close();
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws Exception {
        Path path = Files.writeString(directory.resolve("precious"), "data");
        String message = refused(new Endpoint.Unix(path));
        assertTrue(message.contains("no socket"), message);
        assertEquals("data", Files.readString(path));
    }

    @Test
    void aPathThatCannotBeSaysSo() {
        assertTrue(refused(new Endpoint.Unix(directory.resolve("no/such/s"))).contains("set listen"));
        assertTrue(refused(new Endpoint.Unix(directory.resolve("l".repeat(120)))).contains("short path"));
    }

    @Test
    void messagesNameTheEndpointAndWhatToChange() throws Exception {
        Listening first = Listening.open(new Endpoint.Tcp("http", "localhost", 0), 10, false);
        Endpoint taken = first.bound();
        assertTrue(((Endpoint.Tcp) taken).port() > 0);
        String message = refused(taken);
        assertTrue(message.startsWith(taken + ": port ") && message.endsWith("is in use: set listen to another"),
                message);
        first.close();
        Listening.open(taken, 10, false).close();
        assertTrue(refused(new Endpoint.Tcp("http", "no.such.host.invalid",
                0)).contains("the host no.such.host.invalid is unknown"));
        assertTrue(refused(new Endpoint.Tcp("http", "192.0.2.1", 0)).contains("is no address of this machine"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "127.0.0.1", "localhost"})
    void bindsNamesAndAddresses(String host) throws Exception {
        Listening listening = Listening.open(new Endpoint.Tcp("http", host, 0), 10, false);
        assertEquals(host, ((Endpoint.Tcp) listening.bound()).host());
        listening.close();
    }

    @Test
    void providerIsFoundByItsName() {
        TransportProvider found = ServiceLoader.load(TransportProvider.class).stream()
                .map(ServiceLoader.Provider::get).filter(provider ->
                        provider.name().equals("nio")).findFirst().orElseThrow();
        assertSame(NioTransportProvider.class, found.getClass());
    }

    @Test
    void providerRefusesWhatItCannotHonour() {
        NioTransportProvider provider = new NioTransportProvider();
        TransportConfig plain = TransportConfig.of(new Endpoint.Tcp("http", "localhost", 0));
        provider.create(plain.withOptions(Map.of("backlog", "5")));
        for (Map<String, String> options : List.of(
            Map.of("backlog", "0"), Map.of("backlog", "x"), Map.of("backlock", "5"))) {
            String message = String.valueOf(
                    assertThrows(IllegalArgumentException.class, () ->
                            provider.create(plain.withOptions(options))).getMessage());
            assertTrue(message.startsWith("nio.back"), message);
        }
        TransportConfig tls = TransportConfig.of(new Endpoint.Tcp("https", "localhost", 0));
        assertTrue(String.valueOf(assertThrows(IllegalArgumentException.class, () -> provider.create(tls)).getMessage())
                .contains("listen=https://localhost:0"));
    }
}
