/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.nio;

import io.gatehouse.http.Refusal;
import io.gatehouse.http1.Fault;
import io.gatehouse.transport.Timeouts;
import java.io.IOException;
import java.time.Duration;

/**
 * How long a connection may stay where it is: all timeouts but that of writes, which is {@link Outbound}'s. There is no
 * timer for each connection; its loop asks here for all of them, a few times a second.
 */
final class Patience {

    private static final long LINGER_NANOS = 2_000_000_000L;

    private Patience() {}

    /** Looks at one connection, every tick of its loop. */
    static void check(HttpConnection http) {
        NioContext context = http.context;
        Timeouts timeouts = context.timeouts;
        long now = http.loop.now();
        long waited = now - http.since;
        switch (http.phase) {
            case HANDSHAKE -> {
                if (waited > timeouts.head().toNanos()) {
                    http.ending.cut(Refusal.HEAD_TIMEOUT,
                            "TLS was not agreed on within timeouts.head=" + timeouts.head());
                }
            }
            case WAITING -> {
                if (http.served) {
                    if (waited > timeouts.idle().toNanos() && !http.outbound.blocked()) {
                        expire(http, Refusal.IDLE, "no request within timeouts.idle=" + timeouts.idle());
                    }
                } else if (waited > timeouts.head().toNanos()) {
                    http.ending.refuse(new Fault(
                            Refusal.HEAD_TIMEOUT, "no request within timeouts.head=" + timeouts.head()));
                }
            }
            case HEAD -> {
                if (waited > timeouts.head().toNanos()) {
                    http.ending.refuse(new Fault(
                            Refusal.HEAD_TIMEOUT, "the head was not whole within timeouts.head=" + timeouts.head()));
                }
            }
            case EXCHANGE -> {
                NioExchange exchange = http.exchange;
                Inbound inbound = exchange == null ? null : exchange.inbound();
                if (inbound != null && inbound.tooSlow(now)) {
                    http.interest.reading(false);
                    inbound.timedOut();
                } else if (exchange != null && inbound != null && inbound.raw()) {
                    checkSwitched(http, exchange, inbound);
                }
                if (exchange != null && exchange.wantsProbe() && !http.interest.reading()) {
                    http.loop.probe(http);
                }
            }
            case DRAINING -> {
                if (waited > timeouts.body().toNanos()) {
                    http.ending.linger();
                }
            }
            case LINGERING -> {
                if (waited > (context.stopping ? LINGER_NANOS / 16 : LINGER_NANOS)) {
                    http.ending.close(new IOException("the peer did not close"), false);
                }
            }
            default -> {}
        }
    }

    /**
     * After a switch of protocols the connection is idle while the peer's bytes are waited for and none pass either
     * way; also when this side has ended, and nobody reads what the other still may send. While a write waits, its own
     * window counts. How long, says {@code timeouts.idle} or the exchange's owner.
     */
    private static void checkSwitched(HttpConnection http, NioExchange exchange, Inbound inbound) {
        long now = http.loop.now();
        boolean waits = inbound.demanded() || exchange.sent();
        if (inbound.takeStirred() || !waits || http.outbound.blocked()) {
            http.since = now;
        } else if (now - http.since > inbound.silenceNanos()) {
            http.ending.cut(Refusal.IDLE, "no byte after the switch of protocols within " + Duration.ofNanos(inbound.silenceNanos())
                    + ", which is timeouts.idle unless its owner said otherwise");
        }
    }

    private static void expire(HttpConnection http, Refusal refusal, String detail) {
        http.context.listener.refused(http.connection, refusal, detail);
        http.ending.linger();
    }
}
