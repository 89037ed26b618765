/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * The HTTP/1.1 codec (RFC 9112) without I/O: bytes to heads and bodies, and back.
 *
 * <p>Bytes come in {@link java.nio.ByteBuffer}s, cut anywhere, and any cut gives the same result. {@link
 * io.gatehouse.http1.RequestParser} and {@link io.gatehouse.http1.ResponseParser} make heads of them, {@link
 * io.gatehouse.http1.BodyDecoder} takes a body out of its framing; {@link io.gatehouse.http1.ResponseEncoder}, {@link
 * io.gatehouse.http1.RequestEncoder} and {@link io.gatehouse.http1.ChunkedEncoder} go the other way. The parsers are
 * strict: what two readers could take for different messages is refused, and a refusal is a value, a {@link
 * io.gatehouse.http1.Fault}, not an exception. May import {@code http} only; used by the NIO transport and by the
 * forwarder.
 */
@NullMarked
package io.gatehouse.http1;

import org.jspecify.annotations.NullMarked;
