/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.FieldSyntax;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates in fields: IMF-fixdate, and the two obsolete forms for reading (RFC 9110 section 5.6.7). */
final class DateFields {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private static final List<DateTimeFormatter> READABLE = List.of(
            FORMAT,
            new DateTimeFormatterBuilder()
                    .appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
                    .appendPattern(" HH:mm:ss 'GMT'")
                    .toFormatter(Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC),
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC));

    private DateFields() {}

    /** The date in milliseconds as a field's value. */
    static String format(long millis) {
        return FORMAT.format(Instant.ofEpochMilli(millis));
    }

    /**
     * A field's value in milliseconds.
     *
     * @throws IllegalArgumentException if it is not a date (as {@code getDateHeader} must)
     */
    static long parse(String value) {
        for (DateTimeFormatter format : READABLE) {
            Instant instant = instant(format, value);
            if (instant != null) {
                return instant.toEpochMilli();
            }
        }
        throw new IllegalArgumentException("not a date: '" + FieldSyntax.printable(value) + "'");
    }

    private static @Nullable Instant instant(DateTimeFormatter format, String value) {
        try {
            return Instant.from(format.parse(value));
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}
