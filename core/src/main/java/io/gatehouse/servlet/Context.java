/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.descriptor.JspConfigDescriptor;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.EventListener;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The context that the application sees (Servlet 6.1 chapter 4) and what belongs to it. Configured by the deploying
 * thread,
 * used by all after.
 */
final class Context implements ServletContext {

    private enum Phase { CONFIGURING, RESTRICTED, FIXED }

    private static final String SERVER_INFO = "Gatehouse";

    private final ServletApplicationBuilder settings;
    private final String path;
    private final Registry registry = new Registry(this);
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
    private final AtomicLong requests = new AtomicLong();
    private final Set<String> roles = new LinkedHashSet<>();
    private volatile Phase phase = Phase.CONFIGURING;
    private volatile @Nullable String requestEncoding;
    private volatile @Nullable String responseEncoding;
    private boolean contextListenersAllowed = true;

    Context(ServletApplicationBuilder settings, Path temporaryDirectory) {
        this.settings = settings;
        this.path = settings.contextPath;
        this.temporaryDirectory = temporaryDirectory;
        this.components = new Components(settings.components, settings.loader);
        this.attributes = new Attributes(new ConcurrentHashMap<>(), listeners.contextChanges(this));
        this.sessions = new Sessions(this, settings.random);
        this.mimeTypes = new MimeTypes(settings.mimeTypes);
        this.localeCharsets = new LocaleCharsets(settings.localeCharsets);
        this.threads = new AppThreads(settings.workers, settings.timer);
        this.log = System.getLogger("io.gatehouse.servlet.log" + (path.isEmpty() ? "" : "." + path.substring(1)));
        settings.parameters.forEach(parameters::set);
        attributes.setQuietly(TEMPDIR, temporaryDirectory.toFile());
        requestEncoding = settings.requestEncoding;
        responseEncoding = settings.responseEncoding;
        registry.addFallback("default", new StaticServlet(this));
    }

    Registry registry() {
        return registry;
    }

    Listeners listeners() {
        return listeners;
    }

    Components components() {
        return components;
    }

    Sessions sessions() {
        return sessions;
    }

    AppThreads threads() {
        return threads;
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

    /** The roles that were declared, for whoever enforces them. */
    Set<String> roles() {
        return Set.copyOf(roles);
    }

    String nextRequestId() {
        return Long.toString(requests.incrementAndGet());
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

    /** No listener of the context's own can be added any more: those that there are begin to be told (section 4.4). */
    void closeContextListeners() {
        contextListenersAllowed = false;
    }

    /** Around the call of a context listener that was not declared, which may not configure (section 4.4). */
    void restricted(boolean on) {
        phase = on ? Phase.RESTRICTED : Phase.CONFIGURING;
    }

    /** Nothing can be configured any more. */
    void fix() {
        phase = Phase.FIXED;
    }

    void requireConfigurable(String what) {
        switch (phase) {
            case FIXED -> throw new IllegalStateException(what
                    + " after the context was initialised: call it from a ServletContainerInitializer or a listener");
            case RESTRICTED -> throw new UnsupportedOperationException(what
                    + " in a context listener that was added by code: give the listener to the builder");
            case CONFIGURING -> {}
        }
    }

    /** The dispatcher for a path; null if nothing answers it. */
    @Nullable Dispatcher dispatcher(String to) {
        DispatchPath target = DispatchPath.parse(to);
        Mapper.Match match = target == null ? null : registry.mapper().find(target.path());
        return match == null || target == null ? null : new Dispatcher(
                this, match.servlet(), RequestPath.of(path + target.uri(), target.query(), match));
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

    /** Only this context itself: others are out of reach (section 4.2). */
    @Override
    public @Nullable ServletContext getContext(@Nullable String uri) {
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
        return 6;
    }

    @Override
    public int getEffectiveMinorVersion() {
        return 1;
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
    public String getServletContextName() {
        return settings.displayName;
    }

    private ServletRegistration.@Nullable Dynamic add(String name, Component<Servlet> servlet) {
        requireConfigurable("addServlet");
        return registry.addServlet(name, servlet);
    }

    @Override
    public ServletRegistration.@Nullable Dynamic addServlet(String name, String className) {
        return add(name, Component.named(className));
    }

    @Override
    public ServletRegistration.@Nullable Dynamic addServlet(String name, Servlet servlet) {
        return add(name, Component.of(servlet));
    }

    @Override
    public ServletRegistration.@Nullable Dynamic addServlet(String name, Class<? extends Servlet> type) {
        return add(name, Component.of(type));
    }

    /** Registers a page with the class of the servlet that is named {@code jsp}, which is the application's to add. */
    @Override
    public ServletRegistration.@Nullable Dynamic addJspFile(String name, @Nullable String file) {
        requireConfigurable("addJspFile");
        ServletDefinition pages = registry.servlet("jsp");
        if (file == null || !file.startsWith("/") || pages == null || pages.getClassName() == null) {
            throw new IllegalArgumentException(
                    "no page " + file + ": begin it with a slash, and add a servlet named jsp before");
        }
        ServletRegistration.Dynamic added = add(name, Component.named(pages.getClassName()));
        if (added != null) {
            added.setInitParameters(pages.getInitParameters());
            added.setInitParameter("jspFile", file);
        }
        return added;
    }

    @Override
    public <T extends Servlet> T createServlet(Class<T> type) throws ServletException {
        requireConfigurable("createServlet");
        return components.create(type);
    }

    @Override
    public @Nullable ServletRegistration getServletRegistration(String name) {
        requireUnrestricted("getServletRegistration");
        return registry.servlet(name);
    }

    @Override
    public Map<String, ? extends ServletRegistration> getServletRegistrations() {
        requireUnrestricted("getServletRegistrations");
        return registry.servletsByName();
    }

    private FilterRegistration.@Nullable Dynamic add(Component<Filter> filter, String name) {
        requireConfigurable("addFilter");
        return registry.addFilter(name, filter, false);
    }

    @Override
    public FilterRegistration.@Nullable Dynamic addFilter(String name, String className) {
        return add(Component.named(className), name);
    }

    @Override
    public FilterRegistration.@Nullable Dynamic addFilter(String name, Filter filter) {
        return add(Component.of(filter), name);
    }

    @Override
    public FilterRegistration.@Nullable Dynamic addFilter(String name, Class<? extends Filter> type) {
        return add(Component.of(type), name);
    }

    @Override
    public <T extends Filter> T createFilter(Class<T> type) throws ServletException {
        requireConfigurable("createFilter");
        return components.create(type);
    }

    @Override
    public @Nullable FilterRegistration getFilterRegistration(String name) {
        requireUnrestricted("getFilterRegistration");
        return registry.filter(name);
    }

    @Override
    public Map<String, ? extends FilterRegistration> getFilterRegistrations() {
        requireUnrestricted("getFilterRegistrations");
        return registry.filtersByName();
    }

    private void requireUnrestricted(String what) {
        if (phase == Phase.RESTRICTED) {
            requireConfigurable(what);
        }
    }

    @Override
    public SessionCookieConfig getSessionCookieConfig() {
        requireUnrestricted("getSessionCookieConfig");
        return sessions.cookie();
    }

    @Override
    public void setSessionTrackingModes(Set<SessionTrackingMode> modes) {
        requireConfigurable("setSessionTrackingModes");
        sessions.tracking(modes);
    }

    @Override
    public Set<SessionTrackingMode> getDefaultSessionTrackingModes() {
        return EnumSet.of(SessionTrackingMode.COOKIE);
    }

    @Override
    public Set<SessionTrackingMode> getEffectiveSessionTrackingModes() {
        return Set.copyOf(sessions.tracking());
    }

    @Override
    public void addListener(String className) {
        requireConfigurable("addListener");
        try {
            addListener(Component.<EventListener>named(className).load(settings.loader, EventListener.class));
        } catch (ServletException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public <T extends EventListener> void addListener(T listener) {
        requireConfigurable("addListener");
        requireListener(listener.getClass());
        listeners.add(listener);
    }

    @Override
    public void addListener(Class<? extends EventListener> type) {
        requireConfigurable("addListener");
        requireListener(type);
        try {
            listeners.add(components.create(type));
        } catch (ServletException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private void requireListener(Class<?> type) {
        if (!Listeners.isListener(type)) {
            throw new IllegalArgumentException(type.getName() + " is none of the listeners of a context");
        }
        if (!contextListenersAllowed && ServletContextListener.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException(
                    type.getName() + " comes too late: add context listeners in a ServletContainerInitializer");
        }
    }

    @Override
    public <T extends EventListener> T createListener(Class<T> type) throws ServletException {
        requireConfigurable("createListener");
        if (!Listeners.isListener(type)) {
            throw new IllegalArgumentException(type.getName() + " is none of the listeners of a context");
        }
        return components.create(type);
    }

    @Override
    public @Nullable JspConfigDescriptor getJspConfigDescriptor() {
        return null;
    }

    @Override
    public ClassLoader getClassLoader() {
        return settings.loader;
    }

    @Override
    public void declareRoles(String... names) {
        requireConfigurable("declareRoles");
        for (String name : names) {
            if (name == null || name.isEmpty()) {
                throw new IllegalArgumentException("a role without a name: give it one");
            }
            roles.add(name);
        }
    }

    @Override
    public String getVirtualServerName() {
        return settings.serverName;
    }

    @Override
    public int getSessionTimeout() {
        return sessions.timeoutMinutes();
    }

    @Override
    public void setSessionTimeout(int minutes) {
        requireConfigurable("setSessionTimeout");
        sessions.timeoutMinutes(minutes);
    }

    @Override
    public @Nullable String getRequestCharacterEncoding() {
        return requestEncoding;
    }

    @Override
    public void setRequestCharacterEncoding(@Nullable String encoding) {
        requireConfigurable("setRequestCharacterEncoding");
        requestEncoding = encoding;
    }

    @Override
    public @Nullable String getResponseCharacterEncoding() {
        return responseEncoding;
    }

    @Override
    public void setResponseCharacterEncoding(@Nullable String encoding) {
        requireConfigurable("setResponseCharacterEncoding");
        responseEncoding = encoding;
    }
}
