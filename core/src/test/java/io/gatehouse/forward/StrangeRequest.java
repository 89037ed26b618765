/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.transport.MalformedRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Requests at the border of what is clear, as data: each has one meaning, and the origin gets that or nothing.
 *
 * @param text as sent
 * @param requests what the origin gets: method and target, and the body behind a bar
 * @param refusable whether it, or what stands behind it, may also be refused
 * @param check what else must hold of what the origin got
 */
record StrangeRequest(
        String name, String text, List<String> requests, boolean refusable, Consumer<List<RecordingOrigin.Seen>> check) {

    private static final String HOST = " HTTP/1.1\r\nHost: test\r\n";
    private static final String CHUNKED = "POST /x" + HOST + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String SMUGGLED = MalformedRequests.SMUGGLED;

    static List<StrangeRequest> all() {
        Table table = new Table();
        framing(table);
        hops(table);
        bodies(table);
        targets(table);
        fields(table);
        methods(table);
        return table.rows;
    }

    private static void framing(Table table) {
        table.one("zeros before the length", "POST /x" + HOST + "Content-Length: 0000005\r\n\r\nhello", "POST /x|hello");
        table.one("white space around the length", "POST /x" + HOST + "Content-Length: \t 5 \t\r\n\r\nhello", "POST /x|hello");
        table.one("length without white space", "POST /x" + HOST + "content-length:5\r\n\r\nhello", "POST /x|hello");
        table.one("length of 0 and a request behind", "POST /x" + HOST + "Content-Length: 0\r\n\r\n" + SMUGGLED, "POST /x", "GET /smuggled");
        table.one("no length and a request behind", "POST /x" + HOST + "\r\n" + SMUGGLED, "POST /x", "GET /smuggled");
        table.one("coding in another case", "POST /x" + HOST + "Transfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST /x|hello");
        table.one("white space around the coding", "POST /x" + HOST + "Transfer-Encoding: \t chunked \r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "POST /x|hello");
        table.one("GET with a body", "GET /x" + HOST + "Content-Length: 5\r\n\r\nhello", "GET /x|hello");
        table.one("DELETE with chunks", "DELETE /x" + HOST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "DELETE /x|hello");
        table.one("names like the framing's", "GET /x" + HOST
                + "Content_Length: 50\r\nTransfer_Encoding: chunked\r\nX-Content-Length: 7\r\nContent-Length-X: 8\r\nTransfer-Encodin: chunked\r\n\r\n"
                + SMUGGLED, "GET /x", "GET /smuggled");
        table.one("HTTP/1.0 with a length", "POST /x HTTP/1.0\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello" + SMUGGLED, "POST /x|hello");
        table.one("HTTP/1.0 kept alive", "POST /x HTTP/1.0\r\nHost: test\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello" + SMUGGLED,
                "POST /x|hello", "GET /smuggled");
        table.one("HTTP/1.0 without a host", "GET /x HTTP/1.0\r\n\r\n" + SMUGGLED, "GET /x");
        table.one("close, and a request behind", "GET /x" + HOST + "Connection: close\r\n\r\n" + SMUGGLED, "GET /x");
        table.one("100-continue with the body at once", "POST /x" + HOST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello" + SMUGGLED,
                "POST /x|hello", "GET /smuggled");
        table.maybe("100-continue without a body", "GET /x" + HOST + "Expect: 100-continue\r\n\r\n" + SMUGGLED, "GET /x", "GET /smuggled");
        table.one("empty line before the request", "\r\nGET /x" + HOST + "\r\n", "GET /x");
        table.maybe("empty lines before the request", "\r\n\r\n\r\nGET /x" + HOST + "\r\n", "GET /x");
        table.one("empty line between requests", "POST /x" + HOST + "Content-Length: 5\r\n\r\nhello\r\n" + SMUGGLED, "POST /x|hello", "GET /smuggled");
        table.none("half a body", "POST /x" + HOST + "Content-Length: 50\r\n\r\nhello");
        table.none("half a chunk", CHUNKED + "5\r\nhel");
        table.none("no last chunk", CHUNKED + "5\r\nhello\r\n");
        table.none("no end of the trailers", CHUNKED + "5\r\nhello\r\n0\r\n");
        table.none("half a head", "GET /x" + HOST);
    }

    private static void hops(Table table) {
        String hello = "Content-Length: 5\r\n\r\nhello" + SMUGGLED;
        table.one("Connection names the length", "POST /x" + HOST + "Connection: content-length\r\n" + hello, "POST /x|hello", "GET /smuggled");
        table.one("Connection names the coding",
                "POST /x" + HOST + "Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST /x|hello");
        table.one("Connection names the host", "POST /x" + HOST + "Connection: host\r\n" + hello, "POST /x|hello", "GET /smuggled");
        table.one("Connection names a field", seen -> assertEquals("b", seen.get(0).fields().first("X-Kept")),
                "GET /x" + HOST + "Connection: close, x-hop\r\nX-Hop: a\r\nX-Kept: b\r\n\r\n", "GET /x");
        table.one("Connection on several lines, with empty places",
                "GET /x" + HOST + "Connection: ,keep-alive,\r\nX-Hop: a\r\nConnection: , X-HOP ,\r\n\r\n", "GET /x");
        table.one("fields of a connection that nobody names", "GET /x" + HOST
                + "Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\nProxy-Authorization: Basic YTpi\r\nTrailer: X\r\nTE: trailers, gzip\r\n\r\n",
                "GET /x");
        table.one("upgrade to HTTP/2", "GET /x" + HOST
                + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n", "GET /x");
        table.one("upgrade with a body behind", "POST /x" + HOST + "Connection: Upgrade\r\nUpgrade: nothing/1\r\n" + hello,
                "POST /x|hello", "GET /smuggled");
    }

    private static void bodies(Table table) {
        String text = SMUGGLED + "0\r\n\r\n" + SMUGGLED;
        table.one("a body that looks like requests", "POST /x" + HOST + "Content-Length: " + text.length() + "\r\n\r\n" + text, "POST /x|" + text);
        table.one("a chunk that looks like requests", CHUNKED + Integer.toHexString(text.length()) + "\r\n" + text + "\r\n0\r\n\r\n", "POST /x|" + text);
        table.one("chunks with extensions", CHUNKED + "5;a=b;c=\"d;e\"\r\nhello\r\n0;f\r\n\r\n" + SMUGGLED, "POST /x|hello", "GET /smuggled");
        table.one("sizes with zeros and in both cases", CHUNKED + "000a\r\n0123456789\r\n00A\r\n0123456789\r\n000\r\n\r\n",
                "POST /x|01234567890123456789");
        table.one("trailers", seen -> assertTrue(!seen.get(0).fields().contains("X-T"), "a trailer is no field of the head"),
                CHUNKED + "5\r\nhello\r\n0\r\nX-T: a\r\n\r\n" + SMUGGLED, "POST /x|hello", "GET /smuggled");
        table.rows.add(new StrangeRequest("trailers that would be framing",
                CHUNKED + "5\r\nhello\r\n0\r\nContent-Length: 7\r\nTransfer-Encoding: chunked\r\nHost: evil\r\nConnection: close\r\n\r\n",
                List.of("POST /x|hello"), true, seen -> {
                    for (String name : new String[] {"Content-Length", "Transfer-Encoding", "Host", "Connection"}) {
                        assertTrue(!seen.get(0).trailers().contains(name), name + " crossed in the trailers");
                    }
                }));
        table.one("a body of every byte", "POST /x" + HOST + "Content-Length: 256\r\n\r\n" + bytes(), "POST /x|" + bytes());
    }

    private static String bytes() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 256; c++) {
            all.append(c);
        }
        return all.toString();
    }

    private static void targets(Table table) {
        table.one("a URL for a target", "GET http://test/x?y" + HOST + "\r\n", "GET /x?y");
        table.one("a URL without a path", "GET http://test" + HOST + "\r\n", "GET /");
        table.one("a URL with a query alone", "GET http://test?y" + HOST + "\r\n", "GET /?y");
        table.one("line breaks in the query, encoded", "GET /x?a=%0d%0aEvil:%20y%0d%0a%0d%0aGET%20/z" + HOST + "\r\n",
                "GET /x?a=%0d%0aEvil:%20y%0d%0a%0d%0aGET%20/z");
        table.none("line breaks in the path, encoded", "GET /x%0d%0aEvil:%20y" + HOST + "\r\n");
        table.one("a space in the path, encoded", "GET /x%20HTTP/1.1" + HOST + "\r\n", "GET /x%20HTTP/1.1");
        table.one("a path that is encoded", "GET /%78?%79" + HOST + "\r\n", "GET /%78?%79");
        table.one("a dot segment", "GET /a/../x" + HOST + "\r\n", "GET /x");
        table.none("a dot segment that leaves the root", "GET /../x" + HOST + "\r\n");
        table.none("an encoded slash", "GET /a%2fx" + HOST + "\r\n");
        table.none("an encoded NUL", "GET /x%00" + HOST + "\r\n");
        table.none("options of everything", "OPTIONS *" + HOST + "\r\n");
        table.one("a query of odd characters", "GET /x?a[]={b}|c" + HOST + "\r\n", "GET /x?a[]={b}|c");
    }

    private static void fields(Table table) {
        table.one("a value beyond ASCII", seen -> assertEquals("gr\u00fc\u00df", seen.get(0).fields().first("X-A")),
                "GET /x" + HOST + "X-A: gr\u00fc\u00df\r\n\r\n", "GET /x");
        table.one("an empty value", "GET /x" + HOST + "X-A:\r\nX-B: \t \r\n\r\n", "GET /x");
        table.one("a value with colons and tabs", seen -> assertEquals("b: c\td", seen.get(0).fields().first("X-A")),
                "GET /x" + HOST + "X-A: b: c\td\r\n\r\n", "GET /x");
        table.one("a value that looks like a request", "GET /x" + HOST + "X-A: GET /smuggled HTTP/1.1\r\n\r\n", "GET /x");
        table.one("one name many times", seen -> assertEquals(50, seen.get(0).fields().all("X-A").size()),
                "GET /x" + HOST + "X-A: b\r\n".repeat(50) + "\r\n", "GET /x");
        table.one("names of every letter", "GET /x" + HOST + "!#$%&'*+-.^_`|~09azAZ: b\r\n\r\n", "GET /x");
        table.one("another way to say the host", seen -> assertEquals("test", seen.get(0).fields().first("Host")),
                "GET /x HTTP/1.1\r\nHost: evil.test:81\r\nX-Forwarded-Host: evil\r\nX-Host: evil\r\n\r\n", "GET /x");
        table.one("many cookies", seen -> assertEquals(2, seen.get(0).fields().all("Cookie").size()),
                "GET /x" + HOST + "Cookie: a=b\r\nCookie: c=d\r\n\r\n", "GET /x");
    }

    private static void methods(Table table) {
        table.one("a method of one's own", "BREW /x" + HOST + "\r\n", "BREW /x");
        table.one("a method in lower case", "get /x" + HOST + "\r\n", "get /x");
        table.one("another method by a field", "POST /x" + HOST + "X-HTTP-Method-Override: DELETE\r\n\r\n", "POST /x");
        table.one("HEAD and a request behind", "HEAD /x" + HOST + "\r\n" + SMUGGLED, "HEAD /x", "GET /smuggled");
        table.one("HEAD with a body", "HEAD /x" + HOST + "Content-Length: 5\r\n\r\nhello" + SMUGGLED, "HEAD /x|hello", "GET /smuggled");
        // it is refused, and so no tunnel begins: what stands behind it is a request like others
        table.maybe("CONNECT", "CONNECT test:443" + HOST + "\r\n" + SMUGGLED, "GET /smuggled");
        table.none("TRACE that goes no farther", "TRACE /x" + HOST + "Max-Forwards: 0\r\n\r\n");
    }

    /** Rows in the making. */
    private static final class Table {
        private final List<StrangeRequest> rows = new ArrayList<>();

        void one(String name, String text, String... requests) {
            one(name, seen -> {}, text, requests);
        }

        void one(String name, Consumer<List<RecordingOrigin.Seen>> check, String text, String... requests) {
            rows.add(new StrangeRequest(name, text, List.of(requests), false, check));
        }

        void maybe(String name, String text, String... requests) {
            rows.add(new StrangeRequest(name, text, List.of(requests), true, seen -> {}));
        }

        void none(String name, String text) {
            rows.add(new StrangeRequest(name, text, List.of(), false, seen -> {}));
        }
    }
}
