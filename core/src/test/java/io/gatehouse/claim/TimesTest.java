/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.claim.Liveness.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Who counts as alive, and how long to wait before trying again; times are numbers here, nobody waits. */
final class TimesTest {

    private static final long PING = 1_000;

    @Test
    void silenceIsAskedAboutAndThenEndsIt() {
        Liveness liveness = new Liveness(PING, 0);
        assertEquals(Verdict.WAIT, liveness.look(999, true));
        assertEquals(1, liveness.patience(999, true));
        assertEquals(Verdict.PING, liveness.look(1_000, true));
        assertEquals(Verdict.WAIT, liveness.look(1_001, true), "one ping is enough");
        assertEquals(999, liveness.patience(1_001, true));
        assertEquals(Verdict.WAIT, liveness.look(1_999, true));
        assertEquals(Verdict.DEAD, liveness.look(2_000, true));
        assertEquals(1, liveness.patience(5_000, true), "never less than something");
    }

    @Test
    void anyLineIsASignOfLife() {
        Liveness liveness = new Liveness(PING, 0);
        assertEquals(Verdict.PING, liveness.look(1_500, true));
        liveness.heard(1_600);
        assertEquals(Verdict.WAIT, liveness.look(2_599, true));
        assertEquals(Verdict.PING, liveness.look(2_600, true));
        liveness.heard(2_700);
        for (long now = 2_700; now < 100_000; now += 500) {
            assertTrue(liveness.look(now, true) != Verdict.DEAD, "at " + now);
            liveness.heard(now + 1);
        }
    }

    @Test
    void whoWasQuietBeforeItsFirstClaimIsAskedFirst() {
        Liveness liveness = new Liveness(PING, 0);
        assertEquals(Verdict.WAIT, liveness.look(30_000, false));
        assertEquals(Verdict.PING, liveness.look(30_001, true), "not dead: it was never asked");
        assertEquals(Verdict.WAIT, liveness.look(31_000, true));
        assertEquals(Verdict.DEAD, liveness.look(31_001, true));
    }

    @Test
    void aStopOfThisProcessKillsNobody() {
        Liveness liveness = new Liveness(PING, 0);
        assertEquals(Verdict.PING, liveness.look(90_000, true), "it may have answered meanwhile");
        assertEquals(1_000, liveness.patience(90_000, true));
        liveness.heard(90_010);
        assertEquals(Verdict.WAIT, liveness.look(90_020, true));
    }

    @Test
    void withoutClaimsOneMayStayForAMinute() {
        Liveness liveness = new Liveness(PING, 0);
        assertEquals(Liveness.IDLE_NANOS, liveness.patience(0, false));
        assertEquals(Verdict.WAIT, liveness.look(Liveness.IDLE_NANOS - 1, false));
        assertEquals(Verdict.DEAD, liveness.look(Liveness.IDLE_NANOS, false));
        Liveness slow = new Liveness(Liveness.IDLE_NANOS, 0);
        assertEquals(Verdict.WAIT, slow.look(2 * Liveness.IDLE_NANOS - 1, false), "or for two pings, if that is longer");
        assertEquals(Verdict.DEAD, slow.look(2 * Liveness.IDLE_NANOS, false));
    }

    @Test
    void withoutClaimsNoLineLengthensThat() {
        Liveness liveness = new Liveness(PING, 0);
        for (long now = 0; now < Liveness.IDLE_NANOS; now += Liveness.IDLE_NANOS / 7) {
            assertEquals(Verdict.WAIT, liveness.look(now, false));
            liveness.heard(now);
        }
        assertEquals(1, liveness.patience(Liveness.IDLE_NANOS - 1, false));
        assertEquals(Verdict.DEAD, liveness.look(Liveness.IDLE_NANOS, false));
        Liveness released = new Liveness(PING, 0);
        assertEquals(Verdict.WAIT, released.look(900, true));
        assertEquals(Verdict.WAIT, released.look(Liveness.IDLE_NANOS + 899, false), "from the last claim on");
        assertEquals(Verdict.DEAD, released.look(Liveness.IDLE_NANOS + 900, false));
    }

    @Test
    void pausesGrowAndStartAgain() {
        Backoff backoff = new Backoff(() -> 0.5);
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            pauses.add(backoff.next() / 1_000_000);
        }
        assertEquals(List.of(100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L, 5_000L), pauses);
        backoff.reset();
        assertEquals(100_000_000, backoff.next());
    }

    @Test
    void pausesDifferByAFifth() {
        Random random = new Random(1);
        for (int round = 0; round < 1_000; round++) {
            Backoff backoff = new Backoff(random::nextDouble);
            long first = backoff.next();
            assertTrue(first >= 80_000_000 && first <= 120_000_000, "got " + first);
            for (int i = 0; i < 20; i++) {
                long next = backoff.next();
                assertTrue(next >= 160_000_000 && next <= 6_000_000_000L, "got " + next);
            }
        }
    }
}
