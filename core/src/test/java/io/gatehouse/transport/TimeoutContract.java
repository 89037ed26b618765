/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slow peers. The tests wait for what the timeout causes, never for the time itself. */
public interface TimeoutContract extends TransportUnderTest {
    /** Short enough not to bore. */
    Duration SHORT = Duration.ofMillis(250);

    @ParameterizedTest
    @ValueSource(strings = {"", "GET / HT", "GET / HTTP/1.1\r\nHost: test\r\n"})
    default void aSlowHeadIsRefused(String part) throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withHead(SHORT)),
                turn -> turn.answer(200, "late"))) {
            try (Client client = site.client()) {
                client.send(part);
                Answer answer = client.answer();
                assertEquals(408, answer.status());
                assertEquals(true, answer.closes());
                client.assertEnd();
            }
            assertEquals(Refusal.HEAD_TIMEOUT, site.awaitRefused());
            assertEquals(0, site.handled());
        }
    }

    /** Bytes do not put off the end of a head: a trickle is slow too. */
    @Test
    default void aHeadThatTricklesIsRefused() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withHead(SHORT)),
                        turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            assertEquals("/", client.get("/").text());
            client.send("GET / HTTP/1.1\r\nHost: test\r\nX-A: ");
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            answer.completeAsync(() -> receive(client), task -> new Thread(task, "client").start());
            trickle(client, answer);
            assertEquals(408, answer.get().status());
        }
    }

    @Test
    default void anIdleConnectionIsClosedWithoutAnAnswer() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withIdle(SHORT)),
                        turn -> turn.answer(200, turn.path()));
                Client client = site.client()) {
            assertEquals("/", client.get("/").text());
            client.assertEnd();
            assertEquals(Refusal.IDLE, site.awaitRefused());
        }
    }

    /** A handler may think longer than any timeout: they are about peers. */
    @Test
    default void aSlowHandlerIsNotTimedOut() throws Exception {
        CompletableFuture<Turn> arrived = new CompletableFuture<>();
        try (Site site = Site.open(this, Variant.PLAIN,
                        config -> config.withTimeouts(new Timeouts(SHORT, SHORT, SHORT, SHORT, SHORT)),
                        turn -> {
                            if (turn.path().equals("/slow")) {
                                arrived.complete(turn);
                            } else {
                                turn.answer(200, turn.path());
                            }
                        });
                Client client = site.client()) {
            client.send("POST /slow HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello");
            Turn turn = arrived.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            for (int i = 0; i < 2; i++) {
                try (Client idle = site.client()) {
                    idle.get("/idle");
                    idle.assertEnd(); // so the timeouts of the slow one were over long ago
                }
            }
            turn.readAll(body -> turn.answer(200, "" + body.length));
            assertEquals("5", client.answer().text());
        }
    }

    @Test
    default void aBodyThatDoesNotComeIsRefused() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withBody(SHORT)),
                        turn -> turn.readAll(body -> turn.answer(200, "late"), cause -> refuse(turn, cause)));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhe");
            Answer answer = client.answer();
            assertEquals(408, answer.status());
            client.assertEnd();
        }
    }

    /** A window slides: a quick start does not pay for a trickle later. */
    @Test
    default void aBodyThatTricklesIsRefused() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withBody(SHORT)),
                        turn -> turn.readAll(body -> turn.answer(200, "late"), cause -> refuse(turn, cause)));
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n" + "a".repeat(50_000));
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            answer.completeAsync(() -> receive(client), task -> new Thread(task, "client").start());
            trickle(client, answer);
            assertEquals(408, answer.get().status());
        }
    }

    @Test
    default void aPeerThatTakesNothingIsCutOff() throws Exception {
        Outcome written = new Outcome();
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withWrite(SHORT)),
                        turn -> turn.exchange().commit(
                                ResponseHead.of(200), ByteBuffer.allocate(64 * 1024 * 1024), true, written));
                Client client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            assertInstanceOf(IOException.class, written.await());
            assertEquals(Refusal.WRITE_TIMEOUT, site.awaitRefused());
        }
    }

    @Test
    default void aSwitchedConnectionOnWhichNothingMovesIsCutOff() throws Exception {
        Outcome end = new Outcome();
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withIdle(SHORT)), turn -> listen(turn, null, end));
                Client client = site.client()) {
            client.send(SwitchingContract.UPGRADE);
            assertEquals(101, client.answerTo("GET").status());
            assertEquals("hello", client.raw(5));
            client.endsCut();
            assertInstanceOf(IOException.class, end.await());
            assertEquals(Refusal.IDLE, site.awaitRefused());
            site.awaitClosed();
        }
    }

    /** Also where nobody reads what the peer might say. */
    @Test
    default void aSwitchedConnectionThatOnlyThisSideHasEndedIsCutOff() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withIdle(SHORT)),
                        turn -> turn.exchange().commit(SwitchingContract.SWITCHING, ByteBuffer.allocate(0), false,
                                turn.then(() -> turn.exchange().write(ByteBuffer.allocate(0), true, turn.then(() -> {})))));
                Client client = site.client()) {
            client.send(SwitchingContract.UPGRADE);
            assertEquals(101, client.answerTo("GET").status());
            client.assertEnd();
            assertEquals(Refusal.IDLE, site.awaitRefused());
            site.awaitClosed();
        }
    }

    @Test
    default void anOwnerSaysHowLongASwitchedConnectionMayBeSilent() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withIdle(SHORT)), turn -> {
            if (turn.path().equals("/raw")) {
                turn.echo(SwitchingContract.SWITCHING, Duration.ofDays(1));
            } else {
                turn.answer(200, turn.path());
            }
        }); Client client = site.client()) {
            client.send(SwitchingContract.UPGRADE);
            assertEquals(101, client.answerTo("GET").status());
            for (int i = 0; i < 2; i++) {
                try (Client idle = site.client()) {
                    idle.get("/idle");
                    idle.assertEnd(); // so timeouts.idle of the switched one was over long ago
                }
            }
            client.send("still here");
            assertEquals("still here", client.raw(10));
        }
    }

    @Test
    default void anOwnerMayBeLessPatientThanTheTransport() throws Exception {
        Outcome end = new Outcome();
        try (Site site = Site.open(this, Variant.PLAIN, timeouts(timeouts -> timeouts.withIdle(Duration.ofDays(1))),
                        turn -> listen(turn, SHORT, end));
                Client client = site.client()) {
            client.send(SwitchingContract.UPGRADE);
            assertEquals(101, client.answerTo("GET").status());
            assertEquals("hello", client.raw(5));
            client.endsCut();
            assertInstanceOf(IOException.class, end.await());
            assertEquals(Refusal.IDLE, site.awaitRefused());
        }
    }

    /** Switches, says hello, and then only reads. */
    private static void listen(Turn turn, Duration silence, Outcome end) {
        turn.exchange().commit(SwitchingContract.SWITCHING, WritingContract.ascii("hello"), false, turn.then(() -> {
            if (silence != null) {
                turn.exchange().silence(silence);
            }
            turn.read(ByteBuffer.allocate(100), part -> {}, end, end::failed);
        }));
    }

    private static UnaryOperator<TransportConfig> timeouts(UnaryOperator<Timeouts> change) {
        return config -> config.withLimits(config.limits().withRate(1_000)).withTimeouts(change.apply(config.timeouts()));
    }

    private static void refuse(Turn turn, IOException cause) {
        turn.answer(cause instanceof RefusedException refused ? refused.refusal().status() : 599, "" + cause.getMessage());
    }

    private static Answer receive(Client client) {
        try {
            return client.answer();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a byte now and then until the answer is there. */
    private static void trickle(Client client, CompletableFuture<Answer> answer) throws Exception {
        for (int i = 0; i < 50 * Peer.HANG_SECONDS; i++) {
            try {
                answer.get(20, TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                client.sendRefused(new byte[] {'a'});
            }
        }
    }
}
