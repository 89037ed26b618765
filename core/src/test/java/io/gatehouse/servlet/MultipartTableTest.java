/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.Part;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servlet 6.1 section 3.2, RFC 7578, RFC 2046 section 5.1: bodies in parts, well-formed and not. */
@ExtendWith(Undeploy.class)
final class MultipartTableTest {

    private static final String NAMED = "Content-Disposition: form-data; name=a";

    @TempDir
    Path directory;

    private ServletApplication app(Servlets.Action action) throws Exception {
        return Servlets.deployed(ServletApplication.builder().temporaryDirectory(directory).servlet("s",
                Servlets.servlet(action), s -> s.setMultipartConfig(new MultipartConfigElement("", -1, -1, 4)), "/*"));
    }

    private static MemoryResponse post(ServletApplication app, String type, String body, int pieces)
            throws Exception {
        return Call.of(app, "POST", "/").field("Content-Type", type).chunked()
                .body(body.getBytes(StandardCharsets.ISO_8859_1)).pieces(pieces).send();
    }

    private static final Servlets.Action LIST = (q, r) -> {
        for (Part part : q.getParts()) {
            r.getWriter().print("[" + part.getName() + "=" + new String(part.getInputStream().readAllBytes(),
                    StandardCharsets.ISO_8859_1) + "]");
        }
    };

    private void assertNoFiles(String why) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(0, files.count(), why);
        }
    }

    /** Two texts for each row: what it is, and the body; line ends are written as |. */
    private static final String[] MALFORMED = {
        "nothing", "",
        "no delimiter", "a=b",
        "only dashes", "--",
        "the delimiter alone", "--B",
        "the delimiter and CR", "--B\r",
        "the delimiter and half of its end", "--B-",
        "another boundary", "--C||x|--C--|",
        "the boundary in another case", "--b|" + NAMED + "||x|--b--",
        "a longer boundary", "--Bx|" + NAMED + "||x|--Bx--",
        "no dashes", "B|" + NAMED + "||x|B--",
        "one dash", "-B|" + NAMED + "||x|-B--",
        "the first delimiter not at the start of a line", "x--B|" + NAMED + "||y",
        "LF instead of CR LF after the delimiter", "--B\n" + NAMED + "||x|--B--",
        "CR alone after the delimiter", "--B\r" + NAMED + "||x|--B--",
        "text after the delimiter", "--B x|" + NAMED + "||x|--B--",
        "one dash after the delimiter", "--B-|" + NAMED + "||x|--B--",
        "no end", "--B|" + NAMED + "||x",
        "no end after a line end", "--B|" + NAMED + "||x|",
        "no end, only another delimiter", "--B|" + NAMED + "||x|--B|",
        "the end without line end before it", "--B|" + NAMED + "||x--B--",
        "the end after LF alone", "--B|" + NAMED + "||x\n--B--",
        "the end after CR alone", "--B|" + NAMED + "||x\r--B--",
        "the end with one dash", "--B|" + NAMED + "||x|--B-",
        "no header section", "--B||x|--B--",
        "no empty line", "--B|" + NAMED + "|x|--B--",
        "no body", "--B|" + NAMED + "||--B--",
        "no Content-Disposition", "--B|Content-Type: text/plain||x|--B--",
        "an empty Content-Disposition", "--B|Content-Disposition:||x|--B--",
        "no name", "--B|Content-Disposition: form-data||x|--B--",
        "a file without name", "--B|Content-Disposition: form-data; filename=x||x|--B--",
        "an attachment", "--B|Content-Disposition: attachment; name=a||x|--B--",
        "name without value", "--B|Content-Disposition: form-data; name||x|--B--",
        "form-data inside", "--B|Content-Disposition: x; form-data; name=a||x|--B--",
        "a field without colon", "--B|" + NAMED + "|X||x|--B--",
        "a field without name", "--B|: x|" + NAMED + "||x|--B--",
        "a blank before the colon", "--B|Content-Disposition : form-data; name=a||x|--B--",
        "a blank before the name", "--B| " + NAMED + "||x|--B--",
        "a folded line", "--B|" + NAMED + "| folded||x|--B--",
        "a bare CR in a field", "--B|" + NAMED + "\rX: y||x|--B--",
        "a bare LF in a field", "--B|" + NAMED + "\nX: y||x|--B--",
        "NUL in a field", "--B|" + NAMED + "\0||x|--B--",
        "DEL in a field", "--B|" + NAMED + "\u007f||x|--B--",
        "ESC in a field", "--B|" + NAMED + "|X: \u001b[1m||x|--B--",
        "a name of a field that is no token", "--B|" + NAMED + "|X(Y): z||x|--B--",
        "headers without end", "--B|" + NAMED + "|X: y",
        "headers past the limit", "--B|" + NAMED + "|X: " + "y".repeat(9_000) + "||x|--B--",
        "many headers past the limit", "--B|" + NAMED + "|" + "X: y|".repeat(2_000) + "|x|--B--",
        "the second part broken", "--B|" + NAMED + "||xxxxxxxxxxxx|--B|X||y|--B--",
        "the second part cut", "--B|" + NAMED + "||xxxxxxxxxxxx|--B|" + NAMED + "||yyyyyyyyyyyy",
    };

    @TestFactory
    @DisplayName("a malformed body is a 400, however it is cut, and leaves no file")
    Stream<DynamicTest> malformed() {
        return Stream.iterate(0, i -> i < MALFORMED.length, i -> i + 2).map(i -> DynamicTest.dynamicTest(
                MALFORMED[i], () -> {
                    String body = MALFORMED[i + 1].replace("|", "\r\n");
                    for (int pieces : new int[] {1, 7, Integer.MAX_VALUE}) {
                        MemoryResponse got = post(app(LIST), "multipart/form-data; boundary=B", body, pieces);
                        assertEquals(400, got.status(), got.text());
                        assertNoFiles(MALFORMED[i]);
                    }
                }));
    }

    @ParameterizedTest(name = "well-formed: {0} is {1}")
    @CsvSource(quoteCharacter = '`', value = {
        "--B|$||x|--B--, [a=x]", "--B|$||x|--B--|, [a=x]", "--B|$||x|--B--|epilogue|--B|x, [a=x]",
        "preamble|--B|$||x|--B--, [a=x]", "|--B|$||x|--B--, [a=x]", "--B  |$||x|--B--, [a=x]",
        "--B\t|$||x|--B--, [a=x]", "--B|$|||--B--, [a=]", "--B|$||-|--B--, [a=-]", "--B|$||--|--B--, [a=--]",
        "--B|$||x|--A|--B--, [a=x|--A]", "--B|$||x| --B|--B--, [a=x| --B]", "--B|$||||--B--, [a=|]",
        "--B|$||x|--B|$||y|--B--, [a=x][a=y]", "--B--, ``", "--B--|, ``", "preamble|--B--, ``",
        "--B|content-DISPOSITION:FORM-DATA;NAME=\"b\"||x|--B--, [b=x]", "--B|$|X:||x|--B--, [a=x]",
        "--B|$|X:\ty\t||x|--B--, [a=x]", "--B|$||\0\u0001\u00ff|--B--, [a=\0\u0001\u00ff]",
        "--B|Content-Disposition: form-data; name=\"a b; c=d\"||x|--B--, [a b; c=d=x]",
        "--B|Content-Disposition: form-data; name=\"\"||x|--B--, [=x]",
        "--B|Content-Disposition: form-data; x=1; name=b; y=2||x|--B--, [b=x]",
    })
    void wellFormed(String body, String expected) throws Exception {
        String wire = body.replace("$", NAMED).replace("\\t", "\t").replace("|", "\r\n");
        for (int pieces : new int[] {1, 2, 5, Integer.MAX_VALUE}) {
            MemoryResponse got = post(app(LIST), "multipart/form-data; boundary=B", wire, pieces);
            assertEquals(200, got.status(), got.text());
            assertEquals(expected.replace("|", "\r\n"),
                    new String(got.bytes(), StandardCharsets.ISO_8859_1), "pieces of " + pieces);
        }
        assertNoFiles("files of the request go with it");
    }

    @ParameterizedTest(name = "2046 5.1.1: boundary {0}: {1}")
    @CsvSource(quoteCharacter = '`', value = {"B, 200", "\"B\", 200", "`\"B C\"`, 200", "'()+_-./:=?, 200",
        "`\"'()+_,-./:=?\"`, 200", "`\"\"`, 400", "`\"B \"`, 400",
        "0123456789012345678901234567890123456789012345678901234567890123456789, 200",
        "01234567890123456789012345678901234567890123456789012345678901234567890, 400"})
    void boundaries(String boundary, int status) throws Exception {
        String bare = boundary.replace("\"", "");
        String body = "--" + bare + "\r\n" + NAMED + "\r\n\r\nx\r\n--" + bare + "--";
        MemoryResponse got = post(app((q, r) -> r.getWriter().print(q.getParameter("a"))),
                "multipart/form-data; boundary=" + boundary, body, Integer.MAX_VALUE);
        assertEquals(status, got.status(), got.text());
        if (status == 200) {
            assertEquals("x", got.text());
        }
    }

    @Test
    @DisplayName("random contents full of almost-delimiters come out as they went in, from memory and from files")
    void randomContents() throws Exception {
        String[] pieces = {"\r\n", "--", "B", "\r", "\n", "-", "\r\n--", "\r\n--A", "x", "\r\n-", " "};
        Random random = new Random(7);
        for (int round = 0; round < 40; round++) {
            StringBuilder content = new StringBuilder();
            int length = random.nextInt(60);
            for (int i = 0; i < length; i++) {
                content.append(pieces[random.nextInt(pieces.length)]);
            }
            String text = content.toString().replace("\r\n--B", "\r\n-+B");
            String body = "--B\r\n" + NAMED + "\r\n\r\n" + text + "\r\n--B--";
            MemoryResponse got = post(app(LIST), "multipart/form-data; boundary=B", body, 1 + random.nextInt(40));
            assertEquals("[a=" + text + "]", new String(got.bytes(), StandardCharsets.ISO_8859_1));
        }
        assertNoFiles("all requests are over");
    }

    @ParameterizedTest(name = "file names: {0} is {1}")
    @CsvSource(quoteCharacter = '`', value = {
        "filename=x.txt, x.txt", "filename=\"x y.txt\", x y.txt", "filename=\"a\\\"b\", a\"b",
        "filename=\"C:\\dir\\x.txt\", C:\\dir\\x.txt", "filename=\"a;b=c\", a;b=c", "filename=\"\", ``",
        "FILENAME=x, x", "filename =x, x", "filename= x, x", "filename=\"../../etc/passwd\", ../../etc/passwd",
    })
    void fileNames(String parameter, String expected) throws Exception {
        ServletApplication app = app((q, r) -> r.getWriter().print("<" + q.getPart("a").getSubmittedFileName() + ">"));
        String body = "--B\r\n" + NAMED + "; " + parameter + "\r\n\r\nx\r\n--B--";
        assertEquals("<" + expected + ">", post(app, "multipart/form-data; boundary=B", body, 3).text());
    }

    @Test
    @DisplayName("a peer that vanishes in the middle leaves no file")
    void vanishes() throws Exception {
        ServletApplication app = app(LIST);
        String body = "--B\r\n" + NAMED + "\r\n\r\n" + "x".repeat(50_000);
        MemoryResponse got = post(app, "multipart/form-data; boundary=B", body, 1_000);
        assertEquals(400, got.status());
        assertNoFiles("the upload broke off");
        assertTrue(app.undeploy(Duration.ofSeconds(5)));
    }
}
