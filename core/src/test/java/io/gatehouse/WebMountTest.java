/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.OutputCache;
import io.gatehouse.route.Prefix;
import io.gatehouse.webapp.LiveApplication;
import io.gatehouse.webapp.WebApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Web applications in the builder and in the configuration: where they are put, and what is said if they can't be. */
class WebMountTest {

    @TempDir
    Path place;

    private Path application() throws IOException {
        Path root = Files.createDirectories(place.resolve("shop"));
        Files.writeString(root.resolve("a.txt"), "a");
        return root;
    }

    private static GatehouseBuilder builder() {
        return Gatehouse.builder().configuration(Configuration.DEFAULTS).transport(new FakeProvider("fake"));
    }

    @ParameterizedTest
    @CsvSource({"/shop, /shop/", "/shop/, /shop/", "/, /", "http://example.com/shop/, http://example.com/shop/"})
    void thePrefixIsTheContextPath(String given, String prefix) throws Exception {
        try (Gatehouse server = builder().webapp(given, application()).deploy()) {
            assertNotNull(server.routes().table().at(Prefix.parse(prefix)));
        }
    }

    @Test
    void aLiveApplicationHasTheServersCacheAndGoesWithTheServer() throws Exception {
        LiveApplication live = LiveApplication.of(WebApplication.of(application()).contextPath("/shop"));
        Gatehouse server = builder().webapp(live).deploy();
        assertEquals(server.cache(), live.context().getAttribute(OutputCache.class.getName()));
        assertEquals("/shop", live.context().getContextPath());
        live.redeploy(Duration.ZERO);
        assertEquals(server.cache(), live.context().getAttribute(OutputCache.class.getName()));
        server.close();
        assertNull(live.context());
        assertThrows(IllegalStateException.class, () -> live.redeploy(Duration.ZERO));
    }

    @ParameterizedTest
    @CsvSource({"/other/", "/", "/shop/more/", "http://example.com/"})
    void anotherPrefixThanTheContextPathIsRefused(String prefix) throws Exception {
        LiveApplication live = LiveApplication.of(WebApplication.of(application()).contextPath("/shop"));
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> builder().webapp(prefix, live));
        assertTrue(refused.getMessage().contains("does not end in the application's context path: write /shop/"),
                refused.getMessage());
    }

    @Test
    void whatCanNotBeDeployedStopsTheServer() throws Exception {
        LiveApplication first = LiveApplication.of(WebApplication.of(application()).contextPath("/first"));
        IllegalStateException refused = assertThrows(IllegalStateException.class,
                () -> builder().webapp(first).webapp("/shop", place.resolve("none.war")).deploy());
        assertTrue(refused.getMessage().startsWith(
                "the web application at /shop/ can't be deployed: there is no web application at "), refused.getMessage());
        assertNull(first.context());
    }

    @Test
    void twoOnOnePrefixConflict() throws Exception {
        Path root = application();
        IllegalStateException refused = assertThrows(IllegalStateException.class,
                () -> builder().webapp("/shop", root).webapp("/shop/", root).deploy());
        assertTrue(refused.getMessage().contains("/shop/"), refused.getMessage());
    }

    private static Configuration configuration(String key, String value) {
        Properties file = new Properties();
        file.setProperty(key, value);
        return Configuration.of(file, Map.of(), new Properties());
    }

    @Test
    void aLineOfTheConfigurationIsARoute() {
        List<RouteSpec> routes = configuration("webapp./shop", "/srv/shop.war").routes();
        assertEquals(List.of(new RouteSpec.WebRoute(
                Prefix.parse("/shop/"), "/srv/shop.war", "webapp./shop=/srv/shop.war in gatehouse.properties")), routes);
    }

    @Test
    void aWrongKeyNamesTheRightOne() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> configuration("webap./shop/", "x"));
        assertTrue(refused.getMessage().contains("webapp."), refused.getMessage());
    }

    @Test
    void anEmptyLineIsRefused() {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> configuration("webapp./shop/", " "));
        assertTrue(refused.getMessage().contains("has no value"), refused.getMessage());
    }

    @Test
    void everyLineIsMountedAtItsPrefix() throws Exception {
        Configuration configuration = configuration("webapp./shop/", application().toString());
        try (Gatehouse server =
                Gatehouse.builder().configuration(configuration).transport(new FakeProvider("fake")).deploy()) {
            assertNotNull(server.routes().table().at(Prefix.parse("/shop/")));
        }
    }
}
