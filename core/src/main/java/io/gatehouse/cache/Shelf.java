/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Response;
import io.gatehouse.http.Authority;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A place in an output cache for what others make ready by themselves, such as static files: it lies in the same memory,
 * under the same bound and the same admission as all that the cache keeps. Any thread, without waiting; finding makes no
 * garbage.
 *
 * <p>An entry lies at a path, for all hosts. Who purges that path, or a prefix of it, drops the entry, whether the purge is
 * hard or soft, and what is being made for the path meanwhile is not kept: so the next request looks at what it was made of.
 *
 * <p>The cache counts what is stored here, what is evicted and what it weighs; what becomes of requests, its owner knows and
 * says. Counting costs no more than a few steps on a counter that threads do not fight for.
 *
 * <p>The key is the path together with the length of the route's prefix in it, because one maker may stand at several
 * prefixes. The first length that comes is the usual one, and with it the key is the path itself.
 *
 * @param <E> what lies here
 */
public final class Shelf<E extends Shelf.Entry> implements AutoCloseable {

    /** Something that lies on a shelf. */
    public interface Entry {
        /** How many bytes it takes; always the same. */
        int weight();
    }

    private static final String SCHEME = "http";
    private static final Authority ALL = CacheKey.NOBODY;

    private final String name;
    private final Store store;
    private final RouteIndex index;
    private final Class<E> type;
    private final Consumer<Shelf<E>> closed;
    private volatile int usualPrefix = -1;

    Shelf(String name, Store store, RouteIndex index, Class<E> type, Consumer<Shelf<E>> closed) {
        this.name = name;
        this.store = store;
        this.index = index;
        this.type = type;
        this.closed = closed;
    }

    /** What lies at a path, or null; counts as a use of it. */
    public @Nullable E find(String path, int prefixLength) {
        Resource resource = index.find(SCHEME, ALL, text(path, prefixLength));
        Entry entry = resource == null ? null : store.shelved(resource);
        return entry == null ? null : type.cast(entry);
    }

    /** Whether an entry, and no other, lies at a path; does not count as a use of it. */
    public boolean holds(String path, int prefixLength, E entry) {
        Resource resource = index.find(SCHEME, ALL, text(path, prefixLength));
        return resource != null && store.holds(resource, entry);
    }

    /**
     * Puts an entry in the place of the one that it was made of.
     *
     * @return false if that does not lie there any more, be it purged, evicted or replaced: then nothing is kept
     */
    public boolean replace(String path, int prefixLength, E before, E after) {
        Resource resource = index.find(SCHEME, ALL, text(path, prefixLength));
        return resource != null && store.replace(resource, before, after);
    }

    /** Begins to make what is to lie at a path. To be called before anything is looked at that it is made of. */
    public Filling begin(String path, int prefixLength) {
        if (usualPrefix < 0) {
            usualPrefix = prefixLength; // a race makes a few entries unfindable, which the store evicts in time
        }
        return new Filling(store.begin(new Fill(index, SCHEME, ALL, text(path, prefixLength), path)));
    }

    /** Bytes as the cache's memory wants to have them: read-only, from 0 to the limit; the argument is not to change. */
    public ByteBuffer lay(ByteBuffer bytes) {
        return store.memory().lay(bytes);
    }

    /** A request was answered by a fresh entry. */
    public void countHit() {
        tally().hit();
    }

    /** A request was answered by an entry that may be out of date. */
    public void countStale() {
        tally().staleServed();
    }

    /** A request found nothing fresh here. */
    public void countMiss() {
        tally().missed();
    }

    /** A request was for what does not lie here in any case. */
    public void countPassed() {
        tally().passed();
    }

    /** An entry was found to be still what it was made of. */
    public void countValidated() {
        tally().validated();
    }

    /**
     * Whether a cache in front of a handler has counted the request that this is the response to, so that the handler's own
     * shelf is not to count it once more.
     */
    public static boolean isCounted(Response response) {
        return response instanceof Recorder;
    }

    /** Drops all of it; nothing is kept here any more. Idempotent. */
    @Override
    public void close() {
        closed.accept(this);
        store.close(index);
    }

    /** Drops what lies at a path, or below it. */
    int purge(String path, boolean below) {
        return store.purge(index, null, null, path, below, -1, null);
    }

    /** Of the route in the counters. */
    String name() {
        return name;
    }

    Tally tally() {
        return index.tally();
    }

    private String text(String path, int prefixLength) {
        return prefixLength == usualPrefix ? path : path + '\0' + prefixLength;
    }

    /** One entry in the making, to be closed whatever becomes of it. For one thread. */
    public final class Filling implements AutoCloseable {
        private final Fill fill;

        private Filling(Fill fill) {
            this.fill = fill;
        }

        /** Keeps an entry in the place of what was there, unless it was purged meanwhile or is not worth its bytes. */
        public void keep(E entry) {
            if (store.put(fill, entry)) {
                tally().stored();
            }
        }

        /** Drops what is there. */
        public void drop() {
            store.drop(fill);
        }

        @Override
        public void close() {
            store.end(fill);
        }
    }
}
