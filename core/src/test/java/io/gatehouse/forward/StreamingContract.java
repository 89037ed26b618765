/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.transport.Answer;
import io.gatehouse.transport.Client;
import io.gatehouse.transport.TransportUnderTest;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Long bodies stream through: whoever takes slowly holds back who gives, and what lies in between does not grow with the body.
 *
 * <p>{@code -Dgatehouse.forward.bytes=10737418240} makes the bodies ten GiB; with {@code -Xmx32m} that shows that the heap does not grow.
 */
interface StreamingContract {

    /** How long the bodies are. */
    long BYTES = Long.getLong("gatehouse.forward.bytes", 96L << 20);

    /** What is held back, of which a part may lie in the buffers of four sockets. */
    long HELD = 256L << 20;

    /** The most that four sockets' buffers may take: the kernel lets each grow to some 6 MiB. */
    long BETWEEN = 48L << 20;

    /** What carries the requests. */
    TransportUnderTest transport();

    @ParameterizedTest
    @ValueSource(strings = {"/length", "/chunks"})
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    default void aLongAnswerStreams(String path) throws Exception {
        try (BulkOrigin origin = new BulkOrigin(BYTES);
                ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward);
                Client client = site.client()) {
            Answer answer = client.get(path);
            assertEquals(200, answer.status());
            assertEquals(BYTES, answer.length());
            assertEquals(BulkOrigin.sum(BYTES), answer.sum());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    default void aLongRequestStreams(boolean chunked) throws Exception {
        try (BulkOrigin origin = new BulkOrigin(0);
                ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward);
                Client client = site.client()) {
            origin.read.countDown();
            client.send("POST /up HTTP/1.1\r\nHost: test\r\n"
                    + (chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + BYTES) + "\r\n\r\n");
            upload(client, BYTES / 4, chunked);
            long before = live();
            upload(client, BYTES / 2, chunked);
            assertFlat(before, live());
            upload(client, BYTES - BYTES / 4 - BYTES / 2, chunked);
            if (chunked) {
                client.send("0\r\n\r\n");
            }
            assertEquals(BYTES + " " + BulkOrigin.sum(BYTES), client.answer().text());
        }
    }

    /** What was passed on is not kept: what lives after a quarter of an answer lives after three of them, and not much more. */
    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    default void memoryStaysFlatUnderALongAnswer() throws Exception {
        try (BulkOrigin origin = new BulkOrigin(BYTES);
                ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward);
                Client client = site.client()) {
            client.send("GET /length HTTP/1.1\r\nHost: test\r\n\r\n");
            take(client, origin, 0, BYTES / 4);
            long before = live();
            take(client, origin, BYTES / 4, BYTES / 4 * 3);
            assertFlat(before, live());
        }
    }

    /** Reads on, and sees to it that the origin is never far ahead. */
    private static void take(Client client, BulkOrigin origin, long from, long to) throws IOException {
        int part = 1 << 20;
        for (long taken = from; taken < to; taken += part) {
            client.raw(part);
            assertTrue(origin.sent.get() - taken < BETWEEN, "sent " + origin.sent + " when " + taken + " were read");
        }
    }

    private static void assertFlat(long before, long after) {
        assertTrue(after - before < BYTES / 6, "lived before: " + before + " bytes, and now: " + after);
    }

    /** The bytes that are in use, in the heap and in buffers outside of it, without what is garbage. */
    private static long live() {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        return heap + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream().mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
    }

    @Test
    default void aSlowClientHoldsTheOriginBack() throws Exception {
        try (BulkOrigin origin = new BulkOrigin(HELD);
                ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward);
                Client client = site.client()) {
            client.send("GET /length HTTP/1.1\r\nHost: test\r\n\r\n");
            if (!origin.held.await(60, TimeUnit.SECONDS)) {
                throw new TimeoutException("the origin is not held back: it has sent " + origin.sent);
            }
            assertTrue(origin.sent.get() < BETWEEN, "sent while nobody read: " + origin.sent);
            Answer answer = client.answer();
            assertEquals(HELD, answer.length());
            assertEquals(BulkOrigin.sum(HELD), answer.sum());
        }
    }

    @Test
    default void aSlowOriginHoldsTheClientBack() throws Exception {
        try (BulkOrigin origin = new BulkOrigin(0);
                ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward);
                Client client = site.client()) {
            client.send("POST /up HTTP/1.1\r\nHost: test\r\nContent-Length: " + HELD + "\r\n\r\n");
            ByteBuffer part = BulkOrigin.pattern(256 * 1024);
            long taken = 0;
            for (int still = 0; still < 4; ) { // each takes a good while to find that nothing is taken
                int count = client.peer().offer(part);
                still = count == 0 ? still + 1 : 0;
                taken += count;
                if (!part.hasRemaining()) {
                    part.rewind();
                }
                assertTrue(taken < BETWEEN, "taken while nobody read: " + taken);
            }
            assertEquals(0, origin.received.get());
            origin.read.countDown();
            if (part.position() > 0) {
                taken += part.remaining();
                client.peer().send(part);
            }
            upload(client, HELD - taken, false);
            assertEquals(HELD + " " + BulkOrigin.sum(HELD), client.answer().text());
        }
    }

    /** A client that goes away in the middle takes its request with it, and what is left is not read from the origin. */
    @Test
    default void aClientThatGoesAwayEndsTheOriginsWork() throws Exception {
        try (BulkOrigin origin = new BulkOrigin(1L << 40);
                ForwardSite site = ForwardSite.open(transport(), origin.text(), false, forward -> forward)) {
            Client client = site.client();
            client.send("GET /length HTTP/1.1\r\nHost: test\r\n\r\n");
            client.raw(1 << 20);
            client.peer().reset();
            origin.awaitEnd();
            assertTrue(origin.sent.get() < 4 * BETWEEN, "sent for nobody: " + origin.sent);
        }
    }

    private static void upload(Client client, long count, boolean chunked) throws IOException {
        ByteBuffer part = BulkOrigin.pattern(256 * 1024);
        for (long left = count; left > 0; left -= part.limit()) {
            part.clear().limit((int) Math.min(part.capacity(), left));
            if (chunked) {
                client.send(Integer.toHexString(part.limit()) + "\r\n");
            }
            client.peer().send(part);
            if (chunked) {
                client.send("\r\n");
            }
        }
    }
}
