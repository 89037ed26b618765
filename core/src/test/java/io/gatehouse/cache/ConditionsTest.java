/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Preconditions.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 section 4.3.2: the client's conditions against what is stored. */
class ConditionsTest {

    private static final long NOW = 1_795_435_200_000L;
    private static final String DATE = "Mon, 23 Nov 2026 12:00:00 GMT";
    private static final String MODIFIED = "Mon, 23 Nov 2026 10:00:00 GMT";

    private static Terms terms(int status, String... fields) {
        return Terms.of(status, Fields.of(fields), NOW, NOW, Rules.STANDARD);
    }

    private static Fields request(String text) {
        Fields.Builder fields = Fields.builder();
        for (String line : text.split("\\|", -1)) {
            fields.add(line.substring(0, line.indexOf(':')).trim(), line.substring(line.indexOf(':') + 1));
        }
        return fields.build();
    }

    /** RFC 9110 section 13.2.2: If-None-Match before and instead of If-Modified-Since; weak comparison; lists; stars. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', value = {
        "If-None-Match: \"abcdef\"; NOT_MODIFIED",
        "If-None-Match: W/\"abcdef\"; NOT_MODIFIED",
        "If-None-Match: \"abcdef\", \"1234\", \"5678\"; NOT_MODIFIED",
        "If-None-Match: \"1234\", \"abcdef\", \"5678\"; NOT_MODIFIED",
        "If-None-Match: \"1234\", \"5678\", \"abcdef\"; NOT_MODIFIED",
        "If-None-Match: \"1234\" | If-None-Match: \"abcdef\"; NOT_MODIFIED",
        "If-None-Match: *; NOT_MODIFIED",
        "If-None-Match: \"1234\"; PROCEED",
        "If-None-Match: abcdef; PROCEED",
        "If-None-Match: w/\"abcdef\"; PROCEED",
        "If-None-Match: W\"abcdef\"; PROCEED",
        "If-None-Match: \"abcdef\" | If-Modified-Since: Mon, 23 Nov 2026 09:00:00 GMT; NOT_MODIFIED",
        "If-None-Match: \"1234\" | If-Modified-Since: Mon, 23 Nov 2026 12:00:00 GMT; PROCEED",
        "If-Modified-Since: Mon, 23 Nov 2026 10:00:00 GMT; NOT_MODIFIED",
        "If-Modified-Since: Mon, 23 Nov 2026 11:00:00 GMT; NOT_MODIFIED",
        "If-Modified-Since: Monday, 23-Nov-26 11:00:00 GMT; NOT_MODIFIED",
        "If-Modified-Since: Mon Nov 23 11:00:00 2026; NOT_MODIFIED",
        "If-Modified-Since: Mon, 23 Nov 2026 09:59:59 GMT; PROCEED",
        "If-Modified-Since: yesterday; PROCEED",
        "If-Match: \"abcdef\"; PROCEED",
        "If-Match: \"1234\"; FAILED",
        "If-Match: W/\"abcdef\"; FAILED",
        "If-Unmodified-Since: Mon, 23 Nov 2026 09:00:00 GMT; FAILED",
        "If-Unmodified-Since: Mon, 23 Nov 2026 11:00:00 GMT; PROCEED",
        "Accept: x; PROCEED",
        "Range: bytes=0-1; PROCEED",
    })
    void conditions(String text, Outcome outcome) {
        Terms stored = terms(200, "ETag", "\"abcdef\"", "Last-Modified", MODIFIED, "Date", DATE);
        assertEquals(outcome, Conditions.evaluate("GET", request(text), stored));
        assertEquals(outcome, Conditions.evaluate("HEAD", request(text), stored));
    }

    /** A weak tag matches both ways of writing it; a text that is no tag matches nothing. */
    @Test
    void otherTags() {
        Terms weak = terms(200, "ETag", "W/\"abcdef\"");
        assertEquals(Outcome.NOT_MODIFIED, Conditions.evaluate("GET", request("If-None-Match: W/\"abcdef\""), weak));
        assertEquals(Outcome.NOT_MODIFIED, Conditions.evaluate("GET", request("If-None-Match: \"abcdef\""), weak));
        assertEquals(Outcome.FAILED, Conditions.evaluate("GET", request("If-Match: \"abcdef\""), weak));
        Terms raw = terms(200, "ETag", "abcdef");
        assertEquals(Outcome.PROCEED, Conditions.evaluate("GET", request("If-None-Match: abcdef"), raw));
        assertEquals(Outcome.PROCEED, Conditions.evaluate("GET", request("If-None-Match: \"abcdef\""), raw));
        Terms latin = terms(200, "ETag", "\"abcdef\u00fc\"");
        assertEquals(Outcome.NOT_MODIFIED, Conditions.evaluate("GET", request("If-None-Match: \"abcdef\u00fc\""), latin));
    }

    /** Section 4.3.2: where there is no Last-Modified, Date or the time of receipt stands in for it. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "If-Modified-Since: Mon, 23 Nov 2026 12:00:00 GMT; NOT_MODIFIED",
        "If-Modified-Since: Mon, 23 Nov 2026 13:00:00 GMT; NOT_MODIFIED",
        "If-Modified-Since: Mon Nov 23 13:00:00 2026; NOT_MODIFIED",
        "If-Modified-Since: Mon, 23 Nov 2026 11:59:59 GMT; PROCEED",
        "If-Modified-Since: nonsense; PROCEED",
        "If-Modified-Since: Mon, 23 Nov 2026 13:00:00 GMT | If-None-Match: \"x\"; PROCEED",
        "If-Unmodified-Since: Mon, 23 Nov 2026 11:00:00 GMT; PROCEED",
    })
    void withoutLastModified(String text, Outcome outcome) {
        assertEquals(outcome, Conditions.evaluate("GET", request(text), terms(200, "Date", DATE)));
        assertEquals(outcome, Conditions.evaluate("HEAD", request(text), terms(200, "X", "y")));
        assertEquals(Outcome.PROCEED, Conditions.evaluate("POST", request(text), terms(200, "Date", DATE)));
    }

    /** RFC 9110 section 13.2.1: conditions are about successes. */
    @ParameterizedTest
    @ValueSource(ints = {301, 404, 500})
    void otherStatuses(int status) {
        Terms stored = terms(status, "ETag", "\"a\"", "Cache-Control", "max-age=60");
        assertEquals(Outcome.PROCEED, Conditions.evaluate("GET", request("If-None-Match: \"a\""), stored));
        assertEquals(Outcome.PROCEED, Conditions.evaluate("GET", request("If-Match: \"b\""), stored));
    }

    /** RFC 9110 section 15.4.5. */
    @Test
    void notModified() {
        Fields stored = Fields.of("Content-Type", "text/plain", "cache-control", "max-age=1", "Content-Length", "5", "ETag", "\"a\"",
                "Last-Modified", MODIFIED, "Set-Cookie", "a=b", "Vary", "Foo", "Vary", "Bar", "Date", DATE, "Expires", "0",
                "Content-Location", "/x", "CDN-Cache-Control", "max-age=2", "Content-Encoding", "gzip");
        assertEquals(
                Fields.of("cache-control", "max-age=1", "ETag", "\"a\"", "Vary", "Foo", "Vary", "Bar", "Date", DATE, "Expires", "0",
                        "Content-Location", "/x", "CDN-Cache-Control", "max-age=2"),
                Conditions.notModified(stored));
        assertEquals(Fields.of("Last-Modified", MODIFIED), Conditions.notModified(Fields.of("Last-Modified", MODIFIED, "Content-Type", "x")));
    }
}
