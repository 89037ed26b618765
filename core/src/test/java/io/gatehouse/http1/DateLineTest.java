/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.HttpDate;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Date line where seconds, days and years begin, and while many threads ask for it. */
class DateLineTest {

    private final AtomicLong clock = new AtomicLong();
    private final DateLine date = new DateLine(clock::get);

    private String at(String instant) {
        clock.set(Instant.parse(instant).toEpochMilli());
        return new String(date.bytes(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1970-01-01T00:00:00.000Z | Thu, 01 Jan 1970 00:00:00 GMT",
        "1969-12-31T23:59:59.999Z | Wed, 31 Dec 1969 23:59:59 GMT",
        "1994-11-06T08:49:37.000Z | Sun, 06 Nov 1994 08:49:37 GMT",
        "1994-11-06T08:49:37.999Z | Sun, 06 Nov 1994 08:49:37 GMT",
        "1994-11-06T08:49:38.000Z | Sun, 06 Nov 1994 08:49:38 GMT",
        "1999-12-31T23:59:59.999Z | Fri, 31 Dec 1999 23:59:59 GMT",
        "2000-01-01T00:00:00.000Z | Sat, 01 Jan 2000 00:00:00 GMT",
        "2024-02-28T23:59:59.001Z | Wed, 28 Feb 2024 23:59:59 GMT",
        "2024-02-29T00:00:00.000Z | Thu, 29 Feb 2024 00:00:00 GMT",
        "2038-01-19T03:14:08.000Z | Tue, 19 Jan 2038 03:14:08 GMT",
        "9999-12-31T23:59:59.999Z | Fri, 31 Dec 9999 23:59:59 GMT",
    })
    void saysTheSecond(String instant, String text) {
        assertEquals("Date: " + text + "\r\n", at(instant));
    }

    @Test
    void aLineIsKeptForItsSecondAndNotLonger() {
        clock.set(10_000);
        byte[] first = date.bytes();
        for (long millis = 10_000; millis < 11_000; millis += 111) {
            clock.set(millis);
            assertSame(first, date.bytes());
        }
        clock.set(11_000);
        byte[] second = date.bytes();
        assertNotSame(first, second);
        clock.set(10_999); // the clock was put back
        assertEquals("Date: Thu, 01 Jan 1970 00:00:10 GMT\r\n", new String(date.bytes(), StandardCharsets.US_ASCII));
        clock.set(-1);
        assertTrue(new String(date.bytes(), StandardCharsets.US_ASCII).contains("23:59:59"), "down, not towards zero");
    }

    @Test
    void isTheDateThatHttpDateWritesAndReads() {
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            long second = random.nextInt(Integer.MAX_VALUE) + (long) random.nextInt(Integer.MAX_VALUE);
            clock.set(1_000 * second + random.nextInt(1_000));
            String line = new String(date.bytes(), StandardCharsets.US_ASCII);
            assertEquals("Date: " + HttpDate.format(second) + "\r\n", line);
            assertEquals(second, HttpDate.parse(line.substring(6, line.length() - 2)));
        }
    }

    /** Threads ask while the clock runs: nobody gets a line of a second that the clock had not then. */
    @Test
    @Timeout(60)
    void nobodyIsToldAnotherSecond() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            Future<?>[] readers = new Future<?>[3];
            for (int reader = 0; reader < readers.length; reader++) {
                readers[reader] = pool.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        long before = clock.getAndAdd(10) / 1_000;
                        String line = new String(date.bytes(), StandardCharsets.US_ASCII);
                        long told = HttpDate.parse(line.substring(6, line.length() - 2));
                        assertTrue(before <= told && told <= clock.get() / 1_000, line);
                    }
                });
            }
            for (Future<?> reader : readers) {
                reader.get(50, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(600_000, clock.get());
    }
}
