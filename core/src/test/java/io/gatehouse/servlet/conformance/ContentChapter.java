/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.Resources;
import io.gatehouse.servlet.ServletApplicationBuilder;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sections 10.10, 10.13 and 12.2: welcome files, media types and the servlet that answers what no other one does. */
interface ContentChapter extends Chapter {

    private static Path content(Path root) throws IOException {
        for (String file : List.of("index.html", "catalog/default.htm", "catalog/index.html", "catalog/products/register.here",
                "pages/start.view", "empty/left.txt", "image.png", "data.thing", "no-extension", "style.CSS", "text.html")) {
            Path path = root.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, file);
        }
        Files.createDirectories(root.resolve("nothing"));
        return root;
    }

    private static String where(HttpServletRequest request) {
        return request.getServletPath() + " " + request.getPathInfo() + " " + request.getRequestURI();
    }

    private ContractSite site(Path root, String... welcome) throws IOException {
        ServletApplicationBuilder builder = app("/shop").resources(Resources.directory(content(root)))
                .mimeType("thing", "application/x-thing")
                .servlet("view", Case.servlet((request, response) -> response.getWriter().print("view " + where(request))),
                        "*.view")
                .servlet("action", Case.servlet((request, response) ->
                        response.getWriter().print("action " + where(request))), "/nothing/action", "/mapped/*");
        if (welcome.length > 0) {
            builder.welcomeFiles(welcome);
        }
        return open(builder);
    }

    @Section("10.10")
    @ParameterizedTest
    @CsvSource({"/, index.html", "/catalog/, catalog/index.html", "/catalog/products/, catalog/products/register.here",
        "/pages/, view /pages/start.view null /shop/pages/", "/nothing/, action /nothing/action null /shop/nothing/"})
    default void aDirectoryIsAnsweredByItsWelcomeFile(String path, String expected, @TempDir Path root) throws Exception {
        try (ContractSite site = site(root, "index.html", "default.htm", "register.here", "action", "start.view")) {
            Reply reply = site.ask("GET /shop" + path);
            String text = reply.text();
            // A forward, a redirect or what can't be told from a direct request: the URI is the container's choice.
            assertEquals("200 " + expected.replaceFirst(" /shop/.*", ""), reply.status() + " "
                    + text.replaceFirst(" /shop/.*", ""));
        }
    }

    @Section("10.10")
    @ParameterizedTest
    @CsvSource({"'default.htm,index.html', catalog/default.htm", "'index.html,default.htm', catalog/index.html",
        "'none.html,default.htm', catalog/default.htm"})
    default void welcomeFilesAreTriedInOrder(String welcome, String expected, @TempDir Path root) throws Exception {
        try (ContractSite site = site(root, welcome.split(","))) {
            assertEquals(expected, site.ask("GET /shop/catalog/").text());
        }
    }

    @Section("10.10")
    @Test
    default void filesComeBeforeServlets(@TempDir Path root) throws Exception {
        try (ContractSite site = site(root, "first.view", "index.html")) {
            // first.view is no file, though its pattern leads to a servlet: a file of the list that is there wins.
            assertEquals("catalog/index.html", site.ask("GET /shop/catalog/").text());
            assertTrue(site.ask("GET /shop/empty/").text().startsWith("view /empty/first.view"));
        }
    }

    @Section("10.10")
    @ParameterizedTest
    @CsvSource({"/catalog, /shop/catalog/", "/catalog?a=b, /shop/catalog/?a=b", "/catalog/products, /shop/catalog/products/"})
    default void aDirectoryWithoutSlashLeadsToTheOneWith(String path, String location, @TempDir Path root) throws Exception {
        try (ContractSite site = site(root)) {
            Reply reply = site.ask("GET /shop" + path);
            assertTrue(reply.status() == 301 || reply.status() == 302, "status " + reply.status());
            assertTrue(reply.field("Location").endsWith(location), reply.field("Location"));
        }
    }

    @Section("10.10")
    @Test
    default void aDirectoryWithoutWelcomeFileTellsNothingOfWhatItHolds(@TempDir Path root) throws Exception {
        try (ContractSite site = site(root)) {
            Reply reply = site.ask("GET /shop/empty/");
            assertEquals(404, reply.status());
            assertFalse(reply.text().contains("left.txt"), reply.text());
        }
    }

    @Section("10.10")
    @Test
    default void whatIsMappedIsNoPartialRequest(@TempDir Path root) throws Exception {
        try (ContractSite site = site(root)) {
            assertEquals("action /mapped / /shop/mapped/", site.ask("GET /shop/mapped/").text());
        }
    }

    @Section("10.13")
    @ParameterizedTest
    @CsvSource({"/index.html, text/html", "/image.png, image/png", "/data.thing, application/x-thing", "/style.CSS, text/css"})
    default void filesHaveTheTypeOfTheirExtension(String path, String type, @TempDir Path root) throws Exception {
        try (ContractSite site = site(root)) {
            Reply reply = site.ask("GET /shop" + path);
            assertEquals(200, reply.status());
            assertTrue(reply.field("Content-Type").startsWith(type), reply.field("Content-Type"));
        }
    }

    @Section("ServletContext.getMimeType")
    @ParameterizedTest
    @CsvSource({"a.html, text/html", "/b/a.HTML, text/html", "a.thing, application/x-thing", "a.none,", "thing,", "a.,",
        "dir.html/file,"})
    default void theContextTellsTypes(String file, String type) throws Exception {
        get((request, response) -> assertEquals(type, request.getServletContext().getMimeType(file)));
        get((request, response) -> assertEquals(null, request.getServletContext().getMimeType(null)));
    }

    @Section("12.2")
    @Test
    default void theDefaultServletIsToldTheWholePath(@TempDir Path root) throws Exception {
        try (ContractSite site = open(app("/shop").resources(Resources.directory(content(root)))
                .servlet("own", Case.servlet((request, response) -> response.getWriter().print(
                        where(request) + " " + request.getHttpServletMapping().getMappingMatch())), "/"))) {
            assertEquals("/index.html null /shop/index.html DEFAULT", site.ask("GET /shop/index.html").text());
            assertEquals("/a/b null /shop/a/b DEFAULT", site.ask("GET /shop/a/b").text());
        }
    }

    @Section("12.2")
    @Test
    default void theDefaultServletServesFilesWithTheirFacts(@TempDir Path root) throws Exception {
        try (ContractSite site = site(root)) {
            Reply get = site.ask("GET /shop/text.html");
            assertEquals("200 text.html", get.status() + " " + get.text());
            assertEquals("9", get.field("Content-Length"));
            Reply head = site.ask("HEAD /shop/text.html");
            assertEquals(200, head.status());
            for (String each : List.of("Content-Length", "Content-Type", "ETag", "Last-Modified")) {
                assertEquals(get.field(each), head.field(each));
                assertNotEquals("null", head.field(each));
            }
            assertEquals(304, site.ask("GET /shop/text.html", "If-None-Match: " + get.field("ETag")).status());
            assertEquals(304, site.ask("GET /shop/text.html", "If-Modified-Since: " + get.field("Last-Modified")).status());
            assertEquals(412, site.ask("GET /shop/text.html", "If-Match: \"other\"").status());
        }
    }

    @Section("12.2")
    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    default void theDefaultServletOnlyReads(String method, @TempDir Path root) throws Exception {
        try (ContractSite site = site(root)) {
            assertEquals(405, site.ask(method + " /shop/text.html", "").status());
            assertTrue(site.ask("OPTIONS /shop/text.html").field("Allow").contains("GET"));
            assertEquals("text.html", Files.readString(root.resolve("text.html")));
        }
    }

    @Section("12.2")
    @ParameterizedTest
    @ValueSource(strings = {"/none", "/catalog/none.html", "/index.html/more", "/no-extension/"})
    default void whatIsNotThereIsNotFound(String path, @TempDir Path root) throws Exception {
        try (ContractSite site = site(root)) {
            assertEquals(404, site.ask("GET /shop" + path).status());
        }
    }

    @Section("12.2")
    @ParameterizedTest
    @ValueSource(strings = {"writer before", "stream before", "writer held", "untouched"})
    default void aFilterMayAddToAFile(String how, @TempDir Path root) throws Exception {
        Filter filter = Case.filter((request, response, chain) -> {
            boolean text = how.startsWith("writer");
            boolean touched = !how.equals("untouched");
            if (how.endsWith("before")) {
                if (text) {
                    response.getWriter().print("before ");
                } else {
                    response.getOutputStream().print("before ");
                }
            } else if (touched) {
                response.getWriter();
            }
            chain.doFilter(request, response);
            if (touched && text) {
                response.getWriter().print(" after");
            } else if (touched) {
                response.getOutputStream().print(" after");
            }
        });
        try (ContractSite site = open(app("/shop").resources(Resources.directory(content(root))).filter(filter, "/*"))) {
            Reply reply = site.ask("GET /shop/text.html");
            String file = how.equals("untouched") ? "text.html" : "text.html after";
            assertEquals("200 " + (how.endsWith("before") ? "before " : "") + file, reply.status() + " " + reply.text());
            assertEquals(Integer.toString(reply.body().length), reply.field("Content-Length"));
        }
    }

    @Section("12.2, 10.5")
    @Test
    default void theDefaultServletCanBeIncludedByName(@TempDir Path root) throws Exception {
        try (ContractSite site = open(app("/shop").resources(Resources.directory(content(root)))
                .servlet("including", Case.servlet((request, response) -> {
                    response.getWriter().print("before ");
                    request.getRequestDispatcher("/text.html").include(request, response);
                    response.getWriter().print(" after");
                }), "/including"))) {
            assertEquals("before text.html after", site.ask("GET /shop/including").text());
            try (InputStream stream = Files.newInputStream(root.resolve("text.html"))) {
                assertEquals("text.html", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
    }
}
