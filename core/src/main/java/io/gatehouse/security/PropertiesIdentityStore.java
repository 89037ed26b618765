/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Users in a properties file in UTF-8, which is read again when it changes:
 *
 * <pre>
 *   alice.password    = pbkdf2-sha512:210000:salt:hash      the text of a {@link PasswordHash}
 *   alice.roles       = admin, clerk
 *   bob.password      = plain:secret                        plain text must be marked; DIGEST can check it too
 *   carol.digest      = SHA-256:9f86... MD5:5f4d...         hash of name:realm:password, for DIGEST with that realm
 *   dave.certificate  = CN=Dave,O=Example                   the subject of a TLS client's certificate
 * </pre>
 *
 * <p>A name is all in front of the last dot. A line that can't be read is refused: at the start by an exception; later
 * the file that was read last stays in force, and the log says why. The file is looked at once a second at most, and
 * only when someone logs in. Any thread.
 */
public final class PropertiesIdentityStore implements IdentityStore {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.security");
    private static final long LOOK_MILLIS = 1000;
    private static final long MAX_BYTES = 64 << 20;

    private record Stamp(FileTime changed, long size, @Nullable Object key) {
        static Stamp of(Path file) throws IOException {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(now.lastModifiedTime(), now.size(), now.fileKey());
        }
    }

    private final Path file;
    private final Clock clock;
    private final PasswordCheck check;
    private final ReentrantLock reading = new ReentrantLock();
    private volatile Users users;
    private volatile long nextLook;

    /** As of the last reading or attempt; guarded by {@link #reading}. */
    private @Nullable Stamp stamp;

    /**
     * Reads a file.
     *
     * @throws IOException if it can't be read
     * @throws IllegalArgumentException if something in it is wrong
     */
    public PropertiesIdentityStore(Path file) throws IOException {
        this(file, Clock.systemUTC(), new SecureRandom());
    }

    /**
     * @param random of the key under which passwords that were right are remembered for some minutes
     */
    PropertiesIdentityStore(Path file, Clock clock, SecureRandom random) throws IOException {
        this.file = file;
        this.clock = clock;
        this.check = new PasswordCheck(clock, random);
        this.stamp = Stamp.of(file);
        this.users = read();
        this.nextLook = clock.millis() + LOOK_MILLIS;
    }

    @Override
    public @Nullable Identity find(Credentials shown) throws IOException {
        look();
        return users.find(shown, check);
    }

    /** One thread reads; who comes meanwhile is judged by what was read before. */
    private void look() {
        if (clock.millis() < nextLook || !reading.tryLock()) {
            return;
        }
        try {
            nextLook = clock.millis() + LOOK_MILLIS;
            Stamp now = Stamp.of(file);
            if (!Objects.equals(now, stamp)) {
                stamp = now;
                users = read();
                LOG.log(System.Logger.Level.INFO, users.size() + " users read from " + file.getFileName());
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.log(System.Logger.Level.ERROR, "the users of " + file.getFileName()
                    + " can't be read, those read before stay in force: " + e.getMessage());
        } finally {
            reading.unlock();
        }
    }

    private Users read() throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file.getFileName() + " is longer than " + MAX_BYTES + " bytes: use a directory instead");
        }
        return UsersFile.parse(Files.readString(file));
    }
}
