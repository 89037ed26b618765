/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import io.gatehouse.security.SecuritySettings;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.SessionTrackingMode;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EventListener;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Describes a servlet application: what a deployment descriptor would say, in code. Used by one thread; what was built does
 * not change with it afterwards. Longer than 400 lines, as it has one method for each thing that a descriptor says.
 */
public final class ServletApplicationBuilder {

    /** A servlet, filter or listener that was declared, to be registered when the application is deployed. */
    interface Declaration {
        void register(Context context) throws ServletException;
    }

    /** An initialiser and the classes that it is given (Servlet 6.1 section 8.2.4). */
    record Initializer(ServletContainerInitializer initializer, @Nullable Set<Class<?>> classes) {}

    String contextPath = "";
    String displayName = "";
    String serverName = "gatehouse";
    ClassLoader loader = defaultLoader();
    Resources resources = Resources.NONE;
    @Nullable Path temporaryDirectory;
    ComponentFactory components = ComponentFactory.CONSTRUCTOR;
    ServletLimits limits = ServletLimits.DEFAULT;
    SecuritySettings security = SecuritySettings.NONE;
    Clock clock = Clock.systemUTC();
    SecureRandom random = new SecureRandom();
    Packaging packaging = Packaging.NONE;
    @Nullable Executor workers;
    @Nullable ScheduledExecutorService timer;
    @Nullable String requestEncoding;
    @Nullable String responseEncoding;
    boolean servletsRequired;
    boolean crossContext;
    @Nullable Integer sessionTimeout;
    @Nullable Set<SessionTrackingMode> tracking;
    final Map<String, String> parameters = new LinkedHashMap<>();
    final Map<String, String> mimeTypes = new HashMap<>();
    final Map<Locale, Charset> localeCharsets = new HashMap<>();
    final List<String> welcomeFiles = new ArrayList<>(List.of("index.html"));
    final List<Initializer> initializers = new ArrayList<>();
    final List<Declaration> listeners = new ArrayList<>();
    final List<Declaration> filters = new ArrayList<>();
    final List<Declaration> servlets = new ArrayList<>();
    final ErrorPages errorPages = new ErrorPages();

    ServletApplicationBuilder() {}

    /** What was described so far: the other one may go on. */
    private ServletApplicationBuilder(ServletApplicationBuilder other) {
        contextPath = other.contextPath;
        displayName = other.displayName;
        serverName = other.serverName;
        loader = other.loader;
        resources = other.resources;
        temporaryDirectory = other.temporaryDirectory;
        components = other.components;
        limits = other.limits;
        security = other.security;
        packaging = other.packaging;
        clock = other.clock;
        random = other.random;
        workers = other.workers;
        timer = other.timer;
        requestEncoding = other.requestEncoding;
        responseEncoding = other.responseEncoding;
        servletsRequired = other.servletsRequired;
        crossContext = other.crossContext;
        sessionTimeout = other.sessionTimeout;
        tracking = other.tracking;
        parameters.putAll(other.parameters);
        mimeTypes.putAll(other.mimeTypes);
        localeCharsets.putAll(other.localeCharsets);
        welcomeFiles.clear();
        welcomeFiles.addAll(other.welcomeFiles);
        initializers.addAll(other.initializers);
        listeners.addAll(other.listeners);
        filters.addAll(other.filters);
        servlets.addAll(other.servlets);
        errorPages.addAll(other.errorPages);
    }

    private static ClassLoader defaultLoader() {
        ClassLoader current = Thread.currentThread().getContextClassLoader();
        return current == null ? ClassLoader.getSystemClassLoader() : current;
    }

    /**
     * Sets the context path: empty for the root, else {@code /shop}.
     *
     * @throws IllegalArgumentException if it does not begin with a slash, or ends in one
     */
    public ServletApplicationBuilder contextPath(String path) {
        if (!path.isEmpty() && (!path.startsWith("/") || path.endsWith("/") || path.contains("//"))) {
            throw new IllegalArgumentException(
                    "the context path '" + path + "' must be empty, or begin with a slash and not end in one");
        }
        contextPath = path;
        return this;
    }

    /** Sets the name that people read, {@code getServletContextName}. */
    public ServletApplicationBuilder displayName(String name) {
        displayName = name;
        return this;
    }

    /** Sets the name of the server, {@code getVirtualServerName}. */
    public ServletApplicationBuilder serverName(String name) {
        serverName = name;
        return this;
    }

    /** Sets the class loader of the application; the caller's thread's unless set. */
    public ServletApplicationBuilder classLoader(ClassLoader classLoader) {
        loader = classLoader;
        return this;
    }

    /** Sets where static content lies; nowhere unless set. */
    public ServletApplicationBuilder resources(Resources content) {
        resources = content;
        return this;
    }

    /** Sets a directory for temporary files; one of its own, removed at the end, unless set. */
    public ServletApplicationBuilder temporaryDirectory(Path directory) {
        temporaryDirectory = directory;
        return this;
    }

    /** Sets who makes components that are given as classes. */
    public ServletApplicationBuilder components(ComponentFactory factory) {
        components = factory;
        return this;
    }

    /** Says where the application comes from, and what to release after it. */
    public ServletApplicationBuilder packaging(Packaging origin) {
        packaging = origin;
        return this;
    }

    /** Sets the limits. */
    public ServletApplicationBuilder limits(ServletLimits bounds) {
        limits = bounds;
        return this;
    }

    /** Sets who may do what, and how callers show who they are; everyone may do everything unless set (chapter 13). */
    public ServletApplicationBuilder security(SecuritySettings settings) {
        security = settings;
        return this;
    }

    /** Sets the clock of sessions and dates. */
    public ServletApplicationBuilder clock(Clock time) {
        clock = time;
        return this;
    }

    /** Sets the randomness that session ids are made of. */
    public ServletApplicationBuilder random(SecureRandom randomness) {
        random = randomness;
        return this;
    }

    /** Sets the threads of asynchronous work; up to 64 of its own unless set. */
    public ServletApplicationBuilder workers(Executor executor) {
        workers = executor;
        return this;
    }

    /** Sets the timer of asynchronous timeouts and of session expiry; a thread of its own unless set. */
    public ServletApplicationBuilder timer(ScheduledExecutorService scheduler) {
        timer = scheduler;
        return this;
    }

    /** Sets the encoding of request bodies that name none. */
    public ServletApplicationBuilder requestEncoding(Charset charset) {
        requestEncoding = charset.name();
        return this;
    }

    /** Sets the encoding of response texts that name none. */
    public ServletApplicationBuilder responseEncoding(Charset charset) {
        responseEncoding = charset.name();
        return this;
    }

    /**
     * Sets whether this application and others of the same server that do so may dispatch into each other, by {@code
     * ServletContext.getContext} and {@code AsyncContext.dispatch}; not unless set, nor if it is kept apart ({@link Isolation}).
     * Constraints of the one that is dispatched into are not asked, as with every dispatch (section 13.2), and the caller's
     * login and error pages stay.
     */
    public ServletApplicationBuilder crossContext(boolean on) {
        crossContext = on;
        return this;
    }

    /**
     * Sets whether the deployment fails with a servlet that is loaded on start-up; unless set, that servlet alone is not in service
     * (section 2.3.2.1).
     */
    public ServletApplicationBuilder requireServlets(boolean on) {
        servletsRequired = on;
        return this;
    }

    /** Sets how long sessions live unused, in minutes; 0 or less for ever; 30 unless set. */
    public ServletApplicationBuilder sessionTimeout(int minutes) {
        sessionTimeout = minutes;
        return this;
    }

    /**
     * Sets how session ids travel. Unless set, by cookie, and where there is none by URL if the server lets path parameters in
     * ({@code target.path-parameters}); without that setting it refuses URLs with ids in them.
     */
    public ServletApplicationBuilder sessionTracking(SessionTrackingMode... modes) {
        tracking = Set.of(modes);
        return this;
    }

    /** Adds a context init parameter. */
    public ServletApplicationBuilder initParameter(String name, String value) {
        parameters.put(name, value);
        return this;
    }

    /** Adds a media type for a file extension, which is given without dot. */
    public ServletApplicationBuilder mimeType(String extension, String type) {
        mimeTypes.put(extension.toLowerCase(Locale.ROOT), type);
        return this;
    }

    /** Adds the encoding that follows from a response's locale (Servlet 6.1 section 5.5). */
    public ServletApplicationBuilder localeCharset(Locale locale, Charset charset) {
        localeCharsets.put(locale, charset);
        return this;
    }

    /** Sets what a directory is answered with, in order; {@code index.html} unless set (section 10.10). */
    public ServletApplicationBuilder welcomeFiles(String... files) {
        welcomeFiles.clear();
        welcomeFiles.addAll(List.of(files));
        return this;
    }

    /** Adds the page for a status (section 10.9.2). */
    public ServletApplicationBuilder errorPage(int status, String location) {
        errorPages.add(status, location);
        return this;
    }

    /** Adds the page for an exception and those that extend it. */
    public ServletApplicationBuilder errorPage(Class<? extends Throwable> type, String location) {
        errorPages.add(type, location);
        return this;
    }

    /** Sets the page for every error without one of its own. */
    public ServletApplicationBuilder errorPage(String location) {
        errorPages.fallback(location);
        return this;
    }

    /**
     * Adds an initialiser, called first when the application is deployed.
     *
     * @param classes what it is to handle; none are handed over as null, as section 8.2.4 says
     */
    public ServletApplicationBuilder initializer(ServletContainerInitializer initializer, Class<?>... classes) {
        initializers.add(new Initializer(initializer, classes.length == 0 ? null : Set.of(classes)));
        return this;
    }

    /** Adds a listener. */
    public ServletApplicationBuilder listener(EventListener listener) {
        return listener(Component.of(listener));
    }

    /** Adds a listener that the component factory makes. */
    public ServletApplicationBuilder listener(Class<? extends EventListener> type) {
        return listener(Component.of(type));
    }

    private ServletApplicationBuilder listener(Component<EventListener> component) {
        listeners.add(context -> {
            EventListener listener = context.components().instance(component, EventListener.class);
            if (!Listeners.isListener(listener.getClass())) {
                throw new ServletException(component.className() + " is none of the listeners of a context");
            }
            context.listeners().add(listener);
        });
        return this;
    }

    /** Adds a servlet under its class' name. */
    public ServletApplicationBuilder servlet(Servlet servlet, String... patterns) {
        return servlet(servlet.getClass().getName(), servlet, patterns);
    }

    /** Adds a servlet under a name. */
    public ServletApplicationBuilder servlet(String name, Servlet servlet, String... patterns) {
        return servlet(name, servlet, registration -> {}, patterns);
    }

    /** Adds a servlet that the component factory makes. */
    public ServletApplicationBuilder servlet(Class<? extends Servlet> type, String... patterns) {
        return servlet(type.getName(), Component.of(type), registration -> {}, patterns);
    }

    /**
     * Adds a servlet under a name.
     *
     * @param settings of its registration: init parameters, load-on-startup, multipart, asynchronous support
     */
    public ServletApplicationBuilder servlet(
            String name, Servlet servlet, Consumer<ServletRegistration.Dynamic> settings, String... patterns) {
        return servlet(name, Component.of(servlet), settings, patterns);
    }

    /**
     * Adds a servlet under a name that the component factory makes.
     *
     * @param settings of its registration: init parameters, load-on-startup, multipart, asynchronous support
     */
    public ServletApplicationBuilder servlet(
            String name, Class<? extends Servlet> type, Consumer<ServletRegistration.Dynamic> settings,
            String... patterns) {
        return servlet(name, Component.of(type), settings, patterns);
    }

    private ServletApplicationBuilder servlet(
            String name, Component<Servlet> component, Consumer<ServletRegistration.Dynamic> settings,
            String... patterns) {
        for (String pattern : patterns) {
            UrlPattern.parse(pattern);
        }
        servlets.add(context -> {
            ServletRegistration.Dynamic added = context.registry().addServlet(name, component);
            if (added == null) {
                throw new ServletException("the servlet " + name + " was added before: give each its own name");
            }
            Set<String> conflicts = patterns.length == 0 ? Set.of() : added.addMapping(patterns);
            if (!conflicts.isEmpty()) {
                throw new ServletException("the patterns " + conflicts + " of servlet " + name
                        + " lead to another one already: map each pattern once");
            }
            settings.accept(added);
        });
        return this;
    }

    /** Adds a filter under its class' name, for requests. */
    public ServletApplicationBuilder filter(Filter filter, String... patterns) {
        return filter(filter.getClass().getName(), filter, requests(patterns));
    }

    /** Adds a filter that the component factory makes, for requests. */
    public ServletApplicationBuilder filter(Class<? extends Filter> type, String... patterns) {
        return filter(type.getName(), Component.of(type), requests(patterns));
    }

    /**
     * Adds a filter under a name.
     *
     * @param settings of its registration: init parameters, mappings, asynchronous support
     */
    public ServletApplicationBuilder filter(
            String name, Filter filter, Consumer<FilterRegistration.Dynamic> settings) {
        return filter(name, Component.of(filter), settings);
    }

    /**
     * Adds a filter under a name that the component factory makes.
     *
     * @param settings of its registration: init parameters, mappings, asynchronous support
     */
    public ServletApplicationBuilder filter(
            String name, Class<? extends Filter> type, Consumer<FilterRegistration.Dynamic> settings) {
        return filter(name, Component.of(type), settings);
    }

    /**
     * Adds a filter without a class, which an initialiser or a listener has to give it, {@code addFilter}.
     *
     * @param settings of its registration: init parameters, mappings, asynchronous support
     */
    public ServletApplicationBuilder filter(String name, Consumer<FilterRegistration.Dynamic> settings) {
        return filter(name, Component.named(null), settings);
    }

    private ServletApplicationBuilder filter(
            String name, Component<Filter> component, Consumer<FilterRegistration.Dynamic> settings) {
        filters.add(context -> {
            FilterRegistration.Dynamic added = context.registry().addFilter(name, component, true);
            if (added == null) {
                throw new ServletException("the filter " + name + " was added before: give each its own name");
            }
            settings.accept(added);
        });
        return this;
    }

    private static Consumer<FilterRegistration.Dynamic> requests(String... patterns) {
        return registration -> registration.addMappingForUrlPatterns(null, true, patterns);
    }

    /** The application, not deployed yet. */
    public ServletApplication build() {
        return new ServletApplication(new ServletApplicationBuilder(this));
    }
}
