/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.Part;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3.2: file upload. The case's servlet takes 10,000 bytes a file, 20,000 a request, and 100 in memory. */
interface MultipartChapter extends Chapter {

    /** A multipart body of parts, each a head and a content. */
    private static String body(String... headsAndContents) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < headsAndContents.length; i += 2) {
            out.append("--b\r\n").append(headsAndContents[i]).append("\r\n\r\n").append(headsAndContents[i + 1]).append("\r\n");
        }
        return out.append("--b--\r\n").toString();
    }

    private Reply upload(Case action, String... headsAndContents) throws Exception {
        return run(action, "POST /app/case?q=1", "Content-Type: multipart/form-data; boundary=b", "", body(headsAndContents));
    }

    private static String text(Part part) throws IOException {
        return new String(part.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** The head of a field. */
    String FIELD = "Content-Disposition: form-data; name=\"field\"";
    /** The head of a file. */
    String FILE = "Content-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/x\r\nX-Own: 1\r\nX-Own: 2";

    @Section("3.2")
    @Test
    default void partsTellWhatTheyAre() throws Exception {
        upload((request, response) -> {
            List<Part> parts = new ArrayList<>(request.getParts());
            assertEquals(2, parts.size());
            Part field = parts.get(0);
            assertEquals("field", field.getName());
            assertNull(field.getSubmittedFileName());
            assertNull(field.getContentType());
            assertEquals(5, field.getSize());
            assertEquals("value", text(field));
            Part file = parts.get(1);
            assertEquals("file", file.getName());
            assertEquals("a.txt", file.getSubmittedFileName());
            assertEquals("text/x", file.getContentType());
            assertEquals("content", text(file));
            assertEquals("content", text(file));
        }, FIELD, "value", FILE, "content");
    }

    @Section("Part.getHeader")
    @Test
    default void partsHaveTheirFields() throws Exception {
        upload((request, response) -> {
            Part file = request.getPart("file");
            assertEquals("1", file.getHeader("x-own"));
            assertEquals(List.of("1", "2"), new ArrayList<>(file.getHeaders("X-OWN")));
            assertEquals("text/x", file.getHeader("Content-Type"));
            assertNull(file.getHeader("X-None"));
            assertTrue(file.getHeaders("X-None").isEmpty());
            assertTrue(file.getHeaderNames().stream().anyMatch(name -> name.equalsIgnoreCase("x-own")));
        }, FILE, "content");
    }

    @Section("3.2")
    @Test
    default void fieldsAreParametersBehindThoseOfTheQuery() throws Exception {
        upload((request, response) -> {
            assertEquals("value", request.getParameter("field"));
            assertNull(request.getParameter("file"));
            assertArrayEquals(new String[] {"1", "2"}, request.getParameterValues("q"));
            assertEquals(3, request.getParts().size());
        }, FIELD, "value", FILE, "content", "Content-Disposition: form-data; name=\"q\"", "2");
    }

    @Section("HttpServletRequest.getPart")
    @Test
    default void anUnknownPartIsNull() throws Exception {
        upload((request, response) -> assertNull(request.getPart("none")), FIELD, "value");
    }

    @Section("HttpServletRequest.getParts")
    @Test
    default void otherTypesHaveNoParts() throws Exception {
        run((request, response) -> {
            assertThrows(ServletException.class, request::getParts);
            assertThrows(ServletException.class, () -> request.getPart("a"));
        }, "POST /app/case", "Content-Type: text/plain", "", "x");
    }

    @Section("HttpServletRequest.getParts")
    @Test
    default void aServletWithoutSettingsHasNoParts() throws Exception {
        run((request, response) -> {
            assertThrows(IllegalStateException.class, request::getParts);
            assertTrue(request.getInputStream().readAllBytes().length > 0);
        }, "POST /app/sync", "Content-Type: multipart/form-data; boundary=b", "", body(FIELD, "value"));
    }

    @Section("MultipartConfig.maxFileSize")
    @ParameterizedTest
    @CsvSource({"10000,1,true", "10001,1,false", "9000,2,true", "9900,3,false"})
    default void filesAndRequestsHaveTheirLimits(int size, int count, boolean fine) throws Exception {
        String[] parts = new String[2 * count];
        for (int i = 0; i < count; i++) {
            parts[2 * i] = FILE;
            parts[2 * i + 1] = "x".repeat(size);
        }
        Reply reply = upload((request, response) -> {
            if (fine) {
                assertEquals(count, request.getParts().size());
            } else {
                assertThrows(IllegalStateException.class, request::getParts);
                response.sendError(413);
            }
        }, parts);
        assertEquals(fine ? 200 : 413, reply.status());
    }

    @Section("Part.write")
    @ParameterizedTest
    @ValueSource(ints = {10, 5_000})
    default void partsAreWrittenToFiles(int size) throws Exception {
        Path[] written = new Path[1];
        upload((request, response) -> {
            File directory = (File) request.getServletContext().getAttribute("jakarta.servlet.context.tempdir");
            written[0] = directory.toPath().resolve("written-" + size);
            request.getPart("file").write(written[0].toString());
        }, FILE, "x".repeat(size));
        assertEquals(size, Files.size(written[0]));
        Files.delete(written[0]);
    }

    @Section("Part.delete")
    @Test
    default void deletedPartsLeaveNothing() throws Exception {
        upload((request, response) -> {
            Part part = request.getPart("file");
            part.delete();
            part.delete();
        }, FILE, "x".repeat(5_000));
    }

    @Section("3.2")
    @Test
    default void temporaryFilesEndWithTheRequest() throws Exception {
        Path[] directory = new Path[1];
        upload((request, response) -> {
            directory[0] = ((File) request.getServletContext().getAttribute("jakarta.servlet.context.tempdir")).toPath();
            assertNotNull(request.getPart("file"));
            try (var files = Files.list(directory[0])) {
                assertTrue(files.findAny().isPresent());
            }
        }, FILE, "x".repeat(5_000));
        while (true) {
            // The request ends soon after its answer.
            try (var files = Files.list(directory[0])) {
                if (files.findAny().isEmpty()) {
                    break;
                }
            }
        }
    }

    @Section("Part.getSubmittedFileName")
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"filename=\"a b.txt\"|a b.txt", "filename=plain|plain", "filename=\"a;b\"|a;b", "filename=\"\"|''"})
    default void fileNamesAreRead(String parameter, String expected) throws Exception {
        upload((request, response) -> assertEquals(expected, request.getPart("f").getSubmittedFileName()),
                "Content-Disposition: form-data; name=\"f\"; " + parameter, "x");
    }

    @Section("3.2")
    @Test
    default void contentMayLookLikeABoundary() throws Exception {
        upload((request, response) -> assertEquals("\r\n --b\r\n-- b--\r\n-\r\n--", text(request.getPart("file"))),
                FILE, "\r\n --b\r\n-- b--\r\n-\r\n--");
    }

    @Section("3.2")
    @Test
    default void preambleAndEpilogueAreSkipped() throws Exception {
        run((request, response) -> assertEquals("value", request.getParameter("field")), "POST /app/case",
                "Content-Type: multipart/form-data; boundary=\"b\"", "", "preamble\r\n" + body(FIELD, "value") + "epilogue");
    }

    @Section("HttpServletRequest.getParts")
    @Test
    default void partsAreReadOnce() throws Exception {
        upload((request, response) -> {
            assertEquals(1, request.getParts().size());
            assertEquals(1, request.getParts().size());
            assertFalse(request.getInputStream().read() >= 0);
        }, FIELD, "value");
    }
}
