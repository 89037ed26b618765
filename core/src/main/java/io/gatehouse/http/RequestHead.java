/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import org.jspecify.annotations.Nullable;

/**
 * The head of a request as a transport hands it over: its syntax is checked, its framing fields make sense together, and
 * nothing in it is normalised.
 *
 * @param method a token, with case (RFC 9110 section 9.1)
 * @param scheme {@code http} or {@code https}: what the connection is, not what the peer claims; above the engine, what the
 *     client used, if a trusted proxy says so
 * @param authority whom the request is for: the target's in absolute-form, else the Host field's or {@code :authority};
 *     null if the request named none, as HTTP/1.0 allows and HTTP/1.1 does with an empty Host
 * @param target as received (RFC 9112 section 3.2): origin-form, absolute-form, authority-form or {@code *}
 * @param version of this request
 * @param fields as received; on HTTP/2 without pseudo-fields and with {@code host}
 */
public record RequestHead(
        String method, String scheme, @Nullable Authority authority, String target, HttpVersion version, Fields fields) {

    /** Whether the method is HEAD, whose answer never has a body. */
    public boolean isHead() {
        return method.equals("HEAD");
    }
}
