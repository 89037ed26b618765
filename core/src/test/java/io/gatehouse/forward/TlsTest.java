/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.forward.ClientResponse.Taking;
import io.gatehouse.forward.TlsOrigin.Certificate;
import io.gatehouse.forward.TlsOrigin.Script;
import io.gatehouse.handler.HttpFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Targets that speak TLS: who they are, what crosses, and how it ends. */
@Timeout(60)
final class TlsTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String TLS12 = "TLSv1.2";
    private static final String TLS13 = "TLSv1.3";

    @TempDir
    private static Path directory;
    private static Certificate local;
    private static Certificate other;

    @BeforeAll
    static void certificates() throws Exception {
        local = Certificate.of(directory, "dns:localhost,ip:127.0.0.1");
        other = Certificate.of(directory, "dns:app.internal");
    }

    private static Script always(String answer) {
        return line -> {
            while (line.head() != null) {
                line.send(answer);
            }
        };
    }

    private static TlsOrigin origin(Script... scripts) throws IOException {
        return new TlsOrigin(local, TLS13, List.of("http/1.1"), scripts);
    }

    private static ForwardBuilder to(TlsOrigin origin) {
        return Forward.to("https://localhost:" + origin.port()).tls(local.client());
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS12, TLS13})
    void requestsShareAConnection(String version) throws Exception {
        try (TlsOrigin origin = new TlsOrigin(local, version, List.of(), always(OK)); Forward forward = to(origin).build()) {
            for (int i = 0; i < 5; i++) {
                ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/" + i));
                assertEquals(200, response.answered());
                assertEquals("ok", response.text());
            }
            assertEquals(1, origin.connections());
            assertTrue(origin.names().get(0).contains("localhost"), origin.names().toString());
            assertEquals(1, forward.targets().counts().connects());
        }
    }

    @Test
    void anAddressIsCheckedButNotSaid() throws Exception {
        try (TlsOrigin origin = origin(always(OK));
                Forward forward = Forward.to("https://127.0.0.1:" + origin.port()).tls(local.client()).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            assertEquals("[]", origin.names().get(0));
        }
    }

    @Test
    void itsOwnPathAndHostStand() throws Exception {
        CompletableFuture<String> head = new CompletableFuture<>();
        try (TlsOrigin origin = origin(line -> {
            head.complete(line.head());
            line.send(OK);
        }); Forward forward = Forward.to("https://localhost:" + origin.port() + "/app").tls(local.client())
                .forwarded(ForwardedFields.NONE).via(null).build()) {
            assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/x")).answered());
            assertEquals("GET /app/x HTTP/1.1\r\nHost: localhost:" + origin.port() + "\r\n\r\n", head.get());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS12, TLS13})
    void longBodiesCrossBothWays(String version) throws Exception {
        byte[] pattern = ClientRequest.pattern(2_000_000);
        try (TlsOrigin origin = new TlsOrigin(local, version, List.of("http/1.1"), line -> {
            line.head();
            assertArrayEquals(pattern, line.bytes(pattern.length));
            line.send("HTTP/1.1 200 OK\r\nContent-Length: " + pattern.length + "\r\n\r\n");
            line.send(pattern);
            assertNull(line.head());
        }); Forward forward = to(origin).build()) {
            for (Taking taking : Taking.values()) {
                if (taking == Taking.HELD) {
                    continue;
                }
                ClientRequest request = ClientRequest.of("POST", "/").length(pattern.length);
                request.feed(ByteBuffer.wrap(pattern));
                request.end();
                ClientResponse response = new ClientResponse(taking).to(forward, request);
                assertEquals(200, response.answered());
                assertArrayEquals(pattern, response.bytes());
                forward.targets().list().get(0).remove();
                forward.targets().add("https://localhost:" + origin.port());
            }
        }
    }

    @Test
    void manySmallRecordsCross() throws Exception {
        try (TlsOrigin origin = origin(line -> {
            line.head();
            for (char c : "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".toCharArray()) {
                line.send(String.valueOf(c));
            }
            for (int i = 0; i < 300; i++) {
                line.send("1\r\n");
                line.send("x\r\n");
            }
            line.send("0\r\n\r\n");
            line.send("");
            assertNull(line.head());
        }); Forward forward = to(origin).build()) {
            ClientResponse response = new ClientResponse(Taking.ELSEWHERE).to(forward, ClientRequest.get("/"));
            assertEquals(200, response.answered());
            assertEquals("x".repeat(300), response.text());
        }
    }

    @Test
    void keysMayBeRenewedOnTheWay() throws Exception {
        byte[] pattern = ClientRequest.pattern(300_000);
        try (TlsOrigin origin = origin(line -> {
            for (int i = 0; i < 3; i++) {
                line.head();
                line.send("HTTP/1.1 200 OK\r\nContent-Length: " + 2 * pattern.length + "\r\n\r\n");
                line.send(pattern);
                line.rekey();
                line.send(pattern);
            }
            line.rest(); // closed with the client's own new key unread, it would be reset, and what was sent lost
        }); Forward forward = to(origin).build()) {
            for (int i = 0; i < 3; i++) {
                ClientResponse response = new ClientResponse().to(forward, ClientRequest.get("/"));
                assertEquals(200, response.answered());
                assertEquals(2 * pattern.length, response.bytes().length);
            }
            assertEquals(1, origin.connections());
        }
    }

    private static HttpFailure refusal(Forward forward) throws Exception {
        HttpFailure failure = assertInstanceOf(HttpFailure.class, new ClientResponse().to(forward, ClientRequest.get("/")).outcome());
        assertEquals(502, failure.status());
        assertEquals("The server behind this address can't be reached.", failure.publicMessage());
        return failure;
    }

    @Test
    void aCertificateOfSomebodyElseIsRefused() throws Exception {
        try (TlsOrigin origin = new TlsOrigin(other, TLS13, List.of(), always(OK));
                Forward forward = Forward.to("https://localhost:" + origin.port()).tls(other.client()).build()) {
            String message = refusal(forward).getCause().getMessage();
            assertTrue(message.startsWith("https://localhost:" + origin.port() + " can't be reached: TLS failed: "), message);
            assertTrue(message.contains("localhost"), message);
        }
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefused() throws Exception {
        try (TlsOrigin origin = origin(always(OK));
                Forward forward = Forward.to("https://localhost:" + origin.port()).build();
                Forward another = Forward.to("https://localhost:" + origin.port()).tls(other.client()).build()) {
            assertTrue(refusal(forward).getCause().getMessage().contains("TLS failed"));
            assertTrue(refusal(another).getCause().getMessage().contains("TLS failed"));
        }
    }

    @Test
    void whoSpeaksNoTlsIsRefused() throws Exception {
        try (ScriptedOrigin plain = ScriptedOrigin.tcp(line -> {
            line.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        }); Forward forward = Forward.to("https://" + plain.authority()).tls(local.client()).build()) {
            refusal(forward);
        }
    }

    @Test
    void whoClosesDuringTheHandshakeIsRefused() throws Exception {
        try (ScriptedOrigin plain = ScriptedOrigin.tcp(line -> line.bytes(5));
                Forward forward = Forward.to("https://" + plain.authority()).tls(local.client()).build()) {
            refusal(forward);
        }
    }

    @Test
    void aHandshakeHasTheTimeOfAConnection() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
                Forward forward = Forward.to("https://127.0.0.1:" + silent.getLocalPort()).tls(local.client())
                        .timeouts(t -> t.withConnect(Duration.ofMillis(200))).build()) {
            CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> {
                try {
                    return new ClientResponse().to(forward, ClientRequest.get("/")).answered();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }, task -> new Thread(task, "client").start());
            try (Socket accepted = silent.accept()) {
                assertEquals(504, status.get());
                assertTrue(accepted.isConnected());
            }
        }
    }

    @Test
    void aBodyWithoutLengthEndsByCloseNotify() throws Exception {
        try (TlsOrigin origin = origin(line -> {
            line.head();
            line.send("HTTP/1.1 200 OK\r\n\r\nall of it");
        }, line -> {
            line.head();
            line.send("HTTP/1.1 200 OK\r\n\r\nperhaps not");
            line.cut();
        }); Forward forward = to(origin).build()) {
            ClientResponse whole = new ClientResponse().to(forward, ClientRequest.get("/"));
            assertEquals(200, whole.answered());
            assertEquals("all of it", whole.text());
            assertTrue(whole.isWhole());
            ClientResponse cut = new ClientResponse().to(forward, ClientRequest.get("/"));
            assertEquals("https://localhost:" + origin.port() + " cut its answer off", cut.outcome().getCause().getMessage());
            assertEquals("perhaps not", cut.text());
            assertFalse(cut.isWhole());
        }
    }

    @Test
    void aBodyWithALengthIsWholeWithoutCloseNotify() throws Exception {
        try (TlsOrigin origin = origin(line -> {
            line.head();
            line.send(OK);
            line.cut();
        }); Forward forward = to(origin).build()) {
            for (int i = 0; i < 3; i++) {
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            }
        }
    }

    @Test
    void aKeptConnectionThatEndedIsReplaced() throws Exception {
        Script closesAtTheSecond = line -> {
            line.head();
            line.send(OK);
            line.head();
        };
        try (TlsOrigin origin = origin(closesAtTheSecond, line -> {
            line.head();
            line.send(OK);
            line.head();
            line.cut();
        }, always(OK)); Forward forward = to(origin).build()) {
            for (int i = 0; i < 3; i++) {
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/" + i)).answered());
            }
            assertEquals(3, origin.connections());
        }
    }

    @Test
    void closingSaysSo() throws Exception {
        CompletableFuture<String> end = new CompletableFuture<>();
        try (TlsOrigin origin = origin(line -> {
            line.head();
            line.send(OK);
            try {
                end.complete("close_notify after " + line.rest().length);
            } catch (IOException e) {
                end.complete(e.toString());
            }
        })) {
            try (Forward forward = to(origin).build()) {
                assertEquals(200, new ClientResponse().to(forward, ClientRequest.get("/")).answered());
            }
            assertEquals("close_notify after 0", end.get());
        }
    }

    @Test
    void aTunnelGoesThroughTls() throws Exception {
        byte[] pattern = ClientRequest.pattern(500_000);
        try (TlsOrigin origin = origin(line -> {
            line.head();
            line.send("HTTP/1.1 101 S\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nfirst");
            line.send(line.bytes(pattern.length));
        }); Forward forward = to(origin).build()) {
            ClientRequest request = ClientRequest.get("/", "Connection", "upgrade", "Upgrade", "websocket");
            ClientResponse response = new ClientResponse().to(forward, request);
            assertEquals("first", response.await(5));
            request.feed(ByteBuffer.wrap(pattern));
            assertNull(response.detachedOutcome());
            assertEquals("first" + new String(pattern, StandardCharsets.ISO_8859_1), response.text());
            request.end();
        }
    }
}
