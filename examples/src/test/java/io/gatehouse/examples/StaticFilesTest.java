/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Gatehouse;
import io.gatehouse.GatehouseBuilder;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What users expect of static files, in eleven checks: from a directory, from a jar, on both transports, on a Unix
 * socket.
 */
@Timeout(60)
final class StaticFilesTest {

    private enum Variant {
        NIO_DIRECTORY("nio"),
        NIO_JAR("nio"),
        NIO_UNIX("nio"),
        JETTY_DIRECTORY("jetty"),
        JETTY_JAR("jetty");

        private final String transport;

        Variant(String transport) {
            this.transport = transport;
        }
    }

    @TempDir
    private static Path directory;

    private static final Map<Variant, Gatehouse> SITES = new EnumMap<>(Variant.class);

    private static Path socket;
    private static URLClassLoader jarLoader;

    @BeforeAll
    static void start() throws IOException {
        Path files = Files.createDirectory(directory.resolve("files"));
        TestSite.write(files);
        jarLoader = new URLClassLoader(new URL[] {jar(files, directory.resolve("site.jar")).toUri().toURL()});
        socket = directory.resolve("site.sock");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(jarLoader);
        try {
            for (Variant variant : Variant.values()) {
                GatehouseBuilder builder = TestSite.builder(variant.transport);
                if (variant == Variant.NIO_UNIX) {
                    builder.listen("unix:" + socket);
                }
                SITES.put(variant, switch (variant) {
                    case NIO_JAR, JETTY_JAR -> builder.files("/", "classpath:site").start();
                    default -> builder.files("/", files).start();
                });
            }
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @AfterAll
    static void stop() throws IOException {
        SITES.values().forEach(Gatehouse::close);
        jarLoader.close();
    }

    /** Packs a directory below {@code site/}. */
    private static Path jar(Path files, Path jar) throws IOException {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> all = Files.walk(files)) {
            for (Path path : all.sorted().toList()) {
                String name = "site/" + files.relativize(path).toString().replace('\\', '/');
                boolean folder = Files.isDirectory(path);
                out.putNextEntry(new JarEntry(folder && !name.endsWith("/") ? name + '/' : name));
                if (!folder) {
                    Files.copy(path, out);
                }
                out.closeEntry();
            }
        }
        // Files in a jar count as changed when the jar was: entries of reproducible builds have dates that say nothing.
        Files.setLastModifiedTime(jar, Files.getLastModifiedTime(files));
        return jar;
    }

    private static Wire open(Variant variant) throws IOException {
        return variant == Variant.NIO_UNIX ? Wire.unix(socket) : Wire.tcp(SITES.get(variant).uri());
    }

    private static Answer ask(Variant variant, String method, String target, String... fields) throws IOException {
        try (Wire wire = open(variant)) {
            return wire.request(method, target, fields).answer(method.equals("HEAD"));
        }
    }

    private static Answer get(Variant variant, String target, String... fields) throws IOException {
        return ask(variant, "GET", target, fields);
    }

    private static byte[] file(String name) throws IOException {
        return Files.readAllBytes(directory.resolve("files").resolve(name));
    }

    @ParameterizedTest
    @EnumSource
    void a01StrongEntityTag(Variant variant) throws IOException {
        String tag = get(variant, "/app.js").first("ETag");
        assertNotNull(tag);
        assertTrue(tag.matches("\"[^\"]+\""), tag);
        assertEquals(tag, get(variant, "/app.js").first("ETag"));
        assertNotEquals(tag, get(variant, "/large.bin").first("ETag"));
    }

    @ParameterizedTest
    @EnumSource
    void a02ConditionsGive304(Variant variant) throws IOException {
        Answer whole = get(variant, "/app.js");
        assertEquals(TestSite.MODIFIED, whole.first("Last-Modified"));
        assertEquals(304, get(variant, "/app.js", "If-Modified-Since: " + TestSite.MODIFIED).status());
        assertEquals(304, get(variant, "/app.js", "If-None-Match: " + whole.first("ETag")).status());
        assertEquals(304, get(variant, "/app.js", "If-None-Match: \"x\", W/" + whole.first("ETag")).status());
        assertEquals(200, get(variant, "/app.js", "If-None-Match: \"x\"").status());
        String since = "If-Modified-Since: " + TestSite.MODIFIED;
        assertEquals(200, get(variant, "/app.js", "If-None-Match: \"x\"", since).status());
    }

    @ParameterizedTest
    @EnumSource
    void a03RangesGive206(Variant variant) throws IOException {
        byte[] large = file("large.bin");
        Answer part = get(variant, "/large.bin", "Range: bytes=1000-1999");
        assertEquals(206, part.status());
        assertEquals("bytes 1000-1999/" + large.length, part.first("Content-Range"));
        assertArrayEquals(Arrays.copyOfRange(large, 1000, 2000), part.body());
        assertEquals(416, get(variant, "/large.bin", "Range: bytes=" + large.length + "-").status());
        assertArrayEquals(large, get(variant, "/large.bin").body());
        Answer several = get(variant, "/large.bin", "Range: bytes=0-1,5000-5001");
        assertEquals(206, several.status());
        assertTrue(several.first("Content-Type").startsWith("multipart/byteranges"), several.first("Content-Type"));
    }

    @ParameterizedTest
    @EnumSource
    void a04CompressedSiblings(Variant variant) throws IOException {
        byte[] zipped = file("app.js.gz");
        Answer plain = get(variant, "/app.js");
        Answer gzip = get(variant, "/app.js", "Accept-Encoding: gzip");
        assertNull(plain.first("Content-Encoding"));
        assertArrayEquals(file("app.js"), plain.body());
        assertEquals("gzip", gzip.first("Content-Encoding"));
        assertEquals(Integer.toString(zipped.length), gzip.first("Content-Length"));
        assertArrayEquals(zipped, gzip.body());
        assertNotEquals(plain.first("ETag"), gzip.first("ETag"));
        assertEquals(plain.first("Content-Type"), gzip.first("Content-Type"));
        assertEquals("Accept-Encoding", plain.first("Vary"));
        assertEquals("Accept-Encoding", gzip.first("Vary"));
        Answer part = get(variant, "/app.js", "Accept-Encoding: gzip", "Range: bytes=0-4");
        assertEquals("bytes 0-4/" + zipped.length, part.first("Content-Range"));
        assertArrayEquals(Arrays.copyOf(zipped, 5), part.body());
    }

    @ParameterizedTest
    @EnumSource
    void a05NoListing(Variant variant) throws IOException {
        try (Wire wire = open(variant)) {
            Answer answer = wire.get("/sub/none/").answer();
            assertEquals(404, answer.status());
            assertFalse(wire.get("/sub/").answer().text().contains("caf"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void a06HeadHasTheLength(Variant variant) throws IOException {
        Answer head = ask(variant, "HEAD", "/app.js");
        assertEquals(200, head.status());
        assertEquals(Integer.toString(file("app.js").length), head.first("Content-Length"));
        assertEquals(get(variant, "/app.js").first("ETag"), head.first("ETag"));
    }

    @ParameterizedTest
    @EnumSource
    void a07OtherMethodsAre405(Variant variant) throws IOException {
        for (String method : List.of("DELETE", "PUT", "PATCH")) {
            Answer answer = ask(variant, method, "/app.js", "Content-Length: 0");
            assertEquals(405, answer.status());
            String allow = answer.first("Allow");
            assertNotNull(allow);
            assertTrue(allow.contains("GET") && allow.contains("HEAD"), allow);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a08NoWayOut(Variant variant) throws IOException {
        Files.writeString(directory.resolve("secret.txt"), "secret");
        for (String target : List.of(
                "/../secret.txt",
                "/sub/../../secret.txt",
                "/%2e%2e/secret.txt",
                "/sub/%2E%2e/%2e%2E/secret.txt",
                "/..%2fsecret.txt",
                "/..%5csecret.txt",
                "/..\\secret.txt",
                "/%252e%252e/secret.txt",
                "/sub/..;/..;/secret.txt",
                "/%c0%ae%c0%ae/secret.txt",
                "//../secret.txt",
                "/./../secret.txt",
                "/sub%00/../../secret.txt",
                "/.hidden",
                "/WEB-INF/web.xml",
                "/%57EB-INF/web.xml")) {
            try (Wire wire = open(variant)) {
                Answer answer = wire.get(target).answer();
                assertTrue(answer.status() == 400 || answer.status() == 404, target + " gives " + answer.statusLine());
                assertFalse(answer.text().contains("secret\n") || answer.text().contains("hidden\n"), target);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a09Types(Variant variant) throws IOException {
        Map<String, String> types = Map.of(
                "mjs", "text/javascript",
                "wasm", "application/wasm",
                "woff2", "font/woff2",
                "json", "application/json",
                "svg", "image/svg+xml",
                "webp", "image/webp",
                "avif", "image/avif",
                "css", "text/css",
                "txt", "text/plain",
                "html", "text/html");
        for (Map.Entry<String, String> type : types.entrySet()) {
            String found = get(variant, "/type." + type.getKey()).first("Content-Type");
            assertNotNull(found);
            assertEquals(type.getValue(), found.replaceAll(";.*", ""), type.getKey());
            if (found.startsWith("text/")) {
                assertTrue(found.toLowerCase(Locale.ROOT).contains("charset=utf-8"), found);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a10NotModifiedIsClean(Variant variant) throws IOException {
        try (Wire wire = open(variant)) {
            Answer whole = wire.get("/app.js").answer();
            Answer answer = wire.get("/app.js", "If-None-Match: " + whole.first("ETag")).answer();
            assertEquals(304, answer.status());
            assertFalse(answer.has("Content-Length") || answer.has("Content-Type") || answer.has("Transfer-Encoding"));
            assertEquals(whole.first("ETag"), answer.first("ETag"));
            assertEquals(whole.first("Vary"), answer.first("Vary"));
            assertEquals(200, wire.get("/app.js").answer().status());
        }
    }

    @ParameterizedTest
    @EnumSource
    void a11DirectoriesRedirect(Variant variant) throws IOException {
        Answer answer = get(variant, "/sub?a=b");
        assertEquals(301, answer.status());
        String location = answer.first("Location");
        assertNotNull(location);
        assertTrue(location.endsWith("/sub/?a=b"), location);
        assertEquals(200, get(variant, "/sub/").status());
    }
}
