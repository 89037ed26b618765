/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CacheCounters;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the cache counts of hot files: each request once, by what became of it. */
@Timeout(60)
class FileCountersTest {

    private static final long SECOND = 1_000_000_000L;

    @TempDir
    Path directory;

    private final AtomicLong nanos = new AtomicLong(3);
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final OutputCache cache = OutputCache.of(4 << 20, () -> 1_700_000_000_000L, tasks::add);
    private CacheCounters before = CacheCounters.ZERO;
    private Site site;

    @BeforeEach
    void site() throws Exception {
        site = new Site(directory).file("a.txt", "first").file("sub/index.html", "page").file("b.txt", "x".repeat(2_000));
    }

    private StaticFilesBuilder builder() {
        return StaticFiles.of(directory).cache(cache).nanos(nanos::get).clock(() -> Instant.parse("2026-01-01T00:00:00Z"))
                .executor(tasks::add);
    }

    /** As a server does: from memory, else by a worker. */
    private static int ask(AsyncHandler handler, FakeRequest request) throws Exception {
        Shortcut.Prepared ready = ((Shortcut) handler).find(request.head(), request.target(), request.prefixLength());
        return ready != null ? ready.head().status() : new FakeResponse().handledBy(handler, request).sentStatus();
    }

    private static int ask(AsyncHandler handler, String path, String... fields) throws Exception {
        return ask(handler, FakeRequest.get(path, fields));
    }

    /** What has been counted since the last time, but for the bytes: in words. */
    private String counted() {
        CacheCounters now = cache.counters();
        StringBuilder text = new StringBuilder();
        add(text, "hit", now.hits() - before.hits());
        add(text, "miss", now.misses() - before.misses());
        add(text, "stale", now.stale() - before.stale());
        add(text, "validated", now.validated() - before.validated());
        add(text, "passed", now.passed() - before.passed());
        add(text, "stored", now.stored() - before.stored());
        add(text, "evicted", now.evicted() - before.evicted());
        before = now;
        return text.toString();
    }

    private static void add(StringBuilder text, String word, long count) {
        if (count > 0) {
            text.append(text.isEmpty() ? "" : " ").append(count == 1 ? word : count + " " + word);
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void theLifeOfACopy() throws Exception {
        StaticFiles files = builder().build();
        ask(files, "/a.txt");
        assertEquals("miss stored", counted());
        for (int i = 0; i < 5; i++) {
            ask(files, "/a.txt");
        }
        assertEquals("5 hit", counted());
        nanos.addAndGet(SECOND + 1);
        ask(files, "/a.txt");
        ask(files, "/a.txt");
        assertEquals("2 stale", counted());
        runTasks();
        assertEquals("validated", counted());
        ask(files, "/a.txt");
        assertEquals("hit", counted());
        site.file("a.txt", "changed");
        nanos.addAndGet(SECOND + 1);
        ask(files, "/a.txt");
        runTasks();
        assertEquals("stale stored", counted());
        nanos.addAndGet(3 * SECOND);
        ask(files, "/a.txt");
        assertEquals("miss validated", counted(), "too old to be served before somebody looks");
        Files.delete(directory.resolve("a.txt"));
        nanos.addAndGet(3 * SECOND);
        assertEquals(404, ask(files, "/a.txt"));
        assertEquals("miss", counted());
        assertEquals(0, cache.counters().bytes());
    }

    @Test
    void eachAnswerFromMemoryIsAHit() throws Exception {
        StaticFiles files = builder().build();
        FakeResponse first = Site.get(files, "/a.txt");
        assertEquals("miss stored", counted());
        assertEquals(304, ask(files, "/a.txt", "If-None-Match", first.sent("ETag")));
        assertEquals(412, ask(files, "/a.txt", "If-Match", "\"other\""));
        assertEquals(206, ask(files, "/a.txt", "Range", "bytes=0-1"));
        assertEquals(416, ask(files, "/a.txt", "Range", "bytes=100-"));
        assertEquals(200, ask(files, FakeRequest.of("HEAD", "/a.txt")));
        assertEquals("5 hit", counted());
        assertEquals(206, ask(files, "/a.txt", "Range", "bytes=0-0,2-2"));
        assertEquals("hit", counted(), "put together by a worker, of what lies in memory");
        Site.get(files, "/a.txt");
        assertEquals("hit", counted(), "a worker that is asked first finds it there too");
    }

    @Test
    void whatIsNotThereIsAMissEachTime() throws Exception {
        StaticFiles files = builder().build();
        for (int i = 0; i < 2; i++) {
            assertEquals(404, ask(files, "/nothing"));
            assertEquals("miss", counted());
            assertEquals(301, ask(files, "/sub"));
            assertEquals("miss", counted());
        }
        assertEquals(404, ask(files, "/.hidden"));
        assertEquals("", counted(), "nobody looks for what is no name");
    }

    @Test
    void whatIsTooLargeToLieThereIsPassed() throws Exception {
        site.file("large.bin", Site.bytes(FileLoader.LARGEST + 1), Site.MODIFIED);
        StaticFiles files = builder().build();
        FakeResponse first = Site.get(files, "/large.bin");
        assertEquals("passed stored", counted(), "its head is stored");
        ask(files, "/large.bin");
        ask(files, "/large.bin", "Range", "bytes=0-9");
        assertEquals("2 passed", counted());
        assertEquals(304, ask(files, "/large.bin", "If-None-Match", first.sent("ETag")));
        assertEquals(200, ask(files, FakeRequest.of("HEAD", "/large.bin")));
        assertEquals("2 hit", counted(), "of which all is there");
        assertEquals(405, ask(files, FakeRequest.of("POST", "/a.txt")));
        assertEquals(204, ask(files, FakeRequest.of("OPTIONS", "/a.txt")));
        assertEquals("2 passed", counted());
    }

    @Test
    void withoutFreshnessEachRequestIsAMissThatIsValidated() throws Exception {
        StaticFiles files = builder().freshness(Duration.ZERO).build();
        ask(files, "/a.txt");
        assertEquals("miss stored", counted());
        ask(files, "/a.txt");
        assertEquals("miss validated", counted());
        site.file("a.txt", "another");
        ask(files, "/a.txt");
        assertEquals("miss stored", counted());
    }

    @Test
    void thePageOfAnApplicationIsCountedOnce() throws Exception {
        StaticFiles files = builder().spa("sub/index.html").build();
        assertEquals(200, ask(files, "/some/route", "Accept", "text/html"));
        assertEquals("miss stored", counted());
        assertEquals(200, ask(files, "/other/route", "Accept", "text/html"));
        assertEquals("hit", counted());
        assertEquals(404, ask(files, "/some/image.png"));
        assertEquals("miss", counted());
    }

    @Test
    void aLookThatFailsIsNoAnswer() throws Exception {
        boolean[] broken = {true};
        Root root = new DirectoryRoot(directory);
        StaticFiles files = new StaticFilesBuilder(() -> path -> {
            if (broken[0]) {
                throw new IOException("the disk is gone");
            }
            return root.find(path);
        }).cache(cache).nanos(nanos::get).executor(tasks::add).build();
        assertThrows(IOException.class, () -> Site.get(files, "/a.txt"));
        assertEquals("", counted());
        broken[0] = false;
        ask(files, "/a.txt");
        assertEquals("miss stored", counted());
    }

    @Test
    void evictedCopiesAndTheBytesOfWhatIsThere() throws Exception {
        for (int i = 0; i < 40; i++) {
            site.file("many/" + i + ".bin", Site.bytes(10_000), Site.MODIFIED);
        }
        OutputCache tight = OutputCache.of(100_000, () -> 0, tasks::add);
        StaticFiles files = builder().cache(tight).build();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 40; i++) {
                ask(files, "/many/" + i + ".bin");
                assertEquals(tight.bytes(), tight.counters().bytes());
            }
        }
        CacheCounters counters = tight.counters();
        assertEquals(120, counters.hits() + counters.misses());
        assertEquals(counters.stored(), counters.misses());
        assertEquals(tight.evictions(), counters.evicted());
        assertEquals(tight.size(), counters.stored() - counters.evicted());
        assertTrue(counters.bytes() > 50_000 && counters.bytes() <= 110_000, counters::toString);
        tight.purgePrefix("/many/");
        assertEquals(0, tight.counters().bytes());
        assertEquals(counters.evicted(), tight.counters().evicted(), "what is purged is not evicted");
    }

    @Test
    void whatIsPutIntoGzipWeighsMore() throws Exception {
        StaticFiles files = builder().gzip(true).build();
        ask(files, "/b.txt", "Accept-Encoding", "gzip");
        long plain = cache.counters().bytes();
        runTasks();
        assertTrue(cache.counters().bytes() > plain);
        assertEquals(cache.bytes(), cache.counters().bytes());
        assertEquals("miss stored", counted());
        ask(files, "/b.txt", "Accept-Encoding", "gzip");
        ask(files, "/b.txt");
        assertEquals("2 hit", counted());
    }

    @Test
    void eachPlaceIsARouteByItsName() throws Exception {
        StaticFiles files = StaticFiles.of(directory).nanos(nanos::get).executor(tasks::add).build();
        StaticFiles one = files.within(cache, "/one/");
        StaticFiles two = files.within(cache, "/two/");
        StaticFiles named = files.within(cache);
        StaticFiles built = builder().build();
        assertEquals(Set.of("/one/", "/two/", files.toString()), cache.countersByRoute().keySet());
        ask(one, "/a.txt");
        ask(one, "/a.txt");
        ask(two, "/a.txt");
        ask(named, "/a.txt");
        ask(built, "/a.txt");
        Map<String, CacheCounters> counters = cache.countersByRoute();
        assertEquals(1, counters.get("/one/").hits());
        assertEquals(0, counters.get("/two/").hits());
        assertEquals(2, counters.get(files.toString()).misses(), "who has one name is counted together");
        assertEquals(counters.get("/one/").bytes(), counters.get("/two/").bytes());
        assertEquals(cache.bytes(), counters.values().stream().mapToLong(CacheCounters::bytes).sum());
        assertEquals("hit 4 miss 4 stored", counted());
        one.close();
        assertNull(cache.countersByRoute().get("/one/"));
        assertNotNull(cache.countersByRoute().get("/two/"));
    }

    /** A cached route in front of files has one name with them: each request is counted by one of the two. */
    @Test
    void behindACachedRouteEachRequestIsCountedOnce() throws Exception {
        site.file("large.bin", Site.bytes(FileLoader.LARGEST + 1), Site.MODIFIED);
        StaticFiles files = StaticFiles.of(directory).nanos(nanos::get).clock(() -> Instant.parse("2026-01-01T00:00:00Z"))
                .executor(tasks::add).build().within(cache, "/");
        AsyncHandler cached = cache.around("/", files, CachePolicy.forDuration(Duration.ofMinutes(5)));
        ask(cached, "/a.txt");
        assertEquals("miss stored", counted());
        ask(cached, "/a.txt");
        assertEquals("hit", counted());
        FakeResponse parts = new FakeResponse();
        parts.handledBy(cached, FakeRequest.get("/a.txt", "Range", "bytes=0-0,2-2"));
        runTasks();
        assertEquals(206, parts.sentStatus());
        assertEquals("miss", counted(), "the route has nothing of it, and the files leave it to the route to count");
        FakeResponse response = new FakeResponse();
        response.handledBy(cached, FakeRequest.get("/large.bin"));
        runTasks();
        assertEquals("miss 2 stored", counted(), "its head by the files, all of it by the route");
        ask(cached, "/large.bin");
        assertEquals("hit", counted());
        assertEquals(405, ask(cached, FakeRequest.of("POST", "/x")));
        assertEquals("passed", counted());
        nanos.addAndGet(SECOND + 1);
        ask(cached, "/a.txt");
        assertEquals("stale", counted());
        assertEquals(Set.of("/"), cache.countersByRoute().keySet());
        assertEquals(cache.bytes(), cache.countersByRoute().get("/").bytes());
    }

    @Test
    void noHitOfManyThreadsIsLost() throws Exception {
        StaticFiles files = builder().build();
        ask(files, "/a.txt");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Future<?>[] all = new Future<?>[4];
            for (int i = 0; i < all.length; i++) {
                all[i] = threads.submit(() -> {
                    for (int turn = 0; turn < 20_000; turn++) {
                        assertEquals(200, ask(files, "/a.txt"));
                    }
                    return null;
                });
            }
            for (Future<?> each : all) {
                each.get(50, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals("80000 hit miss stored", counted());
    }
}
