/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The output cache: wraps handlers so that their answers are kept, drops what is told to, counts, and holds fragments. One
 * store, bounded by its bytes, for all of it. Any thread; nothing here waits.
 *
 * <p>What is purged is gone when the call returns: no request that begins after it is answered from before it, not even by
 * an answer that was being made meanwhile. Purging costs as much as it hits.
 *
 * <p>A server makes one, {@code Gatehouse.cache()}; servlets find it as an attribute of their context under the name of this
 * class, and with HK2 it can be injected.
 */
public final class OutputCache implements AutoCloseable {

    /**
     * The field of an answer that says for itself how long it lives, before the route and Cache-Control: {@code never},
     * {@code until-purged}, {@code headers} for what Cache-Control says, or a number of seconds. It counts on routes that have
     * a policy, if only {@link CachePolicy#never}: others are not looked at, because that costs each answer of theirs. Clients
     * of a gatehouse never see it.
     */
    public static final String LIFETIME = "Gatehouse-Cache";

    private final Store store;
    private final LongSupplier clock;
    private final Background background;
    private final RecordingRoom room;
    private final List<CachedHandler> routes = new CopyOnWriteArrayList<>();
    private final List<Shelf<?>> shelves = new CopyOnWriteArrayList<>();
    private volatile TargetRules rules = TargetRules.STRICT;

    private OutputCache(long bytes, CacheMemory memory, LongSupplier clock, @Nullable Executor executor) {
        if (bytes < 0) {
            throw new IllegalArgumentException("cache-size=" + bytes + ": set it to 0 or more");
        }
        this.store = new Store(bytes, memory);
        this.room = RecordingRoom.beside(bytes);
        this.clock = clock;
        this.background = executor == null ? Background.standard() : Background.of(executor);
    }

    /** A cache of so many bytes of the heap. */
    public static OutputCache of(long bytes) {
        return of(bytes, CacheMemory.HEAP);
    }

    /** A cache of so many bytes, with its bodies in one kind of memory or the other. */
    public static OutputCache of(long bytes, CacheMemory memory) {
        return new OutputCache(bytes, memory, System::currentTimeMillis, null);
    }

    /** A cache of a quarter of what the JVM's heap may become. */
    public static OutputCache standard() {
        return of(defaultBytes());
    }

    /**
     * A cache with a clock and threads of the caller's.
     *
     * @param clock milliseconds since 1970
     * @param executor runs handlers in the background to make stale answers anew, and reads files that are to be kept, which
     *     clients wait for: handlers that hang must not take all of its threads; may refuse
     */
    public static OutputCache of(long bytes, LongSupplier clock, Executor executor) {
        return of(bytes, CacheMemory.HEAP, clock, executor);
    }

    /** The same with its bodies in one kind of memory or the other. */
    public static OutputCache of(long bytes, CacheMemory memory, LongSupplier clock, Executor executor) {
        return new OutputCache(bytes, memory, clock, executor);
    }

    /**
     * How targets are read that a purge or an answer names: as the server reads those of its requests, which says so itself.
     * Strictly unless it is said.
     */
    public void targetRules(TargetRules value) {
        rules = value;
    }

    /** A quarter of what the JVM's heap may become, in bytes. */
    public static long defaultBytes() {
        return Runtime.getRuntime().maxMemory() / 4;
    }

    /**
     * A handler whose answers are kept. The result answers what lies ready on the I/O thread, as a {@link Shortcut}; if the
     * handler is one itself, it is asked first. Wrap a handler once, when it is registered: each wrapping has its own answers.
     *
     * @param name of the route in {@link #counters}; must not be taken
     */
    public AsyncHandler around(String name, AsyncHandler handler, CachePolicy policy) {
        return around(name, handler, handler instanceof Shortcut shortcut ? shortcut : null, policy);
    }

    /**
     * The same with a shortcut beside the handler.
     *
     * @param shortcut is asked before the cache; null if there is none
     */
    public AsyncHandler around(String name, AsyncHandler handler, @Nullable Shortcut shortcut, CachePolicy policy) {
        for (CachedHandler route : routes) {
            if (route.name().equals(name)) {
                throw new IllegalArgumentException("the output cache has a route " + name + " already: give this another name");
            }
        }
        CachedHandler cached = new CachedHandler(name, handler, shortcut, policy, this);
        routes.add(cached);
        return cached;
    }

    /** Ends what {@link #around} began: drops all that is kept of the route, whose name is free again. Idempotent. */
    public void release(AsyncHandler cached) {
        if (cached instanceof CachedHandler route && routes.remove(route)) {
            store.close(route.index());
        }
    }

    /**
     * A place in this cache's memory for what others make ready by themselves. It is closed by whoever asked for it.
     *
     * @param name of the route in {@link #counters}; who has the same name is counted together
     * @param type of what will lie there
     */
    public <E extends Shelf.Entry> Shelf<E> shelf(String name, Class<E> type) {
        Shelf<E> shelf = new Shelf<>(name, store, store.open(new Tally()), type, shelves::remove);
        shelves.add(shelf);
        return shelf;
    }

    /**
     * Says of an answer that its maker keeps it by itself, on a {@link #shelf} say: the cache in front of it, if there is one,
     * lets it pass, so that nothing is held twice. To be called before the response is committed; what wraps the response
     * in between hides the cache from it.
     */
    public static void heldElsewhere(Response response) {
        if (response instanceof Recorder recorder) {
            recorder.heldElsewhere();
        }
    }

    /**
     * Drops what is kept at a URL, whatever it varies by.
     *
     * @param url {@code /path?query} for all hosts, or {@code http://host/path?query} for one, as a client would write it;
     *     of the query what the route's key holds
     * @return how many answers were dropped
     * @throws IllegalArgumentException if it is no such URL
     */
    public int purge(String url) {
        return purge(url, false, -1);
    }

    /** Makes what is kept at a URL stale: it is validated before it is used again, or served while that is done. */
    public int expire(String url) {
        return purge(url, false, clock.getAsLong());
    }

    /**
     * Drops all whose path, with its query, begins with a text.
     *
     * @param url as for {@link #purge}; end it with {@code /} to mean a folder, with {@code ?} to mean all queries of a path
     */
    public int purgePrefix(String url) {
        return purge(url, true, -1);
    }

    /** Makes all stale whose path, with its query, begins with a text. */
    public int expirePrefix(String url) {
        return purge(url, true, clock.getAsLong());
    }

    /** Drops all answers and fragments that carry one of the tags, by Surrogate-Key or Cache-Tag; returns how many. */
    public int purgeTag(String... tags) {
        return store.purge(List.of(tags), -1);
    }

    /** Makes all answers stale that carry one of the tags; fragments are dropped. */
    public int expireTag(String... tags) {
        return store.purge(List.of(tags), clock.getAsLong());
    }

    /** Drops everything. */
    public void clear() {
        store.clear();
    }

    /**
     * Keeps bytes under a name, in the place of what was there.
     *
     * @param bytes copied
     * @param life how long; null for as long as there is room
     * @param tags that purge it too
     */
    public void put(String name, byte[] bytes, @Nullable Duration life, String... tags) {
        long until = life == null ? Long.MAX_VALUE : clock.getAsLong() + life.toMillis();
        ByteBuffer copy = store.memory().lay(ByteBuffer.wrap(bytes.clone()).asReadOnlyBuffer());
        store.put(new Fragment(name, copy, Set.of(tags), until));
    }

    /**
     * What is kept under a name, from position 0 to its limit; null if there is nothing, or nothing any more: there is no
     * promise that what was put is still there.
     *
     * @return read-only; the position is the caller's own
     */
    public @Nullable ByteBuffer get(String name) {
        Fragment fragment = store.fragment(name);
        boolean over = fragment != null && clock.getAsLong() >= fragment.until();
        if (over) {
            store.removeFragment(name);
        }
        if (fragment == null || over) {
            store.fragments().missed();
            return null;
        }
        store.fragments().hit();
        return fragment.bytes().duplicate();
    }

    /** Forgets what is kept under a name; false if there is nothing. */
    public boolean remove(String name) {
        return store.removeFragment(name);
    }

    /**
     * Answers with fragments one behind the other, as one body with its length. Status and fields are as they are set.
     * Returns at once; the response is whole with it.
     *
     * @return false if one of them is not there; then nothing was sent
     */
    public boolean send(Response response, String... names) {
        List<ByteBuffer> parts = new ArrayList<>(names.length);
        long length = 0;
        for (String each : names) {
            ByteBuffer part = get(each);
            if (part == null) {
                return false;
            }
            parts.add(part);
            length += part.remaining();
        }
        ByteBuffer body;
        if (parts.size() == 1) {
            body = parts.get(0);
        } else {
            body = ByteBuffer.allocate(Math.toIntExact(length));
            parts.forEach(body::put);
            body.flip();
        }
        response.field("Content-Length", Long.toString(length));
        response.write(body, true, Completion.NOTHING);
        return true;
    }

    /** What all routes and fragments counted together. */
    public CacheCounters counters() {
        return countersByRoute().values().stream().reduce(store.fragments().snapshot(), CacheCounters::plus);
    }

    /** What each route counted, by its name: those that are wrapped, and files that lie in this cache's memory. */
    public Map<String, CacheCounters> countersByRoute() {
        Map<String, CacheCounters> counters = new TreeMap<>();
        routes.forEach(route -> counters.merge(route.name(), route.tally().snapshot(), CacheCounters::plus));
        shelves.forEach(shelf -> counters.merge(shelf.name(), shelf.tally().snapshot(), CacheCounters::plus));
        return counters;
    }

    /** How many bytes are held now; not to be asked on an I/O thread. */
    public long bytes() {
        return store.weight();
    }

    /** How many bytes may be held. */
    public long bound() {
        return store.bound();
    }

    /** Where its bodies lie. */
    public CacheMemory memory() {
        return store.memory();
    }

    /** How many keys are held, about. */
    public long size() {
        return store.size();
    }

    /** How many keys and fragments had to leave for their bytes. */
    public long evictions() {
        return store.evictions();
    }

    /** Drops everything, and ends the cache's threads. Handlers that it wraps go on without anything kept. Idempotent. */
    @Override
    public void close() {
        background.close();
        store.close();
    }

    /** For a person. */
    @Override
    public String toString() {
        return "output cache of up to " + store.bound() / (1 << 20) + " MiB" + (store.memory() == CacheMemory.DIRECT ? " of direct memory" : "");
    }

    /**
     * Drops what an answer to an unsafe method makes void, in all routes.
     *
     * @param own what is made of that very answer, and stays
     */
    void invalidate(Request request, Fields answer, Fill own) {
        RequestHead head = request.head();
        drop(head, request.target(), own);
        for (String each : Invalidation.targets(head, answer)) {
            if (Target.normalise(each, rules) instanceof Target target && !target.equals(request.target())) {
                drop(head, target, own);
            }
        }
    }

    private void drop(RequestHead head, Target target, Fill own) {
        Authority authority = CacheKey.authority(head.scheme(), head.authority());
        for (CachedHandler route : routes) {
            store.purge(route.index(), head.scheme(), authority, route.keys().url(target), false, -1, own);
        }
        purgeShelves(target.path());
    }

    /** Drops what others have laid at a path; returns how much. */
    int purgeShelves(String path) {
        return shelves.stream().mapToInt(shelf -> shelf.purge(path, false)).sum();
    }

    Store store() {
        return store;
    }

    LongSupplier clock() {
        return clock;
    }

    Background background() {
        return background;
    }

    /** Where answers are recorded. */
    RecordingRoom room() {
        return room;
    }

    List<CachedHandler> routes() {
        return routes;
    }

    private int purge(String url, boolean below, long softAt) {
        PurgedUrl meant = PurgedUrl.parse(url, rules);
        int sum = 0;
        for (CachedHandler route : routes) {
            String place = below ? meant.prefix() : route.keys().url(meant.target());
            sum += store.purge(route.index(), meant.scheme(), meant.authority(), place, below, softAt, null);
        }
        for (Shelf<?> shelf : shelves) {
            sum += shelf.purge(meant.target().path(), below && !meant.hasQuery());
        }
        return sum;
    }
}
