/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of a single-page application stands in for what is no file, but only for a browser on its way to a page. */
class SpaTest {

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    @TempDir
    Path directory;

    private StaticFiles files;

    @BeforeEach
    void site() throws Exception {
        new Site(directory).file("index.html", "<app>, and some text to compress").file("index.html.br", "app-in-br")
                .file("assets/a.js", "script");
        files = StaticFiles.of(directory).spa("index.html").build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/users", "/users/42", "/users/", "/a/b/c/d", "/users?x=1", "/v1.2/users", "/assets/"})
    void navigationsGetThePage(String target) throws Exception {
        FakeResponse response = Site.get(files, target, "Accept", BROWSER);
        assertEquals(200, response.sentStatus());
        assertEquals("<app>, and some text to compress", response.sentText());
        assertEquals("text/html; charset=utf-8", response.sent("Content-Type"));
        assertEquals("Accept-Encoding, Accept", response.sent("Vary"), "another Accept would have got a 404");
        FakeResponse coded = Site.get(files, target, "Accept", BROWSER, "Accept-Encoding", "br");
        assertEquals("app-in-br", coded.sentText());
        assertEquals(304,
                Site.get(files, target, "Accept", BROWSER, "If-None-Match", response.sent("ETag")).sentStatus());
        FakeResponse head = Site.head(files, target, "Accept", BROWSER);
        assertEquals(200, head.sentStatus());
        assertEquals("32", head.sent("Content-Length"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/users/app.js      | text/html",
        "/users/photo.png   | text/html",
        "/favicon.ico       | text/html",
        "/users             | */*",
        "/users             | application/json",
        "/users             | text/html;q=0",
        "/users             | text/*",
        "/users             | image/avif,image/webp,*/*",
        "/.env              | text/html",
        "/.git/config       | text/html",
        "/WEB-INF/x         | text/html",
    })
    void everythingElseIsMissing(String target, String accept) throws Exception {
        assertEquals(404, Site.get(files, target, "Accept", accept).sentStatus());
    }

    @Test
    void withoutAcceptThereIsNoNavigation() throws Exception {
        assertEquals(404, Site.get(files, "/users").sentStatus());
        assertEquals(405, new FakeResponse().handledBy(
                files, FakeRequest.of("POST", "/users", "Accept", BROWSER)).sentStatus());
    }

    @Test
    void realFilesComeFirst() throws Exception {
        assertEquals("script", Site.get(files, "/assets/a.js", "Accept", BROWSER).sentText());
        assertEquals(301, Site.get(files, "/assets", "Accept", BROWSER).sentStatus());
        assertEquals("Accept-Encoding", Site.get(files, "/", "Accept", BROWSER).sent("Vary"));
    }

    @Test
    void belowAPrefixThePageIsThePrefixs() throws Exception {
        FakeRequest request = FakeRequest.get("/app/users/1", "Accept", BROWSER).prefix("/app/".length());
        FakeResponse response = new FakeResponse().handledBy(files, request);
        assertEquals("<app>, and some text to compress", response.sentText());
        assertNotNull(Site.find(files, FakeRequest.get("/app/index.html").prefix("/app/".length())));
        assertNull(Site.find(files, request), "the memory does not know what is no file");
    }

    @Test
    void withoutThePageItIsMissing() throws Exception {
        Files.delete(directory.resolve("index.html"));
        assertEquals(404, Site.get(files, "/users", "Accept", BROWSER).sentStatus());
        StaticFiles plain = StaticFiles.of(directory).build();
        assertEquals(404, Site.get(plain, "/users", "Accept", BROWSER).sentStatus());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../index.html", "/index.html", ".hidden", "a//b", "WEB-INF/x.html"})
    void thePageMustBePlain(String page) {
        assertThrows(IllegalArgumentException.class, () -> StaticFiles.of(directory).spa(page));
    }
}
