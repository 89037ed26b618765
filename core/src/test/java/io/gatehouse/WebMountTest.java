/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.OutputCache;
import io.gatehouse.route.Prefix;
import io.gatehouse.servlet.Isolation;
import io.gatehouse.webapp.LiveApplication;
import io.gatehouse.webapp.WebApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static Configuration configuration(String... lines) {
        Properties file = new Properties();
        for (int i = 0; i < lines.length; i += 2) {
            file.setProperty(lines[i], lines[i + 1]);
        }
        return Configuration.of(file, Map.of(), new Properties());
    }

    @Test
    void aLineOfTheConfigurationIsARoute() {
        List<RouteSpec> routes = configuration("webapp./shop", "/srv/shop.war").routes();
        assertEquals(List.of(new RouteSpec.WebRoute(
                Prefix.parse("/shop/"), "/srv/shop.war", null, Isolation.NONE,
                "webapp./shop=/srv/shop.war in gatehouse.properties")), routes);
    }

    private static RouteSpec.WebRoute web(String... more) {
        List<String> lines = new ArrayList<>(List.of("webapp./shop/", "shop.war"));
        lines.addAll(List.of(more));
        return (RouteSpec.WebRoute) configuration(lines.toArray(String[]::new)).routes().get(0);
    }

    @Test
    void linesBesideItNameItsUsersAndItsBounds() {
        assertEquals("users.properties", web("users./shop", "users.properties").users());
        assertEquals(Isolation.APART, web("isolation./shop", "apart").isolation());
        assertEquals(new Isolation(20, 5, Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ofMinutes(2)),
                web("isolation./shop/", "in-flight=20, queue = 5,queue-time=1s, request-time=500ms, async-time=2m").isolation());
        assertEquals(Isolation.APART.withRequestTime(Duration.ofSeconds(5)),
                web("isolation./shop/", "request-time=5s").isolation());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "in-fligth=20     | has 'in-fligth=20', which is no bound of an isolation: did you mean in-flight? Write apart, or some of "
                + "async-time, in-flight, queue, queue-time, request-time",
        "apart, queue=1   | has 'apart', which is no bound of an isolation",
        "queue            | has 'queue', which has no value or is there twice: write queue= and a value, once",
        "queue=1, queue=2 | has 'queue=2', which has no value or is there twice",
        "in-flight=0      | is wrong: 'in-flight=0' leaves it no thread: write 1 or more, or remove the line",
        "queue-time=10    | is wrong: 'queue-time=10' is not a duration: write one like 500ms",
        "queue=           | is wrong: 'queue=' is not a number"})
    void aWrongBoundSaysWhereItStands(String isolation, String message) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> web("isolation./shop/", isolation));
        String start = "isolation./shop/=" + isolation + " in gatehouse.properties " + message;
        assertTrue(refused.getMessage().startsWith(start), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"users./other/", "isolation./other/"})
    void linesWithoutAnApplicationAreRefused(String key) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> web(key, "apart"));
        assertEquals(key + "=apart in gatehouse.properties is for a prefix without a web application: write webapp. and the same"
                + " prefix with its WAR too", refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"user./shop/, users.<prefix>", "isolate./shop/, isolation.<prefix>"})
    void aWrongKeyBesideItNamesTheRightOne(String key, String nearest) {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class, () -> web(key, "x"));
        assertTrue(refused.getMessage().endsWith("did you mean " + nearest + "?"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"none.properties, can't be read: name one that is there", "shop/a.txt, is wrong: the line a is none of NAME.password"})
    void usersThatCanNotBeReadStopTheServer(String file, String message) throws Exception {
        Configuration configuration = configuration("webapp./shop/", application().toString(),
                "users./shop/", place.resolve(file).toString());
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> Gatehouse.builder().configuration(configuration).transport(new FakeProvider("fake")).deploy());
        assertTrue(refused.getMessage().startsWith("users./shop/: the file " + place.resolve(file) + ' ' + message),
                refused.getMessage());
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
