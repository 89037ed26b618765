/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Logged;
import io.gatehouse.http.Completion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is inside of an application that is to be taken down: nobody new gets in, and the last one out is waited for. */
@Timeout(60)
final class InFlightTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final InFlight inFlight = new InFlight();
    private final List<String> told = new ArrayList<>();
    private final Completion completion = new Completion() {
        @Override
        public void succeeded() {
            told.add("succeeded");
        }

        @Override
        public void failed(Throwable cause) {
            told.add("failed " + cause.getMessage());
        }
    };

    @Test
    @DisplayName("nobody gets in before it is open, nor after it is closed")
    void doors() {
        assertFalse(inFlight.enter());
        inFlight.open();
        assertTrue(inFlight.enter());
        inFlight.leaving(completion).succeeded();
        assertTrue(inFlight.close(Duration.ZERO));
        assertFalse(inFlight.enter());
        assertTrue(inFlight.close(Duration.ZERO), "who was not let in is not waited for");
    }

    @Test
    @DisplayName("a completion counts its request out once, and passes the first word on alone")
    void once() {
        inFlight.open();
        assertTrue(inFlight.enter());
        assertTrue(inFlight.enter());
        Completion first = inFlight.leaving(completion);
        first.failed(new IOException("gone"));
        try (Logged log = new Logged("io.gatehouse.servlet")) {
            first.succeeded();
            first.failed(new IOException("again"));
            assertEquals(2, log.from(Level.SEVERE).stream().filter(line -> line.contains("ended twice")).count());
        }
        assertEquals(List.of("failed gone"), told);
        assertFalse(inFlight.close(Duration.ZERO), "the second is still inside");
        inFlight.leaving(completion).succeeded();
        assertEquals(List.of("failed gone", "succeeded"), told);
        assertTrue(inFlight.close(Duration.ZERO));
    }

    @Test
    @DisplayName("a request is out before its completion goes on: what follows may take the application down")
    void outBefore() {
        inFlight.open();
        assertTrue(inFlight.enter());
        boolean[] quiet = new boolean[1];
        inFlight.leaving(new Completion() {
            @Override
            public void succeeded() {
                quiet[0] = inFlight.close(Duration.ZERO);
            }

            @Override
            public void failed(Throwable cause) {}
        }).succeeded();
        assertTrue(quiet[0]);
    }

    @Test
    @DisplayName("close waits for the last one, however late it leaves")
    void waits() throws Exception {
        inFlight.open();
        assertTrue(inFlight.enter());
        assertTrue(inFlight.enter());
        FutureTask<Boolean> closing = new FutureTask<>(() -> inFlight.close(LONG));
        Thread closer = new Thread(closing);
        closer.start();
        while (closer.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertFalse(inFlight.enter());
        inFlight.leaving(completion).succeeded();
        assertFalse(closing.isDone());
        inFlight.leaving(completion).succeeded();
        assertTrue(closing.get(30, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("an interrupt ends the wait, and stays with the thread")
    void interrupted() throws Exception {
        inFlight.open();
        assertTrue(inFlight.enter());
        boolean[] flag = new boolean[1];
        FutureTask<Boolean> closing = new FutureTask<>(() -> {
            boolean quiet = inFlight.close(LONG);
            flag[0] = Thread.currentThread().isInterrupted();
            return quiet;
        });
        Thread closer = new Thread(closing);
        closer.start();
        closer.interrupt();
        assertFalse(closing.get(30, TimeUnit.SECONDS));
        closer.join();
        assertTrue(flag[0]);
    }

    @Test
    @DisplayName("crowds that come and go while it closes: after it closed nobody is inside")
    void crowds() throws Exception {
        for (int round = 0; round < 200; round++) {
            InFlight doors = new InFlight();
            doors.open();
            AtomicInteger inside = new AtomicInteger();
            CountDownLatch started = new CountDownLatch(3);
            List<Thread> visitors = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Thread visitor = new Thread(() -> {
                    started.countDown();
                    while (doors.enter()) {
                        inside.incrementAndGet();
                        inside.decrementAndGet();
                        doors.leaving(Completion.NOTHING).succeeded();
                    }
                });
                visitors.add(visitor);
                visitor.start();
            }
            started.await();
            assertTrue(doors.close(LONG));
            assertEquals(0, inside.get());
            for (Thread visitor : visitors) {
                visitor.join();
            }
            assertTrue(doors.close(Duration.ZERO));
        }
    }
}
