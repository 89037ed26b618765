/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of the control socket, and the channel that listens there.
 *
 * <p>The socket is made under another name in a directory of its own, gets its mode and group there, and is then moved to its
 * place: nobody can connect before the mode holds, and a gatehouse that takes over from another one leaves no moment without a
 * socket. Whether the path is free is looked at before; a gatehouse that listens there is an error, unless it is to be relieved.
 */
final class ControlSocket implements AutoCloseable {

    private static final int BACKLOG = 128;

    private final ServerSocketChannel channel;
    private final Path path;
    private final Object fileKey;

    private ControlSocket(ServerSocketChannel channel, Path path, Object fileKey) {
        this.channel = channel;
        this.path = path;
        this.fileKey = fileKey;
    }

    /**
     * Listens.
     *
     * @param relieve whether to take the place of somebody who listens there
     * @throws IOException whose message says what to set
     */
    static ControlSocket open(Path path, String mode, @Nullable String group, boolean relieve) throws IOException {
        Path place = path.toAbsolutePath();
        String setting = "claims.socket=" + path;
        if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.readAttributes(place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isOther()) {
                throw new IOException(setting + ": the path is taken by something that is no socket: set it to another");
            }
            if (!relieve && isAnswered(place)) {
                throw new IOException(setting + ": another process listens there: stop it, or set it to another path");
            }
        }
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        Path directory = null;
        try {
            directory = Files.createTempDirectory(Objects.requireNonNull(place.getParent()), ".g");
            Path made = directory.resolve("s");
            channel.bind(UnixDomainSocketAddress.of(made), BACKLOG);
            PosixFileAttributeView view = Files.getFileAttributeView(made, PosixFileAttributeView.class);
            if (group != null) {
                GroupPrincipal principal = made.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
                view.setGroup(principal);
            }
            view.setPermissions(permissions(mode));
            Object key = fileKey(made);
            Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
            return new ControlSocket(channel, place, key);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw new IOException(setting + ": can't be opened: " + e + "; set it to a short path in a directory that can be written"
                    + (group == null ? "" : ", and claims.group to a group that this user may give files to"), e);
        } finally {
            if (directory != null) {
                Files.deleteIfExists(directory.resolve("s"));
                Files.deleteIfExists(directory);
            }
        }
    }

    /** The next claimant; blocks. */
    SocketChannel accept() throws IOException {
        return channel.accept();
    }

    /** Closes, and removes the file unless it is another gatehouse's by now. */
    @Override
    public void close() throws IOException {
        channel.close();
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && fileKey.equals(fileKey(path))) {
            Files.deleteIfExists(path);
        }
    }

    private static Object fileKey(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
        return key == null ? path : key;
    }

    private static boolean isAnswered(Path path) {
        try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            return false; // left behind by a process that has died
        }
    }

    private static Set<PosixFilePermission> permissions(String mode) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            int digit = mode.charAt(i) - '0';
            text.append((digit & 4) != 0 ? 'r' : '-').append((digit & 2) != 0 ? 'w' : '-').append((digit & 1) != 0 ? 'x' : '-');
        }
        return PosixFilePermissions.fromString(text.toString());
    }
}
