/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.security;

/**
 * What a connection must do for the bytes on it: the {@code transport-guarantee} of Servlet 6.1 section 13.8.
 *
 * <p>Protected means TLS here, for both: {@link #INTEGRAL} is taken as {@link #CONFIDENTIAL}, as that section allows.
 */
public enum Guarantee {
    /** Any connection will do. */
    NONE,
    /** What is sent can't be changed on its way. */
    INTEGRAL,
    /** What is sent can't be read on its way. */
    CONFIDENTIAL;

    /** Whether the connection must be protected. */
    public boolean isProtected() {
        return this != NONE;
    }
}
