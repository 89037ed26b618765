/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Request lines and what belongs to them: each byte in each place, versions, forms of targets, and Host beside them. */
class RequestLineTest {

    private static Fault read(String text) {
        return read(new RequestLine(), text);
    }

    private static Fault read(RequestLine line, String text) {
        byte[] bytes = ("xx" + text + "yy").getBytes(StandardCharsets.ISO_8859_1);
        return line.read(bytes, 2, 2 + text.length());
    }

    private static String refusal(String text) {
        Fault fault = read(text);
        return fault == null ? "fine" : fault.refusal().name();
    }

    /** Every byte in the method, in the target, and in the place of the spaces. */
    @Test
    void everyByteHasItsPlace() {
        for (int b = 0; b < 256; b++) {
            char c = (char) b;
            boolean token = FieldSyntax.isTokenChar(c);
            assertEquals(token ? "fine" : "SYNTAX", refusal("G" + c + "T / HTTP/1.1"), "method " + b);
            assertEquals(token ? "fine" : "SYNTAX", refusal(c + "ET / HTTP/1.1"), "begin " + b);
            boolean target = c > ' ' && c < 127 && c != '#';
            assertEquals(target ? "fine" : "SYNTAX", refusal("GET /a" + c + "b HTTP/1.1"), "target " + b);
            assertEquals(c == ' ' ? "fine" : "SYNTAX", refusal("GET" + c + "/ HTTP/1.1"), "first space " + b);
            assertEquals(c == ' ' ? "fine" : "SYNTAX", refusal("GET /" + c + "HTTP/1.1"), "second space " + b);
            assertEquals("SYNTAX", refusal("GET / HTTP/1.1" + c), "behind " + b);
            boolean digit = c >= '0' && c <= '9';
            assertEquals(c == '1' || c == '0' ? "fine" : digit ? "VERSION" : "SYNTAX", refusal("GET / HTTP/1." + c), "minor " + b);
            assertEquals(c == '1' ? "fine" : digit ? "VERSION" : "SYNTAX", refusal("GET / HTTP/" + c + ".1"), "major " + b);
            assertEquals(c == '.' ? "fine" : "SYNTAX", refusal("GET / HTTP/1" + c + "1"), "dot " + b);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1, fine", "HTTP/1.0, fine", "HTTP/1.2, VERSION", "HTTP/2.0, VERSION", "HTTP/0.9, VERSION", "HTTP/9.9, VERSION",
        "HTTP/3.0, VERSION", "HTTP/2, SYNTAX", "HTTP/1, SYNTAX", "HTTP/1., SYNTAX", "HTTP/.1, SYNTAX", "HTTP/11, SYNTAX",
        "HTTP/1.10, SYNTAX", "HTTP/1.01, SYNTAX", "HTTP/01.1, SYNTAX", "http/1.1, SYNTAX", "Http/1.1, SYNTAX", "HTTP1.1, SYNTAX",
        "HTTPS/1.1, SYNTAX", "XTTP/1.1, SYNTAX", "HXTP/1.1, SYNTAX", "HTXP/1.1, SYNTAX", "HTTX/1.1, SYNTAX", "HTTP.1.1, SYNTAX",
        "HTTP/x.1, SYNTAX", "HTTP/1.x, SYNTAX", "HTTP/, SYNTAX", "HTTP, SYNTAX", "H, SYNTAX", "'', SYNTAX",
    })
    void versionsAreReadStrictly(String version, String outcome) {
        assertEquals(outcome, refusal("GET / " + version));
        assertEquals(outcome, refusal("OPTIONS * " + version));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "GET     | /                    | fine",
        "GET     | /a?b/c:d@e           | fine",
        "GET     | //host/path          | fine",
        "GET     | /*                   | fine",
        "GET     | http://h             | fine",
        "GET     | http://h/            | fine",
        "GET     | HTTP://h/            | fine",
        "GET     | https://h:1?q        | fine",
        "GET     | HttpS://[::1]/       | fine",
        "GET     | http:/h              | SYNTAX",
        "GET     | http:h               | SYNTAX",
        "GET     | http//h              | SYNTAX",
        "GET     | httpx://h            | SYNTAX",
        "GET     | ftp://h/             | SYNTAX",
        "GET     | ws://h/              | SYNTAX",
        "GET     | file:///etc/passwd   | SYNTAX",
        "GET     | h:80                 | SYNTAX",
        "GET     | index.html           | SYNTAX",
        "GET     | ?a=b                 | SYNTAX",
        "GET     | .                    | SYNTAX",
        "GET     | *                    | SYNTAX",
        "HEAD    | *                    | SYNTAX",
        "OPTIONS | *                    | fine",
        "OPTIONS | **                   | SYNTAX",
        "OPTIONS | *a                   | SYNTAX",
        "OPTIONS | /                    | fine",
        "options | *                    | SYNTAX",
        "CONNECT | h:443                | fine",
        "CONNECT | [::1]:443            | fine",
        "CONNECT | /                    | SYNTAX",
        "CONNECT | /h:443               | SYNTAX",
        "CONNECT | *                    | SYNTAX",
        "connect | h:443                | SYNTAX",
    })
    void aTargetHasAFormThatItsMethodAllows(String method, String target, String outcome) {
        assertEquals(outcome, refusal(method + " " + target + " HTTP/1.1"));
        RequestLine line = new RequestLine();
        if (outcome.equals("fine")) {
            assertNull(read(line, method + " " + target + " HTTP/1.0"));
            assertEquals(method, line.method());
            assertEquals(target, line.target());
            assertEquals(HttpVersion.HTTP_1_0, line.version());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://h, 7, 8", "http://h/, 7, 8", "http://h?q, 7, 8", "HTTPS://host:1/a?b, 8, 14", "http://, 7, 7", "http:///x, 7, 7",
        "http://u@h/, 7, 10", "http://[::1]:80/, 7, 15", "/http://h/, -1, -1", "ftp://h/, -1, -1", "http:/h/, -1, -1", "*, -1, -1",
        "https:/h, -1, -1",
    })
    void theAuthorityOfAnAbsoluteTargetIsFound(String target, int start, int end) {
        assertEquals(start, RequestLine.authorityStart(target));
        assertEquals(end, RequestLine.authorityEnd(target));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', nullValues = "-", value = {
        // target, Host, scheme, outcome: an authority or a refusal
        "/            | a            | http  | a",
        "/            | A:80         | http  | a:80",
        "/            | ''           | http  | nobody",
        "/            | -            | http  | HOST",
        "*            | a            | http  | a",
        "http://a/    | a            | http  | a",
        "http://A/    | a            | http  | a",
        "http://a/    | A:80         | http  | a",
        "http://a:80/ | a            | http  | a:80",
        "http://a:80/ | a            | https | HOST",
        "https://a/   | a:443        | https | a",
        "https://a/   | a:80         | https | HOST",
        "http://a:81/ | a:81         | http  | a:81",
        "http://a:81/ | a:82         | http  | HOST",
        "http://a:81/ | a            | http  | HOST",
        "http://a/    | b            | http  | HOST",
        "http://a/    | ''           | http  | HOST",
        "http://a/    | -            | http  | HOST",
        "http://a:x/  | a            | http  | HOST",
        "http://a:0/  | a            | http  | HOST",
        "http://u@a/  | a            | http  | HOST",
        "http://?q    | a            | http  | HOST",
        "http://[::1]/ | [::1]:80    | http  | [::1]",
        "http://[::1/ | [::1]        | http  | HOST",
        "http://a?x   | a            | http  | a",
        "/            | a/b          | http  | HOST",
        "/            | http://a     | http  | HOST",
        "/            | a#b          | http  | HOST",
        "/            | a a          | http  | HOST",
        "/            | a:           | http  | a",
        "/            | :80          | http  | HOST",
        "/            | ::1          | http  | HOST",
    })
    void hostAndTargetAgree(String target, String host, String scheme, String outcome) {
        String method = target.equals("*") ? "OPTIONS" : "GET";
        String line = host == null ? "" : "Host: " + host.replace("''", "") + "\r\n";
        RequestParser parser = new RequestParser(new HeadLimits(100, 300, 9), scheme);
        Progress progress = parser.parse(ByteBuffer.wrap(
                (method + " " + target + " HTTP/1.1\r\n" + line + "\r\n").getBytes(StandardCharsets.ISO_8859_1)));
        if (outcome.equals("HOST")) {
            assertEquals(Progress.FAULT, progress);
            assertEquals(Refusal.HOST, parser.fault().refusal());
            return;
        }
        assertEquals(Progress.DONE, progress);
        Authority authority = parser.head().authority();
        assertEquals(outcome, authority == null ? "nobody" : authority.toString());
        assertEquals(scheme, parser.head().scheme(), "what the connection is, not what the target claims");
    }

    @Test
    void hostIsReadAnewWhenItChanges() {
        RequestParser parser = new RequestParser(new HeadLimits(100, 300, 9), "http");
        StringBuilder text = new StringBuilder();
        String[] hosts = {"a", "a", "b:81", "a", "", "a", "b:81"};
        for (String host : hosts) {
            text.append("GET / HTTP/1.1\r\nHost: ").append(host).append("\r\n\r\n");
        }
        ByteBuffer in = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        for (String host : hosts) {
            assertEquals(Progress.DONE, parser.parse(in));
            Authority authority = parser.head().authority();
            assertEquals(host, authority == null ? "" : authority.toString());
        }
    }

    @Test
    void aFaultySecondHostIsRefusedThoughTheFirstWasFine() {
        RequestParser parser = new RequestParser(new HeadLimits(100, 300, 9), "http");
        ByteBuffer in = ByteBuffer.wrap(("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a b\r\n\r\n"
                + "GET / HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(Progress.DONE, parser.parse(in));
        assertEquals(Progress.FAULT, parser.parse(in));
        int left = in.remaining();
        assertEquals(Progress.FAULT, parser.parse(in), "for good");
        assertEquals(left, in.remaining());
    }

    /** What one head said of connection, expectation and body is gone with the next. */
    @Test
    void nothingOfAHeadIsLeftForTheNext() {
        RequestParser parser = new RequestParser(new HeadLimits(100, 300, 9), "http");
        ByteBuffer in = ByteBuffer.wrap(("PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: 100-continue\r\n"
                + "Transfer-Encoding: chunked\r\n\r\nPUT / HTTP/1.1\r\nHost: b\r\nContent-Length: 3\r\n\r\n"
                + "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        String[] wanted = {"false true CHUNKED a", "true false LENGTH b", "true false NONE null", "false false NONE null"};
        for (String state : wanted) {
            assertEquals(Progress.DONE, parser.parse(in));
            assertEquals(state, parser.persistent() + " " + parser.expectsContinue() + " " + parser.framing().kind() + " "
                    + parser.head().authority());
        }
    }

    /** Seeded mutations of a fine request: whole and byte by byte agree, and no fault throws. */
    @Test
    void mutationsAreReadTheSameHoweverTheyAreCut() {
        String fine = "POST /a?b HTTP/1.1\r\nHost: a:80\r\nContent-Length: 3\r\nX-Y: z \r\n\r\n";
        String alphabet = "\0\t\r\n :,/?#*AGHPT01.\177\u0080\u00ff";
        Random random = new Random(99);
        int refused = 0;
        for (int round = 0; round < 4_000; round++) {
            StringBuilder text = new StringBuilder(fine);
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(text.length());
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, c);
                    case 1 -> text.insert(at, c);
                    default -> text.deleteCharAt(at);
                }
            }
            String whole = outcome(text.toString(), new int[] {text.length()});
            int[] bytes = new int[text.length()];
            java.util.Arrays.fill(bytes, 1);
            assertEquals(whole, outcome(text.toString(), bytes));
            int cut = random.nextInt(text.length() + 1);
            assertEquals(whole, outcome(text.toString(), new int[] {cut, text.length() - cut}));
            refused += whole.startsWith("!") ? 1 : 0;
        }
        assertTrue(refused > 1_000 && refused < 3_900, "too dull: " + refused);
    }

    private static String outcome(String text, int[] sizes) {
        RequestParser parser = new RequestParser(new HeadLimits(60, 150, 5), "http");
        StringBuilder seen = new StringBuilder();
        boolean[] over = {false};
        ByteBuffer rest = Cuts.feed(text, sizes, in -> {
            Progress progress = Progress.MORE;
            while (!over[0] && (progress = parser.parse(in)) == Progress.DONE) {
                seen.append(parser.head()).append(parser.framing());
            }
            if (!over[0] && progress == Progress.FAULT) {
                over[0] = true;
                assertNotNull(parser.fault());
                seen.insert(0, "!").append(parser.fault());
            }
        });
        return over[0] ? seen.toString() : seen + "|" + Cuts.text(rest);
    }
}
