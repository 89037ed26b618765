/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.RawClient.Reply;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Response;
import io.gatehouse.transport.TransportUnderTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests that wait for another's answer are sent it while it is made. */
abstract class SharingContract {

    static final CachePolicy MINUTE = CachePolicy.forDuration(Duration.ofMinutes(1));
    private static final int PARTS = 600;
    private static final String PART = "0123456789abcdef".repeat(640); // more than sockets hold, all together

    /** The transport to be tested. */
    protected abstract TransportUnderTest transport();

    final ServedSite site(CachePolicy policy, Handler handler) throws IOException {
        return new ServedSite(transport(), policy, handler);
    }

    private static void put(Response response, String text) throws IOException {
        response.body().write(text.getBytes(StandardCharsets.US_ASCII));
        response.body().flush();
    }

    private static void pass(Semaphore gate) throws InterruptedException {
        assertTrue(gate.tryAcquire(60, TimeUnit.SECONDS));
    }

    private static void awaitRuns(ServedSite site, int count) {
        while (site.runs() < count) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoWaitsGetsWhatThereIs(boolean declared) throws Exception {
        Semaphore gate = new Semaphore(0);
        Handler slow = (request, response) -> {
            response.field("X-Some", "field").field("Surrogate-Key", "hidden");
            if (declared) {
                response.field("Content-Length", "12");
            }
            pass(gate);
            put(response, "one ");
            pass(gate);
            put(response, "two ");
            pass(gate);
            put(response, "end.");
        };
        try (ServedSite site = site(MINUTE.withStatus(true), slow)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                RawClient client = site.client();
                clients.add(client);
                client.send("GET /");
                if (i == 0) {
                    awaitRuns(site, 1);
                } else if (i == 6) {
                    site.awaitCollapsed(6);
                    gate.release();
                    clients.get(0).until("one ");
                }
            }
            for (RawClient client : clients.subList(1, 12)) {
                String head = client.until("one ");
                assertTrue(head.contains("X-Some: field") && !head.contains("hidden"), head);
                assertTrue(head.contains("Cache-Status: Gatehouse; fwd=uri-miss; collapsed\r\n"), head);
                assertEquals(declared, head.contains("Content-Length: 12"), head);
            }
            gate.release();
            for (RawClient client : clients) {
                client.until("two ");
            }
            gate.release();
            for (RawClient client : clients) {
                client.until(declared ? "end." : "end.\r\n0\r\n\r\n");
                assertEquals("one two end.", client.ask("GET /").text());
                client.close();
            }
            assertEquals(1, site.runs());
            assertEquals(11, site.cache.counters().collapsed());
        }
    }

    /** The first one or a later one reads nothing for a while, and nobody else is held up by that. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void whoIsSlowHoldsNobodyUp(int slow) throws Exception {
        ServedSite[] site = new ServedSite[1];
        Handler large = (request, response) -> {
            site[0].awaitCollapsed(4);
            for (int i = 0; i < PARTS; i++) {
                put(response, PART);
            }
        };
        try (ServedSite served = site(MINUTE, large)) {
            site[0] = served;
            List<RawClient> clients = new ArrayList<>();
            List<Future<Reply>> quick = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                RawClient client = served.client();
                client.send("GET /");
                if (i == 0) {
                    awaitRuns(served, 1);
                }
                clients.add(client);
            }
            for (int i = 0; i < 5; i++) {
                RawClient client = clients.get(i);
                if (i != slow) {
                    quick.add(served.later(() -> client.reply(false)));
                }
            }
            for (Future<Reply> each : quick) {
                assertEquals(PARTS * PART.length(), each.get(60, TimeUnit.SECONDS).text().length());
            }
            String late = clients.get(slow).reply(false).text();
            assertEquals(PART.repeat(PARTS), late);
            assertEquals(1, served.runs());
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aCutBodyIsCutForAll() throws Exception {
        Semaphore gate = new Semaphore(0);
        AtomicInteger count = new AtomicInteger();
        Handler failing = (request, response) -> {
            if (count.incrementAndGet() > 1) {
                response.send("whole");
                return;
            }
            pass(gate);
            put(response, "one ");
            pass(gate);
            throw new IllegalStateException("broken off");
        };
        try (ServedSite site = site(MINUTE, failing); RawClient first = site.client(); RawClient second = site.client();
                RawClient third = site.client()) {
            first.send("GET /");
            awaitRuns(site, 1);
            second.send("GET /");
            site.awaitCollapsed(1);
            gate.release();
            second.until("one ");
            gate.release();
            first.until("one ");
            for (RawClient client : List.of(first, second)) {
                assertThrows(IOException.class, () -> client.until("0\r\n\r\n"));
            }
            assertEquals("whole", third.ask("GET /").text());
        }
    }

    @Test
    void aBodyOfAnotherLengthThanDeclaredIsCutForAll() throws Exception {
        Semaphore gate = new Semaphore(0);
        Handler shorter = (request, response) -> {
            pass(gate);
            response.field("Content-Length", "10");
            put(response, "one ");
            pass(gate);
        };
        try (ServedSite site = site(MINUTE, shorter); RawClient first = site.client(); RawClient second = site.client()) {
            first.send("GET /");
            awaitRuns(site, 1);
            second.send("GET /");
            site.awaitCollapsed(1);
            gate.release();
            second.until("one ");
            gate.release();
            first.until("one ");
            assertTrue(first.ends());
            assertTrue(second.ends());
            assertEquals(0, site.cache.counters().stored());
        }
    }

    @Test
    void whoComesAfterAPurgeDoesNotShareWhatWasBegunBefore() throws Exception {
        Semaphore gate = new Semaphore(0);
        AtomicInteger count = new AtomicInteger();
        Handler versions = (request, response) -> {
            int number = count.incrementAndGet();
            put(response, "version " + number + " ");
            if (number == 1) {
                pass(gate);
            }
            put(response, "end");
        };
        try (ServedSite site = site(MINUTE, versions); RawClient first = site.client(); RawClient second = site.client();
                RawClient third = site.client()) {
            first.send("GET /");
            first.until("version 1 ");
            second.send("GET /");
            second.until("version 1 ");
            site.cache.purge("/");
            third.send("GET /");
            site.awaitCollapsed(2);
            gate.release();
            assertEquals("version 2 end", third.reply(false).text());
            first.until("end");
            second.until("end");
            assertEquals("version 2 end", site.later("GET /").get(60, TimeUnit.SECONDS).text());
        }
    }

    @Test
    void whatGrowsTooLongForTheCacheIsStillShared() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Handler growing = (request, response) -> {
            put(response, "begin ");
            go.await(60, TimeUnit.SECONDS);
            for (int i = 0; i < 40; i++) {
                put(response, "0123456789".repeat(200));
            }
            put(response, "end");
        };
        try (ServedSite site = site(MINUTE.withMaxEntry(50_000), growing); RawClient first = site.client(); RawClient second = site.client()) {
            first.send("GET /");
            first.until("begin ");
            second.send("GET /");
            second.until("begin ");
            Future<String> one = site.later(() -> first.until("0\r\n\r\n"));
            Future<String> two = site.later(() -> second.until("0\r\n\r\n"));
            go.countDown();
            String all = one.get(60, TimeUnit.SECONDS);
            assertTrue(all.length() > 80_000 && all.contains("end"), "" + all.length());
            String shared = two.get(60, TimeUnit.SECONDS);
            assertTrue(shared.length() > 80_000 && shared.contains("end"), "" + shared.length());
            assertEquals(1, site.runs());
            assertEquals(1, site.cache.counters().refused().get("too-large"));
            assertFalse(site.client().ask("GET /").fromMemory());
        }
    }

    @Test
    void whoAsksForSomethingElseWaitsForTheWhole() throws Exception {
        Semaphore gate = new Semaphore(0);
        Handler varied = (request, response) -> {
            response.field("Vary", "X").field("ETag", "\"1\"");
            put(response, "for " + request.fields().first("X"));
            if ("a".equals(request.fields().first("X"))) {
                pass(gate);
            }
        };
        try (ServedSite site = site(MINUTE, varied); RawClient first = site.client()) {
            first.send("GET /", "X: a");
            first.until("for a");
            Future<Reply> other = site.later("GET /", "X: b");
            Future<Reply> known = site.later("GET /", "X: a", "If-None-Match: \"1\"");
            Future<Reply> part = site.later("GET /", "X: a", "Range: bytes=0-2");
            site.awaitCollapsed(3);
            gate.release();
            assertEquals("for b", other.get(60, TimeUnit.SECONDS).text());
            assertEquals(304, known.get(60, TimeUnit.SECONDS).status());
            assertEquals("for", part.get(60, TimeUnit.SECONDS).text());
            assertEquals(2, site.runs());
        }
    }
}
