/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.Access;
import io.gatehouse.security.Guarantee;
import io.gatehouse.security.IdentityStore;
import io.gatehouse.security.LoginMethod;
import io.gatehouse.security.MemoryIdentityStore;
import io.gatehouse.security.MethodSet;
import io.gatehouse.security.SecurityConstraint;
import io.gatehouse.security.SecuritySettings;
import io.gatehouse.servlet.conformance.Section;
import io.gatehouse.servlet.conformance.SectionNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a descriptor and annotations say of security holds in the container (Servlet 6.1 chapter 13). */
@Section("13.8")
@DisplayNameGeneration(SectionNames.class)
class SecurityBindingTest {

    private static final IdentityStore STORE =
            MemoryIdentityStore.builder().plain("alice", "secret", "admin").plain("bob", "secret", "clerk").build();

    @TempDir
    Path place;

    private static SecuritySettings settings(String elements) throws IOException, DeploymentException {
        return SecurityBinding.settings(Documents.read(elements));
    }

    private static String constraint(String collection, String rest) {
        return "<security-constraint><web-resource-collection><web-resource-name>n</web-resource-name>" + collection
                + "</web-resource-collection>" + rest + "</security-constraint>";
    }

    private static String roles(String... names) {
        StringBuilder roles = new StringBuilder("<auth-constraint>");
        for (String name : names) {
            roles.append("<role-name>").append(name).append("</role-name>");
        }
        return roles.append("</auth-constraint>").toString();
    }

    private static String url(String pattern) {
        return "<url-pattern>" + pattern + "</url-pattern>";
    }

    @ParameterizedTest
    @CsvSource({"BASIC, BASIC", "DIGEST, DIGEST", "CLIENT-CERT, CLIENT_CERT", "CLIENT_CERT, CLIENT_CERT", "NONE, NONE"})
    void loginsHaveTheirMethods(String said, LoginMethod method) throws Exception {
        SecuritySettings settings = settings(
                "<login-config><auth-method>" + said + "</auth-method><realm-name>Shop</realm-name></login-config>");
        assertEquals(method, settings.method());
        assertEquals("Shop", settings.realm());
    }

    @Test
    void formHasItsPages() throws Exception {
        SecuritySettings settings = settings("<login-config><auth-method>FORM</auth-method><form-login-config>"
                + "<form-login-page>/in</form-login-page><form-error-page>/again</form-error-page></form-login-config></login-config>");
        assertEquals(LoginMethod.FORM, settings.method());
        assertEquals("/in /again", settings.loginPage() + " " + settings.errorPage());
    }

    @Test
    void withoutALoginNobodyIsAsked() throws Exception {
        assertEquals(LoginMethod.NONE, settings("").method());
        assertEquals(LoginMethod.NONE, settings("<login-config/>").method());
        assertEquals(SecuritySettings.NONE, settings(""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<auth-method>KERBEROS</auth-method> | <auth-method> is 'KERBEROS', which is none that is known here",
        "<auth-method>BASIC</auth-method><realm-name>Café</realm-name> | <login-config>: a realm has printable ASCII"})
    void otherLoginsAreRefusedWithTheirLine(String login, String message) {
        DeploymentException refused = assertThrows(DeploymentException.class,
                () -> settings("<login-config>" + login + "</login-config>"));
        assertTrue(refused.getMessage().startsWith("WEB-INF/web.xml line 2: " + message), refused.getMessage());
    }

    @Test
    void constraintsKeepTheirMeaning() throws Exception {
        SecuritySettings settings = settings("<deny-uncovered-http-methods/><security-role><role-name>r</role-name></security-role>"
                + constraint(url("/a/*") + url("*.b") + "<http-method>GET</http-method><http-method>PUT</http-method>", roles("r", "s"))
                + constraint(url("/c") + "<http-method-omission>TRACE</http-method-omission>", roles())
                + constraint(url("/d"), "<user-data-constraint><transport-guarantee>CONFIDENTIAL</transport-guarantee>"
                        + "</user-data-constraint>")
                + constraint(url("/e"), roles("*")) + constraint(url("/f"), roles("**")));
        assertTrue(settings.denyUncovered());
        assertEquals(Set.of("r"), settings.roles());
        List<SecurityConstraint> all = settings.constraints();
        assertEquals(Set.of("/a/*", "*.b"), all.get(0).resources().get(0).patterns());
        assertEquals(MethodSet.of("GET", "PUT"), all.get(0).resources().get(0).methods());
        assertEquals(Access.roles("r", "s"), all.get(0).access());
        assertEquals(MethodSet.allBut("TRACE"), all.get(1).resources().get(0).methods());
        assertEquals(Access.NOBODY, all.get(1).access());
        assertEquals(MethodSet.ALL, all.get(2).resources().get(0).methods());
        assertEquals(Access.EVERYONE, all.get(2).access());
        assertEquals(Guarantee.CONFIDENTIAL, all.get(2).guarantee());
        assertEquals(new Access.DeclaredRoles(Set.of()), all.get(3).access());
        assertEquals(Access.AUTHENTICATED, all.get(4).access());
    }

    @Test
    void aRoleNamedAsteriskAsteriskIsARole() throws Exception {
        assertEquals(Access.roles("**"), settings("<security-role><role-name>**</role-name></security-role>"
                + constraint(url("/f"), roles("**"))).constraints().get(0).access());
    }

    @Test
    void roleLinksAreTheServlets() throws Exception {
        SecuritySettings settings = settings("<servlet><servlet-name>s</servlet-name><security-role-ref><role-name>boss</role-name>"
                + "<role-link>admin</role-link></security-role-ref></servlet>");
        assertEquals("admin", settings.role("s", "boss"));
        assertEquals("boss", settings.role("t", "boss"));
    }

    @Test
    void completeDescriptorsHaveNoAnnotations() throws Exception {
        assertTrue(settings("").annotations());
        assertFalse(SecurityBinding.settings(Documents.readWhole("<web-app metadata-complete='true'/>")).annotations());
    }

    private static String credentials(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":secret").getBytes(StandardCharsets.UTF_8));
    }

    private Served served(Archive archive) throws Exception {
        return Served.of(WebApplication.of(archive.war(place.resolve("app.war"))).security(s -> s.withStore(STORE)));
    }

    private static int status(Served served, String path, String user) throws Exception {
        return (user.isEmpty() ? served.ask("GET", path) : served.ask("GET", path, "Authorization", credentials(user))).sentStatus();
    }

    @ParameterizedTest
    @CsvSource({
        "/admin, '', 401", "/admin, bob, 403", "/admin, alice, 200", "/clerk, bob, 200", "/clerk, alice, 403", "/clerk, '', 401",
        "/open, '', 200", "/none, alice, 403", "/described, bob, 200", "/described, alice, 403", "/described, '', 401"})
    void descriptorsAndAnnotationsLetIn(String path, String user, int status) throws Exception {
        String security = "@ServletSecurity(@HttpConstraint(rolesAllowed = \"clerk\"))";
        Archive archive = new Archive()
                .webXml("<login-config><auth-method>BASIC</auth-method></login-config>"
                        + constraint(url("/admin"), roles("admin")) + constraint(url("/none"), roles())
                        + "<servlet><servlet-name>d</servlet-name><servlet-class>app.D</servlet-class></servlet><servlet-mapping>"
                        + "<servlet-name>d</servlet-name><url-pattern>/described</url-pattern></servlet-mapping>")
                .classes(SourceCode.servlet("A", "@WebServlet({\"/admin\", \"/open\", \"/none\"})", "1"),
                        SourceCode.servlet("C", "@WebServlet(\"/clerk\") " + security, "1"),
                        SourceCode.servlet("D", security, "1"));
        try (Served served = served(archive)) {
            assertEquals(status, status(served, path, user));
        }
    }

    @Test
    void callersAndTheirRolesAreKnown() throws Exception {
        Archive archive = new Archive()
                .webXml("<login-config><auth-method>BASIC</auth-method></login-config>" + constraint(url("/*"), roles("**"))
                        + "<servlet><servlet-name>s</servlet-name><servlet-class>app.S</servlet-class><security-role-ref>"
                        + "<role-name>boss</role-name><role-link>admin</role-link></security-role-ref></servlet>"
                        + "<servlet-mapping><servlet-name>s</servlet-name><url-pattern>/s</url-pattern></servlet-mapping>")
                .classes(SourceCode.servlet("S", "", "request.getRemoteUser() + request.isUserInRole(\"boss\")"));
        try (Served served = served(archive)) {
            assertEquals("alicetrue", served.get("/s", "Authorization", credentials("alice")));
            assertEquals("bobfalse", served.get("/s", "Authorization", credentials("bob")));
        }
    }

    @Test
    void withoutAStoreNobodyGetsIn() throws Exception {
        Archive archive = new Archive().webXml("<login-config><auth-method>BASIC</auth-method></login-config>"
                + constraint(url("/*"), roles("**"))).file("a.txt", "a");
        try (Served served = Served.of(WebApplication.of(archive.war(place.resolve("app.war"))))) {
            assertEquals(401, status(served, "/a.txt", "alice"));
        }
    }

    @Test
    void securityMayBeChangedInSteps() throws Exception {
        Archive archive = new Archive().file("a.txt", "a");
        try (Served served = Served.of(WebApplication.of(archive.war(place.resolve("app.war")))
                .security(s -> s.withBasic("r", STORE))
                .security(s -> s.withConstraints(SecurityConstraint.on("/*").authenticated())))) {
            assertEquals(401, status(served, "/a.txt", ""));
            assertEquals(200, status(served, "/a.txt", "bob"));
        }
    }
}
