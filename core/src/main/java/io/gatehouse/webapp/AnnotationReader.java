/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Descriptor} of the annotations of scanned classes (Servlet 6.1 section 8.1), as if they had been written down
 * beside them.
 */
final class AnnotationReader {

    static final String PACKAGE = "jakarta.servlet.annotation.";

    private final ClassIndex index;
    private final Descriptor descriptor;

    private AnnotationReader(ClassIndex index, String source) {
        this.index = index;
        this.descriptor = new Descriptor("annotations of " + source);
    }

    /** What the classes of one place say. */
    static Descriptor read(ClassIndex index, String source) throws DeploymentException {
        AnnotationReader reader = new AnnotationReader(index, source);
        for (ScannedClass each : index.classesOf(source)) {
            reader.read(each);
        }
        return reader.descriptor;
    }

    private void read(ScannedClass type) throws DeploymentException {
        Map<String, Object> servlet = type.values().get(PACKAGE + "WebServlet");
        if (servlet != null) {
            require(type, "jakarta.servlet.http.HttpServlet", "@WebServlet", "extend HttpServlet");
            servlet(type, new Annotation(type, "@WebServlet", servlet));
        }
        Map<String, Object> filter = type.values().get(PACKAGE + "WebFilter");
        if (filter != null) {
            require(type, "jakarta.servlet.Filter", "@WebFilter", "implement Filter");
            filter(type, new Annotation(type, "@WebFilter", filter));
        }
        if (type.values().containsKey(PACKAGE + "WebListener")) {
            descriptor.listeners.putIfAbsent(type.name(), type.place());
        }
        Map<String, Object> roles = type.values().get("jakarta.annotation.security.DeclareRoles");
        if (roles != null) {
            descriptor.roles.addAll(new Annotation(type, "@DeclareRoles", roles).texts("value"));
        }
    }

    private void servlet(ScannedClass type, Annotation said) throws DeploymentException {
        String given = said.text("name");
        Declaration servlet = new Declaration(given.isEmpty() ? type.name() : given, type.place());
        servlet.set(Declaration.CLASS, type.name(), type.place());
        if (said.value("loadOnStartup") instanceof Integer order && order >= 0) {
            servlet.set(Declaration.LOAD, order, type.place());
        }
        common(type, said, servlet);
        ComponentAnnotations.add(index, type, servlet);
        add(type, "servlet", servlet, descriptor.servlets);
        List<String> patterns = said.patterns();
        if (patterns.isEmpty()) {
            throw said.wrong("it has no URL pattern: write @WebServlet(\"/path\")");
        }
        descriptor.servletMappings.add(new ServletMapping(servlet.name(), patterns, type.place()));
    }

    private void filter(ScannedClass type, Annotation said) throws DeploymentException {
        String given = said.text("filterName");
        Declaration filter = new Declaration(given.isEmpty() ? type.name() : given, type.place());
        filter.set(Declaration.CLASS, type.name(), type.place());
        common(type, said, filter);
        add(type, "filter", filter, descriptor.filters);
        List<String> patterns = said.patterns();
        List<String> servlets = said.texts("servletNames");
        if (patterns.isEmpty() && servlets.isEmpty()) {
            throw said.wrong("it has neither a URL pattern nor a servlet name: write @WebFilter(\"/path/*\")");
        }
        Set<DispatcherType> dispatchers = EnumSet.noneOf(DispatcherType.class);
        said.texts("dispatcherTypes").forEach(each -> dispatchers.add(DispatcherType.valueOf(each)));
        descriptor.filterMappings.add(new FilterMapping(filter.name(), patterns, servlets, dispatchers, type.place()));
    }

    private static void common(ScannedClass type, Annotation said, Declaration into) throws DeploymentException {
        if (Boolean.TRUE.equals(said.value("asyncSupported"))) {
            into.set(Declaration.ASYNC, true, type.place());
        }
        for (Annotation each : said.annotations("initParams")) {
            String name = each.text("name");
            if (into.parameters().putIfAbsent(name, new Said<>(each.text("value"), type.place())) != null) {
                throw said.wrong("it sets the init parameter " + name + " twice: leave one");
            }
        }
    }

    private static void add(ScannedClass type, String kind, Declaration declaration, Map<String, Declaration> into)
            throws DeploymentException {
        Declaration before = into.putIfAbsent(declaration.name(), declaration);
        if (before != null) {
            throw DeploymentException.at(type.place(), "the " + kind + " is named " + declaration.name() + ", as that of "
                    + before.place() + " is: give one of them another name");
        }
    }

    /**
     * Refuses an annotation where it does nothing. A supertype that can't be read may be the one: then it is left to the
     * loading.
     */
    private void require(ScannedClass type, String supertype, String annotation, String remedy) throws DeploymentException {
        Set<String> supertypes = index.supertypes(type);
        boolean known = supertypes.stream().allMatch(each -> index.find(each) != null);
        if (known && !supertypes.contains(supertype)) {
            throw DeploymentException.at(type.place(), annotation + " stands on what is none: " + remedy);
        }
    }

    /** The values of one annotation. */
    record Annotation(ScannedClass type, String name, Map<String, Object> values) {

        @Nullable Object value(String key) {
            return values.get(key);
        }

        String text(String key) {
            return values.get(key) instanceof String text ? text : "";
        }

        List<String> texts(String key) {
            List<String> texts = new ArrayList<>();
            if (values.get(key) instanceof List<?> list) {
                list.forEach(each -> texts.add(String.valueOf(each)));
            }
            return texts;
        }

        List<Annotation> annotations(String key) {
            List<Annotation> found = new ArrayList<>();
            if (values.get(key) instanceof List<?> list) {
                list.forEach(each -> found.add(inner(each)));
            }
            return found;
        }

        @Nullable Annotation annotation(String key) {
            Object value = values.get(key);
            return value == null ? null : inner(value);
        }

        @SuppressWarnings("unchecked")
        private Annotation inner(Object value) {
            return new Annotation(type, name, (Map<String, Object>) value);
        }

        /** {@code value} and {@code urlPatterns} are two names of one thing, of which one may be used. */
        List<String> patterns() throws DeploymentException {
            if (values.containsKey("value") && values.containsKey("urlPatterns")) {
                throw wrong("it has both value and urlPatterns: leave one of them");
            }
            List<String> patterns = texts(values.containsKey("value") ? "value" : "urlPatterns");
            for (String each : patterns) {
                Patterns.require(each, type.place());
            }
            return patterns;
        }

        DeploymentException wrong(String what) {
            return DeploymentException.at(type.place(), name + ": " + what);
        }
    }
}
