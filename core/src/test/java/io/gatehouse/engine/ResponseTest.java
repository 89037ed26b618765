/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A response from its first field to its last byte, over an exchange that the test controls. */
@Timeout(60)
final class ResponseTest {

    private final FakeExchange exchange = FakeExchange.get("/");
    private final Outcomes ending = new Outcomes();
    private final ExchangeResponse response = new ExchangeResponse(exchange, ending, () -> {});

    private static final class Outcomes implements Completion {
        private final List<Object> seen = new ArrayList<>();

        @Override
        public void succeeded() {
            seen.add("succeeded");
        }

        @Override
        public void failed(Throwable cause) {
            seen.add(cause);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 99, 600, 1000})
    void aStatusThatHttpDoesNotHaveIsRefused(int status) {
        assertThrows(IllegalArgumentException.class, () -> response.status(status));
        assertEquals(200, response.status());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 199})
    void anInterimStatusCannotEndARequestAndTheMessageSaysWhatToUse(int status) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> response.status(status));
        assertTrue(e.getMessage().contains("use inform"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 200, 304, 404, 599})
    void finalStatusesAndTheSwitchOfProtocolsAreTaken(int status) {
        assertEquals(status, response.status(status).status());
    }

    @Test
    void afterCommitNothingOfTheHeadCanChange() throws Exception {
        response.body().flush();
        assertTrue(response.committed());
        assertThrows(IllegalStateException.class, () -> response.status(404));
        assertThrows(IllegalStateException.class, response::reset);
        assertThrows(IllegalStateException.class, () -> response.bufferSize(1));
        assertThrows(IllegalStateException.class, () -> response.send("x"));
        assertThrows(IllegalStateException.class, () -> response.inform(ResponseHead.of(103)));
        response.field("X-Late", "1");
        response.end();
        assertNull(exchange.fields().first("X-Late"));
    }

    @Test
    void anInterimAnswerCanBeSentWithoutWaiting() throws Exception {
        List<String> taken = new ArrayList<>();
        Completion done = new Completion() {
            @Override
            public void succeeded() {
                taken.add("taken");
            }

            @Override
            public void failed(Throwable cause) {
                taken.add("failed");
            }
        };
        response.inform(ResponseHead.of(103, "Link", "</a>"), done);
        assertEquals(List.of("taken"), taken);
        assertEquals(List.of(ResponseHead.of(103, "Link", "</a>")), exchange.informed);
        response.send("x");
        assertThrows(IllegalStateException.class, () -> response.inform(ResponseHead.of(103), done));
    }

    @Test
    void aResetForgetsStatusFieldsBufferAndTrailers() throws Exception {
        response.status(404).field("X-Old", "1").body().write('o');
        response.trailers(Fields.of("X-Sum", "1"));
        response.reset();
        assertEquals(200, response.status());
        response.body().write('n');
        response.end();
        assertEquals("n", exchange.body());
        assertEquals("1", exchange.fields().first("Content-Length"));
        assertNull(exchange.fields().first("X-Old"));
        assertEquals(Fields.EMPTY, exchange.sentTrailers());
    }

    @Test
    void aBufferCannotBeNegative() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> response.bufferSize(-1));
        assertTrue(e.getMessage().contains("0 or more"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"3, 2", "3, 4", "0, 1", "nonsense, 1", "-1, 1", "+1, 1", "'1, 1', 1", "99999999999999999999, 1"})
    void aBodyThatBreaksItsContentLengthIsRefusedWhileAFailurePageCanStillBeSent(String declared, int length)
            throws Exception {
        response.field("Content-Length", declared).body().write(new byte[length]);
        IllegalStateException e = assertThrows(IllegalStateException.class, response::end);
        assertTrue(e.getMessage().contains(declared), e.getMessage());
        assertFalse(response.committed());
        response.fail(500, "sorry");
        assertEquals(500, exchange.status());
        assertEquals("500 Internal Server Error\nsorry\n", exchange.body());
    }

    @Test
    void aFirstPartThatIsLongerThanTheWholeIsRefusedBeforeAnythingLeaves() {
        response.field("Content-Length", "2").bufferSize(0);
        assertThrows(IllegalStateException.class, () -> response.body().write(new byte[3]));
        assertThrows(IllegalStateException.class, () -> response.write(ByteBuffer.allocate(3), false, ending));
        assertThrows(IllegalStateException.class, () -> response.write(ByteBuffer.allocate(1), true, ending));
        assertFalse(response.committed());
        assertEquals(0, exchange.writes());
        assertEquals(List.of(), ending.seen);
    }

    @Test
    void aFirstPartMayBeShorterThanTheWhole() throws Exception {
        response.field("Content-Length", "4").body().write("ab".getBytes(StandardCharsets.US_ASCII));
        response.body().flush();
        response.body().write("cd".getBytes(StandardCharsets.US_ASCII));
        response.end();
        assertEquals("abcd", exchange.body());
        assertEquals(List.of("succeeded"), ending.seen);
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200", "GET, 304"})
    void whatHasNoBodyMaySayALength(String method, int status) {
        FakeExchange bodiless = FakeExchange.of(method, "/", Fields.EMPTY);
        ExchangeResponse answer = new ExchangeResponse(bodiless, ending, () -> {});
        answer.status(status).field("Content-Length", "1000");
        answer.end();
        assertEquals("1000", bodiless.fields().first("Content-Length"));
        assertTrue(bodiless.last());
    }

    @Test
    void whatTheExchangeRefusesChangesNothing() throws Exception {
        exchange.refuseWrites(new IllegalStateException("no"));
        response.body().write('x');
        assertThrows(IllegalStateException.class, response::end);
        assertFalse(response.committed());
        assertFalse(response.ended());
        exchange.refuseWrites(null);
        response.fail(500, "");
        assertEquals("500 Internal Server Error\n", exchange.body());
    }

    @Test
    void aWriteAfterTheLastIsAMistake() {
        response.write(ByteBuffer.allocate(0), true, ending);
        assertTrue(response.ended());
        assertThrows(IllegalStateException.class, () -> response.write(ByteBuffer.allocate(0), true, ending));
        assertThrows(IllegalStateException.class, () -> response.transfer(null, 0, 1, true, ending));
        assertThrows(IOException.class, () -> response.body().write(1));
        response.end();
        assertEquals(1, exchange.writes());
    }

    @Test
    void partsWrittenFromTheirCompletionsAllLeave() {
        response.write(ByteBuffer.wrap(new byte[] {'a'}), false, new Completion() {
            @Override
            public void succeeded() {
                response.write(ByteBuffer.wrap(new byte[] {'b'}), true, ending);
            }

            @Override
            public void failed(Throwable cause) {
                ending.failed(cause);
            }
        });
        assertTrue(response.ended(), "the last part was written inside of the first one's call");
        response.end();
        assertEquals("ab", exchange.body());
        assertEquals(List.of("succeeded"), ending.seen);
    }

    @Test
    void aTransferCommitsFirstAndThenSendsTheFile(@TempDir Path folder) throws Exception {
        try (FileChannel file = FileChannel.open(
                folder.resolve("f"), StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            response.field("Content-Length", "7");
            exchange.delay();
            response.transfer(file, 3, 7, true, ending);
            assertTrue(response.committed());
            assertTrue(response.ended());
            assertEquals(List.of(), exchange.transfers);
            exchange.completeNext();
            assertEquals(List.of("3+7"), exchange.transfers);
            exchange.completeNext();
            assertEquals(List.of("succeeded"), ending.seen);
        }
    }

    @Test
    void aSecondTransferGoesStraightToTheExchange() {
        response.transfer(null, 0, 1, false, ending);
        response.transfer(null, 1, 2, true, ending);
        assertEquals(List.of("0+1", "1+2"), exchange.transfers);
        assertEquals(List.of("succeeded", "succeeded"), ending.seen);
    }

    @Test
    void aTransferWhoseHeadCannotLeaveFails() {
        exchange.delay();
        response.transfer(null, 0, 1, true, ending);
        IOException gone = new IOException("gone");
        exchange.failNext(gone);
        assertEquals(List.of(gone), ending.seen);
        assertTrue(response.peerFailed());
        assertEquals(List.of(), exchange.transfers);
    }

    @Test
    void aTransferThatMeetsTheEndOfTheExchangeFailsAndIsNotLost() {
        exchange.delay();
        response.transfer(null, 0, 1, true, ending);
        IllegalStateException over = new IllegalStateException("the exchange has ended");
        exchange.refuseWrites(over);
        exchange.completeNext();
        assertEquals(List.of(over), ending.seen);
    }

    @Test
    void aTransferOfAnotherLengthThanDeclaredIsRefused() {
        response.field("Content-Length", "7");
        assertThrows(IllegalStateException.class, () -> response.transfer(null, 0, 8, true, ending));
        assertThrows(IllegalStateException.class, () -> response.transfer(null, 0, 6, true, ending));
        assertFalse(response.committed());
    }

    @Test
    void onlyAFailureOfThePeerCountsAsOne() {
        exchange.delay();
        response.write(ByteBuffer.allocate(1), false, ending);
        exchange.failNext(new IllegalStateException("the body is longer than its Content-Length"));
        assertFalse(response.peerFailed());
        response.write(ByteBuffer.allocate(1), false, ending);
        exchange.failNext(new IOException("Connection reset"));
        assertTrue(response.peerFailed());
    }

    @Test
    void aBlockingWriteTellsAMistakeFromAPeerThatWentAway() throws Exception {
        exchange.delay();
        IllegalStateException mistake = new IllegalStateException("the body is longer than its Content-Length");
        Thread io = new Thread(() -> {
            while (exchange.pending() == 0) {
                Thread.onSpinWait();
            }
            exchange.failNext(mistake);
        });
        io.start();
        IOException e = assertThrows(IOException.class, () -> response.send(new byte[1]));
        assertSame(mistake, e.getCause());
        assertFalse(response.peerFailed());
        io.join();
    }

    @Test
    void theStreamGrowsToItsBufferAndNoFurther() throws Exception {
        OutputStream out = response.body();
        assertSame(out, response.body());
        for (int i = 0; i < ExchangeResponse.DEFAULT_BUFFER; i++) {
            out.write(i);
        }
        assertFalse(response.committed());
        out.write(1);
        assertTrue(response.committed());
        assertEquals(1, exchange.writes());
        out.close();
        assertEquals(2, exchange.writes());
        assertNull(exchange.fields().first("Content-Length"));
    }

    @ParameterizedTest
    @CsvSource({"-1, 1", "0, 5", "3, 2", "4, 1"})
    void aSliceThatIsNotThereIsRefused(int offset, int length) {
        assertThrows(IndexOutOfBoundsException.class, () -> response.body().write(new byte[4], offset, length));
        assertFalse(response.committed());
    }

    @Test
    void anEmptyFlushAfterTheCommitSendsNothing() throws Exception {
        response.body().flush();
        response.body().flush();
        assertEquals(1, exchange.writes());
        response.body().close();
        response.body().flush();
        assertEquals(2, exchange.writes());
        assertTrue(exchange.last());
    }

    @Test
    void aWriteThatWaitsEndsWithTheInterruptAndTheExchange() throws Exception {
        exchange.delay();
        Thread.currentThread().interrupt();
        IOException e = assertThrows(IOException.class, () -> response.send("x"));
        assertTrue(Thread.interrupted(), "the flag is set again");
        assertTrue(e.getMessage().contains("interrupted"), e.getMessage());
        assertInstanceOf(IOException.class, exchange.aborted());
        assertTrue(response.peerFailed());
    }
}
