/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 3986 section 5: references of Location and Content-Location. */
class ReferenceTest {

    private static RequestHead head(String scheme, String authority, String target) {
        return new RequestHead("POST", scheme, authority == null ? null : Authority.parse(authority), target, HttpVersion.HTTP_1_1, Fields.EMPTY);
    }

    /** The examples of RFC 3986 section 5.4 that stay on the origin, against {@code http://a/b/c/d;p?q}. */
    @ParameterizedTest
    @CsvSource({
        "g, /b/c/g", "./g, /b/c/g", "g/, /b/c/g/", "/g, /g", "//a/x, /x", "//a, /", "?y, /b/c/d;p?y", "g?y, /b/c/g?y", "#s, /b/c/d;p?q",
        "g#s, /b/c/g", "g?y#s, /b/c/g?y", ";x, /b/c/;x", "g;x, /b/c/g;x", "g;x?y#s, /b/c/g;x?y", "'', /b/c/d;p?q", "., /b/c/", "./, /b/c/",
        ".., /b/", "../, /b/", "../g, /b/g", "../.., /", "../../, /", "../../g, /g", "../../../g, /g", "../../../../g, /g", "/./g, /g",
        "/../g, /g", "g., /b/c/g.", ".g, /b/c/.g", "g.., /b/c/g..", "..g, /b/c/..g", "./../g, /b/g", "./g/., /b/c/g/", "g/./h, /b/c/g/h",
        "g/../h, /b/c/h", "g;x=1/./y, /b/c/g;x=1/y", "g;x=1/../y, /b/c/y", "g?y/./x, /b/c/g?y/./x", "g?y/../x, /b/c/g?y/../x",
        "http://a/g, /g", "HTTP://A:80/g?x#y, /g?x", "http://a, /", "http://a?x, /?x", "http://a:/g, /g", "g:h/.., /b/c/",
        "x/g:h, /b/c/x/g:h", "?a:b, /b/c/d;p?a:b", "/a:b, /a:b", "g?http://b/, /b/c/g?http://b/", "//a/..//x, //x", "/a//b, /a//b",
    })
    void onTheOrigin(String reference, String target) {
        if (reference.startsWith("g:h")) {
            assertNull(Reference.resolve(head("http", "a", "/b/c/d;p?q"), reference)); // a scheme g
            return;
        }
        assertEquals(target, Reference.resolve(head("http", "a", "/b/c/d;p?q"), reference));
        assertEquals(target, Reference.resolve(head("http", "a:80", "http://a/b/c/d;p?q"), reference));
        assertEquals(target, Reference.resolve(head("https", "A:443", "/b/c/d;p?q"), reference.replaceFirst("(?i)^http:", "https:").replace(":80", ":443")));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "http://b/g", "//b/g", "https://a/g", "http://a:81/g", "//a:8080", "//a@b/g", "http://a@a/g", "http://x.a/g", "//a.x/g", "mailto:a",
        "http:g", "http:/g", "http:", "ftp://a/g", "//", "///g", "http:///g", "/a b", "/a\\b", "/\u00fc", "/a\tb", "//[::1", "javascript:x",
        "//a:99999/x", "//%61/x",
    })
    void elsewhereOrNowhere(String reference) {
        assertNull(Reference.resolve(head("http", "a", "/b/c/d;p?q"), reference));
        assertFalse(Reference.isTarget(head("http", "a", "/b/c/d;p?q"), reference));
    }

    /** A request that named no host has no origin to compare, only paths. */
    @Test
    void withoutAuthority() {
        assertEquals("/b/g", Reference.resolve(head("http", null, "/b/c"), "g"));
        assertNull(Reference.resolve(head("http", null, "/b/c"), "http://a/g"));
    }

    /** A target that is no path has nothing to be relative to. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "a:80"})
    void otherTargets(String target) {
        assertNull(Reference.own(head("http", "a", target)));
        assertNull(Reference.resolve(head("http", "a", target), "g"));
        assertEquals("/g", Reference.resolve(head("http", "a", target), "/g"));
        assertEquals("/g", Reference.resolve(head("http", "a", target), "http://a/g"));
        assertFalse(Reference.isTarget(head("http", "a", target), "/g"));
    }

    @ParameterizedTest
    @CsvSource({"/a?b, /a?b", "http://h/a?b, /a?b", "http://h, /", "http://h?x, /?x", "https://h/a/../b, /b"})
    void own(String target, String own) {
        assertEquals(own, Reference.own(head("http", "h", target)));
    }

    /** The same once normalised (RFC 3986 section 6); the query as it stands. */
    @ParameterizedTest
    @CsvSource({
        "/a/b, /a/b, true", "/a/b, b, true", "/a/b, /a/%62, true", "/a/%7Eb, /a/~b, true", "/a/b, /a/B, false", "/a/b, /a/b/, false",
        "/a/b?x=1, ?x=1, true", "/a/b?x=1, /a/b, false", "/a/b, /a/b?, false", "/a/b?x=1, /a/b?x=2, false", "/a/b?x=1, '', true",
        "/a/b, /a/c/../b, true", "/a//b, /a//b, true", "/a//b, /a/b, false",
    })
    void isTarget(String target, String reference, boolean same) {
        assertEquals(same, Reference.isTarget(head("http", "h", target), reference));
    }

    /** Whatever comes, it is a target in origin-form or none, without dot segments. */
    @Test
    void anyText() {
        java.util.Random random = new java.util.Random(3);
        String[] pieces = {"/", ".", "..", "?", "#", ":", "a", "http", "//", "@", "%2e"};
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(8); n > 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String meant = Reference.resolve(head("http", "a", "/b/c?d"), text.toString());
            if (meant != null) {
                String path = meant.split("\\?", 2)[0];
                assertTrue(path.startsWith("/") && !meant.contains("#") && !(path + "/").contains("/../") && !(path + "/").contains("/./"), text.toString());
            }
        }
    }
}
