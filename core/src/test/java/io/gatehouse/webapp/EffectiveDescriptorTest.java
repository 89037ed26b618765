/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Descriptors, fragments and annotations together, as the context shows the result (Servlet 6.1 sections 8.1 to 8.2.3). */
@Section("8.2.3")
@DisplayNameGeneration(SectionNames.class)
class EffectiveDescriptorTest {

    private static final String TELL = "\"A \" + getInitParameter(\"x\") + \" \" + getInitParameter(\"y\")";

    @TempDir
    Path place;

    private Served served(Archive archive) throws IOException, ServletException {
        return Served.of(WebApplication.of(archive.war(place.resolve("app.war"))).workDirectory(place.resolve("work")));
    }

    private static Set<String> mappings(Served served, String servlet) {
        ServletRegistration found = served.context().getServletRegistration(servlet);
        return found == null ? Set.of() : new TreeSet<>(found.getMappings());
    }

    private static String servlet(String name, String className, String rest) {
        return "<servlet><servlet-name>" + name + "</servlet-name>"
                + (className.isEmpty() ? "" : "<servlet-class>" + className + "</servlet-class>") + rest + "</servlet>";
    }

    private static String mapping(String name, String pattern) {
        return "<servlet-mapping><servlet-name>" + name + "</servlet-name><url-pattern>" + pattern + "</url-pattern></servlet-mapping>";
    }

    private static String init(String name, String value) {
        return "<init-param><param-name>" + name + "</param-name><param-value>" + value + "</param-value></init-param>";
    }

    private static Archive annotated(String annotation) {
        return new Archive().classes(SourceCode.servlet("A", annotation, TELL));
    }

    @Test
    void annotationsAloneAreEnough() throws Exception {
        try (Served served = served(annotated(
                "@WebServlet(value = \"/a\", initParams = @WebInitParam(name = \"x\", value = \"1\"))"))) {
            assertEquals("A 1 null", served.get("/a"));
            assertEquals(Set.of("/a"), mappings(served, "app.A"));
        }
    }

    /** The examples of section 8.2.3, point n: what the descriptor says of the same name takes the place of the patterns. */
    @Test
    void patternsOfTheDescriptorTakeThePlaceOfThoseOfTheAnnotation() throws Exception {
        try (Served served = served(annotated("@WebServlet(\"/annotated\")")
                .webXml(servlet("app.A", "app.A", "") + mapping("app.A", "/described")))) {
            assertEquals(Set.of("/described"), mappings(served, "app.A"));
            assertEquals(404, served.status("/annotated"));
        }
        try (Served served = served(annotated("@WebServlet(\"/annotated\")").webXml(mapping("app.A", "/described")))) {
            assertEquals(Set.of("/described"), mappings(served, "app.A"));
        }
        try (Served served = served(annotated("@WebServlet(name = \"n\", value = \"/annotated\")")
                .webXml(servlet("app.A", "app.A", "") + mapping("app.A", "/described")))) {
            assertEquals(Set.of("/annotated"), mappings(served, "n"));
            assertEquals(Set.of("/described"), mappings(served, "app.A"));
        }
    }

    @Test
    void initParametersAddUpAndTheDescriptorWins() throws Exception {
        String annotation = "@WebServlet(name = \"n\", value = \"/a\", initParams = {@WebInitParam(name = \"x\", value = \"annotated\"),"
                + " @WebInitParam(name = \"y\", value = \"annotated\")})";
        try (Served served = served(annotated(annotation).webXml(servlet("n", "", init("x", "described"))))) {
            assertEquals("A described annotated", served.get("/a"));
        }
    }

    /** The servlet says at which place it was loaded, and whether it may be asynchronous. */
    @ParameterizedTest
    @CsvSource({
        "'', false, 21",
        "<load-on-startup>3</load-on-startup>, false, 12",
        "<async-supported>true</async-supported>, true, 21"})
    void settingsOfTheAnnotationAreInherited(String said, boolean async, String order) throws Exception {
        String type = "package app; %s public class %s extends HttpServlet { public void init() { Object o = getServletContext()"
                + ".getAttribute(\"order\"); getServletContext().setAttribute(\"order\", (o == null ? \"\" : o) + \"%s\"); }"
                + " protected void doGet(HttpServletRequest q, HttpServletResponse s) throws IOException {"
                + " s.getWriter().print(q.isAsyncSupported()); } }";
        Archive archive = new Archive().classes(
                        String.format(type, "@WebServlet(name = \"n\", value = \"/a\", loadOnStartup = 7)", "A", "1"),
                        String.format(type, "@WebServlet(value = \"/b\", loadOnStartup = 5)", "B", "2"))
                .webXml(servlet("n", "", said));
        try (Served served = served(archive)) {
            assertEquals(String.valueOf(async), served.get("/a"));
            assertEquals(order, served.context().getAttribute("order"));
        }
    }

    @Test
    void aServletCanBeDisabledByTheDescriptor() throws Exception {
        try (Served served = served(annotated("@WebServlet(name = \"n\", value = \"/a\")")
                .webXml(servlet("n", "", "<enabled>false</enabled>")))) {
            assertEquals(404, served.status("/a"));
            assertNull(served.context().getServletRegistration("n"));
        }
    }

    @Test
    void completeMetadataPassesAnnotationsAndFragmentsBy() throws Exception {
        Archive archive = annotated("@WebServlet(\"/a\")")
                .file("WEB-INF/web.xml", "<web-app xmlns='" + Documents.JAKARTA + "' version='6.1' metadata-complete='true'>"
                        + servlet("d", "app.A", "") + mapping("d", "/d") + "</web-app>")
                .lib("f.jar", new Archive().fragment(servlet("f", "app.A", "") + mapping("f", "/f"))
                        .file("META-INF/resources/r.txt", "r"));
        try (Served served = served(archive)) {
            assertEquals("A null null", served.get("/d"));
            assertEquals(404, served.status("/a"));
            assertEquals(404, served.status("/f"));
            assertEquals("r", served.get("/r.txt"));
        }
    }

    @Test
    void aCompleteFragmentPassesTheAnnotationsOfItsJarBy() throws Exception {
        String complete = "<web-fragment xmlns='" + Documents.JAKARTA + "' version='6.1' metadata-complete='true'>"
                + servlet("f", "lib.F", "") + mapping("f", "/f") + "</web-fragment>";
        String type = "package lib; @WebServlet(\"/%s\") @MultipartConfig public class %s extends HttpServlet { protected void doGet("
                + "HttpServletRequest q, HttpServletResponse s) throws IOException { s.getWriter().print(\"%s\"); } }";
        Archive archive = new Archive()
                .lib("complete.jar", new Archive().file("META-INF/web-fragment.xml", complete)
                        .sources(String.format(type, "x", "F", "F")))
                .lib("open.jar", new Archive().fragment("").sources(String.format(type, "g", "G", "G")))
                .lib("plain.jar", new Archive().sources(String.format(type, "h", "H", "H")));
        try (Served served = served(archive)) {
            assertEquals("F", served.get("/f"));
            assertEquals(404, served.status("/x"));
            assertEquals("G", served.get("/g"));
            assertEquals("H", served.get("/h"));
        }
    }

    @Test
    void jarsThatAreLeftOutGiveNothingButClassesAndContent() throws Exception {
        Archive archive = new Archive().webXml("<absolute-ordering/>" + servlet("u", "app.U", "") + mapping("u", "/u"))
                .classes("package lib; public class K { public String toString() { return \"k\"; } }",
                        SourceCode.servlet("U", "", "new lib.K()"))
                .lib("out.jar", new Archive().fragment(servlet("f", "lib.F", "") + mapping("f", "/f"))
                        .file("META-INF/resources/r.txt", "r")
                        .sources("package lib; @WebServlet(\"/x\") public class F extends HttpServlet { }"));
        try (Served served = served(archive)) {
            assertEquals("k", served.get("/u"));
            assertEquals("r", served.get("/r.txt"));
            assertEquals(404, served.status("/f"));
            assertEquals(404, served.status("/x"));
            assertEquals(List.of(), served.context().getAttribute(ServletContext.ORDERED_LIBS));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<web-fragment><name>out</name><servet/></web-fragment>",
        "<web-fragment><name>out</name><servlet/>",
        "<web-fragment><icon/><name> out </name>",
        "<web-fragment><ordering><before><name>in</name></before></ordering><nonsense/></web-fragment>",
        "<web-app/>"})
    void whatIsWrongWithAFragmentThatIsLeftOutDoesNoHarm(String broken) throws Exception {
        Archive archive = annotated("").lib("out.jar", new Archive().file("META-INF/web-fragment.xml", broken))
                .lib("in.jar", new Archive().fragment("<name>in</name>" + servlet("f", "app.A", "") + mapping("f", "/f")));
        try (Served served = served(archive.webXml("<absolute-ordering><name>in</name></absolute-ordering>"))) {
            assertEquals("A null null", served.get("/f"));
        }
        assertThrows(DeploymentException.class, () -> served(archive.webXml("<absolute-ordering><others/></absolute-ordering>")));
        assertThrows(DeploymentException.class, () -> served(archive.webXml("")));
        try (Served served = served(archive.webXml("<absolute-ordering/>"))) {
            assertEquals(404, served.status("/f"));
        }
    }

    /** It may be one that is named: to go on without what it says could leave something open. */
    @Test
    void aFragmentThatDoesNotSayItsNameBeforeItIsBrokenIsRefused() {
        Archive archive = new Archive().webXml("<absolute-ordering><name>in</name></absolute-ordering>")
                .lib("f.jar", new Archive().file("META-INF/web-fragment.xml", "<web-fragment><security-constraint><name>in</name>"));
        DeploymentException refused = assertThrows(DeploymentException.class, () -> served(archive));
        assertTrue(refused.getMessage().startsWith("f.jar!/META-INF/web-fragment.xml line 1: this is no well-formed XML"),
                refused.getMessage());
    }

    private static String loud(String name) {
        return "package app; @WebListener public class " + name + " implements ServletContextListener { public void"
                + " contextInitialized(ServletContextEvent e) { Object o = e.getServletContext().getAttribute(\"heard\");"
                + " e.getServletContext().setAttribute(\"heard\", (o == null ? \"\" : o) + \"" + name + " \"); } }";
    }

    private static String listener(String name) {
        return "<listener><listener-class>app." + name + "</listener-class></listener>";
    }

    @Test
    void listenersComeInTheOrderOfDescriptorsAndOnce() throws Exception {
        Archive archive = new Archive().webXml(listener("D") + listener("B")
                        + "<absolute-ordering><name>2</name><name>1</name></absolute-ordering>")
                .classes(loud("A"), loud("B"), loud("C"), loud("D"), loud("E"), loud("F"))
                .lib("1.jar", new Archive().fragment("<name>1</name>" + listener("E") + listener("D")))
                .lib("2.jar", new Archive().fragment("<name>2</name>" + listener("F")));
        try (Served served = served(archive)) {
            assertEquals("D B A C E F ", served.context().getAttribute("heard"));
        }
    }

    @Test
    void fragmentsThatContradictFailTheDeployment() {
        Archive archive = new Archive()
                .lib("1.jar", new Archive().fragment(servlet("s", "a.A", init("x", "1"))))
                .lib("2.jar", new Archive().fragment(servlet("s", "a.A", init("x", "2"))));
        DeploymentException refused = assertThrows(DeploymentException.class, () -> served(archive));
        assertTrue(refused.getMessage().startsWith("2.jar!/META-INF/web-fragment.xml line 2: servlet s <init-param> x is '2'"),
                refused.getMessage());
    }

    @Test
    void annotationsOfTwoJarsMayNotContradictEither() {
        String type = "package %s; @WebServlet(name = \"same\", value = \"/%s\") public class %s extends HttpServlet { }";
        Archive archive = new Archive()
                .lib("1.jar", new Archive().sources(String.format(type, "one", "one", "One")))
                .lib("2.jar", new Archive().sources(String.format(type, "two", "two", "Two")));
        DeploymentException refused = assertThrows(DeploymentException.class, () -> served(archive));
        assertEquals("2.jar class two.Two: servlet same class is 'two.Two' here and 'one.One' in 1.jar class one.One:"
                + " say in web.xml which of them holds", refused.getMessage());
    }

    @Test
    void circlesOfFragmentsFailTheDeployment() {
        Archive archive = new Archive()
                .lib("1.jar", new Archive().fragment("<name>1</name><ordering><after><name>2</name></after></ordering>"))
                .lib("2.jar", new Archive().fragment("<name>2</name><ordering><after><name>1</name></after></ordering>"));
        DeploymentException refused = assertThrows(DeploymentException.class, () -> served(archive));
        assertTrue(refused.getMessage().startsWith("the fragments 1.jar, 2.jar each want"), refused.getMessage());
    }

    /** Multipart, run-as and security stand on the class, however the servlet is declared. */
    @Test
    void annotationsOfTheClassHoldForDescribedServlets() throws Exception {
        Archive archive = annotated("@MultipartConfig(location = \"x\") @jakarta.annotation.security.RunAs(\"clerk\")")
                .webXml(servlet("plain", "app.A", "") + mapping("plain", "/plain")
                        + servlet("own", "app.A", "<run-as><role-name>boss</role-name></run-as>") + mapping("own", "/own"));
        try (Served served = served(archive)) {
            assertEquals("clerk", served.context().getServletRegistration("plain").getRunAsRole());
            assertEquals("boss", served.context().getServletRegistration("own").getRunAsRole());
        }
    }

    @Test
    void whatNeedsANamingServiceIsSaid() throws Exception {
        String type = "package app; @WebServlet(\"/r\") public class R extends HttpServlet {"
                + " @jakarta.annotation.Resource(name = \"jdbc/db\") Object source; protected void doGet(HttpServletRequest q,"
                + " HttpServletResponse s) throws IOException { s.getWriter().print(source); } }";
        try (CapturedLog log = new CapturedLog(); Served served = served(new Archive().classes(type))) {
            assertEquals("null", served.get("/r"));
            assertTrue(log.has("WEB-INF/classes class app.R is annotated with [jakarta.annotation.Resource], and there is no naming"
                    + " service"), log.toString());
        }
        try (CapturedLog log = new CapturedLog(); Served served = served(annotated("@WebServlet(\"/a\")")
                .webXml("<env-entry><env-entry-name>max</env-entry-name></env-entry>"))) {
            assertEquals("A null null", served.get("/a"));
            assertTrue(log.has("WEB-INF/web.xml line 2: <env-entry> max is not bound: there is no naming service"), log.toString());
        }
    }

    @Test
    void filtersOfAnnotationsStandBehindThoseOfTheDescriptor() throws Exception {
        String filter = "package app; %s public class %s implements Filter { public void doFilter(ServletRequest q, ServletResponse s,"
                + " FilterChain c) throws IOException, ServletException { s.getWriter().print(\"%s-\"); c.doFilter(q, s); } }";
        String[] sources = {
            String.format(filter, "@WebFilter(\"/*\")", "A", "A"), String.format(filter, "", "B", "B"),
            String.format(filter, "@WebFilter(filterName = \"c\", value = \"/never\")", "C", "C"),
            SourceCode.servlet("S", "@WebServlet(\"/s\")", "\"S\"")};
        Archive archive = new Archive().classes(sources).webXml(
                "<filter><filter-name>b</filter-name><filter-class>app.B</filter-class></filter>"
                        + "<filter-mapping><filter-name>c</filter-name><url-pattern>/s</url-pattern></filter-mapping>"
                        + "<filter-mapping><filter-name>b</filter-name><url-pattern>/*</url-pattern></filter-mapping>");
        try (Served served = served(archive)) {
            assertEquals("C-B-A-S", served.get("/s"));
        }
    }

    @Test
    void anAnnotatedClassThatCanNotBeReadDoesNoHarm() throws Exception {
        try (Served served = served(annotated("@WebServlet(\"/a\")").file("WEB-INF/classes/broken/B.class", "no class"))) {
            assertEquals("A null null", served.get("/a"));
        }
    }
}
