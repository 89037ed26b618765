/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Exchange;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import java.io.IOException;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a peer's disappearance is noticed. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class DisconnectTest {

    /** The owner asks just when the loop finds the peer gone: both see it, one of them tells. */
    @Test
    void isToldOnceHoweverItMeetsTheQuestion() throws Exception {
        BlockingQueue<Exchange> asked = new LinkedBlockingQueue<>();
        try (Server server = Server.of(asked::add)) {
            for (int i = 0; i < 300; i++) {
                Exchange exchange;
                try (Socket socket = server.connect()) {
                    Server.send(socket, Server.get("/"));
                    exchange = asked.take();
                    socket.setSoLinger(true, 0);
                }
                AtomicInteger told = new AtomicInteger();
                for (int spin = 0; spin < i * 20; spin++) {
                    Thread.onSpinWait();
                }
                exchange.onDisconnect(told::incrementAndGet);
                assertEquals("disconnected", server.hear());
                assertEquals("closed", server.hear());
                BlockingQueue<Throwable> failed = new LinkedBlockingQueue<>();
                exchange.commit(ResponseHead.of(200), ByteBuffer.allocate(1), false, new Completion() {
                    @Override
                    public void succeeded() {}

                    @Override
                    public void failed(Throwable cause) {
                        failed.add(cause);
                    }
                });
                failed.take();
                try (Socket other = server.connect()) { // the loop has left the turn in which it told
                    Server.send(other, Server.get("/"));
                    Server.answer(asked.take(), "a");
                    Server.read(other);
                }
                server.hear();
                assertEquals(1, told.get(), "round " + i);
            }
        }
    }

    private static final String UPLOAD = "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 100\r\n\r\nsome";

    @Test
    void aResetIsNoticedBehindABodyThatNobodyReads() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        try (Server server = Server.of(exchange -> {
            exchange.onDisconnect(gone::countDown);
            asked.countDown();
        })) {
            try (Socket socket = server.connect()) {
                Server.send(socket, UPLOAD);
                asked.await();
                assertEquals(1, gone.getCount());
                socket.setSoLinger(true, 0);
            }
            awaitByTicks(server, gone);
            assertEquals("disconnected", server.hear());
        }
    }

    /** An end of the peer's direction is no disconnect: it waits for its answer. */
    @Test
    void aHalfClosedPeerIsNotGone() throws Exception {
        BlockingQueue<Exchange> asked = new LinkedBlockingQueue<>();
        CountDownLatch gone = new CountDownLatch(1);
        try (Server server = Server.of(exchange -> {
            exchange.onDisconnect(gone::countDown);
            asked.add(exchange);
        }); Socket socket = server.connect()) {
            Server.send(socket, UPLOAD);
            socket.shutdownOutput();
            Exchange exchange = asked.take();
            for (int i = 0; i < 4; i++) { // by each answer a tick has passed
                int before = server.opened.get();
                try (Socket other = server.connect()) {
                    while (server.opened.get() == before) {
                        Thread.onSpinWait();
                    }
                    server.pass(Duration.ofSeconds(11));
                    assertTrue(Server.readAll(other).startsWith("HTTP/1.1 408"));
                }
            }
            assertEquals(1, gone.getCount());
            Server.answer(exchange, "still here");
            assertTrue(Server.read(socket).endsWith("still here"));
        }
    }

    /** Such a peer never resets: that it is gone shows by a look at the socket alone. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aUnixPeerThatVanishesInAnUploadIsNoticed(boolean read, @TempDir Path directory) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        Path path = directory.resolve("s");
        Transport transport = new NioTransportProvider().create(TransportConfig.of(new Endpoint.Unix(path)));
        transport.start(exchange -> {
            exchange.onDisconnect(gone::countDown);
            if (read) {
                readOn(exchange);
            }
            asked.countDown();
        });
        try {
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
                client.write(ByteBuffer.wrap(UPLOAD.getBytes(StandardCharsets.ISO_8859_1)));
                asked.await();
                assertEquals(1, gone.getCount());
            }
            assertTrue(gone.await(Server.HANG_SECONDS, TimeUnit.SECONDS));
        } finally {
            transport.stop(Duration.ZERO);
        }
    }

    private static void readOn(Exchange exchange) {
        try {
            while (exchange.read(ByteBuffer.allocate(100)) > 0) {
                Thread.onSpinWait();
            }
            exchange.demand(() -> readOn(exchange));
        } catch (IOException truncated) {
            assertTrue(truncated instanceof RefusedException, "" + truncated);
        }
    }

    private static void awaitByTicks(Server server, CountDownLatch latch) {
        while (latch.getCount() > 0) {
            server.pass(Duration.ofMillis(300));
            Thread.onSpinWait();
        }
    }
}
