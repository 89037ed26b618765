/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import jakarta.servlet.ServletContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The servlet for pages, if its class is there: Jasper's, under the name and for the patterns that every application expects
 * (Servlet 6.1 section 14.4.14). An application that declares a servlet {@code jsp} of its own has that one.
 */
final class Pages {

    private static final System.Logger LOG = System.getLogger("io.gatehouse.webapp");
    private static final String SERVLET = "org.apache.jasper.servlet.JspServlet";
    private static final String INSTANCES = "org.apache.tomcat.InstanceManager";
    private static final String SIMPLE_INSTANCES = "org.apache.tomcat.SimpleInstanceManager";

    private Pages() {}

    /** Adds the servlet's declaration to a descriptor that lacks it. */
    static void add(Descriptor descriptor, ClassLoader loader) {
        if (descriptor.servlets.containsKey("jsp") || loader.getResource(SERVLET.replace('.', '/') + ".class") == null) {
            return;
        }
        Place place = new Place("the class path", 0);
        Declaration pages = new Declaration("jsp", place);
        pages.set(Declaration.CLASS, SERVLET, place);
        pages.parameters().put("fork", new Said<>("false", place));
        List<String> patterns = new ArrayList<>(List.of("*.jsp", "*.jspx"));
        descriptor.servletMappings.forEach(each -> patterns.removeAll(each.patterns()));
        Map<String, Declaration> others = new LinkedHashMap<>(descriptor.servlets);
        descriptor.servlets.clear();
        descriptor.servlets.put("jsp", pages); // before the pages that are servlets
        descriptor.servlets.putAll(others);
        if (!patterns.isEmpty()) {
            descriptor.servletMappings.add(new ServletMapping("jsp", List.copyOf(patterns), place));
        }
    }

    /** Jasper makes its tags with an object that its own server puts into the context. */
    static void prepare(ServletContext context, ClassLoader loader) {
        if (context.getAttribute(INSTANCES) != null
                || loader.getResource(SIMPLE_INSTANCES.replace('.', '/') + ".class") == null) {
            return;
        }
        try {
            context.setAttribute(INSTANCES, Class.forName(SIMPLE_INSTANCES, true, loader).getConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError e) {
            LOG.log(System.Logger.Level.DEBUG, "pages have nothing that makes tags", e);
        }
    }
}
