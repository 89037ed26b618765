/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9111 section 3: what may be stored, and why not. */
class StoringTest {

    private static final long NOW = 1_795_435_200_000L;

    private static RequestHead head(String method, Fields fields) {
        return new RequestHead(method, "http", Authority.parse("a.example"), "/dir/page?q=1", HttpVersion.HTTP_1_1, fields);
    }

    private static Fields fields(@Nullable String text) {
        Fields.Builder fields = Fields.builder();
        for (String line : text == null ? new String[0] : text.split("\\|", -1)) {
            int colon = line.indexOf(':');
            fields.add(line.substring(0, colon).trim(), line.substring(colon + 1));
        }
        return fields.build();
    }

    private static @Nullable Reason refusal(String method, @Nullable String request, int status, @Nullable String response, Rules rules) {
        Fields fields = fields(response);
        Terms terms = Terms.of(status, fields, NOW, NOW, rules);
        return Storing.refusal(head(method, fields(request)), fields, terms, rules);
    }

    private static @Nullable Reason get(int status, String response) {
        return refusal("GET", null, status, response, Rules.STANDARD);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 203, 204, 299, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 412, 414, 416, 417,
        451, 499, 500, 501, 502, 503, 504, 599})
    void everyFinalStatusWithExplicitFreshness(int status) {
        assertNull(get(status, "Cache-Control: max-age=3600"));
        assertNull(get(status, "Cache-Control: s-maxage=3600"));
        assertNull(get(status, "Expires: Thu, 18 Aug 2050 02:01:18 GMT"));
        assertNull(get(status, "CDN-Cache-Control: max-age=10"));
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 199, 304})
    void noFinalStatusOfItsOwn(int status) {
        assertEquals(Reason.STATUS, get(status, "Cache-Control: max-age=3600"));
    }

    /** An answer to a condition, a Range or an expectation is that request's own. */
    @ParameterizedTest
    @CsvSource({
        "412, If-Match: \"x\", STATUS",
        "412, If-Unmodified-Since: 0, STATUS",
        "412, Accept: x, ",
        "416, Range: bytes=9-, STATUS",
        "416, If-Match: \"x\", ",
        "417, Expect: x, STATUS",
        "200, Range: bytes=9-, ",
        "200, If-None-Match: \"x\", ",
        "404, Range: bytes=0-1, ",
    })
    void statusOfTheRequestAlone(int status, String request, Reason reason) {
        assertEquals(reason, refusal("GET", request, status, "Cache-Control: max-age=60", Rules.STANDARD));
    }

    /** RFC 9110 section 9.2.3: of GET only, and of POST as section 9.3.3 says. */
    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "M-SEARCH", "get", "POST"})
    void otherMethods(String method) {
        assertEquals(Reason.METHOD, refusal(method, null, 200, "Cache-Control: max-age=60", Rules.STANDARD));
    }

    /** RFC 9110 section 9.3.3: explicit freshness, and Content-Location is the target. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "200; Cache-Control: max-age=60 | Content-Location: /dir/page?q=1;",
        "200; Cache-Control: max-age=60 | Content-Location: page?q=1;",
        "200; Cache-Control: max-age=60 | Content-Location: ?q=1;",
        "200; Cache-Control: max-age=60 | Content-Location: http://a.example/dir/page?q=1;",
        "200; Cache-Control: max-age=60 | Content-Location: http://A.example:80/dir/./page?q=1;",
        "200; Cache-Control: max-age=60 | Content-Location: /dir/%70age?q=1;",
        "200; Expires: Thu, 18 Aug 2050 02:01:18 GMT | Content-Location: /dir/page?q=1;",
        "200; Cache-Control: max-age=60 | Content-Location: /dir/page; METHOD",
        "200; Cache-Control: max-age=60 | Content-Location: /dir/page?q=2; METHOD",
        "200; Cache-Control: max-age=60 | Content-Location: /other?q=1; METHOD",
        "200; Cache-Control: max-age=60 | Content-Location: http://b.example/dir/page?q=1; METHOD",
        "200; Cache-Control: max-age=60 | Content-Location: https://a.example/dir/page?q=1; METHOD",
        "200; Cache-Control: max-age=60 | Content-Location: http://a.example:81/dir/page?q=1; METHOD",
        "201; Cache-Control: max-age=60 | Content-Location: /dir/page?q=1; METHOD",
        "200; Cache-Control: public | ETag: \"a\" | Content-Location: /dir/page?q=1; METHOD",
        "200; Cache-Control: no-store, max-age=60 | Content-Location: /dir/page?q=1; NO_STORE",
        "200; Cache-Control: private, max-age=60 | Content-Location: /dir/page?q=1; PRIVATE",
    })
    void post(int status, String response, Reason reason) {
        assertEquals(reason, refusal("POST", "Content-Length: 5", status, response, Rules.STANDARD));
        Rules route = Rules.STANDARD.withLifetime(60);
        assertEquals(reason, refusal("POST", "Transfer-Encoding: chunked", status, response, route));
    }

    /** What the key does not hold must not shape the answer: a GET with a body. */
    @ParameterizedTest
    @CsvSource({"Content-Length: 5, REQUEST_BODY", "Content-Length: 0, ", "Transfer-Encoding: chunked, REQUEST_BODY", "Content-Length: x, REQUEST_BODY",
        "Cookie: a=b, ", "Range: bytes=0-, "})
    void getWithABody(String request, Reason reason) {
        assertEquals(reason, refusal("GET", request, 200, "Cache-Control: max-age=60", Rules.STANDARD));
    }

    /** Sections 5.2.2.5, 5.2.2.7 and 5.2.1.5. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', value = {
        "Cache-Control: no-store; NO_STORE",
        "Cache-Control: No-StOrE; NO_STORE",
        "Cache-Control: no-store, max-age=3600; NO_STORE",
        "Cache-Control: max-age=3600 | Cache-Control: no-store; NO_STORE",
        "Cache-Control: no-store | Expires: Thu, 18 Aug 2050 02:01:18 GMT; NO_STORE",
        "Cache-Control: private; PRIVATE",
        "Cache-Control: PRIVATE, max-age=3600; PRIVATE",
        "Cache-Control: private=\"Set-Cookie\", max-age=3600;",
        "Cache-Control: private=\"\", max-age=3600; PRIVATE",
        "Cache-Control: private, public, max-age=3600; PRIVATE",
        "Cache-Control: no-cache, max-age=3600 | ETag: \"a\";",
        "Cache-Control: no-cache | Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT;",
        "Cache-Control: no-cache, max-age=3600; NO_VALIDATOR",
        "Cache-Control: no-cache=\"Set-Cookie\", max-age=3600;",
        "CDN-Cache-Control: max-age=3600 | Cache-Control: no-store;",
        "CDN-Cache-Control: max-age=3600 | Cache-Control: private;",
        "CDN-Cache-Control: no-store | Cache-Control: max-age=3600; NO_STORE",
        "CDN-Cache-Control: private | Cache-Control: max-age=3600; PRIVATE",
        "CDN-Cache-Control: no-store x | Cache-Control: max-age=3600;",
        "Pragma: no-cache | Cache-Control: max-age=3600;",
    })
    void directives(String response, Reason reason) {
        assertEquals(reason, get(200, response));
    }

    @Test
    void requestSaysNoStore() {
        assertEquals(Reason.REQUEST_NO_STORE, refusal("GET", "Cache-Control: no-store", 200, "Cache-Control: max-age=9", Rules.STANDARD));
        Rules deaf = Deaf.rules(Rules.STANDARD);
        assertNull(refusal("GET", "Cache-Control: no-store", 200, "Cache-Control: max-age=9", deaf));
        assertNull(refusal("GET", "Cache-Control: no-cache", 200, "Cache-Control: max-age=9", Rules.STANDARD));
        assertNull(refusal("GET", "Pragma: no-store", 200, "Cache-Control: max-age=9", Rules.STANDARD));
    }

    /** Section 5.2.2.3: understood, no-store is void; not understood, nothing is stored. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "200; no-store, must-understand, max-age=60;",
        "404; must-understand, no-store, max-age=60;",
        "599; no-store, must-understand, max-age=60; MUST_UNDERSTAND",
        "299; must-understand, max-age=60; MUST_UNDERSTAND",
        "599; no-store, max-age=60; NO_STORE",
        "200; no-store, must-understand=1, max-age=60; NO_STORE",
        "200; private, no-store, must-understand, max-age=60; PRIVATE",
    })
    void mustUnderstand(int status, String directives, Reason reason) {
        assertEquals(reason, get(status, "Cache-Control: " + directives));
    }

    /** Section 3.5. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "Cache-Control: max-age=3600; AUTHORIZATION",
        "Expires: Thu, 18 Aug 2050 02:01:18 GMT; AUTHORIZATION",
        "Cache-Control: max-age=3600, public;",
        "Cache-Control: max-age=3600, must-revalidate;",
        "Cache-Control: s-maxage=3600;",
        "Cache-Control: max-age=3600, proxy-revalidate; AUTHORIZATION",
        "Cache-Control: max-age=3600, public=1; AUTHORIZATION",
        "Cache-Control: public, private; PRIVATE",
        "CDN-Cache-Control: max-age=60 | Cache-Control: public; AUTHORIZATION",
        "CDN-Cache-Control: max-age=60, public | Cache-Control: no-store;",
    })
    void authorization(String response, Reason reason) {
        assertEquals(reason, refusal("GET", "authorization: FOO", 200, response, Rules.STANDARD));
        String vary = response + " | Vary: Authorization";
        assertEquals(reason, refusal("GET", "authorization: FOO", 200, vary, Rules.STANDARD.withLifetime(60)));
    }

    /** Section 4.1. */
    @ParameterizedTest
    @ValueSource(strings = {"*", "Foo, *", ", *", "*, *"})
    void varyStar(String vary) {
        assertEquals(Reason.VARY_STAR, get(200, "Cache-Control: max-age=60 | Vary: " + vary));
        assertNull(get(200, "Cache-Control: max-age=60 | Vary: Foo"));
    }

    /** Section 7.3: a cookie is stored with what says itself that it may be, never with what only the route or a guess allows. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', value = {
        "Cache-Control: max-age=3600;;",
        "Expires: Thu, 18 Aug 2050 02:01:18 GMT;;",
        "Cache-Control: public | ETag: \"a\";;",
        "ETag: \"a\"; SET_COOKIE; SET_COOKIE",
        "Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT; SET_COOKIE; SET_COOKIE",
        "X: y; SET_COOKIE; SET_COOKIE",
        "Cache-Control: private=\"set-cookie\" | ETag: \"a\";;",
        "Cache-Control: no-cache=\"Set-Cookie\" | ETag: \"a\";;",
        "Cache-Control: private=\"set-cookie2\" | ETag: \"a\"; SET_COOKIE; SET_COOKIE",
        "CDN-Cache-Control: foo | Cache-Control: max-age=60 | ETag: \"a\"; SET_COOKIE; SET_COOKIE",
    })
    void setCookie(String response, Reason standard, Reason route) {
        assertEquals(standard, get(200, response + " | Set-Cookie: a=b"));
        assertEquals(route, refusal("GET", null, 200, response + " | Set-Cookie: a=b", Rules.STANDARD.withLifetime(60)));
    }

    /** Section 3.3 and RFC 9110 section 14.4. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "Range: bytes=0-4; Content-Range: bytes 0-4/10;",
        "Range: bytes=0-4; Content-Range: bytes 0-4/*;",
        "Range: bytes=-5; Content-Range: bytes 4-9/10;",
        "Range: bytes=0-4; Content-Range: bytes */10; PARTIAL",
        "Range: bytes=0-4; Content-Range: bytes 0-10/10; PARTIAL",
        "Range: bytes=0-4; Content-Range: items 0-4/10; PARTIAL",
        "Range: bytes=0-4; Content-Range: bytes 0-4/10 | Content-Range: bytes 0-4/10; PARTIAL",
        "Range: bytes=0-4,6-7; Content-Type: multipart/byteranges; PARTIAL",
        "Accept: x; Content-Range: bytes 0-4/10; PARTIAL",
    })
    void partial(String request, String response, Reason reason) {
        assertEquals(reason, refusal("GET", request, 206, response + " | Cache-Control: max-age=60", Rules.STANDARD));
    }

    /** Section 3: something must say that it may be stored, and it must be of use. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "200; X: y; NO_LIFETIME",
        "200; ETag: \"a\";",
        "200; Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT;",
        "200; Cache-Control: max-age=0; NO_LIFETIME",
        "200; Cache-Control: max-age=0 | ETag: \"a\";",
        "200; Cache-Control: max-age=0, stale-while-revalidate=60;",
        "200; Cache-Control: max-age=0, stale-if-error=60;",
        "200; Cache-Control: max-age=0, stale-if-error=0; NO_LIFETIME",
        "200; Expires: 0; NO_LIFETIME",
        "200; Cache-Control: max-age=1500 | Age: 2000;",
        "200; Cache-Control: public; NO_LIFETIME",
        "599; Cache-Control: public | Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT;",
        "201; ETag: \"a\"; NO_LIFETIME",
        "302; Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT; NO_LIFETIME",
        "403; Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT; NO_LIFETIME",
        "503; Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT; NO_LIFETIME",
        "404; Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT;",
        "404; X: y; NO_LIFETIME",
        "501; Last-Modified: Thu, 18 Aug 2005 02:01:18 GMT;",
    })
    void ofUse(int status, String response, Reason reason) {
        assertEquals(reason, get(status, response));
    }

    /** The route gives a lifetime to what names none, but not to errors, and not against what the answer forbids. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "200; X: y;;",
        "200; Cache-Control: max-age=0;;",
        "200; Cache-Control: no-store; NO_STORE; NO_STORE",
        "200; Cache-Control: private; PRIVATE; PRIVATE",
        "200; Vary: *; VARY_STAR; VARY_STAR",
        "200; Cache-Control: no-cache; NO_VALIDATOR; NO_VALIDATOR",
        "301; X: y;;",
        "302; X: y; NO_LIFETIME; NO_LIFETIME",
        "404; X: y; NO_LIFETIME;",
        "500; X: y; NO_LIFETIME; NO_LIFETIME",
        "500; Cache-Control: max-age=5;;",
    })
    void route(int status, String response, Reason plain, Reason errors) {
        assertEquals(plain, refusal("GET", null, status, response, Rules.STANDARD.withLifetime(60)));
        assertEquals(plain, refusal("GET", null, status, response, Rules.STANDARD.withLifetime(Rules.UNTIL_INVALIDATED)));
        assertEquals(errors, refusal("GET", null, status, response, new Rules(60, true, true, true, 0, 0)));
    }

    @Test
    void never() {
        Rules never = Rules.STANDARD.withLifetime(Rules.NEVER);
        assertEquals(Reason.NEVER, refusal("GET", null, 200, "Cache-Control: max-age=60", never));
        assertEquals(Reason.NEVER, refusal("GET", null, 503, "Cache-Control: max-age=60", never));
    }

    /** Words for counters and for a token of Cache-Status (RFC 9211 section 2.8). */
    @Test
    void reasonsAreTokensOfTheirOwn() {
        Set<String> words = new HashSet<>();
        for (Reason reason : Reason.values()) {
            assertTrue(FieldSyntax.isToken(reason.text()));
            assertTrue(words.add(reason.text()));
        }
        assertFalse(words.isEmpty());
    }
}
