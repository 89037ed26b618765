/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.RequestHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that are known by their bytes, in which spellings, and which fields are said to be what. */
class FieldNamesTest {

    private static FieldNames.Known find(String name) {
        byte[] bytes = ("?" + name + ": x").getBytes(StandardCharsets.ISO_8859_1);
        int hash = 0;
        for (int i = 1; i <= name.length(); i++) {
            hash = FieldNames.hash(hash, bytes[i]);
        }
        return FieldNames.find(bytes, 1, 1 + name.length(), hash);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Expect", "Accept", "Accept-Encoding", "Accept-Language",
        "Authorization", "Cache-Control", "Content-Type", "Content-Encoding", "Cookie", "Date", "DNT", "ETag", "If-Match",
        "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive", "Location", "Origin", "Range",
        "Referer", "Sec-CH-UA", "Sec-Fetch-Mode", "Sec-WebSocket-Key", "Server", "Set-Cookie", "TE", "Trailer", "Upgrade",
        "Upgrade-Insecure-Requests", "User-Agent", "Vary", "Via", "WWW-Authenticate", "X-Forwarded-For", "X-Forwarded-Proto",
        "X-Real-IP", "X-Request-ID", "X-Requested-With",
    })
    void commonNamesAreMadeOnce(String name) {
        for (String spelling : new String[] {name, name.toLowerCase(Locale.ROOT)}) {
            FieldNames.Known known = find(spelling);
            assertNotNull(known, spelling);
            assertEquals(spelling, known.name());
            assertSame(known.name(), find(spelling).name());
            assertEquals(FieldNames.kind(spelling), known.kind());
        }
        String upper = name.toUpperCase(Locale.ROOT);
        assertEquals(upper.equals(name), find(upper) != null, "other spellings are not kept");
        assertNull(find(name + "x"));
        assertNull(find(name.substring(0, name.length() - 1)));
        assertNull(find("x" + name));
    }

    @ParameterizedTest
    @CsvSource({
        "Host, 1", "HOST, 1", "hOsT, 1", "Content-Length, 2", "content-length, 2", "CONTENT-LENGTH, 2", "Transfer-Encoding, 3",
        "TRANSFER-encoding, 3", "Connection, 4", "cONNECTION, 4", "Expect, 5", "EXPECT, 5", "Hosts, 0", "Hos, 0", "Xost, 0",
        "Content_Length, 0", "Content-Lengtx, 0", "Transfer-Encodinx, 0", "Transfer_Encoding, 0", "Connectiox, 0", "Expecx, 0",
        "X, 0", "Accept, 0", "Keep-Alive, 0",
    })
    void theParserIsToldWhatItMustLookAt(String name, int kind) {
        assertEquals(kind, FieldNames.kind(name));
        assertEquals(FieldNames.HOST, 1);
        assertEquals(FieldNames.CONTENT_LENGTH, 2);
        assertEquals(FieldNames.TRANSFER_ENCODING, 3);
        assertEquals(FieldNames.CONNECTION, 4);
        assertEquals(FieldNames.EXPECT, 5);
        assertEquals(FieldNames.OTHER, 0);
    }

    /** Names of the very hash of a known one, found by search, which only their bytes tell apart. */
    @ParameterizedTest
    @ValueSource(strings = {"host", "cookie", "accept", "range", "server", "connection", "expect", "date", "content-length"})
    void namesOfOneHashAreToldApart(String name) {
        int twins = 0;
        for (int i = 0; i + 1 < name.length(); i++) {
            for (char first = '!'; first < 127; first++) {
                for (char second = '!'; second < 127; second++) {
                    String twin = name.substring(0, i) + first + second + name.substring(i + 2);
                    if (hash(twin) == hash(name) && !twin.equals(name)) {
                        twins++;
                        FieldNames.Known known = find(twin);
                        assertTrue(known == null || known.name().equals(twin), twin);
                    }
                }
            }
        }
        assertTrue(twins > 0, "a test of nothing");
    }

    private static int hash(String name) {
        int hash = 0;
        for (byte b : name.getBytes(StandardCharsets.ISO_8859_1)) {
            hash = FieldNames.hash(hash, b);
        }
        return hash;
    }

    /** Whatever name comes: the head has exactly its bytes, known or not. */
    @Test
    void anyNameIsKeptAsItCame() {
        Random random = new Random(11);
        String chars = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        String[] stems = {"host", "Content-Type", "ETag", "x", "Accept", "dnt", "Sec-GPC", "cookie"};
        for (int round = 0; round < 2_000; round++) {
            StringBuilder name = new StringBuilder(stems[random.nextInt(stems.length)]);
            for (int i = random.nextInt(3); i > 0; i--) {
                name.setCharAt(random.nextInt(name.length()), chars.charAt(random.nextInt(chars.length())));
            }
            String written = name.toString();
            if (FieldNames.kind(written) != FieldNames.OTHER) {
                continue;
            }
            assertEquals(Fields.of("Host", "a", written, "1"), head(written + ": 1").fields());
        }
    }

    @Test
    void commonNamesAreOneStringOverRequests() {
        String lines = "User-Agent: x\r\naccept: y\r\nX-Odd: z";
        Fields one = head(lines).fields();
        Fields two = head(lines).fields();
        assertSame(one.name(0), two.name(0));
        assertSame(one.name(1), two.name(1));
        assertSame(one.name(2), two.name(2));
        assertEquals("X-Odd", one.name(3));
        assertNotSame(one.name(3), two.name(3), "others are not kept: a peer could fill the memory with them");
    }

    @Test
    void commonMethodsAreOneString() {
        for (String method : new String[] {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "REPORT", "PROPFIND"}) {
            assertSame(parse(method).method(), parse(method).method());
            assertEquals(method, parse(method).method());
        }
        for (String method : new String[] {"GEX", "get", "Get", "GE", "GETT", "PUTT", "HEAX", "POS", "M-SEARCH", "!", "DELETX"}) {
            assertEquals(method, parse(method).method());
        }
    }

    private static RequestHead parse(String method) {
        return read(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    private static RequestHead head(String lines) {
        return read("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n\r\n");
    }

    private static RequestHead read(String text) {
        RequestParser parser = new RequestParser(new HeadLimits(100, 1000, 20), "http");
        assertEquals(Progress.DONE, parser.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1))));
        return parser.head();
    }
}
