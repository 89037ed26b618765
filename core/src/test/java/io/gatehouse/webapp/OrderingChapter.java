/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static io.gatehouse.webapp.Parts.absolute;
import static io.gatehouse.webapp.Parts.base;
import static io.gatehouse.webapp.Parts.filter;
import static io.gatehouse.webapp.Parts.jar;
import static io.gatehouse.webapp.Parts.listener;
import static io.gatehouse.webapp.Parts.name;
import static io.gatehouse.webapp.Parts.ordering;
import static io.gatehouse.webapp.Parts.servlet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.servlet.conformance.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 8.2.2: the order of fragments, as listeners and filters show it, and what it leaves out. */
interface OrderingChapter extends WebChapter {

    /** Four fragments, each with a listener and a filter of its name, and one jar without a fragment. */
    private static Archive four(String webXml, String a, String b, String c, String d) {
        return base().webXml(servlet("t") + filter("main") + webXml)
                .lib("1.jar", jar(name("a") + listener("A") + filter("a") + a))
                .lib("2.jar", jar(name("b") + listener("B") + filter("b") + b))
                .lib("3.jar", jar(name("c") + listener("C") + filter("c") + c))
                .lib("4.jar", jar(name("d") + listener("D") + filter("d") + d))
                .lib("5.jar", new Archive().sources("package lib; @WebServlet(\"/five\") public class Five extends HttpServlet {"
                        + " protected void doGet(HttpServletRequest q, HttpServletResponse s) { } }"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "d c b a              | main d c b a | 404",
        "b d                  | main b d     | 404",
        "c missing a c        | main c a     | 404",
        "d <others/> a        | main d b c a | 200",
        "<others/>            | main a b c d | 200",
        "<others/> b          | main a c d b | 200",
        "b <others/>          | main b a c d | 200"})
    @Section("8.2.2 (1)")
    default void anAbsoluteOrderDecidesWhoTakesPartAndWhen(String order, String expected, int unnamed) throws Exception {
        String names = order.replaceAll("(\\w+)(?![^<]*>)", "<name>$1</name>");
        try (WebSite site = site(four(absolute(names), "", "", "", ""))) {
            String heard = expected.substring("main".length()).toUpperCase(java.util.Locale.ROOT);
            assertEquals("t via " + expected + " after" + heard, site.get("/t"));
            assertEquals(unnamed, site.status("GET", "/five"));
        }
    }

    @Test
    @Section("8.2.2 (1.4)")
    default void anEmptyAbsoluteOrderLeavesAllOut() throws Exception {
        try (WebSite site = site(four("<absolute-ordering/>", "", "", "", ""))) {
            assertEquals("t via main", site.get("/t"));
            assertEquals(404, site.status("GET", "/five"));
        }
    }

    @Test
    @Section("8.2.2 (1.1)")
    default void anAbsoluteOrderPassesRelativeOnesBy() throws Exception {
        try (WebSite site = site(four(absolute(name("a") + name("b")), ordering("<after><others/></after>"),
                ordering("<before><name>a</name><others/></before>"), ordering("<before><others/></before>"), ""))) {
            assertEquals("t via main a b after A B", site.get("/t"));
        }
    }

    /** Its classes are there, with what is annotated on them, if a descriptor that takes part names them. */
    @Test
    @Section("8.2.2 (1.4)")
    default void aClassOfAnExcludedJarThatADescriptorNamesKeepsItsAnnotations() throws Exception {
        Archive archive = new Archive().webXml("<absolute-ordering/><servlet><servlet-name>x</servlet-name>"
                        + "<servlet-class>lib.X</servlet-class></servlet>" + Parts.mapping("x", "/x"))
                .lib("x.jar", new Archive().sources("package lib; @WebServlet(\"/annotated\") @MultipartConfig public class X"
                        + " extends HttpServlet { protected void doPost(HttpServletRequest q, HttpServletResponse s) throws"
                        + " IOException, ServletException { s.getWriter().print(q.getPart(\"p\").getSize()); } }"));
        try (WebSite site = site(archive)) {
            assertEquals("3", site.ask("POST /app/x", "Content-Type: multipart/form-data; boundary=b", "",
                    "--b", "Content-Disposition: form-data; name=\"p\"", "", "abc", "--b--", "").text());
            assertEquals(404, site.status("GET", "/annotated"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<after><name>b</name></after>    | -                              | -                              | -                             | b a c d",
        "-                                | -                              | -                              | <before><others/></before>    | d a b c",
        "<after><others/></after>         | -                              | -                              | -                             | b c d a",
        "<after><others/></after>         | <before><others/></before>     | -                              | <before><name>b</name></before> | d b c a",
        "<after><name>d</name></after>    | <after><name>a</name></after>  | -                              | -                             | c d a b",
        "<after><others/><name>c</name></after> | -                        | <after><others/></after>       | -                             | b d c a",
        "<before><name>none</name></before> | -                            | -                              | -                             | a b c d"})
    @Section("8.2.2 (2)")
    default void relativeOrdersHold(String a, String b, String c, String d, String expected) throws Exception {
        Archive archive = four("", order(a), order(b), order(c), order(d));
        try (WebSite site = site(archive)) {
            assertEquals("t via main " + expected + " after " + expected.toUpperCase(java.util.Locale.ROOT), site.get("/t"));
        }
    }

    private static String order(String elements) {
        return elements.equals("-") ? "" : ordering(elements);
    }

    @Test
    @Section("8.2.2 (2)")
    default void circlesFailTheDeployment() {
        refused(four("", ordering("<before><name>b</name></before>"), ordering("<before><name>a</name></before>"), "", ""),
                "the fragments 1.jar, 2.jar each want to come before the other");
    }

    @ParameterizedTest
    @CsvSource({"''", "<ordering><after><others/></after></ordering>"})
    @Section("8.2.2 (2.3)")
    default void aNameThatTwoHaveFailsTheDeployment(String order) throws Exception {
        Archive archive = base().webXml(servlet("t")).lib("1.jar", jar(name("same") + order)).lib("2.jar", jar(name("same")));
        refused(archive, "1.jar and 2.jar are both fragments named same: remove one of them, or give an <absolute-ordering>");
        try (WebSite site = site(archive.webXml(servlet("t") + absolute(name("same"))))) {
            assertEquals("t", site.get("/t"));
        }
    }

    @Test
    @Section("8.2.2 (1.4)")
    default void whatIsWrongWithAFragmentThatIsLeftOutDoesNoHarm() throws Exception {
        Archive archive = base().webXml(servlet("t") + absolute(name("a"))).lib("1.jar", jar(name("a") + listener("A")))
                .lib("2.jar", jar(name("b") + "<servet/>"));
        try (WebSite site = site(archive)) {
            assertEquals("t after A", site.get("/t"));
        }
        refused(archive.webXml(""), "<servet> is unknown");
    }

    @Test
    @Section("8.2.3 (5.3)")
    default void completeMetadataLeaveOutFragmentsAndAnnotations() throws Exception {
        Archive archive = four("", "", "", "", "");
        try (WebSite site = site(Parts.complete(archive, servlet("t") + absolute(name("b") + name("a"))))) {
            assertEquals("t", site.get("/t"));
            assertEquals(404, site.status("GET", "/five"));
        }
    }
}
