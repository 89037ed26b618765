/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.handler.Shortcut;
import io.gatehouse.http.Authority;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {

    private static final InetSocketAddress LOCAL = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);

    private final Routes routes = new Routes();

    @Test
    void registersAndRemoves() {
        Registration registration = routes.register(route("/a/", "one"));
        assertEquals("one", holder("/a/x"));
        assertSame(registration.route(), routes.table().find("http", null, LOCAL, "/a/x"));
        registration.close();
        assertNull(holder("/a/x"));
        registration.close();
        assertEquals(0, routes.table().size());
    }

    @Test
    void whoFoundARouteKeepsIt() {
        Registration registration = routes.register(route("/a/", "one"));
        RouteTable before = routes.table();
        registration.close();
        assertNotNull(before.find("http", null, LOCAL, "/a/"));
    }

    @Test
    void replacesAtOnce() {
        Registration registration = routes.register(route("/a/", "one"));
        registration.replace(route("/a/", "two"));
        assertEquals("two", holder("/a/"));
        assertEquals("two", registration.route().holder());
        registration.close();
        assertNull(holder("/a/"));
    }

    @Test
    void replacesByTheSamePrefixOnly() {
        Registration registration = routes.register(route("/a/", "one"));
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> registration.replace(route("/b/", "two")));
        assertTrue(thrown.getMessage().contains("register it instead"), thrown.getMessage());
        assertEquals("one", holder("/a/"));
        assertNull(holder("/b/"));
    }

    @Test
    void replacesNothingThatIsGone() {
        Registration first = routes.register(route("/a/", "one"));
        first.close();
        routes.register(route("/a/", "two"));
        IllegalStateException thrown =
                assertThrows(IllegalStateException.class, () -> first.replace(route("/a/", "three")));
        assertTrue(thrown.getMessage().contains("register the route anew"), thrown.getMessage());
        first.close();
        assertEquals("two", holder("/a/"), "a closed registration takes nothing of another's out");
    }

    @ParameterizedTest
    @CsvSource({
        // held, wanted
        "/a/, /a",
        "/a/, //*/a/",
        "http://Host/a/, http://host/a/",
        "http://+:80/, http://+:80",
        "http://[::1]/, http://[0:0:0:0:0:0:0:1]/",
        "/%61/, /a/",
    })
    void onePrefixHasOneHolder(String held, String wanted) {
        routes.register(route(held, "the first"));
        IllegalStateException thrown =
                assertThrows(IllegalStateException.class, () -> routes.register(route(wanted, "the second")));
        assertTrue(thrown.getMessage().contains("held by the first"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains(Prefix.parse(wanted).toString()), thrown.getMessage());
        assertEquals(1, routes.table().size());
    }

    @ParameterizedTest
    @CsvSource({
        "http://+:80/, http://*:80/",
        "http://+:80/, http://host:80/",
        "http://host:80/, http://*:80/",
        "http://host:80/, http://host:81/",
        "http://host:80/, http://host/",
        "http://host:80/, //host:80/",
        "http://host/, https://host/",
        "http://127.0.0.1:80/, http://*:80/",
        "http://127.0.0.1:80/, http://localhost:80/",
        "/a/, /a/b/",
        "/a/, /A/",
        "http://h:80/, https://h:81/",
    })
    void differentPrefixesDoNotConflict(String one, String two) {
        routes.register(route(one, "one"));
        routes.register(route(two, "two"));
        assertEquals(2, routes.table().size());
    }

    @ParameterizedTest
    @CsvSource({
        "http://+:80/, https://host:80/a/",
        "https://a:443/, http://b:443/",
        "http://*:80/, https://*:80/",
    })
    void aPortHasOneScheme(String one, String two) {
        Registration first = routes.register(route(one, "one"));
        IllegalStateException thrown =
                assertThrows(IllegalStateException.class, () -> routes.register(route(two, "two")));
        assertTrue(thrown.getMessage().contains("held by one"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("a port has one scheme"), thrown.getMessage());
        assertEquals(1, routes.table().size());
        first.close();
        routes.register(route(two, "two"));
        assertEquals(1, routes.table().size());
    }

    @Test
    void aPortIsFreeWhenItsLastPrefixIsGone() {
        Registration one = routes.register(route("http://a:80/", "one"));
        Registration two = routes.register(route("http://b:80/", "two"));
        one.close();
        IllegalStateException thrown =
                assertThrows(IllegalStateException.class, () -> routes.register(route("https://c:80/", "three")));
        assertTrue(thrown.getMessage().contains("http://b:80/, held by two"), "names one that is still there: " + thrown.getMessage());
        two.close();
        routes.register(route("https://c:80/", "three"));
    }

    @Test
    void aRefusedRegistrationLeavesNoClaimOnThePort() {
        Registration first = routes.register(route("http://a:80/", "one"));
        assertThrows(IllegalStateException.class, () -> routes.register(route("http://a:80/", "two")));
        first.close();
        routes.register(route("https://a:80/", "three"));
    }

    @Test
    void carriesContextAndSettings() {
        Object context = new Object();
        RouteSettings settings = RouteSettings.DEFAULTS.withBodyLimit(5).withLabel("me");
        routes.register(Route.of(Prefix.parse("/a/"), (request, response) -> {}).withContext(context).withSettings(settings));
        Route found = routes.table().find("http", null, LOCAL, "/a/");
        assertSame(context, found.context());
        assertEquals(5, found.settings().bodyLimit());
        assertEquals("me", found.holder());
        assertThrows(IllegalArgumentException.class, () -> RouteSettings.DEFAULTS.withBodyLimit(-2));
    }

    @Test
    void aHandlerMayBeItsOwnShortcut() {
        final class Both implements Handler, Shortcut {
            @Override
            public void handle(Request request, Response response) {}

            @Override
            public Prepared find(RequestHead head, Target target, int prefixLength) {
                return null;
            }
        }
        Both both = new Both();
        Route route = Route.of(Prefix.parse("/"), both);
        assertSame(both, route.shortcut());
        assertEquals(Both.class.getName(), route.holder());
        AsyncHandler plain = (request, response, done) -> done.succeeded();
        assertNull(Route.of(Prefix.parse("/"), plain).shortcut());
        assertSame(plain, Route.of(Prefix.parse("/"), plain).handler());
        assertEquals(plain.getClass().getName(), Route.of(Prefix.parse("/"), plain).holder());
    }

    /**
     * Ten thousand times a prefix is put in and taken out in front of another, while readers look: each of them finds one of
     * the two, never nothing and never something else.
     */
    @Test
    @Timeout(120)
    void noReaderSeesAHalfMadeTable() throws InterruptedException, ExecutionException {
        routes.register(route("/", "root"));
        for (int i = 0; i < 50; i++) {
            routes.register(route("/a/filler" + i + "/", "filler"));
        }
        AtomicBoolean over = new AtomicBoolean();
        AtomicLong looks = new AtomicLong();
        CountDownLatch ready = new CountDownLatch(3);
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            List<Future<?>> readers = new ArrayList<>();
            for (int reader = 0; reader < 3; reader++) {
                readers.add(pool.submit(() -> {
                    ready.countDown();
                    Authority authority = new Authority("h", -1);
                    while (!over.get()) {
                        String first = routes.table().find("http", authority, LOCAL, "/a/b/c").holder();
                        assertTrue(first.equals("root") || first.equals("two") || first.equals("three"), first);
                        assertEquals("filler", routes.table().find("http", authority, LOCAL, "/a/filler7/x").holder());
                        looks.incrementAndGet();
                    }
                }));
            }
            assertTrue(ready.await(30, TimeUnit.SECONDS));
            for (int i = 0; i < 10_000; i++) {
                try (Registration two = routes.register(route("/a/b/", "two"))) {
                    assertEquals("two", holder("/a/b/c"));
                    two.replace(route("/a/b/", "three"));
                    assertEquals("three", holder("/a/b/c"));
                }
                assertEquals("root", holder("/a/b/c"));
            }
            over.set(true);
            for (Future<?> reader : readers) {
                reader.get();
            }
        } finally {
            over.set(true);
            pool.shutdown();
        }
        assertTrue(looks.get() > 0);
        assertEquals(51, routes.table().size());
    }

    /** Writers of many threads: each prefix has one winner, and what is closed is gone. */
    @Test
    @Timeout(120)
    void writersTakeTurns() throws InterruptedException, ExecutionException {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                String name = "writer " + writer;
                writers.add(pool.submit(() -> {
                    List<Registration> won = new ArrayList<>();
                    for (int i = 0; i < 1_000; i++) {
                        try {
                            won.add(routes.register(route("/p" + i + "/", name)));
                        } catch (IllegalStateException held) {
                            assertTrue(held.getMessage().contains("held by writer "), held.getMessage());
                        }
                    }
                    for (int i = 0; i < won.size(); i += 2) {
                        won.get(i).close();
                    }
                    return won.size() / 2;
                }));
            }
            int left = 0;
            for (Future<Integer> writer : writers) {
                left += writer.get();
            }
            assertEquals(left, routes.table().size());
            assertTrue(left >= 498, "four lists, each of which may round down: " + left);
        } finally {
            pool.shutdown();
        }
    }

    private String holder(String path) {
        Route route = routes.table().find("http", null, LOCAL, path);
        return route == null ? null : route.holder();
    }

    static Route route(String prefix, String label) {
        return Route.of(Prefix.parse(prefix), (request, response) -> {})
                .withSettings(RouteSettings.DEFAULTS.withLabel(label));
    }
}
