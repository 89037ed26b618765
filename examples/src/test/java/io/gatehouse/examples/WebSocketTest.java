/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Gatehouse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WebSocket through the gatehouse on each transport, by the JDK's client; {@link BrowserTest} has a browser's. */
@Timeout(120)
final class WebSocketTest {

    /** What a client hears, one message after the other. */
    private static final class Ear implements WebSocket.Listener {
        private final LinkedBlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream data = new ByteArrayOutputStream();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                heard.add(text.toString());
                text.setLength(0);
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer part, boolean last) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            data.writeBytes(bytes);
            if (last) {
                heard.add(data.toByteArray());
                data.reset();
            }
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            heard.add("pong");
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            heard.add("closed " + status + " " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            heard.add(error);
        }

        private Object next() throws InterruptedException {
            Object next = heard.poll(60, TimeUnit.SECONDS);
            assertTrue(next != null, "nothing is heard");
            return next;
        }
    }

    private static Gatehouse start(String transport, WebSocketEcho origin) throws IOException {
        return TestSite.builder(transport).forward("/socket/", origin.text() + "/").start();
    }

    private static CompletableFuture<WebSocket> connect(Gatehouse gatehouse, String path, Ear ear) {
        URI uri = gatehouse.uri();
        return HttpClient.newHttpClient().newWebSocketBuilder()
                .buildAsync(URI.create("ws://" + uri.getHost() + ":" + uri.getPort() + "/socket/" + path), ear);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void messagesOfEverySizeComeBack(String transport) throws Exception {
        Ear ear = new Ear();
        try (WebSocketEcho origin = new WebSocketEcho(); Gatehouse gatehouse = start(transport, origin)) {
            WebSocket socket = connect(gatehouse, "echo", ear).join();
            for (int size : new int[] {0, 1, 125, 126, 65_535, 65_536, 1_000_000}) {
                String text = "x".repeat(size);
                socket.sendText(text, true).join();
                assertEquals(text, ear.next());
                byte[] data = new byte[size];
                for (int i = 0; i < size; i++) {
                    data[i] = (byte) (i * 31);
                }
                socket.sendBinary(ByteBuffer.wrap(data), true).join();
                assertArrayEquals(data, (byte[]) ear.next());
            }
            socket.sendPing(ByteBuffer.allocate(4)).join();
            assertEquals("pong", ear.next());
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "bye").join();
            assertEquals("closed 1000 bye", ear.next());
            String head = origin.heads.get(0);
            assertTrue(head.startsWith("GET /echo HTTP/1.1\r\n"), head);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void manyAtOnceAreKeptApart(String transport) throws Exception {
        try (WebSocketEcho origin = new WebSocketEcho(); Gatehouse gatehouse = start(transport, origin)) {
            List<Ear> ears = new ArrayList<>();
            List<WebSocket> sockets = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                ears.add(new Ear());
                sockets.add(connect(gatehouse, "echo", ears.get(i)).join());
            }
            for (int round = 0; round < 20; round++) {
                for (int i = 0; i < 20; i++) {
                    sockets.get(i).sendText(round + " of " + i, true).join();
                }
                for (int i = 0; i < 20; i++) {
                    assertEquals(round + " of " + i, ears.get(i).next());
                }
            }
            sockets.forEach(WebSocket::abort);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aRefusalIsAnAnswerLikeOthers(String transport) throws Exception {
        try (WebSocketEcho origin = new WebSocketEcho(); Gatehouse gatehouse = start(transport, origin)) {
            CompletionException refused =
                    assertThrows(CompletionException.class, () -> connect(gatehouse, "refused", new Ear()).join());
            assertEquals(403, assertInstanceOf(WebSocketHandshakeException.class, refused.getCause()).getResponse().statusCode());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void whenOneSideGoesTheOtherIsTold(String transport) throws Exception {
        Ear ear = new Ear();
        try (WebSocketEcho origin = new WebSocketEcho(); Gatehouse gatehouse = start(transport, origin)) {
            WebSocket leaving = connect(gatehouse, "echo", new Ear()).join();
            leaving.abort();
            assertTrue(origin.lost.await(60, TimeUnit.SECONDS), "the origin does not hear that its client is gone");
            WebSocket left = connect(gatehouse, "gone", ear).join();
            left.sendText("go", true).join();
            Object heard = ear.next();
            assertTrue(heard instanceof IOException || "closed 1006 ".equals(heard), String.valueOf(heard));
        }
    }
}
