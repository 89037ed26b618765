/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.cache.CacheCounters;
import io.gatehouse.cache.CacheMemory;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.transport.OnMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a server mounts: where their copies lie, and for how long they are believed. */
class FilesWiringTest {

    @TempDir
    Path directory;

    private final OnMemory memory = new OnMemory();
    private Site site;

    @BeforeEach
    void site() throws Exception {
        site = new Site(directory).file("a.txt", "first");
    }

    private GatehouseBuilder builder(String... settings) {
        Properties properties = new Properties();
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        Configuration configuration = Configuration.of(properties, Map.of(), new Properties());
        return Gatehouse.builder().configuration(configuration.withEndpoints(memory.endpoints())).transport(memory.provider());
    }

    private static Route at(Gatehouse gatehouse, String prefix) {
        return gatehouse.routes().table().at(Prefix.parse(prefix));
    }

    private static String get(Route route, String path) throws Exception {
        FakeRequest request = FakeRequest.get(path).prefix(route.prefix().path().length());
        return new FakeResponse().handledBy(route.handler(), request).sentText();
    }

    private static boolean isHot(Route route, String path) {
        FakeRequest request = FakeRequest.get(path);
        Shortcut shortcut = route.shortcut();
        return shortcut != null && shortcut.find(request.head(), request.target(), route.prefix().path().length()) != null;
    }

    @Test
    void theyLieInTheServersCache() throws Exception {
        Gatehouse gatehouse = builder("files./f/", directory.toString(), "spa./s/", directory.toString())
                .files("/b/", StaticFiles.of(directory).build())
                .files("/c/", StaticFiles.of(directory).hotBytes(1_000_000).build())
                .route(Route.of(Prefix.parse("/d/"), StaticFiles.of(directory).build()).withContext("mine"))
                .deploy();
        long before = 0;
        for (String prefix : new String[] {"/f/", "/s/", "/b/", "/d/"}) {
            Route route = at(gatehouse, prefix);
            assertEquals("first", get(route, prefix + "a.txt"));
            assertTrue(isHot(route, prefix + "a.txt"));
            long now = gatehouse.cache().bytes();
            assertTrue(now > before, prefix + ": " + now);
            before = now;
        }
        assertEquals("mine", at(gatehouse, "/d/").context());
        Route own = at(gatehouse, "/c/");
        assertEquals("first", get(own, "/c/a.txt"));
        assertTrue(isHot(own, "/c/a.txt"));
        assertEquals(before, gatehouse.cache().bytes(), "who has a bound of their own keep it");
        assertEquals(Set.of("/f/", "/s/", "/b/", "/d/"), gatehouse.cache().countersByRoute().keySet());
        CacheCounters counters = gatehouse.cache().countersByRoute().get("/s/");
        assertEquals(1, counters.misses());
        assertEquals(1, counters.hits());
        assertTrue(counters.bytes() > 0);
        assertEquals(before, gatehouse.cache().counters().bytes());
        assertEquals(4, gatehouse.cache().purgePrefix("/"));
        assertEquals(0, gatehouse.cache().bytes());
        gatehouse.close();
    }

    @Test
    void theyLeaveAGivenCacheWhenTheServerStops() throws Exception {
        OutputCache given = OutputCache.of(1 << 20);
        given.put("fragment", new byte[10], null);
        long before = given.bytes();
        for (int round = 0; round < 2; round++) {
            Gatehouse gatehouse = builder().files("/", directory).cache(given).deploy();
            Route route = at(gatehouse, "/");
            get(route, "/a.txt");
            assertTrue(given.bytes() > before);
            gatehouse.close();
            assertEquals(before, given.bytes());
            assertEquals("first", get(route, "/a.txt"), "a request that was on its way is still answered");
            assertEquals(before, given.bytes());
        }
    }

    @Test
    void theSettingsCount() throws Exception {
        Gatehouse gatehouse = builder("cache-size", "0", "file-freshness", "5m").files("/", directory).deploy();
        get(at(gatehouse, "/"), "/a.txt");
        assertEquals(0, gatehouse.cache().bytes());
        assertTrue(!isHot(at(gatehouse, "/"), "/a.txt"));
        gatehouse.close();

        Gatehouse checking = builder("file-freshness", "0s", "cache-memory", "direct").files("/", directory).deploy();
        assertEquals(CacheMemory.DIRECT, checking.cache().memory());
        assertEquals("first", get(at(checking, "/"), "/a.txt"));
        assertTrue(checking.cache().bytes() > 0, "the bytes lie there, only they are not believed");
        assertTrue(!isHot(at(checking, "/"), "/a.txt"));
        site.file("a.txt", "second");
        assertEquals("second", get(at(checking, "/"), "/a.txt"));
        checking.close();
    }

    @Test
    void textsArePutIntoGzipWhereTheSettingSaysSo() throws Exception {
        site.file("a.txt", "x".repeat(1000));
        OutputCache cache = OutputCache.of(1 << 20);
        for (boolean said : new boolean[] {true, false}) {
            GatehouseBuilder builder = said ? builder().fileGzip(true) : builder("file-gzip", "true", "spa./s/", directory.toString());
            Gatehouse gatehouse = builder.cache(cache).files("/", directory).deploy();
            for (String prefix : said ? new String[] {"/"} : new String[] {"/", "/s/"}) {
                Route route = at(gatehouse, prefix);
                FakeRequest request = FakeRequest.get(prefix + "a.txt", "Accept-Encoding", "gzip").prefix(prefix.length());
                FakeResponse response = new FakeResponse().handledBy(route.handler(), request);
                assertEquals("Accept-Encoding", response.sent("Vary"));
            }
            gatehouse.close();
        }
        Gatehouse without = builder().files("/", directory).deploy();
        FakeResponse response = new FakeResponse().handledBy(at(without, "/").handler(), FakeRequest.get("/a.txt"));
        assertEquals(null, response.sent("Vary"));
        without.close();
    }

    @Test
    void theBuilderSaysThemToo() throws Exception {
        Configuration empty = Configuration.DEFAULTS.withEndpoints(memory.endpoints());
        Gatehouse gatehouse = Gatehouse.builder().configuration(empty).transport(memory.provider())
                .fileFreshness(Duration.ofMinutes(5)).cacheMemory(CacheMemory.DIRECT).files("/", directory).deploy();
        assertEquals(CacheMemory.DIRECT, gatehouse.cache().memory());
        assertEquals(Duration.ofMinutes(5), gatehouse.configuration().fileFreshness());
        get(at(gatehouse, "/"), "/a.txt");
        FakeRequest request = FakeRequest.get("/a.txt");
        assertTrue(at(gatehouse, "/").shortcut().find(request.head(), request.target(), 1).body().isDirect());
        gatehouse.close();
    }
}
