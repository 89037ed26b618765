/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.http.Connection;
import io.gatehouse.http.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A started transport with a script behind it, and all that was seen while it ran. Closing it stops the transport
 * gracefully and fails the test for every broken rule and every call-back that never came.
 */
final class Site implements AutoCloseable, TransportListener, ExchangeHandler {
    private final TransportUnderTest test;
    private final Variant variant;
    private final Script script;
    private final ExecutorService worker;
    private final ExecutorService later = Executors.newSingleThreadExecutor(task -> new Thread(task, "later"));
    private final Set<Object> due = ConcurrentHashMap.newKeySet();
    private final List<Throwable> violations = new CopyOnWriteArrayList<>();
    private final AtomicInteger handled = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final LinkedBlockingQueue<Connection> closed = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Refusal> refused = new LinkedBlockingQueue<>();
    private final Transport transport;
    private final Endpoint bound;
    private boolean stopped;

    private Site(TransportUnderTest test, Variant variant, UnaryOperator<TransportConfig> tuning, Script script)
            throws IOException {
        this.test = test;
        this.variant = variant;
        this.script = script;
        this.worker = variant.worker().start();
        TransportConfig config = TransportConfig.of(test.endpoints().toArray(new Endpoint[0]))
                .withIoThreads(2)
                .withOptions(test.options())
                .withTls(test.tls())
                .withListener(this);
        transport = test.provider().create(tuning.apply(config));
        bound = transport.start(this).get(0);
    }

    static Site open(TransportUnderTest test, Variant variant, Script script) throws IOException {
        return new Site(test, variant, config -> config, script);
    }

    static Site open(TransportUnderTest test, Variant variant, UnaryOperator<TransportConfig> tuning, Script script)
            throws IOException {
        return new Site(test, variant, tuning, script);
    }

    Client client() throws IOException {
        return new Client(test.connect(bound), variant.cut());
    }

    Transport transport() {
        return transport;
    }

    Endpoint bound() {
        return bound;
    }

    int handled() {
        return handled.get();
    }

    int opened() {
        return opened.get();
    }

    /** Waits for the next connection that closes. */
    Connection awaitClosed() throws InterruptedException {
        Connection connection = closed.poll(Peer.HANG_SECONDS, TimeUnit.SECONDS);
        assertTrue(connection != null, "no connection closed");
        return connection;
    }

    /** Waits for the next refusal that the listener is told of. */
    Refusal awaitRefused() throws InterruptedException {
        Refusal refusal = refused.poll(Peer.HANG_SECONDS, TimeUnit.SECONDS);
        assertTrue(refusal != null, "no refusal was told");
        return refusal;
    }

    @Override
    public void handle(Exchange wire) {
        handled.incrementAndGet();
        if (!isIoThread()) {
            violated("handle was called on " + Thread.currentThread());
        }
        Turn turn = new Turn(this, new CheckedExchange(wire, this));
        try {
            worker.execute(() -> run(turn));
        } catch (Through through) {
            if (through.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) through.getCause();
        }
    }

    /** Lets a script on the same thread throw into the transport. */
    static void throwThrough(Throwable cause) {
        throw new Through(cause);
    }

    private void run(Turn turn) {
        try {
            script.run(turn);
        } catch (Through e) {
            throw e;
        } catch (Throwable e) {
            violated("the script failed at " + turn.path(), e);
            turn.exchange().abort(e);
        }
    }

    /** Goes on with a script, in the call or on another thread, as the variant says. */
    void later(Runnable task) {
        if (!delays()) {
            task.run();
            return;
        }
        try {
            later.execute(() -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    violated("a script failed later", e);
                }
            });
        } catch (RejectedExecutionException e) {
            // the test is over
        }
    }

    boolean delays() {
        return variant.pace() == Variant.Pace.DELAYED;
    }

    boolean isIoThread() {
        return Thread.currentThread().getName().startsWith(test.threads());
    }

    void violated(String what) {
        violations.add(new AssertionError(what));
    }

    void violated(String what, Throwable cause) {
        violations.add(new AssertionError(what, cause));
    }

    void due(Object call) {
        due.add(call);
    }

    void settled(Object call) {
        due.remove(call);
    }

    @Override
    public void opened(Connection connection) {
        opened.incrementAndGet();
    }

    @Override
    public void closed(Connection connection) {
        closed.add(connection);
    }

    @Override
    public void refused(Connection connection, Refusal refusal, String detail) {
        refused.add(refusal);
        if (detail.isEmpty()) {
            violated("a refusal without a reason: " + refusal);
        }
    }

    /** Ends a test that leaves work behind: cuts it off. */
    void cutOff() {
        stopped = true;
        transport.stop(Duration.ZERO);
    }

    @Override
    public void close() throws InterruptedException {
        if (!stopped && !transport.stop(Duration.ofSeconds(10))) {
            violated("stop had to cut off work, though the test was over");
        }
        worker.shutdown();
        assertTrue(worker.awaitTermination(Peer.HANG_SECONDS, TimeUnit.SECONDS), "a script hangs");
        later.shutdown();
        assertTrue(later.awaitTermination(Peer.HANG_SECONDS, TimeUnit.SECONDS), "a script hangs");
        if (!violations.isEmpty()) {
            AssertionError error = new AssertionError(violations.size() + " rules broken, first: " + violations.get(0));
            violations.forEach(error::addSuppressed);
            throw error;
        }
        assertEquals(Set.of(), due, "call-backs that never came");
    }

    private static final class Through extends RuntimeException {
        Through(Throwable cause) {
            super(cause);
        }
    }
}
