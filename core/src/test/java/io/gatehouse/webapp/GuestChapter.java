/* Gatehouse. SPDX-License-Identifier: Apache-2.0 */
package io.gatehouse.webapp;

import static io.gatehouse.webapp.Parts.init;
import static io.gatehouse.webapp.Parts.jar;
import static io.gatehouse.webapp.Parts.mapping;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gatehouse.security.IdentityStore;
import io.gatehouse.security.PropertiesIdentityStore;
import io.gatehouse.servlet.conformance.Reply;
import io.gatehouse.servlet.conformance.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/**
 * Section 10.8 as tools have it that deploy: one server for many applications, of which each comes while it runs, is asked, and goes
 * before the next one comes, often to the same context path.
 */
interface GuestChapter extends WebChapter {

    int GUESTS = 20;

    /** An application of which every part says which one it is. */
    private static Archive numbered(int number) {
        String who = "package app; @WebServlet(value = \"/who/*\", asyncSupported = true) public class Who extends HttpServlet {"
                + " protected void doGet(HttpServletRequest q, HttpServletResponse s) throws IOException { s.getWriter().print(\""
                + number + " \" + q.getRemoteUser() + q.isUserInRole(\"staff\") + q.getSession().isNew()); } }";
        return new Archive().classes(Parts.TELLS, who).file("page.txt", "page " + number)
                .lib("f.jar", jar("<name>f</name><servlet><servlet-name>t</servlet-name>" + init("number", "" + number) + "</servlet>")
                        .file("META-INF/resources/jar.txt", "jar " + number))
                .webXml("<default-context-path>/guest</default-context-path><servlet><servlet-name>t</servlet-name>"
                        + "<servlet-class>app.Tells</servlet-class></servlet>" + mapping("t", "/t")
                        + "<security-constraint><web-resource-collection><web-resource-name>w</web-resource-name>"
                        + "<url-pattern>/who/*</url-pattern></web-resource-collection><auth-constraint><role-name>staff</role-name>"
                        + "</auth-constraint></security-constraint><login-config><auth-method>BASIC</auth-method>"
                        + "<realm-name>default</realm-name></login-config><security-role><role-name>staff</role-name></security-role>");
    }

    private Path written(int number) throws IOException {
        Path target = place().resolve("guest" + number + (number % 2 == 0 ? "" : ".war"));
        return number % 2 == 0 ? numbered(number).directory(target) : numbered(number).war(target);
    }

    private static String basic(String credentials) {
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Section("10.8")
    default void oneAfterTheOtherIsAtTheSamePath() throws Exception {
        IdentityStore users = new PropertiesIdentityStore(Files.writeString(place().resolve("users.properties"),
                "j2ee.password=plain:j2ee\nj2ee.roles=staff\njavajoe.password=plain:javajoe\n"));
        try (WebSite site = new WebSite(transport())) {
            String session = "JSESSIONID=none";
            for (int number = 0; number < GUESTS; number++) {
                assertEquals(404, site.ask("GET /guest/page.txt").status());
                WebApplication wanted = WebApplication.of(written(number)).security(settings -> settings.withStore(users));
                try (Guest guest = Guest.deploy(site.gatehouse(), wanted)) {
                    assertEquals("/guest", guest.contextPath());
                    assertEquals("page " + number, site.ask("GET /guest/page.txt").text());
                    assertEquals("jar " + number, site.ask("GET /guest/jar.txt").text());
                    assertEquals("t number=" + number, site.ask("GET /guest/t").text());
                    assertEquals(401, site.ask("GET /guest/who").status());
                    assertEquals(403, site.ask("GET /guest/who", basic("javajoe:javajoe")).status());
                    Reply reply = site.ask("GET /guest/who", basic("j2ee:j2ee"), "Cookie: " + session);
                    assertEquals(number + " j2eetruetrue", reply.text());
                    session = "JSESSIONID=" + reply.session();
                    assertEquals(number + " j2eetruefalse",
                            site.ask("GET /guest/who", basic("j2ee:j2ee"), "Cookie: " + session).text());
                }
            }
            assertEquals(404, site.ask("GET /guest/page.txt").status());
        }
    }

    @Test
    @Section("10.8")
    default void oneThatCanNotBeDeployedLeavesNothing() throws Exception {
        try (WebSite site = new WebSite(transport())) {
            Archive bad = numbered(0).lib("bad.jar", jar("<name>f</name>"));
            DeploymentException refused = assertThrows(DeploymentException.class,
                    () -> Guest.deploy(site.gatehouse(), WebApplication.of(bad.war(place().resolve("bad.war")))));
            assertTrue(refused.getMessage().contains("are both fragments named f"), refused.getMessage());
            assertEquals(404, site.ask("GET /guest/page.txt").status());
            try (Guest guest = Guest.deploy(site.gatehouse(), WebApplication.of(written(1)))) {
                assertEquals("page 1", site.ask("GET " + guest.contextPath() + "/page.txt").text());
            }
        }
    }
}
