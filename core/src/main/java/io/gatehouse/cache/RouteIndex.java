/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Authority;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where one route's resources are found: by their text for requests, in the order of their paths for purges. Any thread;
 * finding neither waits nor makes garbage.
 *
 * <p>A purge visits what it hits and nothing else, be it for one host or for all: there is an order of each site, and one of
 * all of them. There is one site per scheme and authority. It comes with its first resource and goes with its last, so that made-up
 * Host fields leave nothing behind once the store has evicted what they brought.
 */
final class RouteIndex {

    private static final class Site {
        private final ConcurrentMap<String, Resource> byText = new ConcurrentHashMap<>();
        private final ConcurrentNavigableMap<String, Resource> byPlace = new ConcurrentSkipListMap<>();
    }

    private final ConcurrentMap<Authority, Site> plain = new ConcurrentHashMap<>();
    private final ConcurrentMap<Authority, Site> secure = new ConcurrentHashMap<>();
    private final ConcurrentNavigableMap<Resource, Resource> ofAll = new ConcurrentSkipListMap<>(Resource.ORDER);
    private final Tally tally;
    private volatile boolean closed;

    RouteIndex(Tally tally) {
        this.tally = tally;
    }

    /** What the route counts. */
    Tally tally() {
        return tally;
    }

    /** Whether its route is gone, so that nothing is stored for it any more. */
    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
    }

    /** The resource of a text, or null. */
    @Nullable Resource find(String scheme, Authority authority, String text) {
        Site site = sites(scheme).get(authority);
        return site == null ? null : site.byText.get(text);
    }

    /** The resource of a text, made if need be. */
    Resource demand(String scheme, Authority authority, String text, String url) {
        Resource known = find(scheme, authority, text);
        if (known != null && !known.isDead()) {
            return known;
        }
        Resource made = new Resource(this, scheme, authority, text, url);
        Resource[] result = {made};
        sites(scheme).compute(authority, (key, old) -> {
            Site site = old == null ? new Site() : old;
            Resource other = site.byText.putIfAbsent(text, made);
            if (other == null) {
                site.byPlace.put(made.place(), made);
                ofAll.put(made, made);
            } else {
                result[0] = other;
            }
            return site;
        });
        return result[0];
    }

    /** Takes a resource out, and its site if that is empty then. */
    void remove(Resource resource) {
        sites(resource.scheme()).computeIfPresent(resource.authority(), (key, site) -> {
            if (site.byText.remove(resource.text(), resource)) {
                site.byPlace.remove(resource.place(), resource);
                ofAll.remove(resource);
            }
            return site.byText.isEmpty() ? null : site;
        });
    }

    /**
     * Visits what lies at a URL, or below it.
     *
     * @param scheme null for both
     * @param authority null for all
     * @param below whether all places that begin so are meant
     */
    void visit(
            @Nullable String scheme, @Nullable Authority authority, String url, boolean below, Consumer<Resource> visitor) {
        String after = url + (below ? '\uffff' : '\1');
        if (authority != null && scheme != null) {
            Site site = sites(scheme).get(authority);
            if (site != null) {
                site.byPlace.subMap(url, true, after, false).values().forEach(visitor);
            }
            return;
        }
        Resource from = new Resource(this, "", CacheKey.NOBODY, url, url); // before all that lie there
        Resource to = new Resource(this, "", CacheKey.NOBODY, after, after);
        for (Resource each : ofAll.subMap(from, true, to, false).values()) {
            if ((scheme == null || scheme.equals(each.scheme())) && (authority == null || authority.equals(each.authority()))) {
                visitor.accept(each);
            }
        }
    }

    private ConcurrentMap<Authority, Site> sites(String scheme) {
        return scheme.equals("https") ? secure : plain;
    }
}
