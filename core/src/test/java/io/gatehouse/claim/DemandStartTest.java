/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Logged;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starting a program when somebody asks for it: once at a time, and later and later if it fails. */
@Timeout(60)
final class DemandStartTest {

    private final ManualTimer timer = new ManualTimer();
    private final List<CompletableFuture<Integer>> processes = new ArrayList<>();
    private final Logged log = new Logged(DemandStart.class.getName());
    private int ends;
    private int kills;
    private boolean wanted = true;
    private boolean failing;
    private final DemandStart start = new DemandStart("/orders/", List.of("/bin/orders", "-x"), command -> {
        assertEquals(List.of("/bin/orders", "-x"), command);
        if (failing) {
            processes.add(null);
            throw new IOException("No such file");
        }
        CompletableFuture<Integer> exit = new CompletableFuture<>();
        processes.add(exit);
        return new DemandStart.Running() {
            @Override
            public CompletableFuture<Integer> exit() {
                return exit;
            }

            @Override
            public void end() {
                ends++;
            }

            @Override
            public void kill() {
                kills++;
            }
        };
    }, timer, timer::now, () -> wanted);

    @AfterEach
    void close() {
        log.close();
    }

    private void exit(int code) {
        processes.get(processes.size() - 1).complete(code);
    }

    @Test
    void nothingIsStartedBeforeSomebodyAsks() {
        timer.pass(100_000);
        assertEquals(0, processes.size());
        assertEquals("idle", start.state());
    }

    @Test
    void theFirstRequestStartsItAndOthersWaitForThat() {
        start.wanted();
        start.wanted();
        assertEquals(0, processes.size(), "not on the thread that asks");
        timer.pass(0);
        start.wanted();
        timer.pass(60_000);
        assertEquals(1, processes.size());
        assertEquals("running", start.state());
    }

    @Test
    void whoGaveUpBeforeTheStartStartsNothing() {
        start.wanted();
        wanted = false;
        timer.pass(1_000);
        assertEquals(0, processes.size());
    }

    @Test
    void aProgramThatServedIsStartedAgainAfterASecond() {
        for (int round = 1; round <= 5; round++) {
            start.wanted();
            timer.pass(0);
            assertEquals(round, processes.size());
            start.claimed();
            wanted = false;
            exit(0);
            assertEquals("backoff", start.state());
            wanted = true;
            start.wanted();
            timer.pass(999);
            assertEquals(round, processes.size());
            wanted = false;
            timer.pass(1);
            assertEquals("idle", start.state());
            wanted = true;
        }
    }

    @Test
    void whileSomebodyWaitsItIsTriedAgainLaterAndLater() {
        start.wanted();
        timer.pass(0);
        long[] pauses = {1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000};
        for (int i = 0; i < pauses.length; i++) {
            assertEquals(i + 1, processes.size());
            exit(3);
            timer.pass(pauses[i] - 1);
            assertEquals(i + 1, processes.size(), "too early after failure " + (i + 1));
            timer.pass(1);
        }
        assertEquals(pauses.length + 1, processes.size());
        assertTrue(log.from(Level.WARNING).get(0).contains("ended with exit code 3 before it claimed the prefix"),
                log.from(Level.WARNING).toString());
        start.claimed();
        exit(0);
        timer.pass(1_000);
        assertEquals(pauses.length + 2, processes.size(), "once it has served, the pause is short again");
    }

    @Test
    void aCommandThatCantBeRunIsSaidAndTriedLater() {
        failing = true;
        start.wanted();
        timer.pass(0);
        assertEquals(1, processes.size());
        assertEquals("start./orders/=/bin/orders -x can't be run: No such file; write a program that is there, with its full path",
                log.from(Level.SEVERE).get(0));
        assertEquals("backoff", start.state());
        timer.pass(1_000);
        assertEquals(2, processes.size());
        failing = false;
        timer.pass(2_000);
        assertEquals("running", start.state());
    }

    @Test
    void aProgramThatClaimsNothingIsAskedToEnd() {
        start.wanted();
        timer.pass(119_999);
        assertEquals(0, ends);
        timer.pass(1);
        assertEquals(1, ends);
        assertEquals("running", start.state(), "until it has ended: there is never a second one beside it");
        exit(143);
        assertEquals("backoff", start.state());
    }

    @Test
    void aProgramThatDoesNotEndIsKilled() {
        start.wanted();
        timer.pass(120_000);
        assertEquals(1, ends);
        timer.pass(29_999);
        assertEquals(0, kills);
        timer.pass(1);
        assertEquals(1, kills);
        exit(137);
        timer.pass(1_000);
        assertEquals(2, processes.size());
    }

    @Test
    void aProgramThatLosesItsClaimHasTheTimeOfANewOne() {
        start.wanted();
        timer.pass(0);
        start.claimed();
        start.lost();
        start.lost();
        timer.pass(119_999);
        start.claimed();
        timer.pass(1_000_000);
        assertEquals(0, ends, "it came back in time");
        start.lost();
        timer.pass(120_000);
        assertEquals(1, ends);
        assertEquals(1, processes.size());
        exit(143);
        timer.pass(1_000);
        assertEquals(2, processes.size(), "somebody waits: it is started anew");
    }

    @Test
    void aLossThatIsNotItsProgramsChangesNothing() {
        start.lost();
        start.wanted();
        timer.pass(0);
        start.close();
        start.lost();
        assertEquals(0, timer.waiting());
    }

    @Test
    void aProgramThatHasClaimedMayRunOn() {
        start.wanted();
        timer.pass(0);
        start.claimed();
        timer.pass(1_000_000);
        assertEquals(0, ends);
        assertEquals(0, timer.waiting());
    }

    @Test
    void aClaimantThatNobodyStartedChangesNothing() {
        start.claimed();
        assertEquals("idle", start.state());
        start.wanted();
        timer.pass(0);
        exit(1);
        timer.pass(999);
        assertEquals(1, processes.size(), "it had not claimed");
    }

    @Test
    void closingEndsWhatRunsAndStartsNothingMore() {
        start.wanted();
        timer.pass(0);
        start.close();
        assertEquals(1, ends);
        exit(143);
        start.wanted();
        timer.pass(1_000_000);
        assertEquals(1, processes.size());
        assertEquals(0, timer.waiting());
        start.close();
    }

    @Test
    void closingDuringAPauseStartsNothing() {
        start.wanted();
        timer.pass(0);
        exit(1);
        start.close();
        timer.pass(100_000);
        assertEquals(1, processes.size());
        assertEquals(0, ends);
    }
}
