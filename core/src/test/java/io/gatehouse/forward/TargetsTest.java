/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ScriptedOrigin.Script;
import io.gatehouse.handler.HttpFailure;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several targets, which come and go while requests run. */
@Timeout(60)
final class TargetsTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private static Script says(String text) {
        return ScriptedOrigin.always("HTTP/1.1 200 OK\r\nContent-Length: " + text.length() + "\r\n\r\n" + text);
    }

    /** Reads a request's head and closes. */
    private static final Script DIES = line -> line.head();

    private static String ask(Forward forward, String target) throws Exception {
        ClientResponse response = new ClientResponse().to(forward, ClientRequest.get(target));
        assertEquals(200, response.answered());
        return response.text();
    }

    private static String nobody() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return "http://127.0.0.1:" + free.getLocalPort();
        }
    }

    @Test
    void targetsTakeTurns() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(says("a")); ScriptedOrigin b = ScriptedOrigin.unix(directory.resolve("b"), says("b"));
                Forward forward = Forward.to(a.text(), b.text()).balance(Balance.roundRobin()).build()) {
            StringBuilder order = new StringBuilder();
            for (int i = 0; i < 6; i++) {
                order.append(ask(forward, "/"));
            }
            assertEquals("ababab", order.toString());
            assertEquals("Forward to " + a.text() + ", " + b.text(), forward.toString());
            TargetCounts counts = forward.targets().counts();
            assertEquals(6, counts.requests());
            assertEquals(6, counts.answers());
            assertEquals(2, counts.connects());
            assertEquals(0, counts.failures());
            assertEquals(3, forward.targets().list().get(1).counts().requests());
            assertTrue(counts.sent() > 6 * 30 && counts.received() == 6 * 39, counts.toString());
        }
    }

    @Test
    void eachTargetHasItsOwnPathAndHost() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(says("a")); ScriptedOrigin b = ScriptedOrigin.tcp(says("b"));
                Forward forward = Forward.to(a.text() + "/one/", b.text()).forwarded(ForwardedFields.NONE).via(null).balance(Balance.roundRobin()).build()) {
            assertEquals("a", ask(forward, "/x"));
            assertEquals("b", ask(forward, "/x"));
            assertEquals(List.of("GET /one/x HTTP/1.1\r\nHost: " + a.authority() + "\r\n\r\n"), a.requests());
            assertEquals(List.of("GET /x HTTP/1.1\r\nHost: " + b.authority() + "\r\n\r\n"), b.requests());
        }
    }

    @Test
    void theIdleOneIsAsked() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        try (ScriptedOrigin a = ScriptedOrigin.tcp(line -> {
            while (line.request() != null) {
                arrived.release();
                go.acquire();
                line.send(OK);
            }
        }); ScriptedOrigin b = ScriptedOrigin.tcp(says("b")); Forward forward = Forward.to(a.text()).build()) {
            ClientResponse busy = new ClientResponse().to(forward, ClientRequest.get("/"));
            arrived.acquire();
            forward.targets().add(b.text());
            for (int i = 0; i < 5; i++) {
                assertEquals("b", ask(forward, "/"));
            }
            assertEquals(1, forward.targets().list().get(0).outstanding());
            go.release();
            assertEquals(200, busy.answered());
        }
    }

    @Test
    void aHigherRankWaitsUntilNoneOfALowerOneServes() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(says("a")); ScriptedOrigin b = ScriptedOrigin.tcp(says("b"));
                Forward forward = Forward.to().target(b.text(), TargetOptions.DEFAULTS.withRank(1)).target(a.text(), TargetOptions.DEFAULTS)
                        .build()) {
            assertEquals("a", ask(forward, "/"));
            assertEquals("a", ask(forward, "/"));
            forward.targets().list().get(1).remove();
            assertEquals("b", ask(forward, "/"));
            assertEquals(1, forward.targets().list().size());
            assertEquals(3, forward.targets().counts().requests(), "removed ones still count");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aRefusedConnectionCostsNothing(String method) throws Exception {
        String gone = nobody();
        try (ScriptedOrigin b = ScriptedOrigin.tcp(says("b"));
                Forward forward = Forward.to(gone, b.text()).balance(Balance.roundRobin()).build()) {
            for (int i = 0; i < 8; i++) {
                ClientRequest request = ClientRequest.of(method, "/" + i).length(4).body("body");
                assertEquals(200, new ClientResponse().to(forward, request).answered());
            }
            Target dead = forward.targets().list().get(0);
            assertEquals(Target.State.DOWN, dead.state());
            assertEquals(3, dead.counts().failures());
            assertEquals(3, dead.counts().retries());
            assertEquals(8, forward.targets().list().get(1).counts().answers());
        }
    }

    @Test
    void whatMayBeRepeatedGoesElsewhereAndNothingElse() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(DIES); ScriptedOrigin b = ScriptedOrigin.tcp(says("b"));
                Forward forward = Forward.to(a.text(), b.text()).balance(Balance.roundRobin()).health(PassiveHealth.NONE).build()) {
            assertEquals("b", ask(forward, "/1"));
            assertEquals("b", ask(forward, "/2"));
            ClientResponse post = new ClientResponse().to(forward, ClientRequest.of("POST", "/3"));
            ClientResponse posted = new ClientResponse().to(forward, ClientRequest.of("POST", "/4"));
            assertEquals(List.of(502, 200), List.of(post.answered(), posted.answered()).stream().sorted((x, y) -> y - x).toList());
            assertEquals(0, forward.targets().list().get(0).outstanding());
        }
    }

    @Test
    void aRequestIsGivenToSoManyTargetsAtMost() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(DIES); ScriptedOrigin b = ScriptedOrigin.tcp(DIES);
                ScriptedOrigin c = ScriptedOrigin.tcp(says("c"));
                Forward forward = Forward.to(a.text(), b.text(), c.text()).balance(Balance.roundRobin())
                        .limits(l -> l.withAttempts(2)).build()) {
            assertEquals(502, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            assertEquals(0, c.connections());
            assertEquals("c", ask(forward, "/"));
        }
    }

    @Test
    void allAreTriedOnceAndTheLastFailureIsTheAnswer() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(DIES); ScriptedOrigin b = ScriptedOrigin.tcp(DIES);
                Forward forward = Forward.to(a.text(), b.text()).build()) {
            HttpFailure failure = assertInstanceOf(
                    HttpFailure.class, new ClientResponse().to(forward, ClientRequest.get("/")).outcome());
            assertEquals(502, failure.status());
            assertEquals("The server behind this address gave no valid answer.", failure.publicMessage());
            assertEquals(1, a.connections());
            assertEquals(1, b.connections());
        }
    }

    @Test
    void noneIs503UntilOneComes() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(says("a")); Forward forward = Forward.to().build()) {
            HttpFailure failure = assertInstanceOf(
                    HttpFailure.class, new ClientResponse().to(forward, ClientRequest.get("/")).outcome());
            assertEquals(503, failure.status());
            assertEquals("The server behind this address is not available now.", failure.publicMessage());
            assertEquals("Forward to no target", forward.toString());
            Target target = forward.targets().add(a.text());
            assertEquals("a", ask(forward, "/"));
            assertEquals(a.text() + " (UP)", target.toString());
            target.remove();
            assertEquals(Target.State.REMOVED, target.state());
            assertEquals(503, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            target.remove();
            assertEquals(List.of(), forward.targets().list());
        }
    }

    @Test
    void requestsAreHeldUntilATargetComes() throws Exception {
        CompletableFuture<Forward> self = new CompletableFuture<>();
        AtomicInteger starts = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        try (ScriptedOrigin a = ScriptedOrigin.tcp(says("a"));
                Forward forward = Forward.to().hold(LONG, 2).whenWanted(() -> {
                    starts.incrementAndGet();
                    try {
                        start.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    self.join().targets().add(a.text());
                }).build()) {
            self.complete(forward);
            List<ClientResponse> responses = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                responses.add(new ClientResponse().to(forward, ClientRequest.of("POST", "/" + i).body("x")));
            }
            HttpFailure full = assertInstanceOf(HttpFailure.class, responses.get(2).outcome());
            assertEquals(503, full.status());
            assertEquals("there is no target, and hold=2 requests wait for one", full.getCause().getMessage());
            assertEquals(2, forward.targets().held());
            assertTrue(forward.targets().oldestHeld().compareTo(Duration.ZERO) > 0);
            start.countDown();
            assertEquals(200, responses.get(0).answered());
            assertEquals(200, responses.get(1).answered());
            assertEquals(0, forward.targets().held());
            assertEquals(Duration.ZERO, forward.targets().oldestHeld());
            assertEquals(1, starts.get());
        }
    }

    @Test
    void whoIsHeldInVainGets503AndWhoLeavesIsForgotten() throws Exception {
        Semaphore starts = new Semaphore(0);
        try (Forward forward = Forward.to().hold(Duration.ofMillis(100), 5).whenWanted(starts::release).build()) {
            ClientRequest leaving = ClientRequest.get("/1");
            ClientResponse left = new ClientResponse().to(forward, leaving);
            leaving.disconnect();
            assertEquals("the client is gone", left.outcome().getMessage());
            HttpFailure late = assertInstanceOf(
                    HttpFailure.class, new ClientResponse().to(forward, ClientRequest.get("/2")).outcome());
            assertEquals(503, late.status());
            assertEquals("no target came into service in time", late.getCause().getMessage());
            assertTrue(starts.tryAcquire(2, 30, TimeUnit.SECONDS), "each time the first one is held");
        }
    }

    @Test
    void whatWantsATargetMayFail() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        try (ScriptedOrigin a = ScriptedOrigin.tcp(says("a"));
                Forward forward = Forward.to().hold(LONG, 5).whenWanted(() -> {
                    called.countDown();
                    throw new IllegalStateException("can't be started");
                }).build()) {
            ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/1"));
            called.await();
            forward.targets().add(a.text());
            assertEquals(200, response.answered());
        }
    }

    @Test
    void aDrainedTargetEndsWhatItHasAndGetsNoMore() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedOrigin a = ScriptedOrigin.tcp(line -> {
            line.request();
            arrived.release();
            go.acquire();
            line.send(OK);
            assertTrue(line.ended());
            closed.countDown();
        }); ScriptedOrigin b = ScriptedOrigin.tcp(says("b")); Forward forward = Forward.to(a.text()).build()) {
            ClientResponse underWay = new ClientResponse().to(forward, ClientRequest.get("/"));
            arrived.acquire();
            Target target = forward.targets().list().get(0);
            CompletableFuture<Void> drained = target.drain().toCompletableFuture();
            forward.targets().add(b.text());
            assertEquals("b", ask(forward, "/"));
            assertEquals("b", ask(forward, "/"));
            assertFalse(drained.isDone());
            assertEquals(Target.State.DRAINING, target.state());
            go.release();
            assertEquals(200, underWay.answered());
            drained.get(30, TimeUnit.SECONDS);
            closed.await();
            assertEquals(0, target.outstanding());
            target.drain().toCompletableFuture().get(30, TimeUnit.SECONDS);
            target.remove();
            assertEquals(1, forward.targets().list().size());
        }
    }

    @Test
    void anIdleTargetIsDrainedAtOnce() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(says("a")); Forward forward = Forward.to(a.text()).build()) {
            assertEquals("a", ask(forward, "/"));
            forward.targets().list().get(0).drain().toCompletableFuture().get(30, TimeUnit.SECONDS);
            assertEquals(503, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
        }
    }

    @Test
    void aRemovedTargetsRequestsGoElsewhereIfThatIsSafe() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Script silent = line -> {
            line.request();
            arrived.release();
            line.ended();
        };
        try (ScriptedOrigin a = ScriptedOrigin.tcp(silent); ScriptedOrigin b = ScriptedOrigin.tcp(says("b"));
                Forward forward = Forward.to(a.text()).build()) {
            ClientResponse get = new ClientResponse().to(forward, ClientRequest.get("/"));
            ClientResponse post = new ClientResponse().to(forward, ClientRequest.of("POST", "/"));
            arrived.acquire(2);
            Target target = forward.targets().list().get(0);
            forward.targets().add(b.text());
            target.remove();
            assertEquals(200, get.answered());
            assertEquals("b", get.text());
            HttpFailure failure = assertInstanceOf(HttpFailure.class, post.outcome());
            assertEquals(502, failure.status());
            assertEquals(a.text() + " was removed", failure.getCause().getMessage());
            assertEquals(0, target.outstanding());
        }
    }

    @Test
    void anAnswerUnderWayIsCutOffByTheRemovalOfItsTarget() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
            line.ended();
        }); Forward forward = Forward.to(a.text()).build()) {
            ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
            response.head();
            forward.targets().list().get(0).remove();
            assertEquals(a.text() + " was removed", response.outcome().getCause().getMessage());
            assertFalse(response.isWhole());
        }
    }

    @Test
    void aFullTargetsRequestsGoToTheOther() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        Script held = line -> {
            while (line.request() != null) {
                arrived.release();
                go.acquire();
                line.send(OK);
            }
        };
        try (ScriptedOrigin a = ScriptedOrigin.tcp(held); ScriptedOrigin b = ScriptedOrigin.tcp(held);
                Forward forward = Forward.to().target(a.text(), TargetOptions.DEFAULTS.withWeight(1000)).target(b.text(), TargetOptions.DEFAULTS)
                        .limits(l -> l.withConnections(2)).build()) {
            List<ClientResponse> responses = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                responses.add(new ClientResponse().to(forward, ClientRequest.get("/" + i)));
            }
            arrived.acquire(4);
            assertEquals(2, a.connections());
            assertEquals(2, b.connections());
            go.release(5);
            for (ClientResponse response : responses) {
                assertEquals(200, response.answered());
            }
            assertEquals(0, forward.targets().waiting());
        }
    }

    @Test
    void aClosedForwardTakesNoTargets() throws Exception {
        Forward forward = Forward.to().build();
        Targets targets = forward.targets();
        forward.close();
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> targets.add("http://127.0.0.1:1"));
        assertEquals("the forward is closed: add http://127.0.0.1:1 to another one", e.getMessage());
        Forward never = Forward.to().build();
        never.close();
        assertEquals(503, assertThrows(HttpFailure.class, never::targets).status());
    }

    @Test
    void aKeyStaysWithItsTarget() throws Exception {
        try (ScriptedOrigin a = ScriptedOrigin.tcp(says("a")); ScriptedOrigin b = ScriptedOrigin.tcp(says("b"));
                Forward forward = Forward.to(a.text(), b.text()).balance(Balance.hashOfField("X-Tenant")).build()) {
            for (int tenant = 0; tenant < 10; tenant++) {
                String first = "";
                for (int i = 0; i < 4; i++) {
                    ClientResponse response =
                            new ClientResponse().to(forward, ClientRequest.get("/", "X-Tenant", "t" + tenant));
                    assertEquals(200, response.answered());
                    first = first.isEmpty() ? response.text() : first;
                    assertEquals(first, response.text());
                }
            }
        }
    }
}
