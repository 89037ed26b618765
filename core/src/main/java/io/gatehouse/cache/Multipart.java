/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import io.gatehouse.handler.Shortcut.Prepared;
import io.gatehouse.http.ByteRanges;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** Several ranges of a stored answer as multipart/byteranges (RFC 9110 section 14.6). Any thread. */
final class Multipart {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Multipart() {}

    /** A boundary that nobody can know before, so that nobody can have put it into a body. */
    static String boundary() {
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** The answer, put together: Content-Type and Content-Encoding are each part's, because what surrounds them is not encoded. */
    static Prepared of(List<ByteRanges.Range> ranges, StoredAnswer answer, String boundary, long nowMillis) {
        ByteBuffer body = answer.body();
        String common = line(answer, "Content-Type") + line(answer, "Content-Encoding");
        byte[][] heads = new byte[ranges.size()][];
        byte[] end = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.US_ASCII);
        long size = end.length;
        for (int i = 0; i < heads.length; i++) {
            String head = (i == 0 ? "" : "\r\n") + "--" + boundary + "\r\n" + common
                    + "Content-Range: " + ranges.get(i).contentRange(body.limit()) + "\r\n\r\n";
            heads[i] = head.getBytes(StandardCharsets.ISO_8859_1);
            size += heads[i].length + ranges.get(i).length();
        }
        ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(size));
        for (int i = 0; i < heads.length; i++) {
            all.put(heads[i]).put(body.slice((int) ranges.get(i).first(), (int) ranges.get(i).length()));
        }
        all.put(end).flip();
        Fields.Builder fields = answer.fieldsOfPart(nowMillis)
                .remove("Content-Encoding")
                .set("Content-Type", "multipart/byteranges; boundary=" + boundary)
                .set("Content-Length", Long.toString(size));
        return new Prepared(ResponseHead.of(206, fields.build()), all.asReadOnlyBuffer());
    }

    private static String line(StoredAnswer answer, String name) {
        String value = answer.fields().joined(name);
        return value == null ? "" : name + ": " + value + "\r\n";
    }
}
