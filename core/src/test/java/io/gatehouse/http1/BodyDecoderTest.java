/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyDecoderTest {

    private static final HeadLimits LIMITS = new HeadLimits(100, 200, 3);

    private static String outcome(Framing framing, String text, int[] sizes, int room) {
        BodyDecoder decoder = new BodyDecoder(framing, LIMITS);
        StringBuilder body = new StringBuilder();
        ByteBuffer rest = Cuts.feed(text, sizes, in -> {
            ByteBuffer out = ByteBuffer.allocate(room);
            while (true) {
                int moved = decoder.decode(in, out);
                assertEquals(moved, out.flip().remaining());
                body.append(Cuts.text(out));
                out.clear();
                if (moved == 0) {
                    return;
                }
            }
        });
        Fault fault = decoder.fault();
        return body + "|" + Cuts.text(rest.duplicate()).substring(0, fault == null ? rest.remaining() : 0) + "|"
                + decoder.done() + "|" + fault + "|" + decoder.trailers();
    }

    static Stream<Arguments> whole() {
        return Stream.of(
                Arguments.of(Framing.NONE, "next", "|next|true|null|"),
                Arguments.of(Framing.ofLength(5), "hellonext", "hello|next|true|null|"),
                Arguments.of(Framing.ofLength(9), "hello", "hello||false|null|"),
                Arguments.of(Framing.UNTIL_CLOSE, "hello", "hello||false|null|"),
                Arguments.of(Framing.CHUNKED, "5\r\nhello\r\n0\r\n\r\nnext", "hello|next|true|null|"),
                Arguments.of(Framing.CHUNKED, "0\r\n\r\n", "||true|null|"),
                Arguments.of(Framing.CHUNKED, "000000\r\n\r\n0", "|0|true|null|"),
                Arguments.of(Framing.CHUNKED, "a\r\n0123456789\r\nA\r\n0123456789\r\n00\r\n\r\n",
                        "01234567890123456789||true|null|"),
                Arguments.of(Framing.CHUNKED, "3;a=b;c=\"d;e\"\r\nabc\r\n2 ;x\r\nde\r\n0;z\r\n\r\n",
                        "abcde||true|null|"),
                Arguments.of(Framing.CHUNKED, "1\r\na\r\n0\r\nX-T: 1\r\nContent-Length: 9\r\ny:\r\n\r\nn",
                        "a|n|true|null|X-T: 1\ny: \n"),
                Arguments.of(Framing.CHUNKED, "5\r\nhel", "hel||false|null|"));
    }

    @ParameterizedTest
    @MethodSource("whole")
    void decodesTheSameHoweverItIsCut(Framing framing, String text, String expected) {
        for (int room : new int[] {1, 3, 100}) {
            for (int[] cut : Cuts.of(text.length())) {
                assertEquals(expected, outcome(framing, text, cut, room));
            }
        }
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of("\r\n", Refusal.CHUNK),
                Arguments.of(";x\r\n", Refusal.CHUNK),
                Arguments.of("g\r\n", Refusal.CHUNK),
                Arguments.of("0x5\r\nhello\r\n", Refusal.CHUNK),
                Arguments.of("-5\r\nhello\r\n", Refusal.CHUNK),
                Arguments.of("+5\r\nhello\r\n", Refusal.CHUNK),
                Arguments.of(" 5\r\nhello\r\n", Refusal.CHUNK),
                Arguments.of("5 \r\nhello\r\n", Refusal.CHUNK),
                Arguments.of("5 x\r\nhello\r\n", Refusal.CHUNK),
                Arguments.of("5,5\r\nhello\r\n", Refusal.CHUNK),
                Arguments.of("5\nhello\r\n", Refusal.CHUNK),
                Arguments.of("5\rhello\r\n", Refusal.CHUNK),
                Arguments.of("5;a\nhello\r\n", Refusal.CHUNK),
                Arguments.of("5;a\r\rhello\r\n", Refusal.CHUNK),
                Arguments.of("5;a\0\r\nhello\r\n", Refusal.CHUNK),
                Arguments.of("8000000000000000\r\n", Refusal.CHUNK),
                Arguments.of("ffffffffffffffff\r\n", Refusal.CHUNK),
                Arguments.of("10000000000000005\r\n", Refusal.CHUNK),
                Arguments.of("00000000000000005\r\n", Refusal.CHUNK),
                Arguments.of("5;" + "a".repeat(201) + "\r\n", Refusal.CHUNK),
                Arguments.of("1;a\r\nx\r\n".repeat(201), Refusal.CHUNK),
                Arguments.of("5\r\nhello!\r\n", Refusal.CHUNK),
                Arguments.of("5\r\nhello\n0\r\n\r\n", Refusal.CHUNK),
                Arguments.of("5\r\nhello\r0\r\n\r\n", Refusal.CHUNK),
                Arguments.of("5\r\nhello0\r\n\r\n", Refusal.CHUNK),
                Arguments.of("0\r\nX : a\r\n\r\n", Refusal.CHUNK),
                Arguments.of("0\r\n X: a\r\n\r\n", Refusal.CHUNK),
                Arguments.of("0\r\nX: a\nY: b\r\n\r\n", Refusal.CHUNK),
                Arguments.of("0\r\nX: a\0\r\n\r\n", Refusal.CHUNK),
                Arguments.of("0\r\nnothing\r\n\r\n", Refusal.CHUNK),
                Arguments.of("0\r\nA:\r\nB:\r\nC:\r\nD:\r\n\r\n", Refusal.FIELD_COUNT),
                Arguments.of("0\r\nX: " + "a".repeat(200) + "\r\n\r\n", Refusal.HEAD_SIZE),
                Arguments.of("0\r\nX: " + "a".repeat(2000), Refusal.HEAD_SIZE));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void refusesTheSameHoweverItIsCut(String text, Refusal refusal) {
        String whole = outcome(Framing.CHUNKED, text, new int[] {text.length()}, 50);
        assertTrue(whole.contains("|false|Fault[refusal=" + refusal), whole);
        for (int[] cut : Cuts.of(text.length())) {
            assertEquals(whole, outcome(Framing.CHUNKED, text, cut, 50));
        }
    }

    @Test
    void endOfTheConnectionEndsOrBreaksIt() {
        BodyDecoder open = new BodyDecoder(Framing.UNTIL_CLOSE, LIMITS);
        open.end();
        assertTrue(open.done());
        assertNull(open.fault());
        for (Framing framing : new Framing[] {Framing.CHUNKED, Framing.ofLength(1)}) {
            BodyDecoder decoder = new BodyDecoder(framing, LIMITS);
            decoder.end();
            assertFalse(decoder.done());
            Fault fault = decoder.fault();
            assertNotNull(fault);
            assertEquals(Refusal.TRUNCATED, fault.refusal());
            assertEquals(Refusal.TRUNCATED, fault.toException().refusal());
        }
        BodyDecoder none = new BodyDecoder(Framing.NONE, LIMITS);
        none.end();
        assertNull(none.fault());
    }

    @Test
    void bytesReadPastItAreCounted() {
        BodyDecoder decoder = new BodyDecoder(Framing.ofLength(10), LIMITS);
        assertEquals(10, decoder.direct());
        decoder.took(4);
        assertEquals(6, decoder.direct());
        assertEquals(6, decoder.remaining());
        decoder.took(6);
        assertTrue(decoder.done());
        assertEquals(0, decoder.direct());
        assertEquals(0, decoder.remaining());
        assertEquals(Long.MAX_VALUE, new BodyDecoder(Framing.UNTIL_CLOSE, LIMITS).direct());
        assertEquals(0, new BodyDecoder(Framing.CHUNKED, LIMITS).direct());
        assertEquals(-1, new BodyDecoder(Framing.CHUNKED, LIMITS).remaining());
    }

    @Test
    void directBuffersAreFineToDecodeInto() {
        BodyDecoder decoder = new BodyDecoder(Framing.CHUNKED, LIMITS);
        ByteBuffer out = ByteBuffer.allocateDirect(10);
        decoder.decode(ByteBuffer.wrap("3\r\nabc\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)), out);
        assertEquals("abc", Cuts.text(out.flip()));
        assertTrue(decoder.done());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "transfer-encoding", "HOST", "Authorization", "Set-Cookie",
            "Cache-Control", "Trailer"})
    void fieldsThatMayNotComeInTrailersAreDropped(String name) {
        Fields fields = Fields.of("A", "1", name, "x", "B", "2");
        assertEquals(Fields.of("A", "1", "B", "2"), FieldRules.trailers(fields));
        assertFalse(Cuts.text(ChunkedEncoder.end(fields)).contains(name));
    }

    @Test
    void encodedChunksAreDecoded() {
        for (long size : new long[] {1, 15, 16, 255, 256, 4095, 65536, 0x123456789aL, Long.MAX_VALUE}) {
            ByteBuffer out = ByteBuffer.allocate(ChunkedEncoder.MAX_SIZE_LINE);
            ChunkedEncoder.size(out, size);
            assertEquals(Long.toHexString(size) + "\r\n", Cuts.text(out.flip()));
        }
        String text = "3\r\nabc" + Cuts.text(ChunkedEncoder.lineBreak())
                + Cuts.text(ChunkedEncoder.end(Fields.of("X", "1")));
        assertEquals("abc||true|null|X: 1\n", outcome(Framing.CHUNKED, text, new int[] {text.length()}, 10));
        assertEquals("0\r\n\r\n", Cuts.text(ChunkedEncoder.end(Fields.EMPTY)));
    }
}
