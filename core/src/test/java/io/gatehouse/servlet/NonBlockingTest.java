/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.mockito.Mockito;

/** Servlet 6.1 section 3.7: reading and writing without blocking. */
@ExtendWith(Undeploy.class)
@Timeout(60)
final class NonBlockingTest {

    private static ServletApplication app(Servlets.Action action) throws Exception {
        return Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet(action), Servlets.async(), "/a/*")
                .servlet("b", Servlets.servlet((q, r) -> r.getWriter().print(q.getDispatcherType() + " "
                        + q.getRequestURI() + " " + q.getAttribute(AsyncContext.ASYNC_REQUEST_URI) + " "
                        + q.isAsyncStarted() + " " + q.getParameter("x"))), Servlets.async(), "/b/*")
                .errorPage(599, "/b/page"));
    }

    @Test
    @DisplayName("3.7: a write listener writes when it can, never while a part is on its way")
    void writeListener() throws Exception {
        byte[] chunk = "0123456789".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
        AtomicInteger rounds = new AtomicInteger();
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            ServletOutputStream out = r.getOutputStream();
            out.setWriteListener(new WriteListener() {
                private int left = 20;

                @Override
                public void onWritePossible() throws IOException {
                    rounds.incrementAndGet();
                    while (out.isReady()) {
                        if (left-- == 0) {
                            context.complete();
                            return;
                        }
                        out.write(chunk);
                    }
                }

                @Override
                public void onError(Throwable t) {
                    throw new IllegalStateException(t);
                }
            });
            assertThrows(IllegalStateException.class, () -> out.setWriteListener(Mockito.mock(WriteListener.class)));
            assertThrows(NullPointerException.class, () -> out.setWriteListener(null));
        });
        MemoryResponse response = new MemoryResponse("GET");
        response.delay();
        Call.of(app, "GET", "/a").into(response);
        response.await();
        assertEquals(200_000, response.bytes().length);
        assertTrue(rounds.get() > 1);
        assertTrue(response.lastSent());
    }

    @Test
    @DisplayName("3.7: a write while a part is on its way is refused; the last part waits for it")
    void writeNotReady() throws Exception {
        CountDownLatch checked = new CountDownLatch(1);
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            ServletOutputStream out = r.getOutputStream();
            out.setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() throws IOException {
                    out.write(new byte[50_000]);
                    assertThrows(IllegalStateException.class, () -> out.write(1));
                    assertThrows(IllegalStateException.class, out::flush);
                    context.complete();
                    checked.countDown();
                }

                @Override
                public void onError(Throwable t) {}
            });
        });
        MemoryResponse response = new MemoryResponse("GET");
        response.hold();
        Call.of(app, "GET", "/a").into(response);
        checked.await();
        assertFalse(response.ended());
        response.release();
        response.await();
        assertEquals(50_000, response.bytes().length);
        assertTrue(response.lastSent());
    }

    @Test
    @DisplayName("3.7: a write listener hears of a broken connection")
    void writeListenerFails() throws Exception {
        CompletableFuture<Throwable> heard = new CompletableFuture<>();
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            ServletOutputStream out = r.getOutputStream();
            out.setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() throws IOException {
                    out.write(new byte[50_000]);
                    out.isReady();
                }

                @Override
                public void onError(Throwable t) {
                    heard.complete(t);
                    context.complete();
                }
            });
        });
        MemoryResponse response = new MemoryResponse("GET");
        response.breakWrites();
        Call.of(app, "GET", "/a").into(response);
        assertEquals("Broken pipe", heard.get(20, TimeUnit.SECONDS).getMessage());
        assertNotNull(response.await().failure());
    }

    @Test
    @DisplayName("3.7: a read listener reads a body that comes in pieces, and hears of its end once")
    void readListener() throws Exception {
        String body = "0123456789".repeat(100);
        for (int size : List.of(1, 7, 1_000, Integer.MAX_VALUE)) {
            AtomicInteger ends = new AtomicInteger();
            ServletApplication app = app((q, r) -> {
                AsyncContext context = q.startAsync();
                ServletInputStream in = q.getInputStream();
                StringBuilder got = new StringBuilder();
                in.setReadListener(new ReadListener() {
                    @Override
                    public void onDataAvailable() throws IOException {
                        byte[] some = new byte[64];
                        while (in.isReady() && !in.isFinished()) {
                            int n = in.read(some);
                            if (n > 0) {
                                got.append(new String(some, 0, n, StandardCharsets.US_ASCII));
                            }
                        }
                    }

                    @Override
                    public void onAllDataRead() throws IOException {
                        ends.incrementAndGet();
                        r.getWriter().print(got);
                        context.complete();
                    }

                    @Override
                    public void onError(Throwable t) {
                        context.complete();
                    }
                });
                assertThrows(IllegalStateException.class, () -> in.setReadListener(Mockito.mock(ReadListener.class)));
            });
            assertEquals(body, Call.of(app, "POST", "/a").body(body).pieces(size).send().text());
            assertEquals(body, Call.of(app, "POST", "/a").body(body).chunked().pieces(size).send().text());
            assertEquals("", Call.of(app, "POST", "/a").send().text());
            assertEquals(3, ends.get());
        }
    }

    @Test
    @DisplayName("3.7: what a read listener throws is told to itself")
    void readListenerThrows() throws Exception {
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            q.getInputStream().setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() {
                    throw new IllegalStateException("listener");
                }

                @Override
                public void onAllDataRead() {}

                @Override
                public void onError(Throwable t) {
                    try {
                        r.getWriter().print("heard " + t.getMessage());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    context.complete();
                }
            });
        });
        assertEquals("heard listener", Call.of(app, "POST", "/a").body("x").send().text());
    }

    @Test
    @DisplayName("2.3.3.3: a listener is called by the container, so that settings are allowed until it returns, on its thread")
    void settingsInACall() throws Exception {
        Heard heard = new Heard();
        ServletApplication app = app((q, r) -> {
            AsyncContext context = q.startAsync();
            ServletInputStream in = q.getInputStream();
            ServletOutputStream out = r.getOutputStream();
            in.setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() throws IOException {
                    while (in.isReady() && !in.isFinished()) {
                        in.read();
                    }
                }

                @Override
                public void onAllDataRead() {
                    context.addListener(heard);
                    context.setTimeout(60_000);
                    CompletableFuture<Object> elsewhere = CompletableFuture.runAsync(() -> context.setTimeout(1))
                            .handle((nothing, failure) -> failure.getCause().getClass());
                    assertEquals(IllegalStateException.class, elsewhere.join());
                    out.setWriteListener(new WriteListener() {
                        @Override
                        public void onWritePossible() throws IOException {
                            context.addListener(heard, q, r);
                            out.print("set to " + context.getTimeout());
                            context.complete();
                            assertThrows(IllegalStateException.class, () -> context.setTimeout(1));
                        }

                        @Override
                        public void onError(Throwable t) {}
                    });
                }

                @Override
                public void onError(Throwable t) {
                    q.getServletContext().log("read listener", t);
                }
            });
        });
        assertEquals("set to 60000", Call.of(app, "POST", "/a").body("text").send().text());
        assertEquals(List.of("complete", "complete"), heard.calls);
    }
}
