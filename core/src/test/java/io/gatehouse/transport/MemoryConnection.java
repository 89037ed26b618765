/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * One connection of the memory transport: reads heads, makes an exchange of each, carries bytes for it, drains after it.
 *
 * <pre>
 *   HEAD ──head──► EXCHANGE ──ended──► DRAIN ──body's end──► HEAD        any ──► CLOSED
 * </pre>
 */
final class MemoryConnection {
    private enum State { HEAD, EXCHANGE, DRAIN, CLOSED }

    private final MemoryTransport transport;
    private final Connection identity;
    private final MemoryPipe in;
    private final MemoryPipe out;
    private final ByteBuffer input = ByteBuffer.allocate(32 * 1024).limit(0); // ready to be read from
    private State state = State.HEAD;
    private MemoryExchange exchange;
    private long drained;
    private long deadline;
    private boolean first = true;
    private boolean inHead;

    // What is on its way out, with its completion.
    private ByteBuffer[] output = {};
    private Completion done;
    private Slowness slowness;

    MemoryConnection(MemoryTransport transport, long id, int port, MemoryPipe in, MemoryPipe out) {
        this.transport = transport;
        this.in = in;
        this.out = out;
        InetAddress here = InetAddress.getLoopbackAddress();
        identity = new Connection(
                id, new InetSocketAddress(here, 1), new InetSocketAddress(here, port), null, HttpVersion.HTTP_1_1);
        deadline = System.nanoTime() + transport.config().timeouts().head().toNanos();
    }

    Connection identity() {
        return identity;
    }

    MemoryTransport transport() {
        return transport;
    }

    void begin() {
        in.onChange(() -> transport.execute(this::turn));
        out.onChange(() -> transport.execute(this::turn));
        turn();
    }

    /** Does what can be done; on the loop's thread. */
    private void turn() {
        flush();
        MemoryExchange next = null;
        MemoryExchange current;
        synchronized (this) {
            try {
                if (state == State.DRAIN) {
                    drain();
                }
                if (state == State.HEAD) {
                    next = nextExchange();
                }
            } catch (RefusedException e) {
                if (state == State.HEAD) {
                    refuse(identity, e.refusal(), String.valueOf(e.getMessage()));
                } else { // its request is answered already
                    transport.config().listener().refused(identity, e.refusal(), String.valueOf(e.getMessage()));
                    close();
                }
            } catch (IOException e) {
                close();
            }
            current = exchange;
        }
        if (next != null) {
            try {
                transport.handler().handle(next);
            } catch (Throwable e) {
                next.abort(e);
            }
        } else if (current != null && in.isReset()) {
            current.fail(new IOException("the peer has reset the connection"), true);
        } else if (current != null) {
            current.readable();
        }
    }

    private MemoryExchange nextExchange() throws IOException {
        int end = fill() < 0 && !input.hasRemaining() ? -2 : headEnd();
        if (end == -2) {
            close();
            return null;
        }
        if (end < 0) {
            if (!inHead && input.hasRemaining()) {
                inHead = true;
                if (!first) {
                    deadline = System.nanoTime() + transport.config().timeouts().head().toNanos();
                }
            }
            if (atEnd) {
                close();
            }
            return null;
        }
        String text = new String(input.array(), input.position(), end - input.position(), ISO_8859_1);
        input.position(end + 4);
        MemoryHead head = MemoryHead.parse(text, transport.config().limits());
        inHead = false;
        first = false;
        state = State.EXCHANGE;
        exchange = new MemoryExchange(this, head);
        return exchange;
    }

    /** Where the head ends, -1 if it does not yet. */
    private int headEnd() throws RefusedException {
        Limits limits = transport.config().limits();
        while (input.remaining() >= 2 && input.get(input.position()) == '\r' && input.get(input.position() + 1) == '\n') {
            input.position(input.position() + 2);
        }
        int line = -1;
        int fields = -1;
        for (int i = input.position(); i < input.limit(); i++) {
            int size = i - input.position();
            if (line < 0 && size > limits.line()) {
                throw new RefusedException(Refusal.LINE_SIZE, "the line is longer than limits.line=" + limits.line());
            }
            if (size > limits.head()) {
                throw new RefusedException(Refusal.HEAD_SIZE, "the head is larger than limits.head=" + limits.head());
            }
            boolean afterReturn = size > 0 && input.get(i - 1) == '\r';
            if (afterReturn != (input.get(i) == '\n')) {
                throw new RefusedException(Refusal.SYNTAX, "end every line with CR LF");
            }
            if (afterReturn) {
                line = line < 0 ? size : line;
                if (size >= 3 && input.get(i - 3) == '\r') {
                    return i - 3;
                }
                if (++fields > limits.fields()) {
                    throw new RefusedException(Refusal.FIELD_COUNT, "more fields than limits.fields=" + limits.fields());
                }
            }
        }
        return -1;
    }

    private boolean atEnd;

    /** Takes more bytes out of the pipe; whether there are any now: -1 at the end. */
    synchronized int fill() throws IOException {
        int read = 1;
        input.compact();
        try {
            while (read > 0 && input.hasRemaining()) {
                read = in.read(input);
            }
        } finally {
            input.flip();
        }
        atEnd |= read < 0;
        return input.hasRemaining() ? input.remaining() : atEnd ? -1 : 0;
    }

    ByteBuffer input() {
        return input;
    }

    private void drain() throws IOException {
        ByteBuffer sink = ByteBuffer.allocate(8 * 1024);
        while (state == State.DRAIN) {
            int filled = fill();
            int read = exchange.body().read(input, sink.clear());
            drained += Math.max(0, read);
            if (read < 0) {
                rest();
            } else if (filled < 0 || drained > transport.config().limits().drain()) {
                close();
            } else if (read == 0) {
                return;
            }
        }
    }

    private void rest() {
        exchange = null;
        drained = 0;
        state = State.HEAD;
        deadline = System.nanoTime() + transport.config().timeouts().idle().toNanos();
        transport.execute(this::turn);
    }

    /** The exchange's last byte is out. */
    synchronized void exchangeEnded(boolean keep) {
        if (state != State.EXCHANGE) {
            return;
        }
        if (!keep || transport.stopping()) {
            close();
            return;
        }
        state = State.DRAIN;
        deadline = System.nanoTime() + transport.config().timeouts().idle().toNanos();
        transport.execute(this::turn);
    }

    /** Sends what an exchange made; its completion comes inline if the pipe takes it all. */
    void send(Completion completion, ByteBuffer... parts) {
        synchronized (this) {
            output = parts;
            done = completion;
            slowness = new Slowness(transport.config().limits().rate(), transport.config().timeouts().write());
        }
        flush();
    }

    private void flush() {
        Completion finished;
        IOException failure = null;
        synchronized (this) {
            if (done == null) {
                return;
            }
            try {
                for (ByteBuffer part : output) {
                    int taken = 1;
                    while (part.hasRemaining() && taken > 0) {
                        taken = out.write(part);
                        slowness.moved(taken);
                    }
                    if (part.hasRemaining()) {
                        return;
                    }
                }
            } catch (IOException e) {
                failure = e;
            }
            finished = done;
            done = null;
            output = new ByteBuffer[0];
        }
        if (failure == null) {
            finished.succeeded();
        } else {
            finished.failed(failure);
        }
    }

    /** Forgets what is on its way out: its completion, to be failed by the caller. */
    synchronized Completion takeDone() {
        Completion taken = done;
        done = null;
        output = new ByteBuffer[0];
        return taken;
    }

    /** Looks at the clock. */
    void tick(long now) {
        MemoryExchange current;
        boolean slow;
        synchronized (this) {
            current = exchange;
            slow = done != null && slowness.strikes(now);
            if (state == State.HEAD && now - deadline > 0 && (inHead || first)) {
                refuse(identity, Refusal.HEAD_TIMEOUT, "the head took longer than timeouts.head");
            } else if ((state == State.HEAD || state == State.DRAIN) && now - deadline > 0) {
                transport.config().listener().refused(identity, Refusal.IDLE, "idle for longer than timeouts.idle");
                close();
            }
        }
        if (slow) {
            transport.config().listener().refused(identity, Refusal.WRITE_TIMEOUT, "slower than limits.rate");
            current.fail(new IOException("the peer took less than limits.rate over timeouts.write"), true);
        } else if (current != null) {
            current.tick(now);
        }
    }

    /** Answers by itself, and closes. */
    void refuse(Connection told, Refusal refusal, String detail) {
        transport.config().listener().refused(told, refusal, detail);
        String text = refusal.status() + " " + detail + "\n";
        String head = "HTTP/1.1 " + refusal.status() + " \r\n" + MemoryText.date()
                + "Content-Type: text/plain\r\nConnection: close\r\nContent-Length: " + text.length() + "\r\n\r\n";
        try {
            out.write(ByteBuffer.wrap((head + text).getBytes(ISO_8859_1)));
        } catch (IOException e) {
            // it asked for nothing better
        }
        close();
    }

    synchronized void closeIfIdle() {
        if (state == State.HEAD || state == State.DRAIN) {
            close();
        }
    }

    void endOutput() {
        out.end();
    }

    /** Ends both directions; what was written still arrives. */
    void close() {
        end(false);
    }

    /** Ends what is going on, so that the peer sees a cut. */
    void cut(Throwable cause) {
        MemoryExchange current;
        synchronized (this) {
            current = state == State.EXCHANGE ? exchange : null;
        }
        if (current != null) {
            current.fail(cause, false);
        } else {
            end(true);
        }
    }

    void end(boolean reset) {
        synchronized (this) {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
        }
        in.deafen();
        if (reset) {
            out.reset();
        } else {
            out.end();
        }
        transport.execute(() -> transport.forget(this));
    }

    /** Whether a peer was slower than the rate over the window, of the time that somebody waited for it. */
    static final class Slowness {
        private final long needed;
        private final long window;
        private long from = System.nanoTime();
        private long bytes;

        Slowness(long rate, java.time.Duration window) {
            this.window = window.toNanos();
            this.needed = Math.max(1, rate * window.toMillis() / 1000);
        }

        void moved(int count) {
            bytes += count;
        }

        void paused(long nanos) {
            from += nanos;
        }

        boolean strikes(long now) {
            if (now - from < window) {
                return false;
            }
            boolean slow = bytes < needed;
            from = now;
            bytes = 0;
            return slow;
        }
    }
}
