/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.examples.frameworks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gatehouse.Configuration;
import io.gatehouse.Gatehouse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.Advisor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.core.SpringVersion;
import org.springframework.expression.Expression;
import org.springframework.web.WebApplicationInitializer;
import org.springframework.web.servlet.DispatcherServlet;

/** A WAR file with fragments, annotations, JSP and Spring in its own libraries, over each transport. */
@Timeout(120)
final class WarTest {

    private static final String DESCRIPTOR = """
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
              <display-name>shop</display-name>
              <context-param><param-name>greeting</param-name><param-value>hello</param-value></context-param>
              <servlet>
                <servlet-name>greeter</servlet-name>
                <servlet-class>shop.Greeter</servlet-class>
                <init-param><param-name>end</param-name><param-value>.</param-value></init-param>
                <load-on-startup>1</load-on-startup>
              </servlet>
              <servlet>
                <servlet-name>jsp</servlet-name>
                <servlet-class>org.apache.jasper.servlet.JspServlet</servlet-class>
              </servlet>
              <servlet-mapping><servlet-name>greeter</servlet-name><url-pattern>/greet/*</url-pattern></servlet-mapping>
              <servlet-mapping><servlet-name>jsp</servlet-name><url-pattern>*.jsp</url-pattern></servlet-mapping>
              <session-config><session-timeout>7</session-timeout></session-config>
              <mime-mapping><extension>tea</extension><mime-type>application/x-tea</mime-type></mime-mapping>
              <welcome-file-list><welcome-file>index.jsp</welcome-file></welcome-file-list>
              <error-page><error-code>404</error-code><location>/missing.jsp</location></error-page>
              <absolute-ordering><name>second</name><name>first</name><others/></absolute-ordering>
            </web-app>
            """;

    private static final String GREETER = """
            package shop;
            import jakarta.servlet.http.*;
            public class Greeter extends HttpServlet {
                @Override protected void doGet(HttpServletRequest request, HttpServletResponse response)
                        throws java.io.IOException {
                    response.setContentType("text/plain");
                    response.getWriter().print(getServletContext().getInitParameter("greeting") + request.getPathInfo()
                            + getInitParameter("end") + " filters" + request.getAttribute("filters")
                            + " timeout " + getServletContext().getSessionTimeout()
                            + " own loader " + (getClass().getClassLoader() == Thread.currentThread().getContextClassLoader()));
                }
            }
            """;

    private static final String ANNOTATED = """
            package shop;
            import jakarta.annotation.PostConstruct;
            import jakarta.servlet.annotation.*;
            import jakarta.servlet.http.*;
            @WebServlet(name = "upload", urlPatterns = "/upload", asyncSupported = true)
            @MultipartConfig(maxFileSize = 1000)
            public class Annotated extends HttpServlet {
                private String ready = "not ready";
                @PostConstruct void prepare() { ready = "ready"; }
                @Override protected void doPost(HttpServletRequest request, HttpServletResponse response)
                        throws java.io.IOException, jakarta.servlet.ServletException {
                    response.getWriter().print(ready + " " + request.getPart("f").getSize());
                }
            }
            """;

    private static final String FILTER = """
            package %1$s;
            import jakarta.servlet.*;
            public class Note implements Filter {
                @Override public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                        throws java.io.IOException, ServletException {
                    Object before = request.getAttribute("filters");
                    request.setAttribute("filters", (before == null ? "" : before) + " %1$s");
                    chain.doFilter(request, response);
                }
            }
            """;

    private static final String SPRING = """
            package shop;
            import jakarta.servlet.*;
            import org.springframework.web.WebApplicationInitializer;
            import org.springframework.web.bind.annotation.*;
            import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
            import org.springframework.web.servlet.DispatcherServlet;
            import org.springframework.web.servlet.config.annotation.EnableWebMvc;
            public class SpringPart implements WebApplicationInitializer {
                @Override public void onStartup(ServletContext context) {
                    AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
                    spring.register(Pages.class);
                    ServletRegistration.Dynamic servlet = context.addServlet("spring", new DispatcherServlet(spring));
                    servlet.setLoadOnStartup(2);
                    servlet.setAsyncSupported(true);
                    servlet.addMapping("/spring/*");
                }
                @RestController @EnableWebMvc
                public static class Pages {
                    @GetMapping("/item/{id}") String item(@PathVariable("id") int id) {
                        return "item " + id + " by Spring of "
                                + (DispatcherServlet.class.getClassLoader() == Pages.class.getClassLoader() ? "its own" : "another");
                    }
                }
            }
            """;

    private static final Class<?>[] SPRING_JARS = {
        DispatcherServlet.class, WebApplicationInitializer.class, ApplicationContext.class, BeanFactory.class, SpringVersion.class,
        Advisor.class, Expression.class, io.micrometer.observation.ObservationRegistry.class,
        io.micrometer.common.KeyValues.class, org.apache.commons.logging.LogFactory.class, org.jspecify.annotations.Nullable.class,
    };

    @TempDir
    static Path directory;

    private static Path war;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeAll
    static void makeWar() throws Exception {
        WarFile file = new WarFile(directory)
                .text("WEB-INF/web.xml", DESCRIPTOR)
                .text("index.jsp", "<%@ page contentType=\"text/plain\" %><%@ taglib prefix=\"f\" uri=\"urn:first\" %>"
                        + "index ${applicationScope.started} ${f:twice('x')}")
                .text("missing.jsp", "<%@ page isErrorPage=\"true\" contentType=\"text/plain\" %>no ${pageContext.errorData.requestURI}")
                .text("leaf.tea", "green")
                .classes("WEB-INF/classes/", Map.of("shop.Greeter", GREETER, "shop.Annotated", ANNOTATED, "shop.SpringPart", SPRING))
                .jar("WEB-INF/lib/a-first.jar", fragment("first")
                        .text("META-INF/resources/shared/page.txt", "from a jar")
                        .text("META-INF/resources/leaf.tea", "hidden by the application's own")
                        .text("META-INF/first.tld", """
                                <taglib xmlns="https://jakarta.ee/xml/ns/jakartaee" version="4.0">
                                  <tlib-version>1.0</tlib-version><short-name>f</short-name><uri>urn:first</uri>
                                  <function><name>twice</name><function-class>first.Words</function-class>
                                    <function-signature>java.lang.String twice(java.lang.String)</function-signature></function>
                                </taglib>
                                """)
                        .classes("", Map.of("first.Words", """
                                package first;
                                public class Words {
                                    public static String twice(String text) { return text + text; }
                                }
                                """)))
                .jar("WEB-INF/lib/b-second.jar", fragment("second").classes("", Map.of("second.Listener", """
                        package second;
                        import jakarta.servlet.*;
                        @jakarta.servlet.annotation.WebListener
                        public class Listener implements ServletContextListener {
                            @Override public void contextInitialized(ServletContextEvent event) {
                                event.getServletContext().setAttribute("started", "listened");
                            }
                        }
                        """)));
        for (Class<?> type : SPRING_JARS) {
            Path jar = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
            file.file("WEB-INF/lib/" + jar.getFileName(), jar);
        }
        war = file.write(directory.resolve("shop.war"));
    }

    private static WarFile fragment(String name) throws IOException {
        return new WarFile(directory)
                .text("META-INF/web-fragment.xml", """
                        <web-fragment xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.1">
                          <name>%1$s</name>
                          <filter><filter-name>%1$s</filter-name><filter-class>%1$s.Note</filter-class></filter>
                          <filter-mapping><filter-name>%1$s</filter-name><url-pattern>/*</url-pattern></filter-mapping>
                          <context-param><param-name>of-%1$s</param-name><param-value>1</param-value></context-param>
                        </web-fragment>
                        """.formatted(name))
                .classes("", Map.of(name + ".Note", FILTER.formatted(name)));
    }

    private HttpResponse<String> get(Gatehouse server, String path) throws Exception {
        return client.send(HttpRequest.newBuilder(server.uri().resolve(path)).build(), BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "jetty"})
    void aWarFileIsServedAsItIs(String transport) throws Exception {
        try (Gatehouse server = Gatehouse.builder()
                .configuration(Configuration.DEFAULTS)
                .listen("http://127.0.0.1:0")
                .transport(transport)
                .webapp("/shop", war)
                .start()) {
            assertEquals("hello/you. filters second first timeout 7 own loader true", get(server, "/shop/greet/you").body());
            assertEquals("item 7 by Spring of its own", get(server, "/shop/spring/item/7").body());
            assertEquals("index listened xx", get(server, "/shop/").body());
            assertEquals("from a jar", get(server, "/shop/shared/page.txt").body());
            HttpResponse<String> tea = get(server, "/shop/leaf.tea");
            assertEquals("application/x-tea green", tea.headers().firstValue("Content-Type").orElse("") + " " + tea.body());
            HttpResponse<String> missing = get(server, "/shop/nothing");
            assertEquals("404 no /shop/nothing", missing.statusCode() + " " + missing.body());
            for (String hidden : new String[] {"/shop/WEB-INF/web.xml", "/shop/META-INF/resources/leaf.tea"}) {
                assertEquals(404, get(server, hidden).statusCode(), hidden);
            }
            HttpRequest upload = HttpRequest.newBuilder(server.uri().resolve("/shop/upload"))
                    .header("Content-Type", "multipart/form-data; boundary=x")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "--x\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\nabc\r\n--x--\r\n"))
                    .build();
            assertEquals("ready 3", client.send(upload, BodyHandlers.ofString()).body());
        }
    }
}
