/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ClientResponse.Taking;
import io.gatehouse.forward.ScriptedOrigin.Script;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that switch to another protocol, and those that don't. */
@Timeout(60)
final class TunnelTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String SWITCHED =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Accept: x\r\n\r\n";

    /** Switches, then sends back what comes, to the end. */
    private static final Script ECHOES = line -> {
        line.head();
        line.send(SWITCHED);
        String rest = line.rest();
        line.send(rest);
        line.shutdownOutput();
    };

    /** Holds the connection open, in silence. */
    private static final Script HOLDS = line -> {
        line.head();
        line.send(SWITCHED);
        line.rest();
    };

    private static ClientRequest request(String... more) {
        String[] fields = new String[6 + more.length];
        System.arraycopy(new String[] {"Connection", "keep-alive, Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Key", "k"}, 0, fields, 0, 6);
        System.arraycopy(more, 0, fields, 6, more.length);
        return ClientRequest.get("/chat", fields);
    }

    @ParameterizedTest
    @EnumSource(Taking.class)
    void bytesGoThroughBothWays(Taking taking) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ECHOES); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = request();
            ClientResponse response = new ClientResponse(taking).to(forward, request);
            response.takeAll();
            assertNull(response.outcome(), "the request is over, the connection is not");
            assertEquals(101, response.head().status());
            assertEquals(Fields.of("Sec-WebSocket-Accept", "x", "Connection", "Upgrade", "Upgrade", "websocket"), response.head().fields());
            assertEquals("GET /chat HTTP/1.1\r\nHost: " + origin.authority() + "\r\nSec-WebSocket-Key: k\r\nVia: 1.1 gatehouse\r\n"
                    + "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n", origin.requests().get(0));
            request.feed("hello ");
            request.feed("\u0000\u00ffworld\r\n");
            request.end();
            assertNull(response.detachedOutcome());
            assertEquals("hello \u0000\u00ffworld\r\n", response.text());
            assertFalse(response.isWhole());
        }
    }

    @Test
    void whatTheTargetSendsAtOnceIsNotLost() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send(SWITCHED + "at once");
            assertEquals("ping", line.bytes(4));
            line.send(", pong");
            line.shutdownOutput();
            assertEquals("bye", line.rest());
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = request();
            ClientResponse response = new ClientResponse().to(forward, request);
            assertEquals("at once", response.await(7));
            request.feed("ping");
            assertNull(response.detachedOutcome(), "the target's direction has ended, the client's has not");
            assertEquals("at once, pong", response.text());
            request.feed("bye");
            request.end();
        }
    }

    @Test
    void theHeadMayComeByteByByte() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.cut(ScriptedOrigin.Cut.ONE_BYTE);
            line.send(SWITCHED + "abc");
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse response = new ClientResponse().to(forward, request());
            assertEquals("abc", response.await(3));
            assertNull(response.detachedOutcome());
        }
    }

    @Test
    void manyBytesCrossAtTheSameTime() throws Exception {
        byte[] pattern = ClientRequest.pattern(3_000_000);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send(SWITCHED);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    line.send(new String(pattern, StandardCharsets.ISO_8859_1));
                    line.shutdownOutput();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }, task -> new Thread(task, "origin-sends").start());
            assertArrayEquals(pattern, line.rest().getBytes(StandardCharsets.ISO_8859_1));
            sent.get(30, TimeUnit.SECONDS);
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = request();
            ClientResponse response = new ClientResponse(Taking.ELSEWHERE).to(forward, request);
            request.feed(ByteBuffer.wrap(pattern));
            request.end();
            assertNull(response.detachedOutcome());
            assertArrayEquals(pattern, response.bytes());
        }
    }

    @Test
    void aSlowClientHoldsItsTargetBack() throws Exception {
        AtomicLong sent = new AtomicLong();
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send(SWITCHED);
            String block = "x".repeat(64 * 1024);
            while (sent.get() < 64 << 20) {
                line.send(block);
                sent.addAndGet(block.length());
            }
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse response = new ClientResponse(Taking.HELD).to(forward, request());
            response.take(); // the 101
            response.awaitWrite();
            response.awaitWrite();
            for (int i = 0; i < 20; i++) {
                response.take();
                response.awaitWrite();
            }
            assertFalse(response.wroteMore(), "one at a time");
            assertTrue(sent.get() < 32 << 20, "no more than sockets hold: " + sent);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 426 Upgrade Required\r\nConnection: upgrade\r\nUpgrade: WebSocket\r\nContent-Length: 2\r\n\r\nok"})
    void withoutA101ItIsAnAnswerLikeAnyOther(String answer) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(answer)); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            for (int i = 0; i < 3; i++) {
                ClientResponse response = new ClientResponse().to(forward, request());
                assertNull(response.outcome());
                assertEquals(answer.substring(9, 12), "" + response.head().status());
                assertEquals("ok", response.text());
                assertEquals(answer.contains(" 426 ") ? "WebSocket" : null, response.head().fields().first("Upgrade"));
            }
            assertEquals(1, origin.connections());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "HTTP/1.1 101 S\r\n\r\n",
        "HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 101 S\r\nConnection: upgrade\r\n\r\n",
        "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket, h2c\r\n\r\n",
        "HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n\r\n",
    })
    void aSwitchToSomethingElseIs502(String answer) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send(answer);
            assertTrue(line.ended());
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            HttpFailure failure = assertInstanceOf(HttpFailure.class, new ClientResponse().to(forward, request()).outcome());
            assertEquals(502, failure.status());
            assertEquals(origin.text() + " switched to another protocol than websocket", failure.getCause().getMessage());
        }
    }

    @Test
    void aSwitchThatNobodyAskedForIs502() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send(SWITCHED);
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            assertEquals(502, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
        }
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', value = {
        "GET|h2c|Upgrade", "GET|websocket, h2c|Upgrade", "GET|TLS/1.0|Upgrade", "GET|websocket|close", "GET|websocket|-", "POST|websocket|Upgrade",
        "GET|chat|Upgrade", "GET|web socket|Upgrade", "GET|websocket\t|x", "GET||Upgrade"})
    void whatMayNotBeUpgradedGoesOnAsAPlainRequest(String method, String protocol, String connection) throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = connection == null ? ClientRequest.of(method, "/", "Upgrade", protocol)
                    : ClientRequest.of(method, "/", "Upgrade", protocol == null ? "" : protocol.trim(), "Connection", connection, "HTTP2-Settings", "x");
            assertEquals(200, new ClientResponse().to(forward, request).answered());
            assertFalse(origin.requests().get(0).contains("Upgrade"), origin.requests().get(0));
            assertFalse(origin.requests().get(0).contains("Connection"), origin.requests().get(0));
        }
    }

    @Test
    void twoUpgradeFieldsABodyOrAnotherVersionAskForNothing() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(ScriptedOrigin.always(OK)); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            assertEquals(200, new ClientResponse().to(forward, request("Upgrade", "websocket")).answered());
            assertEquals(200, new ClientResponse().to(forward, request().version(HttpVersion.HTTP_1_0)).answered());
            assertEquals(200, new ClientResponse().to(forward, request().body("body")).answered());
            for (String asked : origin.requests()) {
                assertFalse(asked.contains("Upgrade"), asked);
            }
        }
    }

    @Test
    void otherProtocolsAreLetThroughByName() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send("HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: chat/2\r\n\r\nhi");
        }); ScriptedOrigin plain = ScriptedOrigin.tcp(ScriptedOrigin.always(OK));
                Forward none = Forward.to(plain.text()).upgrades().build()) {
            assertEquals(200, new ClientResponse().to(none, request()).answered());
            for (String wrong : new String[] {"h2c", "H2C", "HTTP", "http/2.0", "TLS", "a b", ""}) {
                assertThrows(IllegalArgumentException.class, () -> Forward.to().upgrades("websocket", wrong));
            }
            try (Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).upgrades("Chat").build()) {
                ClientRequest request = ClientRequest.get("/", "Connection", "Upgrade", "Upgrade", "chat");
                assertEquals(502, new ClientResponse().to(forward, request).answered(), "chat/2 was not asked for");
            }
        }
    }

    @Test
    void theClientsDisconnectCutsTheTargetOff() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send(SWITCHED);
            assertTrue(line.ended());
            over.countDown();
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = request();
            ClientResponse response = new ClientResponse().to(forward, request);
            assertNull(response.outcome());
            assertEquals(1, forward.targets().list().get(0).outstanding());
            request.disconnect();
            over.await();
            assertEquals("the client is gone", response.detachedOutcome().getMessage());
            assertEquals(0, forward.targets().list().get(0).outstanding());
        }
    }

    @Test
    void theTargetsResetCutsTheClientOff() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send(SWITCHED);
            go.await();
            line.reset();
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse response = new ClientResponse().to(forward, request());
            assertNull(response.outcome());
            go.countDown();
            assertInstanceOf(IOException.class, response.detachedOutcome());
        }
    }

    @Test
    void aClientThatFailsToTakeItIsCutOff() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.head();
            line.send(SWITCHED);
            assertEquals("go", line.bytes(2));
            line.send("x");
            assertTrue(line.ended());
        }); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientRequest request = request();
            ClientResponse response = new ClientResponse().to(forward, request);
            assertNull(response.outcome());
            response.breaks(new IOException("broken"));
            request.feed("go");
            assertEquals("broken", response.detachedOutcome().getMessage());
        }
    }

    @Test
    void aClientThatDoesNotTakeThe101FailsTheRequest() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(HOLDS); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse response = new ClientResponse();
            response.breaks(new IOException("broken"));
            response.to(forward, request());
            assertEquals("broken", response.outcome().getMessage());
        }
    }

    @Test
    void aSilentTunnelIsCutInTime() throws Exception {
        AtomicLong clock = new AtomicLong();
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(HOLDS);
                Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).timeouts(t -> t.withTunnel(Duration.ofHours(1)).withTotal(Duration.ofSeconds(9)))
                        .build(clock::get)) {
            ClientRequest request = request();
            ClientResponse response = new ClientResponse().to(forward, request);
            assertNull(response.outcome());
            clock.addAndGet(Duration.ofMinutes(59).toNanos());
            long before = forward.targets().counts().sent();
            request.feed("still here");
            while (forward.targets().counts().sent() == before) {
                Thread.onSpinWait();
            }
            clock.addAndGet(Duration.ofMinutes(61).toNanos());
            assertEquals(origin.text() + " and the client were silent for tunnel=PT1H", response.detachedOutcome().getMessage());
        }
    }

    @Test
    void theEndOfTheForwardCutsTunnels() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(HOLDS)) {
            Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build();
            ClientResponse response = new ClientResponse().to(forward, request());
            assertNull(response.outcome());
            forward.close();
            assertEquals("the forward is closed", response.detachedOutcome().getMessage());
        }
    }

    @Test
    void theRemovalOfTheTargetCutsTunnelsAndItsDrainWaitsForThem() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(HOLDS); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            ClientResponse response = new ClientResponse().to(forward, request());
            assertNull(response.outcome());
            Target target = forward.targets().list().get(0);
            CompletableFuture<Void> drained = target.drain().toCompletableFuture();
            assertFalse(drained.isDone());
            target.remove();
            drained.get(30, TimeUnit.SECONDS);
            assertEquals(origin.text() + " was removed", response.detachedOutcome().getMessage());
        }
    }

    @Test
    void aHandshakeOnAConnectionThatHadEndedIsRepeated() throws Exception {
        try (ScriptedOrigin origin = ScriptedOrigin.tcp(line -> {
            line.request();
            line.send(OK);
            line.request();
        }, ECHOES); Forward forward = Forward.to(origin.text()).forwarded(ForwardedFields.NONE).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            ClientRequest request = request();
            ClientResponse response = new ClientResponse().to(forward, request);
            assertEquals(101, response.head().status());
            request.feed("x");
            request.end();
            assertNull(response.detachedOutcome());
            assertEquals("x", response.text());
            assertEquals(origin.requests().get(1), origin.requests().get(2));
        }
    }
}
