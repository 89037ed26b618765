/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static io.gatehouse.files.ZippedSite.SECOND;
import static io.gatehouse.files.ZippedSite.TEXT;
import static io.gatehouse.files.ZippedSite.ZIP;
import static io.gatehouse.files.ZippedSite.bytes;
import static io.gatehouse.files.ZippedSite.coding;
import static io.gatehouse.files.ZippedSite.noise;
import static io.gatehouse.files.ZippedSite.unzipped;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CachePolicy;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.handler.Shortcut.Prepared;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hot files that are put into gzip: once for each state of the file, and gone with it. */
@Timeout(120)
class ZippedTimesTest {

    @TempDir
    Path directory;

    private ZippedSite site;

    @BeforeEach
    void site() throws Exception {
        site = new ZippedSite(directory);
    }

    @Test
    void whatSavesTooLittleIsTriedOnceForEachStateOfTheFile() throws Exception {
        site.file("a.css", noise(2000, 1), Site.MODIFIED);
        StaticFiles files = site.builder().build();
        Site.get(files, "/a.css", ZIP);
        long bytes = site.cache.bytes();
        assertEquals(1, site.runTasks());
        assertEquals(bytes, site.cache.bytes());
        for (int i = 0; i < 3; i++) {
            assertEquals("null", coding(Site.find(files, "/a.css", ZIP)));
            assertEquals(0, site.tasks.size());
            Site.get(files, "/a.css", ZIP);
            assertEquals(0, site.tasks.size());
            site.nanos.addAndGet(SECOND + 1);
            Site.find(files, "/a.css", ZIP);
            assertEquals(1, site.runTasks(), "it is looked at, no more");
        }
        site.file("a.css", noise(1999, 2), Site.MODIFIED);
        site.nanos.addAndGet(SECOND + 1);
        Site.find(files, "/a.css", ZIP);
        assertEquals(1, site.runTasks(), "it is read");
        Site.find(files, "/a.css", ZIP);
        assertEquals(1, site.runTasks(), "and tried");
        site.file("a.css", TEXT);
        site.nanos.addAndGet(SECOND + 1);
        Site.find(files, "/a.css", ZIP);
        site.runTasks();
        Site.find(files, "/a.css", ZIP);
        assertEquals(1, site.runTasks());
        assertEquals("gzip", coding(Site.find(files, "/a.css", ZIP)));
    }

    @Test
    void anUnchangedFileKeepsIt() throws Exception {
        StaticFiles files = site.builder().build();
        Prepared ready = site.zipped(files, "/a.css");
        for (int i = 0; i < 4; i++) {
            site.nanos.addAndGet(SECOND + 1);
            assertSame(ready, Site.find(files, "/a.css", ZIP));
            assertEquals(1, site.runTasks(), "one looks");
            assertSame(ready, Site.find(files, "/a.css", ZIP));
            assertEquals(0, site.tasks.size());
        }
        site.nanos.addAndGet(3 * SECOND);
        assertNull(Site.find(files, "/a.css", ZIP));
        assertEquals(TEXT, unzipped(Site.get(files, "/a.css", ZIP).sentBytes()));
        assertSame(ready, Site.find(files, "/a.css", ZIP));
    }

    @Test
    void aChangedFileLosesItAndGetsAnother() throws Exception {
        StaticFiles files = site.builder().build();
        String old = site.zipped(files, "/a.css").head().fields().first("ETag");
        site.file("a.css", TEXT + "changed");
        site.nanos.addAndGet(SECOND + 1);
        assertEquals(TEXT, unzipped(bytes(Site.find(files, "/a.css", ZIP))), "while one looks");
        assertEquals(1, site.runTasks());
        Prepared plain = Site.find(files, "/a.css", ZIP);
        assertEquals(TEXT + "changed", Site.text(plain));
        assertEquals(200, Site.find(files, "/a.css", ZIP[0], ZIP[1], "If-None-Match", old).head().status());
        assertEquals(1, site.runTasks());
        Prepared anew = Site.find(files, "/a.css", ZIP[0], ZIP[1], "If-None-Match", old);
        assertEquals(TEXT + "changed", unzipped(bytes(anew)));
        assertNotEquals(old, anew.head().fields().first("ETag"));
    }

    @Test
    void aCheckThatRunsWhileItIsMadeCounts() throws Exception {
        StaticFiles files = site.builder().build();
        Site.get(files, "/a.css", ZIP); // it is to be made
        site.nanos.addAndGet(SECOND + 1);
        Site.find(files, "/a.css"); // it is to be looked at
        assertEquals(2, site.tasks.size());
        assertEquals(2, site.runTasks());
        assertEquals("gzip", coding(Site.find(files, "/a.css", ZIP)), "it was replaced before the look");
        assertEquals(0, site.tasks.size(), "and the look was for both");
    }

    @Test
    void whatChangedBeforeItWasMadeIsNotOverwritten() throws Exception {
        StaticFiles files = site.builder().build();
        Site.get(files, "/a.css", ZIP);
        Runnable late = site.tasks.remove();
        site.file("a.css", TEXT + "new");
        site.nanos.addAndGet(3 * SECOND);
        assertEquals(TEXT + "new", Site.get(files, "/a.css").sentText());
        late.run();
        assertEquals("null", coding(Site.find(files, "/a.css", ZIP)));
        assertEquals(1, site.runTasks(), "the new state is another matter");
        assertEquals(TEXT + "new", unzipped(bytes(Site.find(files, "/a.css", ZIP))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"purge", "expire", "prefix", "clear", "close"})
    void aPurgeDropsItAndWhatWasToBeMade(String how) throws Exception {
        StaticFiles files = site.builder().build();
        for (boolean made : new boolean[] {true, false}) {
            Site.get(files, "/a.css", ZIP);
            if (made) {
                site.runTasks();
                assertEquals("gzip", coding(Site.find(files, "/a.css", ZIP)));
            }
            switch (how) {
                case "purge" -> assertEquals(1, site.cache.purge("/a.css"));
                case "expire" -> assertEquals(1, site.cache.expire("http://any.example/a.css"));
                case "prefix" -> assertEquals(1, site.cache.purgePrefix("/"));
                case "clear" -> site.cache.clear();
                default -> files.close();
            }
            assertEquals(0, site.cache.bytes());
            assertNull(Site.find(files, "/a.css", ZIP));
            site.runTasks();
            assertEquals(0, site.cache.bytes(), "what was to be made is not kept any more");
            assertNull(Site.find(files, "/a.css", ZIP));
        }
    }

    @Test
    void siblingsAreTakenAsTheyAreAndMoreIsNotMade() throws Exception {
        site.file("a.css.gz", "as it is");
        StaticFiles files = site.builder().build();
        Site.get(files, "/a.css", ZIP);
        assertEquals(0, site.tasks.size());
        assertEquals("as it is", Site.text(Site.find(files, "/a.css", ZIP)));
        Files.delete(directory.resolve("a.css.gz"));
        site.nanos.addAndGet(SECOND + 1);
        Site.find(files, "/a.css", ZIP);
        site.runTasks();
        Site.find(files, "/a.css", ZIP);
        assertEquals(1, site.runTasks(), "there is none any more");
        assertEquals(TEXT, unzipped(bytes(Site.find(files, "/a.css", ZIP))));
        site.file("a.css.gz", "again");
        site.nanos.addAndGet(SECOND + 1);
        Site.find(files, "/a.css", ZIP);
        assertEquals(1, site.runTasks());
        assertEquals("again", Site.text(Site.find(files, "/a.css", ZIP)));
        assertEquals(0, site.tasks.size());
    }

    @Test
    void aSiblingThatIsOlderThanItsFileIsNone() throws Exception {
        site.file("a.css.gz", "old".getBytes(StandardCharsets.UTF_8), Site.MODIFIED.minusSeconds(1));
        assertEquals(TEXT, unzipped(bytes(site.zipped(site.builder().build(), "/a.css"))));
    }

    @Test
    void besideOtherSiblingsItIsForWhoWouldRatherHaveIt() throws Exception {
        site.file("a.css.br", "brotli").file("a.css.zst", "zstandard");
        StaticFiles files = site.builder().build();
        Site.get(files, "/a.css", "Accept-Encoding", "gzip, br");
        assertEquals(0, site.tasks.size(), "that client has what it wants");
        assertEquals("brotli", Site.text(Site.find(files, "/a.css", "Accept-Encoding", "gzip, br")));
        assertEquals("brotli", Site.text(Site.find(files, "/a.css", "Accept-Encoding", "gzip;q=0.1, br;q=0.5")));
        assertEquals("brotli", Site.text(Site.find(files, "/a.css", "Accept-Encoding", "gzip, br;q=0.5")));
        assertEquals(1, site.runTasks(), "the last of them would have taken gzip");
        String[][] table = {
            {"gzip", "gzip"}, {"gzip, br", "br"}, {"gzip;q=0.1, br;q=0.5", "br"}, {"gzip, br;q=0.5", "gzip"}, {"zstd", "zstd"},
            {"zstd;q=0.2, gzip;q=0.3", "gzip"}, {"*", "br"}, {"br;q=0, *", "zstd"}, {"br;q=0, zstd;q=0, *", "gzip"}, {"", "null"},
        };
        for (String[] row : table) {
            assertEquals(row[1], coding(Site.find(files, "/a.css", "Accept-Encoding", row[0])), row[0]);
        }
        Prepared ready = Site.find(files, "/a.css", ZIP);
        site.nanos.addAndGet(SECOND + 1);
        Site.find(files, "/a.css");
        site.runTasks();
        assertSame(ready, Site.find(files, "/a.css", ZIP), "the siblings are still the same");
        Files.delete(directory.resolve("a.css.zst"));
        site.nanos.addAndGet(SECOND + 1);
        Site.find(files, "/a.css");
        site.runTasks();
        assertEquals("br", coding(Site.find(files, "/a.css", "Accept-Encoding", "br, zstd")));
        assertEquals("null", coding(Site.find(files, "/a.css", ZIP)), "all of it was read anew");
    }

    @Test
    void anExecutorThatIsFullIsAskedAgain() throws Exception {
        boolean[] full = {true};
        StaticFiles files = site.builder().executor(task -> {
            if (full[0]) {
                throw new RejectedExecutionException();
            }
            site.tasks.add(task);
        }).build();
        assertEquals(TEXT, Site.get(files, "/a.css", ZIP).sentText());
        assertEquals(TEXT, Site.text(Site.find(files, "/a.css", ZIP)));
        full[0] = false;
        assertEquals(TEXT, Site.text(Site.find(files, "/a.css", ZIP)));
        assertEquals(1, site.runTasks());
        assertEquals("gzip", coding(Site.find(files, "/a.css", ZIP)));
    }

    /** It would be read again with the next look, and put into gzip again each time. */
    @Test
    void aYoungFileIsLeftUntilItHoldsStill() throws Exception {
        site.file("a.css", TEXT.getBytes(StandardCharsets.UTF_8), site.wall);
        StaticFiles files = site.builder().build();
        assertEquals("Accept-Encoding", Site.get(files, "/a.css", ZIP).sent("Vary"));
        Site.find(files, "/a.css", ZIP);
        assertEquals(0, site.tasks.size());
        site.wall = site.wall.plusSeconds(10);
        site.nanos.addAndGet(SECOND + 1);
        Site.find(files, "/a.css", ZIP);
        assertEquals(1, site.runTasks(), "it is read a last time");
        Site.find(files, "/a.css", ZIP);
        assertEquals(1, site.runTasks());
        assertEquals("gzip", coding(Site.find(files, "/a.css", ZIP)));
    }

    @Test
    void filesThatMoveIntoAMemoryKeepTheSetting() throws Exception {
        StaticFiles files = StaticFiles.of(directory).gzip(true).clock(() -> site.wall).nanos(site.nanos::get).executor(site.tasks::add).build();
        site.zipped(files.within(site.cache), "/a.css");
        assertTrue(site.cache.bytes() > 0);
        site.zipped(files, "/a.css");
    }

    @Test
    void behindACachedRouteItIsHeldOnce() throws Exception {
        StaticFiles files = site.builder().build();
        CachePolicy policy = CachePolicy.forDuration(Duration.ofHours(1)).withGzip(true);
        AsyncHandler cached = site.cache.around("files", files, policy);
        for (int i = 0; i < 2; i++) {
            new FakeResponse().handledBy(cached, FakeRequest.get("/a.css", ZIP));
            site.runTasks();
        }
        FakeRequest request = FakeRequest.get("/a.css", ZIP);
        Prepared ready = ((Shortcut) cached).find(request.head(), request.target(), 1);
        assertSame(Site.find(files, "/a.css", ZIP), ready);
        assertEquals(0, site.cache.countersByRoute().get("files").stored());
        assertEquals(2L, site.cache.countersByRoute().get("files").refused().get("held-elsewhere"));
    }

    @Test
    void whatHasNoRoomForItIsServedAsItIs() throws Exception {
        site.file("a.css", noise(4000, 3), Site.MODIFIED);
        byte[] text = new byte[4000];
        System.arraycopy(noise(3000, 3), 0, text, 0, 3000);
        site.file("a.css", text, Site.MODIFIED);
        StaticFiles files = site.builder().hotBytes(8_000).build();
        for (int i = 0; i < 5; i++) {
            FakeResponse response = Site.get(files, "/a.css", ZIP);
            assertTrue(response.sent("Content-Encoding") == null ? response.sentBytes().length == 4000
                    : response.sentBytes().length < 3600);
            site.runTasks();
        }
        assertArrayEquals(text, Site.get(files, "/a.css").sentBytes());
    }

    /** However many ask at the same time, one is chosen to make it. */
    @Test
    void manyWhoAskAtOnceStartOne() throws Exception {
        StaticFiles files = site.builder().build();
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 200; round++) {
                site.cache.purge("/a.css");
                Site.get(files, "/a.css");
                CyclicBarrier together = new CyclicBarrier(4);
                Future<?>[] all = new Future<?>[4];
                for (int i = 0; i < all.length; i++) {
                    all[i] = clients.submit(() -> {
                        together.await(60, TimeUnit.SECONDS);
                        assertNotNull(Site.find(files, "/a.css", ZIP));
                        return null;
                    });
                }
                for (Future<?> each : all) {
                    each.get(60, TimeUnit.SECONDS);
                }
                assertEquals(1, site.runTasks(), "round " + round);
            }
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void ofItselfItTakesAThreadOfItsOwn() throws Exception {
        StaticFiles files = StaticFiles.of(directory).cache(site.cache).gzip(true).freshness(Duration.ofDays(1)).build();
        Site.get(files, "/a.css", ZIP);
        Prepared ready = Site.find(files, "/a.css", ZIP);
        while (!coding(ready).equals("gzip")) { // the test's time limit ends it if it never is
            Thread.onSpinWait();
            ready = Site.find(files, "/a.css", ZIP);
        }
        assertEquals(TEXT, unzipped(bytes(ready)));
    }
}
