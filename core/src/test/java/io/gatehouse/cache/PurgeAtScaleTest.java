/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Purges among 100,000 entries: nothing made before is found after, and what is not purged is not touched. */
@Timeout(120)
class PurgeAtScaleTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final int ENTRIES = 100_000;
    private static final int FOLDERS = 200;
    private static final int READERS = 2;
    private static final int TURNS = 60;

    private final AtomicIntegerArray version = new AtomicIntegerArray(FOLDERS);
    private final AtomicIntegerArray purged = new AtomicIntegerArray(FOLDERS);
    private final OutputCache cache = OutputCache.of(1L << 30, () -> NOW, Runnable::run);
    private final AsyncHandler pages = cache.around(
            "pages", AsyncHandler.of((request, response) -> {
                int folder = folder(request.path());
                int made = version.get(folder);
                response.field("Surrogate-Key", "all f" + folder);
                response.send(Integer.toString(made));
            }), CachePolicy.untilPurged());

    private static int folder(String path) {
        return Integer.parseInt(path.substring(1, path.indexOf('/', 1)));
    }

    private static String path(int entry) {
        return "/" + entry % FOLDERS + "/" + entry;
    }

    private int get(String path) throws Exception {
        FakeRequest request = FakeRequest.get(path);
        Shortcut.Prepared ready = ((Shortcut) pages).find(request.head(), request.target(), 1);
        return Integer.parseInt(ready == null
                ? new FakeResponse().handledBy(pages, request).sentText()
                : StandardCharsets.UTF_8.decode(ready.body().duplicate()).toString());
    }

    private Void read(Random random, CountDownLatch stop, AtomicLong answers) throws Exception {
        while (stop.getCount() > 0) {
            int entry = random.nextInt(ENTRIES);
            int floor = purged.get(entry % FOLDERS);
            int got = get(path(entry));
            assertTrue(got >= floor, () -> path(entry) + " of version " + got + " after the purge for " + floor);
            answers.incrementAndGet();
        }
        return null;
    }

    /** Prefixes, tags and URLs by turns, each at once followed by a look at what it was about. */
    @Test
    void noAnswerIsOlderThanAPurgeThatReturned() throws Exception {
        for (int i = 0; i < ENTRIES; i++) {
            get(path(i));
        }
        assertEquals(ENTRIES, cache.size());
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        CountDownLatch stop = new CountDownLatch(1);
        AtomicLong answers = new AtomicLong();
        List<Future<Void>> all = new ArrayList<>();
        try {
            for (int i = 0; i < READERS; i++) {
                Random random = new Random(i);
                all.add(readers.submit(() -> read(random, stop, answers)));
            }
            for (int turn = 0; turn < TURNS; turn++) {
                int folder = turn * 7 % FOLDERS;
                int made = version.incrementAndGet(folder);
                int hit = turn % 2 == 0 ? cache.purgePrefix("/" + folder + "/") : cache.purgeTag("f" + folder);
                purged.set(folder, made);
                int most = ENTRIES / FOLDERS;
                assertTrue(hit <= 2 * most, hit + " of " + most); // a reader may put one back while it is on its way
                for (int i = folder; i < 5 * FOLDERS; i += FOLDERS) {
                    assertEquals(made, get(path(i)), path(i));
                }
            }
            for (int i = 0; i < FOLDERS; i++) {
                version.incrementAndGet(i);
            }
            int hit = cache.purgeTag("all");
            for (int i = 0; i < FOLDERS; i++) {
                purged.set(i, version.get(i));
            }
            assertTrue(hit > 0);
            for (int i = 0; i < FOLDERS; i++) {
                assertEquals(version.get(i), get(path(i)), path(i));
            }
        } finally {
            stop.countDown();
            readers.shutdown();
            assertTrue(readers.awaitTermination(60, TimeUnit.SECONDS));
        }
        for (Future<Void> each : all) {
            each.get();
        }
        assertTrue(answers.get() > 0);
        assertEquals(cache.size(), cache.purgePrefix("/"), "what is stored is indexed, and nothing else is");
        assertEquals(0, cache.bytes());
        assertEquals(0, cache.purgeTag("all"), "no tag has outlived its entries");
    }

    /** Tags that count how often somebody looks at them: nobody purges an answer without. */
    private static final class CountingTags extends AbstractSet<String> {
        private final Set<String> tags;
        private final long[] looks;

        private CountingTags(Set<String> tags, long[] looks) {
            this.tags = tags;
            this.looks = looks;
        }

        @Override
        public Iterator<String> iterator() {
            looks[0]++;
            return tags.iterator();
        }

        @Override
        public int size() {
            return tags.size();
        }

        @Override
        public boolean contains(Object tag) {
            looks[0]++;
            return tags.contains(tag);
        }
    }

    /** How often a purge of 100 looks at answers, among so many. */
    private static long looks(int entries, ToIntFunction<Store> purge) {
        Store store = new Store(1L << 30, CacheMemory.HEAP);
        RouteIndex index = store.open(new Tally());
        Terms terms = Terms.of(200, Fields.EMPTY, NOW, NOW, Rules.STANDARD.withLifetime(Rules.UNTIL_INVALIDATED));
        ByteBuffer body = ByteBuffer.allocate(1).asReadOnlyBuffer();
        long[] looks = new long[1];
        for (int i = 0; i < entries; i++) {
            String place = "/" + i / 100 + "/" + i;
            Fill fill = store.begin(new Fill(index, "http", new Authority("localhost", 80), place, place));
            Set<String> tags = new CountingTags(Set.of("t" + i / 100), looks);
            assertTrue(store.put(fill, new StoredAnswer(
                    Fields.EMPTY, terms, VaryKey.NONE, tags, body, null, CachePolicy.untilPurged()), null));
            store.end(fill);
        }
        int[] visited = new int[1];
        index.visit(null, null, "/3/", true, resource -> visited[0]++);
        assertEquals(100, visited[0]);
        looks[0] = 0;
        assertEquals(100, purge.applyAsInt(store));
        long cost = looks[0];
        assertEquals(entries - 100, store.size());
        assertEquals(entries - 100, store.purge(null, null, null, "/", true, -1, null));
        assertEquals(0, store.weight());
        return cost;
    }

    @ParameterizedTest
    @CsvSource({"prefix, -1", "tag, -1", "prefix, 1700000000001"})
    void theCostIsThatOfWhatIsPurged(String how, long softAt) {
        ToIntFunction<Store> purge = store -> {
            int count = how.equals("tag") ? store.purge(List.of("t3"), softAt)
                    : store.purge(null, null, null, "/3/", true, softAt, null);
            return softAt < 0 ? count : store.purge(List.of("t3"), -1); // which finds what only became stale
        };
        long few = looks(1_000, purge);
        assertTrue(few >= 100 && few <= 2_000, few + " looks at 100 answers");
        assertEquals(few, looks(ENTRIES, purge));
    }
}
