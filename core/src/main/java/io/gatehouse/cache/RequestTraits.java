/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.http.Fields;
import java.util.List;

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
    /** It has X-HTTP-Method-Override, by which some frameworks take it for one with another method. */
    static final int METHOD_OVERRIDE = 128;
    /** The same by X-HTTP-Method. */
    static final int OTHER_METHOD = 256;
    /** The same by X-Method-Override. */
    static final int OVERRIDE = 512;
    /** It has X-Original-URL, which some frameworks take for its target. */
    static final int ORIGINAL_URL = 1024;
    /** The same by X-Rewrite-URL. */
    static final int REWRITE_URL = 2048;

    private static final int OVERRIDES = METHOD_OVERRIDE | OTHER_METHOD | OVERRIDE | ORIGINAL_URL | REWRITE_URL;

    private RequestTraits() {}

    /** The traits of a request with these fields. */
    static int of(Fields fields) {
        int traits = 0;
        for (int i = 0; i < fields.size(); i++) {
            traits |= of(fields.name(i), fields.value(i));
        }
        return traits;
    }

    /**
     * The traits by which a request is for something else than its target says, to those who heed them.
     *
     * @param keyed names of fields that are in the key, in lower case
     */
    static int overrides(List<String> keyed) {
        int traits = OVERRIDES;
        for (String name : keyed) {
            traits &= ~of(name, "");
        }
        return traits;
    }

    /** Why a request with these traits passes the cache by. */
    static Reason bypass(int traits) {
        return (traits & BODY) != 0 ? Reason.REQUEST_BODY
                : (traits & OVERRIDES) != 0 ? Reason.OVERRIDE
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
                    : name.equalsIgnoreCase("Authorization") ? AUTHORIZATION
                    : name.equalsIgnoreCase("X-HTTP-Method") ? OTHER_METHOD
                    : name.equalsIgnoreCase("X-Rewrite-URL") ? REWRITE_URL : isCondition(name) ? CONDITIONS : 0;
            case 14 -> name.equalsIgnoreCase("Content-Length") && !value.equals("0") ? BODY
                    : name.equalsIgnoreCase("X-Original-URL") ? ORIGINAL_URL : 0;
            case 17 -> name.equalsIgnoreCase("Transfer-Encoding") ? BODY
                    : name.equalsIgnoreCase("X-Method-Override") ? OVERRIDE : isCondition(name) ? CONDITIONS : 0;
            case 19 -> isCondition(name) ? CONDITIONS : 0;
            case 22 -> name.equalsIgnoreCase("X-HTTP-Method-Override") ? METHOD_OVERRIDE : 0;
            default -> 0;
        };
    }

    /** If-Match and If-Range, If-None-Match, If-Modified-Since, If-Unmodified-Since. */
    private static boolean isCondition(String name) {
        return (name.charAt(0) | 0x20) == 'i' && (name.charAt(1) | 0x20) == 'f' && name.charAt(2) == '-';
    }
}
