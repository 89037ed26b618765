/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chapter 12 and section 3.5: which servlet answers a path, and what it is told of the path. */
interface MappingChapter extends Chapter {

    private static String describe(HttpServletRequest request) {
        HttpServletMapping mapping = request.getHttpServletMapping();
        return mapping.getServletName() + "|" + request.getServletPath() + "|" + request.getPathInfo() + "|"
                + mapping.getMappingMatch() + "|" + mapping.getMatchValue() + "|" + mapping.getPattern();
    }

    private ContractSite shop() throws Exception {
        Case describing = (request, response) -> {
            response.setCharacterEncoding("UTF-8");
            response.getWriter().print(describe(request));
        };
        return site(MappingChapter.class, app -> app.contextPath("/shop")
                .servlet("exact", Case.servlet(describing), "/exact", "/exact/deep", "/over.do", "/with space", "/\u00e4")
                .servlet("path", Case.servlet(describing), "/path/*", "/path/longer/*", "/over.x/*")
                .servlet("extension", Case.servlet(describing), "*.do", "*.tar.gz")
                .servlet("root", Case.servlet(describing), "")
                .servlet("default", Case.servlet(describing), "/"));
    }

    @Section("12.1")
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "/shop/exact exact|/exact|null|EXACT|exact|/exact",
        "/shop/exact/deep exact|/exact/deep|null|EXACT|exact/deep|/exact/deep",
        "/shop/exact/ default|/exact/|null|DEFAULT||/",
        "/shop/exact/other default|/exact/other|null|DEFAULT||/",
        "/shop/Exact default|/Exact|null|DEFAULT||/",
        "/shop/over.do exact|/over.do|null|EXACT|over.do|/over.do",
        "/shop/path path|/path|null|PATH||/path/*",
        "/shop/path/ path|/path|/|PATH||/path/*",
        "/shop/path/a path|/path|/a|PATH|a|/path/*",
        "/shop/path/a/b path|/path|/a/b|PATH|a/b|/path/*",
        "/shop/path/longer path|/path/longer|null|PATH||/path/longer/*",
        "/shop/path/longer/a path|/path/longer|/a|PATH|a|/path/longer/*",
        "/shop/path/longerx path|/path|/longerx|PATH|longerx|/path/*",
        "/shop/pathx default|/pathx|null|DEFAULT||/",
        "/shop/path/a.do path|/path|/a.do|PATH|a.do|/path/*",
        "/shop/over.x/a path|/over.x|/a|PATH|a|/over.x/*",
        "/shop/a.do extension|/a.do|null|EXTENSION|a|*.do",
        "/shop/x/y/a.do extension|/x/y/a.do|null|EXTENSION|x/y/a|*.do",
        "/shop/a.b.do extension|/a.b.do|null|EXTENSION|a.b|*.do",
        "/shop/.do extension|/.do|null|EXTENSION||*.do",
        "/shop/a.do/b default|/a.do/b|null|DEFAULT||/",
        "/shop/a.DO default|/a.DO|null|DEFAULT||/",
        "/shop/a.dox default|/a.dox|null|DEFAULT||/",
        "/shop/ root||/|CONTEXT_ROOT||",
        "/shop/nothing default|/nothing|null|DEFAULT||/",
        "/shop/a/b/c default|/a/b/c|null|DEFAULT||/",
    })
    default void theBestPatternWins(String path, String expected) throws Exception {
        assertEquals(expected, shop().ask("GET " + path).text());
    }

    @Section("3.5.2")
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "/shop/%65xact exact|/exact|null|EXACT|exact|/exact",
        "/shop/path/%61%20b 'path|/path|/a b|PATH|a b|/path/*'",
        "/shop/with%20space 'exact|/with space|null|EXACT|with space|/with space'",
        "/shop/%C3%A4 exact|/\u00e4|null|EXACT|\u00e4|/\u00e4",
        "/shop/a/../exact exact|/exact|null|EXACT|exact|/exact",
        "/shop/./exact exact|/exact|null|EXACT|exact|/exact",
        "/shop/path/a/../b path|/path|/b|PATH|b|/path/*",
        "/shop/path/.. root||/|CONTEXT_ROOT||",
        "/shop/exact;x=1 exact|/exact|null|EXACT|exact|/exact",
        "/shop/path;x=1/a;y=2 path|/path|/a|PATH|a|/path/*",
        "/shop/a.do;x=1 extension|/a.do|null|EXTENSION|a|*.do",
        "/shop/exact? exact|/exact|null|EXACT|exact|/exact",
        "/shop/exact?/path/ exact|/exact|null|EXACT|exact|/exact",
        "/%73hop/exact exact|/exact|null|EXACT|exact|/exact",
    })
    default void pathsAreMadeCanonicalBeforeTheyAreMapped(String path, String expected) throws Exception {
        assertEquals(expected, shop().ask("GET " + path).utf8());
    }

    @Section("3.5.2")
    @ParameterizedTest
    @ValueSource(strings = {
        "/shop/%2e%2e/x", "/shop/a%2fb", "/shop/%", "/shop/%zz", "/shop/%00", "/shop/a%5cb", "/shop/..;/x", "/shop/%c0%af",
        "/../shop/exact", "/shop/../../x", "/shop//exact"
    })
    default void suspiciousPathsAreRefused(String path) throws Exception {
        assertEquals(400, shop().ask("GET " + path).status());
    }

    @Section("3.5")
    @ParameterizedTest
    @ValueSource(strings = {"/shop/exact", "/shop/path/a", "/shop/a.do", "/shop/x/y", "/shop/"})
    default void theUriIsTheSumOfItsParts(String path) throws Exception {
        String[] parts = shop().ask("GET " + path).text().split("\\|");
        assertEquals(path, "/shop" + parts[1] + (parts[2].equals("null") ? "" : parts[2]));
    }

    @Section("12.1")
    @Test
    default void theContextPathWithoutSlashLeadsToIt() throws Exception {
        Reply reply = shop().ask("GET /shop?a=1");
        assertEquals(302, reply.status());
        assertTrue(reply.field("Location").endsWith("/shop/?a=1"), reply.field("Location"));
    }

    @Section("12.1")
    @ParameterizedTest
    @ValueSource(strings = {"/shopx", "/sho", "/SHOP/exact", "/other"})
    default void otherPathsAreOfNoContext(String path) throws Exception {
        assertEquals(404, shop().ask("GET " + path).status());
    }

    @Section("12.1")
    @Test
    default void theLongestContextPathWins() throws Exception {
        try (ContractSite site = open(
                app("").servlet("root", Case.text("root"), "/*"),
                app("/a").servlet("a", Case.text("a"), "/*"),
                app("/a/b").servlet("ab", Case.text("ab"), "/*"))) {
            assertEquals("root", site.ask("GET /").text());
            assertEquals("root", site.ask("GET /ab").text());
            assertEquals("a", site.ask("GET /a/").text());
            assertEquals("a", site.ask("GET /a/bc").text());
            assertEquals("ab", site.ask("GET /a/b/").text());
            assertEquals("ab", site.ask("GET /a/b/c").text());
        }
    }

    @Section("12.2")
    @Test
    default void aStarAloneTakesEverythingAndLeavesTheServletPathEmpty() throws Exception {
        Case describing = (request, response) -> response.getWriter().print(describe(request));
        try (ContractSite site = open(app("/all").servlet("all", Case.servlet(describing), "/*")
                .servlet("extension", Case.servlet(describing), "*.do").servlet("exact", Case.servlet(describing), "/exact"))) {
            assertEquals("all||/a.do|PATH|a.do|/*", site.ask("GET /all/a.do").text());
            assertEquals("all||/|PATH||/*", site.ask("GET /all/").text());
            assertEquals("exact|/exact|null|EXACT|exact|/exact", site.ask("GET /all/exact").text());
        }
    }

    @Section("12.2.1")
    @Test
    default void withoutADefaultServletMissingFilesAreNotFound() throws Exception {
        try (ContractSite site = open(app("/none").servlet("one", Case.text("one"), "/one"))) {
            assertEquals(404, site.ask("GET /none/two").status());
            assertEquals("one", site.ask("GET /none/one").text());
        }
    }

    @Section("HttpServletMapping")
    @Test
    default void theMappingStaysWhatItIs() throws Exception {
        run((request, response) -> {
            assertEquals("case", request.getHttpServletMapping().getServletName());
            assertEquals("/case/*", request.getHttpServletMapping().getPattern());
            assertEquals("a/b", request.getHttpServletMapping().getMatchValue());
            assertEquals(request.getHttpServletMapping().toString(), request.getHttpServletMapping().toString());
        }, "GET /app/case/a/b");
    }

    @Section("HttpServletRequest.getRequestURI")
    @ParameterizedTest
    @ValueSource(strings = {"/app/case/%61", "/app/case/a;b=c", "/app/case/a%20b", "/app/case/a+b"})
    default void theUriIsNotDecoded(String path) throws Exception {
        run((request, response) -> assertEquals(path, request.getRequestURI()), "GET " + path + "?x=y");
    }

    @Section("HttpServletRequest.getRequestURI")
    @Test
    default void theUriOfAnAbsoluteFormIsItsPath() throws Exception {
        run((request, response) -> {
            assertEquals("/app/case/a", request.getRequestURI());
            assertEquals("http://other/app/case/a", request.getRequestURL().toString());
        }, "GET http://other/app/case/a?b", "Host: other");
    }

    @Section("HttpServletRequest.getPathInfo")
    @Test
    default void pathInfoKeepsAPlus() throws Exception {
        run((request, response) -> assertEquals("/a+b", request.getPathInfo()), "GET /app/case/a+b");
    }
}
