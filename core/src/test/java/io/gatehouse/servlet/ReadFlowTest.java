/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 3.7: reading and writing without blocking, with input cut anywhere. */
@ExtendWith(Undeploy.class)
@Timeout(60)
final class ReadFlowTest {

    /** Reads all, as a way of reading says, and answers with what it read. */
    private static final class Echo implements ReadListener {
        private final AsyncContext context;
        private final ServletInputStream in;
        private final String way;
        private final Random random;
        private final ByteArrayOutputStream got = new ByteArrayOutputStream();
        private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

        Echo(AsyncContext context, ServletInputStream in, String way, Random random) {
            this.context = context;
            this.in = in;
            this.way = way;
            this.random = random;
        }

        @Override
        public void onDataAvailable() throws IOException {
            calls.add("data");
            switch (way) {
                case "bytes" -> {
                    while (in.isReady()) {
                        got.write(in.read());
                    }
                }
                case "arrays" -> {
                    byte[] some = new byte[1 + random.nextInt(100)];
                    int n;
                    while (in.isReady() && (n = in.read(some)) != -1) {
                        got.write(some, 0, n);
                    }
                }
                case "buffers" -> {
                    ByteBuffer some = ByteBuffer.allocateDirect(1 + random.nextInt(100));
                    while (in.isReady() && in.read(some.clear()) != -1) {
                        some.flip();
                        while (some.hasRemaining()) {
                            got.write(some.get());
                        }
                    }
                }
                default -> {
                    while (in.isReady() && !in.isFinished()) {
                        int n = in.read(new byte[0]);
                        assertEquals(0, n);
                        got.write(in.read());
                    }
                }
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            calls.add("all");
            assertTrue(in.isFinished());
            assertFalse(in.isReady(), "nothing is left to read");
            context.getResponse().getOutputStream().write(got.toByteArray());
            context.complete();
        }

        @Override
        public void onError(Throwable failure) {
            calls.add("error " + failure.getMessage());
            context.complete();
        }
    }

    @ParameterizedTest(name = "3.7: a body read by {0}, in pieces of {1}, chunked {2}")
    @CsvSource({"bytes, 1, true", "bytes, 3, false", "bytes, 1000, true", "arrays, 1, false", "arrays, 13, true",
        "arrays, 8192, false", "arrays, 100000, true", "buffers, 1, true", "buffers, 50, false", "buffers, 9000, true",
        "finished, 1, false", "finished, 7, true", "finished, 100000, false"})
    void echoes(String way, int piece, boolean chunked) throws Exception {
        byte[] body = new byte[piece < 100 ? 301 : 20_001];
        new Random(piece).nextBytes(body);
        AtomicReference<Echo> echo = new AtomicReference<>();
        ServletApplication app = Servlets.app((q, r) -> {
            Echo listener = new Echo(q.startAsync(), q.getInputStream(), way, new Random(1));
            echo.set(listener);
            q.getInputStream().setReadListener(listener);
        });
        Call call = Call.of(app, "POST", "/").body(body).pieces(piece);
        MemoryResponse got = (chunked ? call.chunked() : call).send();
        assertEquals(body.length, got.bytes().length);
        assertEquals(ByteBuffer.wrap(body), ByteBuffer.wrap(got.bytes()));
        assertEquals(1, echo.get().calls.stream().filter("all"::equals).count());
        assertEquals("all", echo.get().calls.get(echo.get().calls.size() - 1), "nothing is called after the end");
    }

    @ParameterizedTest(name = "3.7: a listener with an exception of type {0} hears of it once, and nothing after")
    @ValueSource(strings = {"runtime", "io", "error"})
    void throwing(String type) throws Exception {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            q.getInputStream().setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() throws IOException {
                    calls.add("data");
                    switch (type) {
                        case "runtime" -> throw new IllegalArgumentException("runtime");
                        case "io" -> throw new IOException("io");
                        default -> throw new AssertionError("error");
                    }
                }

                @Override
                public void onAllDataRead() {
                    calls.add("all");
                }

                @Override
                public void onError(Throwable failure) {
                    calls.add(failure.getMessage());
                    context.complete();
                }
            });
        });
        assertEquals(200, Call.of(app, "POST", "/").body("abc").pieces(1).send().status());
        assertEquals(List.of("data", type), calls);
    }

    @Test
    @DisplayName("3.7: the end that another thread finds by isReady is told by onAllDataRead")
    void endOutsideOfTheListener() throws Exception {
        CompletableFuture<ServletInputStream> stream = new CompletableFuture<>();
        CountDownLatch returned = new CountDownLatch(1);
        AtomicInteger ends = new AtomicInteger();
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            ServletInputStream in = q.getInputStream();
            in.setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() throws IOException {
                    assertEquals('a', in.read());
                    context.start(() -> {
                        stream.complete(in);
                        returned.countDown();
                    });
                }

                @Override
                public void onAllDataRead() throws IOException {
                    ends.incrementAndGet();
                    r.getWriter().print("all");
                    context.complete();
                }

                @Override
                public void onError(Throwable failure) {
                    context.complete();
                }
            });
        });
        MemoryResponse response = Call.of(app, "POST", "/").body("ab").start();
        ServletInputStream in = stream.get(20, TimeUnit.SECONDS);
        returned.await();
        assertTrue(in.isReady());
        assertEquals('b', in.read());
        in.isReady();
        assertEquals("all", response.await().text());
        assertEquals(1, ends.get());
    }

    @Test
    @DisplayName("3.7: a body that breaks off is told by onError")
    void brokenBody() throws Exception {
        CompletableFuture<Throwable> heard = new CompletableFuture<>();
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch broken = new CountDownLatch(1);
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            ServletInputStream in = q.getInputStream();
            in.setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() throws IOException {
                    first.countDown();
                    try {
                        broken.await();
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                    while (in.isReady()) {
                        in.read();
                    }
                }

                @Override
                public void onAllDataRead() {
                    heard.complete(new IOException("all read?"));
                }

                @Override
                public void onError(Throwable failure) {
                    heard.complete(failure);
                    context.complete();
                }
            });
        });
        MemoryResponse response = Call.of(app, "POST", "/").body("abcdef").pieces(1).start();
        first.await();
        response.request.fail(new IOException("reset"));
        broken.countDown();
        assertEquals("reset", heard.get(20, TimeUnit.SECONDS).getMessage());
        assertNotNull(response.await());
    }

    @Test
    @DisplayName("3.7: after complete no listener is called any more, whatever arrives")
    void nothingAfterComplete() throws Exception {
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch waits = new CountDownLatch(1);
        AtomicReference<AsyncContext> kept = new AtomicReference<>();
        ServletApplication app = Servlets.app((q, r) -> {
            kept.set(q.startAsync());
            ServletInputStream in = q.getInputStream();
            in.setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() throws IOException {
                    calls.add("data");
                    kept.get().complete();
                    in.read();
                    in.isReady();
                    waits.countDown();
                }

                @Override
                public void onAllDataRead() {
                    calls.add("all");
                }

                @Override
                public void onError(Throwable failure) {
                    calls.add("error");
                }
            });
        });
        Call.of(app, "POST", "/").body("abcdef").pieces(1).send();
        waits.await();
        assertTrue(app.undeploy(Duration.ofSeconds(20)));
        assertEquals(List.of("data"), calls);
    }

    @ParameterizedTest(name = "3.7: a buffer of {0} bytes, direct {1}, goes out by one write of a write listener")
    @CsvSource({"10, true", "8192, true", "8193, true", "100000, true", "10, false", "100000, false"})
    void directBuffers(int size, boolean direct) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            ServletOutputStream out = r.getOutputStream();
            out.setWriteListener(new WriteListener() {
                private boolean written;

                @Override
                public void onWritePossible() throws IOException {
                    if (written) {
                        context.complete();
                        return;
                    }
                    written = true;
                    ByteBuffer part = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
                    while (part.hasRemaining()) {
                        part.put((byte) ('a' + part.position() % 26));
                    }
                    out.write(part.flip());
                    assertFalse(part.hasRemaining());
                    if (out.isReady()) {
                        context.complete();
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    throw new IllegalStateException(failure);
                }
            });
        });
        MemoryResponse response = new MemoryResponse("GET");
        response.delay();
        Call.of(app, "GET", "/").into(response).await();
        assertEquals(size, response.bytes().length);
        assertEquals('a' + (size - 1) % 26, response.bytes()[size - 1]);
    }

    @ParameterizedTest(name = "3.7: writing {0} parts of {1} bytes with delayed writes {2}")
    @CsvSource({"1, 1, true", "100, 1, true", "1, 20000, true", "20, 17000, true", "200, 1000, true", "0, 1, true",
        "100, 1, false", "20, 17000, false", "3, 16384, true", "3, 16383, true", "3, 16385, true"})
    void writes(int parts, int size, boolean delayed) throws Exception {
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            ServletOutputStream out = r.getOutputStream();
            byte[] part = "x".repeat(size).getBytes(StandardCharsets.US_ASCII);
            out.setWriteListener(new WriteListener() {
                private int left = parts;
                private boolean over;

                @Override
                public void onWritePossible() throws IOException {
                    assertFalse(over);
                    while (out.isReady()) {
                        if (left-- == 0) {
                            over = true;
                            context.complete();
                            return;
                        }
                        out.write(part);
                    }
                }

                @Override
                public void onError(Throwable failure) {
                    throw new IllegalStateException(failure);
                }
            });
        });
        MemoryResponse response = new MemoryResponse("GET");
        if (delayed) {
            response.delay();
        }
        Call.of(app, "GET", "/").into(response).await();
        assertEquals(parts * size, response.bytes().length);
        assertTrue(response.lastSent());
    }

    @Test
    @DisplayName("3.7: a write listener that throws while a write is on its way hears it, and the answer is cut")
    void throwsWhileSending() throws Exception {
        CompletableFuture<Throwable> heard = new CompletableFuture<>();
        ServletApplication app = Servlets.app((q, r) -> {
            AsyncContext context = q.startAsync();
            ServletOutputStream out = r.getOutputStream();
            out.setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() throws IOException {
                    out.write(new byte[20_000]);
                    throw new IllegalStateException("in the middle");
                }

                @Override
                public void onError(Throwable failure) {
                    heard.complete(failure);
                    context.complete();
                }
            });
        });
        MemoryResponse response = new MemoryResponse("GET");
        response.hold();
        Call.of(app, "GET", "/").into(response);
        assertEquals("in the middle", heard.get(20, TimeUnit.SECONDS).getMessage());
        response.release();
        assertNotNull(response.await().failure(), "half an answer must not look whole");
        assertFalse(response.lastSent());
    }
}
