/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.claim.ClaimFailure.Code;
import io.gatehouse.route.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may claim what: a table of cases, and a plain definition that random cases are held against. */
final class ReservationsTest {

    private static final Groups NONE = user -> Set.of();

    private static Reservations of(String... prefixesAndGrants) {
        Map<Prefix, List<Grant>> all = new HashMap<>();
        for (int i = 0; i < prefixesAndGrants.length; i += 2) {
            all.put(Prefix.parse(prefixesAndGrants[i]), Grant.parse(prefixesAndGrants[i + 1]));
        }
        return new Reservations(all, "root");
    }

    private static boolean may(Reservations reservations, String user, String prefix) {
        try {
            reservations.check(Prefix.parse(prefix), new PeerUser(user, user + "s-group"), NONE);
            return true;
        } catch (ClaimFailure e) {
            assertEquals(Code.FORBIDDEN, e.code());
            return false;
        }
    }

    @Test
    void withoutAReservationOnlyTheGatehousesOwnUserMay() {
        Reservations none = of();
        assertTrue(may(none, "root", "/a/"));
        ClaimFailure failure = assertThrows(ClaimFailure.class,
                () -> none.check(Prefix.parse("http://+:80/a/"), new PeerUser("alice", "users"), NONE));
        assertEquals("user alice may not claim http://+:80/a/: nothing reserves it, so only the gatehouse's own user root may; have its "
                + "configuration say reservation.http://+:80/a/=user:alice", failure.text());
    }

    @Test
    void aReservationIsForThoseItNamesOnly() {
        Reservations reservations = of("/orders/", "user:alice,user:1001");
        assertTrue(may(reservations, "alice", "/orders/"));
        assertTrue(may(reservations, "1001", "/orders/"), "a user without a name");
        assertTrue(!may(reservations, "bob", "/orders/") && !may(reservations, "root", "/orders/"));
        ClaimFailure failure = assertThrows(ClaimFailure.class,
                () -> reservations.check(Prefix.parse("/orders/eu/"), new PeerUser("bob", "users"), NONE));
        assertEquals("user bob may not claim /orders/eu/: it is reserved by /orders/ for others; have the gatehouse's configuration "
                + "add user:bob to reservation./orders/", failure.text());
    }

    /** The reservation, the claim, and whether the one covers the other. */
    @ParameterizedTest
    @CsvSource({
        "/a/, /a/, true", "/a/, /a/b/, true", "/a/, /ab/, false", "/a/b/, /a/, false", "/, /a/, true", "/a/, /A/, false",
        "/a/, http://*:80/a/, true", "http://*:80/a/, /a/, false", "http://*:80/a/, http://*/a/, false",
        "http://*/a/, http://*:80/a/, true", "http://*/a/, https://*/a/, false", "//*:80/a/, http://*:80/a/, true",
        "//*:80/a/, http://*:81/a/, false",
        "//+/a/, /a/, true", "//+/a/, //example.com/a/, true", "//+/a/, //+/a/, true", "//+/a/, http://127.0.0.1:80/a/b/, true",
        "/a/, //+/a/, false", "/a/, //example.com/a/, false", "//example.com/a/, /a/, false", "//example.com/a/, //+/a/, false",
        "//example.com/a/, //EXAMPLE.com/a/, true", "//example.com/a/, //www.example.com/a/, false",
        "//[::1]/a/, //[0:0::1]/a/b/, true",
    })
    void whatAReservationCovers(String reservation, String claim, boolean covers) {
        assertEquals(covers, Reservations.covers(Prefix.parse(reservation), Prefix.parse(claim)));
        assertEquals(covers, may(of(reservation, "user:alice"), "alice", claim));
        assertEquals(!covers, may(of(reservation, "user:alice"), "root", claim), "what nothing covers is the gatehouse's own");
    }

    @Test
    void theLongestPathDecides() {
        Reservations reservations = of("/", "user:alice", "/orders/", "user:bob", "/orders/eu/", "everyone");
        assertTrue(may(reservations, "alice", "/parts/") && may(reservations, "bob", "/orders/us/"));
        assertTrue(!may(reservations, "alice", "/orders/") && !may(reservations, "bob", "/"));
        assertTrue(may(reservations, "carol", "/orders/eu/x/"));
    }

    @Test
    void atOnePathTheHostDecidesAndThenSchemeAndPort() {
        Reservations reservations = of("//+/a/", "user:plus", "//example.com/a/", "user:host", "http://example.com/a/", "user:scheme",
                "//example.com:80/a/", "user:port");
        assertEquals(Prefix.parse("//+/a/"), reservations.deciding(Prefix.parse("//other.com/a/")));
        assertEquals(Prefix.parse("//example.com/a/"), reservations.deciding(Prefix.parse("https://example.com/a/b/")));
        assertEquals(Prefix.parse("http://example.com/a/"), reservations.deciding(Prefix.parse("http://example.com:81/a/")));
        assertEquals(Prefix.parse("//example.com:80/a/"), reservations.deciding(Prefix.parse("http://example.com:80/a/")));
        assertNull(reservations.deciding(Prefix.parse("//+/")));
    }

    @Test
    void aLongerPathComesBeforeTheHost() {
        Reservations reservations = of("//+/a/b/", "user:path", "//example.com/a/", "user:host");
        assertTrue(may(reservations, "path", "//example.com/a/b/") && !may(reservations, "host", "//example.com/a/b/"));
    }

    /**
     * A wide reservation of the member's, a narrow one of Alice's, what the member claims, and whether he may: not if he would get what is
     * Alice's by leaving something out.
     */
    @ParameterizedTest
    @CsvSource({
        "//+/, http://+:80/orders/, //+/orders/x/, false",
        "//+/, http://+:80/orders/, http://+/orders/x/, false",
        "//+/, http://+:80/orders/, //+:80/orders/x/, false",
        "//+/, http://+:80/orders/, https://+/orders/x/, true",
        "//+/, http://+:80/orders/, //+:81/orders/x/, true",
        "//+/, http://+:80/orders/, //+/orders/, true",
        "//+/, http://+:80/orders/, //+/, true",
        "//+/, http://+:80/orders/, //+/parts/, true",
        "/, http://*:80/orders/, /orders/x/, false",
        "/, http://*:80/orders/, http://*/orders/x/, false",
        "/, http://*:80/orders/, /orders/, true",
        "/orders/, http://*:80/orders/, /orders/x/, false",
        "/orders/, http://*:80/, /orders/x/, true",
        "//a.com/, http://a.com:80/orders/, //a.com/orders/x/, false",
        "//a.com/, http://b.com:80/orders/, //a.com/orders/x/, true",
        "//+/, http://a.com:80/orders/, //a.com/orders/x/, false",
        "//+/, http://a.com:80/orders/, //+/orders/x/, false",
        "//+/orders/, http://a.com:80/orders/, //+/orders/x/, true",
        "//+/, http://+:80/orders/, //a.com/orders/x/, true",
        "//+:80/orders/, http://+/orders/, //+:80/orders/, true",
        "//+:80/, http://+/orders/, //+:80/orders/, false",
        "/, http://*:80/a/b/, /a/c/, true",
    })
    void whatIsLeftOutTakesNothing(String wide, String narrow, String claim, boolean allowed) {
        assertEquals(allowed, may(of(wide, "user:member", narrow, "user:alice"), "member", claim));
        assertTrue(may(of(wide, "user:member", narrow, "user:alice,user:member"), "member", claim), "whom both let in");
        assertTrue(may(of(wide, "user:member"), "member", claim), "where there is no other");
    }

    @Test
    void whoWouldTakeIsToldFromWhom() {
        ClaimFailure failure = assertThrows(ClaimFailure.class, () -> of("//+/", "group:apps", "http://+:80/orders/", "user:alice")
                .check(Prefix.parse("//+/orders/x/"), new PeerUser("bob", "apps"), NONE));
        assertEquals("user bob may not claim //+/orders/x/: it would take requests that are reserved by http://+:80/orders/ for others; "
                + "have the gatehouse's configuration add user:bob to reservation.http://+:80/orders/", failure.text());
    }

    @Test
    void groupsAreTheProcessOwnOrTheUsersOthers() throws ClaimFailure {
        Reservations reservations = of("/a/", "group:www,user:nobody");
        reservations.check(Prefix.parse("/a/"), new PeerUser("alice", "www"), user -> {
            throw new AssertionError("its own group is enough");
        });
        AtomicInteger asked = new AtomicInteger();
        Groups groups = user -> {
            asked.incrementAndGet();
            return user.equals("bob") ? Set.of("bobs", "www") : Set.of();
        };
        reservations.check(Prefix.parse("/a/"), new PeerUser("bob", "bobs"), groups);
        assertThrows(ClaimFailure.class, () -> reservations.check(Prefix.parse("/a/"), new PeerUser("carol", "www2"), groups));
        assertEquals(2, asked.get());
        reservations.check(Prefix.parse("/b/"), new PeerUser("root", "root"), groups);
        assertEquals(2, asked.get(), "asked only if it matters");
    }

    @Test
    void severalGroupsAskOnce() {
        AtomicInteger asked = new AtomicInteger();
        Reservations reservations = of("/a/", "group:x,group:y,group:z");
        assertThrows(ClaimFailure.class, () -> reservations.check(Prefix.parse("/a/"), new PeerUser("bob", "b"), user -> {
            asked.incrementAndGet();
            return Set.of();
        }));
        assertEquals(1, asked.get());
    }

    @Test
    void everyoneIsEveryone() {
        assertDoesNotThrow(() -> of("/a/", "everyone").check(Prefix.parse("/a/"), new PeerUser("4711", "4711"), NONE));
    }

    @Test
    void grantsAreReadAndWritten() {
        List<Grant> grants = Grant.parse(" user:alice , group:www,everyone");
        assertEquals(List.of(new Grant.User("alice"), new Grant.Group("www"), new Grant.Everyone()), grants);
        assertEquals("[user:alice, group:www, everyone]", grants.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "alice", "user:", "group:", "user:a b", "user:a,", ",user:a", "users:a", "User:a", "user:a:b", "everyone:",
        "*", "user:a;group:b"})
    void otherGrantsAreRefused(String text) {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> Grant.parse(text));
        assertTrue(wrong.getMessage().endsWith("write user:alice, group:www or everyone, separated by commas"), wrong.getMessage());
    }

    /** The plain definition: the best of all that cover, by path, then host, then closeness. */
    @Test
    void randomTablesDecideAsThePlainDefinitionDoes() {
        Random random = new Random(7);
        String[] hosts = {"+", "*", "a.com", "b.com", "127.0.0.1"};
        String[] paths = {"/", "/a/", "/a/b/", "/a/b/c/", "/ab/"};
        String[] schemes = {"http:", "https:", ""};
        String[] ports = {"", ":80", ":81"};
        for (int round = 0; round < 2_000; round++) {
            List<Prefix> prefixes = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                prefixes.add(Prefix.parse(schemes[random.nextInt(3)] + "//" + hosts[random.nextInt(5)] + ports[random.nextInt(3)]
                        + paths[random.nextInt(5)]));
            }
            Prefix claim = prefixes.remove(0);
            Map<Prefix, List<Grant>> all = new HashMap<>();
            prefixes.forEach(prefix -> all.put(prefix, List.of(new Grant.Everyone())));
            Prefix best = null;
            for (Prefix prefix : all.keySet()) {
                boolean covers = (prefix.path().equals(claim.path()) || claim.path().startsWith(prefix.path()))
                        && (prefix.host().equals("+") || prefix.host().equals(claim.host()))
                        && (prefix.scheme() == null || prefix.scheme().equals(claim.scheme()))
                        && (prefix.port() == -1 || prefix.port() == claim.port());
                if (covers && (best == null || score(prefix) > score(best))) {
                    best = prefix;
                }
            }
            assertEquals(best, new Reservations(all, "root").deciding(claim), claim + " in " + all.keySet());
        }
    }

    private static int score(Prefix prefix) {
        return 1_000 * prefix.path().length() + (prefix.host().equals("+") ? 0 : 100)
                + (prefix.port() >= 0 ? 10 : 0) + (prefix.scheme() != null ? 1 : 0);
    }
}
