/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import org.jspecify.annotations.Nullable;

/**
 * The values of Cache-Status (RFC 9211): one member for this cache, to be added behind those of caches nearer to the
 * origin. Any thread.
 */
final class CacheStatus {

    /** The field. */
    static final String FIELD = "Cache-Status";

    /** What this cache calls itself: a token. */
    static final String NAME = "Gatehouse";

    /** Why a request went to the origin (section 2.2). */
    enum Forward {
        /** The route, or this request, is not cached. */
        BYPASS("bypass"),
        /** Its method is not answered from the cache. */
        METHOD("method"),
        /** Nothing is stored for its target. */
        URI_MISS("uri-miss"),
        /** Something is stored for its target, but no variant matches. */
        VARY_MISS("vary-miss"),
        /** Its own directives forbid what is stored and fresh. */
        REQUEST("request"),
        /** What is stored is stale. */
        STALE("stale"),
        /** What is stored is a part, and not the one that is asked for. */
        PARTIAL("partial");

        private final String text;

        Forward(String text) {
            this.text = text;
        }

        /** The word: a token. */
        String text() {
            return text;
        }
    }

    private CacheStatus() {}

    /**
     * An answer from the cache.
     *
     * @param ttl {@link Freshness#remaining}: seconds that it stays fresh for, below 0 if it is stale
     */
    static String hit(long ttl) {
        return NAME + "; hit; ttl=" + ttl;
    }

    /** An answer from the cache that is fresh until it is invalidated. */
    static String hit() {
        return NAME + "; hit";
    }

    /** The value for a stored response at a time. */
    static String hit(Freshness freshness, long nowMillis) {
        return freshness.lifetimeMillis() == Freshness.FOREVER ? hit() : hit(freshness.remaining(nowMillis));
    }

    /** An answer that waited for the origin's answer to another request (section 2.6). */
    static String collapsed(Forward why) {
        return NAME + "; fwd=" + why.text() + "; collapsed";
    }

    /**
     * An answer that the origin had a part in.
     *
     * @param why the request went there
     * @param status that the origin answered with, or -1 if it did not
     * @param answered the status that the client gets; the origin's is told if it is another (section 2.3)
     * @param stored whether its answer was stored, or what is stored was updated by it (section 2.5)
     * @param reason why it was not stored, or null
     */
    static String forwarded(Forward why, int status, int answered, boolean stored, @Nullable Reason reason) {
        StringBuilder out = new StringBuilder(64).append(NAME).append("; fwd=").append(why.text());
        if (status >= 0 && status != answered) {
            out.append("; fwd-status=").append(status);
        }
        if (stored) {
            out.append("; stored");
        }
        return reason == null ? out.toString() : out.append("; detail=").append(reason.text()).toString();
    }

    /** A stale answer in place of the origin's error: {@code ttl} says how stale. */
    static String standsIn(int status, long ttl) {
        String told = status < 0 ? "" : "; fwd-status=" + status;
        return NAME + "; fwd=stale" + told + "; ttl=" + ttl + "; detail=stale-if-error";
    }
}
