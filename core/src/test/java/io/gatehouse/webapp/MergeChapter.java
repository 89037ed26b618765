/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static io.gatehouse.webapp.Parts.base;
import static io.gatehouse.webapp.Parts.declared;
import static io.gatehouse.webapp.Parts.declaredFilter;
import static io.gatehouse.webapp.Parts.filter;
import static io.gatehouse.webapp.Parts.filterMapping;
import static io.gatehouse.webapp.Parts.init;
import static io.gatehouse.webapp.Parts.jar;
import static io.gatehouse.webapp.Parts.listener;
import static io.gatehouse.webapp.Parts.mapping;
import static io.gatehouse.webapp.Parts.parameter;
import static io.gatehouse.webapp.Parts.servlet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.servlet.conformance.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sections 8.2.1 and 8.2.3: what web.xml and its fragments say together, and what they may not say. */
interface MergeChapter extends WebChapter {

    /** A servlet that tells parameters of the context. */
    private static Archive telling(String webXml) {
        return new Archive().webXml("<servlet><servlet-name>p</servlet-name><servlet-class>app.P</servlet-class></servlet>"
                        + mapping("p", "/p") + webXml)
                .classes(SourceCode.servlet("P", "", "getServletContext().getInitParameter(\"x\") + \" \""
                        + " + getServletContext().getInitParameter(\"y\") + \" \" + getServletContext().getMimeType(\"a.b\")"));
    }

    private static String mime(String type) {
        return "<mime-mapping><extension>b</extension><mime-type>" + type + "</mime-type></mime-mapping>";
    }

    @Test
    @Section("8.2.1")
    default void aFragmentDeclaresWhatADescriptorCan() throws Exception {
        Archive archive = base().webXml("").file("page.txt", "error page").lib("f.jar", jar(
                servlet("f", init("x", "1")) + filter("g") + listener("A") + servlet("w")
                        + "<welcome-file-list><welcome-file>w</welcome-file></welcome-file-list>"
                        + "<error-page><error-code>404</error-code><location>/page.txt</location></error-page>"));
        try (WebSite site = site(archive)) {
            assertEquals("f x=1 via g after A", site.get("/f"));
            assertEquals("w via g after A", site.get("/"));
            assertEquals("error page", site.ask("GET /app/none").text());
        }
    }

    /** As it is in descriptors of the TCK: what comes first holds, in each of them. */
    @Test
    @Section("8.2.3 (5.6.1)")
    default void parametersOfWebXmlComeBeforeThoseOfFragments() throws Exception {
        Archive archive = base().webXml(servlet("t", init("msg1", "first"), init("msg1", "ignore")))
                .lib("f.jar", jar(declared("t", init("msg1", "ignore"), init("msg2", "second"), init("msg2", "ignore"))));
        try (WebSite site = site(archive)) {
            assertEquals("t msg1=first msg2=second", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.3 (5.6.2)")
    default void fragmentsThatContradictFailTheDeploymentUnlessWebXmlDecides() throws Exception {
        Archive archive = base().webXml("").lib("1.jar", jar(servlet("t", init("x", "1")))).lib("2.jar", jar(declared("t", init("x", "2"))));
        refused(archive, "2.jar!/META-INF/web-fragment.xml line 2: servlet t <init-param> x is '2' here and '1' in");
        try (WebSite site = site(archive.webXml(declared("t", init("x", "3"))))) {
            assertEquals("t x=3", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.3 (5.6.2)")
    default void mediaTypesThatContradictFailTheDeploymentUnlessWebXmlDecides() throws Exception {
        Archive archive = telling("").lib("1.jar", jar(mime("a/1"))).lib("2.jar", jar(mime("a/2")));
        refused(archive, "<mime-mapping> b is 'a/2' here and 'a/1' in");
        try (WebSite site = site(telling(mime("a/3")).lib("1.jar", jar(mime("a/1"))).lib("2.jar", jar(mime("a/2"))))) {
            assertEquals("null null a/3", site.get("/p"));
        }
    }

    @Test
    @Section("8.2.3 (5.7.1)")
    default void parametersOfTheContextAddUpAndWebXmlWins() throws Exception {
        try (WebSite site = site(telling(parameter("x", "main")).lib("1.jar", jar(parameter("x", "1") + parameter("y", "1"))))) {
            assertEquals("main 1 null", site.get("/p"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "async-supported, true, false",
        "load-on-startup, 1, 2",
        "servlet-class, app.Tells, app.Other"})
    @Section("8.2.3 (5.7.4)")
    default void whatMayStandOnceMayNotBeSaidDifferentlyByTwoFragments(String element, String one, String two) throws Exception {
        String said = "<servlet><servlet-name>t</servlet-name><" + element + ">%s</" + element + "></servlet>";
        Archive archive = base().lib("1.jar", jar(said.formatted(one))).lib("2.jar", jar(said.formatted(two)))
                .webXml(element.equals("servlet-class") ? mapping("t", "/t") : servlet("t"));
        refused(archive, "say in web.xml which of them holds");
        try (WebSite site = site(archive.webXml(servlet("t", element.equals("servlet-class") ? "" : "<" + element + ">" + one + "</"
                + element + ">")))) {
            assertEquals("t", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.3 (5.7.3)")
    default void loadOnStartupOfAFragmentIsInherited() throws Exception {
        String starts = "package app; public class S extends HttpServlet { public void init() { getServletContext().setAttribute("
                + "\"heard\", \" start\"); } }";
        Archive archive = new Archive().classes(Parts.TELLS, starts).webXml(servlet("t")
                        + "<servlet><servlet-name>s</servlet-name><servlet-class>app.S</servlet-class></servlet>")
                .lib("f.jar", jar("<servlet><servlet-name>s</servlet-name><load-on-startup>1</load-on-startup></servlet>"));
        try (WebSite site = site(archive)) {
            assertEquals("t after start", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.3 (5.7.5)")
    default void welcomeFilesAddUp() throws Exception {
        Archive archive = new Archive().file("one/a.txt", "a").file("two/b.txt", "b")
                .webXml("<welcome-file-list><welcome-file>a.txt</welcome-file></welcome-file-list>")
                .lib("f.jar", jar("<welcome-file-list><welcome-file>b.txt</welcome-file></welcome-file-list>"));
        try (WebSite site = site(archive)) {
            assertEquals("a", site.get("/one/"));
            assertEquals("b", site.get("/two/"));
        }
    }

    @Test
    @Section("8.2.3 (5.7.6)")
    default void mappingsOfFragmentsAddUpAndThoseOfWebXmlStandAlone() throws Exception {
        Archive archive = base().webXml(declared("t") + servlet("own"))
                .lib("1.jar", jar(mapping("t", "/one") + mapping("own", "/never"))).lib("2.jar", jar(mapping("t", "/two")));
        try (WebSite site = site(archive)) {
            assertEquals("t", site.get("/one"));
            assertEquals("t", site.get("/two"));
            assertEquals("own", site.get("/own"));
            assertEquals("404", site.get("/never"));
        }
    }

    @Test
    @Section("8.2.3 (5.7.7)")
    default void filterMappingsOfFragmentsAddUpAndThoseOfWebXmlStandAlone() throws Exception {
        Archive archive = base().webXml(servlet("one") + servlet("two") + declaredFilter("f") + declaredFilter("g")
                        + filterMapping("g", "/one"))
                .lib("1.jar", jar(filterMapping("f", "/one"))).lib("2.jar", jar(filterMapping("f", "/two") + filterMapping("g", "/two")));
        try (WebSite site = site(archive)) {
            assertEquals("one via g f", site.get("/one"));
            assertEquals("two via f", site.get("/two"));
        }
    }

    @Test
    @Section("8.2.3 (5.7.8)")
    default void oneListenerThatTwoDeclareIsOne() throws Exception {
        Archive archive = base().webXml(servlet("t") + listener("B") + listener("A")).lib("1.jar", jar(listener("A") + listener("C")))
                .lib("2.jar", jar(listener("B") + listener("C") + listener("D")));
        try (WebSite site = site(archive)) {
            assertEquals("t after B A C D", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.3 (3)")
    default void aServletThatIsNotEnabledIsNotThere() throws Exception {
        Archive archive = base().webXml("<servlet><servlet-name>t</servlet-name><enabled>false</enabled></servlet>")
                .lib("1.jar", jar(servlet("t") + servlet("u")));
        try (WebSite site = site(archive)) {
            assertEquals("404", site.get("/t"));
            assertEquals("u", site.get("/u"));
        }
    }

    @Test
    @Section("8.2.3 (5.11)")
    default void callbacksOfFragmentsHoldUnlessWebXmlHasSome() throws Exception {
        String counts = "package app; public class N extends HttpServlet { String s = \"\"; void one() { s += \"1\"; } void two() {"
                + " s += \"2\"; } protected void doGet(HttpServletRequest q, HttpServletResponse r) throws IOException {"
                + " r.getWriter().print(\"<\" + s + \">\"); } }";
        String main = "<servlet><servlet-name>n</servlet-name><servlet-class>app.N</servlet-class></servlet>" + mapping("n", "/n");
        String callback = "<post-construct><lifecycle-callback-class>%s</lifecycle-callback-class>"
                + "<lifecycle-callback-method>%s</lifecycle-callback-method></post-construct>";
        Archive archive = new Archive().classes(counts).webXml(main).lib("f.jar", jar(callback.formatted("app.N", "one")));
        try (WebSite site = site(archive)) {
            assertEquals("<1>", site.get("/n"));
        }
        try (WebSite site = site(archive.webXml(main + callback.formatted("app.Other", "two")))) {
            assertEquals("<>", site.get("/n"));
        }
    }

    @Test
    @Section("12.2")
    default void aPatternOfTwoServletsFailsTheDeployment() {
        refused(base().webXml(servlet("t")).lib("f.jar", jar(declared("u") + mapping("u", "/t"))),
                "the pattern /t leads to t already, by WEB-INF/web.xml line 2");
    }
}
