/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Exchange;
import io.gatehouse.transport.FileTransfer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.Future;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
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
    private final JettyBody body;

    private State state = State.OPEN;
    private volatile @Nullable Throwable failure;
    private boolean byPeer;
    private @Nullable Runnable gone;
    private @Nullable Runnable demand;
    private boolean firing;

    // The one write that may be outstanding.
    private @Nullable Completion done;
    private @Nullable Thread writer;
    private boolean last;
    private boolean cut;
    private long left = -1;
    private boolean silent;
    private boolean untilClose;
    private boolean unsized;
    private @Nullable ByteBuffer early;
    private @Nullable RawConnection raw;
    private boolean rawInEnded;
    private boolean waitsForRest;
    private Fields trailers = Fields.EMPTY;

    private @Nullable Pace writing;
    private @Nullable Pace reading;
    private long pausedAt;

    JettyExchange(JettyTransport transport, JettyEndPoint endPoint, RequestHead head, Request request, Response response,
            Callback callback) {
        this.transport = transport;
        this.endPoint = endPoint;
        this.head = head;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.body = new JettyBody(request, head);
    }

    @Override
    public RequestHead head() {
        return head;
    }

    @Override
    public Connection connection() {
        return endPoint.identity();
    }

    // ---- reading

    @Override
    public int read(ByteBuffer into) throws IOException {
        rethrow();
        RawConnection switched = raw;
        if (switched != null) {
            try {
                int read = switched.read(into);
                rawInEnded |= read < 0;
                closeRaw();
                return read;
            } catch (IOException e) {
                fail(e, true);
                throw e;
            }
        }
        int read = body.read(into);
        rethrow(); // Jetty may have met the end of the connection meanwhile
        Throwable cause = body.failure();
        if (cause != null) {
            IOException broken = asFailure(cause);
            fail(broken, true);
            throw broken;
        }
        return read;
    }

    private static IOException asFailure(@Nullable Throwable cause) {
        return cause instanceof IOException e ? e : new IOException("the request's body can't be read", cause);
    }

    private void rethrow() throws IOException {
        Throwable cause = failure;
        if (cause instanceof RefusedException e) {
            throw new RefusedException(e.refusal(), String.valueOf(e.getMessage()));
        } else if (cause != null) {
            throw new IOException(cause.getMessage(), cause);
        }
    }

    @Override
    public void demand(Runnable readable) {
        boolean nested;
        synchronized (this) {
            if (demand != null) {
                throw new IllegalStateException("a demand is outstanding: wait for it, then read");
            }
            demand = readable;
            nested = firing;
        }
        RawConnection switched = raw;
        boolean ready = failure != null || (switched != null ? !switched.demand() : body.isReady());
        if (!ready) {
            if (switched == null) {
                await();
                request.demand(Invocable.from(InvocationType.NON_BLOCKING, this::readable));
            }
        } else if (nested && !IoThread.isCurrent()) {
            transport.execute(this::readable);
        } else {
            fire();
        }
    }

    private synchronized void await() {
        long now = System.nanoTime();
        Pace pace = reading;
        if (pace == null) {
            pace = new Pace(transport.config().timeouts().body(), transport.config().limits().rate());
            pace.restart(now, body.count());
            reading = pace;
        } else {
            pace.pause(now - pausedAt);
        }
    }

    /** Jetty found that a read is worth trying; on whatever thread. */
    void readable() {
        // Jetty tells of a failure in one way only, through the read if one is asked for; here it is a disconnect too.
        if (raw == null && failure == null && body.isReady() && body.failure() != null) {
            fail(asFailure(body.failure()), true);
        } else if (IoThread.isCurrent()) {
            fire();
        } else {
            transport.execute(this::fire);
        }
    }

    private void fire() {
        Runnable run;
        synchronized (this) {
            run = demand;
            demand = null;
            pausedAt = reading == null ? 0 : System.nanoTime();
            firing = run != null;
        }
        if (run != null) {
            try {
                run.run();
            } finally {
                firing = false;
            }
        }
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
        transport.execute(over ? () -> hangUp(cause) : this::fire);
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
        return body.trailers();
    }

    // ---- writing

    @Override
    public void trailers(Fields trailers) {
        this.trailers = trailers;
    }

    @Override
    public void inform(ResponseHead interim, Completion done) {
        if (!take(State.OPEN, false, done)) {
            return;
        }
        if (head.version() == HttpVersion.HTTP_1_0) {
            succeeded();
        } else {
            HttpFields.Mutable fields = HttpFields.build();
            JettyFields.copy(interim.fields(), fields);
            Future<Void> unused = response.writeInterim(interim.status(), fields).whenComplete((nothing, cause) -> {
                if (cause == null) {
                    succeeded();
                } else {
                    failed(cause);
                }
            });
        }
        writer = null;
    }

    @Override
    public void commit(ResponseHead answer, ByteBuffer part, boolean last, Completion done) {
        if (!take(State.OPEN, last, done)) {
            return;
        }
        int status = answer.status();
        HttpFields.Mutable fields = response.getHeaders();
        response.setStatus(status);
        if (status == 101) {
            switchProtocol(answer, part, fields);
            return;
        }
        JettyFields.copy(answer.fields(), fields);
        boolean never = status == 204 || status == 304;
        silent = never || head.isHead();
        String given = status == 204 ? null : answer.fields().first("Content-Length");
        long length = given != null ? Long.parseLong(given) : last && !never ? part.remaining() : -1;
        if (length >= 0) {
            fields.put(HttpHeader.CONTENT_LENGTH, length);
        }
        left = silent ? -1 : length;
        if (length < 0 && (!silent && head.version() != HttpVersion.HTTP_1_0)) {
            // Asked at the end; and a response that may have trailers is not given the length of what was written.
            response.setTrailersSupplier(() -> trailers == Fields.EMPTY || silent ? null : JettyFields.of(trailers));
        }
        untilClose = length < 0 && head.version() == HttpVersion.HTTP_1_0 && !never;
        boolean http1 = head.version() != HttpVersion.HTTP_2;
        if (http1 && (untilClose || failure != null || transport.stopping() || answer.fields().lists("Connection", "close"))) {
            fields.put(HttpFields.CONNECTION_CLOSE);
        }
        unsized = status == 304 && length < 0;
        send(part, last);
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        if (!take(State.COMMITTED, last, done)) {
            return;
        }
        RawConnection switched = raw;
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
    private boolean take(State expected, boolean last, Completion done) {
        Throwable cause = null;
        synchronized (this) {
            if (state == State.FAILED) {
                cause = failure;
            } else if (this.done != null || state != expected) {
                throw new IllegalStateException(this.done != null ? "a write is outstanding: wait for its completion"
                        : "the exchange is " + state + ", not " + expected);
            } else {
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
        if (left >= 0 && size > left) {
            IllegalStateException tooLong = new IllegalStateException(
                    "the body is longer than its Content-Length: " + size + " bytes for " + left);
            fail(tooLong, false);
            failed(tooLong);
            return;
        }
        left -= left < 0 ? 0 : size;
        synchronized (this) {
            state = State.COMMITTED;
            cut = last && left > 0;
        }
        response.write(last && !cut && !unsized, silent ? NONE.duplicate() : part.duplicate(), this);
        writer = null;
    }

    /** Jetty has written; inline or on whatever thread. */
    @Override
    public void succeeded() {
        Completion completed;
        boolean ended;
        boolean inline = writer == Thread.currentThread() || IoThread.isCurrent();
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
        if (inline) {
            completed.succeeded();
        } else {
            transport.execute(completed::succeeded);
        }
        if (ended) {
            end();
        }
    }

    /** Jetty could not write; inline or on whatever thread. */
    @Override
    public void failed(Throwable cause) {
        Completion completed;
        boolean inline = writer == Thread.currentThread() || IoThread.isCurrent();
        synchronized (this) {
            completed = done;
            done = null;
        }
        Throwable known = failure;
        Throwable told = state == State.FAILED && known != null ? known
                : cause instanceof IOException ? cause : new IOException("the answer can't be written", cause);
        if (completed != null) {
            if (inline) {
                completed.failed(told);
            } else {
                transport.execute(() -> completed.failed(told));
            }
        }
        fail(told, true);
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    // ---- another protocol

    private void switchProtocol(ResponseHead answer, ByteBuffer part, HttpFields.Mutable fields) {
        JettyFields.copy(answer.fields(), fields);
        fields.put(HttpHeader.CONNECTION, "Upgrade");
        String upgrade = answer.fields().first("Upgrade");
        if (upgrade != null) {
            fields.put(HttpHeader.UPGRADE, upgrade);
        }
        synchronized (this) {
            state = State.COMMITTED;
            early = part;
        }
        request.setAttribute(org.eclipse.jetty.server.HttpStream.UPGRADE_CONNECTION_ATTRIBUTE,
                new RawConnection(endPoint, this, transport));
        response.write(true, NONE.duplicate(), this);
        writer = null;
    }

    /** The connection is raw now: what came with the commit follows. */
    void switched() {
        ByteBuffer part = early;
        early = null;
        if (endPoint.getConnection() instanceof RawConnection connection && part != null) {
            raw = connection;
            connection.write(part.duplicate(), this);
        }
    }

    private void closeRaw() {
        if (raw != null && rawInEnded && state == State.ENDED) {
            endPoint.close();
        }
    }

    // ---- the end

    /** The response has left: reads what is left of the request, as far as the limit goes, then lets Jetty go on. */
    private void end() {
        if (raw != null) {
            endPoint.shutdownOutput();
            closeRaw();
        } else if (cut) {
            cutOff(new IOException("the body was shorter than its Content-Length"));
        } else if (failure != null) {
            hangUp(failure);
        } else if (head.version() == HttpVersion.HTTP_2 || body.isEnded()) {
            callback.succeeded();
            endPoint.ended(this);
        } else {
            drain();
        }
    }

    private void drain() {
        long limit = transport.config().limits().drain();
        JettyBody.Drained drained = body.drain(limit);
        boolean wait;
        synchronized (this) {
            wait = drained == JettyBody.Drained.WAITING && failure == null;
            waitsForRest = wait;
        }
        if (wait) {
            request.demand(Invocable.from(InvocationType.NON_BLOCKING, this::drain));
        } else if (drained == JettyBody.Drained.ENDED) {
            callback.succeeded();
            endPoint.ended(this);
        } else {
            hangUp(new IOException("more of the request is unread than limits.drain=" + limit));
        }
    }

    /** The answer is out, and the rest of the request is not worth waiting for. */
    private void hangUp(Throwable cause) {
        endPoint.hangUp();
        callback.failed(new EofException(cause)); // of a kind that Jetty does not log
        body.release();
        endPoint.ended(this);
    }

    private void cutOff(Throwable cause) {
        if (head.version() == HttpVersion.HTTP_2) {
            endPoint.resetStream(request.getId());
        } else if (untilClose) {
            endPoint.breakOff(cause);
        } else {
            endPoint.close(cause);
        }
        callback.failed(new EofException(cause)); // of a kind that Jetty does not log
        body.release();
        endPoint.ended(this);
    }

    @Override
    public void abort(Throwable cause) {
        fail(cause, false);
    }

    /** Ends it before its message has; what is pending fails with the cause. */
    void fail(Throwable cause, boolean byPeer) {
        Runnable disconnected;
        synchronized (this) {
            if (state == State.FAILED || state == State.ENDED && raw == null) {
                return;
            }
            state = State.FAILED;
            failure = cause;
            this.byPeer = byPeer;
            disconnected = byPeer ? gone : null;
            gone = null;
        }
        cutOff(cause);
        transport.execute(() -> {
            fire();
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

    /** Looks at the clock: strikes a peer that is waited for and too slow. */
    void tick(long now) {
        Pace slowWrite = null;
        boolean slowRead;
        synchronized (this) {
            Pace pace = reading;
            slowRead = demand != null && pace != null && failure == null && pace.tooSlow(now, body.count());
            if (done == null) {
                writing = null;
            } else if (writing == null) {
                writing = new Pace(transport.config().timeouts().write(), transport.config().limits().rate());
                writing.restart(now, endPoint.bytesOut());
            } else {
                slowWrite = writing.tooSlow(now, endPoint.bytesOut()) ? writing : null;
            }
        }
        if (slowRead) {
            refuse(new RefusedException(Refusal.BODY_TIMEOUT, "the body came slower than limits.rate="
                    + transport.config().limits().rate() + " over timeouts.body=" + transport.config().timeouts().body()));
        }
        if (slowWrite != null) {
            String detail = "the peer took the answer slower than limits.rate=" + transport.config().limits().rate()
                    + " over timeouts.write=" + transport.config().timeouts().write();
            transport.config().listener().refused(endPoint.identity(), Refusal.WRITE_TIMEOUT, detail);
            fail(new IOException(detail), true);
        }
    }
}
