/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Writing a response: commit and write, buffers on loan, one outstanding, interim answers. */
public interface WritingContract extends TransportUnderTest {
    /** No bytes. */
    ByteBuffer NONE = ByteBuffer.allocate(0);

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void oneCommitIsAnAnswer(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.answer(
                        ResponseHead.of(299, "X-A", "one", "x-b", "", "X-A", "two", "X-Latin", "\u00e4"), "hello"));
                Client client = site.client()) {
            Answer answer = client.get("/");
            assertEquals(299, answer.status());
            assertEquals("hello", answer.text());
            assertEquals("5", answer.fields().first("Content-Length"));
            assertEquals(List.of("one", "two"), answer.fields().all("X-A"));
            assertEquals("", answer.fields().first("x-b"));
            assertEquals("\u00e4", answer.fields().first("X-Latin"));
            assertEquals(1, answer.fields().all("Date").size());
            assertFalse(answer.fields().contains("Server"), "who we are is nobody's business");
            assertTrue(answer.fields().toString().contains("x-b: "), "names go as they were given");
        }
    }

    @Test
    default void anEmptyAnswerHasALengthOfZero() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, ""));
                Client client = site.client()) {
            assertEquals("0", client.get("/").fields().first("Content-Length"));
        }
    }

    @Test
    default void thereIsOneDate() throws Exception {
        String date = "Sun, 06 Nov 1994 08:49:37 GMT";
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(ResponseHead.of(200, "Date", date), ""));
                Client client = site.client()) {
            assertEquals(List.of(date), client.get("/").fields().all("Date"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#all")
    default void aBodyInPartsIsChunked(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().commit(
                        ResponseHead.of(200), ascii("one,"), false,
                        turn.then(() -> turn.exchange().write(ascii("two,"), false,
                                turn.then(() -> turn.exchange().write(NONE, false,
                                        turn.then(() -> turn.exchange().write(ascii("three"), true, turn.then(() -> {})))))))));
                Client client = site.client()) {
            for (int i = 0; i < 3; i++) {
                Answer answer = client.get("/");
                assertEquals("one,two,three", answer.text());
                assertFalse(answer.fields().contains("Content-Length"));
                assertTrue(answer.fields().lists("Transfer-Encoding", "chunked"));
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aBodyInPartsOfAKnownLengthIsNotChunked(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().commit(
                        ResponseHead.of(200, "Content-Length", "10"), NONE, false,
                        turn.then(() -> turn.exchange().write(ascii("hello"), false,
                                turn.then(() -> turn.exchange().write(ascii("world"), true, turn.then(() -> {})))))));
                Client client = site.client()) {
            for (int i = 0; i < 3; i++) {
                Answer answer = client.get("/");
                assertEquals("helloworld", answer.text());
                assertEquals("10", answer.fields().first("Content-Length"));
                assertFalse(answer.fields().contains("Transfer-Encoding"));
            }
        }
    }

    /** A slow application's parts arrive while it thinks: nothing waits for the end. */
    @Test
    default void eachPartLeavesAtOnce() throws Exception {
        CompletableFuture<Turn> arrived = new CompletableFuture<>();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.exchange().commit(
                        ResponseHead.of(200, "Content-Length", "10"), ascii("hello"), false,
                        turn.then(() -> arrived.complete(turn))));
                Client client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            String head = client.raw(60);
            while (!head.endsWith("\r\n\r\nhello")) {
                head += client.raw(1);
            }
            arrived.get(Peer.HANG_SECONDS, TimeUnit.SECONDS).exchange().write(ascii("world"), true, Completion.NOTHING);
            assertEquals("world", client.raw(5));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aBufferIsReadFromItsPositionToItsLimit(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> {
                    ByteBuffer buffer = ascii("<<<hello>>>").position(3).limit(8);
                    ByteBuffer direct = ByteBuffer.allocateDirect(20).put(ascii("<<<world>>>")).flip().position(3).limit(8);
                    turn.exchange().commit(ResponseHead.of(200), buffer.asReadOnlyBuffer(), false,
                            turn.then(() -> turn.exchange().write(direct, true, turn.then(() -> {}))));
                });
                Client client = site.client()) {
            assertEquals("helloworld", client.get("/").text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void oneBufferIsOnLoanToManyAtOnce(Variant variant) throws Exception {
        int size = 4 * 1024 * 1024;
        ByteBuffer shared = ByteBuffer.allocateDirect(size).put(Turn.pattern(0, size)).flip().asReadOnlyBuffer();
        ResponseHead head = ResponseHead.of(200, "X-Shared", "yes").prepared();
        try (Site site = Site.open(this, variant, turn -> turn.exchange().commit(head, shared, true, turn.then(() -> {})))) {
            List<CompletableFuture<Answer>> answers = IntStream.range(0, 6).mapToObj(i -> {
                CompletableFuture<Answer> future = new CompletableFuture<>();
                new Thread(() -> {
                    try (Client client = site.client()) {
                        client.get("/");
                        future.complete(client.get("/"));
                    } catch (Throwable e) {
                        future.completeExceptionally(e);
                    }
                }, "client").start();
                return future;
            }).toList();
            for (CompletableFuture<Answer> future : answers) {
                Answer answer = future.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
                assertEquals(size, answer.length());
                assertEquals(Answer.sumOf(Turn.pattern(0, size).array()), answer.sum());
                assertEquals("yes", answer.fields().first("X-Shared"));
            }
        }
    }

    @Test
    default void aPreparedHeadIsSentTheSameToAll() throws Exception {
        ResponseHead head = ResponseHead.of(200, "X-A", "a", "Content-Length", "5").prepared();
        ByteBuffer body = ascii("hello").asReadOnlyBuffer();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.exchange().commit(head, body, true, turn.then(() -> {})));
                Client client = site.client()) {
            Answer first = client.get("/");
            Answer second = client.get("/");
            assertEquals(first.fields().without("Date"), second.fields().without("Date"));
            assertArrayEquals(first.body(), second.body());
            client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
            assertTrue(client.answer().closes());
            client.assertEnd();
            try (Client old = site.client()) {
                old.send("GET / HTTP/1.0\r\n\r\n");
                assertEquals("hello", old.answer().text());
                old.assertEnd();
            }
        }
    }

    /** A peer that does not read leaves the write pending; a second write meanwhile is refused; then all arrives. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aPeerThatDoesNotReadLeavesTheWritePending(Variant variant) throws Exception {
        int size = 64 * 1024 * 1024;
        Outcome written = new Outcome();
        CompletableFuture<Turn> arrived = new CompletableFuture<>();
        try (Site site = Site.open(this, variant, turn -> {
                    turn.exchange().commit(ResponseHead.of(200), Turn.pattern(0, size), false, written);
                    arrived.complete(turn);
                });
                Client client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            Turn turn = arrived.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            Exchange exchange = turn.exchange();
            assertFalse(written.isDone(), "the peer has not read");
            assertThrows(IllegalStateException.class, () -> exchange.write(ascii("x"), false, Completion.NOTHING));
            assertThrows(IllegalStateException.class, () -> exchange.commit(ResponseHead.of(200), NONE, true, Completion.NOTHING));
            assertFalse(written.isDone(), "the peer has not read");
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            new Thread(() -> {
                try {
                    answer.complete(client.answer());
                } catch (Throwable e) {
                    answer.completeExceptionally(e);
                }
            }, "client").start();
            assertNull(written.await());
            turn.exchange().write(ascii("end"), true, Completion.NOTHING);
            assertEquals(size + 3, answer.get(Peer.HANG_SECONDS, TimeUnit.SECONDS).length());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void callsOutOfTurnAreRefusedAndChangeNothing(Variant variant) throws Exception {
        CompletableFuture<Exchange> after = new CompletableFuture<>();
        try (Site site = Site.open(this, variant, turn -> {
                    Exchange exchange = turn.exchange();
                    assertThrows(IllegalStateException.class, () -> exchange.write(ascii("x"), false, Completion.NOTHING));
                    exchange.commit(ResponseHead.of(200), ascii("a"), false, turn.then(() -> {
                        assertThrows(IllegalStateException.class,
                                () -> exchange.commit(ResponseHead.of(200), NONE, false, Completion.NOTHING));
                        assertThrows(IllegalStateException.class,
                                () -> exchange.inform(ResponseHead.of(103), Completion.NOTHING));
                        exchange.write(ascii("b"), true, turn.then(() -> after.complete(exchange)));
                    }));
                });
                Client client = site.client()) {
            assertEquals("ab", client.get("/").text());
            Exchange exchange = after.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            assertThrows(IllegalStateException.class, () -> exchange.write(ascii("x"), true, Completion.NOTHING));
            assertThrows(IllegalStateException.class,
                    () -> exchange.commit(ResponseHead.of(200), NONE, true, Completion.NOTHING));
            exchange.abort(new IllegalStateException("too late to harm"));
            assertEquals("ab", client.get("/").text(), "the next one on the same connection");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void interimAnswersComeBeforeTheAnswer(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().inform(
                        ResponseHead.of(103, "Link", "</a.css>", "Link", "</b.css>"),
                        turn.then(() -> turn.exchange().inform(ResponseHead.of(102), turn.then(() -> turn.answer(200, "end"))))));
                Client client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            Answer hints = client.answerTo("GET");
            assertEquals(103, hints.status());
            assertEquals(List.of("</a.css>", "</b.css>"), hints.fields().all("Link"));
            assertFalse(hints.fields().contains("Content-Length") || hints.fields().contains("Transfer-Encoding"));
            assertEquals(102, client.answerTo("GET").status());
            assertEquals("end", client.answerTo("GET").text());
            assertEquals("end", client.get("/").text());
        }
    }

    @Test
    default void noInterimAnswerGoesToHttp10() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.exchange().inform(
                        ResponseHead.of(103, "Link", "</a.css>"), turn.then(() -> turn.answer(200, "end"))));
                Client client = site.client()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertEquals(200, client.answerTo("GET").status());
            client.assertEnd();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void anEndlessBodyLeavesWhole(Variant variant) throws Exception {
        int count = (variant.equals(Variant.PLAIN) ? 64 : 4) * 1024 * 1024;
        try (Site site = Site.open(this, variant, turn -> turn.stream(
                        ResponseHead.of(200, turn.path().equals("/chunked") ? Fields.EMPTY
                                : Fields.of("Content-Length", "" + count)),
                        count, 100_000, turn.then(() -> {})));
                Client client = site.client()) {
            for (String path : List.of("/chunked", "/length")) {
                Answer answer = client.get(path);
                assertEquals(count, answer.length());
                assertEquals(Answer.sumOf(Turn.pattern(0, count).array()), answer.sum());
            }
        }
    }

    /** The bytes of a text. */
    static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }
}
