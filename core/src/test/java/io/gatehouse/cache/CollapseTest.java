/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Several requests at once for what is not there, each on a worker of its own. */
@Timeout(60)
class CollapseTest {

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void end() {
        workers.shutdownNow();
    }

    private static CachePolicy minute() {
        return CachePolicy.forDuration(Duration.ofMinutes(1));
    }

    private Future<CacheSite.Got> later(CacheSite site, String target, String... fields) {
        return workers.submit(() -> site.get(target, fields));
    }

    private static void awaitCollapsed(CacheSite site, int count) {
        while (site.cache.counters().collapsed() < count) {
            Thread.onSpinWait();
        }
    }

    private static void awaitRuns(CacheSite site, int count) {
        while (site.runs() < count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void othersWaitForTheFirst() throws Exception {
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            go.await();
            response.send("made");
        });
        List<Future<CacheSite.Got>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(later(site, "/"));
        }
        awaitCollapsed(site, 9);
        go.countDown();
        for (Future<CacheSite.Got> each : all) {
            assertEquals("made", each.get().text());
        }
        assertEquals(1, site.runs());
    }

    @Test
    void otherKeysDoNotWait() throws Exception {
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            if (request.target().raw().equals("/slow")) {
                go.await();
            }
            response.send("made");
        });
        Future<CacheSite.Got> slow = later(site, "/slow");
        awaitRuns(site, 1);
        assertEquals("made", site.get("/fast").text());
        assertEquals("made", site.get("/slow?x").text());
        go.countDown();
        slow.get();
    }

    @Test
    void variantsAreMadeSideBySideOnceTheyAreKnown() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            String language = String.valueOf(request.fields().first("Accept-Language"));
            if (!language.equals("xx")) {
                both.countDown();
                both.await();
            }
            response.field("Vary", "Accept-Language").send(language);
        });
        site.get("/", "Accept-Language", "xx");
        Future<CacheSite.Got> de = later(site, "/", "Accept-Language", "de");
        Future<CacheSite.Got> en = later(site, "/", "Accept-Language", "en");
        assertEquals("de", de.get().text());
        assertEquals("en", en.get().text());
    }

    @Test
    void aVariantThatIsNotTheirsMakesThemRunThemselves() throws Exception {
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            go.await();
            response.field("Vary", "X").send("for " + request.fields().first("X"));
        });
        List<Future<CacheSite.Got>> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(later(site, "/", "X", "" + i));
        }
        awaitCollapsed(site, 5);
        go.countDown();
        for (int i = 0; i < 6; i++) {
            assertEquals("for " + i, all.get(i).get().text());
        }
        assertEquals(6, site.runs());
    }

    @Test
    void whoIsGoneWaitsNoMore() throws Exception {
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            go.await();
            response.send("made");
        });
        Future<CacheSite.Got> first = later(site, "/");
        awaitRuns(site, 1);
        FakeRequest request = FakeRequest.get("/");
        FakeResponse response = new FakeResponse();
        Future<?> second = workers.submit(() -> response.handledBy(site.handler, request));
        awaitCollapsed(site, 1);
        while (!response.ended()) { // until it has asked to be told
            request.disconnect();
        }
        RefusedException gone = assertInstanceOf(RefusedException.class, response.outcome());
        assertEquals(Refusal.DISCONNECTED, gone.refusal(), "the log has no warning for it");
        second.get();
        go.countDown();
        assertEquals("made", first.get().text());
        assertEquals(1, site.runs());
    }

    @Test
    void patienceHasAnEnd() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(minute().withPatience(Duration.ofMillis(1)), (request, response) -> {
            if (runs.incrementAndGet() == 1) {
                go.await();
            }
            response.send("made");
        });
        Future<CacheSite.Got> first = later(site, "/");
        awaitRuns(site, 1);
        assertEquals("made", site.get("/").text());
        go.countDown();
        first.get();
        assertEquals(2, site.runs());
    }

    @Test
    void aThreadThatIsInterruptedWaitsNoMore() throws Exception {
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            go.await();
            response.send("made");
        });
        Future<CacheSite.Got> first = later(site, "/");
        awaitRuns(site, 1);
        FakeResponse response = new FakeResponse();
        Thread waiter = new Thread(() -> {
            try {
                response.handledBy(site.handler, FakeRequest.get("/"));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        waiter.start();
        awaitCollapsed(site, 1);
        waiter.interrupt();
        waiter.join();
        assertInstanceOf(IOException.class, response.outcome());
        go.countDown();
        first.get();
    }

    @ParameterizedTest
    @CsvSource({"throws, 500", "503, 503"})
    void whenTheFirstFailsEachTriesItself(String how, int status) throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            if (runs.incrementAndGet() == 1) {
                go.await();
                if (how.equals("throws")) {
                    throw new HttpFailure(500, "no");
                }
                response.status(503).send("no");
                return;
            }
            response.send("made");
        });
        Future<CacheSite.Got> first = later(site, "/");
        awaitRuns(site, 1);
        Future<CacheSite.Got> second = later(site, "/");
        awaitCollapsed(site, 1);
        go.countDown();
        assertEquals(status, first.get().status());
        assertEquals("made", second.get().text());
    }

    @Test
    void whenTheFirstFailsTheStaleOneIsForAll() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            if (runs.incrementAndGet() > 1) {
                go.await();
                throw new IllegalStateException("dead");
            }
            response.send("old");
        });
        site.get("/");
        site.pass(61);
        List<Future<CacheSite.Got>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(later(site, "/"));
        }
        awaitCollapsed(site, 4);
        go.countDown();
        for (Future<CacheSite.Got> each : all) {
            assertEquals("old", each.get().text());
        }
        assertEquals(2, site.runs());
        assertEquals(5, site.cache.counters().stale());
    }

    @Test
    void aPurgeWhileTheyWaitMakesEachRun() throws Exception {
        AtomicInteger version = new AtomicInteger(1);
        CountDownLatch read = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            int seen = version.get();
            if (runs.incrementAndGet() == 1) {
                read.countDown();
                go.await();
            }
            response.send("version " + seen);
        });
        Future<CacheSite.Got> first = later(site, "/");
        read.await();
        Future<CacheSite.Got> second = later(site, "/");
        awaitCollapsed(site, 1);
        version.set(2);
        site.cache.purge("/");
        go.countDown();
        assertEquals("version 1", first.get().text());
        assertEquals("version 2", second.get(30, TimeUnit.SECONDS).text());
        assertEquals("version 2", site.get("/").text());
    }

    @Test
    void switchedOffNobodyWaits() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        CacheSite site = new CacheSite(minute().withCollapse(false), (request, response) -> {
            both.countDown();
            both.await();
            response.send("made");
        });
        Future<CacheSite.Got> first = later(site, "/");
        Future<CacheSite.Got> second = later(site, "/");
        first.get();
        second.get();
        assertEquals(0, site.cache.counters().collapsed());
        assertTrue(site.get("/").fromMemory());
    }

    @Test
    void theClientIsToldWhatTheLastAnswerLinkedTo() throws Exception {
        CacheSite site = new CacheSite(
                minute().withEarlyHints(true).withStaleIfError(Duration.ZERO), (request, response) -> response
                        .field("Link", "</style.css>; rel=preload").send("page"));
        FakeResponse first = new FakeResponse().handledBy(site.handler, FakeRequest.get("/"));
        assertEquals(0, first.interim().size());
        site.pass(61);
        FakeResponse second = new FakeResponse().handledBy(site.handler, FakeRequest.get("/"));
        assertEquals(103, second.interim().get(0).status());
        assertEquals("</style.css>; rel=preload", second.interim().get(0).fields().first("Link"));
        assertEquals(1, second.interim().get(0).fields().size());
    }

    @Test
    void whoWaitsForARefreshThatIsQueuedDoesItByItself() throws Exception {
        CacheSite site = new CacheSite(
                minute().withStaleWhileRevalidate(Duration.ofSeconds(10)).withPatience(Duration.ofDays(1)),
                (request, response) -> response.send("made"));
        site.get("/");
        site.pass(65);
        assertEquals("made", site.get("/").text());
        assertEquals(1, site.background.size(), "to be made anew when a thread is free");
        site.pass(60);
        assertEquals("made", site.get("/").text(), "nobody waits a day");
        assertEquals(2, site.runs());
        assertEquals(0, site.cache.counters().collapsed());
        assertEquals(1, site.runBackground());
        assertEquals(2, site.runs(), "nothing is left to do");
        assertTrue(site.get("/").fromMemory());
        site.pass(65);
        site.get("/");
        assertEquals(1, site.runBackground());
        assertEquals(3, site.runs(), "the next one is begun as ever");
    }

    @Test
    void whoSharesWhatIsMadeHoldsNoWorker() throws Exception {
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            response.body().write('1');
            response.body().flush();
            go.await();
            response.body().write('2');
        });
        Future<CacheSite.Got> first = later(site, "/");
        awaitRuns(site, 1);
        List<FakeResponse> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(new FakeResponse().handledBy(site.handler, FakeRequest.get("/"))); // returns on this very thread
            assertEquals("1", all.get(i).sentText());
        }
        go.countDown();
        first.get();
        for (FakeResponse each : all) {
            assertEquals(200, each.sentStatus());
            assertEquals("12", each.sentText());
        }
        assertEquals(1, site.runs());
    }

    @ParameterizedTest
    @CsvSource({"404, 404", "410, 410", "403, 403", "500, 200", "503, 200"})
    void theStaleOneStandsInForFailuresAndNotForWordsOfTheHandler(int thrown, int got) {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(minute(), (request, response) -> {
            if (runs.incrementAndGet() > 1) {
                throw new HttpFailure(thrown, "it says so");
            }
            response.send("old");
        });
        site.get("/");
        site.pass(61);
        assertEquals(got, site.get("/").status());
    }
}
