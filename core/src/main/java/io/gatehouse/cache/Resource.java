/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Authority;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * One key of the store: what lies there under one text, of one scheme and authority, of one route. Equal to itself only, but
 * with the hash of those four: the store reckons by it how often something is asked for, also while it is not there.
 *
 * <pre>
 *   made ──indexed──► ALIVE ──its last answer leaves the store──► DEAD, and out of the index
 * </pre>
 *
 * <p>The store changes {@code dead} inside its own atomic steps for this key, so that nothing is put under a dead one.
 */
final class Resource {

    /** By place, and at one place by what else there is. */
    static final Comparator<Resource> ORDER = Comparator.comparing(Resource::place)
            .thenComparing(Resource::scheme)
            .thenComparing(resource -> resource.authority().host())
            .thenComparingInt(resource -> resource.authority().port());

    /** Bytes that a resource takes beside its text and its answers: this, places in five maps, and weights. */
    static final int OVERHEAD = 400;

    private final RouteIndex index;
    private final String scheme;
    private final Authority authority;
    private final String text;
    private final String place;
    private final int hash;
    private volatile boolean dead;

    /**
     * A resource.
     *
     * @param url where it lies for whoever purges
     */
    Resource(RouteIndex index, String scheme, Authority authority, String text, String url) {
        this.index = index;
        this.scheme = scheme;
        this.authority = authority;
        this.text = text;
        this.place = text.equals(url) ? text : url + '\0' + text;
        this.hash = 31 * (31 * (31 * text.hashCode() + authority.hashCode()) + scheme.hashCode()) + index.hashCode();
    }

    RouteIndex index() {
        return index;
    }

    String scheme() {
        return scheme;
    }

    Authority authority() {
        return authority;
    }

    String text() {
        return text;
    }

    /** Where it stands in the order of paths: its URL, and behind a NUL its text if that is another. */
    String place() {
        return place;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    /** What it weighs beside its answers, in bytes. */
    int weight() {
        return OVERHEAD + 2 * (text.length() == place.length() ? text.length() : text.length() + place.length());
    }

    boolean isDead() {
        return dead;
    }

    /** Takes it out of the index for good. Inside an atomic step of the store for this key. */
    void die() {
        dead = true;
        index.remove(this);
    }
}
