/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http1.ChunkedEncoder;
import io.gatehouse.http1.Persistence;
import io.gatehouse.http1.ResponseEncoder;
import io.gatehouse.http1.ResponseFraming;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Function;

/**
 * The response of one exchange: checks what the owner asks for, frames it, and gives it to {@link Outbound}. Plain
 * state, because there is one owner at a time.
 *
 * <pre>
 *   OPEN ──commit──► COMMITTED ──last──► ENDED
 *                        └──last, after 101──► SENT ──the peer ends too──► ENDED
 * </pre>
 */
final class ResponseWriter {

    private static final Function<ResponseHead, byte[]> ENCODER = ResponseEncoder::encode;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    /** Bodies up to this size are copied behind their head, so that both leave in one write. */
    private static final int COPY = 16 * 1024;
    /**
     * So many completions may come in a row inside the write that they complete, and then one by the loop: a write
     * inside a completion inside a write must not eat up the stack.
     */
    private static final int MAX_INLINE = 64;

    private enum State { OPEN, COMMITTED, SENT, ENDED }

    private final NioExchange exchange;
    private final HttpConnection http;
    private final RequestHead head;
    private boolean persistent;
    private boolean viaLoop;
    private State state = State.OPEN;
    private boolean writing;
    private int inline;
    private ResponseFraming framing = ResponseFraming.NONE;
    private boolean switched;
    private volatile boolean sent;
    private long left;
    private Fields trailers = Fields.EMPTY;

    ResponseWriter(NioExchange exchange, HttpConnection http, RequestHead head, boolean persistent) {
        this.exchange = exchange;
        this.http = http;
        this.head = head;
        this.persistent = persistent;
    }

    /** Whether the connection may be kept, as far as is known; for good once the exchange is over. */
    boolean persistent() {
        return persistent;
    }

    /** Whether only a reset can show that the response was cut. */
    boolean endsWithConnection() {
        return framing == ResponseFraming.UNTIL_CLOSE;
    }

    /** Whether nothing is committed yet. */
    boolean open() {
        return state == State.OPEN;
    }

    /** Whether this side has ended its direction after a switch of protocols. Any thread. */
    boolean sent() {
        return sent;
    }

    /** Has all writes from now on pass the loop, behind something that is on its way there. */
    void throughLoop() {
        viaLoop = true;
    }

    void trailers(Fields fields) {
        trailers = fields;
    }

    void requireNotEnded() {
        if (state == State.ENDED) {
            throw new IllegalStateException("the exchange has ended");
        }
    }

    void inform(ResponseHead interim, Completion done) {
        requireNotEnded();
        requireIdle(State.OPEN);
        if (interim.status() >= 200 || interim.status() == 101) {
            throw new IllegalStateException("status " + interim.status() + " is not interim: use commit");
        }
        if (head.version() == HttpVersion.HTTP_1_0) {
            done.succeeded();
            return;
        }
        if (interim.status() == 100) {
            exchange.continueNotExpected();
        }
        emit(ByteBuffer.wrap(ResponseEncoder.interim(interim)), EMPTY, false, done);
    }

    void commit(ResponseHead response, ByteBuffer body, boolean last, Completion done) {
        requireNotEnded();
        requireIdle(State.OPEN);
        if (failedByAbort(done)) {
            return;
        }
        int status = response.status();
        if (status < 200 && status != 101) {
            throw new IllegalStateException("status " + status + " is interim: use inform");
        }
        Inbound in = exchange.inbound();
        byte[] encoded = response.encoded(ENCODER);
        long declared = ResponseEncoder.declaredLength(encoded);
        int size = body.remaining();
        if (status == 101) {
            requireSwitchable(last);
            switched = true;
        }
        framing = switched ? ResponseFraming.UNTIL_CLOSE
                : ResponseFraming.of(head.isHead(), head.version(), status, declared, last);
        left = declared >= 0 ? declared : last ? size : -1;
        persistent = persistent && !ResponseEncoder.wantsClose(encoded) && !http.context.stopping
                && framing != ResponseFraming.UNTIL_CLOSE && !exchange.expectsContinue()
                && (in == null || !in.failed());
        exchange.continueNotExpected();
        state = State.COMMITTED;
        if (framing == ResponseFraming.LENGTH && !fits(size, last, done)) {
            return;
        }
        long length = framing == ResponseFraming.LENGTH ? left
                : head.isHead() && last ? ResponseFraming.headLength(status, size) : -1;
        Persistence persistence = switched || persistent && head.version() == HttpVersion.HTTP_1_1 ? Persistence.STAYS
                : persistent ? Persistence.STAYS_SAID : Persistence.CLOSES;
        int bound = ResponseEncoder.bound(encoded);
        boolean chunked = framing == ResponseFraming.CHUNKED;
        ByteBuffer body2 = framing == ResponseFraming.NONE ? EMPTY : body;
        int copied = body2.remaining() <= COPY ? body2.remaining() : 0;
        boolean copy = copied == body2.remaining() && !chunked;
        Outbound out = http.outbound;
        ByteBuffer room = copy && !switched && out.inTurn() ? out.room(bound + copied) : null;
        boolean inLoop = room != null;
        ByteBuffer bytes = room != null ? room : ByteBuffer.allocate(bound + copied);
        ResponseEncoder.put(bytes, encoded, http.context.date.bytes(), length, chunked, persistence);
        if (copy) {
            bytes.put(bytes.position(), body2, body2.position(), copied).position(bytes.position() + copied);
        }
        if (switched) {
            exchange.switchInbound();
        }
        if (framing == ResponseFraming.LENGTH) {
            left -= size;
        }
        if (inLoop) {
            written(last, done);
        } else {
            emit(bytes.flip(), copy ? EMPTY : body2, last, done);
        }
    }

    void write(ByteBuffer body, boolean last, Completion done) {
        requireNotEnded();
        requireIdle(State.COMMITTED);
        if (failedByAbort(done)) {
            return;
        }
        int size = body.remaining();
        if (framing == ResponseFraming.NONE) {
            writing = true;
            finished(last, done);
            return;
        }
        if (framing == ResponseFraming.LENGTH) {
            if (!fits(size, last, done)) {
                return;
            }
            left -= size;
        }
        Outbound out = http.outbound;
        ByteBuffer room = framing != ResponseFraming.CHUNKED && !switched && size <= COPY && out.inTurn()
                ? out.room(size) : null;
        if (room != null) {
            room.put(room.position(), body, body.position(), size).position(room.position() + size);
            written(last, done);
        } else {
            emit(EMPTY, body, last, done);
        }
    }

    void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        requireNotEnded();
        requireIdle(State.COMMITTED);
        if (framing == ResponseFraming.NONE || count == 0) {
            write(EMPTY, last, done);
            return;
        }
        if (framing == ResponseFraming.LENGTH) {
            if (!fits(count, last, done)) {
                return;
            }
            left -= count;
        }
        boolean chunked = framing == ResponseFraming.CHUNKED;
        writing = true;
        http.outbound.send(new WriteOperation(
                completion(last, done), chunked ? new ByteBuffer[] {sizeLine(count)} : new ByteBuffer[0], file, from,
                        count,
                chunked ? tail(last, count) : new ByteBuffer[0]), viaLoop);
    }

    /** Sends a head, or nothing, and a part of the body with its framing around it. */
    private void emit(ByteBuffer front, ByteBuffer body, boolean last, Completion done) {
        writing = true;
        int size = body.remaining();
        Completion end = completion(last, done);
        WriteOperation operation;
        if (framing == ResponseFraming.CHUNKED && state == State.COMMITTED && (size > 0 || last)) {
            ByteBuffer[] tail = tail(last, size);
            ByteBuffer line = size > 0 ? sizeLine(size) : EMPTY.duplicate();
            ByteBuffer[] parts = new ByteBuffer[3 + tail.length];
            parts[0] = front;
            parts[1] = line;
            parts[2] = body.duplicate();
            System.arraycopy(tail, 0, parts, 3, tail.length);
            operation = new WriteOperation(end, joined(parts));
        } else if (size == 0) {
            operation = new WriteOperation(end, front);
        } else {
            operation = new WriteOperation(end, front, body.duplicate());
        }
        http.outbound.send(operation, viaLoop);
    }

    /** Small parts as one, because one write of copied bytes costs less than one of many. */
    private static ByteBuffer[] joined(ByteBuffer... parts) {
        long sum = 0;
        for (ByteBuffer part : parts) {
            sum += part.remaining();
        }
        if (sum > COPY) {
            return parts;
        }
        ByteBuffer one = ByteBuffer.allocate((int) sum);
        for (ByteBuffer part : parts) {
            one.put(part);
        }
        return new ByteBuffer[] {one.flip()};
    }

    private static ByteBuffer sizeLine(long size) {
        ByteBuffer line = ByteBuffer.allocate(ChunkedEncoder.MAX_SIZE_LINE);
        ChunkedEncoder.size(line, size);
        return line.flip();
    }

    private ByteBuffer[] tail(boolean last, long size) {
        ByteBuffer lineBreak = size > 0 ? ChunkedEncoder.lineBreak() : EMPTY.duplicate();
        return last ? new ByteBuffer[] {lineBreak, ChunkedEncoder.end(trailers)} : new ByteBuffer[] {lineBreak};
    }

    /** Whether that much may still leave under the Content-Length; if not, the connection ends and the write fails. */
    private boolean fits(long size, boolean last, Completion done) {
        if (size > left || last && size < left) {
            IllegalStateException wrong = new IllegalStateException(size > left
                    ? "the body is longer than its Content-Length: " + (size - left) + " bytes too many"
                    : "the body is shorter than its Content-Length: " + (left - size) + " bytes are missing");
            exchange.abort(wrong);
            done.failed(wrong);
            return false;
        }
        return true;
    }

    private Completion completion(boolean last, Completion done) {
        return new Completion() {
            @Override
            public void succeeded() {
                finished(last, done);
            }

            @Override
            public void failed(Throwable cause) {
                writing = false;
                Throwable why = exchange.abortCause();
                done.failed(why == null ? cause : why);
            }
        };
    }

    private void written(boolean last, Completion done) {
        writing = true;
        if (!last) {
            http.outbound.beforeHandOut(); // the completion may go on with another thread
        }
        finished(last, done);
    }

    private void finished(boolean last, Completion done) {
        writing = false;
        Inbound raw = switched ? exchange.inbound() : null;
        if (raw != null) {
            raw.stir();
        }
        if (!last && ++inline == MAX_INLINE) {
            inline = 0;
            http.soon(done::succeeded);
            return;
        }
        if (last && switched) {
            endDirection();
        } else if (last) {
            end();
        }
        done.succeeded();
    }

    /** After a switch of protocols each side ends its own direction; the exchange is over when both have. */
    private void endDirection() {
        state = State.SENT;
        sent = true;
        try {
            if (!http.wire.endOutput()) {
                http.soon(this::endDirectionLater);
            }
        } catch (IOException e) {
            http.ending.lostSoon(e);
        }
        Inbound in = exchange.inbound();
        if (in == null || in.done()) {
            end();
        }
    }

    private void endDirectionLater() {
        try {
            http.outbound.end();
        } catch (IOException e) {
            http.ending.lost(e);
        }
    }

    /** The response has ended. */
    void end() {
        state = State.ENDED;
        exchange.end();
    }

    private void requireIdle(State wanted) {
        if (writing) {
            throw new IllegalStateException("a write is outstanding: wait for its completion");
        }
        if (state != wanted) {
            throw new IllegalStateException(
                    state == State.OPEN ? "the response is not committed" : "the response is committed, or sent whole");
        }
    }

    private void requireSwitchable(boolean last) {
        Inbound in = exchange.inbound();
        if (last || head.version() == HttpVersion.HTTP_1_0 || in != null && !in.done()) {
            throw new IllegalStateException(
                    "101 needs an HTTP/1.1 request whose body was read, and is not the last write: commit with "
                            + "last=false");
        }
    }

    private boolean failedByAbort(Completion done) {
        Throwable cause = exchange.abortCause();
        if (cause != null) {
            done.failed(cause);
        }
        return cause != null;
    }
}
