/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Exchange;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Timeouts;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timeouts, by a clock that the test moves. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PatienceTest {

    @Test
    void anIdleConnectionIsClosedWithoutAWord() throws Exception {
        try (Server server = Server.of(exchange -> Server.answer(exchange, "a")); Socket socket = server.connect()) {
            Server.send(socket, Server.get("/"));
            Server.read(socket);
            server.pass(Timeouts.DEFAULTS.idle().minusMillis(600));
            Server.send(socket, Server.get("/"));
            assertTrue(Server.read(socket).endsWith("a"), "not too early");
            server.pass(Timeouts.DEFAULTS.idle().plusSeconds(1));
            assertEquals("", Server.readAll(socket));
            assertEquals("idle", server.hear());
        }
    }

    @Test
    void aHeadThatDripsIsRefusedByTheClockOfItsFirstByte() throws Exception {
        try (Server server = Server.of(exchange -> Server.answer(exchange, "a")); Socket socket = server.connect()) {
            Server.send(socket, Server.get("/"));
            Server.read(socket);
            Server.send(socket, "GET / HTTP/1.1\r\n");
            for (int i = 0; i < 3; i++) {
                Server.send(socket, "X" + i + ": y\r\n");
            }
            try (Socket other = server.connect()) { // by the time of its answer the loop has seen the bytes above
                Server.send(other, Server.get("/"));
                Server.read(other);
            }
            server.pass(Timeouts.DEFAULTS.head().plusSeconds(1));
            String answer = Server.readAll(socket);
            assertTrue(answer.startsWith("HTTP/1.1 408 Request Timeout\r\n"), answer);
            assertTrue(answer.contains("Connection: close\r\n") && answer.contains("timeouts.head"), answer);
        }
    }

    @Test
    void aWorkerMayTakeAsLongAsItWants() throws Exception {
        CompletableFuture<Exchange> asked = new CompletableFuture<>();
        try (Server server = Server.of(asked::complete); Socket socket = server.connect()) {
            Server.send(socket, Server.get("/"));
            Exchange exchange = asked.get(Server.HANG_SECONDS, TimeUnit.SECONDS);
            server.pass(Duration.ofHours(1));
            try (Socket other = server.connect()) { // turned over by a tick of the loop, which closes what waits
                while (server.opened.get() < 2) { // its time begins when the loop has taken it in
                    Thread.onSpinWait();
                }
                server.pass(Timeouts.DEFAULTS.head().plusSeconds(1));
                assertTrue(Server.readAll(other).startsWith("HTTP/1.1 408"));
            }
            Server.answer(exchange, "late");
            assertTrue(Server.read(socket).endsWith("late"));
        }
    }

    @Test
    void aPeerThatTakesNothingIsCutOff() throws Exception {
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        try (Server server = Server.of(exchange -> exchange.commit(
                ResponseHead.of(200), ByteBuffer.allocate(50_000_000), true, new Completion() {
                    @Override
                    public void succeeded() {
                        failed.complete(new AssertionError("50 MB fit into the socket"));
                    }

                    @Override
                    public void failed(Throwable cause) {
                        failed.complete(cause);
                    }
                })); Socket socket = server.connect()) {
            Server.send(socket, Server.get("/"));
            assertEquals('H', socket.getInputStream().read());
            while (!failed.isDone()) {
                server.pass(Duration.ofSeconds(1)); // tick after tick: a window slides by what has passed
                Thread.onSpinWait();
            }
            assertTrue(failed.get().getMessage().contains("timeouts.write"), "" + failed.get());
            assertEquals("write-timeout", server.hear());
            assertEquals("closed", server.hear());
        }
    }

    @Test
    void aRefusedPeerThatStaysIsLeftAfterAMoment() throws Exception {
        try (Server server = Server.of(exchange -> {}); Socket socket = server.connect()) {
            Server.send(socket, "nonsense\r\n\r\n");
            assertTrue(Server.readAll(socket).startsWith("HTTP/1.1 400"));
            assertEquals("syntax", server.hear());
            server.pass(Duration.ofSeconds(3));
            assertEquals("closed", server.hear());
        }
    }

    @Test
    void tooManyConnectionsAreTold() throws Exception {
        try (Server server = Server.of(
                Limits.DEFAULTS.withConnections(2), Timeouts.DEFAULTS, exchange -> Server.answer(exchange, "a"));
                Socket one = server.connect(); Socket two = server.connect()) {
            for (Socket socket : new Socket[] {one, two}) {
                Server.send(socket, Server.get("/"));
                Server.read(socket);
            }
            try (Socket three = server.connect()) {
                String answer = Server.readAll(three);
                assertTrue(answer.startsWith("HTTP/1.1 503 Service Unavailable\r\n"), answer);
                assertTrue(answer.contains("limits.connections=2"), answer);
            }
            assertEquals("connections", server.hear());
            assertEquals("closed", server.hear());
            one.close();
            assertEquals("closed", server.hear());
            try (Socket four = server.connect()) {
                Server.send(four, Server.get("/"));
                assertTrue(Server.read(four).endsWith("a"));
            }
        }
    }

    /** A body that is still thrown away when the transport stops: then the connection is not kept. */
    @Test
    void stoppingDoesNotWaitForADrainedConnection() throws Exception {
        try (Server server = Server.of(exchange -> Server.answer(exchange, "a")); Socket socket = server.connect()) {
            Server.send(socket, "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n.");
            assertTrue(Server.read(socket).endsWith("a"));
            CompletableFuture<Boolean> stopped = CompletableFuture.supplyAsync(
                    () -> server.transport.stop(Duration.ofHours(1)));
            awaitClosedPort(server);
            Server.send(socket, ".");
            assertEquals("", Server.readAll(socket));
            socket.close();
            assertTrue(stopped.get(Server.HANG_SECONDS, TimeUnit.SECONDS));
        }
    }

    private static void awaitClosedPort(Server server) throws Exception {
        while (true) {
            try (Socket socket = server.connect()) {
                Thread.onSpinWait();
            } catch (ConnectException e) {
                return;
            }
        }
    }
}
