/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.files.StaticFiles;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.handler.Shortcut;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pages and files that change and are purged while many threads ask for them. Every answer is of one version, which lies in a
 * window: not older than the last one that was replaced and purged before the request began, and not newer than the newest
 * that was made before it ended. What each thread does is drawn by a seed; how they meet is chance.
 *
 * <p>Pages come whole, in parts that others share while they are made, cut off, for one client only, or too long to be kept.
 */
@Timeout(180)
class ConcurrentSiteTest {

    private static final int PLACES = 8;
    private static final int FILES = 3; // the first of the places
    private static final int READERS = 6;
    private static final int CHANGERS = 2;
    private static final int CHANGES = 400;
    private static final int LONG = 40;

    @TempDir
    Path directory;

    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    private final ExecutorService background = Executors.newFixedThreadPool(2);
    private final ExecutorService threads = Executors.newFixedThreadPool(READERS + CHANGERS);
    private final OutputCache cache = OutputCache.of(4 << 20, now::get, background);
    private final AtomicIntegerArray newest = new AtomicIntegerArray(PLACES);
    private final AtomicIntegerArray purged = new AtomicIntegerArray(PLACES);
    private final AtomicReferenceArray<ReentrantLock> turns = new AtomicReferenceArray<>(PLACES);
    private final CountDownLatch over = new CountDownLatch(CHANGERS);
    private final AtomicLong answers = new AtomicLong();
    private final Semaphore answered = new Semaphore(0);
    private volatile boolean failed;
    private final AtomicLong cuts = new AtomicLong();

    private static String path(int place) {
        return place < FILES ? "/files/" + place + ".txt" : "/pages/" + place;
    }

    private static String content(int place, int version, String whom) {
        return path(place) + " version " + version + " for " + whom + ";";
    }

    /** A handler that takes its version at the beginning and its time after that. */
    private final class Pages implements Handler {
        @Override
        public void handle(Request request, Response response) throws IOException {
            int place = Integer.parseInt(request.path().substring("/pages/".length()));
            int version = newest.get(place);
            Random random = new Random(31L * version + place);
            boolean own = random.nextInt(6) == 0;
            String text = content(place, version, own ? request.fields().first("X-Name") : "all");
            response.field("Surrogate-Key", "pages p" + place).field("ETag", '"' + place + "-" + version + '"');
            response.field("Cache-Control", own ? "private" : "max-age=1000");
            int times = random.nextInt(8) == 0 ? 4 * LONG : 1 + random.nextInt(LONG);
            int cut = random.nextInt(8) == 0 ? random.nextInt(times) : -1;
            boolean flushes = random.nextBoolean();
            for (int i = 0; i < times; i++) {
                if (i == cut) {
                    throw new IOException("cut off");
                }
                response.body().write(text.getBytes(StandardCharsets.US_ASCII));
                if (flushes) {
                    response.body().flush();
                    if (i % 8 == 3) {
                        Thread.yield();
                    }
                }
            }
        }
    }

    private Void change(int changer, Random random) throws Exception {
        try {
            for (int i = 0; i < CHANGES && !failed; i++) {
                int place = random.nextInt(PLACES);
                ReentrantLock turn = turns.get(place);
                turn.lock();
                try {
                    int version = newest.get(place) + 1;
                    if (place < FILES) {
                        Path made = directory.resolve("new" + changer);
                        Files.writeString(made, content(place, version, "all").repeat(5));
                        newest.set(place, version); // before it can be seen
                        Files.move(made, directory.resolve(place + ".txt"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                    } else {
                        newest.set(place, version);
                    }
                    if (random.nextInt(4) > 0) {
                        purge(place, random);
                        purged.set(place, version);
                    }
                } finally {
                    turn.unlock();
                }
                while (!failed && !answered.tryAcquire(3, 10, TimeUnit.MILLISECONDS)) {
                    assertTrue(over.getCount() > 0);
                }
            }
        } finally {
            over.countDown();
        }
        return null;
    }

    private void purge(int place, Random random) {
        switch (random.nextInt(place < FILES ? 3 : 5)) {
            case 0 -> cache.purge(path(place));
            case 1 -> cache.purge("http://localhost:8080" + path(place));
            case 2 -> cache.purgePrefix(place < FILES ? "/files/" : "/pages/");
            case 3 -> cache.purgeTag("none", "p" + place);
            default -> cache.purgeTag("pages");
        }
    }

    private Void read(AsyncHandler files, AsyncHandler pages, int reader, Random random) throws Exception {
        boolean fine = false;
        try {
            readOn(files, pages, reader, random);
            fine = true;
        } finally {
            failed = failed || !fine; // nobody goes on then
        }
        return null;
    }

    private void readOn(AsyncHandler files, AsyncHandler pages, int reader, Random random) throws Exception {
        while (over.getCount() > 0 && !failed) {
            int place = random.nextInt(PLACES);
            String name = "r" + reader;
            boolean head = random.nextInt(12) == 0;
            FakeRequest request = FakeRequest.of(head ? "HEAD" : "GET", path(place), "X-Name", name).prefix(7);
            AsyncHandler handler = place < FILES ? files : pages;
            int floor = purged.get(place);
            String text = null;
            Shortcut.Prepared ready = ((Shortcut) handler).find(request.head(), request.target(), 7);
            if (ready != null) {
                assertEquals(Integer.toString(ready.body().remaining()), ready.head().fields().first("Content-Length"));
                text = StandardCharsets.US_ASCII.decode(ready.body().duplicate()).toString();
            } else {
                FakeResponse response = new FakeResponse().handledBy(handler, request);
                Throwable failure = response.outcome();
                if (failure == null) {
                    text = head ? null : response.sentText();
                } else {
                    assertEquals("/pages/", path(place).substring(0, 7), () -> "failed: " + failure);
                    cuts.incrementAndGet();
                }
            }
            int ceiling = newest.get(place);
            if (text != null) {
                check(place, text, name, floor, ceiling);
            }
            answers.incrementAndGet();
            answered.release();
        }
    }

    private static void check(int place, String text, String name, int floor, int ceiling) {
        String[] words = text.split(" ", 4);
        int version = Integer.parseInt(words[2]);
        String whom = words[3].substring("for ".length(), words[3].indexOf(';'));
        String part = content(place, version, whom);
        assertTrue(text.length() % part.length() == 0 && text.equals(part.repeat(text.length() / part.length())), () -> "mixed: " + text);
        assertTrue(whom.equals("all") || whom.equals(name), () -> name + " got what is for " + whom);
        assertTrue(version >= floor, () -> part + " after the purge for " + floor);
        assertTrue(version <= ceiling, () -> part + " before it was made: " + ceiling);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyAnswerLiesInItsWindow(long seed) throws Exception {
        for (int i = 0; i < PLACES; i++) {
            turns.set(i, new ReentrantLock());
            if (i < FILES) {
                Files.writeString(directory.resolve(i + ".txt"), content(i, 0, "all"));
            }
        }
        AsyncHandler files = StaticFiles.of(directory).cache(cache).freshness(Duration.ofHours(1)).executor(background).build();
        CachePolicy policy = CachePolicy.asHeadersSay().withStaleIfError(Duration.ZERO).withMaxEntry(2 * LONG * 35);
        AsyncHandler pages = cache.around("pages", AsyncHandler.of(new Pages()), policy);
        Random random = new Random(seed);
        List<Future<Void>> all = new ArrayList<>();
        try {
            for (int i = 0; i < READERS + CHANGERS; i++) {
                int number = i;
                Random own = new Random(random.nextLong());
                Callable<Void> work = i < CHANGERS ? () -> change(number, own) : () -> read(files, pages, number, own);
                all.add(threads.submit(work));
            }
            for (Future<Void> each : all) {
                each.get(150, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
            background.shutdown();
            assertTrue(background.awaitTermination(60, TimeUnit.SECONDS));
        }
        CacheCounters counters = cache.counters();
        System.out.println("seed " + seed + ": " + answers + " answers, " + cuts + " cut, " + counters);
        assertTrue(counters.hits() > 20 && counters.collapsed() > 10 && counters.stored() > 50, counters::toString);
        assertTrue(counters.refused().get("private") > 10 && counters.refused().get("too-large") > 5, counters::toString);
        assertEquals(cache.bytes(), counters.bytes());
        cache.purgePrefix("/");
        assertEquals(0, cache.bytes(), "nothing is left behind");
        assertEquals(0, cache.counters().bytes());
    }
}
