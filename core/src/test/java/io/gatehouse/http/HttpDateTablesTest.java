/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dates in all three formats against the platform's calendar, each character in its place, and two-digit years. */
class HttpDateTablesTest {

    private static final DateTimeFormatter FIXED = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US);
    private static final DateTimeFormatter RFC850 = DateTimeFormatter.ofPattern("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", Locale.US);
    private static final DateTimeFormatter ASCTIME = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US);
    private static final long NOW = Instant.parse("2026-11-23T00:00:00Z").getEpochSecond();

    private static LocalDateTime time(long second) {
        return LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
    }

    @Test
    void everyDayOfACenturyInEveryFormat() {
        LocalDate day = LocalDate.of(1977, 1, 1);
        Random random = new Random(3);
        while (day.getYear() < 2077) {
            LocalDateTime time = day.atTime(random.nextInt(24), random.nextInt(60), random.nextInt(60));
            long second = time.toEpochSecond(ZoneOffset.UTC);
            assertEquals(FIXED.format(time), HttpDate.format(second));
            assertEquals(second, HttpDate.parse(FIXED.format(time), NOW));
            assertEquals(second, HttpDate.parse(RFC850.format(time), NOW), RFC850.format(time));
            assertEquals(second, HttpDate.parse(ASCTIME.format(time), NOW), ASCTIME.format(time));
            day = day.plusDays(1);
        }
    }

    @Test
    void everySecondOfADay() {
        long midnight = Instant.parse("2024-02-29T00:00:00Z").getEpochSecond();
        for (int second = 0; second < 86_400; second += 7) {
            String text = HttpDate.format(midnight + second);
            assertEquals(midnight + second, HttpDate.parse(text, NOW));
            assertTrue(text.startsWith("Thu, 29 Feb 2024 "), text);
        }
    }

    /** No character may be another one: what is read then is nothing, or the date that then stands there. */
    @ParameterizedTest
    @ValueSource(strings = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    void everyCharacterCounts(String text) {
        long fine = HttpDate.parse(text, NOW);
        assertEquals(784_111_777L, fine);
        int others = 0;
        for (int at = 0; at < text.length(); at++) {
            for (char c = 0; c < 0x100; c++) {
                if (c == text.charAt(at)) {
                    continue;
                }
                String changed = text.substring(0, at) + c + text.substring(at + 1);
                long read = HttpDate.parse(changed, NOW);
                if (read != HttpDate.NONE) {
                    others++;
                    assertTrue(c >= '0' && c <= '9', changed);
                    String format = text.length() == 29 ? FIXED.format(time(read))
                            : text.length() == 24 ? ASCTIME.format(time(read)) : RFC850.format(time(read));
                    // A day of one digit may have a blank or a zero in front of it (date3 in RFC 9110 section 5.6.7).
                    String written = changed.replace("Nov 0", "Nov  ");
                    assertEquals(written, format.replace("Nov 0", "Nov  "), "read as something else");
                }
            }
            assertEquals(HttpDate.NONE, HttpDate.parse(text.substring(0, at), NOW));
            assertEquals(HttpDate.NONE, HttpDate.parse(text.substring(0, at) + text.substring(at + 1), NOW));
            assertEquals(HttpDate.NONE, HttpDate.parse(text.substring(0, at) + " " + text.substring(at), NOW));
        }
        assertTrue(others >= 30, "hours, minutes and seconds may differ: " + others);
    }

    @ParameterizedTest
    @CsvSource({
        // now, two digits, year: past if it seemed more than 50 years ahead
        "2026, 26, 2026", "2026, 27, 2027", "2026, 76, 2076", "2026, 77, 1977", "2026, 99, 1999", "2026, 00, 2000", "2026, 25, 2025",
        "1994, 94, 1994", "1994, 00, 1900", "1994, 44, 1944", "1994, 99, 1999", "2000, 50, 2050", "2000, 51, 1951", "2000, 00, 2000",
        "2049, 99, 2099", "2050, 00, 2000", "2099, 99, 2099", "1970, 20, 1920", "2075, 25, 2025",
    })
    void aYearOfTwoDigitsIsReadFromTheTime(int now, int digits, int year) {
        LocalDateTime time = LocalDateTime.of(year, 3, 1, 12, 0, 0);
        String text = RFC850.format(time);
        assertTrue(text.contains(String.format("-%02d ", digits)), text);
        long present = LocalDateTime.of(now, 6, 1, 0, 0).toEpochSecond(ZoneOffset.UTC);
        assertEquals(time.toEpochSecond(ZoneOffset.UTC), HttpDate.parse(text, present));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // leap seconds, wherever one is written, are the first second of what follows
        "Tue, 31 Dec 1996 23:59:60 GMT | 1997-01-01T00:00:00Z",
        "Thu, 31 Dec 1998 23:59:60 GMT | 1999-01-01T00:00:00Z",
        "Sat, 30 Jun 2012 23:59:60 GMT | 2012-07-01T00:00:00Z",
        "Tuesday, 31-Dec-96 23:59:60 GMT | 1997-01-01T00:00:00Z",
        "Tue Dec 31 23:59:60 1996 | 1997-01-01T00:00:00Z",
        "Tue, 31 Dec 1996 12:34:60 GMT | 1996-12-31T12:35:00Z",
        // leap years
        "Tue, 29 Feb 2000 00:00:00 GMT | 2000-02-29T00:00:00Z",
        "Thu, 29 Feb 1996 23:59:59 GMT | 1996-02-29T23:59:59Z",
        "Thu Feb 29 00:00:00 1996 | 1996-02-29T00:00:00Z",
        // ends of the range
        "Sat, 01 Jan 0000 00:00:00 GMT | 0000-01-01T00:00:00Z",
        "Fri, 31 Dec 9999 23:59:59 GMT | 9999-12-31T23:59:59Z",
        "Thu Jan  1 00:00:00 1970 | 1970-01-01T00:00:00Z",
    })
    void readsWhatIsRare(String text, String instant) {
        assertEquals(Instant.parse(instant).getEpochSecond(), HttpDate.parse(text, NOW));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Tue, 31 Dec 1996 23:59:61 GMT", "Tue, 31 Dec 1996 24:00:00 GMT", "Tue, 31 Dec 1996 23:60:00 GMT",
        "Thu, 29 Feb 1900 00:00:00 GMT", "Sat, 29 Feb 2025 00:00:00 GMT", "Mon, 31 Apr 2023 00:00:00 GMT", "Sat, 32 Jan 2000 00:00:00 GMT",
        "Sun Nov  0 08:49:37 1994", "Sun Nov 00 08:49:37 1994", "Sunday, 00-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:60 PST",
        "Wednesday, 6-Nov-94 08:49:37 GMT", "sunday, 06-Nov-94 08:49:37 GMT", "Sonntag, 06-Nov-94 08:49:37 GMT",
        "Sunday, 06-Nov-1994 08:49 GMT", ", 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37GMT ", "Sun Nov  6 08:49:37 19 4",
        "                        ", "                             ", ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,", "Sun, 06 nov 1994 08:49:37 GMT",
        "SUN, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 Gmt", "S\u00fcn, 06 Nov 1994 08:49:37 GMT",
    })
    void refusesWhatIsNoDate(String text) {
        assertEquals(HttpDate.NONE, HttpDate.parse(text, NOW));
    }

    @Test
    void noiseIsNoDateAndDoesNoHarm() {
        Random random = new Random(17);
        String alphabet = "SunMonNov, :-0123456789GMT";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = new int[] {23, 24, 25, 28, 29, 30, 31, 33}[random.nextInt(8)];
            for (int i = 0; i < length; i++) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertEquals(HttpDate.NONE, HttpDate.parse(text.toString(), NOW), text::toString);
        }
    }

    @Test
    void writesYearsOfFourDigitsOnly() {
        long first = Instant.parse("0000-01-01T00:00:00Z").getEpochSecond();
        long last = Instant.parse("9999-12-31T23:59:59Z").getEpochSecond();
        assertEquals("Sat, 01 Jan 0000 00:00:00 GMT", HttpDate.format(first));
        assertEquals("Fri, 31 Dec 9999 23:59:59 GMT", HttpDate.format(last));
        for (long outside : new long[] {first - 1, last + 1}) {
            IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> HttpDate.format(outside));
            assertTrue(thrown.getMessage().contains("leave the date out"), thrown.getMessage());
        }
        assertEquals("Thu, 01 Jan 1970 00:00:00 GMT", HttpDate.format(0));
        assertEquals("Wed, 31 Dec 1969 23:59:59 GMT", HttpDate.format(-1));
    }
}
