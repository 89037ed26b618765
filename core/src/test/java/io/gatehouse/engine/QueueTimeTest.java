/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Refusal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a request waits for a place: {@code timeouts.queue}. */
@Timeout(60)
final class QueueTimeTest {

    private static final long PATIENCE = 1_000;

    /** Keeps tasks, and runs those whose time has come when the test moves the clock. */
    private static final class ByHandTimer extends ScheduledThreadPoolExecutor {
        private record Set(Runnable task, long at) {}

        private final AtomicLong now;
        private final Deque<Set> tasks = new ArrayDeque<>();

        ByHandTimer(AtomicLong now) {
            super(0);
            this.now = now;
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            if (isShutdown()) {
                throw new RejectedExecutionException("shut down");
            }
            tasks.add(new Set(task, now.get() + unit.toNanos(delay)));
            return null;
        }

        void advance(long nanos) {
            now.addAndGet(nanos);
            while (!tasks.isEmpty() && tasks.peek().at() - now.get() <= 0) {
                tasks.poll().task().run();
            }
        }
    }

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_500); // near the overflow, which nanoTime may be
    private final ByHandTimer timer = new ByHandTimer(now);
    private final ByHand threads = new ByHand();
    private final Workers workers = new Workers(threads, 1, 3, Duration.ofNanos(PATIENCE), timer, now::get);
    private final Recorded busy = new Recorded();
    private final Recorded first = new Recorded();
    private final Recorded second = new Recorded();

    @Test
    void aJobThatFindsAPlaceSetsNoTimer() {
        workers.submit(busy);
        assertEquals(0, timer.tasks.size());
    }

    @Test
    void aJobWaitsUpToItsTimeAndIsRefusedThen() {
        workers.submit(busy);
        workers.submit(first);
        timer.advance(PATIENCE - 1);
        assertEquals(List.of(), first.refusals);
        assertEquals(1, workers.waiting());
        timer.advance(1);
        assertEquals(List.of(Refusal.QUEUE_TIMEOUT), first.refusals);
        assertTrue(first.detail.contains("timeouts.queue=PT0.000001S"), first.detail);
        assertTrue(first.detail.contains("limits.in-flight=1"), first.detail);
        assertEquals(0, workers.waiting());
        assertEquals(1, workers.inFlight(), "the one that is worked on keeps its place");
    }

    @Test
    void eachJobHasItsOwnTime() {
        workers.submit(busy);
        workers.submit(first);
        timer.advance(400);
        workers.submit(second);
        assertEquals(1, timer.tasks.size(), "one timer, for the first");
        timer.advance(600);
        assertEquals(1, first.refusals.size());
        assertEquals(List.of(), second.refusals);
        assertEquals(1, timer.tasks.size(), "now for the second");
        timer.advance(399);
        assertEquals(List.of(), second.refusals);
        timer.advance(1);
        assertEquals(List.of(Refusal.QUEUE_TIMEOUT), second.refusals);
        assertEquals(0, timer.tasks.size());
    }

    @Test
    void thoseThatCameTogetherGoTogether() {
        workers.submit(busy);
        workers.submit(first);
        workers.submit(second);
        timer.advance(PATIENCE);
        assertEquals(List.of(Refusal.QUEUE_TIMEOUT), first.refusals);
        assertEquals(List.of(Refusal.QUEUE_TIMEOUT), second.refusals);
        assertEquals(0, workers.waiting());
    }

    @Test
    void aJobThatGotAPlaceInTimeIsLeftAlone() {
        workers.submit(busy);
        workers.submit(first);
        timer.advance(900);
        workers.submit(second);
        workers.release();
        timer.advance(100);
        assertEquals(List.of(busy, first), threads.tasks);
        assertEquals(List.of(), first.refusals);
        assertEquals(List.of(), second.refusals);
        timer.advance(900);
        assertEquals(List.of(Refusal.QUEUE_TIMEOUT), second.refusals);
        assertEquals(1, workers.inFlight());
    }

    @Test
    void theQueueIsAsLongAsBeforeWhenItHasBeenEmptied() {
        workers.submit(busy);
        workers.submit(first);
        timer.advance(PATIENCE);
        List<Recorded> more = List.of(new Recorded(), new Recorded(), new Recorded(), new Recorded());
        more.forEach(workers::submit);
        assertEquals(3, workers.waiting());
        assertEquals(List.of(Refusal.OVERLOAD), more.get(3).refusals);
        timer.advance(PATIENCE);
        for (Recorded job : more.subList(0, 3)) {
            assertEquals(List.of(Refusal.QUEUE_TIMEOUT), job.refusals);
        }
        workers.release();
        assertEquals(0, workers.inFlight());
        assertEquals(0, workers.waiting());
    }

    @Test
    void aTimerThatRingsForNobodyIsHarmless() {
        workers.submit(busy);
        workers.submit(first);
        workers.release();
        workers.release();
        timer.advance(PATIENCE);
        assertEquals(List.of(), first.refusals);
        assertEquals(0, workers.inFlight());
        workers.submit(busy);
        workers.submit(second);
        timer.advance(PATIENCE);
        assertEquals(List.of(Refusal.QUEUE_TIMEOUT), second.refusals);
    }

    @Test
    void whoWaitsAtTheStopHearsOfTheStopOnce() throws Exception {
        workers.submit(busy);
        workers.submit(first);
        assertTrue(workers.stop(Duration.ZERO));
        timer.advance(2 * PATIENCE);
        assertEquals(List.of(Refusal.STOPPING), first.refusals);
        assertTrue(timer.isShutdown());
        workers.submit(second);
        assertEquals(List.of(Refusal.STOPPING), second.refusals);
    }

    @Test
    void aJobThatQueuesUpAfterTheTimersEndWaitsForItsPlace() {
        workers.submit(busy);
        timer.shutdownNow();
        workers.submit(first);
        assertEquals(List.of(), first.refusals);
        workers.release();
        assertEquals(List.of(busy, first), threads.tasks);
    }

    /** On the machine's own clock: the third request waits for a place that does not come. */
    @Test
    void aRequestWhoseTimeIsOverGets503WithRetryAfter() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch working = new CountDownLatch(2);
        EngineInUse engine = new EngineInUse(Duration.ofMillis(1));
        try (engine) {
            engine.route("/", (request, response) -> {
                working.countDown();
                go.await();
                response.send("done");
            });
            List<FakeExchange> kept = List.of(FakeExchange.get("/1"), FakeExchange.get("/2"));
            kept.forEach(engine::handle);
            assertTrue(working.await(30, TimeUnit.SECONDS));
            FakeExchange late = FakeExchange.get("/3");
            engine.handle(late);
            assertEquals(503, late.awaitEnd().status());
            assertNotNull(late.fields().first("Retry-After"));
            assertTrue(late.body().contains("timeouts.queue=PT0.001S"), late.body());
            assertEquals(List.of(Refusal.QUEUE_TIMEOUT), engine.refusals);
            go.countDown();
            for (FakeExchange exchange : kept) {
                assertEquals("done", exchange.awaitEnd().body());
            }
        } finally {
            go.countDown();
        }
    }
}
