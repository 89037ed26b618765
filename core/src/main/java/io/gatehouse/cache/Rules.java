/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

/**
 * What a route says about its answers, as far as RFC 9111 leaves it to the cache.
 *
 * @param lifetime seconds that answers are fresh for from the moment they are received, whatever lifetime they name
 *     themselves; or {@link #AS_HEADERS_SAY}, {@link #NEVER}, {@link #UNTIL_INVALIDATED}. What an answer forbids
 *     (no-store, private, no-cache, must-revalidate, Vary) binds all the same
 * @param errors whether the lifetime is also that of the errors 404, 405, 410, 414 and 501; other errors, and
 *     redirects that are temporary, are stored only with a lifetime of their own
 * @param heuristics whether an answer without a lifetime gets one from its Last-Modified (RFC 9111 section 4.2.2)
 * @param requestDirectives whether Cache-Control and Pragma of requests count (section 5.2.1); a hostile client can get
 *     past the cache with them
 * @param staleWhileRevalidate seconds, for answers that name none (RFC 5861 section 3); 0 for not at all
 * @param staleIfError seconds, for answers that name none (RFC 5861 section 4, RFC 9111 section 4.2.4); 0 for not at
 *     all
 */
record Rules(
        long lifetime,
        boolean errors,
        boolean heuristics,
        boolean requestDirectives,
        long staleWhileRevalidate,
        long staleIfError) {

    /** The lifetime is what the answer's own fields make of it. */
    static final long AS_HEADERS_SAY = -1;

    /** Nothing is stored. */
    static final long NEVER = 0;

    /** Fresh until someone drops it. */
    static final long UNTIL_INVALIDATED = Long.MAX_VALUE;

    /** RFC 9111 as it stands; a dead origin is stood in for during a day. */
    static final Rules STANDARD = new Rules(AS_HEADERS_SAY, false, true, true, 0, 86_400);

    /** These rules with another lifetime. */
    Rules withLifetime(long seconds) {
        return new Rules(seconds, errors, heuristics, requestDirectives, staleWhileRevalidate, staleIfError);
    }

    /** The lifetime in seconds for an answer of that status: {@link #lifetime}, or {@link #AS_HEADERS_SAY}. */
    long lifetime(int status) {
        boolean covered = lifetime == NEVER || Storing.isHeuristic(status) && (status < 400 || errors);
        return covered ? lifetime : AS_HEADERS_SAY;
    }
}
