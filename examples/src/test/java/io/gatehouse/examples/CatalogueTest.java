/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.Gatehouse;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.cache.OutputCache;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class CatalogueTest {

    private final HttpClient client = HttpClient.newHttpClient();

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void pagesAreMadeAnewOnlyWhenWhatTheyShowChanges(String transport) throws Exception {
        try (Gatehouse gatehouse = TestSite.builder(transport)
                .servlet("/catalogue/*", new Catalogue())
                .cache("/catalogue/", CachePolicy.untilPurged())
                .start()) {
            URI site = gatehouse.uri().resolve("/catalogue/");
            assertEquals("apple: 120\npear: 90\npage number 1\n", get(site, ""));
            assertEquals("apple: 120\npage number 2\n", get(site, "apple"));
            assertEquals("pear: 90\npage number 3\n", get(site, "pear"));
            for (int i = 0; i < 3; i++) {
                assertEquals("apple: 120\npear: 90\npage number 1\n", get(site, ""));
                assertEquals("apple: 120\npage number 2\n", get(site, "apple"));
                assertEquals("pear: 90\npage number 3\n", get(site, "pear"));
            }

            assertEquals(204, send("PUT", site.resolve("apple?price=99")).statusCode());
            assertEquals("apple: 99\npear: 90\npage number 4\n", get(site, ""));
            assertEquals("apple: 99\npage number 5\n", get(site, "apple"));
            assertEquals("pear: 90\npage number 3\n", get(site, "pear"));

            assertEquals(400, send("PUT", site.resolve("apple?price=cheap")).statusCode());
            assertEquals("apple: 99\npage number 5\n", get(site, "apple"));
            assertEquals(404, send("GET", site.resolve("plum")).statusCode());
        }
    }

    private String get(URI site, String page) throws Exception {
        HttpResponse<String> answer = send("GET", site.resolve(page));
        assertEquals(200, answer.statusCode());
        assertEquals("[]", answer.headers().allValues("Cache-Tag").toString(), OutputCache.class + " keeps tags to itself");
        return answer.body();
    }

    private HttpResponse<String> send(String method, URI uri) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody()).build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
