/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Authority;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One answer in the making, from before its handler is called until it is stored or given up. What is purged meanwhile must
 * not be stored by it: it may have been made of what the purge was for.
 *
 * <p>Storing and dooming exclude each other by a lock that is held for a few steps in memory: either the purge comes first
 * and the answer is not stored, or the answer is stored first and the purge finds it.
 */
final class Fill {

    private final RouteIndex index;
    private final String scheme;
    private final Authority authority;
    private final String text;
    private final String url;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> doomedTags = new HashSet<>(); // guarded by lock
    private boolean doomed; // guarded by lock

    Fill(RouteIndex index, String scheme, Authority authority, String text, String url) {
        this.index = index;
        this.scheme = scheme;
        this.authority = authority;
        this.text = text;
        this.url = url;
    }

    RouteIndex index() {
        return index;
    }

    /** Its place in the index, made if need be. */
    Resource resource() {
        return index.demand(scheme, authority, text, url);
    }

    /** Its place in the index, or null if there is none. */
    @Nullable Resource present() {
        return index.find(scheme, authority, text);
    }

    /** Whether what is made lies at a URL, or below it; null means any scheme or authority. */
    boolean liesAt(@Nullable String scheme, @Nullable Authority authority, String where, boolean below) {
        return (scheme == null || scheme.equals(this.scheme))
                && (authority == null || authority.equals(this.authority))
                && (below ? url.startsWith(where) : url.equals(where));
    }

    /** What lies at its place now, or null. */
    @Nullable Resource found() {
        return index.find(scheme, authority, text);
    }

    /** Whether something with these tags would not be stored: it was purged meanwhile. */
    boolean isDoomed(Set<String> tags) {
        return !store(tags, () -> true);
    }

    /** Nothing is stored from here on. */
    void doom() {
        lock.lock();
        try {
            doomed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing that carries one of the tags is stored from here on. */
    void doom(Collection<String> tags) {
        lock.lock();
        try {
            doomedTags.addAll(tags);
        } finally {
            lock.unlock();
        }
    }

    /** Carries out the step that stores something with these tags, unless it is doomed; whether it was and said true. */
    boolean store(Set<String> tags, BooleanSupplier step) {
        lock.lock();
        try {
            if (doomed) {
                return false;
            }
            for (String tag : tags) {
                if (doomedTags.contains(tag)) {
                    return false;
                }
            }
            return step.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }
}
