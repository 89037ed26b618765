/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

/** Classes and elements of descriptors, of which the chapters make their applications. */
final class Parts {

    /** A servlet that tells its name, its parameters, the filters on the way, and the listeners that were there first. */
    static final String TELLS = "package app; public class Tells extends HttpServlet {"
            + " protected void doGet(HttpServletRequest q, HttpServletResponse s) throws IOException {"
            + " StringBuilder t = new StringBuilder(getServletName());"
            + " for (String n : new TreeSet<>(Collections.list(getInitParameterNames())))"
            + " t.append(' ').append(n).append('=').append(getInitParameter(n));"
            + " if (q.getAttribute(\"passed\") != null) t.append(\" via\").append(q.getAttribute(\"passed\"));"
            + " Object h = getServletContext().getAttribute(\"heard\"); if (h != null) t.append(\" after\").append(h);"
            + " s.getWriter().print(t); } }";

    /** A filter that leaves its name. */
    static final String PASSES = "package app; public class Passes extends HttpFilter { protected void doFilter(HttpServletRequest q,"
            + " HttpServletResponse s, FilterChain c) throws IOException, ServletException { Object p = q.getAttribute(\"passed\");"
            + " q.setAttribute(\"passed\", (p == null ? \"\" : p) + \" \" + getFilterName()); c.doFilter(q, s); } }";

    private Parts() {}

    /** An application with the classes of this one, and listeners A to D. */
    static Archive base() {
        return new Archive().classes(TELLS, PASSES, hears("A"), hears("B"), hears("C"), hears("D"));
    }

    private static String hears(String name) {
        return "package app; public class " + name + " implements ServletContextListener {"
                + " public void contextInitialized(ServletContextEvent e) { Object h = e.getServletContext().getAttribute(\"heard\");"
                + " e.getServletContext().setAttribute(\"heard\", (h == null ? \"\" : h) + \" " + name + "\"); } }";
    }

    /** A servlet that {@link #TELLS}, mapped at its name. */
    static String servlet(String name, String... more) {
        return declared(name, more) + mapping(name, "/" + name);
    }

    /** One without a mapping. */
    static String declared(String name, String... more) {
        return "<servlet><servlet-name>" + name + "</servlet-name><servlet-class>app.Tells</servlet-class>"
                + String.join("", more) + "</servlet>";
    }

    static String mapping(String name, String... patterns) {
        return "<servlet-mapping><servlet-name>" + name + "</servlet-name>" + patterns(patterns) + "</servlet-mapping>";
    }

    private static String patterns(String... patterns) {
        StringBuilder all = new StringBuilder();
        for (String each : patterns) {
            all.append("<url-pattern>").append(each).append("</url-pattern>");
        }
        return all.toString();
    }

    /** A filter that {@link #PASSES}, in front of everything. */
    static String filter(String name) {
        return declaredFilter(name) + filterMapping(name, "/*");
    }

    static String declaredFilter(String name) {
        return "<filter><filter-name>" + name + "</filter-name><filter-class>app.Passes</filter-class></filter>";
    }

    static String filterMapping(String name, String pattern, String... more) {
        return "<filter-mapping><filter-name>" + name + "</filter-name>" + patterns(pattern) + String.join("", more)
                + "</filter-mapping>";
    }

    static String listener(String name) {
        return "<listener><listener-class>app." + name + "</listener-class></listener>";
    }

    static String init(String name, String value) {
        return "<init-param><param-name>" + name + "</param-name><param-value>" + value + "</param-value></init-param>";
    }

    static String parameter(String name, String value) {
        return "<context-param><param-name>" + name + "</param-name><param-value>" + value + "</param-value></context-param>";
    }

    static String name(String name) {
        return "<name>" + name + "</name>";
    }

    /** A fragment's own order. */
    static String ordering(String elements) {
        return "<ordering>" + elements + "</ordering>";
    }

    static String absolute(String elements) {
        return "<absolute-ordering>" + elements + "</absolute-ordering>";
    }

    /** A web.xml that is complete. */
    static Archive complete(Archive archive, String elements) {
        return archive.file("WEB-INF/web.xml",
                Documents.webApp(elements).replace("version=\"6.1\"", "version=\"6.1\" metadata-complete=\"true\""));
    }

    /** A jar with a fragment. */
    static Archive jar(String fragment) {
        return new Archive().fragment(fragment);
    }
}
