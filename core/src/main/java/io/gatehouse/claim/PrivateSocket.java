/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * A place for a Unix-domain socket that no other user reaches: a directory of mode 700 of its own. With a group that the gatehouse's
 * user is in, that group may pass and connect too; a gatehouse that runs as root or as the same user needs none. One thread.
 */
public final class PrivateSocket implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.claim");

    private final Path directory;
    private final @Nullable String group;
    private boolean made;

    /** Of a directory that is not there yet. */
    PrivateSocket(Path directory, @Nullable String group) {
        this.directory = directory;
        this.group = group;
    }

    /**
     * Chooses a name that nobody has or guesses, in the user's runtime directory if there is one, else where temporary files go. Makes
     * nothing yet.
     *
     * @param group who may connect besides this user; null for nobody
     */
    public static PrivateSocket of(@Nullable String group) {
        String runtime = System.getenv("XDG_RUNTIME_DIR");
        Path parent = runtime != null && Files.isWritable(Path.of(runtime)) ? Path.of(runtime)
                : Path.of(System.getProperty("java.io.tmpdir"));
        String name = "gatehouse-" + Long.toHexString(new SecureRandom().nextLong());
        return new PrivateSocket(parent.toAbsolutePath().resolve(name), group);
    }

    /** Where to listen. */
    public Path path() {
        return directory.resolve("s");
    }

    /**
     * Makes the directory.
     *
     * @throws IOException if it can't be made, or the group is not one that this user may give files to
     */
    public void make() throws IOException {
        Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        made = true;
        open(directory, "rwx--x---");
    }

    /** Lets the group connect, once the socket is there. */
    public void share() throws IOException {
        open(path(), "rw-rw----");
    }

    /** Removes the socket, if it is still there, and the directory. */
    @Override
    public void close() {
        if (!made) {
            return;
        }
        made = false;
        try {
            Files.deleteIfExists(path());
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the directory " + directory + " of a socket stays behind: " + e);
        }
    }

    private void open(Path path, String mode) throws IOException {
        if (group == null) {
            return;
        }
        try {
            GroupPrincipal principal = path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group);
            PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
            view.setGroup(principal);
            view.setPermissions(PosixFilePermissions.fromString(mode));
        } catch (IOException e) {
            throw new IOException("tenant.group=" + group + " can't have " + path + ": " + e + "; set it to a group that this user is in", e);
        }
    }
}
