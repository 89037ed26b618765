/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.MediaTypes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticFilesBuilderTest {

    @TempDir
    Path directory;

    @BeforeEach
    void site() throws Exception {
        new Site(directory).file("index.html", "index").file("home.htm", "home").file("both/index.html", "index")
                .file("both/home.htm", "home").file("assets/a.3f2a.js", "script").file("a.gate", "gate");
    }

    @Test
    void theRootMustBeThere() {
        IllegalArgumentException failure = assertThrows(
                IllegalArgumentException.class, StaticFiles.of(directory.resolve("nowhere"))::build);
        assertTrue(failure.getMessage().contains(directory.resolve("nowhere").toString()), failure.getMessage());
        assertTrue(failure.getMessage().contains("create it"), failure.getMessage());
        assertThrows(IllegalArgumentException.class, StaticFiles.of(directory.resolve("index.html"))::build);
        failure = assertThrows(IllegalArgumentException.class, StaticFiles.of("no-such-site")::build);
        assertTrue(failure.getMessage().contains("classpath:"), failure.getMessage());
    }

    @Test
    void aDirectoryIsNamedByItsPath() throws Exception {
        StaticFiles files = StaticFiles.of(directory.toString()).build();
        assertEquals("index", Site.get(files, "/").sentText());
        assertEquals("files of " + directory, files.toString());
    }

    @Test
    void indexFilesHaveAnOrder() throws Exception {
        StaticFiles files = StaticFiles.of(directory).index("home.htm", "index.html").build();
        assertEquals("home", Site.get(files, "/both/").sentText());
        assertEquals("index", Site.get(StaticFiles.of(directory).index("nothing", "index.html").build(),
                "/").sentText());
        assertEquals(404, Site.get(StaticFiles.of(directory).index().build(), "/").sentStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b.html", "../x", ".hidden", "x\\y", "WEB-INF", "x."})
    void indexFilesArePlainNames(String name) {
        assertThrows(IllegalArgumentException.class, () -> StaticFiles.of(directory).index(name));
    }

    /** How long a file may be used says nothing of a refusal, which a cache on the way must not keep. */
    @Test
    void refusalsAreNotFresh() throws Exception {
        StaticFiles files = StaticFiles.of(directory).cacheControl("max-age=60").build();
        String[][] refused = {{"If-Match", "\"x\""}, {"Range", "bytes=1000000-"}};
        for (String[] field : refused) {
            FakeResponse response = Site.get(files, "/a.gate", field);
            assertTrue(response.sentStatus() >= 400);
            assertNull(response.sent("Cache-Control"));
        }
        String tag = Site.get(files, "/a.gate").sent("ETag");
        assertEquals("max-age=60", Site.get(files, "/a.gate", "If-None-Match", tag).sent("Cache-Control"));
    }

    @Test
    void cacheControlIsOneValueOrOnePerPath() throws Exception {
        StaticFiles one = StaticFiles.of(directory).cacheControl("no-cache").build();
        FakeResponse response = Site.get(one, "/");
        assertEquals("no-cache", response.sent("Cache-Control"));
        FakeResponse same = Site.get(one, "/", "If-None-Match", "*");
        assertEquals(304, same.sentStatus());
        assertEquals("no-cache", same.sent("Cache-Control"));
        assertEquals("no-cache", Site.get(one, "/", "Range", "bytes=0-0").sent("Cache-Control"));

        StaticFiles each = StaticFiles.of(directory)
                .cacheControl(path -> path.startsWith("assets/") ? "max-age=31536000, immutable" : null).build();
        assertEquals("max-age=31536000, immutable", Site.get(each, "/assets/a.3f2a.js").sent("Cache-Control"));
        assertNull(Site.get(each, "/").sent("Cache-Control"));
        assertThrows(IllegalArgumentException.class, () -> StaticFiles.of(directory).cacheControl("a\r\nb"));
    }

    @Test
    void furtherFieldsStandInEveryAnswerWithAFile() throws Exception {
        StaticFiles files = StaticFiles.of(directory).field("X-Content-Type-Options", "nosniff").build();
        assertEquals("nosniff", Site.get(files, "/").sent("X-Content-Type-Options"));
        assertEquals("nosniff", Site.find(files, "/").head().fields().first("X-Content-Type-Options"));
        assertEquals("nosniff", Site.get(files, "/", "If-None-Match", "*").sent("X-Content-Type-Options"));
        assertThrows(IllegalArgumentException.class, () -> StaticFiles.of(directory).field("a b", "c"));
    }

    @Test
    void typesCanBeAdded() throws Exception {
        StaticFiles files = StaticFiles.of(directory)
                .mediaTypes(MediaTypes.standard().with("gate", "application/x-gate")).build();
        assertEquals("application/x-gate", Site.get(files, "/a.gate").sent("Content-Type"));
    }

    @Test
    void limitsAreChecked() {
        StaticFilesBuilder builder = StaticFiles.of(directory);
        assertThrows(IllegalArgumentException.class, () -> builder.hotBytes(-1));
        assertThrows(IllegalArgumentException.class, () -> builder.freshness(Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> builder.freshness(Duration.ofDays(366)));
    }

    /** The thread of its own: a daemon, named, gone when it has nothing to do. */
    @Test
    void withoutAnExecutorADaemonThreadLooks() throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        Thread test = Thread.currentThread();
        long[] clock = {0};
        Root directoryRoot = new DirectoryRoot(directory);
        StaticFiles files = new StaticFilesBuilder(() -> path -> {
            if (Thread.currentThread() != test) {
                thread.complete(Thread.currentThread());
            }
            return directoryRoot.find(path);
        }).nanos(() -> clock[0]).build();
        Site.get(files, "/");
        clock[0] = 1_500_000_000L;
        assertEquals("index", Site.text(Site.find(files, "/")));
        Thread looked = thread.get(30, TimeUnit.SECONDS);
        assertEquals("gatehouse-files", looked.getName());
        assertTrue(looked.isDaemon());
    }
}
