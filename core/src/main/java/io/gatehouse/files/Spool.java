/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Large files of jars, unpacked once into temporary files, because only a file can be sent without a thread that
 * waits.
 *
 * <p>The temporary files have no name any more where the system allows that, and go with their channels. A channel
 * that this class forgets is closed by the garbage collector, when the last answer that it serves is out. A worker
 * that is interrupted while it reads closes a channel for all: it is made again then.
 */
final class Spool {

    /** How many files are kept unpacked, each with an open descriptor. */
    static final int MOST = 64;

    private static final int CHUNK = 64 * 1024;

    private final Cache<String, CompletableFuture<FileChannel>> channels =
            Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    /** Where the bytes come from. */
    @FunctionalInterface
    interface Opener {
        InputStream open() throws IOException;
    }

    /**
     * The channel of a file, shared: to be read by positions, and not to be closed. The first who asks unpacks it, all
     * others wait for that: many requests at once do not fill the disk with copies.
     */
    FileChannel open(String name, Opener opener, long size) throws IOException {
        CompletableFuture<FileChannel> mine = new CompletableFuture<>();
        while (true) {
            CompletableFuture<FileChannel> first = channels.asMap().putIfAbsent(name, mine);
            if (first == null) {
                return make(mine, name, opener, size);
            }
            FileChannel known = await(first);
            if (known != null && known.isOpen()) {
                return known;
            }
            channels.asMap().remove(name, first);
        }
    }

    private FileChannel make(CompletableFuture<FileChannel> mine, String name, Opener opener, long size)
            throws IOException {
        try {
            FileChannel made = unpack(opener);
            if (made.size() != size) {
                made.close();
                throw new IOException(
                        name + " has not its size: the jar was replaced under its class loader; restart");
            }
            mine.complete(made);
            return made;
        } finally {
            if (!mine.isDone()) {
                channels.asMap().remove(name, mine);
                mine.cancel(false); // whoever waits tries for itself
            }
        }
    }

    /** The channel that another thread makes; null if it fails. */
    private static @Nullable FileChannel await(CompletableFuture<FileChannel> other) throws IOException {
        try {
            return other.get();
        } catch (ExecutionException | CancellationException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another thread unpacks a file of a jar");
        }
    }

    private static FileChannel unpack(Opener opener) throws IOException {
        Path path = Files.createTempFile("gatehouse-", ".file"); // readable by its owner only
        FileChannel channel;
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
        try (InputStream in = opener.open()) {
            byte[] chunk = new byte[CHUNK];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                ByteBuffer buffer = ByteBuffer.wrap(chunk, 0, read);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }
}
