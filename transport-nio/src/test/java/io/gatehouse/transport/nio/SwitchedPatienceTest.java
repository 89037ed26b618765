/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Exchange;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Timeouts;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timeouts after a switch of protocols. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SwitchedPatienceTest {

    private static final String UPGRADE = "GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
    private static final Timeouts TIMES = Timeouts.DEFAULTS.withHead(Duration.ofSeconds(1));
    private static final Duration NEARLY = TIMES.idle().minusSeconds(5);

    @Test
    void whoReadsAndHearsNothingIsCut() throws Exception {
        CompletableFuture<String> failed = new CompletableFuture<>();
        try (Server server = Server.of(Limits.DEFAULTS, TIMES, exchange -> {
            switchOver(exchange, false);
            listen(exchange, failed);
        });
                Socket socket = server.connect()) {
            upgrade(socket);
            server.pass(NEARLY);
            socket.getOutputStream().write(1);
            assertEquals(1, socket.getInputStream().read(), "the byte came back, not too late");
            ticked(server);
            server.pass(NEARLY);
            ticked(server);
            assertTrue(!failed.isDone(), "time counts from the last byte");
            server.pass(Duration.ofSeconds(10));
            assertTrue(failed.get(Server.HANG_SECONDS, TimeUnit.SECONDS).contains("timeouts.idle"), failed.get());
            assertEquals("idle", skipped(server));
        }
    }

    /** The handler has sent its end and reads no more; the peer keeps its own direction open. */
    @Test
    void whoHasEndedAndDoesNotReadHoldsNoConnection() throws Exception {
        try (Server server = Server.of(Limits.DEFAULTS, TIMES, exchange -> switchOver(exchange, true));
                Socket socket = server.connect()) {
            upgrade(socket);
            assertEquals("", Server.readAll(socket));
            ticked(server);
            server.pass(TIMES.idle().plusSeconds(1));
            assertEquals("idle", skipped(server));
        }
    }

    /** One that neither reads nor has ended is at work: no clock runs for it. */
    @Test
    void whoWorksMayTakeItsTime() throws Exception {
        CompletableFuture<Exchange> switched = new CompletableFuture<>();
        try (Server server = Server.of(Limits.DEFAULTS, TIMES, exchange -> {
            switchOver(exchange, false);
            switched.complete(exchange);
        });
                Socket socket = server.connect()) {
            upgrade(socket);
            for (int i = 0; i < 3; i++) {
                server.pass(Duration.ofHours(1));
                ticked(server);
            }
            switched.get().write(ByteBuffer.wrap(new byte[] {7}), false, Completion.NOTHING);
            assertEquals(7, socket.getInputStream().read());
        }
    }

    private static void switchOver(Exchange exchange, boolean end) {
        exchange.commit(ResponseHead.of(101, "Upgrade", "x"), ByteBuffer.allocate(0), false, Completion.NOTHING);
        if (end) {
            exchange.write(ByteBuffer.allocate(0), true, Completion.NOTHING);
        }
    }

    private static void listen(Exchange exchange, CompletableFuture<String> failed) {
        exchange.demand(() -> {
            ByteBuffer bytes = ByteBuffer.allocate(10);
            try {
                exchange.read(bytes);
            } catch (IOException e) {
                failed.complete(e.getMessage());
                return;
            }
            exchange.write(bytes.flip(), false, Completion.NOTHING);
            listen(exchange, failed);
        });
    }

    private static void upgrade(Socket socket) throws IOException {
        Server.send(socket, UPGRADE);
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        assertTrue(head.toString().startsWith("HTTP/1.1 101"), head.toString());
    }

    /** Takes two seconds by the clock, and returns when the loop has looked at its timeouts since. */
    private static void ticked(Server server) throws Exception {
        int before = server.opened.get();
        try (Socket other = server.connect()) {
            while (server.opened.get() == before) {
                Thread.onSpinWait();
            }
            server.pass(Duration.ofSeconds(2));
            assertTrue(Server.readAll(other).startsWith("HTTP/1.1 408"));
        }
    }

    /** The next word that is not about the connections of {@link #ticked}. */
    private static String skipped(Server server) throws InterruptedException {
        String word;
        do {
            word = server.hear();
        } while (word.equals("head-timeout") || word.equals("closed"));
        return word;
    }
}
