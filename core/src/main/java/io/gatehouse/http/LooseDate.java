/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static io.gatehouse.http.HttpDate.number;

/**
 * Dates as a cache reads them in Date, Expires and Last-Modified: the three formats of RFC 9110 section 5.6.7 without
 * case, as RFC 9111 section 4.2 asks, and without holding the day of the week against the date, which origins get
 * wrong. Everything else is strict: every digit and blank has its place, and there is no zone but GMT. Dates that
 * clients send are read by {@link HttpDate}.
 */
public final class LooseDate {

    private static final String[] DAYS = {
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
    };
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private static final int ASCTIME_LENGTH = 24;
    private static final int FIXED_LENGTH = 29;
    private static final int SHORT_DAY = 3;

    private LooseDate() {}

    /**
     * Seconds since 1970, or {@link HttpDate#NONE}.
     *
     * @param now seconds since 1970: a year of two digits that seems more than 50 years after it is of the past
     */
    public static long parse(String text, long now) {
        int day = day(text);
        if (day == 0) {
            return HttpDate.NONE;
        }
        int comma = day;
        if (day == SHORT_DAY && text.length() == ASCTIME_LENGTH) {
            return blanks(text, 3, 7, 10, 19) ? seconds(asctimeDay(text), 4, year(text, 20), text, 11) : HttpDate.NONE;
        }
        boolean zoned = text.regionMatches(true, text.length() - 4, " GMT", 0, 4);
        if (!zoned || text.length() <= comma || text.charAt(comma) != ',') {
            return HttpDate.NONE;
        }
        if (day == SHORT_DAY) {
            return text.length() == FIXED_LENGTH && blanks(text, 4, 7, 11, 16)
                    ? seconds(number(text, 5, 2), 8, year(text, 12), text, 17) : HttpDate.NONE;
        }
        int at = comma + 2;
        boolean fine = text.length() == comma + 24 && blanks(text, comma + 1, at + 9) && text.charAt(at + 2) == '-'
                && text.charAt(at + 6) == '-';
        int two = fine ? number(text, at + 7, 2) : -1;
        return two < 0 ? HttpDate.NONE : seconds(number(text, at, 2), at + 3, HttpDate.century(two, now), text, at + 10);
    }

    /** How long the name of a day is that the text begins with: 3, or that of a whole name; 0 if there is none. */
    private static int day(String text) {
        for (String day : DAYS) {
            if (text.regionMatches(true, 0, day, 0, SHORT_DAY)) {
                return text.regionMatches(true, 0, day, 0, day.length()) ? day.length() : SHORT_DAY;
            }
        }
        return 0;
    }

    private static int asctimeDay(String text) {
        return text.charAt(8) == ' ' ? number(text, 9, 1) : number(text, 8, 2);
    }

    private static int year(String text, int at) {
        return number(text, at, 4);
    }

    private static long seconds(int day, int monthAt, int year, String text, int time) {
        return HttpDate.at(HttpDate.epochDay(year, month(text, monthAt), day), text, time);
    }

    private static int month(String text, int at) {
        for (int i = 0; i < MONTHS.length(); i += 3) {
            if (text.regionMatches(true, at, MONTHS, i, 3)) {
                return i / 3 + 1;
            }
        }
        return 0;
    }

    private static boolean blanks(String text, int... places) {
        for (int place : places) {
            if (text.charAt(place) != ' ') {
                return false;
            }
        }
        return true;
    }
}
