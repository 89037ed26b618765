/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import io.gatehouse.http.Completion;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks each target how it is, every so often, as {@link ActiveHealth} says. On the loop's thread.
 *
 * <pre>
 *   DUE ──asked──► UNDER WAY ──answer, failure, or its time is over──► the target's health is told ──every──► DUE
 * </pre>
 *
 * <p>A check is a passage like any other, on a connection of its own that no pool's limit holds up.
 */
final class HealthChecks {

    private final Switchboard board;
    private final @Nullable ActiveHealth rules;
    private final Map<Target, Check> checks = new HashMap<>();

    HealthChecks(Switchboard board) {
        this.board = board;
        this.rules = board.settings().active();
    }

    void tick(long now) {
        ActiveHealth active = rules;
        if (active == null) {
            return;
        }
        checks.keySet().retainAll(Arrays.asList(board.targets()));
        for (Target target : board.targets()) {
            Check check = checks.get(target);
            if (check == null) {
                check = new Check(target, active, now);
                checks.put(target, check);
            }
            check.tick(now);
        }
    }

    /** The checks of one target. */
    private final class Check {
        private final Target target;
        private final ActiveHealth active;
        private long next;
        private @Nullable Passage passage;

        Check(Target target, ActiveHealth active, long now) {
            this.target = target;
            this.active = active;
            this.next = now;
        }

        void tick(long now) {
            Passage asked = passage;
            if (asked != null) {
                if (now - next >= active.timeout().toNanos() - active.every().toNanos()) {
                    asked.fail(new OriginFailure("took longer than " + active.timeout()));
                }
            } else if (now - next >= 0) {
                next = now + active.every().toNanos();
                ask();
            }
        }

        private void ask() {
            CheckRequest request = new CheckRequest(active.path(), target.parsed().authority());
            CheckResponse response = new CheckResponse();
            Passage asking = new Passage(board, Departure.CHECK, request, response, new Completion() {
                @Override
                public void succeeded() {
                    int status = response.status();
                    boolean fine = status >= active.least() && status <= active.most();
                    over(fine, "was answered with " + status);
                }

                @Override
                public void failed(Throwable cause) {
                    Throwable inner = cause.getCause();
                    over(false, "failed: " + (inner == null ? cause : inner).getMessage());
                }
            });
            passage = asking;
            asking.check(target);
        }

        private void over(boolean fine, String why) {
            passage = null;
            if (checks.get(target) == this) {
                board.checked(target, fine, why);
            }
        }
    }
}
