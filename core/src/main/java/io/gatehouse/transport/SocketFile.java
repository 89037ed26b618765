/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The file of a Unix-domain socket that somebody listens on. Any thread. */
public final class SocketFile {

    private SocketFile() {}

    /**
     * Listens at a path. A file that a process left behind when it died is removed; one that somebody answers at is not.
     *
     * @param backlog connections that wait to be accepted
     * @return a bound channel, in blocking mode
     * @throws IOException with a message that names the path and what to change
     */
    public static ServerSocketChannel listen(Path path, int backlog) throws IOException {
        removeStale(path);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            return channel.bind(UnixDomainSocketAddress.of(path), backlog);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw new IOException("unix:" + path + ": can't be opened: " + e.getMessage()
                    + "; set listen to a short path in a directory that can be written", e);
        }
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isOther()) {
            throw new IOException("unix:" + path + ": the path is taken by something that is no socket: set listen to another");
        }
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.connect(UnixDomainSocketAddress.of(path));
        } catch (SocketException refused) {
            Files.delete(path);
            return;
        }
        throw new IOException("unix:" + path + ": the socket is in use by another process: set listen to another path");
    }
}
