/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.nio.ByteBuffer;

/**
 * What the fields of one head say of where its message ends (RFC 9112 section 6), of its host, and of an upgrade: the fields that
 * two servers could read differently. Reused for the next head, by the one thread that fills.
 */
final class HeadFraming {
    private int hosts;
    private int lengths;
    private int codings;
    private boolean chunked;
    private boolean upgrade;
    private long length;

    /** Begins the next head. */
    void begin() {
        hosts = 0;
        lengths = 0;
        codings = 0;
        chunked = false;
        upgrade = false;
        length = 0;
    }

    /** The Content-Length in bytes; 0 if there is none. */
    long length() {
        return length;
    }

    boolean isChunked() {
        return chunked;
    }

    /** Whether there is a field Upgrade, and no body. */
    boolean asksForUpgrade() {
        return upgrade && lengths + codings == 0;
    }

    /** Looks at a field line. */
    void field(ByteBuffer line, int from, int colon, int to) throws RefusedException {
        switch (colon - from) {
            case 4 -> {
                if (is(line, from, "host")) {
                    check(++hosts == 1, Refusal.HOST, "send one Host");
                    host(line, colon + 1, to);
                }
            }
            case 7 -> upgrade |= is(line, from, "upgrade");
            case 14 -> {
                if (is(line, from, "content-length")) {
                    length(FieldSyntax.trim(text(line, colon + 1, to)));
                }
            }
            case 17 -> {
                if (is(line, from, "transfer-encoding")) {
                    codings++;
                    String coding = FieldSyntax.trim(text(line, colon + 1, to));
                    check(!coding.isEmpty(), Refusal.FRAMING, "the Transfer-Encoding is empty");
                    chunked = coding.equalsIgnoreCase("chunked");
                    check(chunked, Refusal.UNSUPPORTED, "a transfer coding other than chunked: send chunked alone");
                }
            }
            default -> {
                // not about framing
            }
        }
    }

    /** Looks at the whole, at the head's end. */
    void end(boolean old) throws RefusedException {
        check(lengths + codings <= 1, Refusal.FRAMING, "send one Content-Length, or one Transfer-Encoding, not both");
        check(codings == 0 || !old, Refusal.FRAMING, "HTTP/1.0 has no Transfer-Encoding");
    }

    /** Jetty reads some malformed Hosts as others, and logs each: what is not plainly a name and a port is read here. */
    private static void host(ByteBuffer line, int from, int to) throws RefusedException {
        boolean plain = true;
        int start = from < to && line.get(from) == ' ' ? from + 1 : from;
        for (int i = start; i < to && plain; i++) {
            int c = line.get(i);
            plain = c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z';
        }
        if (!plain) {
            String value = FieldSyntax.trim(text(line, from, to));
            check(value.isEmpty() || Authority.parse(value) != null, Refusal.HOST,
                    "the Host is not a name or an address, and perhaps a port");
        }
    }

    private void length(String value) throws RefusedException {
        lengths++;
        length = 0;
        for (int i = 0; i < value.length(); i++) {
            check(digit(value.charAt(i)) && i < 18, Refusal.FRAMING, "the Content-Length is no number of bytes");
            length = 10 * length + value.charAt(i) - '0';
        }
        check(!value.isEmpty(), Refusal.FRAMING, "the Content-Length is empty");
    }

    private static boolean is(ByteBuffer line, int from, String name) {
        for (int i = 0; i < name.length(); i++) {
            int c = line.get(from + i);
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    static String text(ByteBuffer line, int from, int to) {
        byte[] text = new byte[to - from];
        line.get(from, text);
        return new String(text, ISO_8859_1);
    }

    static void check(boolean fine, Refusal refusal, String detail) throws RefusedException {
        if (!fine) {
            throw new RefusedException(refusal, detail);
        }
    }
}
