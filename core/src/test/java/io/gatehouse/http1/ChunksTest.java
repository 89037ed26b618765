/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks byte by byte: sizes, extensions, line breaks, trailers and their limits, and what is encoded decoded again. */
class ChunksTest {

    private static final HeadLimits LIMITS = new HeadLimits(50, 120, 4);

    /** Body, fault and what was left, each of a decoder that was fed all of it at once. */
    private record Outcome(String body, boolean done, Fault fault, String rest, Fields trailers) {
        Refusal refusal() {
            return fault == null ? null : fault.refusal();
        }
    }

    private static Outcome decode(String text) {
        return decode(text, LIMITS);
    }

    private static Outcome decode(String text, HeadLimits limits) {
        BodyDecoder decoder = new BodyDecoder(Framing.CHUNKED, limits);
        ByteBuffer in = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer out = ByteBuffer.allocate(text.length() + 1);
        decoder.decode(in, out);
        return new Outcome(
                Cuts.text(out.flip()), decoder.done(), decoder.fault(), Cuts.text(in), decoder.trailers());
    }

    /** Every byte in the place of the size's first, second and last character; hexadecimal digits and nothing else. */
    @Test
    void aSizeIsOfHexadecimalDigits() {
        for (int b = 0; b < 256; b++) {
            char c = (char) b;
            boolean digit = "0123456789abcdefABCDEF".indexOf(c) >= 0;
            assertEquals(digit ? null : Refusal.CHUNK, decode(String.valueOf(c)).refusal(), "first: " + b);
            boolean goesOn = digit || c == '\r' || c == ';' || c == ' ' || c == '\t';
            assertEquals(goesOn ? null : Refusal.CHUNK, decode("1" + c).refusal(), "second: " + b);
            boolean ends = c == '\n';
            assertEquals(ends ? null : Refusal.CHUNK, decode("1\r" + c).refusal(), "behind CR: " + b);
        }
    }

    /** Every byte where an extension may stand, and where only the line break may. */
    @Test
    void anExtensionHasNoControlCharacters() {
        for (int b = 0; b < 256; b++) {
            char c = (char) b;
            boolean text = c == '\t' || c >= ' ' && c != 127;
            assertEquals(text || c == '\r' ? null : Refusal.CHUNK, decode("1;" + c).refusal(), "in an extension: " + b);
            boolean beforeSemicolon = c == ' ' || c == '\t' || c == ';';
            assertEquals(beforeSemicolon ? null : Refusal.CHUNK, decode("1 " + c).refusal(), "behind a space: " + b);
            assertEquals(c == '\r' ? null : Refusal.CHUNK, decode("1\r\na" + c).refusal(), "behind the data: " + b);
            assertEquals(c == '\n' ? null : Refusal.CHUNK, decode("1\r\na\r" + c).refusal(), "behind its CR: " + b);
        }
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {
        "0, 0", "00, 0", "0000000000000000, 0", "1, 1", "a, 10", "A, 10", "f, 15", "F, 15", "10, 16", "0010, 16", "fF, 255",
        "0000000000000001, 1", "1000, 4096",
    })
    void sizesAreRead(String digits, int size) {
        String end = size == 0 ? "\r\n" : "x".repeat(size) + "\r\n0\r\n\r\n";
        Outcome outcome = decode(digits + "\r\n" + end + "next");
        assertEquals("x".repeat(size), outcome.body());
        assertTrue(outcome.done());
        assertEquals("next", outcome.rest());
    }

    @ParameterizedTest
    @CsvSource({
        "7fffffffffffffff, true", "07fffffffffffffff, false", "8000000000000000, false", "ffffffffffffffff, false",
        "7ffffffffffffff, true", "10000000000000000, false", "00000000000000000, false", "0000000000000003, true",
        "fffffffffffffff, true", "7FFFFFFFFFFFFFFF, true", "8fffffffffffffff, false", "80000000000000000, false",
    })
    void aSizeMustFit(String digits, boolean fits) {
        Outcome outcome = decode(digits + "\r\nabc");
        assertEquals(fits ? null : Refusal.CHUNK, outcome.refusal());
        assertEquals(fits ? "abc" : "", outcome.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", ";", ";;", ";a", ";a=b", ";a=\"b\"", ";a=\"b;c\"", "; a", " ;a", "\t;a", " \t ;a", ";a ;b", ";a = b", ";\u00e4",
        ";a=\"x\\\"y\"", ";0", ";a;b;c;d", ";a=b,c", ";a\t",
    })
    void extensionsAreSkipped(String extension) {
        for (String text : new String[] {
            "3" + extension + "\r\nabc\r\n0\r\n\r\n", "3\r\nabc\r\n0" + extension + "\r\n\r\n"
        }) {
            Outcome outcome = decode(text);
            assertTrue(outcome.done(), () -> text + outcome);
            assertEquals("abc", outcome.body());
            assertEquals(Fields.EMPTY, outcome.trailers());
        }
    }

    @Test
    void allExtensionsTogetherHaveALimit() {
        String fits = "1;" + "x".repeat(119) + "\r\na\r\n0\r\n\r\n";
        // The first semicolon ends the size and is not counted.
        assertTrue(decode(fits).done());
        assertTrue(decode(fits.replace("x\r", "xx\r")).done());
        Outcome larger = decode(fits.replace("x\r", "xxx\r"));
        assertEquals(Refusal.CHUNK, larger.refusal());
        assertTrue(larger.fault().detail().contains("limits.head=120"), larger.fault().detail());
        String many = "1;x\r\na\r\n".repeat(120) + "0\r\n\r\n";
        assertEquals("a".repeat(120), decode(many).body());
        assertTrue(decode(many).done());
        Outcome more = decode("1;x\r\na\r\n" + many);
        assertEquals(Refusal.CHUNK, more.refusal());
        assertEquals("a".repeat(120), more.body(), "what came before is not taken back");
        assertTrue(decode("1\r\na\r\n".repeat(5_000) + "0\r\n\r\n").done(), "size lines without extensions have no limit");
    }

    @Test
    void theTrailerSectionHasTheLimitsOfAHead() {
        String empty = "0\r\nX: \r\n\r\n";
        int fixed = empty.length() - 3; // the last chunk's own line is not of the section
        String fits = "0\r\nX: " + "y".repeat(120 - fixed) + "\r\n\r\n";
        assertEquals(120, fits.length() - 3);
        assertEquals("y".repeat(120 - fixed), decode(fits).trailers().first("x"));
        Outcome larger = decode(fits.replace("y\r", "yy\r"));
        assertEquals(Refusal.HEAD_SIZE, larger.refusal());
        assertTrue(larger.fault().detail().contains("limits.head=120"), larger.fault().detail());
        assertFalse(larger.done());
        assertEquals(4, decode("0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n").trailers().size());
        assertEquals(Refusal.FIELD_COUNT, decode("0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\nE: 5\r\n\r\n").refusal());
        // A section that never ends is refused once it is too large, not kept.
        assertEquals(Refusal.HEAD_SIZE, decode("0\r\n" + "A: 1\r\n".repeat(40)).refusal());
        assertEquals(Refusal.HEAD_SIZE, decode("0\r\n" + "y".repeat(122)).refusal());
        assertNull(decode("0\r\n" + "y".repeat(100)).refusal());
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 10, 63, 64, 65, 127, 128, 129, 1000})
    void theLimitOfTheTrailerSectionIsMetToTheByte(int limit) {
        HeadLimits limits = new HeadLimits(1, limit, 4);
        assertTrue(decode("0\r\n\r\n", limits).done(), "an empty section is two bytes");
        if (limit >= 10) {
            String fits = "0\r\nX:" + "y".repeat(limit - 6) + "\r\n\r\nrest";
            assertTrue(decode(fits, limits).done());
            assertEquals("rest", decode(fits, limits).rest());
            assertEquals(Refusal.HEAD_SIZE, decode(fits.replace("X:", "X: "), limits).refusal());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "A: 1                 | A: 1",
        "A:1                  | A: 1",
        "A:\t 1 \t            | A: 1",
        "a: 1~A: 2            | a: 1~A: 2",
        "Server-Timing: x~ETag: \"t\" | Server-Timing: x~ETag: \"t\"",
        "Content-Length: 3~A: 1 | A: 1",
        "A: 1~TRANSFER-encoding: chunked | A: 1",
        "Host: x              | ''",
        "A: b:c               | A: b:c",
        "A:                   | 'A: '",
    })
    void trailersAreKeptIfTheyMayCome(String section, String kept) {
        Outcome outcome = decode("1\r\nx\r\n0\r\n" + section.replace("~", "\r\n") + "\r\n\r\nnext");
        assertTrue(outcome.done(), outcome::toString);
        assertEquals(kept.isEmpty() ? "" : kept.replace("~", "\n") + "\n", outcome.trailers().toString());
        assertEquals("next", outcome.rest());
    }

    /** None of these may end the section early, or let bytes of it pass for the next message. */
    @ParameterizedTest
    @ValueSource(strings = {
        "\n\r\n", "\r\r\n\r\n", "A: 1\n\r\n", "A: 1\r\n\n\r\n\r\n", "A: 1\n\nB: 2\r\n\r\n", "A: 1\rB: 2\r\n\r\n", " A: 1\r\n\r\n", "A\r\n\r\n",
        "A : 1\r\n\r\n", ": 1\r\n\r\n", "A: 1\r\n B: 2\r\n\r\n", "A: \0\r\n\r\n", "A: \177\r\n\r\n", "A(: 1\r\n\r\n", "\u00c4: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n", "0\r\n\r\n",
    })
    void aMalformedTrailerSectionIsRefused(String section) {
        Outcome outcome = decode("1\r\nx\r\n0\r\n" + section + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        assertEquals("x", outcome.body());
        assertFalse(outcome.done());
        assertEquals(Refusal.CHUNK, outcome.refusal());
        assertEquals(Fields.EMPTY, outcome.trailers());
    }

    @Test
    void afterAFaultOrTheEndNothingIsTaken() {
        for (String text : new String[] {"x\r\nrest", "0\r\n\r\nrest"}) {
            BodyDecoder decoder = new BodyDecoder(Framing.CHUNKED, LIMITS);
            ByteBuffer in = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
            decoder.decode(in, ByteBuffer.allocate(9));
            int at = in.position();
            Fault fault = decoder.fault();
            assertEquals(0, decoder.decode(in, ByteBuffer.allocate(9)));
            assertEquals(at, in.position());
            decoder.end();
            assertEquals(fault, decoder.fault(), "the first fault is the one that is told");
        }
    }

    @Test
    void withoutRoomOnlyTheFramingIsRead() {
        BodyDecoder decoder = new BodyDecoder(Framing.CHUNKED, LIMITS);
        ByteBuffer in = ByteBuffer.wrap("2\r\nab\r\n0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer full = ByteBuffer.allocate(0);
        assertEquals(0, decoder.decode(in, full));
        assertEquals(3, in.position());
        assertFalse(decoder.done());
        ByteBuffer one = ByteBuffer.allocate(1);
        assertEquals(1, decoder.decode(in, one));
        assertEquals(1, decoder.decode(in, one.clear()));
        assertTrue(decoder.done(), "the end needs no room");
        assertFalse(in.hasRemaining());
    }

    @Test
    void sizesAreWrittenInTheFewestDigits() {
        for (int bit = 0; bit < 63; bit++) {
            for (long size : new long[] {1L << bit, (1L << bit) + 1, (1L << bit) - 1}) {
                ByteBuffer out = ByteBuffer.allocate(ChunkedEncoder.MAX_SIZE_LINE);
                if (size > 0) {
                    ChunkedEncoder.size(out, size);
                    assertEquals(Long.toHexString(size) + "\r\n", Cuts.text(out.flip()));
                }
            }
        }
        for (long none : new long[] {0, -1, Long.MIN_VALUE}) {
            ByteBuffer out = ByteBuffer.allocate(ChunkedEncoder.MAX_SIZE_LINE);
            assertThrows(IllegalArgumentException.class, () -> ChunkedEncoder.size(out, none));
            assertEquals(0, out.position());
        }
    }

    @Test
    void whatIsSharedCannotBeChanged() {
        assertThrows(ReadOnlyBufferException.class, () -> ChunkedEncoder.lineBreak().put(0, (byte) 'x'));
        assertThrows(ReadOnlyBufferException.class, () -> ChunkedEncoder.end(Fields.EMPTY).put(0, (byte) 'x'));
        ByteBuffer first = ChunkedEncoder.lineBreak();
        first.get();
        assertEquals(2, ChunkedEncoder.lineBreak().remaining(), "each caller has a position of its own");
    }

    @Test
    void trailersThatMayNotComeAreNotWritten() {
        Fields fields = Fields.of("Content-Length", "5", "X", "\u00e4", "Trailer", "X", "Y", "");
        assertEquals("0\r\nX: \u00e4\r\nY: \r\n\r\n", Cuts.text(ChunkedEncoder.end(fields)));
        assertEquals("0\r\n\r\n", Cuts.text(ChunkedEncoder.end(Fields.of("Host", "a", "Set-Cookie", "b"))));
    }

    /** Seeded bodies in seeded chunks, with extensions and trailers, through seeded buffers of both kinds. */
    @Test
    void whateverIsEncodedIsDecoded() {
        Random random = new Random(20261123);
        for (int round = 0; round < 400; round++) {
            byte[] body = new byte[random.nextInt(round % 10 == 0 ? 20_000 : 300)];
            random.nextBytes(body);
            Fields trailers = random.nextBoolean() ? Fields.EMPTY : Fields.of("X-Sum", "" + body.length, "X-Round", "" + round);
            byte[] encoded = encode(body, trailers, random);
            BodyDecoder decoder = new BodyDecoder(Framing.CHUNKED, LIMITS);
            ByteArrayOutputStream decoded = new ByteArrayOutputStream();
            ByteBuffer in = ByteBuffer.wrap(encoded);
            ByteBuffer out = random.nextBoolean()
                    ? ByteBuffer.allocateDirect(1 + random.nextInt(500)) : ByteBuffer.allocate(1 + random.nextInt(500));
            for (int turn = 0; !decoder.done() && turn < 1_000_000; turn++) {
                in.limit(Math.min(encoded.length, in.position() + random.nextInt(200)));
                out.clear().limit(random.nextInt(out.capacity() + 1));
                int moved = decoder.decode(in, out);
                byte[] piece = new byte[moved];
                out.flip().get(piece);
                assertFalse(out.hasRemaining());
                decoded.writeBytes(piece);
                assertNull(decoder.fault());
            }
            assertTrue(decoder.done());
            assertArrayEquals(body, decoded.toByteArray());
            assertEquals(trailers, decoder.trailers());
            assertEquals(encoded.length - 4, in.position(), "the next message is left");
            assertEquals(0, decoder.remaining());
        }
    }

    private static byte[] encode(byte[] body, Fields trailers, Random random) {
        ByteBuffer out = ByteBuffer.allocate(20 * body.length + 200);
        int extensions = 30;
        for (int at = 0; at < body.length; ) {
            int size = Math.min(body.length - at, 1 + random.nextInt(random.nextBoolean() ? 20 : 5_000));
            ChunkedEncoder.size(out, size);
            if (extensions > 0 && random.nextInt(5) == 0) {
                extensions--;
                out.position(out.position() - 2).put(";a=b\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
            out.put(body, at, size).put(ChunkedEncoder.lineBreak());
            at += size;
        }
        out.put(ChunkedEncoder.end(trailers)).put("next".getBytes(StandardCharsets.ISO_8859_1));
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    /** Seeded noise: whatever comes, the decoder neither throws nor takes more than there is, and any cut agrees. */
    @Test
    void noiseDoesNoHarm() {
        Random random = new Random(7);
        String alphabet = "0123af;= \t\r\n\r\n\r\nX:\0\u00ff";
        int faults = 0;
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i >= 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Outcome whole = decode(text.toString());
            BodyDecoder decoder = new BodyDecoder(Framing.CHUNKED, LIMITS);
            StringBuilder body = new StringBuilder();
            for (int i = 0; i < text.length(); i++) {
                ByteBuffer out = ByteBuffer.allocate(2);
                decoder.decode(ByteBuffer.wrap(new byte[] {(byte) text.charAt(i)}), out);
                body.append(Cuts.text(out.flip()));
            }
            assertEquals(whole.body(), body.toString());
            assertEquals(whole.done(), decoder.done());
            assertEquals(whole.fault(), decoder.fault());
            assertFalse(whole.done() && whole.fault() != null);
            faults += whole.fault() == null ? 0 : 1;
        }
        assertTrue(faults > 500 && faults < 3_000, "the noise is too dull: " + faults);
        assertNotNull(decode("zz").fault());
    }
}
