/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.handler.FakeResponse;
import io.gatehouse.servlet.ServletApplication;
import io.gatehouse.servlet.ServletLimits;
import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Applications from their files to their answers. */
@Section("10.6")
@DisplayNameGeneration(SectionNames.class)
class WebApplicationTest {

    @TempDir
    Path place;

    private WebApplication war(Archive archive) throws IOException {
        Path work = Files.createDirectories(place.resolve("work"));
        return WebApplication.of(archive.war(place.resolve("app.war"))).workDirectory(work);
    }

    private static String declared(String name, String rest) {
        return "<servlet><servlet-name>" + name + "</servlet-name><servlet-class>app." + name + "</servlet-class>" + rest
                + "</servlet><servlet-mapping><servlet-name>" + name + "</servlet-name><url-pattern>/" + name
                + "</url-pattern></servlet-mapping>";
    }

    private static Archive echo(String expression) {
        return new Archive().webXml(declared("A", "")).classes(SourceCode.servlet("A", "", expression));
    }

    private boolean workIsEmpty() throws IOException {
        try (Stream<Path> left = Files.list(place.resolve("work"))) {
            return left.findAny().isEmpty();
        }
    }

    @Test
    void aWarIsServedAndItsFilesAreRemoved() throws Exception {
        Archive archive = echo("\"hello \" + request.getContextPath()").file("index.html", "welcome").file("a/b.css", "css");
        Served served = Served.of(war(archive).contextPath("/shop"));
        assertEquals("hello /shop", served.get("/shop/A"));
        assertEquals("welcome", served.get("/shop/"));
        assertEquals("css", served.get("/shop/a/b.css"));
        assertEquals(404, served.status("/shop/none"));
        assertFalse(workIsEmpty());
        served.close();
        assertTrue(workIsEmpty());
        assertEquals(503, served.status("/shop/A"));
    }

    @Test
    void aDirectoryIsServedAndLeft() throws Exception {
        Path directory = echo("1").file("x.txt", "x").directory(place.resolve("app"));
        try (Served served = Served.of(WebApplication.of(directory))) {
            assertEquals("1", served.get("/A"));
            assertEquals("x", served.get("/x.txt"));
            assertEquals(directory.resolve("x.txt").toRealPath().toString(), served.context().getRealPath("/x.txt"));
        }
        assertTrue(Files.exists(directory.resolve("x.txt")));
    }

    @Test
    void anApplicationNeedsNoDescriptorAndNoClasses() throws Exception {
        Files.createDirectories(place.resolve("plain"));
        Files.writeString(place.resolve("plain/a.txt"), "a");
        try (Served served = Served.of(WebApplication.of(place.resolve("plain")))) {
            assertEquals("a", served.get("/a.txt"));
            assertEquals(6, served.context().getEffectiveMajorVersion());
            assertNull(served.context().getJspConfigDescriptor());
            assertNull(served.context().getServletContextName());
            assertNull(served.context().getAttribute(ServletContext.ORDERED_LIBS));
        }
    }

    @ParameterizedTest
    @CsvSource({"/WEB-INF/web.xml", "/WEB-INF/classes/app/A.class", "/web-inf/web.xml", "/WEB-INF/", "/META-INF/x.txt",
        "/WEB-INF/../WEB-INF/web.xml"})
    void theInsideIsNotServed(String path) throws Exception {
        Archive archive = echo("1").file("META-INF/x.txt", "secret");
        try (Served served = Served.of(war(archive))) {
            assertEquals(404, served.status(path));
        }
    }

    @Test
    void contentOfJarsIsServedBehindTheApplicationsOwn() throws Exception {
        Archive archive = new Archive().file("both.txt", "own")
                .lib("b.jar", new Archive().file("META-INF/resources/both.txt", "b").file("META-INF/resources/in/b.txt", "b"))
                .lib("a.jar", new Archive().file("META-INF/resources/two.txt", "a"))
                .lib("c.jar", new Archive().file("META-INF/resources/two.txt", "c").file("other/no.txt", "no")
                        .file("META-INF/resources/WEB-INF/hidden.txt", "hidden"));
        try (Served served = Served.of(war(archive))) {
            assertEquals("own", served.get("/both.txt"));
            assertEquals("a", served.get("/two.txt"));
            assertEquals("b", served.get("/in/b.txt"));
            assertEquals(404, served.status("/other/no.txt"));
            assertEquals(404, served.status("/WEB-INF/hidden.txt"));
            assertEquals(Set.of("/in/b.txt"), served.context().getResourcePaths("/in/"));
            assertTrue(served.context().getResourcePaths("/").containsAll(Set.of("/both.txt", "/two.txt", "/in/", "/WEB-INF/")));
            assertTrue(served.context().getResource("/two.txt").toString().contains("a.jar!/META-INF/resources/two.txt"));
        }
    }

    @Test
    void everythingOfTheDescriptorReachesTheContext() throws Exception {
        Archive archive = new Archive().classes(
                        SourceCode.servlet("A", "", "getInitParameter(\"p\") + getServletName() + request.isAsyncSupported()"),
                        SourceCode.servlet("B", "", "1"),
                        "package app; public class L implements ServletContextListener {"
                                + " public void contextInitialized(ServletContextEvent e) {"
                                + " e.getServletContext().setAttribute(\"heard\", e.getServletContext().getInitParameter(\"c\")); } }")
                .webXml("<display-name>Shop</display-name>"
                        + "<context-param><param-name>c</param-name><param-value>context</param-value></context-param>"
                        + "<listener><listener-class>app.L</listener-class></listener>"
                        + declared("A", "<init-param><param-name>p</param-name><param-value>v</param-value></init-param>"
                                + "<load-on-startup>1</load-on-startup><async-supported>true</async-supported>"
                                + "<run-as><role-name>r</role-name></run-as><multipart-config/>")
                        + declared("B", "<enabled>false</enabled>")
                        + "<session-config><session-timeout>7</session-timeout><cookie-config><name>SID</name><domain>d.example</domain>"
                        + "<path>/x</path><http-only>true</http-only><secure>true</secure><max-age>60</max-age>"
                        + "<attribute><attribute-name>SameSite</attribute-name><attribute-value>Lax</attribute-value></attribute>"
                        + "</cookie-config><tracking-mode>COOKIE</tracking-mode></session-config>"
                        + "<mime-mapping><extension>zzz</extension><mime-type>text/zzz</mime-type></mime-mapping>"
                        + "<welcome-file-list><welcome-file>start.txt</welcome-file></welcome-file-list>"
                        + "<error-page><error-code>404</error-code><location>/lost.txt</location></error-page>"
                        + "<error-page><exception-type>app.Missing</exception-type><location>/never</location></error-page>"
                        + "<locale-encoding-mapping-list><locale-encoding-mapping><locale>ja</locale><encoding>Shift_JIS</encoding>"
                        + "</locale-encoding-mapping></locale-encoding-mapping-list>"
                        + "<request-character-encoding>UTF-16</request-character-encoding>"
                        + "<response-character-encoding>UTF-8</response-character-encoding>"
                        + "<security-role><role-name>admin</role-name></security-role>"
                        + "<env-entry><env-entry-name>x</env-entry-name></env-entry>"
                        + "<jsp-config><jsp-property-group><url-pattern>*.jsp</url-pattern></jsp-property-group></jsp-config>")
                .file("start.txt", "start").file("lost.txt", "lost").file("x.zzz", "z");
        try (Served served = Served.of(war(archive))) {
            ServletContext context = served.context();
            assertEquals("Shop", context.getServletContextName());
            assertEquals("context", context.getAttribute("heard"));
            assertEquals("vAtrue", served.get("/A"));
            assertEquals("r", context.getServletRegistration("A").getRunAsRole());
            assertEquals("404 lost", served.get("/B"));
            assertNull(context.getServletRegistration("B"));
            assertEquals(7, context.getSessionTimeout());
            assertEquals("SID d.example /x true true 60 Lax", context.getSessionCookieConfig().getName() + " "
                    + context.getSessionCookieConfig().getDomain() + " " + context.getSessionCookieConfig().getPath() + " "
                    + context.getSessionCookieConfig().isHttpOnly() + " " + context.getSessionCookieConfig().isSecure() + " "
                    + context.getSessionCookieConfig().getMaxAge() + " "
                    + context.getSessionCookieConfig().getAttribute("SameSite"));
            assertEquals("text/zzz", context.getMimeType("a.zzz"));
            assertEquals("start", served.get("/"));
            assertEquals("UTF-16", context.getRequestCharacterEncoding());
            assertEquals("UTF-8", context.getResponseCharacterEncoding());
            assertEquals(1, context.getJspConfigDescriptor().getJspPropertyGroups().size());
        }
    }

    @Test
    void filtersStandInTheOrderOfTheirMappings() throws Exception {
        String filter = "package app; public class F implements Filter { FilterConfig c; public void init(FilterConfig c) {"
                + " this.c = c; } public void doFilter(ServletRequest q, ServletResponse s, FilterChain n) throws IOException,"
                + " ServletException { s.getWriter().print(c.getInitParameter(\"say\")); n.doFilter(q, s); } }";
        StringBuilder descriptor = new StringBuilder(declared("A", ""));
        for (String name : List.of("one", "two", "three")) {
            descriptor.append("<filter><filter-name>").append(name).append("</filter-name><filter-class>app.F</filter-class>"
                    + "<init-param><param-name>say</param-name><param-value>").append(name).append("-</param-value></init-param></filter>");
        }
        descriptor.append("<filter-mapping><filter-name>three</filter-name><servlet-name>A</servlet-name></filter-mapping>"
                + "<filter-mapping><filter-name>two</filter-name><url-pattern>/*</url-pattern></filter-mapping>"
                + "<filter-mapping><filter-name>one</filter-name><url-pattern>/A</url-pattern></filter-mapping>"
                + "<filter-mapping><filter-name>one</filter-name><url-pattern>/z</url-pattern><dispatcher>ERROR</dispatcher></filter-mapping>");
        try (Served served = Served.of(war(new Archive().webXml(descriptor.toString())
                .classes(SourceCode.servlet("A", "", "\"A\""), filter)))) {
            assertEquals("two-one-three-A", served.get("/A"));
            assertEquals(List.of("/A", "/z"),
                    List.copyOf(served.context().getFilterRegistration("one").getUrlPatternMappings()));
        }
    }

    @Test
    void theDefaultServletCanBeMappedWithoutBeingDeclared() throws Exception {
        Archive archive = new Archive().file("a.css", "css").classes(SourceCode.servlet("A", "", "\"A\"")).webXml(
                "<servlet><servlet-name>A</servlet-name><servlet-class>app.A</servlet-class></servlet>"
                        + "<servlet-mapping><servlet-name>default</servlet-name><url-pattern>*.css</url-pattern></servlet-mapping>"
                        + "<servlet-mapping><servlet-name>A</servlet-name><url-pattern>/</url-pattern></servlet-mapping>");
        try (Served served = Served.of(war(archive))) {
            assertEquals("css", served.get("/a.css"));
            assertEquals("A", served.get("/anything"));
        }
    }

    @Test
    void aServletWhoseClassIsMissingFailsAlone() throws Exception {
        try (Served served = Served.of(war(echo("1").webXml(declared("A", "") + declared("Gone", ""))))) {
            assertEquals("1", served.get("/A"));
            assertEquals(500, served.status("/Gone"));
        }
        String early = declared("A", "") + declared("Gone", "<load-on-startup>1</load-on-startup>");
        try (Served served = Served.of(war(echo("1").webXml(early)))) {
            assertEquals("1", served.get("/A"));
            assertEquals(500, served.status("/Gone"));
        }
        ServletException refused = assertThrows(ServletException.class,
                () -> Served.of(war(echo("1").webXml(early)).requireServlets(true)));
        assertTrue(refused.getMessage().contains("app.Gone"), refused.getMessage());
        assertTrue(workIsEmpty());
    }

    @Test
    void aPageThatNobodyRunsFailsAlone() throws Exception {
        try (Served served = Served.of(war(echo("1").webXml(declared("A", "") + "<servlet><servlet-name>p</servlet-name>"
                + "<jsp-file>/a.jsp</jsp-file></servlet><servlet-mapping><servlet-name>p</servlet-name>"
                + "<url-pattern>/p</url-pattern></servlet-mapping>")))) {
            assertEquals("1", served.get("/A"));
            assertEquals(500, served.status("/p"));
        }
    }

    @Test
    void aCallbackThatIsMissingFailsItsServlet() throws Exception {
        String callback = "<post-construct><lifecycle-callback-class>app.A</lifecycle-callback-class>"
                + "<lifecycle-callback-method>go</lifecycle-callback-method></post-construct>";
        ServletException refused = assertThrows(ServletException.class, () -> Served.of(war(echo("1")
                .webXml(callback + declared("A", "<load-on-startup>1</load-on-startup>"))).requireServlets(true)));
        Throwable cause = refused;
        while (!String.valueOf(cause.getMessage()).contains("app.A has no method go()") && cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertTrue(String.valueOf(cause.getMessage()).contains("app.A has no method go()"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<listener><listener-class>app.Gone</listener-class></listener> | line 2: the <listener-class> app.Gone can't be loaded: put it into WEB-INF/classes",
        "<listener><listener-class>app.A</listener-class></listener> | line 2: the <listener-class> app.A is no EventListener of this container's API",
        "<filter><filter-name>f</filter-name></filter> | the filter f has no class: give it one",
        "<filter><filter-name>f</filter-name><filter-class>app.A</filter-class></filter> | the <filter-class> app.A is no Filter",
        "<filter-mapping><filter-name>f</filter-name><url-pattern>/</url-pattern></filter-mapping> | a <filter-mapping> of f, which is no filter",
        "<servlet-mapping><servlet-name>s</servlet-name><url-pattern>/s</url-pattern></servlet-mapping> | a <servlet-mapping> of s, which is no servlet",
        "<servlet-mapping><servlet-name>jsp</servlet-name><url-pattern>*.jsp</url-pattern></servlet-mapping> | put what it needs on the class path",
        "<servlet><servlet-name>s</servlet-name></servlet> | the servlet s has no class: give it one",
        "<servlet><servlet-name>s</servlet-name><servlet-class>app.A</servlet-class></servlet><servlet-mapping><servlet-name>s</servlet-name><url-pattern>/x</url-pattern></servlet-mapping><servlet><servlet-name>t</servlet-name><servlet-class>app.A</servlet-class></servlet><servlet-mapping><servlet-name>t</servlet-name><url-pattern>/x</url-pattern></servlet-mapping> | the pattern /x leads to s already, by WEB-INF/web.xml line 2",
        "<default-context-path>shop</default-context-path> | <default-context-path> is 'shop': begin it with a slash",
        "<default-context-path>/shop/</default-context-path> | and don't end it with one",
        "<request-character-encoding>klingon</request-character-encoding> | 'klingon' is no character encoding",
        "<locale-encoding-mapping-list><locale-encoding-mapping><locale>de</locale><encoding>no such</encoding></locale-encoding-mapping></locale-encoding-mapping-list> | 'no such' is no character encoding",
        "<locale-encoding-mapping-list><locale-encoding-mapping><locale>1</locale><encoding>UTF-8</encoding></locale-encoding-mapping></locale-encoding-mapping-list> | '1' is no locale",
        "<oops/> | <oops> is unknown"})
    void whatCanNotBeDeployedSaysWhy(String elements, String message) throws Exception {
        ServletException refused = assertThrows(ServletException.class,
                () -> Served.of(war(echo("1").webXml(elements))));
        Throwable cause = refused;
        while (!String.valueOf(cause.getMessage()).contains(message) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertTrue(String.valueOf(cause.getMessage()).contains(message), refused.getMessage());
        assertTrue(workIsEmpty());
    }

    @ParameterizedTest
    @CsvSource({"/shop, /shop", "/, ''"})
    void theDescriptorMayNameAContextPath(String given, String path) throws Exception {
        Archive archive = echo("1").webXml("<default-context-path>" + given + "</default-context-path>" + declared("A", ""));
        try (Served served = Served.of(war(archive))) {
            assertEquals(path, served.application().contextPath());
            assertEquals("1", served.get(path + "/A"));
        }
        try (Served served = Served.of(war(archive).contextPath("/mine"))) {
            assertEquals("/mine", served.application().contextPath());
        }
    }

    @Test
    void aWrongContextPathIsRefusedAtOnce() {
        for (String path : List.of("shop", "/shop/", "//x")) {
            assertThrows(IllegalArgumentException.class, () -> WebApplication.of(place).contextPath(path));
        }
    }

    @Test
    void aBrokenJarIsNamed() throws Exception {
        DeploymentException refused = assertThrows(DeploymentException.class,
                () -> war(echo("1").file("WEB-INF/lib/bad.jar", "no jar")).build());
        assertTrue(refused.getMessage().startsWith("WEB-INF/lib/bad.jar can't be read as a jar"), refused.getMessage());
        assertTrue(workIsEmpty());
    }

    @Test
    void whatIsBuiltAndNeverDeployedIsReleasedByItsUndeploying() throws Exception {
        ServletApplication application = war(echo("1")).build();
        assertFalse(workIsEmpty());
        application.undeploy(Duration.ZERO);
        assertTrue(workIsEmpty());
        assertThrows(IllegalStateException.class, application::deploy);
    }

    @Test
    void severalContextsHaveTheirOwnVersionsOfAClass() throws Exception {
        List<Served> all = new ArrayList<>();
        for (int version = 1; version <= 3; version++) {
            Archive archive = new Archive().webXml(declared("A", "")).classes(
                    "package lib; public class Version { public String toString() { return \"version " + version + "\"; } }",
                    SourceCode.servlet("A", "", "new lib.Version()"));
            all.add(Served.of(WebApplication.of(archive.war(place.resolve(version + ".war"))).contextPath("/" + version)));
        }
        for (int version = 1; version <= 3; version++) {
            assertEquals("version " + version, all.get(version - 1).get("/" + version + "/A"));
        }
        all.forEach(Served::close);
    }

    @Test
    void oneApplicationTwiceHasEverythingTwice() throws Exception {
        Archive archive = new Archive().webXml(declared("A", "")).classes(
                "package app; public class Count { static int value; }", SourceCode.servlet("A", "", "++Count.value"));
        Path file = archive.war(place.resolve("app.war"));
        try (Served one = Served.of(WebApplication.of(file).contextPath("/1"));
                Served two = Served.of(WebApplication.of(file).contextPath("/2"))) {
            assertEquals("1", one.get("/1/A"));
            assertEquals("2", one.get("/1/A"));
            assertEquals("1", two.get("/2/A"));
        }
    }

    @Test
    void settingsOverruleTheDescriptor() throws Exception {
        Archive archive = echo("1").webXml("<session-config><session-timeout>7</session-timeout></session-config>" + declared("A", ""));
        try (Served served = Served.of(war(archive).settings(b -> b.sessionTimeout(3).initParameter("x", "y"))
                .settings(b -> b.displayName("ours")))) {
            assertEquals(3, served.context().getSessionTimeout());
            assertEquals("y", served.context().getInitParameter("x"));
            assertEquals("ours", served.context().getServletContextName());
        }
    }

    @Test
    void theEffectiveVersionIsTheDescriptors() throws Exception {
        Archive archive = new Archive().file("WEB-INF/web.xml", "<web-app xmlns='http://java.sun.com/xml/ns/javaee' version='3.0'/>");
        try (Served served = Served.of(war(archive))) {
            assertEquals(3, served.context().getEffectiveMajorVersion());
            assertEquals(0, served.context().getEffectiveMinorVersion());
            assertEquals(6, served.context().getMajorVersion());
        }
    }

    @Test
    void callbacksOfTheDescriptorAreCalled() throws Exception {
        Archive archive = new Archive().classes("package app; public class A extends HttpServlet { String made; void begin() {"
                        + " made = \"begun\"; } private void end() { getServletContext().setAttribute(\"ended\", true); }"
                        + " protected void doGet(HttpServletRequest q, HttpServletResponse s) throws IOException {"
                        + " s.getWriter().print(made); } }")
                .webXml(declared("A", "")
                        + "<post-construct><lifecycle-callback-class>app.A</lifecycle-callback-class>"
                        + "<lifecycle-callback-method>begin</lifecycle-callback-method></post-construct>"
                        + "<pre-destroy><lifecycle-callback-class>app.A</lifecycle-callback-class>"
                        + "<lifecycle-callback-method>end</lifecycle-callback-method></pre-destroy>");
        Served served = Served.of(war(archive));
        ServletContext context = served.context();
        assertEquals("begun", served.get("/A"));
        served.close();
        assertEquals(true, context.getAttribute("ended"));
    }

    @Test
    void aPageServletIsUsedIfItIsThere() throws Exception {
        String jasper = "package org.apache.jasper.servlet; public class JspServlet extends HttpServlet {"
                + " protected void doGet(HttpServletRequest q, HttpServletResponse s) throws IOException {"
                + " s.getWriter().print(\"page \" + getInitParameter(\"jspFile\") + \" \" + q.getServletPath()"
                + " + getServletContext().getAttribute(\"org.apache.tomcat.InstanceManager\").getClass().getSimpleName()); } }";
        Archive archive = new Archive().file("a.jsp", "source").file("index.jsp", "source")
                .lib("jasper.jar", new Archive().sources(jasper, "package org.apache.tomcat; public class SimpleInstanceManager { }"))
                .webXml("<servlet><servlet-name>front</servlet-name><jsp-file>/a.jsp</jsp-file></servlet>"
                        + "<servlet-mapping><servlet-name>front</servlet-name><url-pattern>/front</url-pattern></servlet-mapping>");
        try (Served served = Served.of(war(archive))) {
            assertEquals("page null /b.jspSimpleInstanceManager", served.get("/b.jsp"));
            assertEquals("page /a.jsp /frontSimpleInstanceManager", served.get("/front"));
            assertEquals("page null /index.jspSimpleInstanceManager", served.get("/"));
        }
    }

    @Test
    void limitsHold() throws Exception {
        Archive archive = echo("request.getParameter(\"a\")");
        try (Served served = Served.of(war(archive).limits(ServletLimits.DEFAULT.withParameters(1)))) {
            assertEquals("1", served.get("/A?a=1"));
            assertEquals(400, served.status("/A?a=1&b=2"));
        }
    }

    /** Every call into the application has its class loader (section 10.7). */
    @Test
    void theContextClassLoaderIsTheApplications() throws Exception {
        String check = "Thread.currentThread().getContextClassLoader() == getClass().getClassLoader()";
        Archive archive = new Archive().webXml(declared("A", "") + "<listener><listener-class>app.L</listener-class></listener>"
                        + "<filter><filter-name>F</filter-name><filter-class>app.F</filter-class></filter>"
                        + "<filter-mapping><filter-name>F</filter-name><url-pattern>/*</url-pattern></filter-mapping>")
                .lib("i.jar", new Archive().service("app.I").sources("package app; public class I implements"
                        + " ServletContainerInitializer { public void onStartup(Set<Class<?>> c, ServletContext x) {"
                        + " x.setAttribute(\"seen\", new ArrayList<>(List.of(\"startup\" + (" + check + ")))); } }"))
                .classes("package app; public class A extends HttpServlet { public void init() { L.see(getServletContext(), \"init\", "
                        + check + "); } public void destroy() { L.see(getServletContext(), \"destroy\", " + check + "); }"
                        + " protected void doGet(HttpServletRequest q, HttpServletResponse s) { L.see(getServletContext(), \"get\", "
                        + check + "); q.getSession().setAttribute(\"b\", new L()); } }",
                        "package app; public class F implements Filter { public void doFilter(ServletRequest q, ServletResponse s,"
                                + " FilterChain c) throws IOException, ServletException { L.see(q.getServletContext(), \"filter\", "
                                + check + "); c.doFilter(q, s); } }",
                        "package app; public class L implements ServletContextListener, ServletRequestListener,"
                                + " HttpSessionListener, HttpSessionBindingListener, Serializable {"
                                + " @SuppressWarnings(\"unchecked\") static void see(ServletContext c, String what, boolean fine) {"
                                + " ((List<String>) c.getAttribute(\"seen\")).add(what + fine); }"
                                + " public void contextInitialized(ServletContextEvent e) { see(e.getServletContext(), \"begin\", " + check + "); }"
                                + " public void contextDestroyed(ServletContextEvent e) { see(e.getServletContext(), \"end\", " + check + "); }"
                                + " public void requestInitialized(ServletRequestEvent e) { see(e.getServletContext(), \"request\", " + check + "); }"
                                + " public void sessionCreated(HttpSessionEvent e) { see(e.getSession().getServletContext(), \"session\", " + check + "); }"
                                + " public void valueUnbound(HttpSessionBindingEvent e) { see(e.getSession().getServletContext(), \"unbound\", " + check + "); } }");
        ClassLoader mine = Thread.currentThread().getContextClassLoader();
        Served served = Served.of(war(archive));
        Object seen = served.context().getAttribute("seen");
        FakeResponse response = served.ask("GET", "/A");
        assertEquals(200, response.sentStatus());
        served.close();
        assertEquals(List.of("startuptrue", "begintrue", "requesttrue", "filtertrue", "inittrue", "gettrue", "sessiontrue",
                "destroytrue", "unboundtrue", "endtrue"), seen);
        assertEquals(mine, Thread.currentThread().getContextClassLoader());
    }

    @Test
    void aFailingStartReleasesEverything() throws Exception {
        Archive archive = echo("1").classes("package app; public class L implements ServletContextListener {"
                        + " public void contextInitialized(ServletContextEvent e) { throw new IllegalStateException(\"no\"); } }")
                .webXml("<listener><listener-class>app.L</listener-class></listener>");
        assertThrows(IllegalStateException.class, () -> Served.of(war(archive)));
        assertTrue(workIsEmpty());
    }

    @Test
    void attributesOfTheApplicationAreThere() throws Exception {
        ServletApplication application = war(echo("getServletContext().getAttribute(\"given\")")).build();
        application.attribute("given", "before");
        application.deploy();
        try (Served served = new Served(application)) {
            assertEquals("before", served.get("/A"));
            assertEquals(Map.of(), served.context().getFilterRegistrations());
        }
    }
}
