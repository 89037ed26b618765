/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens inside one turn of a loop, and between a loop and a worker. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class TurnTest {

    /**
     * The client sees nothing of the first answers while the sixteenth is made, and all of them when the next turn
     * begins.
     */
    @Test
    void inlineAnswersOfOneTurnLeaveTogether() throws Exception {
        AtomicReference<InputStream> client = new AtomicReference<>();
        List<Integer> available = new CopyOnWriteArrayList<>();
        try (Server server = Server.of(exchange -> {
            try {
                available.add(client.get().available());
            } catch (IOException e) {
                available.add(-1);
            }
            Server.answer(exchange, exchange.head().target());
        }); Socket socket = server.connect()) {
            client.set(socket.getInputStream());
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 20; i++) {
                requests.append(Server.get("/" + i));
            }
            Server.send(socket, requests.toString());
            for (int i = 0; i < 20; i++) {
                assertTrue(Server.read(socket).endsWith("/" + i));
            }
            assertEquals(20, available.size());
            assertEquals(List.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), available.subList(0, 16));
        }
    }

    @Test
    void answersOfAllKindsKeepTheirOrder() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(3);
        Random random = new Random(7);
        try (Server server = Server.of(2, exchange -> {
            String path = exchange.head().target();
            switch (path.charAt(1)) {
                case 'i' -> Server.answer(exchange, path);
                case 'w' -> workers.execute(() -> Server.answer(exchange, path));
                default -> workers.execute(() -> exchange.commit(
                        ResponseHead.of(200, "Content-Length", "" + path.length()), ByteBuffer.allocate(0), false,
                        new Completion() {
                            @Override
                            public void succeeded() {
                                workers.execute(() -> exchange.write(ByteBuffer.wrap(path.getBytes()), true,
                                        Completion.NOTHING));
                            }

                            @Override
                            public void failed(Throwable cause) {}
                        }));
            }
        })) {
            for (int round = 0; round < 40; round++) {
                try (Socket socket = server.connect()) {
                    StringBuilder requests = new StringBuilder();
                    StringBuilder kinds = new StringBuilder();
                    for (int i = 0; i < 50; i++) {
                        char kind = "iiiiwp".charAt(random.nextInt(6));
                        kinds.append(kind);
                        requests.append(Server.get("/" + kind + i));
                    }
                    for (int from = 0; from < requests.length(); ) {
                        int to = Math.min(requests.length(), from + 1 + random.nextInt(600));
                        Server.send(socket, requests.substring(from, to));
                        from = to;
                    }
                    for (int i = 0; i < 50; i++) {
                        assertTrue(Server.read(socket).endsWith("\r\n\r\n/" + kinds.charAt(i) + i), "answer " + i
                                + " of " + kinds);
                    }
                }
            }
        } finally {
            workers.shutdown();
        }
    }

    /** Completions that come inside their own write, one inside the other, do not eat up the stack. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inlineCompletionsDoNotNestWithoutEnd(boolean onLoop) throws Exception {
        int count = 20_000;
        ExecutorService worker = Executors.newSingleThreadExecutor();
        AtomicInteger left = new AtomicInteger(count);
        try (Server server = Server.of(exchange -> {
            ByteBuffer one = ByteBuffer.wrap(new byte[] {'a'});
            Completion next = new Completion() {
                @Override
                public void succeeded() {
                    int more = left.getAndDecrement();
                    if (more > 0) {
                        exchange.write(one, more == 1, this);
                    }
                }

                @Override
                public void failed(Throwable cause) {
                    left.set(-1);
                }
            };
            Runnable script = () -> exchange.commit(
                    ResponseHead.of(200, "Content-Length", "" + count), ByteBuffer.allocate(0), false, next);
            if (onLoop) {
                script.run();
            } else {
                worker.execute(script);
            }
        }); Socket socket = server.connect()) {
            Server.send(socket, Server.get("/"));
            assertTrue(Server.read(socket).endsWith("a".repeat(count)));
        } finally {
            worker.shutdown();
        }
    }

    /** A body larger than the loop's buffer, and one that just fills it, between small ones. */
    @ParameterizedTest
    @ValueSource(ints = {1, 16 * 1024, 16 * 1024 + 1, 64 * 1024, 3_000_000})
    void largeInlineAnswersFollowSmallOnes(int size) throws Exception {
        String large = "b".repeat(size);
        try (Server server = Server.of(exchange ->
                Server.answer(exchange, exchange.head().target().equals("/large") ? large : "small"));
                Socket socket = server.connect()) {
            Server.send(socket, Server.get("/") + Server.get("/large") + Server.get("/") + Server.get("/large")
                    + Server.get("/"));
            for (String expected : List.of("small", large, "small", large, "small")) {
                assertTrue(Server.read(socket).endsWith("\r\n\r\n" + expected));
            }
        }
    }

    /** The peer asks and does not read: the loop must neither buffer without end nor stop serving others. */
    @Test
    void whoDoesNotReadIsNotServedOn() throws Exception {
        AtomicInteger handled = new AtomicInteger();
        String large = "b".repeat(100_000);
        try (Server server = Server.of(exchange -> {
            handled.incrementAndGet();
            Server.answer(exchange, large);
        }); Socket greedy = server.connect()) {
            greedy.setSoTimeout(Server.HANG_SECONDS * 1000);
            int requests = 300;
            Server.send(greedy, Server.get("/").repeat(requests));
            try (Socket other = server.connect()) {
                for (int i = 0; i < 20; i++) {
                    Server.send(other, Server.get("/"));
                    assertTrue(Server.read(other).endsWith(large));
                }
            }
            int before = handled.get();
            assertTrue(before < requests, "30 MB were made for a peer that reads nothing");
            for (int i = 0; i < requests; i++) {
                assertTrue(Server.read(greedy).endsWith("b"));
            }
        }
    }

    /** The same with requests without end: what the server holds of them is bounded, and it goes on after that. */
    @Test
    void whoDoesNotReadCanNotPipelineWithoutEnd() throws Exception {
        String answer = "b".repeat(10_000);
        ByteBuffer requests = ByteBuffer.wrap(Server.get("/").repeat(2_000).getBytes(StandardCharsets.ISO_8859_1));
        int most = 64 * 1024 * 1024;
        try (Server server = Server.of(exchange -> Server.answer(exchange, answer));
                SocketChannel greedy = SocketChannel.open(new InetSocketAddress("localhost", server.port));
                Socket other = server.connect()) {
            greedy.configureBlocking(false);
            long sent = 0;
            for (int refused = 0; refused < 20 && sent < most; ) {
                int taken = greedy.write(requests.hasRemaining() ? requests : requests.clear());
                sent += taken;
                refused = taken == 0 ? refused + 1 : 0;
                if (taken == 0) { // each answer is a turn of the loop, in which it might have read more
                    Server.send(other, Server.get("/"));
                    assertTrue(Server.read(other).endsWith(answer));
                }
            }
            assertTrue(sent < most, "the server took requests of 64 MiB from a peer that reads nothing");
            greedy.configureBlocking(true);
            greedy.socket().setSoTimeout(Server.HANG_SECONDS * 1000);
            for (int i = 0; i < 1_000; i++) {
                assertTrue(Server.read(greedy.socket()).endsWith(answer), "answer " + i);
            }
        }
    }

    /**
     * Pooled buffers come back as they were left, so each is first filled with another connection's bytes: none of them
     * may show up in a head or body, however the request is cut.
     */
    @Test
    void noByteOfOneConnectionShowsUpOnAnother() throws Exception {
        ExecutorService workers = Executors.newFixedThreadPool(3);
        Random random = new Random(11);
        String poison = "POISON".repeat(500);
        try (Server server = Server.of(exchange -> workers.execute(() -> echo(exchange, new StringBuilder())))) {
            for (int round = 0; round < 200; round++) {
                try (Socket first = server.connect(); Socket second = server.connect()) {
                    // A poisoned buffer returns to the pool when its connection ends inside a body.
                    Server.send(first, "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3000\r\n\r\n" + poison
                            + "GET /POISON HTTP/1.1\r\nPOISON");
                    String body = "b".repeat(random.nextInt(2_000)) + "e";
                    String chunk = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
                    String request = "POST /x HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk;
                    int cut = 1 + random.nextInt(request.length() - 1);
                    Server.send(second, request.substring(0, cut));
                    assertTrue(Server.read(first).endsWith("\r\n\r\n/" + poison));
                    Server.send(second, request.substring(cut) + request);
                    for (int i = 0; i < 2; i++) {
                        assertTrue(Server.read(second).endsWith("\r\n\r\n/x" + body), "round " + round);
                    }
                }
            }
        } finally {
            workers.shutdown();
        }
    }

    private static void echo(Exchange exchange, StringBuilder body) {
        ByteBuffer part = ByteBuffer.allocate(700);
        try {
            int read;
            while ((read = exchange.read(part.clear())) > 0) {
                body.append(StandardCharsets.ISO_8859_1.decode(part.flip()));
            }
            if (read < 0) {
                Server.answer(exchange, exchange.head().target() + body);
            } else {
                exchange.demand(() -> echo(exchange, body));
            }
        } catch (IOException e) {
            exchange.abort(e);
        }
    }
}
