/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.Recorder.Fate;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.Completion;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What passes through a recorder, what stays on record, and what the watch is told, for every way to write a body. */
class RecorderTest {

    /** Decides one fate, and notes what it hears. */
    private static final class Notes implements Watch {
        private final Fate fate;
        private final List<Tape> rolling = new ArrayList<>();
        private boolean whole = true;
        private final List<String> heard = new ArrayList<>();

        private Notes(Fate fate) {
            this.fate = fate;
        }

        @Override
        public Fate opened() {
            heard.add("opened");
            return fate;
        }

        @Override
        public void outgrown(Reason reason) {
            heard.add("outgrown");
        }

        @Override
        public void rolls(Tape tape) {
            rolling.add(tape);
        }

        @Override
        public boolean kept(ByteBuffer record) {
            heard.add("kept " + text(record));
            return whole;
        }

        @Override
        public void finished() {
            heard.add("finished");
        }

        @Override
        public void failed(Throwable cause, boolean sent) {
            heard.add("failed " + cause.getMessage() + (sent ? " sent" : ""));
        }
    }

    /** Counts what it is told. */
    private static final class Told implements Completion {
        private int succeeded;
        private int failed;

        @Override
        public void succeeded() {
            succeeded++;
        }

        @Override
        public void failed(Throwable cause) {
            failed++;
        }
    }

    private static final int LIMIT = 100;
    private final FakeResponse client = new FakeResponse();

    private static String text(ByteBuffer bytes) {
        assertTrue(bytes.isReadOnly());
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private static Tape tape(int limit) {
        return new Tape(limit, new RecordingRoom(1 << 20, 1 << 20));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    private Recorder recorder(Notes notes) {
        return new Recorder(client, notes, tape(LIMIT), Runnable::run);
    }

    private void write(Recorder recorder, String how, String text) throws IOException {
        switch (how) {
            case "send" -> recorder.send(text);
            case "stream" -> recorder.body().write(text.getBytes(StandardCharsets.UTF_8));
            case "single" -> {
                for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
                    recorder.body().write(each);
                }
            }
            case "flushed" -> {
                recorder.body().write(text.getBytes(StandardCharsets.UTF_8), 0, 2);
                recorder.body().flush();
                recorder.body().write(text.getBytes(StandardCharsets.UTF_8), 2, text.length() - 2);
            }
            case "closed" -> {
                try (OutputStream out = recorder.body()) {
                    out.write(text.getBytes(StandardCharsets.UTF_8));
                }
            }
            default -> {
                Told told = new Told();
                recorder.write(bytes(text.substring(0, 3)), false, told);
                recorder.write(bytes(text.substring(3)), how.equals("last"), told);
                assertEquals(2, told.succeeded);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"send", "stream", "single", "flushed", "closed", "parts", "last"})
    void whatIsKeptGoesToBoth(String how) throws IOException {
        Notes notes = new Notes(Fate.KEEP);
        Recorder recorder = recorder(notes);
        write(recorder, how, "0123456789");
        recorder.succeeded();
        recorder.succeeded();
        recorder.failed(new IOException("late"));
        assertEquals(List.of("opened", "kept 0123456789", "finished"), notes.heard);
        client.body().flush();
        assertEquals("0123456789", client.sentText());
    }

    @ParameterizedTest
    @CsvSource({"send", "stream", "single", "flushed", "closed", "parts", "last"})
    void whatIsHeldStaysOnRecord(String how) throws IOException {
        Notes notes = new Notes(Fate.HOLD);
        Recorder recorder = recorder(notes);
        write(recorder, how, "0123456789");
        recorder.succeeded();
        assertEquals(List.of("opened", "kept 0123456789", "finished"), notes.heard);
        assertNull(client.sentHead());
        assertEquals("", client.sentText());
    }

    @ParameterizedTest
    @CsvSource({"send", "stream", "single", "flushed", "closed", "parts", "last"})
    void whatIsDroppedGoesNowhere(String how) throws IOException {
        Notes notes = new Notes(Fate.DROP);
        Recorder recorder = recorder(notes);
        write(recorder, how, "0123456789");
        recorder.succeeded();
        assertEquals(List.of("opened", "finished"), notes.heard);
        assertNull(client.sentHead());
    }

    @ParameterizedTest
    @CsvSource({"send", "stream", "single", "flushed", "closed", "parts", "last"})
    void whatPassesIsNotRecorded(String how) throws IOException {
        Notes notes = new Notes(Fate.PASS);
        Recorder recorder = recorder(notes);
        write(recorder, how, "0123456789");
        recorder.succeeded();
        assertEquals(List.of("opened", "finished"), notes.heard);
        client.body().flush();
        assertEquals("0123456789", client.sentText());
    }

    @ParameterizedTest
    @CsvSource({
        "KEEP, stream", "KEEP, flushed", "KEEP, parts", "KEEP, send", "HOLD, stream", "HOLD, flushed", "HOLD, parts", "HOLD, send",
    })
    void whatOutgrowsTheRecordGoesToTheClientWhole(Fate fate, String how) throws IOException {
        Notes notes = new Notes(fate);
        Recorder recorder = recorder(notes);
        String large = "0123456789".repeat(LIMIT / 10) + "!";
        write(recorder, how, large);
        recorder.succeeded();
        assertEquals(List.of("opened", "outgrown", "finished"), notes.heard);
        client.body().flush();
        assertEquals(large, client.sentText());
    }

    @Test
    void theHeadIsOpenUntilTheBufferIsFull() throws IOException {
        Notes notes = new Notes(Fate.KEEP);
        Recorder recorder = recorder(notes);
        recorder.bufferSize(4);
        recorder.body().write(new byte[] {'0', '1', '2'});
        assertFalse(recorder.committed());
        recorder.status(201).field("X", "1");
        recorder.body().write('3');
        assertEquals(List.of(), notes.heard);
        recorder.body().write('4');
        assertTrue(recorder.committed());
        recorder.fields().set("X", "2");
        assertThrows(IllegalStateException.class, () -> recorder.status(500));
        assertThrows(IllegalStateException.class, recorder::reset);
        assertThrows(IllegalStateException.class, () -> recorder.bufferSize(1));
        recorder.succeeded();
        client.body().flush();
        assertEquals("1", client.sent("X"));
        assertEquals(201, client.sentHead().status());
        assertEquals("01234", client.sentText());
    }

    @Test
    void resetForgetsWhatIsHeldBack() throws IOException {
        Notes notes = new Notes(Fate.KEEP);
        Recorder recorder = recorder(notes);
        recorder.status(500).field("X", "1");
        recorder.body().write(1);
        recorder.reset();
        recorder.body().write('z');
        recorder.succeeded();
        assertEquals(List.of("opened", "kept z", "finished"), notes.heard);
        assertEquals(200, client.status());
        assertSame(recorder.body(), recorder.body());
        assertThrows(IOException.class, () -> recorder.body().write(1));
    }

    @Test
    void aBodyOfItsDeclaredLengthIsWholeBeforeTheEnd() throws IOException {
        Notes notes = new Notes(Fate.KEEP);
        Recorder recorder = recorder(notes);
        recorder.field("Content-Length", "4");
        recorder.body().write(new byte[] {'a', 'b', 'c', 'd'});
        recorder.body().flush();
        assertEquals(List.of("opened", "kept abcd"), notes.heard);
        recorder.failed(new IOException("after all"));
        assertEquals("failed after all sent", notes.heard.get(2));
    }

    @ParameterizedTest
    @EnumSource(Fate.class)
    void filesAreReadIfTheyAreToBeKept(Fate fate, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("f");
        Files.writeString(file, "....file content");
        Notes notes = new Notes(fate);
        Recorder recorder = recorder(notes);
        Told told = new Told();
        try (FileChannel channel = FileChannel.open(file)) {
            recorder.transfer(channel, 4, 12, true, told);
        }
        recorder.succeeded();
        assertEquals(1, told.succeeded);
        assertEquals("finished", notes.heard.get(notes.heard.size() - 1));
        assertEquals(fate == Fate.KEEP || fate == Fate.HOLD, notes.heard.contains("kept file content"));
        assertEquals(fate == Fate.PASS || fate == Fate.KEEP ? "file content" : "", client.sentText());
    }

    @ParameterizedTest
    @CsvSource({"KEEP", "HOLD"})
    void largeFilesPassBy(Fate fate, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("f");
        Files.writeString(file, "x".repeat(LIMIT));
        Notes notes = new Notes(fate);
        Recorder recorder = recorder(notes);
        Told told = new Told();
        recorder.write(bytes("head"), false, told);
        try (FileChannel channel = FileChannel.open(file)) {
            recorder.transfer(channel, 0, LIMIT, true, told);
        }
        recorder.succeeded();
        assertEquals(2, told.succeeded);
        assertEquals(List.of("opened", "outgrown", "finished"), notes.heard);
        assertEquals("head" + "x".repeat(LIMIT), client.sentText());
    }

    @Test
    void withoutAFreeThreadAFilePassesBy(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("f");
        Files.writeString(file, "content");
        Notes notes = new Notes(Fate.KEEP);
        Recorder recorder = new Recorder(client, notes, tape(LIMIT), task -> {
            throw new RejectedExecutionException("full");
        });
        Told told = new Told();
        try (FileChannel channel = FileChannel.open(file)) {
            recorder.transfer(channel, 0, 7, true, told);
        }
        recorder.succeeded();
        assertEquals(1, told.succeeded);
        assertEquals(List.of("opened", "outgrown", "finished"), notes.heard);
        assertEquals("content", client.sentText());
    }

    @Test
    void aFileThatIsCutFailsTheWrite(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("f");
        Files.writeString(file, "short");
        Recorder recorder = recorder(new Notes(Fate.KEEP));
        Told told = new Told();
        try (FileChannel channel = FileChannel.open(file)) {
            recorder.transfer(channel, 0, 9, true, told);
        }
        assertEquals(1, told.failed);
    }

    @Test
    void aFailureTellsWhetherSomethingWasSent() throws IOException {
        for (Fate fate : Fate.values()) {
            Notes notes = new Notes(fate);
            Recorder recorder = new Recorder(new FakeResponse(), notes, tape(LIMIT), Runnable::run);
            recorder.body().write(1);
            recorder.body().flush();
            recorder.failed(new IOException("no"));
            boolean sent = fate == Fate.PASS || fate == Fate.KEEP;
            assertEquals("failed no" + (sent ? " sent" : ""), notes.heard.get(1));
        }
        Notes early = new Notes(Fate.KEEP);
        recorder(early).failed(new IOException("at once"));
        assertEquals(List.of("failed at once"), early.heard);
    }

    @Test
    void interimAnswersPassAndLeaveNoTrace() throws IOException {
        Notes notes = new Notes(Fate.KEEP);
        Recorder recorder = recorder(notes);
        recorder.inform(ResponseHead.of(103, "Link", "</x>"));
        assertEquals(1, client.interim().size());
        recorder.send("x");
        assertThrows(IllegalStateException.class, () -> recorder.inform(ResponseHead.of(103)));
        assertNull(client.sent("Link"));
    }

    @Test
    void aClientThatLeavesDoesNotEndWhatIsKept() throws IOException {
        Notes notes = new Notes(Fate.KEEP);
        FakeResponse leaving = new FakeResponse().held();
        Recorder recorder = new Recorder(new Broken(leaving), notes, tape(LIMIT), Runnable::run);
        Told told = new Told();
        recorder.write(bytes("abc"), false, told);
        recorder.write(bytes("def"), true, told);
        recorder.succeeded();
        assertEquals(2, told.succeeded);
        assertEquals(List.of("opened", "kept abcdef", "finished"), notes.heard);
        assertEquals("gone", recorder.clientFailure().getMessage());
        Notes passing = new Notes(Fate.PASS);
        Told failing = new Told();
        new Recorder(new Broken(leaving), passing, tape(LIMIT), Runnable::run).write(bytes("abc"), false, failing);
        assertEquals(1, failing.failed);
        Recorder large = new Recorder(new Broken(leaving), new Notes(Fate.KEEP), tape(4), Runnable::run);
        Told some = new Told();
        large.write(bytes("abc"), false, some);
        large.write(bytes("def"), false, some);
        assertEquals(1, some.succeeded);
        assertEquals(1, some.failed, "nobody wants the rest");
    }
}
