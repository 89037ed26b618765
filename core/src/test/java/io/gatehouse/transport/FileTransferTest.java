/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The buffer by buffer way of sending a file, on an exchange written by hand. */
final class FileTransferTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"0,0", "0,1", "5,10", "0,65536", "1,65536", "0,65537", "0,200000", "199999,1", "200000,0", "100000,100000"})
    void aPartIsSentInline(long from, int count) throws Exception {
        Sink sink = new Sink(Pace.INLINE);
        Outcome done = new Outcome();
        try (FileChannel file = file(200_000)) {
            FileTransfer.start(sink, file, from, count, true, done, Runnable::run);
            assertEquals(0, file.position());
        }
        assertTrue(done.isDone());
        assertNull(done.await());
        assertArrayEquals(Turn.pattern(from, count).array(), sink.bytes.toByteArray());
        assertEquals(1, sink.lasts.stream().filter(last -> last).count(), "one last write");
        assertTrue(sink.lasts.get(sink.lasts.size() - 1));
        assertEquals(Math.max(1, (count + 65_535) / 65_536), sink.lasts.size(), "writes");
    }

    @Test
    void aPartThatIsNotLastNeverEndsTheBody() throws Exception {
        Sink sink = new Sink(Pace.INLINE);
        try (FileChannel file = file(200_000)) {
            FileTransfer.start(sink, file, 0, 200_000, false, Completion.NOTHING, Runnable::run);
        }
        assertEquals(List.of(false, false, false, false), sink.lasts);
    }

    @Test
    void everyReadRunsOnTheExecutor() throws Exception {
        Sink sink = new Sink(Pace.LATER);
        Outcome done = new Outcome();
        Queue<Runnable> executor = new ArrayDeque<>();
        try (FileChannel file = file(150_000)) {
            FileTransfer.start(sink, file, 0, 150_000, true, done, executor::add);
            assertEquals(0, sink.lasts.size(), "nothing is read in the call");
            for (int i = 1; i <= 3; i++) {
                executor.remove().run();
                assertEquals(i, sink.lasts.size());
                assertTrue(executor.isEmpty(), "it waits for the write");
                sink.pending.succeeded();
            }
            assertTrue(executor.isEmpty());
        }
        assertNull(done.await());
        assertArrayEquals(Turn.pattern(0, 150_000).array(), sink.bytes.toByteArray());
    }

    @Test
    void manyInlineWritesDoNotGrowTheStack() throws Exception {
        Sink sink = new Sink(Pace.INLINE);
        Outcome done = new Outcome();
        try (FileChannel file = file(1)) {
            Files.write(directory.resolve("large"), new byte[0]);
            try (FileChannel large = FileChannel.open(directory.resolve("large"), StandardOpenOption.READ,
                    StandardOpenOption.WRITE)) {
                large.write(ByteBuffer.wrap(new byte[1]), 300L * 1024 * 1024 - 1); // sparse
                sink.bytes = null;
                FileTransfer.start(sink, large, 0, 300L * 1024 * 1024, true, done, Runnable::run);
            }
        }
        assertNull(done.await());
        assertEquals(4_800, sink.lasts.size());
    }

    @Test
    void aFileThatIsTooShortAbortsAndFailsOnce() throws Exception {
        Sink sink = new Sink(Pace.INLINE);
        Outcome done = new Outcome();
        try (FileChannel file = file(100_000)) {
            FileTransfer.start(sink, file, 0, 100_001, true, done, Runnable::run);
        }
        EOFException failure = assertInstanceOf(EOFException.class, done.await());
        assertTrue(failure.getMessage().contains("1 bytes early"), failure.getMessage());
        assertSame(failure, sink.aborted);
        assertTrue(sink.lasts.stream().noneMatch(last -> last));
    }

    @Test
    void aChannelThatIsClosedAbortsAndFails() throws Exception {
        Sink sink = new Sink(Pace.LATER);
        Outcome done = new Outcome();
        try (FileChannel file = file(100_000)) {
            FileTransfer.start(sink, file, 0, 100_000, true, done, Runnable::run);
        }
        sink.pending.succeeded();
        assertInstanceOf(ClosedChannelException.class, done.await());
        assertInstanceOf(ClosedChannelException.class, sink.aborted);
    }

    @Test
    void aWriteThatFailsEndsTheTransfer() throws Exception {
        Sink sink = new Sink(Pace.LATER);
        Outcome done = new Outcome();
        IOException gone = new IOException("gone");
        try (FileChannel file = file(100_000)) {
            FileTransfer.start(sink, file, 0, 100_000, true, done, Runnable::run);
            sink.pending.failed(gone);
        }
        assertSame(gone, done.await());
        assertEquals(1, sink.lasts.size());
        assertNull(sink.aborted, "the exchange knows");
    }

    private FileChannel file(int size) throws IOException {
        return FileChannel.open(
                Files.write(directory.resolve("file-" + size), Turn.pattern(0, size).array()), StandardOpenOption.READ);
    }

    private enum Pace { INLINE, LATER }

    /** An exchange that takes writes. */
    private static final class Sink implements Exchange {
        private final Pace pace;
        private final List<Boolean> lasts = new ArrayList<>();
        private ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private Completion pending;
        private Throwable aborted;

        Sink(Pace pace) {
            this.pace = pace;
        }

        @Override
        public void write(ByteBuffer body, boolean last, Completion done) {
            lasts.add(last);
            if (bytes != null) {
                byte[] copy = new byte[body.remaining()];
                body.duplicate().get(copy);
                bytes.writeBytes(copy);
            }
            pending = done;
            if (pace == Pace.INLINE) {
                done.succeeded();
            }
        }

        @Override
        public void silence(Duration limit) {}

        @Override
        public void abort(Throwable cause) {
            aborted = cause;
        }

        @Override
        public RequestHead head() {
            throw new AssertionError();
        }

        @Override
        public Connection connection() {
            throw new AssertionError();
        }

        @Override
        public int read(ByteBuffer into) {
            throw new AssertionError();
        }

        @Override
        public void demand(Runnable readable) {
            throw new AssertionError();
        }

        @Override
        public Fields trailers() {
            throw new AssertionError();
        }

        @Override
        public void inform(ResponseHead head, Completion done) {
            throw new AssertionError();
        }

        @Override
        public void commit(ResponseHead head, ByteBuffer body, boolean last, Completion done) {
            throw new AssertionError();
        }

        @Override
        public void trailers(Fields trailers) {
            throw new AssertionError();
        }

        @Override
        public void onDisconnect(Runnable gone) {
            throw new AssertionError();
        }
    }
}
