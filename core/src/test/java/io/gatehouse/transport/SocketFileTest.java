/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may listen at the path of a Unix-domain socket, and what is said to those who may not. */
@Timeout(60)
final class SocketFileTest {

    @TempDir
    private Path directory;

    @Test
    void aFreePathIsListenedAt() throws IOException {
        Path path = directory.resolve("s");
        try (ServerSocketChannel server = SocketFile.listen(path, 5);
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
                SocketChannel accepted = server.accept()) {
            assertTrue(server.isBlocking());
            client.write(ByteBuffer.wrap(new byte[] {42}));
            ByteBuffer in = ByteBuffer.allocate(1);
            assertEquals(1, accepted.read(in));
            assertEquals(42, in.get(0));
        }
    }

    @Test
    void whatADeadProcessLeftBehindMakesWay() throws IOException {
        Path path = directory.resolve("s");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertTrue(Files.exists(path));
        try (ServerSocketChannel server = SocketFile.listen(path, 5)) {
            assertTrue(server.isOpen());
        }
    }

    @Test
    void whereSomebodyListensNobodyElseDoes() throws IOException {
        Path path = directory.resolve("s");
        try (ServerSocketChannel first = SocketFile.listen(path, 5)) {
            IOException taken = assertThrows(IOException.class, () -> SocketFile.listen(path, 5));
            assertEquals("unix:" + path + ": the socket is in use by another process: set listen to another path", taken.getMessage());
            assertTrue(first.isOpen() && Files.exists(path));
        }
    }

    @Test
    void anOrdinaryFileOrALinkIsLeftAlone() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "mine");
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nowhere"));
        for (Path path : new Path[] {file, link, directory}) {
            IOException taken = assertThrows(IOException.class, () -> SocketFile.listen(path, 5));
            assertTrue(taken.getMessage().contains("no socket: set listen to another"), taken.getMessage());
        }
        assertEquals("mine", Files.readString(file));
        assertTrue(Files.isSymbolicLink(link) && Files.isDirectory(directory));
    }

    @Test
    void aPathThatCantBeSaysWhatToSet() {
        Path missing = directory.resolve("none/s");
        Path longer = directory.resolve("s".repeat(120));
        for (Path path : new Path[] {missing, longer}) {
            IOException failed = assertThrows(IOException.class, () -> SocketFile.listen(path, 5));
            assertTrue(failed.getMessage().startsWith("unix:" + path + ": can't be opened: ")
                    && failed.getMessage().endsWith("; set listen to a short path in a directory that can be written"), failed.getMessage());
            assertFalse(Files.exists(path));
        }
    }
}
