/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

import java.time.Duration;

/**
 * How long an origin is waited for, phase by phase. The time that the client takes counts in none of them. Checked by a coarse
 * timer: a timeout strikes up to a quarter of a second late, never early.
 *
 * @param queue for a connection when all are in use; past it 503 with Retry-After
 * @param connect for a connection to stand, over all addresses of the origin's name, each of which has an equal share of it; past it 504
 * @param answer for the head of the answer, from the moment that the whole request was sent; past it 504
 * @param progress for the origin to take a byte of the request, or to send one of the answer's body; past it 504, or once the
 *     answer has begun, its end
 * @param proceed for {@code 100 Continue} or a final answer before the body of a request that expects it is sent all the same (RFC 9110
 *     section 10.1.1)
 * @param tunnel for a byte in either direction after protocols were switched; past it both sides are cut off;
 *     the transport's {@code timeouts.idle} does not hold for them
 * @param total for everything from the beginning to the last byte that the target sends, the client's time included; zero for no such
 *     bound; past it 504, or once the answer has begun, its end; protocols that were switched to go on
 * @param idle for the next request on a kept connection, unless the origin's Keep-Alive field says less; past it closed
 */
public record ForwardTimeouts(
        Duration queue, Duration connect, Duration answer, Duration progress, Duration proceed, Duration tunnel, Duration total,
        Duration idle) {

    /** The defaults: 5 s, 5 s, 60 s, 60 s, 1 s, 5 min, none and 30 s. */
    public static final ForwardTimeouts DEFAULTS = new ForwardTimeouts(
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60),
            Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ZERO, Duration.ofSeconds(30));

    /** Checks every timeout. */
    public ForwardTimeouts {
        positive("queue", queue);
        positive("connect", connect);
        positive("answer", answer);
        positive("progress", progress);
        positive("proceed", proceed);
        positive("tunnel", tunnel);
        if (total.isNegative()) {
            throw new IllegalArgumentException("a forward's timeout total=" + total + ": set it to more than zero, or to zero for none");
        }
        positive("idle", idle);
    }

    /** These timeouts with another one for the queue. */
    public ForwardTimeouts withQueue(Duration value) {
        return new ForwardTimeouts(value, connect, answer, progress, proceed, tunnel, total, idle);
    }

    /** These timeouts with another one for connecting. */
    public ForwardTimeouts withConnect(Duration value) {
        return new ForwardTimeouts(queue, value, answer, progress, proceed, tunnel, total, idle);
    }

    /** These timeouts with another one for the answer's head. */
    public ForwardTimeouts withAnswer(Duration value) {
        return new ForwardTimeouts(queue, connect, value, progress, proceed, tunnel, total, idle);
    }

    /** These timeouts with another one for progress. */
    public ForwardTimeouts withProgress(Duration value) {
        return new ForwardTimeouts(queue, connect, answer, value, proceed, tunnel, total, idle);
    }

    /** These timeouts with another one for 100 (Continue). */
    public ForwardTimeouts withProceed(Duration value) {
        return new ForwardTimeouts(queue, connect, answer, progress, value, tunnel, total, idle);
    }

    /** These timeouts with another one for silent tunnels. */
    public ForwardTimeouts withTunnel(Duration value) {
        return new ForwardTimeouts(queue, connect, answer, progress, proceed, value, total, idle);
    }

    /** These timeouts with another one for everything. */
    public ForwardTimeouts withTotal(Duration value) {
        return new ForwardTimeouts(queue, connect, answer, progress, proceed, tunnel, value, idle);
    }

    /** These timeouts with another one for idle connections. */
    public ForwardTimeouts withIdle(Duration value) {
        return new ForwardTimeouts(queue, connect, answer, progress, proceed, tunnel, total, value);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(
                    "a forward's timeout " + name + "=" + value + ": set it to more than zero");
        }
    }
}
