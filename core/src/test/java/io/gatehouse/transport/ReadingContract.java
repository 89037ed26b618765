/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading a request's body: read and demand, 100-continue, drain, back-pressure. */
public interface ReadingContract extends TransportUnderTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#all")
    default void aBodyWithALengthIsRead(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.readAll(body -> turn.answer(200, new String(body, ISO_8859_1))));
                Client client = site.client()) {
            String body = "0123456789".repeat(200);
            for (int i = 0; i < 2; i++) {
                client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2000\r\n\r\n" + body);
                assertEquals(body, client.answer().text());
            }
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
            assertEquals("", client.answer().text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#all")
    default void aChunkedBodyIsReadWithItsTrailers(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> {
                    assertEquals(Fields.EMPTY, turn.exchange().trailers(), "trailers before the end");
                    turn.readAll(body -> turn.answer(200, new String(body, ISO_8859_1) + turn.exchange().trailers()));
                });
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n"
                    + "5\r\nhello\r\n00A;name=\"a value\";other\r\n, chunked \r\n1\r\n!\r\n0;last\r\nX-Sum: 1\r\nx-more:  2 \r\n\r\n");
            assertEquals("hello, chunked !X-Sum: 1\nx-more: 2\n", client.answer().text());
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
            assertEquals("", client.answer().text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aReadThatFindsNothingIsFollowedByADemand(Variant variant) throws Exception {
        CompletableFuture<Turn> waiting = new CompletableFuture<>();
        Outcome demanded = new Outcome();
        try (Site site = Site.open(this, variant, turn -> {
                    ByteBuffer buffer = ByteBuffer.allocate(10);
                    assertEquals(0, turn.exchange().read(buffer), "nothing has come yet");
                    turn.exchange().demand(demanded);
                    assertThrows(IllegalStateException.class, () -> turn.exchange().demand(() -> {}), "a second demand");
                    waiting.complete(turn);
                });
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n");
            Turn turn = waiting.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            assertFalse(demanded.isDone());
            client.send("he");
            demanded.await();
            ByteBuffer none = ByteBuffer.allocate(0);
            assertEquals(0, turn.exchange().read(none), "no room");
            client.send("llo");
            turn.readAll(body -> turn.answer(200, new String(body, ISO_8859_1)));
            assertEquals("hello", client.answer().text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#few")
    default void aDemandFiresAtTheEndAndReadsStayThere(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().demand(() -> turn.readAll(body -> {
                    try {
                        assertEquals(-1, turn.exchange().read(ByteBuffer.allocate(1)), "again");
                        Outcome demanded = new Outcome();
                        turn.exchange().demand(demanded);
                        demanded.whenDone((ok, never) -> turn.answer(200, "at the end"));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })));
                Client client = site.client()) {
            assertEquals("at the end", client.get("/").text());
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\na");
            assertEquals("at the end", client.answer().text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#few")
    default void aBodyCanBeReadIntoOneByte(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> {
                    StringBuilder text = new StringBuilder();
                    turn.read(ByteBuffer.allocateDirect(1), part -> text.append((char) part.get(0)),
                            () -> turn.answer(200, text.toString()), cause -> turn.exchange().abort(cause));
                });
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\n, c\r\n0\r\n\r\n");
            assertEquals("hello, c", client.answer().text());
        }
    }

    /** What is sent before the first read arrives before the 100. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#all")
    default void continueIsSentAtTheFirstReadAndNotBefore(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().inform(
                        ResponseHead.of(103, "Link", "</a>"),
                        turn.then(() -> turn.readAll(body -> turn.answer(200, new String(body, ISO_8859_1))))));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n");
            assertEquals(103, client.answerTo("POST").status());
            assertEquals(100, client.answerTo("POST").status());
            client.send("hello");
            assertEquals("hello", client.answerTo("POST").text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void continueIsSentAtADemandToo(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().demand(
                        () -> turn.readAll(body -> turn.answer(200, new String(body, ISO_8859_1)))));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
            assertEquals(100, client.answerTo("POST").status());
            client.send("5\r\nhello\r\n0\r\n\r\n");
            assertEquals("hello", client.answerTo("POST").text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#few")
    default void noContinueIsSentWithoutARead(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.answer(403, "no"));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            assertEquals(403, client.answerTo("POST").status());
        }
    }

    @Test
    default void noContinueIsSentToHttp10() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.readAll(body -> turn.answer(200, "" + body.length)));
                Client client = site.client()) {
            client.send("POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello");
            assertEquals("5", client.answerTo("POST").text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#few")
    default void anUnreadBodyIsDrained(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            String body = "GET /smuggled HTTP/1.1\r\n\r\n".repeat(100);
            client.send("POST /1 HTTP/1.1\r\nHost: test\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            assertEquals("/1", client.answer().text());
            assertEquals("/2", client.get("/2").text());
            client.send("POST /3 HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\nX-T: a\r\n\r\n");
            assertEquals("/3", client.answer().text());
            assertEquals("/4", client.get("/4").text());
            assertEquals(4, site.handled());
        }
    }

    @Test
    default void aBodyThatIsReadInPartIsDrained() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.exchange().demand(() -> {
                    try {
                        turn.answer(200, "" + turn.exchange().read(ByteBuffer.allocate(3)));
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 50000\r\n\r\n" + "a".repeat(50_000));
            assertEquals("3", client.answer().text());
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc");
            assertEquals("3", client.answer().text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void pastTheLimitOfDrainTheConnectionCloses(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, config -> config.withLimits(config.limits().withDrain(1_000)),
                        turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            client.sendRefused(("POST /1 HTTP/1.1\r\nHost: test\r\nContent-Length: 100000\r\n\r\n" + "a".repeat(100_000)
                    + MalformedRequests.SMUGGLED).getBytes(ISO_8859_1));
            assertEquals("/1", client.answer().text(), "the response is whole");
            client.assertEnd();
            assertEquals(1, site.handled());
        }
    }

    @Test
    default void aBodyThatEndsTooEarlyFailsARead() throws Exception {
        for (String framing : new String[] {"Content-Length: 5\r\n\r\nhe", "Transfer-Encoding: chunked\r\n\r\n5\r\nhe"}) {
            Outcome failed = new Outcome();
            try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.readAll(body -> failed.succeeded(), cause -> {
                        failed.failed(cause);
                        turn.exchange().abort(cause);
                    }));
                    Client client = site.client()) {
                client.send("POST / HTTP/1.1\r\nHost: test\r\n" + framing);
                client.peer().finish();
                assertInstanceOf(IOException.class, failed.await());
                client.assertEnd();
            }
        }
    }

    /** A truncated body can still be answered: a half-closed peer reads on. */
    @Test
    default void aTruncatedBodyIsRefusedWithItsStatus() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.readAll(body -> turn.answer(200, "whole"),
                        cause -> turn.answer(((RefusedException) cause).refusal().status(), "cut")));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhe");
            client.peer().finish();
            assertEquals(400, client.answer().status());
            client.assertEnd();
        }
    }

    /** Nobody reads: the peer is stopped, long before it has sent all; then somebody reads, and all arrives. */
    @Test
    default void aHandlerThatDoesNotReadStopsThePeer() throws Exception {
        int total = 64 * 1024 * 1024;
        CompletableFuture<Turn> arrived = new CompletableFuture<>();
        try (Site site = Site.open(this, Variant.PLAIN, arrived::complete);
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: " + total + "\r\n\r\n");
            Turn turn = arrived.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            ByteBuffer body = Turn.pattern(0, 1024 * 1024);
            long sent = 0;
            for (int taken = 1; taken > 0 && sent < total; sent += taken) {
                taken = client.peer().offer(body);
                if (!body.hasRemaining()) {
                    body.rewind();
                }
            }
            assertTrue(sent < total / 2, "the peer could send " + sent);
            CRC32 sum = new CRC32();
            Outcome end = new Outcome();
            turn.read(ByteBuffer.allocate(64 * 1024), sum::update, () -> {
                end.succeeded();
                turn.answer(200, "" + sum.getValue());
            }, end::failed);
            CRC32 expected = new CRC32();
            for (int i = 0; i < 64; i++) {
                expected.update(Turn.pattern(0, 1024 * 1024));
            }
            for (; sent < total; ) {
                body.limit((int) Math.min(body.capacity(), body.position() + total - sent));
                sent += body.remaining();
                client.peer().send(body);
                body.clear();
            }
            assertEquals(null, end.await());
            assertEquals("" + expected.getValue(), client.answer().text());
        }
    }

    /** The body of limits.body is the engine's to bound: a transport passes what is longer. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aLargeBodyIsEchoed(Variant variant) throws Exception {
        int size = 1024 * 1024;
        int count = variant.equals(Variant.PLAIN) ? 64 : 4;
        try (Site site = Site.open(this, variant, turn -> turn.echo(ResponseHead.of(200)));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        client.peer().send(ByteBuffer.wrap("100000\r\n".getBytes(ISO_8859_1)));
                        client.peer().send(Turn.pattern(0, size));
                        client.peer().send(ByteBuffer.wrap("\r\n".getBytes(ISO_8859_1)));
                    }
                    client.peer().send(ByteBuffer.wrap("0\r\nX-T: end\r\n\r\n".getBytes(ISO_8859_1)));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }, task -> new Thread(task, "sender").start());
            Answer answer = client.answer();
            sending.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            assertEquals((long) count * size, answer.length());
            CRC32 expected = new CRC32();
            for (int i = 0; i < count; i++) {
                expected.update(Turn.pattern(0, size));
            }
            assertEquals(expected.getValue(), answer.sum());
            assertEquals("end", answer.trailers().first("X-T"));
        }
    }
}
