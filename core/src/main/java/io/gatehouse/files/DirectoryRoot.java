/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * Files of a directory.
 *
 * <p>A symbolic link is followed if it stays inside and leads to nothing hidden. The root may be a link itself, which
 * can be turned to another directory while requests run: it is resolved anew each time.
 *
 * <p>Looking and opening are two steps, and a link can change between them. So a file is opened by its real path,
 * whose last name must not be a link then, and looked at again afterwards: only if its real path, time, size and key
 * are still the same are its bytes given out. Who can swap a directory for a link and back between the two looks
 * could deceive that; it takes someone who may write inside the root.
 */
final class DirectoryRoot implements Root {

    private static final int ATTEMPTS = 3;
    private static final Nothing NOTHING = new Nothing();
    private static final Folder FOLDER = new Folder();

    private final Path directory;

    /**
     * A root.
     *
     * @throws IllegalArgumentException if it is no directory now
     */
    DirectoryRoot(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(this.directory)) {
            throw new IllegalArgumentException("no directory " + this.directory + " (from '" + directory
                    + "'): create it, or name another; files of a jar are named classpath:FOLDER");
        }
    }

    @Override
    public Found find(String path) throws IOException {
        Path real = real(path);
        if (real == null) {
            return NOTHING;
        }
        BasicFileAttributes attributes = attributes(real);
        if (attributes == null) {
            return NOTHING;
        }
        if (attributes.isDirectory()) {
            return FOLDER;
        }
        return attributes.isRegularFile() ? new OneFile(path, real, Stamp.of(attributes)) : NOTHING;
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    /** The path without links, or null if there is none that may be served. */
    private @Nullable Path real(String path) throws IOException {
        try {
            Path root = directory.toRealPath();
            Path real = root.resolve(path).toRealPath();
            if (!real.startsWith(root)) {
                return null;
            }
            for (Path name : root.relativize(real)) {
                if (PathSyntax.isHidden(name.toString())) {
                    return null;
                }
            }
            return real;
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException | InvalidPathException e) {
            return null; // not there, below a file, too long, a loop of links, not a name here
        }
    }

    private static @Nullable BasicFileAttributes attributes(Path real) throws IOException {
        try {
            return Files.readAttributes(real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (AccessDeniedException e) {
            throw e;
        } catch (FileSystemException e) {
            return null;
        }
    }

    /** One file of the directory. */
    private final class OneFile implements Source {
        private final String path;
        private final Path real;
        private final Stamp stamp;

        OneFile(String path, Path real, Stamp stamp) {
            this.path = path;
            this.real = real;
            this.stamp = stamp;
        }

        @Override
        public Stamp stamp() {
            return stamp;
        }

        @Override
        public Content open(int inMemory) throws IOException {
            OneFile now = this;
            for (int attempt = 1; ; attempt++) {
                Content content = now.attempt(inMemory, attempt >= ATTEMPTS);
                if (content != null) {
                    return content;
                }
                if (!(find(path) instanceof OneFile again)) {
                    throw new NoSuchFileException(path);
                }
                now = again;
            }
        }

        /** The content, or null if the file changed meanwhile; at the last attempt it is taken unsettled. */
        private @Nullable Content attempt(int inMemory, boolean last) throws IOException {
            FileChannel channel;
            try {
                channel = FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            } catch (IOException e) {
                if (!last && Files.isSymbolicLink(real)) {
                    return null; // it has become one: where it leads is looked at anew
                }
                throw e;
            }
            boolean keep = false;
            try {
                long size = channel.size();
                ByteBuffer bytes = size <= inMemory ? read(channel, (int) size) : null;
                BasicFileAttributes after = attributes(real);
                boolean same = after != null && size == stamp.size() && Stamp.of(after).equals(stamp)
                        && (bytes == null || bytes.limit() == size);
                if (!same && !last) {
                    return null;
                }
                if (!same && !real.equals(real(path))) { // the same file needs no second look at the way to it
                    throw new NoSuchFileException(path, null, "its place changes all the time");
                }
                Stamp settled = same ? stamp : Stamp.unsettled(bytes == null ? size : bytes.limit());
                if (bytes != null) {
                    return new Content.InMemory(settled, bytes);
                }
                keep = true;
                return new Content.Open(settled, channel, false);
            } finally {
                if (!keep) {
                    channel.close();
                }
            }
        }

        private ByteBuffer read(FileChannel channel, int size) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(size);
            while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
                // until it is full, or the file has ended early
            }
            return buffer.flip().asReadOnlyBuffer();
        }
    }
}
