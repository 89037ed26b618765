/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.FieldSyntax;
import io.gatehouse.http.Fields;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** A client of the tests: writes what it is told, cut as it is told, and reads answers strictly by RFC 9112. */
public final class Client implements AutoCloseable {
    private static final int KEPT = 256 * 1024;

    private final Peer peer;
    private final Variant.Cut cut;
    private final ByteBuffer input = ByteBuffer.allocate(64 * 1024).limit(0);

    public Client(Peer peer, Variant.Cut cut) {
        this.peer = peer;
        this.cut = cut;
    }

    public Peer peer() {
        return peer;
    }

    /** Sends a text, each of whose characters is a byte. */
    public Client send(String text) throws IOException {
        return send(text.getBytes(ISO_8859_1));
    }

    public Client send(byte[] bytes) throws IOException {
        for (ByteBuffer piece : cut.pieces(bytes)) {
            peer.send(piece);
        }
        return this;
    }

    /** Sends what the server may refuse before it has all of it. */
    public Client sendRefused(byte[] bytes) {
        try {
            send(bytes);
        } catch (IOException e) {
            // the answer is on its way, or has come
        }
        return this;
    }

    /** A GET on a path, kept alive. */
    public Answer get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n").answer();
    }

    /** The next answer that is not interim. */
    public Answer answer() throws IOException {
        Answer answer = answerTo("GET");
        while (answer.status() < 200 && answer.status() != 101) {
            answer = answerTo("GET");
        }
        return answer;
    }

    /** The next answer, an interim one too. */
    public Answer answerTo(String method) throws IOException {
        String[] status = line().split(" ", 3);
        assertEquals("HTTP/1.1", status[0], "the version of the status line");
        assertEquals(3, status.length, "a space follows the status, even without a reason");
        int code = Integer.parseInt(status[1]);
        Fields fields = section();
        boolean none = method.equals("HEAD") || code < 200 || code == 204 || code == 304;
        if (none) {
            return new Answer(code, fields, new byte[0], 0, 0, Fields.EMPTY);
        }
        Sink sink = new Sink();
        Fields trailers = Fields.EMPTY;
        if (fields.lists("Transfer-Encoding", "chunked")) {
            assertTrue(!fields.contains("Content-Length"), "both framings at once");
            long size = chunkSize();
            while (size > 0) {
                copy(size, sink);
                assertEquals("", line(), "after a chunk");
                size = chunkSize();
            }
            trailers = section();
        } else if (fields.contains("Content-Length")) {
            assertEquals(1, fields.all("Content-Length").size());
            copy(Long.parseLong(String.valueOf(fields.first("Content-Length"))), sink);
        } else {
            assertTrue(fields.lists("Connection", "close"), "an answer that ends with the connection says so");
            while (fill()) {
                sink.take(input.remaining());
            }
        }
        return new Answer(code, fields, sink.kept.toByteArray(), sink.length, sink.sum.getValue(), trailers);
    }

    /** Asserts that nothing more comes: the connection ends, or is reset. */
    public void assertEnd() throws IOException {
        try {
            if (fill()) {
                byte[] rest = new byte[Math.min(input.remaining(), 200)];
                input.get(rest);
                assertEquals("", new String(rest, ISO_8859_1), "after the end");
            }
        } catch (java.net.SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            // a reset is an end too
        }
    }

    /** Exactly so many raw bytes. */
    public String raw(int count) throws IOException {
        Sink sink = new Sink();
        copy(count, sink);
        return sink.kept.toString(ISO_8859_1);
    }

    /** Reads to the end of the connection and says whether it came as a reset. */
    public boolean endsCut() {
        try {
            while (fill()) {
                input.position(input.limit());
            }
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }

    private Fields section() throws IOException {
        Fields.Builder fields = Fields.builder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            assertTrue(colon > 0 && FieldSyntax.isToken(line.substring(0, colon)), line);
            fields.add(line.substring(0, colon), line.substring(colon + 1));
        }
        return fields.build();
    }

    private long chunkSize() throws IOException {
        return Long.parseLong(line(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (!fill()) {
                throw new EOFException("the connection ended after '" + line + "'");
            }
            char c = (char) (input.get() & 0xFF);
            if (c == '\n') {
                assertTrue(line.length() > 0 && line.charAt(line.length() - 1) == '\r', "a bare line feed: " + line);
                return line.substring(0, line.length() - 1);
            }
            line.append(c);
        }
    }

    private void copy(long count, Sink sink) throws IOException {
        while (count > 0) {
            if (!fill()) {
                throw new EOFException("the connection ended " + count + " bytes early, after " + sink.length);
            }
            int size = (int) Math.min(count, input.remaining());
            sink.take(size);
            count -= size;
        }
    }

    private boolean fill() throws IOException {
        if (input.hasRemaining()) {
            return true;
        }
        input.clear();
        int received = peer.receive(input);
        input.flip();
        return received >= 0;
    }

    /** Counts and sums a body, and keeps its beginning. */
    private final class Sink {
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final CRC32 sum = new CRC32();
        private long length;

        private void take(int size) {
            int from = input.arrayOffset() + input.position();
            sum.update(input.array(), from, size);
            kept.write(input.array(), from, Math.max(0, Math.min(size, KEPT - kept.size())));
            length += size;
            input.position(input.position() + size);
        }
    }
}
