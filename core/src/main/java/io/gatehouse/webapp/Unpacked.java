/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The files of an application: the directory that was given, or what a WAR file unpacked to, which is removed at the end. Of an
 * archive only its central directory is believed; an entry whose name leads out of the archive, is ambiguous, or stands there
 * twice is refused, and so is what unpacks to too much, by what comes out and not by what the archive says.
 *
 * @param root with {@code WEB-INF} in it
 * @param work what to remove at the end; null if nothing was made
 */
record Unpacked(Path root, @Nullable Path work) {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    /**
     * Opens a directory or a WAR file.
     *
     * @param workParent where to make the directory for an archive; the system's place for such unless given
     */
    static Unpacked open(Path source, @Nullable Path workParent, ArchiveLimits limits) throws DeploymentException {
        if (Files.isDirectory(source)) {
            return new Unpacked(source.toAbsolutePath().normalize(), null);
        }
        if (!Files.isRegularFile(source)) {
            throw new DeploymentException("there is no web application at " + source.toAbsolutePath()
                    + ": name a directory or a WAR file");
        }
        Path work = workDirectory(workParent);
        try {
            new Extraction(source, work, limits).run();
            return new Unpacked(work, work);
        } catch (ZipException e) {
            removeAll(work);
            throw new DeploymentException(source + " is no WAR file: " + e.getMessage() + "; build it again", e);
        } catch (IOException e) {
            removeAll(work);
            throw new DeploymentException(source + " can't be unpacked to " + work
                    + ": make room there, or name another work directory", e);
        } catch (DeploymentException | RuntimeException | Error e) {
            removeAll(work);
            throw e;
        }
    }

    /** Removes what was made. What can't be removed is left, and said. */
    void remove() {
        if (work != null) {
            removeAll(work);
        }
    }

    private static Path workDirectory(@Nullable Path parent) throws DeploymentException {
        try {
            return parent == null ? Files.createTempDirectory("gatehouse-war")
                    : Files.createTempDirectory(Files.createDirectories(parent), "war");
        } catch (IOException e) {
            throw new DeploymentException("no work directory can be made in "
                    + (parent == null ? "the directory for temporary files" : parent) + ": name a writable one", e);
        }
    }

    private static void removeAll(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "can't remove the work directory " + directory + ": remove it by hand", e);
        }
    }

    /** One archive on its way to a directory. */
    private static final class Extraction {
        private final Path archive;
        private final Path target;
        private final ArchiveLimits limits;
        private long left;

        Extraction(Path archive, Path target, ArchiveLimits limits) {
            this.archive = archive;
            this.target = target;
            this.limits = limits;
        }

        void run() throws IOException, DeploymentException {
            left = limits.bytesOf(Files.size(archive));
            try (ZipFile zip = new ZipFile(archive.toFile())) {
                if (zip.size() > limits.entries()) {
                    throw wrong("it has " + zip.size() + " entries and may have entries=" + limits.entries());
                }
                List<? extends ZipEntry> entries = zip.stream().toList();
                for (ZipEntry entry : entries) {
                    Path file = place(entry.getName());
                    try {
                        if (entry.isDirectory()) {
                            Files.createDirectories(file);
                        } else {
                            Files.createDirectories(file.getParent());
                            copy(zip, entry, file);
                        }
                    } catch (FileAlreadyExistsException e) {
                        throw wrong("the entry " + entry.getName() + " is there twice, or is a file and a directory");
                    }
                }
            }
        }

        private Path place(String name) throws DeploymentException {
            String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
            for (String segment : path.split("/", -1)) {
                if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
                    throw wrong("the entry '" + name + "' is not a plain path inside the archive");
                }
            }
            if (path.indexOf('\\') >= 0 || path.indexOf(':') >= 0 || path.chars().anyMatch(c -> c < ' ')) {
                throw wrong("the entry '" + name.replaceAll("\\p{Cntrl}", "?") + "' has a character that no path may have");
            }
            try {
                Path file = target.resolve(path).normalize();
                if (!file.startsWith(target) || file.equals(target)) {
                    throw wrong("the entry '" + name + "' leads out of the archive");
                }
                return file;
            } catch (InvalidPathException e) {
                throw wrong("the entry '" + name + "' can't be a file here");
            }
        }

        private void copy(ZipFile zip, ZipEntry entry, Path file) throws IOException, DeploymentException {
            byte[] buffer = new byte[1 << 16];
            try (InputStream in = zip.getInputStream(entry);
                    OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    left -= count;
                    if (left < 0) {
                        throw wrong("it unpacks to more than it may: bytes=" + limits.bytes() + ", ratio=" + limits.ratio());
                    }
                    out.write(buffer, 0, count);
                }
            }
        }

        private DeploymentException wrong(String what) {
            return new DeploymentException(archive + ": " + what + "; mend the archive, or change the archive limits");
        }
    }
}
