/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.ModelCache.Answer;
import io.gatehouse.cache.ModelCache.Reply;
import io.gatehouse.http.Fields;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the rules of RFC 9111 make of a few requests in a row, by the model of a cache. */
class RulesTogetherTest {

    private @Nullable Reply reply;
    private int made;
    private ModelCache cache = model(Rules.STANDARD);

    private ModelCache model(Rules rules) {
        return new ModelCache(rules, (method, target, fields) -> {
            made++;
            return reply;
        });
    }

    @BeforeEach
    void begin() {
        cache = model(Rules.STANDARD);
        made = 0;
    }

    private void origin(int status, String body, String... fields) {
        reply = new Reply(status, Fields.of(fields), body);
    }

    private Answer stored(String... fields) {
        origin(200, "one", fields);
        Answer answer = cache.get("/x");
        assertEquals(1, answer.requests());
        origin(200, "two", fields);
        return answer;
    }

    /** Section 5.1: Age grows from what was received; Date and Expires stay as they came. */
    @Test
    void ageGrows() {
        String date = cache.date(0);
        String expires = cache.date(1000);
        stored("Date", date, "Expires", expires, "Age", "30", "Set-Cookie", "a=b", "Content-Disposition", "attachment");
        cache.pass(3);
        Answer hit = cache.get("/x", "Cookie", "c=d");
        assertTrue(hit.cached());
        assertEquals("33", hit.field("Age"));
        assertEquals(date, hit.field("Date"));
        assertEquals(expires, hit.field("Expires"));
        assertEquals("a=b", hit.field("Set-Cookie"));
        assertEquals("one", hit.body());
        assertFalse(cache.get("/x?y").cached());
    }

    /** Section 5.2.2.5: an answer that says no-store leaves the older one where it is. */
    @Test
    void noStoreAfterFresh() {
        stored("Cache-Control", "max-age=1", "ETag", "\"a\"");
        cache.pass(2);
        origin(200, "two", "Cache-Control", "no-store");
        assertEquals("two", cache.get("/x").body());
        reply = null;
        assertEquals("one", cache.get("/x").body());
    }

    /** Section 4.2.4: a dead, cut or failing origin. */
    @ParameterizedTest
    @ValueSource(ints = {0, 500, 502, 503, 504, 599})
    void staleInsteadOfAnError(int status) {
        stored("Cache-Control", "max-age=2");
        cache.pass(3);
        reply = status == 0 ? null : new Reply(status, Fields.EMPTY, "error");
        assertEquals("one", cache.get("/x").body());
        assertEquals(1 + 1, made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"must-revalidate", "proxy-revalidate", "no-cache", "s-maxage=2", "stale-if-error=0"})
    void noStaleInsteadOfAnError(String directive) {
        stored("Cache-Control", "max-age=2, " + directive, "ETag", "\"a\"");
        cache.pass(3);
        reply = null;
        assertEquals(502, cache.get("/x").status());
        origin(503, "error");
        assertEquals(503, cache.get("/x").status());
    }

    /** A stale error says nothing that a fresh one doesn't. */
    @Test
    void noStaleError() {
        origin(404, "gone", "Cache-Control", "max-age=2");
        cache.get("/x");
        cache.pass(3);
        origin(503, "error");
        assertEquals(503, cache.get("/x").status());
    }

    /** RFC 5861 section 3: at once and stale inside of the window; the background answer takes its place. */
    @Test
    void staleWhileRevalidate() {
        stored("Cache-Control", "max-age=2, stale-while-revalidate=10");
        cache.pass(5);
        Answer stale = cache.get("/x", "Accept", "y");
        assertEquals("one", stale.body());
        assertNotNull(stale.asked());
        assertEquals("y", stale.asked().first("Accept"));
        assertEquals("two", cache.get("/x").body());
        assertEquals(2, made);
        cache.pass(12);
        origin(200, "three", "Cache-Control", "max-age=2");
        assertEquals("three", cache.get("/x").body());
    }

    /** Section 4.3: validated with what it came with, the fields of the 304 taken over, fresh again. */
    @ParameterizedTest
    @ValueSource(strings = {"\"abc\"", "W/\"abc\"", "abc"})
    void validated(String tag) {
        stored("Cache-Control", "max-age=2", "ETag", tag, "A", "1", "B", "1", "Content-Length", "3");
        cache.pass(3);
        origin(304, "", "Cache-Control", "max-age=60", "ETag", tag, "A", "2", "Content-Length", "77");
        Answer answer = cache.get("/x");
        assertNotNull(answer.asked());
        assertEquals(tag, answer.asked().first("If-None-Match"));
        assertEquals(200, answer.status());
        assertEquals("one", answer.body());
        assertEquals("2", answer.field("A"));
        assertEquals("1", answer.field("B"));
        assertEquals("3", answer.field("Content-Length"));
        assertEquals("0", answer.field("Age"));
        cache.pass(59);
        assertTrue(cache.get("/x").cached());
        cache.pass(1);
        assertFalse(cache.get("/x").cached());
    }

    /** A condition of the client is held against what was validated. */
    @Test
    void validatedForAConditionalClient() {
        stored("Cache-Control", "max-age=2", "ETag", "\"abc\"");
        cache.pass(3);
        origin(304, "", "Cache-Control", "max-age=60", "ETag", "\"abc\"");
        Answer answer = cache.get("/x", "If-None-Match", "\"abc\"");
        assertEquals(304, answer.status());
        assertEquals("\"abc\"", answer.field("ETag"));
        assertEquals(200, cache.get("/x", "If-None-Match", "\"other\"").status());
        assertEquals(412, cache.get("/x", "If-Match", "\"other\"").status());
    }

    /** Section 4.1: variants next to each other; unlisted fields don't count. */
    @Test
    void variants() {
        origin(200, "foo_1", "Cache-Control", "max-age=60", "Vary", "Foo");
        cache.get("/x", "Foo", "1", "Other", "2");
        origin(200, "foo_2", "Cache-Control", "max-age=60", "Vary", "Foo");
        assertEquals("foo_2", cache.get("/x", "Foo", "2").body());
        origin(200, "none", "Cache-Control", "max-age=60", "Vary", "Foo");
        assertEquals("none", cache.get("/x").body());
        assertEquals("foo_1", cache.get("/x", "Foo", "1", "Other", "3").body());
        assertEquals("foo_2", cache.get("/x", "Foo", "2").body());
        assertEquals("none", cache.get("/x").body());
        assertEquals(3, made);
    }

    /** Section 4.1: of several that match, the newest. */
    @Test
    void newestOfSeveral() {
        origin(200, "by foo", "Cache-Control", "max-age=60", "Vary", "Foo");
        cache.get("/x", "Foo", "1", "Bar", "1");
        cache.pass(2);
        origin(200, "by bar", "Cache-Control", "max-age=60", "Vary", "Bar");
        cache.get("/x", "Foo", "2", "Bar", "1");
        assertEquals("by bar", cache.get("/x", "Foo", "1", "Bar", "1").body());
        assertEquals("by foo", cache.get("/x", "Foo", "1", "Bar", "2").body());
    }

    /** Section 4.3.5, and a GET answers HEAD. */
    @Test
    void head() {
        stored("Cache-Control", "max-age=2", "A", "1", "B", "1");
        assertTrue(cache.request("HEAD", "/x").cached());
        cache.pass(3);
        origin(200, "", "Cache-Control", "max-age=1000", "A", "2");
        assertFalse(cache.request("HEAD", "/x").cached());
        Answer hit = cache.get("/x");
        assertTrue(hit.cached());
        assertEquals("one", hit.body());
        assertEquals("2", hit.field("A"));
        assertEquals("1", hit.field("B"));
    }

    @Test
    void headThatDisagrees() {
        stored("Cache-Control", "max-age=1000", "ETag", "\"a\"");
        origin(200, "", "ETag", "\"b\"", "Cache-Control", "max-age=1000");
        cache.request("HEAD", "/x", "Cache-Control", "no-cache");
        origin(200, "two", "ETag", "\"b\"");
        assertEquals("two", cache.get("/x").body());
    }

    /** Section 4.4. */
    @ParameterizedTest
    @CsvSource({"POST, 200, true", "PUT, 204, true", "DELETE, 303, true", "M-SEARCH, 200, true", "POST, 500, false", "PUT, 404, false",
        "OPTIONS, 200, false"})
    void invalidation(String method, int status, boolean drops) {
        stored("Cache-Control", "max-age=1000");
        cache.get("/location");
        cache.get("/content");
        origin(status, "", "Location", "location", "Content-Location", "http://a.example/content");
        cache.request(method, "/x");
        origin(200, "new", "Cache-Control", "max-age=1000");
        for (String target : new String[] {"/x", "/location", "/content"}) {
            assertEquals(!drops, cache.get(target).cached(), target);
        }
    }

    /** RFC 9110 section 9.3.3. */
    @Test
    void postAnswersGet() {
        origin(200, "posted", "Cache-Control", "max-age=60", "Content-Location", "/x");
        cache.request("POST", "/x", "Content-Length", "5");
        Answer hit = cache.get("/x");
        assertTrue(hit.cached());
        assertEquals("posted", hit.body());
    }

    /** RFC 9110 section 14.2: ranges of a stored whole. */
    @ParameterizedTest
    @CsvSource({"bytes=0-1, 01, bytes 0-1/11", "bytes=1-, 123456789A, bytes 1-10/11", "bytes=-1, A, bytes 10-10/11"})
    void rangesOfAWhole(String range, String body, String contentRange) {
        origin(200, "0123456789A", "Cache-Control", "max-age=60", "A", "1");
        cache.get("/x");
        Answer hit = cache.get("/x", "Range", range);
        assertTrue(hit.cached());
        assertEquals(206, hit.status());
        assertEquals(body, hit.body());
        assertEquals(contentRange, hit.field("Content-Range"));
        assertEquals("1", hit.field("A"));
    }

    /** Section 3.3: ranges of a stored part, also of one that is shorter than it says. */
    @ParameterizedTest
    @CsvSource({"bytes=-5, true, 01234", "bytes=6-8, true, 234", "bytes=4-4, true, 0", "bytes=3-5, false, ", "bytes=9-9, false, "})
    void rangesOfAPart(String range, boolean cached, String body) {
        origin(206, "01234", "Cache-Control", "max-age=60", "Content-Range", "bytes 4-9/10");
        Answer first = cache.get("/x", "Range", "bytes=-5");
        assertNotNull(first.asked());
        assertEquals("bytes=-5", first.asked().first("Range"));
        Answer answer = cache.get("/x", "Range", range);
        assertEquals(cached, answer.cached());
        if (cached) {
            assertEquals(206, answer.status());
            assertEquals(body, answer.body());
        }
    }

    /** Section 3.4: a prefix is made whole, under one strong validator only. */
    @ParameterizedTest
    @CsvSource(value = {"\"a\", true", "W/\"a\", false", "-, false"}, quoteCharacter = '~')
    void completed(String tag, boolean combined) {
        String name = tag.equals("-") ? "X" : "ETag";
        cache = new ModelCache(Rules.STANDARD, (method, target, fields) -> {
            String range = fields.first("Range");
            String[] same = {"Cache-Control", "max-age=60", name, tag};
            if (range == null) {
                return new Reply(200, Fields.of(same), "0123456789");
            }
            return range.equals("bytes=5-")
                    ? new Reply(206, Fields.of(same).plus("Content-Range", "bytes 5-9/10"), "56789")
                    : new Reply(206, Fields.of(same).plus("Content-Range", "bytes 0-4/10"), "01234");
        });
        cache.get("/x", "Range", "bytes=0-4");
        Answer whole = cache.get("/x");
        assertEquals("0123456789", whole.body());
        assertEquals(200, whole.status());
        assertNull(whole.field("Content-Range"));
        assertEquals(combined ? 1 : 2, whole.requests());
        assertTrue(cache.get("/x").cached());
        assertEquals("234", cache.get("/x", "Range", "bytes=2-4").body());
    }

    /** Section 3.5. */
    @Test
    void authorization() {
        origin(200, "mine", "Cache-Control", "max-age=60");
        cache.get("/x", "Authorization", "FOO");
        assertFalse(cache.get("/x").cached());
        origin(200, "ours", "Cache-Control", "max-age=60, public");
        cache.get("/y", "Authorization", "FOO");
        assertTrue(cache.get("/y").cached());
        assertTrue(cache.get("/y", "Authorization", "BAR").cached());
    }

    /** Section 5.2.1.7. */
    @Test
    void onlyIfCached() {
        origin(200, "one", "Cache-Control", "max-age=60");
        assertEquals(504, cache.get("/x", "Cache-Control", "only-if-cached").status());
        assertEquals(0, made);
        cache.get("/x");
        assertEquals("one", cache.get("/x", "Cache-Control", "only-if-cached").body());
    }

    /** Sections 5.2.2.4 and 5.2.2.7: fields that are named are not sent again. */
    @Test
    void namedFields() {
        stored("Cache-Control", "max-age=60, private=\"Set-Cookie\", no-cache=\"X-A\"", "Set-Cookie", "a=b", "X-A", "1", "X-B", "2");
        Answer hit = cache.get("/x");
        assertTrue(hit.cached());
        assertNull(hit.field("Set-Cookie"));
        assertNull(hit.field("X-A"));
        assertEquals("2", hit.field("X-B"));
    }

    /** RFC 9213: the targeted field decides and is sent on. */
    @Test
    void targeted() {
        stored("Cache-Control", "no-store", "CDN-Cache-Control", "max-age=60", "Expires", "0");
        cache.pass(30);
        Answer hit = cache.get("/x");
        assertTrue(hit.cached());
        assertEquals("max-age=60", hit.field("CDN-Cache-Control"));
        assertEquals("30", hit.field("Age"));
        cache.pass(30);
        assertFalse(cache.get("/x").cached());
    }

    /** A route's own lifetime, and a soft purge of it. */
    @Test
    void untilInvalidated() {
        cache = model(Rules.STANDARD.withLifetime(Rules.UNTIL_INVALIDATED));
        stored("X", "y");
        cache.pass(1e9);
        assertTrue(cache.get("/x").cached());
        cache.purgeSoftly("/x");
        reply = null;
        assertEquals("one", cache.get("/x").body());
        origin(200, "two", "X", "y");
        assertEquals("two", cache.get("/x").body());
        assertTrue(cache.get("/x").cached());
    }
}
