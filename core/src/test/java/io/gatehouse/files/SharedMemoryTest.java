/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.LiveHeap;
import io.gatehouse.cache.CacheMemory;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.handler.Shortcut.Prepared;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Hot files and kept answers in one memory: one bound, one purge, nothing twice. */
class SharedMemoryTest {

    private static final long SECOND = 1_000_000_000L;
    private static final int BOUND = 400_000;
    private static final CachePolicy HOUR = CachePolicy.forDuration(Duration.ofHours(1));

    @TempDir
    Path directory;

    private final AtomicLong nanos = new AtomicLong(5);
    private final AtomicLong millis = new AtomicLong(1_700_000_000_000L);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final OutputCache cache = OutputCache.of(BOUND, millis::get, tasks::add);
    private Site site;

    @BeforeEach
    void site() throws Exception {
        site = new Site(directory).file("a.txt", "first").file("static/b.txt", "second").file("static/c.txt", "third")
                .file("static.txt", "fourth");
    }

    private StaticFilesBuilder builder() {
        return StaticFiles.of(directory).nanos(nanos::get).clock(() -> Instant.parse("2026-01-01T00:00:00Z"))
                .executor(tasks::add);
    }

    private static boolean isHot(Shortcut files, String path) {
        FakeRequest request = FakeRequest.get(path);
        return files.find(request.head(), request.target(), 1) != null;
    }

    private static FakeResponse get(AsyncHandler handler, String path, String... fields) throws Exception {
        return new FakeResponse().handledBy(handler, FakeRequest.get(path, fields));
    }

    @Test
    void theBoundIsOneForFilesAndAnswers() throws Exception {
        for (int i = 0; i < 60; i++) {
            site.file("many/" + i + ".bin", Site.bytes(10_000), Site.MODIFIED);
        }
        StaticFiles files = builder().cache(cache).build();
        AsyncHandler pages = cache.around("pages", AsyncHandler.of((q, r) -> r.send(Site.bytes(10_000))), HOUR);
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 60; i++) {
                assertEquals(10_000, get(files, "/many/" + i + ".bin").sentBytes().length);
                assertEquals(10_000, get(pages, "/page/" + i).sentBytes().length);
                assertTrue(cache.bytes() <= BOUND * 1.1, () -> "" + cache.bytes());
            }
        }
        int hot = 0;
        int kept = 0;
        for (int i = 0; i < 60; i++) {
            hot += isHot(files, "/many/" + i + ".bin") ? 1 : 0;
            kept += isHot((Shortcut) pages, "/page/" + i) ? 1 : 0;
        }
        assertTrue(hot > 3 && kept > 3, hot + " files and " + kept + " pages share it");
        assertTrue((hot + kept) * 10_000 <= BOUND, hot + " files and " + kept + " pages");
        assertTrue((hot + kept) * 10_000 >= BOUND * 0.7, "it is used: " + hot + " files and " + kept + " pages");
        assertTrue(cache.evictions() > 0);
    }

    @Test
    void whatIsAskedForOftenDrivesOutTheRestWhicheverItIs() throws Exception {
        for (int i = 0; i < 30; i++) {
            site.file("hot/" + i + ".bin", Site.bytes(10_000), Site.MODIFIED);
        }
        StaticFiles files = builder().cache(cache).build();
        AsyncHandler pages = cache.around("pages", AsyncHandler.of((q, r) -> r.send(Site.bytes(10_000))), HOUR);
        for (int i = 0; i < 40; i++) {
            get(pages, "/page/" + i);
        }
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 30; i++) {
                if (!isHot(files, "/hot/" + i + ".bin")) {
                    get(files, "/hot/" + i + ".bin");
                }
            }
        }
        int hot = 0;
        for (int i = 0; i < 30; i++) {
            hot += isHot(files, "/hot/" + i + ".bin") ? 1 : 0;
        }
        assertTrue(hot >= 27, hot + " of the 30 favourites");
    }

    /** What a file's copy claims is about what the heap holds for it. */
    @ParameterizedTest
    @CsvSource({"0, 0, plain", "500, 0, plain", "3000, 1, plain", "2000, 0, zipped"})
    void theWeightOfACopyIsAboutWhatItTakes(int size, int siblings, String how) throws Exception {
        int count = 1500;
        for (int i = 0; i < count; i++) {
            site.file("w/" + i + ".txt", Site.bytes(size), Site.MODIFIED);
            if (siblings > 0) {
                site.file("w/" + i + ".txt.br", Site.bytes(size / 2), Site.MODIFIED);
            }
        }
        OutputCache large = OutputCache.of(1L << 30, millis::get, tasks::add);
        StaticFiles files = builder().cache(large).gzip(how.equals("zipped")).build();
        get(files, "/a.txt");
        touch(files, "/a.txt");
        long before = LiveHeap.bytes();
        long claimedBefore = large.bytes();
        for (int i = 0; i < count; i++) {
            get(files, "/w/" + i + ".txt");
            touch(files, "/w/" + i + ".txt");
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
                touch(files, "/w/" + i + ".txt");
            }
        }
        long heap = LiveHeap.bytes() - before;
        long claimed = large.bytes() - claimedBefore;
        String found = "files of " + size + " bytes with " + siblings + " siblings, " + how + ": each " + heap / count + " bytes of heap, "
                + claimed / count + " claimed";
        System.out.println(found);
        assertTrue(heap <= claimed * 1.1 + (200 << 10), found);
        assertTrue(heap >= claimed * 0.7 - (200 << 10), found);
    }

    /** Asks for all that is prepared, encoded as a transport would. */
    private static void touch(StaticFiles files, String path) {
        String tag = Site.find(files, path).head().fields().first("ETag");
        for (Prepared each : new Prepared[] {
            Site.find(files, path), Site.find(files, path, "Accept-Encoding", "br, gzip"), Site.find(files, path, "If-None-Match", tag)
        }) {
            each.head().encoded(head -> new byte[150]);
        }
    }

    private void assertPurged(StaticFiles files, ToIntFunction<OutputCache> purge, int count, String... gone) throws Exception {
        for (String path : new String[] {"/a.txt", "/static/b.txt", "/static/c.txt", "/static.txt"}) {
            get(files, path);
            assertTrue(isHot(files, path));
        }
        assertEquals(count, purge.applyAsInt(cache));
        for (String path : gone) {
            assertFalse(isHot(files, path), path);
        }
        int left = 0;
        for (String path : new String[] {"/a.txt", "/static/b.txt", "/static/c.txt", "/static.txt"}) {
            left += isHot(files, path) ? 1 : 0;
        }
        assertEquals(4 - count, left);
    }

    @Test
    void aPurgeMakesTheNextRequestLookAtTheFile() throws Exception {
        StaticFiles files = builder().cache(cache).build();
        assertPurged(files, c -> c.purge("/a.txt"), 1, "/a.txt");
        assertPurged(files, c -> c.purge("http://any.example/a.txt?x=1"), 1, "/a.txt");
        assertPurged(files, c -> c.expire("/a.txt"), 1, "/a.txt");
        assertPurged(files, c -> c.purgePrefix("/static/"), 2, "/static/b.txt", "/static/c.txt");
        assertPurged(files, c -> c.purgePrefix("/static"), 3, "/static.txt");
        assertPurged(files, c -> c.expirePrefix("https://any.example/static/"), 2, "/static/b.txt");
        assertPurged(files, c -> c.purgePrefix("/a.txt?"), 1, "/a.txt");
        assertPurged(files, c -> c.purgePrefix("/a?x=1"), 0);
        assertPurged(files, c -> c.purgeTag("a.txt"), 0);
        assertPurged(files, c -> {
            c.clear();
            return 4;
        }, 4);
        site.file("a.txt", "changed");
        assertEquals("changed", get(files, "/a.txt").sentText());
        site.file("a.txt", "again");
        assertEquals("changed", get(files, "/a.txt").sentText(), "fresh for a second");
        cache.purge("/a.txt");
        assertEquals("again", get(files, "/a.txt").sentText(), "but not past a purge");
    }

    /** A root under which the file changes and is purged just when it has been read. */
    private final class PurgingRoot implements Root {
        private final Root root = new DirectoryRoot(directory);
        private Runnable meanwhile = () -> { };

        @Override
        public Found find(String path) throws IOException {
            Found found = root.find(path);
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
                    meanwhile.run();
                    return content;
                }
            };
        }
    }

    @Test
    void whatWasReadBeforeAPurgeIsNotKeptAfterIt() throws Exception {
        PurgingRoot root = new PurgingRoot();
        StaticFiles files = new StaticFilesBuilder(() -> root).nanos(nanos::get).executor(tasks::add).cache(cache).build();
        root.meanwhile = () -> {
            try {
                site.file("a.txt", "changed");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            cache.purgePrefix("/");
        };
        assertEquals("first", get(files, "/a.txt").sentText(), "it was asked for before the purge");
        root.meanwhile = () -> { };
        assertFalse(isHot(files, "/a.txt"));
        assertEquals("changed", get(files, "/a.txt").sentText());
        assertTrue(isHot(files, "/a.txt"));
        nanos.addAndGet(SECOND + 1);
        root.meanwhile = () -> cache.purge("/a.txt");
        assertTrue(isHot(files, "/a.txt"), "while one looks");
        site.file("a.txt", "in the background");
        tasks.remove().run();
        assertFalse(isHot(files, "/a.txt"));
    }

    @Test
    void anUnsafeMethodOnAPathDropsItsFile() throws Exception {
        StaticFiles files = builder().cache(cache).build();
        AsyncHandler editor = cache.around("editor", AsyncHandler.of((q, r) -> r.status(204)), CachePolicy.asHeadersSay());
        get(files, "/a.txt");
        get(files, "/static.txt");
        new FakeResponse().handledBy(editor, FakeRequest.of("PUT", "/a.txt"));
        assertFalse(isHot(files, "/a.txt"));
        assertTrue(isHot(files, "/static.txt"));
    }

    /** What a request with the method PURGE drops is gone for the next one, wherever it lay. */
    @Test
    void theMethodPurgeDropsHotFilesBehindTheRouteToo() throws Exception {
        site.file("large.bin", Site.bytes(FileLoader.LARGEST + 1), Site.MODIFIED);
        OutputCache roomy = OutputCache.of(64 << 20, millis::get, Runnable::run);
        StaticFiles files = builder().cache(roomy).build();
        AsyncHandler cached = roomy.around("files", files, HOUR.withMayPurge(request -> true));
        for (String path : new String[] {"/a.txt", "/large.bin", "/static.txt"}) {
            get(cached, path);
            assertTrue(isHot((Shortcut) cached, path), path);
        }
        assertEquals("1 purged\n", new FakeResponse().handledBy(cached, FakeRequest.of("PURGE", "/a.txt")).sentText());
        assertFalse(isHot((Shortcut) cached, "/a.txt"));
        FakeResponse large = new FakeResponse().handledBy(cached, FakeRequest.of("PURGE", "/large.bin?"));
        assertEquals("1 purged\n", large.sentText(), "what the files know of it; the route keeps it under another query");
        assertEquals("1 purged\n", new FakeResponse().handledBy(cached, FakeRequest.of("PURGE", "/large.bin")).sentText());
        assertFalse(isHot((Shortcut) cached, "/large.bin"));
        assertTrue(isHot((Shortcut) cached, "/static.txt"));
    }

    @Test
    void aHotFileBehindACachedRouteIsNotHeldTwice() throws Exception {
        site.file("large.bin", Site.bytes(FileLoader.LARGEST + 1), Site.MODIFIED);
        OutputCache roomy = OutputCache.of(64 << 20, millis::get, Runnable::run);
        StaticFiles files = builder().cache(roomy).build();
        AsyncHandler cached = roomy.around("files", files, CachePolicy.forDuration(Duration.ofHours(1)));
        get(cached, "/a.txt");
        assertEquals(0, roomy.countersByRoute().get("files").stored());
        assertEquals(1, roomy.countersByRoute().get("files").refused().get("held-elsewhere"));
        assertTrue(isHot((Shortcut) cached, "/a.txt"));
        get(cached, "/large.bin");
        assertEquals(1, roomy.countersByRoute().get("files").stored(), "what is too large to be hot is the cache's");
        assertTrue(isHot((Shortcut) cached, "/large.bin"));
        nanos.addAndGet(3 * SECOND);
        assertFalse(isHot((Shortcut) cached, "/a.txt"));
        assertEquals("first", get(cached, "/a.txt").sentText());
        assertEquals(1, roomy.countersByRoute().get("files").stored());
    }

    @Test
    void filesWithoutMemoryLeaveItToTheCachedRoute() throws Exception {
        StaticFiles files = builder().hotBytes(0).build();
        AsyncHandler cached = cache.around("files", files, HOUR);
        get(cached, "/a.txt");
        assertEquals(1, cache.counters().stored());
        assertTrue(isHot((Shortcut) cached, "/a.txt"));
    }

    @Test
    void filesMoveIntoAMemoryUnlessTheyHaveTheirOwn() throws Exception {
        StaticFiles standalone = builder().build();
        StaticFiles shared = standalone.within(cache);
        assertNotSame(standalone, shared);
        assertSame(shared, shared.within(OutputCache.of(1)));
        StaticFiles own = builder().hotBytes(5_000_000).build();
        assertSame(own, own.within(cache));
        StaticFiles given = builder().cache(cache).build();
        assertSame(given, given.within(OutputCache.of(1)));
        assertEquals(0, cache.bytes());
        get(standalone, "/a.txt");
        assertTrue(isHot(standalone, "/a.txt"));
        assertEquals(0, cache.bytes());
        get(shared, "/a.txt");
        assertTrue(isHot(shared, "/a.txt"));
        long one = cache.bytes();
        assertTrue(one > 0);
        get(given, "/a.txt");
        assertEquals(2 * one, cache.bytes(), "each has its own shelf");
        cache.purge("/a.txt");
        assertEquals(0, cache.bytes());
        assertTrue(isHot(standalone, "/a.txt"));
        assertEquals(shared.toString(), standalone.toString());
    }

    @Test
    void theLastOfCacheAndBoundCounts() throws Exception {
        StaticFiles bounded = builder().cache(cache).hotBytes(1_000_000).build();
        get(bounded, "/a.txt");
        assertEquals(0, cache.bytes());
        StaticFiles shared = builder().hotBytes(1).cache(cache).build();
        get(shared, "/a.txt");
        assertTrue(cache.bytes() > 0);
    }

    @Test
    void closedFilesServeFromTheDisk() throws Exception {
        StaticFiles files = builder().cache(cache).build();
        get(files, "/a.txt");
        files.close();
        files.close();
        assertEquals(0, cache.bytes());
        assertEquals("first", get(files, "/a.txt").sentText());
        assertFalse(isHot(files, "/a.txt"));
        assertEquals(0, cache.bytes());
        cache.purge("/a.txt");
    }

    @ParameterizedTest
    @EnumSource(CacheMemory.class)
    void copiesLieWhereTheCacheSays(CacheMemory memory) throws Exception {
        site.file("empty.txt", "").file("a.txt.gz", "abc");
        OutputCache placed = OutputCache.of(BOUND, memory, millis::get, tasks::add);
        StaticFiles files = builder().cache(placed).build();
        get(files, "/a.txt");
        get(files, "/empty.txt");
        for (String coding : new String[] {"identity", "gzip"}) {
            Prepared found = Site.find(files, "/a.txt", "Accept-Encoding", coding);
            assertEquals(memory == CacheMemory.DIRECT, found.body().isDirect());
            assertTrue(found.body().isReadOnly());
            assertEquals(coding.equals("gzip") ? "abc" : "first", Site.text(found));
        }
        assertEquals("irs", Site.text(Site.find(files, "/a.txt", "Range", "bytes=1-3")));
        assertEquals(0, Site.find(files, "/empty.txt").body().remaining());
    }

    @Test
    void foldersAndTheirIndexAreOnePathEach() throws Exception {
        site.file("docs/index.html", "page");
        StaticFiles files = builder().cache(cache).build();
        get(files, "/docs/");
        get(files, "/docs/index.html");
        assertNotNull(Site.find(files, "/docs/"));
        assertEquals(1, cache.purge("/docs/index.html"));
        assertNotNull(Site.find(files, "/docs/"));
        assertEquals(1, cache.purgePrefix("/docs/"));
        assertNull(Site.find(files, "/docs/"));
    }
}
