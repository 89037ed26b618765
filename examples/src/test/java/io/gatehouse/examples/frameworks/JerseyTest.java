/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.hk2.LocatorComponents;
import io.gatehouse.servlet.Resources;
import io.gatehouse.servlet.ServletApplication;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.glassfish.hk2.api.ServiceLocator;
import org.glassfish.hk2.utilities.ServiceLocatorUtilities;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;
import org.glassfish.jersey.servlet.ServletContainer;
import org.glassfish.jersey.servlet.ServletProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jersey on HK2, with the locator that Gatehouse makes its servlets with, over each transport. */
@Timeout(60)
final class JerseyTest {

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ServiceLocator locator = ServiceLocatorUtilities.createAndPopulateServiceLocator();
    private final JerseyResource.Gate gate = new JerseyResource.Gate();

    @AfterEach
    void endLocator() {
        locator.shutdown();
    }

    private static ResourceConfig resources() {
        return new ResourceConfig(JerseyResource.class, JerseyResource.SpiltMapper.class)
                .property(ServerProperties.WADL_FEATURE_DISABLE, true);
    }

    private Gatehouse start(String transport, ServletApplication application) throws IOException {
        ServiceLocatorUtilities.addOneConstant(locator, new JerseyResource.Visitors());
        ServiceLocatorUtilities.addOneConstant(locator, gate);
        // This one line has Jersey share the locator.
        application.attribute(ServletProperties.SERVICE_LOCATOR, locator);
        return Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .listen("http://127.0.0.1:0")
                .transport(transport)
                .application(application)
                .start();
    }

    private Gatehouse start(String transport) throws IOException {
        return start(transport, ServletApplication.builder()
                .contextPath("/app")
                .components(LocatorComponents.of(locator))
                .servlet(JerseyResource.VisitorServlet.class, "/visitor")
                .servlet("jersey", new ServletContainer(resources()), servlet -> servlet.setAsyncSupported(true), "/api/*")
                .build());
    }

    private HttpResponse<String> get(Gatehouse server, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(server.uri().resolve(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> send(Gatehouse server, String method, String path, String type, BodyPublisher body)
            throws Exception {
        return client.send(
                HttpRequest.newBuilder(server.uri().resolve(path)).header("Content-Type", type).method(method, body).build(),
                BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void resourcesAndServletsShareTheLocator(String transport) throws Exception {
        try (Gatehouse server = start(transport)) {
            assertEquals("resource's visitor 1 by /api", get(server, "/app/api/things/visitor").body());
            assertEquals("servlet's visitor 2", get(server, "/app/visitor").body());
            assertEquals("resource's visitor 3 by /api", get(server, "/app/api/things/visitor").body());
            assertEquals(4, locator.getService(JerseyResource.Visitors.class).next());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void requestsAreReadAndErrorsMapped(String transport) throws Exception {
        try (Gatehouse server = start(transport)) {
            assertEquals("a béa bé /app/api/things/named/a%20b%C3%A9",
                    get(server, "/app/api/things/named/a%20b%C3%A9?n=2").body());
            assertEquals("1-ü", send(server, "POST", "/app/api/things/form", "application/x-www-form-urlencoded",
                    BodyPublishers.ofString("a=1&b=%C3%BC")).body());
            byte[] large = new byte[3_000_000];
            assertEquals("read 3000000", send(server, "PUT", "/app/api/things/body", "application/octet-stream",
                    BodyPublishers.ofByteArray(large)).body());
            assertEquals("read 3000000", send(server, "PUT", "/app/api/things/body", "application/octet-stream",
                    BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large))).body());
            HttpResponse<String> spilt = get(server, "/app/api/things/broken");
            assertEquals("409 spilt", spilt.statusCode() + " " + spilt.body());
            assertEquals(423, get(server, "/app/api/things/refused").statusCode());
            assertEquals(404, get(server, "/app/api/things/nothing").statusCode());
            assertEquals(404, get(server, "/app/api/things/named/x?n=y").statusCode());
            assertEquals(405, send(server, "DELETE", "/app/api/things/visitor", "text/plain", BodyPublishers.noBody()).statusCode());
            HttpResponse<String> options =
                    send(server, "OPTIONS", "/app/api/things/form", "text/plain", BodyPublishers.noBody());
            assertTrue(options.headers().firstValue("Allow").orElse("").contains("POST"), options.headers()::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void answersMayComeLater(String transport) throws Exception {
        try (Gatehouse server = start(transport)) {
            assertEquals("resumed", get(server, "/app/api/things/async").body());
            assertEquals("staged", get(server, "/app/api/things/stage").body());
            HttpResponse<String> late = get(server, "/app/api/things/late");
            assertEquals("504 too late", late.statusCode() + " " + late.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void answersMayBeStreams(String transport) throws Exception {
        try (Gatehouse server = start(transport)) {
            assertEquals(4_096_000, get(server, "/app/api/things/stream?blocks=500").body().length());
            HttpResponse<InputStream> chunks = client.send(
                    HttpRequest.newBuilder(server.uri().resolve("/app/api/things/chunks")).build(), BodyHandlers.ofInputStream());
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(chunks.body(), StandardCharsets.UTF_8))) {
                assertEquals("one", lines.readLine());
                gate.mayEnd.countDown();
                assertEquals("two", lines.readLine());
                assertEquals(null, lines.readLine());
            }
        }
    }

    /** What Jersey does not have goes on to what is behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void jerseyMayBeAFilter(String transport, @TempDir Path files) throws Exception {
        Files.writeString(files.resolve("index.html"), "static");
        ServletApplication application = ServletApplication.builder()
                .resources(Resources.directory(files))
                .filter("jersey", new ServletContainer(resources().property(ServletProperties.FILTER_FORWARD_ON_404, true)), filter -> {
                    filter.setAsyncSupported(true);
                    filter.addMappingForUrlPatterns(null, true, "/*");
                })
                .build();
        try (Gatehouse server = start(transport, application)) {
            Map<String, String> bodies = new TreeMap<>();
            for (String path : new String[] {"/index.html", "/", "/things/visitor", "/things/async"}) {
                bodies.put(path, get(server, path).body());
            }
            assertEquals(Map.of("/index.html", "static", "/", "static", "/things/visitor", "resource's visitor 1 by /things/visitor",
                    "/things/async", "resumed"), bodies);
        }
    }
}
