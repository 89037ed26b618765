/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.HttpMethodConstraintElement;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Annotations as descriptors (Servlet 6.1 section 8.1), read without loading a class. */
@Section("8.1")
@DisplayNameGeneration(SectionNames.class)
class AnnotationReaderTest {

    @TempDir
    Path place;

    private static String plain(String name, String annotations) {
        return SourceCode.servlet(name, annotations, "1");
    }

    private static String filter(String name, String annotations) {
        return "package app; " + annotations + " public class " + name + " implements Filter { public void doFilter("
                + "ServletRequest q, ServletResponse s, FilterChain c) throws IOException, ServletException { c.doFilter(q, s); } }";
    }

    private Descriptor read(String... sources) throws Exception {
        try (Scanned scanned = Scanned.of(place.resolve("app"), new Archive().classes(sources))) {
            return scanned.annotations();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "@WebServlet(\"/a\")                                        | app.A | /a",
        "@WebServlet({\"/a\", \"*.b\"})                             | app.A | /a *.b",
        "@WebServlet(urlPatterns = \"/a\")                          | app.A | /a",
        "@WebServlet(name = \"n\", urlPatterns = {\"/a\", \"/\"})   | n     | /a /",
        "@WebServlet(name = \"n\", value = \"\")                    | n     | ''"})
    void servletsHaveANameAndPatterns(String annotation, String name, String patterns) throws Exception {
        Descriptor read = read(plain("A", annotation));
        assertEquals("app.A", read.servlets.get(name).className());
        assertEquals(List.of(patterns.split(" ", -1)), read.servletMappings.get(0).patterns());
        assertEquals(name, read.servletMappings.get(0).servlet());
        assertFalse(read.servlets.get(name).asyncSupported());
        assertNull(read.servlets.get(name).loadOnStartup());
        assertEquals("WEB-INF/classes class app.A", read.servlets.get(name).place().toString());
    }

    @Test
    void aServletWithEverything() throws Exception {
        Declaration servlet = read(plain("A", "@WebServlet(value = \"/a\", loadOnStartup = 0, asyncSupported = true, initParams = {"
                + "@WebInitParam(name = \"x\", value = \"1\"), @WebInitParam(name = \"y\", value = \"2\", description = \"d\")},"
                + " smallIcon = \"i\", displayName = \"d\") @MultipartConfig(location = \"l\", maxFileSize = 1, maxRequestSize = 2,"
                + " fileSizeThreshold = 3) @jakarta.annotation.security.RunAs(\"clerk\")"
                + " @jakarta.annotation.security.DeclareRoles({\"r1\", \"r2\"})")).servlets.get("app.A");
        assertEquals(0, servlet.loadOnStartup());
        assertTrue(servlet.asyncSupported());
        Map<String, String> parameters = new TreeMap<>();
        servlet.parameters().forEach((key, said) -> parameters.put(key, said.value()));
        assertEquals(Map.of("x", "1", "y", "2"), parameters);
        assertEquals(new MultipartSettings("l", 1, 2, 3), servlet.multipart());
        assertEquals("clerk", servlet.runAs());
    }

    @Test
    void rolesAreDeclared() throws Exception {
        assertEquals(Set.of("r1", "r2"),
                read("package app; @jakarta.annotation.security.DeclareRoles({\"r1\", \"r2\"}) public class X { }").roles);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "@WebFilter(\"/a\")                                                       | app.F | /a | ''  | ''",
        "@WebFilter(urlPatterns = {\"/a\", \"/b\"})                               | app.F | /a,/b | ''  | ''",
        "@WebFilter(servletNames = \"s\")                                         | app.F | ''  | s  | ''",
        "@WebFilter(filterName = \"f\", value = \"/a\", servletNames = {\"s\", \"t\"}, dispatcherTypes = {DispatcherType.ERROR, DispatcherType.ASYNC}) | f | /a | s,t | ASYNC,ERROR"})
    void filtersHaveAPlace(String annotation, String name, String patterns, String servlets, String types) throws Exception {
        Descriptor read = read(filter("F", annotation));
        FilterMapping mapping = read.filterMappings.get(0);
        assertEquals("app.F", read.filters.get(name).className());
        assertEquals(name, mapping.filter());
        assertEquals(patterns, String.join(",", mapping.patterns()));
        assertEquals(servlets, String.join(",", mapping.servlets()));
        Set<String> dispatchers = new TreeSet<>();
        mapping.dispatchers().stream().map(DispatcherType::name).forEach(dispatchers::add);
        assertEquals(types, String.join(",", dispatchers));
    }

    @Test
    void filtersHaveParametersToo() throws Exception {
        Declaration filter = read(filter("F", "@WebFilter(value = \"/*\", asyncSupported = true,"
                + " initParams = @WebInitParam(name = \"x\", value = \"1\"))")).filters.get("app.F");
        assertTrue(filter.asyncSupported());
        assertEquals("1", filter.parameters().get("x").value());
    }

    @Test
    void listenersAreFound() throws Exception {
        Descriptor read = read("package app; @WebListener public class B implements ServletContextListener { }",
                "package app; @WebListener(\"described\") public class A implements ServletRequestListener { }");
        assertEquals(List.of("app.A", "app.B"), List.copyOf(read.listeners.keySet()));
    }

    @Test
    void nestedClassesAreComponentsToo() throws Exception {
        Descriptor read = read("package app; public class Outer { @WebServlet(\"/in\") public static class In extends HttpServlet { } }");
        assertEquals("app.Outer$In", read.servlets.get("app.Outer$In").className());
    }

    @Test
    void aServletMayInheritFromAClassInAJar() throws Exception {
        Map<String, byte[]> both = SourceCode.compile(
                "package lib; public abstract class Common extends HttpServlet { }",
                "package app; @WebServlet(\"/a\") public class A extends lib.Common { }");
        Archive archive = new Archive().file("WEB-INF/classes/app/A.class", both.get("app/A.class"))
                .lib("common.jar", new Archive().file("lib/Common.class", both.get("lib/Common.class")));
        try (Scanned scanned = Scanned.of(place.resolve("app"), archive, "common.jar")) {
            assertTrue(scanned.annotations().servlets.containsKey("app.A"));
        }
        try (Scanned unscanned = Scanned.of(place.resolve("app"), archive)) {
            assertTrue(unscanned.annotations().servlets.containsKey("app.A"));
        }
    }

    @Test
    void aSuperclassThatIsMissingIsLeftToTheLoading() throws Exception {
        Map<String, byte[]> both = SourceCode.compile(
                "package lib; public abstract class Gone extends HttpServlet { }",
                "package app; @WebServlet(\"/a\") public class A extends lib.Gone { }");
        Archive archive = new Archive().file("WEB-INF/classes/app/A.class", both.get("app/A.class"));
        try (Scanned scanned = Scanned.of(place.resolve("app"), archive)) {
            assertTrue(scanned.annotations().servlets.containsKey("app.A"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "@WebServlet                                        | it has no URL pattern: write @WebServlet(\"/path\")",
        "@WebServlet(name = \"x\")                          | it has no URL pattern",
        "@WebServlet(value = \"/a\", urlPatterns = \"/b\")  | it has both value and urlPatterns",
        "@WebServlet(\"a\")                                 | the URL pattern 'a' is none of the five kinds",
        "@WebServlet(value = \"/a\", initParams = {@WebInitParam(name = \"x\", value = \"1\"), @WebInitParam(name = \"x\", value = \"2\")}) | it sets the init parameter x twice",
        "@WebFilter(\"/a\")                                 | @WebFilter stands on what is none: implement Filter",
        "@WebServlet(\"/a\") @ServletSecurity(@HttpConstraint(value = ServletSecurity.EmptyRoleSemantic.DENY, rolesAllowed = \"r\")) | it denies all and allows r",
        "@WebServlet(\"/a\") @ServletSecurity(httpMethodConstraints = {@HttpMethodConstraint(\"GET\"), @HttpMethodConstraint(\"GET\")}) | it names a method twice"})
    void mistakesAreNamedWithTheirClass(String annotations, String message) {
        DeploymentException refused = assertThrows(DeploymentException.class, () -> read(plain("A", annotations)));
        assertTrue(refused.getMessage().startsWith("WEB-INF/classes class app.A"), refused.getMessage());
        assertTrue(refused.getMessage().contains(message), refused.getMessage());
    }

    @Test
    void whatIsNoServletOrHasAnothersNameIsRefused() {
        DeploymentException none = assertThrows(DeploymentException.class,
                () -> read("package app; @WebServlet(\"/a\") public class A { }"));
        assertTrue(none.getMessage().contains("@WebServlet stands on what is none: extend HttpServlet"), none.getMessage());
        DeploymentException twice = assertThrows(DeploymentException.class,
                () -> read(plain("A", "@WebServlet(name = \"n\", value = \"/a\")"), plain("B", "@WebServlet(name = \"n\", value = \"/b\")")));
        assertEquals("WEB-INF/classes class app.B: the servlet is named n, as that of WEB-INF/classes class app.A is:"
                + " give one of them another name", twice.getMessage());
        assertThrows(DeploymentException.class, () -> read(filter("F", "@WebFilter")));
    }

    private ServletSecurityElement security(String annotation) throws Exception {
        return read(plain("A", "@WebServlet(\"/a\") " + annotation)).servlets.get("app.A").security();
    }

    @Test
    void constraintsAreReadAsTheyAreWritten() throws Exception {
        ServletSecurityElement all = security("@ServletSecurity");
        assertEquals(EmptyRoleSemantic.PERMIT, all.getEmptyRoleSemantic());
        assertEquals(TransportGuarantee.NONE, all.getTransportGuarantee());
        assertEquals(0, all.getRolesAllowed().length + all.getHttpMethodConstraints().size());
        ServletSecurityElement deny = security("@ServletSecurity(@HttpConstraint(ServletSecurity.EmptyRoleSemantic.DENY))");
        assertEquals(EmptyRoleSemantic.DENY, deny.getEmptyRoleSemantic());
        ServletSecurityElement mixed = security("@ServletSecurity(value = @HttpConstraint(rolesAllowed = {\"a\", \"b\"},"
                + " transportGuarantee = ServletSecurity.TransportGuarantee.CONFIDENTIAL), httpMethodConstraints = {"
                + "@HttpMethodConstraint(value = \"GET\", rolesAllowed = \"c\"), @HttpMethodConstraint(value = \"PUT\","
                + " emptyRoleSemantic = ServletSecurity.EmptyRoleSemantic.DENY,"
                + " transportGuarantee = ServletSecurity.TransportGuarantee.CONFIDENTIAL)})");
        assertEquals(List.of("a", "b"), List.of(mixed.getRolesAllowed()));
        assertEquals(TransportGuarantee.CONFIDENTIAL, mixed.getTransportGuarantee());
        Map<String, String> methods = new TreeMap<>();
        for (HttpMethodConstraintElement each : mixed.getHttpMethodConstraints()) {
            methods.put(each.getMethodName(),
                    each.getEmptyRoleSemantic() + " " + each.getTransportGuarantee() + " " + List.of(each.getRolesAllowed()));
        }
        assertEquals(Map.of("GET", "PERMIT NONE [c]", "PUT", "DENY CONFIDENTIAL []"), methods);
        ServletSecurityElement methodsOnly = security("@ServletSecurity(httpMethodConstraints = @HttpMethodConstraint(\"TRACE\"))");
        assertEquals(Set.of("TRACE"), Set.copyOf(methodsOnly.getMethodNames()));
    }

    @Test
    void constraintsAreInherited() throws Exception {
        Descriptor read = read(
                "package app; @ServletSecurity(@HttpConstraint(rolesAllowed = \"up\")) public class Up extends HttpServlet { }",
                "package app; @WebServlet(\"/a\") public class A extends Up { }",
                "package app; @WebServlet(\"/b\") @ServletSecurity(@HttpConstraint(rolesAllowed = \"own\")) public class B extends Up { }");
        assertEquals(List.of("up"), List.of(read.servlets.get("app.A").security().getRolesAllowed()));
        assertEquals(List.of("own"), List.of(read.servlets.get("app.B").security().getRolesAllowed()));
    }
}
