/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class AcceptorTest {

    @Test
    void survivesRunningOutOfDescriptors() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Server server = Server.accepting(channel -> {
            if (calls.getAndIncrement() < 3) {
                throw new IOException("Too many open files");
            }
            return channel.accept();
        }, exchange -> Server.answer(exchange, "a")); Socket socket = server.connect()) {
            for (int i = 0; i < 3; i++) {
                assertEquals("accept-failed", server.hear());
                assertEquals(i + 1, calls.get(), "it waits before it tries again");
                server.pass(Duration.ofSeconds(1));
            }
            Server.send(socket, Server.get("/"));
            assertTrue(Server.read(socket).endsWith("a"));
        }
    }

    @Test
    void survivesWhateverIsThrown() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (Server server = Server.accepting(channel -> {
            if (calls.getAndIncrement() == 0) {
                throw new OutOfMemoryError("not really");
            }
            return channel.accept();
        }, exchange -> Server.answer(exchange, "a")); Socket socket = server.connect()) {
            assertEquals("accept-failed", server.hear());
            server.pass(Duration.ofSeconds(1));
            Server.send(socket, Server.get("/"));
            assertTrue(Server.read(socket).endsWith("a"));
        }
    }

    @Test
    void whoWaitsInTheBacklogWhenItStopsIsServed() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Server server = Server.accepting(channel -> {
            if (calls.getAndIncrement() == 0) {
                throw new IOException("Too many open files");
            }
            return channel.accept();
        }, exchange -> Server.answer(exchange, "last"));
        try (Socket socket = server.connect()) {
            assertEquals("accept-failed", server.hear());
            Server.send(socket, Server.get("/"));
            Thread stop = new Thread(() -> server.transport.stop(Duration.ofSeconds(Server.HANG_SECONDS)));
            stop.start();
            String answer = Server.readAll(socket);
            assertTrue(answer.endsWith("last") && answer.contains("Connection: close\r\n"), answer);
            socket.close();
            stop.join();
        }
    }
}
