/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Authority;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.RequestHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Request heads as they are sent to a server, and read again by the parser of this very package. */
class RequestEncoderTest {

    private static final HeadLimits LIMITS = new HeadLimits(2_000, 20_000, 200);

    private static RequestHead head(String method, String target, String... fields) {
        return new RequestHead(method, "http", new Authority("h", 81), target, HttpVersion.HTTP_1_1, Fields.of(fields));
    }

    private static String encode(RequestHead head, Framing framing) {
        return new String(RequestEncoder.encode(head, framing, false, true), StandardCharsets.ISO_8859_1);
    }

    private static RequestParser parse(byte[] bytes) {
        RequestParser parser = new RequestParser(LIMITS, "http");
        ByteBuffer in = ByteBuffer.wrap(bytes);
        assertEquals(Progress.DONE, parser.parse(in), () -> new String(bytes, StandardCharsets.ISO_8859_1));
        assertFalse(in.hasRemaining());
        return parser;
    }

    /** Whatever a client nominates in Connection, a request has a Host: a server would refuse it, or guess. */
    @ParameterizedTest
    @ValueSource(strings = {"Host", "host", "close, HOST", "X-Hop, Host"})
    void hostIsNeverDroppedAsAConnectionField(String nominated) {
        String text = encode(head("GET", "/", "Host", "example.com", "X-Hop", "1", "Connection", nominated), Framing.NONE);
        assertTrue(text.startsWith("GET / HTTP/1.1\r\nHost: example.com\r\n"), text);
        assertFalse(text.contains("Connection"), text);
        assertEquals(nominated.contains("X-Hop"), !text.contains("X-Hop"), text);
    }

    @Test
    void hostComesFromTheFieldsElseFromTheAuthority() {
        assertTrue(encode(head("GET", "/", "A", "1", "host", "b"), Framing.NONE).endsWith("\r\nA: 1\r\nhost: b\r\n\r\n"));
        assertEquals("GET / HTTP/1.1\r\nHost: h:81\r\nA: 1\r\n\r\n", encode(head("GET", "/", "A", "1"), Framing.NONE));
        RequestHead nobody = new RequestHead("GET", "http", null, "/", HttpVersion.HTTP_1_0, Fields.EMPTY);
        assertEquals("GET / HTTP/1.1\r\nHost: \r\n\r\n", encode(nobody, Framing.NONE));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", value = {
        "GET     | NONE    | -", "HEAD    | NONE    | -", "DELETE  | NONE | -", "OPTIONS | NONE | -", "post | NONE | -",
        "POST    | NONE    | Content-Length: 0", "PUT | NONE | Content-Length: 0", "PATCH | NONE | Content-Length: 0",
        "GET     | LENGTH  | Content-Length: 12", "POST | LENGTH | Content-Length: 12",
        "GET     | CHUNKED | Transfer-Encoding: chunked", "PURGE | CHUNKED | Transfer-Encoding: chunked",
    })
    void theFramingWritesItsOwnField(String method, Framing.Kind kind, String line) {
        Framing framing = kind == Framing.Kind.LENGTH ? Framing.ofLength(12) : kind == Framing.Kind.NONE ? Framing.NONE
                : Framing.CHUNKED;
        String text = encode(
                head(method, "/", "Content-Length", "99", "Transfer-Encoding", "gzip", "content-length", "98"), framing);
        String lines = text.substring(text.indexOf("Host: h:81\r\n") + 12);
        assertEquals(line == null ? "\r\n" : line + "\r\n\r\n", lines);
        RequestParser parser = parse(RequestEncoder.encode(head(method, "/"), framing, false, true));
        assertEquals(framing, parser.framing());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "false | true  | ''", "true  | true  | Expect: 100-continue~", "false | false | Connection: close~",
        "true  | false | Expect: 100-continue~Connection: close~",
    })
    void expectationAndConnectionAreTheCallers(boolean expect, boolean persistent, String lines) {
        RequestHead head = head("PUT", "/", "Expect", "100-continue", "Connection", "keep-alive", "Keep-Alive", "5");
        byte[] bytes = RequestEncoder.encode(head, Framing.ofLength(3), expect, persistent);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertTrue(text.endsWith("Host: h:81\r\nContent-Length: 3\r\n" + lines.replace("~", "\r\n") + "\r\n"), text);
        assertEquals(expect, parse(bytes).expectsContinue());
        assertEquals(persistent, parse(bytes).persistent());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", " ", "/ ", " /", "/a b", "/a\r\nX: y", "/a\n", "/a\t", "/\0", "/\177", "/\u0080", "/\u00e4", "/\u2028", "/a HTTP/1.0",
    })
    void aTargetThatCannotStandInALineIsRefused(String target) {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> encode(head("GET", target), Framing.NONE));
        assertTrue(thrown.getMessage().chars().allMatch(c -> c >= ' ' && c < 127), thrown.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "G T", "GET ", "GET\r\n", "G\tT", "G(T", "\u00c4", "GET/", "GET\0"})
    void aMethodThatIsNoTokenIsRefused(String method) {
        assertThrows(IllegalArgumentException.class, () -> encode(head(method, "/"), Framing.NONE));
    }

    @Test
    void aRequestDoesNotLastUntilTheEnd() {
        IllegalArgumentException thrown = assertThrows(
                IllegalArgumentException.class, () -> encode(head("POST", "/"), Framing.UNTIL_CLOSE));
        assertTrue(thrown.getMessage().contains("until the connection ends"), thrown.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /", "GET, /a/b?c=d&e", "OPTIONS, *", "GET, http://h:81/x?y", "CONNECT, h:81", "M-SEARCH, /!$&'()*+;=:@",
        "GET, //double//slash", "GET, /%2F%00", "GET, /[x]{y}|^`",
    })
    void everyFormOfTargetIsWrittenAsItIs(String method, String target) {
        byte[] bytes = RequestEncoder.encode(head(method, target), Framing.NONE, false, true);
        RequestHead read = parse(bytes).head();
        assertEquals(method, read.method());
        assertEquals(target, read.target());
        assertEquals(new Authority("h", 81), read.authority());
    }

    /** Seeded heads and bodies: written, cut at random, read again, all as it was. */
    @Test
    void whateverIsEncodedIsParsed() {
        Random random = new Random(4242);
        StringBuilder stream = new StringBuilder();
        List<Object[]> sent = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String body = "b".repeat(random.nextInt(4) == 0 ? 0 : random.nextInt(300));
            Framing framing = random.nextBoolean() ? Framing.CHUNKED : Framing.ofLength(body.length());
            Fields.Builder fields = Fields.builder().add("Host", "h" + i % 7 + ":8" + i % 10);
            for (int n = random.nextInt(20); n > 0; n--) {
                fields.add("X-" + (char) ('a' + random.nextInt(26)), text(random));
            }
            String method = pick(random, "GET", "POST", "PUT", "DELETE", "X");
            String target = "/" + text(random).replaceAll("[^!-~]|#", "") + i;
            RequestHead head = new RequestHead(method, "http", null, target, HttpVersion.HTTP_1_1, fields.build());
            boolean persistent = random.nextInt(5) > 0;
            byte[] bytes = RequestEncoder.encode(head, framing, false, persistent);
            stream.append(new String(bytes, StandardCharsets.ISO_8859_1)).append(framed(framing, body));
            sent.add(new Object[] {head, framing, body, persistent});
        }
        for (int round = 0; round < 4; round++) {
            readAll(stream.toString(), sent, new Random(round));
        }
    }

    private static void readAll(String stream, List<Object[]> sent, Random random) {
        RequestParser parser = new RequestParser(LIMITS, "http");
        int[] next = {0};
        BodyDecoder[] decoder = new BodyDecoder[1];
        StringBuilder body = new StringBuilder();
        List<Integer> sizes = new ArrayList<>();
        for (int left = stream.length(); left > 0; left -= sizes.get(sizes.size() - 1)) {
            sizes.add(Math.min(left, 1 + random.nextInt(1 + random.nextInt(2_000))));
        }
        int[] cut = sizes.stream().mapToInt(Integer::intValue).toArray();
        ByteBuffer rest = Cuts.feed(stream, cut, in -> {
            while (true) {
                if (decoder[0] == null) {
                    Progress progress = parser.parse(in);
                    if (progress == Progress.MORE) {
                        return;
                    }
                    assertEquals(Progress.DONE, progress);
                    Object[] row = sent.get(next[0]);
                    RequestHead wanted = (RequestHead) row[0];
                    RequestHead read = parser.head();
                    assertEquals(wanted.method(), read.method());
                    assertEquals(wanted.target(), read.target());
                    assertEquals(row[1], parser.framing());
                    assertEquals(row[3], parser.persistent());
                    for (int i = 0; i < wanted.fields().size(); i++) {
                        assertEquals(wanted.fields().name(i), read.fields().name(i));
                        assertEquals(wanted.fields().value(i), read.fields().value(i));
                    }
                    decoder[0] = new BodyDecoder(parser.framing(), LIMITS);
                    body.setLength(0);
                }
                ByteBuffer out = ByteBuffer.allocate(1 + random.nextInt(100));
                int moved = decoder[0].decode(in, out);
                body.append(Cuts.text(out.flip()));
                assertNull(decoder[0].fault());
                if (decoder[0].done()) {
                    assertEquals(sent.get(next[0]++)[2], body.toString());
                    decoder[0] = null;
                } else if (moved == 0) {
                    return;
                }
            }
        });
        assertEquals(sent.size(), next[0]);
        assertFalse(rest.hasRemaining());
    }

    private static String framed(Framing framing, String body) {
        if (framing.kind() != Framing.Kind.CHUNKED) {
            return body;
        }
        ByteBuffer out = ByteBuffer.allocate(body.length() + 40);
        if (!body.isEmpty()) {
            ChunkedEncoder.size(out, body.length());
            out.put(body.getBytes(StandardCharsets.ISO_8859_1)).put(ChunkedEncoder.lineBreak());
        }
        return Cuts.text(out.put(ChunkedEncoder.end(Fields.EMPTY)).flip());
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            char c = (char) random.nextInt(256);
            text.append(c >= ' ' && c != 127 ? c : 'x');
        }
        return text.toString().strip();
    }

    private static String pick(Random random, String... values) {
        return values[random.nextInt(values.length)];
    }
}
