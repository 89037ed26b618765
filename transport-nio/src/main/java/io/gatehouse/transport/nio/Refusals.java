/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.ResponseHead;
import io.gatehouse.http1.DateLine;
import io.gatehouse.http1.Fault;
import io.gatehouse.http1.Persistence;
import io.gatehouse.http1.ResponseEncoder;
import io.gatehouse.transport.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The answers that the transport gives by itself. */
final class Refusals {

    private Refusals() {}

    /** A whole answer, which says that the connection closes. */
    static ByteBuffer answer(Fault fault, DateLine date) {
        byte[] body = (fault.detail() + '\n').getBytes(StandardCharsets.UTF_8);
        byte[] encoded = ResponseEncoder.encode(ResponseHead.of(
                fault.refusal().status(), "Content-Type", "text/plain; charset=utf-8",
                "Content-Length", Integer.toString(body.length)));
        ByteBuffer out = ByteBuffer.allocate(ResponseEncoder.bound(encoded) + body.length);
        ResponseEncoder.put(out, encoded, date.bytes(), body.length, false, Persistence.CLOSES);
        return out.put(body).flip();
    }

    /** What is said to a connection beyond the limit. */
    static String tooMany(Limits limits) {
        return "more connections than limits.connections=" + limits.connections();
    }
}
