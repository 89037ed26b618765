/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

/** What a response says of the connection's further life (RFC 9112 section 9.3). */
public enum Persistence {
    /** It stays, which HTTP/1.1 takes for granted: nothing is said. */
    STAYS,
    /** It stays, which an HTTP/1.0 peer must be told. */
    STAYS_SAID,
    /** It closes. */
    CLOSES
}
