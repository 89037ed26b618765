/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The refusal table as data: requests that are malformed, or that two servers could read differently. Every row is
 * answered with one of its statuses, and the connection closed. Two statuses stand where RFC 9112 leaves the choice and
 * either is right. Many rows carry a second request behind the first, as a smuggler would: it must not be seen.
 *
 * <p>Each character of a row's text is one byte.
 */
public final class MalformedRequests {

    /** The request that hides behind a row. */
    public static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: test\r\n\r\n";

    private static final String HOST = "Host: test\r\n";
    private static final String GET = "GET / HTTP/1.1\r\n" + HOST;
    private static final String POST = "POST / HTTP/1.1\r\n" + HOST;
    private static final String CHUNKED = POST + "Transfer-Encoding: chunked\r\n\r\n";

    private MalformedRequests() {}

    /**
     * One request.
     *
     * @param statuses one of which is the answer
     */
    public record Row(String name, String text, Set<Integer> statuses) {
        public byte[] bytes() {
            return text.getBytes(ISO_8859_1);
        }

        @Override
        public String toString() {
            return name + " " + statuses;
        }
    }

    /** Those whose head is refused, under the default limits: no handler sees them. */
    public static List<Row> heads() {
        Rows rows = new Rows();
        requestLines(rows);
        fieldLines(rows);
        hosts(rows);
        lengths(rows);
        codings(rows);
        sizes(rows);
        return rows.list;
    }

    /** Those whose head is fine and whose body is not: a handler that reads it is told, with the refusal's status. */
    public static List<Row> bodies() {
        Rows rows = new Rows();
        String rest = "0\r\n\r\n" + SMUGGLED;
        rows.add("chunk size is not hexadecimal", CHUNKED + "g\r\nhello\r\n" + rest, 400);
        rows.add("chunk size is missing", CHUNKED + "\r\nhello\r\n" + rest, 400);
        rows.add("chunk size is missing before an extension", CHUNKED + ";a=b\r\nhello\r\n" + rest, 400);
        rows.add("chunk size has a prefix", CHUNKED + "0x5\r\nhello\r\n" + rest, 400);
        rows.add("chunk size is signed", CHUNKED + "+5\r\nhello\r\n" + rest, 400);
        rows.add("chunk size is negative", CHUNKED + "-5\r\nhello\r\n" + rest, 400);
        rows.add("chunk size is padded in front", CHUNKED + " 5\r\nhello\r\n" + rest, 400);
        rows.add("chunk size is padded behind", CHUNKED + "5 \r\nhello\r\n" + rest, 400);
        rows.add("chunk size is two numbers", CHUNKED + "5 5\r\nhello\r\n" + rest, 400);
        rows.add("chunk size is a list", CHUNKED + "5,5\r\nhello\r\n" + rest, 400);
        rows.add("chunk size overflows 64 bits into 5", CHUNKED + "10000000000000005\r\nhello\r\n" + rest, 400, 413);
        rows.add("chunk size is negative as 64 bits", CHUNKED + "FFFFFFFFFFFFFFFF\r\nhello\r\n" + rest, 400, 413);
        rows.add("chunk size ends in a bare LF", CHUNKED + "5\nhello\r\n" + rest, 400);
        rows.add("chunk size ends in a bare CR", CHUNKED + "5\rhello\r\n" + rest, 400);
        rows.add("chunk size ends in CR CR LF", CHUNKED + "5\r\r\nhello\r\n" + rest, 400);
        rows.add("chunk extension ends in a bare LF", CHUNKED + "5;a=b\nhello\r\n" + rest, 400);
        rows.add("chunk extension has a bare CR", CHUNKED + "5;a\rb\r\nhello\r\n" + rest, 400);
        rows.add("chunk extension has a NUL", CHUNKED + "5;a=\0\r\nhello\r\n" + rest, 400);
        rows.add("chunk extension never ends", CHUNKED + "5;" + "a".repeat(40_000) + "\r\nhello\r\n" + rest, 400, 431);
        rows.add("chunk is shorter than its size", CHUNKED + "6\r\nhello\r\n" + rest, 400);
        rows.add("chunk is longer than its size", CHUNKED + "4\r\nhello\r\n" + rest, 400);
        rows.add("chunk ends in a bare LF", CHUNKED + "5\r\nhello\n" + rest, 400);
        rows.add("chunk ends in a bare CR", CHUNKED + "5\r\nhello\r" + rest, 400);
        rows.add("chunk ends in no line break", CHUNKED + "5\r\nhello" + rest, 400);
        rows.add("last chunk ends in a bare LF", CHUNKED + "0\n\r\n" + SMUGGLED, 400);
        rows.add("trailer has no colon", CHUNKED + "0\r\nbroken\r\n\r\n" + SMUGGLED, 400);
        rows.add("trailer has a space before its colon", CHUNKED + "0\r\nX-T : a\r\n\r\n" + SMUGGLED, 400);
        rows.add("trailer is folded", CHUNKED + "0\r\nX-T: a\r\n b\r\n\r\n" + SMUGGLED, 400);
        rows.add("trailer has a NUL", CHUNKED + "0\r\nX-T: a\0\r\n\r\n" + SMUGGLED, 400);
        rows.add("trailer ends in a bare LF", CHUNKED + "0\r\nX-T: a\n\r\n" + SMUGGLED, 400);
        rows.add("trailer section ends in a bare LF", CHUNKED + "0\r\n\n" + SMUGGLED, 400);
        rows.add("trailer section is too large",
                CHUNKED + "0\r\nX-T: " + "a".repeat(40_000) + "\r\n\r\n" + SMUGGLED, 400, 431);
        rows.add("trailer section has too many fields",
                CHUNKED + "0\r\n" + "X-T: a\r\n".repeat(101) + "\r\n" + SMUGGLED, 400, 431);
        return rows.list;
    }

    private static void requestLines(Rows rows) {
        String end = "\r\n" + HOST + "\r\n" + SMUGGLED;
        rows.add("method has a delimiter", "G(T / HTTP/1.1" + end, 400, 501);
        rows.add("method has a control character", "G\1T / HTTP/1.1" + end, 400, 501);
        rows.add("method has a NUL", "G\0T / HTTP/1.1" + end, 400, 501);
        rows.add("method is not ASCII", "G\u00c4T / HTTP/1.1" + end, 400, 501);
        rows.add("method is missing", " / HTTP/1.1" + end, 400);
        rows.add("method ends in a tab", "GET\t/ HTTP/1.1" + end, 400, 501);
        rows.add("two spaces before the target", "GET  / HTTP/1.1" + end, 400);
        rows.add("two spaces after the target", "GET /  HTTP/1.1" + end, 400);
        rows.add("target has a space", "GET /a b HTTP/1.1" + end, 400);
        rows.add("target has a tab", "GET /a\tb HTTP/1.1" + end, 400);
        rows.add("target has a NUL", "GET /a\0b HTTP/1.1" + end, 400);
        rows.add("target has a control character", "GET /a\1b HTTP/1.1" + end, 400);
        rows.add("target has a DEL", "GET /a\177b HTTP/1.1" + end, 400);
        rows.add("target has a fragment", "GET /a#b HTTP/1.1" + end, 400);
        rows.add("target has a bare CR", "GET /a\rb HTTP/1.1" + end, 400);
        rows.add("target does not begin with a slash", "GET a HTTP/1.1" + end, 400);
        rows.add("target is a query alone", "GET ?a HTTP/1.1" + end, 400);
        rows.add("target is missing", "GET HTTP/1.1" + end, 400);
        rows.add("asterisk with another method than OPTIONS", "GET * HTTP/1.1" + end, 400);
        rows.add("absolute target without a host", "GET http:///a HTTP/1.1" + end, 400);
        rows.add("absolute target with user information", "GET http://u@test/a HTTP/1.1" + end, 400);
        rows.add("absolute target with a bad port", "GET http://test:x/a HTTP/1.1" + end, 400);
        rows.add("version is missing", "GET /" + end, 400, 505);
        rows.add("version is 0.9", "GET / HTTP/0.9" + end, 400, 505);
        rows.add("version is 1.2", "GET / HTTP/1.2" + end, 505);
        rows.add("version is 2.0", "GET / HTTP/2.0" + end, 505);
        rows.add("version is 3.0", "GET / HTTP/3.0" + end, 505);
        rows.add("version is 11.1", "GET / HTTP/11.1" + end, 400, 505);
        rows.add("version is 1.10", "GET / HTTP/1.10" + end, 400, 505);
        rows.add("version is in lower case", "GET / http/1.1" + end, 400, 505);
        rows.add("version of another protocol", "GET / ICAP/1.1" + end, 400, 505);
        rows.add("version without digits", "GET / HTTP/x.y" + end, 400, 505);
        rows.add("version is followed by a space", "GET / HTTP/1.1 " + end, 400, 505);
        rows.add("version is followed by a word", "GET / HTTP/1.1 x" + end, 400, 505);
        rows.add("request line ends in a bare LF", "GET / HTTP/1.1\n" + HOST + "\r\n" + SMUGGLED, 400);
        rows.add("request line ends in a bare CR", "GET / HTTP/1.1\r" + HOST + "\r\n" + SMUGGLED, 400);
        rows.add("request line ends in CR CR LF", "GET / HTTP/1.1\r\r\n" + HOST + "\r\n" + SMUGGLED, 400);
        rows.add("not HTTP but TLS", "\26\3\1\2\0\1\0\1\374\3\3" + "\0".repeat(64) + end, 400, 501, 505);
    }

    private static void fieldLines(Rows rows) {
        String end = "\r\n\r\n" + SMUGGLED;
        rows.add("all lines end in a bare LF", "GET / HTTP/1.1\nHost: test\n\n" + SMUGGLED, 400);
        rows.add("field ends in a bare LF", GET + "X-A: a\nX-B: b" + end, 400);
        rows.add("head ends in a bare LF", GET + "\n" + SMUGGLED, 400);
        rows.add("field ends in a bare CR", GET + "X-A: a\rX-B: b" + end, 400);
        rows.add("field ends in CR CR LF", GET + "X-A: a\r" + end, 400);
        rows.add("field has no colon", GET + "broken" + end, 400);
        rows.add("field has no name", GET + ": a" + end, 400);
        rows.add("space before the colon", GET + "X-A : a" + end, 400);
        rows.add("tab before the colon", GET + "X-A\t: a" + end, 400);
        rows.add("space before the colon of Content-Length", POST + "Content-Length : 5" + end, 400);
        rows.add("space before the colon of Transfer-Encoding", POST + "Transfer-Encoding : chunked" + end, 400);
        rows.add("name has a space", GET + "X A: a" + end, 400);
        rows.add("name has a delimiter", GET + "X(A: a" + end, 400);
        rows.add("name has a quote", GET + "X\"A: a" + end, 400);
        rows.add("name has a NUL", GET + "X\0A: a" + end, 400);
        rows.add("name has a control character", GET + "X\1A: a" + end, 400);
        rows.add("name is not ASCII", GET + "X\u00c4A: a" + end, 400);
        rows.add("value has a NUL", GET + "X-A: a\0b" + end, 400);
        rows.add("value has a control character", GET + "X-A: a\1b" + end, 400);
        rows.add("value has a DEL", GET + "X-A: a\177b" + end, 400);
        rows.add("value has an escape", GET + "X-A: a\33b" + end, 400);
        rows.add("field is folded with a space", GET + "X-A: a\r\n b" + end, 400);
        rows.add("field is folded with a tab", GET + "X-A: a\r\n\tb" + end, 400);
        rows.add("Transfer-Encoding is folded", POST + "Transfer-Encoding:\r\n chunked" + end, 400);
        rows.add("Content-Length is folded", POST + "Content-Length:\r\n 5" + end, 400);
        rows.add("first field begins with a space", "GET / HTTP/1.1\r\n Host: test" + end, 400);
        rows.add("first field is white space", "GET / HTTP/1.1\r\n \r\nHost: test" + end, 400);
    }

    private static void hosts(Rows rows) {
        String end = "\r\n\r\n" + SMUGGLED;
        String line = "GET / HTTP/1.1\r\n";
        rows.add("no Host", line + "X-A: a" + end, 400);
        rows.add("no field at all", line + "\r\n" + SMUGGLED, 400);
        rows.add("two Hosts", line + "Host: a\r\nHost: b" + end, 400);
        rows.add("the same Host twice", line + "Host: a\r\nHost: a" + end, 400);
        rows.add("two Hosts in another case", line + "Host: a\r\nhOsT: b" + end, 400);
        rows.add("Host is a list", line + "Host: a, b" + end, 400);
        rows.add("Host has a space", line + "Host: a b" + end, 400);
        rows.add("Host has a path", line + "Host: a/b" + end, 400);
        rows.add("Host has a scheme", line + "Host: http://a" + end, 400);
        rows.add("Host has user information", line + "Host: u@a" + end, 400);
        rows.add("Host has a query", line + "Host: a?b" + end, 400);
        rows.add("Host is a port alone", line + "Host: :80" + end, 400);
        rows.add("Host has a port that is none", line + "Host: a:b" + end, 400);
        rows.add("Host has a port of 0", line + "Host: a:0" + end, 400);
        rows.add("Host has a port too large", line + "Host: a:65536" + end, 400);
        rows.add("Host has a signed port", line + "Host: a:+80" + end, 400);
        rows.add("Host has an open bracket", line + "Host: [::1" + end, 400);
        rows.add("Host has a bracket around nothing", line + "Host: []" + end, 400);
        rows.add("Host has a name in brackets", line + "Host: [test]" + end, 400);
        rows.add("Host is not ASCII", line + "Host: t\u00e4st" + end, 400);
        rows.add("Host contradicts the target", "GET http://other/ HTTP/1.1\r\nHost: test" + end, 400);
        rows.add("Host contradicts the target's port", "GET http://test:81/ HTTP/1.1\r\nHost: test:82" + end, 400);
        rows.add("no Host beside an absolute target", "GET http://test/ HTTP/1.1\r\nX-A: a" + end, 400);
    }

    private static void lengths(Rows rows) {
        String end = "\r\n\r\nhello" + SMUGGLED;
        String length = POST + "Content-Length: ";
        rows.add("length with a sign", length + "+5" + end, 400);
        rows.add("length is negative", length + "-5" + end, 400);
        rows.add("length is a list", length + "5, 5" + end, 400);
        rows.add("length is a list of two", length + "5,6" + end, 400);
        rows.add("length is two numbers", length + "5 5" + end, 400);
        rows.add("length is hexadecimal", length + "0x5" + end, 400);
        rows.add("length is a letter", length + "a" + end, 400);
        rows.add("length has a fraction", length + "5.0" + end, 400);
        rows.add("length has an exponent", length + "5e0" + end, 400);
        rows.add("length is empty", length + end, 400);
        rows.add("length is quoted", length + "\"5\"" + end, 400);
        rows.add("length ends in a semicolon", length + "5;" + end, 400);
        rows.add("length overflows 64 bits into 5", length + "18446744073709551621" + end, 400, 413);
        rows.add("length is 2 to the 63", length + "9223372036854775808" + end, 400, 413);
        rows.add("length of a hundred digits", length + "9".repeat(100) + end, 400, 413);
        rows.add("length is not ASCII", length + "\u00b2" + end, 400);
        rows.add("two lengths", length + "5\r\nContent-Length: 6" + end, 400);
        rows.add("two lengths, the second smaller", length + "5\r\nContent-Length: 0" + end, 400);
        rows.add("the same length twice", length + "5\r\nContent-Length: 5" + end, 400);
        rows.add("length twice, other case", length + "5\r\ncontent-length: 5" + end, 400);
    }

    private static void codings(Rows rows) {
        String end = "\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + SMUGGLED;
        String coding = POST + "Transfer-Encoding: ";
        rows.add("length and coding", POST + "Content-Length: 5\r\nTransfer-Encoding: chunked" + end, 400);
        rows.add("coding and length", coding + "chunked\r\nContent-Length: 5" + end, 400);
        rows.add("coding and length of 0", coding + "chunked\r\nContent-Length: 0" + end, 400);
        rows.add("coding identity", coding + "identity" + end, 400, 501);
        rows.add("coding identity and length", coding + "identity\r\nContent-Length: 5" + end, 400, 501);
        rows.add("coding gzip", coding + "gzip" + end, 400, 501);
        rows.add("coding gzip and chunked", coding + "gzip, chunked" + end, 400, 501);
        rows.add("coding gzip and chunked on two lines",
                coding + "gzip\r\nTransfer-Encoding: chunked" + end, 400, 501);
        rows.add("coding chunked and gzip", coding + "chunked, gzip" + end, 400, 501);
        rows.add("coding chunked twice", coding + "chunked, chunked" + end, 400, 501);
        rows.add("coding chunked on two lines", coding + "chunked\r\nTransfer-Encoding: chunked" + end, 400, 501);
        rows.add("coding chunked and identity", coding + "chunked\r\nTransfer-Encoding: identity" + end, 400, 501);
        rows.add("coding is quoted", coding + "\"chunked\"" + end, 400, 501);
        rows.add("coding has a parameter", coding + "chunked;a=b" + end, 400, 501);
        rows.add("coding begins with a vertical tab", coding + "\13chunked" + end, 400, 501);
        rows.add("coding ends in a form feed", coding + "chunked\14" + end, 400, 501);
        rows.add("coding xchunked", coding + "xchunked" + end, 400, 501);
        rows.add("coding chunke", coding + "chunke" + end, 400, 501);
        rows.add("coding is empty", coding + end, 400, 501);
        rows.add("coding ends in a comma", coding + "chunked," + end, 400, 501);
        rows.add("coding begins with a comma", coding + ",chunked" + end, 400, 501);
        rows.add("coding in HTTP/1.0", "POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked" + end, 400);
        rows.add("coding and length in HTTP/1.0",
                "POST / HTTP/1.0\r\n" + HOST + "Content-Length: 5\r\nTransfer-Encoding: chunked" + end, 400);
        rows.add("unknown expectation", POST + "Content-Length: 5\r\nExpect: 200-ok" + end, 417);
        rows.add("two expectations", POST + "Content-Length: 5\r\nExpect: 100-continue, other" + end, 417);
    }

    private static void sizes(Rows rows) {
        String end = "\r\n\r\n" + SMUGGLED;
        rows.add("target is too long", "GET /" + "a".repeat(8_300) + " HTTP/1.1\r\nHost: test" + end, 414);
        rows.add("target is much too long", "GET /" + "a".repeat(60_000) + " HTTP/1.1\r\nHost: test" + end, 414);
        rows.add("target never ends", "GET /" + "a".repeat(60_000), 414);
        rows.add("query is too long", "GET /?" + "a".repeat(8_300) + " HTTP/1.1\r\nHost: test" + end, 414);
        rows.add("method never ends", "A".repeat(60_000), 400, 414, 431, 501);
        rows.add("value is too long", GET + "X-A: " + "a".repeat(17_000) + end, 431);
        rows.add("value never ends", GET + "X-A: " + "a".repeat(60_000), 431);
        rows.add("name is too long", GET + "a".repeat(17_000) + ": a" + end, 431);
        rows.add("fields are too large together", GET + ("X-A: " + "a".repeat(1_000) + "\r\n").repeat(17) + end, 431);
        rows.add("one field too many", GET + "X-A: a\r\n".repeat(100) + end, 431);
        rows.add("fields never end", GET + "X-A: a\r\n".repeat(5_000), 431);
    }

    /** Rows in the making. */
    private static final class Rows {
        private final List<Row> list = new ArrayList<>();

        void add(String name, String text, Integer... statuses) {
            list.add(new Row(name, text, new TreeSet<>(Set.of(statuses))));
        }
    }
}
