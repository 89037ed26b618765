/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.MultipartConfig;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 3.2: file upload. */
@ExtendWith(Undeploy.class)
final class MultipartTest {

    @TempDir
    Path directory;

    private final List<Path> seen = new ArrayList<>();

    private static String part(String headers, String content) {
        return "--B\r\n" + headers + "\r\n\r\n" + content + "\r\n";
    }

    private static String field(String name, String value) {
        return part("Content-Disposition: form-data; name=\"" + name + "\"", value);
    }

    private static String file(String name, String fileName, String content) {
        return part("Content-Disposition: form-data; name=\"" + name + "\"; filename=\"" + fileName + "\"\r\n"
                + "Content-Type: text/plain", content);
    }

    private ServletApplication app(MultipartConfigElement config, ServletLimits limits, Servlets.Action action)
            throws Exception {
        return Servlets.deployed(ServletApplication.builder().limits(limits).temporaryDirectory(directory)
                .servlet("s", Servlets.servlet(action), s -> s.setMultipartConfig(config), "/*"));
    }

    private ServletApplication app(Servlets.Action action) throws Exception {
        return app(new MultipartConfigElement(""), ServletLimits.DEFAULT, action);
    }

    private static Call post(ServletApplication app, String body) {
        return Call.of(app, "POST", "/?q=1").field("Content-Type", "multipart/form-data; boundary=B").body(body);
    }

    private static final Servlets.Action SHOW = (q, r) -> {
        r.setCharacterEncoding("UTF-8");
        for (Part part : q.getParts()) {
            r.getWriter().print("<" + part.getName() + "|" + part.getSubmittedFileName() + "|" + part.getSize() + "|"
                    + part.getContentType() + "|"
                    + new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8) + ">");
        }
    };

    private static final String TWO = field("a", "1") + file("f", "x.txt", "content") + "--B--\r\n";

    @Test
    @DisplayName("3.2: parts with names, types, sizes; fields are parameters behind those of the query")
    void parts() throws Exception {
        assertEquals("<a|null|1|null|1><f|x.txt|7|text/plain|content>", post(app(SHOW), TWO).send().text());
        assertEquals("1 [1] null 2", post(app((q, r) -> r.getWriter().print(q.getParameter("q") + " "
                + List.of(q.getParameterValues("a")) + " " + q.getParameter("f") + " " + q.getParts().size())),
                TWO).send().text());
        assertEquals("", post(app(SHOW), "--B--\r\n").send().text());
        assertEquals("<a|null|0|null|>", post(app(SHOW), field("a", "") + "--B--").send().text());
    }

    @Test
    @DisplayName("3.2: a body that was refused is refused again for the same reason, also where an error page asks")
    void refusedAgain() throws Exception {
        ServletApplication app = app(new MultipartConfigElement("", 3, -1, 0), ServletLimits.DEFAULT, (q, r) -> {
            IllegalStateException first = assertThrows(IllegalStateException.class, q::getParts);
            IllegalStateException second = assertThrows(IllegalStateException.class, () -> q.getPart("f"));
            assertEquals(first.getMessage(), second.getMessage());
            r.getWriter().print(first.getMessage().contains("maxFileSize"));
        });
        assertEquals("true", post(app, TWO).send().text());
    }

    @Test
    @DisplayName("the parser finds delimiters wherever the pieces are cut, and takes nothing for one that is none")
    void pieces() throws Exception {
        String tricky = "\r\n--\r\n--A\r\n-\r\r\n--b\r\n \r\n\r\n--";
        String body = "preamble\r\n" + file("f", "a", tricky) + file("g", "b", "x".repeat(20_000)) + "--B--epilogue";
        String expected = "<f|a|" + tricky.length() + "|text/plain|" + tricky + "><g|b|20000|text/plain|"
                + "x".repeat(20_000) + ">";
        for (int size : List.of(1, 2, 3, 5, 17, 8191, Integer.MAX_VALUE)) {
            assertEquals(expected, post(app(SHOW), body).pieces(size).chunked().send().text(), "pieces of " + size);
        }
    }

    @Test
    @DisplayName("part headers: any field, without case, in UTF-8; names with quotes and semicolons")
    void headers() throws Exception {
        String body = part("content-disposition: form-data; name=\"a;\\\"b\"; "
                + "filename=\"ü €.txt\"\r\nX-A: 1\r\nx-a:  2 ",
                "c") + "--B--\r\n";
        assertEquals("ok", post(app((q, r) -> {
            Part part = q.getPart("a;\"b");
            assertEquals("ü €.txt", part.getSubmittedFileName());
            assertEquals("1", part.getHeader("x-A"));
            assertEquals(List.of("1", "2"), List.copyOf(part.getHeaders("X-a")));
            assertTrue(part.getHeaderNames().contains("X-A"));
            assertNull(part.getHeader("none"));
            assertNull(q.getPart("none"));
            r.getWriter().print("ok");
        }), body).send().text());
    }

    @Test
    @DisplayName("3.2: past the threshold a part lies in a file, which goes at the end of the request")
    void threshold() throws Exception {
        MultipartConfigElement config = new MultipartConfigElement("", -1, -1, 5);
        ServletApplication app = app(config, ServletLimits.DEFAULT, (q, r) -> {
            q.getParts();
            try (Stream<Path> files = Files.list(directory)) {
                files.forEach(seen::add);
            }
            SHOW.run(q, r);
        });
        assertEquals("<a|x|5|text/plain|12345><b|y|6|text/plain|123456>",
                post(app, file("a", "x", "12345") + file("b", "y", "123456") + "--B--").send().text());
        assertEquals(1, seen.size());
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    @DisplayName("3.2: write keeps a part, from memory and from a file; delete removes it")
    void write() throws Exception {
        for (int threshold : List.of(0, 1_000)) {
            Path kept = directory.resolve("kept" + threshold);
            ServletApplication app = app(new MultipartConfigElement("", -1, -1, threshold), ServletLimits.DEFAULT,
                    (q, r) -> {
                        Part part = q.getPart("f");
                        part.write("kept" + threshold);
                        assertEquals("content", new String(part.getInputStream().readAllBytes(),
                                StandardCharsets.UTF_8));
                        part.write(directory.resolve("again" + threshold).toString());
                        q.getPart("a").delete();
                        assertThrows(IOException.class, () -> q.getPart("a").getInputStream());
                        assertThrows(IOException.class, () -> q.getPart("a").write("x"));
                    });
            assertEquals(200, post(app, TWO).send().status());
            assertEquals("content", Files.readString(kept));
            assertEquals("content", Files.readString(directory.resolve("again" + threshold)));
        }
    }

    @Test
    @DisplayName("limits: file size, request size, parts, part headers, parameters - each a refusal with its name")
    void limits() throws Exception {
        ServletLimits none = ServletLimits.DEFAULT;
        refused(413, "a part exceeds the size of 6 bytes: send less, or raise maxFileSize",
                app(new MultipartConfigElement("", 6, -1, 0), none, SHOW), TWO, false);
        refused(413, "maxRequestSize", app(new MultipartConfigElement("", -1, 50, 0), none, SHOW), TWO, false);
        refused(413, "exceeds the size of 50 bytes: send less, or raise maxRequestSize",
                app(new MultipartConfigElement("", -1, 50, 0), none, SHOW), TWO, true);
        MultipartConfigElement free = new MultipartConfigElement("");
        refused(413, "limit parts", app(free, none.withParts(1), SHOW), TWO, false);
        refused(400, "limit partHeaderBytes", app(free, none.withPartHeaderBytes(60), SHOW), TWO, false);
        refused(400, "limit parameters", app(free, none.withParameters(1), SHOW), TWO, false);
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count(), "a refused body leaves no files");
        }
    }

    private static void refused(int status, String word, ServletApplication app, String body, boolean chunked)
            throws Exception {
        Call call = post(app, body);
        MemoryResponse got = (chunked ? call.chunked() : call).send();
        assertEquals(status, got.status(), got.text());
        assertTrue(got.text().contains(word), got.text());
    }

    @ParameterizedTest(name = "malformed: {0}")
    @ValueSource(strings = {
        "", "no delimiter at all", "--B", "--Bx\r\n\r\n--B--", "--B\r\nContent-Disposition: form-data; name=a\r\n\r\nx",
        "--B\nContent-Disposition: form-data; name=a\n\nx\n--B--", "--B\r\nno colon\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n--B--",
        "--B\r\nContent-Disposition: other; name=a\r\n\r\nx\r\n--B--",
        "--B\r\n: x\r\n\r\nx\r\n--B--", "--B\r\n folded: x\r\n\r\nx\r\n--B--", "--B\r\nA: \u0001\r\n\r\nx\r\n--B--",
        "--B\r\nA: x\rB: y\r\n\r\nx\r\n--B--", "--B\r\n\r\nx\r\n--B--",
    })
    void malformed(String body) throws Exception {
        MemoryResponse got = post(app(SHOW), body).chunked().send();
        assertEquals(400, got.status(), got.text());
    }

    @Test
    @DisplayName("3.2: getParts without settings, for another type, or after the body was read")
    void wrongUse() throws Exception {
        ServletApplication plain = Servlets.app((q, r) ->
                r.getWriter().print(assertThrows(IllegalStateException.class, q::getParts).getMessage()));
        assertTrue(post(plain, TWO).send().text().contains("@MultipartConfig"));
        ServletApplication app = app((q, r) ->
                r.getWriter().print(assertThrows(ServletException.class, q::getParts).getMessage()));
        assertTrue(Call.of(app, "POST", "/").form("a=b").send().text().contains("Content-Type"));
        ServletApplication read = app((q, r) -> {
            q.getInputStream().read();
            r.getWriter().print(assertThrows(IllegalStateException.class, q::getParts).getMessage());
        });
        assertTrue(post(read, TWO).send().text().contains("read already"));
        ServletApplication noBoundary = app((q, r) -> q.getParts());
        assertEquals(400, Call.of(noBoundary, "POST", "/").field("Content-Type", "multipart/form-data").body("x").send()
                .status());
    }

    /** Says what it takes by its annotation. */
    @MultipartConfig(maxFileSize = 6)
    public static final class Annotated extends HttpServlet {
        @Override
        protected void doPost(HttpServletRequest q, HttpServletResponse r) throws ServletException, IOException {
            r.getWriter().print(q.getParts().size());
        }
    }

    @Test
    @DisplayName("15.3.3: @MultipartConfig of the class counts")
    void annotation() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet(Annotated.class, "/*"));
        assertEquals("1", post(app, field("a", "1") + "--B--").send().text());
        assertEquals(413, post(app, TWO).send().status());
    }

    @Test
    @DisplayName("fields are decoded by their own charset, else the request's, else as UTF-8")
    void fieldCharset() throws Exception {
        byte[] latin = (part("Content-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=ISO-8859-1",
                "ü") + "--B--").getBytes(StandardCharsets.ISO_8859_1);
        Servlets.Action show = (q, r) -> r.getOutputStream()
                .write(q.getParameter("a").getBytes(StandardCharsets.UTF_8));
        MemoryResponse got = Call.of(app(show), "POST", "/")
                .field("Content-Type", "multipart/form-data; boundary=\"B\"").body(latin).send();
        assertArrayEquals("ü".getBytes(StandardCharsets.UTF_8), got.bytes());
        assertEquals("€", post(app(show), field("a", "€") + "--B--").send().text());
    }
}
