/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 sections 4, 4.2.4 and 5.2.1, and RFC 5861. */
class SelectionTest {

    private static final long NOW = 1_795_435_200_000L;

    private static Terms terms(int status, String control, boolean tagged, Rules rules) {
        Fields fields = Fields.of("Cache-Control", control);
        return Terms.of(status, tagged ? fields.plus("ETag", "\"a\"") : fields, NOW, NOW, rules);
    }

    private static CacheControl request(String text) {
        return CacheControl.ofRequest(text == null ? Fields.EMPTY : Fields.of("Cache-Control", text));
    }

    private static Selection select(String asked, String control, double seconds, Rules rules) {
        return Selection.of(request(asked), terms(200, control, true, rules), rules, NOW + (long) (1000 * seconds));
    }

    /** Without request directives: fresh, windows, and what forbids them. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "max-age=10; 0; USE",
        "max-age=10; 9.999; USE",
        "max-age=10; 10; VALIDATE",
        "max-age=10; 10000; VALIDATE",
        "max-age=0; 0; VALIDATE",
        "foo; 0; VALIDATE",
        "no-cache, max-age=10; 0; VALIDATE",
        "no-cache=\"a\", max-age=10; 0; USE",
        "must-revalidate, max-age=10; 9; USE",
        "must-revalidate, max-age=10; 10; VALIDATE",
        "max-age=10, stale-while-revalidate=5; 9.9; USE",
        "max-age=10, stale-while-revalidate=5; 10; USE_AND_VALIDATE",
        "max-age=10, stale-while-revalidate=5; 14.999; USE_AND_VALIDATE",
        "max-age=10, stale-while-revalidate=5; 15; VALIDATE",
        "max-age=10, stale-while-revalidate=0; 10; VALIDATE",
        "max-age=10, stale-while-revalidate=x; 10; VALIDATE",
        "max-age=10, stale-while-revalidate=99999999999; 900000; USE_AND_VALIDATE",
        "max-age=10, stale-if-error=5; 11; VALIDATE",
        "max-age=10, stale-while-revalidate=5, must-revalidate; 11; VALIDATE",
        "max-age=10, stale-while-revalidate=5, proxy-revalidate; 11; VALIDATE",
        "max-age=10, stale-while-revalidate=5, no-cache; 11; VALIDATE",
        "s-maxage=10, stale-while-revalidate=5; 11; USE_AND_VALIDATE",
        "s-maxage=10; 11; VALIDATE",
    })
    void plain(String control, double seconds, Selection expected) {
        assertEquals(expected, select(null, control, seconds, Rules.STANDARD));
        assertEquals(expected, select("foo", control, seconds, Rules.STANDARD));
    }

    /** What has no validator is replaced; nothing else changes. */
    @Test
    void withoutAValidator() {
        Terms stored = terms(200, "max-age=10, stale-while-revalidate=5", false, Rules.STANDARD);
        assertEquals(Selection.USE, Selection.of(CacheControl.NONE, stored, Rules.STANDARD, NOW));
        assertEquals(Selection.USE_AND_VALIDATE, Selection.of(CacheControl.NONE, stored, Rules.STANDARD, NOW + 12_000));
        assertEquals(Selection.REPLACE, Selection.of(CacheControl.NONE, stored, Rules.STANDARD, NOW + 15_000));
        assertEquals(Selection.REPLACE, Selection.of(request("no-cache"), stored, Rules.STANDARD, NOW));
        assertEquals(Selection.ONLY_IF_CACHED, Selection.of(request("only-if-cached"), stored, Rules.STANDARD, NOW + 15_000));
    }

    /** Section 5.2.1, against an answer that is 5 seconds old and fresh for 10. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "max-age=0; VALIDATE",
        "max-age=4; VALIDATE",
        "max-age=5; USE",
        "max-age=600; USE",
        "max-age=x; VALIDATE",
        "min-fresh=5; USE",
        "min-fresh=6; VALIDATE",
        "min-fresh=99999999999; VALIDATE",
        "min-fresh=x; USE",
        "max-stale; USE",
        "max-stale=100; USE",
        "max-age=4, max-stale=100; VALIDATE",
        "no-cache; VALIDATE",
        "no-cache=x; VALIDATE",
        "no-store; USE",
        "only-if-cached; USE",
        "only-if-cached, max-age=0; ONLY_IF_CACHED",
        "only-if-cached, no-cache; ONLY_IF_CACHED",
        "s-maxage=0; USE",
        "must-revalidate; USE",
        "private; USE",
        "stale-if-error=5; USE",
    })
    void requestDirectives(String asked, Selection expected) {
        assertEquals(expected, select(asked, "max-age=10", 5, Rules.STANDARD));
        assertEquals(Selection.USE, select(asked, "max-age=10", 5, Deaf.rules(Rules.STANDARD)));
    }

    /** The same against an answer that has been stale for 5 seconds. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "max-stale; max-age=10; USE",
        "max-stale=1000; max-age=10; USE",
        "max-stale=5; max-age=10; USE",
        "max-stale=4; max-age=10; VALIDATE",
        "max-stale=0; max-age=10; VALIDATE",
        "max-stale=x; max-age=10; VALIDATE",
        "max-stale; max-age=10, must-revalidate; VALIDATE",
        "max-stale; max-age=10, proxy-revalidate; VALIDATE",
        "max-stale; s-maxage=10; VALIDATE",
        "max-stale; max-age=10, no-cache; VALIDATE",
        "max-stale, max-age=20; max-age=10; USE",
        "max-stale, max-age=14; max-age=10; VALIDATE",
        "max-stale, min-fresh=0; max-age=10; VALIDATE",
        "only-if-cached; max-age=10; ONLY_IF_CACHED",
        "only-if-cached, max-stale; max-age=10; USE",
        "only-if-cached; max-age=10, stale-while-revalidate=9; USE_AND_VALIDATE",
        "max-age=0; max-age=10, stale-while-revalidate=9; VALIDATE",
        "max-age=15; max-age=10, stale-while-revalidate=9; USE_AND_VALIDATE",
        "no-cache; max-age=10, stale-while-revalidate=9; VALIDATE",
    })
    void requestDirectivesWhenStale(String asked, String control, Selection expected) {
        assertEquals(expected, select(asked, control, 15, Rules.STANDARD));
    }

    /** Ages that came with the answer count. */
    @Test
    void receivedAge() {
        Fields fields = Fields.of("Cache-Control", "max-age=3600", "Age", "1800", "ETag", "x");
        Terms stored = Terms.of(200, fields, NOW, NOW, Rules.STANDARD);
        assertEquals(Selection.VALIDATE, Selection.of(request("max-age=600"), stored, Rules.STANDARD, NOW));
        assertEquals(Selection.USE, Selection.of(request("max-age=1800"), stored, Rules.STANDARD, NOW));
        assertEquals(Selection.VALIDATE, Selection.of(request("min-fresh=1801"), stored, Rules.STANDARD, NOW));
        Terms old = Terms.of(200, Fields.of("Cache-Control", "max-age=1500", "Age", "2000"), NOW, NOW, Rules.STANDARD);
        assertEquals(Selection.USE, Selection.of(request("max-stale=1000"), old, Rules.STANDARD, NOW));
        assertEquals(Selection.REPLACE, Selection.of(request("max-stale=499"), old, Rules.STANDARD, NOW));
    }

    /** Section 5.4. */
    @Test
    void pragma() {
        CacheControl pragma = CacheControl.ofRequest(Fields.of("Pragma", "no-cache"));
        Terms stored = terms(200, "max-age=10", true, Rules.STANDARD);
        assertEquals(Selection.VALIDATE, Selection.of(pragma, stored, Rules.STANDARD, NOW));
        assertEquals(Selection.USE, Selection.of(pragma, stored, Deaf.rules(Rules.STANDARD), NOW));
    }

    @Test
    void nothingStored() {
        assertEquals(Selection.REPLACE, Selection.withoutStored(CacheControl.NONE, Rules.STANDARD));
        assertEquals(Selection.REPLACE, Selection.withoutStored(request("no-cache"), Rules.STANDARD));
        assertEquals(Selection.ONLY_IF_CACHED, Selection.withoutStored(request("only-if-cached"), Rules.STANDARD));
        assertEquals(Selection.REPLACE,
                Selection.withoutStored(request("only-if-cached"), Deaf.rules(Rules.STANDARD)));
    }

    /** The route's window is for answers that name none and forbid none. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "max-age=10; USE_AND_VALIDATE",
        "max-age=10, stale-while-revalidate=1; VALIDATE",
        "max-age=10, stale-while-revalidate=0; VALIDATE",
        "max-age=10, must-revalidate; VALIDATE",
        "s-maxage=10; VALIDATE",
    })
    void windowOfTheRoute(String control, Selection expected) {
        Rules rules = new Rules(Rules.AS_HEADERS_SAY, false, true, true, 30, 0);
        assertEquals(expected, select(null, control, 15, rules));
    }

    /** A soft purge counts from the purge. */
    @Test
    void softPurge() {
        Terms purged = terms(200, "max-age=1000, stale-while-revalidate=5", true, Rules.STANDARD).expired(NOW + 50_000);
        assertEquals(Selection.USE_AND_VALIDATE, Selection.of(CacheControl.NONE, purged, Rules.STANDARD, NOW + 50_000));
        assertEquals(Selection.VALIDATE, Selection.of(CacheControl.NONE, purged, Rules.STANDARD, NOW + 55_000));
    }

    /** RFC 5861 section 4 and RFC 9111 section 4.2.4: 5 seconds after it became stale. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "max-age=10; true",
        "max-age=10, stale-if-error=6; true",
        "max-age=10, stale-if-error=5; false",
        "max-age=10, stale-if-error=0; false",
        "max-age=10, stale-if-error=x; false",
        "max-age=10, must-revalidate; false",
        "max-age=10, proxy-revalidate; false",
        "max-age=10, no-cache; false",
        "s-maxage=10; false",
        "s-maxage=10, stale-if-error=60; true",
        "max-age=10, stale-if-error=60, must-revalidate; false",
        "max-age=10, stale-if-error=60, proxy-revalidate; false",
        "max-age=10, stale-if-error=60, no-cache; false",
    })
    void standingIn(String control, boolean expected) {
        Terms stored = terms(200, control, false, Rules.STANDARD);
        assertEquals(expected, Selection.standsIn(CacheControl.NONE, stored, Rules.STANDARD, NOW + 15_000));
    }

    @Test
    void standingInForTheRoute() {
        Terms stored = terms(200, "max-age=10", false, Rules.STANDARD);
        Rules none = new Rules(Rules.AS_HEADERS_SAY, false, true, true, 0, 0);
        Rules endless = new Rules(Rules.AS_HEADERS_SAY, false, true, true, 0, CacheControl.MOST);
        assertFalse(Selection.standsIn(CacheControl.NONE, stored, none, NOW + 15_000));
        assertTrue(Selection.standsIn(request("stale-if-error=6"), stored, none, NOW + 15_000));
        assertFalse(Selection.standsIn(request("stale-if-error=6"), stored, Deaf.rules(none), NOW + 15_000));
        assertFalse(Selection.standsIn(request("stale-if-error=6"), stored, Rules.STANDARD, NOW + 16_000));
        assertTrue(Selection.standsIn(CacheControl.NONE, stored, Rules.STANDARD, NOW + 86_409_999));
        assertFalse(Selection.standsIn(CacheControl.NONE, stored, Rules.STANDARD, NOW + 86_410_000));
        assertTrue(Selection.standsIn(CacheControl.NONE, stored, endless, Long.MAX_VALUE / 2));
        assertFalse(Selection.standsIn(CacheControl.NONE, null, Rules.STANDARD, NOW));
    }

    /** Fresh, but the client wanted the origin's word, which is not to be had. */
    @Test
    void freshStandsIn() {
        Terms stored = terms(200, "max-age=10, stale-if-error=0", false, Rules.STANDARD);
        assertTrue(Selection.standsIn(request("no-cache"), stored, Rules.STANDARD, NOW + 5_000));
        assertTrue(Selection.standsIn(request("max-age=0"), stored, Rules.STANDARD, NOW + 5_000));
    }

    /** An error never stands in for an error; a redirect may. */
    @ParameterizedTest
    @CsvSource({"200, true", "204, true", "301, true", "404, false", "410, false", "500, false", "503, false"})
    void whatStandsIn(int status, boolean expected) {
        Terms stored = terms(status, "max-age=10", false, Rules.STANDARD);
        assertEquals(expected, Selection.standsIn(CacheControl.NONE, stored, Rules.STANDARD, NOW + 15_000));
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 502, 503, 504, 599})
    void errors(int status) {
        assertTrue(Selection.isError(status));
        assertFalse(Selection.isError(status - 100));
    }
}
