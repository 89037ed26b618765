/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Status;
import io.gatehouse.transport.Exchange;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The answer to a request that failed: a status, one line of plain text, and nothing that a browser would interpret. */
final class FailurePage {

    private FailurePage() {}

    /** Commits an exchange that is not committed with a whole failure page. Any thread, which owns the exchange. */
    static void commit(Exchange exchange, int status, String message) {
        byte[] body = body(status, message);
        exchange.commit(head(status, body.length), ByteBuffer.wrap(body), true, Completion.NOTHING);
    }

    static ResponseHead head(int status, int length) {
        Fields.Builder fields = Fields.builder()
                .add("Content-Type", "text/plain; charset=utf-8")
                .add("Content-Length", Integer.toString(length))
                .add("X-Content-Type-Options", "nosniff");
        if (status == 503) {
            fields.add("Retry-After", "1");
        }
        return ResponseHead.of(status, fields.build());
    }

    static byte[] body(int status, String message) {
        String text = status + " " + Status.reason(status) + (message.isEmpty() ? "" : "\n" + message) + "\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
