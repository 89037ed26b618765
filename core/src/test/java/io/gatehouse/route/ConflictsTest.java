/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may register what beside whom, by tables and by seeded comings and goings against a plain model. */
class ConflictsTest {

    private static final InetSocketAddress LOCAL = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);

    private final Routes routes = new Routes();

    private Registration register(String prefix) {
        return routes.register(RoutesTest.route(prefix, "holder of " + prefix));
    }

    private String conflict(String prefix) {
        int size = routes.table().size();
        String message = assertThrows(IllegalStateException.class, () -> register(prefix), prefix).getMessage();
        assertEquals(size, routes.table().size(), "a refusal changes nothing");
        return message;
    }

    @Test
    void theMessageNamesHolderAndWayOut() {
        register("http://+:80/a/");
        assertEquals("the prefix http://+:80/a/ is held by holder of http://+:80/a/: "
                + "remove that registration first, or choose another prefix", conflict("http://+:80/a"));
        assertEquals("the prefix https://h:80/ makes port 80 speak https, but http://+:80/a/, held by holder of http://+:80/a/, "
                + "makes it speak http: a port has one scheme; use that, or another port", conflict("https://h:80/"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // held | wanted | outcome: fine, held or scheme
        "/                | /                | held",
        "/                | //*/             | held",
        "/                | http://*/        | fine",
        "/                | //+/             | fine",
        "/a               | /a/              | held",
        "/a               | /a/b             | fine",
        "/a               | /%61             | held",
        "/a               | /b/../a          | held",
        "/a               | /A               | fine",
        "//h/             | //H/             | held",
        "//h/             | //h:80/          | fine",
        "//h/             | http://h/        | fine",
        "//h:80/          | http://h:80/     | fine",
        "//h:80/          | https://h:80/    | fine",
        "http://h/        | https://h/       | fine",
        "http://h:80/     | http://h:80/     | held",
        "http://h:80/     | https://h:80/    | scheme",
        "http://h:80/     | https://h:81/    | fine",
        "http://h:80/     | https://h/       | fine",
        "http://h:80/a/   | https://other:80/b/ | scheme",
        "http://+:80/     | https://*:80/    | scheme",
        "https://+:443/   | http://10.0.0.1:443/ | scheme",
        "https://[::1]:1/ | http://h:1/      | scheme",
        "http://10.0.0.1/ | http://10.0.0.1:80/ | fine",
        "http://[::1]/    | http://[0::1]/   | held",
        "http://[::ffff:10.0.0.1]/ | http://10.0.0.1/ | held",
        "http://10.0.0.1/ | http://10.0.0.2/ | fine",
        "http://h./       | http://h/        | fine",
    })
    void onePrefixOneHolderOnePortOneScheme(String held, String wanted, String outcome) {
        Registration first = register(held);
        if (outcome.equals("fine")) {
            Registration second = register(wanted);
            assertEquals(2, routes.table().size());
            assertNotNull(routes.table().at(Prefix.parse(held)));
            second.close();
        } else {
            String message = conflict(wanted);
            assertTrue(message.contains(outcome.equals("held") ? "is held by holder of " + held : "a port has one scheme"), message);
        }
        assertEquals(1, routes.table().size());
        first.close();
        register(wanted);
        assertEquals(1, routes.table().size());
        assertEquals(Prefix.parse(wanted), routes.table().routes().get(0).prefix());
    }

    /** Registrations, replacements, removals, twice and in any order, against two maps. */
    @Test
    void seededComingsAndGoingsAgreeWithThePlainRules() {
        Random random = new Random(21);
        String[] schemes = {"", "http:", "https:"};
        String[] hosts = {"+", "*", "h", "10.0.0.1"};
        String[] ports = {"", ":80", ":81"};
        String[] paths = {"/", "/a/", "/a/b/"};
        Map<Prefix, Registration> held = new HashMap<>();
        List<Registration> closed = new ArrayList<>();
        int refused = 0;
        for (int step = 0; step < 20_000; step++) {
            Prefix prefix = Prefix.parse(schemes[random.nextInt(3)] + "//" + hosts[random.nextInt(4)] + ports[random.nextInt(3)]
                    + paths[random.nextInt(3)]);
            Registration mine = held.get(prefix);
            if (mine != null && random.nextInt(3) > 0) {
                if (random.nextBoolean()) {
                    Route other = RoutesTest.route(prefix.toString(), "step " + step);
                    mine.replace(other);
                    assertSame(other, mine.route());
                } else {
                    mine.close();
                    held.remove(prefix);
                    closed.add(mine);
                }
            } else {
                boolean free = mine == null && held.keySet().stream().noneMatch(other -> prefix.scheme() != null
                        && prefix.port() > 0 && other.port() == prefix.port() && other.scheme() != null
                        && !other.scheme().equals(prefix.scheme()));
                if (free) {
                    held.put(prefix, register(prefix.toString()));
                } else {
                    String message = conflict(prefix.toString());
                    refused++;
                    // Whoever is named as the holder is one that is there now.
                    assertTrue(held.values().stream().anyMatch(one -> message.contains("held by " + one.route().holder())), message);
                }
            }
            if (!closed.isEmpty() && random.nextInt(10) == 0) {
                Registration old = closed.get(random.nextInt(closed.size()));
                old.close();
                assertThrows(IllegalStateException.class, () -> old.replace(old.route()));
            }
            assertEquals(held.size(), routes.table().size());
        }
        assertTrue(refused > 2_000, "" + refused);
        for (Map.Entry<Prefix, Registration> entry : held.entrySet()) {
            assertSame(entry.getValue().route(), routes.table().at(entry.getKey()));
            entry.getValue().close();
        }
        assertSame(RouteTable.EMPTY, routes.table());
    }

    @Test
    void aReplacementThatIsRefusedLeavesTheRoute() {
        Registration registration = register("http://h:80/a/");
        Route before = registration.route();
        for (String other : new String[] {"http://h:80/", "http://h/a/", "//h:80/a/", "http://h:81/a/", "http://+:80/a/", "https://h:80/a/"}) {
            IllegalArgumentException thrown = assertThrows(
                    IllegalArgumentException.class, () -> registration.replace(RoutesTest.route(other, "x")));
            assertTrue(thrown.getMessage().contains("a route for " + other + " can't replace one for http://h:80/a/"),
                    thrown.getMessage());
            assertSame(before, registration.route());
        }
        registration.replace(RoutesTest.route("http://H:80/a", "another way to write it"));
        assertEquals("another way to write it", routes.table().at(Prefix.parse("http://h:80/a/")).holder());
        assertEquals("http://h:80/a/ held by another way to write it", registration.toString());
    }

    @Test
    void thePortsHolderIsOneThatIsStillThere() {
        List<Registration> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(register("http://h" + i + ":80/"));
        }
        for (int i = 0; i < 4; i++) {
            all.get(i).close();
            String message = conflict("https://x:80/");
            boolean there = false;
            for (int j = i + 1; j < 5; j++) {
                there |= message.contains("held by holder of http://h" + j + ":80/");
            }
            assertTrue(there, message);
        }
        all.get(4).close();
        register("https://x:80/");
    }

    @Test
    void aPrefixWithoutSchemeOrPortClaimsNoPort() {
        register("//h:80/");
        register("https://h/");
        register("http://i/");
        register("/");
        register("https://x:80/");
        assertTrue(conflict("http://y:80/").contains("https://x:80/"));
        assertEquals(5, routes.table().size());
    }

    @Test
    void atKnowsExactPrefixesOnly() {
        register("/a/");
        register("http://*/a/");
        register("http://*:80/a/b/");
        for (String prefix : new String[] {"/a/", "http://*/a/", "http://*:80/a/b/"}) {
            assertEquals(Prefix.parse(prefix), routes.table().at(Prefix.parse(prefix)).prefix());
        }
        for (String prefix : new String[] {"/", "/a/b/", "https://*/a/", "//*:80/a/", "//+/a/", "http://*:80/a/", "http://*:81/a/b/"}) {
            assertNull(routes.table().at(Prefix.parse(prefix)), prefix);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 63, 64, 65, 257})
    void aTableGrowsAndShrinksWithoutLosingAnything(int count) {
        List<Registration> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(register("/p" + i + "/"));
            assertEquals(i + 1, routes.table().routes().size());
        }
        for (int i = 0; i < count; i++) {
            assertEquals("/p" + i + "/", routes.table().find("http", null, LOCAL, "/p" + i + "/x").prefix().path());
        }
        for (int i = 0; i < count; i++) {
            all.get(i).close();
            assertNull(routes.table().find("http", null, LOCAL, "/p" + i + "/x"));
            assertEquals(count - i - 1, routes.table().size());
        }
    }

    /** The table grows at the very change that puts a second scheme beside the first at one path: neither is there twice. */
    @ParameterizedTest
    @ValueSource(ints = {14, 15, 16, 62, 63, 64, 65})
    void aTableMayGrowAtAPathThatIsThereAlready(int fillers) {
        Registration http = register("http://*/a/");
        for (int i = 0; i < fillers; i++) {
            register("/p" + i + "/");
        }
        Registration https = register("https://*/a/");
        Registration both = register("/a/");
        assertEquals(fillers + 3, routes.table().routes().size());
        assertEquals("http://*/a/", find("/a/x"));
        http.close();
        assertEquals("/a/", find("/a/x"));
        both.close();
        https.close();
        assertNull(find("/a/x"), "what was removed must not come back");
        assertNull(routes.table().at(Prefix.parse("http://*/a/")));
        assertEquals(fillers, routes.table().routes().size());
    }

    /** A longer path that goes away must not leave the search too short for those that stay, nor too long. */
    @Test
    void theLongestPathMayGoAway() {
        Registration shorter = register("/a/");
        Registration longer = register("/a/very/much/longer/path/");
        assertEquals("/a/", find("/a/very/much/longer/pat"));
        assertEquals("/a/very/much/longer/path/", find("/a/very/much/longer/path"));
        longer.close();
        assertEquals("/a/", find("/a/very/much/longer/path"));
        register("//+/").close();
        assertEquals("/a/", find("/a"));
        shorter.close();
        assertNull(find("/a/"));
    }

    private String find(String path) {
        Route route = routes.table().find("http", null, LOCAL, path);
        return route == null ? null : route.prefix().toString();
    }
}
