/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9213 (targeted cache control) and the grammar of RFC 9651 that it stands on. */
class TargetedFieldTest {

    private static CacheControl of(String targeted, String control) {
        return CacheControl.ofResponse(Fields.of("Cache-Control", control, "CDN-Cache-Control", targeted));
    }

    /** RFC 9213 section 2.2: it alone decides, in both directions. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', value = {
        "max-age=10000         | no-store      | false | 10000",
        "no-store              | max-age=10000 | true  | -1",
        "max-age=1             | max-age=3600  | false | 1",
        "max-age=3600          | max-age=1     | false | 3600",
        "max-age=0             | max-age=3600  | false | 0",
        "max-age=2147483648    | max-age=1     | false | 2147483648",
        "max-age=99999999999   | max-age=1     | false | 2147483648",
        "max-age=-5            | max-age=3600  | false | 0",
        "max-age=10, no-store  | public        | true  | 10",
        "foo                   | max-age=10    | false | -1",
        "foo=bar;x=\"y\"       | no-store      | false | -1",
        "max-age=60;foo=bar;b  | no-store      | false | 60",
        "  max-age=60  ,\tfoo  | no-store      | false | 60",
        "no-store=?1           | max-age=10    | true  | -1",
        "no-store=?0, max-age=5 | no-store     | false | 5",
        "max-age=1, max-age=9  | max-age=10    | false | 9",
        "no-store, no-store=?0 | max-age=10    | false | -1",
    }, delimiter = '|')
    void decidesAlone(String targeted, String control, boolean noStore, long maxAge) {
        CacheControl read = of(targeted, control);
        assertTrue(read.targeted(), targeted);
        assertEquals(noStore, read.noStore(), targeted);
        assertEquals(maxAge, read.maxAge(), targeted);
    }

    /** RFC 9213 section 2.1: what is empty, no dictionary, or of the wrong type is ignored as a whole. */
    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", ",", "max-age=3600,", "max-age=3600,,foo", ", max-age=3600", "max-age =3600", "max-age= 3600", "max-age=",
        "Max-Age=3600", "MaX-aGe=3600", "max-age=3600.0", "max-age=\"3600\"", "max-age='3600'", "max-age=a3600",
        "max-age=3600a", "max-age", "max-age=?1", "max-age=:YWJj:", "max-age=(3600)", "max-age=3600 foo", "no-store=1",
        "no-store=\"x\"", "no-store=yes", "no-store=?2", "no-store=?", "public=()", "must-revalidate=1", "private=1",
        "no-cache=token", "s-maxage=x, max-age=3600", "max-age=3600, foo=\"bar", "max-age=3600, foo=(a b",
        "max-age=3600, foo=(a\tb)", "max-age=3600, foo=(a\"b\")", "max-age=3600, foo=:a", "max-age=3600, foo=:a_b:",
        "max-age=3600, foo=\"\\a\"", "max-age=3600, foo=1.", "max-age=3600, foo=1.2345", "max-age=3600, foo=--1",
        "max-age=3600, foo=1234567890123456", "max-age=3600, foo=1234567890123.1", "max-age=3600, foo=@1.5", "max-age=3600, foo=@x",
        "max-age=3600, foo=%\"a%ZZ\"", "max-age=3600, foo=%\"a%C3\"", "max-age=3600, foo=%a", "max-age=3600, Foo", "max-age=3600;Foo",
        "max-age=3600; ", "max-age=3600, 1foo", "max-age=3600, foo=}", "max-age=3600, foo=\"\u00e9\"",
        "max-age=3600, foo=-", "max-age=3600 , foo=%\"a%e", "max-age=3600, foo=%\"\u00e9\"",
    })
    void ignoredAsAWhole(String targeted) {
        CacheControl read = of(targeted, "max-age=7, s-maxage=8");
        assertFalse(read.targeted(), targeted);
        assertEquals(7, read.maxAge(), targeted);
        assertEquals(8, read.sMaxAge(), targeted);
    }

    /** RFC 9651 section 3: members of any type and with any parameters may stand next to what is understood. */
    @ParameterizedTest
    @ValueSource(strings = {
        "a=1", "a=-1", "a=123456789012345", "a=1.5", "a=-123456789012.123", "a=\"x, y; z\"", "a=\"\\\"\\\\\"", "a=tok:en/x*", "a=*x",
        "a=:YWJj:", "a=::", "a=?1", "a=?0", "a=()", "a=(  )", "a=(1 \"2\" three;p=4 ?0);q", "a=@1659578233", "a=%\"f%c3%bc\"",
        "a;b;c=1;d=\"x\"", "a;  b", "*a", "a_b-c.d*e=1", "a=Z", "a=\"\"", "a=%\"\"",
    })
    void membersOfOtherTypes(String member) {
        CacheControl before = of(member + ", max-age=60", "no-store");
        CacheControl behind = of("max-age=60;x=y," + member, "no-store");
        assertTrue(before.targeted() && behind.targeted(), member);
        assertEquals(60, before.maxAge(), member);
        assertEquals(60, behind.maxAge(), member);
    }

    /** RFC 9651 section 4.2: lines are one list. */
    @Test
    void linesAreJoined() {
        Fields two = Fields.of("CDN-Cache-Control", "max-age=60", "cdn-cache-control", "no-cache");
        assertEquals(60, CacheControl.ofResponse(two).maxAge());
        assertTrue(CacheControl.ofResponse(two).noCache());
        Fields broken = Fields.of("CDN-Cache-Control", "max-age=60", "CDN-Cache-Control", "?");
        assertFalse(CacheControl.ofResponse(broken).targeted());
    }

    @Test
    void everyDirective() {
        CacheControl read = of("private=\"Set-Cookie, x\", no-cache=\"a\", public, must-revalidate, proxy-revalidate, must-understand, "
                + "no-transform, s-maxage=1, stale-while-revalidate=2, stale-if-error=3, max-stale, min-fresh=4", "no-store");
        assertEquals("[set-cookie, x]", read.privateFields().toString());
        assertEquals("[a]", read.noCacheFields().toString());
        assertFalse(read.isPrivate() || read.noCache() || read.noStore());
        assertTrue(read.isPublic() && read.mustRevalidate() && read.proxyRevalidate() && read.mustUnderstand()
                && read.noTransform());
        assertEquals(1, read.sMaxAge());
        assertEquals(2, read.staleWhileRevalidate());
        assertEquals(3, read.staleIfError());
        assertEquals(CacheControl.MOST, read.maxStale());
        assertTrue(of("private", "public").isPrivate());
        assertTrue(of("private=\"\"", "public").isPrivate());
        assertFalse(of("private=\"a\", private=?0", "public").isPrivate());
        assertEquals("[]", of("private=\"a\", private=?0", "public").privateFields().toString());
        assertEquals("targeted, max-age=5", of("max-age=5", "public").toString());
    }
}
