/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 section 4.2 and RFC 9110 section 5.6.7: dates as a cache reads them. */
class LooseDateTest {

    private static final long NOW = LocalDateTime.parse("2026-11-23T12:00:00").toEpochSecond(ZoneOffset.UTC);

    @ParameterizedTest
    @CsvSource(value = {
        "Thu, 18 Aug 2050 02:01:18 GMT     | 2050-08-18T02:01:18",
        "THU, 18 Aug 2050 02:01:18 GMT     | 2050-08-18T02:01:18",
        "thu, 18 AUG 2050 02:01:18 gMT     | 2050-08-18T02:01:18",
        "Fri, 18 Aug 2050 02:01:18 GMT     | 2050-08-18T02:01:18",
        "Sun, 06 Nov 1994 08:49:37 GMT     | 1994-11-06T08:49:37",
        "Mon, 29 Feb 2028 00:00:00 GMT     | 2028-02-29T00:00:00",
        "Thu, 01 Jan 1970 00:00:00 GMT     | 1970-01-01T00:00:00",
        "Sun, 21 Nov 2286 04:46:39 GMT     | 2286-11-21T04:46:39",
        "Fri, 31 Dec 9999 23:59:59 GMT     | 9999-12-31T23:59:59",
        "Thu, 18 Aug 2050 02:01:60 GMT     | 2050-08-18T02:02:00",
        "Thursday, 18-Aug-50 02:01:18 GMT  | 2050-08-18T02:01:18",
        "THURSDAY, 18-aug-50 02:01:18 gmt  | 2050-08-18T02:01:18",
        "Monday, 18-Aug-76 02:01:18 GMT    | 2076-08-18T02:01:18",
        "Monday, 18-Aug-77 02:01:18 GMT    | 1977-08-18T02:01:18",
        "Sunday, 06-Nov-94 08:49:37 GMT    | 1994-11-06T08:49:37",
        "Thu Aug  8 02:01:18 2050          | 2050-08-08T02:01:18",
        "thu aug 18 02:01:18 2050          | 2050-08-18T02:01:18",
        "Sun Nov  6 08:49:37 1994          | 1994-11-06T08:49:37",
    }, delimiter = '|')
    void read(String text, String time) {
        assertEquals(LocalDateTime.parse(time).toEpochSecond(ZoneOffset.UTC), LooseDate.parse(text, NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "0", "-1", "now", "Thu", "Thu,", "Thursday", "Thursday,", "Thu, 18 Aug 2050 02:01:18 UTC",
        "Thu, 18 Aug 2050 02:01:18 AEST", "Thu, 18 Aug 2050 02:01:18 +00", "Thu, 18 Aug 2050 02:01:18", "Thu, 18 Aug 50 02:01:18 GMT",
        "Thu 18 Aug 2050 02:01:18 GMT", "Thu, 18  Aug  2050 02:01:18 GMT", "Thu, 18 Aug  2050 02:01:18 GMT", "Thu,18 Aug 2050 02:01:18 GMT",
        "Thu, 18-Aug-2050 02:01:18 GMT", "Thu, 18 Aug 2050 02.01.18 GMT", "Thu, 18 Aug 2050 2:01:18 GMT", "Thu, 8 Aug 2050 02:01:18 GMT",
        "Thu, 18 Aug 2050 24:01:18 GMT", "Thu, 18 Aug 2050 02:60:18 GMT", "Thu, 18 Aug 2050 02:01:61 GMT", "Thu, 31 Jun 2050 02:01:18 GMT",
        "Thu, 00 Jun 2050 02:01:18 GMT", "Thu, 29 Feb 2027 02:01:18 GMT", "Thu, 18 Foo 2050 02:01:18 GMT", "Foo, 18 Aug 2050 02:01:18 GMT",
        "Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT", "Thu, 18 Aug 2050 02:01:18 GMT ", "18 Aug 2050 02:01:18 GMT",
        "Thu, 18 Aug 205a 02:01:18 GMT", "Thu, 18 Aug -205 02:01:18 GMT", "Thu, 18 Aug 2050 0a:01:18 GMT", "Thu, 18 Aug 2050 02:0b:18 GMT",
        "Thu, 18 Aug 2050 02:01:1c GMT", "Thu, 18 Aug 2050 02:01:18GMT ", "2050-08-18T02:01:18Z", "Thursday, 18-Aug-2050 02:01:18 GMT",
        "Thursday, 18 Aug 50 02:01:18 GMT", "Thursday, 18-Aug-50 02:01:18 UTC", "Thursday 18-Aug-50 02:01:18 GMT", "Thursday, 1-Aug-50 02:01:18 GMT",
        "Thursday, 18-Aug-5x 02:01:18 GMT", "Thursdays, 18-Aug-50 02:01:18 GMT", "Thu Aug 8 02:01:18 2050", "Thu Aug  8 02:01:18 50",
        "Thu Aug 08  02:01:18 050", "Thu Aug  x 02:01:18 2050", "Thu Aug  8 02:01:18 205x", "Thu, Aug 8 02:01:18 2050", "Thu-Aug- 8-02:01:18-2050",
    })
    void refused(String text) {
        assertEquals(HttpDate.NONE, LooseDate.parse(text, NOW), text);
    }

    /** What the strict reader takes, this one takes for the same. */
    @Test
    void agreesWithTheStrictReader() {
        for (long second = 0; second < 4_000_000_000L; second += 12_345_678) {
            assertEquals(second, LooseDate.parse(HttpDate.format(second), NOW));
        }
    }

    /** No text makes it fail: every cut of a date is a date or none. */
    @Test
    void everyCut() {
        for (String date : new String[] {
            "Thu, 18 Aug 2050 02:01:18 GMT", "Thursday, 18-Aug-50 02:01:18 GMT", "Thu Aug  8 02:01:18 2050"
        }) {
            for (int i = 0; i < date.length(); i++) {
                assertEquals(HttpDate.NONE, LooseDate.parse(date.substring(0, i), NOW));
                LooseDate.parse(date.substring(i), NOW);
                LooseDate.parse(date.substring(0, i) + date.substring(i + 1) + 'x', NOW);
            }
        }
    }
}
