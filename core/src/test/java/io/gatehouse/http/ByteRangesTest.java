/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.ByteRanges.Range;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangesTest {

    /** The examples of RFC 9110 section 14.1.2, for 10,000 bytes, and what else may come. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bytes=0-499                           | 10000 | 0-499",
        "bytes=500-999                         | 10000 | 500-999",
        "bytes=-500                            | 10000 | 9500-9999",
        "bytes=9500-                           | 10000 | 9500-9999",
        "bytes=0-0,-1                          | 10000 | 0-0 9999-9999",
        "bytes= 0-0 , 500-999                  | 10000 | 0-0 500-999",
        "bytes=0-999, 4500-5499, -1000         | 10000 | 0-999 4500-5499 9000-9999",
        "bytes=500-600,601-999                 | 10000 | 500-999",
        "bytes=500-700,601-999                 | 10000 | 500-999",
        "BYTES=0-1                             | 10000 | 0-1",
        "bytes=0-                              | 10000 | 0-9999",
        "bytes=0-9999                          | 10000 | 0-9999",
        "bytes=0-10000                         | 10000 | 0-9999",
        "bytes=9999-9999                       | 10000 | 9999-9999",
        "bytes=-10000                          | 10000 | 0-9999",
        "bytes=-10001                          | 10000 | 0-9999",
        "bytes=-99999999999999999999999        | 10000 | 0-9999",
        "bytes=0-99999999999999999999999       | 10000 | 0-9999",
        "bytes=00000-00001                     | 10000 | 0-1",
        "bytes=,0-1,,3-4,                      | 10000 | 0-1 3-4",
        "bytes=5-6,1-2                         | 10000 | 5-6 1-2",
        "bytes=5-6,3-4,1-2                     | 10000 | 1-6",
        "bytes=1-2,5-6,3-4                     | 10000 | 1-6",
        "bytes=1-2,5-6,2-5,9-9                 | 10000 | 1-6 9-9",
        "bytes=8-9,1-2,5-6,2-5                 | 10000 | 8-9 1-6",
        "bytes=0-1,20000-30000                 | 10000 | 0-1",
        "bytes=20000-30000,0-1                 | 10000 | 0-1",
        "bytes=0-1,-0                          | 10000 | 0-1",
        "bytes=0-9,0-9,0-9                     | 10000 | 0-9",
        "bytes=0-,0-,0-,0-,0-                  | 10000 | 0-9999",
        "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30 | 10000 "
                + "| 0-0 2-2 4-4 6-6 8-8 10-10 12-12 14-14 16-16 18-18 20-20 22-22 24-24 26-26 28-28 30-30",
        "bytes=10000-                          | 10000 | none",
        "bytes=10000-10001                     | 10000 | none",
        "bytes=-0                              | 10000 | none",
        "bytes=99999999999999999999999-        | 10000 | none",
        "bytes=10000-,20000-,-0                | 10000 | none",
        "bytes=0-                              | 0     | none",
        "bytes=0-0                             | 0     | none",
        "bytes=-0                              | 0     | none",
        "bytes=-1                              | 0     | ignored",
        "bytes=                                | 10000 | ignored",
        "bytes=,                               | 10000 | ignored",
        "bytes=-                               | 10000 | ignored",
        "bytes=a-b                             | 10000 | ignored",
        "bytes=1                               | 10000 | ignored",
        "bytes=2-1                             | 10000 | ignored",
        "bytes=0-1,2-1                         | 10000 | ignored",
        "bytes=0-1;2-3                         | 10000 | ignored",
        "bytes=0--1                            | 10000 | ignored",
        "bytes=--1                             | 10000 | ignored",
        "bytes=+0-1                            | 10000 | ignored",
        "bytes=0-1-2                           | 10000 | ignored",
        "bytes=0 - 1                           | 10000 | ignored",
        "bytes=0x0-0x1                         | 10000 | ignored",
        "bytes =0-1                            | 10000 | ignored",
        "bytes 0-1                             | 10000 | ignored",
        "bytes                                 | 10000 | ignored",
        "bytes=0-1, bytes=2-3                  | 10000 | ignored",
        "lines=0-1                             | 10000 | ignored",
        "xbytes=0-1                            | 10000 | ignored",
        "seconds=1-2                           | 10000 | ignored",
        "bytes=0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14,16-16,18-18,20-20,22-22,24-24,26-26,28-28,30-30,32-32 "
                + "| 10000 | ignored",
        "bytes=0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0-,0- | 10000 | ignored",
        "bytes=\u0661-\u0662                   | 10000 | ignored",
    })
    void readsByTheTable(String field, long length, String expected) {
        assertEquals(expected, text(ByteRanges.parse(field, length)));
    }

    private static String text(ByteRanges ranges) {
        if (ranges instanceof ByteRanges.Satisfiable satisfiable) {
            return satisfiable.ranges().stream().map(r -> r.first() + "-" + r.last()).collect(Collectors.joining(" "));
        }
        return ranges instanceof ByteRanges.Ignored ? "ignored" : "none";
    }

    @Test
    void contentRangesAreWritten() {
        assertEquals("bytes 42-1233/1234", new Range(42, 1233).contentRange(1234));
        assertEquals(1192, new Range(42, 1233).length());
        assertEquals("bytes */1234", ByteRanges.unsatisfiedRange(1234));
    }

    /**
     * Whatever is asked for: the parts are inside, apart, together never more than the whole, and hold every byte
     * asked for.
     */
    @Test
    void whateverIsAskedForIsAnsweredOnce() {
        Random random = new Random(42);
        for (int round = 0; round < 5_000; round++) {
            int length = 1 + random.nextInt(60);
            boolean[] wanted = new boolean[length];
            StringBuilder field = new StringBuilder("bytes=");
            int count = 1 + random.nextInt(ByteRanges.MOST);
            for (int i = 0; i < count; i++) {
                int first = random.nextInt(length);
                int last = first + random.nextInt(8);
                field.append(i == 0 ? "" : ",").append(first).append('-').append(last);
                for (int at = first; at <= Math.min(last, length - 1); at++) {
                    wanted[at] = true;
                }
            }
            ByteRanges read = ByteRanges.parse(field.toString(), length);
            List<Range> ranges = assertInstanceOf(ByteRanges.Satisfiable.class, read, field::toString).ranges();
            boolean[] given = new boolean[length];
            for (Range range : ranges) {
                assertTrue(range.first() >= 0 && range.last() < length && range.first() <= range.last());
                assertTrue(range.first() == 0 || !given[(int) range.first() - 1], "touching: " + field);
                assertTrue(range.last() == length - 1 || !given[(int) range.last() + 1], "touching: " + field);
                for (long at = range.first(); at <= range.last(); at++) {
                    assertTrue(!given[(int) at], "twice: " + field);
                    given[(int) at] = true;
                }
            }
            org.junit.jupiter.api.Assertions.assertArrayEquals(wanted, given, field::toString);
        }
    }
}
