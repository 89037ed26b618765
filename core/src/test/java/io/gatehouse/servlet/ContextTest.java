/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.SessionTrackingMode;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSessionListener;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EventListener;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Servlet 6.1 chapter 4: the servlet context. */
@ExtendWith(Undeploy.class)
final class ContextTest {

    private static void configuring(ServletContainerInitializer initializer) throws Exception {
        Servlets.deployed(ServletApplication.builder().initializer(initializer)).undeploy(Duration.ZERO);
    }

    @Test
    @DisplayName("4.1: what the context tells of itself")
    void facts() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c").displayName("Shop")
                .serverName("host"));
        ServletContext context = app.context();
        assertEquals("/c", context.getContextPath());
        assertEquals("/c", app.contextPath());
        assertEquals("Shop", context.getServletContextName());
        assertEquals("host", context.getVirtualServerName());
        assertEquals(6, context.getMajorVersion());
        assertEquals(1, context.getMinorVersion());
        assertEquals(6, context.getEffectiveMajorVersion());
        assertEquals(1, context.getEffectiveMinorVersion());
        assertTrue(context.getServerInfo().matches("Gatehouse/[^/ ]+"), context.getServerInfo());
        assertNull(context.getJspConfigDescriptor());
        assertNotNull(context.getClassLoader());
        assertEquals("text/html", context.getMimeType("a/b.HTML"));
        assertNull(context.getMimeType("x"));
        assertNull(context.getMimeType("a.b/x"));
        context.log("a line");
        context.log("a line", new IllegalStateException("with a trace"));
    }

    @Test
    @DisplayName("4.3: init parameters of the context")
    void initParameters() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().initParameter("a", "1")
                .initializer((classes, context) -> {
                    assertFalse(context.setInitParameter("a", "2"));
                    assertTrue(context.setInitParameter("b", "2"));
                    assertThrows(NullPointerException.class, () -> context.setInitParameter(null, "x"));
                }));
        assertEquals("1", app.context().getInitParameter("a"));
        assertEquals("2", app.context().getInitParameter("b"));
        assertNull(app.context().getInitParameter("c"));
        assertEquals(List.of("a", "b"), Collections.list(app.context().getInitParameterNames()));
        assertThrows(NullPointerException.class, () -> app.context().getInitParameter(null));
    }

    @Test
    @DisplayName("4.5: attributes of the context")
    void attributes() throws Exception {
        ServletContext context = Servlets.deployed(ServletApplication.builder()).context();
        context.setAttribute("a", 1);
        assertEquals(1, context.getAttribute("a"));
        assertTrue(Collections.list(context.getAttributeNames()).contains("a"));
        context.setAttribute("a", null);
        assertNull(context.getAttribute("a"));
        context.setAttribute("b", 2);
        context.removeAttribute("b");
        context.removeAttribute("b");
        assertNull(context.getAttribute("b"));
        assertThrows(NullPointerException.class, () -> context.getAttribute(null));
        assertThrows(NullPointerException.class, () -> context.setAttribute(null, 1));
    }

    @Test
    @DisplayName("4.8.1: a temporary directory of its own, which goes with the application")
    void temporaryDirectory(@TempDir Path given) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder());
        File directory = (File) app.context().getAttribute(ServletContext.TEMPDIR);
        assertTrue(directory.isDirectory());
        Files.writeString(directory.toPath().resolve("x"), "x");
        app.undeploy(Duration.ZERO);
        assertFalse(directory.exists());
        ServletApplication other = Servlets.deployed(
                ServletApplication.builder().temporaryDirectory(given.resolve("mine")));
        other.undeploy(Duration.ZERO);
        assertTrue(Files.isDirectory(given.resolve("mine")));
    }

    @Test
    @DisplayName("4.4.1: servlets added by code, by instance, class and name")
    void addServlet() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().initializer((classes, context) -> {
            Servlet servlet = Servlets.text("i");
            ServletRegistration.Dynamic added = context.addServlet("i", servlet);
            added.addMapping("/i");
            assertEquals("i", added.getName());
            assertEquals(servlet.getClass().getName(), added.getClassName());
            assertNull(context.addServlet("i", Servlets.text("other")));
            assertNull(context.addServlet("j", servlet));
            context.addServlet("c", LifecycleTest.Plain.class).addMapping("/c");
            context.addServlet("n", LifecycleTest.Plain.class.getName()).addMapping("/n");
            assertThrows(IllegalArgumentException.class, () -> context.addServlet("", servlet));
            assertThrows(IllegalArgumentException.class, () -> context.addServlet(null, servlet));
            assertThrows(IllegalArgumentException.class, added::addMapping);
            assertThrows(IllegalArgumentException.class, () -> added.addMapping((String[]) null));
            assertThrows(IllegalArgumentException.class, () -> added.addMapping("bad"));
            assertEquals(Set.of("i", "c", "n", "default"), context.getServletRegistrations().keySet());
            assertNull(context.getServletRegistration("nobody"));
        }));
        for (String path : List.of("/i", "/c", "/n")) {
            assertEquals(200, Call.get(app, path).status(), path);
        }
    }

    @Test
    @DisplayName("4.4.1: settings of a registration are kept, nulls refused")
    void registrationSettings() throws Exception {
        configuring((classes, context) -> {
            ServletRegistration.Dynamic added = context.addServlet("s", Servlets.text("s"));
            added.setRunAsRole("admin");
            assertEquals("admin", added.getRunAsRole());
            added.setLoadOnStartup(3);
            added.setAsyncSupported(true);
            added.setMultipartConfig(new MultipartConfigElement(""));
            assertEquals(Set.of(), added.setServletSecurity(new ServletSecurityElement()));
            assertThrows(IllegalArgumentException.class, () -> added.setRunAsRole(null));
            assertThrows(IllegalArgumentException.class, () -> added.setMultipartConfig(null));
            assertThrows(IllegalArgumentException.class, () -> added.setServletSecurity(null));
            assertThrows(IllegalArgumentException.class, () -> added.setInitParameter(null, "x"));
            assertThrows(IllegalArgumentException.class, () -> added.setInitParameter("x", null));
            context.declareRoles("a", "b");
            assertThrows(IllegalArgumentException.class, () -> context.declareRoles(""));
        });
    }

    @Test
    @DisplayName("4.4: after the start nothing can be configured any more")
    void afterStart() throws Exception {
        AtomicReference<ServletRegistration.Dynamic> servlet = new AtomicReference<>();
        AtomicReference<FilterRegistration.Dynamic> filter = new AtomicReference<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().initializer((classes, context) -> {
            servlet.set(context.addServlet("s", Servlets.text("s")));
            filter.set(context.addFilter("f", Servlets.filter((q, r, chain) -> {})));
        }));
        ServletContext context = app.context();
        List<Runnable> late = List.of(
                () -> context.addServlet("x", Servlets.text("x")),
                () -> context.addServlet("x", LifecycleTest.Plain.class),
                () -> context.addServlet("x", "x.Y"),
                () -> context.addFilter("x", Servlets.filter((q, r, chain) -> {})),
                () -> context.addFilter("x", "x.Y"),
                () -> context.addListener("x.Y"),
                () -> context.addListener(new ServletRequestListener() {}),
                () -> context.addListener(ServletRequestListener.class),
                () -> context.setInitParameter("a", "b"),
                () -> context.setSessionTrackingModes(Set.of(SessionTrackingMode.URL)),
                () -> context.setSessionTimeout(1),
                () -> context.setRequestCharacterEncoding("UTF-8"),
                () -> context.setResponseCharacterEncoding("UTF-8"),
                () -> context.declareRoles("x"),
                () -> context.getSessionCookieConfig().setName("x"),
                () -> context.getSessionCookieConfig().setHttpOnly(false),
                () -> context.getSessionCookieConfig().setAttribute("a", "b"),
                () -> servlet.get().addMapping("/x"),
                () -> servlet.get().setInitParameter("a", "b"),
                () -> servlet.get().setLoadOnStartup(1),
                () -> servlet.get().setAsyncSupported(true),
                () -> servlet.get().setRunAsRole("x"),
                () -> filter.get().addMappingForUrlPatterns(null, true, "/x"),
                () -> filter.get().addMappingForServletNames(null, true, "s"),
                () -> filter.get().setInitParameters(Map.of("a", "b")),
                () -> filter.get().setAsyncSupported(true));
        for (int i = 0; i < late.size(); i++) {
            Runnable call = late.get(i);
            assertThrows(IllegalStateException.class, call::run, "call " + i);
        }
    }

    @Test
    @DisplayName("4.4: a context listener that was added by code may not configure")
    void restrictedListener() throws Exception {
        List<String> told = new ArrayList<>();
        configuring((classes, context) -> context.addListener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                ServletContext inner = event.getServletContext();
                assertThrows(UnsupportedOperationException.class, () -> inner.addServlet("x", "y"));
                assertThrows(UnsupportedOperationException.class, () -> inner.addFilter("x", "y"));
                assertThrows(UnsupportedOperationException.class, () -> inner.setInitParameter("x", "y"));
                assertThrows(UnsupportedOperationException.class, inner::getServletRegistrations);
                assertThrows(UnsupportedOperationException.class, () -> inner.getFilterRegistration("x"));
                inner.setAttribute("x", "y");
                told.add("called");
            }
        }));
        assertEquals(List.of("called"), told);
    }

    @Test
    @DisplayName("4.4.3: listeners added by code: which kinds, and when")
    void addListener() throws Exception {
        configuring((classes, context) -> {
            context.addListener(new HttpSessionListener() {});
            assertThrows(IllegalArgumentException.class, () -> context.addListener(new EventListener() {}));
            assertThrows(IllegalArgumentException.class, () -> context.addListener("no.such.Listener"));
            assertThrows(IllegalArgumentException.class, () -> context.addListener("java.lang.String"));
            assertThrows(IllegalArgumentException.class, () -> context.createListener(EventListener.class));
        });
        Servlets.deployed(ServletApplication.builder().listener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                event.getServletContext().addListener(new ServletRequestListener() {});
                assertThrows(IllegalArgumentException.class,
                        () -> event.getServletContext().addListener(new ServletContextListener() {}));
            }
        }));
        assertThrows(ServletException.class,
                () -> ServletApplication.builder().listener(new EventListener() {}).build().deploy());
    }

    @Test
    @DisplayName("4.4.4: session tracking modes")
    void trackingModes() throws Exception {
        configuring((classes, context) -> {
            assertEquals(Set.of(SessionTrackingMode.COOKIE), context.getDefaultSessionTrackingModes());
            assertEquals(Set.of(SessionTrackingMode.COOKIE), context.getEffectiveSessionTrackingModes());
            context.setSessionTrackingModes(Set.of(SessionTrackingMode.URL, SessionTrackingMode.COOKIE));
            assertEquals(Set.of(SessionTrackingMode.URL, SessionTrackingMode.COOKIE),
                    context.getEffectiveSessionTrackingModes());
            context.setSessionTrackingModes(Set.of());
            assertEquals(Set.of(), context.getEffectiveSessionTrackingModes());
            assertThrows(IllegalArgumentException.class, () -> context.setSessionTrackingModes(
                    Set.of(SessionTrackingMode.SSL, SessionTrackingMode.COOKIE)));
        });
    }

    @Test
    @DisplayName("8.2.4: an initialiser gets its classes, or null for none; its failure fails the deployment")
    void initializers() throws Exception {
        List<Object> seen = new ArrayList<>();
        Servlets.deployed(ServletApplication.builder()
                .initializer((classes, context) -> seen.add(classes), String.class, Integer.class)
                .initializer((classes, context) -> seen.add(String.valueOf(classes))));
        assertEquals(List.of(Set.of(String.class, Integer.class), "null"), seen);
        ServletApplication failing = ServletApplication.builder().initializer((classes, context) -> {
            throw new ServletException("no");
        }).build();
        assertEquals("no", assertThrows(ServletException.class, failing::deploy).getMessage());
    }

    @Test
    @DisplayName("4.4.1.4: a JSP file is registered with the class of the servlet named jsp")
    void addJspFile() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().initializer((classes, context) -> {
            context.addJspFile("early", "/early.jsp").addMapping("/early");
            context.addServlet("jsp", JspLike.class).setInitParameter("fork", "false");
            context.addJspFile("page", "/page.jsp").addMapping("/page");
            assertThrows(IllegalArgumentException.class, () -> context.addJspFile("page2", "page.jsp"));
        }));
        assertEquals("/page.jspfalse", Call.get(app, "/page").text());
        assertEquals(500, Call.get(app, "/early").status());
    }

    /** Answers with what a page's servlet is told. */
    public static final class JspLike extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest q, HttpServletResponse r) throws IOException {
            r.getWriter().print(getInitParameter("jspFile") + getInitParameter("fork"));
        }
    }

    @Test
    @DisplayName("builder: context paths and error pages must begin with a slash")
    void builderChecks() {
        for (String bad : List.of("shop", "/", "/shop/", "//shop")) {
            assertThrows(IllegalArgumentException.class, () -> ServletApplication.builder().contextPath(bad), bad);
        }
        assertThrows(IllegalArgumentException.class, () -> ServletApplication.builder().errorPage(404, "x"));
        assertThrows(IllegalArgumentException.class, () -> ServletLimits.DEFAULT.withParameters(0));
        ServletLimits limits = ServletLimits.DEFAULT.withCookies(1).withFormBytes(2).withForwards(3).withParts(4)
                .withPartHeaderBytes(5).withSessions(6).withParameters(7);
        assertEquals(new ServletLimits(7, 2, 1, 4, 5, 6, 10_000, 3, Isolation.NONE), limits);
    }

    @Test
    @DisplayName("create methods use the factory and report what fails")
    void createMethods() throws Exception {
        configuring((classes, context) -> {
            assertNotNull(context.createServlet(LifecycleTest.Plain.class));
            ServletException e = assertThrows(ServletException.class, () -> context.createServlet(Failing.class));
            assertEquals("boom", e.getRootCause().getMessage());
            assertThrows(ServletException.class, () -> context.createFilter(Filter.class));
        });
    }

    /** Can't be made. */
    public static final class Failing extends HttpServlet {
        public Failing() {
            throw new IllegalStateException("boom");
        }
    }
}
