/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * How a client's head becomes the one that a target gets: the fields once, on the worker; path and Host for each target that
 * it is given to.
 *
 * @param host what Host says in any case; null if nothing is said
 * @param preserveHost whether Host is what the client asked for
 * @param via the name in Via (RFC 9110 section 7.6.3); null for none
 * @param loops how many times that name may stand in Via already
 * @param forwarded what is told of the client
 */
record OutwardRules(
        @Nullable Authority host, boolean preserveHost, @Nullable String via, int loops, ForwardedFields forwarded) {

    /**
     * The fields to send, without Host.
     *
     * @throws HttpFailure 400 if they can't stand in HTTP/1.1, 508 if the request has been here too often
     */
    Fields fields(Request request) {
        RequestHead head = request.head();
        try {
            Fields.Builder fields = EndToEnd.of(head.fields(), ForwardedFields::isOne).remove("Host");
            long hops = maxForwards(head);
            if (hops > 0) {
                fields.set("Max-Forwards", Long.toString(hops - 1));
            }
            forwarded.add(fields, request);
            if (via != null) {
                if (Via.count(head.fields(), via) > loops) {
                    throw new HttpFailure(508, "The request goes round in circles.");
                }
                fields.add("Via", Via.value(head.version(), via));
            }
            return fields.build();
        } catch (IllegalArgumentException e) {
            throw new HttpFailure(400, "The request can't be passed on.", e);
        }
    }

    /** The head to send to one target. */
    RequestHead head(Request request, Fields fields, Origin origin) {
        RequestHead head = request.head();
        try {
            String target = OutwardTarget.of(request.target(), origin.path(), request.prefixLength());
            return new RequestHead(head.method(), "http", authority(head, origin), target, HttpVersion.HTTP_1_1, fields);
        } catch (IllegalArgumentException e) {
            throw new HttpFailure(400, "The request can't be passed on.", e);
        }
    }

    /** The head of a health check. */
    RequestHead checkHead(RequestHead head) {
        return host == null ? head : new RequestHead(
                head.method(), head.scheme(), host, head.target(), head.version(), head.fields());
    }

    /** Whether a request may be sent once more when nobody knows what became of it (RFC 9110 section 9.2.2). */
    static boolean isIdempotent(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
    }

    /**
     * How far an OPTIONS or TRACE may still go (RFC 9110 section 7.6.2).
     *
     * @return -1 if that is not bounded
     */
    static long maxForwards(RequestHead head) {
        String value = head.fields().first("Max-Forwards");
        if (value == null || !head.method().equals("OPTIONS") && !head.method().equals("TRACE")) {
            return -1;
        }
        if (value.isEmpty() || value.length() > 9 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return -1;
        }
        return Long.parseLong(value);
    }

    /** What Host says to a target. */
    Authority authority(RequestHead head, Origin origin) {
        Authority asked = head.authority();
        return host != null ? host : preserveHost && asked != null ? asked : origin.authority();
    }
}
