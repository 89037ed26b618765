/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Response heads as they are sent, and read again by the parser of this very package. */
class ResponseEncoderTest {

    private static final byte[] DATE = "Date: then\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final HeadLimits LIMITS = new HeadLimits(2_000, 20_000, 200);

    private static String put(ResponseHead head, byte[] date, long length, boolean chunked, Persistence persistence) {
        byte[] encoded = ResponseEncoder.encode(head);
        ByteBuffer out = ByteBuffer.allocate(ResponseEncoder.bound(encoded));
        ResponseEncoder.put(out, encoded, date, length, chunked, persistence);
        return Cuts.text(out.flip());
    }

    @Test
    void everyStatusHasItsLineAndIsReadAgain() {
        for (int status = 100; status <= 599; status++) {
            String text = put(ResponseHead.of(status), null, -1, false, Persistence.STAYS);
            assertEquals("HTTP/1.1 " + status + " " + Status.reason(status) + "\r\n\r\n", text);
            ResponseParser parser = new ResponseParser(LIMITS);
            assertEquals(Progress.DONE, parser.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
            assertEquals(status, parser.head().status());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        // status, what the head asks, what becomes of the connection, what is said
        "200 | ''      | STAYS      | ''",
        "200 | ''      | STAYS_SAID | Connection: keep-alive~",
        "200 | ''      | CLOSES     | Connection: close~",
        "200 | close   | STAYS      | ''",
        "200 | close   | CLOSES     | Connection: close~",
        "200 | upgrade | STAYS      | ''",
        "200 | upgrade | CLOSES     | Connection: close~",
        "101 | upgrade | STAYS      | Connection: Upgrade~",
        "101 | upgrade | STAYS_SAID | Connection: Upgrade~",
        "101 | upgrade | CLOSES     | Connection: Upgrade, close~",
        "426 | upgrade | STAYS      | Connection: Upgrade~",
        "426 | upgrade | CLOSES     | Connection: Upgrade, close~",
        "426 | ''      | CLOSES     | Connection: close~",
        "101 | ''      | STAYS      | ''",
    })
    void connectionIsSaidOnceAndAsItIs(int status, String asks, Persistence persistence, String said) {
        Fields fields = asks.equals("close") ? Fields.of("Connection", "close")
                : asks.equals("upgrade") ? Fields.of("Upgrade", "x", "Connection", "Upgrade") : Fields.EMPTY;
        String text = put(ResponseHead.of(status, fields), null, -1, false, persistence);
        String upgrade = asks.equals("upgrade") && status != 200 ? "Upgrade: x~" : "";
        assertEquals((upgrade + said).replace("~", "\r\n") + "\r\n", text.substring(text.indexOf("\r\n") + 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "Close", "CLOSE", "x, close", "close , x", "x,close,y"})
    void closeIsHeard(String value) {
        assertTrue(ResponseEncoder.wantsClose(ResponseEncoder.encode(ResponseHead.of(200, "connection", value))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "closed", "keep-alive", "not close", "xclose"})
    void otherOptionsDoNotClose(String value) {
        assertFalse(ResponseEncoder.wantsClose(ResponseEncoder.encode(ResponseHead.of(200, "connection", value))));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0", "1, 1", "9, 9", "10, 10", "99, 99", "100, 100", "1234567890, 1234567890",
        "9223372036854775807, 9223372036854775807", "999999999999999999, 999999999999999999",
        "1000000000000000000, 1000000000000000000",
    })
    void lengthsAreWrittenInDigits(long length, String digits) {
        String text = put(ResponseHead.of(200), DATE, length, false, Persistence.STAYS);
        assertTrue(text.endsWith("\r\nContent-Length: " + digits + "\r\n\r\n"), text);
        ResponseHead declared = ResponseHead.of(200, "Content-Length", digits);
        assertEquals(length, ResponseEncoder.declaredLength(ResponseEncoder.encode(declared)));
        assertEquals(1, put(declared, DATE, length, false, Persistence.STAYS).split("Content-Length", -1).length - 1);
    }

    @ParameterizedTest
    @EnumSource(Persistence.class)
    void theBoundIsEnoughForTheLongestHead(Persistence persistence) {
        ResponseHead head = ResponseHead.of(426, "Upgrade", "x");
        byte[] encoded = ResponseEncoder.encode(head);
        ByteBuffer out = ByteBuffer.allocate(ResponseEncoder.bound(encoded));
        byte[] date = new DateLine(() -> 0).bytes();
        ResponseEncoder.put(out, encoded, date, Long.MAX_VALUE, false, persistence);
        assertTrue(out.position() < ResponseEncoder.bound(encoded));
    }

    @Test
    void aDateOfItsOwnIsKeptUnlessItIsNominated() {
        assertFalse(put(ResponseHead.of(200, "DATE", "mine"), DATE, 0, false, Persistence.STAYS).contains("then"));
        String nominated = put(
                ResponseHead.of(200, "Date", "mine", "Connection", "Date"), DATE, 0, false, Persistence.STAYS);
        assertTrue(nominated.contains("Date: then") && !nominated.contains("mine"), nominated);
        assertFalse(put(ResponseHead.of(200), null, 0, false, Persistence.STAYS).contains("Date"));
    }

    @Test
    void aBrokenLengthIsRefusedInEveryStatus() {
        for (int status : new int[] {100, 200, 204, 304, 500}) {
            for (String value : new String[] {"", "-1", "x", "1 1", "1,1", "9223372036854775808"}) {
                IllegalStateException thrown = assertThrows(IllegalStateException.class,
                        () -> ResponseEncoder.encode(ResponseHead.of(status, "content-LENGTH", value)));
                assertTrue(thrown.getMessage().contains(value), thrown.getMessage());
            }
        }
    }

    @Test
    void everyFramingIsOneThatTheVersionAllows() {
        for (HttpVersion version : new HttpVersion[] {HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1}) {
            for (int status = 100; status < 600; status++) {
                boolean bodiless = Status.isBodiless(status);
                assertEquals(bodiless ? ResponseFraming.NONE : ResponseFraming.LENGTH,
                        ResponseFraming.of(false, version, status, 0, false));
                assertEquals(ResponseFraming.NONE, ResponseFraming.of(true, version, status, 7, true));
                ResponseFraming open = version == HttpVersion.HTTP_1_0 ? ResponseFraming.UNTIL_CLOSE : ResponseFraming.CHUNKED;
                assertEquals(bodiless ? ResponseFraming.NONE : open, ResponseFraming.of(false, version, status, -1, false));
            }
        }
    }

    /** Seeded heads: what is read is what was written, without what belongs to the connection. */
    @Test
    void whateverIsEncodedIsParsed() {
        Random random = new Random(31);
        String[] dropped = {"Connection", "Keep-Alive", "TE", "Upgrade", "Transfer-Encoding", "Proxy-Connection", "X-Hop"};
        for (int round = 0; round < 500; round++) {
            Fields.Builder fields = Fields.builder().add("Connection", "x-hop");
            Fields.Builder kept = Fields.builder();
            for (int i = random.nextInt(15); i > 0; i--) {
                String value = "v" + (char) (160 + random.nextInt(96)) + random.nextInt();
                if (random.nextInt(3) == 0) {
                    String name = dropped[random.nextInt(dropped.length)];
                    fields.add(random.nextBoolean() ? name : name.toUpperCase(Locale.ROOT), value);
                } else {
                    fields.add("X-" + i, value);
                    kept.add("X-" + i, value);
                }
            }
            int status = 200 + random.nextInt(226);
            boolean chunked = random.nextBoolean();
            String text = put(ResponseHead.of(status, fields.build()), DATE, chunked ? -1 : round, chunked, Persistence.CLOSES);
            ResponseParser parser = new ResponseParser(LIMITS);
            assertEquals(Progress.DONE, parser.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))), text);
            kept.add("Date", "then");
            kept.add(chunked ? "Transfer-Encoding" : "Content-Length", chunked ? "chunked" : "" + round);
            assertEquals(ResponseHead.of(status, kept.add("Connection", "close").build()), parser.head());
            assertFalse(parser.persistent());
        }
    }
}
