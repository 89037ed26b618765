/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * The dates of HTTP (RFC 9110 section 5.6.7), as seconds since 1970: written in one format, read in all three.
 *
 * <pre>
 *   Sun, 06 Nov 1994 08:49:37 GMT    IMF-fixdate, the only one written
 *   Sunday, 06-Nov-94 08:49:37 GMT   RFC 850
 *   Sun Nov  6 08:49:37 1994         asctime
 * </pre>
 *
 * <p>Reading is strict, as the grammar is: case counts, every digit and blank has its place, and a day of the week
 * that is not the date's own is refused. A field with a date that can't be read is to be ignored (sections 13.1.3 and
 * 13.1.4).
 */
public final class HttpDate {

    /** What {@link #parse} returns for a text that is no date, and what stands for an unknown time. */
    public static final long NONE = Long.MIN_VALUE;

    private static final String DAYS = "MonTueWedThuFriSatSun";
    private static final String[] LONG_DAYS = {
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
    };
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final int FIXED_LENGTH = 29;
    private static final int ASCTIME_LENGTH = 24;

    private HttpDate() {}

    /**
     * The date as IMF-fixdate.
     *
     * @param epochSecond between the years 0 and 9999
     * @throws IllegalArgumentException if the year has no four digits
     */
    public static String format(long epochSecond) {
        LocalDateTime time = utc(epochSecond);
        if (time.getYear() < 0 || time.getYear() > 9999) {
            throw new IllegalArgumentException("the year " + time.getYear()
                    + " has no four digits; leave the date out");
        }
        StringBuilder out = new StringBuilder(FIXED_LENGTH);
        int day = 3 * (time.getDayOfWeek().getValue() - 1);
        int month = 3 * (time.getMonthValue() - 1);
        out.append(DAYS, day, day + 3).append(", ");
        two(out, time.getDayOfMonth()).append(' ').append(MONTHS, month, month + 3).append(' ');
        two(two(out, time.getYear() / 100), time.getYear() % 100).append(' ');
        two(out, time.getHour()).append(':');
        two(out, time.getMinute()).append(':');
        return two(out, time.getSecond()).append(" GMT").toString();
    }

    /** Seconds since 1970, or {@link #NONE}; years of two digits are read as seen from the present. */
    public static long parse(String text) {
        return parse(text, Instant.now().getEpochSecond());
    }

    /**
     * Seconds since 1970, or {@link #NONE}.
     *
     * @param now seconds since 1970: a year of two digits that seems more than 50 years after it is of the past
     */
    public static long parse(String text, long now) {
        if (text.length() == ASCTIME_LENGTH && text.charAt(3) == ' ') {
            return asctime(text);
        }
        int comma = text.indexOf(',');
        if (comma == 3 && text.length() == FIXED_LENGTH) {
            return fixed(text);
        }
        return comma > 5 && text.length() == comma + 24 ? rfc850(text, comma, now) : NONE;
    }

    private static long fixed(String text) {
        boolean fine = text.charAt(4) == ' ' && text.charAt(7) == ' ' && text.charAt(11) == ' '
                && text.charAt(16) == ' ' && text.startsWith(" GMT", 25);
        int year = number(text, 12, 4);
        int month = name(MONTHS, text, 8);
        return fine ? seconds(name(DAYS, text, 0), year, month, number(text, 5, 2), text, 17) : NONE;
    }

    private static long rfc850(String text, int comma, long now) {
        int day = 0;
        while (day < 7 && !(LONG_DAYS[day].length() == comma && text.startsWith(LONG_DAYS[day]))) {
            day++;
        }
        int at = comma + 2;
        boolean fine = day < 7 && text.charAt(comma + 1) == ' ' && text.charAt(at + 2) == '-'
                && text.charAt(at + 6) == '-' && text.charAt(at + 9) == ' ' && text.startsWith(" GMT", at + 18);
        int two = number(text, at + 7, 2);
        if (!fine || two < 0) {
            return NONE;
        }
        int month = name(MONTHS, text, at + 3);
        return seconds(day + 1, century(two, now), month, number(text, at, 2), text, at + 10);
    }

    /** The year that two digits mean: one that seems more than 50 years after now is of the past. */
    static int century(int two, long now) {
        int thisYear = utc(now).getYear();
        int year = thisYear - thisYear % 100 + two;
        return year > thisYear + 50 ? year - 100 : year;
    }

    private static long asctime(String text) {
        boolean fine = text.charAt(7) == ' ' && text.charAt(10) == ' ' && text.charAt(19) == ' ';
        int day = text.charAt(8) == ' ' ? number(text, 9, 1) : number(text, 8, 2);
        int month = name(MONTHS, text, 4);
        return fine ? seconds(name(DAYS, text, 0), number(text, 20, 4), month, day, text, 11) : NONE;
    }

    private static long seconds(int weekday, int year, int month, int day, String text, int time) {
        long date = epochDay(year, month, day);
        boolean fine = date != NONE && Math.floorMod(date + 3, 7) + 1 == weekday; // 1970 began on a Thursday
        return fine ? at(date, text, time) : NONE;
    }

    /** Days since 1970 of a date whose parts were read, -1 or 0 for what could not be; {@link #NONE} if it is none. */
    static long epochDay(int year, int month, int day) {
        if (year < 0 || month <= 0 || day <= 0) {
            return NONE;
        }
        try {
            return LocalDate.of(year, month, day).toEpochDay();
        } catch (DateTimeException e) {
            return NONE; // the 31st of a shorter month
        }
    }

    /**
     * Seconds since 1970 at a time of a day. A second of 60, as a leap second is written, counts as the first of the next
     * minute.
     *
     * @param epochDay {@link #NONE} gives itself
     * @param time where {@code 08:49:37} stands in the text
     */
    static long at(long epochDay, String text, int time) {
        int hour = number(text, time, 2);
        int minute = number(text, time + 3, 2);
        int second = number(text, time + 6, 2);
        boolean fine = epochDay != NONE && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60
                && text.charAt(time + 2) == ':' && text.charAt(time + 5) == ':';
        return fine ? epochDay * 86_400 + hour * 3_600L + minute * 60L + second : NONE;
    }

    /** Which of the names of three letters stands there, from 1; 0 if none. */
    private static int name(String names, String text, int at) {
        for (int i = 0; i < names.length(); i += 3) {
            if (text.startsWith(names.substring(i, i + 3), at)) {
                return i / 3 + 1;
            }
        }
        return 0;
    }

    /** So many digits; -1 if something else stands there. */
    static int number(String text, int at, int digits) {
        int number = 0;
        for (int i = at; i < at + digits; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = 10 * number + c - '0';
        }
        return number;
    }

    private static StringBuilder two(StringBuilder out, int number) {
        return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }

    private static LocalDateTime utc(long epochSecond) {
        return LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
    }
}
