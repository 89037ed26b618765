/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.transport.OnMemory;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The cache as a setting of a server: by the builder, by the configuration, and as servlets reach it. */
@Timeout(60)
class CacheWiringTest {

    private final OnMemory memory = new OnMemory();

    /** A page that costs something to make, and is dropped by its tag when its data changes. */
    private static final class Shop extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient AtomicInteger price = new AtomicInteger(1);
        private final transient AtomicInteger made = new AtomicInteger();

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            made.incrementAndGet();
            response.setHeader("Surrogate-Key", "prices");
            response.setContentType("text/plain");
            if (request.getParameter("login") != null) {
                request.getSession().setAttribute("name", "x");
            }
            response.getWriter().print("price " + price.get());
        }

        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) {
            price.incrementAndGet();
            OutputCache cache = (OutputCache) getServletContext().getAttribute(OutputCache.class.getName());
            cache.purgeTag("prices");
            response.setStatus(204);
        }
    }

    private GatehouseBuilder builder(String... settings) {
        Properties properties = new Properties();
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        Configuration configuration = Configuration.of(properties, Map.of(), new Properties());
        return Gatehouse.builder().configuration(configuration.withEndpoints(memory.endpoints())).transport(memory.provider());
    }

    private RawClient client(Gatehouse gatehouse) throws IOException {
        return new RawClient(memory.connect(gatehouse.endpoints().get(0)));
    }

    @Test
    void aServletIsCachedByOneLineAndPurgedByItsTag() throws Exception {
        Shop shop = new Shop();
        try (Gatehouse gatehouse = builder().servlet("/shop/*", shop).cache("/shop/", CachePolicy.untilPurged()).start();
                RawClient client = client(gatehouse)) {
            assertEquals("price 1", client.ask("GET /shop/list").text());
            RawClient.Reply hit = client.ask("GET /shop/list");
            assertTrue(hit.fromMemory());
            assertEquals("price 1", hit.text());
            assertEquals("text/plain;charset=ISO-8859-1", hit.field("Content-Type"));
            assertEquals("null", hit.field("Surrogate-Key"));
            assertEquals("price 1", client.ask("GET /shop/other").text());
            assertEquals(2, shop.made.get());
            assertEquals(204, client.ask("POST /shop/change", "Content-Length: 0").status());
            assertEquals("price 2", client.ask("GET /shop/list").text());
            assertEquals("price 2", client.ask("GET /shop/other").text());
            assertEquals(4, shop.made.get());
            assertEquals(1, gatehouse.cache().counters().hits());
            assertTrue(gatehouse.cache().countersByRoute().containsKey("/shop/"), gatehouse.cache().countersByRoute().toString());
        }
    }

    @Test
    void aSessionIsNobodyElses() throws Exception {
        Shop shop = new Shop();
        try (Gatehouse gatehouse = builder().servlet("/shop/*", shop)
                        .cache("/shop/", CachePolicy.forDuration(Duration.ofMinutes(1)).withStatus(true)).start();
                RawClient client = client(gatehouse)) {
            RawClient.Reply login = client.ask("GET /shop/?login=1");
            String cookie = login.field("Set-Cookie");
            assertTrue(cookie.startsWith("JSESSIONID="), cookie);
            assertEquals("Gatehouse; fwd=uri-miss; detail=set-cookie", login.field("Cache-Status"));
            assertEquals("null", client.ask("GET /shop/list", "Cookie: " + cookie.split(";", 2)[0]).field("Age"));
            assertFalse(client.ask("GET /shop/list").fromMemory());
            assertTrue(client.ask("GET /shop/list").fromMemory());
            RawClient.Reply member = client.ask("GET /shop/list", "Cookie: " + cookie.split(";", 2)[0]);
            assertFalse(member.fromMemory());
            assertEquals("Gatehouse; fwd=bypass; detail=cookie", member.field("Cache-Status"));
        }
    }

    /** A purge, and what an answer invalidates, are read as targets of requests are. */
    @Test
    void whatTheServerLetsInCanBePurged() throws Exception {
        Handler handler = (request, response) -> {
            if (request.method().equals("POST")) {
                response.status(201).field("Location", "/a%2Fb").send("made");
            } else {
                response.send(request.path());
            }
        };
        try (Gatehouse gatehouse = builder("target.encoded-slash", "true", "cache./", "until-purged").handle("/", handler).start();
                RawClient client = client(gatehouse)) {
            for (int round = 0; round < 2; round++) {
                assertFalse(client.ask("GET /a%2Fb").fromMemory());
                assertTrue(client.ask("GET /a%2Fb").fromMemory());
                assertEquals(1, gatehouse.cache().purge("/a%2Fb"));
            }
            client.ask("GET /a%2Fb");
            client.ask("POST /list", "Content-Length: 0");
            assertFalse(client.ask("GET /a%2Fb").fromMemory());
        }
        OutputCache strict = OutputCache.of(1000);
        assertThrows(IllegalArgumentException.class, () -> strict.purge("/a%2Fb"));
    }

    /** Without a policy an answer's own lifetime counts for nothing; the client does not hear of it either way. */
    @Test
    void theFieldForTheCacheIsNoClients() throws Exception {
        Handler handler = (request, response) -> response.field("Gatehouse-Cache", "60").send("x");
        try (Gatehouse gatehouse = builder("cache./never/", "never").handle("/", handler).handle("/never/", handler).start();
                RawClient client = client(gatehouse)) {
            for (String path : new String[] {"/", "/never/"}) {
                for (int round = 0; round < 2; round++) {
                    RawClient.Reply reply = client.ask("GET " + path);
                    assertEquals("null", reply.field("Gatehouse-Cache"));
                    assertEquals(round == 1 && path.equals("/never/"), reply.fromMemory());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"10s, true", "until-purged, true", "headers, false", "never, false", "1h, true"})
    void theConfigurationSaysIt(String value, boolean kept) throws Exception {
        Handler handler = (request, response) -> response.send("x");
        try (Gatehouse gatehouse = builder("cache./a/", value, "cache-size", "3MiB").handle("/a/", handler).start();
                RawClient client = client(gatehouse)) {
            client.ask("GET /a/b");
            assertEquals(kept, client.ask("GET /a/b").fromMemory());
            assertEquals(3 << 20, gatehouse.cache().bound());
        }
    }

    @Test
    void theConfigurationChangesTheLifetimeOnly() {
        Configuration program = Configuration.DEFAULTS.withCaches(
                Map.of(Prefix.parse("/a/"), CachePolicy.untilPurged().withErrors(true)));
        Properties file = new Properties();
        file.setProperty("cache./a/", "5s");
        file.setProperty("cache./b/", "headers");
        Map<Prefix, CachePolicy> caches = Configuration.of(program, file, Map.of(), new Properties()).caches();
        assertEquals(CachePolicy.forDuration(Duration.ofSeconds(5)).withErrors(true), caches.get(Prefix.parse("/a/")));
        assertEquals(CachePolicy.asHeadersSay(), caches.get(Prefix.parse("/b/")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "cache./a/ | forever | write headers, until-purged, never, or a duration like 10s",
        "cache./a/ | 10      | write one like 500ms, 10s, 2m or 1h", "cache./a/ | 0s | give one longer than nothing",
        "cache-size | lots   | write one like 512, 8KiB", "cache.a | 10s | is for no prefix",
    })
    void whatIsWrongIsSaid(String key, String value, String message) {
        String said = assertThrows(IllegalArgumentException.class, () -> builder(key, value)).getMessage();
        assertTrue(said.startsWith(key + "=" + value) && said.contains(message), said);
    }

    @Test
    void aPrefixThatNobodyHasIsAnError() {
        GatehouseBuilder builder = builder("cache./b/", "1s").handle("/a/", (request, response, done) -> done.succeeded());
        String said = assertThrows(IllegalArgumentException.class, builder::deploy).getMessage();
        assertTrue(said.startsWith("cache./b/ is set, and nothing is registered for exactly that prefix"), said);
    }

    @Test
    void aCachedRouteKeepsItsHolderContextAndSettings() {
        Route route = Route.of(Prefix.parse("/r/"), (Handler) (request, response) -> response.send("x")).withContext("mine");
        Gatehouse gatehouse = builder("limits.body./r/", "1KiB").route(route).cache("/r/", CachePolicy.asHeadersSay()).deploy();
        Route cached = gatehouse.routes().table().at(Prefix.parse("/r/"));
        assertEquals(route.holder(), cached.holder());
        assertEquals("mine", cached.context());
        assertEquals(1024, cached.settings().bodyLimit());
        assertSame(cached.handler(), cached.shortcut());
        assertInstanceOf(Shortcut.class, cached.handler());
        gatehouse.close();
    }

    @Test
    void filesAnswerBeforeTheCacheDoes() throws Exception {
        java.nio.file.Path folder = java.nio.file.Files.createTempDirectory("site");
        java.nio.file.Files.writeString(folder.resolve("a.txt"), "file");
        try (Gatehouse gatehouse = builder().files("/", folder).cache("/", CachePolicy.untilPurged()).start();
                RawClient client = client(gatehouse)) {
            assertEquals("file", client.ask("GET /a.txt").text());
            assertEquals("file", client.ask("GET /a.txt").text());
            assertEquals(404, client.ask("GET /none").status());
        } finally {
            java.nio.file.Files.delete(folder.resolve("a.txt"));
            java.nio.file.Files.delete(folder);
        }
    }

    @Test
    void listenersSeeTheCacheInTheContextFromTheBeginning() throws Exception {
        Object[] seen = new Object[1];
        ServletContextListener listener = new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                seen[0] = event.getServletContext().getAttribute("io.gatehouse.cache.OutputCache");
            }
        };
        ServletApplication application = ServletApplication.builder().contextPath("/app").listener(listener).build();
        OutputCache given = OutputCache.of(1 << 20);
        Gatehouse gatehouse = builder().cache(given).application(application).deploy();
        assertSame(given, seen[0]);
        assertSame(given, gatehouse.cache());
        assertThrows(IllegalStateException.class, () -> application.attribute("a", "b"));
        gatehouse.close();
        given.put("still", new byte[1], null);
        assertEquals(1, given.size(), "who made it closes it");
        for (int round = 0; round < 2; round++) {
            Handler handler = (request, response) -> response.send("x");
            Gatehouse next = builder().cache(given).handle("/", handler).cache("/", CachePolicy.untilPurged()).start();
            try (RawClient client = client(next)) {
                client.ask("GET /");
                assertEquals(2, given.size());
            }
            next.close();
            assertEquals(1, given.size(), "a route takes along what was kept of it");
            assertEquals(Map.of(), given.countersByRoute());
        }
    }

    @Test
    void theServersOwnCacheEndsWithIt() throws Exception {
        Handler handler = (request, response) -> response.send("x");
        Gatehouse gatehouse = builder().handle("/", handler).cache("/", CachePolicy.untilPurged()).start();
        try (RawClient client = client(gatehouse)) {
            client.ask("GET /");
        }
        OutputCache cache = gatehouse.cache();
        assertEquals(1, cache.size());
        gatehouse.close();
        assertEquals(0, cache.size());
        assertEquals(Runtime.getRuntime().maxMemory() / 4, cache.bound());
    }
}
