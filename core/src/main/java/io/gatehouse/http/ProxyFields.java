/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/** In which fields trusted proxies tell of the client: {@code proxy.fields}. Fields of the other kind are not looked at. */
public enum ProxyFields {
    /** X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host and X-Forwarded-Port, which no document defines and most proxies send. */
    X_FORWARDED,
    /** Forwarded (RFC 7239). */
    FORWARDED
}
