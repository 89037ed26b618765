/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateWindowTest {

    private static final long SECOND = 1_000_000_000L;

    private final RateWindow window = new RateWindow(Duration.ofSeconds(8), 100);

    @Test
    void nothingForAWholeWindowIsTooSlow() {
        window.begin(0);
        for (long at = SECOND; at < 8 * SECOND; at += SECOND / 2) {
            assertFalse(window.tooSlow(at, 0), "after " + at);
        }
        assertTrue(window.tooSlow(8 * SECOND, 0));
    }

    @Test
    void enoughBytesInEveryWindowAreFine() {
        window.begin(0);
        for (int at = 1; at < 100; at++) {
            assertFalse(window.tooSlow(at * SECOND, 100L * at), "after " + at);
        }
    }

    @Test
    void aBurstCountsForOneWindowOnly() {
        window.begin(0);
        assertFalse(window.tooSlow(SECOND, 1_000_000));
        for (int at = 2; at < 9; at++) {
            assertFalse(window.tooSlow(at * SECOND, 1_000_000), "after " + at);
        }
        boolean slow = false;
        for (int at = 9; at < 12; at++) {
            slow |= window.tooSlow(at * SECOND, 1_000_000);
        }
        assertTrue(slow);
    }

    @Test
    void aTrickleIsTooSlow() {
        window.begin(0);
        boolean slow = false;
        for (int at = 1; at <= 10; at++) {
            slow |= window.tooSlow(at * SECOND, 50L * at);
        }
        assertTrue(slow);
    }

    @Test
    void timeStandsStillWhileNobodyWaits() {
        window.begin(0);
        window.end(4 * SECOND, 0);
        assertFalse(window.tooSlow(1000 * SECOND, 0));
        window.begin(1000 * SECOND);
        assertFalse(window.tooSlow(1003 * SECOND, 0));
        assertTrue(window.tooSlow(1004 * SECOND, 0));
    }

    @Test
    void bytesThatPassBetweenWaitsCount() {
        window.begin(0);
        window.end(7 * SECOND, 0);
        window.begin(20 * SECOND);
        assertFalse(window.tooSlow(21 * SECOND, 5_000));
    }

    @Test
    void withoutARateAByteIsProgress() {
        RateWindow lenient = new RateWindow(Duration.ofSeconds(8), 0);
        lenient.begin(0);
        for (int at = 1; at < 40; at++) {
            assertFalse(lenient.tooSlow(at * SECOND, at / 4));
        }
        RateWindow stalled = new RateWindow(Duration.ofSeconds(8), 0);
        stalled.begin(0);
        assertTrue(stalled.tooSlow(8 * SECOND, 0));
    }
}
