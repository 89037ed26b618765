/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse;

import io.gatehouse.cache.CacheMemory;
import io.gatehouse.cache.CachePolicy;
import io.gatehouse.cache.OutputCache;
import io.gatehouse.claim.ClaimSettings;
import io.gatehouse.claim.TenantSettings;
import io.gatehouse.files.StaticFiles;
import io.gatehouse.forward.Forward;
import io.gatehouse.handler.AsyncHandler;
import io.gatehouse.handler.Handler;
import io.gatehouse.http.ProxyRules;
import io.gatehouse.http.TargetRules;
import io.gatehouse.route.Prefix;
import io.gatehouse.route.Route;
import io.gatehouse.servlet.Isolation;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.tls.TlsSettings;
import io.gatehouse.transport.Endpoint;
import io.gatehouse.transport.Limits;
import io.gatehouse.transport.Timeouts;
import io.gatehouse.transport.TransportProvider;
import io.gatehouse.webapp.LiveApplication;
import jakarta.servlet.Servlet;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a server shall be; used by one thread, once.
 *
 * <p>What is set here is the program's own opinion, the lowest source of the {@link Configuration}: the properties file, the
 * environment and system properties overrule it, unless {@link #configuration} says that there shall be no such sources.
 * Routes of all sources add up.
 *
 * <p>Prefixes are written as {@link Prefix#parse} reads them: {@code /docs/}, or {@code http://+:80/docs/}.
 */
public final class GatehouseBuilder {

    private Configuration program = Configuration.DEFAULTS;
    private boolean ambient = true;
    private @Nullable TransportProvider transport;
    private @Nullable Components components;
    private boolean stopOnExit;
    private @Nullable OutputCache cache;
    private final List<Mount> mounts = new ArrayList<>();

    GatehouseBuilder() {}

    /**
     * Where to listen, in the place of what was said before: {@code http://localhost:8080}, {@code http://*:80}, {@code
     * unix:/run/app.sock}. Port 0 is any free port, which {@link Gatehouse#endpoints} tells.
     *
     * @throws IllegalArgumentException if one is no endpoint
     */
    public GatehouseBuilder listen(String... endpoints) {
        program = program.withEndpoints(Arrays.stream(endpoints).map(Endpoint::parse).toList());
        return this;
    }

    /** The transport by its name, {@code nio} or {@code jetty}; must be on the class path. */
    public GatehouseBuilder transport(String name) {
        program = program.withTransport(name);
        transport = null;
        return this;
    }

    /** The transport itself, which no configuration overrules. */
    public GatehouseBuilder transport(TransportProvider provider) {
        transport = provider;
        return this;
    }

    /** Changes the limits: {@code limits(l -> l.withBody(1 << 30))}. */
    public GatehouseBuilder limits(UnaryOperator<Limits> change) {
        program = program.withLimits(change.apply(program.limits()));
        return this;
    }

    /** Changes the timeouts: {@code timeouts(t -> t.withIdle(Duration.ofMinutes(1)))}. */
    public GatehouseBuilder timeouts(UnaryOperator<Timeouts> change) {
        program = program.withTimeouts(change.apply(program.timeouts()));
        return this;
    }

    /** Changes what is let in of ambiguous targets: {@code target(t -> t.withEncodedSlash(true))}. */
    public GatehouseBuilder target(UnaryOperator<TargetRules> change) {
        program = program.withTarget(change.apply(program.target()));
        return this;
    }

    /**
     * Changes whom to believe what is said of a request's client: {@code proxies(p -> p.withTrusted("10.0.0.0/8", "unix:"))}. Nobody,
     * unless set.
     */
    public GatehouseBuilder proxies(UnaryOperator<ProxyRules> change) {
        program = program.withProxies(change.apply(program.proxies()));
        return this;
    }

    /**
     * Changes what {@code https} endpoints show and ask for: {@code tls(t -> t.withCertificate(Path.of("site.pem"))
     * .withKey(Path.of("site.key")))}.
     */
    public GatehouseBuilder tls(UnaryOperator<TlsSettings> change) {
        program = program.withTls(change.apply(program.tls()));
        return this;
    }

    /** The kind of thread that handlers run on. */
    public GatehouseBuilder workers(WorkerKind kind) {
        program = program.withWorkers(kind);
        return this;
    }

    /**
     * The whole configuration, in the place of all settings said before and of every source outside the program: no file, no
     * environment, no system property is read.
     */
    public GatehouseBuilder configuration(Configuration whole) {
        program = whole;
        ambient = false;
        return this;
    }

    /**
     * Who makes servlets and handlers that are given as classes; {@link Components#standard} unless set. Closed by whoever
     * made it.
     */
    public GatehouseBuilder components(Components maker) {
        components = maker;
        return this;
    }

    /** Static files of a directory. */
    public GatehouseBuilder files(String prefix, Path directory) {
        return files(prefix, directory.toString());
    }

    /** Static files: of a directory, or of {@code classpath:} and a folder there, in a jar or not. */
    public GatehouseBuilder files(String prefix, String location) {
        return mount(new Mount.Files(Prefix.parse(prefix), location, false));
    }

    /** Static files as built elsewhere. */
    public GatehouseBuilder files(String prefix, StaticFiles files) {
        return mount(new Mount.Routed(Route.of(Prefix.parse(prefix), files)));
    }

    /** The files of a single-page application: its {@code index.html} answers navigations to what is no file. */
    public GatehouseBuilder spa(String prefix, Path directory) {
        return spa(prefix, directory.toString());
    }

    /** The same from a directory, or from {@code classpath:} and a folder there. */
    public GatehouseBuilder spa(String prefix, String location) {
        return mount(new Mount.Files(Prefix.parse(prefix), location, true));
    }

    /**
     * A servlet in the application at the root, which all servlets of this method share.
     *
     * @param pattern a mapping as in Servlet 6.1 section 12.2: {@code /api/*}, {@code /exact}, {@code *.do} or {@code /}
     */
    public GatehouseBuilder servlet(String pattern, Servlet servlet) {
        return mount(new Mount.RootServlet(Mount.anywhere(), pattern, servlet, servlet.getClass().getName()));
    }

    /** The same with a class, of which one is made, with injection where there is HK2. */
    public GatehouseBuilder servlet(String pattern, Class<? extends Servlet> type) {
        return mount(new Mount.RootServlet(Mount.anywhere(), pattern, type, type.getName()));
    }

    /** A servlet application at its context path. */
    public GatehouseBuilder application(ServletApplication application) {
        return application(application.contextPath() + '/', application);
    }

    /**
     * A servlet application under a prefix with a host or a port of its own.
     *
     * @param prefix one whose path is the application's context path
     * @throws IllegalArgumentException if it is not
     */
    public GatehouseBuilder application(String prefix, ServletApplication application) {
        return mount(new Mount.Application(atContextPath(prefix, application.contextPath()), application));
    }

    private static Prefix atContextPath(String prefix, String contextPath) {
        Prefix parsed = Prefix.parse(prefix);
        if (!parsed.path().equals(contextPath + '/')) {
            throw new IllegalArgumentException("the prefix " + parsed + " does not end in the application's context path: write "
                    + contextPath + "/ at its end, or build the application with another context path");
        }
        return parsed;
    }

    /**
     * A web application: a WAR file, or a directory with {@code WEB-INF} in it.
     *
     * @param prefix whose path is the context path: {@code /shop}, or {@code http://example.com/shop/}
     */
    public GatehouseBuilder webapp(String prefix, Path directoryOrWar) {
        return mount(new Mount.Web(Prefix.parse(prefix), directoryOrWar, null, Isolation.NONE));
    }

    /** A web application as described elsewhere, at its context path, that can be exchanged while the server runs. */
    public GatehouseBuilder webapp(LiveApplication application) {
        return webapp(application.contextPath() + '/', application);
    }

    /**
     * The same under a prefix with a host or a port of its own.
     *
     * @param prefix one whose path is the application's context path
     * @throws IllegalArgumentException if it is not
     */
    public GatehouseBuilder webapp(String prefix, LiveApplication application) {
        return mount(new Mount.Live(atContextPath(prefix, application.contextPath()), application));
    }

    /** A handler. */
    public GatehouseBuilder handle(String prefix, Handler handler) {
        return mount(new Mount.Routed(Route.of(Prefix.parse(prefix), handler)));
    }

    /** An asynchronous handler. */
    public GatehouseBuilder handle(String prefix, AsyncHandler handler) {
        return mount(new Mount.Routed(Route.of(Prefix.parse(prefix), handler)));
    }

    /** A handler of a class, of which one is made, with injection where there is HK2. */
    public GatehouseBuilder handle(String prefix, Class<?> type) {
        return mount(new Mount.Created(Prefix.parse(prefix), type, type.getName()));
    }

    /**
     * Forwards to an HTTP/1.1 server elsewhere: {@code http://127.0.0.1:9000}; {@code http://127.0.0.1:9000/path/}, whose path
     * takes the place of the prefix; or {@code unix:/run/app.sock}.
     *
     * @throws IllegalArgumentException if the origin is none of them
     */
    public GatehouseBuilder forward(String prefix, String origin) {
        return forward(prefix, Forward.to(origin).build());
    }

    /** The same as built elsewhere; closed when the server stops. */
    public GatehouseBuilder forward(String prefix, Forward forward) {
        return mount(new Mount.Forwarded(Prefix.parse(prefix), forward));
    }

    /** Lets other processes claim prefixes: {@code claims(c -> c.withSocket(Path.of("/run/gatehouse.sock")))}. */
    public GatehouseBuilder claims(UnaryOperator<ClaimSettings> change) {
        program = program.withClaims(change.apply(program.claims()));
        return this;
    }

    /** What to claim at another gatehouse whose port is shared by {@code listen("gatehouse:/run/gatehouse.sock")}. */
    public GatehouseBuilder tenant(UnaryOperator<TenantSettings> change) {
        program = program.withTenant(change.apply(program.tenant()));
        return this;
    }

    /** A route with a context value or settings of its own. */
    public GatehouseBuilder route(Route route) {
        return mount(new Mount.Routed(route));
    }

    /**
     * Keeps answers of a route in the output cache: of exactly this prefix, which for a servlet is the part of its pattern
     * before the star.
     */
    public GatehouseBuilder cache(String prefix, CachePolicy policy) {
        Map<Prefix, CachePolicy> caches = new HashMap<>(program.caches());
        caches.put(Prefix.parse(prefix), policy);
        program = program.withCaches(caches);
        return this;
    }

    /** The bound of the output cache in bytes, hot files included; a quarter of what the heap may become unless set. */
    public GatehouseBuilder cacheSize(long bytes) {
        program = program.withCacheSize(bytes);
        return this;
    }

    /** Where the bodies lie that the output cache keeps; on the heap unless set. */
    public GatehouseBuilder cacheMemory(CacheMemory memory) {
        program = program.withCacheMemory(memory);
        return this;
    }

    /**
     * How long a file's copy in memory is served without a look at the file, and as long again while one worker looks; 1 s
     * unless set, 0 to look every time. Not for files that are built elsewhere.
     */
    public GatehouseBuilder fileFreshness(Duration time) {
        program = program.withFileFreshness(time);
        return this;
    }

    /**
     * Whether texts in memory that have no {@code .gz} sibling are put into gzip for those who accept it; not unless set. Not
     * for files that are built elsewhere.
     */
    public GatehouseBuilder fileGzip(boolean made) {
        program = program.withFileGzip(made);
        return this;
    }

    /** The output cache itself, which no configuration overrules. Closed by whoever made it. */
    public GatehouseBuilder cache(OutputCache given) {
        cache = given;
        return this;
    }

    /** Stops the server when the JVM exits, on SIGTERM for example; not done unless called. */
    public GatehouseBuilder stopOnExit() {
        stopOnExit = true;
        return this;
    }

    /**
     * A server whose applications are deployed and whose ports are closed: {@link Gatehouse#open} opens them.
     *
     * @throws IllegalArgumentException if something in the configuration is wrong
     * @throws IllegalStateException if an application can't be deployed; what was deployed before is undeployed again
     */
    public Gatehouse deploy() {
        Configuration configuration = ambient ? Configuration.load(program) : program;
        return Gatehouse.deploy(new Gatehouse.Plan(configuration, transport, components, cache, List.copyOf(mounts), stopOnExit));
    }

    /**
     * A server that serves. Blocks until all ports are open.
     *
     * @throws IOException if a port can't be opened; nothing is left open or deployed then
     * @throws IllegalArgumentException as {@link #deploy}
     * @throws IllegalStateException as {@link #deploy}
     */
    public Gatehouse start() throws IOException {
        return deploy().open();
    }

    private GatehouseBuilder mount(Mount mount) {
        mounts.add(mount);
        return this;
    }
}
