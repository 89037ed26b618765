/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CacheSite.Got;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Handler;
import io.gatehouse.http.ByteRanges;
import io.gatehouse.http.Fields;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Stored parts at a handler that knows ranges: reused, completed, combined, and never taken for the whole. */
class PartsTest {

    private static final String WHOLE = "0123456789abcdefghij";

    private String tag = "\"v1\"";
    private String text = WHOLE;

    /** Answers ranges as RFC 9110 section 14 says, with If-Range. */
    private final Handler origin = (request, response) -> {
        response.field("ETag", tag).field("Cache-Control", "max-age=100").field("Content-Type", "text/plain");
        Fields asked = request.fields();
        String range = asked.first("Range");
        String condition = asked.first("If-Range");
        if (tag.equals(asked.first("If-None-Match"))) {
            response.status(304);
            return;
        }
        if (range != null && (condition == null || condition.equals(tag))) {
            ByteRanges parsed = ByteRanges.parse(range, text.length());
            if (parsed instanceof ByteRanges.Satisfiable fine && fine.ranges().size() == 1) {
                ByteRanges.Range one = fine.ranges().get(0);
                response.status(206).field("Content-Range", one.contentRange(text.length()));
                response.send(text.substring((int) one.first(), (int) one.last() + 1));
                return;
            }
            if (parsed instanceof ByteRanges.Unsatisfiable) {
                response.status(416).field("Content-Range", "bytes */" + text.length()).send("");
                return;
            }
        }
        response.send(text);
    };

    private CacheSite site() {
        return new CacheSite(CachePolicy.asHeadersSay(), origin);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=5-14, bytes=5-14, 56789abcde", "bytes=5-14, bytes=6-7, 67", "bytes=10-, bytes=-3, hij", "bytes=10-, bytes=12-, cdefghij",
        "bytes=-5, bytes=16-, ghij", "bytes=0-4, bytes=0-0, 0",
    })
    void aPartAnswersWhatLiesInIt(String first, String second, String expected) {
        CacheSite site = site();
        assertEquals(206, site.get("/", "Range", first).status());
        site.pass(3);
        Got got = site.get("/", "Range", second);
        assertEquals(206, got.status());
        assertEquals(expected, got.text());
        assertTrue(got.fromMemory());
        assertEquals("3", got.field("Age"));
        assertTrue(got.field("Content-Range").endsWith("/20"), got.field("Content-Range"));
        assertEquals("" + expected.length(), got.field("Content-Length"));
        assertEquals(1, site.runs());
    }

    @Test
    void outsideOfTheWholeIsUnsatisfiable() {
        CacheSite site = site();
        site.get("/", "Range", "bytes=0-4");
        assertEquals(416, site.get("/", "Range", "bytes=30-").status());
        assertEquals(1, site.runs());
    }

    @ParameterizedTest
    @CsvSource({"bytes=0-4, bytes=5-", "bytes=0-18, bytes=19-", "bytes=7-, bytes=0-6"})
    void aWholeIsMadeOfAPartAndWhatIsMissing(String first, String missing) {
        CacheSite site = site();
        site.get("/", "Range", first);
        Got whole = site.get("/");
        assertEquals(200, whole.status());
        assertEquals(WHOLE, whole.text());
        assertEquals("20", whole.field("Content-Length"));
        assertEquals("null", whole.field("Content-Range"));
        assertEquals(missing, site.seen.get(1).fields().first("Range"));
        assertEquals(tag, site.seen.get(1).fields().first("If-Range"));
        Got again = site.get("/");
        assertTrue(again.fromMemory());
        assertEquals(WHOLE, again.text());
        assertEquals("4567", site.get("/", "Range", "bytes=4-7").text());
        assertEquals(2, site.runs());
    }

    @Test
    void whatHasChangedIsNotPutTogether() {
        CacheSite site = site();
        site.get("/", "Range", "bytes=0-4");
        tag = "\"v2\"";
        text = "ABCDEFGHIJKLMNOPQRST";
        assertEquals(text, site.get("/").text());
        assertEquals(text, site.get("/").text());
        assertEquals(2, site.runs());
    }

    @Test
    void aWeakTagPutsNothingTogether() {
        tag = "W/\"v1\"";
        CacheSite site = site();
        site.get("/", "Range", "bytes=0-4");
        assertEquals(WHOLE, site.get("/").text());
        assertTrue(site.get("/").fromMemory());
    }

    @Test
    void partsThatTouchGrowTogether() {
        CacheSite site = site();
        site.get("/", "Range", "bytes=0-4");
        site.get("/", "Range", "bytes=5-9");
        assertEquals("3456", site.get("/", "Range", "bytes=3-6").text());
        assertEquals(2, site.runs());
        site.get("/", "Range", "bytes=8-19");
        assertEquals(WHOLE, site.get("/").text());
        assertEquals(3, site.runs());
    }

    @Test
    void whatIgnoresTheConditionIsAskedAgain() {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay(), (request, response) -> {
            int run = runs.incrementAndGet();
            response.field("Cache-Control", "max-age=100").field("ETag", "\"" + run + "\"");
            if (request.fields().contains("Range")) {
                response.status(206).field("Content-Range", run == 1 ? "bytes 0-4/10" : "bytes 5-9/10");
                response.send(run == 1 ? "01234" : "XXXXX");
            } else {
                response.send("abcdefghij");
            }
        });
        site.get("/", "Range", "bytes=0-4");
        FakeResponse response = new FakeResponse();
        try {
            response.handledBy(site.handler, FakeRequest.get("/"));
            assertFalse(response.ended(), "it goes on in the background");
            assertEquals(1, site.runBackground());
            assertEquals(200, response.sentStatus());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertEquals("abcdefghij", response.sentText());
        assertEquals(3, runs.get());
        assertTrue(site.get("/").fromMemory());
    }

    @Test
    void aMiddleIsNoHelpForTheWhole() {
        CacheSite site = site();
        site.get("/", "Range", "bytes=5-9");
        assertEquals(WHOLE, site.get("/").text());
        assertNull(site.seen.get(1).fields().first("Range"));
        assertTrue(site.get("/").fromMemory());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-4", "bytes=5-9"})
    void aPartIsValidatedWhenItIsStale(String range) {
        CacheSite site = site();
        Got first = site.get("/", "Range", range);
        site.pass(101);
        Got second = site.get("/", "Range", range);
        assertEquals(206, second.status());
        assertEquals(first.text(), second.text());
        assertEquals(tag, site.seen.get(1).fields().first("If-None-Match"));
        assertTrue(site.get("/", "Range", range).fromMemory());
    }

    @Test
    void ifRangeAndConditionsCountForParts() {
        CacheSite site = site();
        site.get("/", "Range", "bytes=0-4");
        assertEquals("01", site.get("/", "Range", "bytes=0-1", "If-Range", tag).text());
        assertEquals(304, site.get("/", "Range", "bytes=0-1", "If-None-Match", tag).status());
        assertEquals(1, site.runs());
        assertEquals(WHOLE, site.get("/", "Range", "bytes=0-1", "If-Range", "\"v0\"").text());
    }

    @Test
    void aHeadIsNotAnsweredByAPart() {
        CacheSite site = site();
        site.get("/", "Range", "bytes=0-4");
        assertFalse(site.ask("HEAD", "/").fromMemory());
        assertEquals(504, site.get("/", "Cache-Control", "only-if-cached").status());
    }

    /** Seeded: whatever was asked before, each answer is the right bytes of the state that is there. */
    @Test
    void everyAnswerIsRight() {
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            tag = random.nextInt(4) == 0 ? "W/\"w\"" : "\"v1\"";
            text = WHOLE;
            CacheSite site = site();
            for (int step = 0; step < 12; step++) {
                int first = random.nextInt(20);
                int last = first + random.nextInt(20 - first);
                String range = switch (random.nextInt(5)) {
                    case 0 -> "bytes=" + first + '-';
                    case 1 -> "bytes=-" + (1 + first);
                    case 2 -> "";
                    default -> "bytes=" + first + '-' + last;
                };
                Got got = range.isEmpty() ? site.get("/") : site.get("/", "Range", range);
                String expected = range.isEmpty() ? text : range.endsWith("-") ? text.substring(first)
                        : range.startsWith("bytes=-") ? text.substring(19 - first) : text.substring(first, last + 1);
                assertTrue(got.status() == 200 ? got.text().equals(text) : got.text().equals(expected),
                        range + " got " + got.status() + " " + got.text());
                if (random.nextInt(6) == 0) {
                    site.pass(60);
                }
            }
        }
    }
}
