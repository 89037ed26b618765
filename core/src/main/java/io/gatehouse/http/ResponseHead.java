/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The head of a response: a status and fields, immutable.
 *
 * <p>Framing and hop-by-hop fields are the transport's. It takes Content-Length from here as what core knows of the length,
 * honours {@code Connection: close}, and leaves out Transfer-Encoding and all other connection fields (RFC 9110 section
 * 7.6.1); it adds Date.
 *
 * <p>A head that is sent many times is {@linkplain #prepared() prepared}: it keeps the bytes that a codec made of it first.
 */
public final class ResponseHead {

    private final int status;
    private final Fields fields;
    private final boolean prepared;
    // A race writes the same bytes twice, which harms nobody: arrays of bytes are published through the volatile field.
    private volatile byte @Nullable [] encoded;

    private ResponseHead(int status, Fields fields, boolean prepared) {
        this.status = status;
        this.fields = fields;
        this.prepared = prepared;
    }

    /**
     * A head.
     *
     * @throws IllegalArgumentException if the status is not 100 to 599
     */
    public static ResponseHead of(int status, Fields fields) {
        if (status < 100 || status > 599) {
            throw new IllegalArgumentException("status " + status + " is not one of HTTP's: use 100 to 599");
        }
        return new ResponseHead(status, fields, false);
    }

    /** A head with fields given as names and values in turn. */
    public static ResponseHead of(int status, String... namesAndValues) {
        return of(status, Fields.of(namesAndValues));
    }

    /** The status code. */
    public int status() {
        return status;
    }

    /** The fields. */
    public Fields fields() {
        return fields;
    }

    /** The same head, made to be sent often: whatever encodes it first keeps the bytes in it. */
    public ResponseHead prepared() {
        return prepared ? this : new ResponseHead(status, fields, true);
    }

    /**
     * The bytes of this head as the encoder makes them, kept if the head is prepared.
     *
     * <p>There is one slot: the encoder is the HTTP/1.1 codec's, always the same function.
     *
     * @return not to be changed
     */
    public byte[] encoded(Function<ResponseHead, byte[]> encoder) {
        byte[] bytes = encoded;
        if (bytes == null) {
            bytes = encoder.apply(this);
            if (prepared) {
                encoded = bytes;
            }
        }
        return bytes;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ResponseHead head && status == head.status && fields.equals(head.fields);
    }

    @Override
    public int hashCode() {
        return 31 * status + fields.hashCode();
    }

    @Override
    public String toString() {
        return status + "\n" + fields;
    }
}
