/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.Handler;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one client can say to change what others get: each must get what it would have got without that one. */
class HostileRequestsTest {

    private static final CachePolicy MINUTE = CachePolicy.forDuration(Duration.ofMinutes(1));
    private static final CachePolicy HEADERS = CachePolicy.asHeadersSay();

    /** Makes its answer of all that frameworks believe, and says that it is fresh for a minute. */
    private static final Handler REFLECTING = (request, response) -> {
        StringBuilder seen = new StringBuilder(request.method());
        for (int i = 0; i < request.fields().size(); i++) {
            if (request.fields().name(i).startsWith("X-") || request.fields().name(i).equals("Forwarded")) {
                seen.append(' ').append(request.fields().value(i));
            }
        }
        seen.append(new String(request.body().readAllBytes(), StandardCharsets.UTF_8));
        response.field("Cache-Control", "max-age=60").send(seen.toString());
    };

    private static CachePolicy policy(String name) {
        return name.equals("minute") ? MINUTE : HEADERS;
    }

    /** Over HTTP/2 a body needs neither Content-Length nor Transfer-Encoding (RFC 9113 section 8.1.1). */
    @ParameterizedTest
    @ValueSource(strings = {"minute", "headers"})
    void aBodyThatNoFieldTellsOfIsNotSeen(String policy) {
        CacheSite site = new CacheSite(policy(policy), REFLECTING);
        assertEquals("GET", site.ask(FakeRequest.get("/").body("evil")).text());
        assertEquals("GET", site.get("/").text());
        assertEquals(1, site.runs());
        assertEquals(0, site.seen.get(0).contentLength());
    }

    @ParameterizedTest
    @CsvSource({
        "minute, X-HTTP-Method-Override", "headers, X-HTTP-Method-Override", "headers, X-HTTP-Method", "headers, X-Method-Override",
        "headers, X-Original-URL", "headers, X-Rewrite-URL", "minute, x-original-url", "minute, X-Rewrite-Url",
    })
    void whatOverridesMethodOrTargetPasses(String policy, String name) {
        CacheSite site = new CacheSite(policy(policy), REFLECTING);
        site.get("/", name, "evil");
        assertEquals("GET", site.get("/").text(), "what was made for the other is not kept");
        site.get("/", name, "evil");
        assertEquals(3, site.runs(), "and it gets nothing that was kept");
        assertEquals(2, site.cache.counters().passed());
        assertEquals(2, site.cache.counters().refused().get("override"));
        assertEquals("GET", site.get("/").text());
    }

    @Test
    void whatOverridesIsKeptWhereItIsInTheKey() {
        CacheSite site = new CacheSite(HEADERS.withKeyFields("X-Original-URL"), REFLECTING);
        for (int round = 0; round < 2; round++) {
            assertEquals("GET /a", site.get("/", "X-Original-URL", "/a").text());
            assertEquals("GET /b", site.get("/", "X-Original-URL", "/b").text());
        }
        assertEquals(2, site.runs());
        site.get("/", "X-Original-URL", "/a", "X-HTTP-Method", "PUT");
        assertEquals(3, site.runs(), "another is not in the key");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "X-Forwarded-Host  | evil                        | false",
        "X-Forwarded-Host  | localhost:8080              | true",
        "X-Forwarded-Host  | LOCALHOST:8080              | true",
        "X-Forwarded-Host  | localhost                   | false",
        "X-Forwarded-Host  | evil, localhost:8080        | false",
        "X-Forwarded-Host  | localhost:8080, evil        | false",
        "X-Forwarded-Host  | a b                         | false",
        "X-Forwarded-Proto | https                       | false",
        "X-Forwarded-Proto | HTTP                        | true",
        "X-Forwarded-Proto | http, https                 | false",
        "Forwarded         | for=10.0.0.1                | true",
        "Forwarded         | host=evil                   | false",
        "Forwarded         | \"host=evil                 | false",
        "Forwarded         | host=\"localhost:8080\"     | true",
        "Forwarded         | for=10.0.0.1;proto=https    | false",
        "Forwarded         | proto=http, host=evil       | false",
    })
    void whatTellsOfAnotherHostOrSchemeIsForThoseWhoSayTheSame(String name, String value, boolean everyone) {
        for (CachePolicy policy : new CachePolicy[] {MINUTE, HEADERS}) {
            CacheSite site = new CacheSite(policy, REFLECTING);
            String made = site.get("/", name, value).text();
            assertEquals(everyone ? made : "GET", site.get("/").text());
            assertEquals(made, site.get("/", name, value).text());
            assertEquals(everyone ? 1 : 2, site.runs(), "both lie there");
            site.cache.purge("http://localhost:8080/");
            site.get("/", name, value);
            assertEquals(everyone ? 2 : 3, site.runs(), "a purge by URL drops all of them");
        }
    }

    @Test
    void whatLiesThereForEveryoneIsForThoseTooWhoTellOfAnotherHost() {
        CacheSite site = new CacheSite(HEADERS, REFLECTING);
        site.get("/");
        assertTrue(site.get("/", "X-Forwarded-Host", "evil").fromMemory());
        assertEquals("GET", site.get("/").text());
        assertEquals(1, site.runs());
    }

    @Test
    void whatTellsOfAnotherHostIsStoredWhereAnswersAreToldApartByIt() {
        CacheSite keyed = new CacheSite(HEADERS.withKeyFields("X-Forwarded-Host"), REFLECTING);
        CacheSite varying = new CacheSite(HEADERS, (request, response) -> {
            response.field("Vary", "Accept, x-forwarded-host");
            REFLECTING.handle(request, response);
        });
        for (CacheSite site : new CacheSite[] {keyed, varying}) {
            site.get("/", "X-Forwarded-Host", "other");
            assertTrue(site.get("/", "X-Forwarded-Host", "other").fromMemory());
            assertEquals("GET", site.get("/").text());
        }
    }

    /** A 304 to a request whose answers are not kept says nothing against what lies there. */
    @ParameterizedTest
    @CsvSource({"GET, no-store, ''", "GET, no-cache, Basic eDp5", "HEAD, no-store, ''", "HEAD, no-cache, Basic eDp5"})
    void noClientCanEvictWhatIsFresh(String method, String directives, String authorization) {
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            response.field("ETag", "\"1\"").field("Cache-Control", "max-age=60");
            if (request.fields().contains("If-None-Match")) {
                response.status(304);
            } else if (!request.head().isHead()) {
                response.send("kept");
            }
        });
        site.get("/");
        String control = directives.equals("no-store") ? "no-cache, no-store" : directives;
        if (authorization.isEmpty()) {
            site.ask(method, "/", "Cache-Control", control);
        } else {
            site.ask(method, "/", "Cache-Control", control, "Authorization", authorization);
        }
        assertEquals(2, site.runs(), "the handler was asked");
        assertTrue(site.get("/").fromMemory());
    }

    /** What the answer itself says binds all the same, also when the request has reasons of its own. */
    @ParameterizedTest
    @CsvSource({"GET, private", "GET, no-store", "HEAD, private", "HEAD, no-store"})
    void whatAnAnswerTakesBackIsDropped(String method, String control) {
        AtomicInteger runs = new AtomicInteger();
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            response.field("ETag", "\"1\"").field("Cache-Control", runs.incrementAndGet() == 2 ? control : "max-age=60");
            if (request.fields().contains("If-None-Match")) {
                response.status(304);
            } else if (!request.head().isHead()) {
                response.send("kept");
            }
        });
        site.get("/");
        site.ask(method, "/", "Cache-Control", "no-cache, no-store");
        assertFalse(site.get("/").fromMemory());
        assertEquals(3, site.runs());
    }

    @Test
    void aRangeDoesNotTakeThePlaceOfAWhole() {
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            response.field("Cache-Control", "max-age=60");
            if (request.fields().contains("Range")) {
                response.status(206).field("Content-Range", "bytes 0-0/10").send("0");
            } else {
                response.send("0123456789");
            }
        });
        site.get("/");
        CacheSite.Got part = site.get("/", "Cache-Control", "no-cache", "Range", "bytes=0-0");
        assertEquals(206, part.status());
        assertEquals("0", part.text());
        assertNull(site.seen.get(1).fields().first("Range"), "the whole is made anew");
        CacheSite.Got whole = site.get("/");
        assertTrue(whole.fromMemory());
        assertEquals("0123456789", whole.text());
    }

    /** A POST whose answer names itself answers later GETs (RFC 9110 section 9.3.3), but not if it is one client's. */
    @ParameterizedTest
    @CsvSource({"'', '', true", "Cookie, id=1, false", "Authorization, Basic eDp5, false", "X-HTTP-Method-Override, PATCH, false"})
    void aPostOfOneClientIsNotStored(String name, String value, boolean kept) {
        CacheSite site = new CacheSite(MINUTE, (request, response) -> {
            response.field("Cache-Control", "max-age=60").field("Content-Location", "/");
            response.send(request.method() + " for " + request.fields().first("Cookie"));
        });
        FakeRequest post = name.isEmpty() ? FakeRequest.of("POST", "/", "Content-Length", "1").body("x")
                : FakeRequest.of("POST", "/", "Content-Length", "1", name, value).body("x");
        site.ask(post);
        assertEquals(kept, site.get("/").fromMemory());
    }
}
