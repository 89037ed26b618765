/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportListener;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is thrown on a loop costs the connection that it was thrown for, and no other. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ThrowingTest {

    private static final Completion THROWING = new Completion() {
        @Override
        public void succeeded() {
            throw new AssertionError("thrown on purpose");
        }

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError("thrown on purpose");
        }
    };

    /** The call that will throw later has been made. */
    private final CountDownLatch called = new CountDownLatch(1);

    @Test
    void aCompletionThatThrowsOnTheLoop() throws Exception {
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            // Large enough that the socket is full once, so that the loop writes the rest and completes.
            costsOneConnection(exchange -> worker.execute(() -> {
                exchange.commit(ResponseHead.of(200), ByteBuffer.allocate(20_000_000), false, THROWING);
                called.countDown();
            }), "");
        } finally {
            worker.shutdown();
        }
    }

    @Test
    void aDemandThatThrows() throws Exception {
        costsOneConnection(exchange -> {
            exchange.demand(() -> {
                throw new AssertionError("thrown on purpose");
            });
            called.countDown();
        }, "a");
    }

    @Test
    void aDemandOfAWorkerThatThrows() throws Exception {
        ExecutorService worker = Executors.newSingleThreadExecutor();
        try {
            costsOneConnection(exchange -> worker.execute(() -> {
                exchange.demand(() -> {
                    throw new AssertionError("thrown on purpose");
                });
                called.countDown();
            }), "a");
        } finally {
            worker.shutdown();
        }
    }

    @Test
    void aHandlerThatThrowsAfterItsCommit() throws Exception {
        costsOneConnection(exchange -> {
            called.countDown();
            exchange.commit(ResponseHead.of(200, "Content-Length", "3"), ByteBuffer.wrap(new byte[1]), false,
                    Completion.NOTHING);
            throw new StackOverflowError("thrown on purpose");
        }, "");
    }

    /** A listener may not throw; one that does costs the connection of which it hears. */
    @Test
    void aListenerThatThrows() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        TransportListener listener = new TransportListener() {
            @Override
            public void opened(Connection connection) {
                if (heard.getAndIncrement() == 0) {
                    throw new IllegalStateException("thrown on purpose");
                }
            }

            @Override
            public void closed(Connection connection) {
                throw new IllegalStateException("thrown on purpose");
            }
        };
        Transport transport = new NioTransportProvider().create(
                TransportConfig.of(new Endpoint.Tcp("http", "localhost", 0)).withListener(listener).withIoThreads(1));
        int port = ((Endpoint.Tcp) transport.start(exchange -> Server.answer(exchange, "good")).get(0)).port();
        try (Socket first = new Socket("localhost", port); Socket second = new Socket("localhost", port)) {
            readToTheEnd(first);
            Server.send(second, Server.get("/"));
            assertTrue(Server.read(second).endsWith("good"));
        } finally {
            assertTrue(transport.stop(Duration.ZERO), "nothing was under way");
        }
    }

    private void costsOneConnection(ExchangeHandler handler, String body) throws Exception {
        ExchangeHandler both = exchange -> {
            if (exchange.head().target().equals("/bad")) {
                handler.handle(exchange);
            } else {
                Server.answer(exchange, "good");
            }
        };
        try (Server server = Server.of(both); Socket other = server.connect(); Socket socket = server.connect()) {
            Server.send(socket, "POST /bad HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\n");
            Server.send(other, Server.get("/"));
            assertTrue(Server.read(other).endsWith("good"));
            assertTrue(called.await(Server.HANG_SECONDS, TimeUnit.SECONDS));
            Server.send(socket, body);
            readToTheEnd(socket);
            assertEquals("closed", server.hear());
            Server.send(other, Server.get("/"));
            assertTrue(Server.read(other).endsWith("good"));
        }
    }

    private static void readToTheEnd(Socket socket) throws IOException {
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException reset) {
            // a cut may be a reset
        }
    }
}
