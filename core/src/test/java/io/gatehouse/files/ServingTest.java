/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.Completion;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How bytes go out: large files, and files that do not hold still. */
class ServingTest {

    private static final byte[] LARGE = Site.bytes(1_000_000);

    @TempDir
    Path directory;

    private Site site;
    private StaticFiles files;

    @BeforeEach
    void site() throws Exception {
        site = new Site(directory).file("a.txt", "0123456789").file("large.bin", LARGE, Site.MODIFIED)
                .file("app.js", "a script that is longer").file("app.js.gz", "gzip-bytes");
        files = builder().build();
    }

    private StaticFilesBuilder builder() {
        return StaticFiles.of(directory).freshness(Duration.ZERO).executor(Runnable::run).boundaries(() -> "BOUNDARY");
    }

    @Test
    void aLargeFileHoldsNoWorkerAndIsClosedAtTheEnd() throws Exception {
        FakeResponse response = new FakeResponse().held();
        response.handledBy(files, FakeRequest.get("/large.bin"));
        assertFalse(response.ended(), "the handler has returned, the peer reads on");
        FileChannel channel = response.transferred();
        assertTrue(channel.isOpen());
        assertTrue(response.release());
        assertTrue(response.ended());
        assertFalse(channel.isOpen());
        assertArrayEquals(LARGE, response.sentBytes());
        assertEquals("1000000", response.sent("Content-Length"));
    }

    @Test
    void theFileIsClosedByTheExecutorNotByTheIoThread() throws Exception {
        Queue<Runnable> tasks = new ArrayDeque<>();
        StaticFiles later = builder().executor(tasks::add).build();
        FakeResponse response = new FakeResponse().held();
        response.handledBy(later, FakeRequest.get("/large.bin"));
        releaseElsewhere(response);
        assertTrue(response.ended());
        assertTrue(response.transferred().isOpen());
        tasks.remove().run();
        assertFalse(response.transferred().isOpen());
    }

    @Test
    void aFileThatIsSentAtOnceIsClosedByTheWorker() throws Exception {
        Queue<Runnable> tasks = new ArrayDeque<>();
        FakeResponse response = Site.get(builder().executor(tasks::add).build(), "/large.bin");
        assertTrue(response.ended());
        assertFalse(response.transferred().isOpen());
        assertTrue(tasks.isEmpty());
    }

    @Test
    void anExecutorThatRefusesLeavesNoFileOpen() throws Exception {
        StaticFiles refusing = builder().executor(task -> {
            throw new RejectedExecutionException();
        }).build();
        FakeResponse response = new FakeResponse().held();
        response.handledBy(refusing, FakeRequest.get("/large.bin"));
        releaseElsewhere(response);
        assertFalse(response.transferred().isOpen());
    }

    /** As a transport does when the socket has been full: on a thread of its own. */
    private static void releaseElsewhere(FakeResponse response) throws InterruptedException {
        Thread other = new Thread(response::release);
        other.start();
        other.join();
    }

    @Test
    void aFileThatShrinksWhileItIsSentFailsTheAnswer() throws Exception {
        FakeResponse response = new FakeResponse().held();
        response.handledBy(files, FakeRequest.get("/large.bin"));
        try (FileChannel cut = FileChannel.open(directory.resolve("large.bin"), StandardOpenOption.WRITE)) {
            cut.truncate(500_000);
        }
        response.release();
        assertInstanceOf(EOFException.class, response.outcome());
        assertFalse(response.transferred().isOpen());
        assertEquals("1000000", response.sent("Content-Length"), "the transport sees the difference, and cuts");
        assertEquals("500000", Site.get(files, "/large.bin").sent("Content-Length"));
    }

    @Test
    void aFileThatGrowsWhileItIsSentIsSentAsItWas() throws Exception {
        FakeResponse response = new FakeResponse().held();
        response.handledBy(files, FakeRequest.get("/large.bin"));
        Files.write(directory.resolve("large.bin"), new byte[1000], StandardOpenOption.APPEND);
        response.release();
        assertNull(response.outcome());
        assertArrayEquals(LARGE, response.sentBytes());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatVanishesOrIsReplacedWhileItIsSentIsSentAsItWas(boolean replaced) throws Exception {
        FakeResponse response = new FakeResponse().held();
        response.handledBy(files, FakeRequest.get("/large.bin"));
        Files.delete(directory.resolve("large.bin"));
        if (replaced) {
            site.file("large.bin", new byte[2_000_000], Site.MODIFIED);
        }
        response.release();
        assertNull(response.outcome());
        assertArrayEquals(LARGE, response.sentBytes());
        assertEquals(replaced ? 200 : 404, Site.get(files, "/large.bin").sentStatus());
    }

    /** Between the look and the open: length, tag and bytes are all of the file that was opened. */
    @Test
    void aFileThatIsReplacedBeforeItIsOpenedIsDescribedAnew() throws Exception {
        String old = Site.get(files, "/large.bin").sent("ETag");
        byte[] other = Site.bytes(700_000);
        StaticFiles racing = racing(() -> site.file("large.bin", other, Site.MODIFIED.plusSeconds(5)));
        FakeResponse response = Site.get(racing, "/large.bin");
        assertEquals(200, response.sentStatus());
        assertEquals("700000", response.sent("Content-Length"));
        assertArrayEquals(other, response.sentBytes());
        assertNotEquals(old, response.sent("ETag"));
        assertEquals("Mon, 06 May 2024 07:08:14 GMT", response.sent("Last-Modified"));
    }

    @Test
    void conditionsAreHeldAgainstTheFileThatWasOpened() throws Exception {
        byte[] other = Site.bytes(700_000);
        String old = Site.get(files, "/large.bin").sent("ETag");
        StaticFiles racing = racing(() -> site.file("large.bin", other, Site.MODIFIED.plusSeconds(5)));
        FakeResponse part = Site.get(racing, "/large.bin", "Range", "bytes=0-9", "If-Range", old);
        assertEquals(200, part.sentStatus(), "the range was of another state");
        assertArrayEquals(other, part.sentBytes());

        site.file("large.bin", LARGE, Site.MODIFIED);
        racing = racing(() -> site.file("large.bin", other, Site.MODIFIED.plusSeconds(5)));
        FakeResponse outside = Site.get(racing, "/large.bin", "Range", "bytes=800000-");
        assertEquals(416, outside.sentStatus());
        assertEquals("bytes */700000", outside.sent("Content-Range"));
    }

    @Test
    void aFileThatVanishesBeforeItIsOpenedIsMissing() throws Exception {
        StaticFiles racing = racing(() -> Files.delete(directory.resolve("large.bin")));
        assertEquals(404, Site.get(racing, "/large.bin").sentStatus());
        racing = racing(() -> Files.delete(directory.resolve("a.txt")));
        assertEquals(404, Site.get(racing, "/a.txt").sentStatus());
        racing = racing(() -> Files.delete(directory.resolve("app.js.gz")));
        FakeResponse plain = Site.get(racing, "/app.js", "Accept-Encoding", "gzip");
        assertEquals("a script that is longer", plain.sentText(), "the sibling is gone, the file is not");
    }

    /** A file that grows at every look is sent, as long as it was when it was opened, without a validator. */
    @Test
    void aFileThatNeverHoldsStillHasNoValidators() throws Exception {
        Path log = directory.resolve("busy.log");
        Files.writeString(log, "line\n");
        StaticFiles busy = new StaticFilesBuilder(() -> new Root() {
            private final Root inner = new DirectoryRoot(directory);

            @Override
            public Found find(String path) throws IOException {
                Found found = inner.find(path);
                if (!(found instanceof Source source)) {
                    return found;
                }
                return new Source() {
                    @Override
                    public Stamp stamp() {
                        return source.stamp();
                    }

                    @Override
                    public Content open(int inMemory) throws IOException {
                        Content content = source.open(inMemory);
                        content.close();
                        Content.InMemory memory = (Content.InMemory) content;
                        return new Content.InMemory(Stamp.unsettled(memory.bytes().limit()), memory.bytes());
                    }
                };
            }
        }).build();
        FakeResponse response = Site.get(busy, "/busy.log", "If-None-Match", "\"x\"", "Range", "bytes=0-1");
        assertEquals(200, response.sentStatus());
        assertEquals("line\n", response.sentText());
        assertNull(response.sent("ETag"));
        assertNull(response.sent("Last-Modified"));
        assertEquals("none", response.sent("Accept-Ranges"));
        assertNull(Site.find(busy, "/busy.log"), "what may be torn is not kept");
    }

    @Test
    void openingTriesAgainAndThenTakesItAsItIs() throws Exception {
        Root.Source source = (Root.Source) new DirectoryRoot(directory).find("a.txt");
        site.file("a.txt", "01234567890123456789");
        Content content = source.open(100);
        assertEquals(20, content.stamp().size());
        assertNotNull(content.stamp().tag());
        assertNotEquals(source.stamp(), content.stamp());
        Files.delete(directory.resolve("a.txt"));
        assertThrows(NoSuchFileException.class, () -> source.open(100));
    }

    @Test
    void aFileThatTheServerMayNotReadIs403() throws Exception {
        StaticFiles forbidden = new StaticFilesBuilder(() -> path -> {
            throw new AccessDeniedException(path);
        }).build();
        assertEquals(403, Site.get(forbidden, "/a.txt").sentStatus());
    }

    @Test
    void aFailedWriteClosesTheFile() throws Exception {
        FakeResponse response = new FakeResponse().held();
        response.handledBy(files, FakeRequest.get("/large.bin"));
        response.transferred().close(); // as an interrupt does
        response.release();
        assertInstanceOf(IOException.class, response.outcome());
    }

    @Test
    void aResponseThatRefusesTheBodyLeavesNoFileOpen() throws Exception {
        FakeResponse response = new FakeResponse();
        response.write(java.nio.ByteBuffer.allocate(0), true, Completion.NOTHING);
        assertThrows(IllegalStateException.class, () -> response.handledBy(files, FakeRequest.get("/large.bin")));
    }

    @Test
    void partsThatMeetTheEndOfTheExchangeFailAndAreNotLost() throws Exception {
        FakeResponse response = new FakeResponse().held();
        response.handledBy(files, FakeRequest.get("/large.bin", "Range", "bytes=0-1,4-5"));
        assertTrue(response.release());
        response.end();
        assertTrue(response.release());
        assertInstanceOf(IllegalStateException.class, response.outcome());
    }

    private StaticFiles racing(Change change) {
        return new StaticFilesBuilder(() -> new Root() {
            private final Root inner = new DirectoryRoot(directory);
            private boolean changed;

            @Override
            public Found find(String path) throws IOException {
                Found found = inner.find(path);
                if (!changed && path.endsWith(".gz")) { // the last sibling that is looked for: all has been looked at
                    changed = true;
                    change.run();
                }
                return found;
            }
        }).freshness(Duration.ZERO).executor(Runnable::run).build();
    }

    @FunctionalInterface
    private interface Change {
        void run() throws IOException;
    }
}
