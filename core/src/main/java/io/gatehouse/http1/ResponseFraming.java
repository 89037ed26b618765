/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.HttpVersion;

/** How the body of a response that is sent is delimited (RFC 9112 section 6, RFC 9110 section 6.4.1). */
public enum ResponseFraming {
    /** No byte of a body leaves. */
    NONE,
    /** By Content-Length. */
    LENGTH,
    /** By chunks; the only framing that can carry trailers. */
    CHUNKED,
    /** By the end of the connection, for an HTTP/1.0 peer. */
    UNTIL_CLOSE;

    /**
     * Decides.
     *
     * @param head whether the request was a HEAD
     * @param version of the request
     * @param status of the response
     * @param declared the Content-Length that core gave, or -1
     * @param whole whether the body at hand is all of it
     */
    public static ResponseFraming of(boolean head, HttpVersion version, int status, long declared, boolean whole) {
        if (head || status < 200 || status == 204 || status == 304) {
            return NONE;
        }
        if (declared >= 0 || whole) {
            return LENGTH;
        }
        return version == HttpVersion.HTTP_1_0 ? UNTIL_CLOSE : CHUNKED;
    }

    /**
     * The Content-Length that an answer to HEAD says of a body that is whole and does not leave, or -1: what GET would say (RFC
     * 9110 section 8.6), if there is something to tell it from.
     *
     * @param status of the response
     * @param size of the body at hand
     */
    public static long headLength(int status, int size) {
        return size > 0 && status >= 200 && status != 204 && status != 304 ? size : -1;
    }
}
