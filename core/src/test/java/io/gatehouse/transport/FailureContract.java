/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static io.gatehouse.transport.WritingContract.ascii;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Abort, handlers that throw, peers that vanish or close halfway. In each case the next client is served as ever. */
public interface FailureContract extends TransportUnderTest {
    /** More than any socket takes. */
    int LARGE = 64 * 1024 * 1024;

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void anAbortBeforeTheCommitAnswersNothing(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> {
            if (turn.path().equals("/next")) {
                turn.answer(200, "next");
                return;
            }
            turn.exchange().abort(new IOException("enough"));
            turn.exchange().abort(new IOException("again"));
        })) {
            try (Client client = site.client()) {
                client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\nGET / HTTP/1.1\r\nHost: test\r\n\r\n");
                client.assertEnd();
            }
            assertEquals(1, site.handled());
            assertServesTheNext(site);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void anAbortAfterTheCommitIsSeenAsACut(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.exchange().commit(ResponseHead.of(200), ascii("hello"), false,
                        turn.then(() -> turn.exchange().abort(new IOException("enough")))));
                Client client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            assertThrows(IOException.class, client::answer, "no last chunk");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void anAbortFailsWhatIsPendingOnceWithItsCause(Variant variant) throws Exception {
        IOException cause = new IOException("enough");
        Outcome written = new Outcome();
        Outcome demanded = new Outcome();
        CompletableFuture<Turn> arrived = new CompletableFuture<>();
        try (Site site = Site.open(this, variant, turn -> {
                    if (turn.path().equals("/next")) {
                        turn.answer(200, "next");
                        return;
                    }
                    assertEquals(0, turn.exchange().read(ByteBuffer.allocate(1)));
                    turn.exchange().demand(demanded);
                    turn.exchange().commit(ResponseHead.of(200), Turn.pattern(0, LARGE), false, written);
                    arrived.complete(turn);
                });
                Client client = site.client()) {
            client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\n");
            Exchange exchange = arrived.get(Peer.HANG_SECONDS, TimeUnit.SECONDS).exchange();
            assertFalse(written.isDone());
            exchange.abort(cause);
            exchange.abort(new IOException("again"));
            assertSame(cause, written.await());
            demanded.await();
            assertThrows(IOException.class, () -> exchange.read(ByteBuffer.allocate(1)));
            Outcome late = new Outcome();
            exchange.write(ascii("late"), true, late);
            assertInstanceOf(Throwable.class, late.await());
            Outcome again = new Outcome();
            exchange.demand(again);
            again.await();
            assertThrows(IOException.class, client::answer);
            assertServesTheNext(site);
        }
    }

    @Test
    default void afterAnAbortACommitFails() throws Exception {
        Outcome committed = new Outcome();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
                    turn.exchange().abort(new IOException("enough"));
                    turn.exchange().commit(ResponseHead.of(200), ascii("late"), true, committed);
                });
                Client client = site.client()) {
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            assertInstanceOf(Throwable.class, committed.await());
            client.assertEnd();
        }
    }

    /** The loop outlives it, and the connection ends. */
    @Test
    default void aHandlerThatThrowsAborts() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
            if (!turn.path().equals("/next")) {
                Site.throwThrough(turn.path().equals("/error") ? new StackOverflowError() : new IllegalStateException("no"));
            }
            turn.answer(200, "next");
        })) {
            for (String path : new String[] {"/error", "/exception", "/error", "/exception"}) {
                try (Client client = site.client()) {
                    client.send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n");
                    client.assertEnd();
                }
            }
            assertServesTheNext(site);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aPeerThatVanishesInAnUploadIsNoticed(Variant variant) throws Exception {
        Outcome gone = new Outcome();
        Outcome failed = new Outcome();
        CompletableFuture<Turn> arrived = new CompletableFuture<>();
        try (Site site = Site.open(this, variant, turn -> {
            if (turn.path().equals("/next")) {
                turn.answer(200, "next");
                return;
            }
            turn.exchange().onDisconnect(new Outcome());
            turn.exchange().onDisconnect(gone);
            turn.readAll(body -> failed.succeeded(), failed::failed);
            arrived.complete(turn);
        })) {
            try (Client client = site.client()) {
                client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\nhello");
                arrived.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
                client.peer().reset();
            }
            assertInstanceOf(IOException.class, failed.await());
            gone.await();
            Outcome inline = new Outcome();
            arrived.get().exchange().onDisconnect(inline);
            inline.await();
            arrived.get().exchange().abort(new IOException("the peer is gone"));
            assertServesTheNext(site);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aPeerThatVanishesWhileNobodyReadsOrWritesIsNoticed(Variant variant) throws Exception {
        Outcome gone = new Outcome();
        CompletableFuture<Turn> arrived = new CompletableFuture<>();
        try (Site site = Site.open(this, variant, turn -> {
            if (turn.path().equals("/next")) {
                turn.answer(200, "next");
            } else {
                turn.exchange().onDisconnect(gone);
                arrived.complete(turn);
            }
        })) {
            try (Client client = site.client()) {
                client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
                arrived.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
                client.peer().reset();
            }
            gone.await();
            assertServesTheNext(site);
        }
    }

    /** What the end of one exchange gives back must not be in the hands of another by then. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void peersThatVanishInUploadsCostNobodyElse(Variant variant) throws Exception {
        try (Site site = Site.open(this, variant, turn -> turn.readAll(body -> turn.answer(200, turn.path()), turn.exchange()::abort))) {
            CompletableFuture<Void> uploads = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 100; i++) {
                    try (Client upload = site.client()) {
                        upload.sendRefused(("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(100_000))
                                .getBytes(StandardCharsets.US_ASCII));
                        if (i % 2 == 0) {
                            upload.peer().reset();
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            }, task -> new Thread(task, "uploads").start());
            List<Client> kept = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                kept.add(site.client());
            }
            for (int round = 0; round == 0 || !uploads.isDone(); round++) {
                for (int i = 0; i < kept.size(); i++) {
                    kept.get(i).send("GET /" + i + " HTTP/1.1\r\nHost: test\r\n\r\n");
                }
                for (int i = 0; i < kept.size(); i++) {
                    assertEquals("/" + i, kept.get(i).answer().text());
                }
            }
            uploads.get();
            for (Client client : kept) {
                client.close();
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#whole")
    default void aPeerThatVanishesInADownloadIsNoticed(Variant variant) throws Exception {
        Outcome gone = new Outcome();
        Outcome written = new Outcome();
        try (Site site = Site.open(this, variant, turn -> {
            if (turn.path().equals("/next")) {
                turn.answer(200, "next");
                return;
            }
            turn.exchange().onDisconnect(gone);
            turn.exchange().commit(ResponseHead.of(200), Turn.pattern(0, LARGE), true, written);
        })) {
            try (Client client = site.client()) {
                client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
                client.raw(1000);
                assertFalse(written.isDone());
                client.peer().reset();
            }
            assertInstanceOf(IOException.class, written.await());
            gone.await();
            assertServesTheNext(site);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.gatehouse.transport.Variant#all")
    default void aHalfClosedPeerIsAnswered(Variant variant) throws Exception {
        Outcome gone = new Outcome();
        CompletableFuture<Turn> arrived = new CompletableFuture<>();
        try (Site site = Site.open(this, variant, turn -> {
                    turn.exchange().onDisconnect(gone);
                    turn.readAll(body -> {
                        if (turn.path().equals("/1")) {
                            arrived.complete(turn);
                        } else {
                            turn.answer(200, "last");
                        }
                    });
                });
                Client client = site.client()) {
            client.send("POST /1 HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhelloGET /2 HTTP/1.1\r\nHost: test\r\n\r\n");
            client.peer().finish();
            Turn turn = arrived.get(Peer.HANG_SECONDS, TimeUnit.SECONDS);
            turn.exchange().commit(ResponseHead.of(200), ascii("hel"), false,
                    turn.then(() -> turn.exchange().write(ascii("lo"), true, turn.then(() -> {}))));
            assertEquals("hello", client.answer().text());
            assertEquals("last", client.answer().text());
            client.assertEnd();
            assertFalse(gone.isDone(), "an end of the peer's direction is no disconnect");
        }
    }

    /** A peer that ends in the middle of a head had no request: nothing is handled, and the connection ends. */
    @Test
    default void aPeerThatEndsInAHeadIsForgotten() throws Exception {
        try (Site site = Site.open(this, Variant.PLAIN, turn -> turn.answer(200, "next"))) {
            for (String part : new String[] {"", "GET", "GET / HTTP/1.1\r\nHost: te"}) {
                try (Client client = site.client()) {
                    client.send(part);
                    client.peer().finish();
                    client.endsCut();
                }
                site.awaitClosed();
            }
            assertEquals(0, site.handled());
            assertServesTheNext(site);
        }
    }

    @Test
    default void aDisconnectThatNeverComesIsNeverCalled() throws Exception {
        Outcome gone = new Outcome();
        try (Site site = Site.open(this, Variant.PLAIN, turn -> {
            turn.exchange().onDisconnect(gone);
            turn.answer(200, "next");
        })) {
            assertServesTheNext(site);
            site.awaitClosed();
            assertFalse(gone.isDone(), "the exchange had ended before");
        }
    }

    /** A whole answer is one outcome: its success is told even if the peer leaves right after it. */
    @Test
    default void whatIsWrittenIsWritten() throws Exception {
        Outcome written = new Outcome();
        try (Site site = Site.open(this, Variant.PLAIN,
                        turn -> turn.exchange().commit(ResponseHead.of(200), ascii("hello"), true, written));
                Client client = site.client()) {
            assertEquals("hello", client.get("/").text());
            assertNull(written.await());
        }
    }

    private static void assertServesTheNext(Site site) throws IOException {
        try (Client next = site.client()) {
            assertEquals("next", next.get("/next").text());
        }
    }
}
