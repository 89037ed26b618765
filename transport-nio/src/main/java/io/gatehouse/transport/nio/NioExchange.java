/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http1.ChunkedEncoder;
import io.gatehouse.http1.Framing;
import io.gatehouse.http1.Persistence;
import io.gatehouse.http1.ResponseEncoder;
import io.gatehouse.http1.ResponseFraming;
import io.gatehouse.transport.Exchange;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on a connection.
 *
 * <p>What its owner has said is plain state, because there is one owner at a time. How it parts from the loop is not, because the owner may
 * end it on another thread while the loop is still in {@code handle}:
 *
 * <pre>
 *   INLINE ──loop leaves handle──► QUIET ──something staged──► TELL
 *     │                              │                          │
 *     └─end─► OVER: the loop sees it └─end─► OVER: the next     └─end─► OVER: the loop is woken
 *             when it leaves                 event will see it
 * </pre>
 */
final class NioExchange implements Exchange {

    private static final Function<ResponseHead, byte[]> ENCODER = ResponseEncoder::encode;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    private static final ByteBuffer CONTINUE = ByteBuffer.wrap(ResponseEncoder.interim(ResponseHead.of(100)));
    /** Bodies up to this size are copied behind their head, so that both leave in one write. */
    private static final int COPY = 16 * 1024;

    /**
     * So many completions may come in a row inside the write that they complete, and then one by the loop: a write inside a
     * completion inside a write must not eat up the stack.
     */
    private static final int MAX_INLINE = 64;

    private static final int INLINE = 0;
    private static final int QUIET = 1;
    private static final int TELL = 2;
    private static final int OVER = 3;
    private static final VarHandle LIFE;

    static {
        try {
            LIFE = MethodHandles.lookup().findVarHandle(NioExchange.class, "life", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private enum State { OPEN, COMMITTED, SENT, ENDED }

    private final HttpConnection http;
    private final RequestHead head;
    private final boolean mayUpgrade;
    private volatile @Nullable Inbound inbound;
    private boolean persistent;
    private boolean expectsContinue;
    private boolean viaLoop;
    private State state = State.OPEN;
    private boolean writing;
    private ResponseFraming framing = ResponseFraming.NONE;
    private boolean switched;
    private long left;
    private Fields trailers = Fields.EMPTY;
    private boolean overInTurn;
    private int inline;
    private volatile int life = INLINE;
    private volatile @Nullable Throwable aborted;
    private volatile @Nullable Runnable gone;
    private volatile boolean lost;

    NioExchange(
            HttpConnection http, RequestHead head, @Nullable Inbound inbound, boolean persistent, boolean expectsContinue) {
        this.http = http;
        this.head = head;
        this.inbound = inbound;
        this.mayUpgrade = head.fields().contains("Upgrade");
        this.persistent = persistent;
        this.expectsContinue = expectsContinue;
    }

    // ---- the loop's side

    @Nullable Inbound inbound() {
        return inbound;
    }

    /** Whether the response has ended. */
    boolean over() {
        return overInTurn || life == OVER;
    }

    /** Whether the connection may be kept; once it is over. */
    boolean persistent() {
        return persistent;
    }

    /** Whether the input belongs to the loop. */
    boolean inputIsLoops() {
        Inbound in = inbound;
        return in == null ? !mayUpgrade : in.done();
    }

    /** Whether only a reset can show that the response was cut. */
    boolean endsWithConnection() {
        return framing == ResponseFraming.UNTIL_CLOSE;
    }

    /** The loop leaves {@code handle}; returns whether it is over already. */
    boolean leave(boolean tell) {
        return overInTurn || !LIFE.compareAndSet(this, INLINE, tell ? TELL : QUIET);
    }

    /** The loop wants to be told of the end; returns false if that has come already. */
    boolean mustTell() {
        return life != OVER && (life == TELL || LIFE.compareAndSet(this, QUIET, TELL));
    }

    /** The peer is gone. */
    void disconnected() {
        lost = true;
        Runnable waiting = gone;
        gone = null;
        if (waiting != null && !over()) {
            waiting.run();
        }
    }

    // ---- the request

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Connection connection() {
        return http.connection;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        requireOwned();
        Inbound in = inbound;
        if (in == null) {
            throwAborted();
            return -1;
        }
        throwAborted();
        sendContinue(in);
        int read = in.read(into);
        if (read < 0 && state == State.SENT) {
            end();
        }
        return read;
    }

    @Override
    public void demand(Runnable readable) {
        requireOwned();
        Inbound in = inbound;
        if (in == null) {
            readable.run();
            return;
        }
        if (!in.demand(readable)) {
            throw new IllegalStateException("a demand is outstanding: wait for its call");
        }
        if (in.readable() || aborted != null) {
            in.fire();
            return;
        }
        sendContinue(in);
        if (http.loop.isCurrent()) {
            http.watch(this, in);
        } else {
            http.loop.execute(() -> http.watch(this, in));
        }
    }

    @Override
    public Fields trailers() {
        Inbound in = inbound;
        return in == null ? Fields.EMPTY : in.trailers();
    }

    // ---- the response

    @Override
    public void inform(ResponseHead interim, Completion done) {
        requireOwned();
        requireIdle(State.OPEN);
        if (interim.status() >= 200 || interim.status() == 101) {
            throw new IllegalStateException("status " + interim.status() + " is not interim: use commit");
        }
        if (head.version() == HttpVersion.HTTP_1_0) {
            done.succeeded();
            return;
        }
        if (interim.status() == 100) {
            expectsContinue = false;
        }
        emit(ByteBuffer.wrap(ResponseEncoder.interim(interim)), EMPTY, false, done);
    }

    @Override
    public void commit(ResponseHead response, ByteBuffer body, boolean last, Completion done) {
        requireOwned();
        requireIdle(State.OPEN);
        if (failedByAbort(done)) {
            return;
        }
        int status = response.status();
        if (status < 200 && status != 101) {
            throw new IllegalStateException("status " + status + " is interim: use inform");
        }
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
                && framing != ResponseFraming.UNTIL_CLOSE && !expectsContinue && (inbound == null || !inbound.failed());
        expectsContinue = false;
        state = State.COMMITTED;
        if (framing == ResponseFraming.LENGTH && !fits(size, last, done)) {
            return;
        }
        // HEAD says the length that GET would have, if it is known here.
        long length = framing == ResponseFraming.LENGTH ? left
                : head.isHead() && last && size > 0 && status >= 200 && status != 204 && status != 304 ? size : -1;
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
            inbound = new Inbound(http, Framing.UNTIL_CLOSE, true);
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

    @Override
    public void write(ByteBuffer body, boolean last, Completion done) {
        requireOwned();
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
        ByteBuffer room = framing != ResponseFraming.CHUNKED && !switched && size <= COPY && out.inTurn() ? out.room(size) : null;
        if (room != null) {
            room.put(room.position(), body, body.position(), size).position(room.position() + size);
            written(last, done);
        } else {
            emit(EMPTY, body, last, done);
        }
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        requireOwned();
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
                completion(last, done), chunked ? new ByteBuffer[] {sizeLine(count)} : new ByteBuffer[0], file, from, count,
                chunked ? tail(last, count) : new ByteBuffer[0]), viaLoop);
    }

    @Override
    public void trailers(Fields fields) {
        requireOwned();
        trailers = fields;
    }

    // ---- endings

    @Override
    public void onDisconnect(Runnable runnable) {
        if (over()) {
            return;
        }
        gone = runnable;
        if (lost) {
            gone = null;
            runnable.run();
        } else if (http.loop.isCurrent()) {
            http.watchForLoss();
        } else {
            http.loop.execute(http::watchForLoss);
        }
    }

    @Override
    public void abort(Throwable cause) {
        if (over() || aborted != null) {
            return;
        }
        aborted = cause;
        http.loop.execute(() -> http.abort(this, cause));
    }

    // ---- inside

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
            abort(wrong);
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
                Throwable why = aborted;
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
        if (!last && ++inline == MAX_INLINE) {
            inline = 0;
            http.loop.execute(done::succeeded);
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
        try {
            http.wire.endOutput();
        } catch (IOException e) {
            http.lostSoon(e);
        }
        Inbound in = inbound;
        if (in == null || in.done()) {
            end();
        }
    }

    private void end() {
        state = State.ENDED;
        if (http.outbound.inTurn()) {
            overInTurn = true;
            return;
        }
        int before = (int) LIFE.getAndSet(this, OVER);
        if (before == TELL || before == QUIET && !(persistent && inputIsLoops())) {
            http.resumeSoon();
        }
    }

    private void sendContinue(Inbound in) {
        if (expectsContinue) {
            expectsContinue = false;
            if (state == State.OPEN && !in.readable()) {
                viaLoop |= http.outbound.interim(CONTINUE.duplicate());
            }
        }
    }

    private void requireOwned() {
        if (state == State.ENDED) {
            throw new IllegalStateException("the exchange has ended");
        }
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
        if (last || head.version() == HttpVersion.HTTP_1_0 || inbound != null && !inbound.done()) {
            throw new IllegalStateException(
                    "101 needs an HTTP/1.1 request whose body was read, and is not the last write: commit with last=false");
        }
    }

    private boolean failedByAbort(Completion done) {
        Throwable cause = aborted;
        if (cause != null) {
            done.failed(cause);
        }
        return cause != null;
    }

    private void throwAborted() throws IOException {
        Throwable cause = aborted;
        if (cause != null) {
            throw new IOException("the exchange was aborted: " + cause.getMessage(), cause);
        }
    }
}
