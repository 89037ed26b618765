/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servlet 6.1 chapter 9: paths and attributes of what is forwarded and included, in all combinations. */
@ExtendWith(Undeploy.class)
final class DispatchRulesTest {

    /** All attributes of dispatches, by their last words. */
    private static String attributes(HttpServletRequest request) {
        TreeMap<String, String> found = new TreeMap<>();
        for (String name : Collections.list(request.getAttributeNames())) {
            Object value = request.getAttribute(name);
            if (name.startsWith("jakarta.servlet.")) {
                found.put(name.substring("jakarta.servlet.".length()),
                        value instanceof HttpServletMapping mapping ? mapping.getPattern() : String.valueOf(value));
            }
        }
        return found.toString();
    }

    private static String path(HttpServletRequest q) {
        return q.getRequestURI() + "|" + q.getContextPath() + "|" + q.getServletPath() + "|" + q.getPathInfo() + "|"
                + q.getQueryString() + "|" + q.getHttpServletMapping().getPattern();
    }

    @ParameterizedTest(name = "9.1: from {0}, getRequestDispatcher({1}) leads to {2}")
    @CsvSource(nullValues = "-", value = {
        "/d/e/f, x, /d/e/x", "/d/e/f, ./x, /d/e/x", "/d/e/f, ../x, /d/x", "/d/e/f, ../../x, /x", "/d/e/f, ../../../x, -",
        "/d/e/, x, /d/e/x", "/d/e/, ../x, /d/x", "/d, x, /x", "/d/e, /x, /x", "/d/e, /x/../y, /y", "/d/e, /x//y, /x/y",
        "/d/e, /../x, -", "/d/e, x%20y, '/d/x y'", "/d/e, /%41, /A", "/d/e, /x;p=1/y, /x/y", "/d/e, /x#frag, /x",
        "/d/e, /x%, -", "/d/e, /%zz, -", "/d/e, /x%2Fy, /x/y", "/d%20e/f, x, '/d e/x'", "/d/e, '', /d/", "/d/e, ., /d/",
        "/d/e, .., /",
    })
    void paths(String from, String to, String expected) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c")
                .servlet("s", Servlets.servlet((q, r) -> {
                    if (q.getDispatcherType() == DispatcherType.FORWARD) {
                        r.getWriter().print(q.getServletPath() + (q.getPathInfo() == null ? "" : q.getPathInfo()));
                        return;
                    }
                    RequestDispatcher dispatcher = q.getRequestDispatcher(to);
                    if (dispatcher == null) {
                        r.getWriter().print("-");
                    } else {
                        dispatcher.forward(q, r);
                    }
                }), "/*"));
        assertEquals(expected == null ? "-" : expected, Call.get(app, "/c" + from).text());
    }

    @Test
    @DisplayName("9.4: path elements and attributes before, in and after a forward")
    void forward() throws Exception {
        List<String> seen = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c")
                .servlet("a", Servlets.servlet((q, r) -> {
                    String before = path(q) + attributes(q) + q.getDispatcherType();
                    q.getRequestDispatcher("/b/i;p=1?y=2").forward(q, r);
                    assertEquals(before, path(q) + attributes(q) + q.getDispatcherType());
                }), "/a/*")
                .servlet("b", Servlets.servlet((q, r) -> {
                    seen.add(path(q));
                    seen.add(attributes(q));
                }), "/b/*"));
        assertEquals(200, Call.get(app, "/c/a/h?x=1").status());
        assertEquals(List.of("/c/b/i;p=1|/c|/b|/i|y=2|/b/*",
                "{forward.context_path=/c, forward.mapping=/a/*, forward.path_info=/h, forward.query_string=x=1, "
                        + "forward.request_uri=/c/a/h, forward.servlet_path=/a}"), seen);
    }

    @Test
    @DisplayName("9.3: path elements and attributes before, in and after an include")
    void include() throws Exception {
        List<String> seen = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/c")
                .servlet("a", Servlets.servlet((q, r) -> {
                    String before = path(q) + attributes(q) + q.getDispatcherType();
                    q.getRequestDispatcher("/b/i;p=1?y=2").include(q, r);
                    assertEquals(before, path(q) + attributes(q) + q.getDispatcherType());
                }), "/a/*")
                .servlet("b", Servlets.servlet((q, r) -> {
                    seen.add(path(q));
                    seen.add(attributes(q));
                }), "/b/*"));
        assertEquals(200, Call.get(app, "/c/a/h?x=1").status());
        assertEquals(List.of("/c/a/h|/c|/a|/h|x=1|/a/*",
                "{include.context_path=/c, include.mapping=/b/*, include.path_info=/i, include.query_string=y=2, "
                        + "include.request_uri=/c/b/i;p=1, include.servlet_path=/b}"), seen);
    }

    /** Each step is f for a forward or i for an include, of the next path: /1, /2 and so on. */
    @ParameterizedTest(name = "{0}: at the end {1} with {2}")
    @CsvSource(delimiter = '|', value = {
        "f    | FORWARD /1 | forward /0 include null",
        "i    | INCLUDE /0 | forward null include /1",
        "ff   | FORWARD /2 | forward /0 include null",
        "fff  | FORWARD /3 | forward /0 include null",
        "ii   | INCLUDE /0 | forward null include /2",
        "iii  | INCLUDE /0 | forward null include /3",
        "fi   | INCLUDE /1 | forward /0 include /2",
        "if   | FORWARD /2 | forward /0 include null",
        "fif  | FORWARD /3 | forward /0 include null",
        "ifi  | INCLUDE /2 | forward /0 include /3",
        "fii  | INCLUDE /1 | forward /0 include /3",
        "iff  | FORWARD /3 | forward /0 include null",
    })
    void nested(String steps, String at, String with) throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", Servlets.servlet((q, r) -> {
            int depth = q.getAttribute("depth") == null ? 0 : (Integer) q.getAttribute("depth");
            if (depth == steps.length()) {
                r.getWriter().print(q.getDispatcherType() + " " + q.getPathInfo() + "|forward "
                        + q.getAttribute(RequestDispatcher.FORWARD_PATH_INFO) + " include "
                        + q.getAttribute(RequestDispatcher.INCLUDE_PATH_INFO));
                return;
            }
            String before = path(q) + attributes(q) + q.getDispatcherType();
            q.setAttribute("depth", depth + 1);
            RequestDispatcher next = q.getRequestDispatcher("/s/" + (depth + 1));
            if (steps.charAt(depth) == 'f') {
                next.forward(q, r);
            } else {
                next.include(q, r);
            }
            assertEquals(before, path(q) + attributes(q) + q.getDispatcherType());
        }), "/s/*"));
        assertEquals(at + "|" + with, Call.get(app, "/s/0").text());
    }

    @Test
    @DisplayName("9.1.1: queries pile up in front of the parameters and are taken away again")
    void queries() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("s", Servlets.servlet((q, r) -> {
            r.getWriter().print(Arrays.toString(q.getParameterValues("a")) + q.getQueryString());
            switch (q.getDispatcherType() + q.getPathInfo()) {
                case "REQUEST/0" -> {
                    q.getRequestDispatcher("/s/1?a=1").include(q, r);
                    assertEquals(List.of("0", "form"), List.of(q.getParameterValues("a")));
                    q.getRequestDispatcher("/s/1?a=f").forward(q, r);
                }
                case "FORWARD/1" -> q.getRequestDispatcher("/s/2?a=i&b=%26").include(q, r);
                case "INCLUDE/1" -> assertEquals("&", q.getParameter("b"));
                default -> {}
            }
        }), "/s/*"));
        MemoryResponse got = Call.of(app, "POST", "/s/0?a=0").form("a=form").send();
        assertEquals("[f, 0, form]a=f[i, f, 0, form]a=f", got.text());
    }

    @Test
    @DisplayName("9.1.1: a path without query keeps the parameters and the query string of the request")
    void noQuery() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> q.getRequestDispatcher("/b").forward(q, r)), "/a")
                .servlet("b", Servlets.servlet((q, r) -> r.getWriter().print(q.getQueryString() + q.getParameter("x"))),
                        "/b"));
        assertEquals("x=11", Call.get(app, "/a?x=1").text());
    }

    @Test
    @DisplayName("9.2: a dispatcher may be kept and used again, by other requests too")
    void kept() throws Exception {
        RequestDispatcher[] kept = new RequestDispatcher[1];
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    if (kept[0] == null) {
                        kept[0] = q.getRequestDispatcher("/b?n=1");
                    }
                    kept[0].include(q, r);
                    kept[0].include(q, r);
                }), "/a/*")
                .servlet("b", Servlets.servlet((q, r) -> r.getWriter().print(q.getPathInfo() + q.getParameter("n"))), "/b"));
        assertEquals("/x1/x1", Call.get(app, "/a/x").text());
        assertEquals("/y1/y1", Call.get(app, "/a/y").text());
    }

    @Test
    @DisplayName("9.2: dispatch by name: no attributes, no new path, also to a servlet without mapping")
    void named() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    q.getServletContext().getNamedDispatcher("hidden").include(q, r);
                    q.getServletContext().getNamedDispatcher("hidden").forward(q, r);
                }), "/a/*")
                .servlet("hidden", Servlets.servlet((q, r) -> {
                    r.getWriter().print(q.getDispatcherType() + path(q) + attributes(q));
                    r.flushBuffer();
                })));
        MemoryResponse got = Call.get(app, "/a/x?y");
        assertEquals("INCLUDE/a/x||/a|/x|y|/a/*{}", got.text());
        assertNotNull(got.failure(), "the forward came too late");
    }

    @Test
    @DisplayName("12.2: the default servlet by name serves the request's own path, forwarded and included")
    void defaultByName(@TempDir Path root) throws Exception {
        Files.createDirectories(root.resolve("s"));
        Files.writeString(root.resolve("s/page.txt"), "static");
        ServletApplication app = Servlets.deployed(ServletApplication.builder().resources(Resources.directory(root))
                .servlet("s", Servlets.servlet((q, r) -> {
                    RequestDispatcher named = q.getServletContext().getNamedDispatcher("default");
                    if (q.getQueryString() == null) {
                        named.forward(q, r);
                    } else {
                        r.getWriter().print("<");
                        named.include(q, r);
                        r.getWriter().print(">");
                    }
                }), "/s/*"));
        assertEquals("static", Call.get(app, "/s/page.txt").text());
        assertEquals("<static>", Call.get(app, "/s/page.txt?include").text());
        assertEquals(404, Call.get(app, "/s/none.txt").status());
    }

    @Test
    @DisplayName("9.3: including what is not there is a FileNotFoundException, forwarding to it a 404")
    void missing() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    assertThrows(FileNotFoundException.class, () -> q.getRequestDispatcher("/none").include(q, r));
                    q.getRequestDispatcher("/none").forward(q, r);
                }), "/a"));
        assertEquals(404, Call.get(app, "/a").status());
    }

    @Test
    @DisplayName("9.4: a forward from a filter never reaches the servlet; one to the same path is not filtered again")
    void fromAFilter() throws Exception {
        List<String> seen = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .filter(Servlets.filter((q, r, chain) -> {
                    seen.add("filter");
                    if (q.getParameter("go") != null) {
                        q.getRequestDispatcher(q.getParameter("go")).forward(q, r);
                    } else {
                        chain.doFilter(q, r);
                    }
                }), "/*")
                .servlet("s", Servlets.servlet((q, r) -> seen.add(q.getServletPath() + q.getDispatcherType())), "/s", "/t"));
        Call.get(app, "/s?go=/t");
        Call.get(app, "/s?go=/s");
        Call.get(app, "/s");
        assertEquals(List.of("filter", "/tFORWARD", "filter", "/sFORWARD", "filter", "/sREQUEST"), seen);
    }

    @Test
    @DisplayName("9.5: after a dispatch that threw, everything is as before it")
    void afterFailure() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    String before = path(q) + attributes(q) + q.getDispatcherType() + q.getParameterMap().keySet();
                    for (String how : List.of("io", "servlet", "runtime", "error")) {
                        RequestDispatcher to = q.getRequestDispatcher("/b?how=" + how);
                        Throwable thrown = assertThrows(Throwable.class, () -> to.include(q, r));
                        assertSame(q.getAttribute("thrown"), thrown);
                        assertThrows(Throwable.class, () -> to.forward(q, r));
                        q.removeAttribute("thrown");
                        assertEquals(before, path(q) + attributes(q) + q.getDispatcherType() + q.getParameterMap().keySet());
                        r.setHeader("Still", "open");
                    }
                    r.getWriter().print("fine");
                }), "/a")
                .servlet("b", Servlets.servlet((q, r) -> {
                    Throwable thrown = switch (q.getParameter("how")) {
                        case "io" -> new IOException("io");
                        case "servlet" -> new ServletException("servlet");
                        case "runtime" -> new IllegalStateException("runtime");
                        default -> new LinkageError("error");
                    };
                    q.setAttribute("thrown", thrown);
                    r.setHeader("Still", "closed");
                    if (thrown instanceof Error e) {
                        throw e;
                    }
                    throw (Exception) thrown;
                }), "/b"));
        MemoryResponse got = Call.get(app, "/a?x=1");
        assertEquals("fine", got.text());
        assertEquals("open", got.header("Still"));
    }

    @Test
    @DisplayName("9.4: what a forward wrote is all; what the forwarding servlet writes after it is dropped")
    void afterForward() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", Servlets.servlet((q, r) -> {
                    r.getWriter().print("dropped");
                    q.getRequestDispatcher("/b").forward(q, r);
                    assertTrue(r.isCommitted());
                    r.getWriter().print("dropped, too");
                    assertThrows(IllegalStateException.class, () -> q.getRequestDispatcher("/b").forward(q, r));
                    assertNull(r.getHeader("Late"));
                }), "/a")
                .servlet("b", Servlets.text("b"), "/b"));
        assertEquals("b", Call.get(app, "/a").text());
    }
}
