/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.Resources;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import java.io.File;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chapter 4: the context, its parameters, attributes and resources. What is registered with it: {@link RegistrationChapter}. */
interface ContextChapter extends Chapter {

    @Section("4, ServletContext")
    @Test
    default void theContextTellsWhatItIs() throws Exception {
        try (Deployed deployed = Deployed.of(app("/shop").displayName("The shop").serverName("example.com"))) {
            ServletContext context = deployed.context();
            assertEquals(6, context.getMajorVersion());
            assertEquals(1, context.getMinorVersion());
            assertEquals(6, context.getEffectiveMajorVersion());
            assertEquals(1, context.getEffectiveMinorVersion());
            assertEquals("/shop", context.getContextPath());
            assertEquals("The shop", context.getServletContextName());
            assertEquals("example.com", context.getVirtualServerName());
            assertNotNull(context.getClassLoader());
            assertNull(context.getJspConfigDescriptor());
        }
        try (Deployed deployed = Deployed.of(app(""))) {
            assertEquals("", deployed.context().getContextPath());
            assertNull(deployed.context().getServletContextName());
        }
    }

    @Section("ServletContext.getServerInfo")
    @Test
    default void theServerIsNamedWithItsVersion() throws Exception {
        get((request, response) -> {
            String info = request.getServletContext().getServerInfo();
            assertTrue(info.matches("Gatehouse/[^/ ]+( \\(.*\\))?"), info);
        });
    }

    @Section("4.2, 2.2")
    @Test
    default void thereIsOneContextForServletsFiltersAndRequests() throws Exception {
        get((request, response) -> {
            ServletContext context = request.getServletContext();
            assertSame(context, request.getSession().getServletContext());
            assertSame(context, context.getContext("/app"));
            request.getSession().invalidate();
        });
    }

    @Section("4.2, ServletContext.getContext")
    @ParameterizedTest
    @ValueSource(strings = {"/", "/other", "/apple", "app", ""})
    default void otherContextsAreOutOfReach(String path) throws Exception {
        get((request, response) -> assertNull(request.getServletContext().getContext(path)));
        get((request, response) -> assertNull(request.getServletContext().getContext(null)));
    }

    @Section("4.3")
    @Test
    default void initParametersAreSetOnceAndBeforeTheStart() throws Exception {
        Deployed.use(app("/shop").initParameter("given", "by descriptor"), context -> {
            assertTrue(context.setInitParameter("more", "by code"));
            assertFalse(context.setInitParameter("more", "again"));
            assertFalse(context.setInitParameter("given", "by code"));
            assertThrows(NullPointerException.class, () -> context.setInitParameter(null, "x"));
        }, context -> {
            assertEquals("by descriptor", context.getInitParameter("given"));
            assertEquals("by code", context.getInitParameter("more"));
            assertNull(context.getInitParameter("none"));
            assertEquals(Set.of("given", "more"), Set.copyOf(Collections.list(context.getInitParameterNames())));
            assertThrows(NullPointerException.class, () -> context.getInitParameter(null));
            assertThrows(IllegalStateException.class, () -> context.setInitParameter("late", "x"));
        });
    }

    @Section("4.5")
    @Test
    default void attributesBelongToTheContextAndStayForAllRequests() throws Exception {
        get((request, response) -> request.getServletContext().setAttribute("kept", "value"));
        get((request, response) -> {
            ServletContext context = request.getServletContext();
            assertEquals("value", context.getAttribute("kept"));
            assertTrue(Collections.list(context.getAttributeNames()).contains("kept"));
            context.setAttribute("kept", null);
            assertNull(context.getAttribute("kept"));
            assertThrows(NullPointerException.class, () -> context.getAttribute(null));
            assertThrows(NullPointerException.class, () -> context.setAttribute(null, 1));
        });
        try (Deployed one = Deployed.of(app("/one")); Deployed two = Deployed.of(app("/two"))) {
            one.context().setAttribute("own", 1);
            assertNull(two.context().getAttribute("own"));
        }
    }

    @Section("4.8.1")
    @Test
    default void eachContextHasATemporaryDirectoryOfItsOwn() throws Exception {
        File directory;
        try (Deployed one = Deployed.of(app("/one")); Deployed two = Deployed.of(app("/two"))) {
            directory = assertInstanceOf(File.class, one.context().getAttribute(ServletContext.TEMPDIR));
            assertTrue(directory.isDirectory() && directory.canWrite());
            assertNotEquals(directory, two.context().getAttribute(ServletContext.TEMPDIR));
            assertTrue(new File(directory, "file").createNewFile());
        }
        assertFalse(directory.exists());
    }

    private static Path content(Path root) throws Exception {
        Files.createDirectories(root.resolve("catalog/offers/music"));
        Files.createDirectories(root.resolve("WEB-INF/classes"));
        Files.writeString(root.resolve("welcome.html"), "welcome");
        Files.writeString(root.resolve("catalog/index.html"), "catalog");
        Files.writeString(root.resolve("catalog/offers/books.html"), "books");
        Files.writeString(root.resolve("WEB-INF/web.xml"), "<web-app/>");
        return root;
    }

    @Section("4.6, ServletContext.getResourcePaths")
    @Test
    default void resourcesAreListedOneLevelDeep(@TempDir Path root) throws Exception {
        try (Deployed deployed = Deployed.of(app("/shop").resources(Resources.directory(content(root))))) {
            ServletContext context = deployed.context();
            assertEquals(Set.of("/welcome.html", "/catalog/", "/WEB-INF/"), context.getResourcePaths("/"));
            assertEquals(Set.of("/catalog/index.html", "/catalog/offers/"), context.getResourcePaths("/catalog/"));
            assertEquals(Set.of("/catalog/index.html", "/catalog/offers/"), context.getResourcePaths("/catalog"));
            assertNull(context.getResourcePaths("/none"));
            assertNull(context.getResourcePaths("/welcome.html"));
            assertNull(context.getResourcePaths("catalog"));
            assertNull(context.getResourcePaths(null));
        }
    }

    @Section("4.6, ServletContext.getResource")
    @ParameterizedTest
    @CsvSource({"/welcome.html, true", "/catalog, true", "/catalog/, true", "/WEB-INF/web.xml, true", "/none, false",
        "/catalog/../welcome.html, true", "/../welcome.html, false", "/catalog/../../x, false", "/welcome.html/, false"})
    default void resourcesAreFoundByPath(String path, boolean found, @TempDir Path root) throws Exception {
        try (Deployed deployed = Deployed.of(app("/shop").resources(Resources.directory(content(root))))) {
            ServletContext context = deployed.context();
            assertEquals(found, context.getResource(path) != null);
            try (InputStream stream = context.getResourceAsStream(path)) {
                assertEquals(found && path.endsWith("l"), stream != null, "a stream of " + path);
            }
        }
    }

    @Section("ServletContext.getResource")
    @ParameterizedTest
    @ValueSource(strings = {"", "welcome.html", "./welcome.html"})
    default void aPathWithoutASlashIsMalformed(String path, @TempDir Path root) throws Exception {
        try (Deployed deployed = Deployed.of(app("/shop").resources(Resources.directory(content(root))))) {
            assertThrows(MalformedURLException.class, () -> deployed.context().getResource(path));
            assertThrows(MalformedURLException.class, () -> deployed.context().getResource(null));
            assertNull(deployed.context().getResourceAsStream(path));
        }
    }

    @Section("ServletContext.getResource")
    @Test
    default void aResourceIsReadByItsUrlToo(@TempDir Path root) throws Exception {
        try (Deployed deployed = Deployed.of(app("/shop").resources(Resources.directory(content(root))));
                InputStream stream = deployed.context().getResource("/catalog/offers/books.html").openStream()) {
            assertEquals("books", new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Section("ServletContext.getRealPath")
    @Test
    default void theRealPathIsThatOfTheFile(@TempDir Path given) throws Exception {
        Path root = content(given).toRealPath();
        try (Deployed deployed = Deployed.of(app("/shop").resources(Resources.directory(root)))) {
            ServletContext context = deployed.context();
            assertEquals(root.resolve("welcome.html").toString(), context.getRealPath("/welcome.html"));
            assertEquals(root.resolve("welcome.html").toString(), context.getRealPath("welcome.html"));
            assertEquals(root.toString(), context.getRealPath("/"));
            assertNull(context.getRealPath("/../outside"));
            assertNull(context.getRealPath(null));
        }
        try (Deployed deployed = Deployed.of(app("/none"))) {
            assertNull(deployed.context().getRealPath("/"));
        }
    }

    @Section("4.6")
    @Test
    default void ofSeveralPlacesTheFirstThatHasAResourceCounts(@TempDir Path first, @TempDir Path second) throws Exception {
        content(first);
        Files.writeString(second.resolve("welcome.html"), "other");
        Files.writeString(second.resolve("more.html"), "more");
        try (Deployed deployed = Deployed.of(app("/shop").resources(
                Resources.layered(Resources.directory(first), Resources.directory(second))))) {
            ServletContext context = deployed.context();
            try (InputStream welcome = context.getResourceAsStream("/welcome.html");
                    InputStream more = context.getResourceAsStream("/more.html")) {
                assertEquals("welcome more", new String(welcome.readAllBytes(), StandardCharsets.UTF_8) + " "
                        + new String(more.readAllBytes(), StandardCharsets.UTF_8));
            }
            assertEquals(Set.of("/welcome.html", "/more.html", "/catalog/", "/WEB-INF/"), context.getResourcePaths("/"));
        }
    }

    @Section("4.6")
    @ParameterizedTest
    @ValueSource(strings = {"/WEB-INF/web.xml", "/WEB-INF/", "/WEB-INF", "/web-inf/web.xml", "/META-INF/MANIFEST.MF",
        "/catalog/..;/WEB-INF/web.xml", "/%57EB-INF/web.xml", "/WEB-INF;x=1/web.xml"})
    default void whatLiesInWebInfIsForTheApplicationOnly(String path, @TempDir Path root) throws Exception {
        try (ContractSite site = open(app("/shop").resources(Resources.directory(content(root))))) {
            int status = site.ask("GET /shop" + path).status();
            assertTrue(status == 404 || status == 400, path + " is a " + status);
        }
    }

    @Section("7.5, ServletContext.setSessionTimeout")
    @Test
    default void theTimeOfSessionsIsSetBeforeTheStart() throws Exception {
        Deployed.use(app("/shop").sessionTimeout(7), context -> {
            assertEquals(7, context.getSessionTimeout());
            context.setSessionTimeout(11);
        }, context -> {
            assertEquals(11, context.getSessionTimeout());
            assertThrows(IllegalStateException.class, () -> context.setSessionTimeout(1));
        });
        Deployed.use(app("/shop"), context -> assertEquals(30, context.getSessionTimeout()), context -> {});
    }

    @Section("3.12, 5.6, ServletContext.setRequestCharacterEncoding")
    @Test
    default void theEncodingsAreSetBeforeTheStart() throws Exception {
        Deployed.use(app("/shop"), context -> {
            assertNull(context.getRequestCharacterEncoding());
            assertNull(context.getResponseCharacterEncoding());
            context.setRequestCharacterEncoding("UTF-16");
            context.setResponseCharacterEncoding("UTF-8");
        }, context -> {
            assertEquals("UTF-16", context.getRequestCharacterEncoding());
            assertEquals("UTF-8", context.getResponseCharacterEncoding());
            assertThrows(IllegalStateException.class, () -> context.setRequestCharacterEncoding("UTF-8"));
            assertThrows(IllegalStateException.class, () -> context.setResponseCharacterEncoding("UTF-8"));
        });
    }

    @Section("ServletContext.getRequestDispatcher, getNamedDispatcher")
    @Test
    default void dispatchersAreFoundByPathAndByName() throws Exception {
        get((request, response) -> {
            ServletContext context = request.getServletContext();
            assertNotNull(context.getRequestDispatcher("/case/x"));
            assertNull(context.getRequestDispatcher("case/x"));
            assertNull(context.getRequestDispatcher(null));
            assertNotNull(context.getNamedDispatcher("case"));
            assertNotNull(context.getNamedDispatcher("default"));
            assertNull(context.getNamedDispatcher("none"));
            assertNull(context.getNamedDispatcher(null));
        });
    }

    @Section("ServletContext.getServletRegistrations")
    @Test
    default void theMapsOfRegistrationsCanNotBeChanged() throws Exception {
        try (Deployed deployed = Deployed.of(app("/shop").servlet("s", Case.text("s"), "/s", "/t"))) {
            ServletContext context = deployed.context();
            assertThrows(UnsupportedOperationException.class, () -> context.getServletRegistrations().clear());
            assertThrows(UnsupportedOperationException.class, () -> context.getFilterRegistrations().clear());
            ServletRegistration servlet = context.getServletRegistration("s");
            assertThrows(UnsupportedOperationException.class, () -> servlet.getInitParameters().put("x", "y"));
            List<String> before = List.copyOf(servlet.getMappings());
            servlet.getMappings().clear();
            assertEquals(before, List.copyOf(servlet.getMappings()));
            assertNull(context.getServletRegistration("none"));
            assertNull(context.getFilterRegistration("none"));
            assertTrue(context.getFilterRegistrations().isEmpty());
        }
    }

    @Section("ServletRequest.getRequestId")
    @Test
    default void theIdsOfRequestsAreUniqueInTheContainer() throws Exception {
        Case tell = (request, response) -> response.getWriter().print(request.getRequestId());
        try (ContractSite site = open(app("/one").servlet("s", Case.servlet(tell), "/*"),
                app("/two").servlet("s", Case.servlet(tell), "/*"))) {
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 10; i++) {
                ids.add(site.ask("GET /one/").text());
                ids.add(site.ask("GET /two/").text());
            }
            assertEquals(20, ids.size());
            assertFalse(ids.contains(""));
        }
        get((request, response) -> assertEquals(request.getRequestId(), request.getRequestId()));
    }

    @Section("ServletConnection.getConnectionId")
    @Test
    default void theIdsOfConnectionsAreUniqueInTheProcess() throws Exception {
        Case tell = (request, response) -> response.getWriter().print(request.getServletConnection().getConnectionId());
        try (ContractSite one = open(app("/one").servlet("s", Case.servlet(tell), "/*"));
                ContractSite two = open(app("/one").servlet("s", Case.servlet(tell), "/*"))) {
            String first = one.ask("GET /one/").text();
            assertEquals(first, one.ask("GET /one/").text());
            assertNotEquals(first, two.ask("GET /one/").text());
        }
    }
}
