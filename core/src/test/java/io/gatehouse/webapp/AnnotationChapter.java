/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static io.gatehouse.webapp.Parts.declaredFilter;
import static io.gatehouse.webapp.Parts.filterMapping;
import static io.gatehouse.webapp.Parts.init;
import static io.gatehouse.webapp.Parts.jar;
import static io.gatehouse.webapp.Parts.mapping;
import static io.gatehouse.webapp.Parts.servlet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Reply;
import io.gatehouse.servlet.conformance.Section;
import org.junit.jupiter.api.Test;

/** Sections 8.1 and 8.2.3: what classes say of themselves, and what descriptors make of it. */
interface AnnotationChapter extends WebChapter {

    private static Archive annotated(String servlet, String... more) {
        String[] sources = new String[more.length + 3];
        sources[0] = Parts.TELLS;
        sources[1] = Parts.PASSES;
        sources[2] = "package app; " + servlet + " public class T extends Tells { }";
        System.arraycopy(more, 0, sources, 3, more.length);
        return new Archive().classes(sources);
    }

    @Test
    @Section("8.1.1")
    default void aServletIsThereWithoutADescriptor() throws Exception {
        Archive archive = annotated("@WebServlet(name = \"n\", urlPatterns = {\"/a\", \"*.b\"},"
                + " initParams = {@WebInitParam(name = \"x\", value = \"1\"), @WebInitParam(name = \"y\", value = \"2\")})");
        try (WebSite site = site(archive)) {
            assertEquals("n x=1 y=2", site.get("/a"));
            assertEquals("n x=1 y=2", site.get("/deep/x.b"));
        }
    }

    @Test
    @Section("8.1.1")
    default void itsNameIsThatOfTheClassUnlessItIsGiven() throws Exception {
        try (WebSite site = site(annotated("@WebServlet(\"/a\")"))) {
            assertEquals("app.T", site.get("/a"));
        }
    }

    @Test
    @Section("8.1.1")
    default void bothValueAndPatternsAreAMistake() {
        refused(annotated("@WebServlet(value = \"/a\", urlPatterns = \"/b\")"), "app.T");
    }

    @Test
    @Section("8.1.1")
    default void loadOnStartupAndAsyncAreSupported() throws Exception {
        Archive archive = annotated("@WebServlet(\"/t\")", "package app; @WebServlet(value = \"/s\", loadOnStartup = 1,"
                + " asyncSupported = true) public class S extends HttpServlet { public void init() { getServletContext().setAttribute("
                + "\"heard\", \" start\"); } protected void doGet(HttpServletRequest q, HttpServletResponse s) {"
                + " q.startAsync().dispatch(\"/t\"); } }");
        try (WebSite site = site(archive)) {
            assertEquals("app.T after start", site.get("/t"));
            assertEquals("app.T after start", site.get("/s"));
        }
    }

    @Test
    @Section("8.1.2")
    default void filtersAreMappedToPatternsAndServlets() throws Exception {
        Archive archive = annotated("@WebServlet(name = \"t\", value = \"/t\")",
                "package app; @WebFilter(filterName = \"f\", value = \"/t\") public class F extends Passes { }",
                "package app; @WebFilter(filterName = \"g\", servletNames = \"t\") public class G extends Passes { }",
                "package app; @WebFilter(filterName = \"h\", value = \"/*\", dispatcherTypes = DispatcherType.FORWARD) public class H"
                        + " extends Passes { }",
                "package app; @WebServlet(\"/forward\") public class W extends HttpServlet { protected void doGet(HttpServletRequest q,"
                        + " HttpServletResponse s) throws IOException, ServletException {"
                        + " q.getRequestDispatcher(\"/t\").forward(q, s); } }");
        try (WebSite site = site(archive)) {
            assertEquals("t via f g", site.get("/t"));
            assertEquals("t via h", site.get("/forward"));
        }
    }

    @Test
    @Section("8.1.4")
    default void listenersAreHeard() throws Exception {
        Archive archive = annotated("@WebServlet(\"/t\")", "package app; @WebListener public class L implements ServletContextListener,"
                + " ServletRequestListener { public void contextInitialized(ServletContextEvent e) { e.getServletContext().setAttribute("
                + "\"heard\", \" context\"); } public void requestInitialized(ServletRequestEvent e) {"
                + " e.getServletRequest().setAttribute(\"passed\", \" request\"); } }");
        try (WebSite site = site(archive)) {
            assertEquals("app.T via request after context", site.get("/t"));
        }
    }

    @Test
    @Section("8.1.5")
    default void multipartStandsOnTheClassHoweverTheServletIsDeclared() throws Exception {
        Archive archive = new Archive().classes("package app; @MultipartConfig(maxFileSize = 4) public class M extends HttpServlet {"
                        + " protected void doPost(HttpServletRequest q, HttpServletResponse s) throws IOException, ServletException {"
                        + " s.getWriter().print(q.getPart(\"p\").getSize()); } }")
                .webXml("<servlet><servlet-name>m</servlet-name><servlet-class>app.M</servlet-class></servlet>" + mapping("m", "/m"));
        try (WebSite site = site(archive)) {
            Reply reply = site.ask("POST /app/m", "Content-Type: multipart/form-data; boundary=b", "",
                    "--b", "Content-Disposition: form-data; name=\"p\"", "", "abcd", "--b--", "");
            assertEquals("4", reply.text());
        }
    }

    @Test
    @Section("8.2.3 (5.14.4)")
    default void parametersAddUpAndTheDescriptorWins() throws Exception {
        Archive archive = annotated("@WebServlet(name = \"t\", value = \"/t\", initParams = {@WebInitParam(name = \"x\", value = \"1\"),"
                        + " @WebInitParam(name = \"y\", value = \"1\")})")
                .webXml("<servlet><servlet-name>t</servlet-name>" + init("x", "2") + init("z", "2") + "</servlet>");
        try (WebSite site = site(archive)) {
            assertEquals("t x=2 y=1 z=2", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.3 (5.14.5)")
    default void patternsOfTheDescriptorTakeThePlaceOfThoseOfTheAnnotation() throws Exception {
        Archive archive = annotated("@WebServlet(name = \"t\", value = \"/annotated\")").webXml(mapping("t", "/described"));
        try (WebSite site = site(archive)) {
            assertEquals("t", site.get("/described"));
            assertEquals("404", site.get("/annotated"));
        }
    }

    /** The example of the section: another name is another servlet. */
    @Test
    @Section("8.2.3 (5.14.3)")
    default void aServletOfAnotherNameIsAnotherServlet() throws Exception {
        String foo = "<servlet><servlet-name>Foo</servlet-name><servlet-class>app.T</servlet-class>" + init("aaa", "111") + "</servlet>"
                + mapping("Foo", "/foo/*");
        Archive archive = annotated("@WebServlet(urlPatterns = \"/MyPattern\", initParams = @WebInitParam(name = \"ccc\","
                + " value = \"333\"))").webXml(foo);
        try (WebSite site = site(archive)) {
            assertEquals("Foo aaa=111", site.get("/foo/x"));
            assertEquals("app.T ccc=333", site.get("/MyPattern"));
        }
        try (WebSite site = site(archive.webXml(foo.replace(">Foo<", ">app.T<")))) {
            assertEquals("app.T aaa=111 ccc=333", site.get("/foo/x"));
            assertEquals("404", site.get("/MyPattern"));
        }
    }

    @Test
    @Section("8.2.3 (5.14.7)")
    default void mappingsOfAFilterInTheDescriptorTakeThePlaceOfThoseOfTheAnnotation() throws Exception {
        Archive archive = annotated("@WebServlet(name = \"t\", value = {\"/t\", \"/u\"})",
                        "package app; @WebFilter(filterName = \"f\", value = \"/t\") public class F extends Passes { }")
                .webXml(filterMapping("f", "/u"));
        try (WebSite site = site(archive)) {
            assertEquals("t", site.get("/t"));
            assertEquals("t via f", site.get("/u"));
        }
    }

    @Test
    @Section("8.2.3 (1)")
    default void filtersOfTheDescriptorComeBeforeThoseOfAnnotations() throws Exception {
        Archive archive = annotated("@WebServlet(name = \"t\", value = \"/t\")",
                        "package app; @WebFilter(filterName = \"annotated\", value = \"/*\") public class F extends Passes { }")
                .webXml(declaredFilter("one") + declaredFilter("two") + filterMapping("two", "/*") + filterMapping("one", "/*"));
        try (WebSite site = site(archive)) {
            assertEquals("t via two one annotated", site.get("/t"));
        }
    }

    @Test
    @Section("8.1")
    default void completeMetadataPassAnnotationsBy() throws Exception {
        Archive archive = annotated("@WebServlet(\"/annotated\")");
        try (WebSite site = site(Parts.complete(archive, servlet("t")))) {
            assertEquals("t", site.get("/t"));
            assertEquals("404", site.get("/annotated"));
        }
    }

    @Test
    @Section("8.2.3 (5.3)")
    default void aCompleteFragmentPassesTheAnnotationsOfItsJarByAlone() throws Exception {
        String type = "package lib; @WebServlet(\"/%s\") public class %s extends HttpServlet { protected void doGet(HttpServletRequest q,"
                + " HttpServletResponse s) throws IOException { s.getWriter().print(getServletName()); } }";
        Archive complete = new Archive().sources(type.formatted("one", "One")).file("META-INF/web-fragment.xml",
                Documents.fragment("").replace("version=\"6.1\"", "version=\"6.1\" metadata-complete=\"true\""));
        Archive archive = new Archive().lib("1.jar", complete).lib("2.jar", jar("").sources(type.formatted("two", "Two")));
        try (WebSite site = site(archive)) {
            assertEquals("404", site.get("/one"));
            assertEquals("lib.Two", site.get("/two"));
        }
    }

    /** The annotation's own pattern and a descriptor's of one servlet must not make two of it. */
    @Test
    @Section("8.2.3 (5.14.1)")
    default void whatOnlyTheAnnotationSaysAddsToTheDescriptor() throws Exception {
        Archive archive = annotated("@WebServlet(name = \"t\", value = \"/t\", asyncSupported = true, loadOnStartup = 3)")
                .webXml("<servlet><servlet-name>t</servlet-name><async-supported>false</async-supported></servlet>"
                        + "<servlet><servlet-name>s</servlet-name><servlet-class>app.T</servlet-class></servlet>" + mapping("s", "/s"));
        try (WebSite site = site(archive)) {
            assertTrue(site.get("/t").startsWith("t"));
            assertEquals("s", site.get("/s"));
        }
    }
}
