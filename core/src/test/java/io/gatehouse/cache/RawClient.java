/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.cache;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.http.Fields;
import io.gatehouse.transport.Peer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A client of the contract on one connection: sends texts as they are, reads answers in HTTP/1.1. */
final class RawClient implements AutoCloseable {

    /** An answer as it came. */
    record Reply(int status, Fields fields, String text) {
        String field(String name) {
            return String.valueOf(fields.joined(name));
        }

        boolean fromMemory() {
            return fields.contains("Age");
        }
    }

    private final Peer peer;
    private final ByteBuffer input = ByteBuffer.allocate(16 * 1024).limit(0);

    RawClient(Peer peer) {
        this.peer = peer;
    }

    Peer peer() {
        return peer;
    }

    /** Sends a request with these field lines, and reads the answer. */
    Reply ask(String line, String... fields) throws IOException {
        send(line, fields);
        return reply(line.startsWith("HEAD "));
    }

    /** Sends a request with these field lines. */
    void send(String line, String... fields) throws IOException {
        StringBuilder out = new StringBuilder(line).append(" HTTP/1.1\r\nHost: test\r\n");
        for (String field : fields) {
            out.append(field).append("\r\n");
        }
        sendRaw(out.append("\r\n").toString());
    }

    void sendRaw(String text) throws IOException {
        peer.send(ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
    }

    /** The next answer that is not interim. */
    Reply reply(boolean head) throws IOException {
        while (true) {
            String[] status = line().split(" ", 3);
            int code = Integer.parseInt(status[1]);
            Fields.Builder builder = Fields.builder();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                builder.add(line.substring(0, colon), line.substring(colon + 1).strip());
            }
            Fields fields = builder.build();
            if (code >= 200) {
                boolean none = head || code == 204 || code == 304;
                return new Reply(code, fields, none ? "" : body(fields));
            }
        }
    }

    /** All that comes, framing and all, up to a text. */
    String until(String text) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.indexOf(text, Math.max(0, all.length() - text.length())) < 0) {
            all.append((char) next());
        }
        return all.toString();
    }

    /** Whether the connection ends here, by an end or a reset. */
    boolean ends() {
        try {
            return !fill();
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }

    private String body(Fields fields) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (fields.lists("Transfer-Encoding", "chunked")) {
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                copy(size, out);
                line();
            }
            line();
        } else {
            copy(Integer.parseInt(String.valueOf(fields.first("Content-Length"))), out);
        }
        return out.toString(ISO_8859_1);
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
        int received = peer.receive(input);
        input.flip();
        return received >= 0;
    }
}
