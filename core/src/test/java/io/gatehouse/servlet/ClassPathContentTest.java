/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 4.6: {@code getResource} and its kind over jars, directories and several of both. */
@ExtendWith(Undeploy.class)
final class ClassPathContentTest {

    private static final String ROOT = "META-INF/resources/";

    @TempDir
    Path directory;

    private final List<URLClassLoader> loaders = new ArrayList<>();
    private ServletContext context;
    private ServletApplication app;

    @BeforeEach
    void deploy() throws Exception {
        Path first = jar("first.jar", ROOT, "META-INF/", ROOT + "index.html=first", ROOT + "both.txt=of the first",
                ROOT + "lib/", ROOT + "lib/a.js=alert(1)", ROOT + "lib/deep/", ROOT + "lib/deep/x.css=x",
                ROOT + "WEB-INF/secret.txt=secret", ROOT + "a b.txt=blank", ROOT + "\u00e4.txt=umlaut", "outside.txt=no");
        // As some tools make them: no entries for directories.
        Path second = jar("second.jar", ROOT + "both.txt=of the second", ROOT + "lib/b.js=alert(2)",
                ROOT + "only/second.txt=second", ROOT + "empty.txt=");
        Path third = Files.createDirectories(directory.resolve("classes"));
        Files.createDirectories(third.resolve(ROOT + "lib/empty"));
        Files.writeString(third.resolve(ROOT + "lib/c.js"), "alert(3)");
        Files.writeString(third.resolve(ROOT + "both.txt"), "of the directory");
        Files.writeString(third.resolve(ROOT + "file.txt"), "file");
        ClassLoader loader = loader(first, second, third);
        app = Servlets.deployed(ServletApplication.builder().classLoader(loader).resources(Resources.classPath(loader)));
        context = app.context();
    }

    @AfterEach
    void close() throws IOException {
        for (URLClassLoader loader : loaders) {
            loader.close();
        }
    }

    private ClassLoader loader(Path... places) throws Exception {
        URL[] urls = new URL[places.length];
        for (int i = 0; i < urls.length; i++) {
            urls[i] = places[i].toUri().toURL();
        }
        URLClassLoader loader = new URLClassLoader(urls, null);
        loaders.add(loader);
        return loader;
    }

    /** A jar with these entries: a name, or a name, an equals sign and the content. */
    private Path jar(String name, String... entries) throws IOException {
        Path jar = directory.resolve(name);
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (String entry : entries) {
                int equals = entry.indexOf('=');
                out.putNextEntry(new ZipEntry(equals < 0 ? entry : entry.substring(0, equals)));
                if (equals >= 0) {
                    out.write(entry.substring(equals + 1).getBytes(StandardCharsets.UTF_8));
                }
                out.closeEntry();
            }
        }
        return jar;
    }

    private static String read(InputStream in) throws IOException {
        assertNotNull(in);
        try (in) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest(name = "{0} is ''{1}''")
    @CsvSource({"/index.html, first", "/both.txt, of the first", "/lib/a.js, alert(1)", "/lib/b.js, alert(2)",
        "/lib/c.js, alert(3)", "/lib/deep/x.css, x", "/only/second.txt, second", "/file.txt, file", "/empty.txt, ''",
        "/a b.txt, blank", "/\u00e4.txt, umlaut", "/lib/../index.html, first", "/lib/./deep/../a.js, alert(1)",
        "//index.html, first", "/WEB-INF/secret.txt, secret"})
    void content(String path, String expected) throws Exception {
        assertEquals(expected, read(context.getResourceAsStream(path)));
        URL url = context.getResource(path);
        assertNotNull(url);
        assertEquals(expected, read(url.openStream()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nowhere", "/outside.txt", "/../outside.txt", "/../../outside.txt", "/lib/a.js/", "/index.html/x",
        "/INDEX.HTML", "/lib/d.js", "/..", "/lib/../../outside.txt"})
    @DisplayName("what is not there, or lies outside, is null")
    void nothing(String path) throws Exception {
        assertNull(context.getResource(path));
        assertNull(context.getResourceAsStream(path));
        assertNull(context.getResourcePaths(path));
        assertNull(context.getRealPath(path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"index.html", "", "lib", "./index.html", "http://x/"})
    @DisplayName("a path that does not begin with a slash: an exception or null, as each method says")
    void relative(String path) {
        assertThrows(MalformedURLException.class, () -> context.getResource(path));
        assertThrows(MalformedURLException.class, () -> context.getResource(null));
        assertNull(context.getResourceAsStream(path));
        assertNull(context.getResourceAsStream(null));
        assertNull(context.getResourcePaths(path));
        assertNull(context.getResourcePaths(null));
        assertNull(context.getRealPath(null));
    }

    @Test
    @DisplayName("getResourcePaths joins what lies in one directory of all places, directories with a slash")
    void listings() {
        assertEquals(Set.of("/index.html", "/both.txt", "/lib/", "/WEB-INF/", "/a b.txt", "/\u00e4.txt",
                "/file.txt"), context.getResourcePaths("/"));
        Set<String> lib = Set.of("/lib/a.js", "/lib/c.js", "/lib/deep/", "/lib/empty/");
        assertEquals(lib, context.getResourcePaths("/lib"));
        assertEquals(lib, context.getResourcePaths("/lib/"));
        assertEquals(Set.of("/lib/deep/x.css"), context.getResourcePaths("/lib/deep"));
        assertNull(context.getResourcePaths("/index.html"));
        assertNull(context.getResourcePaths("/only"), "a jar without entries for directories has none");
    }

    @Test
    @DisplayName("every path that is listed can be listed or read in turn")
    void walk() throws Exception {
        List<String> files = new ArrayList<>();
        List<String> todo = new ArrayList<>(List.of("/"));
        while (!todo.isEmpty()) {
            for (String path : context.getResourcePaths(todo.remove(0))) {
                if (path.endsWith("/")) {
                    assertNull(context.getResourceAsStream(path), path);
                    todo.add(path);
                } else {
                    read(context.getResourceAsStream(path));
                    files.add(path);
                }
            }
            todo.removeIf(path -> context.getResourcePaths(path) == null || context.getResourcePaths(path).isEmpty());
        }
        assertEquals(8, files.size(), files.toString());
    }

    @Test
    @DisplayName("getRealPath: files of a directory have one, those in jars have none")
    void realPaths() {
        assertEquals(directory.resolve("classes/" + ROOT + "file.txt").toString(), context.getRealPath("/file.txt"));
        assertEquals(directory.resolve("classes/" + ROOT + "file.txt").toString(), context.getRealPath("file.txt"));
        assertNull(context.getRealPath("/index.html"));
        assertNull(context.getRealPath("/both.txt"), "the jar's comes first");
    }

    @ParameterizedTest(name = "GET {0} is answered {1} {2}")
    @CsvSource(nullValues = "-", value = {
        "/index.html, 200, first", "/, 200, first", "/lib/a.js, 200, alert(1)", "/lib/c.js, 200, alert(3)",
        "/a%20b.txt, 200, blank", "/%C3%A4.txt, 200, umlaut", "/lib, 301, ''", "/lib/, 404, -", "/none, 404, -",
        "/WEB-INF/secret.txt, 404, -", "/web-inf/secret.txt, 404, -", "/only, 404, -", "/only/second.txt, 200, second", "/empty.txt, 200, ''",
    })
    void served(String path, int status, String text) throws Exception {
        MemoryResponse got = Call.get(app, path);
        assertEquals(status, got.status(), got.text());
        if (text != null) {
            assertEquals(text, got.text());
            assertEquals("" + got.bytes().length, got.header("Content-Length"));
        }
        if (status == 200) {
            assertNotNull(got.header("ETag"));
            assertEquals(304, Call.of(app, "GET", path).field("If-None-Match", got.header("ETag")).send().status());
        }
    }

    @Test
    @DisplayName("files of jars have their types, and HEAD their length")
    void types() throws Exception {
        assertEquals("text/javascript;charset=utf-8", Call.get(app, "/lib/a.js").header("Content-Type"));
        assertEquals("text/css;charset=utf-8", Call.get(app, "/lib/deep/x.css").header("Content-Type"));
        MemoryResponse head = Call.of(app, "HEAD", "/lib/a.js").send();
        assertEquals("8", head.header("Content-Length"));
        assertEquals("", head.text());
        assertNotNull(head.header("Last-Modified"));
    }

    @Test
    @DisplayName("layers: a directory before the class path hides what lies behind it, file by file")
    void layered() throws Exception {
        Path web = Files.createDirectories(directory.resolve("web/lib"));
        Files.writeString(web.resolve("a.js"), "mine");
        Files.writeString(web.resolve("z.js"), "mine, too");
        ServletApplication layers = Servlets.deployed(ServletApplication.builder().resources(
                Resources.layered(Resources.directory(web.getParent()), Resources.classPath(loaders.get(0)))));
        ServletContext both = layers.context();
        assertEquals("mine", read(both.getResourceAsStream("/lib/a.js")));
        assertEquals("alert(2)", read(both.getResourceAsStream("/lib/b.js")));
        assertEquals(Set.of("/lib/a.js", "/lib/c.js", "/lib/z.js", "/lib/deep/", "/lib/empty/"),
                both.getResourcePaths("/lib"));
        assertEquals(web.resolve("a.js").toString(), both.getRealPath("/lib/a.js"));
        assertNull(both.getRealPath("/lib/b.js"));
        assertEquals("mine", Call.get(layers, "/lib/a.js").text());
        assertEquals("first", Call.get(layers, "/").text(), "the welcome file of the second layer");
    }

    @Test
    @DisplayName("another folder of the class path than META-INF/resources")
    void folder() throws Exception {
        ClassLoader loader = loader(jar("static.jar", "static/", "static/y/", "static/x.txt=x", "static/y/z.txt=z", "x.txt=not this"));
        for (String name : List.of("static", "/static", "static/", "/static/")) {
            Resources resources = Resources.classPath(loader, name);
            assertEquals("x", read(resources.getResourceAsStream("/x.txt")), name);
            assertEquals(Set.of("/x.txt", "/y/"), resources.getResourcePaths("/"));
            assertNull(resources.getResource("/z.txt"));
        }
    }

    @Test
    @DisplayName("a class path that holds nothing of it has no content, and the application lives")
    void empty() throws Exception {
        ClassLoader loader = loader();
        ServletApplication bare = Servlets.deployed(ServletApplication.builder().resources(Resources.classPath(loader)));
        assertNull(bare.context().getResourcePaths("/"));
        assertEquals(404, Call.get(bare, "/").status());
        assertFalse(bare.context().getResource("/x") != null);
        assertTrue(Resources.NONE.getResourcePaths("/") == null);
    }
}
