/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CacheSite.Got;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Handler;
import io.gatehouse.http.ByteRanges;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Conditions and ranges on routes with a lifetime of their own, where the cache asks the handler for the whole: they count also
 * when what comes can't be kept.
 */
class OwnConditionsTest {

    private static final String BODY = "0123456789";
    private static final String MODIFIED = "Mon, 06 May 2024 07:08:09 GMT";
    private static final CachePolicy HOUR = CachePolicy.forDuration(Duration.ofHours(1)).withStatus(true);

    /** A page for one client that obeys ranges, and no conditions: those are the cache's here. */
    private static Handler page(String... fields) {
        return (request, response) -> {
            response.field("Content-Type", "text/plain").field("Content-Language", "en").field("X-Other", "stays");
            for (int i = 0; i < fields.length; i += 2) {
                response.field(fields[i], fields[i + 1]);
            }
            String range = request.fields().first("Range");
            if (range != null && ByteRanges.parse(range, BODY.length()) instanceof ByteRanges.Satisfiable satisfiable) {
                ByteRanges.Range one = satisfiable.ranges().get(0);
                response.status(206).field("Content-Range", one.contentRange(BODY.length()));
                response.send(BODY.substring((int) one.first(), (int) (one.first() + one.length())));
            } else {
                response.send(BODY);
            }
        };
    }

    private static CacheSite site(String... fields) {
        return new CacheSite(HOUR, page(fields));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "If-None-Match     | \"v\"                          | 304",
        "If-None-Match     | W/\"v\"                        | 304",
        "If-None-Match     | \"a\", \"v\"                   | 304",
        "If-None-Match     | \"other\"                      | 200",
        "If-None-Match     | *                              | 304",
        "If-Modified-Since | Mon, 06 May 2024 07:08:09 GMT  | 304",
        "If-Modified-Since | Mon, 06 May 2024 07:08:08 GMT  | 200",
        "If-Match          | \"v\"                          | 200",
        "If-Match          | \"other\"                      | 412",
        "If-Unmodified-Since | Mon, 06 May 2024 07:08:08 GMT | 412",
        "If-Unmodified-Since | Mon, 06 May 2024 07:08:09 GMT | 200",
    })
    void conditionsBindAnAnswerForOneClient(String name, String value, int status) {
        for (String why : new String[] {"Set-Cookie", "Cache-Control"}) {
            String said = why.equals("Set-Cookie") ? "id=7" : "private";
            CacheSite site = site("ETag", "\"v\"", "Last-Modified", MODIFIED, why, said);
            Got got = site.get("/", name, value);
            assertEquals(status, got.status(), why);
            assertEquals(status == 200 ? BODY : "", got.text());
            assertEquals(1, site.runs(), "the handler is asked once");
            assertEquals(said, got.field(why), "what it says to its client is not lost");
            assertEquals("stays", got.field("X-Other"));
            assertEquals("\"v\"", got.field("ETag"));
            assertEquals(status == 200 ? "text/plain" : "null", got.field("Content-Type"));
            assertEquals(status == 200 ? "10" : status == 412 ? "0" : "null", got.field("Content-Length"));
            assertTrue(got.field("Cache-Status").startsWith("Gatehouse; fwd=uri-miss; detail="), got.field("Cache-Status"));
            assertEquals(0, site.cache.counters().stored());
        }
    }

    @Test
    void anAnswerWithoutValidatorsGoesOutAsItIs() {
        CacheSite site = site("Cache-Control", "private");
        assertEquals(200, site.get("/", "If-None-Match", "\"v\"").status());
        assertEquals(200, site.get("/", "Range", "bytes=0-3").status(), "it does not say that it knows ranges");
        assertEquals(2, site.runs());
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 301, 500})
    void errorsAndRedirectsAreNotTouched(int status) {
        CacheSite site = new CacheSite(HOUR, (request, response) -> response.status(status).field("ETag", "\"v\"")
                .field("Cache-Control", "private").field("Accept-Ranges", "bytes").send("sorry"));
        Got got = site.get("/", "If-None-Match", "\"v\"", "Range", "bytes=0-1");
        assertEquals(status, got.status());
        assertEquals("sorry", got.text());
        assertEquals(1, site.runs());
    }

    @Test
    void aRangeIsAskedForAgainInTheClientsWords() {
        CacheSite site = site("ETag", "\"v\"", "Accept-Ranges", "bytes", "Cache-Control", "private");
        Got got = site.get("/", "Range", "bytes=2-4");
        assertEquals(206, got.status());
        assertEquals("234", got.text());
        assertEquals("bytes 2-4/10", got.field("Content-Range"));
        assertEquals(2, site.runs());
        assertEquals("Gatehouse; fwd=uri-miss; detail=private", got.field("Cache-Status"));
        CacheCounters counters = site.cache.counters();
        assertEquals(1, counters.misses());
        assertEquals(1, counters.refused().get("private"));
        assertEquals(0, counters.stored(), "nor is the part kept");
        assertEquals(206, site.get("/", "Range", "bytes=2-4", "If-Range", "\"v\"").status());
        assertEquals(4, site.runs());
        Got other = site.get("/", "Range", "bytes=2-4", "If-Range", "\"other\"");
        assertEquals(200, other.status(), "which parts it has are of another state");
        assertEquals(BODY, other.text());
        assertEquals(5, site.runs());
        assertEquals(304, site.get("/", "Range", "bytes=2-4", "If-None-Match", "\"v\"").status());
    }

    @Test
    void soIsTheRangeOfWhatIsTooLarge() {
        CacheSite site = new CacheSite(HOUR.withMaxEntry(5), page("ETag", "\"v\"", "Accept-Ranges", "bytes"));
        assertEquals(304, site.get("/", "If-None-Match", "\"v\"").status());
        for (int i = 0; i < 3; i++) {
            Got got = site.get("/", "Range", "bytes=" + i + "-" + i);
            assertEquals(206, got.status());
            assertEquals("" + i, got.text());
        }
        assertEquals(BODY, site.get("/").text());
        assertEquals(0, site.cache.counters().stored());
    }

    @Test
    void whatTurnsPrivateWhileItIsValidatedIsShortenedToo() {
        AtomicInteger version = new AtomicInteger(1);
        CacheSite site = new CacheSite(HOUR, (request, response) -> {
            response.field("ETag", "\"v" + version + "\"").field("Cache-Control", version.get() == 1 ? "public" : "private");
            response.send(BODY + version);
        });
        assertEquals(BODY + 1, site.get("/").text());
        site.pass(3601);
        version.set(2);
        assertEquals(304, site.get("/", "If-None-Match", "\"v2\"").status());
        site.pass(3601);
        Got got = site.get("/", "If-None-Match", "\"v1\"");
        assertEquals(200, got.status());
        assertEquals(BODY + 2, got.text());
    }

    /** What can be kept is, whole, and the client gets of it what it asked for: as ever. */
    @Test
    void whatCanBeKeptIsAskedForOnceAndWhole() {
        CacheSite site = site("ETag", "\"v\"", "Accept-Ranges", "bytes");
        assertEquals("234", site.get("/", "Range", "bytes=2-4").text());
        assertEquals(304, site.get("/", "If-None-Match", "\"v\"").status());
        assertEquals(BODY, site.get("/").text());
        assertEquals(1, site.runs());
    }

    @Test
    void whereNoThreadIsFreeTheClientIsToldSo() throws Exception {
        Executor full = task -> {
            throw new RejectedExecutionException();
        };
        OutputCache cache = OutputCache.of(1 << 20, () -> 0, full);
        Handler page = page("ETag", "\"v\"", "Accept-Ranges", "bytes", "Cache-Control", "private");
        AsyncHandler cached = cache.around("/", AsyncHandler.of(page), HOUR);
        FakeResponse response = new FakeResponse().handledBy(cached, FakeRequest.get("/", "Range", "bytes=0-1"));
        assertEquals(503, response.sentStatus());
    }
}
