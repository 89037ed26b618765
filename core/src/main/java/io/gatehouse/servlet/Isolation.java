/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import java.time.Duration;

/**
 * How an application is kept apart from the others in its process. With a number of requests in flight of its own, it runs on
 * threads of its own, as many at most, so that one that loops, blocks or floods takes no thread of the server and no other
 * application with it. Without, it runs on the server's workers.
 *
 * <p>What it can take of the server's places is {@code inFlight + queue}: keep that below {@code limits.in-flight}.
 *
 * @param inFlight how many of its requests are answered at once, those in asynchronous mode among them; 0 for the server's own
 *     bound, and its workers
 * @param queue how many more wait for a place; past it a request is a 503
 * @param queueTime how long one waits; longer is a 503
 * @param requestTime how long the application may keep a thread for a request at a stretch; past it the peer gets a 503, or, if
 *     the response is committed, a cut connection, and the thread an interrupt; it keeps its place until it comes back. Zero for
 *     as long as it likes
 * @param asyncTime how long a request may wait in asynchronous mode, whatever its own timeout says; then it times out. Zero for
 *     as long as it says
 */
public record Isolation(int inFlight, int queue, Duration queueTime, Duration requestTime, Duration asyncTime) {

    /** No bounds of its own: on the server's workers, as long as it likes. */
    public static final Isolation NONE = new Isolation(0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO);

    /** 50 requests at once, 50 more for up to 10 s, 60 s for each stretch of work and 5 minutes for asynchronous waits. */
    public static final Isolation APART = new Isolation(
            50, 50, Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofMinutes(5));

    /**
     * Checks that the bounds go together.
     *
     * @throws IllegalArgumentException if one is negative, or there is a time of a request or a queue without requests in flight
     */
    public Isolation {
        if (inFlight < 0 || queue < 0 || queueTime.isNegative() || requestTime.isNegative() || asyncTime.isNegative()) {
            throw new IllegalArgumentException("a bound of the isolation is negative: set it to 0 or more");
        }
        if (inFlight == 0 && (queue > 0 || !requestTime.isZero())) {
            throw new IllegalArgumentException(
                    "queue and requestTime need threads of the application's own: set inFlight to 1 or more");
        }
    }

    /** The same with another number of requests at once. */
    public Isolation withInFlight(int value) {
        return new Isolation(value, queue, queueTime, requestTime, asyncTime);
    }

    /** The same with another number of requests that wait. */
    public Isolation withQueue(int value) {
        return new Isolation(inFlight, value, queueTime, requestTime, asyncTime);
    }

    /** The same with another time to wait for a place. */
    public Isolation withQueueTime(Duration value) {
        return new Isolation(inFlight, queue, value, requestTime, asyncTime);
    }

    /** The same with another time for each stretch of work. */
    public Isolation withRequestTime(Duration value) {
        return new Isolation(inFlight, queue, queueTime, value, asyncTime);
    }

    /** The same with another time for asynchronous waits. */
    public Isolation withAsyncTime(Duration value) {
        return new Isolation(inFlight, queue, queueTime, requestTime, value);
    }

    boolean apart() {
        return inFlight > 0;
    }
}
