/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
/**
 * Hands a prefix to HTTP/1.1 servers elsewhere, the targets, and streams their answers back.
 *
 * <p>{@link io.gatehouse.forward.Forward} is a handler like any other. May import {@code http1} for the bytes, {@code handler}
 * and {@code http}; it knows no transport, no route and no cache, and each of them may stand in front of it.
 *
 * <pre>
 *   worker:  Forward.handle ── fields made anew ──► one hop to the loop
 *   loop:    Switchboard ── Choice among the targets in service ──► Target; else waits, is held, or 503
 *            ConnectionPool ── idle, or new: NameLookup, TLS, PeerCheck ──► OriginConnection
 *            Upload:    Request.read / demand ──► framing made anew ──► the target's socket
 *            Download:  the target's socket ──► ResponseParser, BodyDecoder ──► Response.inform / write
 *            Tunnel:    after a 101, bytes as they are, both ways
 *            failure ──► TargetHealth is told; another target if that is safe, else 502, 503, 504
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
