/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.EntityTag;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import org.jspecify.annotations.Nullable;

/**
 * What a stored response says about its own reuse, read once when it is stored or updated and kept with it, so that a
 * hit parses nothing.
 *
 * @param status of it
 * @param directives that bind this cache
 * @param freshness of it
 * @param tag its entity tag, or null if it has none that follows the grammar
 * @param modified its Last-Modified in seconds since 1970, or {@link HttpDate#NONE}
 * @param date its Date in seconds since 1970, or when it was received if it has none: the newest of several that match
 *     wins
 * @param validates whether it has an ETag or a Last-Modified, well-formed or not, to ask the origin with
 */
record Terms(
        int status,
        CacheControl directives,
        Freshness freshness,
        @Nullable EntityTag tag,
        long modified,
        long date,
        boolean validates) {

    /**
     * Reads a response that has just been received, or updated.
     *
     * @param status of it
     * @param response its fields as received (with Age, with what Connection names), or as {@link Validation#updated}
     *     made them
     * @param requestMillis when the request that it answers was sent, epoch milliseconds
     * @param responseMillis when its head was received, epoch milliseconds
     * @param rules of the route
     */
    static Terms of(int status, Fields response, long requestMillis, long responseMillis, Rules rules) {
        CacheControl directives = CacheControl.ofResponse(response);
        long received = Math.floorDiv(responseMillis, 1000L);
        String tag = response.first("ETag");
        return new Terms(
                status,
                directives,
                Freshness.of(response, directives, status, requestMillis, responseMillis, rules),
                tag == null ? null : EntityTag.parse(tag),
                Freshness.single(response, "Last-Modified", received),
                Freshness.date(response, received),
                tag != null || response.contains("Last-Modified"));
    }

    /** The same response with another tag, or without one. */
    Terms tagged(@Nullable String value) {
        return new Terms(
                status, directives, freshness, value == null ? null : EntityTag.parse(value), modified, date, validates);
    }

    /** The same response, stale from now on: see {@link Freshness#expired}. */
    Terms expired(long nowMillis) {
        return new Terms(status, directives, freshness.expired(nowMillis), tag, modified, date, validates);
    }
}
