/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.EntityTag;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that were changed so shortly before that they may change again within one step of their file system's time. */
class YoungFilesTest {

    @TempDir
    Path directory;

    private Site site;
    private Instant wall = Instant.parse("2026-01-01T00:00:00.5Z");
    private final Instant step = Instant.parse("2026-01-01T00:00:00Z");

    @BeforeEach
    void site() throws Exception {
        site = new Site(directory);
    }

    private StaticFiles files() {
        return StaticFiles.of(directory).freshness(Duration.ZERO).clock(() -> wall).executor(Runnable::run).build();
    }

    @ParameterizedTest
    @CsvSource({"-3, false, settled", "-1, true, bytes", "0, true, bytes", "1, true, bytes", "-1, false, none", "1, false, none", "5, false, settled",
            "100, true, settled"})
    void whatClientsAreTold(int seconds, boolean inMemory, String expected) {
        Stamp stamp = new Stamp(3, wall.plusSeconds(seconds), EntityTag.strong("x"));
        Stamp told = stamp.told(inMemory ? ByteBuffer.wrap(new byte[] {1, 2, 3}) : null, wall);
        switch (expected) {
            case "settled" -> assertSame(stamp, told);
            case "none" -> assertEquals(Stamp.unsettled(3), told);
            default -> {
                assertNotEquals(stamp, told);
                assertTrue(told.tag().opaque().startsWith("x-"));
                assertEquals(told, stamp.told(ByteBuffer.wrap(new byte[] {1, 2, 3}), wall));
                assertNotEquals(told, stamp.told(ByteBuffer.wrap(new byte[] {1, 2, 4}), wall));
            }
        }
    }

    @Test
    void twoStatesOfOneStepHaveTwoTags() throws Exception {
        StaticFiles files = files();
        site.file("a.txt", "first".getBytes(), step);
        String tag = Site.get(files, "/a.txt").sent("ETag");
        assertEquals(304, Site.get(files, "/a.txt", "If-None-Match", tag).sentStatus());
        assertEquals("irs", Site.get(files, "/a.txt", "Range", "bytes=1-3", "If-Range", tag).sentText());
        site.file("a.txt", "other".getBytes(), step);
        FakeResponse changed = Site.get(files, "/a.txt", "If-None-Match", tag);
        assertEquals("other", changed.sentText());
        wall = wall.plusSeconds(10);
        FakeResponse settled = Site.get(files, "/a.txt", "If-None-Match", tag, "If-None-Match", changed.sent("ETag"));
        assertEquals("other", settled.sentText(), "a client that asked early asks once more");
        assertEquals(304, Site.get(files, "/a.txt", "If-None-Match", settled.sent("ETag")).sentStatus());
    }

    @Test
    void aLargeOneHasNoValidatorsForTwoSeconds() throws Exception {
        StaticFiles files = files();
        site.file("large.bin", Site.bytes(FileLoader.LARGEST + 1), step);
        FakeResponse young = Site.get(files, "/large.bin");
        assertNull(young.sent("ETag"));
        assertNull(young.sent("Last-Modified"));
        assertEquals("none", young.sent("Accept-Ranges"));
        assertEquals(200, Site.get(files, "/large.bin", "Range", "bytes=0-1").sentStatus());
        wall = wall.plusSeconds(3);
        FakeResponse settled = Site.get(files, "/large.bin");
        assertNotNull(settled.sent("ETag"));
        assertEquals("bytes", settled.sent("Accept-Ranges"));
        assertEquals(206, Site.get(files, "/large.bin", "Range", "bytes=0-1").sentStatus());
        assertEquals(304, Site.get(files, "/large.bin", "If-None-Match", settled.sent("ETag")).sentStatus());
    }
}
