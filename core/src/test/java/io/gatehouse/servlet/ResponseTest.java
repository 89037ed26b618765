/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.HttpVersion;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.Cookie;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Servlet 6.1 chapter 5: the response. */
@ExtendWith(Undeploy.class)
final class ResponseTest {

    private static MemoryResponse answer(Servlets.Action action) throws Exception {
        MemoryResponse response = Call.get(Servlets.app(action), "/p/x?q=1");
        assertNull(response.failure(), () -> String.valueOf(response.failure()));
        return response;
    }

    @Test
    @DisplayName("5.1: a short answer leaves at once, with its length")
    void shortAnswer() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.getWriter().print("hello");
            assertFalse(r.isCommitted());
        });
        assertEquals("hello", got.text());
        assertEquals("5", got.header("Content-Length"));
        assertEquals(1, got.writes());
        assertTrue(got.lastSent());
        assertEquals("0", answer((q, r) -> {}).header("Content-Length"));
        assertNull(answer((q, r) -> r.setStatus(204)).header("Content-Length"));
        assertNull(answer((q, r) -> r.setStatus(304)).header("Content-Length"));
    }

    @Test
    @DisplayName("5.1: buffer size, commit when it is full, resetBuffer, flushBuffer")
    void buffer() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            assertEquals(OutputBuffer.SIZE, r.getBufferSize());
            r.setBufferSize(100);
            assertEquals(100, r.getBufferSize());
            ServletOutputStream out = r.getOutputStream();
            out.write(new byte[99]);
            assertFalse(r.isCommitted());
            r.resetBuffer();
            r.setBufferSize(50);
            out.print("x".repeat(49));
            assertFalse(r.isCommitted());
            assertThrows(IllegalStateException.class, () -> r.setBufferSize(10));
            out.print("y");
            assertTrue(r.isCommitted());
            assertThrows(IllegalStateException.class, r::resetBuffer);
            assertThrows(IllegalStateException.class, r::reset);
            out.print("z");
        });
        assertEquals("x".repeat(49) + "yz", got.text());
        assertNull(got.header("Content-Length"));
        MemoryResponse flushed = answer((q, r) -> {
            r.getWriter().print("a");
            r.flushBuffer();
            assertTrue(r.isCommitted());
            r.setHeader("X-Late", "1");
            r.addHeader("X-Late", "1");
            r.setStatus(404);
            r.addCookie(new Cookie("a", "b"));
            r.setContentType("text/late");
            r.setContentLength(1);
            r.getWriter().print("b");
        });
        assertEquals("ab", flushed.text());
        assertEquals(200, flushed.status());
        assertNull(flushed.header("X-Late"));
        assertNull(flushed.header("Set-Cookie"));
    }

    @Test
    @DisplayName("5.1: large writes go out whole, without a copy into the buffer, and in order")
    void largeWrites() throws Exception {
        byte[] large = new byte[100_000];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) i;
        }
        MemoryResponse got = answer((q, r) -> {
            r.getOutputStream().write(1);
            r.getOutputStream().write(large);
            r.getOutputStream().write(2);
            r.getOutputStream().write(ByteBuffer.wrap(large, 10, 20));
            ByteBuffer direct = ByteBuffer.allocateDirect(30_000);
            direct.put(large, 0, 30_000).flip();
            r.getOutputStream().write(direct);
            assertFalse(direct.hasRemaining());
        });
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.write(1);
        expected.writeBytes(large);
        expected.write(2);
        expected.write(large, 10, 20);
        expected.write(large, 0, 30_000);
        assertArrayEquals(expected.toByteArray(), got.bytes());
    }

    @Test
    @DisplayName("5.8: the response closes when its content length is written; more is dropped")
    void contentLength() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.setContentLength(5);
            r.getWriter().print("hello");
            r.getWriter().flush();
            assertTrue(r.isCommitted());
            r.getWriter().print(" world");
            assertThrows(IllegalStateException.class, r::resetBuffer);
        });
        assertEquals("hello", got.text());
        assertTrue(got.lastSent());
        assertEquals("he", answer((q, r) -> {
            r.setHeader("Content-Length", "2");
            r.getOutputStream().print("hello");
        }).text());
        assertEquals("x".repeat(20_000), answer((q, r) -> {
            r.setContentLengthLong(20_000);
            r.getOutputStream().write("x".repeat(30_000).getBytes(StandardCharsets.US_ASCII));
        }).text());
        MemoryResponse unset = answer((q, r) -> {
            r.setContentLength(100);
            r.setContentLengthLong(-1);
            r.getWriter().print("x");
        });
        assertEquals("1", unset.header("Content-Length"));
        assertThrows(IllegalArgumentException.class, () -> ResponseText.length("abc"));
        assertEquals("77", Call.of(Servlets.app((q, r) -> r.setContentLength(77)), "HEAD", "/").send()
                .header("Content-Length"));
    }

    @Test
    @DisplayName("5.8: after close, error or redirect nothing is written any more")
    void afterClose() throws Exception {
        assertEquals("a", answer((q, r) -> {
            r.getWriter().print("a");
            r.getWriter().close();
            r.getWriter().print("b");
            assertTrue(r.isCommitted());
        }).text());
        assertEquals("a", answer((q, r) -> {
            ServletOutputStream out = r.getOutputStream();
            out.print("a");
            out.close();
            out.print("b");
            out.flush();
            out.close();
        }).text());
    }

    @Test
    @DisplayName("5.1: stream or writer, not both, unless reset in between")
    void streamOrWriter() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            PrintWriter writer = r.getWriter();
            assertSame(writer, r.getWriter());
            writer.print("gone");
            assertThrows(IllegalStateException.class, r::getOutputStream);
            r.setStatus(201);
            r.setHeader("X-Gone", "1");
            r.reset();
            assertEquals(200, r.getStatus());
            r.getOutputStream().print("kept");
            assertThrows(IllegalStateException.class, r::getWriter);
            r.getOutputStream();
        });
        assertEquals("kept", got.text());
        assertNull(got.header("X-Gone"));
    }

    @Test
    @DisplayName("text of every length and charset is encoded whole, characters cut between writes too")
    void encodesText() throws Exception {
        String text = "aü€\uD83D\uDE00".repeat(3_000);
        MemoryResponse got = answer((q, r) -> {
            r.setCharacterEncoding("UTF-8");
            PrintWriter writer = r.getWriter();
            for (int i = 0; i < 50; i++) {
                writer.write(text.charAt(i));
            }
            writer.write(text.toCharArray(), 50, 1_000);
            writer.write(text, 1_050, text.length() - 1_050);
            assertFalse(writer.checkError());
        });
        assertEquals(text, got.text());
        assertEquals("a??", answer((q, r) -> r.getWriter().print("a€\uD83D\uDE00")).text());
        assertEquals("?", answer((q, r) -> r.getWriter().print("\uD83D")).text());
    }

    @Test
    @DisplayName("trailers of the response are asked for at the end")
    void trailers() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            StringBuilder sum = new StringBuilder();
            Supplier<Map<String, String>> supplier = () -> Map.of("X-Sum", sum.toString());
            r.setTrailerFields(supplier);
            assertSame(supplier, r.getTrailerFields());
            r.getWriter().print("body");
            sum.append("late");
        });
        assertEquals("late", got.sentTrailers().first("X-Sum"));
        assertNull(got.header("Content-Length"), "a length and trailers exclude each other");
        answer((q, r) -> {
            r.flushBuffer();
            assertThrows(IllegalStateException.class, () -> r.setTrailerFields(Map::of));
        });
        Call.of(Servlets.app((q, r) ->
                assertThrows(IllegalStateException.class, () -> r.setTrailerFields(Map::of))), "GET", "/")
                .version(HttpVersion.HTTP_1_0).send();
    }

    @Test
    @DisplayName("a peer that is gone: the write fails, later ones too, and the exchange fails")
    void peerGone() throws Exception {
        AtomicReference<IOException> thrown = new AtomicReference<>();
        AtomicReference<MemoryResponse> wire = new AtomicReference<>();
        ServletApplication app = Servlets.app((q, r) -> {
            thrown.set(assertThrows(IOException.class, () -> r.getOutputStream().write(new byte[20_000])));
            assertThrows(IOException.class, () -> r.getOutputStream().write(new byte[20_000]));
            throw thrown.get();
        });
        MemoryResponse broken = new MemoryResponse("GET");
        broken.breakWrites();
        Call.of(app, "GET", "/").into(broken);
        assertNotNull(broken.await().failure());
        assertEquals("Broken pipe", thrown.get().getMessage());
        assertNull(wire.get());
    }

    @Test
    @DisplayName("a write that takes long is waited for, also when the thread is interrupted")
    void slowWrite() throws Exception {
        MemoryResponse slow = new MemoryResponse("GET");
        slow.hold();
        AtomicBoolean interrupted = new AtomicBoolean();
        CountDownLatch writing = new CountDownLatch(1);
        ServletApplication app = Servlets.app((q, r) -> {
            writing.countDown();
            r.getOutputStream().write(new byte[20_000]);
            interrupted.set(Thread.interrupted());
        });
        Thread worker = new Thread(() -> Call.of(app, "GET", "/").into(slow));
        worker.start();
        writing.await();
        while (worker.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        worker.interrupt();
        slow.release();
        slow.await();
        worker.join();
        assertTrue(interrupted.get());
        assertEquals(20_000, slow.bytes().length);
    }
}
