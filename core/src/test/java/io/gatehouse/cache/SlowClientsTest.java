/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.FakeRequest;
import io.gatehouse.handler.FakeResponse;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Completion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients that take nothing make the cache hold beside its bound. */
class SlowClientsTest {

    private static final int LENGTH = 1 << 20;
    private static final int ROOM = 8 << 20; // beside a store of 64 MiB
    private static final CachePolicy MINUTE = CachePolicy.forDuration(Duration.ofMinutes(1));

    /** A body whose length is declared, or is not, in so many parts. */
    private static AsyncHandler pages(boolean declared, int parts) {
        return (request, response, done) -> {
            if (declared) {
                response.field("Content-Length", "" + LENGTH);
            }
            write(response, parts, done);
        };
    }

    /** One part when the other is taken. */
    private static void write(Response response, int parts, Completion done) {
        ByteBuffer part = ByteBuffer.allocate(LENGTH / parts);
        response.write(part, parts == 1, parts == 1 ? done : new Completion() {
            private int left = parts - 1;

            @Override
            public void succeeded() {
                left--;
                response.write(part, left == 0, left == 0 ? done : this);
            }

            @Override
            public void failed(Throwable cause) {
                done.failed(cause);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"true, 1, ''", "false, 1, ''", "true, 16, ''", "false, 16, ''", "true, 1, bytes=0-", "false, 4, bytes=-1000000"})
    void theyHoldNoMoreThanTheRoom(boolean declared, int parts, String range) throws Exception {
        CacheSite site = new CacheSite(MINUTE, pages(declared, parts));
        List<FakeResponse> slow = new ArrayList<>();
        for (int i = 0; i < 26; i++) {
            String path = "/" + (char) ('a' + i);
            FakeRequest request = range.isEmpty() ? FakeRequest.get(path) : FakeRequest.get(path, "Range", range);
            slow.add(new FakeResponse().held().handledBy(site.handler, request));
            assertTrue(site.cache.room().held() <= ROOM, "holds " + site.cache.room().held());
            assertFalse(slow.get(i).ended(), "its place among the requests in flight is its own until it has taken all");
        }
        assertTrue(site.cache.room().held() > ROOM / 2);
        long refused = site.cache.counters().refused().get("no-room");
        assertTrue(refused >= 26 - ROOM / LENGTH, "passed: " + refused);
        for (int i = 0; i < 26; i++) {
            while (slow.get(i).release()) {
                assertTrue(slow.get(i).sentBytes().length <= LENGTH);
            }
            assertNull(slow.get(i).outcome());
            assertEquals(range.equals("bytes=-1000000") && slow.get(i).sentStatus() == 206 ? 1_000_000 : LENGTH,
                    slow.get(i).sentBytes().length);
        }
        assertEquals(0, site.cache.room().held());
    }

    @Test
    void whoSharesHoldsItToo() throws Exception {
        RecordingRoom room = new RecordingRoom(1000, 1000);
        Tape tape = new Tape(500, room);
        assertTrue(tape.fits(400));
        tape.add(ByteBuffer.allocate(400));
        FakeResponse slow = new FakeResponse().held();
        TapeReader reader = new TapeReader(tape, slow, false, Completion.NOTHING);
        assertTrue(tape.attach(reader));
        tape.whole();
        tape.end(true);
        tape.letGo();
        reader.advance();
        assertEquals(400, room.held());
        assertTrue(slow.release());
        assertEquals(0, room.held());
        assertTrue(tape.attach(reader), "one that comes late");
        assertEquals(400, room.held());
        tape.detach(reader);
        assertEquals(0, room.held());
    }

    /** The window behind a body that is too long is a part of the room; without room those who lag are left behind sooner. */
    @Test
    void whatIsPouredTakesRoomAndGivesItBack() {
        RecordingRoom room = new RecordingRoom(1000, 1000);
        Tape tape = new Tape(600, room);
        assertTrue(tape.fits(600));
        tape.add(ByteBuffer.allocate(600));
        FakeResponse slow = new FakeResponse().held();
        TapeReader reader = new TapeReader(tape, slow, false, Completion.NOTHING);
        assertTrue(tape.attach(reader));
        tape.spill();
        for (int i = 0; i < 50; i++) {
            tape.pour(ByteBuffer.allocate(100));
            assertTrue(room.held() <= 1000, "holds " + room.held());
        }
        tape.end(true);
        tape.letGo();
        while (slow.release()) {
            assertTrue(slow.sentBytes().length <= 5600);
        }
        assertEquals(0, tape.readers());
        assertEquals(0, room.held());
    }

    @Test
    void aBodyThatFindsNoRoomIsNotMarked() throws Exception {
        CacheSite site = new CacheSite(MINUTE.withStatus(true), pages(true, 1));
        assertTrue(site.cache.room().take(ROOM - 100));
        FakeResponse first = new FakeResponse().handledBy(site.handler, FakeRequest.get("/a"));
        assertEquals(LENGTH, first.sentBytes().length);
        assertEquals("Gatehouse; fwd=uri-miss; detail=no-room", first.sent("Cache-Status"));
        site.cache.room().give(ROOM - 100);
        site.get("/a");
        assertTrue(site.get("/a").fromMemory(), "it is kept as soon as there is room");
    }
}
