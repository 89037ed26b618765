/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http1.Framing;
import io.gatehouse.http1.RequestParser;
import io.gatehouse.http1.ResponseEncoder;
import io.gatehouse.transport.Exchange;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response on a connection.
 *
 * <p>What its owner says of the response is in {@link ResponseWriter}, what it reads of the request in {@link Inbound}.
 * Here is how it parts from the loop, since the owner may end it on another thread while the loop is still in {@code
 * handle}:
 *
 * <pre>
 *   INLINE ──loop leaves handle──► QUIET ──something staged──► TELL
 *     │                              │                          │
 *     └─end─► OVER: the loop sees it └─end─► OVER: the next     └─end─► OVER: the loop is woken
 *             when it leaves                 event will see it
 * </pre>
 */
final class NioExchange implements Exchange {

    private static final ByteBuffer CONTINUE = ByteBuffer.wrap(ResponseEncoder.interim(ResponseHead.of(100)));
    private static final int INLINE = 0;
    private static final int QUIET = 1;
    private static final int TELL = 2;
    private static final int OVER = 3;
    private static final VarHandle LIFE;
    private static final VarHandle GONE;

    static {
        try {
            LIFE = MethodHandles.lookup().findVarHandle(NioExchange.class, "life", int.class);
            GONE = MethodHandles.lookup().findVarHandle(NioExchange.class, "gone", Runnable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final HttpConnection http;
    private final RequestHead head;
    private final ResponseWriter response;
    private final boolean mayUpgrade;
    private volatile @Nullable Inbound inbound;
    private boolean expectsContinue;
    private boolean overInTurn;
    private volatile int life = INLINE;
    private volatile @Nullable Throwable aborted;
    @SuppressWarnings("unused") // by GONE
    private volatile @Nullable Runnable gone;
    private volatile boolean lost;

    /** For the head that the parser has just read. */
    NioExchange(HttpConnection http, RequestHead head, @Nullable Inbound inbound, RequestParser parser) {
        this.http = http;
        this.head = head;
        this.inbound = inbound;
        this.mayUpgrade = parser.upgrade();
        this.response = new ResponseWriter(this, http, head, parser.persistent());
        this.expectsContinue = parser.expectsContinue();
    }

    @Override
    public void silence(Duration limit) {
        Inbound in = inbound;
        if (in != null) {
            in.silence(limit.toNanos());
        }
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
        return response.persistent();
    }

    /** Whether the input belongs to the loop. */
    boolean inputIsLoops() {
        Inbound in = inbound;
        return in == null ? !mayUpgrade : in.done();
    }

    /** Whether only a reset can show that the response was cut. */
    boolean endsWithConnection() {
        return response.endsWithConnection();
    }

    /** Whether this side has ended its direction after a switch of protocols. */
    boolean sent() {
        return response.sent();
    }

    /** Whether somebody waits for the disconnect; not when this side has ended, which might look like one. */
    boolean wantsProbe() {
        return gone != null && !response.sent();
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
        tellGone();
    }

    // The owner may ask while the loop finds out: whoever takes the runnable runs it.
    private void tellGone() {
        Runnable waiting = (Runnable) GONE.getAndSet(this, null);
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
        response.requireNotEnded();
        Inbound in = inbound;
        if (in == null) {
            throwAborted();
            return -1;
        }
        throwAborted();
        sendContinue(in);
        int read = in.read(into);
        if (read < 0 && response.sent()) {
            response.end();
        }
        return read;
    }

    @Override
    public void demand(Runnable readable) {
        response.requireNotEnded();
        Inbound in = inbound;
        if (in == null) {
            readable.run();
            return;
        }
        if (in.demanded()) {
            throw new IllegalStateException("a demand is outstanding: wait for its call");
        }
        sendContinue(in);
        boolean atOnce = in.readable();
        in.demand(readable); // from here on it may be called, and the exchange be another thread's
        if (atOnce || aborted != null) {
            in.fire();
            return;
        }
        if (http.loop.isCurrent()) {
            http.watch(this, in);
        } else {
            http.soon(() -> http.watch(this, in));
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
        response.inform(interim, done);
    }

    @Override
    public void commit(ResponseHead head, ByteBuffer body, boolean last, Completion done) {
        response.commit(head, body, last, done);
    }

    @Override
    public void write(ByteBuffer body, boolean last, Completion done) {
        response.write(body, last, done);
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        response.transfer(file, from, count, last, done);
    }

    @Override
    public void trailers(Fields fields) {
        response.requireNotEnded();
        response.trailers(fields);
    }

    // ---- endings

    @Override
    public void onDisconnect(Runnable runnable) {
        if (over()) {
            return;
        }
        gone = runnable;
        if (lost) {
            tellGone();
        } else if (http.loop.isCurrent()) {
            http.watchForLoss();
        } else {
            http.soon(http::watchForLoss);
        }
    }

    @Override
    public void abort(Throwable cause) {
        if (over() || aborted != null) {
            return;
        }
        aborted = cause;
        http.soon(() -> http.ending.abort(this, cause));
    }

    // ---- inside

    boolean expectsContinue() {
        return expectsContinue;
    }

    void continueNotExpected() {
        expectsContinue = false;
    }

    /** Why it was aborted, or null. */
    @Nullable Throwable abortCause() {
        return aborted;
    }

    /** From now on the input is the connection's bytes as they are. */
    void switchInbound() {
        inbound = new Inbound(http, Framing.UNTIL_CLOSE, true);
    }

    /** The response has ended, and so has the exchange. */
    void end() {
        if (http.outbound.inTurn()) {
            overInTurn = true;
            return;
        }
        int before = (int) LIFE.getAndSet(this, OVER);
        if (before == TELL || before == QUIET && !(response.persistent() && inputIsLoops())) {
            http.resumeSoon();
        }
    }

    private void sendContinue(Inbound in) {
        if (expectsContinue) {
            expectsContinue = false;
            if (response.open() && !in.readable() && http.outbound.interim(CONTINUE.duplicate())) {
                response.throughLoop();
            }
        }
    }

    private void throwAborted() throws IOException {
        Throwable cause = aborted;
        if (cause != null) {
            throw new IOException("the exchange was aborted: " + cause.getMessage(), cause);
        }
    }
}
