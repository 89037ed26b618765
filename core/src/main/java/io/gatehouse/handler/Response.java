/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.handler;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A response in the making. Belongs, with its request, to the thread that was called with it, until that passes it on.
 *
 * <p>Status and fields can be changed until it is committed: by the first {@link #write} or {@link #transfer}, by a body
 * larger than the buffer, by a flush of {@link #body}, or by the end of the exchange. Framing fields other than
 * Content-Length are the transport's. The body is written in one of two ways, not both: blocking, by {@link #body} or
 * {@link #send}, or by {@link #write} and {@link #transfer}.
 */
public interface Response {

    /** The status; 200 unless set. */
    int status();

    /**
     * Sets the status.
     *
     * @throws IllegalStateException if it is committed
     */
    Response status(int status);

    /**
     * The fields so far, open for changes until it is committed. After that, changes are without effect.
     */
    Fields.Builder fields();

    /** Sets one field, as {@code fields().set}. */
    default Response field(String name, String value) {
        fields().set(name, value);
        return this;
    }

    /** Whether the head has been handed to the transport. */
    boolean committed();

    /**
     * Forgets status, fields and what the body's buffer holds.
     *
     * @throws IllegalStateException if it is committed
     */
    void reset();

    /** How many bytes of {@link #body} are held back before it commits by itself; 16 KiB unless set. */
    Response bufferSize(int bytes);

    /**
     * The body, written blocking; always the same stream. Its flush commits; its close ends the response. Not to be used on
     * an I/O thread.
     */
    OutputStream body();

    /** Sends a text in UTF-8 as the whole body, blocking until it is taken. Sets Content-Type unless it is set. */
    default void send(String text) throws IOException {
        if (!fields().contains("Content-Type")) {
            field("Content-Type", "text/plain; charset=utf-8");
        }
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends bytes as the whole body, blocking until they are taken. */
    default void send(byte[] bytes) throws IOException {
        field("Content-Length", Long.toString(bytes.length));
        try (OutputStream out = body()) {
            out.write(bytes);
        }
    }

    /**
     * Sends a part of the body without blocking, committing first if need be. One outstanding at a time.
     *
     * @param part on loan until {@code done}
     * @param last whether the body is whole with it
     * @param done inline or on an I/O thread
     */
    void write(ByteBuffer part, boolean last, Completion done);

    /**
     * Sends a part of a file without blocking, committing first if need be. One outstanding at a time.
     *
     * @param file on loan until {@code done}
     * @param last whether the body is whole with it
     * @param done inline or on an I/O thread
     */
    void transfer(FileChannel file, long from, long count, boolean last, Completion done);

    /** Sets the trailer section, to be sent at the end if the framing can carry one. */
    void trailers(Fields trailers);

    /** Sends an interim response, such as 103 with Link fields, and waits until it is taken. */
    void inform(ResponseHead head) throws IOException;

    /**
     * Sends an interim response without blocking. Outstanding like a {@link #write}: nothing else may be sent before {@code
     * done}. What stands in front of a response passes it on; this default, for a response that never waits, sends it by the
     * other method.
     *
     * @param done inline or on an I/O thread
     */
    default void inform(ResponseHead head, Completion done) {
        try {
            inform(head);
        } catch (IOException e) {
            done.failed(e);
            return;
        }
        done.succeeded();
    }

    /**
     * Parts the connection from the request, once a 101 is committed (RFC 9110 section 15.2.2). Until then, and without it, the
     * handler's completion ends the connection. After it, that completion ends the request only, whose place among those in
     * flight goes to the next one, while {@link Request#read}, {@link #write} and the blocking streams carry the connection's
     * bytes for whoever holds them. A connection on which nothing moves in either direction for {@code timeouts.idle} is closed by the
     * transport, so that a peer that vanished without a word does not hold it for ever.
     *
     * @return ends the connection: {@code succeeded} ends this side, unless a last write has, {@code failed} cuts it off
     * @throws IllegalStateException if no 101 is committed, or if this response does not reach a connection
     */
    default Completion detach() {
        throw new IllegalStateException("this response reaches no connection: switch protocols where nothing stands in between");
    }

    /**
     * The same for an owner who knows how long silence may last, in the place of {@code timeouts.idle}.
     *
     * @param silence more than zero
     */
    default Completion detach(Duration silence) {
        return detach();
    }
}
