/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BodyGateTest {
    private final BodyGate gate = new BodyGate();
    private final List<String> done = new ArrayList<>();

    @Test
    void theEndComesAtOnceIfNobodyReads() {
        assertTrue(gate.enter());
        gate.leave();
        gate.close(() -> done.add("end"));
        assertEquals(List.of("end"), done);
    }

    @Test
    void theEndWaitsForTheReadThatIsUnderWay() {
        assertTrue(gate.enter());
        gate.close(() -> done.add("end"));
        assertEquals(List.of(), done);
        gate.leave();
        assertEquals(List.of("end"), done);
    }

    @Test
    void theEndWaitsForTheOutermostRead() {
        assertTrue(gate.enter());
        assertTrue(gate.enter());
        gate.close(() -> done.add("end"));
        gate.leave();
        assertEquals(List.of(), done);
        gate.leave();
        assertEquals(List.of("end"), done);
    }

    @Test
    void noReadBeginsAfterTheEnd() {
        gate.close(() -> done.add("end"));
        assertFalse(gate.enter());
    }

    @Test
    void noReadBeginsWhileTheEndWaits() {
        assertTrue(gate.enter());
        gate.close(() -> done.add("end"));
        assertFalse(gate.enter());
        gate.leave();
        assertFalse(gate.enter());
    }

    @Test
    void whoClosedItReadsWhatIsLeft() {
        gate.close(() -> done.add("drain"));
        assertTrue(gate.enterLast());
        gate.close(() -> done.add("end"));
        assertEquals(List.of("drain"), done);
        gate.leave();
        assertEquals(List.of("drain", "end"), done);
    }

    @Test
    void nothingIsReadOnceAllIsOver() {
        gate.close(() -> done.add("drain"));
        gate.close(() -> done.add("end"));
        assertFalse(gate.enterLast());
    }

    @Test
    void theLaterEndTakesThePlaceOfOneThatWaits() {
        assertTrue(gate.enter());
        gate.close(() -> done.add("drain"));
        gate.close(() -> done.add("cut"));
        gate.leave();
        assertEquals(List.of("cut"), done);
        assertFalse(gate.enterLast());
    }

    @Test
    void theEndMayCloseAgain() {
        gate.close(() -> gate.close(() -> done.add("inner")));
        assertEquals(List.of("inner"), done);
    }
}
