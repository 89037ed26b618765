/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.http.TargetRules;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.descriptor.JspConfigDescriptor;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The context that the application sees (Servlet 6.1 chapter 4) and what belongs to it. Configured by the deploying
 * thread,
 * used by all after.
 */
final class Context extends ConfiguredContext {
    private static final String SERVER_INFO = "Gatehouse/" + version();

    private final ServletApplicationBuilder settings;
    private final String path;
    private final Registry registry = new Registry(this);
    private final Security security;
    private final Listeners listeners = new Listeners();
    private final Components components;
    private final Attributes attributes;
    private final InitParameters parameters = new InitParameters();
    private final Sessions sessions;
    private final MimeTypes mimeTypes;
    private final LocaleCharsets localeCharsets;
    private final Path temporaryDirectory;
    private final AppThreads threads;
    private final System.Logger log;
    private final Set<AsyncFlow> suspended = ConcurrentHashMap.newKeySet();
    private final Set<Upgrade> upgrades = ConcurrentHashMap.newKeySet();
    private final @Nullable TargetRules rules;
    private final @Nullable Neighbours neighbours;
    private volatile @Nullable InFlight visits;
    private volatile @Nullable String requestEncoding;
    private volatile @Nullable String responseEncoding;

    /**
     * @param given the attributes that it has from its beginning; the server's {@link TargetRules} and {@link Neighbours} may be among them
     */
    Context(ServletApplicationBuilder settings, Path temporaryDirectory, Map<String, Object> given) {
        this.settings = settings;
        this.rules = given.get(TargetRules.class.getName()) instanceof TargetRules known ? known : null;
        boolean open = settings.crossContext && !settings.limits.isolation().apart();
        this.neighbours = open && given.get(Neighbours.class.getName()) instanceof Neighbours others ? others : null;
        this.path = settings.contextPath;
        this.temporaryDirectory = temporaryDirectory;
        this.components = new Components(settings.components, settings.loader);
        this.attributes = new Attributes(new ConcurrentHashMap<>(), listeners.contextChanges(this));
        this.sessions = new Sessions(this, settings.random);
        this.security = new Security(this, settings);
        this.mimeTypes = new MimeTypes(settings.mimeTypes);
        this.localeCharsets = new LocaleCharsets(settings.localeCharsets);
        this.threads = new AppThreads(settings.workers, settings.timer);
        this.log = System.getLogger("io.gatehouse.servlet.log" + (path.isEmpty() ? "" : "." + path.substring(1)));
        settings.parameters.forEach(parameters::set);
        attributes.setQuietly(TEMPDIR, temporaryDirectory.toFile());
        requestEncoding = settings.requestEncoding;
        responseEncoding = settings.responseEncoding;
        given.forEach(attributes::setQuietly);
        registry.addFallback("default", new StaticServlet(this));
    }

    /** The version of the jar: on the class path its manifest has it, on the module path its descriptor. */
    private static String version() {
        ModuleDescriptor module = Context.class.getModule().getDescriptor();
        String known = module == null
                ? Context.class.getPackage().getImplementationVersion()
                : module.rawVersion().orElse(null);
        return known == null ? "unpackaged" : known;
    }

    @Override
    Registry registry() {
        return registry;
    }

    @Override
    Listeners listeners() {
        return listeners;
    }

    @Override
    Components components() {
        return components;
    }

    @Override
    Sessions sessions() {
        return sessions;
    }

    Security security() {
        return security;
    }

    AppThreads threads() {
        return threads;
    }

    /** The asynchronous requests that wait. */
    Set<AsyncFlow> suspended() {
        return suspended;
    }

    /** The connections that speak another protocol. */
    Set<Upgrade> upgrades() {
        return upgrades;
    }

    ErrorPages errorPages() {
        return settings.errorPages;
    }

    ServletLimits limits() {
        return settings.limits;
    }

    Clock clock() {
        return settings.clock;
    }

    Resources resources() {
        return settings.resources;
    }

    LocaleCharsets localeCharsets() {
        return localeCharsets;
    }

    Path temporaryDirectory() {
        return temporaryDirectory;
    }

    /** The application is in service: those that it lets in find it, and are counted like its requests. */
    void open(InFlight visitors) {
        visits = visitors;
        Neighbours others = neighbours;
        if (others != null) {
            others.join(this);
        }
    }

    /** Nobody finds it any more. */
    void close() {
        Neighbours others = neighbours;
        if (others != null) {
            others.leave(this);
        }
    }

    boolean reaches(Context other) {
        return neighbours != null && neighbours == other.neighbours;
    }

    /** Another application dispatches into this one. */
    void admitVisit() {
        InFlight current = visits;
        if (current == null || !current.enter()) {
            throw new RefusedRequest(503, "the application at " + path + "/ is not in service");
        }
    }

    void endVisit() {
        InFlight current = visits;
        if (current != null) {
            current.leave();
        }
    }

    /** The server's rules for what is asked for; null if it has not told. */
    @Nullable TargetRules rules() {
        return rules;
    }

    /** Puts the application's class loader around its code; returns what to leave with. */
    @Nullable ClassLoader enter() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(settings.loader);
        return before;
    }

    void leave(@Nullable ClassLoader before) {
        Thread.currentThread().setContextClassLoader(before);
    }

    /** The dispatcher for a path; null if nothing answers it. */
    @Nullable Dispatcher dispatcher(String to) {
        DispatchPath target = DispatchPath.parse(to);
        Mapper.Match match = target == null ? null : registry.mapper().find(target.path());
        return match == null || target == null ? null : new Dispatcher(
                this, match.servlet(), RequestPath.of(this, path + target.uri(), target.query(), match));
    }

    private static String required(@Nullable String name) {
        if (name == null) {
            throw new NullPointerException("the name is null: give one");
        }
        return name;
    }

    /** A resource's path, checked and without dot segments; null if it climbs out. */
    private static @Nullable String resourcePath(@Nullable String resource) {
        return resource == null || !resource.startsWith("/") ? null : DispatchPath.normalise(resource);
    }

    @Override
    public String getContextPath() {
        return path;
    }

    /** This context itself or, where both let each other in, the one in which the path lies: others are out of reach. */
    @Override
    public @Nullable ServletContext getContext(@Nullable String uri) {
        Neighbours others = neighbours;
        Context other = uri == null || others == null ? null : others.find(uri);
        if (other != null) {
            return other;
        }
        return uri != null && (uri.equals(path) || uri.startsWith(path + "/")) ? this : null;
    }

    @Override
    public int getMajorVersion() {
        return 6;
    }

    @Override
    public int getMinorVersion() {
        return 1;
    }

    @Override
    public int getEffectiveMajorVersion() {
        requireUnrestricted("getEffectiveMajorVersion");
        return settings.packaging.majorVersion();
    }

    @Override
    public int getEffectiveMinorVersion() {
        requireUnrestricted("getEffectiveMinorVersion");
        return settings.packaging.minorVersion();
    }

    @Override
    public @Nullable String getMimeType(@Nullable String file) {
        return file == null ? null : mimeTypes.find(file);
    }

    @Override
    public @Nullable Set<String> getResourcePaths(@Nullable String directory) {
        String normal = resourcePath(directory);
        return normal == null ? null : settings.resources.getResourcePaths(normal);
    }

    @Override
    public @Nullable URL getResource(@Nullable String resource) throws MalformedURLException {
        if (resource == null || !resource.startsWith("/")) {
            throw new MalformedURLException("the resource '" + resource + "' must begin with a slash");
        }
        String normal = resourcePath(resource);
        return normal == null ? null : settings.resources.getResource(normal);
    }

    @Override
    public @Nullable InputStream getResourceAsStream(@Nullable String resource) {
        String normal = resourcePath(resource);
        return normal == null ? null : settings.resources.getResourceAsStream(normal);
    }

    @Override
    public @Nullable RequestDispatcher getRequestDispatcher(@Nullable String to) {
        return to == null ? null : dispatcher(to);
    }

    @Override
    public @Nullable RequestDispatcher getNamedDispatcher(@Nullable String name) {
        ServletDefinition servlet = name == null ? null : registry.servlet(name);
        return servlet == null ? null : new Dispatcher(this, servlet.instance(), null);
    }

    @Override
    public void log(String message) {
        log.log(System.Logger.Level.INFO, message);
    }

    @Override
    public void log(String message, Throwable failure) {
        log.log(System.Logger.Level.ERROR, message, failure);
    }

    @Override
    public @Nullable String getRealPath(@Nullable String resource) {
        String normal = resource == null ? null
                : resourcePath(resource.startsWith("/") ? resource : "/" + resource);
        Path real = normal == null ? null : settings.resources.getRealPath(normal);
        return real == null ? null : real.toString();
    }

    @Override
    public String getServerInfo() {
        return SERVER_INFO;
    }

    @Override
    public @Nullable String getInitParameter(String name) {
        return parameters.get(required(name));
    }

    @Override
    public Enumeration<String> getInitParameterNames() {
        return parameters.names();
    }

    @Override
    public boolean setInitParameter(String name, String value) {
        requireConfigurable("setInitParameter");
        return parameters.set(required(name), value);
    }

    @Override
    public @Nullable Object getAttribute(String name) {
        return attributes.get(required(name));
    }

    @Override
    public Enumeration<String> getAttributeNames() {
        return Collections.enumeration(attributes.names());
    }

    @Override
    public void setAttribute(String name, @Nullable Object value) {
        attributes.set(required(name), value);
    }

    @Override
    public void removeAttribute(String name) {
        attributes.remove(required(name));
    }

    @Override
    public @Nullable String getServletContextName() {
        return settings.displayName.isEmpty() ? null : settings.displayName;
    }

    @Override
    public @Nullable JspConfigDescriptor getJspConfigDescriptor() {
        requireUnrestricted("getJspConfigDescriptor");
        return settings.packaging.pages();
    }

    @Override
    public ClassLoader getClassLoader() {
        requireUnrestricted("getClassLoader");
        return settings.loader;
    }

    @Override
    public String getVirtualServerName() {
        return settings.serverName;
    }

    @Override
    public @Nullable String getRequestCharacterEncoding() {
        requireUnrestricted("getRequestCharacterEncoding");
        return requestEncoding;
    }

    @Override
    public void setRequestCharacterEncoding(@Nullable String encoding) {
        requireConfigurable("setRequestCharacterEncoding");
        requestEncoding = encoding;
    }

    @Override
    public @Nullable String getResponseCharacterEncoding() {
        requireUnrestricted("getResponseCharacterEncoding");
        return responseEncoding;
    }

    @Override
    public void setResponseCharacterEncoding(@Nullable String encoding) {
        requireConfigurable("setResponseCharacterEncoding");
        responseEncoding = encoding;
    }
}
