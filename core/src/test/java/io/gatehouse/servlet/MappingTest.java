/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 chapter 12: mapping requests to servlets. */
@ExtendWith(Undeploy.class)
final class MappingTest {

    private static String describe(HttpServletRequest q) {
        HttpServletMapping m = q.getHttpServletMapping();
        return q.getServletPath() + "|" + q.getPathInfo() + "|" + m.getMappingMatch() + "|" + m.getMatchValue() + "|"
                + m.getPattern() + "|" + m.getServletName();
    }

    private static HttpServlet describing() {
        return Servlets.servlet((q, r) -> r.getWriter().print(describe(q)));
    }

    private static ServletApplication example() throws Exception {
        return Servlets.deployed(ServletApplication.builder()
                .servlet("one", describing(), "/foo/bar/*")
                .servlet("two", describing(), "/baz/*")
                .servlet("three", describing(), "/catalog")
                .servlet("four", describing(), "*.bop")
                .servlet("root", describing(), "")
                .servlet("fallback", describing(), "/"));
    }

    @ParameterizedTest(name = "12.2.2: {0}")
    @CsvSource({
        "/foo/bar/index.html, /foo/bar|/index.html|PATH|index.html|/foo/bar/*|one",
        "/foo/bar/index.bop, /foo/bar|/index.bop|PATH|index.bop|/foo/bar/*|one",
        "/foo/bar, /foo/bar|null|PATH||/foo/bar/*|one",
        "/foo/bar/, /foo/bar|/|PATH||/foo/bar/*|one",
        "/foo/barn, /foo/barn|null|DEFAULT||/|fallback",
        "/baz, /baz|null|PATH||/baz/*|two",
        "/baz/index.html, /baz|/index.html|PATH|index.html|/baz/*|two",
        "/catalog, /catalog|null|EXACT|catalog|/catalog|three",
        "/catalog/, /catalog/|null|DEFAULT||/|fallback",
        "/catalog/index.html, /catalog/index.html|null|DEFAULT||/|fallback",
        "/catalog/racecar.bop, /catalog/racecar.bop|null|EXTENSION|catalog/racecar|*.bop|four",
        "/index.bop, /index.bop|null|EXTENSION|index|*.bop|four",
        "/index.bop/more, /index.bop/more|null|DEFAULT||/|fallback",
        "/, |/|CONTEXT_ROOT|||root",
        "/Catalog, /Catalog|null|DEFAULT||/|fallback",
    })
    @DisplayName("12.2.2: the example set of the specification")
    void exampleSet(String path, String expected) throws Exception {
        assertEquals(expected, Call.get(example(), path).text());
    }

    @Test
    @DisplayName("12.1: the longest path prefix wins, step by step up the tree")
    void longestPrefix() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("all", describing(), "/*")
                .servlet("a", describing(), "/a/*")
                .servlet("ab", describing(), "/a/b/*")
                .servlet("exact", describing(), "/a/b/c"));
        assertEquals("|/x|PATH|x|/*|all", Call.get(app, "/x").text());
        assertEquals("/a|/x/b|PATH|x/b|/a/*|a", Call.get(app, "/a/x/b").text());
        assertEquals("/a/b|/c/d|PATH|c/d|/a/b/*|ab", Call.get(app, "/a/b/c/d").text());
        assertEquals("/a/b/c|null|EXACT|a/b/c|/a/b/c|exact", Call.get(app, "/a/b/c").text());
        assertEquals("|/|PATH||/*|all", Call.get(app, "/").text());
    }

    @Test
    @DisplayName("12.1: a path prefix beats an extension")
    void prefixBeforeExtension() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("p", describing(), "/p/*").servlet("e", describing(), "*.do"));
        assertTrue(Call.get(app, "/p/x.do").text().endsWith("|p"));
        assertTrue(Call.get(app, "/q/x.do").text().endsWith("|e"));
        assertEquals(404, Call.get(app, "/q/x.DO").status());
        assertEquals(404, Call.get(app, "/q.do/x").status());
    }

    @Test
    @DisplayName("3.5: contextPath + servletPath + pathInfo is the path, below a context path too")
    void pathElements() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/catalog")
                .servlet("lawn", Servlets.servlet((q, r) -> r.getWriter().print(q.getContextPath() + "," + describe(q)
                        + "," + q.getRequestURI() + "," + q.getRequestURL())), "/lawn/*", "*.jsp"));
        assertEquals("/catalog,/lawn|/index%.html|PATH|index%.html|/lawn/*|lawn,/catalog/lawn/index%25.html,"
                + "http://www.example.org/catalog/lawn/index%25.html",
                Call.get(app, "/catalog/lawn/index%25.html?x=1").text());
        assertEquals("/catalog,/help/feedback.jsp|null|EXTENSION|help/feedback|*.jsp|lawn,/catalog/help/feedback.jsp,"
                + "http://www.example.org/catalog/help/feedback.jsp",
                Call.get(app, "/catalog/help/feedback.jsp").text());
    }

    @Test
    @DisplayName("12.1: a path outside of the context path is not answered, nor one that only begins alike")
    void outsideContext() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().contextPath("/shop")
                .servlet("all", describing(), "/*"));
        assertEquals(404, Call.get(app, "/").status());
        assertEquals(404, Call.get(app, "/shopping").status());
        assertEquals(200, Call.get(app, "/shop/ping").status());
        MemoryResponse redirect = Call.get(app, "/shop?a=b");
        assertEquals(302, redirect.status());
        assertEquals("/shop/?a=b", redirect.header("Location"));
    }

    @Test
    @DisplayName("12.1: path parameters take no part in mapping")
    void pathParameters() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", describing(), "/a/*"));
        assertEquals("/a|/b|PATH|b|/a/*|a", Call.get(app, "/a;v=1/b;x=y").text());
    }

    @Test
    @DisplayName("12.2.1: two servlets can't have one pattern; addMapping says which conflict and maps none")
    void conflicts() throws Exception {
        ServletApplicationBuilder builder = ServletApplication.builder()
                .servlet("a", describing(), "/same").servlet("b", describing(), "/same");
        ServletException e = assertThrows(ServletException.class, () -> builder.build().deploy());
        assertTrue(e.getMessage().contains("/same"), e.getMessage());

        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .servlet("a", describing(), "/a")
                .initializer((classes, context) -> {
                    ServletRegistration.Dynamic b = context.addServlet("b", describing());
                    assertEquals(Set.of("/a"), b.addMapping("/free", "/a"));
                    assertEquals(Set.of(), Set.copyOf(b.getMappings()));
                    assertEquals(Set.of(), b.addMapping("/b", "/b2"));
                    assertEquals(Set.of("/b", "/b2"), Set.copyOf(b.getMappings()));
                }));
        assertEquals(404, Call.get(app, "/free").status());
        assertEquals(200, Call.get(app, "/b2").status());
    }

    @ParameterizedTest(name = "12.2: the pattern \"{0}\" is refused")
    @ValueSource(strings = {"foo", "*", "*.", "*.a/b", "*.*", "a/*", "foo*", "*foo"})
    void badPatterns(String pattern) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> UrlPattern.parse(pattern));
        assertTrue(e.getMessage().contains("'" + pattern + "'"));
        assertThrows(IllegalArgumentException.class,
                () -> ServletApplication.builder().servlet("x", describing(), pattern));
    }

    @ParameterizedTest(name = "6.2.4: the filter pattern {0} matches {1}: {2}")
    @CsvSource({
        "/*, /, true", "/*, /any/where, true", "/a/*, /a, true", "/a/*, /a/, true", "/a/*, /a/b/c, true",
        "/a/*, /ab, false", "*.do, /x.do, true", "*.do, /a/x.do, true", "*.do, /x.do/y, false", "*.do, /xdo, false",
        "*.do, /.do, true", "/exact, /exact, true", "/exact, /exact/, false", "/, /, true", "/, /x, false",
        "'', /, true", "'', /x, false",
    })
    void filterPatterns(String pattern, String path, boolean matches) {
        assertEquals(matches, UrlPattern.parse(pattern).matches(path));
    }

    @Test
    @DisplayName("12.2: a pattern inside a name is taken literally")
    void starInside() {
        assertEquals(MappingMatch.EXACT, UrlPattern.parse("/a*b").match());
        assertFalse(UrlPattern.parse("/a*b").matches("/aXb"));
    }

    @Test
    @DisplayName("12.2.1: the container's default servlet gives way to a servlet mapped to /")
    void defaultGivesWay() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet("mine", describing(), "/"));
        assertEquals("/x|null|DEFAULT||/|mine", Call.get(app, "/x").text());
        ServletApplication none = Servlets.deployed(ServletApplication.builder());
        assertEquals(404, Call.get(none, "/x").status());
        assertEquals(Set.of("/"), Set.copyOf(none.context().getServletRegistration("default").getMappings()));
    }

    @Test
    @DisplayName("9.1: dispatcher paths are normalised, decoded and kept inside the context")
    void dispatchPaths() {
        assertEquals("/a/b", DispatchPath.parse("/a/x/../b").path());
        assertEquals("/a/", DispatchPath.parse("/a/b/..").path());
        assertEquals("/a b", DispatchPath.parse("/a%20b?q=%20").path());
        assertEquals("q=%20", DispatchPath.parse("/a%20b?q=%20").query());
        assertEquals("/a/b", DispatchPath.parse("/a;v=1/b;w=2").path());
        assertEquals("/a;v=1/b", DispatchPath.parse("/a;v=1/b").uri());
        assertEquals("/é/ü", DispatchPath.parse("/é/%C3%BC").path());
        assertEquals("/a/b", DispatchPath.parse("/a//b").path());
        assertEquals("/", DispatchPath.parse("/.").path());
        for (String bad : List.of("a", "", "/..", "/a/../..", "/%", "/%4", "/%zz", "/%C3", "/%00", "/../etc")) {
            assertNull(DispatchPath.parse(bad), bad);
        }
    }
}
