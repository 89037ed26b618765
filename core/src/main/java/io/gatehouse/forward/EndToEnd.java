/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.Fields;
import io.gatehouse.http1.FieldRules;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fields of a message that may cross (RFC 9110 section 7.6.1): without those of one connection, those that its Connection field
 * names, and those between a client and its proxy (section 11.7), which this is not. All others keep their order, their case
 * and their number.
 */
final class EndToEnd {

    private EndToEnd() {}

    /** What may cross, each name and value checked once more: what stands in it can't split the next message. */
    static Fields.Builder of(Fields fields) {
        return of(fields, name -> false);
    }

    /** The same without some more. */
    static Fields.Builder of(Fields fields, Predicate<String> dropped) {
        Set<String> nominated = FieldRules.nominated(fields);
        Fields.Builder kept = Fields.builder();
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i);
            if (!FieldRules.isConnectionField(name) && !isProxyField(name) && !nominated.contains(name) && !dropped.test(name)) {
                kept.add(name, fields.value(i));
            }
        }
        return kept;
    }

    /**
     * The trailer fields that may cross: without those that are never allowed there, those of one connection, and those that the head's
     * Connection names.
     */
    static Fields trailers(Fields trailers, Fields head) {
        return trailers.size() == 0 ? trailers : of(FieldRules.trailers(trailers), FieldRules.nominated(head)::contains).build();
    }

    private static boolean isProxyField(String name) {
        return name.length() >= 18
                && name.regionMatches(true, 0, "Proxy-Auth", 0, 10)
                && (name.equalsIgnoreCase("Proxy-Authenticate")
                        || name.equalsIgnoreCase("Proxy-Authorization")
                        || name.equalsIgnoreCase("Proxy-Authentication-Info"));
    }
}
