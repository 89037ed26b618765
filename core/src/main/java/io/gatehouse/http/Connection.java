/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * What is known about the connection that a request came over; the same value for every request of it.
 *
 * @param id unique among the connections of the process, never reused: {@link #newId}
 * @param remote the peer: an {@link java.net.InetSocketAddress}, or an unnamed {@link java.net.UnixDomainSocketAddress}. Above the
 *     engine, the client whom a trusted proxy names ({@link ProxyRules}); unresolved if the proxy hides it
 * @param local the address on this side that the peer reached
 * @param tls the TLS session, or null on a plain connection
 * @param protocol the version that the connection speaks; a single HTTP/1.0 request on an HTTP/1.1 connection is told
 *     apart by {@link RequestHead#version()}
 */
public record Connection(
        long id, SocketAddress remote, SocketAddress local, @Nullable SSLSession tls, HttpVersion protocol) {

    private static final AtomicLong IDS = new AtomicLong();

    /** An id for a new connection, of whatever transport. Any thread. */
    public static long newId() {
        return IDS.incrementAndGet();
    }

    /** Whether bytes on this connection are protected by TLS. */
    public boolean secure() {
        return tls != null;
    }
}
