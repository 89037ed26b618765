/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

/**
 * How the body of a received message is delimited (RFC 9112 section 6.3).
 *
 * @param kind one of the ways
 * @param length the bytes, for {@link Kind#LENGTH} and {@link Kind#NONE}; else -1
 */
public record Framing(Kind kind, long length) {

    /** The ways there are. */
    public enum Kind {
        /** There is no body. */
        NONE,
        /** As many bytes as Content-Length says. */
        LENGTH,
        /** Chunks (RFC 9112 section 7.1). */
        CHUNKED,
        /** All bytes until the connection ends; responses only. */
        UNTIL_CLOSE
    }

    /** No body. */
    public static final Framing NONE = new Framing(Kind.NONE, 0);

    /** Chunks. */
    public static final Framing CHUNKED = new Framing(Kind.CHUNKED, -1);

    /** Until the connection ends. */
    public static final Framing UNTIL_CLOSE = new Framing(Kind.UNTIL_CLOSE, -1);

    /** That many bytes; none at all for 0. */
    public static Framing ofLength(long length) {
        return length == 0 ? NONE : new Framing(Kind.LENGTH, length);
    }
}
