/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport;

import io.gatehouse.http.Connection;
import io.gatehouse.http.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A transport without a socket: the contract in the fewest words, to be read before writing another one.
 *
 * <p>One loop thread runs tasks from a queue and looks at the clock between them. A {@link MemoryConnection} is the state of
 * one connection, guarded by its monitor; it calls back only on the loop's thread or inline, and never inside the monitor.
 */
final class MemoryTransport implements Transport, Runnable {
    private static final long TICK_MILLIS = 20;

    private final MemoryNetwork network;
    private final TransportConfig config;
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Set<MemoryConnection> connections = ConcurrentHashMap.newKeySet();
    private final List<Integer> ports = new ArrayList<>();
    private Thread loop;
    private volatile ExchangeHandler handler;
    private volatile boolean stopping;
    private volatile boolean ended;

    /** Makes them by the name {@code memory}, all on one network. */
    record Provider(MemoryNetwork network) implements TransportProvider {
        @Override
        public String name() {
            return "memory";
        }

        @Override
        public Transport create(TransportConfig config) {
            for (String option : config.options().keySet()) {
                throw new IllegalArgumentException("memory." + option + " is no setting: take it out, there are none");
            }
            return new MemoryTransport(network, config);
        }
    }

    private MemoryTransport(MemoryNetwork network, TransportConfig config) {
        this.network = network;
        this.config = config;
    }

    TransportConfig config() {
        return config;
    }

    ExchangeHandler handler() {
        return handler;
    }

    boolean stopping() {
        return stopping;
    }

    /** Runs a task on the loop's thread, soon. */
    void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public synchronized List<Endpoint> start(ExchangeHandler handler) throws IOException {
        if (this.handler != null) {
            throw new IllegalStateException("started before: create another transport");
        }
        this.handler = handler;
        List<Endpoint> bound = new ArrayList<>();
        try {
            for (Endpoint endpoint : config.endpoints()) {
                Endpoint.Tcp tcp = (Endpoint.Tcp) endpoint;
                int index = ports.size();
                ports.add(network.bind(tcp.port(), (up, down) -> execute(() -> accept(ports.get(index), up, down))));
                bound.add(new Endpoint.Tcp(tcp.scheme(), tcp.host(), ports.get(ports.size() - 1)));
            }
        } catch (IOException e) {
            ports.forEach(network::release);
            throw e;
        }
        loop = new Thread(this, "gatehouse-memory-0");
        loop.start();
        return bound;
    }

    private void accept(int port, MemoryPipe up, MemoryPipe down) {
        MemoryConnection connection = new MemoryConnection(this, Connection.newId(), port, up, down);
        if (stopping) {
            connection.close();
        } else if (connections.size() >= config.limits().connections()) {
            connection.refuse(null, Refusal.CONNECTIONS, "limits.connections=" + config.limits().connections());
        } else {
            connections.add(connection);
            config.listener().opened(connection.identity());
            connection.begin();
        }
    }

    /** A connection has closed. */
    void forget(MemoryConnection connection) {
        if (connections.remove(connection)) {
            config.listener().closed(connection.identity());
        }
        synchronized (connections) {
            connections.notifyAll();
        }
    }

    @Override
    public void run() {
        long ticked = System.nanoTime();
        while (!ended || !tasks.isEmpty()) {
            try {
                Runnable task = tasks.poll(TICK_MILLIS, TimeUnit.MILLISECONDS);
                if (task != null) {
                    task.run();
                }
                if (System.nanoTime() - ticked > TICK_MILLIS * 1_000_000) {
                    ticked = System.nanoTime();
                    connections.forEach(connection -> connection.tick(System.nanoTime()));
                }
            } catch (Throwable e) { // the loop outlives every failure
                System.getLogger("memory").log(System.Logger.Level.ERROR, "a task failed", e);
            }
        }
    }

    @Override
    public synchronized boolean stop(Duration grace) {
        if (loop == null || ended) {
            handler = handler == null ? exchange -> {} : handler;
            return true;
        }
        stopping = true;
        ports.forEach(network::release);
        execute(() -> connections.forEach(MemoryConnection::closeIfIdle));
        boolean whole = awaitNoConnections(grace);
        execute(() -> connections.forEach(connection -> connection.cut(new IOException("the server has stopped"))));
        awaitNoConnections(Duration.ofSeconds(10));
        ended = true;
        execute(() -> {});
        try {
            loop.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return whole;
    }

    private boolean awaitNoConnections(Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        try {
            synchronized (connections) {
                for (long left = time.toMillis(); !connections.isEmpty() && left > 0; ) {
                    connections.wait(left);
                    left = (deadline - System.nanoTime()) / 1_000_000;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return connections.isEmpty();
    }
}
