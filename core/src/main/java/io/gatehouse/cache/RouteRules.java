/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes {@link Rules} of what an application says: in whole seconds, a begun one counting as a whole. */
final class RouteRules {

    private RouteRules() {}

    /** The rules of a policy. */
    static Rules of(CachePolicy policy) {
        Duration ifError = policy.staleIfError();
        return new Rules(
                seconds(policy.lifetime()),
                policy.errors(),
                true,
                policy.requestDirectives(),
                seconds(policy.staleWhileRevalidate()),
                ifError == null ? CacheControl.MOST : seconds(ifError));
    }

    /**
     * The lifetime that an answer's own field {@link OutputCache#LIFETIME} names: {@code never}, {@code until-purged}, {@code
     * headers}, or a number of seconds; null if it names none. One that can't be read is taken for never.
     */
    static @Nullable Long lifetime(@Nullable String value) {
        if (value == null) {
            return null;
        }
        return switch (value) {
            case "never" -> Rules.NEVER;
            case "until-purged" -> Rules.UNTIL_INVALIDATED;
            case "headers" -> Rules.AS_HEADERS_SAY;
            default -> Math.max(Rules.NEVER, Freshness.seconds(value));
        };
    }

    private static long seconds(Lifetime lifetime) {
        if (lifetime instanceof Lifetime.For given) {
            return seconds(given.duration());
        }
        return lifetime instanceof Lifetime.Never ? Rules.NEVER
                : lifetime instanceof Lifetime.UntilPurged ? Rules.UNTIL_INVALIDATED : Rules.AS_HEADERS_SAY;
    }

    private static long seconds(Duration duration) {
        long seconds = duration.getSeconds() + (duration.getNano() > 0 ? 1 : 0);
        return Math.min(seconds, CacheControl.MOST);
    }
}
