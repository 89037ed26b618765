/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.Freshness.Source;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 sections 4.2 (freshness), 5.1 (Age) and 5.3 (Expires). */
class FreshnessTest {

    private static final long SECOND = 1_795_435_200;
    private static final long NOW = 1000 * SECOND;

    /** A text in which {@code @-5@} is the date five seconds before now. */
    private static Fields fields(String text) {
        Fields.Builder fields = Fields.builder();
        for (String line : text.split("\\|", -1)) {
            String value = line.substring(line.indexOf(':') + 1).trim();
            if (value.startsWith("@")) {
                value = HttpDate.format(SECOND + Long.parseLong(value.substring(1)));
            }
            fields.add(line.substring(0, line.indexOf(':')).trim(), value);
        }
        return fields.build();
    }

    private static Freshness of(String text, int status, Rules rules) {
        Fields fields = fields(text);
        return Freshness.of(fields, CacheControl.ofResponse(fields), status, NOW, NOW, rules);
    }

    private static Freshness of(String text) {
        return of(text, 200, Rules.STANDARD);
    }

    /** Section 4.2.1: the order of s-maxage, max-age and Expires, whatever the order of lines. */
    @ParameterizedTest
    @CsvSource({
        "Cache-Control: max-age=3600, 3600",
        "Cache-Control: s-maxage=60 | Cache-Control: max-age=3600, 60",
        "Cache-Control: max-age=3600 | Cache-Control: s-maxage=60, 60",
        "Cache-Control: max-age=1 | Cache-Control: s-maxage=3600, 3600",
        "Expires: @100 | Cache-Control: max-age=3600 | Date: @0, 3600",
        "Cache-Control: max-age=0 | Expires: @100 | Date: @0, 0",
        "Cache-Control: max-age=x | Expires: @100 | Date: @0, 0",
        "Cache-Control: max-age=3600 | Expires: 0, 3600",
        "Cache-Control: max-age=3600 | Expires: @-100, 3600",
        "Cache-Control: s-maxage=x | Cache-Control: max-age=10, 0",
        "Cache-Control: max-age=2147483647, 2147483647",
        "Cache-Control: max-age=99999999999, 2147483648",
        "Expires: @100 | Date: @0, 100",
        "Expires: @100, 100",
        "Expires: @0 | Date: @0, 0",
        "Expires: @-5 | Date: @0, 0",
        "Expires: 0 | Date: @0, 0",
        "Expires: | Date: @0, 0",
        "Expires: @100 | Expires: @100 | Date: @0, 0",
        "Expires: @100 | Expires: @200 | Date: @0, 0",
        "Expires: @100 | Date: nonsense, 100",
        "Expires: @100 | Date: @0 | Date: @50, 100",
        "Expires: @100 | Date: @60, 40",
        "Expires: @100 | Date: @-60, 160",
        "Expires: @9000000000 | Date: @0, 2147483648",
        "CDN-Cache-Control: max-age=60 | Cache-Control: max-age=5 | Expires: @-5, 60",
        "CDN-Cache-Control: max-age=60 | Expires: 0, 60",
        "CDN-Cache-Control: max-age=0 | Expires: @100, 0",
        "CDN-Cache-Control: s-maxage=9 | CDN-Cache-Control: max-age=60, 9",
        "CDN-Cache-Control: max-age=x y | Cache-Control: max-age=5, 5",
    })
    void explicit(String text, long lifetime) {
        Freshness freshness = of(text);
        assertEquals(1000 * lifetime, freshness.lifetimeMillis(), text);
        assertEquals(Source.EXPLICIT, freshness.source());
    }

    /** RFC 9213 section 2.2: with a targeted field Expires gives no lifetime either. */
    @Test
    void targetedWithoutALifetime() {
        assertEquals(Source.NONE, of("CDN-Cache-Control: public | Expires: @100").source());
        assertEquals(Source.NONE, of("CDN-Cache-Control: foo | Cache-Control: max-age=10").source());
    }

    /** Section 4.2.2: a tenth of the time since Last-Modified. */
    @ParameterizedTest
    @CsvSource({"5, 0", "10, 1", "30, 3", "60, 6", "300, 30", "600, 60", "1200, 120", "3600, 360", "86400, 8640",
        "863990, 86399", "864000, 86400", "100000000, 86400"})
    void heuristic(long modified, long lifetime) {
        Freshness freshness = of("Last-Modified: @-" + modified + " | Date: @0");
        assertEquals(1000 * lifetime, freshness.lifetimeMillis());
        assertEquals(Source.HEURISTIC, freshness.source());
    }

    @ParameterizedTest
    @CsvSource({
        "Date: @0",
        "Last-Modified: @0 | Date: @0",
        "Last-Modified: @50 | Date: @0",
        "Last-Modified: nonsense",
        "Last-Modified: @-100 | Last-Modified: @-200",
        "Last-Modified: @-10 | Date: @-20",
        "Cache-Control: foo | Pragma: bar",
    })
    void nothingToGuessFrom(String text) {
        assertEquals(new Freshness(0, of(text).initialAgeMillis(), NOW, Source.NONE), of(text));
    }

    /** RFC 9110 section 15.1: the statuses that may be guessed for; with public every one. */
    @ParameterizedTest
    @ValueSource(ints = {200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501})
    void heuristicStatuses(int status) {
        assertEquals(10_000, of("Last-Modified: @-100", status, Rules.STANDARD).lifetimeMillis());
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 299, 302, 303, 307, 400, 401, 403, 500, 502, 503, 504, 599})
    void otherStatuses(int status) {
        assertEquals(Source.NONE, of("Last-Modified: @-100", status, Rules.STANDARD).source());
        assertEquals(10_000, of("Last-Modified: @-100 | Cache-Control: public", status, Rules.STANDARD).lifetimeMillis());
        assertEquals(5_000, of("Cache-Control: max-age=5", status, Rules.STANDARD).lifetimeMillis());
    }

    @Test
    void heuristicsSwitchedOff() {
        Rules rules = new Rules(Rules.AS_HEADERS_SAY, false, false, true, 0, 0);
        assertEquals(Source.NONE, of("Last-Modified: @-100 | Cache-Control: public", 200, rules).source());
    }

    /** Section 5.1: the first member of the first line, digits only, else ignored. */
    @ParameterizedTest
    @CsvSource({
        "Age: 7200, 7200",
        "Age: 007, 7",
        "'Age: 7200, 0', 7200",
        "'Age: 0, 7200', 0",
        "'Age: 3600 , 3600', 3600",
        "Age: 7200 | Age: 0, 7200",
        "Age: 0 | Age: 7200, 0",
        "Age: abc, 0",
        "Age: -7200, 0",
        "Age: +7200, 0",
        "Age: 7200.0, 0",
        "Age: 7200;foo=bar, 0",
        "Age: 7200;foo=111, 0",
        "Age: \"7200\", 0",
        "Age: abc | Age: 7200, 0",
        "'Age: , 7200', 0",
        "Age:, 0",
        "Age: 2147483647, 2147483647",
        "Age: 2147483648, 2147483648",
        "Age: 99999999999999999999999, 2147483648",
        "Foo: x, 0",
    })
    void age(String text, long age) {
        assertEquals(1000 * age, of(text).initialAgeMillis(), text);
        assertEquals(age, of(text).age(NOW));
        assertEquals(Math.min(age + 3, CacheControl.MOST), of(text).age(NOW + 3_999));
    }

    /** Section 4.2.3: apparent age, delay, and the larger of both ways to reckon. */
    @ParameterizedTest
    @CsvSource({
        "Date: @0, 0, 0",
        "Date: @-10, 0, 10000",
        "Date: @10, 0, 0",
        "Date: @-10 | Age: 5, 0, 10000",
        "Date: @-10 | Age: 15, 0, 15000",
        "Date: @0 | Age: 5, 1500, 6500",
        "Date: @0, 1500, 1500",
        "Date: @-1, 1500, 1500",
        "Date: @-2, 1500, 2000",
        "Date: @0, -1500, 0",
    })
    void correctedAge(String text, long delay, long age) {
        Fields fields = fields(text);
        Freshness freshness = Freshness.of(fields, CacheControl.NONE, 200, NOW - delay, NOW, Rules.STANDARD);
        assertEquals(age, freshness.initialAgeMillis());
    }

    /** A slow or a fast clock of the origin does not lengthen life (section 4.2.3). */
    @ParameterizedTest
    @CsvSource({
        "Date: @-100 | Expires: @50, 50",
        "Date: @100 | Expires: @150, 50",
        "Date: @-100 | Expires: @0, 0",
        "Date: @-100 | Cache-Control: max-age=120, 20",
        "Date: @100 | Cache-Control: max-age=120, 120",
        "Date: @0 | Age: 25 | Expires: @30, 5",
        "Date: @-10 | Age: 25 | Expires: @20, 5",
    })
    void left(String text, long seconds) {
        assertEquals(seconds, of(text).remaining(NOW));
    }

    /** Section 4.2: fresh while the lifetime is longer than the age, to the millisecond. */
    @Test
    void theMomentOfStaleness() {
        Freshness freshness = of("Cache-Control: max-age=10 | Age: 4");
        assertTrue(freshness.isFresh(NOW + 5_999));
        assertFalse(freshness.isFresh(NOW + 6_000));
        assertEquals(0, freshness.remaining(NOW + 5_999));
        assertEquals(0, freshness.remaining(NOW + 6_000));
        assertEquals(-1, freshness.remaining(NOW + 6_001));
        assertEquals(6, freshness.remaining(NOW));
        assertEquals(-1, freshness.stalenessMillis(NOW + 5_999));
        assertEquals(0, freshness.staleness(NOW + 5_000));
        assertEquals(0, freshness.staleness(NOW + 6_999));
        assertEquals(1, freshness.staleness(NOW + 7_000));
        assertEquals(10, freshness.age(NOW + 6_000));
    }

    @Test
    void staleOnArrival() {
        assertFalse(of("Cache-Control: max-age=3600 | Age: 7200").isFresh(NOW));
        assertFalse(of("Cache-Control: max-age=0").isFresh(NOW));
        assertFalse(of("CDN-Cache-Control: max-age=3600 | Age: 3600").isFresh(NOW));
        assertFalse(of("Foo: bar").isFresh(NOW));
    }

    /** The clock set back makes nothing younger than it came. */
    @Test
    void clockSetBack() {
        Freshness freshness = of("Cache-Control: max-age=10 | Age: 4");
        assertEquals(4, freshness.age(NOW - 100_000));
        assertEquals(6, freshness.remaining(NOW - 100_000));
    }

    /** The route's lifetime begins when the answer is received, whatever the answer says of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"Foo: bar", "Cache-Control: max-age=1", "Expires: 0", "Age: 900", "Cache-Control: max-age=99999 | Age: 900"})
    void lifetimeOfTheRoute(String text) {
        Freshness freshness = of(text, 200, Rules.STANDARD.withLifetime(60));
        assertEquals(Source.ROUTE, freshness.source());
        assertTrue(freshness.isFresh(NOW + 59_999));
        assertFalse(freshness.isFresh(NOW + 60_000));
        assertEquals(text.contains("900") ? 900 : 0, freshness.age(NOW));
    }

    @Test
    void untilInvalidated() {
        Freshness freshness = of("Age: 5", 200, Rules.STANDARD.withLifetime(Rules.UNTIL_INVALIDATED));
        assertTrue(freshness.isFresh(Long.MAX_VALUE / 4));
        assertTrue(freshness.remaining(NOW) > 1L << 40);
        assertEquals(5, freshness.age(NOW));
        assertFalse(freshness.expired(NOW).isFresh(NOW));
    }

    @Test
    void neverOfTheRoute() {
        assertEquals(0, of("Cache-Control: max-age=10", 503, Rules.STANDARD.withLifetime(Rules.NEVER)).lifetimeMillis());
    }

    /** Errors and temporary redirects have the route's lifetime only when told. */
    @ParameterizedTest
    @CsvSource({"200, true, true", "301, true, true", "302, false, false", "404, false, true", "410, false, true", "500, false, false",
        "503, false, false", "501, false, true", "201, false, false", "400, false, false"})
    void statusesOfTheRoute(int status, boolean plain, boolean errors) {
        Rules rules = Rules.STANDARD.withLifetime(60);
        Rules told = new Rules(60, true, true, true, 0, 0);
        assertEquals(plain, of("Foo: bar", status, rules).source() == Source.ROUTE);
        assertEquals(errors, of("Foo: bar", status, told).source() == Source.ROUTE);
    }

    /** Purged softly: stale from that moment, and its windows begin there. */
    @Test
    void expired() {
        Freshness freshness = of("Cache-Control: max-age=1000 | Age: 7").expired(NOW + 50_000);
        assertFalse(freshness.isFresh(NOW + 50_000));
        assertEquals(0, freshness.stalenessMillis(NOW + 50_000));
        assertEquals(3, freshness.staleness(NOW + 53_000));
        assertEquals(60, freshness.age(NOW + 53_000));
        assertSame(freshness, freshness.expired(NOW + 60_000));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "5, 5", "0005, 5", "2147483648, 2147483648", "9223372036854775808, 2147483648", "'', -1", "x, -1", "5x, -1", "' 5', -1", "-5, -1", "\u0665, -1"})
    void deltaSeconds(String text, long seconds) {
        assertEquals(seconds, Freshness.seconds(text));
    }
}
