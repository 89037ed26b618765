/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.cache.OutputCache;
import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.claim.Claims;
import io.gatehouse.claim.PrefixStatus;
import io.gatehouse.engine.Engine;
import io.gatehouse.engine.Workers;
import io.gatehouse.forward.ForwardStatus;
import io.gatehouse.route.Explanation;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Routes;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Transport;
import io.gatehouse.transport.TransportConfig;
import io.gatehouse.transport.TransportProvider;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server in this process: one prefix table, one engine, one transport.
 *
 * <pre>
 *   builder ──deploy──► DEPLOYED ──open──► OPEN ──stop──► STOPPED
 *                          └────────────stop────────────────┘
 * </pre>
 *
 * <p>Two phases: applications are deployed while the ports are closed, so that no request meets half of one, and a failure in
 * either phase undoes all that came before it. {@link #stop} goes the other way: the transport closes its listeners and lets
 * what is in flight finish, then the workers end, then the applications are taken down.
 *
 * <p>Any thread may call any method.
 */
public final class Gatehouse implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger("io.gatehouse");

    /** What {@link GatehouseBuilder} has collected. */
    record Plan(
            Configuration configuration,
            @Nullable TransportProvider provider,
            @Nullable Components components,
            @Nullable OutputCache cache,
            List<Mount> mounts,
            boolean stopOnExit) {}

    private enum State { DEPLOYED, OPEN, STOPPED }

    private final long born = System.nanoTime();
    private final Configuration configuration;
    private final Components components;
    private final boolean ownComponents;
    private final String transportName;
    private final Transport transport;
    private final Workers workers;
    private final Engine engine;
    private final Routes routes = new Routes();
    private final OutputCache cache;
    private final boolean ownCache;
    private final Deployment deployment;
    private final @Nullable Claims claims;
    private final Tenancy tenancy;
    private final @Nullable Thread exitHook;
    private final ReentrantLock turn = new ReentrantLock();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private State state = State.DEPLOYED; // guarded by turn
    private boolean whole = true; // guarded by turn
    private volatile List<Endpoint> endpoints = List.of();

    private Gatehouse(Plan plan, Components components) {
        this.configuration = plan.configuration();
        this.components = components;
        this.ownComponents = plan.components() == null;
        RefusalLog refusals = new RefusalLog();
        TransportProvider provider = plan.provider();
        provider = provider != null ? provider : TransportFinder.find(configuration.transport(), components);
        this.transportName = provider.name();
        this.tenancy = new Tenancy(configuration);
        this.transport = provider.create(new TransportConfig(
                tenancy.endpoints(),
                configuration.limits(),
                configuration.timeouts(),
                configuration.ioThreads(),
                refusals,
                configuration.optionsOf(transportName),
                configuration.reusePort(),
                configuration.tls()));
        Limits limits = configuration.limits();
        this.workers = new Workers(
                configuration.workers().open(limits.inFlight()),
                limits.inFlight(),
                limits.queue(),
                configuration.timeouts().queue());
        this.engine = new Engine(routes, configuration.target(), tenancy.proxies(), limits, workers, refusals);
        OutputCache givenCache = plan.cache();
        long cacheSize = configuration.cacheSize();
        this.ownCache = givenCache == null;
        this.cache = givenCache != null ? givenCache
                : OutputCache.of(cacheSize < 0 ? OutputCache.defaultBytes() : cacheSize, configuration.cacheMemory());
        cache.targetRules(configuration.target());
        this.deployment = new Deployment(configuration, components, routes, cache, workers::renew);
        ClaimSettings claimable = configuration.claims();
        this.claims = claimable.socket() == null ? null : Claims.of(claimable, deployment::claimed, this::forwards);
        this.exitHook = plan.stopOnExit() ? new Thread(this::close, "gatehouse-exit") : null;
    }

    /** Begins to describe a server. */
    public static GatehouseBuilder builder() {
        return new GatehouseBuilder();
    }

    static Gatehouse deploy(Plan plan) {
        Components given = plan.components();
        Components components = given != null ? given : Components.standard();
        Gatehouse gatehouse = null;
        try {
            gatehouse = new Gatehouse(plan, components);
            List<Mount> mounts = new ArrayList<>(plan.mounts());
            plan.configuration().routes().forEach(spec -> mounts.add(Mount.of(spec)));
            components.provide(OutputCache.class, gatehouse.cache);
            gatehouse.deployment.deploy(mounts);
            if (gatehouse.claims != null) {
                gatehouse.claims.keep();
            }
            gatehouse.deployment.check();
            return gatehouse;
        } catch (RuntimeException | Error e) {
            if (gatehouse != null) {
                gatehouse.stop(Duration.ZERO);
            } else if (given == null) {
                components.close();
            }
            throw e;
        }
    }

    /**
     * Opens the ports. Blocks until all are open; from then on requests are answered.
     *
     * @return this
     * @throws IOException if one can't be opened; then none is, and the server is stopped
     * @throws IllegalStateException if it was opened or stopped before
     */
    public Gatehouse open() throws IOException {
        turn.lock();
        try {
            if (state != State.DEPLOYED) {
                throw new IllegalStateException("the server was " + (state == State.OPEN ? "opened" : "stopped")
                        + " before: build another one");
            }
            try {
                if (exitHook != null) {
                    Runtime.getRuntime().addShutdownHook(exitHook); // fails if the JVM is exiting already
                }
                tenancy.prepare();
                engine.listens(tenancy.endpoints());
                List<Endpoint> bound = transport.start(engine);
                engine.listens(bound);
                endpoints = tenancy.shown(bound);
                state = State.OPEN;
                if (claims != null) {
                    claims.open(isRelief());
                }
                tenancy.claim(routes);
            } catch (IOException | RuntimeException | Error e) {
                stop(Duration.ZERO);
                throw e;
            }
        } finally {
            turn.unlock();
        }
        LOG.log(Level.INFO, this::introduction);
        return this;
    }

    /** Where it listens, in the order of the configuration, with the ports that were found for 0; empty before {@link #open}. */
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /**
     * The first TCP endpoint as a URI that a client on this machine can use, with {@code /} at its end.
     *
     * @throws IllegalStateException if the server is not open, or listens on Unix-domain sockets only
     */
    public URI uri() {
        for (Endpoint endpoint : endpoints) {
            if (endpoint instanceof Endpoint.Tcp tcp) {
                String host = tcp.host().equals("*") ? "localhost" : tcp.host();
                return URI.create(tcp.scheme() + "://" + host + ':' + tcp.port() + '/');
            }
        }
        throw new IllegalStateException("the server listens on no TCP port: open it, or set listen to http://localhost:0");
    }

    /** The name of the transport, {@code nio} or {@code jetty}. */
    public String transport() {
        return transportName;
    }

    /** The configuration as it came together from all sources. */
    public Configuration configuration() {
        return configuration;
    }

    /** The live prefix table: routes may be registered and removed while requests run. */
    public Routes routes() {
        return routes;
    }

    /** The output cache: what it keeps of a route is said when the route is mounted, or by {@link OutputCache#around}. */
    public OutputCache cache() {
        return cache;
    }

    /** The prefixes that other processes have claimed, or may claim, and how they stand; empty if nothing can be claimed. */
    public List<PrefixStatus> claims() {
        return claims == null ? List.of() : claims.status();
    }

    /** The prefixes that this server forwards, as they were mounted, and how they stand. Claimed ones are not among them. */
    public Map<Prefix, ForwardStatus> forwards() {
        return deployment.forwards();
    }

    /** Says which registration a request for a URL would reach, and why. */
    public Explanation explain(String url) {
        return Explanation.of(routes.table(), url, configuration.target());
    }

    /**
     * Stops, in this order: a gatehouse of which this is a tenant sends no more, and claimants here are told to look for the next one;
     * listeners close; answers carry {@code Connection: close}; idle connections close; requests in
     * flight finish, or are cut off when the grace is over; workers end; applications are undeployed, the last one first.
     * Blocks until all is done. A second call waits for the first.
     *
     * @param grace how long requests in flight may take
     * @return false if work was cut off
     */
    public boolean stop(Duration grace) {
        turn.lock();
        try {
            if (state != State.STOPPED) {
                state = State.STOPPED;
                whole = takeDown(grace);
                stopped.countDown();
            }
            return whole;
        } finally {
            turn.unlock();
        }
    }

    /** {@link #stop} with the configured grace, {@code stop.grace}. */
    @Override
    public void close() {
        stop(configuration.stopGrace());
    }

    /** Waits until the server has stopped. */
    public void join() throws InterruptedException {
        stopped.await();
    }

    /** One line: what it is, its transport and where it listens. */
    @Override
    public String toString() {
        return "Gatehouse on " + transportName + " at " + endpoints;
    }

    /** Every step is taken, whatever becomes of the ones before. */
    private boolean takeDown(Duration grace) {
        long until = System.nanoTime() + grace.toNanos();
        boolean finished = step("the tenancy", () -> tenancy.drain(grace));
        if (claims != null) {
            step("the control socket", () -> {
                claims.leave();
                return true;
            });
        }
        Duration left = tenancy.isEmpty() ? grace : Duration.ofNanos(Math.max(0, until - System.nanoTime()));
        finished &= step("the transport", () -> transport.stop(left));
        step("the claims", () -> {
            tenancy.close();
            if (claims != null) {
                claims.close();
            }
            return true;
        });
        // A worker that is still busy has lost its connection: it gets an interrupt and a moment to notice.
        Duration patience = finished ? Duration.ofSeconds(10) : Duration.ofSeconds(1);
        finished &= step("the workers", () -> {
            try {
                return workers.stop(patience);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
        finished &= step("the applications", () -> deployment.undeploy(Duration.ZERO));
        if (ownCache) {
            finished &= step("the output cache", () -> {
                cache.close();
                return true;
            });
        }
        if (ownComponents) {
            finished &= step("the components", () -> {
                components.close();
                return true;
            });
        }
        forgetExitHook();
        return finished;
    }

    /** False if the step says so, or fails. */
    static boolean step(String what, BooleanSupplier stop) {
        try {
            return stop.getAsBoolean();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, "stopping " + what + " failed; the rest is stopped all the same", e);
            return false;
        }
    }

    private void forgetExitHook() {
        if (exitHook != null && Thread.currentThread() != exitHook) {
            try {
                Runtime.getRuntime().removeShutdownHook(exitHook);
            } catch (IllegalStateException e) {
                LOG.log(Level.DEBUG, "the JVM is exiting already");
            }
        }
    }

    /** Whether another process may serve the same ports now, whose place this one takes. */
    private boolean isRelief() {
        return configuration.reusePort() || configuration.endpoints().stream().anyMatch(Endpoint.Inherited.class::isInstance);
    }

    private String introduction() {
        String version = version();
        List<String> addresses = endpoints.stream().map(Endpoint::toString).toList();
        return "Gatehouse " + (version == null ? "(unpackaged)" : version) + " on " + transportName + " at "
                + String.join(", ", addresses) + memory() + ", up in " + (System.nanoTime() - born) / 1_000_000 + " ms, Java "
                + Runtime.version().feature();
    }

    /** What the output cache may take, where it is used. */
    private String memory() {
        return deployment.usesCache()
                ? ", keeps answers and files in up to " + (cache.bound() >> 20) + " MiB of " + cache.memory().name().toLowerCase(Locale.ROOT)
                : "";
    }

    /** The version of the jar: on the class path its manifest has it, on the module path its descriptor. */
    private static @Nullable String version() {
        ModuleDescriptor module = Gatehouse.class.getModule().getDescriptor();
        return module == null
                ? Gatehouse.class.getPackage().getImplementationVersion()
                : module.rawVersion().orElse(null);
    }
}
