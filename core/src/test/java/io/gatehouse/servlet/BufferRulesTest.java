/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 sections 5.1, 5.2 and 5.8: buffer, reset, flush, commit, close. */
@ExtendWith(Undeploy.class)
final class BufferRulesTest {

    private static MemoryResponse answer(Servlets.Action action) throws Exception {
        MemoryResponse response = Call.get(Servlets.app(action), "/");
        assertNull(response.failure(), () -> String.valueOf(response.failure()));
        return response;
    }

    /** Something that commits a response, or does not. */
    private static void act(String what, HttpServletResponse r) throws IOException {
        switch (what) {
            case "nothing" -> {}
            case "setters" -> {
                r.setStatus(201);
                r.setHeader("A", "1");
                r.setContentType("text/plain");
            }
            case "a byte" -> r.getOutputStream().write(1);
            case "a character" -> r.getWriter().write('x');
            case "up to the buffer" -> r.getOutputStream().write(new byte[r.getBufferSize() - 1]);
            case "the full buffer" -> r.getOutputStream().write(new byte[r.getBufferSize()]);
            case "past the buffer" -> r.getOutputStream().write(new byte[r.getBufferSize() + 1]);
            case "flushBuffer" -> r.flushBuffer();
            case "flush of the stream" -> r.getOutputStream().flush();
            case "flush of the writer" -> r.getWriter().flush();
            case "close of the stream" -> r.getOutputStream().close();
            case "close of the writer" -> r.getWriter().close();
            case "all that was declared" -> {
                r.setContentLength(3);
                r.getOutputStream().write(new byte[3]);
            }
            case "less than declared" -> {
                r.setContentLength(3);
                r.getOutputStream().write(new byte[2]);
            }
            case "sendError" -> r.sendError(404);
            case "sendRedirect" -> r.sendRedirect("/x");
            case "checkError" -> r.getWriter().checkError();
            default -> throw new IllegalStateException(what);
        }
    }

    @ParameterizedTest(name = "5.1: after {0} the response is committed: {1}")
    @CsvSource({"nothing, false", "setters, false", "a byte, false", "a character, false", "up to the buffer, false",
        "the full buffer, true", "past the buffer, true", "flushBuffer, true", "flush of the stream, true",
        "flush of the writer, true", "close of the stream, true", "close of the writer, true",
        "all that was declared, true", "less than declared, false", "sendError, true", "sendRedirect, true",
        "checkError, true"})
    void commits(String what, boolean committed) throws Exception {
        Call.get(Servlets.app((q, r) -> {
            act(what, r);
            assertEquals(committed, r.isCommitted());
            if (committed) {
                assertThrows(IllegalStateException.class, r::reset);
                assertThrows(IllegalStateException.class, () -> r.sendError(500));
                assertThrows(IllegalStateException.class, () -> r.sendRedirect("/"));
                assertThrows(IllegalStateException.class, () -> r.setTrailerFields(null));
            } else {
                r.resetBuffer();
                r.reset();
                assertEquals(200, r.getStatus());
                assertNull(r.getHeader("A"));
                assertNull(r.getContentType());
            }
        }), "/");
    }

    @ParameterizedTest(name = "5.2: after {0} no setter has an effect")
    @ValueSource(strings = {"flushBuffer", "close of the stream", "close of the writer", "past the buffer", "sendRedirect",
        "sendError", "all that was declared"})
    void settersAfterCommit(String what) throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            r.setHeader("Kept", "1");
            act(what, r);
            int status = r.getStatus();
            r.setStatus(299);
            r.setHeader("Kept", "2");
            r.addHeader("Kept", "3");
            r.setHeader("Kept", null);
            r.setIntHeader("Late", 1);
            r.addIntHeader("Late", 1);
            r.setDateHeader("Late", 1);
            r.addDateHeader("Late", 1);
            r.addCookie(new Cookie("late", "1"));
            r.setContentType("late/late");
            r.setCharacterEncoding("UTF-16");
            r.setContentLength(1);
            r.setContentLengthLong(1);
            r.setLocale(Locale.FRENCH);
            assertEquals(status, r.getStatus());
            assertEquals("1", r.getHeader("Kept"));
            assertFalse(r.containsHeader("Late"));
        }), "/");
        assertNull(got.failure());
        assertNull(got.header("Late"));
        assertNull(got.header("Set-Cookie"));
        assertNull(got.header("Content-Language"));
        assertFalse(String.valueOf(got.header("Content-Type")).contains("late"));
    }

    @Test
    @DisplayName("5.1: resetBuffer drops the body alone; reset drops all, and frees stream and writer")
    void resets() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.setStatus(201);
            r.setHeader("A", "1");
            r.setContentType("text/plain");
            r.addCookie(new Cookie("a", "b"));
            PrintWriter writer = r.getWriter();
            writer.print("gone");
            r.resetBuffer();
            assertEquals(201, r.getStatus());
            assertEquals("1", r.getHeader("A"));
            assertThrows(IllegalStateException.class, r::getOutputStream, "the writer is still out");
            assertSame(writer, r.getWriter());
            writer.print("gone, too");
            r.reset();
            assertEquals(200, r.getStatus());
            assertNull(r.getHeader("A"));
            assertNull(r.getHeader("Set-Cookie"));
            assertNull(r.getContentType());
            r.getOutputStream().print("stream");
            assertThrows(IllegalStateException.class, r::getWriter);
        });
        assertEquals("stream", got.text());
        assertEquals("6", got.header("Content-Length"));
    }

    @Test
    @DisplayName("5.1: the same stream, the same writer at each call")
    void same() throws Exception {
        answer((q, r) -> assertSame(r.getOutputStream(), r.getOutputStream()));
        answer((q, r) -> assertSame(r.getWriter(), r.getWriter()));
    }

    @Test
    @DisplayName("5.1: the buffer's size may be set until something is written, and again after a reset")
    void bufferSize() throws Exception {
        answer((q, r) -> {
            r.setBufferSize(1 << 20);
            assertTrue(r.getBufferSize() >= 1 << 20);
            r.getOutputStream();
            r.setBufferSize(4);
            r.getOutputStream().write(1);
            assertThrows(IllegalStateException.class, () -> r.setBufferSize(5));
            r.resetBuffer();
            r.setBufferSize(6);
            r.flushBuffer();
            assertThrows(IllegalStateException.class, () -> r.setBufferSize(7));
        });
    }

    @Test
    @DisplayName("5.1: a buffer of nothing sends each write as it comes")
    void noBuffer() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.setBufferSize(0);
            assertEquals(0, r.getBufferSize());
            r.getOutputStream().write('a');
            assertTrue(r.isCommitted());
            r.getOutputStream().write('b');
        });
        assertEquals("ab", got.text());
        assertTrue(got.writes() >= 2);
    }

    @ParameterizedTest(name = "5.8: {0} bytes declared, {1} written")
    @CsvSource({"0, 0", "5, 5", "5, 3", "5, 0", "5, 9", "0, 4", "40000, 40000", "40000, 50000", "40000, 20000"})
    void declared(int length, int written) throws Exception {
        MemoryResponse got = Call.get(Servlets.app((q, r) -> {
            r.setContentLength(length);
            ServletOutputStream out = r.getOutputStream();
            for (int i = 0; i < written; i++) {
                if (i < length) {
                    out.write('x');
                } else {
                    assertThrows(IOException.class, () -> out.write('x'));
                }
            }
        }), "/");
        assertEquals("" + length, got.header("Content-Length"));
        assertEquals("x".repeat(Math.min(length, written)), got.text());
    }

    @Test
    @DisplayName("a length that is taken back, or set again, counts as it was set last")
    void declaredAgain() throws Exception {
        assertEquals("abc", answer((q, r) -> {
            r.setContentLength(1);
            r.setContentLength(-1);
            r.getWriter().print("abc");
        }).text());
        MemoryResponse got = answer((q, r) -> {
            r.setHeader("Content-Length", "1");
            r.setIntHeader("Content-Length", 2);
            r.setContentLengthLong(3);
            r.getWriter().print("abcd");
        });
        assertEquals("abc", got.text());
        assertEquals("3", got.header("Content-Length"));
        assertEquals("3", answer((q, r) -> {
            r.setContentLength(1);
            r.setHeader("Content-Length", null);
            r.getWriter().print("abc");
        }).header("Content-Length"));
        answer((q, r) -> {
            assertThrows(IllegalArgumentException.class, () -> r.setHeader("Content-Length", "many"));
            assertThrows(IllegalArgumentException.class, () -> r.addHeader("Content-Length", ""));
        });
    }

    @Test
    @DisplayName("5.1: a flush commits and sends the head, also of an empty body; the rest follows without length")
    void flush() throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.flushBuffer();
            assertTrue(r.isCommitted());
            r.flushBuffer();
            r.getWriter().print("later");
            r.getWriter().flush();
            r.getWriter().flush();
            r.getWriter().print(".");
        });
        assertEquals("later.", got.text());
        assertNull(got.header("Content-Length"));
        assertEquals(3, got.writes(), "head, first part, last part");
    }

    @Test
    @DisplayName("a close inside of a filter ends the body for those around it")
    void closedInside() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter(Servlets.filter((q, r, chain) -> {
                    chain.doFilter(q, r);
                    assertTrue(r.isCommitted());
                    r.getWriter().print("footer");
                    assertFalse(r.getWriter().checkError());
                    r.setHeader("Late", "1");
                }), "/*").servlet("s", Servlets.servlet((q, r) -> {
                    r.getWriter().print("page");
                    r.getWriter().close();
                }), "/*"));
        MemoryResponse got = Call.get(app, "/");
        assertEquals("page", got.text());
        assertEquals("4", got.header("Content-Length"));
        assertNull(got.header("Late"));
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    @DisplayName("statuses without body have no length, whatever is written")
    void bodiless(int status) throws Exception {
        MemoryResponse got = answer((q, r) -> {
            r.setStatus(status);
            r.getOutputStream().print("not sent");
        });
        assertEquals("", got.text());
        assertEquals(status, got.status());
    }

    @Test
    @DisplayName("HEAD has the length of what GET would send, and nothing of it, small or large")
    void head() throws Exception {
        ServletApplication app = Servlets.app((q, r) -> r.getOutputStream().write(
                new byte[Integer.parseInt(q.getQueryString())]));
        MemoryResponse small = Call.of(app, "HEAD", "/?100").send();
        assertEquals("100", small.header("Content-Length"));
        assertEquals(0, small.bytes().length);
        MemoryResponse large = Call.of(app, "HEAD", "/?100000").send();
        assertEquals(0, large.bytes().length);
        assertNull(large.failure());
    }

    @Test
    @DisplayName("print and println of the stream and of the writer")
    void prints() throws Exception {
        assertEquals("1true2.5c\r\n9x\r\n", answer((q, r) -> {
            ServletOutputStream out = r.getOutputStream();
            out.print(1);
            out.print(true);
            out.print(2.5);
            out.print('c');
            out.println();
            out.print(9L);
            out.println("x");
        }).text());
        assertEquals("1 a null", answer((q, r) -> r.getWriter().format("%d %s %s", 1, "a", null)).text());
        answer((q, r) -> assertThrows(IOException.class, () -> r.getOutputStream().print("\u20ac"), "not ISO-8859-1"));
    }

    @Test
    @DisplayName("arguments out of bounds are refused, and nothing of them is written")
    void bounds() throws Exception {
        assertEquals("ok", answer((q, r) -> {
            ServletOutputStream out = r.getOutputStream();
            byte[] bytes = new byte[4];
            assertThrows(IndexOutOfBoundsException.class, () -> out.write(bytes, 2, 3));
            assertThrows(IndexOutOfBoundsException.class, () -> out.write(bytes, -1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> out.write(bytes, 0, -1));
            assertThrows(NullPointerException.class, () -> out.write((byte[]) null));
            out.write(bytes, 4, 0);
            out.write("ok".getBytes(StandardCharsets.US_ASCII));
        }).text());
    }

    @Test
    @DisplayName("a peer that is gone: the stream throws, the writer tells by checkError, and the request ends as failed")
    void goneByWriter() throws Exception {
        MemoryResponse response = new MemoryResponse("GET");
        response.breakWrites();
        Call.of(Servlets.app((q, r) -> {
            r.getWriter().print("x");
            assertTrue(r.getWriter().checkError());
            r.getWriter().print("y");
            assertTrue(r.getWriter().checkError());
            assertThrows(IOException.class, r::flushBuffer);
        }), "GET", "/").into(response).await();
        assertNotNull(response.failure());
    }
}
