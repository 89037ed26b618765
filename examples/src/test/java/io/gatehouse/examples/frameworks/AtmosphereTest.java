/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.servlet.ServletApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.atmosphere.container.Servlet30CometSupport;
import org.atmosphere.cpr.ApplicationConfig;
import org.atmosphere.cpr.AtmosphereResource;
import org.atmosphere.cpr.AtmosphereResourceEvent;
import org.atmosphere.cpr.AtmosphereResourceEventListenerAdapter;
import org.atmosphere.cpr.AtmosphereServlet;
import org.atmosphere.handler.AbstractReflectorAtmosphereHandler;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Atmosphere's push, which starts its asynchronous requests with wrappers of its own and writes from other threads,
 * over each transport.
 */
@Timeout(60)
final class AtmosphereTest {

    /** A chat room: who asks with GET listens, what comes with POST is told to all who do. */
    private static final class Room extends AbstractReflectorAtmosphereHandler {

        final BlockingQueue<String> diary = new LinkedBlockingQueue<>();

        @Override
        public void onRequest(AtmosphereResource resource) throws IOException {
            if (resource.getRequest().getMethod().equals("POST")) {
                String text = resource.getRequest().getReader().readLine();
                resource.getBroadcaster().broadcast(text + '\n');
                return;
            }
            resource.addEventListener(new AtmosphereResourceEventListenerAdapter() {
                @Override
                public void onSuspend(AtmosphereResourceEvent event) {
                    diary.add("listens");
                }

                @Override
                public void onResume(AtmosphereResourceEvent event) {
                    diary.add(event.isResumedOnTimeout() ? "waited long enough" : "was told");
                }

                @Override
                public void onDisconnect(AtmosphereResourceEvent event) {
                    diary.add("left");
                }
            });
            String patience = resource.getRequest().getParameter("patience");
            resource.suspend(patience == null ? -1 : Long.parseLong(patience));
        }

        @Override
        public void destroy() {}

        String next() throws InterruptedException {
            return String.valueOf(diary.poll(20, TimeUnit.SECONDS));
        }
    }

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Room room = new Room();

    private Gatehouse start(String transport) throws IOException {
        AtmosphereServlet servlet = new AtmosphereServlet(false, false);
        servlet.framework().addAtmosphereHandler("/*", room);
        return Gatehouse.builder()
                // Who listens without end would hold the stop up.
                .configuration(Configuration.DEFAULTS.withStopGrace(Duration.ZERO))
                .listen("http://127.0.0.1:0")
                .transport(transport)
                .application(ServletApplication.builder()
                        .contextPath("/push")
                        .servlet("atmosphere", servlet, registration -> {
                            registration.setAsyncSupported(true);
                            registration.setLoadOnStartup(0);
                            registration.setInitParameter(
                                    ApplicationConfig.PROPERTY_COMET_SUPPORT, Servlet30CometSupport.class.getName());
                            // It asks its makers for news else.
                            registration.setInitParameter(ApplicationConfig.ANALYTICS, "false");
                            registration.setInitParameter(ApplicationConfig.SCAN_CLASSPATH, "false");
                            registration.setInitParameter(ApplicationConfig.WEBSOCKET_SUPPORT, "false");
                            registration.setInitParameter(ApplicationConfig.WEBSOCKET_SUPPRESS_JSR356, "true");
                        }, "/room/*")
                        .build())
                .start();
    }

    private HttpRequest.Builder request(Gatehouse server, String query) {
        return HttpRequest.newBuilder(server.uri().resolve("/push/room/" + query));
    }

    private CompletableFuture<HttpResponse<InputStream>> listen(Gatehouse server, String query) {
        return client.sendAsync(request(server, query).build(), BodyHandlers.ofInputStream());
    }

    private void tell(Gatehouse server, String text) throws Exception {
        HttpResponse<String> told = client.send(
                request(server, "").POST(BodyPublishers.ofString(text)).build(), BodyHandlers.ofString());
        assertEquals("200 ", told.statusCode() + " " + told.body());
    }

    private static BufferedReader reader(CompletableFuture<HttpResponse<InputStream>> answer) throws Exception {
        HttpResponse<InputStream> response = answer.get(20, TimeUnit.SECONDS);
        assertEquals(200, response.statusCode());
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The next line that says something: Atmosphere pads streams, and a message's last line feed is an empty line. */
    private static String line(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line != null && (line.isBlank() || line.equals("data:"))) {
            line = lines.readLine();
        }
        return line == null ? null : line.strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aLongPollEndsWithTheFirstMessage(String transport) throws Exception {
        try (Gatehouse server = start(transport)) {
            List<CompletableFuture<HttpResponse<InputStream>>> polls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                polls.add(listen(server, "?X-Atmosphere-Transport=long-polling"));
                assertEquals("listens", room.next());
            }
            tell(server, "hello, all");
            for (CompletableFuture<HttpResponse<InputStream>> poll : polls) {
                try (BufferedReader lines = reader(poll)) {
                    assertEquals("hello, all", line(lines));
                    assertNull(line(lines));
                }
                assertEquals("was told", room.next());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aStreamBringsEachMessageAtOnce(String transport) throws Exception {
        try (Gatehouse server = start(transport)) {
            CompletableFuture<HttpResponse<InputStream>> stream = listen(server, "?X-Atmosphere-Transport=streaming");
            assertEquals("listens", room.next());
            tell(server, "one");
            try (BufferedReader lines = reader(stream)) {
                assertEquals("one", line(lines));
                for (int i = 0; i < 100; i++) {
                    tell(server, "message " + i);
                    assertEquals("message " + i, line(lines));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void eventsAreFramedByAtmosphere(String transport) throws Exception {
        try (Gatehouse server = start(transport)) {
            CompletableFuture<HttpResponse<InputStream>> events = listen(server, "?X-Atmosphere-Transport=sse");
            assertEquals("listens", room.next());
            tell(server, "tick");
            try (BufferedReader lines = reader(events)) {
                assertEquals("data:tick", line(lines));
                assertEquals("text/event-stream",
                        events.join().headers().firstValue("Content-Type").orElse("").replaceAll(";.*", ""));
                tell(server, "tock");
                assertEquals("data:tock", line(lines));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aListenerWithoutPatienceIsLetGo(String transport) throws Exception {
        try (Gatehouse server = start(transport)) {
            CompletableFuture<HttpResponse<InputStream>> poll =
                    listen(server, "?X-Atmosphere-Transport=long-polling&patience=50");
            assertEquals("listens", room.next());
            try (BufferedReader lines = reader(poll)) {
                assertNull(line(lines));
            }
            assertEquals("waited long enough", room.next());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aListenerWhoLeavesIsMissedAndTheOthersAreTold(String transport) throws Exception {
        try (Gatehouse server = start(transport)) {
            try (Socket leaver = new Socket("127.0.0.1", server.uri().getPort())) {
                leaver.getOutputStream().write(("GET /push/room/?X-Atmosphere-Transport=streaming HTTP/1.1\r\n"
                        + "Host: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                assertEquals("listens", room.next());
            }
            CompletableFuture<HttpResponse<InputStream>> stays = listen(server, "?X-Atmosphere-Transport=streaming");
            List<String> diary = new ArrayList<>(List.of(room.next()));
            for (int i = 0; i < 50 && diary.size() < 2; i++) {
                tell(server, "are you there?");
                String seen = room.diary.poll(100, TimeUnit.MILLISECONDS);
                if (seen != null) {
                    diary.add(seen);
                }
            }
            assertTrue(diary.containsAll(List.of("listens", "left")), diary.toString());
            try (BufferedReader lines = reader(stays)) {
                assertEquals("are you there?", line(lines));
            }
        }
    }
}
