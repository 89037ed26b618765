/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Exchange;
import io.gatehouse.transport.FileTransfer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * One exchange over Jetty's request and response.
 *
 * <pre>
 *   OPEN ──commit──► COMMITTED ──last──► ENDED ──rest of the request read──► (Jetty's callback)
 *     │                  │
 *     └──────fail────────┴──► FAILED ──► (Jetty's callback, failed)
 * </pre>
 *
 * <p>The monitor guards the state for a few instructions at a time, and is never held over a call into Jetty or a call-back.
 * It is Jetty's callback for its own writes: one at a time is outstanding.
 */
final class JettyExchange implements Exchange, Callback {
    private enum State { OPEN, COMMITTED, ENDED, FAILED }

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final JettyTransport transport;
    private final JettyEndPoint endPoint;
    private final RequestHead head;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final RequestReader reader;
    private final ExchangeEnd ending;
    private final AnswerFraming framing = new AnswerFraming();

    private State state = State.OPEN;
    private volatile @Nullable Throwable failure;
    private boolean byPeer;
    private @Nullable Runnable gone;

    // The one write that may be outstanding.
    private @Nullable Completion done;
    private @Nullable Thread writer;
    private boolean last;
    private boolean cut;
    private @Nullable ByteBuffer early;
    private boolean waitsForRest;
    private Fields trailers = Fields.EMPTY;
    private @Nullable WritePace writing;

    JettyExchange(JettyTransport transport, JettyEndPoint endPoint, RequestHead head, Request request, Response response, Callback callback) {
        this.transport = transport;
        this.endPoint = endPoint;
        this.head = head;
        this.request = request;
        this.response = response;
        this.callback = callback;
        JettyBody body = new JettyBody(request, head);
        this.ending = new ExchangeEnd(transport, endPoint, this, request, callback, body);
        this.reader = new RequestReader(transport, this, body);
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Connection connection() {
        return endPoint.identity();
    }

    @Override
    public String protocolId() {
        return head.version() == HttpVersion.HTTP_2 ? request.getId() : "";
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return reader.read(into);
    }

    @Override
    public void demand(Runnable readable) {
        reader.demand(readable);
    }

    /** Jetty found that a read is worth trying; on whatever thread. */
    void readable() {
        reader.readable();
    }

    /** Why it has failed, or its reads do; null while it has not. */
    @Nullable Throwable failure() {
        return failure;
    }

    /** The body is broken, or too slow: reads say so, and the response may still be written. */
    void refuse(RefusedException cause) {
        boolean over;
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = cause;
            over = waitsForRest;
        }
        transport.config().listener().refused(endPoint.identity(), cause.refusal(), String.valueOf(cause.getMessage()));
        transport.execute(over ? () -> ending.hangUp(cause) : reader::fire);
    }

    /** The connection has closed: Jetty tells a pending write of it, everything else is told here. */
    void closed(IOException cause) {
        boolean writes;
        synchronized (this) {
            writes = done != null;
        }
        if (!writes) {
            fail(cause, true);
        }
    }

    @Override
    public Fields trailers() {
        return reader.trailers();
    }

    @Override
    public void trailers(Fields trailers) {
        this.trailers = trailers;
    }

    @Override
    public void inform(ResponseHead interim, Completion done) {
        if (!take(State.OPEN, State.OPEN, false, done)) {
            return;
        }
        InterimAnswer.send(head, response, interim, this);
        writer = null;
    }

    @Override
    public void commit(ResponseHead answer, ByteBuffer part, boolean last, Completion done) {
        if (!take(State.OPEN, State.COMMITTED, last, done)) {
            return;
        }
        if (answer.status() == 101) {
            framing.upgrade(answer, response);
            synchronized (this) {
                early = part;
            }
            RawConnection next = new RawConnection(endPoint, this, transport);
            request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, next);
            response.write(true, NONE.duplicate(), this);
            writer = null;
            return;
        }
        boolean close = failure != null || transport.stopping();
        if (last && !close && WholeAnswer.fits(head, answer, part.remaining())) {
            WholeAnswer.send(head, answer, part, transport.dateLine(), request, this);
            writer = null;
            return;
        }
        if (framing.begin(head, answer, part.remaining(), last, close, response)) {
            // Asked at the end; and a response that may have trailers is not given the length of what was written.
            response.setTrailersSupplier(() -> trailers == Fields.EMPTY ? null : JettyFields.trailers(trailers));
        }
        send(part, last);
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        if (!take(State.COMMITTED, State.COMMITTED, last, done)) {
            return;
        }
        RawConnection switched = reader.raw();
        if (switched != null) {
            switched.write(part.duplicate(), this);
            writer = null;
        } else {
            send(part, last);
        }
    }

    @Override
    public void transfer(FileChannel file, long from, long count, boolean last, Completion done) {
        FileTransfer.start(this, file, from, count, last, done, transport::execute);
    }

    /** Whether the call may go on; throws if it is out of turn, fails its completion if the exchange has failed. */
    private boolean take(State expected, State next, boolean last, Completion done) {
        Throwable cause = null;
        synchronized (this) {
            if (state == State.FAILED) {
                cause = failure;
            } else if (this.done != null || state != expected) {
                throw new IllegalStateException(this.done != null ? "a write is outstanding: wait for its completion"
                        : "the exchange is " + state + ", not " + expected);
            } else {
                this.state = next;
                this.done = done;
                this.last = last;
                this.writer = Thread.currentThread();
            }
        }
        if (cause != null) {
            done.failed(cause);
        }
        return cause == null;
    }

    private void send(ByteBuffer part, boolean last) {
        int size = part.remaining();
        if (!framing.take(size)) {
            IllegalStateException tooLong = new IllegalStateException("the body is longer than its Content-Length: "
                    + size + " bytes for " + framing.left());
            fail(tooLong, false);
            failed(tooLong);
            return;
        }
        cut = last && framing.left() > 0;
        response.write(last && !cut && !framing.isUnsized(), framing.isSilent() ? NONE.duplicate() : part.duplicate(), this);
        writer = null;
    }

    /** Jetty has written; inline or on whatever thread. */
    @Override
    public void succeeded() {
        Completion completed;
        boolean ended;
        synchronized (this) {
            if (early != null) {
                callback.succeeded(); // Jetty switches the connection now, and RawConnection calls switched
                return;
            }
            completed = done;
            done = null;
            ended = last && state == State.COMMITTED;
            if (ended) {
                state = State.ENDED;
            }
        }
        if (completed == null) {
            return;
        }
        tell(completed::succeeded);
        if (ended) {
            end();
        }
    }

    /** Jetty could not write; inline or on whatever thread. */
    @Override
    public void failed(Throwable cause) {
        Completion completed;
        Throwable known = failure;
        synchronized (this) {
            completed = done;
            done = null;
        }
        Throwable told = state == State.FAILED && known != null ? known
                : cause instanceof IOException ? cause : new IOException("the answer can't be written", cause);
        if (completed != null) {
            tell(() -> completed.failed(told));
        }
        fail(told, true);
    }

    /** Completes a write: here, if this is the writer's thread, within its call, or one of ours. */
    private void tell(Runnable completion) {
        if (writer == Thread.currentThread() || IoThread.isCurrent()) {
            completion.run();
        } else {
            transport.execute(completion);
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    /** The connection is raw now: what came with the commit follows. */
    void switched() {
        ByteBuffer part = early;
        early = null;
        if (endPoint.outer().getConnection() instanceof RawConnection connection && part != null) {
            reader.switched(connection);
            connection.write(part.duplicate(), this);
        }
    }

    /** Closes a raw connection once both directions have ended. */
    void closeRaw() {
        if (reader.isRawEnded() && state == State.ENDED) {
            endPoint.end();
        }
    }

    /** The response has left: reads what is left of the request, as far as the limit goes, then lets Jetty go on. */
    private void end() {
        if (reader.raw() != null) {
            endPoint.endOutput();
            closeRaw();
        } else if (cut) {
            ending.cutOff(new IOException("the body was shorter than its Content-Length"), framing.isUntilClose());
        } else if (failure != null) {
            ending.hangUp(failure);
        } else {
            ending.finish();
        }
    }

    /** The response has left, and the rest of the request is waited for, or no longer; false if its reads have failed. */
    synchronized boolean waitForRest(boolean wait) {
        waitsForRest = wait && failure == null;
        return waitsForRest;
    }

    @Override
    public void silence(Duration limit) {
        reader.silence(limit);
    }

    @Override
    public void abort(Throwable cause) {
        fail(cause, false);
    }

    /** Ends it before its message has; what is pending fails with the cause. */
    void fail(Throwable cause, boolean byPeer) {
        Runnable disconnected;
        synchronized (this) {
            if (state == State.FAILED || state == State.ENDED && reader.raw() == null) {
                return;
            }
            state = State.FAILED;
            failure = cause;
            this.byPeer = byPeer;
            disconnected = byPeer ? gone : null;
            gone = null;
        }
        ending.cutOff(cause, framing.isUntilClose());
        transport.execute(() -> {
            reader.fire();
            if (disconnected != null) {
                disconnected.run();
            }
        });
    }

    @Override
    public void onDisconnect(Runnable gone) {
        boolean now;
        synchronized (this) {
            now = byPeer;
            this.gone = now ? null : gone;
        }
        if (now) {
            gone.run();
        } else {
            request.addFailureListener(cause -> fail(cause, true));
        }
    }

    synchronized boolean isAsked() {
        return gone != null;
    }

    /** Looks at the clock: strikes a peer that is waited for and too slow. */
    void tick(long now) {
        reader.tick(now);
        WritePace slow;
        synchronized (this) {
            writing = done == null ? null : writing == null ? new WritePace(transport, endPoint, now) : writing;
            slow = writing != null && writing.isTooSlow(now) ? writing : null;
        }
        if (slow != null) {
            fail(slow.strike(), true);
        }
    }
}
