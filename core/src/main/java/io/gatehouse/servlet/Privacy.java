/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.Fields;
import java.util.regex.Pattern;

/**
 * Whether an answer is for everyone. What needed a login, or told the application who asks, must not lie in a shared cache, where
 * the next one gets it without a question - whatever the application says (RFC 9111 section 5.2.2.7): it says so for those whom the
 * constraints let in, but the output cache answers before they are asked.
 */
enum Privacy {
    /** Anybody may have it. */
    SHARED,
    /** It is for one caller. */
    PRIVATE,
    /** It must not be kept: a login page in the place of what was asked for. */
    NO_STORE;

    private static final Pattern KEPT_APART = Pattern.compile("(?i)(^|[,\\s])(private|no-store)\\s*(,|$)");

    /** Makes the fields of an answer say so. */
    void apply(Fields.Builder fields) {
        if (this == SHARED) {
            return;
        }
        // Fields for some caches only would overrule the one for all (RFC 9213).
        fields.remove("CDN-Cache-Control").remove("Surrogate-Control");
        String said = fields.build().joined("Cache-Control");
        if (this == NO_STORE) {
            fields.set("Cache-Control", "no-store");
        } else if (said == null || said.isBlank()) {
            fields.set("Cache-Control", "private");
        } else if (!KEPT_APART.matcher(said).find()) {
            fields.set("Cache-Control", said + ", private");
        }
    }
}
