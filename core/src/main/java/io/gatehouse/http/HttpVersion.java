/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/** The protocol version of a message (RFC 9110 section 2.5). HTTP/0.9 does not exist here: a transport refuses it. */
public enum HttpVersion {
    /** HTTP/1.0 (RFC 1945, as RFC 9112 treats it): no chunked coding, closes unless keep-alive is asked for. */
    HTTP_1_0("HTTP/1.0"),
    /** HTTP/1.1 (RFC 9112). */
    HTTP_1_1("HTTP/1.1"),
    /** HTTP/2 (RFC 9113). */
    HTTP_2("HTTP/2.0");

    private final String text;

    HttpVersion(String text) {
        this.text = text;
    }

    /** The name as a Servlet's {@code getProtocol} and an access log print it, {@code HTTP/1.1} for example. */
    @Override
    public String toString() {
        return text;
    }
}
