/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a filter is registered (Servlet 6.1 section 4.4.2), and the one instance of it, which is made while deploying.
 */
final class FilterDefinition extends Definition<Filter> implements FilterRegistration.Dynamic, FilterConfig {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.servlet");

    private final boolean declared;
    private volatile @Nullable Filter ready;

    /**
     * @param declared whether it was given to the builder, and not to the context while deploying
     */
    FilterDefinition(Registry registry, String name, Component<Filter> component, boolean declared) {
        super(registry, name, component);
        this.declared = declared;
    }

    /** The filter, which is in service from the end of the deployment on. */
    Filter filter() throws ServletException {
        Filter filter = ready;
        if (filter == null) {
            throw new ServletException("filter " + name + " is not in service: deploy the application first");
        }
        return filter;
    }

    /** Makes and initialises the filter. */
    void init() throws ServletException {
        Components components = registry.context().components();
        Filter filter = components.instance(component(), Filter.class);
        try {
            filter.init(this);
        } catch (ServletException | RuntimeException | Error e) {
            components.destroy(filter);
            throw e;
        }
        ready = filter;
    }

    /** Ends the filter's life, if it began. */
    void destroy() {
        Filter filter = ready;
        ready = null;
        if (filter != null) {
            try {
                filter.destroy();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.WARNING, "destroy of filter " + name + " failed", e);
            }
            registry.context().components().destroy(filter);
        }
    }

    @Override
    public void addMappingForUrlPatterns(
            @Nullable EnumSet<DispatcherType> types, boolean isMatchAfter, String @Nullable ... patterns) {
        registry.requireConfigurable("addMappingForUrlPatterns");
        if (patterns == null || patterns.length == 0) {
            throw new IllegalArgumentException("no pattern for filter " + name + ": give at least one");
        }
        List<UrlPattern> parsed = new ArrayList<>();
        for (String pattern : patterns) {
            parsed.add(UrlPattern.parse(pattern));
        }
        registry.filters().add(this, types, declared, isMatchAfter, parsed, List.of());
    }

    @Override
    public void addMappingForServletNames(
            @Nullable EnumSet<DispatcherType> types, boolean isMatchAfter, String @Nullable ... servlets) {
        registry.requireConfigurable("addMappingForServletNames");
        if (servlets == null || servlets.length == 0) {
            throw new IllegalArgumentException("no servlet name for filter " + name + ": give at least one");
        }
        registry.filters().add(this, types, declared, isMatchAfter, List.of(), List.of(servlets));
    }

    @Override
    public Collection<String> getUrlPatternMappings() {
        return registry.filters().patternsOf(this);
    }

    @Override
    public Collection<String> getServletNameMappings() {
        return registry.filters().servletNamesOf(this);
    }

    @Override
    public String getFilterName() {
        return name;
    }

    @Override
    public ServletContext getServletContext() {
        return registry.context();
    }

    @Override
    public Enumeration<String> getInitParameterNames() {
        return parameters.names();
    }
}
