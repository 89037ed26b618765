/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.SessionTrackingMode;
import java.util.EventListener;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The part of the context that is configured (Servlet 6.1 section 4.4): servlets, filters and listeners that are
 * added, and
 * when that is still possible.
 *
 * <pre>
 *   CONFIGURING ◄──► RESTRICTED (while a context listener is called that was not declared)
 *        └──all context listeners were called──► FIXED
 * </pre>
 */
abstract sealed class ConfiguredContext implements ServletContext permits Context {

    private enum Phase { CONFIGURING, RESTRICTED, FIXED }

    private final Set<String> roles = new LinkedHashSet<>();
    private volatile Phase phase = Phase.CONFIGURING;
    private boolean contextListenersAllowed = true;

    abstract Registry registry();

    abstract Listeners listeners();

    abstract Components components();

    abstract Sessions sessions();

    /** The roles that were declared, for whoever enforces them. */
    Set<String> roles() {
        return Set.copyOf(roles);
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

    private ServletRegistration.@Nullable Dynamic add(String name, Component<Servlet> servlet) {
        requireConfigurable("addServlet");
        return registry().addServlet(name, servlet);
    }

    /** Without a class it is a preliminary registration, which one of these methods has to complete. */
    @Override
    public ServletRegistration.@Nullable Dynamic addServlet(String name, @Nullable String className) {
        return add(name, Component.named(className));
    }

    /** One that the application has made by itself, and not by {@link #createServlet}, keeps its annotations to itself (13.4.1). */
    @Override
    public ServletRegistration.@Nullable Dynamic addServlet(String name, Servlet servlet) {
        return add(name, components().made(servlet) ? Component.of(servlet) : Component.unasked(servlet));
    }

    @Override
    public ServletRegistration.@Nullable Dynamic addServlet(String name, Class<? extends Servlet> type) {
        return add(name, Component.of(type));
    }

    /**
     * Registers a page with the class of the servlet that is named {@code jsp}, which is the application's to add. Without one the
     * page answers 500, and the rest of the application is served.
     */
    @Override
    public ServletRegistration.@Nullable Dynamic addJspFile(String name, @Nullable String file) {
        requireConfigurable("addJspFile");
        if (file == null || !file.startsWith("/")) {
            throw new IllegalArgumentException("no page " + file + ": begin it with a slash");
        }
        ServletDefinition pages = registry().servlet("jsp");
        if (pages == null || pages.getClassName() == null) {
            return add(name, Component.of(new MissingPage(file)));
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
        requireUnrestricted("createServlet");
        return components().create(type);
    }

    @Override
    public @Nullable ServletRegistration getServletRegistration(String name) {
        requireUnrestricted("getServletRegistration");
        return registry().servlet(name);
    }

    @Override
    public Map<String, ? extends ServletRegistration> getServletRegistrations() {
        requireUnrestricted("getServletRegistrations");
        return registry().servletsByName();
    }

    private FilterRegistration.@Nullable Dynamic add(Component<Filter> filter, String name) {
        requireConfigurable("addFilter");
        return registry().addFilter(name, filter, false);
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
        requireUnrestricted("createFilter");
        return components().create(type);
    }

    @Override
    public @Nullable FilterRegistration getFilterRegistration(String name) {
        requireUnrestricted("getFilterRegistration");
        return registry().filter(name);
    }

    @Override
    public Map<String, ? extends FilterRegistration> getFilterRegistrations() {
        requireUnrestricted("getFilterRegistrations");
        return registry().filtersByName();
    }

    /** Throws in a context listener that was added by code, which may not even look at the configuration. */
    final void requireUnrestricted(String what) {
        if (phase == Phase.RESTRICTED) {
            requireConfigurable(what);
        }
    }

    @Override
    public SessionCookieConfig getSessionCookieConfig() {
        requireUnrestricted("getSessionCookieConfig");
        return sessions().cookie();
    }

    @Override
    public void setSessionTrackingModes(Set<SessionTrackingMode> modes) {
        requireConfigurable("setSessionTrackingModes");
        sessions().tracking(modes);
    }

    @Override
    public Set<SessionTrackingMode> getDefaultSessionTrackingModes() {
        requireUnrestricted("getDefaultSessionTrackingModes");
        return sessions().usual();
    }

    @Override
    public Set<SessionTrackingMode> getEffectiveSessionTrackingModes() {
        requireUnrestricted("getEffectiveSessionTrackingModes");
        return Set.copyOf(sessions().tracking());
    }

    @Override
    public void addListener(String className) {
        requireConfigurable("addListener");
        try {
            addListener(Component.<EventListener>named(className).load(components().loader(), EventListener.class));
        } catch (ServletException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public <T extends EventListener> void addListener(T listener) {
        requireConfigurable("addListener");
        requireListener(listener.getClass());
        listeners().add(listener);
    }

    @Override
    public void addListener(Class<? extends EventListener> type) {
        requireConfigurable("addListener");
        requireListener(type);
        try {
            listeners().add(components().create(type));
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
        requireUnrestricted("createListener");
        if (!Listeners.isListener(type)) {
            throw new IllegalArgumentException(type.getName() + " is none of the listeners of a context");
        }
        return components().create(type);
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
    public int getSessionTimeout() {
        requireUnrestricted("getSessionTimeout");
        return sessions().timeoutMinutes();
    }

    @Override
    public void setSessionTimeout(int minutes) {
        requireConfigurable("setSessionTimeout");
        sessions().timeoutMinutes(minutes);
    }
}
