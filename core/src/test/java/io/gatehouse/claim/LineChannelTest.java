/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.claim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.claim.ClaimFailure.Code;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lines over a socket, in pieces of all kinds, and what ends them. */
@Timeout(60)
final class LineChannelTest {

    private static final long LONG = TimeUnit.SECONDS.toNanos(50);

    @TempDir
    private Path directory;

    private SocketChannel peer;
    private LineChannel lines;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(directory.resolve("s")));
            peer = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("s")));
            lines = new LineChannel(server.accept());
        }
    }

    @AfterEach
    void close() throws IOException {
        peer.close();
        lines.close();
    }

    private void write(String text) throws IOException {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte[] bytes) throws IOException {
        for (ByteBuffer buffer = ByteBuffer.wrap(bytes); buffer.hasRemaining(); ) {
            peer.write(buffer);
        }
    }

    /** The next line, however often the wait has to be begun anew. */
    private String next() throws IOException, ClaimFailure {
        String line = null;
        while (line == null) {
            line = lines.next(LONG);
        }
        return line;
    }

    @Test
    void linesComeOneByOne() throws Exception {
        write("one\ntwo a=b\n\nthree\n");
        assertEquals("one", next());
        assertEquals("two a=b", next());
        assertEquals("", next());
        assertEquals("three", next());
        assertNull(lines.next(0), "and no more, without waiting");
    }

    @Test
    void piecesOfLinesAreJoined() throws Exception {
        byte[] bytes = "käse-茶-🍵\nnext\n".repeat(40).getBytes(StandardCharsets.UTF_8);
        Random random = new Random(3);
        Thread writer = new Thread(() -> {
            try {
                for (int at = 0; at < bytes.length; ) {
                    int count = Math.min(bytes.length - at, 1 + random.nextInt(4));
                    write(Arrays.copyOfRange(bytes, at, at + count));
                    at += count;
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();
        for (int i = 0; i < 40; i++) {
            assertEquals("käse-茶-🍵", next());
            assertEquals("next", next());
        }
        writer.join();
    }

    @Test
    void aLineOfTheLimitPassesAndALongerOneDoesNot() throws Exception {
        String longest = "x".repeat(Line.LIMIT - 1);
        write(longest + '\n');
        assertEquals(longest, next());
        write("y".repeat(Line.LIMIT));
        ClaimFailure failure = assertThrows(ClaimFailure.class, this::next);
        assertEquals(Code.MALFORMED, failure.code());
        assertTrue(failure.text().contains("longer than 4096 bytes"), failure.text());
    }

    @Test
    void whatIsNotUtf8IsRefused() throws Exception {
        write(new byte[] {'a', (byte) 0xC3, '\n'});
        ClaimFailure failure = assertThrows(ClaimFailure.class, this::next);
        assertTrue(failure.text().contains("not UTF-8"), failure.text());
    }

    @Test
    void theEndIsToldAfterTheLastLine() throws Exception {
        write("last\nhalf");
        peer.close();
        assertEquals("last", next());
        assertThrows(EOFException.class, this::next);
    }

    @Test
    void whatIsSentArrivesInItsOrder() throws Exception {
        lines.send("first");
        lines.send("second é");
        lines.flush();
        ByteBuffer in = ByteBuffer.allocate(100);
        byte[] expected = "first\nsecond é\n".getBytes(StandardCharsets.UTF_8);
        while (in.position() < expected.length) {
            peer.read(in);
        }
        assertEquals("first\nsecond é\n", StandardCharsets.UTF_8.decode(in.flip()).toString());
    }

    @Test
    void anotherThreadsLineLeavesWhileTheOwnerWaits() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread owner = new Thread(() -> {
            try {
                waiting.countDown();
                answer.complete(next());
            } catch (IOException | ClaimFailure e) {
                answer.completeExceptionally(e);
            }
        });
        owner.start();
        waiting.await();
        lines.send("question");
        ByteBuffer in = ByteBuffer.allocate(9);
        while (in.hasRemaining()) {
            peer.read(in);
        }
        write("answer\n");
        assertEquals("answer", answer.get());
        owner.join();
    }

    @Test
    void aWakeUpEndsTheWait() throws Exception {
        lines.wakeup();
        assertNull(lines.next(LONG));
        assertNull(lines.next(1), "and time does");
    }

    @Test
    void whoReadsNothingIsGivenUp() throws Exception {
        String line = "z".repeat(4_000);
        IOException failure = assertThrows(IOException.class, () -> {
            for (int i = 0; i < 10_000; i++) {
                lines.send(line);
                lines.flush();
            }
        });
        assertEquals("the peer reads nothing of what it is told", failure.getMessage());
    }

    @Test
    void muchIsWrittenWhileThePeerReads() throws Exception {
        int count = 3_000;
        String line = "w".repeat(999);
        CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> {
            long all = 0;
            try {
                ByteBuffer in = ByteBuffer.allocate(10_000);
                while (all < 1_000L * count) {
                    all += peer.read(in.clear());
                }
                write("done\n");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return all;
        });
        for (int i = 0; i < count; i++) {
            lines.send(line);
        }
        assertEquals("done", next());
        assertEquals(1_000L * count, received.get());
    }

    @Test
    void afterTheCloseThereIsNothing() throws Exception {
        lines.close();
        assertThrows(ClosedChannelException.class, () -> lines.next(LONG));
        assertFalse(lines.channel().isOpen());
        assertEquals(-1, peer.read(ByteBuffer.allocate(1)));
        lines.close();
    }

    @Test
    void aChannelThatCantBeUsedIsClosed() throws Exception {
        SocketChannel unconnected = SocketChannel.open(StandardProtocolFamily.UNIX);
        unconnected.close();
        assertThrows(IOException.class, () -> new LineChannel(unconnected));
    }
}
