/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.http.Fields;
import java.util.zip.CRC32;

/**
 * A response as a client read it.
 *
 * @param body its first bytes, or all if it is small
 * @param length of the whole body
 * @param sum CRC-32 of the whole body
 * @param trailers after a chunked body
 */
public record Answer(int status, Fields fields, byte[] body, long length, long sum, Fields trailers) {

    /** The body as text. */
    public String text() {
        return new String(body, ISO_8859_1);
    }

    /** Whether the server says that it closes the connection after it. */
    public boolean closes() {
        return fields.lists("Connection", "close");
    }

    public static long sumOf(byte[] bytes) {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        return sum.getValue();
    }
}
