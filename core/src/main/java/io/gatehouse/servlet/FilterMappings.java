/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which filters stand in front of which requests, in which order (Servlet 6.1 sections 6.2.4 and 6.2.5): those that
 * match
 * by URL pattern before those that match by servlet name, each in the order of their mappings. Mappings that were
 * added to
 * the context stand before or after the declared ones, as {@code isMatchAfter} says.
 */
final class FilterMappings {

    private record Entry(
            FilterDefinition filter, Set<DispatcherType> types, List<UrlPattern> patterns, List<String> servlets) {}

    private static final List<FilterDefinition> NONE = List.of();

    private final List<Entry> before = new ArrayList<>();
    private final List<Entry> declaredOnes = new ArrayList<>();
    private final List<Entry> after = new ArrayList<>();
    private volatile @Nullable List<Entry> frozen;

    /** Adds a mapping. While deploying: one thread. */
    void add(
            FilterDefinition filter, @Nullable EnumSet<DispatcherType> types, boolean declared, boolean isMatchAfter,
            List<UrlPattern> patterns, List<String> servlets) {
        Set<DispatcherType> wanted = types == null || types.isEmpty()
                ? EnumSet.of(DispatcherType.REQUEST)
                : EnumSet.copyOf(types);
        List<Entry> place = !isMatchAfter ? before : declared ? declaredOnes : after;
        place.add(new Entry(filter, wanted, List.copyOf(patterns), List.copyOf(servlets)));
        frozen = null;
    }

    /**
     * The filters for one dispatch.
     *
     * @param path inside the context, or null for a dispatch by name, which only servlet names match
     * @param servlet the name of the servlet
     */
    List<FilterDefinition> find(DispatcherType type, @Nullable String path, String servlet) {
        List<Entry> entries = entries();
        if (entries.isEmpty()) {
            return NONE;
        }
        Set<FilterDefinition> found = new LinkedHashSet<>();
        if (path != null) {
            for (Entry entry : entries) {
                if (entry.types.contains(type) && matches(entry.patterns, path)) {
                    found.add(entry.filter);
                }
            }
        }
        for (Entry entry : entries) {
            if (entry.types.contains(type) && (entry.servlets.contains(servlet) || entry.servlets.contains("*"))) {
                found.add(entry.filter);
            }
        }
        return List.copyOf(found);
    }

    Collection<String> patternsOf(FilterDefinition filter) {
        Set<String> patterns = new LinkedHashSet<>();
        for (Entry entry : entries()) {
            if (entry.filter == filter) {
                entry.patterns.forEach(pattern -> patterns.add(pattern.text()));
            }
        }
        return patterns;
    }

    Collection<String> servletNamesOf(FilterDefinition filter) {
        Set<String> names = new LinkedHashSet<>();
        for (Entry entry : entries()) {
            if (entry.filter == filter) {
                names.addAll(entry.servlets);
            }
        }
        return names;
    }

    private List<Entry> entries() {
        List<Entry> all = frozen;
        if (all == null) {
            all = new ArrayList<>(before);
            all.addAll(declaredOnes);
            all.addAll(after);
            frozen = all;
        }
        return all;
    }

    private static boolean matches(List<UrlPattern> patterns, String path) {
        for (UrlPattern pattern : patterns) {
            if (pattern.matches(path)) {
                return true;
            }
        }
        return false;
    }
}
