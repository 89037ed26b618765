/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.Fields;
import org.jspecify.annotations.Nullable;

/**
 * What a worker finds out about a request before the loop has it.
 *
 * @param fields for the target, without Host
 * @param key by which the target is chosen; null if it is by none
 * @param protocol that is to be switched to; null for none
 */
record Departure(Fields fields, @Nullable String key, @Nullable String protocol) {

    /** That of a health check. */
    static final Departure CHECK = new Departure(Fields.EMPTY, null, null);
}
