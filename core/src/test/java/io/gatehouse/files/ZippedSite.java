/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.cache.OutputCache;
import io.gatehouse.handler.Shortcut.Prepared;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;

/** A site whose texts are put into gzip, with clocks that are set and tasks that are run by hand. */
final class ZippedSite {

    static final long SECOND = 1_000_000_000L;
    static final String TEXT = "All work and no play makes Jack a dull boy. ".repeat(60);
    static final String[] ZIP = {"Accept-Encoding", "gzip, deflate"};

    final Path directory;
    final AtomicLong nanos = new AtomicLong(42);
    final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    final OutputCache cache = OutputCache.of(8 << 20, () -> 1_700_000_000_000L, tasks::add);
    Instant wall = Instant.parse("2026-01-01T00:00:00Z");
    private final Site site;

    /** With a text at {@code a.css}. */
    ZippedSite(Path directory) throws IOException {
        this.directory = directory;
        this.site = new Site(directory).file("a.css", TEXT);
    }

    ZippedSite file(String path, String text) throws IOException {
        site.file(path, text);
        return this;
    }

    ZippedSite file(String path, byte[] bytes, Instant modified) throws IOException {
        site.file(path, bytes, modified);
        return this;
    }

    StaticFilesBuilder builder() {
        return StaticFiles.of(directory).cache(cache).gzip(true).nanos(nanos::get).clock(() -> wall).executor(tasks::add)
                .boundaries(() -> "BOUNDARY");
    }

    int runTasks() {
        int count = 0;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
            count++;
        }
        return count;
    }

    /** What lies there in gzip once somebody has asked for it. */
    Prepared zipped(StaticFiles files, String path) throws Exception {
        Site.get(files, path, ZIP);
        assertEquals(1, runTasks(), path);
        Prepared ready = Site.find(files, path, ZIP);
        assertEquals("gzip", coding(ready), path);
        return ready;
    }

    static String coding(Prepared ready) {
        return String.valueOf(ready.head().fields().first("Content-Encoding"));
    }

    static byte[] bytes(Prepared ready) {
        byte[] bytes = new byte[ready.body().remaining()];
        ready.body().duplicate().get(bytes);
        return bytes;
    }

    static String unzipped(byte[] bytes) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Bytes that gzip can't make shorter. */
    static byte[] noise(int length, long seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
