/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static io.gatehouse.transport.WritingContract.ascii;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sending parts of files. */
public interface TransferContract extends TransportUnderTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aFileIsSent(Variant variant, @TempDir Path directory) throws Exception {
        int size = 3_000_001;
        try (FileChannel file = file(directory, size);
                Site site = Site.open(this, variant, turn -> turn.exchange().commit(
                        ResponseHead.of(200, "Content-Length", "" + size), ByteBuffer.allocate(0), false,
                        turn.then(() -> turn.exchange().transfer(file, 0, size, true, turn.then(() -> {})))));
                Client client = site.client()) {
            for (int i = 0; i < 3; i++) {
                Answer answer = client.get("/");
                assertEquals(size, answer.length());
                assertEquals(Answer.sumOf(Turn.pattern(0, size).array()), answer.sum());
            }
            assertEquals(0, file.position(), "its position is not touched");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void partsOfAFileAreSentBetweenWrites(Variant variant, @TempDir Path directory) throws Exception {
        try (FileChannel file = file(directory, 200_000);
                Site site = Site.open(this, variant, turn -> {
                    Exchange exchange = turn.exchange();
                    exchange.commit(ResponseHead.of(200), ascii("<"), false, turn.then(
                            () -> exchange.transfer(file, 10, 3, false, turn.then(
                            () -> exchange.write(ascii("|"), false, turn.then(
                            () -> exchange.transfer(file, 100_000, 90_000, false, turn.then(
                            () -> exchange.transfer(file, 0, 0, false, turn.then(
                            () -> exchange.write(ascii(">"), true, turn.then(() -> {}))))))))))));
                });
                Client client = site.client()) {
            byte[] expected = ByteBuffer.allocate(90_006)
                    .put(ascii("<")).put(Turn.pattern(10, 3)).put(ascii("|")).put(Turn.pattern(100_000, 90_000)).put(ascii(">"))
                    .array();
            for (int i = 0; i < 2; i++) {
                Answer answer = client.get("/");
                assertEquals(90_006, answer.length());
                assertEquals(Answer.sumOf(expected), answer.sum());
            }
        }
    }

    @Test
    default void anEmptyFileIsSent(@TempDir Path directory) throws Exception {
        try (FileChannel file = file(directory, 0);
                Site site = Site.open(this, Variant.PLAIN, turn -> turn.exchange().commit(
                        ResponseHead.of(200, "Content-Length", "0"), ByteBuffer.allocate(0), false,
                        turn.then(() -> turn.exchange().transfer(file, 0, 0, true, turn.then(() -> {})))));
                Client client = site.client()) {
            assertEquals(0, client.get("/").length());
            assertEquals(0, client.get("/").length());
        }
    }

    @Test
    default void headGetsNoByteOfAFile(@TempDir Path directory) throws Exception {
        try (FileChannel file = file(directory, 100_000);
                Site site = Site.open(this, Variant.PLAIN, turn -> turn.exchange().commit(
                        ResponseHead.of(200, "Content-Length", "100000"), ByteBuffer.allocate(0), false,
                        turn.then(() -> turn.exchange().transfer(file, 0, 100_000, true, turn.then(() -> {})))));
                Client client = site.client()) {
            client.send("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
            assertEquals("100000", client.answerTo("HEAD").fields().first("Content-Length"));
            assertEquals(100_000, client.get("/").length());
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aFileThatShrinksEndsTheConnection(Variant variant, @TempDir Path directory) throws Exception {
        Outcome sent = new Outcome();
        try (FileChannel file = file(directory, 100_000);
                Site site = Site.open(this, variant, turn -> turn.exchange().commit(
                        ResponseHead.of(200, "Content-Length", "200000"), ByteBuffer.allocate(0), false,
                        turn.then(() -> turn.exchange().transfer(file, 0, 200_000, true, sent))))) {
            try (Client client = site.client()) {
                client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
                assertThrows(IOException.class, client::answer, "the cut must be seen");
                assertInstanceOf(IOException.class, sent.await());
            }
        }
    }

    /** One channel serves many at once. */
    @Test
    default void aFileIsOnLoanToManyAtOnce(@TempDir Path directory) throws Exception {
        int size = 1_000_000;
        try (FileChannel file = file(directory, size);
                Site site = Site.open(this, Variant.PLAIN, turn -> turn.exchange().commit(
                        ResponseHead.of(200), ByteBuffer.allocate(0), false,
                        turn.then(() -> turn.exchange().transfer(file, 0, size, true, turn.then(() -> {})))));
                Client first = site.client();
                Client second = site.client()) {
            first.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            second.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            assertEquals(Answer.sumOf(Turn.pattern(0, size).array()), second.answer().sum());
            assertEquals(Answer.sumOf(Turn.pattern(0, size).array()), first.answer().sum());
        }
    }

    /** A peer that reads nothing of a large file holds up nobody else, and its end fails the transfer. */
    @Test
    default void aPeerThatVanishesFailsATransfer(@TempDir Path directory) throws Exception {
        int size = 64 * 1024 * 1024;
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        try (FileChannel file = file(directory, size);
                Site site = Site.open(this, Variant.PLAIN, turn -> {
                    if (turn.path().equals("/other")) {
                        turn.answer(200, "other");
                    } else {
                        turn.exchange().commit(ResponseHead.of(200), ByteBuffer.allocate(0), false,
                                turn.then(() -> turn.exchange().transfer(file, 0, size, true,
                                        turn.then(() -> failure.complete(null), failure::complete))));
                    }
                });
                Client client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            client.raw(1000);
            try (Client other = site.client()) {
                assertEquals("other", other.get("/other").text());
            }
            client.peer().reset();
            assertInstanceOf(IOException.class, failure.get(Peer.HANG_SECONDS, TimeUnit.SECONDS));
        }
    }

    private static FileChannel file(Path directory, int size) throws IOException {
        Path path = Files.write(directory.resolve("file-" + size), Turn.pattern(0, size).array());
        return FileChannel.open(path, StandardOpenOption.READ);
    }
}
