/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ClientResponse.Taking;
import io.gatehouse.forward.ScriptedOrigin.Script;
import io.gatehouse.handler.HttpFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Limits and timeouts of the way to an origin, each with its status and a text that tells nothing. */
@Timeout(60)
final class PoolTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final Duration SHORT = Duration.ofMillis(100);

    @TempDir
    private Path directory;

    /** Answers each request when the test lets it. */
    private static Script held(Semaphore arrived, Semaphore go) {
        return line -> {
            while (line.request() != null) {
                arrived.release();
                go.acquire();
                line.send(OK);
            }
        };
    }

    @Test
    void onlySoManyConnectionsAreOpenAndTheRestWaits() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(held(arrived, go));
                Forward forward = Forward.to(origin.text()).limits(l -> l.withConnections(2).withQueue(3)).build()) {
            List<ClientResponse> responses = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                responses.add(new ClientResponse().to(forward, ClientRequest.get("/" + i)));
            }
            ClientResponse sixth = new ClientResponse().to(forward, ClientRequest.get("/6"));
            HttpFailure busy = assertInstanceOf(HttpFailure.class, sixth.outcome());
            assertEquals(503, busy.status());
            assertEquals("The server behind this address is busy.", busy.publicMessage());
            assertEquals("connections=2 to each of " + origin.text() + " are in use and queue=3 requests wait", busy.getCause().getMessage());
            arrived.acquire(2);
            go.release(5);
            for (ClientResponse response : responses) {
                assertEquals(200, response.answered());
            }
            assertEquals(2, origin.connections());
        }
    }

    @Test
    void whoWaitsInVainGets503AndWhoLeavesIsForgotten() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(held(arrived, go));
                Forward forward = Forward.to(origin.text()).limits(l -> l.withConnections(1)).timeouts(t -> t.withQueue(SHORT)).build()) {
            ClientResponse first = new ClientResponse().to(forward, ClientRequest.get("/1"));
            ClientResponse second = new ClientResponse().to(forward, ClientRequest.get("/2"));
            ClientRequest leaving = ClientRequest.get("/3");
            ClientResponse third = new ClientResponse().to(forward, leaving);
            leaving.disconnect();
            assertEquals("the client is gone", third.outcome().getMessage());
            assertEquals(503, second.answered());
            go.release(10);
            assertEquals(200, first.answered());
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/4")).answered());
            assertEquals(2, origin.requests().size());
            assertEquals(1, origin.connections());
        }
    }

    @Test
    void whoWaitsGetsTheConnectionThatTakesThePlaceOfAnEndedOne() throws Exception {
        Semaphore arrived = new Semaphore(0);
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            arrived.release();
            go.await();
        }, ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).limits(l -> l.withConnections(1)).build()) {
            ClientResponse first = new ClientResponse().to(forward, ClientRequest.get("/1"));
            ClientResponse second = new ClientResponse().to(forward, ClientRequest.get("/2"));
            ClientResponse third = new ClientResponse().to(forward, ClientRequest.get("/3"));
            arrived.acquire();
            go.countDown();
            assertEquals(502, first.answered());
            assertEquals(200, second.answered());
            assertEquals(200, third.answered());
        }
    }

    @Test
    void aThousandWaitersOfAnOriginThatIsGoneAllHear() throws Exception {
        Path socket = directory.resolve("gone.sock");
        try (Forward forward = Forward.to("unix:" + socket).limits(l -> l.withConnections(1).withQueue(2000)).build()) {
            List<ClientResponse> responses = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                responses.add(new ClientResponse().to(forward, ClientRequest.get("/" + i)));
            }
            for (ClientResponse response : responses) {
                assertEquals(502, response.answered());
            }
        }
    }

    @Test
    void onlySoManyIdleConnectionsAreKept() throws Exception {
        Semaphore arrived = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        CountDownLatch closed = new CountDownLatch(2);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            held(arrived, go).run(line);
            closed.countDown();
        }); Forward forward = Forward.to(origin.text()).limits(l -> l.withIdle(1)).build()) {
            List<ClientResponse> responses = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                responses.add(new ClientResponse().to(forward, ClientRequest.get("/" + i)));
            }
            arrived.acquire(3);
            go.release(3);
            for (ClientResponse response : responses) {
                assertEquals(200, response.answered());
            }
            closed.await();
            assertEquals(3, origin.connections());
        }
    }

    @Test
    void anIdleConnectionIsClosedInTime() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send(OK);
            assertTrue(line.ended());
            closed.countDown();
        }); Forward forward = Forward.to(origin.text()).timeouts(t -> t.withIdle(SHORT)).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            closed.await();
        }
    }

    @Test
    void nobodyThereIs502() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        for (String origin : List.of("http://127.0.0.1:" + port, "unix:" + directory.resolve("none.sock"), "http://no.such.host.invalid")) {
            try (Forward forward = Forward.to(origin).build()) {
                HttpFailure failure = assertInstanceOf(
                        HttpFailure.class, new ClientResponse().to(forward, ClientRequest.get("/")).outcome());
                assertEquals(502, failure.status());
                assertEquals("The server behind this address can't be reached.", failure.publicMessage());
                assertTrue(failure.getCause().getMessage().startsWith(origin), failure.getCause().getMessage());
            }
        }
    }

    @Test
    void anotherAddressOfTheNameIsTried() throws Exception {
        // localhost is ::1 as well where there is IPv6; the origin listens on 127.0.0.1 only.
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK))) {
            String port = origin.authority().substring(origin.authority().indexOf(':'));
            try (Forward forward = Forward.to("http://localhost" + port).build()) {
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
                assertTrue(origin.requests().get(0).contains("\r\nHost: localhost" + port + "\r\n"));
            }
        }
    }

    /** A backlog that is full drops what comes. */
    private static List<Socket> fill(ServerSocket full) {
        List<Socket> fillers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Socket socket = new Socket();
            fillers.add(socket);
            try {
                socket.connect(full.getLocalSocketAddress(), 200);
            } catch (IOException e) {
                break;
            }
        }
        return fillers;
    }

    @Test
    void noConnectionInTimeIs504() throws Exception {
        try (ServerSocket full = new ServerSocket()) {
            full.bind(new InetSocketAddress("127.0.0.1", 0), 1);
            List<Socket> fillers = fill(full);
            try {
                try (Forward forward = Forward.to("http://127.0.0.1:" + full.getLocalPort())
                        .timeouts(t -> t.withConnect(SHORT)).build()) {
                    assertEquals(504, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
                }
            } finally {
                for (Socket socket : fillers) {
                    socket.close();
                }
            }
        }
    }

    /** The first address takes no connection and refuses none: it has its share of the time, and then the next one has its turn. */
    @Test
    void aSilentAddressGivesWayToTheNext() throws Exception {
        try (ServerSocket full = new ServerSocket(); ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK))) {
            full.bind(new InetSocketAddress("127.0.0.1", 0), 1);
            List<Socket> fillers = fill(full);
            int port = Integer.parseInt(origin.text().substring(origin.text().lastIndexOf(':') + 1));
            AtomicLong clock = new AtomicLong(1);
            AtomicInteger tried = new AtomicInteger();
            List<SocketAddress> addresses = List.of(
                    full.getLocalSocketAddress(), full.getLocalSocketAddress(), new InetSocketAddress("127.0.0.1", port));
            try (Forward forward = Forward.to("http://several.test").timeouts(t -> t.withConnect(Duration.ofSeconds(6)))
                    .names(asked -> new AbstractList<>() {
                        @Override
                        public SocketAddress get(int index) {
                            tried.set(index + 1);
                            return addresses.get(index);
                        }

                        @Override
                        public int size() {
                            return addresses.size();
                        }
                    })
                    .build(clock::get)) {
                ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
                for (int share = 1; share <= 2; share++) {
                    while (tried.get() < share) {
                        Thread.onSpinWait();
                    }
                    clock.addAndGet(Duration.ofSeconds(2).toNanos());
                }
                assertEquals(200, response.answered());
                assertEquals(0, forward.targets().counts().failures());
            } finally {
                for (Socket socket : fillers) {
                    socket.close();
                }
            }
        }
    }

    @Test
    void noAnswerInTimeIs504() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            assertTrue(line.ended());
        }); Forward forward = Forward.to(origin.text()).timeouts(t -> t.withAnswer(SHORT)).build()) {
            HttpFailure failure = assertInstanceOf(
                    HttpFailure.class, new ClientResponse().to(forward, ClientRequest.get("/")).outcome());
            assertEquals(504, failure.status());
            assertEquals("The server behind this address did not answer in time.", failure.publicMessage());
            assertEquals(origin.text() + " did not answer in time", failure.getCause().getMessage());
        }
    }

    @Test
    void aHeadThatNeverEndsIs504() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nX: ");
            for (int i = 0; i < 1 << 28; i++) { // a byte now and then buys no more time: the end is an IOException
                line.send("y");
            }
        }); Forward forward = Forward.to(origin.text()).timeouts(t -> t.withAnswer(SHORT)).limits(l -> l.withHead(1 << 30)).build()) {
            assertEquals(504, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
        }
    }

    @Test
    void aBodyThatStallsIsCutOff() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
            assertTrue(line.ended());
        }); Forward forward = Forward.to(origin.text()).timeouts(t -> t.withProgress(SHORT)).build()) {
            ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
            assertEquals(origin.text() + " sent no more of its answer in time", response.outcome().getCause().getMessage());
            assertEquals("ab", response.text());
            assertFalse(response.isWhole());
        }
    }

    @Test
    void anOriginThatTakesNoMoreOfTheRequestIs504() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            over.await();
        }); Forward forward = Forward.to(origin.text()).timeouts(t -> t.withProgress(SHORT)).build()) {
            ClientRequest request = ClientRequest.of("POST", "/").length(64 << 20);
            request.feed(ByteBuffer.wrap(new byte[64 << 20]));
            assertEquals(504, new ClientResponse().to(forward, request).answered());
            over.countDown();
        }
    }

    @Test
    void theClientsTimeDoesNotCount() throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.until("half");
            half.countDown();
            line.until("rest");
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
            line.send("x");
        }); Forward forward = Forward.to(origin.text())
                .timeouts(t -> t.withProgress(SHORT).withAnswer(SHORT).withConnect(Duration.ofSeconds(9))).build()) {
            ClientRequest request = ClientRequest.of("POST", "/").length(8);
            ClientResponse response = new ClientResponse(Taking.HELD).to(forward, request);
            request.feed("half");
            half.await();
            passTime(forward);
            request.feed("rest");
            response.awaitWrite();
            passTime(forward);
            response.takeAll();
            assertEquals(200, response.answered());
            assertEquals("x", response.text());
        }
    }

    /** Lets more time pass than any timeout of the forward: as long as a request of its own takes to run into one. */
    private static void passTime(Forward forward) throws Exception {
        try (ScriptedOrigin silent = ScriptedOrigin.tcp(line -> {
            line.request();
            line.ended();
        }); Forward other = Forward.to(silent.text()).timeouts(t -> t.withAnswer(SHORT.multipliedBy(4))).build()) {
            assertEquals(504, new ClientResponse().to(other, ClientRequest.get("/")).answered());
        }
    }
}
