/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Exchange;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Timeouts;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A transport in a test, on one loop, with a clock that stands still until it is moved. */
final class Server implements AutoCloseable {

    static final int HANG_SECONDS = 20;

    /** What the transport said to its listener, one word for each. */
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    final AtomicLong clock = new AtomicLong(1);
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger opened = new AtomicInteger();
    final Transport transport;
    final int port;

    private Server(Limits limits, Timeouts timeouts, int loops, Acceptor.Accept accept, ExchangeHandler handler)
            throws IOException {
        TransportConfig config = TransportConfig.of(new Endpoint.Tcp("http", "localhost", 0))
                .withLimits(limits).withTimeouts(timeouts).withIoThreads(loops).withListener(new TransportListener() {
                    @Override
                    public void opened(Connection connection) {
                        open.incrementAndGet();
                        opened.incrementAndGet();
                    }

                    @Override
                    public void closed(Connection connection) {
                        open.decrementAndGet();
                        heard.add("closed");
                    }

                    @Override
                    public void refused(Connection connection, Refusal refusal, String detail) {
                        heard.add(refusal.word());
                    }

                    @Override
                    public void acceptFailed(Endpoint endpoint, Throwable cause) {
                        heard.add("accept-failed");
                    }
                });
        transport = NioTransportProvider.create(config, clock::get, accept);
        port = ((Endpoint.Tcp) transport.start(handler).get(0)).port();
    }

    static Server of(ExchangeHandler handler) throws IOException {
        return new Server(Limits.DEFAULTS, Timeouts.DEFAULTS, 1, ServerSocketChannel::accept, handler);
    }

    static Server of(Limits limits, Timeouts timeouts, ExchangeHandler handler) throws IOException {
        return new Server(limits, timeouts, 1, ServerSocketChannel::accept, handler);
    }

    static Server of(int loops, ExchangeHandler handler) throws IOException {
        return new Server(Limits.DEFAULTS, Timeouts.DEFAULTS, loops, ServerSocketChannel::accept, handler);
    }

    static Server accepting(Acceptor.Accept accept, ExchangeHandler handler) throws IOException {
        return new Server(Limits.DEFAULTS, Timeouts.DEFAULTS, 1, accept, handler);
    }

    /** Answers 200 with a text, whole. */
    static void answer(Exchange exchange, String text) {
        exchange.commit(ResponseHead.of(200), ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), true,
                Completion.NOTHING);
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getByName("localhost"), port);
        socket.setSoTimeout(HANG_SECONDS * 1000);
        socket.setTcpNoDelay(true);
        return socket;
    }

    /** Moves the clock. */
    void pass(Duration duration) {
        clock.addAndGet(duration.toNanos());
    }

    /** Waits for the next word of the listener. */
    String hear() throws InterruptedException {
        return String.valueOf(heard.poll(HANG_SECONDS, TimeUnit.SECONDS));
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
    }

    /** Reads one answer that has a Content-Length. */
    static String read(Socket socket) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            text.append(one(socket));
        }
        int from = text.indexOf("Content-Length: ") + 16;
        int length = Integer.parseInt(text.substring(from, text.indexOf("\r\n", from)));
        byte[] body = socket.getInputStream().readNBytes(length);
        return text.append(new String(body, StandardCharsets.ISO_8859_1)).toString();
    }

    /** Reads to the end of the connection. */
    static String readAll(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static char one(Socket socket) throws IOException {
        int read = socket.getInputStream().read();
        if (read < 0) {
            throw new IOException("the connection ended");
        }
        return (char) read;
    }

    @Override
    public void close() {
        transport.stop(Duration.ZERO);
    }
}
