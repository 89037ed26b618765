/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {

    private static final long NOW = Instant.parse("2026-11-23T00:00:00Z").getEpochSecond();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Sun, 06 Nov 1994 08:49:37 GMT     | 1994-11-06T08:49:37Z",
        "Sunday, 06-Nov-94 08:49:37 GMT    | 1994-11-06T08:49:37Z",
        "Sun Nov  6 08:49:37 1994          | 1994-11-06T08:49:37Z",
        "Wed Nov 16 08:49:37 1994          | 1994-11-16T08:49:37Z",
        "Thu, 01 Jan 1970 00:00:00 GMT     | 1970-01-01T00:00:00Z",
        "Wed, 31 Dec 1969 23:59:59 GMT     | 1969-12-31T23:59:59Z",
        "Thu, 29 Feb 2024 12:00:00 GMT     | 2024-02-29T12:00:00Z",
        "Tue, 29 Feb 2000 12:00:00 GMT     | 2000-02-29T12:00:00Z",
        "Fri, 31 Dec 9999 23:59:59 GMT     | 9999-12-31T23:59:59Z",
        "Sat, 31 Dec 2016 23:59:60 GMT     | 2017-01-01T00:00:00Z",
        "Monday, 23-Nov-26 01:02:03 GMT    | 2026-11-23T01:02:03Z",
        "Monday, 23-Nov-76 01:02:03 GMT    | 2076-11-23T01:02:03Z",
        "Wednesday, 23-Nov-77 01:02:03 GMT | 1977-11-23T01:02:03Z",
        "Saturday, 01-Jan-00 00:00:00 GMT  | 2000-01-01T00:00:00Z",
    })
    void allThreeFormatsAreRead(String text, String instant) {
        assertEquals(Instant.parse(instant).getEpochSecond(), HttpDate.parse(text, NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "0", "1994-11-06T08:49:37Z", "784111777", "Sun, 06 Nov 1994 08:49:37",
        "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 Nov 1994 08:49:37 gmt", "Sun, 06 Nov 1994 08:49:37 +0000",
        "sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 NOV 1994 08:49:37 GMT", "Sun,06 Nov 1994 08:49:37 GMT",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06-Nov-1994 08:49:37 GMT",
        "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1994 08-49-37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT ",
        "Sun, +6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMTX",
        "Thu, 29 Feb 2023 12:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 UTC", "Sunday, 06 Nov 94 08:49:37 GMT",
        "Sun, 06-Nov-94 08:49:37 GMT", "Monday, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT",
        "Sun Nov 6 08:49:37 1994", "Sun Nov 06 08:49:37 94  ", "Mon Nov  6 08:49:37 1994", "Sun Nov  6 08:49:37  994",
        "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", "ThuNov  6 08:49:37 1994x",
        "Sun, 06 Nov 199\u0664 08:49:37 GMT"
    })
    void everythingElseIsNoDate(String text) {
        assertEquals(HttpDate.NONE, HttpDate.parse(text, NOW));
        assertEquals(HttpDate.NONE, HttpDate.parse(text));
    }

    @Test
    void writesWhatTheStandardLibraryWrites() {
        DateTimeFormatter reference =
                DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC);
        long step = 86_400L * 37 + 3_661;
        for (long second = Instant.parse("0001-01-01T00:00:00Z").getEpochSecond();
                second < Instant.parse("9999-12-31T00:00:00Z").getEpochSecond();
                second += step) {
            String text = HttpDate.format(second);
            assertEquals(reference.format(Instant.ofEpochSecond(second)), text);
            assertEquals(second, HttpDate.parse(text, NOW));
        }
    }

    @Test
    void aYearWithoutFourDigitsCannotBeWritten() {
        long tooLate = Instant.parse("+10000-01-01T00:00:00Z").getEpochSecond();
        assertThrows(IllegalArgumentException.class, () -> HttpDate.format(tooLate));
        assertThrows(IllegalArgumentException.class, () -> HttpDate.format(-70_000_000_000L));
        assertEquals("Fri, 31 Dec 9999 23:59:59 GMT", HttpDate.format(tooLate - 1));
    }
}
