/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a target, and its answer on the way back. Owns both from {@link #begin} on; on the loop's
 * thread.
 *
 * <pre>
 *   NEW ──► WAITING, HELD ──► CONNECTING ──► CROSSING ──the answer's end was taken──► OVER
 *             ▲                   ▲   │          │
 *             │                   └───┼──────────┤ a kept connection had ended: once more, on a new one
 *             └───────────────────────┼──────────┤ its target failed, and it is safe: to another
 *                                     └───fail───┴──► OVER
 * </pre>
 *
 * <p>Safe is: no connection could be made; or it may be repeated (RFC 9110 section 9.2.2), nothing of its body was read and
 * nothing of an answer came; or its body waits for the target to ask for it, as {@link ForwardBuilder#confirmBodies} has it. What
 * has crossed can't be called back: before the response is committed a failure is an answer (502, 503, 504), after
 * that it cuts the answer off, so that nobody takes it for whole.
 */
final class Passage {

    private enum State { NEW, WAITING, HELD, CONNECTING, CROSSING, OVER }

    private final Switchboard board;
    private final ForwardLoop loop;
    private final Fields fields;
    private final @Nullable String key;
    private final Request request;
    private final Response response;
    private final Completion done;
    private final boolean idempotent;
    private final Attempts attempts;
    private final Upload upload;
    private final Download download;
    private State state = State.NEW;
    private @Nullable Target target;
    private @Nullable OriginConnection connection;
    private boolean check;
    private boolean repeated;
    private long since;
    private long heldSince;
    private @Nullable Throwable deferred;

    /**
     * A passage.
     *
     * @param fields for the target, without Host
     * @param key by which the target is chosen, if it is by one
     */
    Passage(Switchboard board, Fields fields, @Nullable String key, Request request, Response response, Completion done) {
        this.board = board;
        this.loop = board.loop();
        this.fields = fields;
        this.key = key;
        this.request = request;
        this.response = response;
        this.done = done;
        this.idempotent = switch (request.method()) { // RFC 9110 section 9.2.2
            case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE" -> true;
            default -> false;
        };
        this.attempts = new Attempts(board);
        this.upload = new Upload(this, loop, request, board.settings().confirmBodies());
        this.download = new Download(this, board, response, request.method());
    }

    /** Takes the request over. */
    void begin() {
        try {
            request.onDisconnect(() -> loop.execute(this::disconnected));
            if (state == State.NEW) {
                upload.prepare();
                board.assign(this);
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Goes to one target and no other, as its check; nothing is counted. */
    void check(Target only) {
        try {
            check = true;
            target = only;
            upload.prepare();
            upload.aim(board.settings().rules().checkHead(request.head()), false);
            only.pool().open(this);
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    Attempts attempts() {
        return attempts;
    }

    @Nullable String key() {
        return key;
    }

    boolean isOver() {
        return state == State.OVER;
    }

    /** Something came or went: the target has all its time again. */
    void progress() {
        since = loop.now();
    }

    // ---- the board's side

    /** It has its target. */
    void give(Target chosen) {
        target = chosen;
        attempts.begin(chosen);
        try {
            upload.aim(board.settings().rules().head(request, fields, chosen.parsed()), true);
            chosen.pool().acquire(this);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** It has none yet. */
    void waits(boolean held) {
        if (!held) {
            state = State.WAITING;
            progress();
        } else if (state != State.HELD) {
            state = State.HELD;
            attempts.forget();
            heldSince = heldSince == 0 ? loop.now() : heldSince;
        }
    }

    /** Since when it is held, for the first time. */
    long heldSince() {
        return heldSince;
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

    /**
     * No connection could be made.
     *
     * @param refused whether nobody listens there
     */
    void unreachable(@Nullable IOException cause, boolean refused) {
        attempts.failed(refused);
        elsewhere(failure("can't be reached: " + (cause == null ? "no address" : cause.getMessage())).unreachable());
    }

    /** Somebody listens there who must not. */
    void distrusts(String objection) {
        attempts.distrusted();
        elsewhere(failure(objection).unreachable());
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

    /** The target was removed. */
    void targetIsGone() {
        HttpFailure failure = failure("was removed").unreachable();
        if (state == State.CONNECTING || download.isUntouched() && isSafe()) {
            elsewhere(failure);
        } else {
            fail(failure);
        }
    }

    // ---- the upload's and the download's side

    /** Whether the target has the whole head of the request. */
    boolean isAsked() {
        return upload.isAsked();
    }

    /** The target asked for the body. */
    void proceed() {
        upload.proceed();
    }

    /** The head of the final answer has come. */
    void begun() {
        attempts.begun();
        progress();
    }

    /** The connection has ended before a byte of the answer came. */
    void unanswered(String what) {
        OriginConnection ended = connection;
        if (ended != null && ended.reused() && !repeated && isSafe()) {
            repeated = true;
            attempts.repeated();
            connection = null;
            upload.rewind();
            ended.pool().replace(ended, this);
            return;
        }
        attempts.failed(false);
        HttpFailure failure = failure(what).invalid();
        if (isSafe()) {
            elsewhere(failure);
        } else {
            fail(failure);
        }
    }

    /** The request can't be written any more: what the target has answered may still be there to read. */
    void unwritable(IOException why) {
        OriginConnection broken = connection;
        if (broken != null && download.isUntouched() && broken.reused() && isSafe()) {
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
        attempts.answered();
        attempts.leave();
        if (upload.isComplete() && idleNanos > 0 && !check) {
            used.pool().release(used, Math.min(idleNanos, board.settings().timeouts().idle().toNanos()));
        } else {
            upload.stop(); // the target has answered without it
            used.pool().discard(used);
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

    /** The answer breaks the rules, or breaks off. */
    void invalid(String what) {
        attempts.failed(false);
        fail(failure(what).invalid());
    }

    /** Ends it without an answer, or in the middle of one. */
    void fail(Throwable cause) {
        if (state == State.OVER) {
            return;
        }
        State before = state;
        state = State.OVER;
        leaveConnection();
        if (before == State.WAITING || before == State.HELD) {
            board.leave(this);
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
            done.failed(cause); // with its status even if it is committed here: what stands in between may have sent nothing yet
        }
    }

    void tick(long now) {
        ForwardTimeouts timeouts = board.settings().timeouts();
        long waited = now - since;
        switch (state) {
            case WAITING -> {
                if (over(waited, timeouts.queue())) {
                    fail(new OriginFailure("no connection came free in time").busy());
                }
            }
            case HELD -> {
                if (over(now - heldSince, board.settings().patience())) {
                    fail(new OriginFailure("no target came into service in time", attempts.last()).away());
                }
            }
            case CONNECTING -> {
                if (over(waited, timeouts.connect())) {
                    attempts.failed(false);
                    elsewhere(failure("took no connection in time").late());
                }
            }
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

    /** Whether the request could be sent once more although it may have arrived. */
    private boolean isSafe() {
        return upload.isUntouched() && (idempotent || upload.isUnconfirmed());
    }

    /** Gives it to another target, if there is one, for what went wrong with this. */
    private void elsewhere(HttpFailure why) {
        if (state == State.OVER) {
            return;
        }
        if (check || !attempts.again(why)) {
            fail(why);
            return;
        }
        attempts.repeated();
        leaveConnection();
        upload.rewind();
        state = State.NEW;
        board.assign(this);
    }

    private void leaveConnection() {
        OriginConnection used = connection;
        connection = null;
        attempts.leave();
        if (used != null) {
            used.pool().discard(used);
        }
    }

    private void late(long waited, Duration limit, String what) {
        if (over(waited, limit)) {
            attempts.failed(false);
            fail(failure(what + " in time").late());
        }
    }

    private OriginFailure failure(String what) {
        Target current = target;
        return new OriginFailure((current == null ? "the target" : current.origin()) + ' ' + what);
    }

    private static boolean over(long waited, Duration limit) {
        return waited >= limit.toNanos();
    }

    private void disconnected() {
        fail(new RefusedException(Refusal.DISCONNECTED, "the client is gone"));
    }
}
