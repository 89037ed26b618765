/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CacheSite.Got;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.Handler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.Fields;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One client after the other at a cached handler: what is answered from memory, what runs the handler, and what is sent. */
class CachedHandlerTest {

    private static Handler counting(String... fields) {
        AtomicInteger count = new AtomicInteger();
        return (request, response) -> {
            for (int i = 0; i < fields.length; i += 2) {
                response.fields().add(fields[i], fields[i + 1]);
            }
            response.send("answer " + count.incrementAndGet());
        };
    }

    @Test
    void aSecondRequestIsAnsweredOnTheIoThread() {
        CacheSite site = new CacheSite(CachePolicy.forDuration(Duration.ofSeconds(10)), counting());
        Got first = site.get("/page?q=1");
        assertEquals("answer 1", first.text());
        assertFalse(first.fromMemory());
        assertEquals("null", first.field("Age"));
        site.pass(3);
        Got second = site.get("/page?q=1");
        assertEquals("answer 1", second.text());
        assertTrue(second.fromMemory());
        assertEquals("3", second.field("Age"));
        assertEquals("8", second.field("Content-Length"));
        assertEquals("Tue, 14 Nov 2023 22:13:20 GMT", second.field("Date"));
        assertEquals("answer 2", site.get("/page?q=2").text());
        assertEquals("answer 3", site.get("/page").text());
        site.pass(7);
        assertEquals("answer 4", site.get("/page?q=1").text());
        assertEquals(1, site.cache.counters().hits());
        assertEquals(4, site.cache.counters().misses());
    }

    @Test
    void neverMeansNever() {
        CacheSite site = new CacheSite(CachePolicy.never(), counting("Cache-Control", "max-age=100"));
        site.get("/");
        assertEquals("answer 2", site.get("/").text());
        assertEquals(0, site.cache.size());
    }

    @Test
    void untilPurgedMeansUntilThen() {
        CacheSite site = new CacheSite(CachePolicy.untilPurged(), counting("Surrogate-Key", "all news"));
        assertEquals("null", site.get("/a").field("Surrogate-Key"));
        site.pass(10_000_000);
        Got hit = site.get("/a");
        assertEquals("answer 1", hit.text());
        assertEquals("null", hit.field("Surrogate-Key"));
        assertEquals(1, site.cache.purge("/a"));
        assertEquals("answer 2", site.get("/a").text());
        assertEquals(1, site.cache.purgeTag("news"));
        assertEquals("answer 3", site.get("/a").text());
        assertEquals(0, site.cache.purgeTag("other"));
        assertEquals(1, site.cache.purgePrefix("http://localhost:8080/"));
        assertEquals(0, site.cache.purgePrefix("http://localhost/"));
        assertEquals("answer 4", site.get("/a").text());
    }

    @ParameterizedTest
    @CsvSource({
        "max-age=10, 9, true", "max-age=10, 10, false", "'s-maxage=5, max-age=100', 5, false", "no-store, 0, false",
        "private, 0, false", "'private, max-age=100', 0, false", "max-age=0, 0, false",
    })
    void headersSayHowLong(String control, int seconds, boolean hit) {
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay(), counting("Cache-Control", control));
        site.get("/");
        site.pass(seconds);
        assertEquals(hit ? "answer 1" : "answer 2", site.get("/").text());
    }

    @Test
    void withoutAWordNothingIsKept() {
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay(), counting());
        site.get("/");
        assertEquals("answer 2", site.get("/").text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Cookie: a=b", "Authorization: Basic eDp5", "Content-Length: 3", "Transfer-Encoding: chunked"})
    void requestsOfTheirOwnPassUnderALifetimeOfTheRoute(String line) {
        String[] field = line.split(": ", 2);
        CacheSite site = new CacheSite(CachePolicy.forDuration(Duration.ofSeconds(10)), counting());
        assertEquals("answer 1", site.get("/", field).text());
        assertEquals("answer 2", site.get("/").text(), "what was made for the other is not kept");
        assertEquals("answer 3", site.get("/", field).text(), "and it gets nothing that was kept");
        assertEquals("answer 2", site.get("/").text());
        assertEquals(2, site.cache.counters().passed());
    }

    @Test
    void cookiesMayBeSharedIfTheRouteSaysSo() {
        CacheSite site = new CacheSite(CachePolicy.forDuration(Duration.ofSeconds(10)).withCookies(true), counting());
        site.get("/", "Cookie", "a=b");
        assertEquals("answer 1", site.get("/").text());
    }

    @ParameterizedTest
    @CsvSource({
        "Set-Cookie, a=b", "Cache-Control, private", "Cache-Control, no-store", "Vary, *", "Gatehouse-Cache, never",
        "Gatehouse-Cache, rubbish",
    })
    void answersOfTheirOwnAreNotKept(String name, String value) {
        CacheSite site = new CacheSite(CachePolicy.forDuration(Duration.ofSeconds(10)), counting(name, value));
        site.get("/");
        Got second = site.get("/");
        assertEquals("answer 2", second.text());
        assertEquals("null", second.field("Gatehouse-Cache"));
    }

    @Test
    void anAnswerMaySayItsOwnLife() {
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay(), counting("Gatehouse-Cache", "5"));
        Got first = site.get("/");
        assertEquals("null", first.field("Gatehouse-Cache"));
        site.pass(4);
        assertEquals("answer 1", site.get("/").text());
        site.pass(1);
        assertEquals("answer 2", site.get("/").text());
    }

    @Test
    void variantsLieSideBySide() {
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay(), (request, response) -> {
            response.field("Vary", "Accept-Language").field("Cache-Control", "max-age=60");
            response.send(String.valueOf(request.fields().first("Accept-Language")));
        });
        for (int round = 0; round < 2; round++) {
            for (String language : new String[] {"de", "en", "fr"}) {
                Got got = site.get("/", "Accept-Language", language);
                assertEquals(language, got.text());
                assertEquals(round > 0, got.fromMemory());
            }
            assertEquals("null", site.get("/").text());
        }
        assertEquals(4, site.runs());
        assertEquals(1, site.cache.size());
        assertEquals(4, site.cache.purge("/"));
        assertEquals("de", site.get("/", "Accept-Language", "de").text());
        assertEquals(5, site.runs());
    }

    @Test
    void conditionsAndRangesAreAnsweredFromMemory() {
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay(), (request, response) -> {
            response.field("ETag", "\"v1\"").field("Cache-Control", "max-age=60").field("Content-Type", "text/plain");
            response.send("0123456789");
        });
        site.get("/");
        site.pass(2);
        Got same = site.get("/", "If-None-Match", "\"v0\", \"v1\"");
        assertEquals(304, same.status());
        assertEquals("", same.text());
        assertEquals("2", same.field("Age"));
        assertEquals("null", same.field("Content-Type"));
        assertEquals("null", same.field("Content-Length"));
        Got part = site.get("/", "Range", "bytes=2-4");
        assertEquals(206, part.status());
        assertEquals("234", part.text());
        assertEquals("bytes 2-4/10", part.field("Content-Range"));
        assertEquals("3", part.field("Content-Length"));
        assertEquals("2", part.field("Age"));
        Got parts = site.get("/", "Range", "bytes=0-0, 9-9");
        assertEquals(206, parts.status());
        assertTrue(parts.field("Content-Type").startsWith("multipart/byteranges; boundary="), parts.field("Content-Type"));
        assertTrue(parts.text().contains("Content-Range: bytes 9-9/10\r\n\r\n9\r\n--"), parts.text());
        assertEquals(parts.field("Content-Length"), "" + parts.text().length());
        assertEquals(416, site.get("/", "Range", "bytes=10-").status());
        assertEquals(412, site.get("/", "If-Match", "\"v2\"").status());
        Got head = site.ask("HEAD", "/");
        assertEquals("10", head.field("Content-Length"));
        assertTrue(head.fromMemory());
        assertEquals(1, site.runs());
    }

    @Test
    void aPartDoesNotPoisonTheWhole() {
        CacheSite site = new CacheSite(CachePolicy.forDuration(Duration.ofSeconds(60)), counting());
        Got part = site.get("/", "Range", "bytes=0-2");
        assertEquals(206, part.status());
        assertEquals("ans", part.text());
        assertNull(site.seen.get(0).fields().first("Range"), "the handler makes the whole");
        assertEquals("answer 1", site.get("/").text());
    }

    @Test
    void whatIsStaleIsValidated() {
        AtomicInteger version = new AtomicInteger(1);
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay(), (request, response) -> {
            String tag = "\"v" + version.get() + "\"";
            response.field("ETag", tag).field("Cache-Control", "max-age=10").field("X-Run", "1");
            if (tag.equals(request.fields().first("If-None-Match"))) {
                response.status(304);
            } else {
                response.send("version " + version.get());
            }
        });
        site.get("/");
        site.pass(11);
        Got again = site.get("/");
        assertEquals(200, again.status());
        assertEquals("version 1", again.text());
        assertEquals(2, site.runs());
        assertEquals(1, site.cache.counters().validated());
        site.pass(9);
        assertTrue(site.get("/").fromMemory());
        site.pass(2);
        version.set(2);
        Got client = site.get("/", "If-None-Match", "\"v2\"");
        assertEquals(304, client.status(), "the client has what the handler makes now");
        assertEquals("version 2", site.get("/").text());
        assertEquals(3, site.runs());
    }

    @Test
    void staleIsServedWhileAnotherIsMade() {
        CacheSite site = new CacheSite(
                CachePolicy.forDuration(Duration.ofSeconds(10)).withStaleWhileRevalidate(Duration.ofSeconds(5)), counting());
        site.get("/");
        site.pass(11);
        assertEquals("answer 1", site.get("/").text());
        assertEquals("answer 1", site.get("/").text());
        assertEquals(1, site.runs());
        assertEquals(1, site.runBackground(), "one refresh for both");
        assertEquals("answer 2", site.get("/").text());
        assertEquals(2, site.cache.counters().stale());
        site.pass(16);
        assertEquals("answer 3", site.get("/").text(), "the window is over");
        assertEquals(0, site.runBackground());
    }

    @ParameterizedTest
    @CsvSource({"throws, 5, 200", "fails503, 5, 200", "throws, 21, 500", "fails503, 21, 503"})
    void staleIsServedForAnError(String how, int late, int status) {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(
                CachePolicy.forDuration(Duration.ofSeconds(10)).withStaleIfError(Duration.ofSeconds(20)), (request, response) -> {
                    if (runs.incrementAndGet() > 1) {
                        if (how.equals("throws")) {
                            throw new HttpFailure(500, "no");
                        }
                        response.status(503).send("sorry");
                        return;
                    }
                    response.send("good");
                });
        site.get("/");
        site.pass(10 + late);
        Got got = site.get("/");
        assertEquals(status, got.status());
        assertEquals(status == 200, got.text().equals("good"));
    }

    @Test
    void unsafeMethodsDropWhatTheyChange() {
        CacheSite site = new CacheSite(CachePolicy.untilPurged(), (request, response) -> {
            if (request.method().equals("POST")) {
                response.status(request.path().equals("/fails") ? 500 : 303).field("Location", "/list");
                return;
            }
            response.send("ok");
        });
        site.get("/item");
        site.get("/list");
        site.get("/fails");
        site.get("/other");
        assertEquals(4, site.runs());
        site.ask("POST", "/fails");
        assertTrue(site.get("/fails").fromMemory());
        assertTrue(site.get("/list").fromMemory());
        site.ask("POST", "/item");
        assertFalse(site.get("/item").fromMemory());
        assertFalse(site.get("/list").fromMemory());
        assertTrue(site.get("/other").fromMemory());
    }

    @Test
    void whatIsPurgedWhileItIsMadeIsNotStored() {
        CacheSite[] site = new CacheSite[1];
        AtomicInteger runs = new AtomicInteger();
        site[0] = new CacheSite(CachePolicy.untilPurged(), (request, response) -> {
            int run = runs.incrementAndGet();
            response.field("Cache-Tag", "a, b");
            switch (run) {
                case 1 -> site[0].cache.purge("/x");
                case 2 -> site[0].cache.purgePrefix("/");
                case 3 -> site[0].cache.purgeTag("b");
                case 4 -> site[0].cache.expire("http://localhost:8080/x");
                case 5 -> site[0].cache.clear();
                default -> site[0].cache.purge("/y");
            }
            response.send("run " + run);
        });
        for (int run = 1; run <= 6; run++) {
            assertEquals("run " + run, site[0].get("/x").text());
        }
        assertEquals("run 6", site[0].get("/x").text());
        assertEquals(6, runs.get());
    }

    @Test
    void softPurgesValidate() {
        CacheSite site = new CacheSite(CachePolicy.untilPurged(), counting("ETag", "\"a\""));
        site.get("/");
        site.pass(5);
        assertEquals(1, site.cache.expire("/"));
        assertEquals("answer 2", site.get("/").text());
        assertEquals("\"a\"", site.seen.get(1).fields().first("If-None-Match"));
    }

    @Test
    void clientsMayAskForMoreIfTheyMay() {
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay(), counting("Cache-Control", "max-age=60"));
        site.get("/");
        assertEquals("answer 2", site.get("/", "Cache-Control", "no-cache").text());
        assertEquals("answer 2", site.get("/").text());
        assertEquals(504, site.get("/none", "Cache-Control", "only-if-cached").status());
        CacheSite deaf = new CacheSite(
                CachePolicy.asHeadersSay().withRequestDirectives(false), counting("Cache-Control", "max-age=60"));
        deaf.get("/");
        assertEquals("answer 1", deaf.get("/", "Cache-Control", "no-cache").text());
    }

    @Test
    void statusTellsHowItCameAbout() {
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay().withStatus(true), (request, response) -> {
            response.field("Cache-Control", request.path().equals("/p") ? "private" : "max-age=60");
            response.send("x");
        });
        assertEquals("Gatehouse; fwd=uri-miss; stored", site.get("/").field("Cache-Status"));
        site.pass(1);
        assertEquals("Gatehouse; hit; ttl=59", site.get("/").field("Cache-Status"));
        assertEquals("Gatehouse; fwd=uri-miss; detail=private", site.get("/p").field("Cache-Status"));
        assertEquals(1, site.cache.counters().refused().get("private"));
    }

    /** RFC 9211 section 2.2: why the handler was asked although something lay there. */
    @Test
    void statusTellsWhatWasWrongWithWhatLayThere() {
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay().withStatus(true), (request, response) -> {
            response.field("Cache-Control", request.path().equals("/n") ? "no-cache" : "max-age=60").field("ETag", "\"x\"");
            response.field("Vary", "X-Lang").send("x");
        });
        assertEquals("Gatehouse; fwd=uri-miss; stored", site.get("/", "X-Lang", "de").field("Cache-Status"));
        assertEquals("Gatehouse; fwd=vary-miss; stored", site.get("/", "X-Lang", "en").field("Cache-Status"));
        assertEquals("Gatehouse; hit; ttl=60", site.get("/", "X-Lang", "de").field("Cache-Status"));
        assertEquals(
                "Gatehouse; fwd=request; stored",
                site.get("/", "X-Lang", "de", "Cache-Control", "no-cache").field("Cache-Status"), "it was fresh");
        site.pass(61);
        assertEquals(
                "Gatehouse; fwd=stale; stored", site.get("/", "X-Lang", "de", "Cache-Control", "no-cache").field("Cache-Status"));
        assertEquals("Gatehouse; fwd=stale; stored", site.get("/", "X-Lang", "en").field("Cache-Status"));
        site.get("/n");
        assertEquals("Gatehouse; fwd=stale; stored", site.get("/n").field("Cache-Status"), "the answer itself wants it");
        site.cache.expire("/");
        assertEquals("Gatehouse; fwd=stale; stored", site.get("/", "X-Lang", "en").field("Cache-Status"));
    }

    @Test
    void statusTellsOfParts() {
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay().withStatus(true), (request, response) -> {
            response.field("Cache-Control", "max-age=60").field("ETag", "\"x\"").field("Accept-Ranges", "bytes");
            if ("bytes=0-3".equals(request.fields().first("Range"))) {
                response.status(206).field("Content-Range", "bytes 0-3/10").send("0123");
            } else if (!request.head().isHead()) {
                response.send("0123456789");
            }
        });
        assertEquals("Gatehouse; fwd=uri-miss; stored", site.get("/", "Range", "bytes=0-3").field("Cache-Status"));
        assertTrue(site.ask("HEAD", "/").field("Cache-Status").startsWith("Gatehouse; fwd=partial"));
        assertEquals("Gatehouse; fwd=partial; stored", site.get("/").field("Cache-Status"));
    }

    @Test
    void theMethodPurgeCountsWhereItMay() {
        CacheSite site = new CacheSite(
                CachePolicy.untilPurged().withMayPurge(request -> request.fields().contains("X-Key")), counting());
        site.get("/a");
        site.ask("PURGE", "/b");
        assertEquals(2, site.runs(), "without the key it is a method like any other");
        assertTrue(site.get("/a").fromMemory());
        assertEquals("1 purged\n", site.ask("PURGE", "/a", "X-Key", "1").text());
        assertFalse(site.get("/a").fromMemory());
    }

    @Test
    void headFreshensWhatGetHasStored() {
        AtomicInteger version = new AtomicInteger(1);
        CacheSite site = new CacheSite(CachePolicy.asHeadersSay(), (request, response) -> {
            response.field("ETag", "\"v" + version.get() + "\"").field("Cache-Control", "max-age=10").field("X-N", "" + version);
            if (!request.head().isHead()) {
                response.send("body");
            }
        });
        site.get("/");
        site.pass(11);
        assertEquals(200, site.ask("HEAD", "/").status());
        assertTrue(site.get("/").fromMemory(), "the HEAD has freshened it");
        site.pass(11);
        version.set(2);
        site.ask("HEAD", "/");
        assertFalse(site.get("/").fromMemory());
        assertEquals(Fields.EMPTY, FakeRequest.get("/").fields());
    }
}
