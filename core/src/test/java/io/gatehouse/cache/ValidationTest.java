/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.Validation.Verdict;
import io.gatehouse.http.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 sections 4.3 (validation) and 3.2 (updating). */
class ValidationTest {

    private static final long NOW = 1_795_435_200_000L;
    private static final String DATE = "Mon, 23 Nov 2026 12:00:00 GMT";
    private static final String MODIFIED = "Wed, 01 Jan 2020 00:00:00 GMT";

    /** Section 4.3.1: the stored validators, byte for byte, in the place of the client's conditions. */
    @ParameterizedTest
    @ValueSource(strings = {"\"abc\"", "W/\"abc\"", "abc", "w/\"abc\"", "\"ab\\c\"", "\"\"", "\"\u00fc\""})
    void request(String tag) {
        Fields client = Fields.of("Host", "a", "If-None-Match", "\"x\"", "if-modified-since", DATE, "If-Match", "\"y\"",
                "If-Unmodified-Since", DATE, "Range", "bytes=0-1", "If-Range", "\"z\"", "Abc", "123", "Cookie", "a=b");
        Fields stored = Fields.of("ETag", tag, "Last-Modified", MODIFIED, "Vary", "Abc");
        assertEquals(
                Fields.of("Host", "a", "Abc", "123", "Cookie", "a=b", "If-None-Match", tag, "If-Modified-Since", MODIFIED),
                Validation.request(client, stored));
    }

    @Test
    void requestWithOneValidator() {
        Fields client = Fields.of("Host", "a");
        assertEquals(client.plus("If-None-Match", "\"a\""), Validation.request(client, Fields.of("ETag", "\"a\"")));
        assertEquals(client.plus("If-Modified-Since", MODIFIED), Validation.request(client, Fields.of("Last-Modified", MODIFIED)));
        assertEquals(client, Validation.request(client, Fields.of("Date", DATE)));
        assertEquals(Fields.of("A", "b"), Validation.unconditional(Fields.of("A", "b", "If-Range", "x", "RANGE", "y")));
    }

    /** Section 3.2: a 304 replaces what it carries. */
    @ParameterizedTest
    @ValueSource(strings = {
        "Test-Header", "X-Test-Header", "Content-Foo", "X-Content-Foo", "Cache-Control", "Content-Encoding", "Content-Location",
        "Content-MD5", "Content-Range", "Content-Security-Policy", "Content-Type", "Clear-Site-Data", "ETag", "Expires", "Last-Modified",
        "Public-Key-Pins", "Set-Cookie", "Set-Cookie2", "X-Frame-Options", "X-XSS-Protection", "Vary", "Link", "CDN-Cache-Control"
    })
    void replaced(String name) {
        Fields stored = Fields.of("A", "1", name, "old", "Content-Length", "5", name, "older", "Date", "before");
        Fields answer = Fields.of("Date", DATE, name.toUpperCase(java.util.Locale.ROOT), "new");
        Fields expected = Fields.of("A", "1", "Content-Length", "5", "Date", DATE, name.toUpperCase(java.util.Locale.ROOT), "new");
        assertEquals(expected, Validation.updated(200, stored, answer, NOW));
    }

    /** Section 3.2: but not what tells of the body or of the connection. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length", "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authentication-Info",
        "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"})
    void notReplaced(String name) {
        Fields stored = Fields.of("A", "1", name, "5", "Date", "before");
        Fields updated = Validation.updated(200, stored, Fields.of("Date", DATE, name, "10"), NOW);
        assertEquals(Fields.of("A", "1", name, "5", "Date", DATE), updated);
    }

    @Test
    void whatConnectionNamesIsNotTakenOver() {
        Fields answer = Fields.of("Date", DATE, "Connection", "close, X-Hop", "X-Hop", "new");
        assertEquals(Fields.of("X-Hop", "old", "Date", DATE), Validation.updated(200, Fields.of("X-Hop", "old"), answer, NOW));
    }

    /** A part's Content-Range tells where the stored bytes lie. */
    @Test
    void contentRangeOfAPart() {
        Fields stored = Fields.of("Content-Range", "bytes 0-4/10");
        Fields answer = Fields.of("Date", DATE, "Content-Range", "bytes 0-9/10");
        assertEquals("bytes 0-4/10", Validation.updated(206, stored, answer, NOW).first("Content-Range"));
        assertEquals("bytes 0-9/10", Validation.updated(200, stored, answer, NOW).first("Content-Range"));
    }

    /** Section 4.2.3: the age is reckoned anew, and a 304 without a Date is dated as received. */
    @Test
    void freshnessAnew() {
        Fields stored = Fields.of("Cache-Control", "max-age=2", "Date", "Mon, 23 Nov 2026 11:00:00 GMT", "Age", "7");
        Fields updated = Validation.updated(200, stored, Fields.of("X", "y"), NOW);
        assertEquals(Fields.of("Cache-Control", "max-age=2", "X", "y", "Date", DATE), updated);
        assertTrue(Terms.of(200, updated, NOW, NOW, Rules.STANDARD).freshness().isFresh(NOW + 1_999));
        Fields aged = Validation.updated(200, stored, Fields.of("Age", "1"), NOW);
        Terms terms = Terms.of(200, aged, NOW, NOW, Rules.STANDARD);
        assertTrue(terms.freshness().isFresh(NOW + 999));
        assertFalse(terms.freshness().isFresh(NOW + 1_000));
        assertFalse(StoredFields.of(aged, terms.directives(), NOW).contains("Age"));
    }

    /** Section 4.3.5: what HEAD says. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', value = {
        "200; X: y; UPDATE",
        "200; ETag: \"a\"; UPDATE",
        "200; ETag: \"a\" | Last-Modified: Wed, 01 Jan 2020 00:00:00 GMT | Content-Length: 10; UPDATE",
        "200; Content-Length: 10; UPDATE",
        "200; Content-Length: 11; STALE",
        "200; Content-Length: x; STALE",
        "200; ETag: \"b\"; STALE",
        "200; ETag: W/\"a\"; STALE",
        "200; ETag: \"a\" | Last-Modified: Wed, 01 Jan 2020 00:00:01 GMT; STALE",
        "200; ETag: \"a\" | Content-Length: 9; STALE",
        "404; X: y; STALE",
        "410; Cache-Control: max-age=1000; STALE",
        "206; ETag: \"b\"; NOTHING",
        "304; ETag: \"b\"; NOTHING",
        "302; X: y; NOTHING",
        "403; X: y; NOTHING",
        "503; X: y; NOTHING",
    })
    void head(int status, String text, Verdict verdict) {
        Fields.Builder answer = Fields.builder();
        for (String line : text.split(" \\| ", -1)) {
            answer.add(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1));
        }
        Fields stored = Fields.of("ETag", "\"a\"", "Last-Modified", MODIFIED);
        assertEquals(verdict, Validation.ofHead(status, answer.build(), 200, stored, 10));
        assertEquals(verdict, Validation.ofHead(status, answer.build(), 206, stored, 10));
        Verdict ofError = status == 404 || status == 410 ? Verdict.STALE : Verdict.NOTHING;
        assertEquals(ofError, Validation.ofHead(status, answer.build(), 404, stored, 10));
    }

    /** A validator that is new says that the stored answer is of another time. */
    @Test
    void headWithANewValidator() {
        assertEquals(Verdict.STALE, Validation.ofHead(200, Fields.of("ETag", "\"a\""), 200, Fields.of("X", "y"), 10));
        assertEquals(Verdict.UPDATE, Validation.ofHead(200, Fields.of("Content-Length", "7"), 206, Fields.of("X", "y"), -1));
        assertEquals(Verdict.UPDATE, Validation.ofHead(200, Fields.of("Content-Length", "8589934592"), 200, Fields.EMPTY, 8_589_934_592L));
        assertEquals(Verdict.STALE, Validation.ofHead(200, Fields.of("Content-Length", "8589934593"), 200, Fields.EMPTY, 8_589_934_592L));
    }
}
