/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 section 5.2: the grammar of Cache-Control and each directive. */
class CacheControlTest {

    private static CacheControl of(String... lines) {
        Fields.Builder fields = Fields.builder();
        for (String line : lines) {
            fields.add("Cache-Control", line);
        }
        return CacheControl.of(fields.build());
    }

    /** Section 1.2.2 (delta-seconds) and section 4.2.1 (what can't be read is stale). */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', value = {
        "max-age=3600                                | 3600",
        "max-age=0                                   | 0",
        "MaX-aGe=3600                                | 3600",
        "max-age=003600                              | 3600",
        "max-age=2147483647                          | 2147483647",
        "max-age=2147483648                          | 2147483648",
        "max-age=2147483649                          | 2147483648",
        "max-age=99999999999                         | 2147483648",
        "max-age=99999999999999999999999999999999999 | 2147483648",
        "max-age=\"3600\"                            | 3600",
        "max-age=\"3600\" , public                   | 3600",
        "max-age=\"3600\"x                           | 0",
        "max-age=\"36\\00\"                          | 0",
        "max-age=\" 3600\"                           | 0",
        "max-age='3600'                              | 0",
        "max-age=-3600                               | 0",
        "max-age=+3600                               | 0",
        "max-age=3600.0                              | 0",
        "max-age=3600.5                              | 0",
        "max-age=a3600                               | 0",
        "max-age=3600a                               | 0",
        "max-age=36 00                               | 0",
        "max-age=3600;x                              | 0",
        "max-age =3600                               | 0",
        "max-age= 3600                               | 0",
        "max-age = 3600                              | 0",
        "max-age=                                    | 0",
        "max-age                                     | 0",
        "max-age=\"\"                                | 0",
        "max-age=\"3600                              | 0",
        "max-age=1, max-age=1800                     | 1",
        "max-age=1800, max-age=1                     | 1800",
        "max-age=x, max-age=1800                     | 0",
        "foobar, max-age=3600                        | 3600",
        "foobar=baz, max-age=3600                    | 3600",
        "foobar=\"baz\", max-age=3600                | 3600",
        ",, ,max-age=3600,                           | 3600",
        "extension=\"max-age=3600\", max-age=1       | 1",
        "max-age=1, extension=\"max-age=3600\"       | 1",
        "extension=\"max-age=3600\", max-age=\"1\"   | 1",
        "extension=\"a, max-age=3600, b\"            | -1",
        "extension=\"a\\\", max-age=3600, b\"        | -1",
        "extension=\"a\\\\\", max-age=3600           | 3600",
        "extension=\"a, max-age=3600                 | 3600",
        "x-max-age=3600                              | -1",
        "max-age-x=3600                              | -1",
        "s-maxage=3600                               | -1",
        "@max-age=3600                               | -1",
        "=max-age=3600                               | -1",
    }, delimiter = '|')
    void secondsOfALifetime(String line, long seconds) {
        assertEquals(seconds, of(line).maxAge(), line);
    }

    /** Section 4.2.1: of duplicates on several lines the first counts. */
    @Test
    void firstOfSeveralLines() {
        assertEquals(1, of("max-age=1", "max-age=1800").maxAge());
        assertEquals(1800, of("max-age=1800", "max-age=1").maxAge());
        assertEquals(0, of("max-age=1800, s-maxage=x", "s-maxage=1").sMaxAge());
    }

    /** A quoted string that is open at the end of a line does not swallow the next line. */
    @Test
    void linesStandForThemselves() {
        CacheControl read = of("foo=\"bar", "no-store, foo=\"", "private");
        assertTrue(read.noStore());
        assertTrue(read.isPrivate());
    }

    /** Sections 5.2.1.2 and 5.2.1.3: a bare max-stale is any staleness; what can't be read is none. */
    @ParameterizedTest
    @CsvSource({"max-stale, 2147483648", "max-stale=10, 10", "max-stale=x, 0", "max-stale =5, 0", "foo, -1", "max-stale x, 0"})
    void maxStale(String line, long seconds) {
        assertEquals(seconds, of(line).maxStale(), line);
    }

    @Test
    void everyNumberHasItsAccessor() {
        CacheControl read = of("max-age=1, s-maxage=2, min-fresh=3, max-stale=4, stale-while-revalidate=5, stale-if-error=6");
        assertEquals(1, read.maxAge());
        assertEquals(2, read.sMaxAge());
        assertEquals(3, read.minFresh());
        assertEquals(4, read.maxStale());
        assertEquals(5, read.staleWhileRevalidate());
        assertEquals(6, read.staleIfError());
        assertFalse(read.targeted());
    }

    /** Section 5.2: what forbids counts whatever follows, in any case. */
    @ParameterizedTest
    @ValueSource(strings = {
        "no-store", "No-StOrE", "no-store=1", "no-store=\"x\"", "no-store x", "no-store ,max-age=10", "max-age=10, no-store",
        "no-store = x", "foo=\"x, no-store", "no-store;q=1"
    })
    void bindingWhateverFollows(String line) {
        assertTrue(of(line).noStore(), line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-stores", "nno-store", "foo=no-store", "foo=\"no-store\"", "foo=\"a, no-store\"", "foo=\"\\\"no-store\"", "no_store"})
    void namesAreWhole(String line) {
        assertFalse(of(line).noStore(), line);
    }

    /** Sections 5.2.2.9 and 5.2.2.3: what allows counts only as it is written. */
    @ParameterizedTest
    @CsvSource({"public, true", "PUBLIC, true", "public=1, false", "public x, false", "public =, false", "'public , foo', true"})
    void permittingOnlyBare(String line, boolean allows) {
        assertEquals(allows, of(line).isPublic(), line);
        assertEquals(allows, of(line.toLowerCase(java.util.Locale.ROOT).replace("public", "must-understand")).mustUnderstand());
    }

    @Test
    void everyFlagHasItsAccessor() {
        assertTrue(of("must-revalidate").mustRevalidate());
        assertTrue(of("proxy-revalidate").proxyRevalidate());
        assertTrue(of("only-if-cached").onlyIfCached());
        assertTrue(of("no-transform").noTransform());
        assertTrue(of("no-cache").noCache());
        assertTrue(of("private").isPrivate());
        CacheControl none = of("max-age=1");
        assertFalse(none.mustRevalidate() || none.proxyRevalidate() || none.onlyIfCached() || none.noTransform()
                || none.noCache() || none.isPrivate() || none.isPublic() || none.noStore() || none.mustUnderstand());
    }

    /** Sections 5.2.2.4 and 5.2.2.7: with field names only those are meant; anything else means the whole. */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '~', value = {
        "private=\"Set-Cookie\"          | false | [set-cookie]",
        "private=\"Set-Cookie, X-A\"     | false | [set-cookie, x-a]",
        "private=\" Set-Cookie ,, X-A \" | false | [set-cookie, x-a]",
        "private=Set-Cookie              | false | [set-cookie]",
        "private                         | true  | []",
        "private=                        | true  | []",
        "private=\"\"                    | true  | []",
        "private=\" , \"                 | true  | []",
        "private=\"a b\"                 | true  | []",
        "private=\"Set-Cookie\" x        | true  | []",
        "private =\"Set-Cookie\"         | true  | []",
        "private=\"Set-Cookie            | true  | []",
        "private=\"a\", private          | true  | [a]",
        "private=\"a\", private=\"b\"    | false | [a, b]",
        "foo                             | false | []",
    }, delimiter = '|')
    void qualified(String line, boolean whole, String fields) {
        CacheControl read = of(line);
        assertEquals(whole, read.isPrivate(), line);
        assertEquals(fields, read.privateFields().toString(), line);
        CacheControl other = of(line.replace("private", "no-cache"));
        assertEquals(whole, other.noCache(), line);
        assertEquals(fields, other.noCacheFields().toString(), line);
    }

    /** No field, no garbage: the fast path of requests. */
    @Test
    void absentIsOneAndTheSame() {
        assertSame(CacheControl.NONE, CacheControl.of(Fields.of("Host", "a", "X-Cache-Control", "no-store")));
        assertSame(CacheControl.NONE, CacheControl.ofRequest(Fields.of("Host", "a")));
        assertSame(CacheControl.NONE, CacheControl.ofResponse(Fields.EMPTY));
        assertEquals(-1, CacheControl.NONE.maxAge());
        assertEquals(-1, CacheControl.NONE.staleIfError());
        assertEquals(List.of(), CacheControl.NONE.noCacheFields());
    }

    /** Section 5.4: Pragma of a request counts only without Cache-Control, and only no-cache; of a response never. */
    @ParameterizedTest
    @CsvSource({
        "no-cache, , true",
        "NO-CACHE, , true",
        "'foo, no-cache', , true",
        "unrecognised-extension, , false",
        "no-cache=1, , false",
        "no-cache, max-age=10, false",
        "no-cache, foo, false",
        "foo, no-cache, true",
    })
    void pragma(String pragma, String control, boolean validates) {
        Fields request = Fields.of("Pragma", pragma);
        if (control != null) {
            request = request.plus("cache-control", control);
        }
        assertEquals(validates, CacheControl.ofRequest(request).noCache());
        assertEquals("no-cache".equals(control), CacheControl.ofResponse(request).noCache());
    }

    @Test
    void equality() {
        assertEquals(of("max-age=1, public"), of("public", "max-age=1"));
        assertEquals(of("max-age=1, public").hashCode(), of("public", "max-age=1").hashCode());
        assertNotEquals(of("max-age=1"), of("max-age=2"));
        assertNotEquals(of("max-age=1"), of("max-age=1, public"));
        assertNotEquals(of("private=a"), of("private=b"));
        assertNotEquals(of("no-cache=a"), of("no-cache=b"));
        assertEquals("max-age=1, no-store private=[a]", of("private=a, no-store, max-age=1").toString());
    }
}
