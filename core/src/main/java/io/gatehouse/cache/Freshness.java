/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import io.gatehouse.http.LooseDate;
import java.util.List;

/**
 * How old a stored response is and how old it may become (RFC 9111 sections 4.2 and 5.1). Reckoned once, when it is
 * received; the questions about it make no garbage. All times are epoch milliseconds, as the caller's clock says.
 *
 * @param lifetimeMillis from the moment that the origin made the response; 0 if it has none, {@link #FOREVER} without
 *     end
 * @param initialAgeMillis the corrected age that it had when it was received, 0 or more
 * @param responseMillis when it was received
 * @param source what gave it its lifetime
 */
record Freshness(long lifetimeMillis, long initialAgeMillis, long responseMillis, Source source) {

    /** The lifetime of what is fresh until invalidated. */
    static final long FOREVER = Long.MAX_VALUE;

    /** The most seconds that a guessed lifetime has. */
    static final long MOST_GUESSED = 86_400;

    /** What a lifetime comes from. */
    enum Source {
        /** s-maxage, max-age or Expires. */
        EXPLICIT,
        /** A tenth of the time since Last-Modified. */
        HEURISTIC,
        /** The rules of the route. */
        ROUTE,
        /** Nothing: there is none. */
        NONE
    }

    /**
     * Reckons with a response that has just been received, or updated.
     *
     * @param response its fields as received, with Age, or as updated by a 304
     * @param directives {@link CacheControl#ofResponse} of them
     * @param status of it
     * @param requestMillis when the request that it answers was sent
     * @param responseMillis when its head was received
     * @param rules of the route
     */
    static Freshness of(
            Fields response,
            CacheControl directives,
            int status,
            long requestMillis,
            long responseMillis,
            Rules rules) {
        long received = Math.floorDiv(responseMillis, 1000L);
        long date = date(response, received);
        long delay = Math.max(0, responseMillis - requestMillis);
        long apparent = Math.max(0, received - date);
        long initialAge = Math.max(1000 * apparent, 1000 * age(response) + delay);

        long route = rules.lifetime(status);
        if (route != Rules.AS_HEADERS_SAY) {
            boolean endless = route == Rules.UNTIL_INVALIDATED;
            long lifetime = endless ? FOREVER : initialAge + 1000 * Math.min(route, CacheControl.MOST);
            return new Freshness(route == Rules.NEVER ? 0 : lifetime, initialAge, responseMillis, Source.ROUTE);
        }
        long explicit = explicit(response, directives, date, received);
        if (explicit >= 0) {
            return new Freshness(1000 * explicit, initialAge, responseMillis, Source.EXPLICIT);
        }
        long modified = single(response, "Last-Modified", received);
        boolean guess = rules.heuristics() && modified != HttpDate.NONE && date > modified
                && (Storing.isHeuristic(status) || directives.isPublic());
        if (!guess) {
            return new Freshness(0, initialAge, responseMillis, Source.NONE);
        }
        long guessed = Math.min((date - modified) / 10, MOST_GUESSED);
        return new Freshness(1000 * guessed, initialAge, responseMillis, Source.HEURISTIC);
    }

    /** How old it is, in milliseconds; never less than when it was received, even if the clock is set back. */
    long ageMillis(long nowMillis) {
        return initialAgeMillis + Math.max(0, nowMillis - responseMillis);
    }

    /** How old it is, in whole seconds: the value of Age (section 5.1). */
    long age(long nowMillis) {
        return Math.min(ageMillis(nowMillis) / 1000, CacheControl.MOST);
    }

    /** Whether its lifetime is longer than its age. */
    boolean isFresh(long nowMillis) {
        return lifetimeMillis > ageMillis(nowMillis);
    }

    /** For how many milliseconds it has been stale; 0 at the moment that it becomes so, less while it is fresh. */
    long stalenessMillis(long nowMillis) {
        return ageMillis(nowMillis) - lifetimeMillis;
    }

    /** For how many whole seconds it has been stale; 0 while it is fresh. */
    long staleness(long nowMillis) {
        return Math.max(0, stalenessMillis(nowMillis)) / 1000;
    }

    /** For how many whole seconds it stays fresh, less than 0 if it is stale: {@code ttl} of RFC 9211 section 2.4. */
    long remaining(long nowMillis) {
        return Math.floorDiv(-stalenessMillis(nowMillis), 1000L);
    }

    /** The same response, stale from now on: purged softly, or contradicted by a HEAD. Its windows begin now. */
    Freshness expired(long nowMillis) {
        long age = ageMillis(nowMillis);
        return isFresh(nowMillis) ? new Freshness(age, initialAgeMillis, responseMillis, source) : this;
    }

    /** Whether the response names a lifetime itself, one that a cache may store it for. */
    static boolean isNamed(Fields response, CacheControl directives) {
        return directives.sMaxAge() >= 0 || directives.maxAge() >= 0
                || !directives.targeted() && response.contains("Expires");
    }

    /**
     * The Date of a response, in seconds since 1970.
     *
     * @param received seconds since 1970: what counts if there is no Date, two of them, or none that can be read
     */
    static long date(Fields response, long received) {
        long date = single(response, "Date", received);
        return date == HttpDate.NONE ? received : date;
    }

    /** The date in the only line of that name, in seconds since 1970, or {@link HttpDate#NONE}. */
    static long single(Fields response, String name, long now) {
        String text = response.first(name);
        return text == null || text.isEmpty() || response.all(name).size() > 1
                ? HttpDate.NONE : LooseDate.parse(text, now);
    }

    /** Delta-seconds (section 1.2.2): digits only, saturated at {@link CacheControl#MOST}; -1 if it is none. */
    static long seconds(String text) {
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = Math.min(10 * number + c - '0', CacheControl.MOST);
        }
        return text.isEmpty() ? -1 : number;
    }

    /** The first member of the first Age line; 0 if it is no number of seconds (section 5.1). */
    private static long age(Fields response) {
        String text = response.first("Age");
        if (text == null) {
            return 0;
        }
        int comma = text.indexOf(',');
        return Math.max(0, seconds(comma < 0 ? text : FieldSyntax.trim(text.substring(0, comma))));
    }

    /** Seconds, -1 if the response names no lifetime (section 4.2.1). */
    private static long explicit(Fields response, CacheControl directives, long date, long received) {
        if (directives.sMaxAge() >= 0) {
            return directives.sMaxAge();
        }
        if (directives.maxAge() >= 0) {
            return directives.maxAge();
        }
        List<String> lines = directives.targeted() ? List.of() : response.all("Expires");
        if (lines.isEmpty()) {
            return -1;
        }
        long expires = lines.size() > 1 ? HttpDate.NONE : LooseDate.parse(lines.get(0), received);
        return expires == HttpDate.NONE ? 0 : Math.min(Math.max(0, expires - date), CacheControl.MOST);
    }
}
