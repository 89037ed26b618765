/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.HttpFailure;
import io.gatehouse.handler.Request;
import io.gatehouse.handler.Response;
import io.gatehouse.http.Fields;
import io.gatehouse.http.ResponseHead;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** A site with files, a servlet and handlers of every kind, on a free port. */
final class TestSite implements AutoCloseable {

    /** When every file of the site was changed last. */
    static final String MODIFIED = "Sun, 01 Mar 2026 12:00:00 GMT";

    private final Gatehouse gatehouse;

    private TestSite(Gatehouse gatehouse) {
        this.gatehouse = gatehouse;
    }

    static TestSite start(String transport, Path files) throws IOException {
        AsyncHandler async = (request, response, done) -> new Thread(() -> {
            try {
                response.send("from another thread");
                done.succeeded();
            } catch (IOException e) {
                done.failed(e);
            }
        }, "answerer").start();
        return new TestSite(builder(transport)
                .files("/", files)
                .servlet("/servlet/*", new EchoServlet())
                .handle("/handler/", TestSite::handle)
                .handle("/handler/async/", async)
                .start());
    }

    /** A server on any free port that minds nothing from outside of the test. */
    static GatehouseBuilder builder(String transport) {
        return Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .listen("http://127.0.0.1:0")
                .transport(transport);
    }

    URI uri() {
        return gatehouse.uri();
    }

    @Override
    public void close() {
        gatehouse.close();
    }

    private static void handle(Request request, Response response) throws IOException {
        String path = request.pathInPrefix();
        if (path.startsWith("status/")) {
            response.status(Integer.parseInt(path.substring(7)));
            return;
        }
        switch (path) {
            case "text" -> response.send("text of a handler");
            case "echo" -> {
                response.field("Content-Type", "application/octet-stream");
                response.send(request.body().readAllBytes());
            }
            case "parts" -> {
                response.field("Content-Type", "text/plain");
                response.body().write("one ".getBytes(StandardCharsets.US_ASCII));
                response.body().flush();
                response.body().write("two".getBytes(StandardCharsets.US_ASCII));
            }
            case "trailers" -> {
                response.field("Content-Type", "text/plain").field("Trailer", "Digest");
                response.trailers(Fields.of("Digest", "sha-256=abc"));
                response.body().write("with trailers".getBytes(StandardCharsets.US_ASCII));
                response.body().flush();
            }
            case "hints" -> {
                response.inform(ResponseHead.of(103, "Link", "</site.css>; rel=preload"));
                response.send("hinted");
            }
            case "failure" -> throw new HttpFailure(429, "slow down");
            case "throw" -> throw new IllegalStateException("not for the public");
            default -> throw new HttpFailure(404, "no such handler");
        }
    }

    /** Writes the site's files, all of one date. */
    static void write(Path files) throws IOException {
        Files.createDirectories(files.resolve("sub"));
        Files.createDirectories(files.resolve("WEB-INF"));
        Files.writeString(files.resolve("index.html"), "<!doctype html><title>site</title>\n");
        Files.writeString(files.resolve("sub/index.html"), "<!doctype html><title>sub</title>\n");
        Files.writeString(files.resolve("sub/café.txt"), "crème\n");
        Files.writeString(files.resolve(".hidden"), "hidden\n");
        Files.writeString(files.resolve("WEB-INF/web.xml"), "<web-app/>\n");
        byte[] script = "console.log('gatehouse');\n".repeat(40).getBytes(StandardCharsets.UTF_8);
        Files.write(files.resolve("app.js"), script);
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(script);
        }
        Files.write(files.resolve("app.js.gz"), zipped.toByteArray());
        byte[] large = new byte[300 * 1024];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i % 251);
        }
        Files.write(files.resolve("large.bin"), large);
        for (String extension : List.of("mjs", "wasm", "woff2", "json", "svg", "webp", "avif", "css", "txt", "html")) {
            Files.writeString(files.resolve("type." + extension), "x");
        }
        FileTime modified = FileTime.from(Instant.parse("2026-03-01T12:00:00Z"));
        try (Stream<Path> all = Files.walk(files)) {
            all.forEach(path -> touch(path, modified));
        }
    }

    private static void touch(Path path, FileTime modified) {
        try {
            Files.setLastModifiedTime(path, modified);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
