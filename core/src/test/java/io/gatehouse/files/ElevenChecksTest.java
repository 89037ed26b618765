/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.EntityTag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What everybody expects of static files, without a setting. Every answer is asked for twice: of the worker, and then
 * of the
 * memory, which must say the same.
 */
class ElevenChecksTest {

    private static final byte[] LARGE = Site.bytes(300_000);

    @TempDir
    Path directory;

    private StaticFiles files;
    private Site site;

    @BeforeEach
    void site() throws Exception {
        site = new Site(directory)
                .file("index.html", "<h1>home</h1>")
                .file("hello.txt", "Hello, world")
                .file("empty.txt", "")
                .file("docs/index.html", "<h1>docs</h1>")
                .file("docs/a.html", "<p>a</p>")
                .file("bare/x.txt", "x")
                .file("with space/é.txt", "odd")
                .file("app.js", "console.log('a long script that is longer than its siblings')")
                .file("app.js.gz", "gzip-bytes-of-the-script")
                .file("app.js.br", "br-bytes-of-the-script")
                .file("large.bin", LARGE, Site.MODIFIED);
        files = StaticFiles.of(directory).freshness(Duration.ofHours(1)).build();
    }

    @Test
    void aFileComesWholeWithItsFields() throws Exception {
        FakeResponse response = Site.get(files, "/hello.txt");
        assertEquals(200, response.sentStatus());
        assertEquals("Hello, world", response.sentText());
        assertEquals("12", response.sent("Content-Length"));
        assertEquals("text/plain; charset=utf-8", response.sent("Content-Type"));
        assertEquals(Site.MODIFIED_DATE, response.sent("Last-Modified"));
        assertEquals("bytes", response.sent("Accept-Ranges"));
        assertNull(response.sent("Vary"));
        assertNull(response.sent("Content-Encoding"));
        assertNull(response.sent("Cache-Control"));
        assertSameFromMemory("GET", "/hello.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hello.txt", "/app.js", "/large.bin", "/empty.txt", "/"})
    void theTagIsStrongAndStays(String target) throws Exception {
        String tag = Site.get(files, target).sent("ETag");
        assertNotNull(tag);
        EntityTag parsed = EntityTag.parse(tag);
        assertNotNull(parsed);
        assertFalse(parsed.weak());
        assertEquals(tag, Site.get(StaticFiles.of(directory).build(), target).sent("ETag"));
    }

    @Test
    void theTagChangesWithSizeTimeAndFile() throws Exception {
        StaticFiles checking = StaticFiles.of(directory).freshness(Duration.ZERO).build();
        String first = Site.get(checking, "/hello.txt").sent("ETag");
        site.file("hello.txt", "Hello, worlds");
        String longer = Site.get(checking, "/hello.txt").sent("ETag");
        assertNotEquals(first, longer);
        site.file("hello.txt", "Hello, world".getBytes(), Site.MODIFIED.plusNanos(1000));
        String later = Site.get(checking, "/hello.txt").sent("ETag");
        assertNotEquals(first, later);
        site.file("other.txt", "HELLO, WORLD");
        Files.move(directory.resolve("other.txt"), directory.resolve("hello.txt"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        FakeResponse moved = Site.get(checking, "/hello.txt");
        assertEquals("HELLO, WORLD", moved.sentText());
        assertNotEquals(first, moved.sent("ETag"), "same size, same time, another file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hello.txt", "/large.bin", "/app.js", "/"})
    void conditionsGiveA304ThatIsClean(String target) throws Exception {
        FakeResponse full = Site.get(files, target);
        String tag = full.sent("ETag");
        for (String[] condition : new String[][] {
            {"If-None-Match", tag}, {"If-None-Match", "W/" + tag}, {"If-None-Match", "\"x\", " + tag},
            {"If-None-Match", "*"},
            {"If-Modified-Since", Site.MODIFIED_DATE}, {"If-Modified-Since", "Mon, 06 May 2024 07:08:10 GMT"},
            {"If-None-Match", tag, "If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"},
            {"If-None-Match", tag, "Range", "bytes=0-1"}
        }) {
            for (String method : new String[] {"GET", "HEAD"}) {
                FakeResponse response = new FakeResponse().handledBy(files, FakeRequest.of(method, target, condition));
                assertEquals(304, response.sentStatus(), () -> Arrays.toString(condition));
                assertEquals(0, response.sentBytes().length);
                assertNull(response.sent("Content-Length"));
                assertNull(response.sent("Content-Type"));
                assertNull(response.sent("Content-Encoding"));
                assertNull(response.sent("Last-Modified"));
                assertEquals(tag, response.sent("ETag"));
                assertEquals(full.sent("Vary"), response.sent("Vary"));
                assertSameFromMemory(method, target, condition);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hello.txt", "/large.bin"})
    void conditionsThatAreFalseGiveTheWhole(String target) throws Exception {
        String tag = Site.get(files, target).sent("ETag");
        for (String[] condition : new String[][] {
            {"If-None-Match", "\"x\""}, {"If-None-Match", "\"x\"", "If-Modified-Since", Site.MODIFIED_DATE},
            {"If-Modified-Since", "Mon, 06 May 2024 07:08:08 GMT"}, {"If-Modified-Since", "yesterday"},
            {"If-Match", tag}, {"If-Match", "*"}, {"If-Unmodified-Since", Site.MODIFIED_DATE},
            {"If-Range", "\"x\"", "Range", "bytes=0-1"}, {"If-Range", Site.MODIFIED_DATE}
        }) {
            assertEquals(200, Site.get(files, target, condition).sentStatus(), () -> Arrays.toString(condition));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hello.txt", "/large.bin"})
    void failedConditionsGive412(String target) throws Exception {
        String tag = Site.get(files, target).sent("ETag");
        for (String[] condition : new String[][] {
            {"If-Match", "\"x\""}, {"If-Match", "W/" + tag}, {"If-Unmodified-Since", "Mon, 06 May 2024 07:08:08 GMT"},
            {"If-Match", "\"x\"", "If-None-Match", tag}
        }) {
            FakeResponse response = Site.get(files, target, condition);
            assertEquals(412, response.sentStatus(), () -> Arrays.toString(condition));
            assertEquals("0", response.sent("Content-Length"));
            assertSameFromMemory("GET", target, condition);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bytes=0-4     | bytes 0-4/12   | Hello",
        "bytes=7-      | bytes 7-11/12  | world",
        "bytes=-5      | bytes 7-11/12  | world",
        "bytes=0-0     | bytes 0-0/12   | H",
        "bytes=11-99   | bytes 11-11/12 | d",
        "bytes=-99     | bytes 0-11/12  | Hello, world",
        "bytes=0-2,1-4 | bytes 0-4/12   | Hello",
    })
    void aRangeGives206(String range, String contentRange, String text) throws Exception {
        FakeResponse response = Site.get(files, "/hello.txt", "Range", range);
        assertEquals(206, response.sentStatus());
        assertEquals(contentRange, response.sent("Content-Range"));
        assertEquals(text, response.sentText());
        assertEquals(Integer.toString(text.length()), response.sent("Content-Length"));
        assertEquals("text/plain; charset=utf-8", response.sent("Content-Type"));
        assertSameFromMemory("GET", "/hello.txt", "Range", range);
    }

    @Test
    void aRangeOfALargeFileGives206() throws Exception {
        FakeResponse response = Site.get(files, "/large.bin", "Range", "bytes=299990-");
        assertEquals(206, response.sentStatus());
        assertArrayEquals(Arrays.copyOfRange(LARGE, 299_990, 300_000), response.sentBytes());
        assertEquals("bytes 299990-299999/300000", response.sent("Content-Range"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=12-", "bytes=99-100", "bytes=-0", "bytes=12-12,99-"})
    void aRangeOutsideGives416(String range) throws Exception {
        FakeResponse response = Site.get(files, "/hello.txt", "Range", range);
        assertEquals(416, response.sentStatus());
        assertEquals("bytes */12", response.sent("Content-Range"));
        assertEquals("0", response.sent("Content-Length"));
        assertSameFromMemory("GET", "/hello.txt", "Range", range);
    }

    @Test
    void rangesAreForGetOnly() throws Exception {
        FakeResponse response = Site.head(files, "/hello.txt", "Range", "bytes=0-1");
        assertEquals(200, response.sentStatus());
        assertEquals("12", response.sent("Content-Length"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "gzip, deflate, br      | br   | br-bytes-of-the-script",
        "gzip                   | gzip | gzip-bytes-of-the-script",
        "GZIP                   | gzip | gzip-bytes-of-the-script",
        "x-gzip                 | gzip | gzip-bytes-of-the-script",
        "br;q=0.5, gzip         | gzip | gzip-bytes-of-the-script",
        "br;q=0, *              | gzip | gzip-bytes-of-the-script",
        "zstd, br;q=0.001       | br   | br-bytes-of-the-script",
    })
    void aSiblingIsUsed(String accepted, String coding, String bytes) throws Exception {
        FakeResponse response = Site.get(files, "/app.js", "Accept-Encoding", accepted);
        assertEquals(200, response.sentStatus());
        assertEquals(bytes, response.sentText());
        assertEquals(coding, response.sent("Content-Encoding"));
        assertEquals("text/javascript; charset=utf-8", response.sent("Content-Type"));
        assertEquals(Integer.toString(bytes.length()), response.sent("Content-Length"));
        assertEquals("Accept-Encoding", response.sent("Vary"));
        assertNotEquals(Site.get(files, "/app.js").sent("ETag"), response.sent("ETag"));
        assertSameFromMemory("GET", "/app.js", "Accept-Encoding", accepted);

        FakeResponse part = Site.get(files, "/app.js", "Accept-Encoding", accepted, "Range", "bytes=0-1");
        assertEquals(206, part.sentStatus());
        assertEquals(bytes.substring(0, 2), part.sentText());
        assertEquals(coding, part.sent("Content-Encoding"));
        assertEquals("bytes 0-1/" + bytes.length(), part.sent("Content-Range"));

        String tag = response.sent("ETag");
        assertEquals(304, Site.get(files, "/app.js", "Accept-Encoding", accepted, "If-None-Match", tag).sentStatus());
        assertEquals(200, Site.get(files, "/app.js", "If-None-Match", tag).sentStatus(),
                "the plain one has another tag");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "identity", "deflate", "br;q=0, gzip;q=0", "gzip;q=0.5, identity", "*;q=0", "gzip;q=2"})
    void thePlainFileSaysThatItVaries(String accepted) throws Exception {
        FakeResponse response = Site.get(files, "/app.js", "Accept-Encoding", accepted);
        assertEquals(200, response.sentStatus());
        assertNull(response.sent("Content-Encoding"));
        assertEquals("Accept-Encoding", response.sent("Vary"));
        assertTrue(response.sentText().startsWith("console"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/bare/", "/bare/?list", "/with%20space/"})
    void noFolderIsListed(String target) throws Exception {
        assertEquals(404, Site.get(files, target, "Accept", "text/html").sentStatus());
    }

    @ParameterizedTest
    @CsvSource({"/hello.txt,12", "/large.bin,300000", "/empty.txt,0", "/,13", "/docs/,13"})
    void headHasTheLength(String target, String length) throws Exception {
        FakeResponse response = Site.head(files, target);
        assertEquals(200, response.sentStatus());
        assertEquals(length, response.sent("Content-Length"));
        assertEquals(0, response.sentBytes().length);
        assertEquals(Site.get(files, target).sentHead(), response.sentHead(), "the same head as GET");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get"})
    void anotherMethodGives405(String method) throws Exception {
        FakeResponse response = new FakeResponse().handledBy(files, FakeRequest.of(method, "/hello.txt"));
        assertEquals(405, response.sentStatus());
        assertEquals("GET, HEAD, OPTIONS", response.sent("Allow"));
        Site.get(files, "/hello.txt");
        assertNull(Site.find(files, FakeRequest.of(method, "/hello.txt")));
    }

    @Test
    void optionsGives204() throws Exception {
        FakeResponse response = new FakeResponse().handledBy(files, FakeRequest.of("OPTIONS", "/hello.txt"));
        assertEquals(204, response.sentStatus());
        assertEquals("GET, HEAD, OPTIONS", response.sent("Allow"));
        assertNull(response.sent("Content-Length"));
    }

    @ParameterizedTest
    @CsvSource({
        "a.html,text/html; charset=utf-8", "a.css,text/css; charset=utf-8", "a.js,text/javascript; charset=utf-8",
        "a.mjs,text/javascript; charset=utf-8", "a.txt,text/plain; charset=utf-8", "a.md,text/markdown; charset=utf-8",
        "a.csv,text/csv; charset=utf-8", "a.json,application/json", "a.map,application/json", "a.wasm,application/wasm",
        "a.woff2,font/woff2", "a.svg,image/svg+xml", "a.webp,image/webp", "a.avif,image/avif", "a.png,image/png",
        "a.webmanifest,application/manifest+json", "a.unheard,application/octet-stream",
        "plain,application/octet-stream",
        "A.HTML,text/html; charset=utf-8", "a.b.js,text/javascript; charset=utf-8"
    })
    void typesAreKnown(String name, String type) throws Exception {
        site.file(name, "content");
        assertEquals(type, Site.get(files, "/" + name).sent("Content-Type"));
    }

    @ParameterizedTest
    @CsvSource({
        "/docs,/docs/", "/docs?a=1&b=%20,/docs/?a=1&b=%20", "/docs?,/docs/?", "/with%20space,/with%20space/",
        "/bare,/bare/", "/%64ocs,/%64ocs/"
    })
    void aFolderIsRedirectedToItsSlash(String target, String location) throws Exception {
        FakeResponse response = Site.get(files, target);
        assertEquals(301, response.sentStatus());
        assertEquals(location, response.sent("Location"));
        assertEquals("0", response.sent("Content-Length"));
    }

    @ParameterizedTest
    @CsvSource({"/,<h1>home</h1>", "/docs/,<h1>docs</h1>", "/docs/a.html,<p>a</p>", "/with%20space/%C3%A9.txt,odd"})
    void indexFilesAndOddNames(String target, String text) throws Exception {
        assertEquals(text, Site.get(files, target).sentText());
        assertSameFromMemory("GET", target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nothing", "/hello.txt/", "/hello.txt/x", "/docs/nothing", "/nothing/", "/hello.TXT",
            "/app.js.zst"})
    void whatIsNotThereGives404(String target) throws Exception {
        assertEquals(404, Site.get(files, target).sentStatus());
    }

    private void assertSameFromMemory(String method, String target, String... fields) throws Exception {
        FakeRequest request = FakeRequest.of(method, target, fields);
        FakeResponse worker = new FakeResponse().handledBy(files, request);
        var prepared = Site.find(files, request);
        if (target.equals("/large.bin") && worker.sentStatus() / 100 == 2) {
            assertNull(prepared, "a large file is not in memory");
            return;
        }
        assertNotNull(prepared, () -> method + ' ' + target + " from memory");
        assertEquals(worker.sentHead(), prepared.head());
        if (method.equals("GET")) {
            assertEquals(worker.sentText(), Site.text(prepared));
        }
    }
}
