/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.http.Status;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderTest {

    private static final byte[] DATE = "Date: now\r\n".getBytes(StandardCharsets.US_ASCII);

    private static String put(ResponseHead head, long length, boolean chunked, Persistence persistence) {
        byte[] encoded = ResponseEncoder.encode(head);
        ByteBuffer out = ByteBuffer.allocate(ResponseEncoder.bound(encoded));
        ResponseEncoder.put(out, encoded, DATE, length, chunked, persistence);
        return Cuts.text(out.flip());
    }

    @Test
    void headHasDateFramingAndConnection() {
        ResponseHead head = ResponseHead.of(200, "A", "\u00e4", "a", "");
        assertEquals("HTTP/1.1 200 OK\r\nA: \u00e4\r\na: \r\nDate: now\r\nContent-Length: 0\r\n\r\n",
                put(head, 0, false, Persistence.STAYS));
        assertEquals("HTTP/1.1 200 OK\r\nA: \u00e4\r\na: \r\nDate: now\r\nTransfer-Encoding: "
                + "chunked\r\nConnection: close\r\n\r\n",
                put(head, -1, true, Persistence.CLOSES));
        assertEquals("HTTP/1.1 299 \r\nDate: now\r\nConnection: keep-alive\r\n\r\n",
                put(ResponseHead.of(299), -1, false, Persistence.STAYS_SAID));
        assertTrue(put(ResponseHead.of(200), Long.MAX_VALUE, false,
                Persistence.STAYS).contains("Content-Length: 9223372036854775807\r\n"));
    }

    @Test
    void fieldsOfTheHeadAreNotSaidTwice() {
        String text = put(ResponseHead.of(200, "date", "x", "content-length", "12"), 12, false, Persistence.STAYS);
        assertEquals("HTTP/1.1 200 OK\r\ndate: x\r\ncontent-length: 12\r\n\r\n", text);
    }

    @Test
    void connectionFieldsAreTheTransports() {
        ResponseHead head = ResponseHead.of(200, "Connection", "close, X-Hop", "X-Hop", "1", "Keep-Alive", "5", "TE",
                "x",
                "Transfer-Encoding", "gzip", "Upgrade", "h2c", "Proxy-Connection", "x", "X", "1");
        assertEquals("HTTP/1.1 200 OK\r\nX: 1\r\nDate: now\r\n\r\n", put(head, -1, false, Persistence.STAYS));
        assertTrue(ResponseEncoder.wantsClose(ResponseEncoder.encode(head)));
        assertFalse(ResponseEncoder.wantsClose(ResponseEncoder.encode(ResponseHead.of(200, "Connection", "closed"))));
    }

    @Test
    void upgradeIsSaidWhereItBelongs() {
        ResponseHead head = ResponseHead.of(101, "Upgrade", "echo", "Connection", "Upgrade");
        assertEquals("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nDate: now\r\nConnection: Upgrade\r\n\r\n",
                put(head, -1, false, Persistence.STAYS));
        assertTrue(put(ResponseHead.of(426, "Upgrade", "x"), 0, false,
                Persistence.CLOSES).endsWith("Connection: Upgrade, close\r\n\r\n"));
    }

    @ParameterizedTest
    @CsvSource({"200, 7, true", "204, -1, false", "304, 7, true", "404, 7, true", "101, -1, false"})
    void lengthIsKeptWhereItMayBeSaid(int status, long declared, boolean said) {
        ResponseHead head = ResponseHead.of(status, "Content-Length", "7");
        assertEquals(declared, ResponseEncoder.declaredLength(ResponseEncoder.encode(head)));
        assertEquals(said, put(head, -1, false, Persistence.STAYS).contains("Content-Length: 7\r\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "x", "1, 1", "99999999999999999999", ""})
    void lengthThatIsNoneIsRefused(String value) {
        assertThrows(IllegalStateException.class, () ->
                ResponseEncoder.encode(ResponseHead.of(200, "Content-Length", value)));
    }

    @Test
    void twoLengthsAreRefused() {
        assertThrows(IllegalStateException.class,
                () -> ResponseEncoder.encode(ResponseHead.of(200, "Content-Length", "1", "Content-Length", "1")));
    }

    @Test
    void preparedHeadKeepsItsBytes() {
        ResponseHead once = ResponseHead.of(200, "A", "b");
        assertNotSame(once.encoded(ResponseEncoder::encode), once.encoded(ResponseEncoder::encode));
        ResponseHead often = once.prepared();
        assertSame(often.encoded(ResponseEncoder::encode), often.encoded(ResponseEncoder::encode));
    }

    @Test
    void interimHeadIsBare() {
        assertEquals("HTTP/1.1 100 Continue\r\n\r\n",
                new String(ResponseEncoder.interim(ResponseHead.of(100)), StandardCharsets.ISO_8859_1));
        assertEquals("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
                new String(ResponseEncoder.interim(ResponseHead.of(103, "Link", "</a>")), StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource({
        "false, HTTP_1_1, 200, 5, false, LENGTH", "false, HTTP_1_1, 200, -1, true, LENGTH",
        "false, HTTP_1_1, 200, -1, false, CHUNKED", "false, HTTP_1_0, 200, -1, false, UNTIL_CLOSE",
        "false, HTTP_1_0, 200, -1, true, LENGTH", "false, HTTP_1_0, 200, 5, false, LENGTH",
        "true, HTTP_1_1, 200, 5, true, NONE", "true, HTTP_1_1, 200, -1, false, NONE",
                "true, HTTP_1_0, 200, -1, false, NONE",
        "false, HTTP_1_1, 204, 5, true, NONE", "false, HTTP_1_1, 304, -1, false, NONE",
                "false, HTTP_1_1, 100, -1, false, NONE",
        "false, HTTP_1_1, 205, -1, true, LENGTH", "false, HTTP_1_0, 304, 5, true, NONE",
    })
    void framingFollowsFromHeadAndRequest(
            boolean head, HttpVersion version, int status, long declared, boolean whole, ResponseFraming expected) {
        assertEquals(expected, ResponseFraming.of(head, version, status, declared, whole));
    }

    @ParameterizedTest
    @CsvSource({"200, 5, 5", "404, 1, 1", "200, 0, -1", "204, 5, -1", "304, 5, -1", "103, 5, -1"})
    void headSaysWhatGetWouldIfItIsKnown(int status, int size, long expected) {
        assertEquals(expected, ResponseFraming.headLength(status, size));
    }

    @Test
    void dateIsMadeOnceASecond() {
        AtomicLong clock = new AtomicLong(784_111_777_000L);
        DateLine date = new DateLine(clock::get);
        assertEquals("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", new String(date.bytes(), StandardCharsets.US_ASCII));
        byte[] first = date.bytes();
        clock.addAndGet(999);
        assertSame(first, date.bytes());
        clock.addAndGet(1);
        assertEquals("Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n", new String(date.bytes(), StandardCharsets.US_ASCII));
    }

    private static String request(RequestHead head, Framing framing, boolean expect, boolean persistent) {
        return new String(RequestEncoder.encode(head, framing, expect, persistent), StandardCharsets.ISO_8859_1);
    }

    private static RequestHead request(String method, String target, Fields fields) {
        return new RequestHead(method, "http", new Authority("a", 81), target, HttpVersion.HTTP_2, fields);
    }

    @Test
    void requestIsWrittenWithItsOwnFraming() {
        Fields fields = Fields.of("Accept", "x", "Connection", "X-Hop", "X-Hop", "1", "Content-Length", "9", "Expect",
                "y", "TE", "z");
        assertEquals("GET /a?b HTTP/1.1\r\nHost: a:81\r\nAccept: x\r\n\r\n",
                request(request("GET", "/a?b", fields), Framing.NONE, false, true));
        assertEquals("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: "
                + "100-continue\r\nConnection: close\r\n\r\n",
                request(request("POST", "/", Fields.of("Host", "h")), Framing.CHUNKED, true, false));
        assertTrue(request(request("PUT", "/", Fields.EMPTY), Framing.ofLength(5), false,
                true).contains("Content-Length: 5\r\n"));
        assertTrue(request(request("PUT", "/", Fields.EMPTY), Framing.NONE, false,
                true).contains("Content-Length: 0\r\n"));
    }

    @Test
    void requestThatWouldSplitIsRefused() {
        for (RequestHead head : new RequestHead[] {
            request("GET", "/ HTTP/1.1\r\nX: y", Fields.EMPTY), request("GET", "", Fields.EMPTY),
                    request("G T", "/", Fields.EMPTY),
            request("GET", "/\u00e4", Fields.EMPTY)
        }) {
            assertThrows(IllegalArgumentException.class, () -> RequestEncoder.encode(head, Framing.NONE, false, true));
        }
        assertThrows(IllegalArgumentException.class,
                () -> RequestEncoder.encode(request("GET", "/", Fields.EMPTY), Framing.UNTIL_CLOSE, false, true));
    }

    @Test
    void encodedRequestIsParsed() {
        RequestHead head = request("DELETE", "/x", Fields.of("Host", "a:81", "X", "1"));
        RequestParser parser = new RequestParser(new HeadLimits(100, 300, 5), "http");
        assertEquals(Progress.DONE, parser.parse(ByteBuffer.wrap(RequestEncoder.encode(head, Framing.ofLength(3), true,
                true))));
        assertEquals("/x", parser.head().target());
        assertEquals(Framing.ofLength(3), parser.framing());
        assertTrue(parser.expectsContinue());
    }

    @Test
    void emptyChunkIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> ChunkedEncoder.size(ByteBuffer.allocate(20), 0));
    }

    @Test
    void reasonsAreTheRegistered() {
        assertEquals("Content Too Large", Status.reason(413));
        assertEquals("", Status.reason(299));
        assertEquals("", Status.reason(418));
    }
}
