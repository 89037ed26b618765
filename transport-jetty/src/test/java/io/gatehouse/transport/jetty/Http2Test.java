/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Completion;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.ResponseHead;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Exchange;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract's first lines again, over HTTP/2 without TLS, on the port that speaks HTTP/1.1 too. */
@Timeout(60)
final class Http2Test {
    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final HTTP2Client client = new HTTP2Client();
    private Transport transport;
    private Session session;
    private int port;

    private void start(ExchangeHandler handler) throws Exception {
        transport = new JettyTransportProvider().create(TransportConfig.of(new Endpoint.Tcp("http", "localhost", 0)));
        port = ((Endpoint.Tcp) transport.start(handler).get(0)).port();
        client.start();
        session = client.connect(new InetSocketAddress("localhost", port), new Session.Listener() {}).get(30, TimeUnit.SECONDS);
    }

    @AfterEach
    void stop() throws Exception {
        client.stop();
        assertTrue(transport.stop(Duration.ofSeconds(20)));
    }

    @Test
    void aRequestIsHandledWithItsHead() throws Exception {
        CompletableFuture<Exchange> seen = new CompletableFuture<>();
        start(exchange -> {
            seen.complete(exchange);
            exchange.commit(ResponseHead.of(200, "X-A", "a", "Connection", "close", "X-Id", exchange.protocolId()),
                    ascii("hello"), true, Completion.NOTHING);
        });
        Answer answer = new Answer();
        Stream stream = send("GET", "/a/%2e?b", HttpFields.build().add("x-b", "b"), true, answer);
        assertEquals("hello", answer.body());
        assertEquals(200, answer.head.get().getStatus());
        assertEquals("a", answer.head.get().getHttpFields().get("x-a"));
        assertEquals(Integer.toString(stream.getId()), answer.head.get().getHttpFields().get("x-id"));
        assertNull(answer.head.get().getHttpFields().get("connection"));
        Exchange exchange = seen.get();
        assertEquals("/a/%2e?b", exchange.head().target());
        assertEquals(HttpVersion.HTTP_2, exchange.head().version());
        assertEquals(new Authority("localhost", port), exchange.head().authority());
        assertEquals(Fields.of("host", "localhost:" + port, "x-b", "b"), exchange.head().fields());
        assertEquals(HttpVersion.HTTP_2, exchange.connection().protocol());
    }

    @Test
    void aBodyIsEchoedWithTrailersBothWays() throws Exception {
        start(exchange -> exchange.commit(ResponseHead.of(200), NONE, false, then(() -> echo(exchange))));
        Answer answer = new Answer();
        Stream stream = send("POST", "/", HttpFields.EMPTY, false, answer);
        for (int i = 0; i < 4; i++) {
            CompletableFuture<Void> sent = new CompletableFuture<>();
            stream.data(new DataFrame(stream.getId(), ascii("0123456789".repeat(2_000)), false), Callback.from(
                    () -> sent.complete(null), sent::completeExceptionally));
            sent.get(30, TimeUnit.SECONDS);
        }
        stream.headers(new HeadersFrame(stream.getId(), new MetaData(
                org.eclipse.jetty.http.HttpVersion.HTTP_2, HttpFields.build().add("x-sum", "1")), null, true), Callback.NOOP);
        assertEquals("0123456789".repeat(8_000), answer.body());
        assertEquals("1", answer.trailers.get(30, TimeUnit.SECONDS).getHttpFields().get("x-sum"));
    }

    @Test
    void aStreamThatIsResetIsADisconnect() throws Exception {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        CompletableFuture<Void> readable = new CompletableFuture<>();
        CompletableFuture<Exchange> arrived = new CompletableFuture<>();
        start(exchange -> {
            if (exchange.head().target().equals("/next")) {
                exchange.commit(ResponseHead.of(200), ascii("next"), true, Completion.NOTHING);
                return;
            }
            exchange.onDisconnect(() -> gone.complete(null));
            exchange.demand(() -> readable.complete(null));
            arrived.complete(exchange);
        });
        Stream stream = send("POST", "/", HttpFields.EMPTY, false, new Answer());
        Exchange exchange = arrived.get(30, TimeUnit.SECONDS);
        stream.reset(new ResetFrame(stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
        gone.get(30, TimeUnit.SECONDS);
        readable.get(30, TimeUnit.SECONDS);
        CompletableFuture<Throwable> failed = new CompletableFuture<>();
        exchange.commit(ResponseHead.of(200), ascii("late"), true, new Completion() {
            @Override
            public void succeeded() {
                failed.complete(null);
            }

            @Override
            public void failed(Throwable cause) {
                failed.complete(cause);
            }
        });
        assertInstanceOf(IOException.class, failed.get(30, TimeUnit.SECONDS));
        Answer next = new Answer();
        send("GET", "/next", HttpFields.EMPTY, true, next);
        assertEquals("next", next.body(), "the connection lives on");
    }

    @Test
    void anAbortResetsTheStreamAlone() throws Exception {
        start(exchange -> {
            if (exchange.head().target().equals("/next")) {
                exchange.commit(ResponseHead.of(200), ascii("next"), true, Completion.NOTHING);
            } else if (exchange.head().target().equals("/before")) {
                exchange.abort(new IOException("enough"));
            } else {
                exchange.commit(ResponseHead.of(200), ascii("cut"), false, then(() -> exchange.abort(new IOException("enough"))));
            }
        });
        for (String path : new String[] {"/before", "/after"}) {
            Answer cut = new Answer();
            send("GET", path, HttpFields.EMPTY, true, cut);
            cut.reset.get(30, TimeUnit.SECONDS);
        }
        Answer next = new Answer();
        send("GET", "/next", HttpFields.EMPTY, true, next);
        assertEquals("next", next.body());
    }

    @Test
    void manyStreamsAreInHandAtOnce() throws Exception {
        CompletableFuture<Exchange> first = new CompletableFuture<>();
        start(exchange -> {
            if (exchange.head().target().equals("/1")) {
                first.complete(exchange);
            } else {
                exchange.commit(ResponseHead.of(200), ascii(exchange.head().target()), true, Completion.NOTHING);
            }
        });
        Answer one = new Answer();
        send("GET", "/1", HttpFields.EMPTY, true, one);
        Answer two = new Answer();
        send("GET", "/2", HttpFields.EMPTY, true, two);
        assertEquals("/2", two.body());
        first.get(30, TimeUnit.SECONDS).commit(ResponseHead.of(200), ascii("/1"), true, Completion.NOTHING);
        assertEquals("/1", one.body());
    }

    private Stream send(String method, String path, HttpFields fields, boolean last, Answer answer) throws Exception {
        MetaData.Request request = new MetaData.Request(
                method, HttpURI.from("http://localhost:" + port + path), org.eclipse.jetty.http.HttpVersion.HTTP_2, fields);
        return session.newStream(new HeadersFrame(request, null, last), answer).get(30, TimeUnit.SECONDS);
    }

    private static void echo(Exchange exchange) {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(5_000);
            int read = exchange.read(buffer);
            if (read == 0) {
                exchange.demand(() -> echo(exchange));
            } else if (read < 0) {
                exchange.trailers(exchange.trailers());
                exchange.write(NONE, true, Completion.NOTHING);
            } else {
                exchange.write(buffer.flip(), false, then(() -> echo(exchange)));
            }
        } catch (IOException e) {
            exchange.abort(e);
        }
    }

    private static Completion then(Runnable next) {
        return new Completion() {
            @Override
            public void succeeded() {
                next.run();
            }

            @Override
            public void failed(Throwable cause) {
                // the client sees it
            }
        };
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    /** What comes back on a stream. */
    private static final class Answer implements Stream.Listener {
        private final CompletableFuture<MetaData.Response> head = new CompletableFuture<>();
        private final CompletableFuture<MetaData> trailers = new CompletableFuture<>();
        private final CompletableFuture<String> body = new CompletableFuture<>();
        private final CompletableFuture<Integer> reset = new CompletableFuture<>();
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        String body() throws Exception {
            return body.get(30, TimeUnit.SECONDS);
        }

        @Override
        public void onHeaders(Stream stream, HeadersFrame frame) {
            if (frame.getMetaData() instanceof MetaData.Response response) {
                head.complete(response);
            } else {
                trailers.complete(frame.getMetaData());
            }
            if (frame.isEndStream()) {
                body.complete(bytes.toString(ISO_8859_1));
            } else {
                stream.demand();
            }
        }

        @Override
        public void onDataAvailable(Stream stream) {
            Stream.Data data = stream.readData();
            if (data != null) {
                byte[] part = new byte[data.frame().getByteBuffer().remaining()];
                data.frame().getByteBuffer().get(part);
                bytes.writeBytes(part);
                boolean last = data.frame().isEndStream();
                data.release();
                if (last) {
                    body.complete(bytes.toString(ISO_8859_1));
                    return;
                }
            }
            stream.demand();
        }

        @Override
        public void onReset(Stream stream, ResetFrame frame, Callback callback) {
            reset.complete(frame.getError());
            callback.succeeded();
        }
    }
}
