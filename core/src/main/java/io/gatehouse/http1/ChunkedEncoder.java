/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import io.gatehouse.http.Fields;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes what stands around the data of chunks (RFC 9112 section 7.1). */
public final class ChunkedEncoder {

    /** The bytes of {@link #size} at most. */
    public static final int MAX_SIZE_LINE = 18;

    private static final byte[] LINE_BREAK = {'\r', '\n'};
    private static final byte[] END = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private ChunkedEncoder() {}

    /** Writes the line in front of a chunk's data. */
    public static void size(ByteBuffer out, long size) {
        if (size <= 0) {
            throw new IllegalArgumentException("a chunk of " + size + " bytes: 0 would end the body");
        }
        int shift = 60 - Long.numberOfLeadingZeros(size) / 4 * 4;
        for (; shift >= 0; shift -= 4) {
            out.put(DIGITS[(int) (size >>> shift) & 15]);
        }
        out.put(LINE_BREAK);
    }

    /** The line break after a chunk's data; not to be changed. */
    public static ByteBuffer lineBreak() {
        return ByteBuffer.wrap(LINE_BREAK).asReadOnlyBuffer();
    }

    /** The end of the body: the last chunk and the trailer section, without fields that may not come in one. */
    public static ByteBuffer end(Fields trailers) {
        Fields allowed = FieldRules.trailers(trailers);
        if (allowed.size() == 0) {
            return ByteBuffer.wrap(END).asReadOnlyBuffer();
        }
        StringBuilder text = new StringBuilder("0\r\n");
        for (int i = 0; i < allowed.size(); i++) {
            text.append(allowed.name(i)).append(": ").append(allowed.value(i)).append("\r\n");
        }
        return ByteBuffer.wrap(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }
}
