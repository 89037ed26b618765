/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to the origin, and its answer on the way back. Owns both from {@link #begin} on; on the loop's
 * thread.
 *
 * <pre>
 *   NEW ──► WAITING ──► CONNECTING ──► CROSSING ──the answer's end was taken──► OVER
 *             │             ▲   │          │
 *             │             └───┼──────────┤ a kept connection had ended: once more, on a new one
 *             └─────────────────┴──────────┴──fail──► OVER
 * </pre>
 *
 * <p>What has crossed can't be called back: before the response is committed a failure is an answer (502, 503, 504), after
 * that it cuts the answer off, so that nobody takes it for whole.
 */
final class Passage {

    private enum State { NEW, WAITING, CONNECTING, CROSSING, OVER }

    private final ForwardLoop loop;
    private final ConnectionPool pool;
    private final List<SocketAddress> addresses;
    private final Request request;
    private final Response response;
    private final Completion done;
    private final boolean idempotent;
    private final Upload upload;
    private final Download download;
    private State state = State.NEW;
    private @Nullable OriginConnection connection;
    private boolean repeated;
    private long since;
    private @Nullable Throwable deferred;

    /**
     * A passage.
     *
     * @param head for the origin
     * @param addresses of the origin, one or more
     */
    Passage(ForwardLoop loop, ConnectionPool pool, RequestHead head, List<SocketAddress> addresses, Request request,
            Response response, Completion done) {
        this.loop = loop;
        this.pool = pool;
        this.addresses = addresses;
        this.request = request;
        this.response = response;
        this.done = done;
        this.idempotent = switch (head.method()) { // RFC 9110 section 9.2.2
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
        this.upload = new Upload(this, loop, request, head);
        this.download = new Download(this, pool, response, head.method());
    }

    /** Takes the request over. */
    void begin() {
        try {
            request.onDisconnect(() -> loop.execute(this::disconnected));
            if (state == State.NEW) {
                state = State.WAITING;
                since = loop.now();
                upload.prepare();
                pool.acquire(this);
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    List<SocketAddress> addresses() {
        return addresses;
    }

    /** Whether it may be sent once more when it is not known what became of it (RFC 9110 section 9.2.2). */
    boolean isRepeatable() {
        return idempotent && !repeated && upload.isUntouched();
    }

    boolean isOver() {
        return state == State.OVER;
    }

    /** Something came or went: the origin has all its time again. */
    void progress() {
        since = loop.now();
    }

    // ---- the connection's side

    void connecting(OriginConnection opening) {
        connection = opening;
        state = State.CONNECTING;
        progress();
    }

    void connected(OriginConnection standing) {
        connection = standing;
        state = State.CROSSING;
        progress();
        try {
            upload.start(standing);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    void unreachable(@Nullable IOException cause) {
        fail(new OriginFailure(pool.origin() + " can't be reached: " + (cause == null ? "no address" : cause.getMessage()))
                .unreachable());
    }

    void readable(OriginConnection from) {
        if (from == connection) {
            download.readable(from);
        }
    }

    void writable(OriginConnection to) {
        if (to == connection) {
            upload.pump();
        }
    }

    // ---- the upload's and the download's side

    /** Whether the origin has the whole head of the request. */
    boolean isAsked() {
        return upload.isAsked();
    }

    /** The origin asked for the body. */
    void proceed() {
        upload.proceed();
    }

    /** The connection has ended before a byte of the answer came. */
    void unanswered(String what) {
        OriginConnection ended = connection;
        if (ended != null && ended.reused() && isRepeatable()) {
            repeated = true;
            connection = null;
            upload.rewind();
            pool.replace(ended, this);
        } else {
            invalid(what);
        }
    }

    /** The request can't be written any more: what the origin has answered may still be there to read. */
    void unwritable(IOException why) {
        OriginConnection broken = connection;
        if (broken != null && download.isUntouched() && broken.reused() && isRepeatable()) {
            unanswered("took no request: " + why.getMessage());
        } else if (broken != null) {
            upload.stop();
            broken.wantWrite(false);
            broken.wantRead(true);
        }
    }

    /**
     * The answer came whole: the connection is not this passage's any more, although the client may not have all of it yet.
     *
     * @param idleNanos how long the connection may be kept; 0 to close it
     */
    void answered(long idleNanos) {
        OriginConnection used = connection;
        connection = null;
        if (used == null) {
            return;
        }
        if (upload.isComplete() && idleNanos > 0) {
            pool.release(used, Math.min(idleNanos, pool.timeouts().idle().toNanos()));
        } else {
            upload.stop(); // the origin has answered without it
            pool.discard(used);
        }
    }

    /** The client has the answer. */
    void succeed() {
        if (state != State.OVER) {
            state = State.OVER;
            upload.stop();
            download.stop();
            done.succeeded();
        }
    }

    void invalid(String what) {
        fail(new OriginFailure(pool.origin() + " " + what).invalid());
    }

    /** Ends it without an answer, or in the middle of one. */
    void fail(Throwable cause) {
        if (state == State.OVER) {
            return;
        }
        State before = state;
        state = State.OVER;
        OriginConnection used = connection;
        connection = null;
        if (used != null) {
            pool.discard(used);
        } else if (before == State.WAITING) {
            pool.leave(this);
        }
        upload.stop();
        download.stop();
        deferred = cause;
        if (!download.isInforming()) {
            failDeferred();
        }
    }

    /** Says so, now that no interim answer is on its way any more. */
    void failDeferred() {
        Throwable cause = deferred;
        if (cause != null) {
            deferred = null;
            Throwable inner = cause instanceof HttpFailure && response.committed() ? cause.getCause() : null;
            done.failed(inner == null ? cause : inner);
        }
    }

    void tick(long now) {
        ForwardTimeouts timeouts = pool.timeouts();
        long waited = now - since;
        switch (state) {
            case WAITING -> {
                if (over(waited, timeouts.queue())) {
                    fail(new OriginFailure("no connection to " + pool.origin() + " came free in time").busy());
                }
            }
            case CONNECTING -> late(waited, timeouts.connect(), "took no connection");
            case CROSSING -> {
                if (download.isWriting()) {
                    return; // the client's time
                }
                if (download.isBegun() && !upload.waitsForClient()) {
                    late(waited, timeouts.progress(), "sent no more of its answer");
                } else if (upload.isBlocked()) {
                    late(waited, timeouts.progress(), "took no more of the request");
                } else if (upload.isHeld()) {
                    if (over(waited, timeouts.proceed())) {
                        upload.proceed();
                    }
                } else if (upload.isOver()) {
                    late(waited, timeouts.answer(), "did not answer");
                }
            }
            default -> {}
        }
    }

    private void late(long waited, Duration limit, String what) {
        if (over(waited, limit)) {
            fail(new OriginFailure(pool.origin() + " " + what + " in time").late());
        }
    }

    private static boolean over(long waited, Duration limit) {
        return waited >= limit.toNanos();
    }

    private void disconnected() {
        fail(new RefusedException(Refusal.DISCONNECTED, "the client is gone"));
    }
}
