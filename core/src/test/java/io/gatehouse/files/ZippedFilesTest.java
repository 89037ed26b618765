/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static io.gatehouse.files.ZippedSite.TEXT;
import static io.gatehouse.files.ZippedSite.ZIP;
import static io.gatehouse.files.ZippedSite.bytes;
import static io.gatehouse.files.ZippedSite.coding;
import static io.gatehouse.files.ZippedSite.noise;
import static io.gatehouse.files.ZippedSite.unzipped;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.gatehouse.cache.CacheMemory;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.cache.Zipping;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut.Prepared;
import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hot files that are put into gzip: which, for whom, and what is answered then. */
@Timeout(120)
class ZippedFilesTest {

    @TempDir
    Path directory;

    private ZippedSite site;

    @BeforeEach
    void site() throws Exception {
        site = new ZippedSite(directory);
    }

    @Test
    void itIsMadeOnceInTheBackgroundForThoseWhoWantIt() throws Exception {
        StaticFiles files = site.builder().build();
        FakeResponse first = Site.get(files, "/a.css", ZIP);
        assertEquals(TEXT, first.sentText());
        assertNull(first.sent("Content-Encoding"));
        assertEquals("Accept-Encoding", first.sent("Vary"), "from the first answer on");
        for (int i = 0; i < 5; i++) {
            Prepared plain = Site.find(files, "/a.css", ZIP);
            assertEquals(TEXT, Site.text(plain), "until it is made");
            assertEquals("Accept-Encoding", plain.head().fields().first("Vary"));
        }
        assertEquals(1, site.tasks.size(), "one is enough");
        long before = site.cache.bytes();
        site.runTasks();
        Prepared ready = Site.find(files, "/a.css", ZIP);
        assertEquals(TEXT, unzipped(bytes(ready)));
        assertEquals("gzip", coding(ready));
        assertEquals("Accept-Encoding", ready.head().fields().first("Vary"));
        assertEquals("" + ready.body().remaining(), ready.head().fields().first("Content-Length"));
        assertEquals("bytes", ready.head().fields().first("Accept-Ranges"));
        assertEquals(Site.MODIFIED_DATE, ready.head().fields().first("Last-Modified"));
        assertEquals("text/css; charset=utf-8", ready.head().fields().first("Content-Type"));
        String tag = first.sent("ETag");
        assertEquals(tag.substring(0, tag.length() - 1) + "-gzip\"", ready.head().fields().first("ETag"));
        assertTrue(site.cache.bytes() >= before + ready.body().remaining(), "its bytes count");
        assertSame(ready, Site.find(files, "/a.css", "Accept-Encoding", "x-gzip"));
        assertEquals(0, site.tasks.size());
        assertEquals(1, site.cache.size(), "and both are one entry");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-", "", "identity", "br", "zstd", "gzip;q=0", "identity, gzip;q=0.5", "*;q=0", "deflate, br, gzip;q=0"})
    void whoDoesNotWantItGetsTheFileAndStartsNothing(String accepted) throws Exception {
        StaticFiles files = site.builder().build();
        String[] wish = accepted.equals("-") ? new String[0] : new String[] {"Accept-Encoding", accepted};
        Site.get(files, "/a.css", wish);
        assertEquals(TEXT, Site.text(Site.find(files, "/a.css", wish)));
        assertEquals(0, site.tasks.size());
        site.zipped(files, "/a.css");
        Prepared plain = Site.find(files, "/a.css", wish);
        assertEquals(TEXT, Site.text(plain));
        assertEquals("null", coding(plain));
        assertEquals("Accept-Encoding", plain.head().fields().first("Vary"));
    }

    @Test
    void aWorkerSendsItToo() throws Exception {
        StaticFiles files = site.builder().freshness(Duration.ZERO).build();
        Site.get(files, "/a.css", ZIP);
        assertNull(Site.find(files, "/a.css", ZIP), "without freshness a worker looks each time");
        assertEquals(1, site.runTasks());
        FakeResponse response = Site.get(files, "/a.css", ZIP);
        assertEquals("gzip", response.sent("Content-Encoding"));
        assertEquals(TEXT, unzipped(response.sentBytes()));
        FakeResponse head = Site.head(files, "/a.css", ZIP);
        assertEquals(response.sent("Content-Length"), head.sent("Content-Length"));
        assertEquals(0, head.sentBytes().length);
        assertEquals(TEXT, Site.get(files, "/a.css").sentText());
        assertEquals(0, site.tasks.size());
        site.file("a.css", TEXT + "more");
        assertEquals(TEXT + "more", Site.get(files, "/a.css", ZIP).sentText());
        assertEquals(1, site.runTasks());
        assertEquals(TEXT + "more", unzipped(Site.get(files, "/a.css", ZIP).sentBytes()));
    }

    @Test
    void aHeadMakesItToo() throws Exception {
        StaticFiles files = site.builder().build();
        Site.head(files, "/a.css", ZIP);
        assertEquals(1, site.runTasks());
        FakeRequest head = FakeRequest.of("HEAD", "/a.css", ZIP);
        assertEquals("gzip", coding(Site.find(files, head)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 0})
    void conditionsAreOfTheRepresentationThatWouldBeSent(long freshness) throws Exception {
        StaticFiles files = site.builder().freshness(Duration.ofMillis(freshness)).build();
        String plain = Site.get(files, "/a.css", ZIP).sent("ETag");
        site.runTasks();
        String gzip = plain.substring(0, plain.length() - 1) + "-gzip\"";
        String[][] table = {
            {"If-None-Match", gzip, "304", "200"},
            {"If-None-Match", plain, "200", "304"},
            {"If-None-Match", "W/" + gzip, "304", "200"},
            {"If-None-Match", gzip + ", " + plain, "304", "304"},
            {"If-None-Match", "*", "304", "304"},
            {"If-Match", gzip, "200", "412"},
            {"If-Match", plain, "412", "200"},
            {"If-Match", "W/" + gzip, "412", "412"},
            {"If-Modified-Since", Site.MODIFIED_DATE, "304", "304"},
            {"If-Unmodified-Since", "Sun, 05 May 2024 07:08:09 GMT", "412", "412"},
        };
        for (String[] row : table) {
            String told = row[0] + ": " + row[1];
            assertEquals(row[2], ask(files, freshness, "/a.css", ZIP[0], ZIP[1], row[0], row[1])[0], told + " and gzip");
            assertEquals(row[3], ask(files, freshness, "/a.css", row[0], row[1])[0], told);
            assertEquals("Accept-Encoding", ask(files, freshness, "/a.css", row[0], row[1])[1], told);
            assertEquals("Accept-Encoding", ask(files, freshness, "/a.css", ZIP[0], ZIP[1], row[0], row[1])[1], told);
        }
        assertEquals(gzip, ask(files, freshness, "/a.css", ZIP[0], ZIP[1], "If-None-Match", gzip)[2]);
        assertEquals("null", ask(files, freshness, "/a.css", ZIP[0], ZIP[1], "If-None-Match", gzip)[3], "a 304 has no coding");
    }

    /** Status, Vary, ETag and coding of an answer from memory, or from a worker where nothing is fresh. */
    private static String[] ask(StaticFiles files, long freshness, String path, String... fields) throws Exception {
        if (freshness > 0) {
            Prepared ready = Site.find(files, path, fields);
            return new String[] {
                "" + ready.head().status(), ready.head().fields().first("Vary"), ready.head().fields().first("ETag"), coding(ready)
            };
        }
        FakeResponse response = Site.get(files, path, fields);
        return new String[] {
            "" + response.sentStatus(), response.sent("Vary"), response.sent("ETag"), String.valueOf(response.sent("Content-Encoding"))
        };
    }

    @Test
    void rangesAreOfItsBytes() throws Exception {
        StaticFiles files = site.builder().build();
        byte[] all = bytes(site.zipped(files, "/a.css"));
        String tag = Site.find(files, "/a.css", ZIP).head().fields().first("ETag");
        Prepared part = Site.find(files, "/a.css", ZIP[0], ZIP[1], "Range", "bytes=2-9", "If-Range", tag);
        assertEquals(206, part.head().status());
        assertEquals("bytes 2-9/" + all.length, part.head().fields().first("Content-Range"));
        assertEquals("gzip", coding(part));
        assertArrayEquals(java.util.Arrays.copyOfRange(all, 2, 10), bytes(part));
        Prepared plainTag = Site.find(
                files, "/a.css", ZIP[0], ZIP[1], "Range", "bytes=2-9", "If-Range", tag.replace("-gzip", ""));
        assertEquals(200, plainTag.head().status(), "the other parts are of another representation");
        assertArrayEquals(all, bytes(plainTag));
        Prepared outside = Site.find(files, "/a.css", ZIP[0], ZIP[1], "Range", "bytes=" + all.length + "-");
        assertEquals(416, outside.head().status());
        assertEquals("bytes */" + all.length, outside.head().fields().first("Content-Range"));
        assertEquals(TEXT.substring(2, 10), Site.text(Site.find(files, "/a.css", "Range", "bytes=2-9")));

        assertNull(Site.find(files, "/a.css", ZIP[0], ZIP[1], "Range", "bytes=0-1,4-5"));
        FakeResponse several = Site.get(files, "/a.css", ZIP[0], ZIP[1], "Range", "bytes=0-1,4-5");
        assertEquals(206, several.sentStatus());
        assertNull(several.sent("Content-Encoding"), "the parts have it");
        String text = new String(several.sentBytes(), StandardCharsets.ISO_8859_1);
        assertTrue(text.contains("Content-Encoding: gzip\r\nContent-Range: bytes 0-1/" + all.length + "\r\n\r\n\u001f\u008b\r\n"), text);
    }

    @ParameterizedTest
    @CsvSource({
        "image.png, 2000", "archive.gz, 2000", "short.css, 511", "large.css, 262145", "font.woff2, 2000", "page.css.br, 2000",
        "movie.mp4, 2000",
    })
    void someFilesAreLeftAsTheyAre(String name, int size) throws Exception {
        site.file(name, "x".repeat(size));
        StaticFiles files = site.builder().build();
        assertNull(Site.get(files, "/" + name, ZIP).sent("Vary"));
        Site.find(files, "/" + name, ZIP);
        assertEquals(0, site.tasks.size());
    }

    @ParameterizedTest
    @CsvSource({
        "page.html, 2000", "limit.css, 512", "data.json, 600", "large.js, 262144", "logo.svg, 2000", "feed.xml, 2000",
        "app.wasm, 2000", "readme.txt, 1000",
    })
    void textsArePutIntoIt(String name, int size) throws Exception {
        site.file(name, "x".repeat(size));
        assertEquals("x".repeat(size), unzipped(bytes(site.zipped(site.builder().build(), "/" + name))));
    }

    @Test
    void settingsThatForbidIt() throws Exception {
        StaticFiles[] all = {
            site.builder().gzip(false).build(),
            StaticFiles.of(directory).cache(site.cache).executor(site.tasks::add).build(),
            site.builder().cacheControl("max-age=60, no-transform").build(),
            site.builder().field("Cache-Control", "No-Transform").build(),
            site.builder().field("Content-Encoding", "br").build(),
            site.builder().hotBytes(0).build(),
            site.builder().cache(OutputCache.of(0)).build(),
        };
        for (int i = 0; i < all.length; i++) {
            assertNull(Site.get(all[i], "/a.css", ZIP).sent("Vary"), "setting " + i);
            Site.find(all[i], "/a.css", ZIP);
            assertEquals(0, site.tasks.size(), "setting " + i);
        }
    }

    @Test
    void cacheControlIsAskedOfEachFile() throws Exception {
        site.file("b.css", TEXT);
        StaticFiles files = site.builder().cacheControl(path -> path.equals("b.css") ? "no-transform" : "max-age=5").build();
        assertEquals("max-age=5", site.zipped(files, "/a.css").head().fields().first("Cache-Control"));
        Site.get(files, "/b.css", ZIP);
        assertEquals(0, site.tasks.size());
    }

    /** A tenth of 1000 bytes: 900 is little enough, one more is not. */
    @Test
    void aTenthIsWorthIt() throws Exception {
        int kept = 0;
        for (int random = 600; random <= 1000; random += 8) {
            byte[] bytes = new byte[1000];
            System.arraycopy(noise(random, random), 0, bytes, 0, random);
            site.file("n" + random + ".css", bytes, Site.MODIFIED);
            StaticFiles files = site.builder().build();
            Site.get(files, "/n" + random + ".css", ZIP);
            assertEquals(1, site.runTasks());
            Prepared ready = Site.find(files, "/n" + random + ".css", ZIP);
            boolean gzip = coding(ready).equals("gzip");
            kept += gzip ? 1 : 0;
            assertEquals(Zipping.zip(java.nio.ByteBuffer.wrap(bytes)) != null, gzip);
            assertTrue(!gzip || ready.body().remaining() <= 900, "" + ready.body().remaining());
        }
        assertTrue(kept > 10 && kept < 45, kept + " were worth it");
    }

    @Test
    void foldersPrefixesAndPagesOfApplicationsHaveItToo() throws Exception {
        site.file("docs/index.html", TEXT).file("static/a.css", TEXT + "other");
        StaticFiles files = site.builder().spa("docs/index.html").build();
        assertEquals(TEXT, unzipped(bytes(site.zipped(files, "/docs/"))));
        assertEquals(TEXT, unzipped(bytes(site.zipped(files, "/docs/index.html"))), "another path is another entry");
        assertEquals(TEXT + "other", unzipped(bytes(site.zipped(files, "/static/a.css"))));
        FakeRequest atPrefix = FakeRequest.get("/static/a.css", ZIP).prefix("/static/".length());
        new FakeResponse().handledBy(files, atPrefix);
        assertEquals(1, site.runTasks());
        assertEquals(TEXT, unzipped(bytes(Site.find(files, atPrefix))));

        StaticFiles pages = site.builder().spa("docs/index.html").build();
        String[] navigation = {"Accept-Encoding", "gzip", "Accept", "text/html"};
        assertEquals(TEXT, Site.get(pages, "/some/route", navigation).sentText());
        assertEquals(1, site.runTasks());
        FakeResponse page = Site.get(pages, "/other/route", navigation);
        assertEquals(TEXT, unzipped(page.sentBytes()));
        assertEquals("gzip", page.sent("Content-Encoding"));
    }

    @Test
    void filesOfTheClassPathHaveItToo() throws Exception {
        StaticFiles files = StaticFiles.ofClassPath(ZippedFilesTest.class.getClassLoader(), "io/gatehouse/files").cache(site.cache)
                .gzip(true).mediaTypes(io.gatehouse.http.MediaTypes.standard().with("class", "text/plain")).nanos(site.nanos::get)
                .clock(() -> Instant.now().plusSeconds(3600)).executor(site.tasks::add).build();
        byte[] plain = Site.get(files, "/Site.class").sentBytes();
        byte[] gzip = bytes(site.zipped(files, "/Site.class"));
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
            assertArrayEquals(plain, in.readAllBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(CacheMemory.class)
    void itLiesWhereTheCacheSays(CacheMemory memory) throws Exception {
        OutputCache placed = OutputCache.of(1 << 20, memory, () -> 0, site.tasks::add);
        StaticFiles files = site.builder().cache(placed).build();
        Prepared ready = site.zipped(files, "/a.css");
        assertEquals(memory == CacheMemory.DIRECT, ready.body().isDirect());
        assertTrue(ready.body().isReadOnly());
        assertEquals(TEXT, unzipped(bytes(ready)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zipped", "useless", "waiting"})
    void aHitMakesNoGarbage(String state) throws Exception {
        site.file("noise.css", noise(3000, 9), Site.MODIFIED);
        StaticFiles files = site.builder().build();
        String path = state.equals("useless") ? "/noise.css" : "/a.css";
        String[] browser = {"Host", "localhost", "User-Agent", "x", "Accept", "*/*", "Accept-Encoding", "gzip, deflate, br, zstd"};
        Site.get(files, path, browser);
        if (!state.equals("waiting")) {
            site.runTasks();
        }
        FakeRequest request = FakeRequest.get(path, browser);
        assertEquals(state.equals("zipped") ? "gzip" : "null", coding(Site.find(files, request)));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long smallest = Long.MAX_VALUE;
        int hits = 20_000;
        int found = 0;
        for (int turn = 0; turn < 4; turn++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < hits; i++) {
                found += files.find(request.head(), request.target(), 1) == null ? 0 : 1;
            }
            smallest = Math.min(smallest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(4 * hits, found);
        assertTrue(smallest / hits < 4, smallest + " bytes for " + hits + " hits");
        assertFalse(state.equals("waiting") && site.tasks.size() != 1);
    }
}
