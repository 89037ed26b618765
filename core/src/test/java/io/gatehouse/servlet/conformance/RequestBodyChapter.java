/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The body of a request: {@code ServletRequest.getInputStream}, {@code getReader} and {@code ServletInputStream}. */
interface RequestBodyChapter extends Chapter {

    @Section("ServletRequest.getInputStream")
    @Test
    default void theStreamIsTheSameEachTime() throws Exception {
        run((request, response) -> assertSame(request.getInputStream(), request.getInputStream()), "POST /app/case", "", "x");
    }

    @Section("ServletRequest.getReader")
    @Test
    default void theReaderIsTheSameEachTime() throws Exception {
        run((request, response) -> assertSame(request.getReader(), request.getReader()), "POST /app/case", "", "x");
    }

    @Section("ServletRequest.getReader")
    @Test
    default void aReaderAfterTheStreamIsRefused() throws Exception {
        run((request, response) -> {
            request.getInputStream();
            assertThrows(IllegalStateException.class, request::getReader);
            assertEquals('x', request.getInputStream().read());
        }, "POST /app/case", "", "x");
    }

    @Section("ServletRequest.getInputStream")
    @Test
    default void aStreamAfterTheReaderIsRefused() throws Exception {
        run((request, response) -> {
            request.getReader();
            assertThrows(IllegalStateException.class, request::getInputStream);
            assertEquals('x', request.getReader().read());
        }, "POST /app/case", "", "x");
    }

    @Section("ServletRequest.getReader")
    @ParameterizedTest
    @CsvSource({"UTF-8,\u00c3\u00a4", "ISO-8859-1,\u00e4", "UTF-16BE,'\u0000\u00e4'"})
    default void theReaderDecodesByTheContentType(String charset, String bytes) throws Exception {
        run((request, response) -> assertEquals("\u00e4", request.getReader().readLine()),
                "POST /app/case", "Content-Type: text/plain;charset=" + charset, "", bytes);
    }

    @Section("3.12")
    @Test
    default void theReaderDecodesLatinIfNobodySays() throws Exception {
        run((request, response) -> assertEquals("\u00e4", request.getReader().readLine()),
                "POST /app/case", "Content-Type: text/plain", "", "\u00e4");
    }

    @Section("3.12")
    @Test
    default void theReaderDecodesAsWasSet() throws Exception {
        run((request, response) -> {
            request.setCharacterEncoding("UTF-8");
            assertEquals("\u00e4", request.getReader().readLine());
        }, "POST /app/case", "Content-Type: text/plain", "", "\u00c3\u00a4");
    }

    @Section("3.12")
    @Test
    default void anEncodingAfterTheReaderHasNoEffect() throws Exception {
        run((request, response) -> {
            var reader = request.getReader();
            request.setCharacterEncoding("UTF-8");
            assertEquals("\u00c3", reader.readLine());
            assertFalse("UTF-8".equals(request.getCharacterEncoding()));
        }, "POST /app/case", "Content-Type: text/plain", "", "\u00c3");
    }

    @Section("ServletRequest.getReader")
    @Test
    default void aReaderOfAnUnknownEncodingIsRefused() throws Exception {
        run((request, response) -> assertThrows(UnsupportedEncodingException.class, request::getReader),
                "POST /app/case", "Content-Type: text/plain;charset=no-such", "", "x");
    }

    @Section("ServletInputStream")
    @Test
    default void anEmptyBodyIsAtItsEnd() throws Exception {
        get((request, response) -> {
            ServletInputStream in = request.getInputStream();
            assertEquals(-1, in.read());
            assertEquals(-1, in.read(new byte[10]));
            assertTrue(in.isFinished());
        });
    }

    @Section("ServletInputStream.isFinished")
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 3", "Transfer-Encoding: chunked"})
    default void theStreamIsFinishedOnceAllIsRead(String framing) throws Exception {
        run((request, response) -> {
            ServletInputStream in = request.getInputStream();
            assertFalse(in.isFinished());
            assertEquals("abc", new String(in.readAllBytes(), StandardCharsets.US_ASCII));
            assertTrue(in.isFinished());
            assertEquals(-1, in.read());
        }, "POST /app/case", framing, "", framing.startsWith("C") ? "abc" : "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n");
    }

    @Section("ServletInputStream.isReady")
    @Test
    default void aBlockingStreamIsAlwaysReady() throws Exception {
        run((request, response) -> assertTrue(request.getInputStream().isReady()), "POST /app/case", "", "abc");
    }

    @Section("ServletInputStream.readLine")
    @Test
    default void linesAreReadWithTheirEnds() throws Exception {
        run((request, response) -> {
            ServletInputStream in = request.getInputStream();
            byte[] line = new byte[10];
            assertEquals(4, in.readLine(line, 0, 10));
            assertEquals("ab\r\n", new String(line, 0, 4, StandardCharsets.US_ASCII));
            assertEquals(2, in.readLine(line, 3, 2));
            assertEquals("cd", new String(line, 3, 2, StandardCharsets.US_ASCII));
            assertEquals(1, in.readLine(line, 0, 10));
            assertEquals(-1, in.readLine(line, 0, 10));
            assertEquals(0, in.readLine(line, 0, 0));
        }, "POST /app/case", "", "ab\r\ncde");
    }

    @Section("ServletInputStream.read(ByteBuffer)")
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    default void buffersAreFilled(boolean direct) throws Exception {
        run((request, response) -> {
            ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(8) : ByteBuffer.allocate(8);
            buffer.position(2).limit(6);
            int read = 0;
            while (buffer.hasRemaining()) {
                int n = request.getInputStream().read(buffer);
                assertTrue(n > 0);
                read += n;
                assertEquals(2 + read, buffer.position());
            }
            assertEquals(6, buffer.limit());
            assertEquals('a', buffer.get(2));
            assertEquals('d', buffer.get(5));
            buffer.clear();
            assertEquals(1, request.getInputStream().read(buffer));
            assertEquals('e', buffer.get(0));
            assertEquals(-1, request.getInputStream().read(buffer));
            assertEquals(1, buffer.position());
        }, "POST /app/case", "", "abcde");
    }

    @Section("ServletInputStream.read(ByteBuffer)")
    @Test
    default void aBufferWithoutRoomIsLeftAlone() throws Exception {
        run((request, response) -> {
            assertEquals(0, request.getInputStream().read(ByteBuffer.allocate(0)));
            assertEquals('a', request.getInputStream().read());
        }, "POST /app/case", "", "abc");
    }

    @Section("ServletInputStream.read(ByteBuffer)")
    @Test
    default void noBufferIsANullPointer() throws Exception {
        run((request, response) ->
                assertThrows(NullPointerException.class, () -> request.getInputStream().read((ByteBuffer) null)),
                "POST /app/case", "", "abc");
    }

    @Section("ServletInputStream")
    @Test
    default void largeBodiesComeWhole() throws Exception {
        String body = "0123456789".repeat(30_000);
        Reply reply = run((request, response) -> {
            byte[] bytes = request.getInputStream().readAllBytes();
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
        }, "POST /app/case", "", body);
        assertEquals(body, reply.text());
    }

    @Section("ServletInputStream")
    @Test
    default void bodiesThatNobodyReadHarmNoOther() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertEquals("fine", run((request, response) -> response.getWriter().print("fine"),
                    "POST /app/case", "", "x".repeat(10_000)).text());
        }
    }

    @Section("ServletInputStream")
    @Test
    default void aBodyThatEndsTooSoonFailsTheRead() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("POST /app/case", "Content-Length: 10", site().caseField((request, response) -> {
                assertThrows(IOException.class, () -> request.getInputStream().readAllBytes());
                notes.add("failed");
            }), "", "abc"));
            wire.peer().finish();
            notes.expect("failed");
        }
    }

    @Section("ServletInputStream.setReadListener")
    @Test
    default void aReadListenerNeedsAsynchronousMode() throws Exception {
        run((request, response) -> assertThrows(IllegalStateException.class,
                () -> request.getInputStream().setReadListener(new Silent())), "POST /app/case", "", "abc");
    }

    @Section("ServletInputStream.setReadListener")
    @Test
    default void noReadListenerIsANullPointer() throws Exception {
        run((request, response) -> {
            request.startAsync();
            assertThrows(NullPointerException.class, () -> request.getInputStream().setReadListener(null));
            request.getAsyncContext().complete();
        }, "POST /app/case", "", "abc");
    }

    @Section("3.7")
    @Test
    default void aSecondReadListenerIsRefused() throws Exception {
        run((request, response) -> {
            request.startAsync();
            request.getInputStream().setReadListener(new Silent());
            assertThrows(IllegalStateException.class, () -> request.getInputStream().setReadListener(new Silent()));
            request.getAsyncContext().complete();
        }, "POST /app/case", "", "abc");
    }

    @Section("HttpServletRequest.getTrailerFields")
    @Test
    default void trailersAreReadBehindTheBody() throws Exception {
        run((request, response) -> {
            assertFalse(request.isTrailerFieldsReady());
            assertThrows(IllegalStateException.class, request::getTrailerFields);
            request.getInputStream().readAllBytes();
            assertTrue(request.isTrailerFieldsReady());
            assertEquals("1", request.getTrailerFields().get("x-sum"));
            assertEquals(1, request.getTrailerFields().size());
        }, "POST /app/case", "Transfer-Encoding: chunked", "Trailer: X-Sum", "", "1\r\na\r\n0\r\nX-Sum: 1\r\n\r\n");
    }

    @Section("HttpServletRequest.getTrailerFields")
    @Test
    default void withoutTrailersTheMapIsEmpty() throws Exception {
        run((request, response) -> {
            request.getInputStream().readAllBytes();
            assertTrue(request.isTrailerFieldsReady());
            assertTrue(request.getTrailerFields().isEmpty());
        }, "POST /app/case", "Transfer-Encoding: chunked", "", "1\r\na\r\n0\r\n\r\n");
        get((request, response) -> {
            assertTrue(request.isTrailerFieldsReady());
            assertTrue(request.getTrailerFields().isEmpty());
        });
    }

    /** A listener that does nothing. */
    final class Silent implements ReadListener {
        @Override
        public void onDataAvailable() {}

        @Override
        public void onAllDataRead() {}

        @Override
        public void onError(Throwable failure) {}
    }
}
