/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.cache.RawClient.Reply;
import io.gatehouse.handler.Handler;
import io.gatehouse.http.ByteRanges;
import io.gatehouse.transport.TransportUnderTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hot files in the cache's memory, and files behind a cached route, as clients see them. */
abstract class HotFilesContract extends CollapsingContract {

    private static final String TEXT = "a text that repeats itself ".repeat(200);

    @TempDir
    Path folder;

    /** A server of the folder, whose copies are believed for an hour. */
    private Gatehouse serve(TransportUnderTest transport, boolean cached) throws IOException {
        Configuration configuration = Configuration.DEFAULTS.withEndpoints(transport.endpoints())
                .withOptions(Map.of(transport.provider().name(), transport.options()));
        GatehouseBuilder builder = Gatehouse.builder().configuration(configuration).transport(transport.provider())
                .fileFreshness(Duration.ofHours(1)).fileGzip(true).files("/", folder);
        return (cached ? builder.cache("/", MINUTE.withMaxEntry(300_000).withMayPurge(request -> true)) : builder).start();
    }

    private void file(String name, String text) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2024-05-06T07:08:09Z")));
    }

    private static Reply inGzip(RawClient client, String path) throws IOException {
        Reply coded = client.ask("GET " + path, "Accept-Encoding: gzip");
        while (coded.field("Content-Encoding").equals("null")) { // it is made in the background
            assertEquals("Accept-Encoding", coded.field("Vary"));
            coded = client.ask("GET " + path, "Accept-Encoding: gzip");
        }
        return coded;
    }

    @Test
    void aHotTextIsSentInGzipInAllWays() throws Exception {
        file("page.html", TEXT);
        TransportUnderTest transport = transport();
        try (Gatehouse gatehouse = serve(transport, false);
                RawClient client = new RawClient(transport.connect(gatehouse.endpoints().get(0)))) {
            Reply plain = client.ask("GET /page.html");
            assertEquals(TEXT, plain.text());
            assertEquals("Accept-Encoding", plain.field("Vary"));
            Reply coded = inGzip(client, "/page.html");
            try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(coded.text().getBytes(ISO_8859_1)))) {
                assertEquals(TEXT, new String(in.readAllBytes(), ISO_8859_1));
            }
            String tag = coded.field("ETag");
            assertEquals(plain.field("ETag").replaceAll("\"$", "-gzip\""), tag);
            assertEquals(plain.field("Last-Modified"), coded.field("Last-Modified"));
            String[] zip = {"Accept-Encoding: gzip"};
            assertEquals("" + coded.text().length(), client.ask("HEAD /page.html", zip).field("Content-Length"));
            assertEquals(304, client.ask("GET /page.html", zip[0], "If-None-Match: " + tag).status());
            assertEquals(200, client.ask("GET /page.html", "If-None-Match: " + tag).status());
            assertEquals(412, client.ask("GET /page.html", zip[0], "If-Match: " + plain.field("ETag")).status());
            Reply part = client.ask("GET /page.html", zip[0], "Range: bytes=2-5", "If-Range: " + tag);
            assertEquals(206, part.status());
            assertEquals(coded.text().substring(2, 6), part.text());
            Reply parts = client.ask("GET /page.html", zip[0], "Range: bytes=0-0,4-4");
            assertEquals(206, parts.status());
            assertTrue(parts.text().contains("Content-Encoding: gzip"), parts.text());
            assertEquals(TEXT, client.ask("GET /page.html", "Accept-Encoding: gzip;q=0").text());
        }
    }

    @Test
    void hotFilesAreCountedByTheirRoute() throws Exception {
        file("a.txt", "first");
        TransportUnderTest transport = transport();
        try (Gatehouse gatehouse = serve(transport, false);
                RawClient client = new RawClient(transport.connect(gatehouse.endpoints().get(0)))) {
            for (int i = 0; i < 5; i++) {
                assertEquals("first", client.ask("GET /a.txt").text());
            }
            assertEquals(404, client.ask("GET /missing").status());
            CacheCounters counters = gatehouse.cache().countersByRoute().get("/");
            assertEquals(new CacheCounters(4, 2, 0, 0, 0, 0, 1, 0, gatehouse.cache().bytes(), Map.of()), counters);
            assertEquals(counters, gatehouse.cache().counters());
            assertTrue(counters.bytes() > 0);
        }
    }

    @Test
    void filesBehindACachedRouteKeepConditionsAndRanges() throws Exception {
        String large = "0123456789".repeat(40_000); // larger than what the route keeps, and than what lies in memory
        file("large.bin", large);
        file("a.txt", "0123456789");
        TransportUnderTest transport = transport();
        try (Gatehouse gatehouse = serve(transport, true);
                RawClient client = new RawClient(transport.connect(gatehouse.endpoints().get(0)))) {
            String tag = client.ask("HEAD /large.bin").field("ETag");
            for (String name : new String[] {"/large.bin", "/a.txt"}) {
                for (int i = 0; i < 3; i++) {
                    Reply part = client.ask("GET " + name, "Range: bytes=3-5");
                    assertEquals(206, part.status());
                    assertEquals("345", part.text());
                }
                assertEquals(206, client.ask("GET " + name, "Range: bytes=0-0,4-4").status());
            }
            assertEquals(304, client.ask("GET /large.bin", "If-None-Match: " + tag).status());
            assertEquals(412, client.ask("GET /large.bin", "If-Match: \"other\"").status());
            assertEquals(large, client.ask("GET /large.bin", "Range: bytes=3-5", "If-Range: \"other\"").text());
            file("a.txt", "changed");
            assertEquals("0123456789", client.ask("GET /a.txt").text());
            assertEquals("1 purged\n", client.ask("PURGE /a.txt").text());
            assertEquals("changed", client.ask("GET /a.txt").text());
        }
    }

    @Test
    void aPrivateAnswerObeysConditionsToo() throws Exception {
        Handler page = (request, response) -> {
            response.field("ETag", "\"v\"").field("Accept-Ranges", "bytes").field("Set-Cookie", "a=b");
            String range = request.fields().first("Range");
            if (range != null && ByteRanges.parse(range, TEXT.length()) instanceof ByteRanges.Satisfiable satisfiable) {
                ByteRanges.Range one = satisfiable.ranges().get(0);
                response.status(206).field("Content-Range", one.contentRange(TEXT.length()));
                response.send(TEXT.substring((int) one.first(), (int) (one.first() + one.length())));
            } else {
                response.body().write(TEXT.getBytes(ISO_8859_1));
            }
        };
        try (ServedSite site = site(MINUTE, page); RawClient client = site.client()) {
            for (int i = 0; i < 2; i++) {
                Reply same = client.ask("GET /", "If-None-Match: \"v\"");
                assertEquals(304, same.status());
                assertEquals("a=b", same.field("Set-Cookie"));
                assertEquals(412, client.ask("GET /", "If-Match: \"w\"").status());
                assertEquals(TEXT.substring(7, 10), client.ask("GET /", "Range: bytes=7-9").text());
                assertEquals(TEXT, client.ask("GET /").text());
            }
            assertEquals(0, site.cache.counters().stored());
        }
    }
}
