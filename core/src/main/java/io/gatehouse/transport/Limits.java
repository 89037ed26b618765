/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

/**
 * Every bound on what a peer or an application may take, with its name in the configuration ({@code limits.line=8KiB}). A
 * refusal names the limit, its value and this setting; {@link io.gatehouse.http.Refusal} has its status and its word in the log.
 *
 * @param line bytes of a request line, {@code limits.line}; past it 414, {@code line-size}
 * @param head bytes of a whole request head, request line included, {@code limits.head}; past it 431, {@code head-size}; also the bound of a
 *     trailer section
 * @param fields field lines in a head or trailer section, {@code limits.fields}; past it 431, {@code field-count}
 * @param body bytes of a request's body unless its prefix has a limit of its own, {@code limits.body}; past it 413,
 *     {@code body-size}
 * @param drain bytes of an unread body that are read and thrown away to keep a connection, {@code limits.drain}; past it
 *     the connection closes
 * @param rate bytes a second that a body must make, either way, over the sliding window of its timeout, {@code limits.rate};
 *     below it 408, {@code body-timeout}, or {@code write-timeout}
 * @param connections open at once in a transport, {@code limits.connections}; one more gets 503, {@code connections}
 * @param inFlight requests handed to workers and not ended, {@code limits.in-flight}; one more waits in the queue
 * @param queue requests that wait for a place in flight, {@code limits.queue}; one more gets 503 with Retry-After, {@code overload}
 */
public record Limits(
        int line,
        int head,
        int fields,
        long body,
        long drain,
        long rate,
        int connections,
        int inFlight,
        int queue) {

    /** The defaults: 8 KiB, 16 KiB, 100, 10 MiB, 256 KiB, 240 B/s, 10,000, 200 and 1,000. */
    public static final Limits DEFAULTS =
            new Limits(8 * 1024, 16 * 1024, 100, 10L * 1024 * 1024, 256L * 1024, 240, 10_000, 200, 1_000);

    /** Checks every bound. */
    public Limits {
        positive("line", line);
        positive("head", head);
        positive("fields", fields);
        positive("connections", connections);
        positive("in-flight", inFlight);
        notNegative("body", body);
        notNegative("drain", drain);
        notNegative("rate", rate);
        notNegative("queue", queue);
        if (line > head) {
            throw new IllegalArgumentException(
                    "limits.line=" + line + " is more than limits.head=" + head + ", which includes it: raise limits.head");
        }
    }

    /** These limits with another line. */
    public Limits withLine(int value) {
        return new Limits(value, head, fields, body, drain, rate, connections, inFlight, queue);
    }

    /** These limits with another head. */
    public Limits withHead(int value) {
        return new Limits(line, value, fields, body, drain, rate, connections, inFlight, queue);
    }

    /** These limits with another number of fields. */
    public Limits withFields(int value) {
        return new Limits(line, head, value, body, drain, rate, connections, inFlight, queue);
    }

    /** These limits with another body. */
    public Limits withBody(long value) {
        return new Limits(line, head, fields, value, drain, rate, connections, inFlight, queue);
    }

    /** These limits with another drain. */
    public Limits withDrain(long value) {
        return new Limits(line, head, fields, body, value, rate, connections, inFlight, queue);
    }

    /** These limits with another rate. */
    public Limits withRate(long value) {
        return new Limits(line, head, fields, body, drain, value, connections, inFlight, queue);
    }

    /** These limits with another number of connections. */
    public Limits withConnections(int value) {
        return new Limits(line, head, fields, body, drain, rate, value, inFlight, queue);
    }

    /** These limits with another number of requests in flight. */
    public Limits withInFlight(int value) {
        return new Limits(line, head, fields, body, drain, rate, connections, value, queue);
    }

    /** These limits with another queue. */
    public Limits withQueue(int value) {
        return new Limits(line, head, fields, body, drain, rate, connections, inFlight, value);
    }

    private static void positive(String name, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("limits." + name + "=" + value + ": set it to 1 or more");
        }
    }

    private static void notNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("limits." + name + "=" + value + ": set it to 0 or more");
        }
    }
}
