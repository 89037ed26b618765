/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.TargetRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each sentence that an explanation can say, and that it always agrees with the search that it explains. */
class ExplanationTextTest {

    private static RouteTable table(String... prefixes) {
        Routes routes = new Routes();
        for (String prefix : prefixes) {
            routes.register(RoutesTest.route(prefix, "me"));
        }
        return routes.table();
    }

    /** A table of one prefix, a URL, and what is said of the prefix. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "/a/            | http://h/a/x      | wins: weak wildcard, the longest path there that covers the request's",
        "//+/a/         | http://h/a        | wins: strong wildcard, the longest path there that covers the request's",
        "//h/           | http://H/         | wins: explicit host, the longest path there that covers the request's",
        "//10.0.0.1/    | http://10.0.0.1/  | wins: IP literal, the longest path there that covers the request's",
        "//[::1]/       | http://[0::1]/    | wins: IP literal, the longest path there that covers the request's",
        "//h/           | http://i/         | is for another host",
        "//h/           | http://h.i/       | is for another host",
        "//10.0.0.1/    | http://10.0.0.2/  | is for another local address",
        "//10.0.0.1/    | http://h/         | is for connections to that address only",
        "//[::1]/       | http://h/         | is for connections to that address only",
        "//h:81/        | http://h/         | is for port 81",
        "//h:81/        | http://h:82/      | is for port 81",
        "//h:80/        | https://h/        | is for port 80",
        "//h:443/       | https://h/        | wins: explicit host, the longest path there that covers the request's",
        "https://h/     | http://h/         | is for https",
        "http://h/      | https://h/        | is for http",
        "http://h:443/  | https://h/        | is for http",
        "https://h:81/  | http://h/         | is for port 81",
        "https://h:81/  | http://h:81/      | is for https",
        "/a/            | http://h/b        | -",
        "/a/            | http://h/ab       | -",
        "/a/            | http://h/         | -",
        "/caf\u00e9/    | http://h/caf%C3%A9/x | wins: weak wildcard, the longest path there that covers the request's",
    })
    void eachReasonIsSaid(String prefix, String url, String reason) {
        Explanation explanation = Explanation.of(table(prefix), url);
        if (reason == null) {
            assertEquals(List.of(), explanation.candidates());
            assertTrue(explanation.summary().startsWith("404: no prefix covers /"), explanation.summary());
            return;
        }
        Explanation.Candidate only = explanation.candidates().get(0);
        assertEquals(reason, only.reason());
        assertEquals(reason.startsWith("wins"), only.wins());
        String form = Prefix.parse(prefix).toString();
        assertEquals((only.wins() ? "* " : "  ") + form + "  (me): " + reason, only.toString());
        if (only.wins()) {
            assertSame(only.route(), explanation.winner());
            assertEquals(form + " takes it, held by me", explanation.summary());
        } else {
            assertNull(explanation.winner());
            assertTrue(explanation.summary().endsWith("is for this scheme, host and port"), explanation.summary());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // winner | other | what is said of the other for http://h/a/x
        "//+/      | //h/a/    | explicit host comes after strong wildcard, which has a match",
        "//+/      | /a/       | weak wildcard comes after strong wildcard, which has a match",
        "//h/      | /a/       | weak wildcard comes after explicit host, which has a match",
        "/a/       | /         | matches, but /a/ is longer",
        "//h/a/    | http://h/ | matches, but /a/ is longer",
        "http://*/a/ | /a/     | matches, but the winner names scheme or port more closely",
        "//*:80/a/ | http://*/a/ | matches, but the winner names scheme or port more closely",
        "http://*:80/a/ | //*:80/a/ | matches, but the winner names scheme or port more closely",
    })
    void whyTheOtherLoses(String winner, String other, String reason) {
        for (String[] order : new String[][] {{winner, other}, {other, winner}}) {
            Explanation explanation = Explanation.of(table(order), "http://h/a/x");
            assertEquals(Prefix.parse(winner), explanation.winner().prefix());
            Explanation.Candidate loser = explanation.candidates().stream().filter(one -> !one.wins()).findFirst().orElseThrow();
            assertEquals(reason, loser.reason());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "http://h              | http on port 80, host h, path /",
        "http://h/             | http on port 80, host h, path /",
        "https://H:8443/a/../b | https on port 8443, host h, path /b",
        "https://h/a?b=c       | https on port 443, host h, path /a",
        "http://10.0.0.1/%61   | http on port 80, host 10.0.0.1, at 10.0.0.1, path /a",
        "http://[::1]:81/      | http on port 81, host [::1], at 0:0:0:0:0:0:0:1, path /",
        "http://h/a%2Fb        | http on port 80, host h, /a%2Fb",
        "http://h/../a         | http on port 80, host h, /../a",
    })
    void theRequestIsSaidAsItWasUnderstood(String url, String request) {
        Explanation explanation = Explanation.of(RouteTable.EMPTY, url);
        assertEquals(request, explanation.request());
        assertEquals(request + "\n" + explanation.summary() + "\n", explanation.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "h", "/", "//h/", "://h/", "http:/h", "HTTP://h/", "ws://h/", "http://", "http:///a", "http://h:0/", "http://h:x/",
        "http://u@h/", "http://[::1/", "http://[:::1]/", "http://h h/", "http://h\\a", "http://h?a", "http://h#a",
    })
    void whatIsNoUrlIsRefusedWithAnExample(String url) {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> Explanation.of(RouteTable.EMPTY, url));
        assertEquals("'" + url + "' can't be explained: write a whole URL, like http://example.com:8080/app/",
                thrown.getMessage());
    }

    @Test
    void aRefusedTargetNamesTheSettingAndNoRoute() {
        RouteTable table = table("/");
        Explanation strict = Explanation.of(table, "http://h/a//b");
        assertTrue(strict.summary().startsWith("400: the target has //"), strict.summary());
        assertTrue(strict.summary().contains("target.empty-segments=true"), strict.summary());
        assertEquals(List.of(), strict.candidates());
        Explanation open = Explanation.of(table, "http://h/a//b", TargetRules.STRICT.withEmptySegments(true));
        assertEquals("http on port 80, host h, path /a/b", open.request());
        assertEquals("/ takes it, held by me", open.summary());
    }

    /** Seeded tables: the winner is the search's, it alone wins, and the candidates are those that cover the path, in order. */
    @Test
    void alwaysAgreesWithTheSearch() throws Exception {
        Random random = new Random(3);
        String[] schemes = {"", "http:", "https:"};
        String[] hosts = {"+", "*", "h", "i", "10.0.0.1", "[::1]"};
        String[] paths = {"/", "/a/", "/a/b/", "/b/"};
        for (int round = 0; round < 2_000; round++) {
            RouteTable table = RouteTable.EMPTY;
            for (int i = random.nextInt(12); i >= 0; i--) {
                table = table.with(RoutesTest.route(schemes[random.nextInt(3)] + "//" + hosts[random.nextInt(6)]
                        + (random.nextBoolean() ? "" : ":" + (80 + random.nextInt(2))) + paths[random.nextInt(4)], "r" + i));
            }
            String scheme = random.nextBoolean() ? "http" : "https";
            Authority authority = random.nextInt(4) == 0 ? null : Authority.parse(hosts[2 + random.nextInt(4)]);
            InetAddress address = InetAddress.getByName(random.nextBoolean() ? "10.0.0.1" : "::1");
            InetSocketAddress local = new InetSocketAddress(address, 80 + random.nextInt(3));
            String path = paths[random.nextInt(4)] + (random.nextBoolean() ? "x" : "");
            Explanation explanation = Explanation.of(table, scheme, authority, local, path, TargetRules.STRICT);
            assertSame(table.find(scheme, authority, local, path), explanation.winner());
            List<Route> covering = new ArrayList<>(table.routes());
            covering.removeIf(route -> !route.prefix().covers(path));
            assertEquals(covering, explanation.candidates().stream().map(Explanation.Candidate::route).toList());
            for (Explanation.Candidate candidate : explanation.candidates()) {
                assertEquals(candidate.route() == explanation.winner(), candidate.wins(), explanation::toString);
                assertEquals(candidate.wins(), candidate.reason().startsWith("wins"), explanation::toString);
                assertFalse(candidate.reason().contains("null"), explanation::toString);
            }
            assertEquals(explanation.winner() == null, explanation.summary().startsWith("404"), explanation::toString);
        }
    }

    @Test
    void candidatesAreACopy() {
        List<Explanation.Candidate> given = new ArrayList<>();
        Explanation explanation = new Explanation("r", null, given, "s");
        given.add(new Explanation.Candidate(RoutesTest.route("/", "me"), true, "x"));
        assertEquals(List.of(), explanation.candidates());
        assertThrows(UnsupportedOperationException.class, () -> explanation.candidates().clear());
        assertEquals("r\ns\n", explanation.toString());
    }

    @Test
    void categoriesAreInTheOrderOfTheSearch() {
        assertEquals("[strong wildcard, explicit host, IP literal, weak wildcard]", List.of(Category.values()).toString());
        for (Category category : Category.values()) {
            assertEquals(category.ordinal(), category.slot());
        }
        assertEquals(Category.values().length, Category.COUNT);
    }
}
