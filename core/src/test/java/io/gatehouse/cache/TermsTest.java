/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.EntityTag;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read of an answer when it is stored (RFC 9111 sections 3 and 4.3.1), and what a route says of it. */
class TermsTest {

    private static final long SECOND = 1_795_435_200L;
    private static final long NOW = 1000 * SECOND + 500;

    private static Terms of(String... fields) {
        return Terms.of(200, Fields.of(fields), NOW, NOW, Rules.STANDARD);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', delimiter = ';', value = {
        "\"a\"; a; false; true",
        "W/\"a\"; a; true; false",
        "a; ; false; false",
        "w/\"a\"; ; false; false",
        "\"a; ; false; false",
        "\"\"; ~~; false; true",
    })
    void tags(String text, String opaque, boolean weak, boolean strong) {
        Terms terms = of("ETag", text);
        assertEquals(opaque == null ? null : new EntityTag(opaque, weak), terms.tag());
        assertEquals(strong, terms.tag() != null && !terms.tag().weak());
        assertTrue(terms.validates());
    }

    @Test
    void dates() {
        String one = HttpDate.format(SECOND - 100);
        String other = HttpDate.format(SECOND - 50);
        Terms terms = of("Last-Modified", one, "Date", other);
        assertEquals(SECOND - 100, terms.modified());
        assertEquals(SECOND - 50, terms.date());
        assertTrue(terms.validates());
        assertEquals(HttpDate.NONE, of("Last-Modified", one, "Last-Modified", one).modified());
        assertEquals(HttpDate.NONE, of("Last-Modified", "x").modified());
        assertTrue(of("Last-Modified", "x").validates());
        assertEquals(SECOND, of("Date", "x").date());
        assertEquals(SECOND, of("Date", other, "Date", other).date());
        assertEquals(SECOND, of("X", "y").date());
        assertFalse(of("X", "y").validates());
        assertNull(of("X", "y").tag());
    }

    @Test
    void expiredKeepsTheRest() {
        Terms terms = of("Cache-Control", "max-age=10, public", "ETag", "\"a\"", "Age", "1");
        Terms expired = terms.expired(NOW + 2_000);
        assertFalse(expired.freshness().isFresh(NOW + 2_000));
        assertEquals(3, expired.freshness().age(NOW + 2_000));
        assertEquals(terms.directives(), expired.directives());
        assertEquals(terms.tag(), expired.tag());
        assertEquals(terms.date(), expired.date());
        assertEquals(200, expired.status());
    }

    /** The route's lifetime is for successes and what is permanent; for errors when told; never for all that. */
    @ParameterizedTest
    @CsvSource({
        "200, 60, 60", "203, 60, 60", "204, 60, 60", "206, 60, 60", "300, 60, 60", "301, 60, 60", "308, 60, 60", "302, -1, -1", "303, -1, -1",
        "307, -1, -1", "201, -1, -1", "202, -1, -1", "404, -1, 60", "405, -1, 60", "410, -1, 60", "414, -1, 60", "501, -1, 60", "400, -1, -1",
        "401, -1, -1", "403, -1, -1", "429, -1, -1", "500, -1, -1", "502, -1, -1", "503, -1, -1", "599, -1, -1",
    })
    void rules(int status, long plain, long told) {
        assertEquals(plain, Rules.STANDARD.withLifetime(60).lifetime(status));
        assertEquals(told, new Rules(60, true, true, true, 0, 0).lifetime(status));
        assertEquals(Rules.AS_HEADERS_SAY, Rules.STANDARD.lifetime(status));
        assertEquals(Rules.NEVER, Rules.STANDARD.withLifetime(Rules.NEVER).lifetime(status));
    }

    @Test
    void rulesWithOneThingChanged() {
        Rules rules = new Rules(5, true, false, true, 7, 9);
        assertEquals(new Rules(6, true, false, true, 7, 9), rules.withLifetime(6));
    }
}
