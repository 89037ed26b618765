/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static io.gatehouse.transport.WritingContract.ascii;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Create, start, stop. */
public interface LifecycleContract extends TransportUnderTest {

    @Test
    default void createOpensNothing() throws Exception {
        try (Occupied occupied = occupy()) {
            Transport transport = provider().create(listening(occupied.port()));
            assertEquals(List.of(), threadsAlive());
            assertTrue(transport.stop(Duration.ZERO), "a transport that was never started stops at once");
        }
    }

    @Test
    default void startOnATakenPortSaysWhatToDoAndOpensNothing() throws Exception {
        int free;
        try (Occupied occupied = occupy()) {
            free = occupied.port();
        }
        try (Occupied occupied = occupy()) {
            Transport transport = provider().create(listening(free, occupied.port()));
            IOException refused = assertThrows(IOException.class, () -> transport.start(exchange -> {}));
            assertTrue(String.valueOf(refused.getMessage())
                    .contains("port " + occupied.port() + " is in use: set listen to another"), refused.getMessage());
            assertEquals(List.of(), threadsAlive());
            Transport other = provider().create(listening(free));
            assertEquals(listening(free).endpoints(), other.start(exchange -> {}), "the first port was given back");
            assertTrue(other.stop(Duration.ZERO));
            assertTrue(transport.stop(Duration.ZERO));
        }
    }

    @Test
    default void aPortOfZeroBecomesARealOne() throws Exception {
        Transport transport = provider().create(listening(0, 0));
        List<Endpoint> bound = transport.start(exchange -> {});
        try {
            assertEquals(2, bound.size());
            assertNotEquals(bound.get(0), bound.get(1));
            for (Endpoint endpoint : bound) {
                assertTrue(endpoint instanceof Endpoint.Tcp tcp && tcp.port() > 0 && tcp.host().equals("localhost"), "" + bound);
            }
        } finally {
            assertTrue(transport.stop(Duration.ZERO));
        }
    }

    @Test
    default void everyEndpointServes() throws Exception {
        Transport transport = provider().create(listening(0, 0).withOptions(options()));
        List<Endpoint> bound = transport.start(exchange -> exchange.commit(
                ResponseHead.of(200), ascii("" + exchange.connection().local()), true, Completion.NOTHING));
        try {
            for (Endpoint endpoint : bound) {
                try (Client client = new Client(connect(endpoint), Variant.Cut.WHOLE)) {
                    assertTrue(client.get("/").text().endsWith(":" + ((Endpoint.Tcp) endpoint).port()));
                }
            }
        } finally {
            assertTrue(transport.stop(Duration.ofSeconds(Peer.HANG_SECONDS)));
        }
    }

    @Test
    default void anUnknownOptionIsRefused() {
        Map<String, String> options = new HashMap<>(options());
        options.put("no-such-thing", "1");
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> provider().create(listening(0).withOptions(options)));
        assertTrue(String.valueOf(refused.getMessage()).contains("no-such-thing"), refused.getMessage());
    }

    @Test
    default void aTransportStartsOnce() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, ""))) {
            assertThrows(IllegalStateException.class, () -> site.transport().start(site));
            try (Client client = site.client()) {
                assertEquals(200, client.get("/").status(), "still there");
            }
            assertTrue(site.transport().stop(Duration.ofSeconds(Peer.HANG_SECONDS)));
            assertThrows(IllegalStateException.class, () -> site.transport().start(site));
            assertTrue(site.transport().stop(Duration.ZERO), "again");
        }
    }

    /** Listeners closed, idle connections closed, what is in flight finished with Connection: close, threads ended. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void stopFinishesWhatIsInFlight(Variant variant) throws Exception {
        CompletableFuture<Turn> arrived = new CompletableFuture<>();
        CompletableFuture<Turn> committed = new CompletableFuture<>();
        try (Site site = Site.open(this, variant, turn -> {
                    switch (turn.path()) {
                        case "/waits" -> arrived.complete(turn);
                        case "/streams" -> turn.exchange().commit(ResponseHead.of(200, "Content-Length", "10"), ascii("hello"),
                                false, turn.then(() -> committed.complete(turn)));
                        default -> turn.answer(200, "");
                    }
                });
                Client fresh = site.client();
                Client idle = site.client();
                Client waits = site.client();
                Client streams = site.client()) {
            idle.get("/");
            waits.send("GET /waits HTTP/1.1\r\nHost: test\r\n\r\n");
            streams.send("GET /streams HTTP/1.1\r\nHost: test\r\n\r\n");
            Turn waiting = arrived.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            Turn streaming = committed.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            CompletableFuture<Boolean> stopped = new CompletableFuture<>();
            stopped.completeAsync(() -> site.transport().stop(Duration.ofSeconds(Peer.HANG_SECONDS)),
                    task -> new Thread(task, "stopper").start());
            idle.assertEnd();
            fresh.assertEnd();
            assertThrows(IOException.class, () -> {
                try (Client late = site.client()) {
                    late.get("/late");
                }
            });
            assertFalse(stopped.isDone());
            waiting.answer(200, "done");
            Answer answer = waits.answer();
            assertEquals("done", answer.text());
            assertTrue(answer.closes());
            waits.assertEnd();
            assertFalse(stopped.isDone());
            streaming.exchange().write(ascii("world"), true, streaming.then(() -> {}));
            assertEquals("helloworld", streams.answer().text());
            streams.assertEnd();
            assertTrue(stopped.get(Peer.HANG_SECONDS, TimeUnit.SECONDS), "nothing was cut off");
            assertEquals(List.of(), threadsAlive());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void stopCutsOffWhatIsLeftAfterTheGrace(Variant variant) throws Exception {
        for (Duration grace : List.of(Duration.ZERO, Duration.ofMillis(200))) {
            Outcome written = new Outcome();
            Outcome demanded = new Outcome();
            CompletableFuture<Turn> writes = new CompletableFuture<>();
            CompletableFuture<Turn> reads = new CompletableFuture<>();
            try (Site site = Site.open(this, variant, turn -> {
                        if (turn.path().equals("/writes")) {
                            turn.exchange().commit(ResponseHead.of(200), ByteBuffer.allocate(FailureContract.LARGE), true, written);
                            writes.complete(turn);
                        } else {
                            turn.exchange().demand(demanded);
                            reads.complete(turn);
                        }
                    });
                    Client writing = site.client();
                    Client reading = site.client()) {
                writing.send("GET /writes HTTP/1.1\r\nHost: test\r\n\r\n");
                reading.send("POST /reads HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n");
                writes.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
                reads.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
                assertFalse(site.transport().stop(grace), "work was cut off");
                assertEquals(List.of(), threadsAlive());
                assertInstanceOf(Throwable.class, written.await());
                demanded.await();
                assertThrows(IOException.class, () -> reads.get().exchange().read(ByteBuffer.allocate(1)));
                assertThrows(IOException.class, writing::answer);
                reading.assertEnd();
            }
        }
    }

    private TransportConfig listening(int... ports) {
        Endpoint[] endpoints = new Endpoint[ports.length];
        for (int i = 0; i < ports.length; i++) {
            endpoints[i] = new Endpoint.Tcp(scheme(), "localhost", ports[i]);
        }
        return TransportConfig.of(endpoints).withTls(tls());
    }

    private List<String> threadsAlive() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive).map(Thread::getName).filter(name -> name.startsWith(threads())).toList();
    }
}
