/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.DispatcherType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads servlets, filters, their mappings, listeners and context parameters (Servlet 6.1 section 14.4). */
final class ComponentReader {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");

    private static final List<String> OF_SERVLET = List.of(
            "description", "display-name", "icon", "servlet-name", "servlet-class", "jsp-file", "init-param",
            "load-on-startup", "enabled", "async-supported", "run-as", "security-role-ref", "multipart-config");

    private static final List<String> OF_FILTER = List.of(
            "description", "display-name", "icon", "filter-name", "filter-class", "async-supported", "init-param");

    private static final List<String> OF_MULTIPART =
            List.of("location", "max-file-size", "max-request-size", "file-size-threshold");

    private final Descriptor descriptor;
    private final Element root;

    ComponentReader(Descriptor descriptor, Element root) {
        this.descriptor = descriptor;
        this.root = root;
    }

    void read() throws DeploymentException {
        for (Element each : root.all("context-param")) {
            parameter(each, descriptor.parameters);
        }
        for (Element each : root.all("listener")) {
            each.allow(List.of("description", "display-name", "icon", "listener-class"));
            descriptor.listeners.putIfAbsent(each.required("listener-class"), each.place());
        }
        for (Element each : root.all("servlet")) {
            add(each, servlet(each), descriptor.servlets);
        }
        for (Element each : root.all("filter")) {
            add(each, filter(each), descriptor.filters);
        }
        for (Element each : root.all("servlet-mapping")) {
            each.allow(List.of("servlet-name", "url-pattern"));
            descriptor.servletMappings.add(
                    new ServletMapping(each.required("servlet-name"), patterns(each, true), each.place()));
        }
        for (Element each : root.all("filter-mapping")) {
            descriptor.filterMappings.add(filterMapping(each));
        }
    }

    private static void add(Element element, Declaration declaration, Map<String, Declaration> into)
            throws DeploymentException {
        Declaration before = into.putIfAbsent(declaration.name(), declaration);
        if (before != null) {
            throw element.wrong("the " + element.name() + " " + declaration.name() + " is declared in line "
                    + before.place().line() + " already: give it another name");
        }
    }

    private static Declaration servlet(Element element) throws DeploymentException {
        element.allow(OF_SERVLET);
        Declaration servlet = new Declaration(element.required("servlet-name"), element.place());
        text(element, "servlet-class", servlet, Declaration.CLASS);
        Element page = element.one("jsp-file");
        if (page != null && !page.text().isEmpty()) {
            servlet.set(Declaration.JSP, Patterns.path(page), page.place());
        }
        if (servlet.className() != null && servlet.jspFile() != null) {
            throw element.wrong("the servlet " + servlet.name() + " has both a class and a page: leave one of them");
        }
        Element load = element.one("load-on-startup");
        if (load != null && !load.text().isEmpty()) {
            servlet.set(Declaration.LOAD, load.number(), load.place());
        }
        flag(element, "enabled", servlet, Declaration.ENABLED);
        flag(element, "async-supported", servlet, Declaration.ASYNC);
        Element runAs = element.one("run-as");
        if (runAs != null) {
            servlet.set(Declaration.RUN_AS, runAs.required("role-name"), runAs.place());
        }
        Element multipart = element.one("multipart-config");
        if (multipart != null) {
            servlet.set(Declaration.MULTIPART, multipart(multipart), multipart.place());
        }
        parameters(element, servlet);
        for (Element each : element.all("security-role-ref")) {
            String name = each.required("role-name");
            String link = each.textOf("role-link");
            servlet.roleLinks().put(name, new Said<>(link == null ? name : link, each.place()));
        }
        return servlet;
    }

    private static MultipartSettings multipart(Element element) throws DeploymentException {
        element.allow(OF_MULTIPART);
        Element file = element.one("max-file-size");
        Element request = element.one("max-request-size");
        Element threshold = element.one("file-size-threshold");
        String location = element.textOf("location");
        return new MultipartSettings(
                location == null ? "" : location,
                file == null ? -1 : file.longNumber(),
                request == null ? -1 : request.longNumber(),
                threshold == null ? 0 : threshold.number());
    }

    private static Declaration filter(Element element) throws DeploymentException {
        element.allow(OF_FILTER);
        Declaration filter = new Declaration(element.required("filter-name"), element.place());
        text(element, "filter-class", filter, Declaration.CLASS);
        flag(element, "async-supported", filter, Declaration.ASYNC);
        parameters(element, filter);
        return filter;
    }

    private FilterMapping filterMapping(Element element) throws DeploymentException {
        element.allow(List.of("filter-name", "url-pattern", "servlet-name", "dispatcher"));
        List<String> servlets = element.all("servlet-name").stream().map(Element::text).toList();
        List<String> patterns = patterns(element, servlets.isEmpty());
        Set<DispatcherType> dispatchers = EnumSet.noneOf(DispatcherType.class);
        for (Element each : element.all("dispatcher")) {
            dispatchers.add(dispatcher(each));
        }
        return new FilterMapping(element.required("filter-name"), patterns, servlets, dispatchers, element.place());
    }

    private static DispatcherType dispatcher(Element element) throws DeploymentException {
        for (DispatcherType type : DispatcherType.values()) {
            if (type.name().equals(element.text())) {
                return type;
            }
        }
        throw element.wrong("<dispatcher> is '" + element.text() + "': write REQUEST, FORWARD, INCLUDE, ASYNC or ERROR");
    }

    private List<String> patterns(Element element, boolean needed) throws DeploymentException {
        List<Element> found = element.all("url-pattern");
        if (found.isEmpty() && needed) {
            throw element.wrong("<" + element.name() + "> has no <url-pattern>: add one");
        }
        List<String> patterns = new ArrayList<>();
        for (Element each : found) {
            patterns.add(Patterns.checked(each, descriptor.version));
        }
        return patterns;
    }

    private static void parameters(Element element, Declaration into) throws DeploymentException {
        for (Element each : element.all("init-param")) {
            parameter(each, into.parameters());
        }
    }

    /** Of a parameter that is set twice the first value holds, as in other containers; the specification does not say. */
    private static void parameter(Element element, Map<String, Said<String>> into) throws DeploymentException {
        element.allow(List.of("description", "param-name", "param-value"));
        String name = element.required("param-name");
        String text = element.textOf("param-value");
        String value = text == null ? "" : text;
        Said<String> before = into.putIfAbsent(name, new Said<>(value, element.place()));
        if (before != null && !before.value().equals(value)) {
            LOG.log(System.Logger.Level.WARNING, element.place() + ": the parameter " + name + " is set in line "
                    + before.place().line() + " already, to another value, which holds: leave one");
        }
    }

    private static void text(Element element, String child, Declaration into, String setting) throws DeploymentException {
        Said<String> said = element.said(child);
        if (said != null) {
            into.set(setting, said.value(), said.place());
        }
    }

    private static void flag(Element element, String child, Declaration into, String setting) throws DeploymentException {
        Element flag = element.one(child);
        if (flag != null) {
            into.set(setting, flag.flag(), flag.place());
        }
    }
}
