/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.http.Fields;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/**
 * An origin that writes down what reaches it, read by the letter of RFC 9112 and by nothing of the code under test. It answers each whole request with its
 * number, and whoever waits for 100 (Continue) with that; what can't be read in exactly one way is a violation.
 */
final class RecordingOrigin implements AutoCloseable {

    private static final Pattern REQUEST_LINE = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~]+ HTTP/1\\.1");
    private static final Pattern FIELD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*([!-~\u0080-\u00ff]([ \t!-~\u0080-\u00ff]*[!-~\u0080-\u00ff])?)?[ \t]*");
    private static final Pattern CHUNK = Pattern.compile("[0-9A-Fa-f]{1,15}");
    private static final List<String> NEVER = List.of(
            "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Upgrade", "HTTP2-Settings", "X-Hop");

    /**
     * One request that came whole.
     *
     * @param line method and target
     */
    record Seen(String line, Fields fields, String body, Fields trailers) {
        @Override
        public String toString() {
            return line + (body.isEmpty() ? "" : "|" + body);
        }
    }

    private final ServerSocketChannel server;
    private final Path socket;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<String> begun = new CopyOnWriteArrayList<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Thread acceptor;

    /** On a free TCP port. */
    RecordingOrigin() throws IOException {
        this(ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50), null);
    }

    /** At a Unix-domain socket of its own. */
    static RecordingOrigin unix() throws IOException {
        Path socket = Files.createTempDirectory("recorder").resolve("s");
        return new RecordingOrigin(ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket), 50), socket);
    }

    private RecordingOrigin(ServerSocketChannel server, Path socket) {
        this.server = server;
        this.socket = socket;
        acceptor = new Thread(this::accept, "recorder");
        acceptor.start();
    }

    String text() throws IOException {
        return socket != null ? "unix:" + socket : "http://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    /** Whole requests in the order in which they became whole. */
    List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** The first lines of all requests whose head came whole, whatever became of their bodies. */
    List<String> begun() {
        return List.copyOf(begun);
    }

    /** What was against the grammar. */
    List<String> violations() {
        return List.copyOf(violations);
    }

    /** Reads every connection to its end, which the other side must have made, and then ends. */
    void finish() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(30_000);
            if (thread.isAlive()) {
                violations.add("a connection is still open");
            }
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.close();
        acceptor.join();
        if (socket != null) {
            Files.deleteIfExists(socket);
            Files.deleteIfExists(socket.getParent());
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                Thread thread = new Thread(() -> serve(channel), "recorder");
                threads.add(thread);
                thread.start();
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            OutputStream out = Channels.newOutputStream(channel);
            while (request(in, out)) {
                String number = Integer.toString(seen.size());
                boolean head = seen.get(seen.size() - 1).line.startsWith("HEAD ");
                out.write(
                        ("HTTP/1.1 200 OK\r\nContent-Length: " + number.length() + "\r\n\r\n" + (head ? "" : number)).getBytes(ISO_8859_1));
            }
        } catch (IOException e) {
            // what was under way is not whole, and not written down as such
        }
    }

    private boolean request(InputStream in, OutputStream out) throws IOException {
        String first = line(in);
        if (first == null) {
            return false;
        }
        check(REQUEST_LINE.matcher(first).matches(), "request line", first);
        Fields fields = section(in);
        begun.add(first);
        check(fields.all("Host").size() == 1, "Host", first + " has " + fields.all("Host"));
        List<String> lengths = fields.all("Content-Length");
        List<String> codings = fields.all("Transfer-Encoding");
        check(lengths.size() + codings.size() <= 1, "framing", lengths + " " + codings);
        for (String never : NEVER) {
            check(!fields.contains(never), "field of a connection", never);
        }
        for (int i = 0; i < fields.size(); i++) {
            if (fields.name(i).equalsIgnoreCase("Connection")) {
                check(fields.value(i).equals("close") || fields.value(i).equalsIgnoreCase("te"), "Connection", fields.value(i));
            }
        }
        if (fields.lists("Expect", "100-continue")) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1));
        }
        String body = "";
        Fields trailers = Fields.EMPTY;
        if (!codings.isEmpty()) {
            check(codings.get(0).equals("chunked"), "coding", codings.get(0));
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            for (int size = chunk(in); size > 0; size = chunk(in)) {
                copy(in, size, data);
                check(line(in).isEmpty(), "chunk", "no line break behind it");
            }
            trailers = section(in);
            body = data.toString(ISO_8859_1);
        } else if (!lengths.isEmpty()) {
            check(lengths.get(0).matches("[0-9]{1,18}"), "length", lengths.get(0));
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            copy(in, Long.parseLong(lengths.get(0)), data);
            body = data.toString(ISO_8859_1);
        }
        seen.add(new Seen(first.substring(0, first.lastIndexOf(' ')), fields, body, trailers));
        return true;
    }

    private Fields section(InputStream in) throws IOException {
        Fields.Builder fields = Fields.builder();
        for (String line = line(in); line == null || !line.isEmpty(); line = line(in)) {
            if (line == null) {
                throw new EOFException("a head that is cut off");
            }
            check(FIELD.matcher(line).matches(), "field", line);
            int colon = Math.max(0, line.indexOf(':'));
            fields.add(line.substring(0, colon), line.substring(colon + 1));
        }
        return fields.build();
    }

    private int chunk(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            throw new EOFException("no last chunk");
        }
        check(CHUNK.matcher(line).matches(), "chunk size", line);
        return Integer.parseInt(line, 16);
    }

    private void check(boolean fine, String what, String text) throws IOException {
        if (!fine) {
            violations.add(what + ": " + text);
            throw new IOException(what);
        }
    }

    private static void copy(InputStream in, long count, ByteArrayOutputStream out) throws IOException {
        for (long i = 0; i < count; i++) {
            int c = in.read();
            if (c < 0) {
                throw new EOFException("a body that is cut off");
            }
            out.write(c);
        }
    }

    /** A line that ends in CR and LF; null at the end. A bare one of them is a violation. */
    private String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\r') {
                int next = in.read();
                check(next == '\n' || next < 0, "bare CR", line.toString());
                return next < 0 ? null : line.toString();
            }
            check(c != '\n' && c != 0, "bare LF or NUL", line.toString());
            line.append((char) c);
        }
        if (line.length() > 0) {
            throw new EOFException("a line that is cut off");
        }
        return null;
    }

    /** For a message. */
    @Override
    public String toString() {
        List<String> all = new ArrayList<>();
        seen.forEach(request -> all.add(request.toString()));
        return "whole " + all + ", begun " + begun + ", violations " + violations;
    }
}
