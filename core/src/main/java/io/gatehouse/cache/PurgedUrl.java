/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Normalised;
import io.gatehouse.http.RefusedTarget;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a purge by URL is about, as its caller wrote it: {@code /path?query} for all hosts, {@code http://host/path} for one.
 *
 * @param scheme null for both
 * @param authority null for all
 * @param allQueries whether it ends in {@code ?}
 */
record PurgedUrl(@Nullable String scheme, @Nullable Authority authority, Target target, boolean allQueries) {

    /**
     * Reads it.
     *
     * @param rules by which the server reads targets
     * @throws IllegalArgumentException if it is none
     */
    static PurgedUrl parse(String url, TargetRules rules) {
        String scheme = null;
        Authority authority = null;
        String rest = url;
        if (!url.startsWith("/")) {
            URI uri = URI.create(url);
            scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            String host = uri.getRawAuthority();
            Authority named = host == null ? null : Authority.parse(host);
            if (named == null || !scheme.equals("http") && !scheme.equals("https")) {
                throw new IllegalArgumentException(
                        "can't purge " + url + ": write /path, or http://host/path with a scheme and a host");
            }
            authority = CacheKey.authority(scheme, named);
            rest = uri.getRawPath().isEmpty() ? "/" : url.substring(url.indexOf('/', url.indexOf("//") + 2));
        }
        Normalised normalised = Target.normalise(rest, rules);
        if (normalised instanceof Target target) {
            return new PurgedUrl(scheme, authority, target, rest.endsWith("?"));
        }
        throw new IllegalArgumentException("can't purge " + url + ": " + ((RefusedTarget) normalised).message());
    }

    /** As a prefix of what routes keep of URLs, so that no query is picked apart for it. */
    String prefix() {
        String query = target.query();
        return target.path() + (query == null ? allQueries ? "?" : "" : '?' + query);
    }

    /** Whether it means a path as a whole, which has no further paths below it. */
    boolean hasQuery() {
        return allQueries || target.query() != null;
    }
}
