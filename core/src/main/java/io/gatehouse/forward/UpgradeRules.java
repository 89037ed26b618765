/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.Request;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.ResponseHead;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which protocols a client may switch to (RFC 9110 section 7.8). What a target agreed to speak is nobody's to read any more: a protocol is
 * let through by its name only, and HTTP/2 in the clear never, whose requests would pass by every rule.
 *
 * @param protocols in lower case
 */
record UpgradeRules(Set<String> protocols) {

    /** WebSocket alone. */
    static final UpgradeRules DEFAULTS = new UpgradeRules(Set.of("websocket"));

    /** The one protocol that a request asks for and may have, as it was written; null if the request goes on as any other. */
    @Nullable String asked(Request request) {
        Fields fields = request.fields();
        String protocol = single(fields);
        if (protocol == null
                || !fields.lists("Connection", "upgrade")
                || request.head().version() != HttpVersion.HTTP_1_1
                || !request.method().equals("GET")
                || request.contentLength() != 0
                || !protocols.contains(protocol.toLowerCase(Locale.ROOT))) {
            return null;
        }
        return protocol;
    }

    /** Whether a 101 switches to what was asked for. */
    static boolean agrees(ResponseHead head, String protocol) {
        return head.fields().lists("Connection", "upgrade") && protocol.equalsIgnoreCase(single(head.fields()));
    }

    /** What a 426 may tell of the protocols that would do; null if there is nothing. */
    @Nullable String required(ResponseHead head) {
        String protocol = head.status() == 426 ? single(head.fields()) : null;
        return protocol != null && protocols.contains(protocol.toLowerCase(Locale.ROOT)) ? protocol : null;
    }

    private static @Nullable String single(Fields fields) {
        List<String> values = fields.all("Upgrade");
        return values.size() == 1 && FieldSyntax.isToken(values.get(0)) ? values.get(0) : null;
    }
}
