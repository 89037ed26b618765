/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http.Fields;
import io.gatehouse.http.Refusal;
import io.gatehouse.http.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The reading side of one exchange: its reads, its one demand, and the pace that the peer keeps meanwhile. Reads from Jetty, or
 * from the connection itself once another protocol is spoken.
 *
 * <p>The monitor guards the demand and the pace, and is never held over a call-back.
 */
final class RequestReader {
    private final JettyTransport transport;
    private final JettyExchange exchange;
    private final JettyBody body;
    private volatile @Nullable RawConnection raw; // looked at by the clock too
    private boolean rawEnded;
    private @Nullable Runnable demand;
    private boolean firing;
    private @Nullable Pace pace;
    private long pausedAt;

    RequestReader(JettyTransport transport, JettyExchange exchange, JettyBody body) {
        this.transport = transport;
        this.exchange = exchange;
        this.body = body;
    }

    /** The connection, if it speaks another protocol by now. */
    @Nullable RawConnection raw() {
        return raw;
    }

    /** Whether the peer of a raw connection has ended its direction. */
    boolean isRawEnded() {
        return rawEnded;
    }

    void switched(RawConnection connection) {
        raw = connection;
    }

    /** As {@link io.gatehouse.transport.Exchange#silence}. */
    void silence(Duration limit) {
        RawConnection switched = raw;
        if (switched != null) {
            switched.silence(limit.toNanos());
        }
    }

    /** As {@link io.gatehouse.transport.Exchange#read}. */
    int read(ByteBuffer into) throws IOException {
        rethrow();
        RawConnection switched = raw;
        if (switched != null) {
            try {
                int read = switched.read(into);
                rawEnded |= read < 0;
                exchange.closeRaw();
                return read;
            } catch (IOException e) {
                exchange.fail(e, true);
                throw e;
            }
        }
        int read = body.read(into);
        rethrow(); // Jetty may have met the end of the connection meanwhile
        Throwable cause = body.failure();
        if (cause != null) {
            IOException broken = asFailure(cause);
            exchange.fail(broken, true);
            throw broken;
        }
        return read;
    }

    /** The request's trailer section, once it has been read. */
    Fields trailers() {
        return body.trailers();
    }

    private static IOException asFailure(@Nullable Throwable cause) {
        return cause instanceof IOException e ? e : new IOException("the request's body can't be read", cause);
    }

    private void rethrow() throws IOException {
        Throwable cause = exchange.failure();
        if (cause instanceof RefusedException e) {
            throw new RefusedException(e.refusal(), String.valueOf(e.getMessage()));
        } else if (cause != null) {
            throw new IOException(cause.getMessage(), cause);
        }
    }

    /** As {@link io.gatehouse.transport.Exchange#demand}. */
    void demand(Runnable readable) {
        boolean nested;
        synchronized (this) {
            if (demand != null) {
                throw new IllegalStateException("a demand is outstanding: wait for it, then read");
            }
            demand = readable;
            nested = firing;
        }
        RawConnection switched = raw;
        boolean ready = exchange.failure() != null || (switched != null ? !switched.demand() : body.isReady());
        if (!ready) {
            if (switched == null) {
                await();
                if (!body.demand(this::readable)) {
                    transport.execute(this::fire); // it has ended meanwhile
                }
            }
        } else if (nested && !IoThread.isCurrent()) {
            transport.execute(this::readable);
        } else {
            fire();
        }
    }

    private synchronized void await() {
        long now = System.nanoTime();
        Pace kept = pace;
        if (kept == null) {
            kept = new Pace(transport.config().timeouts().body(), transport.config().limits().rate());
            kept.restart(now, body.count());
            pace = kept;
        } else {
            kept.pause(now - pausedAt);
        }
    }

    /** A read is worth trying; on whatever thread. */
    void readable() {
        // Jetty tells of a failure in one way only, through the read if one is asked for; here it is a disconnect too.
        if (raw == null && exchange.failure() == null && body.isReady() && body.failure() != null) {
            exchange.fail(asFailure(body.failure()), true);
        } else if (IoThread.isCurrent()) {
            fire();
        } else {
            transport.execute(this::fire);
        }
    }

    /** Runs the demand, if one is outstanding. */
    void fire() {
        Runnable run;
        synchronized (this) {
            run = demand;
            demand = null;
            pausedAt = pace == null ? 0 : System.nanoTime();
            firing = run != null;
        }
        if (run != null) {
            try {
                run.run();
            } finally {
                firing = false;
            }
        }
    }

    /** Looks at the clock: reads of a body that comes too slowly fail, and a switched connection that is silent for too long ends. */
    void tick(long now) {
        RawConnection switched = raw;
        if (switched != null) {
            boolean demanded;
            synchronized (this) {
                demanded = demand != null;
            }
            RefusedException silent = switched.silent(now, demanded);
            if (silent != null) {
                transport.config().listener().refused(exchange.connection(), silent.refusal(), String.valueOf(silent.getMessage()));
                exchange.fail(silent, true);
            }
            return;
        }
        boolean slow;
        synchronized (this) {
            Pace kept = pace;
            slow = demand != null && kept != null && exchange.failure() == null && kept.tooSlow(now, body.count());
        }
        if (slow) {
            exchange.refuse(new RefusedException(Refusal.BODY_TIMEOUT, "the body came slower than limits.rate="
                    + transport.config().limits().rate() + " over timeouts.body=" + transport.config().timeouts().body()));
        }
    }
}
