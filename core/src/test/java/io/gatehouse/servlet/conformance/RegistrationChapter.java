/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.HttpConstraintElement;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.Registration;
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
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 4.4 and the Javadoc of registrations: what can be added to a context, when, and what is refused. */
interface RegistrationChapter extends Chapter {

    /** A servlet that tells its name and its parameter; it has a class of its own, to be made by the container. */
    final class Telling extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(getServletName() + " " + getInitParameter("word"));
        }
    }

    /** A filter that adds a word in front. */
    final class Marking implements Filter {
        @Override
        public void doFilter(
                ServletRequest request, ServletResponse response, FilterChain chain) throws IOException, ServletException {
            response.getWriter().print("marked ");
            chain.doFilter(request, response);
        }
    }

    private void configured(Deployed.Use configuring) throws Exception {
        Deployed.use(app("/shop"), configuring, context -> {});
    }

    @Section("4.4.1")
    @ParameterizedTest
    @ValueSource(strings = {"name", "instance", "class", "created"})
    default void servletsAreAddedInFourWays(String how) throws Exception {
        try (ContractSite site = open(app("/shop").initializer((classes, context) -> {
            ServletRegistration.Dynamic added = switch (how) {
                case "name" -> context.addServlet("own", Telling.class.getName());
                case "instance" -> context.addServlet("own", new Telling());
                case "class" -> context.addServlet("own", Telling.class);
                default -> context.addServlet("own", context.createServlet(Telling.class));
            };
            assertEquals(Set.of(), added.addMapping("/own"));
            assertTrue(added.setInitParameter("word", how));
            assertEquals("own", added.getName());
            assertEquals(Telling.class.getName(), added.getClassName());
        }))) {
            assertEquals("own " + how, site.ask("GET /shop/own").text());
        }
    }

    @Section("4.4.2")
    @ParameterizedTest
    @ValueSource(strings = {"name", "instance", "class", "created"})
    default void filtersAreAddedInFourWays(String how) throws Exception {
        try (ContractSite site = open(app("/shop").servlet("s", Case.text("served"), "/s").initializer((classes, context) -> {
            FilterRegistration.Dynamic added = switch (how) {
                case "name" -> context.addFilter("own", Marking.class.getName());
                case "instance" -> context.addFilter("own", new Marking());
                case "class" -> context.addFilter("own", Marking.class);
                default -> context.addFilter("own", context.createFilter(Marking.class));
            };
            added.addMappingForServletNames(EnumSet.of(DispatcherType.REQUEST), true, "s");
            assertEquals("own", added.getName());
            assertEquals(Marking.class.getName(), added.getClassName());
            assertEquals(List.of("s"), List.copyOf(added.getServletNameMappings()));
            assertEquals(List.of(), List.copyOf(added.getUrlPatternMappings()));
        }))) {
            assertEquals("marked served", site.ask("GET /shop/s").text());
        }
    }

    @Section("ServletContext.addServlet")
    @Test
    default void aNameOrAnInstanceIsAddedOnce() throws Exception {
        configured(context -> {
            Telling servlet = new Telling();
            assertNotNull(context.addServlet("one", servlet));
            assertNull(context.addServlet("one", new Telling()));
            assertNull(context.addServlet("one", Telling.class));
            assertNull(context.addServlet("other", servlet));
            Marking filter = new Marking();
            assertNotNull(context.addFilter("one", filter));
            assertNull(context.addFilter("one", new Marking()));
            assertNull(context.addFilter("one", Marking.class));
            assertNull(context.addFilter("other", filter));
            assertNull(context.getServletRegistration("other"));
            assertNull(context.getFilterRegistration("other"));
        });
    }

    @Section("ServletContext.addServlet, addFilter")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    default void aRegistrationNeedsAName(boolean empty) throws Exception {
        String name = empty ? "" : null;
        configured(context -> {
            assertThrows(IllegalArgumentException.class, () -> context.addServlet(name, new Telling()));
            assertThrows(IllegalArgumentException.class, () -> context.addServlet(name, Telling.class));
            assertThrows(IllegalArgumentException.class, () -> context.addServlet(name, Telling.class.getName()));
            assertThrows(IllegalArgumentException.class, () -> context.addFilter(name, new Marking()));
            assertThrows(IllegalArgumentException.class, () -> context.addFilter(name, Marking.class));
            assertThrows(IllegalArgumentException.class, () -> context.addFilter(name, Marking.class.getName()));
            assertThrows(IllegalArgumentException.class, () -> context.addJspFile("page", name));
        });
    }

    @Section("Registration, ServletContext.addServlet")
    @Test
    default void aPreliminaryRegistrationIsCompleted() throws Exception {
        ServletApplicationBuilder builder = app("/shop").filter("f", filter -> {
            filter.addMappingForUrlPatterns(null, true, "/*");
            filter.setInitParameter("kept", "yes");
        });
        try (ContractSite site = open(builder.initializer((classes, context) -> {
            ServletRegistration.Dynamic begun = context.addServlet("s", (String) null);
            assertNull(begun.getClassName());
            begun.addMapping("/s");
            begun.setInitParameter("word", "kept");
            assertNull(context.getFilterRegistration("f").getClassName());
        }).initializer((classes, context) -> {
            ServletRegistration.Dynamic completed = context.addServlet("s", Telling.class);
            assertEquals(Telling.class.getName(), completed.getClassName());
            assertEquals("kept", completed.getInitParameter("word"));
            assertNull(context.addServlet("s", Telling.class));
            FilterRegistration.Dynamic filter = context.addFilter("f", new Marking());
            assertEquals("yes", filter.getInitParameter("kept"));
            assertNull(context.addFilter("f", new Marking()));
        }))) {
            assertEquals("marked s kept", site.ask("GET /shop/s").text());
        }
    }

    @Section("Registration")
    @Test
    default void aRegistrationThatNobodyCompletesFailsTheDeployment() throws Exception {
        for (ServletApplicationBuilder each : List.of(
                app("/shop").filter("begun", filter -> {}),
                app("/shop").initializer((classes, context) -> context.addServlet("begun", (String) null)))) {
            String message = assertThrows(ServletException.class, () -> Deployed.of(each)).getMessage();
            assertTrue(message.contains("begun has no class"), message);
        }
    }

    @Section("ServletRegistration.addMapping")
    @Test
    default void mappingsConflictAllOrNone() throws Exception {
        configured(context -> {
            ServletRegistration one = context.addServlet("one", new Telling());
            ServletRegistration two = context.addServlet("two", new Telling());
            assertEquals(Set.of(), one.addMapping("/a", "*.b"));
            assertEquals(Set.of(), one.addMapping("/a"));
            assertEquals(Set.of("/a", "*.b"), two.addMapping("/c", "/a", "*.b"));
            assertEquals(List.of(), List.copyOf(two.getMappings()));
            assertEquals(Set.of(), two.addMapping("/c"));
            assertEquals(Set.of("/a", "*.b"), Set.copyOf(one.getMappings()));
            assertThrows(IllegalArgumentException.class, () -> one.addMapping());
            assertThrows(IllegalArgumentException.class, () -> one.addMapping((String[]) null));
            assertThrows(IllegalArgumentException.class, () -> one.addMapping("relative"));
        });
    }

    @Section("FilterRegistration.addMappingForUrlPatterns")
    @Test
    default void filterMappingsNeedAPatternOrAName() throws Exception {
        configured(context -> {
            FilterRegistration filter = context.addFilter("f", new Marking());
            assertThrows(IllegalArgumentException.class, () -> filter.addMappingForUrlPatterns(null, true));
            assertThrows(IllegalArgumentException.class, () -> filter.addMappingForUrlPatterns(null, true, (String[]) null));
            assertThrows(IllegalArgumentException.class, () -> filter.addMappingForServletNames(null, true));
            assertThrows(IllegalArgumentException.class, () -> filter.addMappingForServletNames(null, true, (String[]) null));
            filter.addMappingForUrlPatterns(null, true, "/a", "/b");
            filter.addMappingForServletNames(EnumSet.allOf(DispatcherType.class), false, "s", "t");
            assertEquals(List.of("/a", "/b"), List.copyOf(filter.getUrlPatternMappings()));
            assertEquals(List.of("s", "t"), List.copyOf(filter.getServletNameMappings()));
            filter.getUrlPatternMappings().clear();
            assertEquals(2, filter.getUrlPatternMappings().size());
        });
    }

    @Section("Registration.setInitParameters")
    @Test
    default void initParametersConflictAllOrNone() throws Exception {
        configured(context -> {
            for (Registration each : List.of(
                    context.addServlet("s", new Telling()), context.addFilter("f", new Marking()))) {
                assertTrue(each.setInitParameter("a", "1"));
                assertFalse(each.setInitParameter("a", "2"));
                assertEquals(Set.of("a"), each.setInitParameters(Map.of("a", "3", "b", "4")));
                assertEquals(Map.of("a", "1"), each.getInitParameters());
                assertEquals(Set.of(), each.setInitParameters(Map.of("b", "4")));
                assertEquals("4", each.getInitParameter("b"));
                assertNull(each.getInitParameter("c"));
                assertThrows(IllegalArgumentException.class, () -> each.setInitParameter(null, "x"));
                assertThrows(IllegalArgumentException.class, () -> each.setInitParameter("x", null));
                Map<String, String> nothing = new HashMap<>();
                nothing.put("x", null);
                assertThrows(IllegalArgumentException.class, () -> each.setInitParameters(nothing));
                assertThrows(UnsupportedOperationException.class, () -> each.getInitParameters().clear());
            }
        });
    }

    @Section("ServletRegistration.Dynamic")
    @Test
    default void settingsOfAServletAreNotNull() throws Exception {
        configured(context -> {
            ServletRegistration.Dynamic servlet = context.addServlet("s", new Telling());
            assertThrows(IllegalArgumentException.class, () -> servlet.setMultipartConfig(null));
            assertThrows(IllegalArgumentException.class, () -> servlet.setServletSecurity(null));
            assertThrows(IllegalArgumentException.class, () -> servlet.setRunAsRole(null));
            assertNull(servlet.getRunAsRole());
            servlet.setRunAsRole("boss");
            assertEquals("boss", servlet.getRunAsRole());
        });
    }

    @Section("4.4, ServletContext")
    @Test
    default void nothingIsConfiguredOnceTheContextIsInitialised() throws Exception {
        AtomicReference<ServletRegistration.Dynamic> servlet = new AtomicReference<>();
        AtomicReference<FilterRegistration.Dynamic> filter = new AtomicReference<>();
        Deployed.use(app("/shop"), context -> {
            servlet.set(context.addServlet("s", new Telling()));
            filter.set(context.addFilter("f", new Marking()));
        }, context -> {
            ServletRegistration.Dynamic s = servlet.get();
            FilterRegistration.Dynamic f = filter.get();
            List<Executable> late = List.of(
                    () -> context.addServlet("x", new Telling()), () -> context.addServlet("x", Telling.class),
                    () -> context.addServlet("x", Telling.class.getName()), () -> context.addJspFile("x", "/x.jsp"),
                    () -> context.addFilter("x", new Marking()), () -> context.addFilter("x", Marking.class),
                    () -> context.addFilter("x", Marking.class.getName()),
                    () -> context.addListener(new ServletRequestListener() {}),
                    () -> context.addListener(ServletRequestListener.class),
                    () -> context.addListener("some.Listener"), () -> context.declareRoles("boss"),
                    () -> context.setInitParameter("x", "y"), () -> context.setSessionTimeout(1),
                    () -> context.setSessionTrackingModes(EnumSet.of(SessionTrackingMode.URL)),
                    () -> context.getSessionCookieConfig().setName("x"),
                    () -> s.addMapping("/late"), () -> s.setInitParameter("x", "y"), () -> s.setInitParameters(Map.of("x", "y")),
                    () -> s.setLoadOnStartup(1), () -> s.setRunAsRole("boss"), () -> s.setAsyncSupported(true),
                    () -> s.setMultipartConfig(new MultipartConfigElement("")),
                    () -> s.setServletSecurity(new ServletSecurityElement(new HttpConstraintElement())),
                    () -> f.addMappingForUrlPatterns(null, true, "/late"),
                    () -> f.addMappingForServletNames(null, true, "s"), () -> f.setInitParameter("x", "y"),
                    () -> f.setInitParameters(Map.of("x", "y")), () -> f.setAsyncSupported(true));
            for (int i = 0; i < late.size(); i++) {
                assertThrows(IllegalStateException.class, late.get(i), "number " + i);
            }
            // To make one is no registration.
            assertNotNull(context.createServlet(Telling.class));
            assertNotNull(context.createFilter(Marking.class));
        });
    }

    @Section("4.4, ServletContext")
    @Test
    default void aListenerThatWasAddedByCodeConfiguresNothing() throws Exception {
        Deployed.use(app("/shop"), context -> context.addListener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                ServletContext own = event.getServletContext();
                List<Executable> refused = List.of(
                        () -> own.addServlet("x", new Telling()), () -> own.addFilter("x", new Marking()),
                        () -> own.addListener(new ServletRequestListener() {}), () -> own.createServlet(Telling.class),
                        () -> own.createFilter(Marking.class), () -> own.createListener(ServletRequestListener.class),
                        own::getServletRegistrations, own::getFilterRegistrations, () -> own.getServletRegistration("s"),
                        () -> own.getFilterRegistration("f"), own::getSessionCookieConfig, own::getEffectiveMajorVersion,
                        own::getEffectiveMinorVersion, own::getDefaultSessionTrackingModes,
                        own::getEffectiveSessionTrackingModes, () -> own.setSessionTrackingModes(Set.of()),
                        own::getJspConfigDescriptor, own::getClassLoader, () -> own.declareRoles("boss"),
                        () -> own.setInitParameter("x", "y"), own::getSessionTimeout, () -> own.setSessionTimeout(1),
                        own::getRequestCharacterEncoding, () -> own.setRequestCharacterEncoding("UTF-8"),
                        own::getResponseCharacterEncoding, () -> own.setResponseCharacterEncoding("UTF-8"),
                        () -> own.addJspFile("x", "/x.jsp"));
                for (int i = 0; i < refused.size(); i++) {
                    assertThrows(UnsupportedOperationException.class, refused.get(i), "number " + i);
                }
                own.setAttribute("heard", true);
            }
        }), context -> assertEquals(true, context.getAttribute("heard")));
    }

    @Section("4.4, ServletContainerInitializer")
    @Test
    default void whatIsMadeHasNoSettingsUntilItIsAdded() throws Exception {
        configured(context -> {
            assertThrows(ServletException.class, () -> context.createServlet(NoConstructor.class));
            Telling made = context.createServlet(Telling.class);
            assertNull(made.getServletConfig());
            assertSame(context, context.getContext("/shop"));
            assertEquals(Set.of("default"), context.getServletRegistrations().keySet());
        });
    }

    /** Nobody can make one. */
    final class NoConstructor extends HttpServlet {
        private static final long serialVersionUID = 1;

        NoConstructor(int needed) {
            assertEquals(0, needed);
        }
    }

    @Section("ServletRegistration.Dynamic.setLoadOnStartup")
    @Test
    default void servletsAreLoadedInTheirOrderOrAtTheirFirstRequest() throws Exception {
        Notes notes = new Notes();
        class Loading extends HttpServlet {
            private static final long serialVersionUID = 1;

            @Override
            public void init() {
                notes.add(getServletName());
            }

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                notes.add("served");
            }
        }
        try (ContractSite site = open(app("/shop")
                .servlet("second", new Loading(), servlet -> servlet.setLoadOnStartup(2), "/2")
                .servlet("never", new Loading(), servlet -> servlet.setLoadOnStartup(-1), "/n")
                .servlet("lazy", new Loading(), servlet -> {}, "/l")
                .servlet("zeroth", new Loading(), servlet -> servlet.setLoadOnStartup(0), "/0")
                .servlet("third", new Loading(), servlet -> servlet.setLoadOnStartup(2), "/3"))) {
            notes.expect("zeroth second third");
            assertEquals(200, site.ask("GET /shop/l").status());
            assertEquals(200, site.ask("GET /shop/l").status());
            notes.expect("zeroth second third lazy served served");
        }
    }
}
