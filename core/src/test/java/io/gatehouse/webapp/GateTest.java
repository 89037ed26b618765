/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A door that turns nobody away in silence. */
@Timeout(60)
class GateTest {

    private static final Duration LONG = Duration.ofSeconds(50);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void anEmptyGateClosesAtOnce() {
        Gate gate = new Gate();
        assertTrue(gate.close(Duration.ZERO));
        assertFalse(gate.enter());
        assertTrue(gate.close(Duration.ZERO));
    }

    @Test
    void whoIsInsideIsWaitedFor() throws Exception {
        Gate gate = new Gate();
        assertTrue(gate.enter());
        assertTrue(gate.enter());
        assertFalse(gate.close(Duration.ZERO));
        Future<Boolean> closing = threads.submit(() -> gate.close(LONG));
        assertFalse(gate.enter());
        gate.leave();
        assertFalse(closing.isDone());
        gate.leave();
        assertTrue(closing.get());
    }

    @Test
    void whoIsTurnedAwayDoesNotHoldItOpen() {
        Gate gate = new Gate();
        assertTrue(gate.close(Duration.ZERO));
        for (int i = 0; i < 10; i++) {
            assertFalse(gate.enter());
        }
        assertTrue(gate.close(Duration.ZERO));
    }

    @Test
    void anInterruptEndsTheWaiting() throws Exception {
        Gate gate = new Gate();
        gate.enter();
        Thread.currentThread().interrupt();
        assertFalse(gate.close(LONG));
        assertTrue(Thread.interrupted());
        gate.leave();
    }

    /** Whoever came in has left when closing returns; whoever was not let in never ran. */
    @Test
    void aCrowdIsCountedRight() throws Exception {
        for (int round = 0; round < 50; round++) {
            Gate gate = new Gate();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger ran = new AtomicInteger();
            CountDownLatch begun = new CountDownLatch(3);
            List<Future<Integer>> crowd = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                crowd.add(threads.submit(() -> {
                    int own = 0;
                    while (gate.enter()) {
                        inside.incrementAndGet();
                        own++;
                        begun.countDown();
                        inside.decrementAndGet();
                        gate.leave();
                    }
                    ran.addAndGet(own);
                    return own;
                }));
            }
            begun.await();
            assertTrue(gate.close(LONG));
            assertEquals(0, inside.get());
            int sum = 0;
            for (Future<Integer> each : crowd) {
                sum += each.get();
            }
            assertEquals(ran.get(), sum);
        }
    }
}
