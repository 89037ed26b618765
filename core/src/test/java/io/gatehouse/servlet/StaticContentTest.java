/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletContext;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 sections 4.6, 10.5, 10.10 and 12.2: resources, welcome files and the default servlet. */
@ExtendWith(Undeploy.class)
final class StaticContentTest {

    @TempDir
    Path root;

    @BeforeEach
    void content() throws IOException {
        Files.createDirectories(root.resolve("sub/deep"));
        Files.createDirectories(root.resolve("WEB-INF/classes"));
        Files.createDirectories(root.resolve("empty"));
        Files.writeString(root.resolve("index.html"), "<p>home ü</p>");
        Files.writeString(root.resolve("a b.txt"), "text");
        Files.writeString(root.resolve("sub/index.html"), "sub");
        Files.write(root.resolve("sub/deep/x.png"), new byte[] {1, 2, 3});
        Files.writeString(root.resolve("WEB-INF/web.xml"), "secret");
    }

    private ServletApplication app(Consumer<ServletApplicationBuilder> with) throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder().resources(Resources.directory(root));
        with.accept(builder);
        return Servlets.deployed(builder);
    }

    @Test
    @DisplayName("12.2: files with type, length, ETag and date")
    void files() throws Exception {
        ServletApplication app = app(b -> b.mimeType("PNG", "image/x-mine"));
        MemoryResponse html = Call.get(app, "/index.html");
        assertEquals("<p>home ü</p>", html.text());
        assertEquals("text/html;charset=utf-8", html.header("Content-Type"));
        assertEquals("14", html.header("Content-Length"));
        assertTrue(html.header("ETag").startsWith("\""));
        assertNotNull(html.header("Last-Modified"));
        assertEquals("text", Call.get(app, "/a%20b.txt").text());
        MemoryResponse png = Call.get(app, "/sub/deep/x.png");
        assertEquals("image/x-mine", png.header("Content-Type"));
        assertEquals(3, png.bytes().length);
        MemoryResponse head = Call.of(app, "HEAD", "/index.html").send();
        assertEquals("14", head.header("Content-Length"));
        assertEquals("", head.text());
        MemoryResponse post = Call.of(app, "POST", "/index.html").send();
        assertEquals(405, post.status());
    }

    @Test
    @DisplayName("12.2: conditions: If-None-Match before If-Modified-Since, a clean 304")
    void conditions() throws Exception {
        ServletApplication app = app(b -> {});
        MemoryResponse full = Call.get(app, "/index.html");
        String tag = full.header("ETag");
        String date = full.header("Last-Modified");
        for (String match : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
            MemoryResponse got = Call.of(app, "GET", "/index.html").field("If-None-Match", match).send();
            assertEquals(304, got.status(), match);
            assertEquals("", got.text());
            assertNull(got.header("Content-Length"));
            assertNull(got.header("Content-Type"));
            assertEquals(tag, got.header("ETag"));
        }
        assertEquals(200, Call.of(app, "GET", "/index.html").field("If-None-Match", "\"x\"")
                .field("If-Modified-Since", date).send().status());
        assertEquals(304, Call.of(app, "GET", "/index.html").field("If-Modified-Since", date).send().status());
        assertEquals(200, Call.of(app, "GET", "/index.html")
                .field("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT").send().status());
        assertEquals(200, Call.of(app, "GET", "/index.html").field("If-Modified-Since", "nonsense").send().status());
    }

    @ParameterizedTest(name = "10.5: {0} does not exist")
    @ValueSource(strings = {
        "/WEB-INF/web.xml", "/WEB-INF/", "/WEB-INF", "/web-inf/web.xml", "/META-INF/x", "/WEB-INF/classes/",
        "/nothing", "/empty/", "/index.html/", "/sub/nothing",
    })
    void hidden(String path) throws Exception {
        assertEquals(404, Call.get(app(b -> {}), path).status());
    }

    @ParameterizedTest(name = "10.5: {0} does not exist for a peer, though a servlet's pattern leads there")
    @ValueSource(strings = {
        "/WEB-INF/page.x", "/WEB-INF/view", "/web-inf/page.x", "/META-INF/page.x", "/WEB-INF/../WEB-INF/page.x",
        "/Web-Inf;a=b/page.x",
    })
    void hiddenFromServlets(String path) throws Exception {
        ServletApplication app = app(b -> b
                .servlet("pages", Servlets.text("page"), "*.x", "/WEB-INF/view")
                .servlet("error", Servlets.text("error page"), "/error")
                .errorPage(404, "/error"));
        MemoryResponse answer = Call.get(app, path);
        assertEquals("404 error page", answer.status() + " " + answer.text());
        assertEquals("page", Call.get(app, "/WEB-INFO/page.x").text());
    }

    @Test
    @DisplayName("10.5: the application itself reaches WEB-INF, and can forward to a servlet there")
    void webInfInside() throws Exception {
        ServletApplication app = app(b -> b.servlet("s", Servlets.servlet((q, r) -> {
            assertNotNull(q.getServletContext().getResource("/WEB-INF/web.xml"));
            q.getRequestDispatcher("/WEB-INF/view").forward(q, r);
        }), "/s").servlet("view", Servlets.text("view"), "/WEB-INF/view"));
        assertEquals("view", Call.get(app, "/s").text());
    }

    @Test
    @DisplayName("10.10: welcome files; a directory without its slash is sent there")
    void welcome() throws Exception {
        ServletApplication app = app(b -> b.welcomeFiles("index.jsp", "index.html"));
        assertEquals("sub", Call.get(app, "/sub/").text());
        assertEquals("<p>home ü</p>", Call.get(app, "/").text());
        MemoryResponse redirect = Call.get(app, "/sub?a=b");
        assertEquals(301, redirect.status());
        assertEquals("http://www.example.org/sub/?a=b", redirect.header("Location"));
        assertEquals(404, Call.get(app, "/sub/deep/").status());
    }

    @ParameterizedTest(name = "a directory asked for as {0} leads to this host")
    @ValueSource(strings = {"//evil.example/../sub", "//sub", "/./sub", "/x/..//sub"})
    void redirectsStayHere(String target) throws Exception {
        MemoryResponse redirect = Call.of(app(b -> {}), "GET", target).path("/sub").send();
        assertEquals("301 http://www.example.org/sub/", redirect.status() + " " + redirect.header("Location"));
        ServletApplication shop = app(b -> b.contextPath("/sub"));
        MemoryResponse slash = Call.of(shop, "GET", target).path("/sub").send();
        assertEquals("302 /sub/", slash.status() + " " + slash.header("Location"));
    }

    @Test
    @DisplayName("10.10: a servlet as welcome file, if no file is there; it sees the welcome path")
    void welcomeServlet() throws Exception {
        ServletApplication app = app(b -> b.welcomeFiles("start.do", "index.html")
                .servlet("do", Servlets.servlet((q, r) -> r.getWriter().print(q.getServletPath() + " "
                        + q.getDispatcherType() + " " + q.getRequestURI())), "*.do"));
        assertEquals("sub", Call.get(app, "/sub/").text());
        assertEquals("/empty/start.do REQUEST /empty/", Call.get(app, "/empty/").text());
    }

    @Test
    @DisplayName("9.3: static content included in text and in bytes; missing content fails the include")
    void includes() throws Exception {
        ServletApplication app = app(b -> b.servlet("s", Servlets.servlet((q, r) -> {
            r.setCharacterEncoding("UTF-8");
            if (q.getParameter("text") != null) {
                r.getWriter().print("[");
            } else {
                r.getOutputStream().print("[");
            }
            q.getRequestDispatcher("/index.html").include(q, r);
            assertThrows(FileNotFoundException.class, () -> q.getRequestDispatcher("/gone").include(q, r));
        }), "/s"));
        assertEquals("[<p>home ü</p>", Call.get(app, "/s").text());
        assertEquals("[<p>home ü</p>", Call.get(app, "/s?text").text());
    }

    @Test
    @DisplayName("4.6: resources of a directory: URLs, streams, listings, real paths; nothing outside")
    void directory() throws Exception {
        ServletContext context = app(b -> {}).context();
        assertNotNull(context.getResource("/index.html"));
        assertNull(context.getResource("/gone"));
        assertNull(context.getResource("/../x"));
        assertThrows(MalformedURLException.class, () -> context.getResource("index.html"));
        assertEquals("sub", new String(context.getResourceAsStream("/sub/index.html").readAllBytes(),
                StandardCharsets.UTF_8));
        assertNull(context.getResourceAsStream("/sub"));
        assertNull(context.getResourceAsStream("/gone"));
        assertNull(context.getResourceAsStream("relative"));
        assertEquals(Set.of("/sub/deep/", "/sub/index.html"), context.getResourcePaths("/sub"));
        assertEquals(Set.of("/sub/deep/", "/sub/index.html"), context.getResourcePaths("/sub/"));
        assertEquals(Set.of("/index.html", "/a b.txt", "/sub/", "/WEB-INF/", "/empty/"), context.getResourcePaths("/"));
        assertEquals(Set.of(), context.getResourcePaths("/empty"));
        assertNull(context.getResourcePaths("/gone"));
        assertNull(context.getResourcePaths("/index.html"));
        assertNull(context.getResourcePaths("relative"));
        assertEquals(root.toRealPath().resolve("index.html").toString(), context.getRealPath("/index.html"));
        assertEquals(root.toRealPath().resolve("index.html").toString(), context.getRealPath("index.html"));
        assertEquals(root.toRealPath().resolve("new.txt").toString(), context.getRealPath("/new.txt"));
        assertNull(context.getRealPath("/../x"));
        assertThrows(IllegalArgumentException.class, () -> Resources.directory(root.resolve("gone")));
        assertThrows(IllegalArgumentException.class, () -> Resources.directory(root.resolve("index.html")));
    }

    @Test
    @DisplayName("4.6: a link that leads out of the directory does not exist")
    void links(@TempDir Path outside) throws Exception {
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createSymbolicLink(root.resolve("out"), outside);
        Files.createSymbolicLink(root.resolve("in"), root.resolve("sub"));
        ServletApplication app = app(b -> {});
        assertEquals(404, Call.get(app, "/out/secret").status());
        assertNull(app.context().getRealPath("/out/secret"));
        assertEquals("sub", Call.get(app, "/in/index.html").text());
    }

    @Test
    @DisplayName("4.6: META-INF/resources of jars and directories of the class path, the first one wins")
    void classPath(@TempDir Path work) throws Exception {
        Path jar = work.resolve("lib.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (String name : List.of("META-INF/resources/", "META-INF/resources/ui/", "META-INF/resources/ui/js/")) {
                out.putNextEntry(new JarEntry(name));
                out.closeEntry();
            }
            for (String name : List.of("META-INF/resources/ui/index.html", "META-INF/resources/ui/js/a.js", "Other")) {
                out.putNextEntry(new JarEntry(name));
                out.write(("jar " + name.length()).getBytes(StandardCharsets.UTF_8));
                out.closeEntry();
            }
        }
        Path classes = Files.createDirectories(work.resolve("classes/META-INF/resources/ui"));
        Files.writeString(classes.resolve("index.html"), "directory");
        try (URLClassLoader loader = new URLClassLoader(
                new URL[] {work.resolve("classes").toUri().toURL(), jar.toUri().toURL()}, null)) {
            Resources content = Resources.layered(Resources.directory(root), Resources.classPath(loader));
            ServletApplication app = Servlets.deployed(ServletApplication.builder().resources(content));
            assertEquals("directory", Call.get(app, "/ui/index.html").text());
            assertEquals("directory", Call.get(app, "/ui/").text());
            MemoryResponse script = Call.get(app, "/ui/js/a.js");
            assertEquals("jar 29", script.text());
            assertEquals("text/javascript;charset=utf-8", script.header("Content-Type"));
            assertEquals("6", script.header("Content-Length"));
            assertEquals(304, Call.of(app, "GET", "/ui/js/a.js").field("If-None-Match", script.header("ETag")).send()
                    .status());
            assertEquals(404, Call.get(app, "/Other").status());
            assertEquals(404, Call.get(app, "/ui/js/").status());
            assertEquals(Set.of("/ui/index.html", "/ui/js/"), app.context().getResourcePaths("/ui/"));
            assertEquals(Set.of("/ui/js/a.js"), app.context().getResourcePaths("/ui/js"));
            assertNull(app.context().getRealPath("/ui/js/a.js"));
            assertTrue(app.context().getResourcePaths("/").contains("/ui/"));
            assertTrue(app.context().getResourcePaths("/").contains("/sub/"));
            assertFalse(app.context().getResource("/ui/js/a.js").toString().isEmpty());
        }
    }
}
