/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.http.Completion;
import io.gatehouse.http.Connection;
import io.gatehouse.http.Fields;
import io.gatehouse.http.HttpVersion;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http.RequestHead;
import io.gatehouse.http.ResponseHead;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * One exchange of the memory transport: all rules of {@link Exchange} over the bytes of a {@link MemoryConnection}.
 *
 * <pre>
 *   OPEN ──commit──► COMMITTED ──last──► ENDED          any ──fail──► FAILED
 * </pre>
 */
final class MemoryExchange implements Exchange {
    private enum State { OPEN, COMMITTED, ENDED, FAILED }

    private static final ByteBuffer NONE = ByteBuffer.allocate(0);

    private final MemoryConnection connection;
    private final MemoryHead request;
    private final MemoryBody body;
    private State state = State.OPEN;
    private boolean outstanding;
    private boolean continued;
    private boolean keep;
    private boolean chunked;
    private boolean silent;
    private boolean raw;
    private boolean rawInEnded;
    private long rawMoved;
    private long silence;
    private long left = -1;
    private Fields trailers = Fields.EMPTY;
    private Runnable demand;
    private long demanded;
    private final MemoryConnection.Slowness slowness;
    private Throwable failure;
    private boolean disconnected;
    private Runnable gone;

    MemoryExchange(MemoryConnection connection, MemoryHead request) {
        this.connection = connection;
        this.request = request;
        TransportConfig config = connection.transport().config();
        this.body = new MemoryBody(request.length(), config.limits());
        this.continued = !request.expectsContinue();
        this.slowness = new MemoryConnection.Slowness(config.limits().rate(), config.timeouts().body());
        this.demanded = System.nanoTime();
        this.silence = config.timeouts().idle().toNanos();
    }

    MemoryBody body() {
        return body;
    }

    @Override
    public RequestHead head() {
        return request.head();
    }

    @Override
    public Connection connection() {
        return connection.identity();
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        try {
            synchronized (this) {
                sendContinue();
                return readNow(into);
            }
        } catch (RefusedException e) {
            synchronized (this) {
                keep = false;
                failure = failure == null ? e : failure;
            }
            throw e;
        } catch (IOException e) {
            fail(e, true);
            throw e;
        }
    }

    private int readNow(ByteBuffer into) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        } else if (failure != null) {
            throw new IOException("aborted", failure);
        }
        if (state == State.ENDED && !raw) {
            throw new IllegalStateException("the exchange has ended");
        }
        synchronized (connection) {
            while (true) {
                int filled = body.ended() && !raw ? 0 : connection.fill();
                rawMoved = filled == 0 ? rawMoved : System.nanoTime();
                int read = raw ? take(into, filled) : body.read(connection.input(), into);
                slowness.moved(Math.max(0, read));
                if (read != 0 || filled == 0 || !into.hasRemaining()) {
                    rawInEnded |= raw && read < 0;
                    closeRaw();
                    return read;
                }
                if (filled < 0) {
                    throw new RefusedException(Refusal.TRUNCATED, "the body ended early");
                }
            }
        }
    }

    private int take(ByteBuffer into, int filled) {
        ByteBuffer input = connection.input();
        int size = Math.min(into.remaining(), input.remaining());
        into.put(input.slice(input.position(), size));
        input.position(input.position() + size);
        return size == 0 && filled < 0 ? -1 : size;
    }

    private void sendContinue() {
        if (!continued && state == State.OPEN && failure == null) {
            continued = true;
            connection.send(Completion.NOTHING, ByteBuffer.wrap("HTTP/1.1 100 Continue\r\n\r\n".getBytes(ISO_8859_1)));
        }
    }

    @Override
    public synchronized void demand(Runnable readable) {
        if (demand != null) {
            throw new IllegalStateException("a demand is outstanding");
        }
        sendContinue();
        demand = readable;
        slowness.paused(System.nanoTime() - demanded);
        connection.transport().execute(this::readable);
    }

    /** Runs the demand if a read would not return 0; on the loop's thread. */
    void readable() {
        Runnable run;
        synchronized (this) {
            if (demand == null) {
                return;
            }
            try {
                synchronized (connection) {
                    if (failure == null && (raw || !body.ended())) {
                        int filled = connection.fill();
                        if (filled > 0 && !raw) {
                            body.read(connection.input(), NONE);
                        }
                        boolean bytes = connection.input().hasRemaining();
                        if (!bytes && filled >= 0 && (raw || !body.ended())) {
                            return;
                        }
                    }
                }
            } catch (IOException e) {
                failure = failure == null ? e : failure;
                keep = false;
                if (!(e instanceof RefusedException)) {
                    connection.transport().execute(() -> fail(e, true));
                }
            }
            run = demand;
            demand = null;
            demanded = System.nanoTime();
        }
        run.run();
    }

    @Override
    public synchronized Fields trailers() {
        return body.trailers();
    }

    @Override
    public synchronized void trailers(Fields trailers) {
        this.trailers = trailers;
    }

    @Override
    public void inform(ResponseHead head, Completion done) {
        if (!take(State.OPEN, done)) {
            return;
        }
        boolean old = head().version() == HttpVersion.HTTP_1_0;
        byte[] bytes = old ? new byte[0] : MemoryText.head(head, "").getBytes(ISO_8859_1);
        connection.send(finishing(false, done), ByteBuffer.wrap(bytes));
    }

    @Override
    public void commit(ResponseHead head, ByteBuffer part, boolean last, Completion done) {
        if (!take(State.OPEN, done)) {
            return;
        }
        String framing;
        boolean fits;
        synchronized (this) {
            state = State.COMMITTED;
            int status = head.status();
            boolean modern = head().version() == HttpVersion.HTTP_1_1;
            boolean none = status == 204 || status == 304 || status == 101;
            raw = status == 101;
            rawMoved = System.nanoTime();
            silent = head().isHead() || none && !raw;
            String given = status == 204 || raw ? null : head.fields().first("Content-Length");
            long length = given != null ? Long.parseLong(given) : last && !none ? part.remaining() : -1;
            chunked = modern && length < 0 && !none;
            left = silent ? -1 : length;
            keep = request.keep() && failure == null && continued && !raw && !connection.transport().stopping()
                    && !head.fields().lists("Connection", "close") && (modern || length >= 0 || silent);
            framing = (length >= 0 ? "Content-Length: " + length + "\r\n" : chunked ? "Transfer-Encoding: chunked\r\n" : "")
                    + (raw ? "Connection: Upgrade\r\nUpgrade: " + head.fields().first("Upgrade") + "\r\n"
                            : !keep ? "Connection: close\r\n" : modern ? "" : "Connection: keep-alive\r\n")
                    + (head.fields().contains("Date") ? "" : MemoryText.date());
            fits = left < 0 || part.remaining() <= left;
        }
        send(fits, MemoryText.head(head, framing), part, last, done);
    }

    @Override
    public void write(ByteBuffer part, boolean last, Completion done) {
        if (take(State.COMMITTED, done)) {
            boolean fits;
            synchronized (this) {
                fits = left < 0 || part.remaining() <= left;
            }
            send(fits, "", part, last, done);
        }
    }

    /** Whether the call may go on; throws if it is out of turn, and fails the completion if the exchange has failed. */
    private boolean take(State expected, Completion done) {
        Throwable failed;
        synchronized (this) {
            boolean aborted = state == State.FAILED;
            if (!aborted && (outstanding || state != expected)) {
                throw new IllegalStateException(outstanding ? "a write is outstanding" : "the exchange is " + state);
            }
            outstanding = !aborted;
            failed = aborted ? failure : null;
        }
        if (failed != null) {
            done.failed(failed);
        }
        return failed == null;
    }

    private void send(boolean fits, String head, ByteBuffer part, boolean last, Completion done) {
        if (!fits) {
            IllegalStateException tooLong = new IllegalStateException("the body is longer than its Content-Length");
            synchronized (this) {
                outstanding = false;
            }
            fail(tooLong, false);
            done.failed(tooLong);
            return;
        }
        StringBuilder before = new StringBuilder(head);
        StringBuilder after = new StringBuilder();
        ByteBuffer middle = silent ? NONE : part.duplicate();
        if (chunked && !silent) {
            if (part.hasRemaining()) {
                before.append(Integer.toHexString(part.remaining())).append("\r\n");
                after.append("\r\n");
            }
            if (last) {
                after.append("0\r\n");
                trailers.forEach(field -> after.append(field.name()).append(": ").append(field.value()).append("\r\n"));
                after.append("\r\n");
            }
        }
        left -= left < 0 ? 0 : part.remaining();
        connection.send(finishing(last, done), ByteBuffer.wrap(before.toString().getBytes(ISO_8859_1)), middle,
                ByteBuffer.wrap(after.toString().getBytes(ISO_8859_1)));
    }

    private Completion finishing(boolean last, Completion done) {
        return new Completion() {
            @Override
            public void succeeded() {
                boolean cut;
                synchronized (MemoryExchange.this) {
                    outstanding = false;
                    rawMoved = System.nanoTime();
                    state = last && state != State.FAILED ? State.ENDED : state;
                    cut = left > 0;
                }
                if (last && raw) {
                    connection.endOutput();
                    closeRaw();
                } else if (last) {
                    connection.exchangeEnded(keep && !cut);
                }
                done.succeeded();
            }

            @Override
            public void failed(Throwable cause) {
                synchronized (MemoryExchange.this) {
                    outstanding = false;
                }
                done.failed(cause);
                fail(cause, true);
            }
        };
    }

    private synchronized void closeRaw() {
        if (raw && rawInEnded && state == State.ENDED) {
            connection.close();
        }
    }

    @Override
    public void onDisconnect(Runnable gone) {
        synchronized (this) {
            if (!disconnected) {
                this.gone = gone;
                return;
            }
        }
        gone.run();
    }

    @Override
    public void abort(Throwable cause) {
        synchronized (this) {
            if (state == State.ENDED && !raw) {
                return;
            }
        }
        fail(cause, false);
    }

    /** Ends the exchange and its connection; what is pending fails on the loop's thread. */
    void fail(Throwable cause, boolean byPeer) {
        Completion pending;
        Runnable disconnect;
        synchronized (this) {
            if (state == State.FAILED || state == State.ENDED && !raw) {
                return;
            }
            state = State.FAILED;
            failure = cause;
            pending = connection.takeDone();
            disconnected = byPeer;
            disconnect = byPeer ? gone : null;
            gone = null;
        }
        connection.end(true);
        connection.transport().execute(() -> {
            if (pending != null) {
                pending.failed(cause);
            }
            readable();
            if (disconnect != null) {
                disconnect.run();
            }
        });
    }

    @Override
    public synchronized void silence(Duration limit) {
        silence = limit.toNanos();
    }

    private void tickRaw(long now) {
        synchronized (this) {
            if (failure != null || outstanding || demand == null && state != State.ENDED) {
                rawMoved = now;
            }
            if (now - rawMoved <= silence) {
                return;
            }
        }
        connection.transport().config().listener().refused(connection.identity(), Refusal.IDLE, "silent after the switch of protocols");
        fail(new RefusedException(Refusal.IDLE, "silent after the switch of protocols"), true);
    }

    /** Looks at the clock: strikes if somebody waits for a body that does not come, or nothing moves after a switch of protocols. */
    void tick(long now) {
        if (raw) {
            tickRaw(now);
            return;
        }
        synchronized (this) {
            if (demand == null || body.ended() || failure != null || !slowness.strikes(now)) {
                return;
            }
            failure = new RefusedException(Refusal.BODY_TIMEOUT, "the body came slower than limits.rate over timeouts.body");
            keep = false;
        }
        connection.transport().config().listener().refused(
                connection.identity(), Refusal.BODY_TIMEOUT, String.valueOf(failure.getMessage()));
        readable();
    }
}
