/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.RawClient.Reply;
import io.gatehouse.handler.Handler;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests for one key that meet are answered: by one run of the handler, or each by its own. */
abstract class CollapsingContract extends SharingContract {

    private static final int CROWD = 200;
    @Test
    void aCrowdAtAColdKeyRunsTheHandlerOnce() throws Exception {
        ServedSite[] site = new ServedSite[1];
        Handler slow = (request, response) -> {
            site[0].awaitCollapsed(CROWD - 1);
            response.send("for all");
        };
        try (ServedSite served = site(MINUTE, slow)) {
            site[0] = served;
            List<Future<Reply>> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                crowd.add(served.later("GET /cold"));
            }
            for (Future<Reply> each : crowd) {
                assertEquals("for all", each.get(60, TimeUnit.SECONDS).text());
            }
            assertEquals(1, served.runs());
            assertEquals(CROWD - 1, served.cache.counters().collapsed());
        }
    }

    /** Too small for the answer, or for any: what those who wait get need not lie in it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1000, 100_000})
    void aCrowdRunsTheHandlerOnceAlsoWhereNothingIsKept(int bound) throws Exception {
        ServedSite[] site = new ServedSite[1];
        String text = "0123456789".repeat(15_000);
        Handler slow = (request, response) -> {
            site[0].awaitCollapsed(CROWD - 1);
            response.send(text);
        };
        OutputCache small = OutputCache.of(bound);
        try (ServedSite served = new ServedSite(transport(), MINUTE, slow, small)) {
            site[0] = served;
            List<Future<Reply>> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                crowd.add(served.later("GET /cold"));
            }
            for (Future<Reply> each : crowd) {
                assertEquals(text, each.get(60, TimeUnit.SECONDS).text());
            }
            assertEquals(1, served.runs());
            assertTrue(small.bytes() <= bound);
        }
    }

    @Test
    void aCrowdWithPrivateAnswersGetsEachItsOwn() throws Exception {
        ServedSite[] site = new ServedSite[1];
        AtomicInteger count = new AtomicInteger();
        Handler mine = (request, response) -> {
            int number = count.incrementAndGet();
            if (number == 1) {
                site[0].awaitCollapsed(CROWD - 1);
            }
            response.field("Cache-Control", "private").send(request.fields().first("X-Name") + " " + number);
        };
        try (ServedSite served = site(CachePolicy.asHeadersSay(), mine)) {
            site[0] = served;
            List<Future<Reply>> crowd = new ArrayList<>();
            for (int i = 0; i < CROWD; i++) {
                crowd.add(served.later("GET /mine", "X-Name: " + i));
            }
            Set<String> numbers = new HashSet<>();
            for (int i = 0; i < CROWD; i++) {
                String[] text = crowd.get(i).get(60, TimeUnit.SECONDS).text().split(" ", 2);
                assertEquals("" + i, text[0]);
                assertTrue(numbers.add(text[1]));
            }
            assertEquals(CROWD, served.runs());
        }
    }

    @Test
    void privateAnswersDoNotMakeTheNextOnesWait() throws Exception {
        CyclicBarrier together = new CyclicBarrier(4);
        AtomicInteger count = new AtomicInteger();
        Handler mine = (request, response) -> {
            if (count.incrementAndGet() > 1) {
                together.await(60, TimeUnit.SECONDS); // all four are here at once, or none leaves
            }
            response.field("Cache-Control", "private").send("x");
        };
        try (ServedSite served = site(CachePolicy.asHeadersSay(), mine); RawClient client = served.client()) {
            client.ask("GET /");
            List<Future<Reply>> four = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                four.add(served.later("GET /"));
            }
            for (Future<Reply> each : four) {
                assertEquals(200, each.get(60, TimeUnit.SECONDS).status());
            }
        }
    }

    @Test
    void whoWaitsMayLeave() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Handler slow = (request, response) -> {
            go.await(60, TimeUnit.SECONDS);
            response.send("done");
        };
        try (ServedSite served = site(MINUTE, slow); RawClient client = served.client()) {
            Future<Reply> first = served.later("GET /");
            while (served.runs() == 0) {
                Thread.onSpinWait();
            }
            client.send("GET /");
            served.awaitCollapsed(1);
            client.peer().reset();
            go.countDown();
            assertEquals("done", first.get(60, TimeUnit.SECONDS).text());
            assertEquals(1, served.runs());
        }
    }

    @Test
    void whoLeadsMayLeaveAndTheOthersAreAnswered() throws Exception {
        ServedSite[] site = new ServedSite[1];
        CountDownLatch gone = new CountDownLatch(1);
        Handler slow = (request, response) -> {
            request.onDisconnect(() -> { });
            site[0].awaitCollapsed(1);
            gone.await(60, TimeUnit.SECONDS);
            byte[] part = "0123456789".repeat(1000).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 40; i++) {
                response.body().write(part);
                response.body().flush();
            }
        };
        try (ServedSite served = site(MINUTE, slow)) {
            site[0] = served;
            RawClient leader = served.client();
            leader.send("GET /");
            while (served.runs() == 0) {
                Thread.onSpinWait();
            }
            Future<Reply> other = served.later("GET /");
            served.awaitCollapsed(1);
            leader.peer().reset();
            gone.countDown();
            assertEquals(400_000, other.get(60, TimeUnit.SECONDS).text().length());
            assertEquals(1, served.runs());
        }
    }
}
