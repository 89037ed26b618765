/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The line of the Date field (RFC 9110 sections 5.6.7 and 6.6.1), made once a second. Any thread.
 *
 * <p>When a second begins, two threads may both make its line; both lines are right.
 */
public final class DateLine {

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern("'Date: 'EEE, dd MMM yyyy HH:mm:ss 'GMT\r\n'",
                    Locale.US).withZone(ZoneOffset.UTC);

    private final LongSupplier clock;
    private volatile Line line = new Line(Long.MIN_VALUE, new byte[0]);

    private static final class Line {
        private final long second;
        private final byte[] bytes;

        private Line(long second, byte[] bytes) {
            this.second = second;
            this.bytes = bytes;
        }
    }

    /** Lines by a clock that tells milliseconds since 1970, as {@code System::currentTimeMillis}. */
    public DateLine(LongSupplier clock) {
        this.clock = clock;
    }

    /** The line for now, with its line break; not to be changed. */
    public byte[] bytes() {
        long second = Math.floorDiv(clock.getAsLong(), 1000L);
        Line known = line;
        if (known.second != second) {
            known = new Line(second, FORMAT.format(Instant.ofEpochSecond(second)).getBytes(StandardCharsets.US_ASCII));
            line = known;
        }
        return known.bytes;
    }
}
