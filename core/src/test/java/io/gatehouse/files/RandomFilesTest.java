/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CacheCounters;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.cache.Zipping;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.handler.Shortcut.Prepared;
import io.gatehouse.http.Fields;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Hours of random use of files that change, come and go, on one thread with a clock that is set: every answer shows a state
 * that the file had within the time that copies are believed, and not before it was purged last. What fails says its seed
 * and the turn.
 *
 * <p>All states of a file are of one size, and its time is counted in steps of two seconds, as on some file systems, so that
 * many of them can't be told apart by a look. Where texts are put into gzip, what is sent so is unpacked and held against the
 * same states.
 */
@Timeout(120)
class RandomFilesTest {

    private static final int TURNS = 6_000;
    private static final String[] NAMES = {"a.txt", "b.css", "docs/c.html", "docs/index.html", "large.bin"};
    private static final String[] PATHS = {"/a.txt", "/b.css", "/docs/c.html", "/docs/", "/large.bin"};
    private static final int LARGE = FileLoader.LARGEST + 100;

    /** A state of a file from some time on; version 0 is none. */
    private record State(long from, int version) {}

    @TempDir
    Path directory;

    private final Queue<Runnable> background = new ArrayDeque<>();
    private final Map<Integer, List<State>> history = new HashMap<>();
    private final Map<String, String> contents = new HashMap<>(); // by tag
    private final Map<Integer, List<String>> tagsOf = new HashMap<>();
    private final long[] purged = new long[NAMES.length];
    private final int[] counts = new int[5];
    private Random random;
    private long millis = 1_700_000_000_000L;
    private int versions;
    private boolean zipping;
    private long asks;
    private Site site;

    private static String content(int file, int version, String coding) {
        String text = NAMES[file] + " version " + (1_000_000 + version) + " in " + coding;
        return NAMES[file].startsWith("large") ? text + "#".repeat(LARGE - text.length())
                : text + "#".repeat(coding.equals("gzip") ? 20 : 660);
    }

    private Instant wall() {
        return Instant.ofEpochMilli(millis);
    }

    private void write(int file, boolean there) throws IOException {
        int version = there ? ++versions : 0;
        history.computeIfAbsent(file, key -> new ArrayList<>()).add(new State(millis, version));
        Instant coarse = Instant.ofEpochSecond(wall().getEpochSecond() / 2 * 2);
        Path zipped = directory.resolve(NAMES[file] + ".gz");
        Files.deleteIfExists(zipped);
        if (!there) {
            Files.deleteIfExists(directory.resolve(NAMES[file]));
            return;
        }
        site.file(NAMES[file], content(file, version, "identity").getBytes(StandardCharsets.US_ASCII), coarse);
        if (file < 2 && random.nextBoolean()) {
            site.file(NAMES[file] + ".gz", content(file, version, "gzip").getBytes(StandardCharsets.US_ASCII), coarse);
        }
    }

    private void purge(OutputCache cache, int file) {
        switch (random.nextInt(5)) {
            case 0 -> cache.purge(PATHS[file]);
            case 1 -> cache.expire("http://localhost:8080" + PATHS[file]);
            case 2 -> cache.purge(PATHS[file] + (file == 4 ? "" : "?" + random.nextInt(9))); // a kept answer is of one query
            case 3 -> {
                cache.purgePrefix("/docs/");
                purged[2] = millis;
                purged[3] = millis;
                return;
            }
            default -> {
                cache.expirePrefix("/");
                java.util.Arrays.fill(purged, millis);
                return;
            }
        }
        purged[file] = millis;
    }

    /** Whether a state was the file's at some time that counts. */
    private boolean isAllowed(int file, int version, long believed) {
        List<State> states = history.get(file);
        long since = Math.max(millis - believed, purged[file]);
        for (int i = 0; i < states.size(); i++) {
            long until = i + 1 < states.size() ? states.get(i + 1).from() : Long.MAX_VALUE;
            // What is changed at the very time of a purge is changed before it or after it: the turns are in order.
            if (states.get(i).version() == version && (until > since || until == Long.MAX_VALUE)) {
                return true;
            }
        }
        return version == 0 && states.get(0).from() > since;
    }

    @ParameterizedTest
    @CsvSource({"plain, 1000, 1", "plain, 1000, 2", "plain, 0, 3", "cached, 1000, 4", "cached, 1000, 5", "cached, 300, 6", "tight, 1000, 7",
        "zipping, 1000, 8", "zipping, 0, 9", "zipping cached, 1000, 10", "zipping cached, 300, 11", "zipping tight, 1000, 12"})
    void everyAnswerIsAllowed(String how, long freshness, long seed) throws Exception {
        random = new Random(seed);
        site = new Site(directory);
        zipping = how.startsWith("zipping");
        OutputCache cache = OutputCache.of(how.endsWith("tight") ? 9_000 : 4 << 20, () -> millis, background::add);
        StaticFiles files = StaticFiles.of(directory).cache(cache).freshness(Duration.ofMillis(freshness)).gzip(zipping)
                .nanos(() -> millis * 1_000_000).clock(this::wall).executor(background::add).build();
        boolean cached = how.endsWith("cached");
        AsyncHandler handler = cached ? cache.around("files", files, CachePolicy.forDuration(Duration.ofSeconds(5))) : files;
        for (int file = 0; file < NAMES.length; file++) {
            write(file, true);
        }
        for (int turn = 0; turn < TURNS; turn++) {
            if (random.nextInt(3) == 0) {
                millis += 1 + random.nextInt(random.nextInt(20) == 0 ? 20_000 : 700);
            }
            int file = random.nextInt(NAMES.length);
            switch (random.nextInt(20)) {
                case 0, 1 -> {
                    millis++;
                    write(file, random.nextInt(6) > 0);
                    millis++;
                }
                case 2 -> {
                    millis++;
                    purge(cache, file);
                }
                case 3, 4, 5 -> runBackground();
                default -> {
                    long believed = (cached && file == 4 ? 5_000 : 0) + 2 * freshness;
                    asks++;
                    ask(handler, file, believed, "seed " + seed + ", turn " + turn + ": ");
                }
            }
        }
        String summary = how + ' ' + seed + ": " + counts[0] + " whole, " + counts[1] + " parts, " + counts[2] + " not modified, "
                + counts[3] + " missing, " + counts[4] + " in gzip that was made; " + cache;
        System.out.println(summary);
        for (int i = 0; i < 4; i++) {
            assertTrue(counts[i] > 50, summary);
        }
        assertTrue(zipping ? counts[4] > 50 : counts[4] == 0, summary);
        assertTrue(cache.bytes() <= cache.bound() * 1.1);
        CacheCounters counters = cache.counters();
        assertEquals(asks, counters.hits() + counters.stale() + counters.misses() + counters.passed(), counters::toString);
        assertTrue(counters.validated() > 20 && counters.stored() > 50, counters::toString);
        assertEquals(cache.bytes(), counters.bytes());
        cache.purgePrefix("/");
        assertEquals(0, cache.bytes());
        assertEquals(0, cache.counters().bytes());
    }

    private void runBackground() {
        for (Runnable task = background.poll(); task != null; task = background.poll()) {
            task.run();
        }
    }

    private void ask(AsyncHandler handler, int file, long believed, String where) throws Exception {
        List<String> fields = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            fields.addAll(List.of("Accept-Encoding", "gzip"));
        }
        List<String> tags = tagsOf.computeIfAbsent(file, key -> new ArrayList<>());
        if (random.nextInt(2) == 0 && !tags.isEmpty()) {
            String tag = tags.get(tags.size() - 1 - random.nextInt(Math.min(3, tags.size())));
            fields.addAll(List.of("If-None-Match", tag));
        } else if (random.nextInt(4) == 0) {
            fields.addAll(List.of("Range", random.nextBoolean() ? "bytes=0-39" : "bytes=0-4,6-9"));
        }
        // To HEAD a young large file says nothing but its length, by which what is stored passes for it (RFC 9111 section 4.3.5).
        boolean head = random.nextInt(10) == 0 && file < 4;
        FakeRequest request = FakeRequest.of(head ? "HEAD" : "GET", PATHS[file], fields.toArray(String[]::new));
        Prepared ready = ((Shortcut) handler).find(request.head(), request.target(), 1);
        int status;
        Fields got;
        String text;
        if (ready != null) {
            status = ready.head().status();
            got = ready.head().fields();
            text = StandardCharsets.ISO_8859_1.decode(ready.body().duplicate()).toString();
        } else {
            FakeResponse response = new FakeResponse().handledBy(handler, request);
            if (!response.ended()) {
                runBackground(); // it reads a file that is to be kept
            }
            status = response.sentStatus();
            got = response.sentHead() == null ? Fields.EMPTY : response.sentHead().fields();
            text = new String(response.sentBytes(), StandardCharsets.ISO_8859_1);
        }
        String told = where + PATHS[file] + ' ' + fields + " gave " + status + ' ' + got + ' ' + text.substring(0, Math.min(70, text.length()));
        check(file, believed, status, got, head ? null : text, fields, told + history(file));
    }

    private String history(int file) {
        List<State> states = history.get(file);
        return " at " + millis + ", purged at " + purged[file] + ", was " + states.subList(Math.max(0, states.size() - 4), states.size());
    }

    private void check(int file, long believed, int status, Fields got, String body, List<String> asked, String told) throws IOException {
        String tag = got.first("ETag");
        assertTrue(!zipping || file == 4 || status == 404 || got.lists("Vary", "Accept-Encoding"), told);
        boolean made = tag != null && tag.endsWith("-gzip\"");
        if (made && status == 206 && got.contains("Content-Range")) {
            counts[4]++;
            assertTrue(asked.contains("gzip"), told);
            assertTrue(history.get(file).stream().anyMatch(state -> isAllowed(file, state.version(), believed)
                    && zipped(file, state.version()).startsWith(body)), told);
            return;
        }
        String text = made && status == 200 && body != null ? unzipped(body) : body;
        if (status == 404) {
            counts[3]++;
            assertTrue(isAllowed(file, 0, believed), told);
        } else if (status == 304) {
            counts[2]++;
            assertTrue(asked.contains(tag), told);
            assertTrue(isAllowed(file, version(file, contents.get(tag)), believed), told + " which was " + contents.get(tag));
        } else if (status == 206 && text != null && text.startsWith(NAMES[file])) {
            counts[1]++;
            assertEquals(40, text.length(), told);
            assertTrue(isAllowed(file, version(file, text), believed), told);
        } else if (status == 200 && text != null) {
            counts[0]++;
            int version = version(file, text);
            boolean coded = got.contains("Content-Encoding");
            counts[4] += made ? 1 : 0;
            assertTrue(coded || !made, told);
            assertTrue(content(file, version, coded && !made ? "gzip" : "identity").equals(text), told);
            assertEquals(Integer.toString(body.length()), got.first("Content-Length"), told);
            assertTrue(!coded || asked.contains("gzip"), told);
            assertTrue(isAllowed(file, version, believed), told);
            if (tag != null) {
                String before = contents.put(tag, text.substring(0, 40));
                assertTrue(before == null || text.startsWith(before), () -> told + " had the tag of " + before);
                if (before == null) {
                    tagsOf.get(file).add(tag);
                }
            }
        } else {
            assertTrue(status == 206 || status == 200, told);
        }
    }

    /** Bytes as characters, as everywhere here. */
    private static String zipped(int file, int version) {
        try {
            ByteBuffer plain = ByteBuffer.wrap(content(file, version, "identity").getBytes(StandardCharsets.US_ASCII));
            return StandardCharsets.ISO_8859_1.decode(Zipping.zip(plain)).toString();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String unzipped(String bytes) throws IOException {
        byte[] zipped = bytes.getBytes(StandardCharsets.ISO_8859_1);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private static int version(int file, String text) {
        int at = NAMES[file].length() + " version ".length();
        return text == null || !text.startsWith(NAMES[file]) ? -1 : Integer.parseInt(text.substring(at, at + 7)) - 1_000_000;
    }
}
