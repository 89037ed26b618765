/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Fields;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 3.2, {@code Part}: where an upload lies, how large it may be, what becomes of it. */
@ExtendWith(Undeploy.class)
final class PartTest {

    @TempDir
    Path directory;

    private static String part(String name, String fileName, String content) {
        return "--B\r\nContent-Disposition: form-data; name=\"" + name + "\""
                + (fileName == null ? "" : "; filename=\"" + fileName + "\"") + "\r\n\r\n" + content + "\r\n";
    }

    private ServletApplication app(MultipartConfigElement config, Servlets.Action action) throws Exception {
        return Servlets.deployed(ServletApplication.builder().temporaryDirectory(directory)
                .servlet("s", Servlets.servlet(action), s -> s.setMultipartConfig(config), "/*"));
    }

    private static Call upload(ServletApplication app, String... parts) {
        return Call.of(app, "POST", "/?q=query").field("Content-Type", "multipart/form-data; boundary=B")
                .body(String.join("", parts) + "--B--\r\n");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            return list.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    private static String read(Part part) throws IOException {
        try (var in = part.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest(name = "with a threshold of {0}, {1} bytes lie in {2} files")
    @CsvSource({"0, 0, 0", "0, 1, 1", "1, 1, 0", "1, 2, 1", "10, 9, 0", "10, 10, 0", "10, 11, 1", "10, 100000, 1",
        "100000, 100000, 0"})
    void threshold(int threshold, int size, int expected) throws Exception {
        String content = "x".repeat(size);
        ServletApplication app = app(new MultipartConfigElement("", -1, -1, threshold), (q, r) -> {
            Part part = q.getPart("f");
            assertEquals(size, part.getSize());
            assertEquals(expected, files().size());
            assertEquals(content, read(part));
            assertEquals(content, read(part), "again");
        });
        MemoryResponse got = upload(app, part("f", "a.txt", content)).send();
        assertEquals(200, got.status(), got.text());
        assertEquals(List.of(), files(), "all gone with the request");
    }

    @ParameterizedTest(name = "maxFileSize {0}: {1} bytes are answered with {2}")
    @CsvSource({"-1, 5000, 200", "0, 0, 200", "0, 1, 413", "5, 5, 200", "5, 6, 413", "5000, 5000, 200", "5000, 5001, 413",
        "100000, 100001, 413"})
    void fileSize(long max, int size, int status) throws Exception {
        for (int threshold : new int[] {0, 1_000_000}) {
            ServletApplication app = app(new MultipartConfigElement("", max, -1, threshold), (q, r) -> q.getParts());
            MemoryResponse got = upload(app, part("f", "a.txt", "x".repeat(size))).send();
            assertEquals(status, got.status());
            assertEquals(status == 413, got.text().contains("maxFileSize"), got.text());
            assertEquals(List.of(), files());
            app.undeploy(java.time.Duration.ZERO);
        }
    }

    @ParameterizedTest(name = "maxRequestSize that is {0} bytes from the body's length, chunked {1}: {2}")
    @CsvSource({"0, false, 200", "0, true, 200", "1, false, 200", "1, true, 200", "-1, false, 413", "-1, true, 413"})
    void requestSize(int more, boolean chunked, int status) throws Exception {
        String body = part("f", "a.txt", "content") + "--B--\r\n";
        ServletApplication app =
                app(new MultipartConfigElement("", -1, body.length() + more, 0), (q, r) -> q.getParts());
        Call call = upload(app, part("f", "a.txt", "content"));
        MemoryResponse got = (chunked ? call.chunked() : call).send();
        assertEquals(status, got.status());
        assertEquals(status == 413, got.text().contains("maxRequestSize"), got.text());
        assertEquals(List.of(), files());
    }

    @Test
    @DisplayName("a limit that is passed is an IllegalStateException, again at each call, and an application may catch it")
    void limitsAreCaught() throws Exception {
        ServletApplication app = app(new MultipartConfigElement("", 3, -1, 0), (q, r) -> {
            assertThrows(IllegalStateException.class, q::getParts);
            assertThrows(IllegalStateException.class, q::getParts);
            assertThrows(IllegalStateException.class, () -> q.getPart("f"));
            r.setStatus(422);
            r.getWriter().print("too large for us");
        });
        MemoryResponse got = upload(app, part("f", "a.txt", "content")).send();
        assertEquals(422, got.status());
        assertEquals("too large for us", got.text());
        assertEquals(List.of(), files());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000_000})
    @DisplayName("write: under a relative name in the location, under an absolute one where it says")
    void write(int threshold) throws Exception {
        Path location = Files.createDirectory(directory.resolve("uploads"));
        Path absolute = directory.resolve("absolute.txt");
        Files.writeString(absolute, "what was there before, and is longer");
        ServletApplication app =
                app(new MultipartConfigElement(location.toString(), -1, -1, threshold), (q, r) -> {
                    q.getPart("a").write("kept.txt");
                    q.getPart("b").write(absolute.toString());
                    assertThrows(NoSuchFileException.class, () -> q.getPart("c").write("no/such/directory.txt"));
                    assertEquals("three", read(q.getPart("c")), "it is still there");
                });
        MemoryResponse got = upload(app, part("a", "1", "one"), part("b", "2", "two"), part("c", "3", "three")).send();
        assertEquals(200, got.status(), got.text());
        assertEquals("one", Files.readString(location.resolve("kept.txt")));
        assertEquals("two", Files.readString(absolute));
        assertEquals(List.of("absolute.txt", "uploads"), files());
        try (Stream<Path> left = Files.list(location)) {
            assertEquals(1, left.count());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000_000})
    @DisplayName("what was written is read, written again and deleted")
    void writtenTwice(int threshold) throws Exception {
        ServletApplication app = app(new MultipartConfigElement("", -1, -1, threshold), (q, r) -> {
            Part part = q.getPart("f");
            part.write("first");
            assertEquals("content", read(part));
            part.write("second");
            assertEquals("content", read(part));
            assertEquals(7, part.getSize());
        });
        assertEquals(200, upload(app, part("f", "a", "content")).send().status());
        assertEquals(List.of("first", "second"), files());
        assertEquals("content", Files.readString(directory.resolve("first")));
        assertEquals("content", Files.readString(directory.resolve("second")));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1_000_000})
    @DisplayName("delete: the content is gone, twice is no error, name and size stay")
    void delete(int threshold) throws Exception {
        ServletApplication app = app(new MultipartConfigElement("", -1, -1, threshold), (q, r) -> {
            Part part = q.getPart("f");
            part.delete();
            assertEquals(List.of(), files());
            part.delete();
            assertThrows(IOException.class, part::getInputStream);
            assertThrows(IOException.class, () -> part.write("x"));
            assertEquals("f", part.getName());
            assertEquals("a.txt", part.getSubmittedFileName());
            assertSame(part, q.getPart("f"), "it is still among the parts");
        });
        assertEquals(200, upload(app, part("f", "a.txt", "content")).send().status());
        assertEquals(List.of(), files());
    }

    @Test
    @DisplayName("a failing servlet leaves no file; one that was kept stays")
    void failure() throws Exception {
        ServletApplication app = app(new MultipartConfigElement(""), (q, r) -> {
            q.getPart("a").write("kept");
            throw new IllegalStateException("after the upload");
        });
        assertEquals(500, upload(app, part("a", "1", "one"), part("b", "2", "two")).send().status());
        assertEquals(List.of("kept"), files());
    }

    @Test
    @DisplayName("order, names that come twice, parameters behind those of the query")
    void order() throws Exception {
        ServletApplication app = app(new MultipartConfigElement(""), (q, r) -> {
            List<String> names = new ArrayList<>();
            for (Part part : q.getParts()) {
                names.add(part.getName() + ":" + part.getSubmittedFileName());
            }
            assertEquals(List.of("q:null", "f:1", "q:null", "f:2", "empty:null"), names);
            assertEquals("1", q.getPart("f").getSubmittedFileName(), "the first of them");
            assertNull(q.getPart("nobody"));
            assertArrayEquals(new String[] {"query", "one", "two"}, q.getParameterValues("q"));
            assertEquals("query", q.getParameter("q"));
            assertEquals("", q.getParameter("empty"));
            assertNull(q.getParameter("f"), "a file is no parameter");
            assertEquals(List.of("q", "empty"), Collections.list(q.getParameterNames()));
        });
        MemoryResponse got = upload(app, part("q", null, "one"), part("f", "1", "x"), part("q", null, "two"),
                part("f", "2", "y"), part("empty", null, "")).send();
        assertEquals(200, got.status(), got.text());
    }

    @Test
    @DisplayName("parts and parameters are the same whichever is asked for first, and each time")
    void parametersFirst() throws Exception {
        for (boolean parametersFirst : new boolean[] {true, false}) {
            ServletApplication app = app(new MultipartConfigElement(""), (q, r) -> {
                if (parametersFirst) {
                    assertEquals("one", q.getParameter("a"));
                }
                assertEquals(2, q.getParts().size());
                assertEquals(List.copyOf(q.getParts()), List.copyOf(q.getParts()));
                assertEquals("one", q.getParameter("a"));
                assertEquals("one", read(q.getPart("a")));
                assertThrows(UnsupportedOperationException.class, () -> q.getParts().clear());
            });
            assertEquals(200, upload(app, part("a", null, "one"), part("f", "x", "y")).send().status());
            app.undeploy(java.time.Duration.ZERO);
        }
    }

    @Test
    @DisplayName("no parts at all: an empty form is well-formed")
    void empty() throws Exception {
        ServletApplication app = app(new MultipartConfigElement(""), (q, r) -> {
            assertEquals(0, q.getParts().size());
            assertNull(q.getPart("x"));
            assertEquals("query", q.getParameter("q"));
        });
        assertEquals(200, upload(app).send().status());
    }

    @Test
    @DisplayName("after a forward the target's settings count, before it the forwarding servlet's")
    void settingsOfTheTarget() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().temporaryDirectory(directory)
                .servlet("without", Servlets.servlet((q, r) -> {
                    assertThrows(IllegalStateException.class, q::getParts);
                    assertNull(q.getParameter("a"));
                    q.getRequestDispatcher("/with").forward(q, r);
                }), "/*")
                .servlet("with", Servlets.servlet((q, r) -> r.getWriter().print(read(q.getPart("a")))),
                        s -> s.setMultipartConfig(new MultipartConfigElement("")), "/with"));
        assertEquals("one", upload(app, part("a", null, "one")).send().text());
    }

    @Test
    @DisplayName("a location that is no directory is the application's fault: a 500 that tells the peer nothing of it")
    void noLocation() throws Exception {
        MultipartConfigElement config = new MultipartConfigElement("/no/such/place", -1, -1, 0);
        ServletApplication caught = app(config, (q, r) -> {
            IllegalStateException e = assertThrows(IllegalStateException.class, q::getParts);
            assertTrue(e.getMessage().contains("/no/such/place"), e.getMessage());
        });
        assertEquals(200, upload(caught, part("f", "a", "x")).send().status());
        MemoryResponse got = upload(app(config, (q, r) -> q.getParts()), part("f", "a", "x")).send();
        assertEquals(500, got.status());
        assertFalse(got.text().contains("place"), got.text());
    }

    @Test
    @DisplayName("a disk that takes nothing is not the peer's fault either")
    void noDisk() {
        StoredPart part = new StoredPart(Fields.EMPTY, "f", "a", directory.resolve("gone"), 2, -1);
        part.write(new byte[] {1, 2}, 0, 2);
        assertThrows(UncheckedIOException.class, () -> part.write(3));
    }

    @Test
    @DisplayName("the fields of a part: without case, several of one name, none of that name")
    void fields() throws Exception {
        ServletApplication app = app(new MultipartConfigElement(""), (q, r) -> {
            Part part = q.getPart("f");
            assertEquals("text/x; charset=utf-8", part.getContentType());
            assertEquals("1", part.getHeader("x-own"));
            assertEquals(List.of("1", "2"), List.copyOf(part.getHeaders("X-OWN")));
            assertEquals(List.of(), List.copyOf(part.getHeaders("none")));
            assertNull(part.getHeader("none"));
            assertEquals(List.of("Content-Disposition", "Content-Type", "X-Own"), List.copyOf(part.getHeaderNames()));
        });
        String body = "--B\r\nContent-Disposition: form-data; name=f; filename=a\r\nX-Own: 1\r\n"
                + "Content-Type: text/x; charset=utf-8\r\nx-own: 2\r\n\r\nx\r\n";
        assertEquals(200, upload(app, body).send().status());
    }

    @Test
    @DisplayName("a large upload of random bytes, in odd pieces, comes out as it went in")
    void large() throws Exception {
        byte[] content = new byte[700_000];
        new Random(7).nextBytes(content);
        byte[] before = ("--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] after = "\r\n--B--\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] body = new byte[before.length + content.length + after.length];
        System.arraycopy(before, 0, body, 0, before.length);
        System.arraycopy(content, 0, body, before.length, content.length);
        System.arraycopy(after, 0, body, before.length + content.length, after.length);
        ServletApplication app = app(new MultipartConfigElement("", -1, -1, 1_000), (q, r) -> {
            Part part = q.getPart("f");
            assertEquals(content.length, part.getSize());
            assertArrayEquals(content, part.getInputStream().readAllBytes());
            assertFalse(files().isEmpty());
        });
        assertEquals(200, Call.of(app, "POST", "/").field("Content-Type", "multipart/form-data; boundary=B")
                .body(body).pieces(1_237).send().status());
        assertEquals(List.of(), files());
    }
}
