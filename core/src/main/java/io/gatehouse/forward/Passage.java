/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a target, and its answer on the way back. Owns both from {@link #begin} on; on the loop's
 * thread.
 *
 * <pre>
 *   NEW ──► WAITING, HELD ──► CONNECTING ──► CROSSING ──the answer's end was taken──► OVER
 *             ▲                   ▲   │          ├──101──► TUNNEL ──both ended──► OVER
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

    enum State { NEW, WAITING, HELD, CONNECTING, CROSSING, TUNNEL, OVER }

    private final Switchboard board;
    private final ForwardLoop loop;
    private final Departure departure;
    private final Request request;
    private final Response response;
    private final Ending ending;
    private final Attempts attempts;
    private final Deadlines deadlines;
    private final Upload upload;
    private final Download download;
    private State state = State.NEW;
    private @Nullable Target target;
    private boolean crossed; // to whichever target
    private @Nullable OriginConnection connection;
    private @Nullable Tunnel tunnel;
    private boolean check;
    private boolean repeated;

    Passage(Switchboard board, Departure departure, Request request, Response response, Completion done) {
        this.board = board;
        this.loop = board.loop();
        this.departure = departure;
        this.request = request;
        this.response = response;
        this.ending = new Ending(done);
        this.attempts = new Attempts(board);
        this.deadlines = new Deadlines(board);
        this.upload = new Upload(this, loop, request, board.settings().confirmBodies());
        this.download = new Download(this, upload, board, response, request.method());
    }

    /** Takes the request over. */
    void begin() {
        try {
            request.onDisconnect(() -> loop.execute(() -> fail(new RefusedException(Refusal.DISCONNECTED, "the client is gone"))));
            deadlines.begin();
            if (state == State.NEW) { // the client may be gone
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
            upload.aim(board.settings().rules().checkHead(request.head()), false, null);
            only.pool().open(this);
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    Attempts attempts() {
        return attempts;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    @Nullable String key() {
        return departure.key();
    }

    boolean isOver() {
        return state == State.OVER;
    }

    /** Something came or went: the target has all its time again. */
    void progress() {
        deadlines.progress();
    }

    // ---- the board's side

    /** It has its target. */
    void give(Target chosen) {
        target = chosen;
        attempts.begin(chosen);
        try {
            upload.aim(board.settings().rules().head(request, departure.fields(), chosen.parsed()), true, departure.protocol());
            chosen.pool().acquire(this);
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    /** It has none yet. */
    void waits(boolean held) {
        if (!held && state != State.WAITING) {
            state = State.WAITING;
            deadlines.queue();
        } else if (held && state != State.HELD) {
            state = State.HELD;
            attempts.forget();
            deadlines.hold();
        }
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
        crossed = true;
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
        OriginFailure failure = failure("can't be reached: " + (cause == null ? "no address" : cause.getMessage()));
        giveUp(crossed ? failure.unreachable() : failure.unseen(), true);
    }

    /** Somebody listens there who must not. */
    void distrusts(String objection) {
        attempts.distrusted();
        giveUp(failure(objection).unreachable(), true);
    }

    void readable(OriginConnection from) {
        Tunnel open = tunnel;
        if (from == connection && open != null) {
            open.readable();
        } else if (from == connection) {
            download.readable(from);
        }
    }

    void writable(OriginConnection to) {
        Tunnel open = tunnel;
        if (to == connection && open != null) {
            open.writable();
        } else if (to == connection) {
            upload.pump();
        }
    }

    /** The target was removed. */
    void targetIsGone() {
        giveUp(failure("was removed").unreachable(), state == State.CONNECTING || download.isUntouched() && isSafe());
    }

    // ---- the upload's and the download's side

    /** The head of the final answer has come. */
    void begun() {
        attempts.begun();
        progress();
    }

    /** What the client gets of an answer's fields. */
    Fields homeward(ResponseHead head) {
        return board.settings().homeward(head, request, Objects.requireNonNull(target, "an answer comes from a target").parsed());
    }

    /**
     * The target has switched protocols.
     *
     * @param rest what it has sent behind that
     */
    void switched(ResponseHead head, ByteBuffer rest) {
        String protocol = departure.protocol();
        OriginConnection used = connection;
        if (protocol == null || used == null) {
            invalid("switched protocols, which it was not asked for");
        } else if (!UpgradeRules.agrees(head, protocol)) {
            invalid("switched to another protocol than " + protocol);
        } else {
            begun();
            attempts.answered();
            state = State.TUNNEL;
            Tunnel opening = new Tunnel(this, loop, request, response, used, board.settings().timeouts().tunnel(), rest);
            tunnel = opening;
            upload.stop();
            download.stop();
            opening.begin(head, protocol);
        }
    }

    /** The connection to the client is the tunnel's. */
    void detached() {
        ending.succeed();
    }

    /** Both sides have said all. */
    void tunnelIsOver() {
        if (state != State.OVER) {
            state = State.OVER;
            leaveConnection();
            stopTunnel();
        }
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
        giveUp(failure(what).invalid(), isSafe());
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
        boolean kept = upload.isComplete() && !check;
        if (!kept) {
            upload.stop(); // the target has answered without it
        }
        used.pool().release(used, kept ? idleNanos : 0);
    }

    /** The client has the answer. */
    void succeed() {
        if (state != State.OVER) {
            state = State.OVER;
            upload.stop();
            download.stop();
            ending.succeed();
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
        Tunnel open = stopTunnel();
        if (open != null && open.isOpen()) {
            open.cut(Ending.inner(cause)); // the request was over before
            return;
        }
        ending.fail(cause, download.isInforming());
    }

    /** No interim answer is on its way any more. */
    void informed() {
        ending.settle();
    }

    void tick(long now) {
        deadlines.tick(this, state, upload, download, now);
    }

    /**
     * The target took too long.
     *
     * @param unsent whether it was sent nothing yet
     */
    void late(String what, boolean unsent) {
        attempts.late(unsent);
        giveUp(failure(what).late(), unsent);
    }

    /** Whether the request could be sent once more although it may have arrived. */
    private boolean isSafe() {
        return upload.isUntouched() && (OutwardRules.isIdempotent(request.method()) || upload.isUnconfirmed());
    }

    /** Gives it to another target if that is safe and there is one, for what went wrong with this; else it ends. */
    private void giveUp(HttpFailure why, boolean safe) {
        if (state == State.OVER) {
            return;
        }
        if (!safe || check || !attempts.again(why)) {
            fail(why);
            return;
        }
        attempts.repeated();
        leaveConnection();
        upload.rewind();
        state = State.NEW;
        board.assign(this);
    }

    private @Nullable Tunnel stopTunnel() {
        Tunnel open = tunnel;
        if (open != null) {
            open.stop();
        }
        return open;
    }

    private void leaveConnection() {
        OriginConnection used = connection;
        connection = null;
        attempts.leave();
        if (used != null) {
            used.pool().discard(used);
        }
    }

    /** Something about the target, for the log. */
    OriginFailure failure(String what) {
        Target current = target;
        return new OriginFailure((current == null ? "the target" : current.origin()) + ' ' + what);
    }
}
