/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The servlets and filters of an application by name, and which patterns lead to which servlet. Changed by the
 * deploying
 * thread, until the context is initialised; read by all after.
 */
final class Registry {

    private final Context context;
    private final Map<String, ServletDefinition> servlets = new LinkedHashMap<>();
    private final Map<String, FilterDefinition> filterDefinitions = new LinkedHashMap<>();
    private final Map<UrlPattern, ServletDefinition> patterns = new LinkedHashMap<>();
    private final FilterMappings filters = new FilterMappings();
    private volatile @Nullable Mapper mapper;
    private @Nullable ServletDefinition fallback;

    Registry(Context context) {
        this.context = context;
    }

    Context context() {
        return context;
    }

    FilterMappings filters() {
        return filters;
    }

    void requireConfigurable(String what) {
        context.requireConfigurable(what);
    }

    /**
     * Adds a servlet, or gives the one that was registered without a class its class.
     *
     * @return null if a servlet of that name has a class already (section 4.4.1)
     */
    @Nullable ServletDefinition addServlet(@Nullable String name, Component<Servlet> component) {
        String checked = required(name, "servlet");
        ServletDefinition present = servlets.get(checked);
        if (present != null && present != fallback && present.component().className() != null) {
            return null;
        }
        if (component.instance() != null) {
            for (ServletDefinition other : servlets.values()) {
                if (other.component().instance() == component.instance()) {
                    return null;
                }
            }
        }
        if (present != null && present != fallback) {
            present.complete(component);
            return present;
        }
        ServletDefinition definition = new ServletDefinition(this, checked, component);
        servlets.put(checked, definition);
        return definition;
    }

    /** Adds the servlet that answers {@code /} unless the application says otherwise; a registration can replace it. */
    void addFallback(String name, Servlet servlet) {
        ServletDefinition definition = new ServletDefinition(this, name, Component.of(servlet));
        definition.setAsyncSupported(true);
        servlets.put(name, definition);
        fallback = definition;
    }

    /** Whether it is the servlet that answers when no pattern of the application matches. */
    boolean isFallback(ServletInstance servlet) {
        ServletDefinition last = fallback;
        return last != null && last.instance() == servlet;
    }

    /** Adds a filter; null if a filter of that name has a class already (section 4.4.2). */
    @Nullable FilterDefinition addFilter(@Nullable String name, Component<Filter> component, boolean declared) {
        String checked = required(name, "filter");
        for (FilterDefinition other : filterDefinitions.values()) {
            boolean same = other.getName().equals(checked) && other.getClassName() != null;
            if (same || component.instance() != null && other.component().instance() == component.instance()) {
                return null;
            }
        }
        FilterDefinition present = filterDefinitions.get(checked);
        if (present != null) {
            present.complete(component);
            return present;
        }
        FilterDefinition definition = new FilterDefinition(this, checked, component, declared);
        filterDefinitions.put(checked, definition);
        return definition;
    }

    /**
     * Maps patterns to a servlet, all of them or, if some belong to another one, none; returns those (section 12.2).
     */
    Set<String> map(ServletDefinition servlet, String... texts) {
        Set<String> conflicts = new LinkedHashSet<>();
        List<UrlPattern> parsed = new ArrayList<>();
        for (String text : texts) {
            UrlPattern pattern = UrlPattern.parse(text);
            ServletDefinition present = patterns.get(pattern);
            if (present != null && present != servlet) {
                conflicts.add(text);
            }
            parsed.add(pattern);
        }
        if (conflicts.isEmpty()) {
            parsed.forEach(pattern -> patterns.put(pattern, servlet));
            mapper = null;
        }
        return conflicts;
    }

    Collection<String> patternsOf(ServletDefinition servlet) {
        Set<String> texts = new LinkedHashSet<>();
        patterns.forEach((pattern, owner) -> {
            if (owner == servlet) {
                texts.add(pattern.text());
            }
        });
        if (servlet == fallback && !patterns.containsKey(UrlPattern.parse("/"))) {
            texts.add("/");
        }
        return texts;
    }

    @Nullable ServletDefinition servlet(String name) {
        return servlets.get(name);
    }

    @Nullable FilterDefinition filter(String name) {
        return filterDefinitions.get(name);
    }

    Map<String, ServletDefinition> servletsByName() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(servlets));
    }

    Map<String, FilterDefinition> filtersByName() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(filterDefinitions));
    }

    /** The mapper for the patterns as they stand. */
    Mapper mapper() {
        Mapper current = mapper;
        if (current == null) {
            Map<UrlPattern, ServletInstance> instances = new LinkedHashMap<>();
            patterns.forEach((pattern, servlet) -> {
                // A servlet that was replaced under its name has left its patterns to the new one.
                ServletDefinition now = servlets.get(servlet.getName());
                instances.put(pattern, now == null ? servlet.instance() : now.instance());
            });
            ServletDefinition last = fallback;
            if (last != null) {
                instances.putIfAbsent(UrlPattern.parse("/"), last.instance());
            }
            current = new Mapper(instances);
            mapper = current;
        }
        return current;
    }

    /** Throws if a registration was begun, by the descriptor, and nobody gave it a class. */
    void requireComplete() throws ServletException {
        for (Definition<?> each : servlets.values()) {
            requireClass(each, "servlet");
        }
        for (Definition<?> each : filterDefinitions.values()) {
            requireClass(each, "filter");
        }
    }

    private static void requireClass(Definition<?> definition, String what) throws ServletException {
        if (definition.getClassName() == null) {
            throw new ServletException("the " + what + " " + definition.getName() + " has no class: give it one in the"
                    + " descriptor, or add one of that name in an initialiser or a listener");
        }
    }

    private static String required(@Nullable String name, String what) {
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("a " + what + " without a name: give it one");
        }
        return name;
    }
}
