/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Joins a main descriptor with those that add to it (Servlet 6.1 section 8.2.3): {@code web.xml} with fragments, and a
 * descriptor with the annotations of its classes.
 *
 * <p>What is said under one key - an init parameter, a setting that stands once, a media type - holds as the main descriptor
 * says. Where that says nothing, the others must not contradict each other. What may stand any number of times adds up, but
 * mappings of a servlet or filter that the main descriptor maps itself are left out, and so are all life-cycle callbacks of a
 * kind of which it has one.
 */
final class Merge {

    private final Descriptor main;
    private final Descriptor joined;

    private Merge(Descriptor main) {
        this.main = main;
        this.joined = new Descriptor(main.document());
    }

    /**
     * The effective descriptor.
     *
     * @param others in their order
     * @throws DeploymentException if two of the others contradict each other and the main one does not decide
     */
    static Descriptor of(Descriptor main, List<Descriptor> others) throws DeploymentException {
        Merge merge = new Merge(main);
        merge.takeOver();
        for (Descriptor other : others) {
            merge.add(other);
        }
        return merge.joined;
    }

    private void takeOver() throws DeploymentException {
        joined.version = main.version;
        joined.metadataComplete = main.metadataComplete;
        joined.name = main.name;
        joined.displayName = main.displayName;
        joined.ordering = main.ordering;
        joined.absoluteOrdering = main.absoluteOrdering;
        joined.distributable = main.distributable;
        joined.denyUncoveredMethods = main.denyUncoveredMethods;
        joined.servletMappings.addAll(main.servletMappings);
        joined.filterMappings.addAll(main.filterMappings);
        addKeyed(new Descriptor("nothing"), main);
        addLists(main);
        joined.trackingModes.addAll(main.trackingModes);
    }

    private void add(Descriptor other) throws DeploymentException {
        Boolean own = joined.distributable;
        Boolean its = other.distributable;
        joined.distributable = own == null ? its : its == null ? own : Boolean.valueOf(own && its);
        addKeyed(main, other);
        addLists(other);
        addMappings(other);
        if (main.trackingModes.isEmpty() && !other.trackingModes.isEmpty()) {
            if (!joined.trackingModes.isEmpty() && !joined.trackingModes.equals(other.trackingModes)) {
                throw new DeploymentException(other.document() + ": its <tracking-mode>s are " + other.trackingModes
                        + ", and those of another fragment are " + joined.trackingModes + ": say in web.xml which");
            }
            joined.trackingModes.addAll(other.trackingModes);
        }
    }

    /** What adds up. */
    private void addLists(Descriptor from) {
        from.listeners.forEach(joined.listeners::putIfAbsent);
        joined.welcomeFiles.addAll(from.welcomeFiles);
        joined.jspGroups.addAll(from.jspGroups);
        joined.constraints.addAll(from.constraints);
        joined.roles.addAll(from.roles);
        joined.references.addAll(from.references);
    }

    private void addMappings(Descriptor other) {
        Set<String> servlets = main.servletMappings.stream().map(ServletMapping::servlet).collect(Collectors.toSet());
        Set<String> filters = main.filterMappings.stream().map(FilterMapping::filter).collect(Collectors.toSet());
        other.servletMappings.stream().filter(each -> !servlets.contains(each.servlet())).forEach(joined.servletMappings::add);
        other.filterMappings.stream().filter(each -> !filters.contains(each.filter())).forEach(joined.filterMappings::add);
    }

    /** What is said by key. */
    private void addKeyed(Descriptor first, Descriptor from) throws DeploymentException {
        keyed("", first.settings, joined.settings, from.settings);
        keyed("<context-param> ", first.parameters, joined.parameters, from.parameters);
        keyed("<session-config> ", first.session, joined.session, from.session);
        keyed("<mime-mapping> ", first.mimeTypes, joined.mimeTypes, from.mimeTypes);
        keyed("<error-page> ", first.errorPages, joined.errorPages, from.errorPages);
        keyed("<locale-encoding-mapping> ", first.localeCharsets, joined.localeCharsets, from.localeCharsets);
        keyed("<taglib> ", first.taglibs, joined.taglibs, from.taglibs);
        if (first.postConstruct.isEmpty()) {
            keyed("<post-construct> ", Map.of(), joined.postConstruct, from.postConstruct);
        }
        if (first.preDestroy.isEmpty()) {
            keyed("<pre-destroy> ", Map.of(), joined.preDestroy, from.preDestroy);
        }
        declarations("servlet ", first.servlets, joined.servlets, from.servlets);
        declarations("filter ", first.filters, joined.filters, from.filters);
    }

    private static void declarations(
            String kind, Map<String, Declaration> main, Map<String, Declaration> joined, Map<String, Declaration> from)
            throws DeploymentException {
        for (Declaration each : from.values()) {
            Declaration first = main.get(each.name());
            Declaration into = joined.computeIfAbsent(each.name(), name -> new Declaration(name, each.place()));
            String what = kind + each.name() + " ";
            keyed(what, first == null ? Map.of() : first.settings(), into.settings(), withoutRival(first, each));
            keyed(what + "<init-param> ", first == null ? Map.of() : first.parameters(), into.parameters(), each.parameters());
            keyed(what + "<security-role-ref> ", first == null ? Map.of() : first.roleLinks(), into.roleLinks(),
                    each.roleLinks());
        }
    }

    /** A servlet is a class or a page: who says one in the main descriptor takes back the other. */
    private static Map<String, Said<Object>> withoutRival(@Nullable Declaration first, Declaration added) {
        boolean decided = first != null && (first.className() != null || first.jspFile() != null);
        if (!decided) {
            return added.settings();
        }
        Map<String, Said<Object>> left = new LinkedHashMap<>(added.settings());
        left.remove(Declaration.CLASS);
        left.remove(Declaration.JSP);
        return left;
    }

    private static <T> void keyed(
            String what, Map<String, Said<T>> main, Map<String, Said<T>> joined, Map<String, Said<T>> from)
            throws DeploymentException {
        for (Map.Entry<String, Said<T>> entry : from.entrySet()) {
            String key = entry.getKey();
            if (main.containsKey(key)) {
                continue;
            }
            Said<T> before = joined.putIfAbsent(key, entry.getValue());
            if (before != null && !before.value().equals(entry.getValue().value())) {
                throw DeploymentException.at(entry.getValue().place(), what + (key.isEmpty() ? "by default" : key) + " is '"
                        + entry.getValue().value() + "' here and '" + before.value() + "' in " + before.place()
                        + ": say in web.xml which of them holds");
            }
        }
    }
}
