/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static io.gatehouse.transport.WritingContract.ascii;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The framing is the transport's: lengths, chunks, answers without a body, hop-by-hop fields, trailers, HTTP/1.0. */
public interface FramingContract extends TransportUnderTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void headNeverHasABody(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> {
                    switch (turn.path()) {
                        case "/whole" -> turn.answer(200, "hello");
                        case "/length" -> turn.exchange().commit(
                                ResponseHead.of(200, "Content-Length", "1000000"), ByteBuffer.allocate(0), true, turn.then(() -> {}));
                        default -> turn.exchange().commit(ResponseHead.of(200), ascii("hello"), false,
                                turn.then(() -> turn.exchange().write(ascii("world"), true, turn.then(() -> {}))));
                    }
                });
                Client client = site.client()) {
            for (String path : List.of("/whole", "/length", "/parts", "/whole")) {
                client.send("HEAD " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
                Answer answer = client.answerTo("HEAD");
                assertEquals(200, answer.status());
                String length = path.equals("/whole") ? "5" : path.equals("/length") ? "1000000" : null;
                assertEquals(length, answer.fields().first("Content-Length"), path);
            }
            assertEquals("hello", client.get("/whole").text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void noContentAndNotModifiedNeverHaveABody(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> {
                    int status = Integer.parseInt(turn.path().substring(1, 4));
                    ResponseHead head = ResponseHead.of(status, "ETag", "\"a\"");
                    if (turn.path().endsWith("parts")) {
                        turn.exchange().commit(head, ascii("hello"), false,
                                turn.then(() -> turn.exchange().write(ascii("world"), true, turn.then(() -> {}))));
                    } else {
                        turn.answer(head, "hello");
                    }
                });
                Client client = site.client()) {
            for (String path : List.of("/204", "/304", "/204parts", "/304parts")) {
                Answer answer = client.get(path);
                assertEquals(path.substring(1, 4), "" + answer.status());
                assertFalse(answer.fields().contains("Transfer-Encoding"), path);
                assertFalse(answer.fields().contains("Content-Length"), path);
                assertEquals("\"a\"", answer.fields().first("ETag"));
            }
            assertEquals("hello", client.get("/200").text());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aBodyShorterThanItsLengthEndsTheConnection(Variant variant) throws Exception {
        for (boolean parts : new boolean[] {false, true}) {
            Outcome written = new Outcome();
            try (Site site = Site.open(this, variant, turn -> {
                        ResponseHead head = ResponseHead.of(200, "Content-Length", "10");
                        if (parts) {
                            turn.exchange().commit(head, ascii("hello"), false,
                                    turn.then(() -> turn.exchange().write(ascii("!"), true, written)));
                        } else {
                            turn.exchange().commit(head, ascii("hello"), true, written);
                        }
                    });
                    Client client = site.client()) {
                client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\nGET / HTTP/1.1\r\nHost: test\r\n\r\n");
                assertThrows(IOException.class, client::answer, "the cut must be seen");
                written.await();
                assertEquals(1, site.handled());
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aBodyLongerThanItsLengthEndsTheConnection(Variant variant) throws Exception {
        for (boolean parts : new boolean[] {false, true}) {
            Outcome written = new Outcome();
            try (Site site = Site.open(this, variant, turn -> {
                        ResponseHead head = ResponseHead.of(200, "Content-Length", "4");
                        if (parts) {
                            turn.exchange().commit(head, ascii("hel"), false,
                                    turn.then(() -> turn.exchange().write(ascii("lo"), true, written)));
                        } else {
                            turn.exchange().commit(head, ascii("hello"), true, written);
                        }
                    });
                    Client client = site.client()) {
                client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\nGET / HTTP/1.1\r\nHost: test\r\n\r\n");
                assertInstanceOf(IllegalStateException.class, written.await());
                assertThrows(IOException.class, client::answer, "the cut must be seen");
                assertEquals(1, site.handled());
            }
        }
    }

    @Test
    default void hopByHopFieldsAreTheTransports() throws Exception {
        ResponseHead head = ResponseHead.of(200, "Connection", "X-Hop", "X-Hop", "a", "Keep-Alive", "timeout=1",
                "Transfer-Encoding", "gzip", "Upgrade", "x", "Proxy-Connection", "close", "X-End", "b");
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(head, "hello"));
                Client client = site.client()) {
            Answer answer = client.get("/");
            assertEquals("hello", answer.text());
            for (String name : List.of("X-Hop", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Proxy-Connection")) {
                assertFalse(answer.fields().contains(name), name);
            }
            assertFalse(answer.fields().lists("Connection", "X-Hop"));
            assertEquals("b", answer.fields().first("X-End"));
            assertEquals("hello", client.get("/").text(), "kept");
        }
    }

    @Test
    default void theServersCloseIsHonoured() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(ResponseHead.of(200, "Connection", "Close"), "hello"));
                Client client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\nGET / HTTP/1.1\r\nHost: test\r\n\r\n");
            Answer answer = client.answer();
            assertEquals("hello", answer.text());
            assertTrue(answer.closes());
            client.assertEnd();
            assertEquals(1, site.handled());
        }
    }

    @Test
    default void theClientsCloseIsHonoured() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, "hello"))) {
            for (String value : List.of("close", "Close", "keep-alive, close", "x,close")) {
                try (Client client = site.client()) {
                    client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: " + value + "\r\n\r\n" + MalformedRequests.SMUGGLED);
                    Answer answer = client.answer();
                    assertEquals("hello", answer.text());
                    assertTrue(answer.closes(), value);
                    client.assertEnd();
                }
            }
            assertEquals(4, site.handled());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#few")
    default void http10EndsWithTheConnection(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().commit(ResponseHead.of(200), ascii("hello"), false,
                turn.then(() -> turn.exchange().write(ascii("world"), true, turn.then(() -> {})))))) {
            for (String more : List.of("", "Connection: keep-alive\r\n")) {
                try (Client client = site.client()) {
                    client.send("GET / HTTP/1.0\r\n" + more + "\r\n");
                    Answer answer = client.answer();
                    assertEquals("helloworld", answer.text());
                    assertFalse(answer.fields().contains("Transfer-Encoding"));
                    client.assertEnd();
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#few")
    default void http10IsKeptIfItAsks(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            client.send("GET /1 HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            Answer answer = client.answer();
            assertEquals("/1", answer.text());
            assertTrue(answer.fields().lists("Connection", "keep-alive"));
            client.send("POST /2 HTTP/1.0\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello");
            assertEquals("/2", client.answer().text());
            client.send("GET /3 HTTP/1.0\r\n\r\n");
            answer = client.answer();
            assertEquals("/3", answer.text());
            assertFalse(answer.fields().lists("Connection", "keep-alive"));
            client.assertEnd();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void trailersFollowAChunkedBody(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().commit(ResponseHead.of(200), ascii("hello"), false,
                        turn.then(() -> {
                            turn.exchange().trailers(Fields.of("X-Sum", "1", "X-More", "2"));
                            turn.exchange().write(ascii("!"), true, turn.then(() -> {}));
                        })));
                Client client = site.client()) {
            for (int i = 0; i < 2; i++) {
                Answer answer = client.get("/");
                assertEquals("hello!", answer.text());
                assertEquals(Fields.of("X-Sum", "1", "X-More", "2"), answer.trailers());
            }
        }
    }

    @Test
    default void trailersAreDroppedWhereNoneCanGo() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
                    turn.exchange().trailers(Fields.of("X-Sum", "1"));
                    turn.exchange().commit(ResponseHead.of(200, "Content-Length", "5"), ascii("hel"), false,
                            turn.then(() -> turn.exchange().write(ascii("lo"), true, turn.then(() -> {}))));
                });
                Client client = site.client()) {
            assertEquals("hello", client.get("/").text());
            assertEquals("hello", client.get("/").text());
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertEquals("hello", client.answer().text());
            client.assertEnd();
        }
    }

    /** The 64 KiB and more of one answer do not leak into the next one's framing, however they are cut. */
    @Test
    default void answersOfAllSizesFollowEachOther() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
                    int size = Integer.parseInt(turn.path().substring(1));
                    turn.exchange().commit(ResponseHead.of(200), Turn.pattern(0, size), true, turn.then(() -> {}));
                });
                Client client = site.client()) {
            for (int size : new int[] {0, 1, 255, 256, 1_023, 8_191, 8_192, 16_384, 32_768, 65_535, 65_536, 1_000_000, 2}) {
                Answer answer = client.get("/" + size);
                assertEquals(size, answer.length());
                assertEquals(Answer.sumOf(Turn.pattern(0, size).array()), answer.sum());
            }
            client.send("GET /3 HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(ISO_8859_1));
            assertEquals(3, client.answer().length());
        }
    }
}
