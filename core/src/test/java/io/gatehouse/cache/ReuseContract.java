/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.RawClient.Reply;
import io.gatehouse.handler.Handler;
import io.gatehouse.http.Fields;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What answers' own fields say about their reuse, as clients see it: groups of requirements where no public suite asks enough. */
abstract class ReuseContract extends UpgradeContract {

    private static final CachePolicy HEADERS = CachePolicy.asHeadersSay();

    /** Answers with lines that {@code ~} parts. */
    private static Handler lines(String all) {
        AtomicInteger count = new AtomicInteger();
        return (request, response) -> {
            for (String line : all.split("~", -1)) {
                response.fields().add(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 1).strip());
            }
            response.send("answer " + count.incrementAndGet());
        };
    }

    /** RFC 9213: the targeted field decides alone if it can be read and is not empty; it goes on to the client as it is. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "max-age=60             | no-store               | 5  | true",
        "max-age=60             | private, max-age=0     | 59 | true",
        "max-age=60             | max-age=1              | 60 | false",
        "max-age=10             | max-age=60             | 10 | false",
        "max-age=10             | s-maxage=60            | 9  | true",
        "max-age=0              | max-age=60             | 0  | false",
        "no-store               | max-age=60             | 0  | false",
        "private                | max-age=60             | 0  | false",
        "no-cache, max-age=60   | max-age=60             | 0  | false",
        "max-age=60, foo=\"a,b\" | no-store              | 5  | true",
        "max-age=\"60\"         | no-store               | 0  | false",
        "max-age=\"60\"         | max-age=30             | 29 | true",
        "max-age=60.5           | max-age=30             | 30 | false",
        "max-age = 60           | max-age=30             | 30 | false",
        "&&&                    | max-age=30             | 29 | true",
        "no-store;a, &&&        | max-age=30             | 29 | true",
    })
    void theTargetedFieldDecidesIfItCanBeRead(String targeted, String control, int seconds, boolean kept) throws Exception {
        Handler handler = lines("CDN-Cache-Control: " + targeted + "~Cache-Control: " + control);
        try (ServedSite site = site(HEADERS, handler); RawClient client = site.client()) {
            assertEquals(targeted, client.ask("GET /").field("CDN-Cache-Control"));
            site.pass(seconds);
            Reply second = client.ask("GET /");
            assertEquals(kept, second.fromMemory());
            assertEquals(kept ? "answer 1" : "answer 2", second.text());
            assertEquals(targeted, second.field("CDN-Cache-Control"));
        }
    }

    /** RFC 9111 section 5.1: digits only, the first member of the first line; anything else is as if it were not there. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Age: 50                   | true  | 55",
        "Age: 0050                 | true  | 55",
        "Age: 99                   | false | ",
        "Age: 4294967296           | false | ",
        "Age: 99999999999999999999 | false | ",
        "Age: 50, 500              | true  | 55",
        "Age: 500, 50              | false | ",
        "Age: 50~Age: 500          | true  | 55",
        "Age: 500~Age: 50          | false | ",
        "Age: abc                  | true  | 5",
        "Age: -500                 | true  | 5",
        "Age: +500                 | true  | 5",
        "Age: 500.0                | true  | 5",
        "Age: 500 s                | true  | 5",
    })
    void ageCountsIfItIsANumber(String lines, boolean kept, String age) throws Exception {
        try (ServedSite site = site(HEADERS, lines("Cache-Control: max-age=100~" + lines)); RawClient client = site.client()) {
            client.ask("GET /");
            site.pass(5);
            Reply second = client.ask("GET /");
            assertEquals(kept ? "answer 1" : "answer 2", second.text());
            if (kept) {
                assertEquals(age, second.field("Age"));
            }
        }
    }

    /** RFC 9111 section 3.2: what a 304 has takes the place of what is stored, the rest stays, and it is fresh anew. */
    @Test
    void a304Updates() throws Exception {
        AtomicInteger version = new AtomicInteger();
        Handler handler = (request, response) -> {
            response.field("ETag", "\"1\"").field("Cache-Control", "max-age=10").field("X-Run", "" + version.incrementAndGet());
            if (request.fields().contains("If-None-Match")) {
                response.status(304).field("X-New", "n");
            } else {
                response.field("X-Old", "o").send("0123456789");
            }
        };
        try (ServedSite site = site(HEADERS, handler); RawClient client = site.client()) {
            client.ask("GET /");
            for (int run = 2; run < 4; run++) {
                site.pass(11);
                for (boolean fresh : new boolean[] {false, true}) {
                    Reply reply = client.ask("GET /");
                    assertEquals(200, reply.status());
                    assertEquals("0123456789", reply.text());
                    assertEquals("" + run, reply.field("X-Run"));
                    assertEquals("n", reply.field("X-New"));
                    assertEquals("o", reply.field("X-Old"));
                    assertEquals("0", reply.field("Age"));
                    assertEquals(run, site.runs(), fresh ? "it is fresh" : "it was asked");
                }
            }
            site.pass(11);
            Reply same = client.ask("GET /", "If-None-Match: \"1\"");
            assertEquals(304, same.status());
            assertEquals("4", client.ask("GET /").field("X-Run"), "the client's own 304 has updated it too");
        }
    }

    /** RFC 9111 section 4.3.5. */
    @ParameterizedTest
    @CsvSource({"200, \"1\", 10, true", "200, \"2\", 10, false", "200, \"1\", 11, false", "404, \"1\", 10, false"})
    void headSaysWhetherWhatIsStoredIsTheSame(int status, String tag, int length, boolean same) throws Exception {
        Handler handler = (request, response) -> {
            response.field("ETag", "\"1\"").field("Cache-Control", "max-age=10").field("X-Method", request.method());
            if (request.head().isHead()) {
                response.status(status).field("ETag", tag).field("Content-Length", "" + length);
            } else if (request.fields().contains("If-None-Match")) {
                response.status(304);
            } else {
                response.send("0123456789");
            }
        };
        try (ServedSite site = site(HEADERS, handler); RawClient client = site.client()) {
            client.ask("GET /");
            site.pass(11);
            assertEquals(status, client.ask("HEAD /").status());
            Reply next = client.ask("GET /");
            assertEquals("0123456789", next.text());
            assertEquals(same ? "HEAD" : "GET", next.field("X-Method"));
            assertEquals(same ? 2 : 3, site.runs());
        }
    }

    /** Ten bytes with a strong tag, of which the first answer that a range gets is a part. */
    private static Handler parts(String laterTag) {
        AtomicInteger count = new AtomicInteger();
        return (request, response) -> {
            Fields asked = request.fields();
            String range = asked.first("Range");
            String tag = count.incrementAndGet() == 1 ? "\"1\"" : laterTag;
            response.field("ETag", tag).field("Cache-Control", "max-age=60").field("Accept-Ranges", "bytes");
            boolean counts = range != null && (!asked.contains("If-Range") || tag.equals(asked.first("If-Range")));
            if (!counts) {
                response.send("0123456789");
                return;
            }
            int first = Integer.parseInt(range.substring(6, range.indexOf('-')));
            String last = range.substring(range.indexOf('-') + 1);
            int end = last.isEmpty() ? 9 : Integer.parseInt(last);
            response.status(206).field("Content-Range", "bytes " + first + '-' + end + "/10");
            response.send("0123456789".substring(first, end + 1));
        };
    }

    @Test
    void partsAreStoredAndMadeWhole() throws Exception {
        try (ServedSite site = site(HEADERS, parts("\"1\"")); RawClient client = site.client()) {
            assertEquals("0123", client.ask("GET /", "Range: bytes=0-3").text());
            Reply inside = client.ask("GET /", "Range: bytes=1-2");
            assertEquals(206, inside.status());
            assertEquals("12", inside.text());
            assertEquals("bytes 1-2/10", inside.field("Content-Range"));
            assertTrue(inside.fromMemory());
            assertEquals(1, site.runs());
            Reply whole = client.ask("GET /");
            assertEquals(200, whole.status());
            assertEquals("0123456789", whole.text());
            assertEquals("null", whole.field("Content-Range"));
            assertEquals("bytes=4-", site.seen.get(1).fields().first("Range"), "only the rest was asked for");
            assertEquals("\"1\"", site.seen.get(1).fields().first("If-Range"));
            assertEquals("789", client.ask("GET /", "Range: bytes=-3").text());
            assertTrue(client.ask("GET /").fromMemory());
            assertEquals(2, site.runs());
        }
    }

    @Test
    void partsThatMeetAreOneAndOthersAreNot() throws Exception {
        try (ServedSite site = site(HEADERS, parts("\"1\"")); RawClient client = site.client()) {
            client.ask("GET /", "Range: bytes=0-3");
            assertEquals("45", client.ask("GET /", "Range: bytes=4-5").text());
            Reply both = client.ask("GET /", "Range: bytes=2-5");
            assertEquals("2345", both.text());
            assertTrue(both.fromMemory());
            assertEquals("89", client.ask("GET /", "Range: bytes=8-9").text());
            assertFalse(client.ask("GET /", "Range: bytes=4-9").fromMemory(), "a gap was between them");
            assertEquals(4, site.runs());
        }
    }

    @Test
    void partsOfTwoRepresentationsAreNotMixed() throws Exception {
        try (ServedSite site = site(HEADERS, parts("\"2\"")); RawClient client = site.client()) {
            client.ask("GET /", "Range: bytes=0-3");
            assertEquals("4567", client.ask("GET /", "Range: bytes=4-7").text());
            Reply whole = client.ask("GET /");
            assertEquals("0123456789", whole.text());
            assertEquals("\"2\"", whole.field("ETag"));
            assertEquals(200, whole.status());
        }
    }
}
