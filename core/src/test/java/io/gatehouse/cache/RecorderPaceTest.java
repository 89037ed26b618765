/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.Recorder.Fate;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.Completion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whom a slow client holds up: nobody while the body is recorded, the handler when it is too long for that. */
@Timeout(60)
class RecorderPaceTest {

    private static final int LIMIT = 100;

    /** Says keep or hold, and notes what it hears. */
    private static final class Notes implements Watch {
        private final Fate fate;
        private final List<String> heard = new ArrayList<>();
        private final CountDownLatch over = new CountDownLatch(1);
        private Tape tape;

        private Notes(Fate fate) {
            this.fate = fate;
        }

        @Override
        public Fate opened() {
            return fate;
        }

        @Override
        public void outgrown(Reason reason) {
            heard.add("outgrown");
        }

        @Override
        public void rolls(Tape rolling) {
            heard.add("rolls");
            tape = rolling;
        }

        @Override
        public boolean kept(ByteBuffer record) {
            heard.add("kept " + record.remaining());
            return true;
        }

        @Override
        public void finished() {
            heard.add("finished");
            over.countDown();
        }

        @Override
        public void failed(Throwable cause, boolean sent) {
            heard.add("failed " + sent);
            over.countDown();
        }
    }

    private static final class Told implements Completion {
        private int succeeded;
        private Throwable failure;

        @Override
        public void succeeded() {
            succeeded++;
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
        }
    }

    /** A client that takes each part on another thread. */
    private static final class Slow extends NoClientResponse {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final Executor elsewhere;

        private Slow(Executor elsewhere) {
            this.elsewhere = elsewhere;
        }

        @Override
        public void write(ByteBuffer part, boolean last, Completion done) {
            elsewhere.execute(() -> {
                byte[] bytes = new byte[part.remaining()];
                part.get(part.position(), bytes);
                received.writeBytes(bytes);
                done.succeeded();
            });
        }
    }

    private final FakeResponse client = new FakeResponse().held();
    private final Notes notes = new Notes(Fate.KEEP);
    private final Told told = new Told();

    private static Recorder recorder(FakeResponse client, Notes notes) {
        return new Recorder(client, notes, tape(LIMIT), Runnable::run);
    }

    private static Tape tape(int limit) {
        return new Tape(limit, new RecordingRoom(1 << 20, 1 << 20));
    }

    private static ByteBuffer bytes(int count, char c) {
        return ByteBuffer.wrap(String.valueOf(c).repeat(count).getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatIsRecordedWaitsForNobody() throws IOException {
        Recorder recorder = recorder(client, notes);
        recorder.body().write(new byte[30]);
        recorder.body().flush();
        recorder.body().write(new byte[30]);
        recorder.body().flush();
        recorder.write(bytes(20, 'x'), false, told);
        assertEquals(1, told.succeeded);
        recorder.succeeded();
        assertEquals(List.of("rolls", "kept 80"), notes.heard, "it is stored, and the client has had nothing yet");
        assertTrue(client.release());
        assertEquals(30, client.sentBytes().length);
        assertTrue(client.release());
        assertFalse(client.release(), "all that was left went in one");
        assertEquals(80, client.sentBytes().length);
        assertEquals(List.of("rolls", "kept 80", "finished"), notes.heard);
    }

    @Test
    void smallPartsLeaveTogether() throws IOException {
        Recorder recorder = recorder(client, notes);
        recorder.body().flush();
        for (int i = 0; i < 50; i++) {
            recorder.body().write('x');
        }
        recorder.succeeded();
        assertTrue(client.release());
        assertEquals(0, client.sentBytes().length, "the head alone, as it was flushed");
        assertTrue(client.release());
        assertEquals(50, client.sentBytes().length);
        assertFalse(client.release());
    }

    @Test
    void pastTheLimitTheClientsPaceIsTheHandlers() {
        Recorder recorder = recorder(client, notes);
        recorder.write(bytes(90, 'a'), false, told);
        assertEquals(1, told.succeeded);
        recorder.write(bytes(90, 'b'), false, told);
        assertEquals(1, told.succeeded, "the client has yet to take what is recorded");
        assertEquals(List.of("rolls", "outgrown"), notes.heard);
        assertTrue(client.release());
        assertEquals(1, told.succeeded, "and the part itself");
        assertTrue(client.release());
        assertEquals(2, told.succeeded);
        recorder.write(bytes(500, 'c'), true, told);
        recorder.succeeded();
        assertTrue(client.release());
        assertEquals(3, told.succeeded);
        assertEquals("a".repeat(90) + "b".repeat(90) + "c".repeat(500), client.sentText());
        assertEquals(List.of("rolls", "outgrown", "finished"), notes.heard);
    }

    @Test
    void whoReadsAlongPastTheLimitGetsAllOfIt() {
        Recorder recorder = recorder(client, notes);
        recorder.write(bytes(90, 'a'), false, told);
        FakeResponse other = new FakeResponse();
        Told end = new Told();
        TapeReader reader = new TapeReader(notes.tape, other, false, end);
        assertTrue(notes.tape.attach(reader));
        reader.advance();
        recorder.write(bytes(90, 'b'), false, told);
        client.release();
        assertEquals("a".repeat(90) + "b".repeat(90), other.sentText(), "it is not held up by the other's pace");
        assertEquals(1, told.succeeded);
        client.release();
        assertEquals(2, told.succeeded);
        recorder.write(bytes(10, 'c'), true, told);
        while (client.release()) {
            assertTrue(client.sentText().startsWith("a"));
        }
        recorder.succeeded();
        assertEquals(3, told.succeeded);
        assertEquals(1, end.succeeded);
        assertEquals(client.sentText(), other.sentText());
        assertEquals(190, client.sentText().length());
        assertEquals("finished", notes.heard.get(notes.heard.size() - 1));
    }

    @ParameterizedTest
    @EnumSource(value = Fate.class, names = {"KEEP", "HOLD"})
    void aBlockingHandlerWaitsPastTheLimit(Fate fate) throws Exception {
        ExecutorService elsewhere = Executors.newSingleThreadExecutor();
        Slow slow = new Slow(elsewhere);
        Notes own = new Notes(fate);
        Recorder recorder = new Recorder(slow, own, tape(LIMIT), Runnable::run);
        try {
            for (int i = 0; i < 20; i++) {
                recorder.body().write(("part " + i % 10 + ' ').repeat(7).getBytes(StandardCharsets.US_ASCII));
                recorder.body().flush();
                assertTrue(i < 2 || slow.received.size() == 49 * (i + 1), "the client has had what the handler has flushed");
            }
            recorder.succeeded();
            assertTrue(own.over.await(30, TimeUnit.SECONDS));
        } finally {
            elsewhere.shutdown();
        }
        assertEquals(20 * 49, slow.received.size());
        assertEquals(List.of("outgrown", "finished"), own.heard.stream().filter(word -> !word.equals("rolls")).toList());
    }

    @Test
    void aFileThatIsTooLargeWaitsForWhatIsRecorded(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "f".repeat(LIMIT));
        Recorder recorder = recorder(client, notes);
        recorder.write(bytes(40, 'a'), false, told);
        FakeResponse other = new FakeResponse();
        Told end = new Told();
        TapeReader reader = new TapeReader(notes.tape, other, false, end);
        assertTrue(notes.tape.attach(reader));
        reader.advance();
        try (FileChannel channel = FileChannel.open(file)) {
            recorder.transfer(channel, 0, LIMIT, true, told);
            assertNull(client.transferred());
            client.release();
            assertEquals(channel, client.transferred());
            client.release();
        }
        recorder.succeeded();
        assertEquals(2, told.succeeded);
        assertEquals(LIMIT + 40, client.sentText().length());
        assertInstanceOf(IOException.class, end.failure, "nobody can read along in a file that is passed on");
        assertEquals("finished", notes.heard.get(notes.heard.size() - 1));
    }

    @Test
    void aHandlerThatFailsCutsAllWhoReadAlong() {
        Recorder recorder = recorder(client, notes);
        recorder.write(bytes(40, 'a'), false, told);
        FakeResponse other = new FakeResponse();
        Told end = new Told();
        TapeReader reader = new TapeReader(notes.tape, other, false, end);
        assertTrue(notes.tape.attach(reader));
        reader.advance();
        recorder.failed(new IOException("no"));
        assertEquals(List.of("rolls", "failed true"), notes.heard, "at once, though the client is busy");
        assertInstanceOf(IOException.class, end.failure);
        client.release();
        assertEquals(List.of("rolls", "failed true"), notes.heard);
    }

    @Test
    void whoHeldItIsNotSentWhatFailed() {
        Notes holding = new Notes(Fate.HOLD);
        Recorder recorder = recorder(client, holding);
        recorder.write(bytes(40, 'a'), false, told);
        FakeResponse other = new FakeResponse();
        Told end = new Told();
        TapeReader reader = new TapeReader(holding.tape, other, false, end);
        assertTrue(holding.tape.attach(reader));
        reader.advance();
        assertEquals(40, other.sentText().length());
        recorder.failed(new IOException("no"));
        assertEquals(List.of("rolls", "failed false"), holding.heard);
        assertInstanceOf(IOException.class, end.failure);
        assertFalse(client.release());
    }

    @Test
    void aLengthThatIsNotTheBodysIsTheHandlersFailure() {
        Recorder recorder = recorder(new FakeResponse(), notes);
        recorder.field("Content-Length", "5");
        recorder.write(bytes(5, 'a'), false, told);
        recorder.write(bytes(5, 'b'), false, told);
        recorder.succeeded();
        assertEquals(List.of("kept 5", "finished"), notes.heard, "what is more than was declared is nobody's");
    }

    @Test
    void anInterruptEndsTheWaitForASlowClient() throws IOException {
        Recorder recorder = recorder(client, notes);
        recorder.body().write(new byte[60]);
        recorder.body().flush();
        Thread.currentThread().interrupt();
        recorder.body().write(new byte[60]);
        assertThrows(IOException.class, () -> recorder.body().flush());
        assertTrue(Thread.interrupted());
    }
}
