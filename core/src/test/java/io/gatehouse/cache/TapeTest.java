/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeResponse;
import io.gatehouse.http.Completion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What several readers get of one tape, each at its own pace, on one thread and on many. */
@Timeout(60)
class TapeTest {

    /** Remembers what it was told, and how often. */
    private static final class Told implements Completion {
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile int count;
        private volatile Throwable failure;

        @Override
        public void succeeded() {
            count++;
            over.countDown();
        }

        @Override
        public void failed(Throwable cause) {
            failure = cause;
            count++;
            over.countDown();
        }
    }

    private final RecordingRoom room = new RecordingRoom(1 << 20, 1 << 20);
    private final Tape tape = new Tape(100, room);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private TapeReader reader(FakeResponse client, boolean own, Completion end) {
        TapeReader reader = new TapeReader(tape, client, own, end);
        assertTrue(tape.attach(reader));
        reader.advance();
        return reader;
    }

    @Test
    void eachReaderHasItsOwnPlace() {
        FakeResponse early = new FakeResponse();
        FakeResponse slow = new FakeResponse().held();
        Told earlyEnd = new Told();
        Told slowEnd = new Told();
        reader(early, true, earlyEnd);
        reader(slow, false, slowEnd);
        tape.add(bytes("one "));
        assertNull(early.sentHead(), "nobody has told it");
        tape.tell();
        tape.add(bytes("two "));
        tape.tell();
        FakeResponse late = new FakeResponse();
        Told lateEnd = new Told();
        reader(late, false, lateEnd);
        assertEquals("one two ", early.sentText());
        assertEquals("one two ", late.sentText());
        assertEquals("", slow.sentText());
        assertTrue(slow.release());
        assertEquals("one ", slow.sentText());
        tape.add(bytes("end"));
        tape.end(true);
        assertEquals("one two end", early.sentText());
        assertEquals("one two end", late.sentText());
        assertEquals(1, earlyEnd.count);
        assertEquals(1, lateEnd.count);
        assertEquals(0, slowEnd.count);
        while (slow.release()) {
            assertTrue(slow.sentText().startsWith("one "));
        }
        assertEquals("one two end", slow.sentText());
        assertEquals(1, slowEnd.count);
        assertEquals(0, tape.readers());
        assertNull(early.sent("Content-Length"), "it was not known when the head left");
    }

    @Test
    void aBodyThatIsWholeAtOnceHasItsLength() {
        tape.add(bytes("all of it"));
        tape.end(true);
        FakeResponse client = new FakeResponse();
        reader(client, false, new Told());
        assertEquals("9", client.sent("Content-Length"));
        FakeResponse none = new FakeResponse();
        none.status(204);
        reader(none, false, new Told());
        assertNull(none.sent("Content-Length"));
    }

    @Test
    void aFlushSendsTheHeadAlone() {
        FakeResponse client = new FakeResponse();
        reader(client, true, new Told());
        assertNull(client.sentHead());
        tape.flush();
        assertNotNull(client.sentHead());
        FakeResponse late = new FakeResponse();
        reader(late, false, new Told());
        assertNotNull(late.sentHead());
        tape.end(true);
        assertEquals("", late.sentText());
    }

    @ParameterizedTest
    @CsvSource({"false, 3", "true, 3", "false, 0", "true, 0"})
    void aCutEndsAllAtOnce(boolean busy, int before) {
        FakeResponse client = busy ? new FakeResponse().held() : new FakeResponse();
        Told end = new Told();
        reader(client, false, end);
        tape.add(bytes("abc".substring(0, before)));
        tape.tell();
        IOException cause = new IOException("the handler failed");
        tape.cut(cause);
        tape.end(true);
        tape.cut(new IOException("again"));
        assertEquals(1, end.count);
        assertInstanceOf(IOException.class, end.failure);
        assertEquals(cause, end.failure.getCause());
        client.release();
        assertEquals(1, end.count);
        assertFalse(tape.attach(new TapeReader(tape, client, false, end)));
    }

    @Test
    void aShortBodyIsCutForAllButTheMakersOwn() {
        Told ownEnd = new Told();
        Told otherEnd = new Told();
        FakeResponse own = new FakeResponse();
        FakeResponse other = new FakeResponse();
        reader(own, true, ownEnd);
        reader(other, false, otherEnd);
        tape.add(bytes("abc"));
        tape.tell();
        tape.end(false);
        assertNull(ownEnd.failure, "its framing says it");
        assertEquals("abc", own.sentText());
        assertInstanceOf(Tape.Interruption.class, otherEnd.failure);
    }

    @Test
    void aClientThatIsGoneLeavesTheOthers() {
        Told gone = new Told();
        TapeReader broken = new TapeReader(tape, new Broken(new FakeResponse()), false, gone);
        FakeResponse client = new FakeResponse();
        assertTrue(tape.attach(broken));
        reader(client, false, new Told());
        tape.add(bytes("abc"));
        tape.tell();
        assertEquals("gone", gone.failure.getMessage());
        assertEquals(1, tape.readers());
        FakeResponse over = new FakeResponse();
        Told overEnd = new Told();
        over.end();
        reader(over, false, overEnd);
        assertInstanceOf(IllegalStateException.class, overEnd.failure);
        tape.end(true);
        assertEquals("abc", client.sentText());
        assertEquals(1, gone.count);
    }

    /** The maker waits for its own client and for nobody else; who is too far behind is told, and never gets a wrong byte. */
    @Test
    void pastTheLimitThereIsAWindow() {
        FakeResponse own = new FakeResponse();
        FakeResponse near = new FakeResponse();
        FakeResponse slow = new FakeResponse().held();
        Told nearEnd = new Told();
        Told slowEnd = new Told();
        reader(own, true, new Told());
        tape.add(bytes("x".repeat(90)));
        tape.tell();
        reader(near, false, nearEnd);
        reader(slow, false, slowEnd);
        assertFalse(tape.fits(11));
        tape.spill();
        FakeResponse after = new FakeResponse();
        reader(after, false, new Told());
        tape.pour(bytes("y".repeat(60)));
        slow.release();
        assertEquals(90, slow.sentText().length());
        assertEquals(0, slowEnd.count, "it is 60 behind, which is in the window");
        assertTrue(slow.release());
        assertEquals("x".repeat(90) + "y".repeat(60), slow.sentText());
        tape.pour(bytes("z".repeat(60))); // which the slow one is to write
        tape.pour(bytes("1".repeat(60)));
        tape.pour(bytes("2".repeat(60)));
        while (slow.release()) {
            assertTrue(slow.sentText().length() <= 330);
        }
        assertInstanceOf(Tape.Interruption.class, slowEnd.failure);
        assertTrue(slowEnd.failure.getMessage().contains("too far behind"));
        TapeReader tooLate = new TapeReader(tape, new FakeResponse(), false, new Told());
        assertFalse(tape.attach(tooLate));
        tape.end(true);
        String all = "x".repeat(90) + "y".repeat(60) + "z".repeat(60) + "1".repeat(60) + "2".repeat(60);
        assertEquals(all, own.sentText());
        assertEquals(all, near.sentText());
        assertEquals(all, after.sentText());
        assertEquals(1, nearEnd.count);
    }

    @Test
    void theMakerIsToldWhenItsClientIsDrained() {
        FakeResponse client = new FakeResponse().held();
        Told end = new Told();
        TapeReader own = reader(client, true, end);
        Told first = new Told();
        own.whenDrained(first);
        assertEquals(1, first.count, "there is nothing yet");
        tape.add(bytes("abc"));
        tape.tell();
        Told second = new Told();
        own.whenDrained(second);
        assertEquals(0, second.count);
        client.release();
        assertEquals(1, second.count);
        own.retire();
        tape.add(bytes("def"));
        tape.end(true);
        assertEquals("abc", client.sentText());
        assertEquals(0, end.count);
        Told third = new Told();
        own.whenDrained(third);
        assertEquals(1, third.count);
    }

    @Test
    void aMakerWhoseClientIsGoneIsToldSo() {
        Told end = new Told();
        TapeReader own = new TapeReader(tape, new Broken(new FakeResponse()), true, end);
        tape.attach(own);
        tape.add(bytes("abc"));
        tape.tell();
        Told drained = new Told();
        own.whenDrained(drained);
        assertEquals("gone", drained.failure.getMessage());
        assertEquals(1, end.count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "5", "100", "101", "99999999999999999999", "x", ""})
    void theRecordIsExactWhateverWasDeclared(String declared) {
        tape.expect(declared.isEmpty() ? null : declared);
        for (int i = 0; i < 10; i++) {
            assertTrue(tape.fits(1));
            tape.add(bytes("" + i));
        }
        assertEquals(declared.equals("10"), tape.isFull());
        ByteBuffer whole = tape.whole();
        assertEquals(10, whole.capacity());
        assertTrue(whole.isReadOnly());
        assertEquals("0123456789", StandardCharsets.US_ASCII.decode(whole).toString());
        assertThrows(RuntimeException.class, () -> tape.whole().put(0, (byte) 1));
    }

    /** A client whose completions come on other threads, or inline, as chance has it. */
    private static final class Crowded extends NoClientResponse {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private final AtomicInteger busy = new AtomicInteger();
        private final ExecutorService elsewhere;
        private final Random random;
        private volatile boolean last;

        private Crowded(ExecutorService elsewhere, long seed) {
            this.elsewhere = elsewhere;
            this.random = new Random(seed);
        }

        @Override
        public void write(ByteBuffer part, boolean isLast, Completion done) {
            if (!busy.compareAndSet(0, 1) || last) {
                throw new AssertionError("two writes at once, or one after the last");
            }
            last = isLast;
            byte[] bytes = new byte[part.remaining()];
            part.get(part.position(), bytes);
            received.writeBytes(bytes);
            busy.set(0);
            if (random.nextInt(3) == 0) {
                done.succeeded();
            } else {
                elsewhere.execute(done::succeeded);
            }
        }
    }

    /** No wake-up is lost and no byte is: many readers on few threads, who come at any time, and a maker who does not wait. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void manyReadersOnManyThreads(long seed) throws Exception {
        Random random = new Random(seed);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 150; round++) {
                byte[] all = new byte[random.nextInt(20_000)];
                random.nextBytes(all);
                Tape shared = new Tape(Math.max(1, all.length), room);
                List<Crowded> clients = new ArrayList<>();
                List<Told> ends = new ArrayList<>();
                boolean fails = random.nextInt(5) == 0;
                int at = 0;
                while (at < all.length) {
                    int length = Math.min(all.length - at, 1 + random.nextInt(3000));
                    shared.add(ByteBuffer.wrap(all, at, length));
                    at += length;
                    if (random.nextInt(3) > 0) {
                        shared.tell();
                    }
                    if (random.nextInt(3) == 0) {
                        Crowded client = new Crowded(threads, random.nextLong());
                        Told end = new Told();
                        clients.add(client);
                        ends.add(end);
                        TapeReader reader = new TapeReader(shared, client, false, end);
                        assertTrue(shared.attach(reader));
                        threads.execute(reader::advance);
                    }
                }
                if (fails) {
                    shared.cut(new IOException("cut"));
                } else {
                    shared.end(true);
                }
                for (int i = 0; i < ends.size(); i++) {
                    assertTrue(ends.get(i).over.await(30, TimeUnit.SECONDS), "a reader hangs in round " + round);
                    byte[] got = clients.get(i).received.toByteArray();
                    assertArrayEquals(Arrays.copyOf(all, got.length), got);
                    assertEquals(fails, ends.get(i).failure != null);
                    assertTrue(fails || got.length == all.length);
                    assertEquals(!fails, clients.get(i).last);
                }
            }
        } finally {
            threads.shutdown();
            assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
        }
    }
}
