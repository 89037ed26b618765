/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.http.Fields;
import io.gatehouse.transport.Peer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A client on one connection: sends texts as they are, one byte for each character, and reads answers in HTTP/1.1. */
public final class Wire implements AutoCloseable {

    private final Peer peer;
    private final ByteBuffer input = ByteBuffer.allocate(16 * 1024).limit(0);
    private boolean over;

    /** On a connection that is open. */
    public Wire(Peer peer) {
        this.peer = peer;
    }

    Peer peer() {
        return peer;
    }

    /** Whether the last answer said that the connection ends with it. */
    boolean over() {
        return over;
    }

    /**
     * A message of lines: the request line, fields and, after an empty one, the body. Version, Host and Content-Length are
     * added where they are missing.
     */
    static String message(String... lines) {
        int empty = Arrays.asList(lines).indexOf("");
        int fields = empty < 0 ? lines.length : empty;
        String body = empty < 0 ? "" : String.join("\r\n", Arrays.copyOfRange(lines, empty + 1, lines.length));
        StringBuilder out = new StringBuilder(lines[0]);
        if (!lines[0].contains(" HTTP/1.")) {
            out.append(" HTTP/1.1");
        }
        out.append("\r\n");
        boolean host = false;
        boolean framed = empty < 0;
        for (int i = 1; i < fields; i++) {
            String lower = lines[i].toLowerCase(java.util.Locale.ROOT);
            host |= lower.startsWith("host:");
            framed |= lower.startsWith("content-length:") || lower.startsWith("transfer-encoding:");
            out.append(lines[i]).append("\r\n");
        }
        if (!host) {
            out.append("Host: test\r\n");
        }
        if (!framed) {
            out.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return out.append("\r\n").append(body).toString();
    }

    void send(String text) throws IOException {
        peer.send(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
    }

    /** Sends a message of lines and reads the answer, which may come before all is sent. */
    public Reply ask(String... lines) throws IOException {
        try {
            send(message(lines));
        } catch (IOException e) {
            over = true;
            return reply(false);
        }
        Reply reply = reply(lines[0].startsWith("HEAD "));
        over |= lines[0].endsWith(" HTTP/1.0");
        return reply;
    }

    /** The next answer that is final, or a 101. */
    Reply reply(boolean head) throws IOException {
        while (true) {
            Reply next = anyReply(head);
            if (next.status() >= 200 || next.status() == 101) {
                return next;
            }
        }
    }

    /** The next answer. */
    Reply anyReply(boolean head) throws IOException {
        String[] status = line().split(" ", 3);
        int code = Integer.parseInt(status[1]);
        Fields fields = section();
        if (head || code < 200 || code == 204 || code == 304) {
            over = fields.lists("Connection", "close");
            return new Reply(code, fields, new byte[0], Fields.EMPTY);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Fields trailers = Fields.EMPTY;
        over = fields.lists("Connection", "close");
        if (fields.lists("Transfer-Encoding", "chunked")) {
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                copy(size, out);
                line();
            }
            trailers = section();
        } else if (fields.contains("Content-Length")) {
            copy(Integer.parseInt(String.valueOf(fields.first("Content-Length"))), out);
        } else {
            over = true;
            while (fill()) {
                out.write(input.get());
            }
        }
        return new Reply(code, fields, out.toByteArray(), trailers);
    }

    /** Exactly so many bytes as they come. */
    String raw(int count) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        copy(count, out);
        return out.toString(ISO_8859_1);
    }

    /** Whether the connection ends here, by an end or a reset. */
    boolean ends() {
        try {
            return !fill();
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("the connection does not end", e);
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }

    private Fields section() throws IOException {
        Fields.Builder builder = Fields.builder();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            builder.add(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return builder.build();
    }

    private void copy(int count, ByteArrayOutputStream out) throws IOException {
        for (int i = 0; i < count; i++) {
            out.write(next());
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = next(); c != '\n'; c = next()) {
            line.append((char) c);
        }
        return line.substring(0, line.length() - 1);
    }

    private int next() throws IOException {
        if (!fill()) {
            throw new EOFException("the connection ended");
        }
        return input.get() & 0xFF;
    }

    private boolean fill() throws IOException {
        if (input.hasRemaining()) {
            return true;
        }
        input.clear();
        int received;
        try {
            received = peer.receive(input);
        } finally {
            input.flip();
        }
        return received >= 0;
    }
}
