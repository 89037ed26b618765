/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', value = {
        // prefixes, separated by blanks | scheme | authority | local | path | the one that wins
        // one prefix: the subtree, at borders only
        "/app/ | http | h | 10.0.0.1:80 | /app/ | /app/",
        "/app/ | http | h | 10.0.0.1:80 | /app | /app/",
        "/app/ | http | h | 10.0.0.1:80 | /app/x/y | /app/",
        "/app/ | http | h | 10.0.0.1:80 | /apple | -",
        "/app/ | http | h | 10.0.0.1:80 | /ap | -",
        "/app/ | http | h | 10.0.0.1:80 | / | -",
        "/app/ | http | h | 10.0.0.1:80 | /App/ | -",
        "/app/ | http | h | 10.0.0.1:80 | /x/app/ | -",
        "/ | http | - | 10.0.0.1:80 | /any/thing | /",
        "/ | http | h | 10.0.0.1:80 | * | -",
        "/é/ | http | h | 10.0.0.1:80 | /é/x | /é/",
        // the longest path wins
        "/ /a/ /a/b/ | http | h | 10.0.0.1:80 | /a/b/c | /a/b/",
        "/ /a/ /a/b/ | http | h | 10.0.0.1:80 | /a/b | /a/b/",
        "/ /a/ /a/b/ | http | h | 10.0.0.1:80 | /a/bc | /a/",
        "/ /a/ /a/b/ | http | h | 10.0.0.1:80 | /a | /a/",
        "/ /a/ /a/b/ | http | h | 10.0.0.1:80 | /ab | /",
        "/a/b/c/ /a/ | http | h | 10.0.0.1:80 | /a/b/ | /a/",
        // the category comes before the length
        "http://+:80/ http://host:80/a/long/path/ | http | host | 10.0.0.1:80 | /a/long/path/ | http://+:80/",
        "http://+:80/a/ http://host:80/ | http | host | 10.0.0.1:80 | /b | http://host:80/",
        "http://host:80/ http://*:80/a/b/ | http | host | 10.0.0.1:80 | /a/b/ | http://host:80/",
        "http://host:80/ http://*:80/a/b/ | http | other | 10.0.0.1:80 | /a/b/ | http://*:80/a/b/",
        "http://host:80/ http://10.0.0.1:80/a/ | http | host | 10.0.0.1:80 | /a/ | http://host:80/",
        "http://10.0.0.1:80/ http://*:80/a/ | http | host | 10.0.0.1:80 | /a/ | http://10.0.0.1:80/",
        "http://10.0.0.1:80/ http://*:80/a/ | http | host | 10.0.0.2:80 | /a/ | http://*:80/a/",
        "http://+:80/x/ http://host:80/x/ http://10.0.0.1:80/x/ http://*:80/x/ | http | host | 10.0.0.1:80 | /x/ | http://+:80/x/",
        "http://+:80/x/ http://host:80/x/ http://10.0.0.1:80/x/ http://*:80/x/ | http | host | 10.0.0.1:80 | /y | -",
        "http://+:80/x/ http://host:80/ http://10.0.0.1:80/ http://*:80/ | http | host | 10.0.0.1:80 | /y | http://host:80/",
        "http://+:80/x/ http://host:80/ http://10.0.0.1:80/ http://*:80/ | http | else | 10.0.0.1:80 | /y | http://10.0.0.1:80/",
        "http://+:80/x/ http://host:80/ http://10.0.0.1:80/ http://*:80/ | http | else | 10.0.0.9:80 | /y | http://*:80/",
        // a category whose port or scheme does not fit is no match
        "http://+:81/ http://host:80/ | http | host | 10.0.0.1:80 | / | http://host:80/",
        "https://+/ http://*/ | http | host | 10.0.0.1:80 | / | http://*/",
        "http://host:81/a/ http://host:80/ | http | host | 10.0.0.1:80 | /a/ | http://host:80/",
        // an IP literal is the address reached, whatever host is named
        "http://10.0.0.1/ | http | example.com | 10.0.0.1:80 | / | http://10.0.0.1/",
        "http://10.0.0.1/ | http | 10.0.0.1 | 10.0.0.2:80 | / | -",
        "http://10.0.0.1/ | http | - | 10.0.0.1:80 | / | http://10.0.0.1/",
        "http://[::1]/ | http | localhost | [::1]:80 | / | http://[::1]/",
        "http://[0:0::0:1]/ | http | [::1] | [::1]:80 | / | http://[::1]/",
        "http://[::1]/ | http | [::1] | 127.0.0.1:80 | / | -",
        // the local port counts, not the authority's
        "http://host:80/ | http | host:8080 | 10.0.0.1:80 | / | http://host:80/",
        "http://host:8080/ | http | host:8080 | 10.0.0.1:80 | / | -",
        "http://host/ | http | host:8080 | 10.0.0.1:9 | / | http://host/",
        // on a Unix-domain socket the authority's does, or the scheme's own
        "http://host:8080/ | http | host:8080 | unix | / | http://host:8080/",
        "http://host:80/ | http | host | unix | / | http://host:80/",
        "https://host:443/ | https | host | unix | / | https://host:443/",
        "http://+:80/ | http | - | unix | / | http://+:80/",
        "https://+:443/ | https | - | unix | / | https://+:443/",
        "http://10.0.0.1/ http://*/ | http | 10.0.0.1 | unix | / | http://*/",
        // without an authority no explicit host fits
        "http://host/ http://*/ | http | - | 10.0.0.1:80 | / | http://*/",
        // at one path the closest scheme and port
        "/ http://*/ //*:80/ http://*:80/ | http | h | 10.0.0.1:80 | /x | http://*:80/",
        "/ http://*/ //*:80/ https://*:81/ | http | h | 10.0.0.1:80 | /x | //*:80/",
        "/ http://*/ //*:80/ http://*:80/ | http | h | 10.0.0.1:81 | /x | http://*/",
        "/ http://*/ //*:80/ http://*:80/ | https | h | 10.0.0.1:80 | /x | //*:80/",
        "/ http://*/ //*:80/ http://*:80/ | https | h | 10.0.0.1:81 | /x | /",
        "http://*/ https://*/ | https | h | 10.0.0.1:81 | /x | https://*/",
        "http://*/ https://*/ | http | h | 10.0.0.1:81 | /x | http://*/",
        // but a longer path comes before a closer port
        "http://*:80/ /a/ | http | h | 10.0.0.1:80 | /a/x | /a/",
        "http://*:80/ https://*/a/ | http | h | 10.0.0.1:80 | /a/x | http://*:80/",
    })
    void finds(String prefixes, String scheme, String authority, String local, String path, String winner) {
        List<String> written = Arrays.asList(prefixes.split(" "));
        for (int turn = 0; turn < 4; turn++) {
            RouteTable table = table(written);
            Route route = table.find(scheme, authority == null ? null : Authority.parse(authority), local(local), path);
            assertEquals(winner, route == null ? null : route.prefix().toString());
            Collections.rotate(written, 1);
        }
    }

    /** The rules written down a second time, as slowly and plainly as can be. */
    private static Prefix plainly(
            List<Prefix> prefixes, String scheme, Authority authority, InetAddress address, int port, String path) {
        for (Category category : Category.values()) {
            Prefix best = null;
            for (Prefix prefix : prefixes) {
                boolean host = switch (category) {
                    case STRONG -> prefix.host().equals("+");
                    case EXPLICIT -> authority != null && prefix.host().equals(authority.host()) && prefix.address() == null;
                    case ADDRESS -> prefix.address() != null && prefix.address().equals(address);
                    case WEAK -> prefix.host().equals("*");
                };
                boolean fits = host
                        && (prefix.scheme() == null || prefix.scheme().equals(scheme))
                        && (prefix.port() == -1 || prefix.port() == port)
                        && (path + "/").startsWith(prefix.path());
                boolean better = best == null
                        || prefix.path().length() > best.path().length()
                        || prefix.path().length() == best.path().length() && prefix.closeness() > best.closeness();
                if (fits && better) {
                    best = prefix;
                }
            }
            if (best != null) {
                return best;
            }
        }
        return null;
    }

    /** Random tables and requests: both give the same answer, while prefixes come and go. */
    @Test
    void agreesWithThePlainRules() throws Exception {
        Random random = new Random(20261123);
        String[] schemes = {"", "http:", "https:"};
        String[] hosts = {"+", "*", "*", "a.example", "b.example", "10.0.0.1", "[::1]"};
        String[] ports = {"", "", ":80", ":81"};
        String[] segments = {"", "a/", "b/", "ab/", "a/b/", "a/b/c/", "Aa/", "BB/", "AaAa/", "BBBB/", "AaBB/", "é/"};
        InetAddress[] addresses = {InetAddress.getByName("10.0.0.1"), InetAddress.getByName("10.0.0.2"),
            InetAddress.getByName("::1"), null};
        Authority[] authorities = {Authority.parse("a.example"), Authority.parse("b.example:81"),
            Authority.parse("c.example"), Authority.parse("10.0.0.1"), null};
        int found = 0;
        for (int round = 0; round < 300; round++) {
            List<Prefix> prefixes = new ArrayList<>();
            RouteTable table = RouteTable.EMPTY;
            for (int change = 0; change < 60; change++) {
                if (!prefixes.isEmpty() && random.nextInt(4) == 0) {
                    table = table.without(prefixes.remove(random.nextInt(prefixes.size())));
                } else {
                    Prefix prefix = Prefix.parse(pick(random, schemes) + "//" + pick(random, hosts) + pick(random, ports)
                            + "/" + pick(random, segments) + pick(random, segments));
                    if (!prefixes.contains(prefix)) {
                        prefixes.add(prefix);
                    }
                    table = table.with(route(prefix));
                }
                assertEquals(prefixes.size(), table.size());
                for (int request = 0; request < 20; request++) {
                    String scheme = random.nextBoolean() ? "http" : "https";
                    Authority authority = pick(random, authorities);
                    InetAddress address = pick(random, addresses);
                    String path = "/" + pick(random, segments) + pick(random, segments) + pick(random, segments);
                    if (random.nextBoolean() && path.length() > 1) {
                        path = path.substring(0, path.length() - 1);
                    }
                    InetSocketAddress tcp = address == null ? null : new InetSocketAddress(address, 80 + random.nextInt(3));
                    SocketAddress local = tcp == null ? UnixDomainSocketAddress.of("s") : tcp;
                    int port = tcp != null ? tcp.getPort()
                            : authority != null && authority.port() > 0 ? authority.port() : scheme.equals("http") ? 80 : 443;
                    Prefix expected = plainly(prefixes, scheme, authority, address, port, path);
                    Route route = table.find(scheme, authority, local, path);
                    assertEquals(expected, route == null ? null : route.prefix(), path);
                    found += route == null ? 0 : 1;
                }
            }
        }
        assertTrue(found > 30_000, "too few matches to say anything: " + found);
    }

    /** Paths whose hashes collide: Aa and BB have one hash, and so has every string made of them. */
    @Test
    void tellsCollidingPathsApart() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 256; i++) {
            StringBuilder path = new StringBuilder("/");
            for (int bit = 0; bit < 8; bit++) {
                path.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            all.add(path.append('/').toString());
        }
        RouteTable table = table(all);
        for (String path : all) {
            assertEquals(path, winner(table, path));
            assertEquals(path, winner(table, path + "x"));
        }
        for (String path : all) {
            table = table.without(Prefix.parse(path));
            assertNull(winner(table, path));
        }
        assertSame(RouteTable.EMPTY, table);
    }

    @Test
    void aTableIsNeverChanged() {
        RouteTable one = table(List.of("/a/"));
        RouteTable two = one.with(route(Prefix.parse("/b/")));
        RouteTable three = two.without(Prefix.parse("/a/"));
        assertEquals("/a/", winner(one, "/a/"));
        assertNull(winner(one, "/b/"));
        assertEquals("/a/", winner(two, "/a/"));
        assertEquals("/b/", winner(two, "/b/"));
        assertNull(winner(three, "/a/"));
        assertEquals("/b/", winner(three, "/b/"));
        assertSame(three, three.without(Prefix.parse("/a/")));
        assertSame(three, three.without(Prefix.parse("http://*/b/")), "the same path, another prefix");
    }

    @Test
    void anotherRouteTakesThePlaceOfTheOneAtItsPrefix() {
        Prefix prefix = Prefix.parse("/a/");
        Route second = route(prefix);
        RouteTable table = table(List.of("/a/", "http://*/a/")).with(second);
        assertEquals(2, table.size());
        assertSame(second, table.at(prefix));
        assertNull(table.at(Prefix.parse("https://*/a/")));
        assertNull(table.at(Prefix.parse("/b/")));
    }

    @Test
    void listsRoutesInTheOrderOfTheSearch() {
        RouteTable table = table(List.of(
                "/", "http://*:80/", "/a/", "http://10.0.0.1/", "http://b.example/", "http://a.example/", "http://a.example/x/", "//+/"));
        assertEquals(
                "[//+/, http://a.example/x/, http://a.example/, http://b.example/, http://10.0.0.1/, /a/, http://*:80/, /]",
                table.toString());
    }

    /** Ten thousand hosts and paths: a table grows without losing anything, and shrinks to nothing. */
    @Test
    void holdsTenThousandRoutes() {
        RouteTable table = RouteTable.EMPTY;
        for (int i = 0; i < 10_000; i++) {
            table = table.with(route(Prefix.parse("//host" + i % 100 + ".example/a" + i / 100 + "/b/")));
        }
        assertEquals(10_000, table.size());
        InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
        for (int i = 0; i < 10_000; i++) {
            Route route = table.find("http", new Authority("host" + i % 100 + ".example", -1), local, "/a" + i / 100 + "/b/c");
            assertEquals("/a" + i / 100 + "/b/", route.prefix().path());
            assertEquals("host" + i % 100 + ".example", route.prefix().host());
        }
        for (Route route : table.routes()) {
            table = table.without(route.prefix());
        }
        assertSame(RouteTable.EMPTY, table);
    }

    @Test
    void aSearchAllocatesNothing() {
        RouteTable table = table(List.of("/", "/a/", "/a/b/", "//+/x/", "//host/a/", "http://127.0.0.1:80/a/b/", "http://*:80/a/"));
        InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
        Authority other = new Authority("other", -1);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long smallest = Long.MAX_VALUE;
        int hits = 0;
        for (int turn = 0; turn < 20; turn++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000; i++) {
                hits += table.find("http", other, local, "/a/b/c/d") == null ? 0 : 1;
                hits += table.find("http", null, local, "/nothing/here") == null ? 0 : 1;
                hits += table.find("https", other, local, "/a") == null ? 0 : 1;
            }
            smallest = Math.min(smallest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(60_000, hits);
        // The measurement itself may cost a few bytes; one object a search would be 48,000.
        assertTrue(smallest < 1_000, "3,000 searches allocated " + smallest + " bytes");
    }

    private static RouteTable table(List<String> prefixes) {
        RouteTable table = RouteTable.EMPTY;
        for (String prefix : prefixes) {
            table = table.with(route(Prefix.parse(prefix)));
        }
        return table;
    }

    private static Route route(Prefix prefix) {
        return Route.of(prefix, (request, response) -> {});
    }

    private static String winner(RouteTable table, String path) {
        Route route = table.find("http", null, new InetSocketAddress(InetAddress.getLoopbackAddress(), 80), path);
        return route == null ? null : route.prefix().toString();
    }

    private static SocketAddress local(String text) {
        if (text.equals("unix")) {
            return UnixDomainSocketAddress.of("gatehouse.sock");
        }
        int colon = text.lastIndexOf(':');
        try {
            InetAddress address = InetAddress.getByName(text.substring(0, colon));
            return new InetSocketAddress(address, Integer.parseInt(text.substring(colon + 1)));
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static <T> T pick(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }
}
