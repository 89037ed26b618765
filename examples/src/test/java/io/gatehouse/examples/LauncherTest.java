/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher in a process of its own, as a newcomer and as a service manager meet it. */
@Timeout(120)
final class LauncherTest {

    private static final String ANY_PORT = "gatehouse.listen=http://127.0.0.1:0";
    /** 128 and SIGTERM: how a JVM ends that ran its shutdown hooks. */
    private static final int TERMINATED = 143;

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    private HttpResponse<String> get(URI server, String target) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.resolve(target)).build(),
                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    private static String type(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Type").orElse("none");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void servesTheSiteAndStopsWhenAsked(String transport) throws Exception {
        try (LauncherProcess launcher = LauncherProcess.start("gatehouse.transport=" + transport, ANY_PORT)) {
            URI uri = launcher.uri();
            assertEquals(1, launcher.printed().size(), () -> launcher.printed().toString());
            String line = launcher.printed().get(0);
            assertTrue(line.contains(" on " + transport + " at "), line);
            HttpResponse<String> page = get(uri, "/");
            assertEquals(200, page.statusCode());
            assertTrue(page.body().contains("swagger-ui-bundle.js"));
            HttpResponse<String> script = get(uri, "/swagger-ui/swagger-ui-bundle.js");
            assertEquals(200, script.statusCode());
            assertTrue(script.body().length() > 1_000_000);
            assertEquals("text/css; charset=utf-8", type(get(uri, "/swagger-ui/swagger-ui.css")));
            assertEquals("image/svg+xml", type(get(uri, "/favicon.svg")));
            assertEquals(404, get(uri, "/swagger-ui/none.js").statusCode());

            HttpResponse<String> greeting = get(uri, "/api/greetings/Ada%20L?language=es");
            assertEquals("{\"greeting\": \"Hola, Ada L!\", \"language\": \"es\"}\n", greeting.body());
            HttpResponse<String> learnt = client.send(
                    HttpRequest.newBuilder(uri.resolve("/api/greetings"))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString("language=ja&word=%E3%82%84%E3%81%82"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            assertEquals(201, learnt.statusCode());
            assertEquals("{\"ja\": \"やあ\"}\n", learnt.body());
            assertEquals(404, get(uri, "/api/greetings/Ada?language=zz").statusCode());

            launcher.terminate();
            assertEquals(TERMINATED, launcher.exitCode());
        }
    }

    @Test
    void servesADirectoryThatAnotherFileNames() throws Exception {
        Files.createDirectory(directory.resolve("public"));
        Files.writeString(directory.resolve("public/page.html"), "from a directory");
        Files.writeString(directory.resolve("gatehouse.properties"), "listen=http://127.0.0.1:0\nfiles./=public\n");
        try (LauncherProcess launcher = LauncherProcess.start(directory, directory)) {
            assertEquals("from a directory", get(launcher.uri(), "/page.html").body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aTakenPortIsOneClearLineAndAnExitCode(String transport) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                LauncherProcess launcher = LauncherProcess.start(
                        "gatehouse.transport=" + transport,
                        "gatehouse.listen=http://127.0.0.1:" + taken.getLocalPort())) {
            assertEquals(1, launcher.exitCode());
            assertEquals(1, launcher.printed().size(), () -> launcher.printed().toString());
            String line = launcher.printed().get(0);
            assertTrue(line.contains(Integer.toString(taken.getLocalPort())) && line.contains("listen"), line);
        }
    }

    @Test
    void anUnknownTransportNamesThoseThatAreThere() throws Exception {
        try (LauncherProcess launcher = LauncherProcess.start("gatehouse.transport=pigeon", ANY_PORT)) {
            assertEquals(1, launcher.exitCode());
            assertEquals(1, launcher.printed().size(), () -> launcher.printed().toString());
            String line = launcher.printed().get(0);
            assertTrue(line.contains("pigeon") && line.contains("nio") && line.contains("jetty"), line);
        }
    }

    @Test
    void anUnknownSettingNamesTheNearestOne() throws Exception {
        Files.writeString(directory.resolve("gatehouse.properties"), "lisen=http://127.0.0.1:0\n");
        try (LauncherProcess launcher = LauncherProcess.start(directory, directory)) {
            assertEquals(1, launcher.exitCode());
            String line = String.join("\n", launcher.printed());
            assertTrue(line.contains("lisen") && line.contains("listen"), line);
        }
    }
}
