/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 section 4.4. */
class InvalidationTest {

    private static List<String> targets(String target, String... response) {
        RequestHead head = new RequestHead("POST", "http", Authority.parse("a.example:8080"), target, HttpVersion.HTTP_1_1, Fields.EMPTY);
        return Invalidation.targets(head, Fields.of(response));
    }

    /** RFC 9110 section 9.2.1; unknown methods are unsafe, and method names have case. */
    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "M-SEARCH", "CONNECT", "MKCOL", "get", "FOO", "PURGE"})
    void unsafe(String method) {
        assertTrue(Invalidation.isUnsafe(method));
        for (int status : new int[] {200, 201, 204, 299, 301, 303, 307, 399}) {
            assertTrue(Invalidation.drops(method, status));
        }
        for (int status : new int[] {100, 103, 199, 400, 404, 409, 500, 503, 599}) {
            assertFalse(Invalidation.drops(method, status));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH"})
    void safe(String method) {
        assertFalse(Invalidation.isUnsafe(method));
        assertFalse(Invalidation.drops(method, 200));
    }

    @ParameterizedTest
    @CsvSource({
        "location_target, /dir/location_target",
        "/x?y, /x?y",
        "http://a.example:8080/x, /x",
        "HTTP://A.EXAMPLE:8080/x#f, /x",
        "//a.example:8080/x/../y, /y",
    })
    void namedOnTheSameOrigin(String reference, String target) {
        assertEquals(List.of("/dir/page", target), targets("/dir/page", "Location", reference));
        assertEquals(List.of("/dir/page", target), targets("/dir/page", "content-location", reference));
        assertEquals(List.of("/dir/page", target), targets("/dir/page", "Content-Location", reference, "Location", reference));
    }

    /** Other origins are not ours to touch. */
    @ParameterizedTest
    @ValueSource(strings = {"http://a.example/x", "https://a.example:8080/x", "http://b.example:8080/x", "//a.example/x", "mailto:x", "http://["})
    void namedElsewhere(String reference) {
        assertEquals(List.of("/dir/page"), targets("/dir/page", "Location", reference, "Content-Location", reference));
    }

    @Test
    void severalAndNone() {
        assertEquals(List.of("/p?q", "/l", "/m", "/c"), targets("/p?q", "Content-Location", "c", "Location", "l", "Location", "m"));
        assertEquals(List.of("/p?q"), targets("/p?q", "Content-Location", ""));
        assertEquals(List.of("/p"), targets("http://a.example:8080/p", "X", "y"));
        assertEquals(List.of("/l"), targets("*", "Location", "/l"));
        assertEquals(List.of(), targets("*", "Location", "l"));
    }
}
