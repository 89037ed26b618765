/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the framing fields of one head say together, and which fields belong to a connection or to trailers. */
class FramingRulesTest {

    /** Lines separated by a bar, as {@code L:} for Content-Length and {@code T:} for Transfer-Encoding. */
    private static FramingRules rules(String lines) {
        FramingRules rules = new FramingRules();
        if (lines != null) {
            for (String line : lines.split("\\|", -1)) {
                String value = line.strip().substring(2);
                if (line.strip().startsWith("L:")) {
                    rules.contentLength(value);
                } else {
                    rules.transferEncoding(value);
                }
            }
        }
        return rules;
    }

    private static String judge(String lines, HttpVersion version) {
        FramingRules rules = rules(lines);
        Fault fault = rules.fault(version);
        if (fault != null) {
            return fault.refusal().name();
        }
        return rules.absent() ? "none" : rules.chunked() ? "chunked" : "" + rules.length();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', nullValues = "-", value = {
        // lines > HTTP/1.1 > HTTP/1.0
        "-                        > none        > none",
        "L:0                      > 0           > 0",
        "L:1                      > 1           > 1",
        "L:000                    > 0           > 0",
        "L:0000000000000000007    > 7           > 7",
        "L:00000000000000000007   > FRAMING     > FRAMING",
        "L:9223372036854775807    > 9223372036854775807 > 9223372036854775807",
        "L:9223372036854775808    > FRAMING     > FRAMING",
        "L:9999999999999999999    > FRAMING     > FRAMING",
        "L:                       > FRAMING     > FRAMING",
        "L:-0                     > FRAMING     > FRAMING",
        "L:+1                     > FRAMING     > FRAMING",
        "L:1 1                    > FRAMING     > FRAMING",
        "L:1,1                    > FRAMING     > FRAMING",
        "L:0x10                   > FRAMING     > FRAMING",
        "L:1_000                  > FRAMING     > FRAMING",
        "L:1.5                    > FRAMING     > FRAMING",
        "L:\u0661                 > FRAMING     > FRAMING",
        "L:1|L:1                  > FRAMING     > FRAMING",
        "L:1|L:2                  > FRAMING     > FRAMING",
        "L:0|L:0                  > FRAMING     > FRAMING",
        "T:chunked                > chunked     > FRAMING",
        "T:CHUNKED                > chunked     > FRAMING",
        "T:Chunked                > chunked     > FRAMING",
        "T:chunked|L:5            > FRAMING     > FRAMING",
        "L:5|T:chunked            > FRAMING     > FRAMING",
        "L:0|T:chunked            > FRAMING     > FRAMING",
        "L:x|T:chunked            > FRAMING     > FRAMING",
        "L:5|T:identity           > FRAMING     > FRAMING",
        "T:                       > FRAMING     > FRAMING",
        "T:,                      > FRAMING     > FRAMING",
        "T:chunked,               > FRAMING     > FRAMING",
        "T:,chunked               > FRAMING     > FRAMING",
        "T:chunked,chunked        > FRAMING     > FRAMING",
        "T:chunked|T:chunked      > FRAMING     > FRAMING",
        "T:chunked|T:gzip         > FRAMING     > FRAMING",
        "T:chunked, gzip          > FRAMING     > FRAMING",
        "T:chunked, gzip, chunked > FRAMING     > FRAMING",
        "T:gzip                   > FRAMING     > FRAMING",
        "T:identity               > FRAMING     > FRAMING",
        "T:gzip, br               > FRAMING     > FRAMING",
        "T:gzip;q=1, chunked      > FRAMING     > FRAMING",
        "T:chunked;a=b            > FRAMING     > FRAMING",
        "T:x chunked              > FRAMING     > FRAMING",
        "T:xchunked               > FRAMING     > FRAMING",
        "T:chunkedx               > FRAMING     > FRAMING",
        "T:'chunked'              > FRAMING     > FRAMING",
        "T:gzip, chunked          > UNSUPPORTED > FRAMING",
        "T:gzip,chunked           > UNSUPPORTED > FRAMING",
        "T:gzip|T:chunked         > UNSUPPORTED > FRAMING",
        "T:br, gzip, chunked      > UNSUPPORTED > FRAMING",
        "T:identity, chunked      > UNSUPPORTED > FRAMING",
        "T:x-chunked, chunked     > UNSUPPORTED > FRAMING",
        "T:gzip,\tCHUNKED         > UNSUPPORTED > FRAMING",
    })
    void judgesTogether(String lines, String now, String then) {
        assertEquals(now, judge(lines, HttpVersion.HTTP_1_1));
        assertEquals(then, judge(lines, HttpVersion.HTTP_1_0));
    }

    @Test
    void resetForgetsAll() {
        for (String lines : new String[] {"L:1", "T:chunked", "L:1|L:2|T:x"}) {
            FramingRules rules = rules(lines);
            assertFalse(rules.absent());
            rules.reset();
            assertTrue(rules.absent());
            assertFalse(rules.chunked());
            assertEquals(-1, rules.length());
            assertNull(rules.fault(HttpVersion.HTTP_1_0));
            rules.contentLength("3");
            assertNull(rules.fault(HttpVersion.HTTP_1_1), "one line, not two");
            assertEquals(3, rules.length());
        }
    }

    @Test
    void textsNameWhatIsWrong() {
        assertDetail("L:1|L:1", "more than one Content-Length");
        assertDetail("L:1|T:chunked", "both Content-Length and Transfer-Encoding");
        assertDetail("L:abc", "'abc'");
        assertDetail("T:gzip, chunked", "'gzip' is not supported: send chunked alone");
        assertDetail("T:a b", "unclear: 'a b'");
        assertDetail("T:chunked, gzip", "'chunked, gzip'");
        assertDetail("L:" + "9".repeat(100), "9".repeat(64) + "...");
    }

    private static void assertDetail(String lines, String part) {
        Fault fault = rules(lines).fault(HttpVersion.HTTP_1_1);
        assertNotNull(fault);
        assertTrue(fault.detail().contains(part), fault.detail());
    }

    @Test
    void aFramingOfNothingIsNone() {
        assertSame(Framing.NONE, Framing.ofLength(0));
        assertEquals(new Framing(Framing.Kind.LENGTH, 1), Framing.ofLength(1));
        assertEquals(0, Framing.NONE.length());
        assertEquals(-1, Framing.CHUNKED.length());
        assertEquals(-1, Framing.UNTIL_CLOSE.length());
        assertNotEquals(Framing.ofLength(1), Framing.ofLength(2));
    }

    @ParameterizedTest
    @CsvSource({
        "Connection, true", "connection, true", "Keep-Alive, true", "KEEP-ALIVE, true", "Proxy-Connection, true", "TE, true",
        "te, true", "Transfer-Encoding, true", "Upgrade, true", "UPGRADE, true", "Trailer, false", "Content-Length, false",
        "Host, false", "Date, false", "TX, false", "Xpgrade, false", "Xonnection, false", "Xeep-Alive, false", "A, false",
        "Proxy-Xonnection, false", "Transfer-Xncoding, false", "Proxy-Authorization, false", "Via, false", "Connections, false",
    })
    void someFieldsAreTheConnections(String name, boolean itsOwn) {
        assertEquals(itsOwn, FieldRules.isConnectionField(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Transfer-Encoding", "Content-Length", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "TE", "Trailer", "Host",
        "Max-Forwards", "Expect", "Cache-Control", "Pragma", "Range", "If-Match", "If-None-Match", "If-Modified-Since",
        "If-Unmodified-Since", "If-Range", "Authorization", "Proxy-Authorization", "Proxy-Authenticate", "WWW-Authenticate",
        "Cookie", "Set-Cookie", "Age", "Expires", "Date", "Location", "Retry-After", "Vary", "Content-Encoding", "Content-Type",
        "Content-Range", "Content-Location", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
        "X-Forwarded-Port",
    })
    void someFieldsNeverComeInTrailers(String name) {
        assertEquals(Fields.EMPTY, FieldRules.trailers(Fields.of(name, "x")));
        assertEquals(Fields.EMPTY, FieldRules.trailers(Fields.of(name.toLowerCase(java.util.Locale.ROOT), "x", name, "y")));
        assertEquals(Fields.of("X-A", "1"), FieldRules.trailers(Fields.of(name, "x", "X-A", "1")));
    }

    @Test
    void trailersThatMayAllComeAreNotCopied() {
        Fields fields = Fields.of("ETag", "\"x\"", "Server-Timing", "db", "Digest", "y");
        assertSame(fields, FieldRules.trailers(fields));
        assertSame(Fields.EMPTY, FieldRules.trailers(Fields.EMPTY));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', nullValues = "-", value = {
        "-                  | ''",
        "close              | ''",
        "Close, CLOSE       | ''",
        "x                  | x",
        "x, close, y        | x,y",
        " x ,,y ,           | x,y",
        "X, x               | X",
        "keep-alive         | keep-alive",
        "Upgrade, X-Hop     | Upgrade,X-Hop",
    })
    void connectionNominatesFields(String value, String names) {
        Fields fields = value == null ? Fields.of("A", "b") : Fields.of("A", "b", "connection", value);
        String wanted = names.equals("''") ? "" : names;
        assertEquals(wanted.isEmpty() ? Set.of() : Set.of(wanted.split(",")), FieldRules.nominated(fields));
        for (String name : wanted.isEmpty() ? new String[0] : wanted.split(",")) {
            assertTrue(FieldRules.nominated(fields).contains(name.toUpperCase(java.util.Locale.ROOT)), "without case");
        }
    }

    @Test
    void severalConnectionLinesNominateTogether() {
        assertEquals(Set.of("a", "b"), FieldRules.nominated(Fields.of("Connection", "a", "connection", "close, b")));
    }
}
