/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Gatehouse;
import io.gatehouse.forward.Forward;
import io.gatehouse.forward.ForwardedFields;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A site behind a gatehouse on each transport: it looks like the site itself, and ends as the site ends. */
@Timeout(120)
final class ForwardTest {

    private static final Set<String> TRANSPORTS = Set.of("nio", "jetty");

    /** Framing is made anew: a body that comes in one piece is sent with its length. */
    private static final List<String> MAY_DIFFER =
            List.of("Date", "Server", "Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length");

    /** Held, because a logger that nobody holds forgets its level. */
    private static final Logger LOG = Logger.getLogger("io.gatehouse");

    @TempDir
    private static Path files;

    private static TestSite site;
    private static Map<String, Gatehouse> fronts;

    @BeforeAll
    static void start() throws IOException {
        LOG.setLevel(Level.SEVERE); // what fails here fails on purpose
        TestSite.write(files);
        site = TestSite.start("nio", files);
        fronts = Map.of("nio", front("nio"), "jetty", front("jetty"));
    }

    @AfterAll
    static void stop() {
        fronts.values().forEach(Gatehouse::close);
        site.close();
        LOG.setLevel(null);
    }

    private static Gatehouse front(String transport) throws IOException {
        return TestSite.builder(transport)
                .forward("/", Forward.to(origin(site.uri())).preserveHost().via(null).forwarded(ForwardedFields.NONE).build())
                .start();
    }

    private static String origin(URI uri) {
        return "http://127.0.0.1:" + uri.getPort();
    }

    static Stream<Arguments> scripts() {
        // The origin is always spoken to in HTTP/1.1, which a servlet that prints the version tells.
        return TransportSwapTest.scripts()
                .filter(script -> !script.name().equals("HTTP/1.0 keep-alive"))
                .flatMap(script -> TRANSPORTS.stream().map(transport -> Arguments.of(transport, script)));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void looksLikeTheSiteItself(String transport, TransportSwapTest.Script script) throws IOException {
        List<Answer> direct = TransportSwapTest.answers(site.uri(), script);
        List<Answer> forwarded = TransportSwapTest.answers(fronts.get(transport).uri(), script);
        assertEquals(script.statuses(), forwarded.stream().map(Answer::status).toList());
        assertEquals(comparable(direct), comparable(forwarded));
    }

    private static String comparable(List<Answer> answers) {
        StringBuilder all = new StringBuilder();
        answers.forEach(answer -> all.append(answer.without(MAY_DIFFER)).append("\n----\n"));
        return all.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aLargeBodyGoesAndComesWhileBothSidesStream(String transport) throws IOException {
        try (Gatehouse echo = TestSite.builder("nio").limits(l -> l.withBody(1L << 40)).handle("/", ForwardTest::echo).start();
                Gatehouse front = TestSite.builder(transport).limits(l -> l.withBody(1L << 40))
                        .forward("/", origin(echo.uri())).start();
                Wire wire = Wire.tcp(front.uri())) {
            byte[] part = new byte[256 * 1024];
            for (int i = 0; i < part.length; i++) {
                part[i] = (byte) (i * 31 + i / 509);
            }
            wire.send("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + 40L * part.length + "\r\n\r\n");
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 40; i++) {
                        wire.send(part);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }, "sender");
            sender.start();
            Answer answer = wire.answer();
            assertEquals(200, answer.status());
            byte[] expected = new byte[40 * part.length];
            for (int i = 0; i < 40; i++) {
                System.arraycopy(part, 0, expected, i * part.length, part.length);
            }
            assertArrayEquals(expected, answer.body());
        }
    }

    private static void echo(Request request, Response response) throws IOException {
        try (InputStream in = request.body(); OutputStream out = response.body()) {
            in.transferTo(out);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void manyClientsAtOnceAllGetTheirOwn(String transport) throws Exception {
        List<Thread> clients = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int c = 0; c < 16; c++) {
            int client = c;
            Thread thread = new Thread(() -> {
                try (Wire wire = Wire.tcp(fronts.get(transport).uri())) {
                    for (int i = 0; i < 50; i++) {
                        String body = "client " + client + " request " + i;
                        wire.send("POST /handler/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length()
                                + "\r\n\r\n" + body);
                        assertEquals(body, wire.answer().text());
                    }
                } catch (Throwable t) {
                    synchronized (failures) {
                        failures.add(t);
                    }
                }
            }, "client");
            clients.add(thread);
            thread.start();
        }
        for (Thread client : clients) {
            client.join();
        }
        assertEquals(List.of(), failures);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aCutAnswerLooksCut(String transport) throws Exception {
        for (String answer : List.of(
                "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")) {
            try (Raw raw = new Raw(answer, null);
                    Gatehouse front = TestSite.builder(transport).forward("/", raw.text()).start();
                    Wire wire = Wire.tcp(front.uri()).get("/")) {
                Answer head = wire.head();
                assertEquals(200, head.status());
                assertThrows(IOException.class, () -> wire.zeros(1_000_000), "it goes on without end");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aWrongAnswerIsA502ThatTellsNothing(String transport) throws Exception {
        try (Raw raw = new Raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", null);
                Gatehouse front = TestSite.builder(transport).forward("/", raw.text()).start();
                Wire wire = Wire.tcp(front.uri()).get("/").get("/again")) {
            for (int i = 0; i < 2; i++) {
                Answer answer = wire.answer();
                assertEquals(502, answer.status());
                assertEquals("502 Bad Gateway\nThe server behind this address gave no valid answer.\n", answer.text());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aStoppedOriginIsA502AndABusyOneA503(String transport) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        CountDownLatch gone = new CountDownLatch(1);
        try (Raw silent = new Raw("", gone);
                Gatehouse front = TestSite.builder(transport)
                        .forward("/gone/", "http://127.0.0.1:" + port)
                        .forward("/busy/", Forward.to(silent.text()).limits(l -> l.withConnections(1).withQueue(0)).build())
                        .start();
                Wire first = Wire.tcp(front.uri()).get("/busy/");
                Wire wire = Wire.tcp(front.uri()).get("/gone/")) {
            assertEquals(502, wire.answer().status());
            silent.awaitRequest();
            Answer busy = wire.get("/busy/").answer();
            assertEquals(503, busy.status());
            assertEquals("1", busy.first("Retry-After"));
            first.vanish(); // takes its request with it
            gone.await();
        }
    }

    /** An origin that says the same to every connection, and closes it, unless it is to wait for the other side to close. */
    private static final class Raw implements AutoCloseable {
        private final ServerSocket server = new ServerSocket();
        private final CountDownLatch requested = new CountDownLatch(1);
        private final Thread thread;

        Raw(String answer, CountDownLatch gone) throws IOException {
            server.bind(new InetSocketAddress("127.0.0.1", 0));
            thread = new Thread(() -> serve(answer, gone), "raw-origin");
            thread.start();
        }

        private void serve(String answer, CountDownLatch gone) {
            try {
                while (true) {
                    try (Socket socket = server.accept()) {
                        readHead(socket.getInputStream());
                        requested.countDown();
                        socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                        if (gone != null) {
                            awaitEnd(socket);
                            gone.countDown();
                        }
                    }
                }
            } catch (IOException e) {
                // Closed.
            }
        }

        private static void awaitEnd(Socket socket) {
            try {
                assertTrue(socket.getInputStream().read() < 0);
            } catch (IOException e) {
                // A reset is an end too.
            }
        }

        private static void readHead(InputStream in) throws IOException {
            int last = 0;
            for (int b = in.read(); b >= 0; b = in.read()) {
                last = last << 8 | b;
                if (last == 0x0D0A0D0A) {
                    return;
                }
            }
        }

        void awaitRequest() throws InterruptedException {
            requested.await();
        }

        String text() {
            return "http://127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            server.close();
            thread.join();
        }
    }
}
