/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 5.1, 5.7 and 5.8: buffer, reset, commit and close; {@code ServletOutputStream}. */
interface ResponseBufferChapter extends Chapter {

    @Section("5.1")
    @Test
    default void theBufferIsAtLeastAsLargeAsAskedFor() throws Exception {
        get((request, response) -> {
            assertTrue(response.getBufferSize() > 0);
            response.setBufferSize(40_000);
            assertTrue(response.getBufferSize() >= 40_000);
            response.getOutputStream().write(new byte[39_999]);
            assertFalse(response.isCommitted());
            response.getOutputStream().write(new byte[response.getBufferSize()]);
            assertTrue(response.isCommitted());
        });
    }

    @Section("5.1")
    @ParameterizedTest
    @ValueSource(strings = {"stream", "writer", "flushed"})
    default void theSizeIsSetBeforeAnythingIsWritten(String how) throws Exception {
        get((request, response) -> {
            switch (how) {
                case "stream" -> response.getOutputStream().write(1);
                case "writer" -> response.getWriter().write("x");
                default -> response.flushBuffer();
            }
            assertThrows(IllegalStateException.class, () -> response.setBufferSize(100_000));
        });
    }

    @Section("5.1")
    @Test
    default void resetForgetsHeadAndBody() throws Exception {
        Reply reply = get((request, response) -> {
            response.setStatus(201);
            response.setHeader("X-Gone", "1");
            response.setContentType("text/html;charset=UTF-8");
            response.setContentLength(100);
            response.getWriter().print("gone");
            response.reset();
            assertEquals(200, response.getStatus());
            assertNull(response.getHeader("X-Gone"));
            assertNull(response.getContentType());
            assertEquals("ISO-8859-1", response.getCharacterEncoding());
            response.getOutputStream().print("kept");
        });
        assertEquals(200, reply.status());
        assertEquals("kept", reply.text());
        assertFalse(reply.has("X-Gone") || reply.has("Content-Type"));
        assertEquals("4", reply.field("Content-Length"));
    }

    @Section("5.1")
    @Test
    default void resetBufferKeepsTheHead() throws Exception {
        Reply reply = get((request, response) -> {
            response.setStatus(201);
            response.setHeader("X-Kept", "1");
            response.getWriter().print("gone");
            response.resetBuffer();
            assertThrows(IllegalStateException.class, response::getOutputStream);
            response.getWriter().print("kept");
        });
        assertEquals(201, reply.status());
        assertEquals("1", reply.field("X-Kept"));
        assertEquals("kept", reply.text());
    }

    @Section("5.1")
    @Test
    default void nothingIsResetOnceCommitted() throws Exception {
        Reply reply = get((request, response) -> {
            response.getWriter().print("sent");
            response.flushBuffer();
            assertThrows(IllegalStateException.class, response::reset);
            assertThrows(IllegalStateException.class, response::resetBuffer);
        });
        assertEquals("sent", reply.text());
    }

    @Section("5.1")
    @ParameterizedTest
    @ValueSource(strings = {"flushBuffer", "stream", "writer", "full"})
    default void flushingCommits(String how) throws Exception {
        get((request, response) -> {
            assertFalse(response.isCommitted());
            switch (how) {
                case "flushBuffer" -> response.flushBuffer();
                case "stream" -> response.getOutputStream().flush();
                case "writer" -> response.getWriter().flush();
                default -> response.getOutputStream().write(new byte[response.getBufferSize() + 1]);
            }
            assertTrue(response.isCommitted());
        });
    }

    @Section("5.1")
    @Test
    default void writingLessThanTheBufferCommitsNothing() throws Exception {
        get((request, response) -> {
            response.getWriter().print("x".repeat(response.getBufferSize() - 1));
            assertFalse(response.isCommitted());
        });
    }

    @Section("5.1")
    @Test
    default void aFlushedPartReachesTheClientBeforeTheEnd() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
                response.getWriter().print("first");
                response.flushBuffer();
                notes.expect("read");
                response.getWriter().print("second");
            })));
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().contains("first")) {
                seen.append(wire.raw(1));
            }
            notes.add("read");
            while (!seen.toString().endsWith("0\r\n\r\n")) {
                seen.append(wire.raw(1));
            }
            assertTrue(seen.toString().contains("second"));
        }
    }

    @Section("5.2")
    @Test
    default void fieldsAfterTheCommitAreIgnored() throws Exception {
        Reply reply = get((request, response) -> {
            response.flushBuffer();
            response.setHeader("X-Late", "1");
            response.addHeader("X-Late", "1");
            response.setIntHeader("X-Late", 1);
            response.setDateHeader("X-Late", 1);
            response.addCookie(new jakarta.servlet.http.Cookie("late", "1"));
            response.setContentType("text/html");
            response.setCharacterEncoding("UTF-8");
            response.setContentLength(5);
            response.setLocale(java.util.Locale.FRENCH);
            response.setStatus(500);
            assertEquals(200, response.getStatus());
            assertFalse(response.containsHeader("X-Late"));
        });
        assertEquals(200, reply.status());
        assertFalse(reply.has("X-Late") || reply.has("Set-Cookie") || reply.has("Content-Type") || reply.has("Content-Language"));
    }

    @Section("ServletResponse.getOutputStream")
    @Test
    default void streamAndWriterExcludeEachOther() throws Exception {
        get((request, response) -> {
            ServletOutputStream out = response.getOutputStream();
            assertSame(out, response.getOutputStream());
            assertThrows(IllegalStateException.class, response::getWriter);
        });
        get((request, response) -> {
            PrintWriter out = response.getWriter();
            assertSame(out, response.getWriter());
            assertThrows(IllegalStateException.class, response::getOutputStream);
        });
    }

    @Section("ServletOutputStream")
    @Test
    default void valuesArePrintedAsText() throws Exception {
        Reply reply = get((request, response) -> {
            ServletOutputStream out = response.getOutputStream();
            out.print("a");
            out.print(true);
            out.print('c');
            out.print(1);
            out.print(2L);
            out.print(1.5f);
            out.print(2.5);
            out.println();
            out.println("a");
            out.println(false);
            out.println('c');
            out.println(1);
            out.println(2L);
            out.println(1.5f);
            out.println(2.5);
        });
        assertEquals("atruec121.52.5\r\na\r\nfalse\r\nc\r\n1\r\n2\r\n1.5\r\n2.5\r\n", reply.text());
    }

    @Section("ServletOutputStream.print")
    @Test
    default void textOfOtherCharactersCanNotBePrintedAsBytes() throws Exception {
        get((request, response) ->
                assertThrows(IOException.class, () -> response.getOutputStream().print("\u20ac")));
    }

    @Section("ServletOutputStream.write(ByteBuffer)")
    @ParameterizedTest
    @ValueSource(ints = {5, 50_000})
    default void buffersAreWrittenWhole(int size) throws Exception {
        for (boolean direct : new boolean[] {false, true}) {
            Reply reply = get((request, response) -> {
                ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(size + 4) : ByteBuffer.allocate(size + 4);
                for (int i = 0; i < size + 4; i++) {
                    buffer.put(i, (byte) ('a' + i % 26));
                }
                buffer.position(2).limit(2 + size);
                response.getOutputStream().write(buffer);
                assertEquals(2 + size, buffer.position());
                assertEquals(2 + size, buffer.limit());
                response.getOutputStream().write(ByteBuffer.allocate(0));
            });
            assertEquals(size, reply.body().length);
            assertEquals('c', reply.body()[0]);
            assertEquals('a' + (size + 1) % 26, reply.body()[size - 1]);
        }
    }

    @Section("ServletOutputStream.write(ByteBuffer)")
    @Test
    default void aReadOnlyBufferCanBeWritten() throws Exception {
        assertEquals("abc", get((request, response) -> response.getOutputStream().write(
                ByteBuffer.wrap("abc".getBytes(StandardCharsets.US_ASCII)).asReadOnlyBuffer())).text());
        get((request, response) -> assertThrows(NullPointerException.class,
                () -> response.getOutputStream().write((ByteBuffer) null)));
    }

    @Section("ServletOutputStream.isReady")
    @Test
    default void aBlockingOutputIsAlwaysReady() throws Exception {
        get((request, response) -> assertTrue(response.getOutputStream().isReady()));
    }

    @Section("ServletOutputStream.setWriteListener")
    @Test
    default void aWriteListenerNeedsAsynchronousMode() throws Exception {
        WriteListener none = new WriteListener() {
            @Override
            public void onWritePossible() {}

            @Override
            public void onError(Throwable failure) {}
        };
        get((request, response) -> {
            assertThrows(IllegalStateException.class, () -> response.getOutputStream().setWriteListener(none));
            request.startAsync();
            assertThrows(NullPointerException.class, () -> response.getOutputStream().setWriteListener(null));
            response.getOutputStream().setWriteListener(none);
            assertThrows(IllegalStateException.class, () -> response.getOutputStream().setWriteListener(none));
            request.getAsyncContext().complete();
        });
    }

    @Section("5.8")
    @Test
    default void theDeclaredLengthEndsTheResponse() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
                response.setContentLength(3);
                response.getWriter().print("abc");
                response.getWriter().flush();
                assertTrue(response.isCommitted());
                notes.expect("read");
            })));
            assertEquals("abc", wire.reply(false).text());
            notes.add("read");
        }
    }

    @Section("5.8")
    @Test
    default void whatIsWrittenPastTheLengthFails() throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentLength(3);
            ServletOutputStream out = response.getOutputStream();
            out.print("ab");
            assertThrows(IOException.class, () -> out.print("cd"));
            assertTrue(response.isCommitted());
            assertThrows(IOException.class, () -> out.write('d'));
            out.close();
            out.print("dropped");
        });
        assertEquals("abc", reply.text());
        Reply text = get((request, response) -> {
            response.setContentLength(3);
            PrintWriter out = response.getWriter();
            out.print("abc");
            assertFalse(out.checkError());
            out.print("d");
            assertTrue(out.checkError());
        });
        assertEquals("abc", text.text());
        assertEquals("fine", get((request, response) -> response.getWriter().print("fine")).text());
    }

    @Section("5.8")
    @Test
    default void aServletThatFailsBehindAWholeBodyCutsNothing() throws Exception {
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
                response.setContentLength(3);
                response.getOutputStream().print("abcd");
            })));
            assertEquals("abc", wire.reply(false).text());
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) ->
                    response.getWriter().print("fine"))));
            assertEquals("fine", wire.reply(false).text());
        }
    }

    @Section("5.8")
    @Test
    default void afterAnErrorOrARedirectNoLengthCounts() throws Exception {
        assertEquals(404, get((request, response) -> {
            response.setContentLength(3);
            ServletOutputStream out = response.getOutputStream();
            response.sendError(404);
            out.print("dropped");
        }).status());
        assertEquals(302, get((request, response) -> {
            response.setContentLength(3);
            ServletOutputStream out = response.getOutputStream();
            response.sendRedirect("/");
            out.print("dropped");
        }).status());
    }

    @Section("5.8")
    @Test
    default void aBodyThatIsShorterThanDeclaredIsNotSentAsWhole() throws Exception {
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
                response.setContentLength(10);
                response.getOutputStream().print("abc");
                response.flushBuffer();
            })));
            assertThrows(IOException.class, () -> wire.reply(false));
        }
    }

    @Section("5.8")
    @Test
    default void whatIsWrittenAfterTheCloseIsDropped() throws Exception {
        Reply reply = get((request, response) -> {
            PrintWriter out = response.getWriter();
            out.print("sent");
            out.close();
            assertTrue(response.isCommitted());
            out.print("dropped");
        });
        assertEquals("sent", reply.text());
    }

    @Section("5.8")
    @Test
    default void theEndOfTheServiceSendsWhatIsHeld() throws Exception {
        Reply reply = get((request, response) -> response.getWriter().print("held"));
        assertEquals("held", reply.text());
        assertEquals("4", reply.field("Content-Length"));
    }

    @Section("ServletResponse.setContentLengthLong")
    @Test
    default void lengthsOfMoreThanTwoGigabytesAreTold() throws Exception {
        Reply reply = site().run((request, response) -> response.setContentLengthLong(5_000_000_000L), "HEAD /app/case");
        assertEquals("5000000000", reply.field("Content-Length"));
    }

    @Section("ServletResponse.setContentLength")
    @Test
    default void theLengthCanBeChangedAndTakenBack() throws Exception {
        Reply reply = get((request, response) -> {
            response.setContentLength(100);
            response.setContentLengthLong(3);
            assertEquals("3", response.getHeader("Content-Length"));
            response.getOutputStream().print("abc");
        });
        assertEquals("3", reply.field("Content-Length"));
        assertEquals("abcdef", get((request, response) -> {
            response.setHeader("Content-Length", "100");
            response.setContentLength(-1);
            response.getOutputStream().print("abcdef");
        }).text());
    }

    @Section("5.1")
    @Test
    default void largeBodiesAreSentInChunks() throws Exception {
        Reply reply = get((request, response) -> {
            for (int i = 0; i < 10_000; i++) {
                response.getWriter().print("0123456789");
            }
        });
        assertEquals("chunked", reply.field("Transfer-Encoding"));
        assertEquals(100_000, reply.body().length);
    }

    @Section("5.1")
    @ParameterizedTest
    @ValueSource(ints = {204, 304})
    default void answersThatHaveNoBodySendNone(int status) throws Exception {
        Reply reply = get((request, response) -> {
            response.setStatus(status);
            response.getWriter().print("never seen");
        });
        assertEquals(status, reply.status());
        assertEquals("fine", get((request, response) -> response.getWriter().print("fine")).text());
    }

    @Section("HttpServletResponse.setStatus")
    @ParameterizedTest
    @ValueSource(ints = {200, 201, 299, 302, 400, 404, 418, 500, 599})
    default void anyStatusCanBeSet(int status) throws Exception {
        Reply reply = get((request, response) -> {
            response.setStatus(status);
            assertEquals(status, response.getStatus());
            response.getWriter().print("body");
        });
        assertEquals(status, reply.status());
        assertEquals("body", reply.text());
    }

    @Section("HttpServletResponse.setStatus")
    @ParameterizedTest
    @ValueSource(ints = {100, 103, 199, 42, 600})
    default void aStatusThatEndsNoRequestIsToldAndNotSent(int status) throws Exception {
        assertEquals(204, get((request, response) -> {
            response.setStatus(status);
            assertEquals(status, response.getStatus());
            response.setStatus(204);
        }).status());
        assertEquals(200, get((request, response) -> {
            response.setStatus(status);
            response.reset();
            assertEquals(200, response.getStatus());
        }).status());
        Reply reply = get((request, response) -> {
            response.setStatus(status);
            response.getWriter().print("body");
        });
        assertEquals("500 body", reply.status() + " " + reply.text());
    }

    @Section("HttpServletResponse.SC_OK")
    @Test
    default void theStatusIsTwoHundredUnlessSet() throws Exception {
        get((request, response) -> assertEquals(HttpServletResponse.SC_OK, response.getStatus()));
    }
}
