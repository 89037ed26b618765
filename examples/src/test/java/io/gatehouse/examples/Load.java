/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that keep their connections and ask for one thing at a given pace, each waiting for its answer. A client whose
 * connection ends makes another one; an answer that does not come whole counts as 0.
 */
final class Load implements AutoCloseable {

    private final URI server;
    private final String target;
    private final String body; // empty for a GET
    private final long pauseNanos;
    private final List<Thread> clients = new ArrayList<>();
    private final List<List<Integer>> statuses = new ArrayList<>(); // of each client its own, read after its end
    private final AtomicLong[] counts = new AtomicLong[600];
    private final AtomicLong all = new AtomicLong();
    private volatile boolean over;

    private Load(URI server, String target, String body, long pauseNanos) {
        this.server = server;
        this.target = target;
        this.body = body;
        this.pauseNanos = pauseNanos;
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new AtomicLong();
        }
    }

    /** Begins to ask. */
    static Load of(URI server, String target, int clients, int perSecond) {
        return posting(server, target, "", clients, perSecond);
    }

    /** Begins to post a text to {@link Orders}; an answer that does not tell of all its bytes counts as 0. */
    static Load posting(URI server, String target, String body, int clients, int perSecond) {
        Load load = new Load(server, target, body, 1_000_000_000L * clients / perSecond);
        for (int i = 0; i < clients; i++) {
            List<Integer> own = new ArrayList<>();
            load.statuses.add(own);
            Thread thread = new Thread(() -> load.ask(own), "load-" + i);
            thread.setDaemon(true);
            load.clients.add(thread);
        }
        load.clients.forEach(Thread::start);
        return load;
    }

    /** Waits until that many more answers of this status have come. */
    void await(int status, long more) {
        long until = counts[status].get() + more;
        while (counts[status].get() < until && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** How many answers have come. */
    long answers() {
        return all.get();
    }

    /** How many answers of this status have come. */
    long answers(int status) {
        return counts[status].get();
    }

    /** Stops to ask, waits for the last answers, and returns what each client got, in order. */
    List<List<Integer>> end() throws InterruptedException {
        over = true;
        for (Thread client : clients) {
            client.join();
        }
        return statuses;
    }

    @Override
    public void close() {
        over = true;
    }

    private Wire ask(Wire wire) throws IOException {
        return body.isEmpty() ? wire.get(target)
                : wire.send("POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private void ask(List<Integer> own) {
        Wire wire = null;
        long next = System.nanoTime();
        while (!over) {
            int status = 0;
            try {
                wire = wire == null ? Wire.tcp(server) : wire;
                Answer answer = ask(wire).answer();
                boolean whole = body.isEmpty() || answer.status() != 200 || answer.text().contains(" with " + body.length() + " bytes");
                status = whole ? answer.status() : 0;
                if ("close".equals(answer.first("Connection"))) {
                    wire.close();
                    wire = null;
                }
            } catch (IOException e) {
                wire = null;
            }
            own.add(status);
            counts[status].incrementAndGet();
            all.incrementAndGet();
            next = Math.max(next + pauseNanos, System.nanoTime() - 10 * pauseNanos); // a late answer is made up for, a pause is not
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }
}
