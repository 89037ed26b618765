/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CacheSite.Got;
import io.gatehouse.handler.HttpFailure;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What ends the use of an answer that was stored, and what takes its place. */
class StaleAnswersTest {

    private static final CachePolicy HEADERS = CachePolicy.asHeadersSay();
    private static final String WINDOW = "max-age=10, stale-while-revalidate=1000, stale-if-error=1000";

    /** RFC 9111 section 4.3.3: a full answer is the one to use, even if it may not be kept. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "404 | max-age=0           | false", "410 | no-store            | false", "200 | private             | false",
        "200 | no-store            | false", "302 | max-age=0           | false", "404 | max-age=60          | false",
        "500 | max-age=0           | true", "503 | no-store             | true", "200 | max-age=60, s-maxage=60 | false",
    })
    void whatTheHandlerSaysBehindTheBackOfAClientCountsForTheNext(int status, String control, boolean stale) {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            boolean first = runs.incrementAndGet() == 1;
            response.status(first ? 200 : status).field("Cache-Control", first ? WINDOW : control);
            response.field("Vary", first ? "Accept" : "Accept-Language").send("run " + runs.get());
        });
        site.get("/");
        site.pass(15);
        assertEquals("run 1", site.get("/").text());
        assertEquals(1, site.runBackground());
        Got next = site.get("/");
        assertEquals(stale ? 200 : status, next.status());
        assertEquals(stale, next.text().equals("run 1"));
    }

    @Test
    void aFailureBehindTheBackOfAClientIsNoWord() {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            if (runs.incrementAndGet() > 1) {
                throw new HttpFailure(502, "dead");
            }
            response.field("Cache-Control", WINDOW).send("run 1");
        });
        site.get("/");
        site.pass(15);
        for (int i = 0; i < 3; i++) {
            assertEquals("run 1", site.get("/").text());
            assertEquals(1, site.runBackground());
        }
    }

    /** What a client asks in words of its own that is not kept leaves what others get. */
    @Test
    void aPrivateAnswerToOneClientLeavesWhatOthersGet() {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(HEADERS, (request, response) ->
                response.field("Cache-Control", runs.incrementAndGet() == 1 ? "max-age=60" : "private").send("run " + runs.get()));
        site.get("/");
        assertEquals("run 2", site.get("/", "Cache-Control", "no-cache").text());
        assertEquals("run 1", site.get("/").text());
    }

    /** It may not be stored any more, be it the whole or a part. */
    @ParameterizedTest
    @CsvSource({"private, false", "no-store, false", "max-age=60, true"})
    void headTakesBackAPartToo(String control, boolean kept) {
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            response.field("ETag", "\"1\"").field("Cache-Control", request.head().isHead() ? control : "max-age=60");
            if (!request.head().isHead()) {
                response.status(206).field("Content-Range", "bytes 0-3/10").send("0123");
            }
        });
        site.get("/", "Range", "bytes=0-3");
        site.ask("HEAD", "/");
        assertEquals(kept, site.get("/", "Range", "bytes=0-3").fromMemory());
        assertEquals(kept ? 2 : 3, site.runs());
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "throws"})
    void headIsAnsweredByAStaleOneToo(String how) {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            if (runs.incrementAndGet() == 1) {
                response.field("Cache-Control", "max-age=10, stale-if-error=1000").field("X-Run", "1").send("0123456789");
            } else if (how.equals("throws")) {
                throw new HttpFailure(500, "dead");
            } else {
                response.status(503);
            }
        });
        site.get("/");
        site.pass(15);
        Got head = site.ask("HEAD", "/");
        assertEquals(200, head.status());
        assertEquals("1", head.field("X-Run"));
        assertEquals("10", head.field("Content-Length"));
        assertEquals(2, site.runs());
    }

    /** RFC 9111 section 4.1: an answer without Vary may be one that lacks it by mistake. */
    @Test
    void anAnswerThatSaysWhatItVariesByComesFirst() {
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            String language = request.fields().first("Accept-Language");
            response.field("Cache-Control", "max-age=60");
            if (language != null) {
                response.field("Vary", "Accept-Language");
            }
            response.send(String.valueOf(language));
        });
        assertEquals("de", site.get("/", "Accept-Language", "de").text());
        site.pass(2);
        assertEquals("null", site.get("/").text());
        assertEquals("de", site.get("/", "Accept-Language", "de").text());
        assertEquals("null", site.get("/").text());
        assertEquals(2, site.runs());
    }

    @Test
    void a304ThatAddsVaryLeavesNoSecondAnswer() {
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            response.field("Cache-Control", "max-age=10").field("ETag", "\"1\"");
            if (request.fields().contains("If-None-Match")) {
                response.status(304).field("Vary", "Accept-Language");
            } else {
                response.send("for " + request.fields().first("Accept-Language"));
            }
        });
        site.get("/", "Accept-Language", "de");
        site.pass(11);
        assertEquals("for de", site.get("/", "Accept-Language", "de").text());
        assertEquals("for en", site.get("/", "Accept-Language", "en").text(), "it varies, as is known now");
        assertTrue(site.get("/", "Accept-Language", "de").fromMemory());
        assertEquals(2, site.cache.purge("/"));
    }

    @Test
    void afterTheEndNothingIsKept() {
        CacheSite site = new CacheSite(HEADERS, (request, response) -> response.field("Cache-Control", "max-age=10").send("x"));
        site.get("/");
        site.cache.close();
        site.cache.put("fragment", new byte[10], null);
        site.get("/");
        assertFalse(site.get("/").fromMemory());
        assertEquals(0, site.cache.size());
        assertEquals(0, site.cache.bytes());
    }

    @Test
    void fragmentsAreCounted() {
        CacheSite site = new CacheSite(HEADERS, (request, response) -> { });
        site.cache.get("a");
        site.cache.put("a", new byte[10], Duration.ofSeconds(5));
        site.cache.get("a");
        site.cache.get("a");
        site.pass(5);
        site.cache.get("a");
        assertEquals(2, site.cache.counters().hits());
        assertEquals(2, site.cache.counters().misses());
    }
}
