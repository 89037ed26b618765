/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import org.jspecify.annotations.Nullable;

/** In which words the handler is asked for what a client wants: its own, or such that the answer can be kept. Any thread. */
final class Asking {

    private Asking() {}

    /**
     * The fields that the handler of a GET sees.
     *
     * @param client the client's; the result is this very object if nothing is to be changed
     * @param known what is stored and was not good enough; null if nothing is
     */
    static Fields fields(CacheRun run, Fields client, @Nullable StoredAnswer known, Making.Kind kind) {
        if (run.unkept() != null) {
            return client;
        }
        if (kind == Making.Kind.VALIDATE && known != null) {
            return Validation.request(client, known.fields());
        }
        boolean ranged = (run.traits() & RequestTraits.RANGE) != 0;
        ContentRange part = known == null ? null : known.part();
        if (kind == Making.Kind.COMPLETE && known != null && part != null && !ranged) {
            Fields missing = PartialContent.completing(client, known.fields(), part);
            return missing == null ? client : missing;
        }
        if (kind != Making.Kind.MISS && kind != Making.Kind.REPLACE) {
            return client;
        }
        if (!keepsConditions(run.route())) {
            return Validation.unconditional(client);
        }
        // A part would take the place of the whole that is there.
        return kind == Making.Kind.REPLACE && known != null && part == null && ranged
                ? client.without("Range").without("If-Range") : client;
    }

    /** Whether conditions and ranges of clients go on to the handler when nothing is stored. */
    static boolean keepsConditions(CachedHandler route) {
        long lifetime = route.rules().lifetime();
        return lifetime == Rules.AS_HEADERS_SAY || lifetime == Rules.NEVER;
    }
}
