/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Servlet 6.1 chapter 6: filtering. */
@ExtendWith(Undeploy.class)
final class FilterTest {

    private static Filter mark(String name) {
        return Servlets.filter((q, r, chain) -> {
            r.getWriter().print(name);
            chain.doFilter(q, r);
            r.getWriter().print(name.toLowerCase(Locale.ROOT));
        });
    }

    private static Consumer<FilterRegistration.Dynamic> urls(String... patterns) {
        return f -> f.addMappingForUrlPatterns(null, true, patterns);
    }

    private static Consumer<FilterRegistration.Dynamic> names(String... servlets) {
        return f -> f.addMappingForServletNames(null, true, servlets);
    }

    @Test
    @DisplayName("6.2.4: URL patterns before servlet names, each in order")
    void order() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("N1", mark("N"), names("s"))
                .filter("A", mark("A"), urls("/*"))
                .filter("B", mark("B"), urls("/other", "/s"))
                .filter("M", mark("M"), names("*"))
                .filter("X", mark("X"), urls("/not"))
                .filter("Y", mark("Y"), names("not"))
                .servlet("s", Servlets.text("-"), "/s"));
        assertEquals("ABNM-mnba", Call.get(app, "/s").text());
    }

    @Test
    @DisplayName("4.4.2.3: isMatchAfter puts programmatic mappings before or after the declared ones")
    void matchAfter() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("D", mark("D"), urls("/*"))
                .filter("E", mark("E"), urls("/*"))
                .servlet("s", Servlets.text("-"), "/s")
                .initializer((classes, context) -> {
                    context.addFilter("after", mark("A")).addMappingForUrlPatterns(null, true, "/*");
                    context.addFilter("before1", mark("B")).addMappingForUrlPatterns(null, false, "/*");
                    context.addFilter("before2", mark("C")).addMappingForUrlPatterns(null, false, "/*");
                }));
        assertEquals("BCDEA-aedcb", Call.get(app, "/s").text());
    }

    @Test
    @DisplayName("6.2.4: a filter that matches twice runs once")
    void once() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("A", mark("A"), f -> {
                    f.addMappingForUrlPatterns(null, true, "/*", "/s");
                    f.addMappingForServletNames(null, true, "s");
                })
                .servlet("s", Servlets.text("-"), "/s"));
        assertEquals("A-a", Call.get(app, "/s").text());
        FilterRegistration registration = app.context().getFilterRegistration("A");
        assertEquals(List.of("/*", "/s"), List.copyOf(registration.getUrlPatternMappings()));
        assertEquals(List.of("s"), List.copyOf(registration.getServletNameMappings()));
    }

    @Test
    @DisplayName("6.2.5: each dispatcher type has its own filters")
    void dispatcherTypes() throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder();
        for (DispatcherType type : DispatcherType.values()) {
            builder.filter(type.name(), Servlets.filter((q, r, chain) -> {
                assertEquals(type, q.getDispatcherType());
                q.setAttribute("seen", q.getAttribute("seen") + " " + type);
                chain.doFilter(q, r);
            }), f -> {
                f.setAsyncSupported(true);
                f.addMappingForUrlPatterns(EnumSet.of(type), true, "/*");
            });
        }
        builder.servlet("show", Servlets.servlet((q, r) ->
                r.getWriter().print(String.valueOf(q.getAttribute("seen")))), Servlets.async(), "/show");
        builder.servlet("forward", Servlets.servlet((q, r) ->
                q.getRequestDispatcher("/show").forward(q, r)), "/forward");
        builder.servlet("include", Servlets.servlet((q, r) ->
                q.getRequestDispatcher("/show").include(q, r)), "/include");
        builder.servlet("error", Servlets.servlet((q, r) -> r.sendError(418)), "/error");
        builder.servlet("async", Servlets.servlet((q, r) -> q.startAsync().dispatch("/show")), Servlets.async(),
                "/async");
        builder.errorPage(418, "/show");
        ServletApplication app = Servlets.deployed(builder);
        assertEquals("null REQUEST", Call.get(app, "/show").text());
        assertEquals("null REQUEST FORWARD", Call.get(app, "/forward").text());
        assertEquals("null REQUEST INCLUDE", Call.get(app, "/include").text());
        assertEquals("null REQUEST ERROR", Call.get(app, "/error").text());
        assertEquals("null REQUEST ASYNC", Call.get(app, "/async").text());
    }

    @Test
    @DisplayName("6.2.5: a dispatch by name is filtered by servlet names only")
    void namedDispatch() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("url", mark("U"), f -> f.addMappingForUrlPatterns(
                        EnumSet.of(DispatcherType.INCLUDE), true, "/*"))
                .filter("name", mark("N"), f -> f.addMappingForServletNames(
                        EnumSet.of(DispatcherType.INCLUDE), true, "target"))
                .servlet("from", Servlets.servlet((q, r) ->
                        q.getServletContext().getNamedDispatcher("target").include(q, r)), "/from")
                .servlet("target", Servlets.text("-")));
        assertEquals("N-n", Call.get(app, "/from").text());
    }

    @Test
    @DisplayName("6.2.1: a filter can answer itself, and the servlet is not called")
    void blocks() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("stop", Servlets.filter((q, r, chain) -> r.sendError(403)), urls("/*"))
                .servlet("s", Servlets.servlet((q, r) -> {
                    throw new AssertionError("called");
                }), "/s"));
        assertEquals(403, Call.get(app, "/s").status());
    }

    @Test
    @DisplayName("6.2.1: filters stand before static content and before a 404 too")
    void beforeDefault() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("f", Servlets.filter((q, r, chain) -> {
                    r.setHeader("X-F", "1");
                    chain.doFilter(q, r);
                }), urls("/*")));
        MemoryResponse got = Call.get(app, "/nothing");
        assertEquals(404, got.status());
        assertEquals("1", got.header("X-F"));
    }

    @Test
    @DisplayName("6.2.2: a filter wraps request and response for what is behind it")
    void wraps() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("f", Servlets.filter((q, r, chain) -> chain.doFilter(
                        new HttpServletRequestWrapper(q) {
                            @Override
                            public String getMethod() {
                                return "WRAPPED";
                            }
                        },
                        new HttpServletResponseWrapper(r) {
                            @Override
                            public void setHeader(String name, String value) {
                                super.setHeader(name, "wrapped " + value);
                            }
                        })), urls("/*"))
                .servlet("s", Servlets.servlet((q, r) -> {
                    r.setHeader("X", "1");
                    r.getWriter().print(q.getMethod());
                }), "/s"));
        MemoryResponse got = Call.get(app, "/s");
        assertEquals("WRAPPED", got.text());
        assertEquals("wrapped 1", got.header("X"));
    }

    @Test
    @DisplayName("6.2.3: a filter may call the chain again")
    void again() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter("twice", Servlets.filter((q, r, chain) -> {
                    chain.doFilter(q, r);
                    chain.doFilter(q, r);
                }), urls("/*"))
                .filter("A", mark("A"), urls("/*"))
                .servlet("s", Servlets.text("-"), "/s"));
        assertEquals("A-aA-a", Call.get(app, "/s").text());
    }

    @Test
    @DisplayName("6.2.1: filters are initialised before servlets, in order, and destroyed after them")
    void lifeCycle() throws Exception {
        List<String> calls = new ArrayList<>();
        ServletApplicationBuilder builder = ServletApplication.builder();
        for (String name : List.of("f1", "f2")) {
            builder.filter(name, new Filter() {
                @Override
                public void init(FilterConfig config) {
                    calls.add("init " + config.getFilterName() + config.getInitParameter("p")
                            + Collections.list(config.getInitParameterNames()));
                }

                @Override
                public void doFilter(ServletRequest q, ServletResponse r, FilterChain chain) {}

                @Override
                public void destroy() {
                    calls.add("destroy " + name);
                }
            }, f -> f.setInitParameter("p", "v"));
        }
        builder.servlet("s", new HttpServlet() {
            @Override
            public void init() {
                calls.add("init s");
            }

            @Override
            public void destroy() {
                calls.add("destroy s");
            }
        }, s -> s.setLoadOnStartup(1));
        ServletApplication app = Servlets.deployed(builder);
        app.undeploy(Duration.ZERO);
        assertEquals(List.of("init f1v[p]", "init f2v[p]", "init s", "destroy s", "destroy f2", "destroy f1"), calls);
    }

    @Test
    @DisplayName("6.2.1: a filter that fails to initialise fails the deployment, and the others are destroyed")
    void initFails() {
        List<String> calls = new ArrayList<>();
        Filter good = new HttpFilter() {
            @Override
            public void destroy() {
                calls.add("destroyed");
            }
        };
        Filter bad = new HttpFilter() {
            @Override
            public void init() throws ServletException {
                throw new ServletException("bad");
            }

            @Override
            public void destroy() {
                calls.add("never in service");
            }
        };
        ServletApplication app = ServletApplication.builder()
                .filter("good", good, urls("/*")).filter("bad", bad, urls("/*")).build();
        assertEquals("bad", assertThrows(ServletException.class, app::deploy).getMessage());
        assertEquals(List.of("destroyed"), calls);
    }

    @Test
    @DisplayName("4.4.2: a name or an instance is registered once; mappings need something to map")
    void registration() throws Exception {
        Filter filter = mark("A");
        Servlets.deployed(ServletApplication.builder().initializer((classes, context) -> {
            FilterRegistration.Dynamic first = context.addFilter("f", filter);
            assertEquals("f", first.getName());
            assertEquals(filter.getClass().getName(), first.getClassName());
            assertNull(context.addFilter("f", mark("B")));
            assertNull(context.addFilter("g", filter));
            assertThrows(IllegalArgumentException.class, () -> context.addFilter("", mark("C")));
            assertThrows(IllegalArgumentException.class, () -> context.addFilter(null, mark("C")));
            assertThrows(IllegalArgumentException.class,
                    () -> first.addMappingForUrlPatterns(null, true));
            assertThrows(IllegalArgumentException.class,
                    () -> first.addMappingForUrlPatterns(null, true, (String[]) null));
            assertThrows(IllegalArgumentException.class, () -> first.addMappingForServletNames(null, true));
            assertTrue(first.setInitParameter("a", "1"));
            assertFalse(first.setInitParameter("a", "2"));
            assertEquals(Set.of("a"), first.setInitParameters(Map.of("a", "3", "b", "4")));
            assertNull(first.getInitParameter("b"));
            assertEquals(Set.of(), first.setInitParameters(Map.of("c", "5")));
            assertEquals(Map.of("a", "1", "c", "5"), first.getInitParameters());
            assertEquals(Set.of("f"), context.getFilterRegistrations().keySet());
        }));
    }
}
