/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Request;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Normalised;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import io.gatehouse.http.TargetRules;

/** Methods that may change what is stored (RFC 9111 section 4.4): an unknown one may. */
final class Unsafe {

    private Unsafe() {}

    static boolean is(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE" -> false;
            default -> true;
        };
    }

    /**
     * Drops what is stored of a request's target, and of what its answer names by Location and Content-Location on the same
     * origin; of all routes.
     *
     * @param own what is made of this very answer, and is not dropped
     */
    static void invalidate(OutputCache cache, Request request, Fields answer, Fill own) {
        drop(cache, request.head(), request.target(), own);
        for (String name : new String[] {"Location", "Content-Location"}) {
            String reference = answer.first(name);
            String meant = reference == null ? null : Reference.resolve(request.head(), reference);
            Normalised target = meant == null ? null : Target.normalise(meant, TargetRules.STRICT);
            if (target instanceof Target other) {
                drop(cache, request.head(), other, own);
            }
        }
    }

    private static void drop(OutputCache cache, RequestHead head, Target target, Fill own) {
        Authority authority = CacheKey.authority(head.scheme(), head.authority());
        for (CachedHandler route : cache.routes()) {
            cache.store().purge(
                    route.index(), head.scheme(), authority, route.keys().url(target), false, -1, own);
        }
    }
}
