/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import java.io.EOFException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes out in parts or in another coding: many ranges, and siblings. */
class PartsTest {

    private static final byte[] LARGE = Site.bytes(1_000_000);

    @TempDir
    Path directory;

    private Site site;
    private StaticFiles files;

    @BeforeEach
    void site() throws Exception {
        site = new Site(directory).file("a.txt", "0123456789").file("large.bin", LARGE, Site.MODIFIED)
                .file("app.js", "a script that is longer").file("app.js.gz", "gzip-bytes");
        files = builder().build();
    }

    private StaticFilesBuilder builder() {
        return StaticFiles.of(directory).freshness(Duration.ZERO).executor(Runnable::run).boundaries(() -> "BOUNDARY");
    }

    @Test
    void severalRangesComeInParts() throws Exception {
        FakeResponse response = Site.get(files, "/a.txt", "Range", "bytes=0-1,4-5,-1");
        assertEquals(206, response.sentStatus());
        assertEquals("multipart/byteranges; boundary=BOUNDARY", response.sent("Content-Type"));
        assertNull(response.sent("Content-Range"));
        String expected = """
                --BOUNDARY
                Content-Type: text/plain; charset=utf-8
                Content-Range: bytes 0-1/10

                01
                --BOUNDARY
                Content-Type: text/plain; charset=utf-8
                Content-Range: bytes 4-5/10

                45
                --BOUNDARY
                Content-Type: text/plain; charset=utf-8
                Content-Range: bytes 9-9/10

                9
                --BOUNDARY--
                """.replace("\n", "\r\n");
        assertEquals(expected, response.sentText());
        assertEquals(Integer.toString(expected.length()), response.sent("Content-Length"));
    }

    @Test
    void partsOfACodedSiblingSaySoThemselves() throws Exception {
        FakeResponse response = Site.get(files, "/app.js", "Accept-Encoding", "gzip", "Range", "bytes=0-1,4-5");
        assertEquals(206, response.sentStatus());
        assertNull(response.sent("Content-Encoding"), "the multipart itself is not coded");
        assertEquals("Accept-Encoding", response.sent("Vary"));
        assertTrue(response.sentText().contains("Content-Encoding: gzip\r\nContent-Range: bytes 0-1/10\r\n\r\ngz\r\n"));
        assertEquals(Integer.toString(response.sentBytes().length), response.sent("Content-Length"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void partsOfALargeFileComeFromTheOpenFile(boolean held) throws Exception {
        FakeResponse response = new FakeResponse();
        if (held) {
            response.held();
        }
        response.handledBy(files, FakeRequest.get("/large.bin", "Range", "bytes=0-99,500000-500999,-7"));
        int steps = 0;
        while (held && response.release()) {
            steps++;
        }
        assertEquals(held ? 7 : 0, steps);
        assertNull(response.outcome());
        assertFalse(response.transferred().isOpen());
        byte[] body = response.sentBytes();
        assertEquals(Integer.toString(body.length), response.sent("Content-Length"));
        String text = new String(body, StandardCharsets.ISO_8859_1);
        for (int[] range : new int[][] {{0, 100}, {500_000, 501_000}, {999_993, 1_000_000}}) {
            String part = new String(Arrays.copyOfRange(LARGE, range[0], range[1]), StandardCharsets.ISO_8859_1);
            String head = "Content-Range: bytes " + range[0] + '-' + (range[1] - 1) + "/1000000\r\n\r\n";
            assertTrue(text.contains(head + part + "\r\n--BOUNDARY"), head);
        }
    }

    @Test
    void aFailureBetweenPartsEndsTheAnswerOnce() throws Exception {
        FakeResponse response = new FakeResponse().held();
        response.handledBy(files, FakeRequest.get("/large.bin", "Range", "bytes=0-99,500000-500999"));
        assertTrue(response.release());
        try (FileChannel cut = FileChannel.open(directory.resolve("large.bin"), StandardOpenOption.WRITE)) {
            cut.truncate(50);
        }
        assertTrue(response.release());
        assertInstanceOf(EOFException.class, response.outcome());
        assertFalse(response.release(), "nothing more is written");
        assertFalse(response.transferred().isOpen());
    }

    @Test
    void manyRangesAreAnsweredWithTheWhole() throws Exception {
        StringBuilder many = new StringBuilder("bytes=0-0");
        for (int i = 1; i < 200; i++) {
            many.append(',').append(3 * i).append('-').append(3 * i);
        }
        FakeResponse response = Site.get(files, "/large.bin", "Range", many.toString());
        assertEquals(200, response.sentStatus());
        assertEquals(LARGE.length, response.sentBytes().length);
    }

    @Test
    void boundariesAreNeverTheSame() throws Exception {
        StaticFiles real = StaticFiles.of(directory).build();
        String one = Site.get(real, "/a.txt", "Range", "bytes=0-0,2-2").sent("Content-Type");
        String two = Site.get(real, "/a.txt", "Range", "bytes=0-0,2-2").sent("Content-Type");
        assertNotEquals(one, two);
        assertTrue(one.matches("multipart/byteranges; boundary=[0-9a-f]{32}"), one);
    }

    @Test
    void fieldsOfThoseInFrontStay() throws Exception {
        FakeResponse response = new FakeResponse();
        response.field("X-Frame-Options", "DENY").field("Vary", "Origin").field("Content-Type", "overwritten");
        response.handledBy(files, FakeRequest.get("/app.js"));
        assertEquals("DENY", response.sent("X-Frame-Options"));
        assertEquals("Origin, Accept-Encoding", response.sent("Vary"));
        assertEquals("text/javascript; charset=utf-8", response.sent("Content-Type"));
    }

    /** A sibling that is older, or not smaller, was made of another state of the file. */
    @Test
    void siblingsMustBeSmallerAndNotOlder() throws Exception {
        Instant older = Site.MODIFIED.minusNanos(1000);
        site.file("x.css", "0123456789").file("x.css.gz", "0123456789").file("x.css.br", "012".getBytes(), older)
                .file("x.css.zst", "0123");
        FakeResponse response = Site.get(files, "/x.css", "Accept-Encoding", "gzip, br, zstd");
        assertEquals("zstd", response.sent("Content-Encoding"));
        site.file("x.css.zst", "01234567890");
        response = Site.get(files, "/x.css", "Accept-Encoding", "gzip, br, zstd");
        assertNull(response.sent("Content-Encoding"));
        assertNull(response.sent("Vary"), "there is nothing to choose from");
        site.file("x.css.gz", "01234".getBytes(), Site.MODIFIED.plusSeconds(1)).file("x.css.br",
                "0123").file("x.css.zst", "012");
        assertEquals("zstd", Site.get(files, "/x.css", "Accept-Encoding", "gzip, br, zstd").sent("Content-Encoding"),
                "the smallest of those that are liked alike");
    }

    @Test
    void aSiblingAloneIsNoFileAndAFileThatIsCompressedHasNone() throws Exception {
        site.file("only.js.gz", "x").file("y.gz", "0123456789").file("y.gz.br", "0123");
        assertEquals(404, Site.get(files, "/only.js", "Accept-Encoding", "gzip").sentStatus());
        FakeResponse direct = Site.get(files, "/only.js.gz", "Accept-Encoding", "gzip");
        assertEquals("application/gzip", direct.sent("Content-Type"));
        assertNull(direct.sent("Content-Encoding"));
        assertNull(Site.get(files, "/y.gz", "Accept-Encoding", "br").sent("Content-Encoding"));
        assertNull(Site.get(builder().precompressed(false).build(), "/app.js", "Accept-Encoding", "gzip").sent("Vary"));
    }
}
