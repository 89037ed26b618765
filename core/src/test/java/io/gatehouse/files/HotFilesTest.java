/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut.Prepared;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What lies in memory, and for how long: with a clock that the test turns, and a root that counts who asks the disk.
 */
class HotFilesTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path directory;

    private final AtomicLong clock = new AtomicLong(77);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private CountingRoot root;
    private Site site;
    private Instant wall = Instant.parse("2026-01-01T00:00:00Z");

    /** Counts looks at the disk. */
    private static final class CountingRoot implements Root {
        private final Root root;
        private int looks;
        private IOException failure;

        CountingRoot(Root root) {
            this.root = root;
        }

        @Override
        public Found find(String path) throws IOException {
            looks++;
            if (failure != null) {
                throw failure;
            }
            return root.find(path);
        }
    }

    @BeforeEach
    void site() throws Exception {
        site = new Site(directory).file("a.txt", "first").file("b.txt", "second").file("static/a.txt", "third")
                .file("app.js", "a script, long enough").file("app.js.gz", "short");
        root = new CountingRoot(new DirectoryRoot(directory));
    }

    private StaticFilesBuilder builder() {
        return new StaticFilesBuilder(() -> root).nanos(clock::get).clock(() -> wall).executor(tasks::add);
    }

    private void pass(long nanos) {
        clock.addAndGet(nanos);
    }

    private int looksOf(Action action) throws Exception {
        int before = root.looks;
        action.run();
        return root.looks - before;
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    @Test
    void theFirstRequestFillsTheMemory() throws Exception {
        StaticFiles files = builder().build();
        assertNull(Site.find(files, "/a.txt"));
        assertEquals("first", Site.get(files, "/a.txt").sentText());
        int looks = looksOf(() -> {
            for (int i = 0; i < 100; i++) {
                assertEquals("first", Site.text(Site.find(files, "/a.txt")));
                assertEquals(200, Site.find(files, FakeRequest.of("HEAD", "/a.txt")).head().status());
            }
        });
        assertEquals(0, looks);
        assertTrue(tasks.isEmpty());
    }

    @Test
    void withinTheFreshnessNobodyLooks() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/a.txt");
        site.file("a.txt", "changed");
        pass(SECOND);
        assertEquals("first", Site.text(Site.find(files, "/a.txt")));
        assertEquals(0, looksOf(() -> assertEquals("first", Site.get(files, "/a.txt").sentText())),
                "a worker trusts it too");
        assertTrue(tasks.isEmpty());
    }

    @Test
    void pastItTheCopyIsServedWhileOneLooks() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/a.txt");
        site.file("a.txt", "changed");
        pass(SECOND + 1);
        for (int i = 0; i < 10; i++) {
            assertEquals(0, looksOf(() -> assertEquals("first", Site.text(Site.find(files, "/a.txt")))));
        }
        assertEquals(1, tasks.size(), "one looks for all");
        tasks.remove().run();
        assertEquals("changed", Site.text(Site.find(files, "/a.txt")));
        assertTrue(tasks.isEmpty());
    }

    @Test
    void anUnchangedFileIsFreshAgainAndTheSameCopy() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/app.js");
        Prepared before = Site.find(files, "/app.js");
        for (int i = 0; i < 5; i++) {
            pass(SECOND + 1);
            assertSame(before, Site.find(files, "/app.js"));
            tasks.remove().run();
            assertSame(before, Site.find(files, "/app.js"));
            assertTrue(tasks.isEmpty());
        }
    }

    @Test
    void pastTwiceTheFreshnessAWorkerLooksFirst() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/a.txt");
        site.file("a.txt", "changed");
        pass(2 * SECOND);
        assertNotNull(Site.find(files, "/a.txt"));
        pass(1);
        assertNull(Site.find(files, "/a.txt"));
        assertEquals("changed", Site.get(files, "/a.txt").sentText());
        assertEquals("changed", Site.text(Site.find(files, "/a.txt")));
    }

    @Test
    void withoutFreshnessAWorkerLooksEveryTime() throws Exception {
        StaticFiles files = builder().freshness(Duration.ZERO).build();
        for (int i = 0; i < 3; i++) {
            assertTrue(looksOf(() -> assertEquals("first", Site.get(files, "/a.txt").sentText())) > 0);
            assertNull(Site.find(files, "/a.txt"));
        }
        site.file("a.txt", "changed");
        assertEquals("changed", Site.get(files, "/a.txt").sentText());
    }

    @Test
    void aFileThatVanishesIsForgotten() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/a.txt");
        Files.delete(directory.resolve("a.txt"));
        pass(SECOND + 1);
        assertNotNull(Site.find(files, "/a.txt"));
        tasks.remove().run();
        assertNull(Site.find(files, "/a.txt"));
        assertEquals(404, Site.get(files, "/a.txt").sentStatus());
    }

    @Test
    void siblingsThatComeAndGoAreSeen() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/b.txt");
        assertNull(Site.find(files, "/b.txt").head().fields().first("Vary"));
        site.file("b.txt.br", "br");
        pass(SECOND + 1);
        Site.find(files, "/b.txt");
        tasks.remove().run();
        assertEquals("br", Site.text(Site.find(files, "/b.txt", "Accept-Encoding", "br")));
        assertEquals("Accept-Encoding", Site.find(files, "/b.txt").head().fields().first("Vary"));
        Files.delete(directory.resolve("b.txt.br"));
        pass(SECOND + 1);
        Site.find(files, "/b.txt");
        tasks.remove().run();
        assertEquals("second", Site.text(Site.find(files, "/b.txt", "Accept-Encoding", "br")));
    }

    @Test
    void aLookThatFailsLeavesTheCopyUntilItIsTooOld() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/a.txt");
        pass(SECOND + 1);
        root.failure = new IOException("the disk is gone");
        assertNotNull(Site.find(files, "/a.txt"));
        tasks.remove().run();
        assertNotNull(Site.find(files, "/a.txt"));
        tasks.remove().run();
        pass(SECOND);
        assertNull(Site.find(files, "/a.txt"));
        assertThrows(IOException.class, () -> Site.get(files, "/a.txt"));
        root.failure = null;
        assertEquals("first", Site.get(files, "/a.txt").sentText());
    }

    @Test
    void anExecutorThatIsFullIsAskedAgain() throws Exception {
        boolean[] full = {true};
        StaticFiles files = builder().executor(task -> {
            if (full[0]) {
                throw new RejectedExecutionException();
            }
            tasks.add(task);
        }).build();
        Site.get(files, "/a.txt");
        pass(SECOND + 1);
        assertNotNull(Site.find(files, "/a.txt"));
        assertTrue(tasks.isEmpty());
        full[0] = false;
        assertNotNull(Site.find(files, "/a.txt"));
        assertEquals(1, tasks.size());
    }

    /** A file system counts time in steps: a file written just now may be written again within the same step. */
    @Test
    void aYoungFileIsReadAgainUntilItsTimeCanBeTrusted() throws Exception {
        site.file("a.txt", "first".getBytes(), wall);
        StaticFiles files = builder().build();
        Site.get(files, "/a.txt");
        Files.writeString(directory.resolve("a.txt"), "FIRST");
        Files.setLastModifiedTime(directory.resolve("a.txt"), java.nio.file.attribute.FileTime.from(wall));
        pass(SECOND + 1);
        Site.find(files, "/a.txt");
        tasks.remove().run();
        assertEquals("FIRST", Site.text(Site.find(files, "/a.txt")));
        wall = wall.plusSeconds(10);
        pass(SECOND + 1);
        Site.find(files, "/a.txt");
        tasks.remove().run(); // reads it a last time, and finds it old enough
        Prepared settled = Site.find(files, "/a.txt");
        pass(SECOND + 1);
        Site.find(files, "/a.txt");
        tasks.remove().run();
        assertSame(settled, Site.find(files, "/a.txt"));
    }

    @Test
    void aTimeToComeIsNotSent() throws Exception {
        site.file("a.txt", "first".getBytes(), wall.plusSeconds(100));
        FakeResponse response = Site.get(builder().build(), "/a.txt");
        assertNull(response.sent("Last-Modified"));
        assertNotNull(response.sent("ETag"));
    }

    @Test
    void onePathAtTwoPrefixesIsTwoFiles() throws Exception {
        StaticFiles files = builder().build();
        FakeRequest atRoot = FakeRequest.get("/static/a.txt");
        FakeRequest atStatic = FakeRequest.get("/static/a.txt").prefix("/static/".length());
        assertEquals("third", new FakeResponse().handledBy(files, atRoot).sentText());
        assertNull(Site.find(files, atStatic));
        assertEquals("first", new FakeResponse().handledBy(files, atStatic).sentText());
        assertEquals("third", Site.text(Site.find(files, atRoot)));
        assertEquals("first", Site.text(Site.find(files, atStatic)));
    }

    @Test
    void aLargeFileIsNotInMemoryButItsConditionsAre() throws Exception {
        site.file("large.bin", Site.bytes(FileLoader.LARGEST + 1), Site.MODIFIED)
                .file("limit.bin", Site.bytes(FileLoader.LARGEST), Site.MODIFIED);
        StaticFiles files = builder().build();
        String tag = Site.get(files, "/large.bin").sent("ETag");
        Site.get(files, "/limit.bin");
        assertNotNull(Site.find(files, "/limit.bin"));
        assertNull(Site.find(files, "/large.bin"));
        assertNull(Site.find(files, "/large.bin", "Range", "bytes=0-1"));
        assertEquals(304, Site.find(files, "/large.bin", "If-None-Match", tag).head().status());
        assertEquals(416, Site.find(files, "/large.bin", "Range", "bytes=999999-").head().status());
        Prepared head = Site.find(files, FakeRequest.of("HEAD", "/large.bin"));
        assertEquals("262145", head.head().fields().first("Content-Length"));
    }

    @Test
    void aLargeFileWithASmallSiblingHasTheSiblingInMemory() throws Exception {
        site.file("bundle.js", Site.bytes(FileLoader.LARGEST + 1), Site.MODIFIED).file("bundle.js.br", "small");
        StaticFiles files = builder().build();
        Site.get(files, "/bundle.js");
        assertEquals("small", Site.text(Site.find(files, "/bundle.js", "Accept-Encoding", "br")));
        assertNull(Site.find(files, "/bundle.js"));
    }

    @Test
    void theMemoryIsBounded() throws Exception {
        for (int i = 0; i < 50; i++) {
            site.file("many/" + i + ".bin", Site.bytes(10_000), Site.MODIFIED);
        }
        StaticFiles files = builder().hotBytes(100_000).build();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 50; i++) {
                assertEquals(10_000, Site.get(files, "/many/" + i + ".bin").sentBytes().length);
            }
        }
        long kept = 0;
        for (int i = 0; i < 50; i++) {
            kept += Site.find(files, "/many/" + i + ".bin") == null ? 0 : 1;
        }
        assertTrue(kept > 0 && kept <= 8, kept + " files of 10,000 bytes and a head in 100,000");
    }

    @Test
    void withoutMemoryEverythingStillWorks() throws Exception {
        StaticFiles files = builder().hotBytes(0).build();
        assertEquals("first", Site.get(files, "/a.txt").sentText());
        assertNull(Site.find(files, "/a.txt"));
        assertEquals("first", Site.get(files, "/a.txt").sentText());
    }

    @Test
    void missingFilesRedirectsAndPagesWithoutFilesAreLeftToWorkers() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/nothing");
        Site.get(files, "/static");
        assertNull(Site.find(files, "/nothing"));
        assertNull(Site.find(files, "/static"));
    }

    @Test
    void severalRangesAreLeftToWorkers() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/a.txt");
        assertNull(Site.find(files, "/a.txt", "Range", "bytes=0-0,2-2"));
        assertEquals("irs", Site.text(Site.find(files, "/a.txt", "Range", "bytes=1-3")));
    }

    @Test
    void whatIsSharedCannotBeWritten() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/a.txt");
        for (Prepared prepared : new Prepared[] {
            Site.find(files, "/a.txt"), Site.find(files, "/a.txt", "Range", "bytes=1-2"),
            Site.find(files, "/a.txt", "If-None-Match", "*")
        }) {
            ByteBuffer body = prepared.body();
            assertTrue(body.isReadOnly());
            assertThrows(RuntimeException.class, () -> body.duplicate().put((byte) 1));
        }
        assertThrows(ReadOnlyBufferException.class, () -> Site.find(files, "/a.txt").body().put(0, (byte) 1));
    }

    /** The way of a plain hit, with what browsers send, makes no garbage: here counted, over many hits. */
    @Test
    void aHitMakesNoGarbage() throws Exception {
        StaticFiles files = builder().build();
        Site.get(files, "/app.js");
        FakeRequest request = FakeRequest.get("/app.js", "Host", "localhost", "User-Agent", "x", "Accept", "*/*",
                "Accept-Language", "en", "Accept-Encoding", "gzip, deflate, br, zstd", "Cookie", "a=b",
                "Sec-Fetch-Mode", "cors");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int hits = 20_000;
        long found = find(files, request, hits);
        long before = threads.getCurrentThreadAllocatedBytes();
        found += find(files, request, hits);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertEquals(2L * hits, found);
        assertTrue(allocated / hits < 4, allocated + " bytes for " + hits + " hits");
    }

    private static long find(StaticFiles files, FakeRequest request, int times) {
        long found = 0;
        for (int i = 0; i < times; i++) {
            found += files.find(request.head(), request.target(), 1) == null ? 0 : 1;
        }
        return found;
    }
}
