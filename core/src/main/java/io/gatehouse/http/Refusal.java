/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

/**
 * Why a request was refused before a handler saw it, or cut off while its body came: one table for all transports and the
 * engine, each row with the status that the peer gets and the word that the log and the counters use.
 *
 * <p>After a refusal whose framing can't be trusted the connection is closed. A status of 0 means that nothing is answered.
 */
public enum Refusal {
    /** The request line or a field line breaks the grammar (RFC 9112 sections 2.2, 3 and 5). */
    SYNTAX(400, "syntax"),
    /** No Host, two Hosts, a malformed one, or one that contradicts an absolute-form target (RFC 9112 section 3.2). */
    HOST(400, "host"),
    /** Content-Length and Transfer-Encoding together, or either of them unclear (RFC 9112 section 6). */
    FRAMING(400, "framing"),
    /** A chunk or the trailer section breaks the grammar (RFC 9112 section 7.1). */
    CHUNK(400, "chunk"),
    /** The body ended before its framing said so (RFC 9112 section 8). */
    TRUNCATED(400, "truncated"),
    /** Plain HTTP, sent to a port that speaks TLS. */
    PLAIN(400, "plain"),
    /** What a trusted proxy says of the client is malformed or contradicts itself (RFC 7239 section 4, {@code proxy.trusted}). */
    FORWARDED(400, "forwarded"),
    /** The target has a sequence that two readers could take for different paths. */
    TARGET(400, "target"),
    /** The head did not arrive within {@code timeouts.head}. */
    HEAD_TIMEOUT(408, "head-timeout"),
    /** The body came slower than {@code limits.rate} over {@code timeouts.body}. */
    BODY_TIMEOUT(408, "body-timeout"),
    /** The body is larger than {@code limits.body}. */
    BODY_SIZE(413, "body-size"),
    /** The request line is longer than {@code limits.line}. */
    LINE_SIZE(414, "line-size"),
    /** An expectation other than 100-continue (RFC 9110 section 10.1.1). */
    EXPECTATION(417, "expectation"),
    /** The head is larger than {@code limits.head}. */
    HEAD_SIZE(431, "head-size"),
    /** The head has more fields than {@code limits.fields}. */
    FIELD_COUNT(431, "field-count"),
    /** A transfer coding other than chunked (RFC 9112 section 6.1), or a method that is not served by any server here. */
    UNSUPPORTED(501, "unsupported"),
    /** More requests than {@code limits.in-flight} and {@code limits.queue} allow. */
    OVERLOAD(503, "overload"),
    /** A request waited for a place among {@code limits.in-flight} longer than {@code timeouts.queue}. */
    QUEUE_TIMEOUT(503, "queue-timeout"),
    /** More connections than {@code limits.connections}. */
    CONNECTIONS(503, "connections"),
    /** The server is stopping. */
    STOPPING(503, "stopping"),
    /** A version other than HTTP/1.0 and 1.1 (RFC 9110 section 15.6.6). */
    VERSION(505, "version"),
    /** The TLS handshake failed, or a record was forged (RFC 8446): closed with an alert. */
    TLS(0, "tls"),
    /** Nothing came on a kept connection within {@code timeouts.idle}: closed without an answer. */
    IDLE(0, "idle"),
    /** The peer took the answer slower than {@code limits.rate} over {@code timeouts.write}: cut off. */
    WRITE_TIMEOUT(0, "write-timeout"),
    /** The peer closed or reset the connection before it had its answer. */
    DISCONNECTED(0, "disconnected");

    private final int status;
    private final String word;

    Refusal(int status, String word) {
        this.status = status;
        this.word = word;
    }

    /** The status that answers it, or 0 for none. */
    public int status() {
        return status;
    }

    /** The word that names it in logs and counters. */
    public String word() {
        return word;
    }
}
