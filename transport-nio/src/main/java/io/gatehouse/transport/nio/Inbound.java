/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import io.gatehouse.http1.BodyDecoder;
import io.gatehouse.http1.Fault;
import io.gatehouse.http1.Framing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request, or after a switch of protocols the raw bytes: read straight from the socket by who owns the
 * exchange.
 *
 * <pre>
 *   OPEN ──end of the body──► done          the loop has the connection's bytes again
 *     └───broken or cut off──► failure      every read throws it
 * </pre>
 *
 * <p>Until {@code done}, the connection's staged bytes and its socket's input belong to the exchange's owner, and the
 * loop leaves them alone; it only watches the socket while a demand is pending.
 */
final class Inbound {

    private final HttpConnection connection;
    private final BodyDecoder decoder;
    private final boolean raw;
    private final AtomicReference<@Nullable Runnable> demand = new AtomicReference<>();
    private volatile boolean done;
    private volatile @Nullable IOException failure;
    // Raw bytes have passed, either way, since the loop looked last.
    private volatile boolean stirred = true;
    private volatile long silenceNanos;
    // The owner's: nothing can be read before the socket has more.
    private boolean starved;
    private long received;
    // The loop's.
    private final RateWindow window;

    Inbound(HttpConnection connection, Framing framing, boolean raw) {
        this.connection = connection;
        this.decoder = new BodyDecoder(framing, connection.context.headLimits);
        this.raw = raw;
        this.silenceNanos = connection.context.timeouts.idle().toNanos();
        this.window = new RateWindow(connection.context.timeouts.body(), connection.context.limits.rate());
    }

    /** Whether the body has been read to its end. Any thread; when true the loop owns the input. */
    boolean done() {
        return done;
    }

    /** Whether it can't be read to its end. Any thread. */
    boolean failed() {
        return failure != null;
    }

    /** Whether the rest may be thrown away within so many bytes, as far as that is known; once the exchange is over. */
    boolean drainable(long most) {
        return !raw && failure == null && decoder.remaining() <= most;
    }

    /** Whether it is the connection's bytes as they are. Any thread. */
    boolean raw() {
        return raw;
    }

    /** Raw bytes have passed. By the owner. */
    void stir() {
        if (raw && !stirred) {
            stirred = true;
        }
    }

    /** Sets how long no raw bytes may pass. By the owner. */
    void silence(long nanos) {
        silenceNanos = nanos;
    }

    /** How long no raw bytes may pass. */
    long silenceNanos() {
        return silenceNanos;
    }

    /** Whether raw bytes have passed since the last call. On the loop. */
    boolean takeStirred() {
        boolean was = stirred;
        stirred = false;
        return was;
    }

    Fields trailers() {
        return done ? decoder.trailers() : Fields.EMPTY;
    }

    /** Whether something can be had without waiting for the socket. By the owner. */
    boolean readable() {
        ByteBuffer staged = connection.staging.peek();
        return done || failure != null || !starved && staged != null && staged.hasRemaining();
    }

    /** Reads; see {@link io.gatehouse.transport.Exchange#read}. By the owner, or by the loop to drain. */
    int read(ByteBuffer into) throws IOException {
        throwFailure();
        if (done) {
            return -1;
        }
        Fault fault = decoder.fault();
        if (fault != null) {
            throw refuse(fault);
        }
        if (!into.hasRemaining()) {
            return 0;
        }
        ByteBuffer staged = connection.staging.peek();
        if (staged != null && staged.hasRemaining()) {
            int moved = decode(staged, into);
            if (moved != 0) {
                return moved;
            }
        }
        try {
            return decoder.direct() > 0 ? readStraight(into) : readThrough(into);
        } catch (RefusedException e) {
            throw e;
        } catch (IOException e) {
            failure = e;
            connection.ending.lostSoon(e);
            throw e;
        }
    }

    /** Remembers who waits; nobody else does. */
    void demand(Runnable readable) {
        demand.set(readable);
    }

    /** Whether somebody waits. */
    boolean demanded() {
        return demand.get() != null;
    }

    /** Calls who waits. */
    void fire() {
        Runnable waiter = demand.getAndSet(null);
        if (waiter != null) {
            waiter.run();
        }
    }

    /** The loop begins to watch the socket. */
    void watch(long now) {
        window.begin(now);
    }

    /** The socket has something. */
    void arrived(long now) {
        window.end(now, received);
        fire();
    }

    /** Whether the body comes too slowly; raw bytes have no rate. */
    boolean tooSlow(long now) {
        return !raw && demanded() && window.tooSlow(now, received);
    }

    /** Ends it from outside: every later read throws, and who waits is called. */
    void fail(IOException cause) {
        if (failure == null) {
            failure = cause;
        }
        fire();
    }

    private int decode(ByteBuffer staged, ByteBuffer into) throws IOException {
        int moved = decoder.decode(staged, into);
        connection.staging.releaseIfEmpty();
        starved = moved == 0;
        return settle(moved);
    }

    private int readStraight(ByteBuffer into) throws IOException {
        int limit = into.limit();
        if (decoder.direct() < into.remaining()) {
            into.limit(into.position() + (int) decoder.direct());
        }
        int read;
        try {
            read = connection.wire.read(into);
        } finally {
            into.limit(limit);
        }
        if (read < 0) {
            return end();
        }
        decoder.took(read);
        received += read;
        starved = read == 0;
        return settle(read);
    }

    private int readThrough(ByteBuffer into) throws IOException {
        while (true) {
            int read = connection.staging.readBehind();
            ByteBuffer staged = connection.staging.peek();
            if (read <= 0 || staged == null) {
                starved = true;
                return read < 0 ? end() : 0;
            }
            received += read;
            int moved = decode(staged, into);
            if (moved != 0) {
                return moved;
            }
        }
    }

    private int end() throws IOException {
        connection.staging.end();
        decoder.end();
        return settle(0);
    }

    /** What a read returns, by what the decoder has come to. */
    private int settle(int moved) throws IOException {
        if (moved > 0) {
            stir();
        }
        Fault fault = decoder.fault();
        if (fault != null && moved == 0) {
            throw refuse(fault);
        }
        if (decoder.done()) {
            done = true; // the last act: from here on the loop may read
            return moved > 0 ? moved : -1;
        }
        return moved;
    }

    private RefusedException refuse(Fault fault) {
        RefusedException refused = fault.toException();
        failure = refused;
        connection.ending.refusedSoon(fault);
        return refused;
    }

    /** The body came too slowly. On the loop. */
    void timedOut() {
        Fault fault = new Fault(Refusal.BODY_TIMEOUT, "the body came slower than limits.rate="
                + connection.context.limits.rate() + " bytes a second over timeouts.body="
                + connection.context.timeouts.body());
        connection.ending.refusedSoon(fault);
        fail(fault.toException());
    }

    private void throwFailure() throws IOException {
        IOException cause = failure;
        if (cause instanceof RefusedException refused) {
            throw new RefusedException(refused.refusal(), String.valueOf(refused.getMessage()));
        }
        if (cause != null) {
            throw new IOException(cause.getMessage(), cause);
        }
    }
}
