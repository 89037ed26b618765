/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Preconditions.Outcome;
import java.lang.management.ManagementFactory;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What a hit asks of the rules makes no garbage: it runs on an I/O thread. */
class HitGarbageTest {

    private static final long NOW = 1_795_435_200_000L;
    private static final int TURNS = 40;
    private static final int ASKED = 2_000;

    private static final Fields RESPONSE = Fields.of("Cache-Control", "max-age=600, stale-while-revalidate=60", "ETag", "\"abcdef\"",
            "Vary", "Accept-Language, Accept-Encoding, Foo, X-Absent", "Content-Type", "text/html");
    private static final Terms TERMS = Terms.of(200, RESPONSE, NOW, NOW, Rules.STANDARD);
    private static final Fields BROWSER = Fields.of("Host", "a.example", "User-Agent", "Mozilla/5.0 (X11)", "Accept", "*/*", "Accept-Language",
            "en-GB,en;q=0.9,de;q=0.8", "Accept-Encoding", "gzip, deflate, br, zstd", "Foo", "1, 2", "Cookie", "a=b");
    private static final Fields OTHER_BROWSER = Fields.of("Host", "a.example", "foo", "1,2", "accept-encoding", "br,gzip , deflate,zstd",
            "accept-language", "EN;q=0.90, en-gb, de;q=0.8");
    private static final Fields STRANGER = Fields.of("Host", "a.example", "Accept-Language", "fr", "Accept-Encoding", "gzip", "Foo", "3");
    private static final VaryKey KEY = VaryKey.of(RESPONSE, BROWSER);

    /** The least bytes of several turns for each time it is asked; the measurement itself may cost a few. */
    private static void assertNoGarbage(BooleanSupplier asked) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long smallest = Long.MAX_VALUE;
        int yes = 0;
        for (int turn = 0; turn < TURNS; turn++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ASKED; i++) {
                yes += asked.getAsBoolean() ? 1 : 0;
            }
            smallest = Math.min(smallest, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertEquals(TURNS * ASKED, yes);
        assertTrue(smallest < ASKED, "bytes of garbage in " + ASKED + " turns: " + smallest);
    }

    @Test
    void directivesOfAPlainRequest() {
        assertNoGarbage(() -> CacheControl.ofRequest(BROWSER) == CacheControl.NONE);
    }

    @Test
    void selection() {
        assertNoGarbage(() -> Selection.of(CacheControl.NONE, TERMS, Rules.STANDARD, NOW + 5_000) == Selection.USE);
        assertNoGarbage(() -> Selection.of(CacheControl.NONE, TERMS, Rules.STANDARD, NOW + 605_000) == Selection.USE_AND_VALIDATE);
    }

    @Test
    void age() {
        assertNoGarbage(() -> TERMS.freshness().age(NOW + 5_000) == 5 && TERMS.freshness().remaining(NOW) == 600);
    }

    @Test
    void sameWords() {
        assertNoGarbage(() -> KEY.matches(BROWSER));
    }

    @Test
    void otherWords() {
        assertNoGarbage(() -> KEY.matches(OTHER_BROWSER));
    }

    @Test
    void anotherVariant() {
        assertNoGarbage(() -> !KEY.matches(STRANGER));
    }

    @Test
    void withoutConditions() {
        assertNoGarbage(() -> Conditions.evaluate("GET", BROWSER, TERMS) == Outcome.PROCEED);
    }

    @Test
    void withATag() {
        Fields request = BROWSER.plus("If-None-Match", "W/\"x\", \"abcdef\"");
        assertNoGarbage(() -> Conditions.evaluate("GET", request, TERMS) == Outcome.NOT_MODIFIED);
    }
}
