/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import io.gatehouse.servlet.Resources;
import io.gatehouse.servlet.ServletApplication;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.jasper.servlet.JasperInitializer;
import org.apache.jasper.servlet.JspServlet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JSP through Jasper, Tomcat's own, over each transport. */
@Timeout(120)
final class JspTest {

    private static final class Shop extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
            request.setAttribute("items", List.of(new JspTags.Item("tea", 3), new JspTags.Item("<cake>", 5)));
            request.setAttribute("colours", Map.of("tea", "green"));
            request.getRequestDispatcher("/WEB-INF/pages/shop.jsp").forward(request, response);
        }
    }

    private static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("hello.jsp", """
                    <%@ page contentType="text/plain;charset=UTF-8" pageEncoding="UTF-8" %>\
                    <%! private int add(int a, int b) { return a + b; } %>\
                    Grüße, ${param.name}: <%= add(1, 2) %> ${1 + 2 == 3} ${pageContext.request.contextPath}"""),
            Map.entry("WEB-INF/pages/shop.jsp", """
                    <%@ page contentType="text/plain;charset=UTF-8" %>\
                    <%@ taglib prefix="my" uri="urn:shop" %>\
                    <%@ taglib prefix="t" tagdir="/WEB-INF/tags" %>\
                    <%@ include file="head.jspf" %>\
                    ${items.size()} ${items[0].name} costs ${items[0].price}, ${colours.tea}; ${my:shout(items[1].name)}; \
                    <my:repeat times="3">[${turn}]</my:repeat> \
                    <t:box title="T">${items.stream().map(i -> i.price).sum()}</t:box>"""),
            Map.entry("WEB-INF/pages/head.jspf", "head of ${pageContext.request.requestURI}: "),
            Map.entry("WEB-INF/tags/box.tag", """
                    <%@ attribute name="title" required="true" %>{${title}: <jsp:doBody/>}"""),
            Map.entry("WEB-INF/shop.tld", """
                    <?xml version="1.0" encoding="UTF-8"?>
                    <taglib xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0">
                      <tlib-version>1.0</tlib-version>
                      <short-name>my</short-name>
                      <uri>urn:shop</uri>
                      <tag>
                        <name>repeat</name>
                        <tag-class>io.gatehouse.examples.frameworks.JspTags$Repeat</tag-class>
                        <body-content>scriptless</body-content>
                        <attribute><name>times</name><required>true</required><rtexprvalue>true</rtexprvalue></attribute>
                      </tag>
                      <function>
                        <name>shout</name>
                        <function-class>io.gatehouse.examples.frameworks.JspTags</function-class>
                        <function-signature>java.lang.String shout(java.lang.String)</function-signature>
                      </function>
                    </taglib>
                    """),
            Map.entry("outer.jsp", """
                    <%@ page contentType="text/plain" %>before \
                    <jsp:include page="/part.jsp" flush="true"><jsp:param name="x" value="1"/></jsp:include> \
                    <jsp:include page="/plain.txt"/> after"""),
            Map.entry("part.jsp", "(part ${param.x} of ${requestScope['jakarta.servlet.include.servlet_path']})"),
            Map.entry("plain.txt", "plain text"),
            Map.entry("onward.jsp", """
                    never seen <jsp:forward page="/hello.jsp"><jsp:param name="name" value="forwarded"/></jsp:forward>"""),
            Map.entry("counter.jsp", """
                    <%@ page contentType="text/plain" %>\
                    <jsp:useBean id="list" class="java.util.ArrayList" scope="session"/>\
                    <% ((java.util.List<Object>) list).add("x"); %>${list.size()}"""),
            Map.entry("bad.jsp", """
                    <%@ page errorPage="/sorry.jsp" %><% if (true) { throw new IllegalStateException("spilt"); } %>"""),
            Map.entry("sorry.jsp", """
                    <%@ page isErrorPage="true" contentType="text/plain" %>sorry: <%= exception.getMessage() %> \
                    at ${pageContext.errorData.requestURI}"""),
            Map.entry("uncaught.jsp", "<% if (true) { throw new java.io.IOException(\"dropped\"); } %>"),
            Map.entry("missing-page.jsp", """
                    <%@ page isErrorPage="true" contentType="text/plain" %>no ${pageContext.errorData.requestURI}, \
                    ${pageContext.errorData.statusCode}"""),
            Map.entry("wrong.jsp", "<% int i = \"no number\"; %>"),
            Map.entry("sub/index.jsp", "<%@ page contentType=\"text/plain\" %>welcome to ${pageContext.request.servletPath}"));

    @TempDir
    static Path directory;

    private static Gatehouse overNio;
    private static Gatehouse overJetty;

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).cookieHandler(new CookieManager()).build();

    @BeforeAll
    static void startBoth() throws IOException {
        for (Map.Entry<String, String> file : FILES.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        overNio = start("nio");
        overJetty = start("jetty");
    }

    @AfterAll
    static void stopBoth() {
        overNio.close();
        overJetty.close();
    }

    static List<Gatehouse> both() {
        return List.of(overNio, overJetty);
    }

    /** What a web.xml of Tomcat's would say by itself: Jasper's initialiser, and its servlet for pages. */
    private static Gatehouse start(String transport) throws IOException {
        return Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .listen("http://127.0.0.1:0")
                .transport(transport)
                .application(ServletApplication.builder()
                        .contextPath("/web")
                        .resources(Resources.directory(directory))
                        .initializer(new JasperInitializer())
                        .welcomeFiles("index.jsp")
                        .servlet("jsp", new JspServlet(), servlet -> servlet.setLoadOnStartup(1), "*.jsp")
                        .servlet(new Shop(), "/shop")
                        .errorPage(404, "/missing-page.jsp")
                        .build())
                .start();
    }

    private HttpResponse<String> get(Gatehouse server, String path) throws Exception {
        URI uri = server.uri().resolve("/web" + path);
        return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void pagesShowScriptsAndExpressions(Gatehouse server) throws Exception {
        HttpResponse<String> hello = get(server, "/hello.jsp?name=J%C3%BCrgen");
        assertEquals("Grüße, Jürgen: 3 true /web", hello.body());
        assertEquals("text/plain;charset=utf-8",
                hello.headers().firstValue("Content-Type").orElse("").toLowerCase(Locale.ROOT).replace(" ", ""));
        assertEquals("welcome to /sub/index.jsp", get(server, "/sub/").body());
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void aServletForwardsToAPageWithTags(Gatehouse server) throws Exception {
        assertEquals("head of /web/WEB-INF/pages/shop.jsp: 2 tea costs 3, green; <CAKE>!; [0][1][2] {T: 8}",
                get(server, "/shop").body().strip());
        assertEquals(404, get(server, "/WEB-INF/pages/shop.jsp").statusCode());
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void pagesIncludeAndForward(Gatehouse server) throws Exception {
        assertEquals("before (part 1 of /part.jsp) plain text after", get(server, "/outer.jsp").body());
        assertEquals("Grüße, forwarded: 3 true /web", get(server, "/onward.jsp").body());
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void pagesHaveSessions(Gatehouse server) throws Exception {
        List<String> counts = List.of(get(server, "/counter.jsp").body(), get(server, "/counter.jsp").body());
        assertEquals("1 2", counts.stream().map(String::strip).collect(Collectors.joining(" ")));
    }

    @ParameterizedTest(autoCloseArguments = false)
    @MethodSource("both")
    void errorsHavePages(Gatehouse server) throws Exception {
        HttpResponse<String> bad = get(server, "/bad.jsp");
        assertEquals("500 sorry: spilt at /web/bad.jsp", bad.statusCode() + " " + bad.body());
        HttpResponse<String> missing = get(server, "/nothing.jsp");
        assertEquals("404 no /web/nothing.jsp, 404", missing.statusCode() + " " + missing.body());
        assertEquals(500, get(server, "/uncaught.jsp").statusCode());
        HttpResponse<String> wrong = get(server, "/wrong.jsp");
        assertEquals(500, wrong.statusCode());
        assertTrue(wrong.body().contains("wrong.jsp") || wrong.body().contains("500"), wrong::body);
    }
}
