/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import java.util.Set;
import java.util.TreeSet;

/** Which fields a message may carry where: connection fields and trailer fields (RFC 9110 sections 6.5.1 and 7.6.1). */
public final class FieldRules {

    // Framing, routing, request modifiers, authentication, response control, content format: RFC 9110 section 6.5.1.
    private static final Set<String> NOT_IN_TRAILERS = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    static {
        NOT_IN_TRAILERS.addAll(Set.of(
                "Transfer-Encoding", "Content-Length", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade",
                "TE", "Trailer", "Host", "Max-Forwards", "Expect", "Cache-Control", "Pragma", "Range", "If-Match",
                "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Authorization",
                "Proxy-Authorization", "Proxy-Authenticate", "WWW-Authenticate", "Cookie", "Set-Cookie", "Age",
                "Expires", "Date", "Location", "Retry-After", "Vary", "Content-Encoding", "Content-Type",
                "Content-Range", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
                "X-Forwarded-Port", "Content-Location"));
    }

    private FieldRules() {}

    /** Whether the field says something about one connection only, so that the codec writes it and nobody else. */
    public static boolean isConnectionField(String name) {
        return switch (name.length()) {
            case 2 -> name.equalsIgnoreCase("TE");
            case 7 -> name.equalsIgnoreCase("Upgrade");
            case 10 -> name.equalsIgnoreCase("Connection") || name.equalsIgnoreCase("Keep-Alive");
            case 16 -> name.equalsIgnoreCase("Proxy-Connection");
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding");
            default -> false;
        };
    }

    /**
     * The fields without those that may not come in a trailer section; they are dropped, never merged into the head.
     */
    public static Fields trailers(Fields fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (NOT_IN_TRAILERS.contains(fields.name(i))) {
                Fields.Builder kept = Fields.builder();
                for (int j = 0; j < fields.size(); j++) {
                    if (!NOT_IN_TRAILERS.contains(fields.name(j))) {
                        kept.add(fields.name(j), fields.value(j));
                    }
                }
                return kept.build();
            }
        }
        return fields;
    }

    /** The names that the Connection field nominates besides the options that are no fields; in lower or upper case. */
    public static Set<String> nominated(Fields fields) {
        String connection = fields.joined("Connection");
        if (connection == null) {
            return Set.of();
        }
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String option : connection.split(",", -1)) {
            String name = FieldSyntax.trim(option);
            if (!name.isEmpty() && !name.equalsIgnoreCase("close")) {
                names.add(name);
            }
        }
        return names;
    }
}
