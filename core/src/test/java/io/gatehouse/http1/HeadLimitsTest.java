/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of heads to the byte, on both sides and in every cut: one byte less is fine, one more is refused. */
class HeadLimitsTest {

    private static final String NO_FAULT = "DONE";

    private static String request(String text, HeadLimits limits, int[] sizes) {
        RequestParser parser = new RequestParser(limits, "http");
        String[] last = {"MORE"};
        Cuts.feed(text, sizes, in -> {
            if (last[0].equals("MORE")) {
                Progress progress = parser.parse(in);
                last[0] = progress == Progress.FAULT ? parser.fault().refusal().name() : progress.name();
            }
        });
        return last[0];
    }

    private static String response(String text, HeadLimits limits, int[] sizes) {
        ResponseParser parser = new ResponseParser(limits);
        String[] last = {"MORE"};
        Cuts.feed(text, sizes, in -> {
            if (last[0].equals("MORE")) {
                Progress progress = parser.parse(in);
                last[0] = progress == Progress.FAULT ? parser.fault().refusal().name() : progress.name();
            }
        });
        return last[0];
    }

    private static void assertRequest(String expected, String text, HeadLimits limits) {
        for (int[] cut : Cuts.of(text.length())) {
            assertEquals(expected, request(text, limits, cut), () -> limits + " " + text.length());
        }
    }

    private static void assertResponse(String expected, String text, HeadLimits limits) {
        for (int[] cut : Cuts.of(text.length())) {
            assertEquals(expected, response(text, limits, cut), () -> limits + " " + text.length());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 50, 127, 128, 129, 300})
    void theRequestLineMayBeAsLongAsItsLimit(int limit) {
        HeadLimits limits = new HeadLimits(limit, 1000, 9);
        String line = "GET /" + "a".repeat(limit - 14) + " HTTP/1.1";
        assertEquals(limit, line.length());
        String rest = "\r\nHost: a\r\n\r\n";
        assertRequest(NO_FAULT, line + rest, limits);
        assertRequest("LINE_SIZE", line.replace("/a", "/aa") + rest, limits);
        assertRequest(NO_FAULT, "\r\n" + line + rest, limits);
    }

    @ParameterizedTest
    @ValueSource(ints = {15, 16, 64, 200})
    void theStatusLineMayBeAsLongAsItsLimit(int limit) {
        HeadLimits limits = new HeadLimits(limit, 1000, 9);
        String line = "HTTP/1.1 200 " + "a".repeat(limit - 13);
        assertResponse(NO_FAULT, line + "\r\n\r\n", limits);
        assertResponse("LINE_SIZE", line + "a\r\n\r\n", limits);
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 128, 255, 256, 257})
    void theHeadMayBeAsLargeAsItsLimit(int limit) {
        HeadLimits limits = new HeadLimits(40, limit, 9);
        String open = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        String head = open + "b".repeat(limit - open.length() - 4) + "\r\n\r\n";
        assertEquals(limit, head.length());
        assertRequest(NO_FAULT, head, limits);
        assertRequest("HEAD_SIZE", head.replace("X: ", "X:  "), limits);
        assertRequest(NO_FAULT, "\r\n" + head, limits);
        String status = "HTTP/1.1 200 OK\r\nX: ";
        String answer = status + "b".repeat(limit - status.length() - 4) + "\r\n\r\n";
        assertResponse(NO_FAULT, answer, limits);
        assertResponse("HEAD_SIZE", answer.replace("X: ", "X:  "), limits);
    }

    @Test
    void theEmptyLineCountsToo() {
        String head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        assertRequest(NO_FAULT, head, new HeadLimits(99, head.length(), 9));
        assertRequest("HEAD_SIZE", head, new HeadLimits(99, head.length() - 1, 9));
        assertRequest("HEAD_SIZE", head, new HeadLimits(99, head.length() - 2, 9));
        assertRequest("HEAD_SIZE", head, new HeadLimits(99, head.length() - 3, 9));
    }

    @Test
    void whatNeverEndsIsRefusedAtTheLimit() {
        HeadLimits limits = new HeadLimits(30, 80, 9);
        assertRequest("LINE_SIZE", "G".repeat(31), limits);
        assertRequest("MORE", "G".repeat(30), limits);
        assertRequest("HEAD_SIZE", "GET / HTTP/1.1\r\n" + "X".repeat(63), limits);
        assertRequest("MORE", "GET / HTTP/1.1\r\n" + "X".repeat(62), limits);
        assertResponse("HEAD_SIZE", "HTTP/1.1 200 OK\r\n" + "X".repeat(62), limits);
        assertResponse("MORE", "HTTP/1.1 200 OK\r\n" + "X".repeat(61), limits);
    }

    /** Where the line's limit is beyond the head's, the head's own answer is the right one. */
    @Test
    void theSmallerLimitIsTheOneThatIsTold() {
        HeadLimits limits = new HeadLimits(500, 40, 9);
        assertRequest("HEAD_SIZE", "GET /" + "a".repeat(60) + " HTTP/1.1\r\nHost: a\r\n\r\n", limits);
        assertRequest("LINE_SIZE", "GET /" + "a".repeat(60) + " HTTP/1.1\r\nHost: a\r\n\r\n", new HeadLimits(38, 40, 9));
        assertRequest("HEAD_SIZE", "GET /" + "a".repeat(60) + " HTTP/1.1\r\nHost: a\r\n\r\n", new HeadLimits(39, 40, 9));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 31, 32, 33, 100})
    void asManyFieldsAsTheLimitMayCome(int limit) {
        HeadLimits limits = new HeadLimits(40, 4000, limit);
        String fields = "X: y\r\n".repeat(limit - 1);
        String head = "GET / HTTP/1.1\r\nHost: a\r\n" + fields;
        int[] whole = {head.length() + 2};
        assertEquals(NO_FAULT, request(head + "\r\n", limits, whole));
        assertEquals("FIELD_COUNT", request(head + "Z:\r\n\r\n", limits, new int[] {head.length() + 6}));
        String answer = "HTTP/1.1 200 OK\r\nX: y\r\n" + fields;
        assertEquals(NO_FAULT, response(answer + "\r\n", limits, new int[] {answer.length() + 2}));
        assertEquals("FIELD_COUNT", response(answer + "Z:\r\n\r\n", limits, new int[] {answer.length() + 6}));
    }

    @Test
    void everyHeadOfAConnectionHasTheWholeLimit() {
        HeadLimits limits = new HeadLimits(30, 60, 2);
        String head = "GET / HTTP/1.1\r\nHost: a\r\nX: " + "b".repeat(28) + "\r\n\r\n";
        assertEquals(60, head.length());
        RequestParser parser = new RequestParser(limits, "http");
        ByteBuffer in = ByteBuffer.wrap((head + "\r\n" + head + head).getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < 3; i++) {
            assertEquals(Progress.DONE, parser.parse(in));
            assertEquals(2, parser.head().fields().size());
        }
        assertEquals(0, in.remaining());
        ResponseParser answers = new ResponseParser(limits);
        String answer = "HTTP/1.1 200 OK\r\nX: " + "b".repeat(36) + "\r\n\r\n";
        assertEquals(60, answer.length());
        ByteBuffer many = ByteBuffer.wrap(answer.repeat(3).getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 0; i < 3; i++) {
            assertEquals(Progress.DONE, answers.parse(many));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LINE_SIZE, 30, 99, 9, limits.line=30, request line", "HEAD_SIZE, 90, 50, 9, limits.head=50, head",
        "FIELD_COUNT, 90, 99, 1, limits.fields=1, field lines",
    })
    void theTextNamesLimitAndSetting(Refusal refusal, int line, int head, int fields, String setting, String what) {
        RequestParser parser = new RequestParser(new HeadLimits(line, head, fields), "http");
        String text = "GET /" + "a".repeat(refusal == Refusal.LINE_SIZE ? 40 : 1) + " HTTP/1.1\r\nHost: a\r\nX: "
                + "b".repeat(30) + "\r\n\r\n";
        assertEquals(Progress.FAULT, parser.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        assertEquals(refusal, parser.fault().refusal());
        assertTrue(parser.fault().detail().contains(setting), parser.fault().detail());
        assertTrue(parser.fault().detail().contains(what), parser.fault().detail());
        assertEquals(parser.fault().detail(), parser.fault().toException().detail());
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1", "1, 0, 1", "1, 1, 0", "-1, 1, 1", "1, -1, 1", "1, 1, -1"})
    void aLimitIsOneOrMore(int line, int head, int fields) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new HeadLimits(line, head, fields));
        assertTrue(thrown.getMessage().contains(line + ", " + head + " and " + fields), thrown.getMessage());
    }

    @Test
    void theLeastLimitsRefuseButDoNotFail() {
        HeadLimits least = new HeadLimits(1, 1, 1);
        for (String text : new String[] {"", "G", "GE", "\r", "\r\n", "\r\n\r\n", "GET / HTTP/1.1\r\n"}) {
            String outcome = request(text, least, new int[] {text.length()});
            assertTrue(outcome.equals("MORE") || outcome.endsWith("_SIZE"), outcome);
        }
    }
}
