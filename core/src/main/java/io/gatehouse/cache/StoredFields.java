/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;

/**
 * The fields of a response that are stored with it and sent again byte for byte (RFC 9111 section 3.1): all that are
 * of the response and not of the connection, but Age, which is written anew each time it is sent.
 */
final class StoredFields {

    private static final String[] HOP_BY_HOP = {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authentication-Info", "Proxy-Authorization",
        "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"
    };

    private StoredFields() {}

    /**
     * What is stored of a response's fields. Left out are the fields of the connection and those that Connection names
     * (RFC 9110 section 7.6.1), what {@code private} and {@code no-cache} name (RFC 9111 sections 5.2.2.4 and
     * 5.2.2.7), and Age. Added is Date, if there is none (RFC 9110 section 6.6.1).
     *
     * @param response the fields as received, or as {@link Validation#updated} made them
     * @param directives {@link CacheControl#ofResponse} of them
     * @param responseMillis when the head was received, epoch milliseconds
     */
    static Fields of(Fields response, CacheControl directives, long responseMillis) {
        Fields.Builder kept = Fields.builder();
        for (int i = 0; i < response.size(); i++) {
            String name = response.name(i);
            if (!isHopByHop(response, name) && !name.equalsIgnoreCase("Age") && !drops(directives, name)) {
                kept.add(name, response.value(i));
            }
        }
        if (!kept.contains("Date")) {
            kept.add("Date", HttpDate.format(Math.floorDiv(responseMillis, 1000L)));
        }
        return kept.build();
    }

    /** Whether a field is of the connection: by its name, or because Connection names it. */
    static boolean isHopByHop(Fields message, String name) {
        for (String hop : HOP_BY_HOP) {
            if (hop.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return FieldSyntax.isToken(name) && message.lists("Connection", name);
    }

    /** Whether a qualified private or no-cache names the field. */
    static boolean drops(CacheControl directives, String name) {
        return names(directives.privateFields(), name) || names(directives.noCacheFields(), name);
    }

    private static boolean names(Iterable<String> names, String name) {
        for (String named : names) {
            if (named.equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }
}
