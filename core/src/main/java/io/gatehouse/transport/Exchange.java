/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;

/**
 * One request and its response, seen from above the wire.
 *
 * <pre>
 *   handle ──► OPEN ──commit(last=false)──► COMMITTED ──write/transfer(last=false)──► COMMITTED
 *               │                              │
 *               └──────────last=true───────────┴──► ENDED          abort, from any state ──► ABORTED
 * </pre>
 *
 * <p><b>Ownership.</b> One thread at a time owns an exchange: the I/O thread until {@link ExchangeHandler#handle} returns or
 * hands it on, then that worker, then, from the write with {@code last} on, the transport. Only {@link #abort} may be called
 * by any thread at any time. Passing the exchange to another thread needs a happens-before edge, which every executor gives.
 *
 * <p><b>Reading.</b> {@link #read} never blocks; after it returned 0, {@link #demand} says when to try again. A request that
 * expects 100-continue is sent it at the first {@code read} or {@code demand}, not before. What is not read when the
 * response has ended is drained by the transport up to a limit, and past it the connection closes.
 *
 * <p><b>Writing.</b> At most one of {@code inform}, {@code commit}, {@code write}, {@code transfer} is outstanding; its
 * completion comes exactly once. A buffer is on loan until then: the transport reads what was between its position and limit
 * at the call, and leaves its content, position and limit as they are, so that one read-only buffer may be on loan to many
 * exchanges. The body is framed by the transport: by the head's Content-Length, by the length of the body if {@code commit}
 * is the last write too, else by chunks, or by the end of the connection for HTTP/1.0. A body shorter or longer than its
 * Content-Length ends the connection, never the framing: a write that would exceed it fails with an
 * {@link IllegalStateException}. To HEAD, and with 204 and 304, no byte of a body leaves, whatever is passed.
 *
 * <p><b>Failure.</b> When the peer goes away or a limit strikes, a pending demand runs and its {@code read} throws; a pending
 * write fails. Calls that break these rules throw {@link IllegalStateException} and change nothing.
 *
 * <p><b>Switching protocols.</b> After {@code commit} of a 101 (RFC 9110 section 15.2.2) with {@code last} false, {@code
 * read} and {@code write} carry the connection's bytes as they are, in both directions; {@code write} with {@code last} closes the sending
 * direction, and the connection closes when both are done. From then on {@code timeouts.idle}, or what {@link #silence} says, holds
 * for the connection: one on which nothing moves in either direction for that long is closed; {@code timeouts.body} holds no more.
 */
public interface Exchange {

    /** The request's head. Its target is as received. */
    RequestHead head();

    /** The connection it came over. */
    Connection connection();

    /** What the protocol calls it: the number of its stream in HTTP/2 (RFC 9113 section 5.1.1); empty in HTTP/1. */
    default String protocolId() {
        return "";
    }

    /**
     * Reads some of the request's body into a buffer with room.
     *
     * @return the bytes read; 0 if there are none yet (or the buffer has no room); -1 at the end
     * @throws io.gatehouse.http.RefusedException if the body is malformed, or came too slowly
     * @throws IOException if the peer is gone
     */
    int read(ByteBuffer into) throws IOException;

    /**
     * Asks for one call when {@link #read} is worth trying again: bytes, the end, or a failure.
     *
     * @param readable run once, inline or on an I/O thread; must not block
     * @throws IllegalStateException if a demand is outstanding
     */
    void demand(Runnable readable);

    /** The request's trailer section, once {@link #read} has returned -1; empty before, and if there is none. */
    Fields trailers();

    /**
     * Sends an interim response (1xx except 101; RFC 9110 section 15.2), any number of them before {@code commit}. To an HTTP/1.0
     * peer nothing is sent, and the completion succeeds.
     */
    void inform(ResponseHead head, Completion done);

    /**
     * Sends the head and a first part of the body, which may be empty.
     *
     * @param last whether the body is whole with it
     */
    void commit(ResponseHead head, ByteBuffer body, boolean last, Completion done);

    /**
     * Sends more of the body after {@code commit}.
     *
     * @param last whether it is the end; the buffer may be empty
     */
    void write(ByteBuffer body, boolean last, Completion done);

    /**
     * Sends a part of a file as body, after {@code commit}. The channel is on loan until {@code done} and its position is
     * neither used nor changed. A transport reads the file on threads that may block for the disk, never on an I/O
     * thread; this default, which serves where there is no such thread, reads on the caller's and the completing thread. A file that turns out shorter fails the
     * write and ends the connection.
     *
     * @param from the first byte's position in the file
     * @param count how many bytes
     * @param last whether the body is whole with it
     */
    default void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        FileTransfer.start(this, file, from, count, last, done, Runnable::run);
    }

    /**
     * Sets the response's trailer section (RFC 9110 section 6.5), sent with the last write if the framing can carry one:
     * chunks, or HTTP/2. Otherwise it is dropped. To be called before the last write.
     */
    void trailers(Fields trailers);

    /**
     * Asks for one call when the peer is found to be gone: a reset or a failed write; on HTTP/2 also a reset stream. An end of the
     * peer's sending direction alone is not it: a half-closed peer waits for its answer. Replaces the one asked for before.
     *
     * @param gone run at most once, inline if it has happened already, or on an I/O thread; must not block
     */
    void onDisconnect(Runnable gone);

    /**
     * Sets how long nothing may move in either direction after a switch of protocols, in the place of {@code timeouts.idle}. Once the
     * commit of the 101 has completed; by its owner.
     *
     * @param limit more than zero
     */
    void silence(Duration limit);

    /**
     * Ends the exchange without ending its message: closes the connection, or resets the stream, so that the cut is seen.
     * Any thread, any time, idempotent; nothing happens once the exchange has ended. What is pending is failed once with the
     * cause.
     */
    void abort(Throwable cause);
}
