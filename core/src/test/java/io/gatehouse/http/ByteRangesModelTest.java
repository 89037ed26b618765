/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.ByteRanges.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Range fields against their grammar as a regular expression and their meaning as a plain set of bytes. */
class ByteRangesModelTest {

    private static final Pattern SPEC = Pattern.compile("[ \t]*(?:(\\d+)-(\\d*)|-(\\d+))[ \t]*");

    /** What a field asks for: null if it is to be ignored. */
    private static boolean[] wanted(String field, int length) {
        if (!field.regionMatches(true, 0, "bytes=", 0, 6)) {
            return null;
        }
        boolean[] wanted = new boolean[length];
        int specs = 0;
        boolean suffix = false;
        for (String member : field.substring(6).split(",", -1)) {
            if (member.replaceAll("[ \t]", "").isEmpty()) {
                continue;
            }
            Matcher matcher = SPEC.matcher(member);
            if (!matcher.matches() || ++specs > 16) {
                return null;
            }
            int first;
            int last;
            if (matcher.group(3) != null) {
                int count = number(matcher.group(3));
                suffix |= count > 0;
                first = Math.max(0, length - count);
                last = count == 0 ? -1 : length - 1;
            } else {
                first = number(matcher.group(1));
                last = matcher.group(2).isEmpty() ? 2_000_000 : number(matcher.group(2));
                if (last < first) {
                    return null;
                }
            }
            for (int i = first; i <= last && i < length; i++) {
                wanted[i] = true;
            }
        }
        return specs == 0 || length == 0 && suffix ? null : wanted;
    }

    private static int number(String digits) {
        return (int) Math.min(1_000_000, Double.parseDouble(digits));
    }

    @Test
    void seededFieldsMeanWhatTheGrammarSays() {
        Random random = new Random(2);
        String[] pieces = {"0", "1", "7", "12", "19", "20", "33", "-", "-", "-", ",", ",", " ", "\t", "x", "00"};
        int[] kinds = new int[3];
        for (int round = 0; round < 40_000; round++) {
            StringBuilder field = new StringBuilder(random.nextInt(50) == 0 ? "byte=" : "bytes=");
            boolean wellFormed = random.nextInt(3) > 0;
            for (int i = random.nextInt(8); i >= 0; i--) {
                if (wellFormed) {
                    int first = random.nextInt(24);
                    field.append(random.nextInt(4) == 0 ? "-" + first : first + "-" + (random.nextBoolean() ? first + i : ""));
                    field.append(i == 0 ? "" : random.nextBoolean() ? "," : " , ");
                } else {
                    field.append(pieces[random.nextInt(pieces.length)]);
                }
            }
            int length = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(30);
            boolean[] wanted = wanted(field.toString(), length);
            ByteRanges read = ByteRanges.parse(field.toString(), length);
            String message = "'" + field + "' of " + length;
            if (wanted == null) {
                assertInstanceOf(ByteRanges.Ignored.class, read, message);
                kinds[0]++;
                continue;
            }
            boolean any = false;
            for (boolean one : wanted) {
                any |= one;
            }
            if (!any) {
                assertInstanceOf(ByteRanges.Unsatisfiable.class, read, message);
                kinds[1]++;
                continue;
            }
            kinds[2]++;
            boolean[] given = new boolean[length];
            for (Range range : assertInstanceOf(ByteRanges.Satisfiable.class, read, message).ranges()) {
                for (long at = range.first(); at <= range.last(); at++) {
                    assertTrue(!given[(int) at], message);
                    given[(int) at] = true;
                }
                assertTrue(range.first() == 0 || !wanted[(int) range.first() - 1], () -> "not the whole run: " + message);
                assertTrue(range.last() == length - 1 || !wanted[(int) range.last() + 1], () -> "not the whole run: " + message);
            }
            org.junit.jupiter.api.Assertions.assertArrayEquals(wanted, given, message);
        }
        assertTrue(kinds[0] > 2_000 && kinds[1] > 500 && kinds[2] > 5_000, kinds[0] + " " + kinds[1] + " " + kinds[2]);
    }

    /** Apart, ranges stand in the order in which they were asked for. */
    @Test
    void rangesThatStandApartKeepTheirOrder() {
        Random random = new Random(4);
        for (int round = 0; round < 500; round++) {
            List<Integer> starts = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(ByteRanges.MOST); i++) {
                starts.add(10 * i);
            }
            java.util.Collections.shuffle(starts, random);
            StringBuilder field = new StringBuilder("bytes=");
            List<Range> wanted = new ArrayList<>();
            for (int start : starts) {
                field.append(wanted.isEmpty() ? "" : ",").append(start).append('-').append(start + 4);
                wanted.add(new Range(start, start + 4));
            }
            assertEquals(new ByteRanges.Satisfiable(wanted), ByteRanges.parse(field.toString(), 1_000));
        }
    }

    @ParameterizedTest
    @CsvSource({
        // the ends of what a long can hold
        "bytes=0-, 9223372036854775807, 0, 9223372036854775806",
        "bytes=-1, 9223372036854775807, 9223372036854775806, 9223372036854775806",
        "bytes=9223372036854775806-, 9223372036854775807, 9223372036854775806, 9223372036854775806",
        "bytes=0-9223372036854775807, 9223372036854775807, 0, 9223372036854775806",
        "bytes=0-9223372036854775808, 5, 0, 4",
        "bytes=1-99999999999999999999999999, 5, 1, 4",
        "bytes=-9223372036854775807, 5, 0, 4",
        "bytes=-9223372036854775808, 5, 0, 4",
        "bytes=000000000000000000000000000001-3, 5, 1, 3",
        "bytes=4294967296-4294967297, 4294967300, 4294967296, 4294967297",
    })
    void largeNumbersAreRead(String field, long length, long first, long last) {
        assertEquals(new ByteRanges.Satisfiable(List.of(new Range(first, last))), ByteRanges.parse(field, length));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=9223372036854775807-, 9223372036854775807", "bytes=9223372036854775808-9223372036854775809, 5",
        "bytes=99999999999999999999999-, 9223372036854775807", "bytes=5-5, 5", "bytes=5-, 5", "bytes=-0, 5", "bytes=-00, 5",
    })
    void whatLiesBeyondTheEndIsUnsatisfiable(String field, long length) {
        assertInstanceOf(ByteRanges.Unsatisfiable.class, ByteRanges.parse(field, length));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1, 1, bytes 0-0/1", "5, 9, 10, 5, bytes 5-9/10", "0, 4294967295, 4294967296, 4294967296, bytes 0-4294967295/4294967296"})
    void aRangeKnowsItsLengthAndItsField(long first, long last, long whole, long length, String field) {
        Range range = new Range(first, last);
        assertEquals(length, range.length());
        assertEquals(field, range.contentRange(whole));
        assertEquals("bytes */" + whole, ByteRanges.unsatisfiedRange(whole));
    }

    @Test
    void theListCannotBeChanged() {
        ByteRanges.Satisfiable read = (ByteRanges.Satisfiable) ByteRanges.parse("bytes=0-1", 5);
        assertThrows(UnsupportedOperationException.class, () -> read.ranges().clear());
    }
}
