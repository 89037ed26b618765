/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 sections 4.6, 10.10 and 12.2: the default servlet, welcome files and resources. */
@ExtendWith(Undeploy.class)
final class StaticTableTest {

    private static final long MODIFIED = 784111777L;

    @TempDir
    Path root;

    @BeforeEach
    void content() throws Exception {
        Path file = root.resolve("page.html");
        Files.writeString(file, "<p>ü</p>");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000 * MODIFIED + 123));
        for (String directory : new String[] {"d/e", "WEB-INF/classes", "META-INF", "empty", "WEB-INFO"}) {
            Files.createDirectories(root.resolve(directory));
        }
        Files.writeString(root.resolve("d/index.html"), "index of d");
        Files.writeString(root.resolve("d/e/second.html"), "second of e");
        Files.writeString(root.resolve("WEB-INF/web.xml"), "secret");
        Files.writeString(root.resolve("META-INF/MANIFEST.MF"), "secret");
        Files.writeString(root.resolve("WEB-INFO/page.txt"), "no secret");
    }

    private ServletApplication app() throws Exception {
        return Servlets.deployed(ServletApplication.builder().resources(Resources.directory(root))
                .welcomeFiles("index.html", "second.html", "hello.do")
                .servlet("do", Servlets.servlet((q, r) -> r.getWriter().print("do " + q.getServletPath())), "*.do"));
    }

    @ParameterizedTest(name = "RFC 9110 section 13.2.2: {0}: {1} is answered {2}")
    @CsvSource(quoteCharacter = '`', value = {
        "If-None-Match, TAG, 304", "If-None-Match, W/TAG, 304", "If-None-Match, *, 304",
        "If-None-Match, `\"x\", TAG`, 304",
        "If-None-Match, \"x\", 200", "If-None-Match, x, 200", "If-None-Match, `\"x\" TAG`, 200",
        "If-Modified-Since, `Sun, 06 Nov 1994 08:49:37 GMT`, 304",
        "If-Modified-Since, `Sun, 06 Nov 1994 08:49:38 GMT`, 304",
        "If-Modified-Since, `Sun, 06 Nov 1994 08:49:36 GMT`, 200", "If-Modified-Since, yesterday, 200",
        "If-Modified-Since, Sun Nov  6 08:49:37 1994, 304", "If-Match, TAG, 200", "If-Match, *, 200",
        "If-Match, \"x\", 412", "If-Match, W/TAG, 412", "If-Match, `\"x\", TAG`, 200",
        "If-Unmodified-Since, `Sun, 06 Nov 1994 08:49:37 GMT`, 200",
        "If-Unmodified-Since, `Sun, 06 Nov 1994 08:49:36 GMT`, 412", "If-Unmodified-Since, tomorrow, 200",
    })
    void conditions(String name, String value, int status) throws Exception {
        ServletApplication app = app();
        String tag = Call.get(app, "/page.html").header("ETag");
        for (String method : new String[] {"GET", "HEAD"}) {
            MemoryResponse got = Call.of(app, method, "/page.html").field(name, value.replace("TAG", tag)).send();
            assertEquals(status, got.status(), method);
            if (status != 412) {
                assertEquals(tag, got.header("ETag"));
                assertEquals("Sun, 06 Nov 1994 08:49:37 GMT", got.header("Last-Modified"));
            }
            if (status == 200 && method.equals("GET")) {
                assertEquals("<p>ü</p>", got.text());
            } else if (status == 304) {
                assertEquals("", got.text());
                assertNull(got.header("Content-Length"));
            }
        }
    }

    @ParameterizedTest(name = "conditions together: {0}, {1}, {2}: {3}")
    @CsvSource(quoteCharacter = '`', nullValues = "-", value = {
        "-, TAG, `Sun, 06 Nov 1994 08:49:36 GMT`, 304", "-, \"x\", `Sun, 06 Nov 1994 08:49:37 GMT`, 200",
        "\"x\", TAG, -, 412", "TAG, TAG, -, 304", "TAG, \"x\", -, 200"})
    void together(String match, String noneMatch, String since, int status) throws Exception {
        ServletApplication app = app();
        String tag = Call.get(app, "/page.html").header("ETag");
        Call call = Call.of(app, "GET", "/page.html");
        if (match != null) {
            call.field("If-Match", match.replace("TAG", tag));
        }
        call.field("If-None-Match", noneMatch.replace("TAG", tag));
        if (since != null) {
            call.field("If-Modified-Since", since);
        }
        assertEquals(status, call.send().status());
    }

    @ParameterizedTest(name = "10.5, 12.2: {0} is answered {1} {2}")
    @CsvSource(nullValues = "-", value = {
        "/page.html, 200, <p>ü</p>", "/none, 404, -", "/page.html/, 200, do /page.html/hello.do",
        "/d, 301, -", "/d/, 200, index of d",
        "/d/e/, 200, second of e", "/d/e, 301, -", "/empty/, 200, do /empty/hello.do", "/WEB-INF/web.xml, 404, -",
        "/web-inf/web.xml, 404, -", "/WEB-INF, 404, -", "/WEB-INF/, 404, -", "/META-INF/MANIFEST.MF, 404, -",
        "/Meta-Inf/, 404, -", "/WEB-INFO/page.txt, 200, no secret", "/, 200, do /hello.do",
        "/PAGE.HTML, 404, -",
    })
    void paths(String path, int status, String text) throws Exception {
        MemoryResponse got = Call.get(app(), path);
        assertEquals(status, got.status());
        if (text != null) {
            assertEquals(text, got.text());
        }
        if (status == 301) {
            assertEquals("http://www.example.org" + path + "/", got.header("Location"));
        }
    }

    @ParameterizedTest(name = "12.2: {0} of a file is answered {1}")
    @CsvSource({"GET, 200", "HEAD, 200", "POST, 405", "PUT, 405", "DELETE, 405", "OPTIONS, 200", "PATCH, 405",
        "BREW, 501"})
    void methods(String method, int status) throws Exception {
        MemoryResponse got = Call.of(app(), method, "/page.html").send();
        assertEquals(status, got.status());
        if (method.equals("OPTIONS")) {
            assertTrue(got.header("Allow").contains("GET"));
        }
        if (method.equals("HEAD")) {
            assertEquals("9", got.header("Content-Length"));
            assertEquals("", got.text());
        }
    }

    @Test
    @DisplayName("a tag changes with the content; a large file comes whole")
    void tags() throws Exception {
        ServletApplication app = app();
        String before = Call.get(app, "/page.html").header("ETag");
        byte[] large = new byte[300_000];
        new Random(3).nextBytes(large);
        Files.write(root.resolve("page.html"), large);
        MemoryResponse got = Call.get(app, "/page.html");
        assertNotEquals(before, got.header("ETag"));
        assertArrayEquals(large, got.bytes());
        assertEquals("300000", got.header("Content-Length"));
        Files.delete(root.resolve("page.html"));
        assertEquals(404, Call.get(app, "/page.html").status());
    }

    @ParameterizedTest(name = "4.6: getResource of {0}")
    @CsvSource({"/page.html, true", "/d, true", "/d/, true", "/page.html/, false", "/none, false", "/../x, false",
        "/d/../page.html, true", "/d/../../page.html, false", "/./page.html, true", "//page.html, true",
        "/WEB-INF/web.xml, true", "/, true"})
    void resources(String path, boolean found) throws Exception {
        ServletApplication app = app();
        assertEquals(found, app.context().getResource(path) != null);
        boolean file = found && path.endsWith("html") || path.endsWith("xml");
        try (var stream = app.context().getResourceAsStream(path)) {
            assertEquals(file, stream != null);
        }
        assertEquals(found, app.context().getRealPath(path) != null && Files.exists(
                Path.of(app.context().getRealPath(path))) && !path.equals("/page.html/"));
    }

    @ParameterizedTest(name = "4.6: the resource {0} is no path")
    @ValueSource(strings = {"page.html", "", "x/y", "\\page.html"})
    void notAPath(String path) throws Exception {
        ServletApplication app = app();
        assertThrows(MalformedURLException.class, () -> app.context().getResource(path));
        assertNull(app.context().getResourceAsStream(path));
        assertNull(app.context().getResourcePaths(path));
    }

    @Test
    @DisplayName("4.6: getResourcePaths lists what lies directly there, directories with a slash")
    void listings() throws Exception {
        ServletApplication app = app();
        assertEquals(Set.of("/page.html", "/d/", "/WEB-INF/", "/META-INF/", "/empty/", "/WEB-INFO/"),
                app.context().getResourcePaths("/"));
        assertEquals(Set.of("/d/e/", "/d/index.html"), app.context().getResourcePaths("/d"));
        assertEquals(Set.of(), app.context().getResourcePaths("/empty/"));
        assertNull(app.context().getResourcePaths("/page.html"));
        assertNull(app.context().getResourcePaths("/none"));
        assertNull(app.context().getResourcePaths(null));
    }

    @Test
    @DisplayName("9.3: a file that is included by a page of text is text, and sends no 304")
    void included() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().resources(Resources.directory(root))
                .servlet("s", Servlets.servlet((q, r) -> {
                    r.setContentType("text/html;charset=UTF-8");
                    r.getWriter().print("[");
                    q.getRequestDispatcher("/page.html").include(q, r);
                    r.getWriter().print("]");
                }), "/s"));
        String tag = Call.get(app, "/page.html").header("ETag");
        MemoryResponse got = Call.of(app, "GET", "/s").field("If-None-Match", tag).send();
        assertEquals("[<p>ü</p>]", got.text());
        assertNull(got.header("ETag"));
        assertArrayEquals("[<p>ü</p>]".getBytes(StandardCharsets.UTF_8), got.bytes());
        assertFalse(got.headers("Content-Type").isEmpty());
    }
}
