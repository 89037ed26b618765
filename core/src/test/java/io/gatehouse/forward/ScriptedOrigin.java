/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An origin on a loopback or Unix-domain socket that says what the test says, byte for byte, on each connection in turn. */
final class ScriptedOrigin implements AutoCloseable {

    /** What is said on one connection. Closed when it returns. */
    @FunctionalInterface
    interface Script {
        void run(Line line) throws Exception;
    }

    /** How bytes are cut on their way. */
    enum Cut { WHOLE, ONE_BYTE }

    private final ServerSocketChannel server;
    private final String text;
    private final List<Script> scripts;
    private final AtomicInteger accepted = new AtomicInteger();
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    private ScriptedOrigin(ServerSocketChannel server, String text, Script... scripts) {
        this.server = server;
        this.text = text;
        this.scripts = List.of(scripts);
        begin(this::accept);
    }

    /** On a free TCP port. The last script serves all connections that are left. */
    static ScriptedOrigin tcp(Script... scripts) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 50);
        return new ScriptedOrigin(server, "http://127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort(),
                scripts);
    }

    static ScriptedOrigin unix(Path path, Script... scripts) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        SocketAddress address = UnixDomainSocketAddress.of(path);
        server.bind(address);
        return new ScriptedOrigin(server, "unix:" + path, scripts);
    }

    /** Answers every request of a connection with the same bytes. */
    static Script always(String answer) {
        return line -> {
            while (line.request() != null) {
                line.send(answer);
            }
        };
    }

    /** As a forward is told of it. */
    String text() {
        return text;
    }

    /** Host as it goes by default. */
    String authority() {
        return text.substring("http://".length());
    }

    /** How many connections there were. */
    int connections() {
        return accepted.get();
    }

    /** The heads of all requests, with their bodies if they had a length, in order of the connections. */
    List<String> requests() {
        List<String> all = new ArrayList<>();
        lines.forEach(line -> all.addAll(line.requests));
        return all;
    }

    /** Ends it; a script that failed fails the test. */
    @Override
    public void close() throws IOException {
        server.close();
        for (Line line : lines) {
            line.channel.close();
        }
        for (Thread thread : threads) {
            try {
                thread.join(10_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (!failures.isEmpty()) {
            throw new AssertionError("a script of the origin failed", failures.get(0));
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                Line line = new Line(channel);
                lines.add(line);
                Script script = scripts.get(Math.min(accepted.getAndIncrement(), scripts.size() - 1));
                begin(() -> run(script, line));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void run(Script script, Line line) {
        try (SocketChannel channel = line.channel) {
            script.run(line);
        } catch (IOException e) {
            // The other side went away, which the test sees there.
        } catch (Throwable t) {
            failures.add(t);
        }
    }

    private void begin(Runnable task) {
        Thread thread = new Thread(task, "origin");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** One connection as its script sees it. */
    static final class Line {
        private final SocketChannel channel;
        private final List<String> requests = new CopyOnWriteArrayList<>();
        private final ByteBuffer in = ByteBuffer.allocate(64 * 1024).limit(0);
        private Cut cut = Cut.WHOLE;

        private Line(SocketChannel channel) {
            this.channel = channel;
        }

        Line cut(Cut value) throws IOException {
            cut = value;
            return this;
        }

        /** The next request, its body too if that has a Content-Length; null if the other side has closed. */
        String request() throws IOException {
            String head = head();
            if (head == null) {
                return null;
            }
            int length = 0;
            for (String field : head.split("\r\n", -1)) {
                if (field.startsWith("Content-Length: ")) {
                    length = Integer.parseInt(field.substring(16));
                }
            }
            String whole = head + bytes(length);
            requests.set(requests.size() - 1, whole);
            return whole;
        }

        /** The next head, with its empty line; null if the other side has closed. */
        String head() throws IOException {
            StringBuilder head = new StringBuilder();
            while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
                if (!in.hasRemaining() && !more()) {
                    if (head.isEmpty()) {
                        return null;
                    }
                    throw new EOFException("the head of a request is cut off: " + head);
                }
                head.append((char) (in.get() & 0xFF));
            }
            requests.add(head.toString());
            return head.toString();
        }

        /** So many bytes. */
        String bytes(int count) throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            while (out.size() < count) {
                if (!in.hasRemaining() && !more()) {
                    throw new EOFException("cut off after " + out);
                }
                out.write(in.get());
            }
            return out.toString(StandardCharsets.ISO_8859_1);
        }

        /** Everything up to a text, which is included. */
        String until(String end) throws IOException {
            StringBuilder out = new StringBuilder();
            while (out.length() < end.length() || !out.substring(out.length() - end.length()).equals(end)) {
                out.append(bytes(1));
            }
            return out.toString();
        }

        /** Everything up to the end. */
        String rest() throws IOException {
            StringBuilder out = new StringBuilder();
            while (in.hasRemaining() || more()) {
                out.append((char) (in.get() & 0xFF));
            }
            return out.toString();
        }

        void send(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            int step = cut == Cut.WHOLE ? Math.max(1, bytes.length) : 1;
            if (step == 1 && channel.getRemoteAddress() instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            for (int at = 0; at < bytes.length; at += step) {
                ByteBuffer part = ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at));
                while (part.hasRemaining()) {
                    channel.write(part);
                }
                if (step == 1) {
                    Thread.onSpinWait();
                }
            }
        }

        /** Waits for the other side to close; false if it says something instead. */
        boolean ended() {
            try {
                return !in.hasRemaining() && !more();
            } catch (IOException e) {
                return true; // reset
            }
        }

        /** Closes as a process that dies does. */
        void reset() throws IOException {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        }

        void shutdownOutput() throws IOException {
            channel.shutdownOutput();
        }

        private boolean more() throws IOException {
            in.clear();
            int read;
            try {
                read = channel.read(in);
            } finally {
                in.flip();
            }
            return read > 0;
        }
    }
}
