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
class DoorTest {

    private static final Duration LONG = Duration.ofSeconds(50);

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void anEmptyDoorClosesAtOnce() {
        Door door = new Door();
        assertTrue(door.close(Duration.ZERO));
        assertFalse(door.enter());
        assertTrue(door.close(Duration.ZERO));
    }

    @Test
    void whoIsInsideIsWaitedFor() throws Exception {
        Door door = new Door();
        assertTrue(door.enter());
        assertTrue(door.enter());
        assertFalse(door.close(Duration.ZERO));
        Future<Boolean> closing = threads.submit(() -> door.close(LONG));
        assertFalse(door.enter());
        door.leave();
        assertFalse(closing.isDone());
        door.leave();
        assertTrue(closing.get());
    }

    @Test
    void whoIsTurnedAwayDoesNotHoldItOpen() {
        Door door = new Door();
        assertTrue(door.close(Duration.ZERO));
        for (int i = 0; i < 10; i++) {
            assertFalse(door.enter());
        }
        assertTrue(door.close(Duration.ZERO));
    }

    @Test
    void anInterruptEndsTheWaiting() throws Exception {
        Door door = new Door();
        door.enter();
        Thread.currentThread().interrupt();
        assertFalse(door.close(LONG));
        assertTrue(Thread.interrupted());
        door.leave();
    }

    /** Whoever came in has left when closing returns; whoever was not let in never ran. */
    @Test
    void aCrowdIsCountedRight() throws Exception {
        for (int round = 0; round < 50; round++) {
            Door door = new Door();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger ran = new AtomicInteger();
            CountDownLatch begun = new CountDownLatch(3);
            List<Future<Integer>> crowd = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                crowd.add(threads.submit(() -> {
                    int own = 0;
                    while (door.enter()) {
                        inside.incrementAndGet();
                        own++;
                        begun.countDown();
                        inside.decrementAndGet();
                        door.leave();
                    }
                    ran.addAndGet(own);
                    return own;
                }));
            }
            begun.await();
            assertTrue(door.close(LONG));
            assertEquals(0, inside.get());
            int sum = 0;
            for (Future<Integer> each : crowd) {
                sum += each.get();
            }
            assertEquals(ran.get(), sum);
        }
    }
}
