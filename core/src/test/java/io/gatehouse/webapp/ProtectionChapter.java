/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static io.gatehouse.webapp.Parts.absolute;
import static io.gatehouse.webapp.Parts.jar;
import static io.gatehouse.webapp.Parts.mapping;
import static io.gatehouse.webapp.Parts.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.MemoryIdentityStore;
import io.gatehouse.servlet.conformance.Reply;
import io.gatehouse.servlet.conformance.Section;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chapters 13 and 15: constraints, logins and roles as descriptors, fragments and annotations give them. */
interface ProtectionChapter extends WebChapter {

    String ROLES = "<security-role><role-name>boss</role-name></security-role><security-role><role-name>clerk</role-name></security-role>";
    String BASIC = ROLES + "<login-config><auth-method>BASIC</auth-method><realm-name>shop</realm-name></login-config>";

    /** A servlet for every method that tells who calls. */
    private static String who(String name, String annotations) {
        return "package app; " + annotations + " public class " + name + " extends HttpServlet { protected void service("
                + "HttpServletRequest q, HttpServletResponse s) throws IOException { s.getWriter().print(q.getRemoteUser() + \" \""
                + " + q.isUserInRole(\"boss\") + \" \" + q.isUserInRole(\"chief\") + \" \" + q.isUserInRole(\"**\") + \" \""
                + " + q.isUserInRole(\"*\") + \" \" + q.getAuthType()); } }";
    }

    private static String constraint(String pattern, String inCollection, String roles) {
        StringBuilder access = new StringBuilder();
        for (String role : roles.isBlank() ? new String[0] : roles.split(" ")) {
            access.append("<role-name>").append(role).append("</role-name>");
        }
        return "<security-constraint><web-resource-collection><web-resource-name>r</web-resource-name><url-pattern>" + pattern
                + "</url-pattern>" + inCollection + "</web-resource-collection>"
                + (roles.isEmpty() ? "" : "<auth-constraint>" + access + "</auth-constraint>") + "</security-constraint>";
    }

    private static String declared(String name, String more) {
        return "<servlet><servlet-name>" + name + "</servlet-name><servlet-class>app.Who</servlet-class>" + more + "</servlet>"
                + mapping(name, "/" + name + "/*");
    }

    private static String as(String name) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString((name + ":secret").getBytes(StandardCharsets.UTF_8));
    }

    private WebSite protectedSite(Archive archive) throws Exception {
        MemoryIdentityStore users = MemoryIdentityStore.builder()
                .plain("ada", "secret", "boss", "clerk").plain("bob", "secret", "clerk").plain("eve", "secret").build();
        return site(archive, application -> application.security(settings -> settings.withStore(users)));
    }

    @ParameterizedTest
    @CsvSource({
        "/boss/x, 401 403 403 200", "/any/x, 401 403 200 200", "/known/x, 401 200 200 200", "/none/x, 403 403 403 403",
        "/open/x, 200 200 200 200"})
    @Section("13.8")
    default void constraintsLetInWhomTheyName(String path, String expected) throws Exception {
        Archive archive = new Archive().classes(who("Who", "")).webXml(BASIC + constraint("/boss/*", "", "boss")
                + constraint("/any/*", "", "*") + constraint("/known/*", "", "**") + constraint("/none/*", "", " ")
                + declared("boss", "") + declared("any", "") + declared("known", "") + declared("none", "") + declared("open", ""));
        try (WebSite site = protectedSite(archive)) {
            assertEquals(expected, site.status("GET", path) + " " + site.status("GET", path, as("eve")) + " "
                    + site.status("GET", path, as("bob")) + " " + site.status("GET", path, as("ada")));
        }
    }

    @Test
    @Section("13.6.1")
    default void theRealmOfBasicIsTheDescriptors() throws Exception {
        Archive archive = new Archive().classes(who("Who", "")).webXml(BASIC + constraint("/w/*", "", "boss") + declared("w", ""));
        try (WebSite site = protectedSite(archive)) {
            assertTrue(site.ask("GET /app/w").field("WWW-Authenticate").startsWith("Basic realm=\"shop\""));
            assertEquals("ada true false true false BASIC", site.get("/w", as("ada")));
            assertEquals(401, site.status("GET", "/w", "Authorization: Basic " + Base64.getEncoder().encodeToString(
                    "ada:guess".getBytes(StandardCharsets.UTF_8))));
        }
    }

    @Test
    @Section("13.3")
    default void aRoleIsKnownByTheNameThatItIsLinkedTo() throws Exception {
        Archive archive = new Archive().classes(who("Who", "")).webXml(BASIC + constraint("/*", "", "**") + declared("plain", "")
                + declared("linked", "<security-role-ref><role-name>chief</role-name><role-link>boss</role-link></security-role-ref>"));
        try (WebSite site = protectedSite(archive)) {
            assertEquals("ada true false true false BASIC", site.get("/plain", as("ada")));
            assertEquals("ada true true true false BASIC", site.get("/linked", as("ada")));
            assertEquals("bob false false true false BASIC", site.get("/linked", as("bob")));
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 401 200 200", "true, 401 403 403"})
    @Section("13.8.4.2")
    default void methodsThatNothingCoversAreDeniedIfTheDescriptorSaysSo(boolean deny, String expected) throws Exception {
        Archive archive = new Archive().classes(who("Who", "")).webXml((deny ? "<deny-uncovered-http-methods/>" : "") + BASIC
                + constraint("/w/*", "<http-method>GET</http-method>", "boss") + declared("w", "") + declared("open", ""));
        try (WebSite site = protectedSite(archive)) {
            assertEquals(expected, site.status("GET", "/w") + " " + site.status("POST", "/w") + " " + site.status("STRANGE", "/w"));
            assertEquals(200, site.status("POST", "/open"));
        }
    }

    @Test
    @Section("13.8.4")
    default void omittedMethodsAreNotCovered() throws Exception {
        Archive archive = new Archive().classes(who("Who", "")).webXml(BASIC
                + constraint("/w/*", "<http-method-omission>GET</http-method-omission>", " ") + declared("w", ""));
        try (WebSite site = protectedSite(archive)) {
            assertEquals(200, site.status("GET", "/w"));
            assertEquals(403, site.status("POST", "/w"));
            assertEquals(403, site.status("OTHER", "/w"));
        }
    }

    @Test
    @Section("13.4.1")
    default void annotationsProtectUnlessTheDescriptorConstrainsTheSamePattern() throws Exception {
        String annotated = "@WebServlet({\"/one\", \"/two\"}) @ServletSecurity(@HttpConstraint(rolesAllowed = \"boss\"))";
        Archive archive = new Archive().classes(who("Who", annotated));
        try (WebSite site = protectedSite(archive.webXml(BASIC))) {
            assertEquals(401, site.status("GET", "/one"));
            assertEquals(403, site.status("GET", "/two", as("bob")));
            assertEquals(200, site.status("GET", "/two", as("ada")));
        }
        try (WebSite site = protectedSite(archive.webXml(BASIC + constraint("/two", "", "clerk")))) {
            assertEquals(403, site.status("GET", "/one", as("bob")));
            assertEquals(200, site.status("GET", "/two", as("bob")));
        }
    }

    @Test
    @Section("13.4.1")
    default void completeMetadataPassAnnotationsOfProtectionBy() throws Exception {
        Archive archive = new Archive().classes(who("Who", "@ServletSecurity(@HttpConstraint(rolesAllowed = \"boss\"))"));
        try (WebSite site = protectedSite(Parts.complete(archive, BASIC + declared("w", "")))) {
            assertEquals(200, site.status("GET", "/w"));
        }
        try (WebSite site = protectedSite(archive.webXml(BASIC + declared("w", "")))) {
            assertEquals(401, site.status("GET", "/w"));
        }
    }

    @Test
    @Section("13.4.1")
    default void annotationsSayWhichMethodsAreForWhom() throws Exception {
        Archive archive = new Archive().webXml(BASIC).classes(who("Who", "@WebServlet(\"/w\") @ServletSecurity(value = @HttpConstraint("
                + "ServletSecurity.EmptyRoleSemantic.DENY), httpMethodConstraints = {@HttpMethodConstraint(\"GET\"),"
                + " @HttpMethodConstraint(value = \"POST\", rolesAllowed = \"clerk\")})"));
        try (WebSite site = protectedSite(archive)) {
            assertEquals(200, site.status("GET", "/w"));
            assertEquals(401, site.status("POST", "/w"));
            assertEquals(200, site.status("POST", "/w", as("bob")));
            assertEquals(403, site.status("PUT", "/w", as("ada")));
        }
    }

    @Test
    @Section("8.2.3 (5.7.1)")
    default void constraintsOfFragmentsHoldBesideThoseOfWebXml() throws Exception {
        Archive archive = new Archive().classes(who("Who", ""))
                .lib("f.jar", jar(name("f") + constraint("/w/*", "", "boss") + ROLES));
        String elements = BASIC + declared("w", "") + declared("v", "") + constraint("/v/*", "", "clerk");
        try (WebSite site = protectedSite(archive.webXml(elements))) {
            assertEquals(403, site.status("GET", "/w", as("bob")));
            assertEquals(200, site.status("GET", "/v", as("bob")));
        }
        try (WebSite site = protectedSite(archive.webXml(elements + absolute("")))) {
            assertEquals(200, site.status("GET", "/w"));
        }
    }

    @Test
    @Section("13.8")
    default void whatNeedsAProtectedConnectionIsNotForAnOpenOne() throws Exception {
        String confidential = constraint("/w/*", "", "").replace("</security-constraint>",
                "<user-data-constraint><transport-guarantee>CONFIDENTIAL</transport-guarantee></user-data-constraint></security-constraint>");
        Archive archive = new Archive().classes(who("Who", "")).webXml(BASIC + declared("w", "") + confidential);
        try (WebSite site = protectedSite(archive)) {
            assertEquals(403, site.status("GET", "/w"));
        }
        try (WebSite site = site(archive, app -> app.security(settings -> settings.withHttpsPort(8443)))) {
            Reply reply = site.ask("GET /app/w/x?y=1", "Host: shop.example");
            assertEquals("302 https://shop.example:8443/app/w/x?y=1", reply.status() + " " + reply.field("Location"));
        }
    }

    @Test
    @Section("13.6.3")
    default void formLoginGoesByThePagesOfTheDescriptor() throws Exception {
        Archive archive = new Archive().classes(who("Who", "")).file("login.html", "please log in").file("error.html", "no")
                .webXml(ROLES + "<login-config><auth-method>FORM</auth-method><form-login-config><form-login-page>/login.html"
                        + "</form-login-page><form-error-page>/error.html</form-error-page></form-login-config></login-config>"
                        + constraint("/w/*", "", "boss") + declared("w", ""));
        try (WebSite site = protectedSite(archive)) {
            Reply page = site.ask("GET /app/w/x");
            assertEquals("please log in", page.text());
            String cookie = "Cookie: JSESSIONID=" + page.session();
            String form = "Content-Type: application/x-www-form-urlencoded";
            assertEquals("no", site.ask("POST /app/j_security_check", cookie, form, "", "j_username=ada&j_password=x").text());
            Reply in = site.ask("POST /app/j_security_check", cookie, form, "", "j_username=ada&j_password=secret");
            assertTrue(in.field("Location").endsWith("/app/w/x"), in.toString());
            assertEquals("ada true false true false FORM", site.get("/w/x", "Cookie: JSESSIONID=" + in.session()));
        }
    }

    @Test
    @Section("15.5.9")
    default void runAsChangesNothingForTheCallerItself() throws Exception {
        Archive archive = new Archive().classes(who("Who", "")).webXml(BASIC + constraint("/w/*", "", "clerk")
                + declared("w", "<run-as><role-name>boss</role-name></run-as>"));
        try (WebSite site = protectedSite(archive)) {
            assertEquals("bob false false true false BASIC", site.get("/w", as("bob")));
        }
    }

    @Test
    @Section("15.5.5")
    default void callbacksOfTheDescriptorFrameTheLifeOfAComponent() throws Exception {
        String callback = "<%1$s><lifecycle-callback-class>app.C</lifecycle-callback-class><lifecycle-callback-method>%2$s"
                + "</lifecycle-callback-method></%1$s>";
        Archive archive = new Archive().classes("package app; @WebServlet(\"/c\") public class C extends HttpServlet { String s = \"\";"
                        + " private void made() { s += \"made \"; } public void init() { s += \"init\"; } protected void doGet("
                        + "HttpServletRequest q, HttpServletResponse r) throws IOException { r.getWriter().print(s); } }")
                .webXml(callback.formatted("post-construct", "made"));
        try (WebSite site = site(archive)) {
            assertEquals("made init", site.get("/c"));
        }
    }
}
