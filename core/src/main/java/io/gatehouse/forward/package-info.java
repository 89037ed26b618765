/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * Hands a prefix to an HTTP/1.1 server elsewhere, the origin, and streams its answer back.
 *
 * <p>{@link io.gatehouse.forward.Forward} is a handler like any other. May import {@code http1} for the bytes, {@code handler}
 * and {@code http}; it knows no transport, no route and no cache, and each of them may stand in front of it.
 *
 * <pre>
 *   worker:  Forward.handle ── names resolved, head made anew ──► one hop to the loop
 *   loop:    ConnectionPool ── idle, new, or waited for ──► OriginConnection
 *            Upload:    Request.read / demand ──► framing made anew ──► the origin's socket
 *            Download:  the origin's socket ──► ResponseParser, BodyDecoder ──► Response.inform / write
 * </pre>
 *
 * <p>A {@code Passage} is one request on its way: it owns its request and response from the hop on. It holds one buffer
 * each way, of 16 KiB, or of 128 KiB in a long body: nothing is read from one side before the other has taken what came
 * before. Strict at both
 * sides: fields of a connection never cross, framing is made anew, and an answer that can be read in two ways is a 502.
 */
@NullMarked
package io.gatehouse.forward;

import org.jspecify.annotations.NullMarked;
