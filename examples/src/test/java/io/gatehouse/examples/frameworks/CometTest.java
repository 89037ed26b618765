/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.servlet.ServletApplication;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cometd.bayeux.Promise;
import org.cometd.bayeux.server.BayeuxServer;
import org.cometd.server.http.jakarta.CometDServlet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CometD's push by long polling, which holds requests asynchronously and reads and writes without blocking, over each transport. */
@Timeout(120)
final class CometTest {

    private static final Pattern CLIENT = Pattern.compile("\"clientId\":\"([^\"]+)\"");

    /** A browser: one session of CometD's. */
    private static final class Browser {
        private final HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1).cookieHandler(new CookieManager()).build();
        private final URI uri;
        private final String id;

        Browser(Gatehouse server) throws Exception {
            uri = server.uri().resolve("/push/cometd");
            String answer = send("""
                    [{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]""").get(30, TimeUnit.SECONDS);
            Matcher matcher = CLIENT.matcher(answer);
            assertTrue(matcher.find(), answer);
            id = matcher.group(1);
        }

        CompletableFuture<String> send(String messages) {
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .header("Content-Type", "application/json;charset=UTF-8")
                    .POST(BodyPublishers.ofString(messages))
                    .build();
            return client.sendAsync(request, BodyHandlers.ofString()).thenApply(HttpResponse::body);
        }

        /** The first one is answered at once, the others are held. */
        CompletableFuture<String> connect() {
            return send("[{\"channel\":\"/meta/connect\",\"connectionType\":\"long-polling\",\"clientId\":\"" + id + "\"}]");
        }

        String subscribe(String channel) throws Exception {
            return send("[{\"channel\":\"/meta/subscribe\",\"subscription\":\"" + channel + "\",\"clientId\":\"" + id + "\"}]")
                    .get(30, TimeUnit.SECONDS);
        }

        String publish(String channel, String data) throws Exception {
            return send("[{\"channel\":\"" + channel + "\",\"data\":\"" + data + "\",\"clientId\":\"" + id + "\"}]")
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private ServletApplication application;

    private Gatehouse start(String transport, String timeout) throws IOException {
        application = ServletApplication.builder()
                .contextPath("/push")
                .servlet("cometd", new CometDServlet(), servlet -> {
                    servlet.setAsyncSupported(true);
                    servlet.setLoadOnStartup(1);
                    servlet.setInitParameter("timeout", timeout);
                    servlet.setInitParameter("maxInterval", "120000");
                    servlet.setInitParameter("maxMessageSize", "4000000");
                }, "/cometd/*")
                .build();
        return Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .listen("http://127.0.0.1:0")
                .transport(transport)
                .application(application)
                .start();
    }

    private BayeuxServer bayeux() {
        return (BayeuxServer) application.context().getAttribute(BayeuxServer.ATTRIBUTE);
    }

    private static String ready(Browser browser, String channel) throws Exception {
        return browser.connect().get(30, TimeUnit.SECONDS) + browser.subscribe(channel);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aHeldRequestIsAnsweredWhenSomethingIsPublished(String transport) throws Exception {
        try (Gatehouse server = start(transport, "60000")) {
            Browser reader = new Browser(server);
            Browser writer = new Browser(server);
            assertFalse(ready(reader, "/news").contains("\"successful\":false"));
            CompletableFuture<String> held = reader.connect();
            String acknowledged = writer.publish("/news", "größer");
            assertTrue(acknowledged.contains("\"successful\":true"), acknowledged);
            String message = held.get(30, TimeUnit.SECONDS);
            assertTrue(message.contains("größer") && message.contains("/meta/connect"), message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void manyHearWhatTheServerSays(String transport) throws Exception {
        try (Gatehouse server = start(transport, "60000")) {
            List<Browser> browsers = new ArrayList<>();
            List<CompletableFuture<String>> held = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                Browser browser = new Browser(server);
                ready(browser, "/all");
                browsers.add(browser);
            }
            browsers.forEach(browser -> held.add(browser.connect()));
            String large = "x".repeat(300_000);
            bayeux().getChannel("/all").publish(null, large, Promise.noop());
            for (CompletableFuture<String> each : held) {
                String answer = each.get(60, TimeUnit.SECONDS);
                assertTrue(answer.contains(large), answer);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aLargeMessageIsReadInPieces(String transport) throws Exception {
        try (Gatehouse server = start(transport, "60000")) {
            Browser reader = new Browser(server);
            ready(reader, "/large");
            CompletableFuture<String> held = reader.connect();
            String large = "y".repeat(900_000);
            assertTrue(new Browser(server).publish("/large", large).contains("\"successful\":true"));
            assertTrue(held.get(60, TimeUnit.SECONDS).contains(large));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aHeldRequestEndsAtItsTimeLimit(String transport) throws Exception {
        try (Gatehouse server = start(transport, "100")) {
            Browser reader = new Browser(server);
            ready(reader, "/quiet");
            String empty = reader.connect().get(30, TimeUnit.SECONDS);
            assertTrue(empty.contains("\"successful\":true") && !empty.contains("/quiet"), empty);
            assertEquals(1, bayeux().getSessions().size());
        }
    }

    /** The server's end answers none of them, and waits for none of them. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aStopEndsHeldRequests(String transport) throws Exception {
        CompletableFuture<String> held;
        try (Gatehouse server = start(transport, "60000")) {
            Browser reader = new Browser(server);
            ready(reader, "/news");
            held = reader.connect();
            reader.publish("/other", "x");
            server.stop(Duration.ZERO);
        }
        assertTrue(held.handle((answer, failure) -> failure != null).get(30, TimeUnit.SECONDS));
    }
}
