/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Admission: places, the queue, refusals, and that no place is ever lost. */
@Timeout(60)
final class WorkersTest {

    private final ByHand threads = new ByHand();
    private final Workers workers = new Workers(threads, 2, 1, Duration.ofDays(1));

    @Test
    void jobsRunUpToTheLimitThenWaitThenAreRefused() {
        List<Recorded> jobs = List.of(new Recorded(), new Recorded(), new Recorded(), new Recorded());
        jobs.forEach(workers::submit);
        assertEquals(jobs.subList(0, 2), threads.tasks);
        assertEquals(2, workers.inFlight());
        assertEquals(1, workers.waiting());
        assertEquals(List.of(Refusal.OVERLOAD), jobs.get(3).refusals);
        assertTrue(jobs.get(3).detail.contains("limits.in-flight=2"), jobs.get(3).detail);
        assertTrue(jobs.get(3).detail.contains("limits.queue=1"), jobs.get(3).detail);
    }

    @Test
    void aReleasedPlaceGoesToTheOneThatWaits() {
        List<Recorded> jobs = List.of(new Recorded(), new Recorded(), new Recorded());
        jobs.forEach(workers::submit);
        workers.release();
        assertEquals(jobs, threads.tasks);
        assertEquals(2, workers.inFlight());
        assertEquals(0, workers.waiting());
        workers.release();
        workers.release();
        assertEquals(0, workers.inFlight());
    }

    @Test
    void anExecutorThatRefusesMeansStopping() {
        threads.refusal = new RejectedExecutionException("shut down");
        Recorded job = new Recorded();
        workers.submit(job);
        assertEquals(List.of(Refusal.STOPPING), job.refusals);
        assertEquals(0, workers.inFlight());
    }

    @Test
    void aMachineWithoutThreadsRefusesAndKeepsItsPlaces() {
        threads.error = new OutOfMemoryError("unable to create native thread");
        Recorded job = new Recorded();
        workers.submit(job);
        assertEquals(List.of(Refusal.OVERLOAD), job.refusals);
        assertEquals(0, workers.inFlight());
    }

    @Test
    void stoppingRefusesWhoWaits() throws Exception {
        List<Recorded> jobs = List.of(new Recorded(), new Recorded(), new Recorded());
        jobs.forEach(workers::submit);
        assertTrue(workers.stop(Duration.ZERO));
        assertEquals(List.of(Refusal.STOPPING), jobs.get(2).refusals);
        assertTrue(threads.shutdown);
    }

    @Test
    void aStopRefusesWhatHasAPlaceButNoThreadYet() throws Exception {
        List<Recorded> jobs = List.of(new Recorded(), new Recorded(), new Recorded());
        jobs.forEach(workers::submit);
        assertTrue(workers.stop(Duration.ZERO));
        for (Recorded job : jobs) {
            assertEquals(List.of(Refusal.STOPPING), job.refusals);
        }
        assertEquals(0, workers.inFlight());
        assertEquals(0, workers.waiting());
    }

    @Test
    void aStopLeavesAloneWhatIsNoJob() throws Exception {
        threads.tasks.add(() -> { });
        assertTrue(workers.stop(Duration.ZERO));
        assertEquals(0, workers.inFlight());
    }

    @Test
    void whoWaitsIsNotForgottenWhenAThreadIsNotToBeHad() {
        List<Recorded> jobs = List.of(new Recorded(), new Recorded(), new Recorded());
        jobs.forEach(workers::submit);
        threads.error = new OutOfMemoryError("unable to create native thread");
        workers.release();
        assertEquals(List.of(Refusal.OVERLOAD), jobs.get(2).refusals);
        assertTrue(jobs.get(2).detail.contains("lower limits.in-flight=2"), jobs.get(2).detail);
        assertEquals(1, workers.inFlight());
        assertEquals(0, workers.waiting());
    }

    @Test
    void allWhoWaitHearOfTheStopFromTheOneThatReleasesLate() {
        Workers wide = new Workers(threads, 1, 5, Duration.ofDays(1));
        List<Recorded> jobs = List.of(new Recorded(), new Recorded(), new Recorded(), new Recorded());
        jobs.forEach(wide::submit);
        threads.refusal = new RejectedExecutionException("shut down");
        wide.release();
        for (Recorded job : jobs.subList(1, 4)) {
            assertEquals(List.of(Refusal.STOPPING), job.refusals);
        }
        assertEquals(0, wide.inFlight());
        assertEquals(0, wide.waiting());
    }

    @Test
    void aJobThatFindsNoThreadPassesItsPlaceToOneThatQueuedUpMeanwhile() {
        Workers single = new Workers(threads, 1, 5, Duration.ofDays(1));
        Recorded second = new Recorded();
        threads.refusal = new RejectedExecutionException("shut down");
        Recorded first = new Recorded() {
            @Override
            public void refuse(Refusal refusal, String text) {
                super.refuse(refusal, text);
                threads.refusal = null;
                single.submit(second);
            }
        };
        single.submit(first);
        assertEquals(List.of(Refusal.STOPPING), first.refusals);
        assertEquals(List.of(second), threads.tasks);
        assertEquals(1, single.inFlight());
        assertEquals(0, single.waiting());
    }

    @Test
    void everyJobHearsOfAStopThatMeetsASubmit() throws Exception {
        for (int round = 0; round < 300; round++) {
            Workers racing = new Workers(WorkerThreads.pool(1), 2, 2, Duration.ofDays(1));
            int count = 4;
            CountDownLatch heard = new CountDownLatch(count);
            CountDownLatch go = new CountDownLatch(1);
            Thread submitter = new Thread(() -> {
                go.countDown();
                for (int i = 0; i < count; i++) {
                    racing.submit(new Workers.Job() {
                        @Override
                        public void run() {
                            racing.release();
                            heard.countDown();
                        }

                        @Override
                        public void refuse(Refusal refusal, String detail) {
                            heard.countDown();
                        }
                    });
                }
            });
            submitter.start();
            go.await();
            racing.stop(Duration.ofSeconds(30));
            submitter.join();
            assertTrue(heard.await(10, TimeUnit.SECONDS), "a job was lost in round " + round);
        }
    }

    @Test
    void noPlaceIsLostWhenManyThreadsSubmitAndRelease() throws Exception {
        int submitters = 4;
        int each = 5_000;
        ExecutorService pool = WorkerThreads.pool(3);
        Workers contended = new Workers(pool, 3, 5, Duration.ofDays(1));
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        List<Integer> tooMany = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch all = new CountDownLatch(submitters * each);
        Phaser start = new Phaser(submitters);
        List<Thread> threadList = new ArrayList<>();
        for (int t = 0; t < submitters; t++) {
            Thread thread = new Thread(() -> {
                start.arriveAndAwaitAdvance();
                for (int i = 0; i < each; i++) {
                    contended.submit(new Workers.Job() {
                        @Override
                        public void run() {
                            int now = together.incrementAndGet();
                            if (now > 3) {
                                tooMany.add(now);
                            }
                            ran.incrementAndGet();
                            together.decrementAndGet();
                            contended.release();
                            all.countDown();
                        }

                        @Override
                        public void refuse(Refusal refusal, String detail) {
                            refused.incrementAndGet();
                            all.countDown();
                        }
                    });
                }
            });
            threadList.add(thread);
            thread.start();
        }
        for (Thread thread : threadList) {
            thread.join();
        }
        assertTrue(all.await(30, TimeUnit.SECONDS), "a job was lost");
        assertEquals(submitters * each, ran.get() + refused.get());
        assertEquals(List.of(), tooMany);
        assertEquals(0, contended.inFlight());
        assertEquals(0, contended.waiting());
        assertTrue(contended.stop(Duration.ofSeconds(30)));
    }

    @Test
    void aPoolGrowsToItsMaximumAndQueuesBeyond() throws Exception {
        ExecutorService pool = WorkerThreads.pool(2);
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch two = new CountDownLatch(2);
        CountDownLatch done = new CountDownLatch(5);
        List<String> names = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 5; i++) {
            pool.execute(() -> {
                names.add(Thread.currentThread().getName());
                two.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                done.countDown();
            });
        }
        assertTrue(two.await(30, TimeUnit.SECONDS));
        go.countDown();
        assertTrue(done.await(30, TimeUnit.SECONDS));
        assertEquals(2, names.stream().distinct().count());
        assertTrue(names.stream().allMatch(name -> name.startsWith("gatehouse-worker-")));
        pool.shutdownNow();
        assertThrows(RejectedExecutionException.class, () -> pool.execute(() -> {}));
    }

    @Test
    void virtualThreadsWhereJavaHasThemAndAClearWordWhereNot() throws Exception {
        if (Runtime.version().feature() < 21) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, WorkerThreads::virtual);
            assertTrue(e.getMessage().contains("set workers to auto or pool"), e.getMessage());
        } else {
            ExecutorService virtual = WorkerThreads.virtual();
            Object isVirtual = virtual.submit(
                    () -> Thread.class.getMethod("isVirtual").invoke(Thread.currentThread())).get();
            assertEquals(true, isVirtual);
            String name = virtual.submit(() -> Thread.currentThread().getName()).get();
            assertTrue(name.startsWith("gatehouse-worker-"), name);
            virtual.shutdownNow();
            assertFalse(virtual.awaitTermination(0, TimeUnit.SECONDS) && !virtual.isShutdown());
        }
    }
}
