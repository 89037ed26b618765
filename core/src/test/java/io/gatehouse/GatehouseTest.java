/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Registration;
import io.gatehouse.route.Route;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.transport.TransportProvider;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The life of a server: what is mounted, in which order it comes up and goes down, and what a failure undoes. */
@Timeout(60)
final class GatehouseTest {

    private final FakeProvider provider = new FakeProvider("fake");

    @Test
    void deployingOpensNothingAndOpeningTellsThePorts() throws Exception {
        Gatehouse gatehouse = builder().listen("http://localhost:0", "unix:/run/x.sock").deploy();
        assertEquals(List.of("create"), provider.events);
        assertEquals(List.of(), gatehouse.endpoints());
        assertThrows(IllegalStateException.class, gatehouse::uri);
        assertSame(gatehouse, gatehouse.open());
        assertEquals("[http://localhost:40001, unix:/run/x.sock]", gatehouse.endpoints().toString());
        assertEquals(URI.create("http://localhost:40001/"), gatehouse.uri());
        assertEquals("fake", gatehouse.transport());
        gatehouse.close();
    }

    @Test
    void aUriOfAllInterfacesIsOneThatAClientCanUse() throws Exception {
        try (Gatehouse gatehouse = builder().listen("unix:/run/x.sock", "http://*:80").start()) {
            assertEquals(URI.create("http://localhost:80/"), gatehouse.uri());
        }
    }

    @Test
    void aServerOpensOnceAndStopsOnce() throws Exception {
        Gatehouse gatehouse = builder().start();
        assertThrows(IllegalStateException.class, gatehouse::open);
        assertTrue(gatehouse.stop(Duration.ofSeconds(3)));
        assertTrue(gatehouse.stop(Duration.ofSeconds(4)));
        gatehouse.close();
        assertThrows(IllegalStateException.class, gatehouse::open);
        assertEquals(List.of("create", "start", "stop PT3S"), provider.events);
    }

    @Test
    void closingGivesTheConfiguredGrace() throws Exception {
        Configuration configuration = Configuration.DEFAULTS.withStopGrace(Duration.ofSeconds(7));
        builder().configuration(configuration).start().close();
        assertEquals("stop PT7S", provider.events.get(2));
    }

    @Test
    void whatWasCutOffIsToldToEveryCaller() throws Exception {
        provider.cutting();
        Gatehouse gatehouse = builder().start();
        assertFalse(gatehouse.stop(Duration.ZERO));
        assertFalse(gatehouse.stop(Duration.ZERO));
    }

    @Test
    void joinReturnsWhenTheServerHasStopped() throws Exception {
        Gatehouse gatehouse = builder().start();
        CountDownLatch joined = new CountDownLatch(1);
        Thread waiter = new Thread(() -> {
            try {
                gatehouse.join();
                joined.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        waiter.start();
        gatehouse.close();
        assertTrue(joined.await(30, TimeUnit.SECONDS));
        waiter.join();
    }

    @Test
    void aServletWaitsForItsFirstRequest() throws Exception {
        try (Gatehouse gatehouse = builder().servlet("/api/*", new Recorded("servlet", provider.events)).start()) {
            assertNotNull(gatehouse.explain("http://localhost:8080/api/x").winner());
        }
        assertEquals(List.of("create", "start", "stop PT10S"), provider.events, "a servlet is made at its first request");
    }

    @Test
    void whatLoadsAtStartComesUpBeforeThePortsAndGoesDownAfterThem() throws Exception {
        builder().application(application("/shop", new Recorded("shop", provider.events))).start().close();
        assertEquals(List.of("create", "init shop", "start", "stop PT10S", "destroy shop"), provider.events);
    }

    @Test
    void aPortThatCannotBeOpenedTakesTheApplicationsDownAgain() {
        provider.failing();
        IOException e = assertThrows(
                IOException.class, () -> builder().application(application("/shop", new Recorded("shop", provider.events))).start());
        assertTrue(e.getMessage().contains("in use"), e.getMessage());
        assertEquals(
                List.of("create", "init shop", "start", "stop PT0S", "destroy shop"), provider.events);
    }

    @Test
    void anApplicationThatFailsTakesDownTheOnesBeforeIt() {
        Recorded failing = new Recorded("second", provider.events);
        failing.failing = true;
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> builder()
                .application(application("/one", new Recorded("first", provider.events)))
                .application(application("/two", failing))
                .start());
        assertTrue(e.getMessage().contains("/two/"), e.getMessage());
        assertEquals(List.of("create", "init first", "init second", "stop PT0S", "destroy first"), provider.events);
    }

    @Test
    void prefixesThatConflictAreRefusedAndNothingStaysUp() {
        Handler handler = (request, response) -> response.send("x");
        IllegalStateException e = assertThrows(
                IllegalStateException.class, () -> builder().handle("/a/", handler).handle("/a/", handler).start());
        assertTrue(e.getMessage().contains("/a/"), e.getMessage());
        assertEquals(List.of("create", "stop PT0S"), provider.events);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/*, /api/x, /other",
        "/exact, /exact, /exactly",
        "/a/b/*, /a/b, /a",
        "/folder/, /folder/, /folders",
    })
    void servletsTakeThePrefixOfTheirPatternAndLeaveTheRest(String pattern, String inside, String outside) {
        Gatehouse gatehouse = builder().servlet(pattern, new Recorded("s", provider.events)).deploy();
        assertNotNull(gatehouse.explain("http://localhost:8080" + inside).winner());
        assertNull(gatehouse.explain("http://localhost:8080" + outside).winner());
        gatehouse.close();
    }

    @ParameterizedTest
    @CsvSource({"/", "*.do", "/*"})
    void somePatternsNeedTheRoot(String pattern) {
        Gatehouse gatehouse = builder().servlet("/api/*", new Recorded("a", provider.events)).servlet(pattern, new Recorded("b", provider.events)).deploy();
        assertEquals("/", route(gatehouse, "/api/x").prefix().path());
        assertEquals("/", route(gatehouse, "/y").prefix().path());
        gatehouse.close();
    }

    @Test
    void servletsOfOneRootShareAnApplication() {
        Gatehouse gatehouse = builder().servlet("/a/*", new Recorded("a", provider.events)).servlet("/b/*", new Recorded("b", provider.events)).deploy();
        assertSame(route(gatehouse, "/a/").handler(), route(gatehouse, "/b/").handler());
        gatehouse.close();
    }

    @Test
    void anApplicationMayHaveAHostOfItsOwnButNotAnotherPath() {
        Gatehouse gatehouse = builder()
                .application("http://shop.example:8080/shop/", application("/shop", new Recorded("s", provider.events)))
                .deploy();
        assertNotNull(gatehouse.routes().table().at(Prefix.parse("http://shop.example:8080/shop/")));
        gatehouse.close();
        ServletApplication other = application("/shop", new Recorded("s", provider.events));
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> builder().application("http://shop.example/", other));
        assertTrue(e.getMessage().contains("/shop/"), e.getMessage());
    }

    @Test
    void routesOfTheConfigurationAddUpWithTheProgrammers(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("index.html"), "<p>");
        Properties file = new Properties();
        file.setProperty("files./docs/", folder.toString());
        file.setProperty("spa./app/", folder.toString());
        file.setProperty("servlet./s/*", Recorded.class.getName());
        file.setProperty("handle./h/", PlainHandler.class.getName());
        file.setProperty("limits.body./h/", "1KiB");
        Configuration configuration = Configuration.of(file, Map.of(), new Properties());
        try (Gatehouse gatehouse = builder()
                .configuration(configuration)
                .handle("/own/", (request, response) -> response.send("own"))
                .start()) {
            for (String path : List.of("/docs/", "/app/", "/s/", "/h/", "/own/")) {
                assertEquals(path, route(gatehouse, path).prefix().path());
            }
            assertEquals(1024, route(gatehouse, "/h/x").settings().bodyLimit());
            assertEquals(-1, route(gatehouse, "/own/x").settings().bodyLimit());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "handle./h/, com.example.Missing, com.example.Missing can't be loaded",
        "handle./h/, java.lang.Object, is no handler",
        "servlet./s/*, java.lang.Object, is no servlet",
        "files./f/, /there/is/no/such/folder, /there/is/no/such/folder",
    })
    void aRouteThatNamesWhatIsNotThereFailsTheStartAndSaysSo(String key, String value, String expected) {
        Properties file = new Properties();
        file.setProperty(key, value);
        Configuration configuration = Configuration.of(file, Map.of(), new Properties());
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> builder().configuration(configuration).start());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertEquals(List.of("create", "stop PT0S"), provider.events);
    }

    @Test
    void routesCanBeRegisteredAndRemovedWhileItRuns() throws Exception {
        try (Gatehouse gatehouse = builder().start()) {
            assertNull(gatehouse.explain("http://localhost:8080/late/").winner());
            Registration late = gatehouse.routes().register(
                    Route.of(Prefix.parse("/late/"), (Handler) (request, response) -> response.send("late")));
            assertNotNull(gatehouse.explain("http://localhost:8080/late/").winner());
            late.close();
            assertNull(gatehouse.explain("http://localhost:8080/late/").winner());
        }
    }

    @Test
    void anUnknownTransportListsWhatWasFoundAndTheArtifactToAdd() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Gatehouse.builder()
                .configuration(Configuration.DEFAULTS.withTransport("carrier-pigeon"))
                .start());
        assertTrue(e.getMessage().contains("found none"), e.getMessage());
        assertTrue(e.getMessage().contains("io.gatehouse:gatehouse-transport-carrier-pigeon"), e.getMessage());
    }

    @Test
    void withoutAnyTransportTheMessageNamesTheArtifacts() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .components(Components.PLAIN)
                .start());
        assertTrue(e.getMessage().contains("gatehouse-transport-nio"), e.getMessage());
    }

    @Test
    void aTransportMayComeFromTheComponents() throws Exception {
        List<String> closed = new ArrayList<>();
        Components components = new Components() {
            @Override
            public <T> T create(Class<T> type) throws Exception {
                return PLAIN.create(type);
            }

            @Override
            public void destroy(Object component) {}

            @Override
            public TransportProvider transport(String name) {
                return name.equals("fake") ? provider : null;
            }

            @Override
            public void close() {
                closed.add("closed");
            }
        };
        Gatehouse.builder()
                .configuration(Configuration.DEFAULTS.withTransport("fake"))
                .components(components)
                .start()
                .close();
        assertEquals(List.of("create", "start", "stop PT10S"), provider.events);
        assertEquals(List.of(), closed, "components that were handed in are their maker's to close");
    }

    @Test
    void theTransportIsToldWhatConcernsIt() throws Exception {
        Configuration configuration = Configuration.DEFAULTS
                .withIoThreads(3)
                .withOptions(Map.of("fake", Map.of("colour", "red"), "other", Map.of("colour", "blue")));
        builder().configuration(configuration).limits(l -> l.withLine(100)).timeouts(t -> t.withIdle(Duration.ofSeconds(1)))
                .start().close();
        assertEquals(3, provider.config().ioThreads());
        assertEquals(Map.of("colour", "red"), provider.config().options());
        assertEquals(100, provider.config().limits().line());
        assertEquals(Duration.ofSeconds(1), provider.config().timeouts().idle());
    }

    @Test
    void handlersGivenAsClassesAreMadeAndLetGoOf() throws Exception {
        PlainHandler.made.clear();
        try (Gatehouse gatehouse = builder().handle("/h/", PlainHandler.class).start()) {
            assertEquals(1, PlainHandler.made.size());
            assertNotNull(gatehouse.explain("http://localhost:8080/h/").winner());
        }
    }

    private GatehouseBuilder builder() {
        return Gatehouse.builder().configuration(Configuration.DEFAULTS).transport(provider);
    }

    private Route route(Gatehouse gatehouse, String path) {
        return gatehouse.routes().table().find("http", null, new InetSocketAddress("localhost", 8080), path);
    }

    private static ServletApplication application(String contextPath, Recorded servlet) {
        return ServletApplication.builder()
                .contextPath(contextPath)
                .requireServlets(true)
                .initializer((classes, context) -> {
                    var registration = context.addServlet(servlet.name, servlet);
                    registration.addMapping("/*");
                    registration.setLoadOnStartup(1);
                })
                .build();
    }

    /** Public, so that the configuration can name it. */
    public static final class PlainHandler implements Handler {
        static final List<PlainHandler> made = new ArrayList<>();

        public PlainHandler() {
            made.add(this);
        }

        @Override
        public void handle(Request request, Response response) throws IOException {
            response.send("plain");
        }
    }

    /** Writes down its life. */
    public static class Recorded extends HttpServlet {
        private final String name;
        private final List<String> events;
        private boolean failing;

        public Recorded() {
            this.name = "unnamed";
            this.events = new ArrayList<>();
        }

        Recorded(String name, List<String> events) {
            this.name = name;
            this.events = events;
        }

        @Override
        public void init() throws ServletException {
            events.add("init " + name);
            if (failing) {
                throw new ServletException("no database");
            }
        }

        @Override
        public void destroy() {
            events.add("destroy " + name);
        }
    }
}
