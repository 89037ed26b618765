/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.CharArrayWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chapter 6: filters, their life, order, wrapping and dispatcher types. */
interface FilterChapter extends Chapter {

    /** Adds its name to a field of the answer. */
    private static Filter naming(String name) {
        return Case.filter((request, response, chain) -> {
            response.addHeader("X-Filters", name);
            chain.doFilter(request, response);
        });
    }

    private static String filters(Reply reply) {
        return String.join(" ", reply.all("X-Filters"));
    }

    private static void names(ServletApplicationBuilder app, String name, EnumSet<DispatcherType> types, boolean after, String... servlets) {
        app.filter(name, naming(name), registration -> registration.addMappingForServletNames(types, after, servlets));
    }

    private static void paths(ServletApplicationBuilder app, String name, EnumSet<DispatcherType> types, boolean after, String... patterns) {
        app.filter(name, naming(name), registration -> registration.addMappingForUrlPatterns(types, after, patterns));
    }

    private ContractSite mapped() throws Exception {
        return site(FilterChapter.class, app -> {
            app.contextPath("/mapped");
            names(app, "name1", null, true, "one");
            paths(app, "path1", null, true, "/a/*");
            names(app, "star", null, true, "*");
            paths(app, "path2", null, true, "*.do", "/exact");
            paths(app, "path3", null, true, "/*");
            names(app, "name2", null, true, "one", "two");
            paths(app, "root", null, true, "/");
            paths(app, "forward", EnumSet.of(DispatcherType.FORWARD), true, "/t/*");
            paths(app, "include", EnumSet.of(DispatcherType.INCLUDE), true, "/t/*");
            paths(app, "error", EnumSet.of(DispatcherType.ERROR), true, "/t/*");
            paths(app, "async", EnumSet.of(DispatcherType.ASYNC), true, "/t/*");
            paths(app, "both", EnumSet.of(DispatcherType.REQUEST, DispatcherType.FORWARD), true, "/t/*");
            names(app, "forwardname", EnumSet.of(DispatcherType.FORWARD), true, "target");
            app.errorPage(418, "/t/error");
            Case servlet = (request, response) -> {
                String how = request.getDispatcherType() == DispatcherType.REQUEST ? request.getParameter("how") : null;
                switch (how == null ? "" : how) {
                    case "forward" -> request.getRequestDispatcher("/t/x").forward(request, response);
                    case "include" -> request.getRequestDispatcher("/t/x").include(request, response);
                    case "named" -> request.getServletContext().getNamedDispatcher("target").forward(request, response);
                    case "error" -> response.sendError(418);
                    case "async" -> request.startAsync().dispatch("/t/x");
                    default -> response.getWriter().print("end");
                }
            };
            app.servlet("one", Case.servlet(servlet), r -> r.setAsyncSupported(true), "/a/one", "/one.do", "/exact");
            app.servlet("two", Case.servlet(servlet), "/a/two", "/two");
            app.servlet("target", Case.servlet(servlet), "/t/*");
            app.servlet("plain", Case.servlet(servlet), r -> r.setAsyncSupported(true), "/plain");
        });
    }

    @Section("6.2.4")
    @ParameterizedTest
    @CsvSource({
        "/a/one,path1 path3 name1 star name2",
        "/one.do,path2 path3 name1 star name2",
        "/exact,path2 path3 name1 star name2",
        "/a/two,path1 path3 star name2",
        "/two,path3 star name2",
        "/t/x,path3 both star",
        "/none,path3 root star",
        "/,path3 root star",
        "/x.do,path2 path3 root star",
    })
    default void patternsComeBeforeNamesEachInOrder(String path, String expected) throws Exception {
        String found = filters(mapped().ask("GET /mapped" + path));
        assertEquals(expected.replace(" root", ""), found.replace(" root", ""));
    }

    @Section("6.2.5")
    @ParameterizedTest
    @CsvSource({
        "forward,path3 star forward both forwardname",
        "named,path3 star forwardname",
    })
    default void filtersOfForwardsAreChosenByTheirTarget(String how, String expected) throws Exception {
        assertEquals(expected, filters(mapped().ask("GET /mapped/plain?how=" + how)));
    }

    @Section("6.2.5")
    @Test
    default void filtersOfIncludesErrorsAndAsyncDispatchesAreChosenByType() throws Exception {
        // An include can't set fields: that its filter was called is seen by what it does not say.
        assertEquals("path3 star", filters(mapped().ask("GET /mapped/plain?how=include")));
        assertTrue(filters(mapped().ask("GET /mapped/plain?how=error")).endsWith("error"));
        Notes notes = new Notes();
        Filter noting = Case.filter((request, response, chain) -> {
            notes.add(request.getDispatcherType());
            chain.doFilter(request, response);
        });
        try (ContractSite site = open(app("/types").filter("all", noting, registration -> {
            registration.setAsyncSupported(true);
            registration.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), true, "/*");
        }).errorPage(500, "/error").servlet("main", Case.servlet((request, response) -> {
            switch (request.getDispatcherType()) {
                case REQUEST -> request.startAsync().dispatch("/main/include");
                case ASYNC -> request.getRequestDispatcher("/main/forward").include(request, response);
                case INCLUDE -> request.getRequestDispatcher("/main/fail").forward(request, response);
                default -> throw new IllegalStateException("failed");
            }
        }), r -> r.setAsyncSupported(true), "/main/*").servlet("error", Case.text("error page"), "/error"))) {
            assertEquals("error page", site.ask("GET /types/main/async").text());
            notes.expect("REQUEST ASYNC INCLUDE FORWARD ERROR");
        }
    }

    @Section("FilterRegistration.addMappingForUrlPatterns")
    @Test
    default void filtersMayBeMatchedBeforeThoseThatWereDeclared() throws Exception {
        ServletApplicationBuilder app = app("/order");
        paths(app, "declared", null, true, "/*");
        app.initializer((classes, context) -> {
            context.addFilter("before", naming("before")).addMappingForUrlPatterns(null, false, "/*");
            context.addFilter("after", naming("after")).addMappingForUrlPatterns(null, true, "/*");
        });
        try (ContractSite site = open(app.servlet("main", Case.text("end"), "/*"))) {
            assertEquals("before declared after", filters(site.ask("GET /order/")));
        }
    }

    @Section("6.2.1")
    @Test
    default void aFilterLivesAsLongAsTheApplication() throws Exception {
        Notes notes = new Notes();
        Filter filter = new Filter() {
            @Override
            public void init(FilterConfig config) {
                notes.add("init:" + config.getFilterName() + ":" + config.getInitParameter("p")
                        + ":" + Collections.list(config.getInitParameterNames())
                        + ":" + config.getServletContext().getContextPath());
                assertNull(config.getInitParameter("none"));
            }

            @Override
            public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                    throws IOException, ServletException {
                notes.add("filter");
                chain.doFilter(request, response);
            }

            @Override
            public void destroy() {
                notes.add("destroy");
            }
        };
        try (ContractSite site = open(app("/life").filter("f", filter, registration -> {
            registration.setInitParameter("p", "1");
            registration.addMappingForUrlPatterns(null, true, "/*");
        }).servlet("main", Case.text("end"), "/*"))) {
            notes.expect("init:f:1:[p]:/life");
            site.ask("GET /life/");
            site.ask("GET /life/");
        }
        notes.expect("init:f:1:[p]:/life filter filter destroy");
    }

    @Section("6.2.1")
    @Test
    default void aFilterMayAnswerByItself() throws Exception {
        try (ContractSite site = open(app("/block").filter("f", Case.filter((request, response, chain) -> {
            response.setStatus(403);
            response.getWriter().print("blocked");
        }), r -> r.addMappingForUrlPatterns(null, true, "/*")).servlet("main", Case.text("never"), "/*"))) {
            Reply reply = site.ask("GET /block/");
            assertEquals(403, reply.status());
            assertEquals("blocked", reply.text());
        }
    }

    @Section("6.2.2")
    @Test
    default void theServletSeesTheWrappersOfTheFilter() throws Exception {
        Object[] passed = new Object[2];
        Notes notes = new Notes();
        try (ContractSite site = open(app("/wrap").filter("f", Case.filter((request, response, chain) -> {
            passed[0] = new HttpServletRequestWrapper(request);
            passed[1] = new HttpServletResponseWrapper(response);
            chain.doFilter((ServletRequest) passed[0], (ServletResponse) passed[1]);
        }), r -> r.addMappingForUrlPatterns(null, true, "/*")).servlet("main", Case.servlet((request, response) -> {
            assertSame(passed[0], request);
            assertSame(passed[1], response);
            notes.add("same");
        }), "/*"))) {
            assertEquals(200, site.ask("GET /wrap/").status());
            notes.expect("same");
        }
    }

    @Section("6.2.2")
    @Test
    default void aFilterCanChangeWhatTheServletWrote() throws Exception {
        try (ContractSite site = open(app("/upper").filter("f", Case.filter((request, response, chain) -> {
            CharArrayWriter held = new CharArrayWriter();
            PrintWriter writer = new PrintWriter(held);
            chain.doFilter(request, new HttpServletResponseWrapper(response) {
                @Override
                public PrintWriter getWriter() {
                    return writer;
                }
            });
            writer.flush();
            response.getWriter().print(held.toString().toUpperCase(java.util.Locale.ROOT));
        }), r -> r.addMappingForUrlPatterns(null, true, "/*")).servlet("main", Case.text("shout"), "/*"))) {
            assertEquals("SHOUT", site.ask("GET /upper/").text());
        }
    }

    @Section("6.2.1")
    @Test
    default void filterAndServletRunOnOneThread() throws Exception {
        Thread[] seen = new Thread[1];
        Notes notes = new Notes();
        try (ContractSite site = open(app("/thread").filter("f", Case.filter((request, response, chain) -> {
            seen[0] = Thread.currentThread();
            chain.doFilter(request, response);
        }), r -> r.addMappingForUrlPatterns(null, true, "/*")).servlet("main", Case.servlet((request, response) ->
                notes.add(seen[0] == Thread.currentThread())), "/*"))) {
            site.ask("GET /thread/");
            notes.expect("true");
        }
    }

    @Section("6.2.1")
    @Test
    default void anUnavailableFilterStopsTheChain() throws Exception {
        Notes notes = new Notes();
        try (ContractSite site = open(app("/gone").filter("f", Case.filter((request, response, chain) -> {
            throw new UnavailableException("later", 7);
        }), r -> r.addMappingForUrlPatterns(null, true, "/*"))
                .servlet("main", Case.servlet((request, response) -> notes.add("called")), "/*"))) {
            Reply reply = site.ask("GET /gone/");
            assertEquals(503, reply.status());
            assertEquals("7", reply.field("Retry-After"));
            notes.expect("");
        }
    }

    @Section("6.2.1")
    @Test
    default void aFilterMaySeeWhatTheServletThrew() throws Exception {
        try (ContractSite site = open(app("/catch").filter("f", Case.filter((request, response, chain) -> {
            try {
                chain.doFilter(request, response);
            } catch (IllegalStateException e) {
                response.getWriter().print("caught " + e.getMessage());
            }
        }), r -> r.addMappingForUrlPatterns(null, true, "/*")).servlet("main", Case.servlet((request, response) -> {
            throw new IllegalStateException("it");
        }), "/*"))) {
            assertEquals("caught it", site.ask("GET /catch/").text());
        }
    }

    @Section("6.2")
    @Test
    default void staticFilesAreFilteredToo() throws Exception {
        ServletApplicationBuilder app = app("/static");
        paths(app, "f", null, true, "*.txt");
        try (ContractSite site = open(app)) {
            Reply reply = site.ask("GET /static/none.txt");
            assertEquals(404, reply.status());
            assertEquals("f", filters(reply));
        }
    }

    @Section("HttpFilter")
    @Test
    default void anHttpFilterGetsHttpObjects() throws Exception {
        HttpFilter filter = new HttpFilter() {
            @Override
            protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                    throws IOException, ServletException {
                response.setHeader("X-Name", getFilterName());
                super.doFilter(request, response, chain);
            }
        };
        try (ContractSite site = open(app("/http").filter("f", filter, r -> r.addMappingForUrlPatterns(null, true, "/*"))
                .servlet("main", Case.text("end"), "/*"))) {
            Reply reply = site.ask("GET /http/");
            assertEquals("f", reply.field("X-Name"));
            assertEquals("end", reply.text());
        }
    }

    @Section("6.2.4")
    @Test
    default void aFilterThatMatchesTwiceIsCalledForEachMapping() throws Exception {
        List<String> seen = mapped().ask("GET /mapped/t/x").all("X-Filters");
        assertFalse(seen.isEmpty());
        assertEquals(seen.size(), seen.stream().distinct().count());
    }
}
