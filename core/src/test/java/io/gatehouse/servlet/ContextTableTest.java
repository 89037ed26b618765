/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpSessionListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.InOrder;
import org.mockito.Mockito;

/** Servlet 6.1 chapter 4 and section 4.4: what a context answers, when and to whom. */
@ExtendWith(Undeploy.class)
final class ContextTableTest {

    private interface Call1 {
        void on(ServletContext context) throws Exception;
    }

    private record Row(String name, Call1 call) {}

    /** A listener of requests that can be made by its class. */
    public static final class Silent implements ServletRequestListener {}

    /** A filter that can be made by its class. */
    public static final class Passing implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            chain.doFilter(request, response);
        }
    }

    /** The methods that configure, and what a context may do with them. */
    private static final List<Row> CONFIGURES = List.of(
            new Row("addServlet name", c -> c.addServlet("x1", "org.example.X")),
            new Row("addServlet instance", c -> c.addServlet("x2", Servlets.text("x"))),
            new Row("addServlet class", c -> c.addServlet("x3", MultipartTest.Annotated.class)),
            new Row("addFilter name", c -> c.addFilter("f1", "org.example.F")),
            new Row("addFilter instance", c -> c.addFilter("f2", Servlets.filter((q, r, chain) -> {}))),
            new Row("addFilter class", c -> c.addFilter("f3", Passing.class)),
            new Row("addListener name", c -> c.addListener(Silent.class.getName())),
            new Row("addListener instance", c -> c.addListener(new Silent())),
            new Row("addListener class", c -> c.addListener(Silent.class)),
            new Row("setInitParameter", c -> c.setInitParameter("a", "b")),
            new Row("setSessionTrackingModes", c -> c.setSessionTrackingModes(Set.of(SessionTrackingMode.URL))),
            new Row("setSessionTimeout", c -> c.setSessionTimeout(1)),
            new Row("setRequestCharacterEncoding", c -> c.setRequestCharacterEncoding("UTF-8")),
            new Row("setRequestCharacterEncoding Charset",
                    c -> c.setRequestCharacterEncoding(StandardCharsets.UTF_8)),
            new Row("setResponseCharacterEncoding", c -> c.setResponseCharacterEncoding("UTF-8")),
            new Row("setResponseCharacterEncoding Charset",
                    c -> c.setResponseCharacterEncoding(StandardCharsets.UTF_8)),
            new Row("declareRoles", c -> c.declareRoles("admin")));

    /** The methods that only look at the configuration: allowed later, but not in a listener that was added by code. */
    private static final List<Row> LOOKS = List.of(
            new Row("createServlet", c -> c.createServlet(MultipartTest.Annotated.class)),
            new Row("createFilter", c -> c.createFilter(Passing.class)),
            new Row("createListener", c -> c.createListener(Silent.class)),
            new Row("getServletRegistration", c -> c.getServletRegistration("x")),
            new Row("getServletRegistrations", ServletContext::getServletRegistrations),
            new Row("getFilterRegistration", c -> c.getFilterRegistration("x")),
            new Row("getFilterRegistrations", ServletContext::getFilterRegistrations),
            new Row("getSessionCookieConfig", ServletContext::getSessionCookieConfig),
            new Row("getDefaultSessionTrackingModes", ServletContext::getDefaultSessionTrackingModes),
            new Row("getEffectiveSessionTrackingModes", ServletContext::getEffectiveSessionTrackingModes),
            new Row("getEffectiveMajorVersion", ServletContext::getEffectiveMajorVersion),
            new Row("getEffectiveMinorVersion", ServletContext::getEffectiveMinorVersion),
            new Row("getJspConfigDescriptor", ServletContext::getJspConfigDescriptor),
            new Row("getClassLoader", ServletContext::getClassLoader),
            new Row("getSessionTimeout", ServletContext::getSessionTimeout),
            new Row("getRequestCharacterEncoding", ServletContext::getRequestCharacterEncoding),
            new Row("getResponseCharacterEncoding", ServletContext::getResponseCharacterEncoding));

    @TestFactory
    @DisplayName("4.4: what configures is refused once the context is initialised")
    Stream<DynamicTest> configuredLate() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder());
        return CONFIGURES.stream().map(row -> DynamicTest.dynamicTest(row.name, () -> {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> row.call.on(app.context()));
            assertTrue(e.getMessage().contains("ServletContainerInitializer"), "says what to do: " + e.getMessage());
        }));
    }

    @TestFactory
    @DisplayName("4.4: what only looks is answered at any later time")
    Stream<DynamicTest> lookedAtLate() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder());
        return LOOKS.stream().map(row -> DynamicTest.dynamicTest(row.name, () -> row.call.on(app.context())));
    }

    @TestFactory
    @DisplayName("4.4: a context listener that was added by code may neither configure nor look")
    Stream<DynamicTest> restricted() {
        return Stream.concat(CONFIGURES.stream(), LOOKS.stream()).map(row -> DynamicTest.dynamicTest(row.name, () -> {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            ServletContextListener added = new ServletContextListener() {
                @Override
                public void contextInitialized(ServletContextEvent event) {
                    try {
                        row.call.on(event.getServletContext());
                    } catch (Throwable t) {
                        thrown.set(t);
                    }
                }
            };
            Servlets.deployed(ServletApplication.builder()
                    .initializer((classes, context) -> context.addListener(added)));
            Throwable t = thrown.get();
            assertNotNull(t, "it must throw");
            assertInstanceOf(UnsupportedOperationException.class, t);
        }));
    }

    @TestFactory
    @DisplayName("4.4: an initialiser and a declared listener may do all of it")
    Stream<DynamicTest> unrestricted() {
        return Stream.concat(CONFIGURES.stream(), LOOKS.stream()).map(row -> DynamicTest.dynamicTest(row.name, () -> {
            List<String> ran = new ArrayList<>();
            ServletApplicationBuilder builder = ServletApplication.builder()
                    .initializer((classes, context) -> {
                        try {
                            row.call.on(context);
                            ran.add("initialiser");
                        } catch (RuntimeException e) {
                            throw e;
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                    });
            if (row.name.endsWith("name") && row.name.startsWith("addFilter")) {
                assertThrows(ServletException.class, () -> Servlets.deployed(builder), "its class does not exist");
            } else {
                Servlets.deployed(builder).undeploy(Duration.ZERO);
            }
            assertEquals(List.of("initialiser"), ran);
        }));
    }

    private interface Setting {
        void on(ServletRegistration.Dynamic servlet, FilterRegistration.Dynamic filter);
    }

    @TestFactory
    @DisplayName("4.4.1, 4.4.2: settings of a registration: null is refused, and everything when it is too late")
    Stream<DynamicTest> registrations() throws Exception {
        AtomicReference<ServletRegistration.Dynamic> servlet = new AtomicReference<>();
        AtomicReference<FilterRegistration.Dynamic> filter = new AtomicReference<>();
        Map<String, Setting> wrong = Map.of(
                "addMapping()", (s, f) -> s.addMapping(), "addMapping bad", (s, f) -> s.addMapping("x*"),
                "setRunAsRole", (s, f) -> s.setRunAsRole(null),
                "setServletSecurity", (s, f) -> s.setServletSecurity(null),
                "setMultipartConfig", (s, f) -> s.setMultipartConfig(null),
                "setInitParameter name", (s, f) -> s.setInitParameter(null, "x"),
                "setInitParameter value", (s, f) -> s.setInitParameter("x", null),
                "filter setInitParameter", (s, f) -> f.setInitParameter(null, "x"),
                "url patterns", (s, f) -> f.addMappingForUrlPatterns(null, true),
                "servlet names", (s, f) -> f.addMappingForServletNames(null, true));
        List<String> accepted = new ArrayList<>();
        Servlets.deployed(ServletApplication.builder().initializer((classes, context) -> {
            servlet.set(context.addServlet("s", Servlets.text("x")));
            filter.set(context.addFilter("f", Servlets.filter((q, r, chain) -> chain.doFilter(q, r))));
            wrong.forEach((name, setting) -> {
                try {
                    setting.on(servlet.get(), filter.get());
                    accepted.add(name);
                } catch (IllegalArgumentException e) {
                    assertNotNull(e.getMessage());
                }
            });
        }));
        assertEquals(List.of(), accepted);
        Map<String, Setting> late = Map.of(
                "addMapping", (s, f) -> s.addMapping("/x"), "setRunAsRole", (s, f) -> s.setRunAsRole("x"),
                "setServletSecurity", (s, f) -> s.setServletSecurity(new ServletSecurityElement()),
                "setMultipartConfig", (s, f) -> s.setMultipartConfig(new MultipartConfigElement("")),
                "setLoadOnStartup", (s, f) -> s.setLoadOnStartup(1),
                "setAsyncSupported", (s, f) -> s.setAsyncSupported(true),
                "setInitParameters", (s, f) -> s.setInitParameters(Map.of("a", "b")),
                "filter setAsyncSupported", (s, f) -> f.setAsyncSupported(true),
                "filter setInitParameters", (s, f) -> f.setInitParameters(Map.of("a", "b")),
                "url patterns", (s, f) -> f.addMappingForUrlPatterns(null, true, "/*"));
        return late.entrySet().stream().map(row -> DynamicTest.dynamicTest(row.getKey(), () ->
                assertThrows(IllegalStateException.class, () -> row.getValue().on(servlet.get(), filter.get()))));
    }

    @ParameterizedTest(name = "4, getContext and getMimeType: {0} is {1}")
    @CsvSource(nullValues = "-", value = {"a.html, text/html", "a.HTML, text/html", "/d.e/a.css, text/css",
        "a.js, text/javascript", "a.json, application/json", "a.svg, image/svg+xml", "a.woff2, font/woff2",
        "a.png, image/png", "a.own, text/x-own", "a.OWN, text/x-own", "a.txt, text/x-mine", "a, -", "a., -",
        "/d.html/a, -", "a.none, -", "'', -", ".html, text/html", "a.b.html, text/html",
        "a.html/, -", "a.jpeg, image/jpeg"})
    void mimeTypes(String file, String type) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().mimeType("OWN", "text/x-own")
                .mimeType("txt", "text/x-mine"));
        assertEquals(type, app.context().getMimeType(file));
    }

    @Test
    @DisplayName("4.3: init parameters are set once, in order, and null is refused")
    void initParameters() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().initParameter("a", "1")
                .initializer((classes, context) -> {
                    assertTrue(context.setInitParameter("b", "2"));
                    assertEquals(false, context.setInitParameter("a", "3"));
                    assertThrows(NullPointerException.class, () -> context.setInitParameter(null, "x"));
                }));
        assertEquals(List.of("a", "b"), Collections.list(app.context().getInitParameterNames()));
        assertEquals("1", app.context().getInitParameter("a"));
        assertNull(app.context().getInitParameter("c"));
    }

    @Test
    @DisplayName("what was built does not change with its builder")
    void builderGoesOn() throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder().contextPath("/one").displayName("one")
                .sessionTimeout(7).initParameter("a", "1").welcomeFiles("w").mimeType("m", "a/m")
                .localeCharset(Locale.FRENCH, StandardCharsets.UTF_8).errorPage(404, "/missing")
                .servlet("s", Servlets.text("one"), "/s").servlet("missing", Servlets.text("missing"), "/missing");
        ServletApplication first = builder.build();
        builder.contextPath("/two").displayName("two").sessionTimeout(8).initParameter("a", "2")
                .initParameter("b", "2").mimeType("m", "b/m").errorPage(404, "/s").errorPage("/s")
                .servlet("t", Servlets.text("two"), "/t");
        first.deploy();
        Undeploy.later(first);
        ServletContext context = first.context();
        assertEquals("/one", first.contextPath());
        assertEquals("one", context.getServletContextName());
        assertEquals(7, context.getSessionTimeout());
        assertEquals("1", context.getInitParameter("a"));
        assertNull(context.getInitParameter("b"));
        assertEquals("a/m", context.getMimeType("x.m"));
        assertNull(context.getServletRegistration("t"));
        assertEquals("missing", Call.get(first, "/one/t").text());
        ServletApplication second = Servlets.deployed(builder);
        assertEquals("two", Call.get(second, "/two/t").text());
        assertEquals("one", Call.get(second, "/two/nowhere").text());
    }

    @Test
    @DisplayName("2.3, 6.2.1, 11.3: the order in which all is started, and ended in reverse")
    void wholeOrder() throws Exception {
        ServletContextListener first = Mockito.mock(ServletContextListener.class);
        ServletContextListener second = Mockito.mock(ServletContextListener.class);
        ServletContextListener late = Mockito.mock(ServletContextListener.class);
        HttpSessionListener sessions = Mockito.mock(HttpSessionListener.class);
        Filter filter = Mockito.mock(Filter.class);
        Servlet early = Mockito.mock(Servlet.class);
        Servlet earlier = Mockito.mock(Servlet.class);
        Servlet onDemand = Mockito.mock(Servlet.class);
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .listener(first).listener(second).listener(sessions)
                .initializer((classes, context) -> context.addListener(late))
                .filter("f", filter, f -> f.addMappingForUrlPatterns(null, true, "/none"))
                .servlet("early", early, s -> s.setLoadOnStartup(2), "/early")
                .servlet("earlier", earlier, s -> s.setLoadOnStartup(0), "/earlier")
                .servlet("onDemand", onDemand, "/onDemand")
                .servlet("session", Servlets.servlet((q, r) -> q.getSession()), "/session"));
        Call.get(app, "/onDemand");
        Call.get(app, "/session");
        assertTrue(app.undeploy(Duration.ZERO));
        InOrder order = Mockito.inOrder(first, second, late, sessions, filter, early, earlier, onDemand);
        order.verify(first).contextInitialized(Mockito.any());
        order.verify(second).contextInitialized(Mockito.any());
        order.verify(late).contextInitialized(Mockito.any());
        order.verify(filter).init(Mockito.any());
        order.verify(earlier).init(Mockito.any());
        order.verify(early).init(Mockito.any());
        order.verify(onDemand).init(Mockito.any());
        order.verify(onDemand).service(Mockito.any(), Mockito.any());
        order.verify(sessions).sessionCreated(Mockito.any());
        order.verify(onDemand).destroy();
        order.verify(earlier).destroy();
        order.verify(early).destroy();
        order.verify(filter).destroy();
        order.verify(sessions).sessionDestroyed(Mockito.any());
        order.verify(late).contextDestroyed(Mockito.any());
        order.verify(second).contextDestroyed(Mockito.any());
        order.verify(first).contextDestroyed(Mockito.any());
        assertThrows(IllegalStateException.class, app::context);
        assertThrows(IllegalStateException.class, app::deploy);
    }

    @Test
    @DisplayName("4.4.3: which listeners can be added, and which are none")
    void kindsOfListeners() throws Exception {
        Servlets.deployed(ServletApplication.builder().initializer((classes, context) -> {
            assertThrows(IllegalArgumentException.class, () -> context.addListener(new EventListener() {}));
            assertThrows(IllegalArgumentException.class, () -> context.addListener(Heard.class));
            assertThrows(IllegalArgumentException.class, () -> context.addListener("org.example.None"));
            assertThrows(IllegalArgumentException.class, () -> context.addListener(String.class.getName()));
            context.addListener(Silent.class);
            context.addListener(Silent.class.getName());
        })).undeploy(Duration.ZERO);
    }

    @Test
    @DisplayName("4.4.4: tracking modes: what is set is in effect, SSL is refused")
    void trackingModes() throws Exception {
        for (Set<SessionTrackingMode> modes : List.of(Set.<SessionTrackingMode>of(), Set.of(SessionTrackingMode.URL),
                EnumSet.of(SessionTrackingMode.URL, SessionTrackingMode.COOKIE))) {
            ServletApplication app = Servlets.deployed(ServletApplication.builder()
                    .initializer((classes, context) -> {
                        context.setSessionTrackingModes(new HashSet<>(modes));
                        assertThrows(IllegalArgumentException.class,
                                () -> context.setSessionTrackingModes(Set.of(SessionTrackingMode.SSL)));
                    })
                    .servlet("s", Servlets.servlet((q, r) -> r.getWriter().print(
                            q.getSession() != null && r.encodeURL("/x").contains("jsessionid"))), "/*"));
            assertEquals(modes, app.context().getEffectiveSessionTrackingModes());
            assertEquals(Set.of(SessionTrackingMode.COOKIE), app.context().getDefaultSessionTrackingModes());
            MemoryResponse got = Call.get(app, "/");
            assertEquals(String.valueOf(modes.contains(SessionTrackingMode.URL)), got.text());
            assertEquals(modes.contains(SessionTrackingMode.COOKIE), got.header("Set-Cookie") != null);
        }
    }

    @Test
    @DisplayName("4.2: getContext finds this one only")
    void getContext() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c"));
        assertSame(app.context(), app.context().getContext("/c"));
        assertSame(app.context(), app.context().getContext("/c/x"));
        assertNull(app.context().getContext("/cx"));
        assertNull(app.context().getContext("/"));
        assertNull(app.context().getContext(null));
    }
}
