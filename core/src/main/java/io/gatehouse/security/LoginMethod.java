/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

/** How callers show who they are: the {@code auth-method} of Servlet 6.1 section 13.6. */
public enum LoginMethod {
    /** Not at all: what requires a known caller is closed, but for {@code HttpServletRequest.login}. */
    NONE("LOGIN"),
    /** By name and password in each request (RFC 7617). */
    BASIC("BASIC"),
    /** By the proof of a password in each request (RFC 7616). */
    DIGEST("DIGEST"),
    /** By a page of the application, once in a session. */
    FORM("FORM"),
    /** By the certificate of the TLS connection. */
    CLIENT_CERT("CLIENT_CERT");

    private final String authType;

    LoginMethod(String authType) {
        this.authType = authType;
    }

    /** What {@code HttpServletRequest.getAuthType} tells. */
    public String authType() {
        return authType;
    }
}
