/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.Access;
import io.gatehouse.security.Requirement;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecurityConstraints;
import io.gatehouse.security.SecuritySettings;
import jakarta.annotation.security.DeclareRoles;
import jakarta.annotation.security.RunAs;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletSecurityElement;
import jakarta.servlet.annotation.HttpConstraint;
import jakarta.servlet.annotation.HttpMethodConstraint;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.annotation.ServletSecurity.EmptyRoleSemantic;
import jakarta.servlet.annotation.ServletSecurity.TransportGuarantee;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servlet 6.1 section 13.4: {@code @ServletSecurity}, {@code setServletSecurity} and what they mean as constraints. */
@ExtendWith(Undeploy.class)
final class ServletSecurityTest {

    private static final SecuritySettings BASIC = SecuritySettings.NONE.withBasic("r", SecurityTest.STORE);

    // The examples of section 13.4.1, and what they leave out.

    @ServletSecurity
    private static final class AllOpen {}

    @ServletSecurity(httpMethodConstraints = @HttpMethodConstraint("GET"))
    private static final class AllMethodsOpen {}

    @ServletSecurity(@HttpConstraint(transportGuarantee = TransportGuarantee.CONFIDENTIAL))
    private static final class Protected {}

    @ServletSecurity(@HttpConstraint(EmptyRoleSemantic.DENY))
    private static final class Denied {}

    @ServletSecurity(@HttpConstraint(rolesAllowed = "R1"))
    private static final class OneRole {}

    @ServletSecurity(httpMethodConstraints = {
        @HttpMethodConstraint(value = "GET", rolesAllowed = "R1"),
        @HttpMethodConstraint(value = "POST", rolesAllowed = "R1", transportGuarantee = TransportGuarantee.CONFIDENTIAL)})
    private static final class TwoMethods {}

    @ServletSecurity(value = @HttpConstraint(rolesAllowed = "R1"), httpMethodConstraints = @HttpMethodConstraint("GET"))
    private static final class AllButGet {}

    @ServletSecurity(
            value = @HttpConstraint(rolesAllowed = "R1"),
            httpMethodConstraints = @HttpMethodConstraint(value = "TRACE", emptyRoleSemantic = EmptyRoleSemantic.DENY))
    private static final class NoTrace {}

    @ServletSecurity(@HttpConstraint(rolesAllowed = {"**", "R1"}))
    private static final class Known {}

    @ServletSecurity(@HttpConstraint(rolesAllowed = "*"))
    private static final class StarIsARole {}

    @ServletSecurity(value = @HttpConstraint(EmptyRoleSemantic.DENY), httpMethodConstraints = {
        @HttpMethodConstraint(value = "GET", rolesAllowed = {"R1", "R2"}), @HttpMethodConstraint("HEAD")})
    private static final class ReadOnly {}

    private static String text(Requirement required) {
        String access = switch (required.access().getClass().getSimpleName()) {
            case "Everyone" -> "all";
            case "Nobody" -> "none";
            case "Authenticated" -> "known";
            default -> String.join("+", new TreeSet<>(((Access.Roles) required.access()).names()));
        };
        return required.confidential() ? "s:" + access : access;
    }

    private static ServletSecurityElement element(String name) throws ClassNotFoundException {
        Class<?> type = Class.forName(ServletSecurityTest.class.getName() + "$" + name);
        Annotation annotation = type.getAnnotation(ServletSecurity.class);
        return new ServletSecurityElement((ServletSecurity) annotation);
    }

    @ParameterizedTest
    @CsvSource({
        "AllOpen, all, all, all, 0", "AllMethodsOpen, all, all, all, 0", "Protected, s:all, s:all, s:all, 0", "Denied, none, none, none, 0", "OneRole, R1, R1, R1, 0",
        "TwoMethods, R1, s:R1, all, 1", "AllButGet, all, R1, R1, 0", "NoTrace, R1, R1, none, 0", "Known, known, known, known, 0",
        "StarIsARole, *, *, *, 0", "ReadOnly, R1+R2, none, none, 0"})
    void whatAnnotationsMean(String name, String get, String post, String trace, int uncovered) throws Exception {
        SecurityConstraints constraints = SecurityConstraints.of(
                SecurityElements.constraints("s", element(name), Set.of("/p", "/q/*"), Set.of("R1")), Set.of("R1"), false);
        for (String path : List.of("/p", "/q/x")) {
            assertEquals(get, text(constraints.find("GET", path)));
            assertEquals(post, text(constraints.find("POST", path)));
            assertEquals(trace, text(constraints.find("TRACE", path)));
        }
        assertEquals("all", text(constraints.find("GET", "/other")));
        assertEquals(2 * uncovered, constraints.uncovered().size());
    }

    /** Section 13.4.1.2: what is all default is a constraint too, which covers; but for where single methods are restricted. */
    @ParameterizedTest
    @CsvSource({"AllOpen, true, true", "AllMethodsOpen, true, true", "TwoMethods, true, false", "AllButGet, true, true"})
    void whatIsOpenIsCovered(String name, boolean get, boolean put) throws Exception {
        SecurityConstraints denying = SecurityConstraints.of(
                SecurityElements.constraints("s", element(name), Set.of("/p"), Set.of("R1")), Set.of("R1"), true);
        assertEquals(get, !denying.find("GET", "/p").denied());
        assertEquals(put, !denying.find("PUT", "/p").denied());
    }

    @Test
    void anElementWithoutPatternsIsNoConstraint() throws Exception {
        assertEquals(List.of(), SecurityElements.constraints("s", element("Denied"), Set.of(), Set.of()));
        // A declared role named ** is a role.
        SecurityConstraints constraints = SecurityConstraints.of(
                SecurityElements.constraints("s", element("Known"), Set.of("/p"), Set.of("**")), Set.of("**"), false);
        assertEquals("**+R1", text(constraints.find("GET", "/p")));
    }

    @ServletSecurity(@HttpConstraint(rolesAllowed = "clerk"))
    public static final class Clerks extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            SecurityTest.tell(request, response);
        }
    }

    private static ServletContextListener configuring(java.util.function.Consumer<ServletContext> work) {
        return new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                work.accept(event.getServletContext());
            }
        };
    }

    private static int status(ServletApplication app, String path) throws Exception {
        return Call.get(app, path).status();
    }

    /** However the servlet was added: an annotation that was read by nobody would leave it open. */
    @Test
    void anAnnotationCountsHoweverTheServletIsAdded() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(BASIC)
                .servlet(Clerks.class, "/class").servlet("instance", new Clerks(), "/instance")
                .listener(configuring(context -> {
                    context.addServlet("named", Clerks.class.getName()).addMapping("/named");
                    context.addServlet("missing", "no.such.Servlet").addMapping("/missing");
                })));
        for (String path : List.of("/class", "/instance", "/named")) {
            assertEquals(401, status(app, path), path);
            assertEquals("bob by BASIC", Call.of(app, "GET", path)
                    .field("Authorization", SecurityTest.basic("bob", "s3cret:x")).send().text());
        }
        assertEquals(500, status(app, "/missing"));
    }

    /** Section 13.4.1: an instance that the application made by itself is added without them, one of createServlet with them. */
    @Test
    void anInstanceThatTheApplicationAddsIsNotAskedForAnnotations() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(BASIC)
                .initializer((classes, context) -> {
                    context.addServlet("own", new Clerks()).addMapping("/own");
                    context.addServlet("created", context.createServlet(Clerks.class)).addMapping("/created");
                    context.addServlet("class", Clerks.class).addMapping("/class");
                }));
        assertEquals(200, status(app, "/own"));
        assertEquals(401, status(app, "/created"));
        assertEquals(401, status(app, "/class"));
    }

    @RunAs("admin")
    @DeclareRoles({"clerk", "guest"})
    public static final class Declaring extends HttpServlet {
        private static final long serialVersionUID = 1;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            SecurityTest.tell(request, response);
        }
    }

    /** {@code ServletContext.addServlet}: the class is asked for these as well; a role that it declares is one that * stands for. */
    @ParameterizedTest
    @ValueSource(strings = {"class", "name", "created", "own"})
    void aClassIsAskedForItsRoles(String how) throws Exception {
        List<String> seen = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .security(BASIC.withConstraints(SecurityConstraint.on("/*").roles("*")))
                .initializer((classes, context) -> {
                    ServletRegistration.Dynamic added = switch (how) {
                        case "class" -> context.addServlet("s", Declaring.class);
                        case "name" -> context.addServlet("s", Declaring.class.getName());
                        case "created" -> context.addServlet("s", context.createServlet(Declaring.class));
                        default -> context.addServlet("s", new Declaring());
                    };
                    added.addMapping("/s");
                    seen.add(added.getRunAsRole());
                    added.setRunAsRole("other");
                    seen.add(added.getRunAsRole());
                }));
        boolean asked = !how.equals("own");
        assertEquals(Arrays.asList(asked ? "admin" : null, "other"), seen);
        assertEquals(asked ? 200 : 403,
                Call.of(app, "GET", "/s").field("Authorization", SecurityTest.basic("bob", "s3cret:x")).send().status());
    }

    @Test
    void annotationsCanBeLeftToSomeoneElse() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(BASIC.withAnnotations(false))
                .servlet(Clerks.class, "/class"));
        assertEquals(200, status(app, "/class"));
    }

    @Test
    void whatIsSetReplacesTheAnnotation() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(BASIC)
                .servlet("s", new Clerks(), registration -> {
                    registration.setServletSecurity(new ServletSecurityElement(
                            new jakarta.servlet.HttpConstraintElement(EmptyRoleSemantic.DENY)));
                }, "/set"));
        assertEquals(403, status(app, "/set"));
    }

    /** Patterns of the descriptor stay as they are and are told; mappings that come later are covered too. */
    @Test
    void theDescriptorPrevails() throws Exception {
        List<Set<String>> told = new ArrayList<>();
        ServletSecurityElement deny = new ServletSecurityElement(
                new jakarta.servlet.HttpConstraintElement(EmptyRoleSemantic.DENY));
        SecuritySettings settings = BASIC.withConstraints(
                SecurityConstraint.on("/described", "/elsewhere").methods("PUT").roles("clerk"));
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(settings)
                .listener(configuring(context -> {
                    ServletRegistration.Dynamic added = context.addServlet("s", Servlets.text("x"));
                    added.addMapping("/described", "/own");
                    told.add(added.setServletSecurity(deny));
                    added.addMapping("/later");
                    told.add(added.setServletSecurity(deny));
                    assertThrows(IllegalArgumentException.class, () -> added.setServletSecurity(null));
                })));
        assertEquals(List.of(Set.of("/described"), Set.of("/described")), told);
        assertEquals(200, status(app, "/described"));
        assertEquals(401, Call.of(app, "PUT", "/described").send().status());
        assertEquals(403, status(app, "/own"));
        assertEquals(403, status(app, "/later"));
    }

    @Test
    void afterTheStartNothingIsSet() throws Exception {
        List<ServletRegistration.Dynamic> kept = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().servlet(
                "s", Servlets.text("x"), kept::add, "/s"));
        ServletSecurityElement element = new ServletSecurityElement();
        assertThrows(IllegalStateException.class, () -> kept.get(0).setServletSecurity(element));
        assertThrows(IllegalStateException.class, () -> kept.get(0).setRunAsRole("r"));
        assertThrows(IllegalStateException.class, () -> app.context().declareRoles("r"));
        assertEquals(200, status(app, "/s"));
    }

    @Test
    void runAsIsRememberedAndChangesNoCaller() throws Exception {
        List<ServletRegistration.Dynamic> kept = new ArrayList<>();
        ServletApplication app = Servlets.deployed(ServletApplication.builder().security(BASIC).servlet(
                "s", Servlets.servlet((q, r) -> {
                    assertTrue(!q.isUserInRole("admin"));
                    SecurityTest.tell(q, r);
                }), registration -> {
                    assertNull(registration.getRunAsRole());
                    registration.setRunAsRole("admin");
                    kept.add(registration);
                }, "/s"));
        assertEquals("admin", kept.get(0).getRunAsRole());
        assertEquals("null by null", Call.get(app, "/s").text());
    }

    /** Roles that are declared by code are among those that * stands for. */
    @Test
    void declaredRolesAreWhatAStarStandsFor() throws Exception {
        ServletApplication app = Servlets.deployed(ServletApplication.builder()
                .security(BASIC.withConstraints(SecurityConstraint.on("/*").roles("*")).withRoles("admin"))
                .listener(configuring(context -> context.declareRoles("other")))
                .servlet(Servlets.servlet(SecurityTest::tell), "/*"));
        assertEquals(200, Call.of(app, "GET", "/").field("Authorization", SecurityTest.basic("alice", "secret")).send().status());
        assertEquals(403, Call.of(app, "GET", "/").field("Authorization", SecurityTest.basic("bob", "s3cret:x")).send().status());
        ServletApplication clerks = Servlets.deployed(ServletApplication.builder()
                .security(BASIC.withConstraints(SecurityConstraint.on("/*").roles("*")))
                .listener(configuring(context -> context.declareRoles("clerk")))
                .servlet(Servlets.servlet(SecurityTest::tell), "/*"));
        assertEquals(200,
                Call.of(clerks, "GET", "/").field("Authorization", SecurityTest.basic("bob", "s3cret:x")).send().status());
    }
}
