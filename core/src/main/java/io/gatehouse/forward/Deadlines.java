/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The times of one passage: since when it waits for what, and for how long it may. On the loop's thread. */
final class Deadlines {

    /** What took too long, and so whose fault it is. */
    private enum Late { CONNECTION_FREE, TARGET_IN_SERVICE, CONNECTION, ANSWER, WHOLE, TUNNEL }

    /** A deadline that has passed. */
    private record Passed(Late late, String what) {}

    private final ForwardLoop loop;
    private final ForwardTimeouts timeouts;
    private final Duration patience;
    private long begun;
    private long since;
    private long queuedSince;
    private long heldSince;

    Deadlines(Switchboard board) {
        this.loop = board.loop();
        this.timeouts = board.settings().timeouts();
        this.patience = board.settings().patience();
        this.begun = loop.now();
    }

    /** It begins. */
    void begin() {
        begun = loop.now();
        since = begun;
    }

    /** Something came or went: all its time again. */
    void progress() {
        since = loop.now();
    }

    /** It waits for a connection from now on. */
    void queue() {
        since = loop.now();
        queuedSince = since;
    }

    long queuedSince() {
        return queuedSince;
    }

    /** It is held; the first time counts. */
    void hold() {
        heldSince = heldSince == 0 ? loop.now() : heldSince;
    }

    long heldSince() {
        return heldSince;
    }

    /** Looks at the clock, and fails the passage if something has taken too long. */
    void tick(Passage passage, Passage.State state, Upload upload, Download download, long now) {
        Passed passed = passed(state, upload, download, now);
        if (passed == null) {
            return;
        }
        String what = passed.what();
        switch (passed.late()) {
            case CONNECTION_FREE -> passage.fail(new OriginFailure(what).busy());
            case TARGET_IN_SERVICE -> passage.fail(new OriginFailure(what, passage.attempts().last()).away());
            case CONNECTION -> passage.late(what, true);
            case ANSWER -> passage.late(what, false);
            case WHOLE -> passage.fail(passage.failure(what).late());
            case TUNNEL -> passage.fail(passage.failure(what));
        }
    }

    private @Nullable Passed passed(Passage.State state, Upload upload, Download download, long now) {
        if (!timeouts.total().isZero() && state != Passage.State.TUNNEL && now - begun >= timeouts.total().toNanos()) {
            return new Passed(Late.WHOLE, "was not done in total=" + timeouts.total());
        }
        long waited = now - since;
        return switch (state) {
            case WAITING -> over(waited, timeouts.queue(), Late.CONNECTION_FREE, "no connection came free in time");
            case HELD -> over(now - heldSince, patience, Late.TARGET_IN_SERVICE, "no target came into service in time");
            case CONNECTING -> over(waited, timeouts.connect(), Late.CONNECTION, "took no connection in time");
            case CROSSING -> crossing(upload, download, waited);
            case TUNNEL -> over(waited, timeouts.tunnel(), Late.TUNNEL, "and the client were silent for tunnel=" + timeouts.tunnel());
            case NEW, OVER -> null;
        };
    }

    private @Nullable Passed crossing(Upload upload, Download download, long waited) {
        if (download.isWriting()) {
            return null; // the client's time
        }
        if (download.isBegun() && !upload.waitsForClient()) {
            return over(waited, timeouts.progress(), Late.ANSWER, "sent no more of its answer in time");
        }
        if (upload.isBlocked()) {
            return over(waited, timeouts.progress(), Late.ANSWER, "took no more of the request in time");
        }
        if (upload.isHeld()) {
            if (waited >= timeouts.proceed().toNanos()) {
                upload.proceed();
            }
            return null;
        }
        return upload.isOver() ? over(waited, timeouts.answer(), Late.ANSWER, "did not answer in time") : null;
    }

    private static @Nullable Passed over(long waited, Duration limit, Late late, String what) {
        return waited >= limit.toNanos() ? new Passed(late, what) : null;
    }
}
