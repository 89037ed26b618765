/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.PartialContent.Combination;
import io.gatehouse.http.ByteRanges;
import io.gatehouse.http.Fields;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 sections 3.3 and 3.4, RFC 9110 sections 14.4 and 15.3.7. */
class PartialContentTest {

    private static final long NOW = 1_795_435_200_000L;
    private static final String DATE = "Mon, 23 Nov 2026 12:00:00 GMT";

    @ParameterizedTest
    @CsvSource({
        "bytes 0-4/10, 0, 4, 10", "BYTES 4-9/10, 4, 9, 10", "bytes 0-0/1, 0, 0, 1", "bytes 5-9/*, 5, 9, -1",
        "bytes 0-999999999999999998/*, 0, 999999999999999998, -1", "bytes 007-08/010, 7, 8, 10",
    })
    void contentRange(String text, long first, long last, long length) {
        ContentRange range = ContentRange.of(Fields.of("content-range", text));
        assertEquals(new ContentRange(first, last, length), range);
        assertEquals(range, ContentRange.parse(new ContentRange(first, last, length).text()));
        assertEquals(last - first + 1, range.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "bytes", "bytes ", "bytes */10", "bytes 0-4", "bytes 0-4/", "bytes 4-0/10", "bytes 0-10/10", "bytes 0-4/4", "items 0-4/10",
        "bytes=0-4/10", "bytes  0-4/10", "bytes 0 -4/10", "bytes -4/10", "bytes 0-/10", "bytes 0-4/**", "bytes 0-4/x",
        "bytes 0-4/10, bytes 5-9/10", "bytes a-4/10", "bytes 0-9999999999999999999/*", "bytes 0/4-10", "bytes +0-4/10",
    })
    void noContentRange(String text) {
        assertNull(ContentRange.parse(text));
        assertNull(ContentRange.of(Fields.of("Content-Range", text)));
    }

    @Test
    void contentRangeOfTheResponse() {
        assertNull(ContentRange.of(Fields.EMPTY));
        assertNull(ContentRange.of(Fields.of("Content-Range", "bytes 0-4/10", "Content-Range", "bytes 0-4/10")));
        assertTrue(new ContentRange(0, 9, 10).isWhole());
        assertFalse(new ContentRange(0, 9, 11).isWhole());
        assertFalse(new ContentRange(0, 9, -1).isWhole());
        assertFalse(new ContentRange(1, 9, 10).isWhole());
    }

    /** Section 3.3: what was received counts, not what was announced. */
    @ParameterizedTest
    @CsvSource({"6, bytes 4-9/10", "5, bytes 4-8/10", "1, bytes 4-4/10", "0, ", "7, "})
    void holding(long received, String expected) {
        ContentRange held = new ContentRange(4, 9, 10).holding(received);
        assertEquals(expected, held == null ? null : held.text());
    }

    /** What is wholly contained is answered, from a part that holds 4-8 of 10. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "bytes=4-8; 4-8",
        "bytes=6-8; 6-8",
        "bytes=4-4; 4-4",
        "bytes=4-5,7-8; 4-5 7-8",
        "bytes=4-5,5-8; 4-8",
        "bytes=6-; ",
        "bytes=-5; ",
        "bytes=-1; ",
        "bytes=3-5; ",
        "bytes=0-; ",
        "bytes=4-9; ",
        "bytes=4-5,9-9; ",
        "items=4-5; ",
        "bytes=5-4; ",
        "bytes=; ",
        "bytes=10-; unsatisfiable",
        "bytes=-0; unsatisfiable",
    })
    void answers(String range, String expected) {
        assertEquals(expected, text(PartialContent.answers(range, new ContentRange(4, 8, 10))));
    }

    /** A part that ends where the whole ends also answers open and suffix ranges. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "bytes=6-; 6-9", "bytes=-1; 9-9", "bytes=-5; 5-9", "bytes=-6; 4-9", "bytes=-7; ", "bytes=4-; 4-9", "bytes=3-; ", "bytes=5-100; 5-9",
    })
    void answersAtTheEnd(String range, String expected) {
        assertEquals(expected, text(PartialContent.answers(range, new ContentRange(4, 9, 10))));
    }

    /** Where the length of the whole is not known, only written positions are. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "bytes=4-8; 4-8", "bytes=6-7; 6-7", "bytes=6-; ", "bytes=-1; ", "bytes=4-9; ", "bytes=100-; ", "bytes=100-101; ", "bytes=-0; ",
    })
    void answersOfUnknownLength(String range, String expected) {
        assertEquals(expected, text(PartialContent.answers(range, new ContentRange(4, 8, -1))));
    }

    private static String text(ByteRanges ranges) {
        if (ranges instanceof ByteRanges.Satisfiable satisfiable) {
            StringBuilder out = new StringBuilder();
            satisfiable.ranges().forEach(range -> out.append(' ').append(range.first()).append('-').append(range.last()));
            return out.substring(1);
        }
        return ranges == null ? null : "unsatisfiable";
    }

    @Test
    void repeats() {
        assertTrue(PartialContent.repeats("bytes=-5", "bytes=-5"));
        assertFalse(PartialContent.repeats("bytes=-5", "bytes=-4"));
        assertFalse(PartialContent.repeats(null, "bytes=-5"));
    }

    /** Section 3.3: what is missing is asked for, on the condition that the whole is the same. */
    @ParameterizedTest
    @CsvSource({
        "bytes 0-4/10, bytes=5-", "bytes 0-4/*, bytes=5-", "bytes 4-9/10, bytes=0-3", "bytes 9-9/10, bytes=0-8",
        "bytes 4-8/10, ", "bytes 4-8/*, ", "bytes 0-9/10, ",
    })
    void completing(String part, String range) {
        ContentRange stored = ContentRange.parse(part);
        assertNotNull(stored);
        Fields client = Fields.of("A", "b", "If-None-Match", "\"x\"");
        Fields asked = PartialContent.completing(client, Fields.of("ETag", "\"a\""), stored);
        assertEquals(range == null ? null : Fields.of("A", "b", "Range", range, "If-Range", "\"a\""), asked);
        Fields loose = PartialContent.completing(client, Fields.of("ETag", "W/\"a\""), stored);
        assertEquals(range == null ? null : Fields.of("A", "b", "Range", range), loose);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "bytes 0-4/10; bytes 5-9/10; bytes 0-9/10; 5; 0",
        "bytes 5-9/10; bytes 0-4/10; bytes 0-9/10; 0; 5",
        "bytes 0-4/10; bytes 3-6/10; bytes 0-6/10; 3; 0",
        "bytes 0-4/*; bytes 5-9/10; bytes 0-9/10; 5; 0",
        "bytes 0-4/10; bytes 5-9/*; bytes 0-9/10; 5; 0",
        "bytes 0-4/*; bytes 5-9/*; bytes 0-9/*; 5; 0",
        "bytes 0-9/10; bytes 3-4/10; bytes 0-9/10; 3; 5",
        "bytes 3-4/10; bytes 0-9/10; bytes 0-9/10; 0; 0",
        "bytes 2-5/10; bytes 2-5/10; bytes 2-5/10; 0; 0",
        "bytes 0-3/10; bytes 5-9/10; ; 0; 0",
        "bytes 5-9/10; bytes 0-3/10; ; 0; 0",
        "bytes 0-4/10; bytes 5-9/11; ; 0; 0",
        "bytes 0-9/*; bytes 0-4/8; ; 0; 0",
    })
    void combination(String part, String added, String range, long before, long after) {
        Combination made = PartialContent.combination(
                Fields.of("ETag", "\"a\""), parse(part), Fields.of("ETag", "\"a\""), parse(added));
        assertEquals(range == null ? null : new Combination(parse(range), before, after), made);
    }

    private static ContentRange parse(String text) {
        ContentRange range = ContentRange.parse(text);
        assertNotNull(range);
        return range;
    }

    /** RFC 9110 section 15.3.7.3: only under one strong validator. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', value = {
        "\"a\"; \"b\"", "W/\"a\"; W/\"a\"", "\"a\"; W/\"a\"", "W/\"a\"; \"a\"", "a; a", "; \"a\"", "\"a\"; ", "; ",
    })
    void notUnderOneStrongTag(String stored, String answer) {
        Fields one = stored == null ? Fields.of("Last-Modified", DATE) : Fields.of("ETag", stored);
        Fields other = answer == null ? Fields.of("Last-Modified", DATE) : Fields.of("ETag", answer);
        assertNull(PartialContent.combination(one, new ContentRange(0, 4, 10), other, new ContentRange(5, 9, 10)));
        Fields twice = Fields.of("ETag", "\"a\"", "ETag", "\"a\"");
        assertNull(PartialContent.combination(twice, new ContentRange(0, 4, 10), twice, new ContentRange(5, 9, 10)));
    }

    /** Section 3.4: the new part's fields count, and those that only the stored one has. */
    @Test
    void fieldsOfACombination() {
        Fields stored = Fields.of("ETag", "\"a\"", "Content-Range", "bytes 0-4/10", "Content-Length", "5", "A", "1", "B", "1", "Date", "old");
        Fields answer = Fields.of("Date", DATE, "ETag", "\"a\"", "Content-Range", "bytes 5-9/10", "Content-Length", "5", "A", "2");
        Combination whole = PartialContent.combination(stored, new ContentRange(0, 4, 10), answer, new ContentRange(5, 9, 10));
        assertNotNull(whole);
        assertEquals(200, whole.status());
        assertEquals(Fields.of("Content-Length", "10", "B", "1", "Date", DATE, "ETag", "\"a\"", "A", "2"), whole.fields(stored, answer, NOW));
        Combination part = PartialContent.combination(stored, new ContentRange(0, 4, 10), answer, new ContentRange(5, 7, 10));
        assertNotNull(part);
        assertEquals(206, part.status());
        assertEquals("bytes 0-7/10", part.fields(stored, answer, NOW).first("Content-Range"));
        assertEquals("8", part.fields(stored, answer, NOW).first("Content-Length"));
    }

    /** Bytes put together as it says are bytes of the whole, wherever the parts lie. */
    @Test
    void bytesOfACombination() {
        byte[] whole = new byte[40];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = (byte) i;
        }
        Random random = new Random(5);
        Fields tag = Fields.of("ETag", "\"a\"");
        int made = 0;
        for (int i = 0; i < 5_000; i++) {
            ContentRange one = part(random);
            ContentRange other = part(random);
            Combination combination = PartialContent.combination(tag, one, tag, other);
            boolean gap = one.first() > other.last() + 1 || other.first() > one.last() + 1;
            assertEquals(gap, combination == null);
            if (combination == null) {
                continue;
            }
            made++;
            byte[] stored = slice(whole, one);
            byte[] out = new byte[(int) combination.range().size()];
            System.arraycopy(stored, 0, out, 0, (int) combination.before());
            System.arraycopy(slice(whole, other), 0, out, (int) combination.before(), (int) other.size());
            int after = (int) combination.after();
            System.arraycopy(stored, stored.length - after, out, out.length - after, after);
            assertTrue(Arrays.equals(slice(whole, combination.range()), out), one + " " + other);
        }
        assertTrue(made > 1_000);
    }

    private static ContentRange part(Random random) {
        int first = random.nextInt(40);
        return new ContentRange(first, first + random.nextInt(40 - first), random.nextBoolean() ? 40 : -1);
    }

    private static byte[] slice(byte[] whole, ContentRange range) {
        return Arrays.copyOfRange(whole, (int) range.first(), (int) range.last() + 1);
    }
}
