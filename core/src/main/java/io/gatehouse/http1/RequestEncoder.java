/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/** Makes bytes of request heads, always HTTP/1.1 (RFC 9112 sections 3 and 5); for who speaks to a server. */
public final class RequestEncoder {

    private RequestEncoder() {}

    /**
     * A whole head. Connection fields, Content-Length and Expect are left out; the framing writes its own field, and
     * Host comes from the fields, else from the authority, else it is empty.
     *
     * @param framing of the body that will follow
     * @param expectContinue whether to ask for 100 (Continue) before the body
     * @param persistent whether the connection may stay
     * @throws IllegalArgumentException if method or target can't stand in a request line, or the framing is not for
     *     requests
     */
    public static byte[] encode(RequestHead head, Framing framing, boolean expectContinue, boolean persistent) {
        if (!FieldSyntax.isToken(head.method()) || !isTarget(head.target())) {
            throw new IllegalArgumentException("method or target can't stand in a request line: "
                    + FieldSyntax.printable(head.method() + ' ' + head.target()));
        }
        Fields fields = head.fields();
        Set<String> nominated = FieldRules.nominated(fields);
        StringBuilder text = new StringBuilder(512)
                .append(head.method()).append(' ').append(head.target()).append(" HTTP/1.1\r\n");
        if (!fields.contains("Host")) {
            line(text, "Host", head.authority() == null ? "" : head.authority().toString());
        }
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i);
            boolean kept = !nominated.contains(name) || name.equalsIgnoreCase("Host"); // no request is without Host
            if (kept && !FieldRules.isConnectionField(name)
                    && !name.equalsIgnoreCase("Content-Length") && !name.equalsIgnoreCase("Expect")) {
                line(text, name, fields.value(i));
            }
        }
        switch (framing.kind()) {
            case LENGTH -> line(text, "Content-Length", Long.toString(framing.length()));
            case CHUNKED -> line(text, "Transfer-Encoding", "chunked");
            case NONE -> {
                if (head.method().equals("POST") || head.method().equals("PUT") || head.method().equals("PATCH")) {
                    line(text, "Content-Length", "0"); // RFC 9110 section 8.6
                }
            }
            case UNTIL_CLOSE -> throw new IllegalArgumentException("a request's body can't last until the "
                    + "connection ends");
        }
        if (expectContinue) {
            line(text, "Expect", "100-continue");
        }
        if (!persistent) {
            line(text, "Connection", "close");
        }
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(name).append(": ").append(value).append("\r\n");
    }

    private static boolean isTarget(String target) {
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) >= 127) {
                return false;
            }
        }
        return !target.isEmpty();
    }
}
