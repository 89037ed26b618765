/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.cache.CacheSite.Got;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers that the cache makes of a stored one and that are not that one: parts, refusals, another coding. */
class AnsweredApartTest {

    private static final CachePolicy HEADERS = CachePolicy.asHeadersSay();

    private static CacheSite site(CachePolicy policy, String body, String... fields) {
        return new CacheSite(policy, (request, response) -> {
            response.field("Cache-Control", "max-age=60").field("ETag", "\"1\"").field("Content-Type", "text/plain");
            for (int i = 0; i < fields.length; i += 2) {
                response.field(fields[i], fields[i + 1]);
            }
            response.send(body);
        });
    }

    /** RFC 9110 sections 8.4 and 14.6: the coding is each part's; what surrounds them is not encoded. */
    @Test
    void codedPartsSayForThemselvesHowTheyAreCoded() {
        CacheSite site = site(HEADERS, "0123456789", "Content-Encoding", "br");
        site.get("/");
        Got got = site.get("/", "Range", "bytes=0-1, 8-9");
        assertEquals(206, got.status());
        assertEquals("null", got.field("Content-Encoding"));
        String boundary = got.field("Content-Type").substring("multipart/byteranges; boundary=".length());
        String head = "--" + boundary + "\r\nContent-Type: text/plain\r\nContent-Encoding: br\r\nContent-Range: bytes ";
        assertEquals(head + "0-1/10\r\n\r\n01\r\n" + head + "8-9/10\r\n\r\n89\r\n--" + boundary + "--\r\n", got.text());
    }

    @Test
    void theCachesOwnGzipIsCutAlike() {
        CacheSite site = site(HEADERS.withGzip(true), "0123456789".repeat(200));
        site.get("/");
        assertEquals(1, site.runBackground());
        Got small = site.get("/", "Accept-Encoding", "gzip");
        assertEquals("gzip", small.field("Content-Encoding"));
        int length = Integer.parseInt(small.field("Content-Length"));
        Got got = site.get("/", "Accept-Encoding", "gzip", "Range", "bytes=0-3, 10-" + (length - 1));
        assertEquals("null", got.field("Content-Encoding"));
        assertTrue(got.text().contains("Content-Encoding: gzip\r\nContent-Range: bytes 0-3/" + length + "\r\n"), got.text());
    }

    @Test
    void noTwoAnswersHaveOneBoundary() {
        CacheSite site = site(HEADERS, "0123456789");
        site.get("/");
        String first = site.get("/", "Range", "bytes=0-1, 8-9").field("Content-Type");
        assertTrue(first.matches("multipart/byteranges; boundary=[0-9a-f]{32}"), first);
        assertNotEquals(first, site.get("/", "Range", "bytes=0-1, 8-9").field("Content-Type"));
    }

    /** RFC 9530: Content-Digest is of this message's content, Repr-Digest of what it is a part of. */
    @ParameterizedTest
    @CsvSource({"bytes=0-1", "'bytes=0-1, 8-9'"})
    void partsDoNotHaveTheDigestsOfTheWhole(String range) {
        CacheSite site = site(HEADERS, "0123456789", "Content-Digest", "sha-256=:a:", "Repr-Digest", "sha-256=:b:", "Content-MD5", "c");
        site.get("/");
        Got part = site.get("/", "Range", range);
        assertEquals(206, part.status());
        assertEquals("null", part.field("Content-Digest"));
        assertEquals("null", part.field("Content-MD5"));
        assertEquals("sha-256=:b:", part.field("Repr-Digest"));
        Got whole = site.get("/");
        assertEquals("sha-256=:a:", whole.field("Content-Digest"));
        assertEquals("c", whole.field("Content-MD5"));
    }

    @Test
    void whatIsPutTogetherHasNoDigestOfAPart() {
        CacheSite site = new CacheSite(HEADERS, (request, response) -> {
            boolean first = "bytes=0-4".equals(request.fields().first("Range"));
            response.status(206).field("Cache-Control", "max-age=60").field("ETag", "\"1\"").field("Repr-Digest", "sha-256=:b:");
            response.field("Content-Digest", first ? "sha-256=:x:" : "sha-256=:y:").field("Content-MD5", first ? "x" : "y");
            response.field("Content-Range", first ? "bytes 0-4/10" : "bytes 5-9/10").send(first ? "01234" : "56789");
        });
        site.get("/", "Range", "bytes=0-4");
        Got whole = site.get("/");
        assertEquals(200, whole.status());
        assertEquals("0123456789", whole.text());
        assertEquals("null", whole.field("Content-Digest"));
        assertEquals("null", whole.field("Content-MD5"));
        assertEquals("sha-256=:b:", whole.field("Repr-Digest"));
    }

    @Test
    void anotherCodingHasOtherDigests() {
        CacheSite site = site(HEADERS.withGzip(true), "0123456789".repeat(200), "Repr-Digest", "sha-256=:b:", "Content-Digest", "sha-256=:a:");
        site.get("/");
        site.runBackground();
        Got small = site.get("/", "Accept-Encoding", "gzip");
        assertEquals("gzip", small.field("Content-Encoding"));
        assertEquals("null", small.field("Repr-Digest"));
        assertEquals("null", small.field("Content-Digest"));
        assertEquals("sha-256=:b:", site.get("/").field("Repr-Digest"));
    }

    /** How long the stored answer may be used says nothing of a refusal: a cache on the way must not keep that. */
    @ParameterizedTest
    @CsvSource({"If-Match, '\"2\"', 412", "Range, bytes=10-, 416"})
    void refusalsAreNotFresh(String name, String value, int status) {
        CacheSite site = site(HEADERS, "0123456789",
                "Expires", "Tue, 14 Nov 2033 22:13:20 GMT", "CDN-Cache-Control", "max-age=60", "Vary", "Accept");
        site.get("/");
        Got got = site.get("/", name, value);
        assertEquals(status, got.status());
        assertTrue(got.fromMemory());
        for (String field : new String[] {"Cache-Control", "CDN-Cache-Control", "Expires"}) {
            assertEquals("null", got.field(field));
        }
        assertEquals("Accept", got.field("Vary"));
        assertFalse(site.get("/", "If-None-Match", "\"1\"").field("Expires").equals("null"), "304 has them (RFC 9110 15.4.5)");
    }
}
