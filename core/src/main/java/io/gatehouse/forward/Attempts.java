/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.handler.HttpFailure;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The targets that one request was given to, the present one last, and what each of them is told of it. On the loop's thread.
 *
 * <pre>
 *   begin ──► answered?, failed? ──► leave ──► begin with the next one, so many times at most
 * </pre>
 */
final class Attempts {

    private final Switchboard board;
    private final List<Target> tried = new ArrayList<>(1);
    private int left;
    private @Nullable Target target;
    private boolean trial;
    private long since;
    private boolean distrusted;
    private boolean refused;
    private @Nullable HttpFailure last;

    Attempts(Switchboard board) {
        this.board = board;
        this.left = board.settings().limits().attempts();
    }

    /** Gives the request to a target. */
    void begin(Target next) {
        target = next;
        distrusted = false;
        tried.add(next);
        left--;
        since = board.loop().now();
        trial = next.health().begins();
        next.begin();
    }

    boolean hasTried(Target candidate) {
        return tried.contains(candidate);
    }

    /** What went wrong with the one before; null if there was none. */
    @Nullable HttpFailure last() {
        return last;
    }

    /** The request was held: those that it tried may be what it waits for. */
    void forget() {
        tried.clear();
    }

    /** Whether it may be given to one more; if so that remembers why. */
    boolean again(HttpFailure why) {
        last = why;
        return left > 0;
    }

    /** The head of the final answer is there. */
    void begun() {
        Target current = target;
        if (current != null) {
            current.tally().count(Tally.ANSWERS);
            current.health().heard(board.loop().now());
            if (trial) {
                trial = false;
                board.answered(current);
            }
        }
    }

    /** The whole answer is there. */
    void answered() {
        Target current = target;
        if (current != null) {
            board.answered(current);
        }
    }

    /** The target is not who it should be: it gets nothing for now, and the request may not wait for it either. */
    void distrusted() {
        distrusted = true;
        failed(false);
        Target current = target;
        if (current != null) {
            board.distrusted(current);
        }
    }

    /** Whether the last target was not who it should have been. */
    boolean isDistrusted() {
        return distrusted;
    }

    /** Whether nobody listened where the last target should be, as if there were none. */
    boolean wasRefused() {
        return refused;
    }

    /**
     * The target is at fault.
     *
     * @param nobodyThere whether nobody listens there
     */
    void failed(boolean nobodyThere) {
        refused = nobodyThere;
        Target current = target;
        if (current != null) {
            boolean wasTrial = trial;
            trial = false;
            board.failed(current, wasTrial, nobodyThere);
        }
    }

    /**
     * The target took too long. That may be this request's own affair: it is no fault where an answer has begun since, this one's or
     * another's, else whoever asks for what is slow could take the target away from everybody.
     *
     * @param unsent whether it has not even taken the connection
     */
    void late(boolean unsent) {
        Target current = target;
        if (current != null && (unsent || !current.health().isHeardSince(since))) {
            failed(false);
        }
    }

    /** The request was sent, or will be, once more. */
    void repeated() {
        Target current = target;
        if (current != null) {
            current.tally().count(Tally.RETRIES);
        }
    }

    /** The target has nothing to do with the request any more. */
    void leave() {
        Target current = target;
        target = null;
        if (current != null) {
            if (trial) {
                trial = false;
                current.health().abandoned();
            }
            current.end();
        }
    }
}
