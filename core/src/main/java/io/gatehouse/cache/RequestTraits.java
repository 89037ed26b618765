/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;

/** What a look over a request's fields tells the cache: one pass, bits, no garbage. */
final class RequestTraits {

    /** It may have a body. */
    static final int BODY = 1;
    static final int AUTHORIZATION = 2;
    static final int COOKIE = 4;
    /** Cache-Control or Pragma. */
    static final int DIRECTIVES = 8;
    /** If-None-Match and its like. */
    static final int CONDITIONS = 16;
    static final int RANGE = 32;
    /** It asks for another protocol; for h2c, which RFC 9113 section 3.1 took back, no handler is asked. */
    static final int UPGRADE = 64;

    private RequestTraits() {}

    /** The traits of a request with these fields. */
    static int of(Fields fields) {
        int traits = 0;
        for (int i = 0; i < fields.size(); i++) {
            traits |= of(fields.name(i), fields.value(i));
        }
        return traits;
    }

    /** Why a request with these traits passes the cache by. */
    static Reason bypass(int traits) {
        return (traits & BODY) != 0 ? Reason.REQUEST_BODY
                : (traits & AUTHORIZATION) != 0 ? Reason.AUTHORIZATION
                : (traits & COOKIE) != 0 ? Reason.COOKIE : Reason.METHOD;
    }

    private static int of(String name, String value) {
        return switch (name.length()) {
            case 5 -> name.equalsIgnoreCase("Range") ? RANGE : 0;
            case 6 -> name.equalsIgnoreCase("Cookie") ? COOKIE : name.equalsIgnoreCase("Pragma") ? DIRECTIVES : 0;
            case 7 -> name.equalsIgnoreCase("Upgrade") && !value.equalsIgnoreCase("h2c") ? UPGRADE : 0;
            case 8 -> isCondition(name) ? CONDITIONS : 0;
            case 13 -> name.equalsIgnoreCase("Cache-Control") ? DIRECTIVES
                    : name.equalsIgnoreCase("Authorization") ? AUTHORIZATION : isCondition(name) ? CONDITIONS : 0;
            case 14 -> name.equalsIgnoreCase("Content-Length") && !value.equals("0") ? BODY : 0;
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding") ? BODY : isCondition(name) ? CONDITIONS : 0;
            case 19 -> isCondition(name) ? CONDITIONS : 0;
            default -> 0;
        };
    }

    /** If-Match and If-Range, If-None-Match, If-Modified-Since, If-Unmodified-Since. */
    private static boolean isCondition(String name) {
        return (name.charAt(0) | 0x20) == 'i' && (name.charAt(1) | 0x20) == 'f' && name.charAt(2) == '-';
    }
}
