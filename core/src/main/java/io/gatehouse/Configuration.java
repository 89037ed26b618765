/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.cache.CacheMemory;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.claim.TenantSettings;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.TargetRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.tls.TlsSettings;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that can be set from outside the program, checked and typed; {@link Setting#ALL} is the list.
 *
 * <p>Sources in rising order: the values that the program gives, {@code gatehouse.properties} (in the working directory, else
 * on the class path; {@code -Dgatehouse.config} or {@code GATEHOUSE_CONFIG} names another file), the environment ({@code
 * GATEHOUSE_LIMITS_HEAD}), system properties ({@code -Dgatehouse.limits.head}). An unknown key is an error, and each error
 * names the key, the value, where it stands, and what to write.
 *
 * @param transport the name of the transport; null if none is set
 * @param endpoints where to listen
 * @param ioThreads 0 lets the transport choose
 * @param workers the kind of thread that handlers run on
 * @param stopGrace how long requests in flight may take when the server stops
 * @param limits of peers and applications
 * @param timeouts of peers
 * @param target what is let in of ambiguous targets
 * @param proxies whom to believe what is said of a request's client
 * @param options of the transports, by the transport's name and then by the option's, without that name in front
 * @param routes in the order of their keys
 * @param bodyLimits bytes of a body for the routes of exactly these prefixes
 * @param cacheSize bytes of the output cache; -1 for a quarter of what the heap may become
 * @param cacheMemory where the bodies lie that the output cache keeps
 * @param fileFreshness how long a file's copy in memory is served without a look at the file; 0 for not at all
 * @param fileGzip whether texts in memory that have no sibling in gzip are put into it
 * @param caches what the output cache may keep of the routes of exactly these prefixes
 * @param reusePort whether another process of the same user may open the same TCP ports
 * @param claims what other processes may claim here
 * @param tenant what this process claims at other gatehouses
 * @param tls what endpoints with https show and ask for
 */
public record Configuration(
        @Nullable String transport,
        List<Endpoint> endpoints,
        int ioThreads,
        WorkerKind workers,
        Duration stopGrace,
        Limits limits,
        Timeouts timeouts,
        TargetRules target,
        ProxyRules proxies,
        Map<String, Map<String, String>> options,
        List<RouteSpec> routes,
        Map<Prefix, Long> bodyLimits,
        long cacheSize,
        CacheMemory cacheMemory,
        Duration fileFreshness,
        boolean fileGzip,
        Map<Prefix, CachePolicy> caches,
        boolean reusePort,
        ClaimSettings claims,
        TenantSettings tenant,
        TlsSettings tls) {

    /** What holds where nothing is set. */
    public static final Configuration DEFAULTS = new Configuration(
            null,
            List.of(new Endpoint.Tcp("http", "localhost", 8080)),
            0,
            WorkerKind.AUTO,
            Duration.ofSeconds(10),
            Limits.DEFAULTS,
            Timeouts.DEFAULTS,
            TargetRules.STRICT,
            ProxyRules.NONE,
            Map.of(),
            List.of(),
            Map.of(),
            -1,
            CacheMemory.HEAP,
            Duration.ofSeconds(1),
            false,
            Map.of(),
            false,
            ClaimSettings.NONE,
            TenantSettings.DEFAULTS,
            TlsSettings.NONE);

    /** Takes copies, and checks. */
    public Configuration {
        endpoints = List.copyOf(endpoints);
        options = Map.copyOf(options);
        routes = List.copyOf(routes);
        bodyLimits = Map.copyOf(bodyLimits);
        caches = Map.copyOf(caches);
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no endpoint: set listen, as in listen=http://localhost:8080");
        }
        if (ioThreads < 0) {
            throw new IllegalArgumentException("io-threads=" + ioThreads + ": set it to 0 for the default, or to 1 or more");
        }
        if (cacheSize < -1) {
            throw new IllegalArgumentException("cache-size=" + cacheSize + ": set it to 0 or more");
        }
        if (fileFreshness.isNegative() || fileFreshness.toDays() > 365) {
            throw new IllegalArgumentException("file-freshness=" + fileFreshness + ": set it to 0s up to 8760h");
        }
        if (stopGrace.isNegative()) {
            throw new IllegalArgumentException("stop.grace=" + stopGrace + ": set it to 0s or more");
        }
    }

    /**
     * The configuration from the standard sources over the defaults.
     *
     * @throws IllegalArgumentException if something is wrong with it
     */
    public static Configuration load() {
        return load(DEFAULTS);
    }

    /**
     * The configuration from the standard sources over what the program sets.
     *
     * @throws IllegalArgumentException if something is wrong with it
     */
    public static Configuration load(Configuration program) {
        Map<String, String> environment = System.getenv();
        Properties system = System.getProperties();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader loader = context != null ? context : ClassLoader.getSystemClassLoader();
        ConfigurationFile file = ConfigurationFile.find(environment, system, Path.of(""), loader);
        return ConfigurationReader.read(program, file.values(), file.name(), environment, system);
    }

    /**
     * The configuration from given sources over the defaults.
     *
     * @param file what {@code gatehouse.properties} would hold
     * @throws IllegalArgumentException if something is wrong with it
     */
    public static Configuration of(Properties file, Map<String, String> environment, Properties system) {
        return of(DEFAULTS, file, environment, system);
    }

    /**
     * The configuration from given sources over what the program sets.
     *
     * @param file what {@code gatehouse.properties} would hold
     * @throws IllegalArgumentException if something is wrong with it
     */
    public static Configuration of(
            Configuration program, Properties file, Map<String, String> environment, Properties system) {
        return ConfigurationReader.read(program, file, ConfigurationFile.NAME, environment, system);
    }

    /** The options of one transport, under its own names; empty if none is set. */
    public Map<String, String> optionsOf(String transportName) {
        return options.getOrDefault(transportName, Map.of());
    }

    /** The limit for bodies that is set for a prefix; -1 if {@code limits.body} holds. */
    public long bodyLimit(Prefix prefix) {
        return bodyLimits.getOrDefault(prefix, -1L);
    }

    /** The same with another transport. */
    public Configuration withTransport(@Nullable String value) {
        return with(copy -> copy.transport = value);
    }

    /** The same with other endpoints. */
    public Configuration withEndpoints(List<Endpoint> value) {
        return with(copy -> copy.endpoints = value);
    }

    /** The same with another number of I/O threads. */
    public Configuration withIoThreads(int value) {
        return with(copy -> copy.ioThreads = value);
    }

    /** The same with another kind of worker. */
    public Configuration withWorkers(WorkerKind value) {
        return with(copy -> copy.workers = value);
    }

    /** The same with another grace. */
    public Configuration withStopGrace(Duration value) {
        return with(copy -> copy.stopGrace = value);
    }

    /** The same with other limits. */
    public Configuration withLimits(Limits value) {
        return with(copy -> copy.limits = value);
    }

    /** The same with other timeouts. */
    public Configuration withTimeouts(Timeouts value) {
        return with(copy -> copy.timeouts = value);
    }

    /** The same with other rules for targets. */
    public Configuration withTarget(TargetRules value) {
        return with(copy -> copy.target = value);
    }

    /** The same with other proxies to believe. */
    public Configuration withProxies(ProxyRules value) {
        return with(copy -> copy.proxies = value);
    }

    /** The same with other options of transports. */
    public Configuration withOptions(Map<String, Map<String, String>> value) {
        return with(copy -> copy.options = value);
    }

    /** The same with another bound for the output cache, in bytes. */
    public Configuration withCacheSize(long value) {
        return with(copy -> copy.cacheSize = value);
    }

    /** The same with the bodies of the output cache in another kind of memory. */
    public Configuration withCacheMemory(CacheMemory value) {
        return with(copy -> copy.cacheMemory = value);
    }

    /** The same with another time for which a file's copy in memory is served without a look at the file. */
    public Configuration withFileFreshness(Duration value) {
        return with(copy -> copy.fileFreshness = value);
    }

    /** The same with texts in memory put into gzip for those who accept it, or not. */
    public Configuration withFileGzip(boolean value) {
        return with(copy -> copy.fileGzip = value);
    }

    /** The same with other policies for the output cache. */
    public Configuration withCaches(Map<Prefix, CachePolicy> value) {
        return with(copy -> copy.caches = value);
    }

    /** The same with TCP ports that another process of the same user may open too, or not. */
    public Configuration withReusePort(boolean value) {
        return with(copy -> copy.reusePort = value);
    }

    /** The same with other rules for what other processes may claim. */
    public Configuration withClaims(ClaimSettings value) {
        return with(copy -> copy.claims = value);
    }

    /** The same with other claims of this process. */
    public Configuration withTenant(TenantSettings value) {
        return with(copy -> copy.tenant = value);
    }

    /** The same with another way to speak TLS. */
    public Configuration withTls(TlsSettings value) {
        return with(copy -> copy.tls = value);
    }

    private Configuration with(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.configuration();
    }

    /** The parts, while one of them is exchanged. */
    private static final class Copy {
        private @Nullable String transport;
        private List<Endpoint> endpoints;
        private int ioThreads;
        private WorkerKind workers;
        private Duration stopGrace;
        private Limits limits;
        private Timeouts timeouts;
        private TargetRules target;
        private ProxyRules proxies;
        private Map<String, Map<String, String>> options;
        private final List<RouteSpec> routes;
        private final Map<Prefix, Long> bodyLimits;
        private long cacheSize;
        private CacheMemory cacheMemory;
        private Duration fileFreshness;
        private boolean fileGzip;
        private Map<Prefix, CachePolicy> caches;
        private boolean reusePort;
        private ClaimSettings claims;
        private TenantSettings tenant;
        private TlsSettings tls;

        private Copy(Configuration from) {
            transport = from.transport;
            endpoints = from.endpoints;
            ioThreads = from.ioThreads;
            workers = from.workers;
            stopGrace = from.stopGrace;
            limits = from.limits;
            timeouts = from.timeouts;
            target = from.target;
            proxies = from.proxies;
            options = from.options;
            routes = from.routes;
            bodyLimits = from.bodyLimits;
            cacheSize = from.cacheSize;
            cacheMemory = from.cacheMemory;
            fileFreshness = from.fileFreshness;
            fileGzip = from.fileGzip;
            caches = from.caches;
            reusePort = from.reusePort;
            claims = from.claims;
            tenant = from.tenant;
            tls = from.tls;
        }

        private Configuration configuration() {
            return new Configuration(
                    transport, endpoints, ioThreads, workers, stopGrace, limits, timeouts, target, proxies, options, routes, bodyLimits,
                            cacheSize, cacheMemory, fileFreshness, fileGzip, caches, reusePort, claims, tenant, tls);
        }
    }
}
