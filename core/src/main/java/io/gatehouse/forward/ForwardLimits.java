/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.forward;

/**
 * Every bound on what an origin may take or send. Those of connections and requests hold for each {@link Forward}.
 *
 * @param connections to one target at once; one more request waits in the queue
 * @param idle connections to one target that are kept for the next request
 * @param queue requests that wait for a connection; one more gets 503 with Retry-After
 * @param line bytes of the answer's status line; past it 502
 * @param head bytes of the answer's whole head, status line included, and of its trailer section; past it 502
 * @param fields field lines in a head or trailer section of the answer; past it 502
 * @param interim interim answers (1xx) to one request; past it 502
 * @param loops times that a request may have come by here before, as its Via tells; past it 508
 * @param attempts targets that one request is given to, if the first fails it and it may go to another
 */
public record ForwardLimits(int connections, int idle, int queue, int line, int head, int fields, int interim, int loops, int attempts) {

    /** The defaults: 200, 32, 1,000, 8 KiB, 32 KiB, 200, 16, 5 and 3. */
    public static final ForwardLimits DEFAULTS = new ForwardLimits(200, 32, 1_000, 8 * 1024, 32 * 1024, 200, 16, 5, 3);

    /** Checks every bound. */
    public ForwardLimits {
        atLeast(1, "connections", connections);
        atLeast(0, "idle", idle);
        atLeast(0, "queue", queue);
        atLeast(16, "line", line);
        atLeast(16, "head", head);
        atLeast(1, "fields", fields);
        atLeast(0, "interim", interim);
        atLeast(0, "loops", loops);
        atLeast(1, "attempts", attempts);
        if (line > head) {
            throw new IllegalArgumentException("a forward's limit line=" + line + " is more than head=" + head
                    + ", which includes it: raise head");
        }
    }

    /** These limits with another number of connections. */
    public ForwardLimits withConnections(int value) {
        return new ForwardLimits(value, idle, queue, line, head, fields, interim, loops, attempts);
    }

    /** These limits with another number of idle connections. */
    public ForwardLimits withIdle(int value) {
        return new ForwardLimits(connections, value, queue, line, head, fields, interim, loops, attempts);
    }

    /** These limits with another queue. */
    public ForwardLimits withQueue(int value) {
        return new ForwardLimits(connections, idle, value, line, head, fields, interim, loops, attempts);
    }

    /** These limits with another status line. */
    public ForwardLimits withLine(int value) {
        return new ForwardLimits(connections, idle, queue, value, head, fields, interim, loops, attempts);
    }

    /** These limits with another head. */
    public ForwardLimits withHead(int value) {
        return new ForwardLimits(connections, idle, queue, line, value, fields, interim, loops, attempts);
    }

    /** These limits with another number of fields. */
    public ForwardLimits withFields(int value) {
        return new ForwardLimits(connections, idle, queue, line, head, value, interim, loops, attempts);
    }

    /** These limits with another number of interim answers. */
    public ForwardLimits withInterim(int value) {
        return new ForwardLimits(connections, idle, queue, line, head, fields, value, loops, attempts);
    }

    /** These limits with another number of loops. */
    public ForwardLimits withLoops(int value) {
        return new ForwardLimits(connections, idle, queue, line, head, fields, interim, value, attempts);
    }

    /** These limits with another number of attempts. */
    public ForwardLimits withAttempts(int value) {
        return new ForwardLimits(connections, idle, queue, line, head, fields, interim, loops, value);
    }

    private static void atLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException("a forward's limit " + name + "=" + value + ": set it to " + least + " or more");
        }
    }
}
