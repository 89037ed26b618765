/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import org.jspecify.annotations.Nullable;

/**
 * What a stored response may do for a request that its key and its {@link VaryKey} match (RFC 9111 section 4). Whether
 * the client's own conditions make 304 or 412 of a response that may be used says {@link Conditions}; what is needed
 * for Age says {@link Freshness#age}.
 *
 * <p>What must-revalidate, proxy-revalidate and no-cache forbid, no window allows. s-maxage forbids stale use too
 * (section 5.2.2.10), but not against a window that stands next to it in the same answer: whoever writes both means
 * the window.
 *
 * <p>Any thread; no garbage.
 */
enum Selection {
    /** Answer with it: it is fresh, or as stale as the client said that it may be. */
    USE,
    /** Answer with it at once, stale as it is, and validate it behind the client's back (RFC 5861 section 3). */
    USE_AND_VALIDATE,
    /** Ask the origin whether it is still good: see {@link Validation}. */
    VALIDATE,
    /** Ask the origin for another: it has nothing to be validated with. It may still stand in for an error. */
    REPLACE,
    /** Answer 504: the client wants nothing but what is stored (RFC 9111 section 5.2.1.7). */
    ONLY_IF_CACHED;

    /**
     * What becomes of a request that nothing stored matches: {@link #REPLACE} if it goes to the origin.
     *
     * @param request {@link CacheControl#ofRequest}
     */
    static Selection withoutStored(CacheControl request, Rules rules) {
        return rules.requestDirectives() && request.onlyIfCached() ? ONLY_IF_CACHED : REPLACE;
    }

    /**
     * What becomes of a request that a stored response matches.
     *
     * @param request {@link CacheControl#ofRequest}; {@link CacheControl#NONE} costs nothing
     * @param stored the newest that matches
     * @param nowMillis epoch milliseconds
     */
    static Selection of(CacheControl request, Terms stored, Rules rules, long nowMillis) {
        CacheControl asked = rules.requestDirectives() ? request : CacheControl.NONE;
        Selection selection = select(asked, stored, rules, nowMillis);
        if (selection != VALIDATE) {
            return selection;
        }
        return asked.onlyIfCached() ? ONLY_IF_CACHED : stored.validates() ? VALIDATE : REPLACE;
    }

    /** Whether an answer of the origin is an error that a stale response may stand in for (RFC 5861 section 4). */
    static boolean isError(int status) {
        return status >= 500;
    }

    /**
     * Whether a stored response may answer in place of an error: the origin is dead, cut its answer off, or {@link
     * #isError}. Errors never stand in for errors. That the client asked for validation does not matter: its
     * directives are advice (RFC 9111 section 5.2.1), and it would get nothing else.
     *
     * @param request {@link CacheControl#ofRequest}
     * @param stored that matches the request and was not good enough to be used; null if there is none
     * @param nowMillis epoch milliseconds
     */
    static boolean standsIn(CacheControl request, @Nullable Terms stored, Rules rules, long nowMillis) {
        if (stored == null || stored.status() >= 400) {
            return false;
        }
        CacheControl asked = rules.requestDirectives() ? request : CacheControl.NONE;
        CacheControl directives = stored.directives();
        if (directives.noCache() || directives.mustRevalidate() || directives.proxyRevalidate()) {
            return false;
        }
        long staleness = stored.freshness().stalenessMillis(nowMillis);
        if (staleness < 0) {
            return true;
        }
        long window = directives.staleIfError();
        if (window < 0 && directives.sMaxAge() >= 0) {
            return false;
        }
        window = window >= 0 ? window : asked.staleIfError() >= 0 ? asked.staleIfError() : rules.staleIfError();
        return isWithin(staleness, window);
    }

    private static Selection select(CacheControl asked, Terms stored, Rules rules, long nowMillis) {
        CacheControl directives = stored.directives();
        Freshness freshness = stored.freshness();
        long staleness = freshness.stalenessMillis(nowMillis);
        if (directives.noCache() || asksValidation(asked)
                || asked.maxAge() >= 0 && !isWithin(freshness.ageMillis(nowMillis) - 1000, asked.maxAge())
                || asked.minFresh() >= 0 && staleness > -1000 * asked.minFresh()) {
            return VALIDATE;
        }
        if (staleness < 0) {
            return USE;
        }
        if (directives.mustRevalidate() || directives.proxyRevalidate()) {
            return VALIDATE;
        }
        boolean shared = directives.sMaxAge() >= 0;
        long window = directives.staleWhileRevalidate();
        if (window < 0) {
            window = shared ? 0 : rules.staleWhileRevalidate();
        }
        if (isWithin(staleness, window)) {
            return USE_AND_VALIDATE;
        }
        return !shared && asked.maxStale() >= 0 && isWithin(staleness - 1000, asked.maxStale()) ? USE : VALIDATE;
    }

    /**
     * A max-age of 0 is what browsers send to reload: it asks for the origin's word even on what has just been made.
     */
    private static boolean asksValidation(CacheControl asked) {
        return asked.noCache() || !asked.noCacheFields().isEmpty() || asked.maxAge() == 0;
    }

    /** A window of no seconds holds nothing; the largest holds everything. */
    private static boolean isWithin(long millis, long seconds) {
        return seconds >= CacheControl.MOST || millis < 1000 * seconds;
    }
}
