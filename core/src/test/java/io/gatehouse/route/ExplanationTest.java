/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.TargetRules;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplanationTest {

    private final Routes routes = new Routes();

    @BeforeEach
    void register() {
        String[] prefixes = {
            "http://+:80/strong/", "http://example.com/", "http://example.com/app/", "https://example.com/app/",
            "http://example.com:81/app/", "http://10.0.0.1/app/", "/app/", "/app/deep/", "http://*:80/app/",
        };
        for (String prefix : prefixes) {
            routes.register(RoutesTest.route(prefix, "holder of " + prefix));
        }
    }

    @Test
    void namesTheWinnerAndWhyTheOthersLose() {
        assertEquals("""
                http on port 80, host example.com, path /app/deep/x
                http://example.com/app/ takes it, held by holder of http://example.com/app/
                  http://example.com:81/app/  (holder of http://example.com:81/app/): is for port 81
                * http://example.com/app/  (holder of http://example.com/app/): \
                wins: explicit host, the longest path there that covers the request's
                  https://example.com/app/  (holder of https://example.com/app/): is for https
                  http://example.com/  (holder of http://example.com/): matches, but /app/ is longer
                  http://10.0.0.1/app/  (holder of http://10.0.0.1/app/): is for connections to that address only
                  /app/deep/  (holder of /app/deep/): weak wildcard comes after explicit host, which has a match
                  http://*:80/app/  (holder of http://*:80/app/): \
                weak wildcard comes after explicit host, which has a match
                  /app/  (holder of /app/): weak wildcard comes after explicit host, which has a match
                """, routes.explain("http://example.com/app/deep/x").toString());
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {
        "http://example.com/strong/x, http://+:80/strong/",
        "http://example.com:81/app, http://example.com:81/app/",
        "http://example.com:82, http://example.com/",
        "https://example.com/app/, https://example.com/app/",
        "https://example.com/, -",
        "http://other/app/x, http://*:80/app/",
        "http://other:8080/app/x, /app/",
        "http://other/app/deep/, /app/deep/",
        "http://10.0.0.1/app/deep/, http://10.0.0.1/app/",
        "http://10.0.0.2/app/deep/, /app/deep/",
        "http://EXAMPLE.com/%61pp/./?query, http://example.com/app/",
        "http://other/, -",
    })
    void agreesWithTheSearch(String url, String winner) {
        Explanation explanation = routes.explain(url);
        assertEquals(winner, explanation.winner() == null ? null : explanation.winner().prefix().toString());
        assertEquals(winner == null ? 0 : 1, explanation.candidates().stream().filter(Explanation.Candidate::wins).count());
        assertEquals(winner != null, !explanation.summary().startsWith("404"));
    }

    @Test
    void saysCloserWhereThePathIsTheSame() {
        String text = routes.explain("http://other/app/x").toString();
        assertTrue(text.contains("  /app/  (holder of /app/): matches, but the winner names scheme or port more closely"), text);
        assertTrue(text.contains("is for another host"), text);
    }

    @Test
    void saysThatNothingCovers() {
        Explanation explanation = Explanation.of(RouteTable.EMPTY, "https://other/nowhere");
        assertNull(explanation.winner());
        assertEquals("404: no prefix covers /nowhere", explanation.summary());
        Explanation elsewhere = routes.explain("https://other/nowhere");
        assertNull(elsewhere.winner());
        assertEquals("404: no prefix that covers /nowhere is for this scheme, host and port", elsewhere.summary());
    }

    @Test
    void saysThatATargetIsRefused() {
        Explanation explanation = routes.explain("http://example.com/a%2Fb");
        assertNull(explanation.winner());
        assertTrue(explanation.summary().startsWith("400: the target has %2F"), explanation.summary());
        InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
        Explanation allowed = Explanation.of(routes.table(), "http", new Authority("example.com", -1), local, "/a%2Fb",
                TargetRules.STRICT.withEncodedSlash(true));
        assertEquals("http://example.com/ takes it, held by holder of http://example.com/", allowed.summary());
        Explanation byUrl = Explanation.of(routes.table(), "http://example.com/a%2Fb", TargetRules.STRICT.withEncodedSlash(true));
        assertEquals(allowed.summary(), byUrl.summary());
    }

    @Test
    void explainsAConnectionExactly() {
        InetSocketAddress local = new InetSocketAddress("10.0.0.1", 8080);
        Explanation explanation = Explanation.of(routes.table(), "http", null, local, "/app/deep/", TargetRules.STRICT);
        assertEquals("http on port 8080, no host, at 10.0.0.1, path /app/deep/", explanation.request());
        assertEquals("http://10.0.0.1/app/", explanation.winner().prefix().toString());
        InetSocketAddress elsewhere = new InetSocketAddress("10.0.0.9", 8080);
        Explanation other = Explanation.of(routes.table(), "http", null, elsewhere, "/app/deep/", TargetRules.STRICT);
        assertTrue(other.toString().contains("is for another local address"), other.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/app/", "example.com/app/", "ftp://example.com/", "http:///", "http://a b/", "http://u@h/"})
    void asksForAWholeUrl(String url) {
        IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> routes.explain(url));
        assertTrue(thrown.getMessage().contains("write a whole URL"), thrown.getMessage());
    }
}
