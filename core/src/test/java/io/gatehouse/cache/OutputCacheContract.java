/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.cache.RawClient.Reply;
import io.gatehouse.handler.Handler;
import io.gatehouse.transport.TransportUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What clients see of the output cache, the same over every transport: a whole server, raw requests, a clock of the test's.
 * Every transport has a test class that extends this one.
 */
@Timeout(120)
public abstract class OutputCacheContract extends ReuseContract {

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
    void hitsHaveAgeAndTheDateOfTheirMaking() throws Exception {
        try (ServedSite site = site(MINUTE, counting("X-Some", "kept")); RawClient client = site.client()) {
            Reply made = client.ask("GET /page?x=1");
            assertFalse(made.fromMemory());
            for (int second = 0; second < 4; second++) {
                Reply hit = client.ask("GET /page?x=1");
                assertEquals("answer 1", hit.text());
                assertEquals("" + second, hit.field("Age"));
                assertEquals("Tue, 14 Nov 2023 22:13:20 GMT", hit.field("Date"));
                assertEquals("kept", hit.field("X-Some"));
                assertEquals(1, hit.fields().all("Date").size());
                site.pass(1);
            }
            assertEquals("answer 2", client.ask("GET /page?x=2").text());
            assertEquals("answer 3", client.ask("GET /page").text());
            site.pass(60);
            assertEquals("answer 4", client.ask("GET /page?x=1").text());
        }
    }

    @Test
    void pipelinedHitsComeInOrder() throws Exception {
        Handler path = (request, response) -> response.send(request.path());
        try (ServedSite site = site(MINUTE, path); RawClient client = site.client()) {
            for (int i = 0; i < 8; i++) {
                client.ask("GET /" + i);
            }
            for (int i = 0; i < 64; i++) {
                client.send("GET /" + i % 8);
            }
            for (int i = 0; i < 64; i++) {
                assertEquals("/" + i % 8, client.reply(false).text());
            }
            assertEquals(8, site.runs());
        }
    }

    @Test
    void headConditionsAndRangesNeedNoHandler() throws Exception {
        CachePolicy policy = CachePolicy.asHeadersSay();
        Handler handler = (request, response) -> {
            response.field("Cache-Control", "max-age=60").field("ETag", "\"1\"");
            response.field("Last-Modified", "Tue, 14 Nov 2023 20:00:00 GMT").send("0123456789");
        };
        try (ServedSite site = site(policy, handler); RawClient client = site.client()) {
            client.ask("GET /");
            assertEquals("10", client.ask("HEAD /").field("Content-Length"));
            assertEquals(304, client.ask("GET /", "If-None-Match: \"1\"").status());
            assertEquals(304, client.ask("GET /", "If-Modified-Since: Tue, 14 Nov 2023 20:00:00 GMT").status());
            assertEquals(200, client.ask("GET /", "If-None-Match: \"2\"").status());
            assertEquals(412, client.ask("GET /", "If-Match: \"2\"").status());
            Reply part = client.ask("GET /", "Range: bytes=-3");
            assertEquals(206, part.status());
            assertEquals("789", part.text());
            assertEquals("0", part.field("Age"));
            assertEquals(206, client.ask("GET /", "Range: bytes=0-1,8-9").status());
            assertEquals(416, client.ask("GET /", "Range: bytes=20-").status());
            assertEquals("0123456789", client.ask("GET /", "Range: bytes=0-1", "If-Range: \"2\"").text());
            assertEquals("0123456789", client.ask("GET /").text());
            assertEquals(1, site.runs());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"url", "prefix", "tag", "soft", "all"})
    void whatIsPurgedIsGoneForTheNextRequest(String how) throws Exception {
        try (ServedSite site = site(MINUTE, counting("Surrogate-Key", "one two"));
                RawClient client = site.client()) {
            for (int i = 1; i < 20; i++) {
                assertEquals("answer " + i, client.ask("GET /folder/page").text());
                assertEquals("answer " + i, client.ask("GET /folder/page").text());
                int count = switch (how) {
                    case "url" -> site.cache.purge("/folder/page");
                    case "prefix" -> site.cache.purgePrefix("http://test/folder/");
                    case "tag" -> site.cache.purgeTag("none", "two");
                    case "soft" -> site.cache.expirePrefix("/");
                    default -> {
                        site.cache.clear();
                        yield 1;
                    }
                };
                assertEquals(1, count);
            }
        }
    }

    @Test
    void staleAnswersStandInWhileAnotherIsMadeAndWhenItFails() throws Exception {
        AtomicInteger count = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        Handler handler = (request, response) -> {
            int number = count.incrementAndGet();
            if (number == 2) {
                go.await(60, TimeUnit.SECONDS);
            } else if (number > 2) {
                throw new IllegalStateException("broken");
            }
            response.field("Cache-Control", "max-age=10, stale-while-revalidate=10, stale-if-error=100");
            response.send("answer " + number);
        };
        try (ServedSite site = site(CachePolicy.asHeadersSay(), handler); RawClient client = site.client()) {
            client.ask("GET /");
            site.pass(15);
            for (int i = 0; i < 5; i++) {
                Reply stale = client.ask("GET /");
                assertEquals("answer 1", stale.text());
                assertEquals("15", stale.field("Age"));
            }
            go.countDown();
            while (!client.ask("GET /").text().equals("answer 2")) {
                Thread.onSpinWait();
            }
            assertEquals(2, site.runs());
            site.pass(25);
            assertEquals("answer 2", client.ask("GET /").text());
            site.pass(100);
            assertEquals(500, client.ask("GET /").status());
        }
    }

    /** Each line asks first as one client and then as another, who must not get what was made for the first. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "minute  | Authorization: Basic eDp5 | X: 1                      | ",
        "minute  | Cookie: id=1              | Cookie: id=2              | ",
        "minute  | Cookie: id=1              | X: 1                      | ",
        "minute  | X: 1                      | Cookie: id=2              | ",
        "minute  | X: 1                      | X: 2                      | Set-Cookie: id=1",
        "minute  | X: 1                      | X: 2                      | Cache-Control: private",
        "minute  | X: 1                      | X: 2                      | Vary: X",
        "minute  | X: 1                      | Y: 2                      | Vary: Y, *",
        "headers | Authorization: Basic eDp5 | X: 1                      | Cache-Control: max-age=60",
        "headers | X: 1                      | X: 2                      | Cache-Control: max-age=60, private",
        "headers | X: 1                      | X: 2                      | Cache-Control: no-store",
        "headers | Accept: a                 | Accept: b                 | Cache-Control: max-age=60; Vary: Accept",
        "headers | X: 1                      | X: 2                      | Set-Cookie: a=b; Last-Modified: Mon, 06 Nov 2023 08:49:37 GMT",
    })
    void nobodyGetsWhatIsAnothers(String policy, String first, String second, String answer) throws Exception {
        Handler handler = (request, response) -> {
            for (String line : answer == null ? new String[0] : answer.split("; ", -1)) {
                response.field(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2));
            }
            response.send("for " + request.fields().joined("X") + request.fields().joined("Cookie")
                    + request.fields().joined("Authorization") + request.fields().joined("Accept"));
        };
        CachePolicy chosen = policy.equals("minute") ? MINUTE : CachePolicy.asHeadersSay();
        try (ServedSite site = site(chosen, handler); RawClient client = site.client()) {
            String one = client.ask("GET /", first).text();
            String two = client.ask("GET /", second).text();
            assertEquals(2, site.runs());
            assertFalse(one.equals(two) && first.charAt(0) == second.charAt(0), two);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET /a                | Content-Length: 4 | evil",
        "GET /a                | Transfer-Encoding: chunked | 4~evil~0~~",
        "GET /a                | Range: bytes=0-0  | ",
        "GET /a                | X-Forwarded-Host: evil | ",
        "GET /a                | X-Forwarded-Proto: https | ",
        "GET /a                | Forwarded: host=evil | ",
        "GET /a                | X-HTTP-Method-Override: DELETE | ",
        "GET /a                | X-HTTP-Method: DELETE | ",
        "GET /a                | X-Method-Override: DELETE | ",
        "GET /a                | X-Original-URL: /evil | ",
        "GET /a                | X-Rewrite-URL: /evil | ",
        "GET /a                | If-None-Match: * | ",
        "HEAD /a               | X: y | ",
        "POST /a               | Content-Length: 4 | evil",
        "GET /b?/a             | X: y | ",
        "GET /a?evil           | X: y | ",
        "GET /A                | X: y | ",
        "GET /a/               | X: y | ",
        "GET /%61%3Fb          | X: y | ",
        "GET http://evil/a     | X: y | ",
    })
    void oddRequestsPoisonNothing(String line, String field, String body) throws Exception {
        Handler handler = (request, response) -> {
            boolean odd = request.fields().contains("Range") || request.body().read() >= 0 || !request.method().equals("GET");
            boolean same = request.path().equals("/a") && request.query() == null
                    && String.valueOf(request.head().authority()).equals("test");
            StringBuilder believed = new StringBuilder(); // as frameworks do
            for (int i = 0; i < request.fields().size(); i++) {
                String name = request.fields().name(i);
                believed.append(name.startsWith("X-") || name.equals("Forwarded") ? ' ' + request.fields().value(i) : "");
            }
            response.send((odd || !same ? "odd" : "good answer") + believed);
        };
        try (ServedSite site = site(MINUTE, handler); RawClient client = site.client(); RawClient other = site.client()) {
            client.send(line, field);
            if (body != null) {
                client.sendRaw(body.replace("~", "\r\n"));
            }
            client.reply(line.startsWith("HEAD"));
            assertEquals("good answer", other.ask("GET /a").text());
            assertEquals("good answer", other.ask("GET /a").text());
        }
    }

    @Test
    void cutAnswersAreNotKept() throws Exception {
        AtomicInteger count = new AtomicInteger();
        Handler handler = (request, response) -> {
            if (count.incrementAndGet() == 1) {
                response.field("Content-Length", "10");
                response.body().write(new byte[4]);
                response.body().flush();
                throw new IOException("broken off");
            }
            response.send("0123456789");
        };
        try (ServedSite site = site(MINUTE, handler); RawClient client = site.client(); RawClient other = site.client()) {
            client.send("GET /");
            boolean cut = false;
            try {
                client.reply(false);
            } catch (IOException e) {
                cut = true;
            }
            assertTrue(cut, "the cut is seen");
            assertEquals("0123456789", other.ask("GET /").text());
            assertEquals("0123456789", other.ask("GET /").text());
            assertEquals(2, site.runs());
        }
    }

    @Test
    void streamedAnswersAreKeptAndLongOnesPassBy() throws Exception {
        Handler handler = (request, response) -> {
            byte[] part = new byte[1000];
            int parts = Integer.parseInt(request.path().substring(1));
            for (int i = 0; i < parts; i++) {
                response.body().write(part);
                response.body().flush();
            }
        };
        try (ServedSite site = site(MINUTE.withMaxEntry(50_000), handler); RawClient client = site.client()) {
            for (int round = 0; round < 2; round++) {
                Reply small = client.ask("GET /50");
                assertEquals(50_000, small.text().length());
                assertEquals(round > 0, small.fromMemory());
                Reply large = client.ask("GET /51");
                assertEquals(51_000, large.text().length());
                assertFalse(large.fromMemory());
            }
            assertEquals(3, site.runs());
            assertEquals(2, site.cache.counters().refused().get("too-large"));
        }
    }

    /** The file is gone after the first request: what is answered then was in memory. */
    @Test
    void hotFilesNeedNoFile(@TempDir Path folder) throws Exception {
        FileTime old = FileTime.from(Instant.parse("2024-05-06T07:08:09Z"));
        for (String name : new String[] {"a.txt", "a.txt.br"}) {
            Path file = Files.writeString(folder.resolve(name), name.equals("a.txt") ? "0123456789" : "br");
            Files.setLastModifiedTime(file, old);
        }
        TransportUnderTest transport = transport();
        Configuration configuration = Configuration.DEFAULTS
                .withEndpoints(transport.endpoints())
                .withOptions(Map.of(transport.provider().name(), transport.options()))
                .withFileFreshness(Duration.ofHours(1));
        try (Gatehouse gatehouse = Gatehouse.builder().configuration(configuration).transport(transport.provider())
                        .files("/", folder).start();
                RawClient client = new RawClient(transport.connect(gatehouse.endpoints().get(0)))) {
            Reply first = client.ask("GET /a.txt");
            Files.delete(folder.resolve("a.txt"));
            Files.delete(folder.resolve("a.txt.br"));
            String tag = first.field("ETag");
            assertEquals("0123456789", client.ask("GET /a.txt").text());
            assertEquals("10", client.ask("HEAD /a.txt").field("Content-Length"));
            assertEquals(304, client.ask("GET /a.txt", "If-None-Match: " + tag).status());
            assertEquals(304, client.ask("GET /a.txt", "If-Modified-Since: Mon, 06 May 2024 07:08:09 GMT").status());
            assertEquals(412, client.ask("GET /a.txt", "If-Match: \"2\"").status());
            assertEquals(412, client.ask("GET /a.txt", "If-Unmodified-Since: Mon, 06 May 2024 07:08:08 GMT").status());
            Reply part = client.ask("GET /a.txt", "Range: bytes=-3");
            assertEquals(206, part.status());
            assertEquals("789", part.text());
            assertEquals("01", client.ask("GET /a.txt", "Range: bytes=0-1", "If-Range: " + tag).text());
            assertEquals("0123456789", client.ask("GET /a.txt", "Range: bytes=0-1", "If-Range: \"2\"").text());
            Reply parts = client.ask("GET /a.txt", "Range: bytes=0-1,8-9");
            assertEquals(206, parts.status());
            assertTrue(parts.text().contains("bytes 8-9/10") && parts.text().contains("89"), parts.text());
            assertEquals(416, client.ask("GET /a.txt", "Range: bytes=20-").status());
            Reply coded = client.ask("GET /a.txt", "Accept-Encoding: gzip, br");
            assertEquals("br", coded.text());
            assertEquals("br", coded.field("Content-Encoding"));
            assertEquals("Accept-Encoding", coded.field("Vary"));
            assertEquals(304, client.ask("GET /a.txt", "Accept-Encoding: br", "If-None-Match: " + coded.field("ETag")).status());
            assertEquals(1, gatehouse.cache().purge("/a.txt"));
            assertEquals(404, client.ask("GET /a.txt").status());
        }
    }

    @Test
    void gzipIsMadeOnceAndAnsweredInAllWays() throws Exception {
        String page = "a page that repeats itself ".repeat(100);
        Handler handler = (request, response) -> {
            response.field("ETag", "\"1\"").field("Content-Type", "text/html");
            response.send(page);
        };
        try (ServedSite site = site(MINUTE.withGzip(true), handler); RawClient client = site.client()) {
            client.ask("GET /");
            Reply coded = client.ask("GET /", "Accept-Encoding: gzip");
            while (coded.field("Content-Encoding").equals("null")) { // it is made in the background
                coded = client.ask("GET /", "Accept-Encoding: gzip");
            }
            assertEquals("\"1-gzip\"", coded.field("ETag"));
            int length = coded.text().length();
            assertTrue(length < page.length() / 2);
            assertEquals("" + length, client.ask("HEAD /", "Accept-Encoding: gzip").field("Content-Length"));
            assertEquals(304, client.ask("GET /", "Accept-Encoding: gzip", "If-None-Match: \"1-gzip\"").status());
            assertEquals(412, client.ask("GET /", "Accept-Encoding: gzip", "If-Match: \"1\"").status());
            Reply part = client.ask("GET /", "Accept-Encoding: gzip", "Range: bytes=0-3");
            assertEquals(206, part.status());
            assertEquals(coded.text().substring(0, 4), part.text());
            assertEquals(206, client.ask("GET /", "Accept-Encoding: gzip", "Range: bytes=0-1,8-9").status());
            assertEquals(page, client.ask("GET /", "Accept-Encoding: identity").text());
            assertEquals("Accept-Encoding", client.ask("GET /").field("Vary"));
            assertEquals(1, site.runs());
        }
    }

    @Test
    void directMemoryAnswersAlike() throws Exception {
        Handler handler = (request, response) -> response.field("ETag", "\"1\"").send("0123456789".repeat(5000));
        OutputCache cache = OutputCache.of(1 << 20, CacheMemory.DIRECT);
        try (ServedSite site = new ServedSite(transport(), MINUTE, handler, cache); RawClient client = site.client()) {
            for (int i = 0; i < 3; i++) {
                assertEquals("0123456789".repeat(5000), client.ask("GET /").text());
                assertEquals("01234", client.ask("GET /", "Range: bytes=30000-30004").text());
            }
            assertTrue(client.ask("GET /", "Range: bytes=0-1,8-9").text().contains("bytes 8-9/50000"));
            assertEquals(1, site.runs());
            assertTrue(cache.bytes() > 50_000);
        }
    }
}
