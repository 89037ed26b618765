/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static io.gatehouse.webapp.Parts.base;
import static io.gatehouse.webapp.Parts.declaredFilter;
import static io.gatehouse.webapp.Parts.filterMapping;
import static io.gatehouse.webapp.Parts.init;
import static io.gatehouse.webapp.Parts.listener;
import static io.gatehouse.webapp.Parts.mapping;
import static io.gatehouse.webapp.Parts.servlet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Reply;
import io.gatehouse.servlet.conformance.Section;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chapter 14: what the elements of web.xml do, and the rules by which it is read. */
interface DescriptorChapter extends WebChapter {

    private static Archive expression(String webXml, String expression) {
        return new Archive().webXml(webXml).classes(SourceCode.servlet("E", "@WebServlet(\"/e\")", expression));
    }

    private static String session(String elements) {
        return "<session-config>" + elements + "</session-config>";
    }

    private static String errorPage(String of, String location) {
        return "<error-page>" + of + "<location>" + location + "</location></error-page>";
    }

    private static String welcome(String... files) {
        StringBuilder list = new StringBuilder();
        for (String each : files) {
            list.append("<welcome-file>").append(each).append("</welcome-file>");
        }
        return "<welcome-file-list>" + list + "</welcome-file-list>";
    }

    @Test
    @Section("14.1 context parameters")
    default void theContextHasItsNameAndParameters() throws Exception {
        Archive archive = expression("<display-name>Shop</display-name><context-param><description>d</description><param-name>x"
                + "</param-name><param-value> a b </param-value></context-param>",
                "getServletContext().getServletContextName() + getServletContext().getInitParameter(\"x\")");
        try (WebSite site = site(archive)) {
            assertEquals("Shopa b", site.get("/e"));
        }
    }

    @Test
    @Section("14.1 servlet declaration")
    default void servletsStartInTheOrderThatTheyGive() throws Exception {
        String starts = "package app; public class S extends HttpServlet { public void init() { Object h = getServletContext()"
                + ".getAttribute(\"heard\"); getServletContext().setAttribute(\"heard\", (h == null ? \"\" : h) + \" \""
                + " + getServletName()); } }";
        String declared = "<servlet><servlet-name>%s</servlet-name><servlet-class>app.S</servlet-class>%s</servlet>";
        String load = "<load-on-startup>%s</load-on-startup>";
        Archive archive = new Archive().classes(Parts.TELLS, starts).webXml(servlet("t") + declared.formatted("never", "")
                + declared.formatted("third", load.formatted("7")) + declared.formatted("first", load.formatted("0"))
                + declared.formatted("negative", load.formatted("-1")) + declared.formatted("second", load.formatted("3")));
        try (WebSite site = site(archive)) {
            assertEquals("t after first second third", site.get("/t"));
        }
    }

    @Test
    @Section("6.2.4")
    default void filtersComeInTheOrderOfMappingsPatternsFirst() throws Exception {
        String byName = "<filter-mapping><filter-name>%s</filter-name><servlet-name>%s</servlet-name></filter-mapping>";
        Archive archive = base().webXml(declaredFilter("a") + declaredFilter("b") + declaredFilter("c") + declaredFilter("d")
                + byName.formatted("b", "t") + filterMapping("d", "/t") + byName.formatted("a", "*") + filterMapping("c", "/*")
                + servlet("t") + servlet("u"));
        try (WebSite site = site(archive)) {
            assertEquals("t via d c b a", site.get("/t"));
            assertEquals("u via c a", site.get("/u"));
        }
    }

    @Test
    @Section("6.2.5")
    default void filtersAreMappedToDispatches() throws Exception {
        Archive archive = base().webXml(servlet("t") + declaredFilter("r") + declaredFilter("f") + declaredFilter("e")
                        + filterMapping("r", "/*") + filterMapping("f", "/*", "<dispatcher>FORWARD</dispatcher>")
                        + filterMapping("e", "/*", "<dispatcher>ERROR</dispatcher>", "<dispatcher>INCLUDE</dispatcher>")
                        + errorPage("<error-code>404</error-code>", "/t"))
                .classes(SourceCode.servlet("F", "@WebServlet(\"/f/*\")", "\"\"").replace("response.getWriter().print(\"\")",
                        "request.getRequestDispatcher(\"/t\").forward(request, response)"));
        try (WebSite site = site(archive)) {
            assertEquals("t via r", site.get("/t"));
            assertEquals("t via r f", site.get("/f"));
            assertEquals("t via r e", site.ask("GET /app/none").text());
        }
    }

    @Test
    @Section("14.1 listeners")
    default void listenersAreHeardInTheirOrder() throws Exception {
        try (WebSite site = site(base().webXml(listener("C") + listener("A") + servlet("t") + listener("B")))) {
            assertEquals("t after C A B", site.get("/t"));
        }
    }

    @Test
    @Section("14.1 MIME type mappings")
    default void mediaTypesAreThoseOfTheDescriptor() throws Exception {
        Archive archive = new Archive().file("a.thing", "thing").file("b.css", "css").webXml("<mime-mapping><extension>thing</extension>"
                + "<mime-type>application/x-thing</mime-type></mime-mapping>");
        try (WebSite site = site(archive)) {
            assertEquals("application/x-thing", site.ask("GET /app/a.thing").field("Content-Type"));
            assertTrue(site.ask("GET /app/b.css").field("Content-Type").startsWith("text/css"));
        }
    }

    @Test
    @Section("10.10")
    default void welcomeFilesAreAskedInTheirOrder() throws Exception {
        Archive archive = base().file("both/a.txt", "a").file("both/b.txt", "b").file("one/b.txt", "only b").file("none/c.txt", "c")
                .webXml(servlet("t") + mapping("t", "/served/start") + welcome("a.txt") + welcome("b.txt", "start"));
        try (WebSite site = site(archive)) {
            assertEquals("a", site.get("/both/"));
            assertEquals("only b", site.get("/one/"));
            assertEquals("t", site.get("/served/"));
            assertEquals("404", site.get("/none/"));
            assertEquals(301, site.status("GET", "/one"));
        }
    }

    @Test
    @Section("10.9.2")
    default void errorPagesAreThoseOfTheStatusTheExceptionOrAll() throws Exception {
        String throwing = SourceCode.servlet("E", "@WebServlet(\"/e\")", "\"\"").replace("response.getWriter().print(\"\")",
                "switch (request.getParameter(\"x\")) { case \"io\": throw new FileNotFoundException(); case \"state\": throw new"
                        + " IllegalStateException(); case \"error\": throw new ServletException(new ArrayStoreException());"
                        + " default: response.sendError(Integer.parseInt(request.getParameter(\"x\"))); }");
        Archive archive = new Archive().classes(throwing).file("404.txt", "not there").file("io.txt", "io").file("all.txt", "all")
                .file("store.txt", "store").file("500.txt", "failed")
                .webXml(errorPage("<error-code>404</error-code>", "/404.txt") + errorPage("", "/all.txt")
                        + errorPage("<exception-type>java.io.IOException</exception-type>", "/io.txt")
                        + errorPage("<exception-type>java.lang.ArrayStoreException</exception-type>", "/store.txt"));
        try (WebSite site = site(archive)) {
            assertError(site, "404", 404, "not there");
            assertError(site, "io", 500, "io");
            assertError(site, "error", 500, "store");
            assertError(site, "state", 500, "all");
            assertError(site, "409", 409, "all");
            assertEquals("not there", site.ask("GET /app/none").text());
        }
    }

    private static void assertError(WebSite site, String what, int status, String text) throws Exception {
        Reply reply = site.ask("GET /app/e?x=" + what);
        assertEquals(status + " " + text, reply.status() + " " + reply.text());
    }

    @Test
    @Section("3.12")
    default void theEncodingOfRequestsIsThatOfTheDescriptor() throws Exception {
        String expression = "request.getCharacterEncoding() + \" \" + (int) request.getParameter(\"x\").charAt(0)";
        String form = "Content-Type: application/x-www-form-urlencoded";
        String post = "protected void doPost(HttpServletRequest q, HttpServletResponse s) throws IOException, ServletException {"
                + " doGet(q, s); } protected void doGet(";
        String source = SourceCode.servlet("E", "@WebServlet(\"/e\")", expression).replace("protected void doGet(", post);
        Archive archive = new Archive().classes(source).webXml("<request-character-encoding>windows-1251</request-character-encoding>");
        try (WebSite site = site(archive)) {
            assertEquals("windows-1251 1040", site.ask("POST /app/e", form, "", "x=%C0").text().toLowerCase(java.util.Locale.ROOT));
            assertEquals("UTF-8 192", site.ask("POST /app/e", form + "; charset=UTF-8", "", "x=%C3%80").text());
        }
    }

    @Test
    @Section("5.6")
    default void theEncodingOfResponsesIsThatOfTheDescriptor() throws Exception {
        Archive archive = new Archive().webXml("<response-character-encoding>UTF-8</response-character-encoding>"
                        + "<locale-encoding-mapping-list><locale-encoding-mapping><locale>ja</locale><encoding>Shift_JIS</encoding>"
                        + "</locale-encoding-mapping></locale-encoding-mapping-list>")
                .classes("package app; @WebServlet(\"/e\") public class E extends HttpServlet { protected void doGet(HttpServletRequest q,"
                        + " HttpServletResponse s) throws IOException { s.setContentType(\"text/plain\"); if (q.getParameter(\"ja\") != null)"
                        + " s.setLocale(Locale.JAPANESE); s.getWriter().print(\"\\u00e9\"); } }");
        try (WebSite site = site(archive)) {
            Reply reply = site.ask("GET /app/e");
            assertEquals("text/plain;charset=utf-8 \u00e9", reply.field("Content-Type").toLowerCase(java.util.Locale.ROOT) + " "
                    + reply.utf8());
            String japanese = site.ask("GET /app/e?ja").field("Content-Type");
            assertEquals("text/plain;charset=shift_jis", japanese.toLowerCase(java.util.Locale.ROOT));
        }
    }

    @Test
    @Section("14.1 session configuration")
    default void theSessionsCookieIsThatOfTheDescriptor() throws Exception {
        Archive archive = expression(session("<session-timeout>7</session-timeout><cookie-config><name>SHOP</name>"
                        + "<domain>shop.example</domain><path>/somewhere</path><http-only>true</http-only><secure>true</secure>"
                        + "<max-age>60</max-age><attribute><attribute-name>SameSite</attribute-name>"
                        + "<attribute-value>Strict</attribute-value></attribute></cookie-config>"),
                "request.getSession().getMaxInactiveInterval()");
        try (WebSite site = site(archive)) {
            Reply reply = site.ask("GET /app/e");
            String cookie = reply.field("Set-Cookie");
            assertEquals("420", reply.text());
            assertTrue(cookie.startsWith("SHOP="), cookie);
            for (String part : new String[] {
                "Domain=shop.example", "Path=/somewhere", "HttpOnly", "Secure", "Max-Age=60", "SameSite=Strict"}) {
                assertTrue(cookie.contains("; " + part), cookie);
            }
        }
    }

    @Test
    @Section("7.1.3")
    default void sessionsAreTrackedAsTheDescriptorSays() throws Exception {
        Archive archive = expression(session("<tracking-mode>URL</tracking-mode>"),
                "request.getSession().isNew() + \" \" + response.encodeURL(\"/app/e\")");
        try (WebSite site = site(archive)) {
            Reply reply = site.ask("GET /app/e");
            assertFalse(reply.has("Set-Cookie"), reply.toString());
            String url = reply.text().substring("true ".length());
            assertTrue(url.startsWith("/app/e;jsessionid="), url);
            assertTrue(site.ask("GET " + url).text().startsWith("false "), url);
        }
    }

    @ParameterizedTest
    @CsvSource({"/from-the-descriptor, , /from-the-descriptor", "/from-the-descriptor, /given, /given", "/, , ''", ", , ''"})
    @Section("14.1 default context path")
    default void theDefaultContextPathHoldsIfNoneIsGiven(String said, String given, String expected) throws Exception {
        Archive archive = expression(said == null ? "" : "<default-context-path>" + said + "</default-context-path>",
                "request.getContextPath()");
        WebApplication wanted = WebApplication.of(archive.war(place().resolve("app.war")));
        if (given != null) {
            wanted.contextPath(given);
        }
        try (WebSite site = new WebSite(transport()); Guest guest = Guest.deploy(site.gatehouse(), wanted)) {
            assertEquals(expected, guest.contextPath());
            assertEquals("200 " + expected, status(site.ask("GET " + expected + "/e")));
        }
    }

    private static String status(Reply reply) {
        return reply.status() + " " + reply.text();
    }

    @Test
    @Section("14.2")
    default void elementsMayStandInAnyOrderWithBlanksAround() throws Exception {
        Archive archive = base().webXml("<servlet-mapping><url-pattern>\n /t\t</url-pattern><servlet-name> t </servlet-name>"
                + "</servlet-mapping>" + filterMapping("f", " /* ") + declaredFilter("f")
                + "<servlet><servlet-class>\n  app.Tells\n</servlet-class>" + init(" x ", " 1 ") + "<servlet-name>t</servlet-name></servlet>");
        try (WebSite site = site(archive)) {
            assertEquals("t x=1 via f", site.get("/t"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "<session-config/><session-config/>",
        "<jsp-config/><jsp-config/>",
        "<login-config/><login-config/>"})
    @Section("14.2")
    default void whatMayStandOnceIsRefusedTwice(String elements) {
        refused(new Archive().webXml(elements), "has a second <");
    }

    @ParameterizedTest
    @CsvSource({"/a/../t, /t", "/b/./t, /b/t", "/a/../b/*, /b/x"})
    @Section("14.2")
    default void pathsOfTheDescriptorAreMadeCanonical(String pattern, String asked) throws Exception {
        try (WebSite site = site(base().webXml(Parts.declared("t") + mapping("t", pattern)))) {
            assertEquals("t", site.get(asked));
        }
    }

    @Test
    @Section("14.2")
    default void pathsThatLeaveTheApplicationAreRefused() {
        refused(base().webXml(Parts.declared("t") + mapping("t", "/../t")), "'/../t'");
        refused(new Archive().webXml(errorPage("", "/a/../../t")), "'/a/../../t'");
    }

    @ParameterizedTest
    @CsvSource({
        "'', 2.3", "http://java.sun.com/xml/ns/j2ee, 2.4", "http://java.sun.com/xml/ns/javaee, 2.5", "http://java.sun.com/xml/ns/javaee, 3.0",
        "http://xmlns.jcp.org/xml/ns/javaee, 3.1", "http://xmlns.jcp.org/xml/ns/javaee, 4.0", "https://jakarta.ee/xml/ns/jakartaee, 5.0",
        "https://jakarta.ee/xml/ns/jakartaee, 6.0", "https://jakarta.ee/xml/ns/jakartaee, 6.1"})
    @Section("14")
    default void descriptorsOfEveryVersionAreRead(String namespace, String version) throws Exception {
        String document = namespace.isEmpty() ? "<!DOCTYPE web-app PUBLIC \"-//Sun Microsystems, Inc.//DTD Web Application 2.3//EN\""
                + " \"http://java.sun.com/dtd/web-app_2_3.dtd\"><web-app>" : "<web-app xmlns='" + namespace + "' version='" + version + "'>";
        try (WebSite site = site(base().file("WEB-INF/web.xml", document + servlet("t") + "</web-app>"))) {
            assertEquals("t", site.get("/t"));
        }
    }
}
