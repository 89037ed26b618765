/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.transport.jetty;

import io.gatehouse.http1.DateLine;
import io.gatehouse.tls.ServerTls;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.ExchangeHandler;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.SocketFile;
import io.gatehouse.transport.Timeouts;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A Jetty server as a transport.
 *
 * <pre>
 *   NEW ──start──► STARTED ──stop──► STOPPED        NEW ──start fails, stop──► STOPPED
 * </pre>
 */
final class JettyTransport implements Transport {
    private static final System.Logger LOG = System.getLogger(JettyTransport.class.getName());
    /** Threads that read files for transfers, beside the selectors' and acceptors'. */
    private static final int FILE_THREADS = 8;
    /** So many more connections than the limit may be open for as long as they are told. */
    private static final int TURNED_AWAY = 128;
    /** Connections that wait to be accepted. */
    private static final int BACKLOG = 1_024;

    private final TransportConfig config;
    private final boolean http2;
    private final @Nullable ServerTls tls;
    private final Set<JettyEndPoint> endPoints = ConcurrentHashMap.newKeySet();
    private final AtomicInteger threads = new AtomicInteger();
    private final List<Thread> alive = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock ends = new ReentrantLock(); // taken by I/O threads, so never held while one is waited for
    private final Condition closed = ends.newCondition();
    private @Nullable ExchangeHandler handler;
    private volatile @Nullable Running running;
    private final DateLine dateLine = new DateLine(System::currentTimeMillis);
    private volatile boolean stopping;

    /** What there is between start and stop. */
    private record Running(
            Server server, QueuedThreadPool pool, Scheduler scheduler, ScheduledThreadPoolExecutor timer, PeerProbe probe) {}

    JettyTransport(TransportConfig config, boolean http2) {
        this.tls = config.serverTls();
        this.config = config;
        this.http2 = http2;
    }

    TransportConfig config() {
        return config;
    }

    boolean http2() {
        return http2;
    }

    boolean stopping() {
        return stopping;
    }

    Scheduler scheduler() {
        return running().scheduler;
    }

    /** The line of the Date field for now. */
    byte[] dateLine() {
        return dateLine.bytes();
    }

    boolean isFull() {
        return endPoints.size() >= config.limits().connections();
    }

    /** Whether a connection too many may shake hands before it is told so. */
    boolean mayTurnAway() {
        return endPoints.size() < config.limits().connections() + TURNED_AWAY;
    }

    void opened(JettyEndPoint endPoint) {
        endPoints.add(endPoint);
        config.listener().opened(endPoint.identity());
        if (stopping) {
            endPoint.closeIfIdle();
        }
    }

    void closed(JettyEndPoint endPoint) {
        if (!endPoints.remove(endPoint)) {
            return;
        }
        config.listener().closed(endPoint.identity());
        if (stopping) {
            ends.lock();
            try {
                closed.signalAll();
            } finally {
                ends.unlock();
            }
        }
    }

    /** Runs a task on an I/O thread; after the stop, when there is none, in the call. */
    void execute(Runnable task) {
        try {
            running().pool.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    @Override
    public List<Endpoint> start(ExchangeHandler handler) throws IOException {
        lock.lock();
        try {
            if (this.handler != null || stopping) {
                throw new IllegalStateException("this transport was started before: create another one");
            }
            this.handler = handler;
            List<ServerSocketChannel> channels = bind();
            List<Endpoint> bound = new ArrayList<>();
            for (int i = 0; i < channels.size(); i++) {
                Endpoint endpoint = config.endpoints().get(i);
                bound.add(endpoint instanceof Endpoint.Tcp tcp
                        ? new Endpoint.Tcp(tcp.scheme(), tcp.host(), channels.get(i).socket().getLocalPort()) : endpoint);
            }
            serve(handler, channels);
            return List.copyOf(bound);
        } finally {
            lock.unlock();
        }
    }

    private List<ServerSocketChannel> bind() throws IOException {
        List<ServerSocketChannel> channels = new ArrayList<>();
        for (Endpoint endpoint : config.endpoints()) {
            if (endpoint instanceof Endpoint.Unix unix) {
                try {
                    channels.add(SocketFile.listen(unix.path(), BACKLOG));
                } catch (IOException e) {
                    close(channels);
                    throw e;
                }
                continue;
            }
            Endpoint.Tcp tcp = (Endpoint.Tcp) endpoint;
            try {
                ServerSocketChannel channel = ServerSocketChannel.open();
                channels.add(channel);
                InetSocketAddress address = tcp.host().equals("*")
                        ? new InetSocketAddress(tcp.port()) : new InetSocketAddress(strip(tcp.host()), tcp.port());
                if (address.isUnresolved()) {
                    throw new IOException("the host has no address");
                }
                if (config.reusePort()) {
                    channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                }
                channel.bind(address, BACKLOG);
            } catch (IOException e) {
                close(channels);
                throw explained(tcp, e);
            }
        }
        return channels;
    }

    private static String strip(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static IOException explained(Endpoint.Tcp endpoint, IOException cause) {
        boolean taken = cause instanceof BindException && String.valueOf(cause.getMessage()).contains("in use");
        return new IOException("can't listen on " + endpoint + ": "
                + (taken ? "port " + endpoint.port() + " is in use: set listen to another"
                        : cause.getMessage() + ": set listen to an address and port that this user may open"), cause);
    }

    private void serve(ExchangeHandler handler, List<ServerSocketChannel> channels) throws IOException {
        int selectors = config.ioThreads() > 0 ? config.ioThreads() : Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        int leased = channels.size() * (selectors + 1);
        QueuedThreadPool pool = new QueuedThreadPool(leased + selectors + FILE_THREADS, leased + 1, 60_000, 0, null, null, this::thread);
        pool.setName("gatehouse-jetty");
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, this::thread);
        timer.setRemoveOnCancelPolicy(true);
        Scheduler scheduler = new ScheduledExecutorScheduler(timer);
        Server server = new Server(pool, scheduler, new ArrayByteBufferPool());
        server.setStopTimeout(0);
        JettyRoot root = new JettyRoot(this, handler);
        server.setHandler(root);
        server.setErrorHandler(root::error);
        PeerProbe probe = new PeerProbe();
        running = new Running(server, pool, scheduler, timer, probe);
        try {
            for (int i = 0; i < channels.size(); i++) {
                Endpoint endpoint = config.endpoints().get(i);
                JettyConnector connector = new JettyConnector(this, endpoint, server, selectors, factories(endpoint));
                connector.open(channels.get(i));
                server.addConnector(connector);
            }
            server.start();
        } catch (Exception e) {
            close(channels);
            end(running());
            throw new IOException("Jetty did not start: " + e.getMessage(), e);
        }
        if (tls != null) {
            tls.watch();
        }
        long tick = tick(config.timeouts());
        Future<?> unused = timer.scheduleWithFixedDelay(() -> tick(probe), tick, tick, TimeUnit.MILLISECONDS);
    }

    private ConnectionFactory[] factories(Endpoint endpoint) {
        Limits limits = config.limits();
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setSendDateHeader(true);
        http.setHeaderCacheCaseSensitive(true); // else a value is read as one of other case that came before
        http.setRequestHeaderSize(limits.head() + 64); // the guard's limit comes first
        http.setResponseHeaderSize(Math.max(64 * 1024, limits.head()));
        http.setOutputBufferSize(32 * 1024);
        http.setHttpCompliance(HttpCompliance.RFC9110.with("GATEHOUSE",
                HttpCompliance.Violation.CASE_SENSITIVE_FIELD_NAME,
                HttpCompliance.Violation.UNSAFE_HOST_HEADER,
                HttpCompliance.Violation.MISMATCHED_AUTHORITY));
        http.setUriCompliance(UriCompliance.UNSAFE); // the engine normalises, and refuses with a reason
        http.setIdleTimeout(-1);
        if (endpoint instanceof Endpoint.Unix) {
            http.setLocalAddress(InetSocketAddress.createUnresolved("localhost", 80)); // for requests that name no host
        }
        HttpConnectionFactory one = new HttpConnectionFactory(http);
        ServerTls secured = tls;
        if (endpoint.secure() && secured != null) {
            return factories(http, one, secured);
        }
        if (!http2) {
            return new ConnectionFactory[] {one};
        }
        HTTP2CServerConnectionFactory two = new PriorKnowledge(http);
        two.setStreamIdleTimeout(0);
        return new ConnectionFactory[] {one, two};
    }

    /** TLS, and inside of it what ALPN agrees on; HTTP/1.1 for who does not know of it. */
    private ConnectionFactory[] factories(HttpConfiguration http, HttpConnectionFactory one, ServerTls secured) {
        if (!http2) {
            return new ConnectionFactory[] {new TlsFactory(secured, one.getProtocol()), one};
        }
        HTTP2ServerConnectionFactory two = new HTTP2ServerConnectionFactory(http);
        two.setStreamIdleTimeout(0);
        ALPNServerConnectionFactory choice = new ALPNServerConnectionFactory(two.getProtocol(), one.getProtocol());
        choice.setDefaultProtocol(one.getProtocol());
        return new ConnectionFactory[] {new TlsFactory(secured, choice.getProtocol()), choice, two, one};
    }

    private static long tick(Timeouts timeouts) {
        long shortest = Stream.of(timeouts.head(), timeouts.idle(), timeouts.body(), timeouts.write())
                .mapToLong(Duration::toMillis).min().orElse(1_000);
        return Math.max(10, Math.min(1_000, shortest / 4));
    }

    private void tick(PeerProbe probe) {
        long now = System.nanoTime();
        for (JettyEndPoint endPoint : endPoints) {
            try {
                endPoint.tick(now);
            } catch (RuntimeException e) { // the timer outlives it
                endPoint.close(e);
            }
        }
        try {
            probe.look(endPoints);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a look at the peers failed; the next one comes soon", e);
        }
    }

    private Thread thread(Runnable task) {
        Thread thread = new IoThread(task);
        thread.setName("gatehouse-jetty-" + threads.getAndIncrement());
        alive.removeIf(old -> old.getState() == Thread.State.TERMINATED);
        alive.add(thread);
        return thread;
    }

    @Override
    public boolean stop(Duration grace) {
        lock.lock();
        try {
            Running was = running;
            if (was == null || stopping) {
                stopping = true;
                return true;
            }
            stopping = true;
            for (org.eclipse.jetty.server.Connector connector : was.server.getConnectors()) {
                ((JettyConnector) connector).close();
            }
            endPoints.forEach(JettyEndPoint::closeIfIdle);
            boolean whole = awaitClosed(grace);
            IOException cause = new IOException("the server has stopped, and its grace is over");
            endPoints.forEach(endPoint -> endPoint.cut(cause));
            awaitClosed(Duration.ofSeconds(5));
            end(was);
            return whole;
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitClosed(Duration time) {
        long left = time.toNanos();
        ends.lock();
        try {
            while (!endPoints.isEmpty() && left > 0) {
                left = closed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ends.unlock();
        }
        return endPoints.isEmpty();
    }

    private void end(Running was) {
        try {
            was.server.stop();
        } catch (Exception e) {
            LOG.log(System.Logger.Level.WARNING, "Jetty did not stop cleanly", e);
        }
        was.timer.shutdownNow();
        if (tls != null) {
            tls.close();
        }
        try {
            for (Thread thread : alive) {
                thread.join(5_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        was.probe.close(); // its thread has ended
    }

    private Running running() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("not started");
        }
        return now;
    }

    private static void close(List<ServerSocketChannel> channels) throws IOException {
        for (ServerSocketChannel channel : channels) {
            channel.close();
        }
    }
}
