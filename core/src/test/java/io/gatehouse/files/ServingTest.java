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
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How bytes go out: large files, many ranges, and files that do not hold still. */
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
        FakeResponse response = Site.get(later, "/large.bin");
        assertTrue(response.ended());
        assertTrue(response.transferred().isOpen());
        tasks.remove().run();
        assertFalse(response.transferred().isOpen());
    }

    @Test
    void anExecutorThatRefusesLeavesNoFileOpen() throws Exception {
        StaticFiles refusing = builder().executor(task -> {
            throw new RejectedExecutionException();
        }).build();
        assertFalse(Site.get(refusing, "/large.bin").transferred().isOpen());
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

    @Test
    void severalRangesComeInParts() throws Exception {
        FakeResponse response = Site.get(files, "/a.txt", "Range", "bytes=0-1,4-5,-1");
        assertEquals(206, response.sentStatus());
        assertEquals("multipart/byteranges; boundary=BOUNDARY", response.sent("Content-Type"));
        assertNull(response.sent("Content-Range"));
        String expected = """
                --BOUNDARY
                Content-Type: text/plain; charset=utf-8
                Content-Range: bytes 0-1/10

                01
                --BOUNDARY
                Content-Type: text/plain; charset=utf-8
                Content-Range: bytes 4-5/10

                45
                --BOUNDARY
                Content-Type: text/plain; charset=utf-8
                Content-Range: bytes 9-9/10

                9
                --BOUNDARY--
                """.replace("\n", "\r\n");
        assertEquals(expected, response.sentText());
        assertEquals(Integer.toString(expected.length()), response.sent("Content-Length"));
    }

    @Test
    void partsOfACodedSiblingSaySoThemselves() throws Exception {
        FakeResponse response = Site.get(files, "/app.js", "Accept-Encoding", "gzip", "Range", "bytes=0-1,4-5");
        assertEquals(206, response.sentStatus());
        assertNull(response.sent("Content-Encoding"), "the multipart itself is not coded");
        assertEquals("Accept-Encoding", response.sent("Vary"));
        assertTrue(response.sentText().contains("Content-Encoding: gzip\r\nContent-Range: bytes 0-1/10\r\n\r\ngz\r\n"));
        assertEquals(Integer.toString(response.sentBytes().length), response.sent("Content-Length"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void partsOfALargeFileComeFromTheOpenFile(boolean held) throws Exception {
        FakeResponse response = new FakeResponse();
        if (held) {
            response.held();
        }
        response.handledBy(files, FakeRequest.get("/large.bin", "Range", "bytes=0-99,500000-500999,-7"));
        int steps = 0;
        while (held && response.release()) {
            steps++;
        }
        assertEquals(held ? 7 : 0, steps);
        assertNull(response.outcome());
        assertFalse(response.transferred().isOpen());
        byte[] body = response.sentBytes();
        assertEquals(Integer.toString(body.length), response.sent("Content-Length"));
        String text = new String(body, StandardCharsets.ISO_8859_1);
        for (int[] range : new int[][] {{0, 100}, {500_000, 501_000}, {999_993, 1_000_000}}) {
            String part = new String(Arrays.copyOfRange(LARGE, range[0], range[1]), StandardCharsets.ISO_8859_1);
            String head = "Content-Range: bytes " + range[0] + '-' + (range[1] - 1) + "/1000000\r\n\r\n";
            assertTrue(text.contains(head + part + "\r\n--BOUNDARY"), head);
        }
    }

    @Test
    void aFailureBetweenPartsEndsTheAnswerOnce() throws Exception {
        FakeResponse response = new FakeResponse().held();
        response.handledBy(files, FakeRequest.get("/large.bin", "Range", "bytes=0-99,500000-500999"));
        assertTrue(response.release());
        try (FileChannel cut = FileChannel.open(directory.resolve("large.bin"), StandardOpenOption.WRITE)) {
            cut.truncate(50);
        }
        assertTrue(response.release());
        assertInstanceOf(EOFException.class, response.outcome());
        assertFalse(response.release(), "nothing more is written");
        assertFalse(response.transferred().isOpen());
    }

    @Test
    void manyRangesAreAnsweredWithTheWhole() throws Exception {
        StringBuilder many = new StringBuilder("bytes=0-0");
        for (int i = 1; i < 200; i++) {
            many.append(',').append(3 * i).append('-').append(3 * i);
        }
        FakeResponse response = Site.get(files, "/large.bin", "Range", many.toString());
        assertEquals(200, response.sentStatus());
        assertEquals(LARGE.length, response.sentBytes().length);
    }

    @Test
    void boundariesAreNeverTheSame() throws Exception {
        StaticFiles real = StaticFiles.of(directory).build();
        String one = Site.get(real, "/a.txt", "Range", "bytes=0-0,2-2").sent("Content-Type");
        String two = Site.get(real, "/a.txt", "Range", "bytes=0-0,2-2").sent("Content-Type");
        assertNotEquals(one, two);
        assertTrue(one.matches("multipart/byteranges; boundary=[0-9a-f]{32}"), one);
    }

    @Test
    void fieldsOfThoseInFrontStay() throws Exception {
        FakeResponse response = new FakeResponse();
        response.field("X-Frame-Options", "DENY").field("Vary", "Origin").field("Content-Type", "overwritten");
        response.handledBy(files, FakeRequest.get("/app.js"));
        assertEquals("DENY", response.sent("X-Frame-Options"));
        assertEquals("Origin, Accept-Encoding", response.sent("Vary"));
        assertEquals("text/javascript; charset=utf-8", response.sent("Content-Type"));
    }

    /** A sibling that is older, or not smaller, was made of another state of the file. */
    @Test
    void siblingsMustBeSmallerAndNotOlder() throws Exception {
        Instant older = Site.MODIFIED.minusNanos(1000);
        site.file("x.css", "0123456789").file("x.css.gz", "0123456789").file("x.css.br", "012".getBytes(), older)
                .file("x.css.zst", "0123");
        FakeResponse response = Site.get(files, "/x.css", "Accept-Encoding", "gzip, br, zstd");
        assertEquals("zstd", response.sent("Content-Encoding"));
        site.file("x.css.zst", "01234567890");
        response = Site.get(files, "/x.css", "Accept-Encoding", "gzip, br, zstd");
        assertNull(response.sent("Content-Encoding"));
        assertNull(response.sent("Vary"), "there is nothing to choose from");
        site.file("x.css.gz", "01234".getBytes(), Site.MODIFIED.plusSeconds(1)).file("x.css.br",
                "0123").file("x.css.zst", "012");
        assertEquals("zstd", Site.get(files, "/x.css", "Accept-Encoding", "gzip, br, zstd").sent("Content-Encoding"),
                "the smallest of those that are liked alike");
    }

    @Test
    void aSiblingAloneIsNoFileAndAFileThatIsCompressedHasNone() throws Exception {
        site.file("only.js.gz", "x").file("y.gz", "0123456789").file("y.gz.br", "0123");
        assertEquals(404, Site.get(files, "/only.js", "Accept-Encoding", "gzip").sentStatus());
        FakeResponse direct = Site.get(files, "/only.js.gz", "Accept-Encoding", "gzip");
        assertEquals("application/gzip", direct.sent("Content-Type"));
        assertNull(direct.sent("Content-Encoding"));
        assertNull(Site.get(files, "/y.gz", "Accept-Encoding", "br").sent("Content-Encoding"));
        assertNull(Site.get(builder().precompressed(false).build(), "/app.js", "Accept-Encoding", "gzip").sent("Vary"));
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
