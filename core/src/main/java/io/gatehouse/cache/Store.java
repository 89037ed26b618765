/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.gatehouse.http.Authority;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All that is kept, of all routes and fragments, bounded by its bytes together; what is asked for often stays (W-TinyLFU).
 * Any thread; reading neither waits nor makes garbage.
 *
 * <pre>
 *   RouteIndex: text ──► Resource ──► the one bounded map ──► Variants
 *                           ▲                │ evicted or purged, in one atomic step per key
 *                           └── out of the index and of the tags ◄──┘
 *   tags: tag ──► keys                        fills: what is being made now, so that a purge reaches it too
 * </pre>
 *
 * <p>A purge first dooms the fills that it is about and then visits what is indexed, so that nothing made before it is
 * found after it; its cost grows with what it hits and with what is being made.
 */
final class Store {

    private final long bytes;
    private final CacheMemory memory;
    private final Cache<Object, Held> held;
    private final ConcurrentMap<Object, Held> steps;
    private final TagIndex tags = new TagIndex();
    private final Set<Fill> fills = ConcurrentHashMap.newKeySet();
    private final List<RouteIndex> routes = new CopyOnWriteArrayList<>();
    private final LongAdder evictions = new LongAdder();
    private final Tally fragments = new Tally();
    private volatile boolean closed;

    Store(long bytes, CacheMemory memory) {
        this.bytes = bytes;
        this.memory = memory;
        this.held = Caffeine.newBuilder()
                .maximumWeight(bytes)
                .weigher((Object key, Held value) -> value.weight())
                .evictionListener(this::evicted)
                .executor(Runnable::run) // eviction is short, and no thread of the common pool is woken for it
                .build();
        this.steps = held.asMap();
    }

    /** The bound, in bytes. */
    long bound() {
        return bytes;
    }

    /** Where bodies lie. */
    CacheMemory memory() {
        return memory;
    }

    /** What is held now, in bytes. */
    long weight() {
        held.cleanUp();
        return held.policy().eviction().map(eviction -> eviction.weightedSize().orElse(0)).orElse(0L);
    }

    /** How many keys are held, about. */
    long size() {
        return held.estimatedSize();
    }

    /** How many keys had to leave for their bytes. */
    long evictions() {
        return evictions.sum();
    }

    /** What is counted of fragments. */
    Tally fragments() {
        return fragments;
    }

    /** A route's index, which purges will visit from now on. */
    RouteIndex open(Tally tally) {
        RouteIndex index = new RouteIndex(tally);
        routes.add(index);
        return index;
    }

    /** Drops all of a route, and forgets it: what is still being made there is not stored. */
    void close(RouteIndex index) {
        index.close();
        purge(index, null, null, "", true, -1, null);
        routes.remove(index);
    }

    /** What lies under a resource; counts as a use of it. */
    @Nullable Variants get(Resource resource) {
        return (Variants) held.getIfPresent(resource);
    }

    /** What lies under a shelf's resource; counts as a use of it. */
    Shelf.@Nullable Entry shelved(Resource resource) {
        Shelved there = (Shelved) held.getIfPresent(resource);
        return there == null ? null : there.entry();
    }

    /** Whether that very entry lies under a shelf's resource; no use of it. */
    boolean holds(Resource resource, Shelf.Entry entry) {
        return held.policy().getIfPresentQuietly(resource) instanceof Shelved there && there.entry() == entry;
    }

    /** A fragment, or null; counts as a use of it. */
    @Nullable Fragment fragment(String name) {
        return (Fragment) held.getIfPresent(name);
    }

    /** Begins to make something. To be ended by {@link #end}, whatever becomes of it. */
    Fill begin(Fill fill) {
        fills.add(fill);
        return fill;
    }

    /** Ends what was begun. Idempotent. */
    void end(Fill fill) {
        fills.remove(fill);
    }

    /**
     * Stores an answer that a fill has made; false if it was purged meanwhile.
     *
     * @param known whose place it takes, whatever the two vary by; null for that of those only that the same requests select
     */
    boolean put(Fill fill, StoredAnswer answer, @Nullable StoredAnswer known) {
        return fill.store(answer.tags(), () -> isOpen(fill) && update(fill, (key, old) -> variants(old).plus(answer, known, key)));
    }

    /** Keeps what a fill has made for a shelf; false if it was purged meanwhile. */
    boolean put(Fill fill, Shelf.Entry entry) {
        return fill.store(Set.of(), () -> isOpen(fill) && update(fill, (key, old) -> new Shelved(key, entry)));
    }

    /**
     * Stores what a fill has learnt of a stored answer in its place; false if it is not there any more, or was purged
     * meanwhile: a purge that came before the fill has begun would be undone by it.
     */
    boolean replace(Fill fill, StoredAnswer known, StoredAnswer answer) {
        return fill.store(answer.tags(), () -> {
            boolean[] done = new boolean[1];
            Resource resource = fill.present();
            if (resource != null) {
                steps.computeIfPresent(resource, (key, old) -> {
                    if (!((Variants) old).answers().contains(known)) {
                        return old;
                    }
                    Variants after = ((Variants) old).plus(answer, known, resource);
                    settle(key, old, after);
                    done[0] = true;
                    return after;
                });
            }
            return done[0];
        });
    }

    /** Marks the key of a fill: until then its requests do not wait for each other. */
    void pass(Fill fill, long untilMillis) {
        fill.store(Set.of(), () -> isOpen(fill) && update(fill, (key, old) -> variants(old).passing(untilMillis, key)));
    }

    /** Puts an answer in the place of another that it is the same as, if that is still there. */
    void replace(Resource resource, StoredAnswer before, StoredAnswer after) {
        steps.computeIfPresent(resource, (key, old) -> {
            Variants made = ((Variants) old).replacing(before, after);
            settle(key, old, made);
            return made;
        });
    }

    /** Puts a shelf's entry in the place of another, if that is still there. */
    boolean replace(Resource resource, Shelf.Entry before, Shelf.Entry after) {
        boolean[] done = new boolean[1];
        steps.computeIfPresent(resource, (key, old) -> {
            if (((Shelved) old).entry() != before) {
                return old;
            }
            done[0] = true;
            Shelved made = new Shelved(resource, after);
            settle(key, old, made);
            return made;
        });
        return done[0];
    }

    /** Keeps a fragment. */
    void put(Fragment fragment) {
        steps.compute(fragment.name(), (key, old) -> {
            settle(key, old, fragment);
            return fragment;
        });
        if (closed) {
            removeFragment(fragment.name());
        }
    }

    /** Forgets a fragment; false if there is none. */
    boolean removeFragment(String name) {
        boolean[] found = {false};
        steps.computeIfPresent(name, (key, old) -> {
            found[0] = true;
            settle(key, old, null);
            return null;
        });
        return found[0];
    }

    /**
     * Drops what lies at a URL, or below it, or makes it stale.
     *
     * @param index the only route, or null for all
     * @param scheme null for both
     * @param authority null for all
     * @param softAt milliseconds since 1970 if it is only to become stale; -1 to drop it
     * @param except a fill that is not doomed; null if all are
     * @return how many answers that were
     */
    int purge(
            @Nullable RouteIndex index, @Nullable String scheme, @Nullable Authority authority, String url, boolean below,
            long softAt, @Nullable Fill except) {
        for (Fill fill : fills) {
            if (fill != except && (index == null || fill.index() == index) && fill.liesAt(scheme, authority, url, below)) {
                fill.doom();
            }
        }
        int[] count = {0};
        for (RouteIndex route : index == null ? routes : List.of(index)) {
            route.visit(scheme, authority, url, below, resource -> count[0] += drop(resource, answer -> true, softAt));
        }
        return count[0];
    }

    /** Drops what carries one of the tags, or makes it stale; returns how many answers and fragments that were. */
    int purge(Collection<String> named, long softAt) {
        for (Fill fill : fills) {
            fill.doom(named);
        }
        int count = 0;
        for (String tag : named) {
            for (Object key : tags.keys(tag)) {
                count += key instanceof Resource resource
                        ? drop(resource, answer -> answer.tags().contains(tag), softAt)
                        : removeFragment((String) key) ? 1 : 0;
            }
        }
        return count;
    }

    /** Drops a stored answer, unless another was stored in its place since. */
    void drop(Fill fill, StoredAnswer known) {
        Resource resource = fill.present();
        if (resource != null) {
            drop(resource, answer -> answer == known, -1);
        }
    }

    /** Drops all that lies at the place of a fill. */
    void drop(Fill fill) {
        Resource resource = fill.present();
        if (resource != null) {
            drop(resource, answer -> true, -1);
        }
    }

    /** Drops everything, and keeps nothing any more. */
    void close() {
        closed = true;
        clear();
    }

    /** Drops everything. */
    void clear() {
        for (Fill fill : fills) {
            fill.doom();
        }
        for (Object key : steps.keySet()) {
            if (key instanceof Resource resource) {
                drop(resource, answer -> true, -1);
            } else {
                removeFragment((String) key);
            }
        }
    }

    /** Inside a fill's step, so that whoever closes either comes first or finds what is stored. */
    private boolean isOpen(Fill fill) {
        return !closed && !fill.index().isClosed();
    }

    private int drop(Resource resource, Predicate<StoredAnswer> chosen, long softAt) {
        int[] count = {0};
        steps.computeIfPresent(resource, (key, old) -> {
            if (!(old instanceof Variants before)) {
                count[0] = 1;
                settle(key, old, null);
                resource.die();
                return null;
            }
            for (StoredAnswer answer : before.answers()) {
                count[0] += chosen.test(answer) ? 1 : 0;
            }
            if (softAt >= 0) {
                Variants made = before.expiring(chosen, softAt);
                settle(key, old, made);
                return made;
            }
            Variants after = before.without(chosen);
            settle(key, old, after);
            if (after == null) {
                resource.die();
            }
            return after;
        });
        return count[0];
    }

    @FunctionalInterface
    private interface Change {
        Held of(Resource key, @Nullable Held old);
    }

    private static Variants variants(@Nullable Held held) {
        return held == null ? Variants.NONE : (Variants) held;
    }

    private boolean update(Fill fill, Change change) {
        boolean[] done = new boolean[1];
        while (!done[0]) { // once it is done it may have been evicted again at once: that is the bound's business
            Resource resource = fill.resource();
            steps.compute(resource, (key, old) -> {
                if (resource.isDead()) {
                    return old; // which is null: it has just left, and its successor is in the index, or will be
                }
                Held after = change.of(resource, old);
                settle(key, old, after);
                done[0] = true;
                return after;
            });
        }
        return true;
    }

    /** In one atomic step with the eviction, for this key. */
    private void evicted(@Nullable Object key, @Nullable Held value, RemovalCause cause) {
        evictions.increment();
        if (key != null) {
            settle(key, value, null);
        }
        if (key instanceof Resource resource) {
            resource.index().tally().evicted();
            resource.die();
        } else {
            fragments.evicted();
        }
    }

    /** What follows from a change under one key: the weight of its route, and the tags. Inside an atomic step for this key. */
    private void settle(Object key, @Nullable Held before, @Nullable Held after) {
        Tally tally = key instanceof Resource resource ? resource.index().tally() : fragments;
        tally.weighs((after == null ? 0L : after.weight()) - (before == null ? 0L : before.weight()));
        tags.change(key, before, after);
    }
}
