/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.Target;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "none", value = {
        "/docs                       | /docs        | none      | /docs/",
        "/docs?q=1                   | /docs        | q=1       | /docs/?q=1",
        "/docs?                      | /docs        | ''        | /docs/?",
        "/docs?a=/b?c//d             | /docs        | a=/b?c//d | /docs/?a=/b?c//d",
        "/a%20b                      | /a b         | none      | /a%20b/",
        "/%C3%A9                     | /\u00e9      | none      | /%C3%A9/",
        "/a%2Fb                      | /a%2Fb       | none      | /a%2Fb/",
        "http://host/docs?q          | /docs        | q         | /docs/?q",
        "http://host:80/a/docs       | /a/docs      | none      | /a/docs/",
        "//evil.example/docs         | /evil.example/docs | none | /evil.example/docs/",
        "///evil.example             | /evil.example | none     | /evil.example/",
        "//evil.example              | //evil.example | none    | /evil.example/",
        "/\\evil.example             | /\\evil.example | none   | /evil.example/",
        "\\\\evil.example            | \\\\evil.example | none  | /evil.example/",
        "/%5cevil.example            | /\\evil.example | none   | /evil.example/",
        "/%2f%2fevil.example         | ///evil.example | none   | /evil.example/",
        "/%2Fevil.example            | //evil.example | none    | /evil.example/",
        "/.//evil.example            | //evil.example | none    | /evil.example/",
        "/..//evil.example/x         | //evil.example/x | none  | /evil.example/x/",
        "/x/..//evil.example         | //evil.example | none    | /evil.example/",
        "/./docs                     | /docs        | none      | /docs/",
        "/a/../docs                  | /docs        | none      | /docs/",
        "/a//docs                    | /a/docs      | none      | /a/docs/",
        "http://host//evil.example/x | /evil.example/x | none   | /evil.example/x/",
        "http:evil.example           | /evil.example | none     | /evil.example/",
        "https:\\\\evil.example      | /evil.example | none     | /evil.example/",
        "javascript:alert(1)         | /alert       | none      | /alert/",
        "/docs<b>                    | /docs<b>     | none      | /docs%3Cb%3E/",
        "/d\u00e9                    | /d\u00e9     | none      | /d%E9/",
        "/docs?\"<x>                 | /docs        | '\"<x>'   | /docs/?%22%3Cx%3E",
        "/docs/sub                   | /docs/sub    | none      | /docs/sub/",
    })
    void staysOnThisHost(String raw, String path, String query, String location) {
        String to = Redirect.toFolder(new Target(raw, path, query));
        assertEquals(location, to);
        assertTrue(to.startsWith("/"));
        assertFalse(to.startsWith("//"));
        URI resolved = URI.create("https://good.example/any/where").resolve(to);
        assertEquals("good.example", resolved.getHost());
        assertEquals("https", resolved.getScheme());
    }

    @Test
    void lineBreaksCannotSplitTheHead() {
        String to = Redirect.toFolder(new Target("/a\r\nSet-Cookie: x", "/a\r\nSet-Cookie: x", "b\r\nc"));
        assertEquals("/a%0D%0ASet-Cookie:%20x/?b%0D%0Ac", to);
    }

    @Test
    void thePrefixItselfIsRedirectedToo(@TempDir Path directory) throws Exception {
        new Site(directory).file("index.html", "home");
        StaticFiles files = StaticFiles.of(directory).build();
        FakeRequest bare = FakeRequest.get("/static?x").prefix("/static/".length());
        FakeResponse response = new FakeResponse().handledBy(files, bare);
        assertEquals(301, response.sentStatus());
        assertEquals("/static/?x", response.sent("Location"));
        FakeRequest slash = FakeRequest.get("/static/?x").prefix("/static/".length());
        assertEquals("home", new FakeResponse().handledBy(files, slash).sentText());
    }
}
