/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.handler.Shortcut.Prepared;
import io.gatehouse.http.Fields;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Texts that lie in the cache in gzip too: made once, behind everybody's back, and for who wants them. */
class ZippingTest {

    private static final String TEXT = "All work and no play. ".repeat(200);

    private final AtomicLong now = new AtomicLong(1_700_000_000_000L);
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final OutputCache cache = OutputCache.of(8 << 20, now::get, background::add);
    private final AtomicInteger runs = new AtomicInteger();
    private AsyncHandler handler = handler(CachePolicy.forDuration(Duration.ofMinutes(1)).withGzip(true), "Content-Type", "text/html");

    private AsyncHandler handler(CachePolicy policy, String... fields) {
        Handler page = (request, response) -> {
            runs.incrementAndGet();
            response.field("ETag", "\"v1\"").field("Accept-Ranges", "bytes");
            for (int i = 0; i < fields.length; i += 2) {
                response.field(fields[i], fields[i + 1]);
            }
            if ("\"v1\"".equals(request.fields().first("If-None-Match"))) {
                response.status(304);
            } else {
                response.send(request.path().equals("/short") ? "short" : TEXT);
            }
        };
        return cache.around("route " + cache.countersByRoute().size(), AsyncHandler.of(page), policy);
    }

    private int runBackground() {
        int count = 0;
        for (Runnable task = background.poll(); task != null; task = background.poll()) {
            task.run();
            count++;
        }
        return count;
    }

    private Fields miss(String target, String... fields) throws Exception {
        return new FakeResponse().handledBy(handler, FakeRequest.get(target, fields)).sentHead().fields();
    }

    private Prepared hit(String method, String target, String... fields) {
        FakeRequest request = FakeRequest.of(method, target, fields);
        return ((Shortcut) handler).find(request.head(), request.target(), 1);
    }

    private static String unzipped(Prepared prepared) throws IOException {
        byte[] bytes = new byte[prepared.body().remaining()];
        prepared.body().get(0, bytes);
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void itIsMadeOnceAndForThoseWhoWantIt() throws Exception {
        assertEquals("Accept-Encoding", miss("/", "Accept-Encoding", "gzip").first("Vary"));
        Prepared before = hit("GET", "/", "Accept-Encoding", "gzip");
        assertFalse(before.head().fields().contains("Content-Encoding"));
        assertEquals("Accept-Encoding", before.head().fields().first("Vary"));
        long bytes = cache.bytes();
        assertEquals(1, runBackground());
        Prepared zipped = hit("GET", "/", "Accept-Encoding", "gzip, br");
        assertEquals("gzip", zipped.head().fields().first("Content-Encoding"));
        assertEquals("\"v1-gzip\"", zipped.head().fields().first("ETag"));
        assertEquals("Accept-Encoding", zipped.head().fields().first("Vary"));
        assertEquals("" + zipped.body().limit(), zipped.head().fields().first("Content-Length"));
        assertFalse(zipped.head().fields().contains("Accept-Ranges"));
        assertEquals(TEXT, unzipped(zipped));
        assertTrue(cache.bytes() >= bytes + zipped.body().limit(), "its bytes count");
        for (String wish : new String[] {"identity", "br", "gzip;q=0", "identity;q=1, gzip;q=0.5", ""}) {
            Prepared plain = wish.isEmpty() ? hit("GET", "/") : hit("GET", "/", "Accept-Encoding", wish);
            assertFalse(plain.head().fields().contains("Content-Encoding"), wish);
            assertEquals("\"v1\"", plain.head().fields().first("ETag"));
            assertEquals(TEXT.length(), plain.body().limit());
        }
        assertEquals(1, runs.get());
        assertEquals(0, runBackground());
        assertEquals(1, cache.size());
    }

    @Test
    void conditionsAndRangesAreOfTheRepresentationThatIsSent() throws Exception {
        miss("/");
        runBackground();
        String[] zip = {"Accept-Encoding", "gzip"};
        assertEquals(304, hit("GET", "/", zip[0], zip[1], "If-None-Match", "\"v1-gzip\"").head().status());
        assertEquals(200, hit("GET", "/", zip[0], zip[1], "If-None-Match", "\"v1\"").head().status());
        assertEquals(304, hit("GET", "/", "If-None-Match", "\"v1\"").head().status());
        assertEquals(200, hit("GET", "/", "If-None-Match", "\"v1-gzip\"").head().status());
        int length = hit("GET", "/", zip).body().limit();
        Prepared part = hit("GET", "/", zip[0], zip[1], "Range", "bytes=0-1");
        assertEquals("bytes 0-1/" + length, part.head().fields().first("Content-Range"));
        assertEquals((byte) 0x1f, part.body().get(part.body().position()));
        assertEquals("" + length, hit("HEAD", "/", zip).head().fields().first("Content-Length"));
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Type, image/png", "Content-Type, text/event-stream", "Content-Encoding, br", "Cache-Control, no-transform",
        "Content-Type, application/zip", "Content-Type, video/mp4",
    })
    void someAreLeftAsTheyAre(String name, String value) throws Exception {
        handler = handler(CachePolicy.forDuration(Duration.ofMinutes(1)).withGzip(true), "Content-Type", "text/plain", name, value);
        assertFalse(miss("/").contains("Vary"));
        assertEquals(0, runBackground());
        assertFalse(hit("GET", "/", "Accept-Encoding", "gzip").head().fields().contains("Vary"));
    }

    @ParameterizedTest
    @CsvSource({
        "text/plain", "text/html; charset=utf-8", "application/json", "application/ld+json", "image/svg+xml",
        "application/javascript", "TEXT/CSS",
    })
    void textsAreZipped(String type) throws Exception {
        handler = handler(CachePolicy.asHeadersSay().withGzip(true), "Content-Type", type, "Cache-Control", "max-age=60");
        miss("/");
        assertEquals(1, runBackground());
        assertEquals(TEXT, unzipped(hit("GET", "/", "Accept-Encoding", "gzip")));
    }

    @Test
    void shortOnesAreNotAndUnlessSwitchedOnNoneIs() throws Exception {
        miss("/short");
        assertEquals(0, runBackground());
        handler = handler(CachePolicy.forDuration(Duration.ofMinutes(1)), "Content-Type", "text/html");
        assertFalse(miss("/").contains("Vary"));
        assertEquals(0, runBackground());
    }

    @Test
    void whatWasPurgedMeanwhileStaysSo() throws Exception {
        miss("/");
        cache.purge("/");
        assertEquals(1, runBackground());
        assertEquals(0, cache.size());
        assertEquals(0, cache.purgePrefix("/"));
    }

    @Test
    void whatIsConfirmedKeepsItAndIsNotZippedAnew() throws Exception {
        miss("/");
        runBackground();
        byte[] before = bytes(hit("GET", "/", "Accept-Encoding", "gzip"));
        for (int i = 0; i < 3; i++) {
            now.addAndGet(61_000);
            miss("/", "Accept-Encoding", "gzip");
            assertEquals(2 + i, runs.get());
            Prepared zipped = hit("GET", "/", "Accept-Encoding", "gzip");
            assertEquals(TEXT, unzipped(zipped));
            assertArrayEquals(before, bytes(zipped));
            assertEquals("\"v1-gzip\"", zipped.head().fields().first("ETag"));
            assertEquals("0", zipped.head().fields().first("Age"));
            assertEquals(0, runBackground(), "the body is the same");
        }
        assertEquals(TEXT.length(), hit("GET", "/").body().limit());
        assertEquals(cache.bytes(), cache.counters().bytes());
    }

    @Test
    void whatWasConfirmedBeforeItWasZippedIsZippedThen() throws Exception {
        miss("/");
        now.addAndGet(61_000);
        miss("/", "Accept-Encoding", "gzip");
        assertEquals(2, runBackground(), "the first is too late");
        assertEquals(TEXT, unzipped(hit("GET", "/", "Accept-Encoding", "gzip")));
    }

    @Test
    void whatAHeadHasUpdatedKeepsIt() throws Exception {
        AtomicInteger life = new AtomicInteger(5);
        AsyncHandler page = cache.around("head", AsyncHandler.of((request, response) -> {
            response.field("ETag", "\"v1\"").field("Content-Type", "text/plain").field("Cache-Control", "max-age=" + life);
            if (!request.head().isHead()) {
                response.send(TEXT);
            }
        }), CachePolicy.asHeadersSay().withGzip(true));
        handler = page;
        miss("/");
        runBackground();
        now.addAndGet(6_000);
        life.set(50);
        new FakeResponse().handledBy(page, FakeRequest.of("HEAD", "/"));
        now.addAndGet(20_000);
        assertEquals(TEXT, unzipped(hit("GET", "/", "Accept-Encoding", "gzip")));
        assertEquals(0, runBackground());
    }

    private static byte[] bytes(Prepared prepared) {
        byte[] bytes = new byte[prepared.body().remaining()];
        prepared.body().get(0, bytes);
        return bytes;
    }
}
