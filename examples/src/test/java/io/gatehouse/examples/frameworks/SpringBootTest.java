/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.CookieManager;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Spring Boot with Spring MVC, over each transport. */
@Timeout(120)
final class SpringBootTest {

    private static final Map<String, ServletWebServerApplicationContext> SITES = new TreeMap<>();

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    static ServletWebServerApplicationContext start(String transport, String... properties) {
        SpringApplication application = new SpringApplication(SpringSite.class);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        // The logging of this JVM is the test runner's.
        application.setListeners(application.getListeners().stream()
                .filter(listener -> !(listener instanceof LoggingApplicationListener))
                .toList());
        application.setDefaultProperties(Map.of(
                "gatehouse.transport", transport,
                "server.address", "127.0.0.1",
                "server.port", "0",
                "server.servlet.context-path", "/shop",
                "server.servlet.session.cookie.same-site", "strict",
                "server.server-header", "shop",
                "server.shutdown", "graceful",
                "spring.main.web-application-type", "servlet",
                "spring.servlet.multipart.max-file-size", "1MB",
                "spring.web.error.include-message", "always"));
        return (ServletWebServerApplicationContext) application.run(properties);
    }

    @BeforeAll
    static void startBoth() {
        SITES.put("nio", start("nio"));
        SITES.put("jetty", start("jetty"));
    }

    @AfterAll
    static void stopBoth() {
        SITES.values().forEach(ServletWebServerApplicationContext::close);
        SITES.clear();
    }

    private static ServletWebServerApplicationContext site(String transport) {
        ServletWebServerApplicationContext site = SITES.get(transport);
        assertTrue(site != null, transport);
        return site;
    }

    private static URI uri(WebServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.getPort() + "/shop" + path);
    }

    private HttpResponse<String> get(String transport, String path, String... fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(server(site(transport)), path));
        if (fields.length > 0) {
            request.headers(fields);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static WebServer server(ServletWebServerApplicationContext site) {
        WebServer server = site.getWebServer();
        assertTrue(server != null);
        return server;
    }

    private HttpResponse<String> post(String transport, String path, String type, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(server(site(transport)), path))
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void controllersAnswer(String transport) throws Exception {
        HttpResponse<String> answer = get(transport, "/hello/J%C3%BCrgen?end=%3F");
        assertEquals("hello Jürgen?", answer.body());
        assertEquals("shop", answer.headers().firstValue("Server").orElse(""));
        assertEquals("{\"item\":\"tea\",\"count\":4}",
                post(transport, "/orders", "application/json", "{\"item\":\"tea\",\"count\":3}").body());
        assertEquals(415, post(transport, "/orders", "text/csv", "tea,3").statusCode());
        assertEquals(405, get(transport, "/orders").statusCode());
        assertEquals(400, post(transport, "/orders", "application/json", "{").statusCode());
        assertEquals(16 * 1024 * 64, get(transport, "/stream").body().length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void errorPagesAreSpringsOrTheApplications(String transport) throws Exception {
        HttpResponse<String> gone = get(transport, "/gone");
        assertEquals("410 page: moved out at /shop/gone", gone.statusCode() + " " + gone.body());
        HttpResponse<String> tea = get(transport, "/teapot");
        assertEquals("500 page: no coffee here", tea.statusCode() + " " + tea.body());
        HttpResponse<String> broken = get(transport, "/broken");
        assertEquals("500 page: no coffee here", broken.statusCode() + " " + broken.body());
        HttpResponse<String> missing = get(transport, "/nowhere", "Accept", "application/json");
        assertEquals(404, missing.statusCode());
        assertTrue(missing.body().contains("\"path\":\"/shop/nowhere\""), missing.body());
        HttpResponse<String> page = get(transport, "/refused", "Accept", "text/html");
        assertEquals(423, page.statusCode());
        assertTrue(page.body().contains("Whitelabel") && page.body().contains("short and stout"), page.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aFormBringsFiles(String transport) throws Exception {
        assertEquals("{name=a b.txt, size=100000, title=Ünder}", upload(transport, 100_000));
        HttpResponse<String> refused = post(transport, "/upload", "multipart/form-data; boundary=xx", form(1_100_000));
        assertEquals(413, refused.statusCode(), refused.body());
    }

    private String upload(String transport, int size) throws Exception {
        HttpResponse<String> answer = post(transport, "/upload", "multipart/form-data; boundary=xx", form(size));
        assertEquals(200, answer.statusCode(), answer.body());
        Map<String, Object> json = new TreeMap<>(JsonParserFactory.getJsonParser()
                .parseMap(answer.body()));
        return json.toString();
    }

    private static String form(int size) {
        return "--xx\r\nContent-Disposition: form-data; name=title\r\n\r\nÜnder\r\n"
                + "--xx\r\nContent-Disposition: form-data; name=file; filename=\"a b.txt\"\r\nContent-Type: text/plain\r\n\r\n"
                + "x".repeat(size) + "\r\n--xx--\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void resultsMayComeLaterFromElsewhere(String transport) throws Exception {
        assertEquals("from false", get(transport, "/deferred").body());
        assertEquals("too late", get(transport, "/late").body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void sessionsAndCookiesAreAsSpringsPropertiesSay(String transport) throws Exception {
        HttpClient browser = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1).cookieHandler(new CookieManager()).build();
        HttpRequest request = HttpRequest.newBuilder(uri(server(site(transport)), "/choice")).build();
        HttpResponse<String> first = browser.send(request, BodyHandlers.ofString());
        List<String> cookies = first.headers().allValues("Set-Cookie");
        assertEquals("visit 1", first.body());
        assertTrue(cookies.stream().anyMatch(c -> c.startsWith("JSESSIONID=") && c.contains("SameSite=Strict")), cookies::toString);
        assertTrue(cookies.stream().anyMatch(c -> c.startsWith("choice=tea") && c.contains("SameSite=Lax")), cookies::toString);
        assertEquals("visit 2", browser.send(request, BodyHandlers.ofString()).body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void jarsBringStaticContent(String transport) throws Exception {
        String path = "/webjars/swagger-ui/" + swaggerUi() + "/favicon-32x32.png";
        HttpResponse<String> icon = get(transport, path);
        assertEquals("200 image/png", icon.statusCode() + " " + icon.headers().firstValue("Content-Type").orElse(""));
        String modified = icon.headers().firstValue("Last-Modified").orElse("");
        assertEquals(304, get(transport, path, "If-Modified-Since", modified).statusCode());
    }

    private static String swaggerUi() throws IOException {
        try (InputStream in = SpringBootTest.class.getResourceAsStream("/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void eventsComeWhenTheyAreSent(String transport) throws Exception {
        try (ServletWebServerApplicationContext site = start(transport)) {
            HttpResponse<InputStream> answer = client.send(
                    HttpRequest.newBuilder(uri(server(site), "/events")).build(), BodyHandlers.ofInputStream());
            assertEquals("text/event-stream", answer.headers().firstValue("Content-Type").orElse(""));
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
                for (int i = 0; i < 3; i++) {
                    assertEquals("id:" + i, lines.readLine());
                    assertEquals("data:event " + i, lines.readLine());
                    assertEquals("", lines.readLine());
                }
                site.getBean(SpringSite.Gate.class).mayLeave.countDown();
                assertEquals("data:{\"item\":\"last\",\"count\":4}", lines.readLine());
                assertEquals("", lines.readLine());
                assertEquals(null, lines.readLine());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aShutdownLetsTheRequestInFlightEnd(String transport) throws Exception {
        ServletWebServerApplicationContext site = start(transport);
        SpringSite.Gate gate = site.getBean(SpringSite.Gate.class);
        URI slow = uri(server(site), "/slow");
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(HttpRequest.newBuilder(slow).build(), BodyHandlers.ofString());
        assertTrue(gate.entered.await(30, TimeUnit.SECONDS));
        CompletableFuture<Void> closed = CompletableFuture.runAsync(site::close);
        while (connects(slow)) {
            Thread.onSpinWait();
        }
        assertTrue(!closed.isDone() && !answer.isDone());
        gate.mayLeave.countDown();
        assertEquals("all of it", answer.get(30, TimeUnit.SECONDS).body());
        closed.get(30, TimeUnit.SECONDS);
    }

    private static boolean connects(URI uri) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", uri.getPort())) {
            return socket.isConnected();
        } catch (SocketException e) {
            return false; // refused, or reset by a port that was closing just then
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void whatNeverEndsIsCutOffAtSpringsLimit(String transport) throws Exception {
        ServletWebServerApplicationContext site = start(transport, "--spring.lifecycle.timeout-per-shutdown-phase=100ms");
        SpringSite.Gate gate = site.getBean(SpringSite.Gate.class);
        CompletableFuture<HttpResponse<String>> answer =
                client.sendAsync(HttpRequest.newBuilder(uri(server(site), "/slow")).build(), BodyHandlers.ofString());
        assertTrue(gate.entered.await(30, TimeUnit.SECONDS));
        site.close();
        assertThrows(Exception.class, () -> answer.get(30, TimeUnit.SECONDS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void portsAreClosedUntilAllIsReady(String transport) throws Exception {
        GatehouseServletWebServerFactory factory = new GatehouseServletWebServerFactory();
        factory.setAddress(InetAddress.getByName("127.0.0.1"));
        factory.setPort(0);
        factory.customize(builder -> builder.transport(transport));
        List<String> steps = new ArrayList<>();
        WebServer server = factory.getWebServer(context -> steps.add("initialised " + context.getContextPath()));
        assertEquals(List.of("initialised "), steps);
        assertEquals(-1, server.getPort());
        for (int i = 0; i < 2; i++) {
            server.start();
            URI uri = URI.create("http://127.0.0.1:" + server.getPort() + '/');
            assertEquals(404, client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).statusCode());
            server.stop();
            assertEquals(-1, server.getPort());
        }
        server.destroy();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aTakenPortFailsTheStart(String transport) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            Exception failure = assertThrows(Exception.class, () -> start(transport, "--server.port=" + taken.getLocalPort()));
            Throwable cause = failure;
            while (cause != null && !(cause instanceof PortInUseException)) {
                cause = cause.getCause();
            }
            assertTrue(cause != null, failure::toString);
        }
    }
}
