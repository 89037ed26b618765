/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.route.RouteSettings;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportProvider;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What mounts become in the table, who makes their parts, and what is undone in which order. */
@Timeout(60)
class DeploymentTest {

    private final FakeProvider provider = new FakeProvider("fake");
    private final Recording components = new Recording(provider.events);

    private GatehouseBuilder builder(String... settings) {
        Properties file = new Properties();
        for (int i = 0; i < settings.length; i += 2) {
            file.setProperty(settings[i], settings[i + 1]);
        }
        return Gatehouse.builder().configuration(Configuration.of(file, Map.of(), new Properties()))
                .transport(provider).components(components);
    }

    private static Route at(Gatehouse gatehouse, String prefix) {
        return gatehouse.routes().table().at(Prefix.parse(prefix));
    }

    @Test
    void whatIsMadeIsLetGoOfInReverseOrder() throws Exception {
        builder("handle./c/", Third.class.getName()).handle("/a/", First.class).handle("/b/", Second.class).start().close();
        assertEquals(
                List.of("create", "make First", "make Second", "make Third", "start", "stop PT10S", "let go Third",
                        "let go Second", "let go First"),
                provider.events);
        assertFalse(provider.events.contains("close"), "components that were handed in are not closed");
    }

    @Test
    void whatWasMadeBeforeAFailureIsLetGoOf() {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class,
                () -> builder().handle("/a/", First.class).handle("/b/", Unmakeable.class).start());
        assertTrue(thrown.getMessage().contains(Unmakeable.class.getName()), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("give it a public constructor without parameters"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("recording components"), "names who tried: " + thrown.getMessage());
        assertNotNull(thrown.getCause());
        assertEquals(List.of("create", "make First", "make Unmakeable", "stop PT0S", "let go First"), provider.events);
    }

    @Test
    void aHandlerThatIsNoneIsMadeAndLetGoOf() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> builder().handle("/a/", NoHandler.class).start());
        assertTrue(thrown.getMessage().contains("mounted at /a/, is no handler"), thrown.getMessage());
        assertEquals(List.of("create", "make NoHandler", "stop PT0S", "let go NoHandler"), provider.events);
    }

    @ParameterizedTest
    @CsvSource({
        "handle./x/, no.such.Class, handle./x/=no.such.Class in gatehouse.properties: the class no.such.Class can't be loaded",
        "servlet./x/*, no.such.Class, servlet./x/*=no.such.Class in gatehouse.properties: the class no.such.Class can't be loaded",
        "servlet./x/*, java.lang.String, servlet./x/*=java.lang.String in gatehouse.properties: java.lang.String is no servlet",
    })
    void aFailureNamesTheLineThatAsksForIt(String key, String value, String start) {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> builder(key, value).start());
        assertTrue(thrown.getMessage().startsWith(start), thrown.getMessage());
        assertEquals(List.of("create", "stop PT0S"), provider.events);
    }

    @Test
    void blockingAndAsynchronousHandlersAreMounted() {
        AsyncHandler async = (request, response, done) -> done.succeeded();
        Handler blocking = (request, response) -> response.send("x");
        Gatehouse gatehouse = builder().handle("/a/", async).handle("/b/", blocking).handle("/c/", Async.class).deploy();
        assertSame(async, at(gatehouse, "/a/").handler());
        assertEquals(blocking.getClass().getName(), at(gatehouse, "/b/").holder());
        assertEquals(Async.class, at(gatehouse, "/c/").handler().getClass());
        assertEquals(Async.class.getName(), at(gatehouse, "/c/").holder());
        gatehouse.close();
        assertEquals(0, gatehouse.routes().table().size(), "all is taken out of the table");
    }

    @Test
    void aRouteKeepsWhatItBrings() {
        Object context = new Object();
        Route route = Route.of(Prefix.parse("//h:81/r/"), (Handler) (request, response) -> response.send("x"))
                .withContext(context).withSettings(RouteSettings.DEFAULTS.withBodyLimit(7).withLabel("mine"));
        Gatehouse gatehouse = builder().route(route).deploy();
        assertSame(route, at(gatehouse, "//h:81/r/"));
        gatehouse.close();
        Gatehouse limited = builder("limits.body.//h\\:81/r/".replace("\\", ""), "1KiB").route(route).deploy();
        Route changed = at(limited, "//h:81/r/");
        assertEquals(1_024, changed.settings().bodyLimit(), "the configuration is above the program");
        assertEquals("mine", changed.holder());
        assertSame(context, changed.context());
        limited.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/b/", "/", "//h/a/", "http://*/a/", "/A/"})
    void aLimitForNoRouteIsAMistake(String prefix) {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class,
                () -> builder("limits.body." + prefix, "1").handle("/a/", First.class).start());
        assertTrue(thrown.getMessage().startsWith("limits.body." + prefix + " is set"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("write the route's own, or remove the line"), thrown.getMessage());
        assertEquals(List.of("create", "make First", "stop PT0S", "let go First"), provider.events);
    }

    @Test
    void servletsOfTwoHostsAreTwoApplications() {
        String servlet = Servlet.class.getName();
        Gatehouse gatehouse = builder(
                "servlet.//one/a/*", servlet, "servlet.//one/b/*", servlet, "servlet.//two/*", servlet).deploy();
        assertSame(at(gatehouse, "//one/a/").handler(), at(gatehouse, "//one/b/").handler());
        assertFalse(at(gatehouse, "//one/a/").handler() == at(gatehouse, "//two/").handler());
        assertNull(at(gatehouse, "//one/"));
        gatehouse.close();
    }

    @ParameterizedTest
    @CsvSource({
        // patterns, the prefixes that are registered
        "/a/*, /a/", "/a, /a/", "/a/, /a/", "/, /", "/*, /", "*.do, /", "/a/b/c, /a/b/c/", "/a/* /b/*, /a/ /b/", "/a/* /a, /a/",
        "/a/* *.do, /", "/a/* /, /", "/a /a/b/*, /a/ /a/b/",
    })
    void aPatternNeedsTheLeastSubtree(String patterns, String prefixes) {
        GatehouseBuilder builder = builder();
        for (String pattern : patterns.split(" ")) {
            builder.servlet(pattern, new Servlet());
        }
        Gatehouse gatehouse = builder.deploy();
        List<String> wanted = List.of(prefixes.split(" "));
        for (String prefix : wanted) {
            assertNotNull(at(gatehouse, prefix), prefix);
        }
        assertEquals(wanted.size(), gatehouse.routes().table().size());
        gatehouse.close();
    }

    @Test
    void oneServletMayHaveSeveralPatternsAndOneClassSeveralServlets() {
        Servlet one = new Servlet();
        Gatehouse gatehouse = builder().servlet("/a/*", one).servlet("/b/*", one).servlet("/c/*", new Servlet())
                .servlet("/d/*", Servlet.class).servlet("/e/*", Servlet.class).deploy();
        assertEquals(5, gatehouse.routes().table().size());
        gatehouse.close();
    }

    @Test
    void aPatternOfTwoServletsIsRefused() {
        assertThrows(RuntimeException.class,
                () -> builder().servlet("/a/*", new Servlet()).servlet("/a/*", new Servlet()).deploy());
        assertEquals("stop PT0S", provider.events.get(provider.events.size() - 1));
    }

    @Test
    void filesAndAServletMayShareAHostButNotAPrefix() {
        IllegalStateException thrown = assertThrows(IllegalStateException.class,
                () -> builder().handle("/a/", First.class).servlet("/a/*", new Servlet()).deploy());
        assertTrue(thrown.getMessage().contains("the prefix /a/ is held by " + First.class.getName()), thrown.getMessage());
        assertEquals(List.of("create", "make First", "stop PT0S", "let go First"), provider.events);
    }

    @Test
    void aServerThatWasDeployedButNeverOpenedIsTakenDownToo() {
        Gatehouse gatehouse = builder().handle("/a/", First.class).deploy();
        assertEquals("Gatehouse on fake at []", gatehouse.toString());
        assertTrue(gatehouse.stop(Duration.ofSeconds(1)));
        assertEquals(List.of("create", "make First", "stop PT1S", "let go First"), provider.events);
        IllegalStateException thrown = assertThrows(IllegalStateException.class, gatehouse::open);
        assertTrue(thrown.getMessage().contains("stopped before: build another one"), thrown.getMessage());
    }

    /** Every step of stopping is taken, whatever becomes of the ones before; and who waits for the end is let go. */
    @Test
    void aTransportThatFailsToStopKeepsNothingElseUp() throws Exception {
        TransportProvider broken = new TransportProvider() {
            @Override
            public String name() {
                return "broken";
            }

            @Override
            public Transport create(TransportConfig config) {
                Transport inner = provider.create(config);
                return new Transport() {
                    @Override
                    public List<Endpoint> start(ExchangeHandler handler) throws IOException {
                        return inner.start(handler);
                    }

                    @Override
                    public boolean stop(Duration grace) {
                        inner.stop(grace);
                        throw new IllegalStateException("a selector is gone");
                    }
                };
            }
        };
        Gatehouse gatehouse = builder().transport(broken).handle("/a/", First.class).start();
        assertFalse(gatehouse.stop(Duration.ZERO), "it was not whole");
        assertEquals(List.of("create", "make First", "start", "stop PT0S", "let go First"), provider.events);
        gatehouse.join();
        assertFalse(gatehouse.stop(Duration.ZERO));
        assertEquals(5, provider.events.size(), "once");
    }

    @Test
    void theBuilderChecksWhatItIsGivenAtOnce() {
        GatehouseBuilder builder = builder();
        assertThrows(IllegalArgumentException.class, () -> builder.handle("a", First.class));
        assertThrows(IllegalArgumentException.class, () -> builder.files("/a/*", "dir"));
        assertThrows(IllegalArgumentException.class, () -> builder.spa("ftp://h/", "dir"));
        assertThrows(IllegalArgumentException.class, () -> builder.listen("localhost"));
        assertThrows(IllegalArgumentException.class, builder::listen);
        assertThrows(IllegalArgumentException.class, () -> builder.limits(l -> l.withHead(-1)));
        assertThrows(IllegalArgumentException.class, () -> builder.timeouts(t -> t.withIdle(Duration.ZERO)));
        assertEquals(0, provider.events.size());
    }

    @Test
    void aNameTakesAProviderBack() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> builder().transport("carrier-pigeon").start());
        assertTrue(thrown.getMessage().contains("there is no transport 'carrier-pigeon'"), thrown.getMessage());
        assertEquals(List.of("ask carrier-pigeon"), provider.events, "the provider that was set first is forgotten");
    }

    /** Makes with constructors, and writes down what it is asked for. */
    private record Recording(List<String> events) implements Components {
        @Override
        public <T> T create(Class<T> type) throws Exception {
            events.add("make " + type.getSimpleName());
            return PLAIN.create(type);
        }

        @Override
        public void destroy(Object component) {
            events.add("let go " + component.getClass().getSimpleName());
        }

        @Override
        public TransportProvider transport(String name) {
            events.add("ask " + name);
            return null;
        }

        @Override
        public void close() {
            events.add("close");
        }

        @Override
        public String toString() {
            return "recording components";
        }
    }

    /** Answers nothing. */
    public static class First implements Handler {
        @Override
        public void handle(Request request, Response response) {}
    }

    /** Another. */
    public static final class Second extends First {}

    /** Another. */
    public static final class Third extends First {}

    /** Has no constructor for anybody. */
    public static final class Unmakeable extends First {
        private Unmakeable(List<String> unused) {
            new ArrayList<>(unused);
        }
    }

    /** Can be made, and handles nothing. */
    public static final class NoHandler {}

    /** Asynchronous. */
    public static final class Async implements AsyncHandler {
        @Override
        public void handle(Request request, Response response, Completion done) {
            done.succeeded();
        }
    }

    /** A servlet of the class path. */
    public static final class Servlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }
}
