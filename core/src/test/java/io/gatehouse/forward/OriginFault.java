/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What an origin can do wrong, or nearly wrong, as data.
 *
 * @param script what it says; the head of the request has been read
 * @param request what the client asks, with {@code GET} for the usual request
 * @param outcomes what a client may make of it
 * @param stalls whether a timeout is what ends it
 */
record OriginFault(String name, Script script, String request, List<String> outcomes, boolean stalls) {

    /** What is said on a connection from here on. Closed when it returns. */
    @FunctionalInterface
    interface Script {
        void run(ScriptedOrigin.Line line) throws Exception;
    }

    static final String GET = "GET /fault HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String HEAD = "HEAD /fault HTTP/1.1\r\nHost: test\r\n\r\n";
    private static final String POST = "POST /fault HTTP/1.1\r\nHost: test\r\nContent-Length: 400000\r\n\r\n" + "p".repeat(400_000);
    private static final String EXPECTING =
            "POST /fault HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String TEN = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @Override
    public String toString() {
        return name + " -> " + String.join(" or ", outcomes);
    }

    String method() {
        return request.substring(0, request.indexOf(' '));
    }

    /** Whether there is no answer that a client could take for one. */
    boolean isFailure() {
        return outcomes.stream().allMatch(outcome -> outcome.equals(ForwardSite.CUT) || outcome.startsWith("50"));
    }

    /** All of them. */
    static List<OriginFault> all() {
        Table table = new Table();
        beforeTheHead(table);
        heads(table);
        framing(table);
        bodies(table);
        interim(table);
        unusual(table);
        requests(table);
        stalls(table);
        return table.rows;
    }

    private static void beforeTheHead(Table table) {
        table.refused("closes without a word", line -> {});
        table.refused("resets without a word", line -> line.reset());
        table.refused("closes in the status line", line -> line.send("HTTP/1.1 2"));
        table.refused("resets in the status line", line -> {
            line.send("HTTP/1.1 2");
            line.reset();
        });
        table.refused("closes in the head", line -> line.send("HTTP/1.1 200 OK\r\nContent-Le"));
        table.refused("closes between head and its empty line", line -> line.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"));
        table.refused("resets in the head", line -> {
            line.send("HTTP/1.1 200 OK\r\nContent-Le");
            line.reset();
        });
        table.refused("half-closes without a word", line -> {
            line.shutdownOutput();
            line.ended();
        });
    }

    private static void heads(Table table) {
        table.refusedHead("garbage", "\0\1\2\3\377\376\r\n\r\n");
        table.refusedHead("a line of text and nothing else", "hello\r\n");
        table.refusedHead("TLS", "\25\3\3\0\2\2\50\r\n");
        table.refusedHead("another protocol", "SSH-2.0-x\r\n");
        table.refusedHead("HTTP/0.9", "<html>hello</html>");
        table.refusedHead("HTTP/2 in the status line", "HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n");
        table.refusedHead("HTTP/1.2", "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n");
        table.refusedHead("status in words", "HTTP/1.1 OK\r\n\r\n");
        table.refusedHead("status 99", "HTTP/1.1 099 X\r\n\r\n");
        table.refusedHead("status 600", "HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n");
        table.refusedHead("status of four digits", "HTTP/1.1 2000 X\r\n\r\n");
        table.refusedHead("empty line before the status line", "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        table.refusedHead("bare LF", "HTTP/1.1 200 OK\nContent-Length: 2\n\nok");
        table.refusedHead("bare LF in a field", "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 2\r\n\r\nok");
        table.refusedHead("bare CR in a field", "HTTP/1.1 200 OK\r\nA: b\rSet-Cookie: x\r\nContent-Length: 2\r\n\r\nok");
        table.refusedHead("NUL in a field", "HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 2\r\n\r\nok");
        table.refusedHead("control character in the reason", "HTTP/1.1 200 O\1K\r\nContent-Length: 2\r\n\r\nok",
                "502", "200 ok"); // a reason goes nowhere
        table.refusedHead("folded field", "HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\nContent-Length: 2\r\n\r\nok");
        table.refusedHead("field without a colon", "HTTP/1.1 200 OK\r\nA b\r\nContent-Length: 2\r\n\r\nok");
        table.refusedHead("field without a name", "HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 2\r\n\r\nok");
        table.refusedHead("space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok");
        table.refusedHead("head that never ends", "HTTP/1.1 200 OK\r\n" + "A: b\r\n".repeat(20_000));
        table.refusedHead("head of 1 MiB", "HTTP/1.1 200 OK\r\nA: " + "x".repeat(1 << 20) + "\r\n\r\n");
        table.refusedHead("status line of 100 KiB", "HTTP/1.1 200 " + "x".repeat(100_000) + "\r\n\r\n");
    }

    private static void framing(Table table) {
        String[] lengths = {"-1", "+2", "2, 2", "2,3", "0x2", "2.0", "", "two", "18446744073709551618", "9223372036854775808", "2 2", "\"2\""};
        for (String length : lengths) {
            table.refusedHead("Content-Length: '" + length + "'", "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nok");
        }
        table.refusedHead("two Content-Lengths that differ", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk");
        table.refusedHead("two Content-Lengths that agree", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok");
        table.refusedHead("Content-Length and chunks",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        table.refusedHead("chunks and Content-Length",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        String[] codings = {"gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "xchunked", "identity", "\"chunked\"", "chunked;a=b", ""};
        for (String coding : codings) {
            table.refusedHead("Transfer-Encoding: '" + coding + "'",
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + "\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        }
        table.refusedHead("chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    }

    private static void bodies(Table table) {
        table.cut("closes before the body", line -> line.send(TEN));
        table.cut("closes in the body", line -> line.send(TEN + "12345"));
        table.cut("closes one byte early", line -> line.send(TEN + "123456789"));
        table.cut("closes late in a long body", line -> line.send(
                "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(999_999)));
        table.cut("resets before the body", line -> {
            line.send(TEN);
            line.reset();
        });
        table.cut("resets in the body", line -> {
            line.send(TEN + "12345");
            line.reset();
        });
        table.cut("resets a body without an end of its own", line -> {
            line.send("HTTP/1.1 200 OK\r\n\r\n12345");
            line.reset();
        });
        table.cut("closes before the first chunk", line -> line.send(CHUNKED));
        table.cut("closes in a chunk's size", line -> line.send(CHUNKED + "5"));
        table.cut("closes in mid-chunk", line -> line.send(CHUNKED + "5\r\n123"));
        table.cut("closes between chunks", line -> line.send(CHUNKED + "5\r\n12345\r\n"));
        table.cut("closes in the last chunk", line -> line.send(CHUNKED + "5\r\n12345\r\n0\r\n"));
        table.cut("closes in the trailers", line -> line.send(CHUNKED + "5\r\n12345\r\n0\r\nA: b\r\n"));
        table.cut("resets in mid-chunk", line -> {
            line.send(CHUNKED + "5\r\n123");
            line.reset();
        });
        String[] sizes = {"xyz", "-5", "+5", "0x5", " 5", "5 ", "", "5,5", "FFFFFFFFFFFFFFFF", "10000000000000005", ";a", "5\n", "5\r\r"};
        for (String size : sizes) {
            table.cut("chunk size '" + size.replace('\n', 'n').replace('\r', 'r') + "'", line -> {
                line.send(CHUNKED + "5\r\n12345\r\n" + size + "\r\n12345\r\n0\r\n\r\n");
                line.ended();
            });
        }
        table.cut("chunk without its line break", line -> line.send(CHUNKED + "5\r\n1234567890\r\n0\r\n\r\n"));
        table.cut("chunk that ends in a bare LF", line -> line.send(CHUNKED + "5\r\n12345\n0\r\n\r\n"));
        table.cut("trailer that is folded", line -> line.send(CHUNKED + "5\r\n12345\r\n0\r\nA: b\r\n c\r\n\r\n"));
        table.cut("trailer with a NUL", line -> line.send(CHUNKED + "5\r\n12345\r\n0\r\nA: \0\r\n\r\n"));
        table.cut("trailers without end", line -> line.send(CHUNKED + "5\r\n12345\r\n0\r\n" + "A: b\r\n".repeat(20_000)));
        table.cut("chunk extension without end", line -> line.send(CHUNKED + "5;" + "a".repeat(100_000)));
    }

    private static void interim(Table table) {
        table.refused("1xx without end", line -> line.send("HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n".repeat(5_000)));
        table.refused("100 without end", line -> line.send("HTTP/1.1 100 Continue\r\n\r\n".repeat(5_000)));
        table.refused("closes after 1xx", line -> line.send("HTTP/1.1 102 Processing\r\n\r\n"));
        table.refused("closes in the head behind a 1xx", line -> line.send("HTTP/1.1 103 X\r\nA: b\r\n\r\nHTTP/1.1 200"));
        table.refused("switches protocols unasked",
                line -> line.send("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n" + OK));
        table.add("1xx with a body's framing", line -> line.send("HTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\n" + OK), GET, false,
                "200 ok", "502");
        table.add("a few 1xx", line -> line.send("HTTP/1.1 103 X\r\nA: b\r\n\r\n".repeat(3) + OK), GET, false, "200 ok");
        table.add("100 that nobody waits for", line -> line.send("HTTP/1.1 100 Continue\r\n\r\n" + OK), GET, false, "200 ok");
    }

    private static void unusual(Table table) {
        table.add("more than its length", line -> line.send(OK + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"), GET, false, "200 ok");
        table.add("garbage behind the last chunk", line -> line.send(CHUNKED + "2\r\nok\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), GET, false,
                "200 ok");
        table.add("body to HEAD", line -> line.send(OK), HEAD, false, "200 ");
        table.add("chunked body to HEAD", line -> line.send(CHUNKED + "2\r\nok\r\n0\r\n\r\n"), HEAD, false, "200 ");
        table.add("body with 204", line -> line.send("HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok"), GET, false, "204", "502");
        table.add("body with 304", line -> line.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok"), GET, false, "304");
        table.add("closes instead of a length", line -> line.send("HTTP/1.1 200 OK\r\n\r\nok"), GET, false, "200 ok");
        table.add("HTTP/1.0", line -> line.send("HTTP/1.0 200 OK\r\n\r\nok"), GET, false, "200 ok");
        table.add("HTTP/1.0 that is shorter than its length", line -> line.send("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok"), GET, false,
                ForwardSite.CUT, "502");
        table.add("says close and stays", line -> {
            line.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
            line.ended();
        }, GET, false, "200 ok");
        table.add("says keep-alive and closes", line -> line.send(
                "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"), GET, false, "200 ok");
        table.add("names its framing in Connection", line -> line.send(
                "HTTP/1.1 200 OK\r\nConnection: content-length, transfer-encoding\r\nContent-Length: 2\r\n\r\nok"), GET, false, "200 ok");
        table.add("one byte at a time", line -> line.cut(ScriptedOrigin.Cut.ONE_BYTE).send(CHUNKED + "2\r\nok\r\n0\r\nA: b\r\n\r\n"), GET, false,
                "200 ok");
    }

    private static void requests(Table table) {
        table.add("answers before the request is whole, and closes", line -> line.send(OK), POST, false, "200 ok", "502", ForwardSite.CUT);
        table.add("answers before the request is whole, and reads on", line -> {
            line.send(OK);
            line.ended();
        }, POST, false, "200 ok");
        table.add("refuses a request that waits for 100", line -> line.send(
                "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"), EXPECTING, false, "413");
        table.add("closes before the request is whole", line -> {}, POST, false, "502");
        table.add("resets before the request is whole", line -> line.reset(), POST, false, "502");
        table.add("closes on a request that waits for 100", line -> {}, EXPECTING, false, "502");
        table.add("reads half of the request and closes", line -> line.bytes(200_000), POST, false, "502");
        table.add("reads the request and closes", line -> line.bytes(400_000), POST, false, "502");
        table.add("answers when it has half of the request", line -> {
            line.bytes(200_000);
            line.send(CHUNKED + "2\r\nok\r\n0\r\n\r\n");
            line.ended();
        }, POST, false, "200 ok");
    }

    private static void stalls(Table table) {
        table.late("does not answer", line -> line.ended(), GET);
        table.late("stalls in the status line", line -> {
            line.send("HTTP/1.1 2");
            line.ended();
        }, GET);
        table.late("stalls in the head", line -> {
            line.send("HTTP/1.1 200 OK\r\nContent-");
            line.ended();
        }, GET);
        table.late("stalls after 1xx", line -> {
            line.send("HTTP/1.1 103 X\r\nA: b\r\n\r\n");
            line.ended();
        }, GET);
        table.late("trickles its head for ever", line -> {
            line.send("HTTP/1.1 200 OK\r\nA: ");
            trickle(line, Integer.MAX_VALUE);
        }, GET);
        table.late("reads the request and does not answer", line -> {
            line.bytes(400_000);
            line.ended();
        }, POST);
        table.add("stalls before the body", line -> {
            line.send(TEN);
            line.ended();
        }, GET, true, ForwardSite.CUT, "504");
        table.add("stalls in the body", line -> {
            line.send(TEN + "12345");
            line.ended();
        }, GET, true, ForwardSite.CUT, "504");
        table.add("stalls in mid-chunk", line -> {
            line.send(CHUNKED + "5\r\n123");
            line.ended();
        }, GET, true, ForwardSite.CUT, "504");
        table.add("stalls before the last chunk", line -> {
            line.send(CHUNKED + "5\r\n12345\r\n");
            line.ended();
        }, GET, true, ForwardSite.CUT, "504");
        table.add("trickles its body", line -> {
            line.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n");
            trickle(line, 20);
        }, GET, true, "200 " + "x".repeat(20));
    }

    /** A byte now and then, until the other side has enough. */
    private static void trickle(ScriptedOrigin.Line line, int count) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < count && !never.await(50, TimeUnit.MILLISECONDS); i++) {
            line.send("x");
        }
    }

    /** Rows in the making. */
    private static final class Table {
        private final List<OriginFault> rows = new ArrayList<>();

        void add(String name, Script script, String request, boolean stalls, String... outcomes) {
            rows.add(new OriginFault(name, script, request, List.of(outcomes), stalls));
        }

        void refused(String name, Script script) {
            add(name, script, GET, false, "502");
        }

        void late(String name, Script script, String request) {
            add(name, script, request, true, "504");
        }

        void cut(String name, Script script) {
            add(name, script, GET, false, ForwardSite.CUT, "502");
        }

        /** What stays open behind its bytes, so that they alone are what is wrong. */
        void refusedHead(String name, String bytes, String... outcomes) {
            add(name, line -> {
                line.send(bytes);
                line.shutdownOutput();
                line.ended();
            }, GET, false, outcomes.length == 0 ? new String[] {"502"} : outcomes);
        }
    }
}
