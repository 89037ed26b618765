/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import java.time.Duration;

/**
 * How long a server waits, with the name in the configuration ({@code timeouts.head=10s}). All but {@code queue} are a
 * transport's, which waits for a peer, and are checked by a coarse timer: a timeout strikes up to a second late, never early.
 *
 * @param head for a whole request head, from the connection's first moment or the head's first byte, {@code timeouts.head};
 *     past it 408, {@code head-timeout}
 * @param idle for the next request on a kept connection, {@code timeouts.idle}; past it closed, {@code idle}
 * @param body the sliding window over which a request's body must make {@code limits.rate} while somebody reads it,
 *     {@code timeouts.body}; else 408, {@code body-timeout}
 * @param write the same for a response that waits for the peer to take it, {@code timeouts.write}; else cut off,
 *     {@code write-timeout}
 * @param queue for a request that finds {@code limits.in-flight} others worked on, from its arrival until a handler begins
 *     with it, {@code timeouts.queue}; past it 503 with Retry-After, {@code queue-timeout}
 */
public record Timeouts(Duration head, Duration idle, Duration body, Duration write, Duration queue) {

    /** The defaults: 10 s, 30 s, 20 s, 30 s and 30 s. */
    public static final Timeouts DEFAULTS = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));

    /** Checks every timeout. */
    public Timeouts {
        positive("head", head);
        positive("idle", idle);
        positive("body", body);
        positive("write", write);
        positive("queue", queue);
    }

    /** These timeouts with another one for heads. */
    public Timeouts withHead(Duration value) {
        return new Timeouts(value, idle, body, write, queue);
    }

    /** These timeouts with another one for idle connections. */
    public Timeouts withIdle(Duration value) {
        return new Timeouts(head, value, body, write, queue);
    }

    /** These timeouts with another window for bodies. */
    public Timeouts withBody(Duration value) {
        return new Timeouts(head, idle, value, write, queue);
    }

    /** These timeouts with another window for writes. */
    public Timeouts withWrite(Duration value) {
        return new Timeouts(head, idle, body, value, queue);
    }

    /** These timeouts with another one for requests that wait for a place. */
    public Timeouts withQueue(Duration value) {
        return new Timeouts(head, idle, body, write, value);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("timeouts." + name + "=" + value + ": set it to more than zero");
        }
    }
}
