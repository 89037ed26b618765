/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes bytes of response heads (RFC 9112 sections 4 and 5).
 *
 * <p>In two steps, because most of a head is the same each time it is sent. {@link #encode} makes the part that depends
 * on the head alone, which a prepared head keeps: status line and fields, without connection fields, behind a short
 * note for {@link #put}, which adds Date, framing, Connection and the empty line.
 *
 * <pre>
 *   note:  byte 0 flags · bytes 1 to 8 Content-Length or -1 · from byte 9 on what is sent
 * </pre>
 */
public final class ResponseEncoder {

    /** The bytes that {@link #put} adds at most. */
    private static final int MAX_ADDED = 256;

    private static final int NOTE = 9;
    private static final int HAS_DATE = 1;
    private static final int CLOSE = 2;
    private static final int UPGRADE = 4;

    private static final byte[] CONTENT_LENGTH = ascii("Content-Length: ");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] CONNECTION_CLOSE = ascii("Connection: close\r\n");
    private static final byte[] CONNECTION_KEEP_ALIVE = ascii("Connection: keep-alive\r\n");
    private static final byte[] CONNECTION_UPGRADE = ascii("Connection: Upgrade\r\n");
    private static final byte[] CONNECTION_UPGRADE_CLOSE = ascii("Connection: Upgrade, close\r\n");

    private ResponseEncoder() {}

    /**
     * The constant part of a head. Give it to {@link ResponseHead#encoded}.
     *
     * @throws IllegalStateException if its Content-Length is not one number
     */
    public static byte[] encode(ResponseHead head) {
        int status = head.status();
        Fields fields = head.fields();
        boolean lengthAllowed = status >= 200 && status != 204; // RFC 9110 section 8.6
        boolean upgradeAllowed = status == 101 || status == 426; // RFC 9110 section 7.8
        Set<String> nominated = FieldRules.nominated(fields);
        int flags = fields.lists("Connection", "close") ? CLOSE : 0;
        long length = -1;
        StringBuilder text = new StringBuilder(256).append("HTTP/1.1 ").append(status).append(' ')
                .append(Status.reason(status)).append("\r\n");
        for (int i = 0; i < fields.size(); i++) {
            String name = fields.name(i);
            String value = fields.value(i);
            if (name.equalsIgnoreCase("Content-Length")) {
                long number = FramingRules.number(value);
                if (number < 0 || length >= 0) {
                    throw new IllegalStateException("Content-Length of the response is not one number: " + value);
                }
                length = number;
                if (!lengthAllowed) {
                    continue;
                }
            } else if (upgradeAllowed && name.equalsIgnoreCase("Upgrade")) {
                flags |= UPGRADE;
            } else if (FieldRules.isConnectionField(name) || nominated.contains(name)) {
                continue;
            } else if (name.equalsIgnoreCase("Date")) {
                flags |= HAS_DATE;
            }
            text.append(name).append(": ").append(value).append("\r\n");
        }
        byte[] bytes = new byte[NOTE + text.length()];
        ByteBuffer.wrap(bytes)
                .put((byte) flags)
                .putLong(lengthAllowed ? length : -1)
                .put(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        return bytes;
    }

    /** The Content-Length that the head declares, or -1. */
    public static long declaredLength(byte[] encoded) {
        long length = 0;
        for (int i = 1; i < NOTE; i++) {
            length = length << 8 | encoded[i] & 0xFF;
        }
        return length;
    }

    /** Whether the head asks to close the connection. */
    public static boolean wantsClose(byte[] encoded) {
        return (encoded[0] & CLOSE) != 0;
    }

    /** The bytes that {@link #put} needs at most. */
    public static int bound(byte[] encoded) {
        return encoded.length + MAX_ADDED;
    }

    /**
     * Writes a whole head.
     *
     * @param out with room for {@link #bound}
     * @param encoded what {@link #encode} made
     * @param date the line that {@link DateLine} made, or null for none
     * @param length to be said in Content-Length, unless the head says it itself; -1 for nothing
     * @param chunked whether chunks follow
     */
    public static void put(
            ByteBuffer out, byte[] encoded, byte @Nullable [] date, long length, boolean chunked,
                    Persistence persistence) {
        int flags = encoded[0];
        out.put(encoded, NOTE, encoded.length - NOTE);
        if (date != null && (flags & HAS_DATE) == 0) {
            out.put(date);
        }
        if (chunked) {
            out.put(CHUNKED);
        } else if (length >= 0 && declaredLength(encoded) < 0) {
            out.put(CONTENT_LENGTH);
            putNumber(out, length);
            out.put((byte) '\r').put((byte) '\n');
        }
        if ((flags & UPGRADE) != 0) {
            out.put(persistence == Persistence.CLOSES ? CONNECTION_UPGRADE_CLOSE : CONNECTION_UPGRADE);
        } else if (persistence == Persistence.CLOSES) {
            out.put(CONNECTION_CLOSE);
        } else if (persistence == Persistence.STAYS_SAID) {
            out.put(CONNECTION_KEEP_ALIVE);
        }
        out.put((byte) '\r').put((byte) '\n');
    }

    /** The bytes of an interim head, whole (RFC 9110 section 15.2). */
    public static byte[] interim(ResponseHead head) {
        byte[] encoded = encode(head);
        ByteBuffer out = ByteBuffer.allocate(bound(encoded));
        put(out, encoded, null, -1, false, Persistence.STAYS);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    private static void putNumber(ByteBuffer out, long number) {
        long unit = 1;
        while (number / unit > 9) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            out.put((byte) ('0' + number / unit % 10));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
