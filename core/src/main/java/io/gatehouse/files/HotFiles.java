/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import io.gatehouse.cache.OutputCache;
import io.gatehouse.cache.Shelf;
import io.gatehouse.handler.Response;
import io.gatehouse.handler.Shortcut.Prepared;
import io.gatehouse.http.ByteRanges.Range;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The files that lie in memory: answered from on I/O threads, kept in step with the disk by workers, put into gzip in the
 * background, and counted.
 *
 * <pre>
 *   find (I/O thread)  fresh ──► answered      stale ──► answered, and one task looks      old, or not there ──► null
 *   look (worker)      fresh ──► taken         else  ──► the files are looked at: the same, read anew, or gone
 * </pre>
 */
final class HotFiles implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(StaticFiles.class.getName());

    private final String name;
    private final FileLoader loader;
    private final Shelf<FileEntry> shelf;
    private final boolean keeps;
    private final boolean gzip;
    private final long freshness;
    private final Executor executor;
    private final LongSupplier nanos;
    private final InstantSource clock;

    /**
     * Files in the memory of a cache.
     *
     * @param name in the cache's counters, and in the log
     */
    HotFiles(String name, FileLoader loader, OutputCache cache, StaticFilesBuilder settings) {
        this(name, loader, cache, settings.gzip, settings.freshness.toNanos(), settings.executor, settings.nanos, settings.clock);
    }

    private HotFiles(
            String name, FileLoader loader, OutputCache cache, boolean gzip, long freshness, Executor executor, LongSupplier nanos,
            InstantSource clock) {
        this.name = name;
        this.loader = loader;
        this.shelf = cache.shelf(name, FileEntry.class);
        this.keeps = cache.bound() > 0;
        this.gzip = gzip;
        this.freshness = freshness;
        this.executor = executor;
        this.nanos = nanos;
        this.clock = clock;
    }

    /** The same files in the memory of another cache, where nothing of them lies yet. */
    HotFiles within(OutputCache cache, String route) {
        return new HotFiles(route, loader, cache, gzip, freshness, executor, nanos, clock);
    }

    /** Whether there is any memory. */
    boolean keeps() {
        return keeps;
    }

    /** As {@link StaticFiles#find}. */
    @Nullable Prepared find(RequestHead head, Target target, int prefixLength) {
        if (freshness == 0 || !head.method().equals("GET") && !head.isHead()) {
            return null;
        }
        FileEntry entry = shelf.find(target.path(), prefixLength);
        if (entry == null) {
            return null;
        }
        long age = entry.age(nanos.getAsLong());
        if (age > freshness) {
            if (age - freshness > freshness) {
                return null;
            }
            checkLater(entry, target.path(), prefixLength);
        }
        zipLater(entry, head.fields(), target.path(), prefixLength);
        Prepared ready = ready(head, entry.choose(head.fields()));
        if (ready != null && age > freshness) {
            shelf.countStale();
        } else if (ready != null) {
            shelf.countHit();
        }
        return ready;
    }

    /** What goes out without a look at the file; null if a worker must send it. */
    private @Nullable Prepared ready(RequestHead head, Representation representation) {
        Answer answer = Answer.of(head, representation, clock);
        if (answer instanceof Answer.Bodiless bodiless) {
            return bodiless.prepared();
        }
        Content.InMemory memory = representation.memory();
        if (answer == Answer.WHOLE) {
            return memory != null || head.isHead() ? representation.whole() : null;
        }
        if (memory != null && answer instanceof Answer.Part part) {
            Range range = part.range();
            return new Prepared(
                    Answer.head(representation, range),
                    memory.bytes().slice((int) range.first(), (int) range.length()));
        }
        return null;
    }

    /**
     * Counts a request that a worker answers, unless a cache in front of these files has counted it.
     *
     * @param fresh whether it is answered by a fresh copy
     * @param inMemory whether what it is for may lie in memory at all
     */
    void count(Response response, boolean fresh, boolean inMemory) {
        if (Shelf.isCounted(response)) {
            return;
        }
        if (!inMemory) {
            shelf.countPassed();
        } else if (fresh) {
            shelf.countHit();
        } else {
            shelf.countMiss();
        }
    }

    /**
     * What a path means.
     *
     * @param found a {@link FileEntry}, or what {@link FileLoader#locate} says instead
     * @param fresh whether nobody had to look at the disk for it
     */
    record Looked(Object found, boolean fresh) {}

    /** What a path means, from memory if that is fresh; else the files are looked at, on this thread. */
    Looked look(String path, int prefixLength, String relative) throws IOException {
        FileEntry known = shelf.find(path, prefixLength);
        if (known != null && freshness > 0 && known.age(nanos.getAsLong()) <= freshness) {
            return new Looked(known, true);
        }
        return new Looked(check(known, path, prefixLength, relative), false);
    }

    /** Looks at the files, and keeps the store in step with what it finds. */
    private Object check(@Nullable FileEntry known, String path, int prefixLength, String relative) throws IOException {
        try (Shelf<FileEntry>.Filling filling = shelf.begin(path, prefixLength)) {
            for (int attempt = 0; attempt < 3; attempt++) {
                long now = nanos.getAsLong();
                FileLoader.Located located = loader.locate(relative);
                if (!(located instanceof FileLoader.Files files)) {
                    filling.drop();
                    return located;
                }
                if (known != null && known.isStill(files)) {
                    known.checked(now);
                    shelf.countValidated();
                    return known;
                }
                try {
                    FileEntry loaded = loader.load(relative, files, now, shelf::lay, gzip && keeps);
                    if (loaded.isKeepable()) {
                        filling.keep(loaded);
                    } else {
                        filling.drop();
                    }
                    return loaded;
                } catch (NoSuchFileException e) {
                    LOG.log(Level.DEBUG, "{0}: {1} vanished while it was read; looking again", this, relative);
                }
            }
            filling.drop();
            return new FileLoader.Missing();
        }
    }

    /** One at a time for each entry. What fails is left to the next worker, who has somebody to tell. */
    private void checkLater(FileEntry entry, String path, int prefixLength) {
        if (!entry.beginCheck()) {
            return;
        }
        try {
            executor.execute(() -> {
                try {
                    check(entry, path, prefixLength, entry.relative());
                } catch (IOException | RuntimeException e) {
                    LOG.log(Level.DEBUG, () -> this + ": can't look at " + entry.relative(), e);
                } finally {
                    entry.endCheck();
                }
            });
        } catch (RejectedExecutionException e) {
            entry.endCheck();
        }
    }

    /** One at a time for each entry, and once for each state of a file: what saves too little is not tried again. */
    void zipLater(FileEntry entry, Fields fields, String path, int prefixLength) {
        if (!entry.beginZip(fields)) {
            return;
        }
        try {
            executor.execute(() -> zip(entry, path, prefixLength));
        } catch (RejectedExecutionException e) { // it is sent as it is, and the next one tries
            entry.leaveZip();
        }
    }

    /** Puts what is still there into gzip; what was purged, evicted or read anew meanwhile is no affair of this entry's. */
    private void zip(FileEntry entry, String path, int prefixLength) {
        try {
            Representation made = shelf.holds(path, prefixLength, entry) ? loader.zip(entry.plain(), shelf::lay) : null;
            if (made != null) {
                shelf.replace(path, prefixLength, entry, entry.withGzip(made));
            }
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> this + ": can't put " + entry.relative() + " into gzip", e);
        }
    }

    /** Forgets all of it; nothing is kept from here on. Idempotent. */
    @Override
    public void close() {
        shelf.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
