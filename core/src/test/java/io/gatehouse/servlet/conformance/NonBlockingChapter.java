/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3.7 and its sibling in chapter 5: reading and writing without blocking. */
interface NonBlockingChapter extends Chapter {

    /** Reads all, as the specification's example does, and answers with it. */
    final class Reading implements ReadListener {
        private final AsyncContext context;
        private final ServletInputStream in;
        private final Notes notes;
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();

        Reading(AsyncContext context, Notes notes) throws IOException {
            this.context = context;
            this.in = context.getRequest().getInputStream();
            this.notes = notes;
        }

        @Override
        public void onDataAvailable() throws IOException {
            notes.add("data");
            byte[] buffer = new byte[100];
            while (in.isReady() && !in.isFinished()) {
                int n = in.read(buffer);
                if (n > 0) {
                    read.write(buffer, 0, n);
                }
            }
        }

        @Override
        public void onAllDataRead() throws IOException {
            notes.add("all");
            context.getResponse().getWriter().print(read.toString(StandardCharsets.ISO_8859_1));
            context.complete();
        }

        @Override
        public void onError(Throwable failure) {
            notes.add("error");
            context.complete();
        }
    }

    private static Case reading(Notes notes) {
        return (request, response) -> {
            AsyncContext context = request.startAsync();
            request.getInputStream().setReadListener(new Reading(context, notes));
        };
    }

    @Section("3.7")
    @Test
    default void bodiesAreReadAsTheyCome() throws Exception {
        Notes notes = new Notes();
        assertEquals("hello", run(reading(notes), "POST /app/case", "", "hello").text());
        assertTrue(notes.toString().endsWith("all"), notes.toString());
        assertEquals(1, notes.toString().split("all", -1).length - 1);
    }

    @Section("ReadListener.onAllDataRead")
    @ParameterizedTest
    @ValueSource(strings = {"GET /app/case", "POST /app/case"})
    default void anEmptyBodyIsAllRead(String line) throws Exception {
        Notes notes = new Notes();
        assertEquals("", run(reading(notes), line).text());
        notes.expect("all");
    }

    @Section("3.7")
    @Test
    default void aBodyInPiecesIsReadInPieces() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("POST /app/case", "Content-Length: 6", site().caseField(reading(notes)), "", "ab"));
            notes.expect("data");
            wire.send("cd");
            wire.send("ef");
            assertEquals("abcdef", wire.reply(false).text());
            assertTrue(notes.toString().endsWith("data all"), notes.toString());
        }
    }

    @Section("3.7")
    @Test
    default void chunksAreReadToo() throws Exception {
        assertEquals("abc", run(reading(new Notes()), "POST /app/case", "Transfer-Encoding: chunked", "",
                "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n").text());
    }

    @Section("3.7")
    @Test
    default void largeBodiesAreReadWhole() throws Exception {
        String body = "0123456789".repeat(20_000);
        assertEquals(body, run(reading(new Notes()), "POST /app/case", "", body).text());
    }

    @Section("ReadListener.onError")
    @Test
    default void aBodyThatEndsTooSoonIsAnError() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("POST /app/case", "Content-Length: 6", site().caseField(reading(notes)), "", "ab"));
            notes.expect("data");
            wire.peer().finish();
            notes.expect("data error");
        }
    }

    @Section("ReadListener.onError")
    @Test
    default void aListenerThatThrowsHearsOfIt() throws Exception {
        Notes notes = new Notes();
        Reply reply = run((request, response) -> {
            AsyncContext context = request.startAsync();
            request.getInputStream().setReadListener(new ReadListener() {
                @Override
                public void onDataAvailable() {
                    throw new IllegalStateException("broken");
                }

                @Override
                public void onAllDataRead() {
                    notes.add("all");
                }

                @Override
                public void onError(Throwable failure) {
                    notes.add(failure.getMessage());
                    context.complete();
                }
            });
        }, "POST /app/case", "", "hello");
        assertEquals(200, reply.status());
        notes.expect("broken");
    }

    @Section("ServletInputStream.read")
    @Test
    default void readingWhatIsNotReadyIsRefused() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("POST /app/case", "Content-Length: 4", site().caseField((request, response) -> {
                AsyncContext context = request.startAsync();
                ServletInputStream in = request.getInputStream();
                in.setReadListener(new ReadListener() {
                    @Override
                    public void onDataAvailable() throws IOException {
                        while (in.isReady()) {
                            if (in.read(ByteBuffer.allocate(10)) < 0) {
                                return;
                            }
                        }
                        if (!in.isFinished()) {
                            try {
                                in.read();
                                notes.add("read");
                            } catch (IllegalStateException e) {
                                notes.add("refused");
                            }
                        }
                    }

                    @Override
                    public void onAllDataRead() {
                        notes.add("all");
                        context.complete();
                    }

                    @Override
                    public void onError(Throwable failure) {
                        notes.add("error");
                    }
                });
            }), "", "ab"));
            notes.expect("refused");
            wire.send("cd");
            wire.reply(false);
            notes.expect("refused all");
        }
    }

    /** Writes so many bytes in pieces, and completes. */
    final class Writing implements WriteListener {
        private final AsyncContext context;
        private final ServletOutputStream out;
        private final Notes notes;
        private final byte[] piece;
        private int left;

        Writing(AsyncContext context, Notes notes, int pieceSize, int count) throws IOException {
            this.context = context;
            this.out = context.getResponse().getOutputStream();
            this.notes = notes;
            this.piece = new byte[pieceSize];
            this.left = count;
        }

        @Override
        public void onWritePossible() throws IOException {
            notes.add("possible");
            while (out.isReady()) {
                if (left-- == 0) {
                    context.complete();
                    return;
                }
                out.write(piece);
            }
        }

        @Override
        public void onError(Throwable failure) {
            notes.add("error");
            context.complete();
        }
    }

    @Section("WriteListener.onWritePossible")
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 20_000, 100_000})
    default void bodiesAreWrittenAsThePeerTakesThem(int size) throws Exception {
        Notes notes = new Notes();
        Reply reply = get((request, response) -> {
            AsyncContext context = request.startAsync();
            response.getOutputStream().setWriteListener(new Writing(context, notes, size, 10));
        });
        assertEquals(10 * size, reply.body().length);
        assertTrue(notes.toString().startsWith("possible"));
        assertFalse(notes.toString().contains("error"));
    }

    @Section("WriteListener.onError")
    @Test
    default void aPeerThatLeavesIsToldToTheWriter() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
                AsyncContext context = request.startAsync();
                context.setTimeout(0);
                context.addListener(new AsyncChapter.Hearing(notes, "async:", event -> { }));
                response.getOutputStream().setWriteListener(new Writing(context, new Notes(), 100_000, Integer.MAX_VALUE));
            })));
            wire.raw(1000);
            wire.peer().reset();
            while (!notes.toString().contains("complete")) {
                Thread.onSpinWait();
            }
        }
    }

    @Section("ServletOutputStream.write")
    @Test
    default void writingWhatIsNotReadyIsRefused() throws Exception {
        Notes notes = new Notes();
        try (Wire wire = site().connect()) {
            wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
                AsyncContext context = request.startAsync();
                ServletOutputStream out = response.getOutputStream();
                out.setWriteListener(new WriteListener() {
                    @Override
                    public void onWritePossible() throws IOException {
                        if (!notes.toString().isEmpty()) {
                            context.complete();
                            return;
                        }
                        while (out.isReady()) {
                            out.write(new byte[500_000]);
                        }
                        try {
                            out.write(1);
                            notes.add("written");
                        } catch (IllegalStateException e) {
                            notes.add("refused");
                        }
                    }

                    @Override
                    public void onError(Throwable failure) {
                        notes.add("error");
                    }
                });
            })));
            notes.expect("refused");
            assertTrue(wire.reply(false).body().length >= 500_000);
        }
    }

    @Section("3.7")
    @Test
    default void readingAndWritingGoTogether() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(String.format("%05d", i));
        }
        String body = text.toString();
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        Reply reply = run((request, response) -> {
            AsyncContext context = request.startAsync();
            Echo echo = new Echo(context, wrong);
            request.getInputStream().setReadListener(echo);
            response.getOutputStream().setWriteListener(echo);
        }, "POST /app/case", "", body);
        assertEquals(null, wrong.get());
        assertEquals(body.length(), reply.body().length);
        assertTrue(body.equals(reply.text()), "other bytes than were sent");
    }

    /** Writes what it reads, whichever of both can go on. */
    final class Echo implements ReadListener, WriteListener {
        private final AsyncContext context;
        private final ServletInputStream in;
        private final ServletOutputStream out;
        private final AtomicReference<Throwable> wrong;
        private boolean all;
        private boolean completed;

        Echo(AsyncContext context, AtomicReference<Throwable> wrong) throws IOException {
            this.context = context;
            this.in = context.getRequest().getInputStream();
            this.out = context.getResponse().getOutputStream();
            this.wrong = wrong;
        }

        private synchronized void move() throws IOException {
            byte[] buffer = new byte[1000];
            while (!all && out.isReady() && in.isReady()) {
                int n = in.read(buffer);
                if (n < 0) {
                    break;
                }
                out.write(buffer, 0, n);
            }
            if (all && !completed) {
                completed = true;
                context.complete();
            }
        }

        @Override
        public void onDataAvailable() throws IOException {
            move();
        }

        @Override
        public synchronized void onAllDataRead() throws IOException {
            all = true;
            move();
        }

        @Override
        public void onWritePossible() throws IOException {
            move();
        }

        @Override
        public void onError(Throwable failure) {
            wrong.set(failure);
            context.complete();
        }
    }

    @Section("WriteListener.onError")
    @Test
    default void aWriterThatThrowsHearsOfItOnce() throws Exception {
        Notes notes = new Notes();
        AtomicInteger errors = new AtomicInteger();
        Wire wire = site().connect();
        wire.send(Wire.message("GET /app/case", site().caseField((request, response) -> {
            AsyncContext context = request.startAsync();
            context.addListener(new AsyncChapter.Hearing(notes));
            response.getOutputStream().setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() {
                    throw new IllegalStateException("broken");
                }

                @Override
                public void onError(Throwable failure) {
                    errors.incrementAndGet();
                    context.complete();
                }
            });
        })));
        notes.expect("complete");
        assertEquals(1, errors.get());
        wire.close();
    }

    @Section("ServletOutputStream.close")
    @Test
    default void closingSendsTheRestInTheBackground() throws Exception {
        Reply reply = get((request, response) -> {
            AsyncContext context = request.startAsync();
            ServletOutputStream out = response.getOutputStream();
            out.setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() throws IOException {
                    out.write("held".getBytes(StandardCharsets.US_ASCII));
                    out.close();
                    context.complete();
                }

                @Override
                public void onError(Throwable failure) {}
            });
        });
        assertEquals("held", reply.text());
    }
}
